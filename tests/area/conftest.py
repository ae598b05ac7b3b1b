"""Ground that many tests of the area stand on."""

from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Line, border_line

SHARED = Path(__file__).parents[3] / "shared"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache folder that the session's first border is derived into."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def border(cache: Path) -> Line:
    """The U.S.-Mexico border as the installed zones give it."""
    return border_line(cache)


@pytest.fixture(scope="session")
def bend() -> Line:
    """A line of three pieces, each of some 10 km: east, north-east, then south-east."""
    return Line(
        lon_deg=np.array([-110.0, -109.9, -109.82, -109.75]),
        lat_deg=np.array([31.4, 31.4, 31.46, 31.38]),
        name="bend",
        source="made for tests",
    )


@pytest.fixture
def shared() -> Path:
    """Folder of real reference files; without it the test is skipped."""
    if not SHARED.is_dir():
        pytest.skip("reference files of ../shared are not here")
    return SHARED
