"""Sight written the plain way: slow, and with no part of the compiled code."""

import math

import numpy as np
from numpy.typing import NDArray

from linewatch.sight import SensorKind, Sight, TargetClass
from linewatch.sight.kinds import Law

Floats = NDArray[np.float64]


def ground_at(height_m: Floats, row: float, col: float) -> float:
    """Read the ground on a line of rows or of columns; NaN where a neighbour has none.

    One of `row` and `col` is whole.
    """
    if float(row).is_integer():
        low = math.floor(col)
        part, y = col - low, int(row)
        near = height_m[y, low]
        return float(near if part == 0 else near + part * (height_m[y, low + 1] - near))
    low = math.floor(row)
    part, x = row - low, int(col)
    return float(height_m[low, x] + part * (height_m[low + 1, x] - height_m[low, x]))


def lowest_seen(
    height_m: Floats,
    *,
    eye: tuple[int, int],
    above_m: float,
    steps_m: tuple[float, float],
    sag: float,
    reach_m: float,
) -> Floats:
    """Lowest height above ground seen in each cell, by walking each line with NumPy."""
    row, col = eye
    out = np.full(height_m.shape, np.inf)
    lens_m = height_m[eye] + above_m
    for y, x in np.ndindex(*height_m.shape):
        down, right = y - row, x - col
        span_m = math.hypot(down * steps_m[0], right * steps_m[1])
        if span_m > reach_m or np.isnan(height_m[y, x]):
            continue
        parts = {k / abs(down) for k in range(1, abs(down))}
        places = [(p, row + round(p * down), col + p * right) for p in sorted(parts)]
        parts = {k / abs(right) for k in range(1, abs(right))}
        places += [(p, row + p * down, col + round(p * right)) for p in sorted(parts)]
        lowest = 0.0
        for part, at_row, at_col in places:
            ground_m = ground_at(height_m, at_row, at_col) - sag * (part * span_m) ** 2
            if np.isnan(ground_m):
                continue
            # Where the line over this ground comes down at the cell.
            level_m = lens_m + (ground_m - lens_m) / part
            lowest = max(lowest, level_m - (height_m[y, x] - sag * span_m**2))
        out[y, x] = lowest
    return out


def chance(
    kind: SensorKind, target: TargetClass, range_m: float, *, shown: float, day: float
) -> float:
    """Chance of one look in plain sight, from the formulas."""
    anchor_m = kind.anchor_m[target.name]
    if range_m > kind.reach_m[target.name] or shown <= 0 or anchor_m == 0:
        return 0.0
    range_m = max(range_m, 1.0)
    if kind.law is Law.IMAGE:
        anchor_m *= kind.night_share + (1 - kind.night_share) * day
        # Every kind's anchor is where half of observers succeed: the ratio is 1 there.
        ratio = anchor_m / range_m * math.sqrt(shown)
        power = ratio ** (2.7 + 0.7 * ratio) if ratio < 20 else math.inf
        draw = 1.0 if math.isinf(power) else power / (1 + power)
    else:
        exponent = 4 if kind.law is Law.ECHO else 3
        at_anchor = math.log(1e-6) / math.log(kind.anchor_chance) - 1
        noise = at_anchor * shown * (anchor_m / range_m) ** exponent
        draw = 1e-6 ** (1 / (1 + noise))
    draw *= kind.ceiling
    share = min(1.0, kind.period_s / kind.decorrelation_s)
    return 1 - (1 - draw) ** share if share < 1 else draw


def looks(sight: Sight, leg: Floats, target: str) -> Floats:
    """Chances of every look of one sensor at one straight crossing, in order."""
    x0, y0, x1, y1, speed = leg
    length_m = math.hypot(x1 - x0, y1 - y0)
    times = np.arange(sight.phase_s, length_m / speed + 1e-9, sight.kind.period_s)
    out = np.empty(len(times))
    for i, time_s in enumerate(times):
        part = time_s * speed / length_m
        x, y = x0 + part * (x1 - x0), y0 + part * (y1 - y0)
        right, up = x - sight.eye.x_m, y - sight.eye.y_m
        away_m = math.hypot(right, up)
        toward = (right * (x1 - x0) + up * (y1 - y0)) / max(away_m, 1e-9)
        radial = abs(toward) * speed / length_m
        out[i] = sight.look_chance(x, y, target, radial_mps=radial).item()
    return out
