"""Tests of the loops of the sweep, each against a plain NumPy twin."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch import kernel as door
from linewatch.sight import _kernels_sweep as loops

LANES = 8
Floats = NDArray[np.float32]


def drawn(seed: int, size: int) -> Floats:
    """Numbers for a buffer."""
    return np.random.default_rng(seed).normal(0, 1, size).astype(np.float32)


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 10_000))
def test_rays_are_raised_by_what_they_cross(c: int, per: int, seed: int) -> None:
    """Ray m leans m / half: at ring c it crosses the ring, and maybe a line before."""
    half, wide = 40 * per, 45 * LANES
    rings = drawn(seed, 2 * wide)
    horizon = drawn(seed + 1, (half + 2) * LANES)
    expected = horizon.reshape(-1, LANES).astype(float).copy()
    now, before = rings[:wide].reshape(-1, LANES), rings[wide:].reshape(-1, LANES)
    kept = []
    for m in range(half + 1):
        at = m * c / half
        r = min(math.floor(at + 1e-5), c)
        part = max(at - r, 0.0)
        crossed = [now[r] * (1 - part) + now[r + 1] * part]
        begin = m * (c - 1) / half
        if abs(begin - r) < 1e-5:
            continue  # met at the ring before, which may be read again or not
        kept.append(m)
        if begin < r < c:
            # Where the line r is met, c - 1 to c out, weighed by distance.
            out = r * half / m
            share = (out - (c - 1)) * c / out
            crossed.append(before[r] * (1 - share) + now[r] * share)
        expected[m] = np.max([expected[m], *crossed], axis=0)
    cells, others = np.zeros(half + 1, np.int32), np.zeros(half + 1, np.int32)
    parts, shares = np.zeros(half + 1, np.float32), np.zeros(half + 1, np.float32)
    loops.aim_rays(cells, parts, others, shares, 0, wide, c, half, half)
    loops.raise_ring(horizon, rings, cells, parts, others, shares, half)
    np.testing.assert_allclose(
        horizon.reshape(-1, LANES)[kept], expected[kept], atol=2e-3
    )


@given(st.integers(1, 40), st.integers(1, 9), st.integers(0, 10_000))
def test_cells_are_lifted_by_the_horizon_between_two_rays(
    c: int, per: int, seed: int
) -> None:
    half = 40 * per
    rings, horizon = drawn(seed, 45 * LANES), drawn(seed + 1, (half + 2) * LANES)
    rays = horizon.reshape(-1, LANES)[: half + 1]
    own = rings.reshape(-1, LANES)
    lifts = np.zeros(45 * LANES, np.float32)
    cells, parts = np.zeros(half + 1, np.int32), np.zeros(half + 1, np.float32)
    loops.aim_cells(cells, parts, c, half, c)
    loops.lift_ring(lifts, rings, 0, horizon, cells, parts, c, c)
    at = np.arange(c + 1) * half / c
    for lane in range(LANES):
        level = np.interp(at, np.arange(half + 1), rays[:, lane])
        np.testing.assert_allclose(
            lifts.reshape(-1, LANES)[: c + 1, lane],
            (level - own[: c + 1, lane]) * c,
            atol=5e-3 * c,
        )


@pytest.mark.parametrize("step", [1, -1])
def test_a_lane_holds_rises_and_then_no_ground(step: int) -> None:
    line = drawn(3, 9)
    lanes = np.full(20, np.nan, np.float32)
    loops.fill_lane(lanes, 2, line, 4, step, 6, np.float32(5.0), 7, 0.25, 0.5)
    r = np.arange(5)
    expected = (line[4 + step * r] - 5) / 7 - 0.25 * 7 - 0.5 / 7 * r**2
    np.testing.assert_allclose(lanes[2:7], expected, rtol=1e-5)
    np.testing.assert_allclose(lanes[7:10], (loops.NONE_M - 5) / 7, rtol=1e-6)
    assert np.isnan(lanes[:2]).all()
    assert np.isnan(lanes[10:]).all()
    loops.fill_lane(lanes, 2, line[:0], 4, step, 6, np.float32(5.0), 7, 0.25, 0.5)
    np.testing.assert_allclose(lanes[2:10], (loops.NONE_M - 5) / 7, rtol=1e-6)


def test_braiding_and_unbraiding_are_each_others_undoing() -> None:
    lanes, wide, last = drawn(1, 12 * LANES), 12, 10
    rings, back = np.zeros(20 * LANES, np.float32), np.zeros_like(lanes)
    loops.braid(rings, 4 * LANES, lanes, wide, last)
    np.testing.assert_array_equal(
        rings[4 * LANES :].reshape(-1, LANES)[: last + 2], lanes.reshape(LANES, -1).T
    )
    loops.unbraid(back, rings[4 * LANES :], wide, last)
    np.testing.assert_array_equal(
        back.reshape(LANES, -1)[:, : last + 1], lanes.reshape(LANES, -1)[:, : last + 1]
    )


@given(
    st.integers(1, 300),
    st.sampled_from([(30.0, 30.0), (60.8, 92.7), (92.7, 60.8)]),
    st.floats(1, 9_000),
)
def test_a_ring_ends_where_the_reach_does(
    c: int, steps_m: tuple[float, float], reach_m: float
) -> None:
    last = loops.widest(c, *steps_m, reach_m)
    inside = [
        r
        for r in range(c + 1)
        if (r * steps_m[1]) ** 2 <= reach_m**2 - (c * steps_m[0]) ** 2
    ]
    assert last == (inside[-1] if inside else -1)


def test_marks_are_of_three_kinds() -> None:
    marks = np.zeros(4, np.uint8)
    lifts = np.array([1.0, 2.0, 3.0, 1.0], np.float32)
    lanes = np.array([0.0, 0.0, 0.0, -9.0], np.float32)
    loops.mark_lanes(marks, lifts, lanes, np.float32(-5.0), np.float32(2.0))
    assert marks.tolist() == [1, 1, 0, 255]
    for step in (1, -1, 3):
        line, count = np.zeros(13, np.uint8), np.full(13, 7, np.uint32)
        loops.put_seen(line, 6, step, marks, 0, 0, 2)
        assert line[[6, 6 + step, 6 + 2 * step]].tolist() == [1, 1, 0]
        assert loops.put_count(count, 6, step, marks, 0, 0, 2) == 2
        assert count[[6, 6 + step, 6 + 2 * step]].tolist() == [8, 8, 7]
        assert count.sum() == 13 * 7 + 2


@pytest.mark.jit
def test_packing_changes_no_bits_and_is_off_afterwards() -> None:
    def mixed(out: Floats, a: Floats, b: Floats) -> None:
        for i in range(0, len(out), 2):
            out[i] = a[i] * b[i] + a[i]
            out[i + 1] = a[i + 1] * b[i + 1] + a[i + 1]

    config = vars(door)["config"]
    before = config.SLP_VECTORIZE
    a, b = drawn(1, 64), drawn(2, 64)
    plain, packed = np.zeros(64, np.float32), np.zeros(64, np.float32)
    mixed(plain, a, b)
    door.kernel(packs=True)(mixed)(packed, a, b)
    assert plain.tobytes() == packed.tobytes()
    assert before == config.SLP_VECTORIZE
