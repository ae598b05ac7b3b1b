"""The sweep of the quick modes told plainly: sector after sector, nothing side by side.

Every number is a float32 worked out in the order of the compiled loops, so that the
two must agree in every bit.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

F = np.float32
NONE_M = F(-1e6)
SECTORS = tuple(
    (axis, along, aside) for axis in "yx" for along in (-1, 1) for aside in (-1, 1)
)


def lowest_swept(
    height_m: NDArray[np.floating],
    *,
    eye: tuple[int, int],
    above_m: float,
    steps_m: tuple[float, float],
    sag: float,
    reach_m: float,
    rays: tuple[int, int],
) -> Floats:
    """Lowest height seen in each cell; `steps_m` between rows, between columns."""
    ground_m = np.where(np.isfinite(height_m), height_m, NONE_M).astype(F)
    out = np.full(ground_m.shape, np.inf, dtype=F)
    out[eye] = 0
    for axis, along, aside in SECTORS:
        turned = axis == "x"
        sweep_sector(
            ground_m.T if turned else ground_m,
            out.T if turned else out,
            eye=eye[::-1] if turned else eye,
            along=along,
            aside=aside,
            above_m=above_m,
            steps_m=steps_m[::-1] if turned else steps_m,
            sag=sag,
            reach_m=reach_m,
            rays=rays,
            owns_diagonal=not turned,
        )
    return out


def last_within(c: int, steps_m: tuple[float, float], reach_m: float) -> int:
    """Last cell aside at most the diagonal within reach; -1 if none."""
    left2 = reach_m**2 - (c * steps_m[0]) ** 2
    inside = [r for r in range(c + 1) if (r * steps_m[1]) ** 2 <= left2]
    return inside[-1] if inside else -1


def sweep_sector(
    ground_m: Floats,
    out: Floats,
    *,
    eye: tuple[int, int],
    along: int,
    aside: int,
    above_m: float,
    steps_m: tuple[float, float],
    sag: float,
    reach_m: float,
    rays: tuple[int, int],
    owns_diagonal: bool,
) -> None:
    """Fill one sector; the longer axis runs along rows' numbers."""
    (rows, cols), (row, col) = ground_m.shape, eye
    most, most_aside = max(row, rows - 1 - row), max(col, cols - 1 - col)
    far = max(
        sum(n * step_m <= reach_m for n in range(1, end + 1))
        for end, step_m in zip((most, most_aside), steps_m, strict=True)
    )
    half = max(far, min(far * rays[0], rays[1]), 1)
    high_m = F(ground_m[row, col] + above_m)
    end = cols - 1 - col if aside > 0 else col
    horizon, before = np.full(half + 2, F(-1e30)), np.zeros(far + 4, dtype=F)
    for c in range(1, far + 1):
        y = row + along * c
        if not 0 <= y < rows:
            return
        mine = last_within(c, steps_m, reach_m)
        other = last_within(c, steps_m[::-1], reach_m)
        full = min(max(mine, other) + 1, c)
        ring = np.full(far + 4, (NONE_M - high_m) * F(1 / c))
        r = np.arange(min(full, end) + 1)
        inverse, wide = F(1 / c), r.astype(F)
        sunk, bent = F(sag * steps_m[0] ** 2 * c), F(sag * steps_m[1] ** 2 / c)
        rise = (ground_m[y, col + aside * r] - high_m) * inverse
        ring[r] = rise - sunk - bent * wide * wide
        r = np.arange(min(mine, end, c if owns_diagonal else c - 1) + 1)
        if aside < 0:
            r = r[1:]  # the axis is the other side's
        lift_m = lift_over(horizon, ring, c, half, r)
        is_ground = ring[r] > (NONE_M / 2 - high_m) * inverse
        out[y, col + aside * r] = np.where(is_ground, np.maximum(lift_m, 0), np.inf)
        raise_rays(horizon, ring, before, c, half)
        before = ring


def lift_over(
    horizon: Floats, ring: Floats, c: int, half: int, r: NDArray[np.int64]
) -> Floats:
    """How far the horizon between two rays stands over cells [m]."""
    place = r.astype(F) * F(half / c)
    m = np.minimum(place.astype(np.int32), half - 1)
    part = place - m.astype(F)
    level = horizon[m] * (F(1) - part) + horizon[m + 1] * part
    return np.asarray((level - ring[r]) * F(c), dtype=F)


def raise_rays(
    horizon: Floats, ring: Floats, before: Floats, c: int, half: int
) -> None:
    """Raise every ray by the ring, and by the line that it may cross before it."""
    one, edge = F(1), F(c)
    ray = np.arange(half + 1).astype(F)
    place = np.minimum(ray * F(c / half), edge)
    r = place.astype(np.int32)
    line = r.astype(F)
    part = place - line
    crosses = (place - ray * F(1 / half) < line) & (line < edge)
    share = edge - F((c - 1) * c / half) * ray / np.maximum(line, one)
    v = np.where(crosses, np.clip(share, 0, 1), one - part).astype(F)
    other = np.where(crosses, before[r], ring[r + 1])
    on_ring = ring[r] * (one - part) + ring[r + 1] * part
    on_line = other * (one - v) + ring[r] * v
    level = np.maximum(horizon[: half + 1], on_ring)
    horizon[: half + 1] = np.maximum(level, on_line)
