"""Compiled gradient noise: heights that depend on the place and the seed alone.

Sums, products and whole-number hashes only: no call into the machine's mathematics
library, so that the same place has the same height to the bit everywhere.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@kernel
def corner_slope(i: int, j: int, seed: int) -> tuple[float, float]:
    """Return a slope (east, north) for a corner of the lattice, drawn by its hash.

    The hash is the finaliser of SplitMix64 (Steele, Lea and Flood 2014,
    doi:10.1145/2714064.2660195). Each slope is even in -1 to 1.
    """
    h = np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    h ^= np.uint64(i) * np.uint64(0xC2B2AE3D27D4EB4F)
    h ^= np.uint64(j) * np.uint64(0x165667B19E3779F9)
    h ^= h >> np.uint64(30)
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    east = float(h & np.uint64(0xFFFFFFFF)) / 2147483648.0 - 1.0
    north = float(h >> np.uint64(32)) / 2147483648.0 - 1.0
    return east, north


@kernel
def noise(x_m: Floats, y_m: Floats, wave_m: float, seed: int) -> Floats:
    """Return smooth noise at places [m]: about -1 to 1, 0 at corners of the lattice.

    Gradient noise (Perlin 2002, doi:10.1145/566654.566636) on squares of `wave_m`,
    blended by 6 t^5 - 15 t^4 + 10 t^3, so that its slope and bend are continuous.
    """
    out = np.empty(x_m.size)
    last_i, last_j = 0, 0
    fresh = True
    east00 = north00 = east10 = north10 = 0.0
    east01 = north01 = east11 = north11 = 0.0
    for k in range(x_m.size):
        u, v = x_m[k] / wave_m, y_m[k] / wave_m
        i, j = int(np.floor(u)), int(np.floor(v))
        if fresh or i != last_i or j != last_j:
            # Neighbouring places share a square: its four slopes are drawn once.
            east00, north00 = corner_slope(i, j, seed)
            east10, north10 = corner_slope(i + 1, j, seed)
            east01, north01 = corner_slope(i, j + 1, seed)
            east11, north11 = corner_slope(i + 1, j + 1, seed)
            last_i, last_j, fresh = i, j, False
        s, t = u - i, v - j
        blend_s = s * s * s * (s * (s * 6.0 - 15.0) + 10.0)
        blend_t = t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
        low0 = east00 * s + north00 * t
        low1 = east10 * (s - 1.0) + north10 * t
        high0 = east01 * s + north01 * (t - 1.0)
        high1 = east11 * (s - 1.0) + north11 * (t - 1.0)
        low = low0 + blend_s * (low1 - low0)
        high = high0 + blend_s * (high1 - high0)
        out[k] = low + blend_t * (high - low)
    return out


@kernel
def relief(x_m: Floats, y_m: Floats, seed: int) -> Floats:
    """Return heights [m] at places on the plane [m]: see `linewatch.area.relief`."""
    upland = noise(x_m, y_m, 330_000.0, seed)
    rugged = noise(x_m, y_m, 61_000.0, seed + 1)
    out = np.empty(x_m.size)
    for k in range(x_m.size):
        # From 0 in a basin to 1 in a range, with a piedmont between them.
        share = min(max(0.5 + 1.6 * rugged[k], 0.0), 1.0)
        rugged[k] = share * share * (3.0 - 2.0 * share)
        out[k] = 700.0 + 900.0 * upland[k] + 250.0 * rugged[k]
    wave_m, tall_m = 17_000.0, 800.0
    for octave in range(5):
        layer = noise(x_m, y_m, wave_m, seed + 2 + octave)
        for k in range(x_m.size):
            crest = 1.0 - abs(1.6 * layer[k])
            out[k] += rugged[k] * tall_m * crest * abs(crest)
        wave_m, tall_m = wave_m * 0.47, tall_m * 0.5
    wave_m, tall_m = 2_300.0, 24.0
    for octave in range(4):
        layer = noise(x_m, y_m, wave_m, seed + 7 + octave)
        for k in range(x_m.size):
            out[k] += (0.35 + rugged[k]) * tall_m * layer[k]
        wave_m, tall_m = wave_m * 0.41, tall_m * 0.48
    return out
