"""Compiled writing of what a sweep sees. Callers have checked every argument.

A sweep has eight lanes side by side; a raster has rows. Marks are bytes, so that eight
of them are one word, and a square of eight by eight is turned on its side in registers.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Heights = NDArray[np.float32]

LANES = 8


@kernel(joins=True)
def swap(
    a: np.uint64, b: np.uint64, shift: np.uint64, mask: np.uint64
) -> tuple[np.uint64, np.uint64]:
    """Swap the parts of `a` over `mask` shifted with those of `b` under it."""
    t = ((a >> shift) ^ b) & mask
    return a ^ (t << shift), b ^ t


@kernel(joins=True)
def turn(
    words: NDArray[np.uint64],
    first: int,
    by: int,
    to: NDArray[np.uint64],
    at: int,
    apart: int,
) -> None:
    """Turn a square of eight by eight bytes on its side: word r takes byte r of each.

    Halves, quarters and bytes change places: a tenth of moving bytes one by one.
    """
    b4, b2, b1 = np.uint64(32), np.uint64(16), np.uint64(8)
    m4, m2 = np.uint64(0x00000000FFFFFFFF), np.uint64(0x0000FFFF0000FFFF)
    m1 = np.uint64(0x00FF00FF00FF00FF)
    a0 = words[np.uint64(first)]
    a1 = words[np.uint64(first + by)]
    a2 = words[np.uint64(first + 2 * by)]
    a3 = words[np.uint64(first + 3 * by)]
    a4 = words[np.uint64(first + 4 * by)]
    a5 = words[np.uint64(first + 5 * by)]
    a6 = words[np.uint64(first + 6 * by)]
    a7 = words[np.uint64(first + 7 * by)]
    a0, a4 = swap(a0, a4, b4, m4)
    a1, a5 = swap(a1, a5, b4, m4)
    a2, a6 = swap(a2, a6, b4, m4)
    a3, a7 = swap(a3, a7, b4, m4)
    a0, a2 = swap(a0, a2, b2, m2)
    a1, a3 = swap(a1, a3, b2, m2)
    a4, a6 = swap(a4, a6, b2, m2)
    a5, a7 = swap(a5, a7, b2, m2)
    a0, a1 = swap(a0, a1, b1, m1)
    a2, a3 = swap(a2, a3, b1, m1)
    a4, a5 = swap(a4, a5, b1, m1)
    a6, a7 = swap(a6, a7, b1, m1)
    to[np.uint64(at)] = a0
    to[np.uint64(at + apart)] = a1
    to[np.uint64(at + 2 * apart)] = a2
    to[np.uint64(at + 3 * apart)] = a3
    to[np.uint64(at + 4 * apart)] = a4
    to[np.uint64(at + 5 * apart)] = a5
    to[np.uint64(at + 6 * apart)] = a6
    to[np.uint64(at + 7 * apart)] = a7


@kernel(joins=True)
def unbraid(
    sides: NDArray[np.uint8], marks: NDArray[np.uint8], held: int, last: int
) -> None:
    """Lay a ring's marks up to `last` lane by lane, beside those of `held` rings."""
    to, words = sides.view(np.uint64), marks.view(np.uint64)
    wide = len(to) // (LANES * LANES)
    for block in range(last // LANES + 1):
        turn(words, block * LANES, 1, to, held * wide + block, LANES * wide)


@kernel
def put_lowest(
    line_m: Heights,
    at: int,
    step: int,
    lift_m: Heights,
    rings: Heights,
    now: int,
    lane: int,
    first: int,
    last: int,
    blank: np.float32,
) -> None:
    """Write a lane's lowest heights on a line; infinite where there is no ground."""
    infinite, zero = np.float32(np.inf), np.float32(0.0)
    for r in range(first, last + 1):
        i = np.uint64(lane + r * LANES)
        lowest = max(lift_m[i], zero) if rings[np.uint64(now) + i] > blank else infinite
        line_m[np.uint64(at + step * r)] = lowest


@kernel(joins=True)
def mark_lanes(
    marks: NDArray[np.uint8],
    lift_m: Heights,
    rings: Heights,
    now: int,
    last: int,
    blank: np.float32,
    target_m: np.float32,
) -> None:
    """Mark a ring's lanes up to `last`: 1 seen, 0 hidden, 255 without ground."""
    none = np.uint8(255)
    for place in range((last + 1) * LANES):
        i = np.uint64(place)
        mark = np.uint8(lift_m[i] <= target_m)
        marks[i] = mark if rings[np.uint64(now) + i] > blank else none


@kernel(joins=True)
def put_seen(
    line: NDArray[np.uint8],
    at: int,
    step: int,
    marks: NDArray[np.uint8],
    begin: int,
    first: int,
    last: int,
) -> None:
    """Copy a lane's marks to a line; copies without a stride are the quickest."""
    if step == 1:
        for r in range(first, last + 1):
            line[np.uint64(at + r)] = marks[np.uint64(begin + r)]
    elif step == -1:
        for r in range(first, last + 1):
            line[np.uint64(at - r)] = marks[np.uint64(begin + r)]
    else:
        for r in range(first, last + 1):
            line[np.uint64(at + step * r)] = marks[np.uint64(begin + r)]


@kernel
def put_count(
    line: NDArray[np.uint32],
    at: int,
    step: int,
    marks: NDArray[np.uint8],
    begin: int,
    first: int,
    last: int,
) -> int:
    """Add 1 on a line where a lane is seen; return how many are."""
    total = 0
    for r in range(first, last + 1):
        is_seen = np.uint32(marks[np.uint64(begin + r)] == np.uint8(1))
        line[np.uint64(at + step * r)] += is_seen
        total += int(is_seen)
    return total


@kernel(joins=True)
def put_ring(
    lowest_m: Heights,
    seen: NDArray[np.uint8],
    count: NDArray[np.uint32],
    width: int,
    own: int,
    lift_m: Heights,
    rings: Heights,
    now: int,
    sides: NDArray[np.uint8],
    ends: NDArray[np.int64],
    held: int,
    blank: np.float32,
    rows: int,
    cols: int,
    row: int,
    col: int,
    c: int,
    last_y: int,
    last_x: int,
) -> int:
    """Write what a ring's lanes see where it is asked for; return the cells counted.

    `own` is the eye's place in the output and `width` how long its rows are. Marks in
    columns wait till eight rings are held; only where they end is noted here.
    """
    total, wide = 0, len(sides) // (LANES * LANES)
    for lane in range(LANES):
        away = -c if lane % 4 < 2 else c
        step = 1 if lane % 2 == 0 else -1
        first = lane % 2  # the axes belong to the even lanes
        if lane < 4:
            is_on, at = 0 <= row + away < rows, own + away * width
            last = min(last_y, cols - 1 - col if step > 0 else col)
        else:  # the diagonals belong to lanes 0 to 3
            is_on, at = 0 <= col + away < cols, own + away
            last = min(last_x, rows - 1 - row if step > 0 else row, c - 1)
            step *= width
        place = lane * LANES + held
        ends[place] = last if is_on else -1
        if not is_on:
            continue
        if len(lowest_m):
            put_lowest(lowest_m, at, step, lift_m, rings, now, lane, first, last, blank)
            ends[place] = -1
        elif lane < 4 and len(seen):
            put_seen(seen, at, step, sides, place * wide, first, last)
        elif lane < 4:
            total += put_count(count, at, step, sides, place * wide, first, last)
    return total


@kernel(joins=True)
def put_square(
    seen: NDArray[np.uint8],
    count: NDArray[np.uint32],
    at: int,
    step: int,
    square: NDArray[np.uint64],
    first: int,
) -> int:
    """Write marks of eight by eight cells, a row each word; return how many count."""
    total, marks = 0, square.view(np.uint8)
    for r in range(first, LANES):
        to, i = np.uint64(at + step * r), np.uint64(r * LANES)
        if len(seen):
            for k in range(LANES):
                seen[to + np.uint64(k)] = marks[i + np.uint64(k)]
        else:
            for k in range(LANES):
                is_seen = np.uint32(marks[i + np.uint64(k)] == np.uint8(1))
                count[to + np.uint64(k)] += is_seen
                total += int(is_seen)
    return total


@kernel(joins=True)
def put_columns(
    seen: NDArray[np.uint8],
    count: NDArray[np.uint32],
    width: int,
    own: int,
    sides: NDArray[np.uint8],
    square: NDArray[np.uint64],
    ends: NDArray[np.int64],
    c: int,
    held: int,
) -> int:
    """Write the columns of the `held` rings up to `c`; return how many cells count.

    Eight columns side by side are written eight cells of a row at a time: cell by
    cell down a column, every one would be a line of the cache of its own.
    """
    total, wide = 0, len(sides) // (LANES * LANES)
    words = sides.view(np.uint64)
    for lane in range(4, LANES):
        away, first = -1 if lane < 6 else 1, lane % 2
        step = -width if first else width
        least = -1
        if held == LANES:
            least = ends[lane * LANES]
            for k in range(1, LANES):
                least = min(least, ends[lane * LANES + k])
        whole = (least + 1) // LANES
        # On the left the outermost ring is the first column.
        ring, by = (LANES - 1, -1) if away < 0 else (0, 1)
        begin = (lane * LANES + ring) * (wide // LANES)
        corner = own + away * (c if away < 0 else c - held + 1)
        for block in range(whole):
            turn(words, begin + block, by * (wide // LANES), square, 0, 1)
            at = corner + step * LANES * block
            total += put_square(seen, count, at, step, square, 0 if block else first)
        for k in range(held):
            place = lane * LANES + k
            at = own + away * (c - held + 1 + k)
            start, last = max(whole * LANES, first), ends[place]
            if len(seen):
                put_seen(seen, at, step, sides, place * wide, start, last)
            elif len(count):
                total += put_count(count, at, step, sides, place * wide, start, last)
    return total
