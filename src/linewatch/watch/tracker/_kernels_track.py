"""Compiled steps of one track: mixing, moving, correcting, ending.

A track is a slot of `State`; its state vector is (x, y, vx, vy) and a covariance is its
ten parts xx, xy, yy, x-vx, x-vy, y-vx, y-vy, vx-vx, vx-vy, vy-vy. In formulas x, y are
a place, u, v a velocity or an innovation, and xx, xu, uv and the like parts of
covariances. Steps of one model take and return figures, not arrays, and steps of many
tracks unpack each array once: the compiler counts a reference at every unpacking.
The kernels of ``_kernels.py`` call these; `TRACK_DIGEST` there keeps its cache fresh.
"""

import math

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import (
    Bank,
    Eyes,
    Hits,
    Longs,
    Near,
    One,
    Pairs,
    State,
)

Two = tuple[float, float]
Three = tuple[float, float, float]
Four = tuple[float, float, float, float]
Ten = tuple[float, float, float, float, float, float, float, float, float, float]
Moved = tuple[Four, Ten]


@kernel
def moved(kind: int, turn: float, q: float, dt: float, mean: Four, cov: Ten) -> Moved:
    """Move one model's mean and covariance by `dt`."""
    x, y, u, v = mean
    xx, xy, yy, xu, xv, yu, yv, uu, uv, vv = cov
    if kind == 1:
        place = (xx + q * dt, xy, yy + q * dt)
        return (x, y, 0.0, 0.0), (*place, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    a, b, c, s = dt, 0.0, 1.0, 0.0
    if kind == 2:  # clockwise: place += [a b; -b a] v, v = [c s; -s c] v
        c, s = math.cos(turn * dt), math.sin(turn * dt)
        a, b = s / turn, (1.0 - c) / turn
    # d = cov(place, v) + [a b; -b a] cov(v) is needed twice
    d0, d1 = xu + a * uu + b * uv, xv + a * uv + b * vv
    d2, d3 = yu + a * uv - b * uu, yv + a * vv - b * uv
    third, half = q * dt * dt * dt / 3.0, q * dt * dt / 2.0
    return (
        (x + a * u + b * v, y + a * v - b * u, c * u + s * v, c * v - s * u),
        (
            xx + a * (xu + d0) + b * (xv + d1) + third,
            xy + a * (yu + d1) + b * (yv - d0),
            yy + a * (yv + d3) - b * (yu + d2) + third,
            c * d0 + s * d1 + half,
            c * d1 - s * d0,
            c * d2 + s * d3,
            c * d3 - s * d2 + half,
            c * c * uu + 2.0 * c * s * uv + s * s * vv + q * dt,
            c * s * (vv - uu) + (c * c - s * s) * uv,
            s * s * uu - 2.0 * c * s * uv + c * c * vv + q * dt,
        ),
    )


@kernel
def grown(bank: Bank, age: float) -> float:
    """Return what `age` adds to each part of a new target's place over all models."""
    more = 0.0
    for m in range(bank.kind.size):
        if bank.kind[m] == 1:
            more += bank.prior[m] * bank.noise[m] * age
            continue
        arc2 = age * age
        if bank.kind[m] == 2:
            arc2 = 2.0 * (1.0 - math.cos(bank.turn[m] * age)) / bank.turn[m] ** 2
        third = bank.noise[m] * age * age * age / 3.0
        more += bank.prior[m] * (arc2 * bank.speed[m] ** 2 + third)
    return more


@kernel
def unfold(st: State, bank: Bank, near: Near, n: int, slow: float) -> None:
    """Give the new ones of `n` gathered tracks that have pairs their models.

    Most new tracks are clutter and never need them. Of a sensor that sees nothing
    below the radial speed `slow` a miss tells models apart too.
    """
    local, row, fresh, best = near.local, near.row, st.fresh, st.now.best
    mean, cov, prob = st.now.mean, st.now.cov, st.now.prob
    for t in range(n):
        i = local[t]
        if not fresh[i] or (row[t] == row[t + 1] and slow == 0.0):
            continue
        fresh[i] = 0
        age, place = st.time_s[i] - st.first_s[i], (best[i, 0], best[i, 1], 0.0, 0.0)
        xx, xy, yy = cov[i, 0, 0], cov[i, 0, 1], cov[i, 0, 2]
        for m in range(bank.kind.size):
            speed2 = 0.0 if bank.kind[m] == 1 else bank.speed[m] ** 2
            _, told = moved(
                bank.kind[m],
                bank.turn[m],
                bank.noise[m],
                age,
                place,
                (xx, xy, yy, 0.0, 0.0, 0.0, 0.0, speed2, 0.0, speed2),
            )
            prob[i, m] = bank.prior[m]
            mean[i, m, 0], mean[i, m, 1], mean[i, m, 2], mean[i, m, 3] = place
            cov[i, m, 0], cov[i, m, 1], cov[i, m, 2], cov[i, m, 3] = told[:4]
            cov[i, m, 4], cov[i, m, 5], cov[i, m, 6] = told[4:7]
            cov[i, m, 7], cov[i, m, 8], cov[i, m, 9] = told[7:]


@kernel
def predict(
    st: State, bank: Bank, box: One, which: Longs, n: int, time_s: float, life_s: float
) -> None:
    """Mix the models of `n` tracks (Blom 1984) and move them to `time_s`.

    It is one piece because the compiler counts references to arrays at every call.
    """
    mean, cov, prob = st.now.mean, st.now.cov, st.now.prob
    exist, was_s, first_s, last_s = st.exist, st.time_s, st.first_s, st.last_s
    kinds, noise, turns, speed = bank.kind, bank.noise, bank.turn, bank.speed
    leave, split = bank.leave, bank.split
    part, after, live, means, covs = box.part, box.prob, box.live, box.mean, box.cov
    best, spread, fresh = st.now.best, st.now.spread, st.fresh
    models, aged, more = kinds.size, -1.0, 0.0
    for t in range(n):
        i = which[t]
        dt = time_s - was_s[i]
        if dt <= 0.0:
            continue
        was_s[i] = time_s
        exist[i] *= math.exp(-dt / life_s)
        if fresh[i]:
            if time_s - first_s[i] != aged:
                aged = time_s - first_s[i]
                more = grown(bank, aged)
            spread[i, 0], spread[i, 1] = cov[i, 0, 0] + more, cov[i, 0, 1]
            spread[i, 2] = cov[i, 0, 2] + more
            continue
        # A track of one detection has no manoeuvre to find yet, and most are clutter.
        over = dt if last_s[i] > first_s[i] else 0.0
        many = 0
        for j in range(models):
            after[j] = 0.0
        for k in range(models):
            p = prob[i, k]
            if p > 0.0:
                live[many] = k
                for a in range(4):  # read here, so that steps write in place
                    means[many, a] = mean[i, k, a]
                for a in range(10):
                    covs[many, a] = cov[i, k, a]
                many += 1
                stay = 1.0 / (1.0 + over * leave[k])
                for j in range(models):
                    handed = p * (stay if k == j else (1.0 - stay) * split[k, j])
                    part[j, k] = handed
                    after[j] += handed
        # Over all models, reckoned from the place before so that no digits are lost.
        x0, y0, total = best[i, 0], best[i, 1], 0.0
        bx = by = bu = bv = bxx = bxy = byy = 0.0
        for j in range(models):
            if after[j] < 1e-5:
                after[j] = 0.0
                continue
            total += after[j]
            scale, still, speed2 = 1.0 / after[j], kinds[j] == 1, speed[j] ** 2
            x = y = u = v = 0.0
            for m in range(many):
                k = live[m]
                p = part[j, k] * scale
                if p > 0.0:
                    x += p * means[m, 0]
                    y += p * means[m, 1]
                    u += p * means[m, 2]
                    v += p * means[m, 3]
            if still:
                u = v = 0.0
            xx = xy = yy = xu = xv = yu = yv = uu = uv = vv = 0.0
            for m in range(many):
                k = live[m]
                p = part[j, k] * scale
                if p > 0.0:
                    a, b = means[m, 0] - x, means[m, 1] - y
                    xx += p * (covs[m, 0] + a * a)
                    xy += p * (covs[m, 1] + a * b)
                    yy += p * (covs[m, 2] + b * b)
                    if still:
                        continue
                    c, d = means[m, 2] - u, means[m, 3] - v
                    # One that starts to move does so in any direction.
                    kick = speed2 if kinds[k] == 1 else 0.0
                    xu += p * (covs[m, 3] + a * c)
                    xv += p * (covs[m, 4] + a * d)
                    yu += p * (covs[m, 5] + b * c)
                    yv += p * (covs[m, 6] + b * d)
                    uu += p * (covs[m, 7] + c * c + kick)
                    uv += p * (covs[m, 8] + c * d)
                    vv += p * (covs[m, 9] + d * d + kick)
            to, told = moved(
                kinds[j],
                turns[j],
                noise[j],
                dt,
                (x, y, u, v),
                (xx, xy, yy, xu, xv, yu, yv, uu, uv, vv),
            )
            mean[i, j, 0], mean[i, j, 1], mean[i, j, 2], mean[i, j, 3] = to
            cov[i, j, 0], cov[i, j, 1], cov[i, j, 2], cov[i, j, 3] = told[:4]
            cov[i, j, 4], cov[i, j, 5], cov[i, j, 6] = told[4:7]
            cov[i, j, 7], cov[i, j, 8], cov[i, j, 9] = told[7:]
            a, b, p = to[0] - x0, to[1] - y0, after[j]
            bx += p * a
            by += p * b
            bu += p * to[2]
            bv += p * to[3]
            bxx += p * (told[0] + a * a)
            bxy += p * (told[1] + a * b)
            byy += p * (told[2] + b * b)
        one = 1.0 / total
        for j in range(models):
            prob[i, j] = after[j] * one
        bx, by = bx * one, by * one
        best[i, 0], best[i, 1] = x0 + bx, y0 + by
        best[i, 2], best[i, 3] = bu * one, bv * one
        spread[i, 0], spread[i, 1] = bxx * one - bx * bx, bxy * one - bx * by
        spread[i, 2] = byy * one - by * by


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
def blended(
    mean: Four, cov: Ten, noise: Three, shift: Two, off: Three, hit: float
) -> Moved:
    """Correct one model by the mean innovation and its spread (Bar-Shalom 1975)."""
    x, y, vx, vy = mean
    pxx, pxy, pyy, pxu, pxv, pyu, pyv, puu, puv, pvv = cov
    (rxx, rxy, ryy), (u, v), (uu, uv, vv) = noise, shift, off
    sxx, sxy, syy = pxx + rxx, pxy + rxy, pyy + ryy
    det = 1.0 / (sxx * syy - sxy * sxy)
    ixx, ixy, iyy = syy * det, -sxy * det, sxx * det
    # K S K' hit - K C K' = K (S hit - C) K', with K = [cov(place); cov(v, place)] / S
    cxx, cxy, cyy = sxx * hit - uu, sxy * hit - uv, syy * hit - vv
    k0, k1 = pxx * ixx + pxy * ixy, pxx * ixy + pxy * iyy
    k2, k3 = pxy * ixx + pyy * ixy, pxy * ixy + pyy * iyy
    k4, k5 = pxu * ixx + pyu * ixy, pxu * ixy + pyu * iyy
    k6, k7 = pxv * ixx + pyv * ixy, pxv * ixy + pyv * iyy
    a0, a1 = k0 * cxx + k1 * cxy, k0 * cxy + k1 * cyy
    a2, a3 = k2 * cxx + k3 * cxy, k2 * cxy + k3 * cyy
    a4, a5 = k4 * cxx + k5 * cxy, k4 * cxy + k5 * cyy
    a6, a7 = k6 * cxx + k7 * cxy, k6 * cxy + k7 * cyy
    return (
        (
            x + (k0 * u + k1 * v),
            y + (k2 * u + k3 * v),
            vx + (k4 * u + k5 * v),
            vy + (k6 * u + k7 * v),
        ),
        (
            pxx - a0 * k0 - a1 * k1,
            pxy - a0 * k2 - a1 * k3,
            pyy - a2 * k2 - a3 * k3,
            pxu - a0 * k4 - a1 * k5,
            pxv - a0 * k6 - a1 * k7,
            pyu - a2 * k4 - a3 * k5,
            pyv - a2 * k6 - a3 * k7,
            puu - (a4 * k4 + a5 * k5),
            puv - (a4 * k6 + a5 * k7),
            pvv - (a6 * k6 + a7 * k7),
        ),
    )


@kernel
def loosened(noise: Three, spread: Three, strip2: float) -> Three:
    """Return the noise of a strip for a track that the strip may have told before.

    Where in the strip a target walks is no fresh chance at each detection, so that the
    doubt across it is brought down to the strip's own variance `strip2` and no lower.
    """
    xx, xy, yy = noise
    long2 = xx + yy - strip2
    if abs(long2 - strip2) < 1e-9:
        return noise
    # M = long2 t t' + strip2 n n' gives n n' = (long2 I - M) / (long2 - strip2).
    part = 1.0 / (long2 - strip2)
    nxx, nxy, nyy = (long2 - xx) * part, -xy * part, (long2 - yy) * part
    had = nxx * spread[0] + 2.0 * nxy * spread[1] + nyy * spread[2]
    more = 1e6 * strip2
    if had > strip2:
        more = min(strip2 * strip2 / (had - strip2), more)
    return xx + more * nxx, xy + more * nxy, yy + more * nyy


@kernel
def gather(
    st: State, eyes: Eyes, local: Longs, x: float, y: float, r: float, time_s: float
) -> int:
    """List every track that is within `r` of a place at `time_s`; return how many."""
    west, cell = eyes.west, eyes.cell
    head, after, was_s = st.head, st.after, st.time_s
    best, spread = st.now.best, st.now.spread
    first = int((x - r - 1000.0 - west) / cell)
    last = int((x + r + 1000.0 - west) / cell)
    n = 0
    for c in range(max(first, 0), min(last, head.size - 1) + 1):
        i = head[c]
        while i >= 0:
            dt = time_s - was_s[i]
            dx = best[i, 0] + dt * best[i, 2] - x
            dy = best[i, 1] + dt * best[i, 3] - y
            room = r + 50.0 + 4.0 * math.sqrt(spread[i, 0] + spread[i, 2])
            if dx * dx + dy * dy < room * room:
                local[n] = i
                n += 1
            i = after[i]
    return n


@kernel
def unite(
    st: State, near: Near, pairs: Pairs, hits: Hits, n: int, merge: float
) -> None:
    """Make one of two tracks that share a detection and stand for one target."""
    local, row, edge, top = near.local, near.row, pairs.edge, hits.top
    best, spread, exist, track_id = st.now.best, st.now.spread, st.exist, st.track_id
    for t in range(n):
        i = local[t]
        for e in range(row[t], row[t + 1]):
            o = top[edge[e]]
            j = local[max(o, 0)]
            if track_id[i] < 0 or track_id[j] < 0 or o < 0 or o == t:
                continue
            if exist[i] + exist[j] > merge:
                continue
            x, y = best[i, 0] - best[j, 0], best[i, 1] - best[j, 1]
            u, v = best[i, 2] - best[j, 2], best[i, 3] - best[j, 3]
            xx = spread[i, 0] + spread[j, 0]
            xy = spread[i, 1] + spread[j, 1]
            yy = spread[i, 2] + spread[j, 2]
            q = yy * x * x - 2.0 * xy * x * y + xx * y * y
            if q > 0.5 * (xx * yy - xy * xy) or u * u + v * v > 4.0:
                continue
            a, b = (i, j) if exist[i] >= exist[j] else (j, i)
            exist[a] = min(exist[a] + exist[b], 1.0 - 1e-6)
            drop(st, b)


@kernel
def settle(st: State, local: Longs, n: int, eyes: Eyes, forget: float) -> None:
    """End gathered tracks that are gone and put the others in their cells."""
    west, cell = eyes.west, eyes.cell
    exist, track_id, cells, best = st.exist, st.track_id, st.cell, st.now.best
    for t in range(n):
        i = local[t]
        if track_id[i] >= 0:
            x = best[i, 0]
            # Also one whose place is no number, should digits ever not suffice.
            if exist[i] < forget or not abs(x + best[i, 1]) < 1e12:
                drop(st, i)
                continue
            at = int((x - west) / cell)
            if at != cells[i]:
                relink(st, at, i)
