"""Tests of grids: checked once, so that loops can trust them."""

import math

import numpy as np
import pytest

from linewatch.area import Grid
from linewatch.errors import BadValue


def test_cells_are_counted_from_the_north_west_corner() -> None:
    grid = Grid(
        height_m=np.zeros((3, 4), dtype=np.float32),
        west_m=100.0,
        north_m=90.0,
        cell_m=30.0,
    )
    assert grid.shape == (3, 4)
    assert grid.cell_of(100.0, 90.0) == (0, 0)
    assert grid.cell_of(129.9, 60.1) == (0, 0)
    assert grid.cell_of(130.0, 59.9) == (1, 1)
    assert grid.cell_of(99.0, 91.0) == (-1, -1)


@pytest.mark.parametrize(
    "heights",
    [
        np.zeros(4, dtype=np.float32),
        np.zeros((2, 2)),
        np.zeros((4, 4), dtype=np.float32)[:, ::2],
        np.asfortranarray(np.zeros((2, 3), dtype=np.float32)),
    ],
)
def test_other_arrays_are_refused(heights: np.ndarray) -> None:
    with pytest.raises(BadValue, match="height_m must be a C-ordered 2-D array"):
        Grid(height_m=heights, west_m=0.0, north_m=0.0, cell_m=30.0)


@pytest.mark.parametrize("cell_m", [0.0, -1.0, math.nan])
def test_cells_without_a_side_are_refused(cell_m: float) -> None:
    heights = np.zeros((2, 2), dtype=np.float32)
    with pytest.raises(BadValue, match="cell_m must be above 0"):
        Grid(height_m=heights, west_m=0.0, north_m=0.0, cell_m=cell_m)
