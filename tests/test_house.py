"""Tests of the house itself: sizes, floors told, the help that answers at once."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "src").rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_no_module_outgrows_one_idea(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 500


@pytest.mark.parametrize(
    "heavy", ["numba", "scipy", "fastapi", "ortools", "rasterio", "pyproj", "google"]
)
def test_help_loads_nothing_heavy(heavy: str) -> None:
    code = (
        "import sys\n"
        "from linewatch.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        f"sys.exit({heavy!r} in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=False
    )
    assert done.returncode == 0, f"--help loads {heavy}"


def test_floors_are_told_in_the_docs() -> None:
    page = (ROOT / "docs/model/floors.md").read_text()
    for folder in (ROOT / "src/linewatch").iterdir():
        if folder.is_dir() and (folder / "__init__.py").exists():
            assert f"`{folder.name}`" in page
