"""Compiled loops over lines of sight. Callers have checked every argument.

Heights are in metres. `sag` [1/m] times a squared distance is how far the round Earth
falls away there. The sweep of the quick modes is in `_kernels_sweep`.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Heights = NDArray[np.float32]

NONE_M = -1e6
"""Stands for ground without data [m]: far below all ground, so it hides nothing."""

LOW = -1e30
"""Slope of a horizon that nothing has raised yet."""

ROUNDING = 1e-9
"""Nearer to a centre than this [cells] a line runs through it: on no map that fits into
memory does one pass so near."""


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
    cell centres, evenly between the two nearest; where one of them has no ground there
    is none. One unit is the whole line.
    """
    span2_m2 = (down * step_y_m) ** 2 + (right * step_x_m) ** 2
    steepest = LOW
    for axis in range(2):
        steps = abs(down) if axis == 0 else abs(right)
        for step in range(1, steps):
            part = step / steps
            if axis == 0:
                at = part * right
                low = int(np.floor(at + ROUNDING))
                y, x = row + step * (1 if down > 0 else -1), col + low
                near = ground_m[y, x]
                far = ground_m[y, x + 1] if at > low + ROUNDING else near
            else:
                at = part * down
                low = int(np.floor(at + ROUNDING))
                y, x = row + low, col + step * (1 if right > 0 else -1)
                near = ground_m[y, x]
                far = ground_m[y + 1, x] if at > low + ROUNDING else near
            if near <= NONE_M or far <= NONE_M:
                continue
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
def prepare(height_m: Heights, ground_m: Heights, turned_m: Heights) -> None:
    """Copy heights, NaN as NONE_M, and transposed too, block by block for the cache."""
    rows, cols = height_m.shape
    block = 32
    none = np.float32(NONE_M)
    for top in range(0, rows, block):
        for left in range(0, cols, block):
            for y in range(top, min(top + block, rows)):
                for x in range(left, min(left + block, cols)):
                    height = height_m[y, x]
                    if not np.isfinite(height):
                        height = none
                    ground_m[y, x] = height
                    turned_m[x, y] = height
