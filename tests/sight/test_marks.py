"""Tests of the loops that write what a sweep sees, against plain NumPy."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch.sight import _kernels_marks as loops
from linewatch.sight import _kernels_sweep as sweeps

LANES = 8
Bytes = NDArray[np.uint8]
NO_SEEN = np.zeros(0, dtype=np.uint8)
NO_COUNT = np.zeros(0, dtype=np.uint32)


def drawn(seed: int, size: int) -> Bytes:
    """Marks for a buffer."""
    rng = np.random.default_rng(seed)
    return rng.choice(np.array([0, 1, 255], dtype=np.uint8), size)


def test_a_change_in_the_writing_renews_the_sweep() -> None:
    """The compiler's cache sees the outer file alone, so that carries the digest."""
    inner = Path(loops.__file__).read_bytes()
    assert hashlib.sha256(inner).hexdigest()[:12] == sweeps.MARKS_DIGEST


def test_marks_are_of_three_kinds() -> None:
    marks = np.full(2 * LANES, 9, np.uint8)
    lift_m = np.tile(np.array([1.0, 2.0, 3.0, 1.0], np.float32), 4)
    rings = np.tile(np.array([0.0, 0.0, 0.0, -9.0], np.float32), 4)
    rings = np.concatenate([np.full(3, -9, np.float32), rings])
    loops.mark_lanes(marks, lift_m, rings, 3, 0, np.float32(-5.0), np.float32(2.0))
    assert marks.tolist() == 2 * [1, 1, 0, 255] + LANES * [9]


@given(st.integers(0, 10_000), st.sampled_from([1, 3]), st.sampled_from([0, 5]))
def test_a_square_of_bytes_is_turned_on_its_side(
    seed: int, by: int, first: int
) -> None:
    words = drawn(seed, 40 * LANES).view(np.uint64)
    to = np.zeros(2 + 2 * LANES, np.uint64)
    loops.turn(words, first, by, to, 2, 2)
    before = words.view(np.uint8).reshape(-1, LANES)[first::by][:LANES]
    after = to.view(np.uint8).reshape(-1, LANES)[2::2]
    np.testing.assert_array_equal(after, before.T)
    loops.turn(words, first + 7 * by, -by, to, 2, 2)
    after = to.view(np.uint8).reshape(-1, LANES)[2::2]
    np.testing.assert_array_equal(after, before[::-1].T)


@pytest.mark.parametrize("held", [0, 7])
def test_marks_side_by_side_come_lane_by_lane(held: int) -> None:
    wide, last = 24, 18
    marks = drawn(held, wide * LANES)
    sides = np.zeros((LANES, LANES, wide), np.uint8)
    loops.unbraid(sides.reshape(-1), marks, held, last)
    np.testing.assert_array_equal(
        sides[:, held, : last + 1], marks.reshape(-1, LANES)[: last + 1].T
    )
    sides[:, held] = 0
    assert not sides.any()


@pytest.mark.parametrize("step", [1, -1, 3, -3])
@pytest.mark.parametrize("first", [0, 1])
def test_a_lane_is_written_along_any_line(step: int, first: int) -> None:
    marks = np.array([9, 9, 1, 1, 0, 255], np.uint8)
    line, count = np.full(25, 7, np.uint8), np.full(25, 7, np.uint32)
    loops.put_seen(line, 12, step, marks, 2, first, 2)
    at = 12 + step * np.arange(first, 3)
    assert line[at].tolist() == [1, 1, 0][first:]
    assert (line == 7).sum() == 25 - len(at)
    assert loops.put_count(count, 12, step, marks, 2, first, 2) == 2 - first
    assert count[at].tolist() == [8, 8, 7][first:]
    assert count.sum() == 25 * 7 + 2 - first


@pytest.mark.parametrize("step", [1, -2])
def test_lowest_heights_are_none_without_ground(step: int) -> None:
    line = np.full(20, -7, np.float32)
    lift_m, rings = np.zeros((2, 5, LANES), np.float32)
    lift_m[:4, 6], rings[:4, 6] = [5, -3, 4, 2], [0, 0, -9, 0]
    flat = np.concatenate([np.full(2, -9, np.float32), rings.reshape(-1)])
    put = (flat, 2, 6, 1, 3, np.float32(-5.0))
    loops.put_lowest(line, 10, step, lift_m.reshape(-1), *put)
    at = 10 + step * np.arange(1, 4)
    np.testing.assert_array_equal(line[at], [0, np.inf, 2])
    assert (line == -7).sum() == 17


@pytest.mark.parametrize("step", [20, -20])
@pytest.mark.parametrize("first", [0, 1])
def test_a_square_is_written_row_by_row(step: int, first: int) -> None:
    square = drawn(5, LANES * LANES)
    rows = square.reshape(LANES, LANES)[first:]
    seen, count = np.full((20, 20), 7, np.uint8), np.full((20, 20), 7, np.uint32)
    at, words = 9 * 20 + 6, square.view(np.uint64)
    for line, empty in ((seen, NO_COUNT), (NO_SEEN, count)):
        put = (line.reshape(-1), empty.reshape(-1), at, step, words, first)
        total = loops.put_square(*put)
        assert total == (0 if len(line) else (rows == 1).sum())
    y = 9 + np.sign(step) * np.arange(first, LANES)
    np.testing.assert_array_equal(seen[y, 6:14], rows)
    np.testing.assert_array_equal(count[y, 6:14], 7 + (rows == 1))
    assert (seen == 7).sum() == 400 - rows.size
    assert count.sum() == 400 * 7 + (rows == 1).sum()


@given(st.integers(0, 10_000), st.integers(1, LANES))
def test_columns_of_up_to_eight_rings_are_written_where_they_belong(
    seed: int, held: int
) -> None:
    """Each ring's column ends at its own cell; without squares it is the same."""
    rng = np.random.default_rng(seed)
    wide, side, c = 24, 61, 12 + held
    sides = drawn(seed, LANES * LANES * wide)
    ends = rng.integers(-1, 24, LANES * LANES)
    ends[rng.random(LANES * LANES) < 0.7] = 23
    expected = np.full((side, side), 7, np.uint8)
    for lane in range(4, LANES):
        for k in range(held):
            x = 30 + (-1 if lane < 6 else 1) * (c - held + 1 + k)
            for r in range(lane % 2, ends[lane * LANES + k] + 1):
                mark = sides[(lane * LANES + k) * wide + r]
                expected[30 + (r if lane % 2 == 0 else -r), x] = mark
    seen, count = np.full((side, side), 7, np.uint8), np.zeros((side, side), np.uint32)
    own, square = 30 * side + 30, np.zeros(LANES, np.uint64)
    rest = (side, own, sides, square, ends, c, held)
    assert loops.put_columns(seen.reshape(-1), NO_COUNT, *rest) == 0
    np.testing.assert_array_equal(seen, expected)
    told = loops.put_columns(NO_SEEN, count.reshape(-1), *rest)
    np.testing.assert_array_equal(count, expected == 1)
    assert told == (expected == 1).sum()
