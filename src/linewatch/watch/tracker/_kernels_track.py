"""Compiled steps of one track: mixing, moving, correcting, and what sensors reach.

A track is a slot of `State`; its state vector is (x, y, vx, vy) and a covariance is its
ten parts xx, xy, yy, x-vx, x-vy, y-vx, y-vy, vx-vx, vx-vy, vy-vy. In formulas x, y are
a place, u, v a velocity or an innovation, and xx, xu, uv and the like parts of
covariances. Arguments are few on purpose: a compiled call copies each array's header.
The kernels of ``_kernels.py`` call these; `TRACK_DIGEST` there keeps its cache fresh.
"""

import math

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import Bank, Eyes, Floats, Maps, Mixture, State

Two = tuple[float, float]
Three = tuple[float, float, float]


@kernel
def mix(
    now: Mixture, new: Mixture, part_of: Floats, bank: Bank, i: int, dt: float
) -> None:
    """Mix the models of track `i` over `dt` into the scratch (Blom 1984)."""
    n = bank.kind.size
    for j in range(n):
        new.prob[0, j] = 0.0
    for k in range(n):
        p = now.prob[i, k]
        if p > 0.0:
            stay = 1.0 / (1.0 + dt * bank.leave[k])
            for j in range(n):
                part = p * (stay if k == j else (1.0 - stay) * bank.split[k, j])
                part_of[j, k] = part
                new.prob[0, j] += part
    for j in range(n):
        if new.prob[0, j] < 1e-5:
            new.prob[0, j] = 0.0
            continue
        one = 1.0 / new.prob[0, j]
        still = bank.kind[j] == 1
        x = y = u = v = 0.0
        for k in range(n):
            if now.prob[i, k] > 0.0 and part_of[j, k] > 0.0:
                p = part_of[j, k] * one
                x += p * now.mean[i, k, 0]
                y += p * now.mean[i, k, 1]
                u += p * now.mean[i, k, 2]
                v += p * now.mean[i, k, 3]
        if still:
            u = v = 0.0
        new.mean[0, j, 0], new.mean[0, j, 1], new.mean[0, j, 2], new.mean[0, j, 3] = (
            x,
            y,
            u,
            v,
        )
        xx = xy = yy = xu = xv = yu = yv = uu = uv = vv = 0.0
        for k in range(n):
            if now.prob[i, k] > 0.0 and part_of[j, k] > 0.0:
                p = part_of[j, k] * one
                a, b = now.mean[i, k, 0] - x, now.mean[i, k, 1] - y
                xx += p * (now.cov[i, k, 0] + a * a)
                xy += p * (now.cov[i, k, 1] + a * b)
                yy += p * (now.cov[i, k, 2] + b * b)
                if still:
                    continue
                c, d = now.mean[i, k, 2] - u, now.mean[i, k, 3] - v
                # One that starts to move does so in any direction.
                kick = bank.speed[j] ** 2 if bank.kind[k] == 1 else 0.0
                xu += p * (now.cov[i, k, 3] + a * c)
                xv += p * (now.cov[i, k, 4] + a * d)
                yu += p * (now.cov[i, k, 5] + b * c)
                yv += p * (now.cov[i, k, 6] + b * d)
                uu += p * (now.cov[i, k, 7] + c * c + kick)
                uv += p * (now.cov[i, k, 8] + c * d)
                vv += p * (now.cov[i, k, 9] + d * d + kick)
        new.cov[0, j, 0], new.cov[0, j, 1], new.cov[0, j, 2] = xx, xy, yy
        new.cov[0, j, 3], new.cov[0, j, 4], new.cov[0, j, 5], new.cov[0, j, 6] = (
            xu,
            xv,
            yu,
            yv,
        )
        new.cov[0, j, 7], new.cov[0, j, 8], new.cov[0, j, 9] = uu, uv, vv


@kernel
def move(now: Mixture, new: Mixture, bank: Bank, i: int, dt: float) -> None:
    """Move every mixed model by `dt` from the scratch to track `i`."""
    for j in range(bank.kind.size):
        if new.prob[0, j] == 0.0:
            continue
        q = bank.noise[j]
        x, y, u, v = (
            new.mean[0, j, 0],
            new.mean[0, j, 1],
            new.mean[0, j, 2],
            new.mean[0, j, 3],
        )
        xx, xy, yy = new.cov[0, j, 0], new.cov[0, j, 1], new.cov[0, j, 2]
        if bank.kind[j] == 1:
            now.mean[i, j, 0], now.mean[i, j, 1] = x, y
            now.mean[i, j, 2] = now.mean[i, j, 3] = 0.0
            now.cov[i, j, 0], now.cov[i, j, 1], now.cov[i, j, 2] = (
                xx + q * dt,
                xy,
                yy + q * dt,
            )
            for part in range(3, 10):
                now.cov[i, j, part] = 0.0
            continue
        a, b, c, s = dt, 0.0, 1.0, 0.0
        if bank.kind[j] == 2:  # clockwise: place += [a b; -b a] v, v = [c s; -s c] v
            c, s = math.cos(bank.turn[j] * dt), math.sin(bank.turn[j] * dt)
            a, b = s / bank.turn[j], (1.0 - c) / bank.turn[j]
        now.mean[i, j, 0] = x + a * u + b * v
        now.mean[i, j, 1] = y + a * v - b * u
        now.mean[i, j, 2], now.mean[i, j, 3] = c * u + s * v, c * v - s * u
        xu, xv, yu, yv = (
            new.cov[0, j, 3],
            new.cov[0, j, 4],
            new.cov[0, j, 5],
            new.cov[0, j, 6],
        )
        uu, uv, vv = new.cov[0, j, 7], new.cov[0, j, 8], new.cov[0, j, 9]
        # d = cov(place, v) + [a b; -b a] cov(v) is needed twice
        d0, d1 = xu + a * uu + b * uv, xv + a * uv + b * vv
        d2, d3 = yu + a * uv - b * uu, yv + a * vv - b * uv
        third, half = q * dt * dt * dt / 3.0, q * dt * dt / 2.0
        now.cov[i, j, 0] = xx + a * (xu + d0) + b * (xv + d1) + third
        now.cov[i, j, 1] = xy + a * (yu + d1) + b * (yv - d0)
        now.cov[i, j, 2] = yy + a * (yv + d3) - b * (yu + d2) + third
        now.cov[i, j, 3], now.cov[i, j, 4] = c * d0 + s * d1 + half, c * d1 - s * d0
        now.cov[i, j, 5], now.cov[i, j, 6] = c * d2 + s * d3, c * d3 - s * d2 + half
        now.cov[i, j, 7] = c * c * uu + 2.0 * c * s * uv + s * s * vv + q * dt
        now.cov[i, j, 8] = c * s * (vv - uu) + (c * c - s * s) * uv
        now.cov[i, j, 9] = s * s * uu - 2.0 * c * s * uv + c * c * vv + q * dt


@kernel
def combine(now: Mixture, i: int) -> None:
    """Set the mean and the place's covariance of track `i` over its models."""
    x = y = u = v = xx = xy = yy = 0.0
    for j in range(now.prob.shape[1]):
        p = now.prob[i, j]
        if p > 0.0:
            x += p * now.mean[i, j, 0]
            y += p * now.mean[i, j, 1]
            u += p * now.mean[i, j, 2]
            v += p * now.mean[i, j, 3]
    for j in range(now.prob.shape[1]):
        p = now.prob[i, j]
        if p > 0.0:
            a, b = now.mean[i, j, 0] - x, now.mean[i, j, 1] - y
            xx += p * (now.cov[i, j, 0] + a * a)
            xy += p * (now.cov[i, j, 1] + a * b)
            yy += p * (now.cov[i, j, 2] + b * b)
    now.best[i, 0], now.best[i, 1], now.best[i, 2], now.best[i, 3] = x, y, u, v
    now.spread[i, 0], now.spread[i, 1], now.spread[i, 2] = xx, xy, yy


@kernel
def mapped(maps: Maps, s: int, right: float, up: float) -> float:
    """Read a chance from the map of `s`, `right` and `up` in cells from its corner."""
    col, row = math.floor(right), math.floor(up)
    if row < 0 or col < 0 or row >= maps.at[s, 1] or col >= maps.at[s, 2]:
        return 0.0
    return float(maps.chance[maps.at[s, 0] + row * maps.at[s, 2] + col] / 255.0)


@kernel
def blurred(maps: Maps, s: int, x: float, y: float, a: float, b: float) -> float:
    """Read the map of `s` at a place and one sigma `a`, `b` to each side of it."""
    side = maps.edge[s, 2]
    x, y, a, b = (
        (x - maps.edge[s, 0]) / side,
        (y - maps.edge[s, 1]) / side,
        a / side,
        b / side,
    )
    c = mapped(maps, s, x, y) + mapped(maps, s, x + a, y) + mapped(maps, s, x - a, y)
    return (c + mapped(maps, s, x, y + b) + mapped(maps, s, x, y - b)) / 5.0


@kernel
def within(eyes: Eyes, s: int, x: float, y: float, sigma: float) -> float:
    """Tell the share of a place blurred by `sigma` that sensor `s` reaches."""
    dx, dy = x - eyes.x[s], y - eyes.y[s]
    gap = (eyes.reach[s] - math.sqrt(dx * dx + dy * dy)) / sigma
    if gap < -4.0:
        return 0.0
    if eyes.half[s] < 3.14159:
        turn = math.atan2(dx, dy) - eyes.middle[s]
        turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
        if abs(turn) > eyes.half[s]:
            return 0.0
    return 1.0 if gap > 4.0 else 0.5 * math.erfc(-gap / math.sqrt(2.0))


@kernel
def noise_at(eyes: Eyes, s: int, dx: float, dy: float) -> tuple[float, float, float]:
    """Turn range and azimuth noise at an offset from sensor `s` onto the plane."""
    r2 = dx * dx + dy * dy + 1e-12
    along, across = eyes.sigma_range[s] ** 2 / r2, eyes.sigma_azimuth[s] ** 2
    xx = along * dx * dx + across * dy * dy
    yy = along * dy * dy + across * dx * dx
    return xx, (along - across) * dx * dy, yy


@kernel
def unlink(st: State, i: int) -> None:
    """Take track `i` out of its cell."""
    if st.cell[i] < 0:
        return
    if st.before[i] >= 0:
        st.after[st.before[i]] = st.after[i]
    else:
        st.head[st.cell[i]] = st.after[i]
    if st.after[i] >= 0:
        st.before[st.after[i]] = st.before[i]
    st.cell[i] = -1


@kernel
def relink(st: State, at: int, i: int) -> None:
    """Put track `i` in cell `at` along x."""
    at = min(max(at, 0), st.head.size - 1)
    if at == st.cell[i]:
        return
    unlink(st, i)
    st.cell[i] = at
    st.before[i] = -1
    st.after[i] = st.head[at]
    if st.head[at] >= 0:
        st.before[st.head[at]] = i
    st.head[at] = i


@kernel
def drop(st: State, i: int) -> None:
    """End track `i` and free its slot."""
    unlink(st, i)
    st.track_id[i] = -1
    st.free[st.count[1]] = i
    st.count[1] += 1


@kernel
def blend(
    mean: Floats,
    cov: Floats,
    i: int,
    m: int,
    noise: Three,
    shift: Two,
    off: Three,
    hit: float,
) -> None:
    """Correct one model by the mean innovation and its spread (Bar-Shalom 1975)."""
    (rxx, rxy, ryy), (u, v), (uu, uv, vv) = noise, shift, off
    pxx, pxy, pyy = cov[i, m, 0], cov[i, m, 1], cov[i, m, 2]
    pxu, pxv = cov[i, m, 3], cov[i, m, 4]
    pyu, pyv = cov[i, m, 5], cov[i, m, 6]
    sxx, sxy, syy = pxx + rxx, pxy + rxy, pyy + ryy
    det = 1.0 / (sxx * syy - sxy * sxy)
    ixx, ixy, iyy = syy * det, -sxy * det, sxx * det
    # K S K' hit - K C K' = K (S hit - C) K', with K = [cov(place); cov(v, place)] / S
    cxx, cxy, cyy = sxx * hit - uu, sxy * hit - uv, syy * hit - vv
    k0, k1 = pxx * ixx + pxy * ixy, pxx * ixy + pxy * iyy
    k2, k3 = pxy * ixx + pyy * ixy, pxy * ixy + pyy * iyy
    k4, k5 = pxu * ixx + pyu * ixy, pxu * ixy + pyu * iyy
    k6, k7 = pxv * ixx + pyv * ixy, pxv * ixy + pyv * iyy
    mean[i, m, 0] += k0 * u + k1 * v
    mean[i, m, 1] += k2 * u + k3 * v
    mean[i, m, 2] += k4 * u + k5 * v
    mean[i, m, 3] += k6 * u + k7 * v
    a0, a1 = k0 * cxx + k1 * cxy, k0 * cxy + k1 * cyy
    a2, a3 = k2 * cxx + k3 * cxy, k2 * cxy + k3 * cyy
    a4, a5 = k4 * cxx + k5 * cxy, k4 * cxy + k5 * cyy
    a6, a7 = k6 * cxx + k7 * cxy, k6 * cxy + k7 * cyy
    cov[i, m, 0] = pxx - a0 * k0 - a1 * k1
    cov[i, m, 1] = pxy - a0 * k2 - a1 * k3
    cov[i, m, 2] = pyy - a2 * k2 - a3 * k3
    cov[i, m, 3] = pxu - a0 * k4 - a1 * k5
    cov[i, m, 4] = pxv - a0 * k6 - a1 * k7
    cov[i, m, 5] = pyu - a2 * k4 - a3 * k5
    cov[i, m, 6] = pyv - a2 * k6 - a3 * k7
    cov[i, m, 7] -= a4 * k4 + a5 * k5
    cov[i, m, 8] -= a4 * k6 + a5 * k7
    cov[i, m, 9] -= a6 * k6 + a7 * k7


@kernel
def covered(eyes: Eyes, x: float, y: float, sigma: float) -> float:
    """Tell the largest share of a blurred place that any one sensor reaches."""
    wide = eyes.longest + 4.0 * sigma
    lo, hi = 0, eyes.x_sorted.size
    while lo < hi:
        half = (lo + hi) // 2
        if eyes.x_sorted[half] < x - wide:
            lo = half + 1
        else:
            hi = half
    most = 0.0
    for a in range(lo, eyes.x_sorted.size):
        if eyes.x_sorted[a] > x + wide or most > 0.999:
            break
        most = max(most, within(eyes, eyes.order[a], x, y, sigma))
    return most
