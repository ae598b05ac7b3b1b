"""Tests of the viewshed: against the plain way, against physics, and at its edges."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch.area import Grid
from linewatch.errors import BadValue, OutsideArea
from linewatch.sight import Eye, Mode, lowest_seen
from linewatch.sight.viewshed import (
    EARTH_RADIUS_M,
    Cells,
    Lens,
    lowest_in_cells,
    sag_per_m,
)
from tests.sight import naive

DEMS = Path(__file__).parents[2].parent / "shared" / "bench" / "sight" / "dem"
SAG = sag_per_m(1 / 7)
EVERY_MODE = pytest.mark.parametrize("mode", list(Mode))


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Cells, Lens]:
    """Rough ground of up to 14 by 14 oblong cells, some without data, and an eye."""
    rows, cols = draw(st.integers(1, 14)), draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height = rng.normal(0, 10, (rows, cols))
    if draw(st.booleans()):
        height = np.round(height / 5) * 5
    if draw(st.booleans()):
        height[rng.random((rows, cols)) < 0.1] = np.nan
    row, col = draw(st.integers(0, rows - 1)), draw(st.integers(0, cols - 1))
    height[row, col] = 3.0
    cells = Cells(
        height_m=height.astype(np.float32),
        step_x_m=draw(st.sampled_from([20.0, 30.0])),
        step_y_m=draw(st.sampled_from([30.0, 45.0])),
    )
    reach_m = draw(st.sampled_from([50.0, 200.0, math.inf]))
    above_m = draw(st.floats(0, 30))
    return cells, Lens(row=row, col=col, above_m=above_m, reach_m=reach_m)


def grid_of(height: NDArray[np.float64], cell_m: float = 30.0) -> Grid:
    """A grid whose south-west corner is the origin."""
    heights = np.ascontiguousarray(height, np.float32)
    return Grid(
        height_m=heights, west_m=0.0, north_m=len(heights) * cell_m, cell_m=cell_m
    )


def hills(rows: int = 121, cols: int = 121) -> Grid:
    """Rolling ground with some noise, the same on every run."""
    north, east = np.mgrid[0:rows, 0:cols]
    swell = 60 * np.sin(north / 11) * np.cos(east / 17)
    return grid_of(swell + np.random.default_rng(7).normal(0, 1, swell.shape))


@given(scenes())
def test_exact_agrees_with_the_plain_way(scene: tuple[Cells, Lens]) -> None:
    cells, lens = scene
    expected = naive.lowest_seen(
        cells.height_m.astype(float),
        eye=(lens.row, lens.col),
        above_m=lens.above_m,
        steps_m=(cells.step_y_m, cells.step_x_m),
        sag=SAG,
        reach_m=lens.reach_m,
    )
    got = lowest_in_cells(cells, lens, sag=SAG, mode=Mode.EXACT)
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=2e-4)


@EVERY_MODE
@settings(max_examples=30)
@given(scene=scenes(), rise_m=st.floats(0, 50))
def test_higher_eye_sees_no_less(
    scene: tuple[Cells, Lens], rise_m: float, mode: Mode
) -> None:
    cells, lens = scene
    low = lowest_in_cells(cells, lens, sag=SAG, mode=mode)
    raised = replace(lens, above_m=lens.above_m + rise_m)
    high = lowest_in_cells(cells, raised, sag=SAG, mode=mode)
    assert not np.any(high > low + 1e-2)


@EVERY_MODE
@settings(max_examples=30)
@given(scene=scenes())
def test_out_of_reach_and_no_ground_are_never_seen(
    scene: tuple[Cells, Lens], mode: Mode
) -> None:
    cells, lens = scene
    rows, cols = np.indices(cells.height_m.shape)
    away = np.hypot(
        (rows - lens.row) * cells.step_y_m, (cols - lens.col) * cells.step_x_m
    )
    none = np.isnan(cells.height_m) | (away > lens.reach_m)
    lowest = lowest_in_cells(cells, lens, sag=SAG, mode=mode)
    assert np.all(np.isinf(lowest) == none)
    assert np.all(lowest >= 0)


@EVERY_MODE
@settings(max_examples=20)
@given(scene=scenes(), turns=st.integers(1, 3))
def test_turning_the_ground_turns_what_is_seen(
    scene: tuple[Cells, Lens], turns: int, mode: Mode
) -> None:
    cells, lens = scene
    square = replace(cells, step_x_m=30.0, step_y_m=30.0)
    mark = np.zeros(square.height_m.shape, dtype=bool)
    mark[lens.row, lens.col] = True
    row, col = np.argwhere(np.rot90(mark, turns))[0]
    turned = replace(
        square, height_m=np.ascontiguousarray(np.rot90(square.height_m, turns))
    )
    straight = lowest_in_cells(square, lens, sag=SAG, mode=mode)
    aside = lowest_in_cells(
        turned, replace(lens, row=int(row), col=int(col)), sag=SAG, mode=mode
    )
    np.testing.assert_allclose(aside, np.rot90(straight, turns), rtol=1e-3, atol=2e-2)


@EVERY_MODE
def test_horizon_over_flat_ground_is_where_optics_puts_it(mode: Mode) -> None:
    """A lens at h sees the ground out to sqrt(2 R h / (1 - k)), to the cell."""
    cell_m, above_m = 50.0, 3.0
    flat = Cells(
        height_m=np.zeros((3, 400), np.float32), step_x_m=cell_m, step_y_m=cell_m
    )
    lens = Lens(row=1, col=0, above_m=above_m, reach_m=math.inf)
    lowest = lowest_in_cells(flat, lens, sag=SAG, mode=mode)
    horizon_m = math.sqrt(2 * EARTH_RADIUS_M * above_m / (1 - 1 / 7))
    seen_m = cell_m * np.flatnonzero(lowest[1] < 1e-3).max()
    assert seen_m == pytest.approx(horizon_m, abs=3 * cell_m)
    beyond_m = 399 * cell_m - horizon_m
    hidden_m = beyond_m**2 * (1 - 1 / 7) / (2 * EARTH_RADIUS_M)
    assert lowest[1, -1] == pytest.approx(hidden_m, rel=0.02, abs=0.05)


@EVERY_MODE
@pytest.mark.parametrize("step_m", [0.1, 60.8, 92.7])
def test_a_cell_just_at_the_end_of_the_reach_is_in_it(
    mode: Mode, step_m: float
) -> None:
    """3 * 60.8 / 60.8 is a rounding less than 3."""
    flat = np.zeros((9, 9), np.float32)
    cells = Cells(height_m=flat, step_x_m=step_m, step_y_m=step_m)
    lens = Lens(row=4, col=4, above_m=2.0, reach_m=3 * step_m)
    inside = np.isfinite(lowest_in_cells(cells, lens, sag=SAG, mode=mode))
    assert inside[4].tolist() == [False, *[True] * 7, False]
    assert inside[:, 4].tolist() == [False, *[True] * 7, False]


def test_a_peak_beside_a_void_hides_no_more_than_the_void() -> None:
    """Between a peak of 9 km and a void, however near the peak, there is no ground."""
    height = np.full((2, 902), np.nan, np.float32)
    height[0, 0] = height[1, 901] = 0.0
    height[0, 1] = 9_000.0
    cells = Cells(height_m=height, step_x_m=30.0, step_y_m=30.0)
    lens = Lens(row=0, col=0, above_m=2.0, reach_m=math.inf)
    lowest = lowest_in_cells(cells, lens, sag=0.0, mode=Mode.EXACT)
    assert lowest[1, 901] == 0


@EVERY_MODE
def test_all_of_an_even_slope_is_seen_on_a_flat_earth(mode: Mode) -> None:
    north, east = np.mgrid[0:40, 0:60]
    slope = Cells(
        height_m=(2.0 * north - 3.0 * east).astype(np.float32),
        step_x_m=25.0,
        step_y_m=40.0,
    )
    lens = Lens(row=13, col=22, above_m=1.0, reach_m=math.inf)
    assert lowest_in_cells(slope, lens, sag=0.0, mode=mode).max() < 1e-2


@EVERY_MODE
def test_level_whole_metres_hide_nothing_from_the_ground_itself(mode: Mode) -> None:
    """Ties: a target level with the ground before it is seen."""
    flat = Cells(
        height_m=np.full((31, 31), 7, np.float32), step_x_m=30.0, step_y_m=30.0
    )
    lens = Lens(row=15, col=15, above_m=0.0, reach_m=math.inf)
    assert lowest_in_cells(flat, lens, sag=0.0, mode=mode).max() == 0


@pytest.mark.parametrize("mode", [Mode.FINE, Mode.SCREEN])
def test_quick_modes_agree_with_exact_on_hills(mode: Mode) -> None:
    ground = hills()
    for above_m in (3.0, 20.0):
        eye = Eye(x_m=1_800.0, y_m=1_700.0, above_m=above_m, reach_m=1_700.0)
        exact = lowest_seen(ground, eye, mode=Mode.EXACT) <= 1.5
        quick = lowest_seen(ground, eye, mode=mode) <= 1.5
        jaccard = (exact & quick).sum() / (exact | quick).sum()
        assert jaccard > (0.998 if mode is Mode.FINE else 0.98)


@pytest.mark.parametrize("mode", [Mode.FINE, Mode.SCREEN])
def test_a_wall_hides_the_same_strip_in_all_four_directions(mode: Mode) -> None:
    """The rise past a wall follows from similar triangles, whatever the direction."""
    height = np.zeros((41, 41))
    height[30, :], height[10, :], height[:, 30], height[:, 10] = 10, 10, 10, 10
    eye = Eye(x_m=20.5 * 30, y_m=20.5 * 30, above_m=2.0, reach_m=2_000.0)
    lowest = lowest_seen(grid_of(height), eye, refraction=1.0, mode=mode)
    at_40 = 2 + 8 * 2  # the wall rises 8 m over the lens at 10 cells; 20 cells is twice
    for row, col in ((0, 20), (40, 20), (20, 0), (20, 40)):
        assert lowest[row, col] == pytest.approx(at_40, abs=1e-3)


def test_a_sector_is_clockwise_from_north() -> None:
    eye = Eye(
        x_m=1_815.0,
        y_m=1_815.0,
        above_m=500.0,
        reach_m=1_500.0,
        azimuth_rad=math.pi / 2,
        sector_rad=math.pi / 3,
    )
    lowest = lowest_seen(hills(), eye)
    assert np.isfinite(lowest[60, 90])
    assert np.isinf(lowest[[60, 30, 90], [30, 60, 60]]).all()
    assert lowest[60, 60] == 0


def test_an_eye_where_there_is_no_ground_sees_nothing() -> None:
    height = np.zeros((5, 5))
    height[2, 2] = np.nan
    eye = Eye(x_m=75.0, y_m=75.0, above_m=2.0, reach_m=500.0)
    assert np.isinf(lowest_seen(grid_of(height), eye)).all()


def test_eye_off_the_grid_is_refused_with_the_facts() -> None:
    eye = Eye(x_m=-10.0, y_m=0.0, above_m=2.0, reach_m=100.0)
    with pytest.raises(OutsideArea, match="an eye at x -10 m, y 0 m is outside a grid"):
        lowest_seen(grid_of(np.zeros((4, 4))), eye)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("x_m", math.nan),
        ("above_m", -0.1),
        ("above_m", math.nan),
        ("reach_m", 0.0),
        ("reach_m", math.nan),
        ("near_m", 100.0),
        ("near_m", -1.0),
        ("sector_rad", 0.0),
        ("sector_rad", 7.0),
    ],
)
def test_eye_refuses_what_cannot_be(field: str, value: float) -> None:
    good = {"x_m": 0.0, "y_m": 0.0, "above_m": 2.0, "reach_m": 100.0}
    with pytest.raises(BadValue, match=field):
        Eye(**(good | {field: value}))


@pytest.mark.jit
@pytest.mark.shared
@pytest.mark.parametrize("name", ["baja30", "bigtujunga30", "n46e008_90", "s33w071_90"])
@pytest.mark.parametrize(("mode", "least"), [(Mode.FINE, 0.998), (Mode.SCREEN, 0.995)])
def test_quick_modes_agree_with_exact_on_real_ground(
    name: str, mode: Mode, least: float
) -> None:
    path = DEMS / f"{name}.tif"
    if not path.exists():
        pytest.skip("the shared elevation models are not here")
    rasterio = pytest.importorskip("rasterio")
    with rasterio.open(path) as file:
        height_m, cell_m = file.read(1).astype(np.float32), float(file.res[0])
    height_m[height_m <= -32_767] = np.nan
    rows, cols = height_m.shape
    both, either = 0, 0
    for row, col in ((rows // 2, cols // 2), (rows // 3, cols // 3)):
        for above_m in (3.0, 20.0):
            cells = Cells(height_m=height_m, step_x_m=cell_m, step_y_m=cell_m)
            lens = Lens(row=row, col=col, above_m=above_m, reach_m=150 * cell_m)
            exact = lowest_in_cells(cells, lens, sag=SAG, mode=Mode.EXACT) <= 1.5
            quick = lowest_in_cells(cells, lens, sag=SAG, mode=mode) <= 1.5
            both, either = both + (exact & quick).sum(), either + (exact | quick).sum()
    assert both / either > least
