"""Settings of the tests here: the first call of a kernel compiles, so none is timed."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
