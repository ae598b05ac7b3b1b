"""Tests of the loops of the sweep, each against a plain NumPy twin."""

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch import kernel as door
from linewatch.sight import _kernels_sweep as loops

LANES = 8
Floats = NDArray[np.float32]
AWAY = ((-1, 1), (-1, -1), (1, 1), (1, -1), (1, -1), (-1, -1), (1, 1), (-1, 1))
"""Which way each lane goes: down and right."""


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


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.integers(1, 10),
    st.integers(0, 10_000),
)
def test_a_ring_holds_rises_and_past_each_end_no_ground(
    shape: tuple[int, int], c: int, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    (rows, cols), room = shape, 10
    row, col, full = rng.integers(rows), rng.integers(cols), rng.integers(1, c + 1)
    height_m = rng.normal(0, 9, shape).astype(np.float32)
    held_m = np.full((2, rows * cols + 2 * room), 7.0, dtype=np.float32)
    held_m[0, room:-room], held_m[1, room:-room] = height_m.flat, height_m.T.flat
    rings = np.full(30 * LANES, np.nan, np.float32)
    starts, falls = np.zeros(5, np.uint64), np.zeros(16, np.float32)
    loops.lay_ring(
        rings,
        3 * LANES,
        held_m[0],
        held_m[1],
        starts,
        falls,
        *(rows, cols, int(row), int(col)),
        np.float32(5.0),
        *(c, int(full)),
        *(0.25, 0.5),
    )
    got = rings.reshape(-1, LANES)[3:]
    r = np.arange(full + 1)
    for lane, (down, right) in enumerate(AWAY):
        along, aside = (down, right) if lane < 4 else (right, down)
        fall, bend = (0.25, 0.5) if lane < 4 else (0.5, 0.25)
        y = row + (along * c if lane < 4 else aside * r)
        x = col + (aside * r if lane < 4 else along * c)
        y, x = np.broadcast_arrays(y, x)
        is_on = (y >= 0) & (y < rows) & (x >= 0) & (x < cols)
        there = height_m[y.clip(0, rows - 1), x.clip(0, cols - 1)]
        expected = (there - 5) / c - fall * c - bend / c * r**2
        np.testing.assert_allclose(
            got[: full + 1, lane][is_on], expected[is_on], rtol=1e-4, atol=1e-4
        )
        across = cols - 1 - col if aside > 0 else col
        if lane >= 4:
            across = rows - 1 - row if aside > 0 else row
        end = min(across, full)
        past = got[end + 1 : min(end + 2, full + 1) + 1, lane]
        np.testing.assert_allclose(past, (loops.NONE_M - 5) / c, rtol=1e-6)
        assert len(past) >= 1
    assert np.isnan(got[full + 2 :]).all()
    assert np.isnan(rings[: 3 * LANES]).all()


@given(
    st.integers(1, 300),
    st.sampled_from([(30.0, 30.0), (60.8, 92.7), (92.7, 60.8)]),
    st.floats(1, 9_000),
)
@example(9, (60.8, 92.7), 780.2475760936396)  # the root is a rounding too far,
@example(9, (60.8, 92.7), 848.8221545176586)  # and here one too near
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


@pytest.mark.jit
def test_packing_and_joining_change_no_bits_and_packing_is_off_afterwards() -> None:
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
    joined = np.zeros(64, np.float32)
    door.kernel(joins=True)(mixed)(joined, a, b)
    assert plain.tobytes() == joined.tobytes()
    assert before == config.SLP_VECTORIZE
