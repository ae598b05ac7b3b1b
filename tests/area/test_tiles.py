"""Tests of tiles: which share a grid, and which is the finer."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pyproj import CRS

from linewatch.area.mosaic import finest
from linewatch.area.tiles import Tile, by_grid
from tests.area.test_mosaic import tile_of

METRIC = Tile(
    path=Path("a.tif"),
    system=CRS.from_epsg(32612),
    level="",
    wkt="",
    west=500_000.0,
    north=3_500_000.0,
    wide=30.0,
    high=30.0,
    columns=1_000,
    rows=400,
    kind="int16",
    nodata=None,
    unit="",
    scale=(1.0, 0.0),
    block=(1, 1_000),
)
DEGREES = replace(
    METRIC, system=CRS.from_epsg(4326), west=10.0, north=61.0, wide=0.001, high=0.001
)


@pytest.mark.parametrize(
    ("more", "shared"),
    [
        ({"west": 500_000.0 + 30 * 1_000}, True),
        ({"west": 500_000.2}, True),  # 0.0067 of a cell
        ({"west": 500_000.4}, False),
        ({"north": 3_500_000.4}, False),
        # Steps that differ by 0.02 of a cell only at the far edge.
        ({"wide": 30.0006}, False),
        ({"wide": 30.0002}, True),
        ({"high": 30.001}, False),
        ({"high": 30.0005}, True),
        ({"system": CRS.from_epsg(32613)}, False),
    ],
)
def test_a_grid_is_shared_to_a_hundredth_of_a_cell(
    more: dict[str, Any], shared: bool
) -> None:
    other = replace(METRIC, **more)
    assert other.shares_grid(METRIC) is shared
    assert len(by_grid([METRIC, other])) == (1 if shared else 2)


def test_cells_in_degrees_shrink_northward() -> None:
    """At 60 degrees north a degree of longitude is half of one at the equator."""
    at_60 = replace(DEGREES, north=60.2)
    at_0 = replace(DEGREES, north=0.2)
    assert at_60.cell_m2 / at_0.cell_m2 == pytest.approx(0.5, abs=1e-3)
    assert at_0.cell_m2 == pytest.approx(111.32**2, rel=1e-3)
    assert METRIC.cell_m2 == 900.0
    feet = replace(METRIC, system=CRS.from_epsg(2229))
    assert feet.cell_m2 == pytest.approx(900 * (1200 / 3937) ** 2)


def test_of_grids_that_are_all_but_as_fine_the_larger_is_taken(tmp_path: Path) -> None:
    """A tile a little farther north is not finer for that."""
    small = tile_of(tmp_path, "small.tif", -110.0, 31.7, size=5)
    large = tile_of(tmp_path, "large.tif", -110.005, 31.4, size=40)
    assert finest([small, large]) == large
    fine = tile_of(tmp_path, "fine.tif", -110.0, 31.7, step=0.009, size=5)
    assert finest([small, large, fine]) == fine
