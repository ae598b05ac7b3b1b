"""Compiled filter: whole scans through a Bernoulli mixture over a bank of models.

Callers have checked every argument. A track is a slot of `State`; its state vector is
(x, y, vx, vy) and a covariance is its ten parts xx, xy, yy, x-vx, x-vy, y-vx, y-vy,
vx-vx, vx-vy, vy-vy. The equations and papers are told in ``docs/model/tracker.md``.
"""

import math

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import (
    Bytes,
    Floats,
    Longs,
    Models,
    Picture,
    Scans,
    Sensors,
    State,
    Work,
)


@kernel
def mix(
    mean: Floats,
    cov: Floats,
    prob: Floats,
    i: int,
    dt: float,
    kind: Longs,
    leave: Floats,
    split: Floats,
    speed: Floats,
    w_mean: Floats,
    w_cov: Floats,
    w_prob: Floats,
    w_part: Floats,
) -> None:
    """Mix the models of track `i` over `dt` into the scratch (Blom 1984)."""
    n = kind.size
    for j in range(n):
        w_prob[j] = 0.0
    for k in range(n):
        p = prob[i, k]
        if p > 0.0:
            stay = 1.0 / (1.0 + dt * leave[k])
            for j in range(n):
                part = p * (stay if k == j else (1.0 - stay) * split[k, j])
                w_part[j, k] = part
                w_prob[j] += part
    for j in range(n):
        if w_prob[j] < 1e-5:
            w_prob[j] = 0.0
            continue
        one = 1.0 / w_prob[j]
        still = kind[j] == 1
        x = y = u = v = 0.0
        for k in range(n):
            if prob[i, k] > 0.0 and w_part[j, k] > 0.0:
                p = w_part[j, k] * one
                x += p * mean[i, k, 0]
                y += p * mean[i, k, 1]
                u += p * mean[i, k, 2]
                v += p * mean[i, k, 3]
        if still:
            u = v = 0.0
        w_mean[j, 0], w_mean[j, 1], w_mean[j, 2], w_mean[j, 3] = x, y, u, v
        xx = xy = yy = xu = xv = yu = yv = uu = uv = vv = 0.0
        for k in range(n):
            if prob[i, k] > 0.0 and w_part[j, k] > 0.0:
                p = w_part[j, k] * one
                a, b = mean[i, k, 0] - x, mean[i, k, 1] - y
                xx += p * (cov[i, k, 0] + a * a)
                xy += p * (cov[i, k, 1] + a * b)
                yy += p * (cov[i, k, 2] + b * b)
                if still:
                    continue
                c, d = mean[i, k, 2] - u, mean[i, k, 3] - v
                # One that starts to move does so in any direction.
                kick = speed[j] ** 2 if kind[k] == 1 else 0.0
                xu += p * (cov[i, k, 3] + a * c)
                xv += p * (cov[i, k, 4] + a * d)
                yu += p * (cov[i, k, 5] + b * c)
                yv += p * (cov[i, k, 6] + b * d)
                uu += p * (cov[i, k, 7] + c * c + kick)
                uv += p * (cov[i, k, 8] + c * d)
                vv += p * (cov[i, k, 9] + d * d + kick)
        w_cov[j, 0], w_cov[j, 1], w_cov[j, 2] = xx, xy, yy
        w_cov[j, 3], w_cov[j, 4], w_cov[j, 5], w_cov[j, 6] = xu, xv, yu, yv
        w_cov[j, 7], w_cov[j, 8], w_cov[j, 9] = uu, uv, vv


@kernel
def move(
    mean: Floats,
    cov: Floats,
    i: int,
    j: int,
    dt: float,
    kind: int,
    q: float,
    turn: float,
    w_mean: Floats,
    w_cov: Floats,
) -> None:
    """Move model `j` by `dt` from the scratch to track `i`."""
    x, y, u, v = w_mean[j, 0], w_mean[j, 1], w_mean[j, 2], w_mean[j, 3]
    xx, xy, yy = w_cov[j, 0], w_cov[j, 1], w_cov[j, 2]
    if kind == 1:
        mean[i, j, 0], mean[i, j, 1] = x, y
        mean[i, j, 2] = mean[i, j, 3] = 0.0
        cov[i, j, 0], cov[i, j, 1], cov[i, j, 2] = xx + q * dt, xy, yy + q * dt
        for a in range(3, 10):
            cov[i, j, a] = 0.0
        return
    a, b, c, s = dt, 0.0, 1.0, 0.0
    if kind == 2:  # clockwise: place += [a b; -b a] v, v = [c s; -s c] v
        c, s = math.cos(turn * dt), math.sin(turn * dt)
        a, b = s / turn, (1.0 - c) / turn
    mean[i, j, 0] = x + a * u + b * v
    mean[i, j, 1] = y + a * v - b * u
    mean[i, j, 2], mean[i, j, 3] = c * u + s * v, c * v - s * u
    xu, xv, yu, yv = w_cov[j, 3], w_cov[j, 4], w_cov[j, 5], w_cov[j, 6]
    uu, uv, vv = w_cov[j, 7], w_cov[j, 8], w_cov[j, 9]
    # d = cov(place, v) + [a b; -b a] cov(v) is needed twice
    d0, d1 = xu + a * uu + b * uv, xv + a * uv + b * vv
    d2, d3 = yu + a * uv - b * uu, yv + a * vv - b * uv
    third, half = q * dt * dt * dt / 3.0, q * dt * dt / 2.0
    cov[i, j, 0] = xx + a * (xu + d0) + b * (xv + d1) + third
    cov[i, j, 1] = xy + a * (yu + d1) + b * (yv - d0)
    cov[i, j, 2] = yy + a * (yv + d3) - b * (yu + d2) + third
    cov[i, j, 3], cov[i, j, 4] = c * d0 + s * d1 + half, c * d1 - s * d0
    cov[i, j, 5], cov[i, j, 6] = c * d2 + s * d3, c * d3 - s * d2 + half
    cov[i, j, 7] = c * c * uu + 2.0 * c * s * uv + s * s * vv + q * dt
    cov[i, j, 8] = c * s * (vv - uu) + (c * c - s * s) * uv
    cov[i, j, 9] = s * s * uu - 2.0 * c * s * uv + c * c * vv + q * dt


@kernel
def combine(
    mean: Floats, cov: Floats, prob: Floats, best: Floats, spread: Floats, i: int
) -> None:
    """Set the mean and the place's covariance of track `i` over its models."""
    x = y = u = v = xx = xy = yy = 0.0
    for j in range(prob.shape[1]):
        p = prob[i, j]
        if p > 0.0:
            x += p * mean[i, j, 0]
            y += p * mean[i, j, 1]
            u += p * mean[i, j, 2]
            v += p * mean[i, j, 3]
    for j in range(prob.shape[1]):
        p = prob[i, j]
        if p > 0.0:
            a, b = mean[i, j, 0] - x, mean[i, j, 1] - y
            xx += p * (cov[i, j, 0] + a * a)
            xy += p * (cov[i, j, 1] + a * b)
            yy += p * (cov[i, j, 2] + b * b)
    best[i, 0], best[i, 1], best[i, 2], best[i, 3] = x, y, u, v
    spread[i, 0], spread[i, 1], spread[i, 2] = xx, xy, yy


@kernel
def predict(st: State, md: Models, w: Work, n: int, time_s: float) -> None:
    """Move the `n` gathered tracks to `time_s`."""
    for t in range(n):
        i = w.local[t]
        dt = time_s - st.time_s[i]
        if dt <= 0.0:
            continue
        st.time_s[i] = time_s
        st.exist[i] *= math.exp(-dt / md.life_s)
        mix(
            st.mean,
            st.cov,
            st.prob,
            i,
            dt,
            md.kind,
            md.leave,
            md.split,
            md.speed,
            w.mean,
            w.cov,
            w.prob,
            w.part,
        )
        total = 0.0
        for j in range(md.kind.size):
            total += w.prob[j]
        for j in range(md.kind.size):
            st.prob[i, j] = w.prob[j] / total
            if w.prob[j] > 0.0:
                move(
                    st.mean,
                    st.cov,
                    i,
                    j,
                    dt,
                    md.kind[j],
                    md.noise[j],
                    md.turn[j],
                    w.mean,
                    w.cov,
                )
        combine(st.mean, st.cov, st.prob, st.best, st.spread, i)


@kernel
def mapped(
    chance: Bytes, at: int, rows: int, cols: int, right: float, up: float
) -> float:
    """Read a chance from a map, `right` and `up` in cells from its corner."""
    col, row = int(math.floor(right)), int(math.floor(up))
    if row < 0 or col < 0 or row >= rows or col >= cols:
        return 0.0
    return chance[at + row * cols + col] / 255.0


@kernel
def within(
    dx: float, dy: float, sigma: float, reach: float, middle: float, half: float
) -> float:
    """Tell the share of a place blurred by `sigma` that a sensor reaches."""
    gap = (reach - math.sqrt(dx * dx + dy * dy)) / sigma
    if gap < -4.0:
        return 0.0
    if half < 3.14159:
        turn = math.atan2(dx, dy) - middle
        turn -= 2.0 * math.pi * math.floor(turn / (2.0 * math.pi) + 0.5)
        if abs(turn) > half:
            return 0.0
    return 1.0 if gap > 4.0 else 0.5 * math.erfc(-gap / math.sqrt(2.0))


@kernel
def blurred(
    chance: Bytes,
    map_at: Longs,
    edge: Floats,
    s: int,
    x: float,
    y: float,
    a: float,
    b: float,
) -> float:
    """Read a map of sensor `s` at a place and one sigma to each side of it."""
    at, rows, cols = map_at[s, 0], map_at[s, 1], map_at[s, 2]
    x, y = (x - edge[s, 0]) / edge[s, 2], (y - edge[s, 1]) / edge[s, 2]
    a, b = a / edge[s, 2], b / edge[s, 2]
    c = mapped(chance, at, rows, cols, x, y)
    c += mapped(chance, at, rows, cols, x + a, y)
    c += mapped(chance, at, rows, cols, x - a, y)
    c += mapped(chance, at, rows, cols, x, y + b)
    c += mapped(chance, at, rows, cols, x, y - b)
    return c / 5.0


@kernel
def relink(st: State, se: Sensors, i: int) -> None:
    """Put track `i` in the cell along x where it is now."""
    at = int((st.best[i, 0] - se.west) / se.cell)
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
def drop(st: State, i: int) -> None:
    """End track `i` and free its slot."""
    unlink(st, i)
    st.track_id[i] = -1
    st.free[st.count[1]] = i
    st.count[1] += 1


@kernel
def gather(
    st: State,
    md: Models,
    se: Sensors,
    w: Work,
    s: int,
    x: float,
    y: float,
    r: float,
    time_s: float,
) -> int:
    """Move every track within `r` of a place to `time_s`; return how many."""
    first = int((x - r - 1000.0 - se.west) / se.cell)
    last = int((x + r + 1000.0 - se.west) / se.cell)
    n = 0
    for c in range(max(first, 0), min(last, st.head.size - 1) + 1):
        i = st.head[c]
        while i >= 0:
            dt = time_s - st.time_s[i]
            dx = st.best[i, 0] + dt * st.best[i, 2] - x
            dy = st.best[i, 1] + dt * st.best[i, 3] - y
            room = r + 50.0 + 4.0 * math.sqrt(st.spread[i, 0] + st.spread[i, 2])
            if dx * dx + dy * dy < room * room:
                w.local[n] = i
                n += 1
            i = st.after[i]
    predict(st, md, w, n, time_s)
    return n


@kernel
def gate(
    st: State, md: Models, se: Sensors, sc: Scans, w: Work, s: int, k: int, n: int
) -> int:
    """Pair tracks and detections of scan `k` and weigh each pair; return how many."""
    d0, d1 = sc.start[k], sc.start[k + 1]
    kind = se.kind[s]
    models = md.kind.size
    edges = 0
    for t in range(n):
        i = w.local[t]
        w.row[t] = edges
        xx, xy, yy = st.spread[i, 0], st.spread[i, 1], st.spread[i, 2]
        px, py = st.best[i, 0], st.best[i, 1]
        dx, dy = px - se.x[s], py - se.y[s]
        r = math.sqrt(dx * dx + dy * dy) + 1e-9
        bend = (xx + yy) / r  # the arc leaves the tangent
        u, v = dx / r, dy / r
        wide = u * u * xx + 2.0 * u * v * xy + v * v * yy
        sigma = math.sqrt(max(wide, 1.0))
        pd = within(dx, dy, sigma, se.reach[s], se.middle[s], se.half[s])
        if se.map_at[s, 0] < 0:
            pd *= se.chance[s]
        elif pd > 0.0:
            pd *= blurred(
                se.map_chance,
                se.map_at,
                se.map_edge,
                s,
                px,
                py,
                math.sqrt(xx),
                math.sqrt(yy),
            )
        dx, dy = u, v
        # A map may be wrong by a little, so that what is seen there still counts.
        w.seen[t] = st.exist[i] * max(pd, 0.02)
        w.miss[t] = 1.0 - st.exist[i] * (pd if sc.counts[k] else 0.0)
        along, across = se.sigma_range[s] ** 2, (r * se.sigma_azimuth[s]) ** 2
        rxx = along * dx * dx + across * dy * dy
        rxy = (along - across) * dx * dy
        ryy = along * dy * dy + across * dx * dx
        lo, hi = d0, d1
        if kind == 0:
            g = math.sqrt(md.gate * (wide + along)) + min(bend * md.gate, 500.0)
            while lo < hi:  # detections lie in order of range
                half = (lo + hi) // 2
                if sc.a[half] < r - g:
                    lo = half + 1
                else:
                    hi = half
            hi = d1
        start = edges
        for d in range(lo, hi):
            if kind == 0 and sc.a[d] > r + g:
                break
            zx, zy = w.zx[d - d0], w.zy[d - d0]
            if kind == 1:
                zx = se.x[s] + r * math.sin(sc.b[d])
                zy = se.y[s] + r * math.cos(sc.b[d])
            elif kind == 2:
                rxx, rxy, ryy = sc.noise[d, 0], sc.noise[d, 1], sc.noise[d, 2]
            u, v = zx - px, zy - py
            sxx, sxy, syy = xx + rxx, xy + rxy, yy + ryy
            det = sxx * syy - sxy * sxy
            if (syy * u * u - 2.0 * sxy * u * v + sxx * v * v) > md.gate * det:
                continue
            w.edge[edges] = d - d0
            w.off[edges, 0], w.off[edges, 1] = u, v
            w.total[edges] = 0.0
            edges += 1
        for m in range(models):
            p = st.prob[i, m]
            if p == 0.0:
                continue
            sxx = st.cov[i, m, 0] + rxx
            sxy = st.cov[i, m, 1] + rxy
            syy = st.cov[i, m, 2] + ryy
            det = 1.0 / (sxx * syy - sxy * sxy)
            scale = math.sqrt(det) / (2.0 * math.pi)
            ox, oy = px - st.mean[i, m, 0], py - st.mean[i, m, 1]
            for e in range(start, edges):
                u, v = w.off[e, 0] + ox, w.off[e, 1] + oy
                q = (syy * u * u - 2.0 * sxy * u * v + sxx * v * v) * det
                like = scale * math.exp(-0.5 * q)
                w.like[e, m] = like
                w.total[e] += p * like
        for e in range(start, edges):
            w.ratio[e] = w.seen[t] * w.total[e] / w.miss[t]
    w.row[n] = edges
    return edges


@kernel
def share(w: Work, n: int, dets: int, clutter: float) -> None:
    """Find the chance of each pair by belief propagation (Williams and Lau 2014)."""
    edges = w.row[n]
    for e in range(edges):
        w.to_track[e] = 1.0 / clutter
    for _ in range(60):
        for d in range(dets):
            w.taken[d] = clutter
        for t in range(n):
            total = 1.0
            for e in range(w.row[t], w.row[t + 1]):
                total += w.ratio[e] * w.to_track[e]
            for e in range(w.row[t], w.row[t + 1]):
                rest = max(total - w.ratio[e] * w.to_track[e], 1.0)
                w.to_det[e] = w.ratio[e] / rest
                w.taken[w.edge[e]] += w.to_det[e]
        change = 0.0
        for e in range(edges):
            rest = max(w.taken[w.edge[e]] - w.to_det[e], clutter)
            new = 1.0 / rest
            change = max(change, abs(new - w.to_track[e]) / new)
            w.to_track[e] = new
        if change < 1e-3:
            break


@kernel
def correct(
    st: State, md: Models, se: Sensors, sc: Scans, w: Work, s: int, k: int, n: int
) -> None:
    """Update the `n` tracks of scan `k` with their shares of its detections."""
    for t in range(n):
        i = w.local[t]
        e0, e1 = w.row[t], w.row[t + 1]
        total = 1.0
        for e in range(e0, e1):
            total += w.ratio[e] * w.to_track[e]
        none = (1.0 / total) * (w.miss[t] - (1.0 - st.exist[i])) / w.miss[t]
        found = none
        for e in range(e0, e1):
            w.weight[e] = w.ratio[e] * w.to_track[e] / total
            found += w.weight[e]
            d = w.edge[e]
            if w.weight[e] > w.top_w[d]:
                w.top_w[d], w.top[d] = w.weight[e], t
        st.exist[i] = min(found, 1.0 - 1e-9)
        if e0 == e1 or found <= 0.0:
            continue
        best, best_w, sure = -1, 0.0, 0.0
        none = (none / found) ** md.sharp
        total = none
        for e in range(e0, e1):
            sure += w.weight[e] / found
            w.weight[e] = (w.weight[e] / found) ** md.sharp
            total += w.weight[e]
            if w.weight[e] > best_w:
                best, best_w = e, w.weight[e]
        none /= total
        if sure > 0.5:
            st.last_s[i] = st.time_s[i]
            for a in range(st.made_by.shape[1] - 1, 0, -1):
                st.made_by[i, a] = st.made_by[i, a - 1]
            st.made_by[i, 0] = sc.ident[sc.start[k] + w.edge[best]]
        if sure < 1e-6:
            continue
        px, py = st.best[i, 0], st.best[i, 1]
        dx, dy = px - se.x[s], py - se.y[s]
        r = math.sqrt(dx * dx + dy * dy) + 1e-9
        dx, dy = dx / r, dy / r
        along, across = se.sigma_range[s] ** 2, (r * se.sigma_azimuth[s]) ** 2
        rxx = along * dx * dx + across * dy * dy
        rxy = (along - across) * dx * dy
        ryy = along * dy * dy + across * dx * dx
        if se.kind[s] == 2:
            d = sc.start[k]
            rxx, rxy, ryy = sc.noise[d, 0], sc.noise[d, 1], sc.noise[d, 2]
        left = 0.0
        for m in range(md.kind.size):
            p = st.prob[i, m]
            if p == 0.0:
                continue
            ox, oy = px - st.mean[i, m, 0], py - st.mean[i, m, 1]
            g = none
            u = v = uu = uv = vv = 0.0
            for e in range(e0, e1):
                b = w.weight[e] / total * w.like[e, m] / w.total[e]
                a, c = w.off[e, 0] + ox, w.off[e, 1] + oy
                g += b
                u += b * a
                v += b * c
                uu += b * a * a
                uv += b * a * c
                vv += b * c * c
            if p * g < md.keep:
                st.prob[i, m] = 0.0
                continue
            st.prob[i, m] = p * g
            left += p * g
            u, v, hit = u / g, v / g, 1.0 - none / g
            uu, uv, vv = uu / g - u * u, uv / g - u * v, vv / g - v * v
            blend(st.mean, st.cov, i, m, rxx, rxy, ryy, u, v, uu, uv, vv, hit)
        for m in range(md.kind.size):
            st.prob[i, m] /= left
        combine(st.mean, st.cov, st.prob, st.best, st.spread, i)


@kernel
def blend(
    mean: Floats,
    cov: Floats,
    i: int,
    m: int,
    rxx: float,
    rxy: float,
    ryy: float,
    u: float,
    v: float,
    uu: float,
    uv: float,
    vv: float,
    hit: float,
) -> None:
    """Correct one model by the mean innovation and its spread (Bar-Shalom 1975)."""
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
def bear(
    st: State,
    md: Models,
    se: Sensors,
    sc: Scans,
    w: Work,
    s: int,
    k: int,
    dets: int,
    born: float,
) -> None:
    """Start a track from each detection of scan `k` that no track takes."""
    for d in range(dets):
        exist = born / w.taken[d]
        if exist <= md.hide * 0.01:
            continue
        if st.count[1] > 0:
            st.count[1] -= 1
            i = st.free[st.count[1]]
        else:
            i = st.count[0]
            st.count[0] += 1
        at = sc.start[k] + d
        x, y = w.zx[d], w.zy[d]
        if se.kind[s] == 2:
            rxx, rxy, ryy = sc.noise[at, 0], sc.noise[at, 1], sc.noise[at, 2]
        else:
            dx, dy = math.sin(sc.b[at]), math.cos(sc.b[at])
            along, across = (
                se.sigma_range[s] ** 2,
                (sc.a[at] * se.sigma_azimuth[s]) ** 2,
            )
            rxx = along * dx * dx + across * dy * dy
            rxy = (along - across) * dx * dy
            ryy = along * dy * dy + across * dx * dx
        for m in range(md.kind.size):
            st.prob[i, m] = md.prior[m]
            for a in range(10):
                st.cov[i, m, a] = 0.0
            st.mean[i, m, 0], st.mean[i, m, 1] = x, y
            st.mean[i, m, 2] = st.mean[i, m, 3] = 0.0
            st.cov[i, m, 0], st.cov[i, m, 1], st.cov[i, m, 2] = rxx, rxy, ryy
            if md.kind[m] != 1:
                st.cov[i, m, 7] = st.cov[i, m, 9] = md.speed[m] ** 2
        st.exist[i] = exist
        st.time_s[i] = st.first_s[i] = st.last_s[i] = sc.time_s[k]
        st.track_id[i] = st.count[2]
        st.count[2] += 1
        st.shown[i] = 0
        for a in range(st.made_by.shape[1]):
            st.made_by[i, a] = -1
        st.made_by[i, 0] = sc.ident[at]
        st.cell[i] = -1
        combine(st.mean, st.cov, st.prob, st.best, st.spread, i)
        relink(st, se, i)


@kernel
def unite(st: State, md: Models, w: Work, n: int) -> None:
    """Make one of two tracks that share a detection and stand for one target."""
    for t in range(n):
        i = w.local[t]
        if st.track_id[i] < 0:
            continue
        for e in range(w.row[t], w.row[t + 1]):
            o = w.top[w.edge[e]]
            if o < 0 or o == t:
                continue
            j = w.local[o]
            if st.track_id[j] < 0 or st.exist[i] + st.exist[j] > md.merge:
                continue
            x, y = st.best[i, 0] - st.best[j, 0], st.best[i, 1] - st.best[j, 1]
            u, v = st.best[i, 2] - st.best[j, 2], st.best[i, 3] - st.best[j, 3]
            xx, xy = (
                st.spread[i, 0] + st.spread[j, 0],
                st.spread[i, 1] + st.spread[j, 1],
            )
            yy = st.spread[i, 2] + st.spread[j, 2]
            q = yy * x * x - 2.0 * xy * x * y + xx * y * y
            if q > 0.5 * (xx * yy - xy * xy) or u * u + v * v > 4.0:
                continue
            a, b = (i, j) if st.exist[i] >= st.exist[j] else (j, i)
            st.exist[a] = min(st.exist[a] + st.exist[b], 1.0 - 1e-6)
            drop(st, b)
            break


@kernel
def one_scan(
    st: State, md: Models, se: Sensors, sc: Scans, w: Work, k: int, n: int
) -> None:
    """Take scan `k` in; `n` tracks are gathered for it."""
    s, time_s = sc.sensor[k], sc.time_s[k]
    d0, dets = sc.start[k], sc.start[k + 1] - sc.start[k]
    kind, pd = se.kind[s], se.chance[s]
    fix = math.exp(se.sigma_azimuth[s] ** 2 / 2.0)
    for d in range(dets):
        w.top[d], w.top_w[d] = -1, 0.0
        w.zx[d], w.zy[d] = sc.a[d0 + d], sc.b[d0 + d]
        if kind < 2:  # unbiased in the mean (Longbin 1998)
            w.zx[d] = se.x[s] + fix * sc.a[d0 + d] * math.sin(sc.b[d0 + d])
            w.zy[d] = se.y[s] + fix * sc.a[d0 + d] * math.cos(sc.b[d0 + d])
    gate(st, md, se, sc, w, s, k, n)
    passed = time_s - st.unseen_s[s]
    st.unseen_s[s] = time_s
    st.unseen[s] = min(st.unseen[s] + md.birth * passed, md.unseen)
    born = pd * st.unseen[s]
    other = se.clutter[s] + born
    share(w, n, dets, other)
    correct(st, md, se, sc, w, s, k, n)
    unite(st, md, w, n)
    for t in range(n):
        i = w.local[t]
        if st.track_id[i] >= 0:
            if st.exist[i] < md.hide * 0.01:
                drop(st, i)
            elif int((st.best[i, 0] - se.west) / se.cell) != st.cell[i]:
                relink(st, se, i)
    if kind != 1:
        bear(st, md, se, sc, w, s, k, dets, born)
    if sc.counts[k]:
        st.unseen[s] *= 1.0 - pd


@kernel
def covered(
    x: float,
    y: float,
    sigma: float,
    longest: float,
    by_x: Floats,
    order: Longs,
    sx: Floats,
    sy: Floats,
    reach: Floats,
    middle: Floats,
    half: Floats,
) -> float:
    """Tell the largest share of a blurred place that any one sensor reaches."""
    lo, hi = 0, by_x.size
    while lo < hi:
        mid = (lo + hi) // 2
        if by_x[mid] < x - longest - 4.0 * sigma:
            lo = mid + 1
        else:
            hi = mid
    most = 0.0
    for a in range(lo, by_x.size):
        if by_x[a] > x + longest + 4.0 * sigma or most > 0.999:
            break
        o = order[a]
        part = within(x - sx[o], y - sy[o], sigma, reach[o], middle[o], half[o])
        most = max(most, part)
    return most


@kernel
def look(
    st: State, md: Models, se: Sensors, out: Picture, rows: int, now_s: float
) -> int:
    """Write the picture at `now_s` after `rows` rows; return the rows then written."""
    for i in range(st.count[0]):
        if st.track_id[i] < 0:
            continue
        dt = now_s - st.time_s[i]
        x = st.best[i, 0] + dt * st.best[i, 2]
        y = st.best[i, 1] + dt * st.best[i, 3]
        sigma = math.sqrt(max(0.5 * (st.spread[i, 0] + st.spread[i, 2]), 1.0))
        part = covered(
            x,
            y,
            sigma,
            se.longest,
            se.x_sorted,
            se.order,
            se.x,
            se.y,
            se.reach,
            se.middle,
            se.half,
        )
        exist = st.exist[i] * math.exp(-dt / md.life_s) * part
        if part < 0.5:  # beyond every sensor nothing else can end it
            st.exist[i] *= math.exp(-1.0 / md.gone_s)
            if st.exist[i] < md.hide * 0.01:
                drop(st, i)
                continue
        blur = 1.0 - (st.spread[i, 0] + st.spread[i, 2]) / md.blur_m**2
        if exist * blur > md.confirm:
            st.shown[i] = 1
        elif exist < md.hide:
            st.shown[i] = 0
        if st.shown[i] and rows >= 0:
            out.time_s[rows] = now_s
            out.track_id[rows] = st.track_id[i]
            out.state[rows, 0], out.state[rows, 1] = x, y
            out.state[rows, 2], out.state[rows, 3] = st.best[i, 2], st.best[i, 3]
            out.exist[rows] = exist
            rows += 1
    return rows


@kernel
def run(
    st: State,
    md: Models,
    se: Sensors,
    sc: Scans,
    w: Work,
    out: Picture,
    first: int,
    until_s: float,
    every_s: float,
) -> tuple[int, int, int]:
    """Take scans from `first` on; return the next one, rows written, and what lacks.

    It stops before whatever does not fit: 0 nothing lacks, 1 slots, 2 scratch for
    tracks, 3 for pairs, 4 rows, 5 for detections.
    """
    rows = 0
    k = first
    while True:
        due = st.count[3] * every_s
        if due <= until_s and (k == sc.time_s.size or sc.time_s[k] > due):
            if rows + st.count[0] > out.time_s.size:
                return k, rows, 4
            rows = look(st, md, se, out, rows, due)
            st.count[3] += 1
            continue
        if k == sc.time_s.size:
            return k, rows, 0
        s = sc.sensor[k]
        dets = sc.start[k + 1] - sc.start[k]
        if st.count[0] + dets > st.exist.size:
            return k, rows, 1
        if st.count[0] > w.local.size:
            return k, rows, 2
        if dets > w.taken.size:
            return k, rows, 5
        if se.kind[s] == 2:
            d = sc.start[k]
            r = 5.0 * math.sqrt(sc.noise[d, 0] + sc.noise[d, 2])
            n = gather(st, md, se, w, s, sc.a[d], sc.b[d], r, sc.time_s[k])
        else:
            n = gather(st, md, se, w, s, se.x[s], se.y[s], se.reach[s], sc.time_s[k])
        if n * dets > w.edge.size:
            return k, rows, 3
        one_scan(st, md, se, sc, w, k, n)
        k += 1
