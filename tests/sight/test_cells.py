"""Tests of the sweep itself: its outputs agree, and old faults of others stay away."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.sight.cells import (
    HIDDEN,
    NO_ANSWER,
    RAYS,
    SEEN,
    Cells,
    Lens,
    Mode,
    Prepared,
    sag_per_m,
)
from tests.sight import naive

SAG = sag_per_m(1 / 7)
EVERY_MODE = pytest.mark.parametrize("mode", list(Mode))
QUICK = pytest.mark.parametrize("mode", [Mode.FINE, Mode.SCREEN])


def ready(
    height: NDArray[np.floating], *, cell_m: float = 30.0, sag: float = SAG
) -> Prepared:
    """Ground on square cells, made ready."""
    cells = Cells(height_m=height.astype(np.float32), step_x_m=cell_m, step_y_m=cell_m)
    return Prepared.of(cells, sag=sag)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Prepared, list[Lens], list[float]]:
    """Rough ground with voids, and up to four eyes with their targets."""
    rows, cols = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    height = np.round(rng.normal(0, 10, (rows, cols)))
    height[rng.random((rows, cols)) < 0.1] = np.nan
    height[rows // 2, cols // 2] = 3.0
    lenses, targets_m = [], []
    for row, col in np.argwhere(np.isfinite(height))[:4]:
        above_m, reach_m = draw(st.floats(0, 30)), draw(st.sampled_from([70, math.inf]))
        lenses.append(Lens(row=row, col=col, above_m=above_m, reach_m=reach_m))
        targets_m.append(draw(st.floats(0, 9)))
    return ready(height), lenses, targets_m


@EVERY_MODE
@settings(max_examples=12)
@given(scene=scenes())
def test_marks_heights_and_counts_tell_the_same(
    scene: tuple[Prepared, list[Lens], list[float]], mode: Mode
) -> None:
    ground, lenses, targets_m = scene
    expected = np.zeros(ground.ground_m.shape, np.uint32)
    totals = []
    for lens, target_m in zip(lenses, targets_m, strict=True):
        low = ground.lowest(lens, mode=mode)
        marks = ground.seen(lens, target_m=target_m, mode=mode)
        assert (low.top, low.left) == (marks.top, marks.left)
        seen = low.values <= np.float32(target_m)
        np.testing.assert_array_equal(marks.values == SEEN, seen)
        np.testing.assert_array_equal(marks.values == NO_ANSWER, np.isinf(low.values))
        rows, cols = seen.shape
        expected[low.top : low.top + rows, low.left : low.left + cols] += seen
        totals.append(seen.sum())
    count = np.zeros(ground.ground_m.shape, np.uint32)
    told = ground.add_seen(lenses, count, targets_m=targets_m, mode=mode)
    np.testing.assert_array_equal(count, expected)
    np.testing.assert_array_equal(told, totals)


@QUICK
@settings(max_examples=15)
@given(seed=st.integers(0, 2**32 - 1), above_m=st.floats(0, 20))
def test_the_quick_modes_follow_the_plain_way_on_smooth_ground(
    mode: Mode, seed: int, above_m: float
) -> None:
    """On ground that bends gently, reading between rays loses little."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:15, 0:13] / 15
    height = sum(
        rng.normal(0, 20) * np.sin(rng.normal(0, 2) * x + rng.normal(0, 2) * y)
        for _ in range(3)
    ) + np.zeros((15, 13))
    eye = (int(rng.integers(15)), int(rng.integers(13)))
    expected = naive.lowest_seen(
        height.astype(np.float32).astype(float),
        eye=eye,
        above_m=above_m,
        steps_m=(30.0, 30.0),
        sag=SAG,
        reach_m=math.inf,
    )
    lens = Lens(row=eye[0], col=eye[1], above_m=above_m, reach_m=math.inf)
    got = ready(height).lowest(lens, mode=mode).values
    np.testing.assert_allclose(got, expected, atol=0.5 if mode is Mode.FINE else 2.0)


@QUICK
@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=12)
def test_along_rows_columns_and_diagonals_the_quick_modes_are_exact(
    mode: Mode, seed: int
) -> None:
    """Eight rays run through cell centres, and nothing is read between two there.

    So the faults that others had along multiples of 45 degrees cannot creep in.
    """
    height = np.random.default_rng(seed).normal(0, 10, (25, 25))
    lens = Lens(row=12, col=12, above_m=2.0, reach_m=math.inf)
    ground = ready(height)
    exact = ground.lowest(lens, mode=Mode.EXACT).values
    quick = ground.lowest(lens, mode=mode).values
    at = np.arange(25)
    for rows, cols in ((at, 12), (12, at), (at, at), (at, at[::-1])):
        np.testing.assert_allclose(
            quick[rows, cols], exact[rows, cols], rtol=1e-4, atol=1e-2
        )


@EVERY_MODE
def test_on_a_cliff_top_all_four_quarters_are_alike(mode: Mode) -> None:
    """A square mesa: what its edge hides below is the same on every side."""
    height = np.zeros((41, 41))
    height[10:31, 10:31] = 100
    lens = Lens(row=20, col=20, above_m=2.0, reach_m=math.inf)
    low = ready(height, sag=0.0).lowest(lens, mode=mode).values
    for turned in (np.rot90(low), np.rot90(low, 2), low.T, low[::-1]):
        np.testing.assert_allclose(turned, low, atol=2e-3)
    assert (low[11:30, 11:30] == 0).all()
    # The line over the edge, 2 m down in 10 cells, passes 20 cells out at 98 m.
    assert low[20, 0] == pytest.approx(98, abs=1e-2)
    assert (low[:9] > 90).all()


@EVERY_MODE
@pytest.mark.parametrize("above_m", [750_366.0, 750_367.0])
def test_an_eye_far_above_sees_all_whatever_its_last_metre(
    mode: Mode, above_m: float
) -> None:
    height = np.random.default_rng(3).normal(0, 50, (21, 21))
    lens = Lens(row=10, col=10, above_m=above_m, reach_m=math.inf)
    low = ready(height).lowest(lens, mode=mode).values
    assert low.max() < 0.1


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_a_longer_reach_changes_nothing_nearer(seed: int) -> None:
    ground = ready(np.random.default_rng(seed).normal(0, 3, (17, 17)))
    near = Lens(row=8, col=8, above_m=5.0, reach_m=150.0)
    far = Lens(row=8, col=8, above_m=5.0, reach_m=math.inf)
    part = ground.lowest(near, mode=Mode.EXACT)
    whole = ground.lowest(far, mode=Mode.EXACT).values
    whole = whole[part.top : part.top + 11, part.left : part.left + 11]
    inside = np.isfinite(part.values)
    assert inside.sum() == 81  # within 5 cells
    np.testing.assert_array_equal(whole[inside], part.values[inside])


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=12)
def test_who_sees_is_seen_at_equal_heights(seed: int) -> None:
    """Exact lines are the same both ways."""
    rng = np.random.default_rng(seed)
    ground = ready(rng.normal(0, 10, (9, 9)))
    one, other = rng.integers(0, 9, (2, 2))
    seen = []
    for here, there in ((one, other), (other, one)):
        lens = Lens(row=here[0], col=here[1], above_m=4.0, reach_m=math.inf)
        low = ground.lowest(lens, mode=Mode.EXACT).values
        seen.append(float(low[there[0], there[1]]))
    if abs(seen[0] - 4) > 0.01 and abs(seen[1] - 4) > 0.01:
        assert (seen[0] <= 4) == (seen[1] <= 4)


@pytest.mark.jit
@QUICK
def test_thin_walls_hide_as_they_should(mode: Mode) -> None:
    """Walls one cell thick at odd angles are where rays between cells would slip."""
    rng = np.random.default_rng(4)
    height = 20 * np.sin(np.arange(241) / 25)[:, None] * np.cos(np.arange(241) / 31)
    for _ in range(25):
        y, x, turn = rng.uniform(0, 241), rng.uniform(0, 241), rng.uniform(0, 6.3)
        along = np.arange(0, rng.uniform(10, 60), 0.5)
        at_y = np.rint(y + along * np.sin(turn)).astype(int).clip(0, 240)
        at_x = np.rint(x + along * np.cos(turn)).astype(int).clip(0, 240)
        walls = np.unique(np.stack([at_y, at_x]), axis=1)
        height[walls[0], walls[1]] += rng.uniform(3, 12)
    ground = ready(height)
    both = either = 0
    for row, col in ((120, 120), (40, 170), (200, 60)):
        lens = Lens(row=row, col=col, above_m=3.0, reach_m=3_500.0)
        exact = ground.seen(lens, target_m=1.5, mode=Mode.EXACT).values == SEEN
        quick = ground.seen(lens, target_m=1.5, mode=mode).values == SEEN
        both, either = both + (exact & quick).sum(), either + (exact | quick).sum()
    assert both / either >= (0.998 if mode is Mode.FINE else 0.985)


def test_steps_may_differ_from_eye_to_eye() -> None:
    """On degrees the same ground has other steps at every eye."""
    ground = ready(np.zeros((21, 21)))
    lens = Lens(row=10, col=10, above_m=5.0, reach_m=100.0)
    for mode in Mode:
        count = np.zeros((21, 21), np.uint32)
        steps_m = np.array([(10.0, 20.0), (20.0, 10.0)])
        told = ground.add_seen(
            [lens, lens], count, targets_m=[0.0, 0.0], steps_m=steps_m, mode=mode
        )
        assert told[0] == told[1]
        np.testing.assert_array_equal(count, count.T)
        assert count[10, 0] == count[0, 10] == 1


def test_a_count_of_another_kind_is_refused() -> None:
    ground = ready(np.zeros((3, 3)))
    lens = Lens(row=1, col=1, above_m=5.0, reach_m=100.0)
    with pytest.raises(BadValue, match="count must be uint32"):
        ground.add_seen(
            [lens],
            np.zeros((3, 3), np.int64),
            targets_m=[0.0],
        )


def test_a_count_of_another_shape_is_refused() -> None:
    ground = ready(np.zeros((3, 3)))
    lens = Lens(row=1, col=1, above_m=5.0, reach_m=100.0)
    with pytest.raises(BadValue, match="the ground's shape"):
        ground.add_seen([lens], np.zeros((3, 4), np.uint32), targets_m=[0.0])


@EVERY_MODE
def test_counts_reach_as_far_as_views(mode: Mode) -> None:
    ground = ready(np.zeros((1, 60)), cell_m=1_000.0, sag=0.0)
    lens = Lens(row=0, col=0, above_m=5.0, reach_m=math.inf)
    count = np.zeros((1, 60), np.uint32)
    assert ground.add_seen([lens], count, targets_m=[1.0], mode=mode) == [60]
    assert count.sum() == 60


@EVERY_MODE
def test_below_the_sea_ground_without_data_is_still_none(mode: Mode) -> None:
    height = np.full((5, 5), -430.0)
    height[2, 3] = np.nan
    lens = Lens(row=2, col=2, above_m=2.0, reach_m=math.inf)
    marks = ready(height).seen(lens, target_m=0.0, mode=mode).values
    assert (marks == NO_ANSWER).sum() == 1
    assert marks[2, 3:].tolist() == [NO_ANSWER, SEEN]


def test_rays_are_as_many_as_the_model_says() -> None:
    assert RAYS == {Mode.FINE: (8, 4_096), Mode.SCREEN: (2, 512)}


def test_hidden_and_void_are_told_apart() -> None:
    height = np.zeros((1, 9))
    height[0, 4], height[0, 7] = 50, np.nan
    lens = Lens(row=0, col=0, above_m=2.0, reach_m=math.inf)
    for mode in Mode:
        marks = ready(height).seen(lens, target_m=1.0, mode=mode).values[0]
        expected = [SEEN] * 5 + [HIDDEN] * 2 + [NO_ANSWER, HIDDEN]
        assert marks.tolist() == expected
    assert not ready(height).has_ground(0, 7)
    assert not ready(height).has_ground(0, 9)
    assert ready(height).has_ground(0, 0)
