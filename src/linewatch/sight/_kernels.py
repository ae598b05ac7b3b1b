"""Compiled loops over lines of sight. Callers have checked every argument.

Heights are in metres. `c` counts cells along the longer axis of a line of sight, `r`
along the shorter. A slope is a rise per cell of the longer axis, so that on a plane it
is linear in ``r / c`` and can be interpolated between rays without error. `sag` [1/m]
times a squared distance is how far the round Earth falls away there.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Heights = NDArray[np.float32]

NONE_M = -1e6
"""Stands for ground without data [m]: far below all ground, so it hides nothing."""

LOW = -1e30
"""Slope of a horizon that nothing has raised yet."""


@kernel
def highest_before(
    ground_m: NDArray[np.float64],
    row: int,
    col: int,
    down: int,
    right: int,
    high_m: float,
    step_y_m: float,
    step_x_m: float,
    sag: float,
) -> float:
    """Return the steepest rise per unit of the line before its end: R3, in float64.

    The line runs from a lens at `high_m` over cell (`row`, `col`) to the cell `down`
    and `right` of it. Ground is read wherever the line crosses a row or a column of
    cell centres, evenly between the two nearest. One unit is the whole line.
    """
    span2_m2 = (down * step_y_m) ** 2 + (right * step_x_m) ** 2
    steepest = LOW
    for axis in range(2):
        steps = abs(down) if axis == 0 else abs(right)
        for step in range(1, steps):
            part = step / steps
            if axis == 0:
                at = part * right
                low = int(np.floor(at))
                y, x = row + step * (1 if down > 0 else -1), col + low
                near = ground_m[y, x]
                far = ground_m[y, x + 1] if at > low else near
            else:
                at = part * down
                low = int(np.floor(at))
                y, x = row + low, col + step * (1 if right > 0 else -1)
                near = ground_m[y, x]
                far = ground_m[y + 1, x] if at > low else near
            ground = near + (at - low) * (far - near)
            rise = (ground - high_m) / part - sag * part * span2_m2
            steepest = max(steepest, rise)
    return float(steepest)


@kernel
def lowest_exact(
    ground_m: NDArray[np.float64],
    row: int,
    col: int,
    above_m: float,
    step_y_m: float,
    step_x_m: float,
    sag: float,
    reach_m: float,
) -> Heights:
    """Return the lowest height above ground [m] seen in each cell, line by line."""
    rows, cols = ground_m.shape
    out = np.full((rows, cols), np.float32(np.inf))
    high_m = ground_m[row, col] + above_m
    out[row, col] = 0.0
    for y in range(rows):
        for x in range(cols):
            down, right = y - row, x - col
            away2_m2 = (down * step_y_m) ** 2 + (right * step_x_m) ** 2
            if away2_m2 > reach_m * reach_m or (down == 0 and right == 0):
                continue
            if ground_m[y, x] <= NONE_M:
                continue
            steepest = highest_before(
                ground_m, row, col, down, right, high_m, step_y_m, step_x_m, sag
            )
            own = ground_m[y, x] - high_m - sag * away2_m2
            out[y, x] = max(steepest - own, 0.0)
    return out


@kernel
def sweep(
    ground_m: Heights,
    out_m: Heights,
    row: int,
    col: int,
    sign: int,
    high_m: float,
    step_long_m: float,
    step_short_m: float,
    sag: float,
    reach_m: float,
    rays_per_cell: int,
    crossings: int,
    diagonal: int,
) -> None:
    """Fill one quarter of `out_m`: cells whose longer axis runs along the rows' order.

    Rays run from the eye to `rays_per_cell` places a cell along the far side of the
    quarter, each keeping the steepest slope it has met. A cell compares its own slope
    with the horizon between its two nearest rays. `crossings` is 1 to read the ground
    also where a ray crosses a line of the shorter axis, `diagonal` to fill the cells
    on the diagonals too.
    """
    rows, cols = ground_m.shape
    far = row if sign < 0 else rows - 1 - row
    far = min(far, int(reach_m / step_long_m))
    if far < 1:
        return
    half = far * rays_per_cell
    high = np.float32(high_m)
    rays = 2 * half + 1
    horizon = np.full(rays, np.float32(LOW))
    tilt = np.empty(rays, dtype=np.float32)
    curve = np.empty(rays, dtype=np.float32)
    for m in range(rays):
        lean = (m - half) / half
        tilt[m] = lean
        curve[m] = sag * (step_long_m**2 + (lean * step_short_m) ** 2)
    reach2 = (reach_m / step_long_m) ** 2
    across = step_short_m / step_long_m
    for c in range(1, far + 1):
        y = row + sign * c
        here, before = ground_m[y], ground_m[y - sign]
        widest = min(np.sqrt(max(reach2 - c * c, 0.0)) / (across * c), 1.0)
        # Cells first: every crossing before a cell lies at c - 1 or nearer.
        most = int(widest * c + 1e-9)
        left, right = max(-most, -col), min(most, cols - 1 - col)
        if diagonal == 0:
            left, right = max(left, 1 - c), min(right, c - 1)
        scale = np.float32(half / c)
        inverse = np.float32(1.0 / c)
        fall = np.float32(sag * c * step_long_m**2)
        fall_short = np.float32(sag * step_short_m**2 / c)
        for r in range(left, right + 1):
            place = np.float32(r) * scale + np.float32(half)
            m = min(int(place), rays - 2)
            part = place - np.float32(m)
            level = horizon[m] + part * (horizon[m + 1] - horizon[m])
            ground = here[col + r]
            own = (ground - high) * inverse - fall - fall_short * np.float32(r * r)
            lift = (level - own) * np.float32(c)
            out_m[y, col + r] = max(lift, np.float32(0.0))
        # Then the rays: what lies at c, and lines of the shorter axis before it.
        m_most = min(int(widest * half) + 1, half)
        m_left = max(half - m_most, half - int(col * half / c))
        m_right = min(half + m_most, half + int((cols - 1 - col) * half / c))
        c32 = np.float32(c)
        for m in range(m_left, m_right + 1):
            at = np.float32(col) + tilt[m] * c32
            x = int(at)
            x = min(x, cols - 2)
            part = at - np.float32(x)
            ground = here[x] + part * (here[x + 1] - here[x])
            slope = (ground - high) * inverse - curve[m] * c32
            horizon[m] = max(horizon[m], slope)
        if crossings == 1 and c > 1:
            for m in range(m_left, m_right + 1):
                lean = tilt[m]
                if lean == 0.0:
                    continue
                end, begin = lean * c32, lean * (c32 - np.float32(1.0))
                line = np.floor(end) if lean > 0.0 else np.ceil(end)
                if abs(line) <= abs(begin):
                    continue
                when = line / lean
                x = col + int(line)
                part = when - (c32 - np.float32(1.0))
                ground = before[x] + part * (here[x] - before[x])
                slope = (ground - high) / when - curve[m] * when
                horizon[m] = max(horizon[m], slope)


@kernel
def transpose(ground_m: Heights) -> Heights:
    """Return a transposed copy, made block by block to stay in the cache."""
    rows, cols = ground_m.shape
    out = np.empty((cols, rows), dtype=np.float32)
    block = 32
    for top in range(0, rows, block):
        for left in range(0, cols, block):
            for y in range(top, min(top + block, rows)):
                for x in range(left, min(left + block, cols)):
                    out[x, y] = ground_m[y, x]
    return out


@kernel
def merge(
    tall_m: Heights,
    wide_m: Heights,
    ground_m: Heights,
    row: int,
    col: int,
    step_y_m: float,
    step_x_m: float,
    reach_m: float,
) -> None:
    """Bring the eastern and western quarters, swept on their side, into `tall_m`.

    Cells out of reach or without data become infinite.
    """
    rows, cols = tall_m.shape
    infinite = np.float32(np.inf)
    block = 32
    for top in range(0, rows, block):
        for left in range(0, cols, block):
            for y in range(top, min(top + block, rows)):
                for x in range(left, min(left + block, cols)):
                    if abs(x - col) > abs(y - row):
                        tall_m[y, x] = wide_m[x, y]
    for y in range(rows):
        for x in range(cols):
            away2 = ((y - row) * step_y_m) ** 2 + ((x - col) * step_x_m) ** 2
            if away2 > reach_m * reach_m or ground_m[y, x] <= NONE_M:
                tall_m[y, x] = infinite
    tall_m[row, col] = 0.0
