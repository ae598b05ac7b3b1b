"""Sweeps where the map ends within reach, bit for bit against the plain sweep."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch.sight.cells import (
    NO_ANSWER,
    RAYS,
    SEEN,
    Cells,
    Lens,
    Mode,
    Prepared,
    sag_per_m,
)
from tests.sight.plain_sweep import lowest_swept

SAG = sag_per_m(1 / 7)
QUICK = pytest.mark.parametrize("mode", [Mode.FINE, Mode.SCREEN])
TARGET_M = 2.5


def rough(rows: int, cols: int, *, seed: int = 1) -> NDArray[np.float32]:
    """Rough ground with ties, and a tenth of it without data."""
    rng = np.random.default_rng(seed)
    height = np.round(rng.normal(0, 8, (rows, cols)))
    height[rng.random((rows, cols)) < 0.1] = np.nan
    return height.astype(np.float32)


def assert_as_plain(
    height: NDArray[np.float32],
    eye: tuple[int, int],
    mode: Mode,
    *,
    reach_m: float = math.inf,
    steps_m: tuple[float, float] = (30.0, 30.0),
    above_m: float = 4.0,
) -> None:
    """Heights, marks and counts are those of the plain sweep."""
    height[eye] = 3.0
    cells = Cells(height_m=height, step_y_m=steps_m[0], step_x_m=steps_m[1])
    ground = Prepared.of(cells, sag=SAG)
    lens = Lens(row=eye[0], col=eye[1], above_m=above_m, reach_m=reach_m)
    expected = lowest_swept(
        height,
        eye=eye,
        above_m=above_m,
        steps_m=steps_m,
        sag=SAG,
        reach_m=min(reach_m, 1e8),
        rays=RAYS[mode],
    )
    low = ground.lowest(lens, mode=mode)
    rows, cols = low.values.shape
    spanned = (slice(low.top, low.top + rows), slice(low.left, low.left + cols))
    np.testing.assert_array_equal(low.values, expected[spanned])
    outside = np.ones(height.shape, dtype=bool)
    outside[spanned] = False
    assert np.isinf(expected[outside]).all()
    marks = ground.seen(lens, target_m=TARGET_M, mode=mode).values
    is_seen = expected <= np.float32(TARGET_M)
    np.testing.assert_array_equal(marks == SEEN, is_seen[spanned])
    np.testing.assert_array_equal(marks == NO_ANSWER, np.isinf(expected[spanned]))
    count = np.zeros(height.shape, dtype=np.uint32)
    told = ground.add_seen([lens], count, targets_m=[TARGET_M], mode=mode)
    np.testing.assert_array_equal(count, is_seen)
    assert told.tolist() == [is_seen.sum()]


@QUICK
@pytest.mark.parametrize("row", [0, 1, 9, 19, 20])
@pytest.mark.parametrize("col", [0, 1, 14, 28, 29])
def test_from_corners_edges_and_one_cell_off_them(
    mode: Mode, row: int, col: int
) -> None:
    assert_as_plain(rough(21, 30), (row, col), mode)


@QUICK
@pytest.mark.parametrize(
    ("shape", "eye"),
    [
        ((31, 31), (3, 15)),  # the map ends within reach above,
        ((31, 31), (15, 27)),  # on the right,
        ((31, 31), (27, 27)),  # below and on the right,
        ((31, 7), (15, 3)),  # on both sides,
        ((5, 31), (2, 15)),  # above and below,
        ((31, 18), (28, 8)),  # on three sides,
        ((9, 12), (4, 6)),  # on all four,
        ((40, 40), (20, 20)),  # and on none.
    ],
)
def test_maps_narrower_than_the_reach(
    mode: Mode, shape: tuple[int, int], eye: tuple[int, int]
) -> None:
    assert_as_plain(rough(*shape), eye, mode, reach_m=12 * 30.0)


@QUICK
@pytest.mark.parametrize("shape", [(1, 40), (40, 1), (2, 40), (40, 2), (1, 2), (1, 1)])
def test_maps_of_one_row_or_one_column(mode: Mode, shape: tuple[int, int]) -> None:
    rows, cols = shape
    for eye in {(0, 0), (rows - 1, cols - 1), (rows // 2, cols // 3)}:
        assert_as_plain(rough(*shape), eye, mode)
        assert_as_plain(rough(*shape), eye, mode, reach_m=200.0)


@QUICK
@pytest.mark.parametrize("reach_m", [480.0, 610.0, 705.0])
def test_where_the_reach_ends_within_a_bowl(mode: Mode, reach_m: float) -> None:
    """Most of it is seen, and the ground past the reach would hide the last of it."""
    y, x = np.mgrid[0:51, 0:51] - 25
    noise = np.random.default_rng(9).normal(0, 0.4, (51, 51))
    bowl = (0.05 * (y**2 + x**2) + noise).astype(np.float32)
    assert_as_plain(bowl, (25, 25), mode, reach_m=reach_m)


def test_past_plenty_there_is_still_a_ray_a_cell() -> None:
    assert_as_plain(rough(3, 620), (1, 0), Mode.SCREEN)


@QUICK
def test_ground_without_data_all_round_the_eye(mode: Mode) -> None:
    height = np.full((19, 23), np.nan, dtype=np.float32)
    height[3:5, 17:] = 9.0
    assert_as_plain(height, (9, 11), mode)


@QUICK
@settings(max_examples=25, deadline=None)
@given(
    shape=st.tuples(st.integers(1, 34), st.integers(1, 34)),
    place=st.tuples(st.floats(0, 1), st.floats(0, 1)),
    reach_m=st.sampled_from([45.0, 300.0, 700.0, math.inf]),
    steps_m=st.sampled_from([(30.0, 30.0), (92.7, 60.8), (20.0, 50.0)]),
    seed=st.integers(0, 2**32 - 1),
)
def test_any_map_from_any_place(
    mode: Mode,
    shape: tuple[int, int],
    place: tuple[float, float],
    reach_m: float,
    steps_m: tuple[float, float],
    seed: int,
) -> None:
    eye = (int(place[0] * (shape[0] - 1)), int(place[1] * (shape[1] - 1)))
    height = rough(*shape, seed=seed)
    assert_as_plain(height, eye, mode, reach_m=reach_m, steps_m=steps_m)


@QUICK
def test_what_lies_beyond_an_edge_does_not_count(mode: Mode) -> None:
    """A row's end lies in memory beside the next row's beginning."""
    height = rough(15, 15)
    low = []
    for far_m in (0.0, 900.0):
        wide = np.full((15, 40), far_m, dtype=np.float32)
        wide[:, :15] = height
        wide[7, 12] = 3.0
        for cut in (wide, wide[:, :15]):
            cells = Cells(height_m=cut, step_y_m=30.0, step_x_m=30.0)
            lens = Lens(row=7, col=12, above_m=4.0, reach_m=math.inf)
            ground = Prepared.of(cells, sag=SAG)
            low.append(ground.lowest(lens, mode=mode).values[:, :15])
    np.testing.assert_array_equal(low[1], low[3])
    # Ground on the right is never between the eye and a cell at its left or its own.
    np.testing.assert_array_equal(low[0][:, :13], low[2][:, :13])
