"""The plain way to everything that the area does fast."""

import math

import numpy as np
from numpy.typing import NDArray

from linewatch.area.line import EARTH, Line

Floats = NDArray[np.float64]


def nearest(line: Line, x_m: float, y_m: float) -> tuple[float, float]:
    """Return chainage and unsigned offset [m], trying every piece of every step."""
    best = (math.inf, 0.0, 0.0)
    for k in range(line.lon_deg.size - 1):
        parts = max(1, math.ceil((line.chainage_m[k + 1] - line.chainage_m[k]) / 1e3))
        lon, lat = [line.lon_deg[k]], [line.lat_deg[k]]
        ends = (lon[0], lat[0], line.lon_deg[k + 1], line.lat_deg[k + 1])
        for between in EARTH.npts(*ends, parts - 1) if parts > 1 else ():
            lon.append(between[0])
            lat.append(between[1])
        lon.append(line.lon_deg[k + 1])
        lat.append(line.lat_deg[k + 1])
        x, y = line.plane.to_plane(lon, lat)
        step_m = (line.chainage_m[k + 1] - line.chainage_m[k]) / parts
        for p in range(parts):
            dx, dy = x[p + 1] - x[p], y[p + 1] - y[p]
            along = ((x_m - x[p]) * dx + (y_m - y[p]) * dy) / (dx**2 + dy**2)
            along = min(max(along, 0.0), 1.0)
            gap = math.hypot(x_m - x[p] - along * dx, y_m - y[p] - along * dy)
            offset_m = gap * step_m / math.hypot(dx, dy)
            chainage_m = float(line.chainage_m[k] + (p + along) * step_m)
            best = min(best, (gap, chainage_m, offset_m))
    return best[1], best[2]


def mixed(h: int) -> int:
    """Hash lowbias32, on Python's own whole numbers."""
    h &= 0xFFFFFFFF
    h ^= h >> 16
    h = h * 0x7FEB352D & 0xFFFFFFFF
    h ^= h >> 15
    h = h * 0x846CA68B & 0xFFFFFFFF
    return h ^ h >> 16


def noise(x_m: float, y_m: float, wave_m: float, seed: int) -> float:
    """Gradient noise of one place, straight from its definition."""
    u, v = x_m * (1 / wave_m), y_m * (1 / wave_m)
    i, j = math.floor(u), math.floor(v)
    s, t = u - i, v - j

    def ramp(right: int, up: int) -> float:
        east = mixed(mixed(mixed(i + right) + j + up) + seed)
        slope = (east / 2**31 - 1, mixed(east + 1) / 2**31 - 1)
        return slope[0] * (s - right) + slope[1] * (t - up)

    def ease(w: float) -> float:
        return w * w * w * (w * (w * 6 - 15) + 10)

    low = ramp(0, 0) + ease(s) * (ramp(1, 0) - ramp(0, 0))
    high = ramp(0, 1) + ease(s) * (ramp(1, 1) - ramp(0, 1))
    return low + ease(t) * (high - low)


def relief(x_m: float, y_m: float, seed: int) -> float:
    """Height [m] of one place, by the words of the relief's page."""
    seed *= 11
    share = min(max(0.5 + 1.6 * noise(x_m, y_m, 61_000.0, seed + 1), 0.0), 1.0)
    rugged = share * share * (3 - 2 * share)
    height_m = 700.0 + 900.0 * noise(x_m, y_m, 330_000.0, seed) + 250.0 * rugged
    for octave in range(5):
        crest = 1 - abs(
            1.6 * noise(x_m, y_m, 17_000.0 * 0.47**octave, seed + 2 + octave)
        )
        height_m += rugged * 800.0 * 0.5**octave * crest * abs(crest)
    for octave in range(4):
        rough = noise(x_m, y_m, 2_300.0 * 0.41**octave, seed + 7 + octave)
        height_m += (0.35 + rugged) * 24.0 * 0.48**octave * rough
    return height_m


def sun_altitude_deg(epoch_s: float, lon_deg: float, lat_deg: float) -> float:
    """Sun's altitude [deg] by the low-precision formulas of the Astronomical Almanac.

    Section C, "Low precision formulas for the Sun": within 0.01 degree from 1950 to
    2050; sidereal time from section B.
    """
    n = epoch_s / 86_400 - 10_957.5  # days from J2000.0
    mean = math.radians(280.460 + 0.9856474 * n)
    anomaly = math.radians(357.528 + 0.9856003 * n)
    along = mean + math.radians(
        1.915 * math.sin(anomaly) + 0.020 * math.sin(2 * anomaly)
    )
    tilt = math.radians(23.439 - 0.0000004 * n)
    right = math.atan2(math.cos(tilt) * math.sin(along), math.cos(along))
    dec = math.asin(math.sin(tilt) * math.sin(along))
    turn = math.radians((280.46062 + 360.98564737 * n) % 360 + lon_deg)
    lat = math.radians(lat_deg)
    sine = math.sin(lat) * math.sin(dec)
    sine += math.cos(lat) * math.cos(dec) * math.cos(turn - right)
    return math.degrees(math.asin(sine))
