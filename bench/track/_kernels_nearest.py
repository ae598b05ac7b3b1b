"""A plain rival: nearest neighbour first, one constant-velocity model, no existence."""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@kernel
def follow(
    scan_s: Floats,
    scan_at: Floats,
    start: Longs,
    x: Floats,
    y: Floats,
    noise: Floats,
    reach: float,
    q: float,
    gate: float,
    begin: float,
    out: Floats,
) -> int:
    """Run over all scans; return how many rows (time, id, x, y, vx, vy) were written.

    Scan k is at `scan_s[k]` by the radar at x `scan_at[k]`, y 0, and has detections
    `start[k]` to `start[k+1]`, places `x`, `y` with covariances `noise` (xx, xy, yy).
    State per track: x, y, vx, vy and the 10 figures of a symmetric covariance.
    """
    room = 16384
    mean, cov = np.zeros((room, 4)), np.zeros((room, 4, 4))
    time = np.zeros(room)
    ident, hits = np.zeros(room, np.int64), np.zeros(room, np.int64)
    miss = np.zeros(room, np.int64)
    seen = np.zeros(room)
    cells = int((scan_at.max() - scan_at.min() + 4 * reach) / 2000.0) + 2
    west = scan_at.min() - 2 * reach
    head, after = np.full(cells, -1), np.full(room, -1)
    free, n_free = np.arange(room - 1, -1, -1), room
    view = np.zeros(room, np.int64)
    px, py = np.zeros(room), np.zeros(room)
    pairs = np.zeros((65536, 3))
    taken, held = np.zeros(65536, np.int64), np.zeros(room, np.int64)
    rows, named, second = 0, 0, begin
    for k in range(len(scan_s)):
        now = scan_s[k]
        while second < now:
            for c in range(cells):
                i = head[c]
                while i >= 0:
                    if hits[i] >= 3:
                        gap = second - time[i]
                        out[rows, 0], out[rows, 1] = second, ident[i]
                        out[rows, 2] = mean[i, 0] + gap * mean[i, 2]
                        out[rows, 3] = mean[i, 1] + gap * mean[i, 3]
                        out[rows, 4], out[rows, 5] = mean[i, 2], mean[i, 3]
                        rows += 1
                    i = after[i]
            second += 1.0
        d0, d1 = start[k], start[k + 1]
        # Tracks in view, predicted; those that ended are taken out on the way.
        n = 0
        c0 = max(int((scan_at[k] - reach - 400 - west) / 2000.0), 0)
        c1 = min(int((scan_at[k] + reach + 400 - west) / 2000.0), cells - 1)
        for c in range(c0, c1 + 1):
            last, i = -1, head[c]
            while i >= 0:
                nxt = after[i]
                gap = now - time[i]
                fx, fy = mean[i, 0] + gap * mean[i, 2], mean[i, 1] + gap * mean[i, 3]
                if (fx - scan_at[k]) ** 2 + fy**2 < reach**2:
                    view[n], held[n] = i, -1
                    px[n], py[n] = fx, fy
                    n += 1
                    last = i
                elif now - seen[i] > 12.0:
                    if last < 0:
                        head[c] = nxt
                    else:
                        after[last] = nxt
                    free[n_free] = i
                    n_free += 1
                else:
                    last = i
                i = nxt
        m = 0
        for v in range(n):
            i = view[v]
            gap = now - time[i]
            p00 = _ahead(cov[i], 0, 0, gap) + q * gap**3 / 3
            p01 = _ahead(cov[i], 0, 1, gap)
            p11 = _ahead(cov[i], 1, 1, gap) + q * gap**3 / 3
            for d in range(d0, d1):
                ex, ey = x[d] - px[v], y[d] - py[v]
                if abs(ex) > 600 or abs(ey) > 600 or m >= 65536:
                    continue
                s00, s01, s11 = p00 + noise[d, 0], p01 + noise[d, 1], p11 + noise[d, 2]
                det = s00 * s11 - s01 * s01
                far = (s11 * ex * ex - 2 * s01 * ex * ey + s00 * ey * ey) / det
                if far < gate:
                    pairs[m, 0], pairs[m, 1], pairs[m, 2] = far + np.log(det), v, d - d0
                    m += 1
        for d in range(d1 - d0):
            taken[d] = 0
        for at in np.argsort(pairs[:m, 0]):
            v, d = int(pairs[at, 1]), int(pairs[at, 2])
            if held[v] < 0 and taken[d] == 0:
                held[v], taken[d] = d, 1
        for v in range(n):
            i = view[v]
            _predict(mean[i], cov[i], now - time[i], q)
            time[i] = now
            if held[v] < 0:
                miss[i] += 1
                if (hits[i] < 3 and miss[i] >= 2) or miss[i] >= 5:
                    seen[i] = -1e9  # taken out at the next look
                    hits[i] = 0
                continue
            d = d0 + held[v]
            _update(mean[i], cov[i], x[d], y[d], noise[d])
            hits[i], miss[i], seen[i] = hits[i] + 1, 0, now
        for d in range(d0, d1):
            if taken[d - d0] or n_free == 0:
                continue
            n_free -= 1
            i = free[n_free]
            named += 1
            ident[i], hits[i], miss[i], seen[i], time[i] = named, 1, 0, now, now
            mean[i, 0], mean[i, 1], mean[i, 2], mean[i, 3] = x[d], y[d], 0.0, 0.0
            cov[i] = 0.0
            cov[i, 0, 0], cov[i, 1, 1] = noise[d, 0], noise[d, 2]
            cov[i, 0, 1] = cov[i, 1, 0] = noise[d, 1]
            cov[i, 2, 2] = cov[i, 3, 3] = 100.0
            c = min(max(int((x[d] - west) / 2000.0), 0), cells - 1)
            after[i], head[c] = head[c], i
        # Put what has moved to another cell there, and take out what has ended.
        for c in range(c0, c1 + 1):
            last, i = -1, head[c]
            while i >= 0:
                nxt = after[i]
                to = min(max(int((mean[i, 0] - west) / 2000.0), 0), cells - 1)
                if seen[i] < -1e8 or to != c:
                    if last < 0:
                        head[c] = nxt
                    else:
                        after[last] = nxt
                    if seen[i] < -1e8:
                        free[n_free] = i
                        n_free += 1
                    else:
                        after[i], head[to] = head[to], i
                else:
                    last = i
                i = nxt
    return rows


@kernel
def _ahead(cov: Floats, i: int, j: int, gap: float) -> float:
    """Return an entry of the predicted places' covariance, but for its noise."""
    slope = cov[i, j + 2] + cov[i + 2, j]
    return float(cov[i, j] + gap * slope + gap * gap * cov[i + 2, j + 2])


@kernel
def _predict(mean: Floats, cov: Floats, gap: float, q: float) -> None:
    """Move one state on by constant velocity with white acceleration `q`."""
    for a in range(2):
        mean[a] += gap * mean[a + 2]
    for j in range(4):
        for a in range(2):
            cov[a, j] += gap * cov[a + 2, j]
    for i in range(4):
        for a in range(2):
            cov[i, a] += gap * cov[i, a + 2]
    for a in range(2):
        cov[a, a] += q * gap**3 / 3
        cov[a, a + 2] += q * gap**2 / 2
        cov[a + 2, a] += q * gap**2 / 2
        cov[a + 2, a + 2] += q * gap


@kernel
def _update(mean: Floats, cov: Floats, x: float, y: float, noise: Floats) -> None:
    """Take one place in, by Kalman's equations."""
    s00, s01, s11 = cov[0, 0] + noise[0], cov[0, 1] + noise[1], cov[1, 1] + noise[2]
    det = s00 * s11 - s01 * s01
    ex, ey = x - mean[0], y - mean[1]
    gain = np.empty((4, 2))
    for i in range(4):
        gain[i, 0] = (cov[i, 0] * s11 - cov[i, 1] * s01) / det
        gain[i, 1] = (cov[i, 1] * s00 - cov[i, 0] * s01) / det
    row0, row1 = cov[0].copy(), cov[1].copy()
    for i in range(4):
        mean[i] += gain[i, 0] * ex + gain[i, 1] * ey
        for j in range(4):
            cov[i, j] -= gain[i, 0] * row0[j] + gain[i, 1] * row1[j]
