"""Compiled sweep of horizons round an eye. Callers have checked every argument.

The ground round an eye falls into eight sectors, mirror images of one another. The
sweep walks outward ring by ring and keeps the eight side by side, as *lanes* of each
number: a place read, its weight and its ray are worked out once for all eight, and the
compiler packs the spelled-out lanes into vector instructions, without any gathering.

In a lane, `c` counts cells along the longer axis of a line of sight and `r` along the
shorter, 0 on the axis and `c` on the diagonal. Lanes 0 to 3 have rows as the longer
axis (up right, up left, down right, down left), lanes 4 to 7 columns (left down, left
up, right down, right up). On a map whose edge is within reach some lanes end before
others: a lane off the map reads whatever lies beside it, which nobody asks for, and
only the cell past its end is laid as ground without data. A rise is per cell of the
longer axis, less the fall of the round Earth, so that on a plane it is linear in
``r / c`` and can be read between rays and between cells without error.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel
from linewatch.sight import _kernels_marks as out

Heights = NDArray[np.float32]

NONE_M = -1e6
"""Stands for ground without data [m]: far below all ground, so it hides nothing."""

LOW = -1e30
"""Rise of a horizon that nothing has raised yet."""

MARKS_DIGEST = "e850a79b6740"
"""Of `_kernels_marks`, so that a change there renews what is compiled of this file."""

LANES = out.LANES
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
    """Set a cell's lift: how far the horizon between two rays stands over it [m].

    Everything is read before anything is written: else the compiler, which cannot know
    that the two lie apart, does not pack the lanes.
    """
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
    s0 = (s0 - rings[own]) * c
    s1 = (s1 - rings[own + U1]) * c
    s2 = (s2 - rings[own + U2]) * c
    s3 = (s3 - rings[own + U3]) * c
    s4 = (s4 - rings[own + U4]) * c
    s5 = (s5 - rings[own + U5]) * c
    s6 = (s6 - rings[own + U6]) * c
    s7 = (s7 - rings[own + U7]) * c
    lift_m[at] = s0
    lift_m[at + U1] = s1
    lift_m[at + U2] = s2
    lift_m[at + U3] = s3
    lift_m[at + U4] = s4
    lift_m[at + U5] = s5
    lift_m[at + U6] = s6
    lift_m[at + U7] = s7


@kernel(joins=True)
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


@kernel(joins=True)
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


@kernel(packs=True)
def rise_ring(
    rings: Heights,
    now: int,
    ground_m: Heights,
    turned_m: Heights,
    starts: NDArray[np.uint64],
    falls: Heights,
    high_m: np.float32,
    inverse: np.float32,
) -> None:
    """Lay the rises of a ring's eight lanes side by side.

    `starts` says where the ring's rows up and down begin in `ground_m`, its columns
    left and right in `turned_m`, and how many cells each lane has. `falls` is the fall
    of the Earth on the axis, lane by lane, and then what a squared cell aside adds.
    `inverse` is that of the cells along the longer axis.
    """
    up, down, left, right = starts[0], starts[1], starts[2], starts[3]
    r = 0
    # How many is read anew each time: a loop of known length the compiler would pack
    # along, four cells by eight lanes, and then run out of registers.
    while r < starts[4]:
        n = np.uint64(r)
        at = np.uint64(now) + n * np.uint64(LANES)
        across = np.float32(r)
        r += 1
        s0 = (ground_m[up + n] - high_m) * inverse - falls[0]
        s1 = (ground_m[up - n] - high_m) * inverse - falls[1]
        s2 = (ground_m[down + n] - high_m) * inverse - falls[2]
        s3 = (ground_m[down - n] - high_m) * inverse - falls[3]
        s4 = (turned_m[left + n] - high_m) * inverse - falls[4]
        s5 = (turned_m[left - n] - high_m) * inverse - falls[5]
        s6 = (turned_m[right + n] - high_m) * inverse - falls[6]
        s7 = (turned_m[right - n] - high_m) * inverse - falls[7]
        s0 -= falls[8] * across * across
        s1 -= falls[9] * across * across
        s2 -= falls[10] * across * across
        s3 -= falls[11] * across * across
        s4 -= falls[12] * across * across
        s5 -= falls[13] * across * across
        s6 -= falls[14] * across * across
        s7 -= falls[15] * across * across
        rings[at] = s0
        rings[at + U1] = s1
        rings[at + U2] = s2
        rings[at + U3] = s3
        rings[at + U4] = s4
        rings[at + U5] = s5
        rings[at + U6] = s6
        rings[at + U7] = s7


@kernel(joins=True)
def lay_ring(
    rings: Heights,
    now: int,
    ground_m: Heights,
    turned_m: Heights,
    starts: NDArray[np.uint64],
    falls: Heights,
    rows: int,
    cols: int,
    row: int,
    col: int,
    high_m: np.float32,
    c: int,
    full: int,
    fall_y: float,
    fall_x: float,
) -> None:
    """Lay out a ring up to cell `full`, and end each lane where the map or it ends."""
    spare = (len(ground_m) - rows * cols) // 2
    own_y, own_x = spare + row * cols + col, spare + col * rows + row
    # Off the map the eye's own row and column are read: at hand, and for nobody.
    starts[0] = own_y - (c * cols if c <= row else 0)
    starts[1] = own_y + (c * cols if row + c < rows else 0)
    starts[2] = own_x - (c * rows if c <= col else 0)
    starts[3] = own_x + (c * rows if col + c < cols else 0)
    starts[4] = full + 1
    falls[:4], falls[4:8] = np.float32(fall_y * c), np.float32(fall_x * c)
    falls[8:12], falls[12:] = np.float32(fall_x / c), np.float32(fall_y / c)
    inverse = np.float32(1.0 / c)
    rise_ring(rings, now, ground_m, turned_m, starts, falls, high_m, inverse)
    blank = (np.float32(NONE_M) - high_m) * inverse
    for lane in range(LANES):
        if lane < 4:
            end = cols - 1 - col if lane % 2 == 0 else col
        else:
            end = rows - 1 - row if lane % 2 == 0 else row
        end = min(end, full)
        # Two, for a ray past the end may be a rounding past the cell beyond it.
        for r in range(end + 1, min(end + 2, full + 1) + 1):
            rings[now + r * LANES + lane] = blank


@kernel
def steps_within(reach_m: float, step_m: float) -> int:
    """Return how many steps a reach holds."""
    steps = int(reach_m / step_m)  # the ratio may be a rounding below a whole number
    return steps + 1 if (steps + 1) * step_m <= reach_m else steps


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
    rows: int,
    cols: int,
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

    `ground_m` has NONE_M for ground without data and `turned_m` is its transpose; both
    are flat, with as many numbers before and after as the longer side has cells. The
    eye stands `above_m` over ground with data. On the outermost ring there are
    `rays_per_cell` rays a cell, fewer where that were over `plenty` in an eighth, but
    at least one. One of three outputs is filled and the others are empty: `lowest_m`,
    the lowest height seen; `seen`, 1 where `target_m` is seen, 0 where not and 255
    without ground; `count`, which grows by 1 where it is seen. They are flat, `width`
    cells a row, and begin at row `top` and column `left` of the ground; cells out of
    reach and the eye's own are left as they are.
    """
    most_x, most_y = max(col, cols - 1 - col), max(row, rows - 1 - row)
    far = max(
        min(most_y, steps_within(reach_m, step_y_m)),
        min(most_x, steps_within(reach_m, step_x_m)),
    )
    half = max(far, min(far * rays_per_cell, plenty), 1)
    wide = (far + 3 + LANES - 1) // LANES * LANES
    now, before = 0, wide * LANES
    rings = np.zeros(2 * wide * LANES, dtype=np.float32)
    lift_m = np.zeros(wide * LANES, dtype=np.float32)
    marks = np.zeros(wide * LANES, dtype=np.uint8)
    sides = np.zeros(wide * LANES * LANES, dtype=np.uint8)
    square, ends = np.zeros(LANES, np.uint64), np.zeros(LANES * LANES, np.int64)
    horizon = np.full((half + 2) * LANES, np.float32(LOW))
    cells, others = np.zeros(half + 2, np.int32), np.zeros(half + 2, np.int32)
    parts, shares = np.zeros(half + 2, np.float32), np.zeros(half + 2, np.float32)
    starts, falls = np.zeros(5, np.uint64), np.zeros(2 * LANES, np.float32)
    spare = (len(ground_m) - rows * cols) // 2
    high_m = np.float32(ground_m[spare + row * cols + col] + above_m)
    fall_y, fall_x = sag * step_y_m**2, sag * step_x_m**2
    own = (row - top) * width + col - left
    total, held, rim = 1, 0, 0
    for c in range(1, far + 1):
        last_y, last_x = -1, -1
        if c <= most_y:
            last_y = min(widest(c, step_y_m, step_x_m, reach_m), most_x)
        if c <= most_x:
            last_x = min(widest(c, step_x_m, step_y_m, reach_m), most_y)
        last = max(last_y, last_x)
        if last < 0:
            break
        rim = c
        lay_ring(
            *(rings, now, ground_m, turned_m, starts, falls, rows, cols, row, col),
            *(high_m, c, min(last + 1, c), fall_y, fall_x),
        )
        aim_cells(cells, parts, c, half, last)
        lift_ring(lift_m, rings, now, horizon, cells, parts, c, last)
        blank = (np.float32(NONE_M / 2) - high_m) * np.float32(1.0 / c)
        if not len(lowest_m):
            level_m = np.float32(target_m)
            out.mark_lanes(marks, lift_m, rings, now, last, blank, level_m)
            out.unbraid(sides, marks, held, last)
        total += out.put_ring(
            *(lowest_m, seen, count, width, own, lift_m, rings, now, sides, ends, held),
            *(blank, rows, cols, row, col, c, last_y, last_x),
        )
        held += 1
        if held == LANES:
            total += out.put_columns(
                seen, count, width, own, sides, square, ends, c, held
            )
            held = 0
        rays = min(int(last * half / c) + 1, half)
        aim_rays(cells, parts, others, shares, now, before, c, half, rays)
        raise_ring(horizon, rings, cells, parts, others, shares, rays)
        now, before = before, now
    return total + out.put_columns(
        seen, count, width, own, sides, square, ends, rim, held
    )


@kernel
def sweep_all(
    ground_m: Heights,
    turned_m: Heights,
    rows: int,
    cols: int,
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
    for n in range(len(place)):
        above_m, target_m, reach_m = need_m[n, 0], need_m[n, 1], need_m[n, 2]
        count[place[n, 0] * cols + place[n, 1]] += np.uint32(1)
        y_m, x_m = steps_m[n, 0], steps_m[n, 1]
        totals[n] = sweep(
            *(ground_m, turned_m, rows, cols, place[n, 0], place[n, 1]),
            *(above_m, y_m, x_m, sag),
            reach_m,
            rays_per_cell,
            plenty,
            target_m,
            *(0, 0, cols),
            lowest_m,
            seen,
            count,
        )
