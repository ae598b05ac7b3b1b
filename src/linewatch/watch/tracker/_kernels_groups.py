"""Compiled chances of how many detections a group leaves, and what that says of it.

A file of `n` targets, evenly spaced, lies over the resolution cells of a sensor; those
of one cell give one detection. `step_r` and `step_a` are the spacing in cells of range
and of azimuth. The equations are told in ``docs/model/tracker-after.md``.
"""

import math

import numpy as np

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import Floats, Longs


@kernel
def edges(n: int, step: float) -> Floats:
    """Return where the first target's place in its cell changes who shares one."""
    out = np.zeros(n + 1)
    for k in range(n):
        out[k + 1] = 1.0 - (k * step) % 1.0
    out.sort()
    return out


@kernel
def leaves(n: int, step_r: float, step_a: float, pd: float, out: Floats) -> None:
    """Set `out[m]` to the chance that a file of `n` leaves `m` detections.

    Exact: the first target's place in its cell matters only by the part between two
    edges, and those of one cell are neighbours in the file, so that a cell of k gives
    a detection with the chance 1 - (1 - pd)^k.
    """
    out[:] = 0.0
    one, most = np.zeros(out.size), out.size - 1
    in_r, in_a = edges(n, step_r), edges(n, step_a)
    for i in range(n):
        for j in range(n):
            part = (in_r[i + 1] - in_r[i]) * (in_a[j + 1] - in_a[j])
            if part < 1e-12:
                continue
            r, a = 0.5 * (in_r[i] + in_r[i + 1]), 0.5 * (in_a[j] + in_a[j + 1])
            one[:] = 0.0
            one[0] = 1.0
            k = 0
            while k < n:
                cell_r, cell_a = math.floor(r + k * step_r), math.floor(a + k * step_a)
                miss = 1.0
                while (
                    k < n
                    and math.floor(r + k * step_r) == cell_r
                    and math.floor(a + k * step_a) == cell_a
                ):
                    miss *= 1.0 - pd
                    k += 1
                for m in range(most, 0, -1):
                    one[m] = one[m] * miss + one[m - 1] * (1.0 - miss)
                one[0] *= miss
            for m in range(most + 1):
                out[m] += part * one[m]


@kernel
def leave_table(steps: Floats, chances: Floats, wild: float, out: Floats) -> None:
    """Fill the log chances, (steps, steps, chances, sizes, detections).

    A share `wild` of looks is anything: clutter, or a stranger that passes by.
    """
    sizes, most = out.shape[3], out.shape[4]
    one = np.zeros(most)
    for r in range(steps.size):
        for a in range(steps.size):
            for c in range(chances.size):
                for n in range(sizes):
                    leaves(n + 1, steps[r], steps[a], chances[c], one)
                    for m in range(most):
                        p = (1.0 - wild) * one[m] + wild / most
                        out[r, a, c, n, m] = math.log(p)


@kernel
def nearest(grid: Floats, value: float) -> int:
    """Tell the place of the nearest figure of a grid in rising order."""
    k = 0
    while k + 1 < grid.size and value > 0.5 * (grid[k] + grid[k + 1]):
        k += 1
    return k


@kernel
def believe_looks(
    group: Longs,
    many: Longs,
    pd: Floats,
    per_r: Floats,
    per_a: Floats,
    spacing: Floats,
    scale: Floats,
    steps: Floats,
    chances: Floats,
    table: Floats,
    weight: float,
    out: Floats,
) -> None:
    """Add the log chances of looks to `out`, (groups, spacings, scales, sizes).

    `many` detections of a group in a look; `per_r` and `per_a` are cells per metre of
    spacing along the group's way; `weight` is what one look counts.
    """
    sizes, most = table.shape[3], table.shape[4]
    for k in range(group.size):
        m = min(many[k], most - 1)
        for g in range(spacing.size):
            r = nearest(steps, spacing[g] * per_r[k])
            a = nearest(steps, spacing[g] * per_a[k])
            for s in range(scale.size):
                c = nearest(chances, min(pd[k] * scale[s], 0.98))
                for n in range(sizes):
                    out[group[k], g, s, n] += weight * table[r, a, c, n, m]
