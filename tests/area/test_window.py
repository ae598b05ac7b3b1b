"""Tests of windows: whole cells that cover what was asked for."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.area.window import MOST_CELLS, window_of
from linewatch.errors import BadValue

PLANE_M = st.floats(-2e6, 2e6)
SIZE_M = st.floats(1, 5e3)
CELL_M = st.sampled_from([10.0, 30.0, 33.3, 90.0, 100.0])


@given(PLANE_M, PLANE_M, SIZE_M, SIZE_M, CELL_M)
def test_covers_the_rectangle_with_the_fewest_cells(
    west_m: float, south_m: float, wide_m: float, tall_m: float, cell_m: float
) -> None:
    east_m, north_m = west_m + wide_m, south_m + tall_m
    at = window_of(
        west_m=west_m, south_m=south_m, east_m=east_m, north_m=north_m, cell_m=cell_m
    )
    rounding = 1e-6
    assert at.west_m <= west_m + rounding
    assert at.south_m <= south_m + rounding
    assert at.east_m >= east_m - rounding
    assert at.north_m >= north_m - rounding
    assert at.columns * cell_m < wide_m + 2 * cell_m + rounding
    assert at.rows * cell_m < tall_m + 2 * cell_m + rounding
    x, y = at.centres()
    assert (x.size, y.size) == (at.columns, at.rows)
    assert x[0] == pytest.approx(at.west_m + cell_m / 2)
    assert y[0] == pytest.approx(at.north_m - cell_m / 2)


@given(PLANE_M, PLANE_M, CELL_M)
def test_cells_of_two_windows_have_equal_centres(
    west_m: float, south_m: float, cell_m: float
) -> None:
    small = window_of(
        west_m=west_m,
        south_m=south_m,
        east_m=west_m + 5 * cell_m,
        north_m=south_m + 5 * cell_m,
        cell_m=cell_m,
    )
    large = window_of(
        west_m=west_m - 17 * cell_m,
        south_m=south_m - 3 * cell_m,
        east_m=west_m + 9 * cell_m,
        north_m=south_m + 11 * cell_m,
        cell_m=cell_m,
    )
    for inner, outer in zip(small.centres(), large.centres(), strict=True):
        assert np.isin(inner, outer).all()


def test_makes_a_grid_of_its_cells() -> None:
    at = window_of(west_m=95, south_m=-5, east_m=205, north_m=55, cell_m=10)
    grid = at.grid(np.zeros((at.rows, at.columns), dtype=np.float32))
    assert (grid.west_m, grid.north_m, grid.shape) == (90, 60, (7, 12))
    assert grid.cell_of(95.0, 55.0) == (0, 0)


@pytest.mark.parametrize(
    ("edges", "cell_m", "what"),
    [
        ((0.0, 0.0, 0.0, 9.0), 1.0, "west below east"),
        ((0.0, 9.0, 9.0, 9.0), 1.0, "south below north"),
        ((9.0, 0.0, 0.0, 9.0), 1.0, "west below east"),
        ((math.nan, 0.0, 9.0, 9.0), 1.0, "west below east"),
        ((0.0, 0.0, math.inf, 9.0), 1.0, "west below east"),
        ((0.0, 0.0, 9.0, 9.0), 0.0, "cell_m must be above 0"),
        ((0.0, 0.0, 9.0, 9.0), math.nan, "cell_m must be above 0"),
        ((0.0, 0.0, 9.0, 9.0), math.inf, "cell_m must be above 0"),
        ((0.0, 0.0, 1e6, 1e6), 1.0, f"of {MOST_CELLS} cells or fewer"),
    ],
)
def test_windows_that_cannot_be_are_refused(
    edges: tuple[float, float, float, float], cell_m: float, what: str
) -> None:
    west_m, south_m, east_m, north_m = edges
    with pytest.raises(BadValue, match=what):
        window_of(
            west_m=west_m,
            south_m=south_m,
            east_m=east_m,
            north_m=north_m,
            cell_m=cell_m,
        )
