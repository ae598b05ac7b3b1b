"""Settings of every test: one Hypothesis profile, the same draws in every run of CI.

No deadline: a first call compiles, and machines are shared.
"""

import os

from hypothesis import settings

settings.register_profile(
    "linewatch", deadline=None, max_examples=60, derandomize="CI" in os.environ
)
settings.load_profile("linewatch")
