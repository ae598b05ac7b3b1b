"""Compiled reckoning of registration bias from tracks that two sensors saw in turn.

A triple is a detection between two of another sensor, all of one track: the line
between the two tells where the other sensor ought to have seen it, however fast the
target goes. The equations are told in ``docs/model/tracker-after.md``.
"""

from typing import NamedTuple

import numpy as np

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import Bytes, Floats, Longs


class Looks(NamedTuple):
    """Sure detections in order of track and time, arrays of shape (n,)."""

    time_s: Floats
    track: Longs
    row: Longs  # of the sensor
    x: Floats
    y: Floats
    noise: Floats  # (n, 3)
    ahead: Floats  # (n, 2) where the track was expected


class Mounts(NamedTuple):
    """Sensors, arrays of shape (sensors,)."""

    x: Floats
    y: Floats
    usable: Bytes


@kernel
def triples(looks: Looks, longest_s: float, out: Longs) -> int:
    """List triples, rows before, at and after, of which no detection is in two.

    So the errors of one triple tell nothing of those of another. Returns how many.
    """
    time_s, track, row = looks.time_s, looks.track, looks.row
    n, many = time_s.size, 0
    used = np.zeros(n, np.uint8)
    for b in range(n):
        if used[b]:
            continue
        a, found = b - 1, False
        while a >= 0 and track[a] == track[b] and time_s[b] - time_s[a] < longest_s:
            if not used[a] and row[a] != row[b]:
                c = b + 1
                while (
                    c < n
                    and track[c] == track[b]
                    and time_s[c] - time_s[a] <= longest_s
                    and not found
                ):
                    if not used[c] and row[c] == row[a] and time_s[c] > time_s[a]:
                        out[many, 0], out[many, 1], out[many, 2] = a, b, c
                        used[a] = used[b] = used[c] = 1
                        many += 1
                        found = True
                    c += 1
            if found:
                break
            a -= 1
    return many


@kernel
def lever(mounts: Mounts, s: int, x: float, y: float, sign: float, out: Floats) -> None:
    """Set how the place that sensor `s` reports moves with its biases, (2, parts)."""
    dx, dy = x - mounts.x[s], y - mounts.y[s]
    r = np.sqrt(dx * dx + dy * dy) + 1e-9
    out[0, 0], out[1, 0] = sign * dx / r, sign * dy / r
    out[0, 1], out[1, 1] = sign * dy, -sign * dx
    if out.shape[1] == 4:
        out[0, 2] = out[1, 3] = sign
        out[0, 3] = out[1, 2] = 0.0


@kernel
def reckon(
    looks: Looks,
    mounts: Mounts,
    chosen: Longs,
    many: int,
    accel: float,
    gate: float,
    taken: Floats,
    mean: Floats,
    cov: Floats,
    info: Floats,
    vec: Floats,
    counts: Longs,
) -> int:
    """Add triples to the information `info` and `vec` on all biases.

    `taken` are the biases that the places are rid of already, `mean` and `cov` what
    was known of them before; a triple beyond the gate is left out. `counts`
    counts them by sensor. Returns how many were added.
    """
    parts = mean.size // mounts.x.size
    h, at = np.zeros((2, 2 * parts)), np.zeros(2 * parts, np.int64)
    added = 0
    for t in range(many):
        a, b, c = chosen[t, 0], chosen[t, 1], chosen[t, 2]
        before, after = looks.row[a], looks.row[b]
        if not (mounts.usable[before] and mounts.usable[after]):
            continue
        whole = looks.time_s[c] - looks.time_s[a]
        left = looks.time_s[b] - looks.time_s[a]
        w = left / whole
        x = (1.0 - w) * looks.x[a] + w * looks.x[c]
        y = (1.0 - w) * looks.y[a] + w * looks.y[c]
        u, v = looks.x[b] - x, looks.y[b] - y
        s = np.zeros(3)
        for k in range(3):
            s[k] = (1.0 - w) ** 2 * looks.noise[a, k] + w**2 * looks.noise[c, k]
            s[k] += looks.noise[b, k]
        # How far a target of white acceleration leaves the line between two places.
        bent = accel * left**2 * (whole - left) ** 2 / (3.0 * whole)
        s[0] += bent
        s[2] += bent
        # At the expected place: at the detection's own, lever and error go together.
        x, y = looks.ahead[b, 0], looks.ahead[b, 1]
        lever(mounts, after, x, y, 1.0, h[:, :parts])
        lever(mounts, before, x, y, -1.0, h[:, parts:])
        for k in range(parts):
            at[k], at[parts + k] = parts * after + k, parts * before + k
        for k in range(2 * parts):
            u += h[0, k] * taken[at[k]]
            v += h[1, k] * taken[at[k]]
        if outside(h, at, s, u, v, mean, cov, gate):
            continue
        det = s[0] * s[2] - s[1] * s[1]
        for i in range(2 * parts):
            hx = (h[0, i] * s[2] - h[1, i] * s[1]) / det
            hy = (h[1, i] * s[0] - h[0, i] * s[1]) / det
            vec[at[i]] += hx * u + hy * v
            for j in range(2 * parts):
                info[at[i], at[j]] += hx * h[0, j] + hy * h[1, j]
        counts[before] += 1
        counts[after] += 1
        added += 1
    return added


@kernel
def outside(
    h: Floats,
    at: Longs,
    s: Floats,
    u: float,
    v: float,
    mean: Floats,
    cov: Floats,
    gate: float,
) -> bool:
    """Tell whether a triple is farther from what is known than the gate allows."""
    xx, xy, yy = s[0], s[1], s[2]
    for i in range(at.size):
        u -= h[0, i] * mean[at[i]]
        v -= h[1, i] * mean[at[i]]
        for j in range(at.size):
            p = cov[at[i], at[j]]
            xx += h[0, i] * p * h[0, j]
            xy += h[0, i] * p * h[1, j]
            yy += h[1, i] * p * h[1, j]
    far = yy * u * u - 2.0 * xy * u * v + xx * v * v
    return bool(far > gate * (xx * yy - xy * xy))
