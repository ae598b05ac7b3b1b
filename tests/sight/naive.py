"""Sight written the plain way: slow, and with no part of the compiled code."""

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from linewatch.area import STANDARD, Weather
from linewatch.sight import SensorKind, Sight, TargetClass
from linewatch.sight.kinds import Law

Floats = NDArray[np.float64]


def ground_at(height_m: Floats, row: Fraction, col: Fraction) -> float:
    """Read the ground on a line of rows or of columns; NaN where a neighbour has none.

    One of `row` and `col` is whole.
    """
    if row.denominator != 1:
        height_m, row, col = height_m.T, col, row
    low = math.floor(col)
    part, near = float(col - low), height_m[int(row), low]
    if part == 0:
        return float(near)
    return float(near + part * (height_m[int(row), low + 1] - near))


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
        parts = {Fraction(k, abs(n)) for n in (down, right) for k in range(1, abs(n))}
        lowest = 0.0
        for share in sorted(parts):
            part = float(share)
            ground_m = ground_at(height_m, row + share * down, col + share * right)
            ground_m -= sag * (part * span_m) ** 2
            if np.isnan(ground_m):
                continue
            # Where the line over this ground comes down at the cell.
            level_m = lens_m + (ground_m - lens_m) / part
            lowest = max(lowest, level_m - (height_m[y, x] - sag * span_m**2))
        out[y, x] = lowest
    return out


def chance(
    kind: SensorKind,
    target: TargetClass,
    range_m: float,
    *,
    shown: float,
    day: float,
    weather: Weather = STANDARD,
) -> float:
    """Chance of one look in plain sight, from the formulas."""
    anchor_m = kind.anchor_m[target.name]
    if range_m > kind.reach_m[target.name] or shown <= 0 or anchor_m == 0:
        return 0.0
    range_m = max(range_m, 1.0)
    if kind.law is Law.IMAGE:
        draw = image_chance(kind, anchor_m, range_m, shown, day, weather)
    else:
        at_anchor = math.log(1e-6) / math.log(kind.anchor_chance) - 1
        if kind.law is Law.ECHO:
            signal = echo_ratio(kind, target, range_m, at_anchor, weather) * shown
        else:
            noise = 1 + (weather.wind_mps / kind.wind_half_mps) ** 2
            lost_db = kind.absorbed_db_km * (range_m - anchor_m) / 1000
            fade = (anchor_m / range_m) ** kind.spread * 10 ** (-lost_db / 10)
            signal = at_anchor * shown * fade / noise
        draw = 1e-6 ** (1 / (1 + signal))
    draw *= kind.ceiling
    share = min(1.0, kind.period_s / kind.decorrelation_s)
    return 1 - (1 - draw) ** share if share < 1 else draw


def image_chance(
    kind: SensorKind,
    anchor_m: float,
    range_m: float,
    shown: float,
    day: float,
    weather: Weather,
) -> float:
    """Chance of one draw of an image; every built-in anchor is where half succeed."""
    far_m = anchor_m * (kind.night_share + (1 - kind.night_share) * day)
    usual = kind.contrast - range_m * haze_per_m(kind.bands_um, 1.0, STANDARD)
    left = kind.contrast - range_m * haze_per_m(kind.bands_um, day, weather)
    if left <= 0:
        return 0.0
    ratio = far_m / range_m * math.sqrt(shown) * left / usual
    power = ratio ** (2.7 + 0.7 * ratio) if ratio < 20 else math.inf
    return 1.0 if math.isinf(power) else power / (1 + power)


def haze_per_m(bands_um: tuple[float, ...], day: float, weather: Weather) -> float:
    """What haze and rain take of contrast [1/m] in the clearest band that serves."""
    told = []
    for band in bands_um:
        if band < 0.75 and day == 0:
            continue
        far_km = weather.visibility_m / 1000
        if far_km > 6:
            power = 1.6 if far_km > 50 else 1.3
        else:
            power = 0.16 * far_km + 0.34 if far_km > 1 else max(far_km - 0.5, 0)
        vapour = 0.15 if band > 7 else 0.0
        told.append(3.912 / far_km / (band / 0.55) ** power + vapour)
    rain_db_km = 1.076 * weather.rain_mm_h**0.67 if weather.rain_mm_h > 0 else 0.0
    return (min(told, default=0.0) + rain_db_km / 4.342944819) / 1000


def echo_ratio(
    kind: SensorKind,
    target: TargetClass,
    range_m: float,
    at_anchor: float,
    weather: Weather,
) -> float:
    """Echo of a whole target over noise, ground and rain, by their cross-sections."""
    waves, walker_m = kind.waves, kind.anchor_m["walker"]
    assert waves is not None
    # Noise as the cross-section at the walker's anchor that it drowns: found such that
    # a walker of 1 m2 stands out by `at_anchor` over it and the ground together.
    per_m = waves.ground_share * waves.beam_rad * waves.cell_m / waves.ground_filter
    noise_m2 = 1 / at_anchor - per_m * walker_m
    ground_m2 = per_m * range_m
    reflect = math.pi**5 * 0.93 / waves.wavelength_m**4
    reflect *= 200e-18 * weather.rain_mm_h**1.6
    wide_m, tall_m = range_m * waves.beam_rad, range_m * waves.tall_rad
    rain_m2 = reflect * math.pi / 4 * wide_m * tall_m * waves.cell_m / waves.rain_filter
    lost_db = 2 * waves.rain_k * weather.rain_mm_h**waves.rain_power * range_m / 1000
    # A class's own anchor may have been set apart from its cross-section.
    echo_m2 = (kind.anchor_m[target.name] / walker_m) ** 4
    # Everything at this range fades with its fourth power; noise does not.
    noise_here = noise_m2 * (range_m / walker_m) ** 4
    heard = 10 ** (-lost_db / 10)
    return float(echo_m2 * heard / (noise_here + ground_m2 + rain_m2))


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
