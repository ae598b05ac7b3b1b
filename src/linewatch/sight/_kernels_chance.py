"""Compiled loops over looks. Callers have checked every argument.

A law is a row of figures, which `chance.law_of` writes: form (0 echo or tremor, 1
image), anchor [m], exponent of range or of cycles, level at the anchor, logarithm of
the false alarm chance, ceiling, least radial speed [m/s], reach [m], draws a look, 1 if
a line of sight is needed, top [m] and height [m] of the target; what the air takes of
power or contrast [1/m], and in the standard weather; logarithm of the contrast; growth
of the exponent; noise over that of the standard weather; echo of ground [m^3] and of
rain [m^2] over the noise.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]

FORM, ANCHOR, EXPONENT, LEVEL, LOG_FALSE, CEILING = range(6)
RADIAL, REACH, DRAWS, NEEDS_SIGHT, ABOVE, TALL = range(6, 12)
LOST, STANDARD, CONTRAST, STEEPER, NOISE, GROUND, RAIN = range(12, 19)
LAW_WIDTH = 19
NEAREST_M = 1.0

SURE = 1 - 1e-9
"""Chance from which the rest of a crossing is left out and called certain."""


@kernel
def cycles_for(chance: float, first: float, more: float) -> float:
    """Return the cycles, over those that half need, at which an image gives `chance`.

    Bisection, for the exponent of the transfer function depends on the cycles too.
    """
    low, high = 1e-6, 1e3
    for _ in range(80):
        mid = (low * high) ** 0.5
        if mid ** (first + more * mid) < chance / (1 - chance):
            low = mid
        else:
            high = mid
    return float((low * high) ** 0.5)


@kernel
def chance_at(law: Floats, range_m: float, shown: float) -> float:
    """Return the chance that one look detects at a range, `shown` of it in sight."""
    if shown <= 0.0 or law[ANCHOR] <= 0.0 or range_m > law[REACH]:
        return 0.0
    near_m = max(range_m, NEAREST_M)
    if law[FORM] == 0.0:
        level = law[LEVEL] * shown * (law[ANCHOR] / near_m) ** law[EXPONENT]
        noise = law[NOISE] + (law[GROUND] / near_m + law[RAIN]) / near_m**2
        level *= np.exp(-law[LOST] * near_m) / noise
        draw = np.exp(law[LOG_FALSE] / (1.0 + level))
    else:
        cycles = law[LEVEL] * law[ANCHOR] / near_m * np.sqrt(shown)
        if law[LOST] != law[STANDARD]:
            left = law[CONTRAST] - law[LOST] * near_m
            if left <= 0.0:
                return 0.0
            cycles *= left / (law[CONTRAST] - law[STANDARD] * near_m)
        power = (law[EXPONENT] + law[STEEPER] * cycles) * np.log(cycles)
        draw = 1.0 / (1.0 + np.exp(min(-power, 700.0)))
    draw *= law[CEILING]
    if law[DRAWS] != 1.0:
        return float(1.0 - (1.0 - draw) ** law[DRAWS])
    return float(draw)


@kernel
def chances(law: Floats, range_m: Floats, shown: Floats) -> Floats:
    """Return the chance at each range."""
    out = np.empty(range_m.size)
    for i in range(range_m.size):
        out[i] = chance_at(law, range_m[i], shown[i])
    return out


@kernel
def look_at(
    law: Floats,
    eye: Floats,
    lowest_m: NDArray[np.float32],
    start: int,
    frame: Floats,
    x_m: float,
    y_m: float,
    vx_mps: float,
    vy_mps: float,
) -> float:
    """Return the chance that one look of one sensor detects one target.

    `eye` is x, y, azimuth and half the sector; `frame` is west, north, cell, rows and
    columns of the lowest heights seen, which begin at `start`. A speed of NaN is
    unknown and never lost in the clutter.
    """
    right, up = x_m - eye[0], y_m - eye[1]
    if abs(right) > law[REACH] or abs(up) > law[REACH]:
        return 0.0
    range_m = np.sqrt(right * right + up * up)
    if range_m > law[REACH]:
        return 0.0
    if eye[3] < np.pi and range_m > 0.0:
        turn = (np.arctan2(right, up) - eye[2] + np.pi) % (2 * np.pi) - np.pi
        if abs(turn) > eye[3]:
            return 0.0
    if law[RADIAL] > 0.0 and range_m > 0.0:
        radial = abs(vx_mps * right + vy_mps * up) / range_m
        if radial < law[RADIAL]:
            return 0.0
    shown = 1.0
    if law[NEEDS_SIGHT] == 1.0:
        row = int((frame[1] - y_m) // frame[2])
        col = int((x_m - frame[0]) // frame[2])
        if row < 0 or col < 0 or row >= frame[3] or col >= frame[4]:
            return 0.0
        lowest = lowest_m[start + row * int(frame[4]) + col]
        shown = min((law[ABOVE] - lowest) / law[TALL], 1.0)
    return chance_at(law, range_m, shown)


@kernel
def look_many(
    laws: Floats,
    eyes: Floats,
    lowest_m: NDArray[np.float32],
    starts: NDArray[np.int64],
    frames: Floats,
    which: NDArray[np.int64],
    target: NDArray[np.int64],
    x_m: Floats,
    y_m: Floats,
    vx_mps: Floats,
    vy_mps: Floats,
) -> Floats:
    """Return the chance of each sensor in `which` against each target.

    `laws` is by target class, sensor and figure.
    """
    out = np.zeros((which.size, x_m.size))
    for i in range(which.size):
        s = which[i]
        for j in range(x_m.size):
            # Most targets are far away: told before any row is taken out.
            reach_m = laws[target[j], s, REACH]
            if abs(x_m[j] - eyes[s, 0]) > reach_m or abs(y_m[j] - eyes[s, 1]) > reach_m:
                continue
            out[i, j] = look_at(
                laws[target[j], s],
                eyes[s],
                lowest_m,
                starts[s],
                frames[s],
                x_m[j],
                y_m[j],
                vx_mps[j],
                vy_mps[j],
            )
    return out


@kernel
def cross_many(
    laws: Floats,
    eyes: Floats,
    lowest_m: NDArray[np.float32],
    starts: NDArray[np.int64],
    frames: Floats,
    periods_s: Floats,
    phases_s: Floats,
    legs: Floats,
    least: int,
    within: int,
    once: Floats,
    confirmed: Floats,
) -> None:
    """Fill the chance that each sensor sees, and confirms, each straight crossing.

    `legs` is by crossing: x and y [m] of start and end, and the speed [m/s]. `once` is
    the chance of at least one detection, `confirmed` that of at least `least` in some
    `within` looks in a row: a chain over the last looks as bits, each look one step.
    """
    size = 1 << (within - 1)
    now, then = np.zeros(size), np.zeros(size)
    many = np.zeros(2 * size, dtype=np.int64)
    for bits in range(1, 2 * size):
        many[bits] = many[bits >> 1] + (bits & 1)
    for s in range(eyes.shape[0]):
        law, eye, frame, start = laws[s], eyes[s], frames[s], starts[s]
        period_s, phase_s, reach_m = periods_s[s], phases_s[s], law[REACH]
        for k in range(legs.shape[0]):
            x0, y0, x1, y1, speed = legs[k]
            length_m = np.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2)
            if length_m <= 0.0:
                continue
            ux, uy = (x1 - x0) / length_m, (y1 - y0) / length_m
            along = (eye[0] - x0) * ux + (eye[1] - y0) * uy
            aside = abs((eye[0] - x0) * uy - (eye[1] - y0) * ux)
            if aside > reach_m:
                continue
            half_m = np.sqrt(reach_m**2 - aside**2)
            from_s = max((along - half_m) / speed, 0.0)
            to_s = min((along + half_m) / speed, length_m / speed)
            first = int(np.ceil((from_s - phase_s) / period_s))
            last = int(np.floor((to_s - phase_s) / period_s))
            miss, done = 1.0, 0.0
            now[:] = 0.0
            now[0] = 1.0
            for look in range(max(first, 0), last + 1):
                away_m = (phase_s + look * period_s) * speed
                q = look_at(
                    law,
                    eye,
                    lowest_m,
                    start,
                    frame,
                    x0 + away_m * ux,
                    y0 + away_m * uy,
                    speed * ux,
                    speed * uy,
                )
                if q == 0.0 and now[0] == 1.0:
                    continue
                miss *= 1.0 - q
                then[:] = 0.0
                for bits in range(size):
                    mass = now[bits]
                    if mass == 0.0:
                        continue
                    if q < 1.0:
                        then[(bits << 1) & (size - 1)] += mass * (1.0 - q)
                    if many[(bits << 1) | 1] >= least:
                        done += mass * q
                    else:
                        then[((bits << 1) | 1) & (size - 1)] += mass * q
                now[:] = then
                if done > SURE:
                    miss, done = min(miss, 1.0 - done), 1.0
                    break
            once[s, k] = 1.0 - miss
            confirmed[s, k] = done
