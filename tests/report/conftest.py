"""The built-in area and force, read once for the tests of this folder."""

from pathlib import Path

import pytest

from linewatch.area import Area, read_area
from linewatch.force import Force, read_force
from linewatch.scenario import read_scenario
from tests.report.made import write


@pytest.fixture(scope="session")
def area() -> Area:
    """Read the built-in border."""
    return read_area(read_scenario())


@pytest.fixture(scope="session")
def force() -> Force:
    """Read the built-in force."""
    return read_force(read_scenario())


@pytest.fixture
def log_path(tmp_path: Path) -> Path:
    """Write the small mission's log."""
    return write(tmp_path / "mission.db")
