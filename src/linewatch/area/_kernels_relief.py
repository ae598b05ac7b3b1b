"""Compiled gradient noise: heights that depend on the place and the seed alone.

Sums, products and whole-number hashes only: no call into the machine's mathematics
library, so that the same place has the same height to the bit everywhere.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]

LAYERS = 11
RIDGES = 5
WORD = 0xFFFFFFFF


@kernel
def mixed(h: int) -> int:
    """Return a whole number of 32 bits with each bit of `h` spread over all of them.

    Hash lowbias32 by C. Wellons (public domain, https://nullprogram.com/blog/2018/07/31).
    """
    h = h & WORD
    h ^= h >> 16
    h = (h * 0x7FEB352D) & WORD
    h ^= h >> 15
    h = (h * 0x846CA68B) & WORD
    h ^= h >> 16
    return h


@kernel
def corner_slope(i: int, j: int, seed: int) -> tuple[float, float]:
    """Return a slope (east, north), each even in -1 to 1, for a lattice corner."""
    east = mixed(mixed(mixed(i) + j) + seed)
    north = mixed(east + 1)
    return east / 2147483648.0 - 1.0, north / 2147483648.0 - 1.0


@kernel
def blend(t: float) -> float:
    """Return 6 t^5 - 15 t^4 + 10 t^3, whose slope and bend are 0 at 0 and at 1."""
    return t * t * t * (t * (t * 6.0 - 15.0) + 10.0)


@kernel
def noise_row(x_m: Floats, y_m: float, wave_m: float, seed: int, out: Floats) -> None:
    """Fill `out` with smooth noise at places [m] of one y: 0 at corners, within 1.

    Gradient noise (Perlin 2002, doi:10.1145/566654.566636) on squares of `wave_m`.
    """
    per_m = 1.0 / wave_m
    v = y_m * per_m
    j = int(np.floor(v))
    t = v - j
    blend_t = blend(t)
    k = 0
    while k < x_m.size:
        i = int(np.floor(x_m[k] * per_m))
        east00, north00 = corner_slope(i, j, seed)
        east10, north10 = corner_slope(i + 1, j, seed)
        east01, north01 = corner_slope(i, j + 1, seed)
        east11, north11 = corner_slope(i + 1, j + 1, seed)
        # Neighbouring places share a square: its four slopes are drawn once.
        stop = k + 1
        while stop < x_m.size and np.floor(x_m[stop] * per_m) == i:
            stop += 1
        for at in range(k, stop):
            s = x_m[at] * per_m - i
            blend_s = blend(s)
            low0 = east00 * s + north00 * t
            low1 = east10 * (s - 1.0) + north10 * t
            high0 = east01 * s + north01 * (t - 1.0)
            high1 = east11 * (s - 1.0) + north11 * (t - 1.0)
            low = low0 + blend_s * (low1 - low0)
            high = high0 + blend_s * (high1 - high0)
            out[at] = low + blend_t * (high - low)
        k = stop


@kernel
def pile_row(x_m: Floats, y_m: float, seed: int, layers: Floats, out: Floats) -> None:
    """Fill `out` with heights [m] of places of one y: see `linewatch.area.relief`.

    `layers`, shape (LAYERS, n), is room to work in.
    """
    seed *= LAYERS  # so that neighbouring seeds share no layer
    upland, rugged = layers[0], layers[1]
    noise_row(x_m, y_m, 330_000.0, seed, upland)
    noise_row(x_m, y_m, 61_000.0, seed + 1, rugged)
    for k in range(x_m.size):
        # From 0 in a basin to 1 in a range, with a piedmont between them.
        share = min(max(0.5 + 1.6 * rugged[k], 0.0), 1.0)
        rugged[k] = share * share * (3.0 - 2.0 * share)
        out[k] = 700.0 + 900.0 * upland[k] + 250.0 * rugged[k]
    wave_m, tall_m = 17_000.0, 800.0
    for octave in range(2, 2 + RIDGES):
        layer = layers[octave]
        noise_row(x_m, y_m, wave_m, seed + octave, layer)
        for k in range(x_m.size):
            crest = 1.0 - abs(1.6 * layer[k])
            out[k] += rugged[k] * tall_m * crest * abs(crest)
        wave_m, tall_m = wave_m * 0.47, tall_m * 0.5
    wave_m, tall_m = 2_300.0, 24.0
    for octave in range(2 + RIDGES, LAYERS):
        layer = layers[octave]
        noise_row(x_m, y_m, wave_m, seed + octave, layer)
        for k in range(x_m.size):
            out[k] += (0.35 + rugged[k]) * tall_m * layer[k]
        wave_m, tall_m = wave_m * 0.41, tall_m * 0.48


@kernel
def relief_grid(x_m: Floats, y_m: Floats, seed: int) -> NDArray[np.float32]:
    """Return heights [m], shape (y, x), of the crossings of rows and columns [m]."""
    layers = np.empty((LAYERS, x_m.size))
    heights = np.empty(x_m.size)
    grid = np.empty((y_m.size, x_m.size), dtype=np.float32)
    for row in range(y_m.size):
        pile_row(x_m, y_m[row], seed, layers, heights)
        for column in range(x_m.size):
            grid[row, column] = heights[column]
    return grid


@kernel
def relief_at(x_m: Floats, y_m: Floats, seed: int) -> Floats:
    """Return heights [m] at scattered places [m]."""
    layers = np.empty((LAYERS, 1))
    heights = np.empty(x_m.size)
    for k in range(x_m.size):
        pile_row(x_m[k : k + 1], y_m[k], seed, layers, heights[k : k + 1])
    return heights
