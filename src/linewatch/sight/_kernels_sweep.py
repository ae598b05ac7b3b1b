"""Compiled sweep of horizons round an eye. Callers have checked every argument.

The ground round an eye falls into eight sectors, mirror images of one another. The
sweep walks outward ring by ring and keeps the eight side by side, as *lanes* of each
number: a place read, its weight and its ray are worked out once for all eight, and the
compiler packs the spelled-out lanes into vector instructions, without any gathering.

In a lane, `c` counts cells along the longer axis of a line of sight and `r` along the
shorter, 0 on the axis and `c` on the diagonal. Lanes 0 to 3 have rows as the longer
axis (up right, up left, down right, down left), lanes 4 to 7 columns (left down, left
up, right down, right up). A rise is per cell of the longer axis, less the fall of the
round Earth, so that on a plane it is linear in ``r / c`` and can be read between rays
and between cells without error.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Heights = NDArray[np.float32]

NONE_M = -1e6
"""Stands for ground without data [m]: far below all ground, so it hides nothing."""

LOW = -1e30
"""Rise of a horizon that nothing has raised yet."""

LANES = 8
U1, U2, U3, U4 = np.uint64(1), np.uint64(2), np.uint64(3), np.uint64(4)
U5, U6, U7 = np.uint64(5), np.uint64(6), np.uint64(7)


@kernel(packs=True)
def raise_by(
    horizon: Heights,
    at: np.uint64,
    rings: Heights,
    i: np.uint64,
    q: np.float32,
    k: np.uint64,
    v: np.float32,
) -> None:
    """Raise a ray's horizon by the ground `q` past cell `i` and `v` from `k` to `i`.

    The parts are multiplied apart, so that all of one cell is exactly that cell, even
    where the other is ground without data.
    """
    j = i + np.uint64(LANES)
    p, u = np.float32(1.0) - q, np.float32(1.0) - v
    s0 = rings[i] * p + rings[j] * q
    s1 = rings[i + U1] * p + rings[j + U1] * q
    s2 = rings[i + U2] * p + rings[j + U2] * q
    s3 = rings[i + U3] * p + rings[j + U3] * q
    s4 = rings[i + U4] * p + rings[j + U4] * q
    s5 = rings[i + U5] * p + rings[j + U5] * q
    s6 = rings[i + U6] * p + rings[j + U6] * q
    s7 = rings[i + U7] * p + rings[j + U7] * q
    t0 = rings[k] * u + rings[i] * v
    t1 = rings[k + U1] * u + rings[i + U1] * v
    t2 = rings[k + U2] * u + rings[i + U2] * v
    t3 = rings[k + U3] * u + rings[i + U3] * v
    t4 = rings[k + U4] * u + rings[i + U4] * v
    t5 = rings[k + U5] * u + rings[i + U5] * v
    t6 = rings[k + U6] * u + rings[i + U6] * v
    t7 = rings[k + U7] * u + rings[i + U7] * v
    s0 = max(horizon[at], s0, t0)
    s1 = max(horizon[at + U1], s1, t1)
    s2 = max(horizon[at + U2], s2, t2)
    s3 = max(horizon[at + U3], s3, t3)
    s4 = max(horizon[at + U4], s4, t4)
    s5 = max(horizon[at + U5], s5, t5)
    s6 = max(horizon[at + U6], s6, t6)
    s7 = max(horizon[at + U7], s7, t7)
    horizon[at] = s0
    horizon[at + U1] = s1
    horizon[at + U2] = s2
    horizon[at + U3] = s3
    horizon[at + U4] = s4
    horizon[at + U5] = s5
    horizon[at + U6] = s6
    horizon[at + U7] = s7


@kernel(packs=True)
def lift_over(
    lift_m: Heights,
    at: np.uint64,
    rings: Heights,
    own: np.uint64,
    horizon: Heights,
    i: np.uint64,
    q: np.float32,
    c: np.float32,
) -> None:
    """Set a cell's lift: how far the horizon between two rays stands over it [m]."""
    j = i + np.uint64(LANES)
    p = np.float32(1.0) - q
    s0 = horizon[i] * p + horizon[j] * q
    s1 = horizon[i + U1] * p + horizon[j + U1] * q
    s2 = horizon[i + U2] * p + horizon[j + U2] * q
    s3 = horizon[i + U3] * p + horizon[j + U3] * q
    s4 = horizon[i + U4] * p + horizon[j + U4] * q
    s5 = horizon[i + U5] * p + horizon[j + U5] * q
    s6 = horizon[i + U6] * p + horizon[j + U6] * q
    s7 = horizon[i + U7] * p + horizon[j + U7] * q
    lift_m[at] = (s0 - rings[own]) * c
    lift_m[at + U1] = (s1 - rings[own + U1]) * c
    lift_m[at + U2] = (s2 - rings[own + U2]) * c
    lift_m[at + U3] = (s3 - rings[own + U3]) * c
    lift_m[at + U4] = (s4 - rings[own + U4]) * c
    lift_m[at + U5] = (s5 - rings[own + U5]) * c
    lift_m[at + U6] = (s6 - rings[own + U6]) * c
    lift_m[at + U7] = (s7 - rings[own + U7]) * c


@kernel
def aim_cells(
    cells: NDArray[np.int32], parts: Heights, c: int, half: int, last: int
) -> None:
    """Say between which two rays each cell of a ring lies, and how far along."""
    per, most = np.float32(half / c), np.int32(half - 1)
    for r in range(last + 1):
        place = np.float32(r) * per
        m = min(np.int32(place), most)
        cells[r] = m * np.int32(LANES)
        parts[r] = place - np.float32(m)


@kernel(packs=True)
def lift_ring(
    lift_m: Heights,
    rings: Heights,
    now: int,
    horizon: Heights,
    cells: NDArray[np.int32],
    parts: Heights,
    c: int,
    last: int,
) -> None:
    """Set the lifts of a ring's cells up to `last`, by the rays on either side."""
    for r in range(last + 1):
        n = np.uint64(r)
        at, i = n * np.uint64(LANES), np.uint64(np.uint32(cells[n]))
        own = np.uint64(now) + at
        lift_over(lift_m, at, rings, own, horizon, i, parts[n], np.float32(c))


@kernel
def aim_rays(
    cells: NDArray[np.int32],
    parts: Heights,
    others: NDArray[np.int32],
    shares: Heights,
    now: int,
    before: int,
    c: int,
    half: int,
    last: int,
) -> None:
    """Say what each ray up to `last` reads in a ring: two pairs of cells and parts.

    A ray reads the ground where it crosses the ring, and where it crosses a line of
    the shorter axis between the ring before and this one. If it crosses none there,
    it reads the ring once more: a choice of index is quicker than a branch.
    """
    one, wide = np.float32(1.0), np.int32(LANES)
    per, lean, edge = np.float32(c / half), np.float32(1.0 / half), np.float32(c)
    square = np.float32((c - 1) * c / half)
    ring, other = np.int32(now), np.int32(before)
    for m in range(last + 1):
        ray = np.float32(m)
        place = min(ray * per, edge)
        r = np.int32(place)
        line = np.float32(r)
        part = place - line
        crosses = (place - ray * lean < line) & (line < edge)
        share = min(max(edge - square * ray / max(line, one), np.float32(0.0)), one)
        cell = ring + r * wide
        cells[m] = cell
        parts[m] = part
        others[m] = other + r * wide if crosses else cell + wide
        shares[m] = share if crosses else one - part


@kernel(packs=True)
def raise_ring(
    horizon: Heights,
    rings: Heights,
    cells: NDArray[np.int32],
    parts: Heights,
    others: NDArray[np.int32],
    shares: Heights,
    last: int,
) -> None:
    """Raise the rays up to `last` by the ground of a ring, as aimed."""
    for m in range(last + 1):
        n = np.uint64(m)
        at = n * np.uint64(LANES)
        i, k = np.uint64(np.uint32(cells[n])), np.uint64(np.uint32(others[n]))
        raise_by(horizon, at, rings, i, parts[n], k, shares[n])


@kernel
def fill_lane(
    lanes: Heights,
    begin: int,
    line_m: Heights,
    at: int,
    step: int,
    last: int,
    high_m: np.float32,
    c: int,
    fall: float,
    bend: float,
) -> None:
    """Write one lane of a ring: the rise of each cell from the axis up to `last` + 1.

    `line_m` is the row (or column) of the ring, empty off the map, and `at` its cell
    on the axis. `fall` and `bend` are the fall of the Earth along the longer axis and
    along the shorter.
    """
    inverse, sunk = np.float32(1.0 / c), np.float32(fall * c)
    bent = np.float32(bend / c)
    ends = len(line_m) - 1 - at if step > 0 else at
    most = min(last, ends) if len(line_m) else -1
    if step > 0:
        for r in range(most + 1):
            rise = (line_m[np.uint64(at + r)] - high_m) * inverse
            across = np.float32(r)
            lanes[np.uint64(begin + r)] = rise - sunk - bent * across * across
    else:
        for r in range(most + 1):
            rise = (line_m[np.uint64(at - r)] - high_m) * inverse
            across = np.float32(r)
            lanes[np.uint64(begin + r)] = rise - sunk - bent * across * across
    blank = (np.float32(NONE_M) - high_m) * inverse
    for r in range(most + 1, last + 2):
        lanes[begin + r] = blank


@kernel(packs=True)
def braid(rings: Heights, now: int, lanes: Heights, wide: int, last: int) -> None:
    """Lay the eight lanes of a ring side by side."""
    for r in range(last + 2):
        at, i = np.uint64(now + r * LANES), np.uint64(r)
        w = np.uint64(wide)
        rings[at] = lanes[i]
        rings[at + U1] = lanes[i + w]
        rings[at + U2] = lanes[i + U2 * w]
        rings[at + U3] = lanes[i + U3 * w]
        rings[at + U4] = lanes[i + U4 * w]
        rings[at + U5] = lanes[i + U5 * w]
        rings[at + U6] = lanes[i + U6 * w]
        rings[at + U7] = lanes[i + U7 * w]


@kernel(packs=True)
def unbraid(lifts: Heights, lift_m: Heights, wide: int, last: int) -> None:
    """Lay the eight lanes of a ring one after another."""
    for r in range(last + 1):
        i, w, at = np.uint64(r), np.uint64(wide), np.uint64(r * LANES)
        lifts[i] = lift_m[at]
        lifts[i + w] = lift_m[at + U1]
        lifts[i + U2 * w] = lift_m[at + U2]
        lifts[i + U3 * w] = lift_m[at + U3]
        lifts[i + U4 * w] = lift_m[at + U4]
        lifts[i + U5 * w] = lift_m[at + U5]
        lifts[i + U6 * w] = lift_m[at + U6]
        lifts[i + U7 * w] = lift_m[at + U7]


@kernel
def put_lowest(
    line_m: Heights,
    at: int,
    step: int,
    lifts: Heights,
    lanes: Heights,
    begin: int,
    first: int,
    last: int,
    blank: np.float32,
) -> None:
    """Write a lane's lowest heights on a line; infinite where there is no ground."""
    infinite, zero = np.float32(np.inf), np.float32(0.0)
    for r in range(first, last + 1):
        i = np.uint64(begin + r)
        lowest = max(lifts[i], zero) if lanes[i] > blank else infinite
        line_m[np.uint64(at + step * r)] = lowest


@kernel
def mark_lanes(
    marks: NDArray[np.uint8],
    lifts: Heights,
    lanes: Heights,
    blank: np.float32,
    target_m: np.float32,
) -> None:
    """Mark the eight lanes of a ring: 1 seen, 0 hidden, 255 without ground."""
    none = np.uint8(255)
    for i in range(len(marks)):
        mark = np.uint8(lifts[i] <= target_m)
        marks[i] = mark if lanes[i] > blank else none


@kernel
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


@kernel
def widest(c: int, step_long_m: float, step_short_m: float, reach_m: float) -> int:
    """Return the last cell of a ring within reach, at most the diagonal; -1 if none."""
    left2 = reach_m * reach_m - (c * step_long_m) ** 2
    if left2 < 0:
        return -1
    last = int(np.sqrt(left2) / step_short_m)  # the root may be off by a rounding
    if (last * step_short_m) ** 2 > left2:
        last -= 1
    elif ((last + 1) * step_short_m) ** 2 <= left2:
        last += 1
    return min(last, c)


@kernel
def sweep(
    ground_m: Heights,
    turned_m: Heights,
    row: int,
    col: int,
    above_m: float,
    step_y_m: float,
    step_x_m: float,
    sag: float,
    reach_m: float,
    rays_per_cell: int,
    plenty: int,
    target_m: float,
    top: int,
    left: int,
    width: int,
    lowest_m: Heights,
    seen: NDArray[np.uint8],
    count: NDArray[np.uint32],
) -> int:
    """Sweep round an eye; return how many cells it sees, its own too, if counting.

    `ground_m` has NONE_M for ground without data and `turned_m` is its transpose. The
    eye stands `above_m` over ground with data. On the outermost ring there are
    `rays_per_cell` rays a cell, fewer where that were over `plenty` in an eighth, but
    at least one. One of three outputs is filled and the others are empty: `lowest_m`,
    the lowest height seen; `seen`, 1 where `target_m` is seen, 0 where not and 255
    without ground; `count`, which grows by 1 where it is seen. They are flat, `width`
    cells a row, and begin at row `top` and column `left` of the ground; cells out of
    reach and the eye's own are left as they are.
    """
    rows, cols = ground_m.shape
    most_x, most_y = max(col, cols - 1 - col), max(row, rows - 1 - row)
    far = max(
        min(most_y, int(reach_m / step_y_m)), min(most_x, int(reach_m / step_x_m))
    )
    half = max(far, min(far * rays_per_cell, plenty), 1)
    wide = far + 3
    rings = np.zeros(2 * wide * LANES, dtype=np.float32)
    now, before = 0, wide * LANES
    lanes = np.zeros(wide * LANES, dtype=np.float32)
    lifts = np.zeros(wide * LANES, dtype=np.float32)
    marks = np.zeros(wide * LANES, dtype=np.uint8)
    braided = np.zeros(wide * LANES, dtype=np.float32)
    horizon = np.full((half + 2) * LANES, np.float32(LOW))
    cells, others = np.zeros(half + 2, np.int32), np.zeros(half + 2, np.int32)
    parts, shares = np.zeros(half + 2, np.float32), np.zeros(half + 2, np.float32)
    high_m = np.float32(ground_m[row, col] + above_m)
    fall_y, fall_x = sag * step_y_m**2, sag * step_x_m**2
    target = np.float32(target_m)
    total = 1
    for c in range(1, far + 1):
        last_y, last_x = -1, -1
        if c <= most_y:
            last_y = min(widest(c, step_y_m, step_x_m, reach_m), most_x)
        if c <= most_x:
            last_x = min(widest(c, step_x_m, step_y_m, reach_m), most_y)
        last = max(last_y, last_x)
        if last < 0:
            break
        full = min(last + 1, c)
        for lane in range(4):
            away = -c if lane < 2 else c
            side = 1 if lane % 2 == 0 else -1
            y, x, i = row + away, col + away, lane * wide
            line = ground_m[y] if 0 <= y < rows else ground_m[0, :0]
            fill_lane(lanes, i, line, col, side, full, high_m, c, fall_y, fall_x)
            line = turned_m[x] if 0 <= x < cols else ground_m[0, :0]
            i += 4 * wide
            fill_lane(lanes, i, line, row, side, full, high_m, c, fall_x, fall_y)
        braid(rings, now, lanes, wide, full)
        aim_cells(cells, parts, c, half, last)
        lift_ring(braided, rings, now, horizon, cells, parts, c, last)
        unbraid(lifts, braided, wide, last)
        blank = (np.float32(NONE_M / 2) - high_m) * np.float32(1.0 / c)
        if not len(lowest_m):
            mark_lanes(marks, lifts, lanes, blank, target)
        for lane in range(LANES):
            away = -c if lane % 4 < 2 else c
            step = 1 if lane % 2 == 0 else -1
            if lane < 4:
                y, x, is_on = row + away, col, 0 <= row + away < rows
                end = min(last_y, cols - 1 - col if step > 0 else col)
            else:  # the diagonals belong to lanes 0 to 3
                y, x, is_on = row, col + away, 0 <= col + away < cols
                end = min(last_x, rows - 1 - row if step > 0 else row, c - 1)
                step *= width
            if not is_on:
                continue
            at = (y - top) * width + x - left
            i, first = lane * wide, lane % 2  # the axes belong to the even lanes
            if len(lowest_m):
                put_lowest(lowest_m, at, step, lifts, lanes, i, first, end, blank)
            elif len(seen):
                put_seen(seen, at, step, marks, i, first, end)
            else:
                total += put_count(count, at, step, marks, i, first, end)
        rays = min(int(last * half / c) + 1, half)
        aim_rays(cells, parts, others, shares, now, before, c, half, rays)
        raise_ring(horizon, rings, cells, parts, others, shares, rays)
        now, before = before, now
    return total


@kernel
def sweep_all(
    ground_m: Heights,
    turned_m: Heights,
    place: NDArray[np.int64],
    need_m: NDArray[np.float64],
    steps_m: NDArray[np.float64],
    sag: float,
    rays_per_cell: int,
    plenty: int,
    count: NDArray[np.uint32],
    totals: NDArray[np.int64],
) -> None:
    """Sweep round many eyes in one pass, counting on the way.

    `place` holds a row and a column for each eye, `need_m` its height, the target's
    and the reach, `steps_m` the distances between rows and between columns there.
    """
    lowest_m = np.zeros(0, dtype=np.float32)
    seen = np.zeros(0, dtype=np.uint8)
    width = ground_m.shape[1]
    for n in range(len(place)):
        above_m, target_m, reach_m = need_m[n, 0], need_m[n, 1], need_m[n, 2]
        count[place[n, 0] * width + place[n, 1]] += np.uint32(1)
        y_m, x_m = steps_m[n, 0], steps_m[n, 1]
        totals[n] = sweep(
            *(ground_m, turned_m, place[n, 0], place[n, 1], above_m, y_m, x_m, sag),
            reach_m,
            rays_per_cell,
            plenty,
            target_m,
            *(0, 0, width),
            lowest_m,
            seen,
            count,
        )
