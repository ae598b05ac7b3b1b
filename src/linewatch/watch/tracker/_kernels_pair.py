"""Compiled steps of one scan: where its detections lie, who may have made each.

`_kernels.py` calls these; `PAIR_DIGEST` there keeps its cache fresh.
"""

import math

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import (
    Bank,
    Eyes,
    Fog,
    Hits,
    Maps,
    Mixture,
    Near,
    Pairs,
    Scans,
    State,
)

Three = tuple[float, float, float]


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
def within(
    dx: float, dy: float, reach: float, middle: float, half: float, sigma: float
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
def noise_at(sigma_range: float, sigma_azimuth: float, dx: float, dy: float) -> Three:
    """Turn range and azimuth noise at an offset from a sensor onto the plane."""
    r2 = dx * dx + dy * dy
    if r2 < 1e-6:  # at the sensor itself there is no direction
        return sigma_range**2, 0.0, sigma_range**2
    # No surer than a decimetre across, however near.
    along, across = sigma_range**2 / r2, max(sigma_azimuth**2, 0.01 / r2)
    xx = along * dx * dx + across * dy * dy
    yy = along * dy * dy + across * dx * dx
    return xx, (along - across) * dx * dy, yy


@kernel
def unseen_by(
    st: State, eyes: Eyes, sc: Scans, s: int, k: int, birth: float, most: float
) -> float:
    """Tell the density of new targets that scan `k` detects, and keep the rest."""
    unseen, chance = st.unseen, eyes.chance[s]
    passed = sc.time_s[k] - st.unseen_s[s]
    st.unseen_s[s] = sc.time_s[k]
    unseen[s] = min(unseen[s] + birth * passed, most)
    born = chance * unseen[s]
    if sc.counts[k]:
        unseen[s] *= 1.0 - chance
    return float(born)


@kernel
def lay_out(
    hits: Hits, eyes: Eyes, fog: Fog, sc: Scans, s: int, k: int, born: float
) -> None:
    """Put the detections of scan `k` on the plane, unbiased (Longbin 1998).

    Each is told the density of what else than a known track may have made it.
    """
    zx, zy, taken, many = hits.x, hits.y, hits.taken, hits.many
    first, clutter, thin = hits.first, hits.clutter, eyes.clutter[s] + born
    top, top_w, far, azimuth = hits.top, hits.top_w, sc.a, sc.b
    d0, d1, ex, ey = sc.start[k], sc.start[k + 1], eyes.x[s], eyes.y[s]
    fix = math.exp(eyes.sigma_azimuth[s] ** 2 / 2.0)
    for d in range(d1 - d0):
        top[d], top_w[d], many[d], first[d] = -1, 0.0, 0, -1
        zx[d], zy[d] = far[d0 + d], azimuth[d0 + d]
        if eyes.kind[s] < 2:
            zx[d] = ex + fix * far[d0 + d] * math.sin(azimuth[d0 + d])
            zy[d] = ey + fix * far[d0 + d] * math.cos(azimuth[d0 + d])
        clutter[d] = taken[d] = thin
        if fog.at[s, 0] >= 0:
            right = math.floor((zx[d] - fog.edge[s, 0]) / fog.edge[s, 2])
            up = math.floor((zy[d] - fog.edge[s, 1]) / fog.edge[s, 2])
            if 0 <= right < fog.at[s, 2] and 0 <= up < fog.at[s, 1]:
                at = int(fog.at[s, 0] + up * fog.at[s, 2] + right)
                clutter[d] = taken[d] = fog.density[at] + born


@kernel
def reach_out(
    st: State,
    near: Near,
    eyes: Eyes,
    maps: Maps,
    sc: Scans,
    s: int,
    k: int,
    n: int,
    gate: float,
) -> None:
    """Set what each gathered track offers scan `k`: chance, noise and range."""
    local, seen, miss, noise = near.local, near.seen, near.miss, near.noise
    chances, eye = near.pd, st.eye
    roomy = eyes.kind[s] < 2
    ranges, rooms, exist = near.range, near.room, st.exist
    best, spread = st.now.best, st.now.spread
    ex, ey, reach, chance = eyes.x[s], eyes.y[s], eyes.reach[s], eyes.chance[s]
    middle, wing = eyes.middle[s], eyes.half[s]
    sigma_range, sigma_azimuth = eyes.sigma_range[s], eyes.sigma_azimuth[s]
    counts, mapless, places = sc.counts[k], maps.at[s, 0] < 0, sc.noise
    for t in range(n):
        i = local[t]
        xx, xy, yy = spread[i, 0], spread[i, 1], spread[i, 2]
        px, py = best[i, 0], best[i, 1]
        dx, dy = px - ex, py - ey
        r = math.sqrt(dx * dx + dy * dy) + 1e-9
        wide = (dx * dx * xx + 2.0 * dx * dy * xy + dy * dy * yy) / (r * r)
        pd = within(dx, dy, reach, middle, wing, math.sqrt(max(wide, 1.0)))
        if mapless:
            pd *= chance
        elif pd > 0.0:
            pd *= blurred(maps, s, px, py, math.sqrt(xx), math.sqrt(yy))
        if pd > 0.0 and roomy:
            eye[i] = s
        # A map may be wrong by a little, so that what is seen there still counts.
        chances[t], seen[t] = pd, exist[i] * max(pd, 0.02)
        miss[t] = 1.0 - exist[i] * (pd if counts else 0.0)
        noise[t, 0], noise[t, 1], noise[t, 2] = noise_at(
            sigma_range, sigma_azimuth, dx, dy
        )
        bend = (xx + yy) / r  # the arc of equal range leaves the tangent
        room = math.sqrt(gate * (wide + sigma_range**2))
        ranges[t], rooms[t] = r, room + min(bend * gate, 500.0)
    if eyes.kind[s] == 2:
        d = sc.start[k]
        for t in range(n):
            for a in range(3):
                noise[t, a] = places[d, a]


@kernel
def face_on(
    st: State, bank: Bank, near: Near, eyes: Eyes, s: int, n: int, counts: int
) -> None:
    """Set under each model the chance to move faster along the ray than is unseen.

    For radars that see only what moves. Scales the chance to detect that `reach_out`
    set, and keeps what it was in `near.lit`.
    """
    local, face, lit, chances = near.local, near.face, near.lit, near.pd
    mean, cov, prob, best = st.now.mean, st.now.cov, st.now.prob, st.now.best
    slow, ex, ey = eyes.slow[s], eyes.x[s], eyes.y[s]
    for t in range(n):
        i = local[t]
        dx, dy = best[i, 0] - ex, best[i, 1] - ey
        r = math.sqrt(dx * dx + dy * dy) + 1e-9
        dx, dy, whole = dx / r, dy / r, 0.0
        age = st.time_s[i] - st.first_s[i]
        for m in range(bank.kind.size):
            p = bank.prior[m] if st.fresh[i] else prob[i, m]
            face[t, m] = 0.0
            if p == 0.0 or bank.kind[m] == 1:
                continue
            along, wide = 0.0, bank.speed[m] ** 2 + bank.noise[m] * age
            if not st.fresh[i]:
                along = dx * mean[i, m, 2] + dy * mean[i, m, 3]
                wide = dx * dx * cov[i, m, 7] + dy * dy * cov[i, m, 9]
                wide += 2.0 * dx * dy * cov[i, m, 8]
            scale = 1.0 / math.sqrt(2.0 * max(wide, 1e-6))
            face[t, m] = 0.5 * (
                math.erfc((slow - along) * scale) + math.erfc((slow + along) * scale)
            )
            whole += p * face[t, m]
        lit[t] = chances[t] if counts == 1 else 0.0
        chances[t] *= whole
        near.miss[t] = 1.0 - st.exist[i] * lit[t] * whole


@kernel
def pair(
    now: Mixture,
    near: Near,
    pairs: Pairs,
    hits: Hits,
    eyes: Eyes,
    sc: Scans,
    s: int,
    k: int,
    n: int,
    gate: float,
) -> None:
    """List the detections in the gate of each gathered track."""
    local, row, noise, ranges = near.local, near.row, near.noise, near.range
    rooms, best, spread = near.room, now.best, now.spread
    edge, off = pairs.edge, pairs.off
    zx, zy, many = hits.x, hits.y, hits.many
    far, azimuth, kind = sc.a, sc.b, eyes.kind[s]
    ex, ey, d0, d1 = eyes.x[s], eyes.y[s], sc.start[k], sc.start[k + 1]
    edges = 0
    for t in range(n):
        i = local[t]
        row[t] = edges
        lo, hi, r, room = d0, d1, ranges[t], rooms[t]
        while kind == 0 and lo < hi:  # detections lie in order of range
            half = (lo + hi) // 2
            if far[half] < r - room:
                lo = half + 1
            else:
                hi = half
        px, py = best[i, 0], best[i, 1]
        sxx, sxy = spread[i, 0] + noise[t, 0], spread[i, 1] + noise[t, 1]
        syy = spread[i, 2] + noise[t, 2]
        most = gate * (sxx * syy - sxy * sxy)
        for d in range(lo, d1):
            if kind == 0 and far[d] > r + room:
                break
            u, v = zx[d - d0] - px, zy[d - d0] - py
            if kind == 1:  # a bearing meets the track at the track's own range
                u = ex + r * math.sin(azimuth[d]) - px
                v = ey + r * math.cos(azimuth[d]) - py
            if syy * u * u - 2.0 * sxy * u * v + sxx * v * v <= most:
                edge[edges] = d - d0
                off[edges, 0], off[edges, 1] = u, v
                many[d - d0] += 1
                edges += 1
    row[n] = edges


@kernel
def weigh(now: Mixture, near: Near, pairs: Pairs, n: int, slow: float) -> None:
    """Weigh each pair against a miss, under every model of its track.

    `slow` is the radial speed below which the sensor sees nothing; `face` is set for
    it when above 0.
    """
    mean, cov, prob, best = now.mean, now.cov, now.prob, now.best
    local, row, noise = near.local, near.row, near.noise
    seen, miss, off, likes = near.seen, near.miss, pairs.off, pairs.like
    totals, ratio, face = pairs.total, pairs.ratio, near.face
    for t in range(n):
        i, e0, e1 = local[t], row[t], row[t + 1]
        if e0 == e1:
            continue
        for e in range(e0, e1):
            totals[e] = 0.0
        for m in range(prob.shape[1]):
            p = prob[i, m]
            if p == 0.0:
                continue
            sxx = cov[i, m, 0] + noise[t, 0]
            sxy = cov[i, m, 1] + noise[t, 1]
            syy = cov[i, m, 2] + noise[t, 2]
            one = 1.0 / (sxx * syy - sxy * sxy)
            scale = math.sqrt(one) / (2.0 * math.pi)
            ox, oy = best[i, 0] - mean[i, m, 0], best[i, 1] - mean[i, m, 1]
            if slow > 0.0:  # one that is seen was perhaps not quite so slow
                scale *= max(face[t, m], 0.02)
            for e in range(e0, e1):
                u, v = off[e, 0] + ox, off[e, 1] + oy
                q = (syy * u * u - 2.0 * sxy * u * v + sxx * v * v) * one
                like = scale * math.exp(-0.5 * q)
                likes[e, m] = like
                totals[e] += p * like
        for e in range(e0, e1):
            ratio[e] = seen[t] * totals[e] / miss[t]
