"""Compiled filter: whole scans through a Bernoulli mixture over a bank of models.

Callers have checked every argument. Letters are those of ``_kernels_track.py``; the
equations and papers are told in ``docs/model/tracker.md``.
"""

import math
from typing import Final

from linewatch.kernel import kernel
from linewatch.watch.tracker._kernels_track import (
    blend,
    blurred,
    combine,
    covered,
    drop,
    mix,
    move,
    noise_at,
    relink,
    within,
)
from linewatch.watch.tracker.arrays import Filter

TRACK_DIGEST: Final = "e7e07353a121"
"""Digest of ``_kernels_track.py``, checked by a test. The compiler's cache sees changes
of this file alone: a change there must change this line, or stale code would run."""


@kernel
def predict(f: Filter, n: int, time_s: float) -> None:
    """Move the `n` gathered tracks to `time_s`."""
    part = f.work.part
    st, now, new, bank = f.state, f.state.now, f.work.new, f.bank
    for t in range(n):
        i = f.work.local[t]
        dt = time_s - st.time_s[i]
        if dt <= 0.0:
            continue
        st.time_s[i] = time_s
        st.exist[i] *= math.exp(-dt / f.rule.life_s)
        # A track of one detection has no manoeuvre to find yet, and most are clutter.
        mix(now, new, part, bank, i, dt if st.last_s[i] > st.first_s[i] else 0.0)
        total = 0.0
        for j in range(bank.kind.size):
            total += new.prob[0, j]
        for j in range(bank.kind.size):
            now.prob[i, j] = new.prob[0, j] / total
        move(now, new, bank, i, dt)
        combine(now, i)


@kernel
def gather(f: Filter, x: float, y: float, r: float, time_s: float) -> int:
    """Move every track within `r` of a place to `time_s`; return how many."""
    eyes = f.eyes
    st, now = f.state, f.state.now
    first = int((x - r - 1000.0 - eyes.west) / eyes.cell)
    last = int((x + r + 1000.0 - eyes.west) / eyes.cell)
    n = 0
    for c in range(max(first, 0), min(last, st.head.size - 1) + 1):
        i = st.head[c]
        while i >= 0:
            dt = time_s - st.time_s[i]
            dx = now.best[i, 0] + dt * now.best[i, 2] - x
            dy = now.best[i, 1] + dt * now.best[i, 3] - y
            room = r + 50.0 + 4.0 * math.sqrt(now.spread[i, 0] + now.spread[i, 2])
            if dx * dx + dy * dy < room * room:
                f.work.local[n] = i
                n += 1
            i = st.after[i]
    predict(f, n, time_s)
    return n


@kernel
def reach_out(f: Filter, s: int, k: int, n: int) -> None:
    """Set what each gathered track offers scan `k`: chance, noise and range."""
    maps = f.maps
    eyes = f.eyes
    st, now, sc, w = f.state, f.state.now, f.scans, f.work
    for t in range(n):
        i = w.local[t]
        xx, xy, yy = now.spread[i, 0], now.spread[i, 1], now.spread[i, 2]
        px, py = now.best[i, 0], now.best[i, 1]
        dx, dy = px - eyes.x[s], py - eyes.y[s]
        r = math.sqrt(dx * dx + dy * dy) + 1e-9
        wide = (dx * dx * xx + 2.0 * dx * dy * xy + dy * dy * yy) / (r * r)
        pd = within(eyes, s, px, py, math.sqrt(max(wide, 1.0)))
        if maps.at[s, 0] < 0:
            pd *= eyes.chance[s]
        elif pd > 0.0:
            pd *= blurred(maps, s, px, py, math.sqrt(xx), math.sqrt(yy))
        # A map may be wrong by a little, so that what is seen there still counts.
        w.seen[t] = st.exist[i] * max(pd, 0.02)
        w.miss[t] = 1.0 - st.exist[i] * (pd if sc.counts[k] else 0.0)
        w.noise[t, 0], w.noise[t, 1], w.noise[t, 2] = noise_at(eyes, s, dx, dy)
        if eyes.kind[s] == 2:
            d = sc.start[k]
            for a in range(3):
                w.noise[t, a] = sc.noise[d, a]
        bend = (xx + yy) / r  # the arc of equal range leaves the tangent
        room = math.sqrt(f.rule.gate * (wide + eyes.sigma_range[s] ** 2))
        w.range[t], w.room[t] = r, room + min(bend * f.rule.gate, 500.0)


@kernel
def pair(f: Filter, s: int, k: int, n: int) -> None:
    """List the detections in the gate of each gathered track."""
    eyes = f.eyes
    now, sc, w, kind = f.state.now, f.scans, f.work, eyes.kind[s]
    d0, d1 = sc.start[k], sc.start[k + 1]
    edges = 0
    for t in range(n):
        i = w.local[t]
        w.row[t] = edges
        lo, hi, r, room = d0, d1, w.range[t], w.room[t]
        while kind == 0 and lo < hi:  # detections lie in order of range
            half = (lo + hi) // 2
            if sc.a[half] < r - room:
                lo = half + 1
            else:
                hi = half
        px, py = now.best[i, 0], now.best[i, 1]
        sxx, sxy = now.spread[i, 0] + w.noise[t, 0], now.spread[i, 1] + w.noise[t, 1]
        syy = now.spread[i, 2] + w.noise[t, 2]
        most = f.rule.gate * (sxx * syy - sxy * sxy)
        for d in range(lo, d1):
            if kind == 0 and sc.a[d] > r + room:
                break
            u, v = w.zx[d - d0] - px, w.zy[d - d0] - py
            if kind == 1:  # a bearing meets the track at the track's own range
                u = eyes.x[s] + r * math.sin(sc.b[d]) - px
                v = eyes.y[s] + r * math.cos(sc.b[d]) - py
            if syy * u * u - 2.0 * sxy * u * v + sxx * v * v <= most:
                w.edge[edges] = d - d0
                w.off[edges, 0], w.off[edges, 1] = u, v
                edges += 1
    w.row[n] = edges


@kernel
def weigh(f: Filter, n: int) -> None:
    """Weigh each pair against a miss, under every model of its track."""
    now, w = f.state.now, f.work
    for t in range(n):
        i, e0, e1 = w.local[t], w.row[t], w.row[t + 1]
        for e in range(e0, e1):
            w.total[e] = 0.0
        for m in range(now.prob.shape[1]):
            p = now.prob[i, m]
            if p == 0.0 or e0 == e1:
                continue
            sxx = now.cov[i, m, 0] + w.noise[t, 0]
            sxy = now.cov[i, m, 1] + w.noise[t, 1]
            syy = now.cov[i, m, 2] + w.noise[t, 2]
            one = 1.0 / (sxx * syy - sxy * sxy)
            scale = math.sqrt(one) / (2.0 * math.pi)
            ox = now.best[i, 0] - now.mean[i, m, 0]
            oy = now.best[i, 1] - now.mean[i, m, 1]
            for e in range(e0, e1):
                u, v = w.off[e, 0] + ox, w.off[e, 1] + oy
                q = (syy * u * u - 2.0 * sxy * u * v + sxx * v * v) * one
                like = scale * math.exp(-0.5 * q)
                w.like[e, m] = like
                w.total[e] += p * like
        for e in range(e0, e1):
            w.ratio[e] = w.seen[t] * w.total[e] / w.miss[t]


@kernel
def share(f: Filter, n: int, dets: int, clutter: float) -> None:
    """Find the chance of each pair by belief propagation (Williams and Lau 2014)."""
    w = f.work
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
def believe(f: Filter, k: int, n: int) -> None:
    """Set each gathered track's existence and the weights of its detections."""
    st, w, sc = f.state, f.work, f.scans
    for t in range(n):
        i, e0, e1 = w.local[t], w.row[t], w.row[t + 1]
        total = 1.0
        for e in range(e0, e1):
            total += w.ratio[e] * w.to_track[e]
        none = (1.0 / total) * (w.miss[t] - (1.0 - st.exist[i])) / w.miss[t]
        found, best = none, e0
        for e in range(e0, e1):
            w.weight[e] = w.ratio[e] * w.to_track[e] / total
            found += w.weight[e]
            best = e if w.weight[e] > w.weight[best] else best
            d = w.edge[e]
            if w.weight[e] > w.top_w[d]:
                w.top_w[d], w.top[d] = w.weight[e], t
        st.exist[i] = min(found, 1.0 - 1e-9)
        w.none[t] = none / found if found > 0.0 else 1.0
        for e in range(e0, e1):
            w.weight[e] /= found
        if 1.0 - w.none[t] > 0.5:
            st.last_s[i] = st.time_s[i]
            for a in range(st.made_by.shape[1] - 1, 0, -1):
                st.made_by[i, a] = st.made_by[i, a - 1]
            st.made_by[i, 0] = sc.ident[sc.start[k] + w.edge[best]]


@kernel
def correct(f: Filter, n: int) -> None:
    """Update the gathered tracks with their shares of the detections."""
    now, w = f.state.now, f.work
    for t in range(n):
        i, e0, e1, none = w.local[t], w.row[t], w.row[t + 1], w.none[t]
        if 1.0 - none < 1e-6:
            continue
        noise = (w.noise[t, 0], w.noise[t, 1], w.noise[t, 2])
        left = 0.0
        for m in range(now.prob.shape[1]):
            p = now.prob[i, m]
            if p == 0.0:
                continue
            ox = now.best[i, 0] - now.mean[i, m, 0]
            oy = now.best[i, 1] - now.mean[i, m, 1]
            g = none
            u = v = uu = uv = vv = 0.0
            for e in range(e0, e1):
                b = w.weight[e] * w.like[e, m] / w.total[e]
                a, c = w.off[e, 0] + ox, w.off[e, 1] + oy
                g += b
                u += b * a
                v += b * c
                uu += b * a * a
                uv += b * a * c
                vv += b * c * c
            now.prob[i, m] = p * g if p * g > f.rule.keep else 0.0
            left += now.prob[i, m]
            if now.prob[i, m] > 0.0:
                u, v = u / g, v / g
                off = (uu / g - u * u, uv / g - u * v, vv / g - v * v)
                blend(now.mean, now.cov, i, m, noise, (u, v), off, 1.0 - none / g)
        for m in range(now.prob.shape[1]):
            now.prob[i, m] /= left
        combine(now, i)


@kernel
def bear(f: Filter, s: int, k: int, dets: int, born: float) -> None:
    """Start a track from each detection of scan `k` that no track takes."""
    eyes = f.eyes
    st, now, bank, sc, w = f.state, f.state.now, f.bank, f.scans, f.work
    for d in range(dets):
        exist = born / w.taken[d]
        if exist <= f.rule.forget:
            continue
        if st.count[1] > 0:
            st.count[1] -= 1
            i = st.free[st.count[1]]
        else:
            i = st.count[0]
            st.count[0] += 1
        at = sc.start[k] + d
        x, y = w.zx[d], w.zy[d]
        xx, xy, yy = noise_at(eyes, s, x - eyes.x[s], y - eyes.y[s])
        if eyes.kind[s] == 2:
            xx, xy, yy = sc.noise[at, 0], sc.noise[at, 1], sc.noise[at, 2]
        for m in range(bank.kind.size):
            now.prob[i, m] = bank.prior[m]
            for a in range(10):
                now.cov[i, m, a] = 0.0
            now.mean[i, m, 0], now.mean[i, m, 1] = x, y
            now.mean[i, m, 2] = now.mean[i, m, 3] = 0.0
            now.cov[i, m, 0], now.cov[i, m, 1], now.cov[i, m, 2] = xx, xy, yy
            if bank.kind[m] != 1:
                now.cov[i, m, 7] = now.cov[i, m, 9] = bank.speed[m] ** 2
        st.exist[i], st.shown[i], st.cell[i] = exist, 0, -1
        st.time_s[i] = st.first_s[i] = st.last_s[i] = sc.time_s[k]
        st.track_id[i] = st.count[2]
        st.count[2] += 1
        for a in range(st.made_by.shape[1]):
            st.made_by[i, a] = -1
        st.made_by[i, 0] = sc.ident[at]
        combine(now, i)
        relink(st, int((x - eyes.west) / eyes.cell), i)


@kernel
def unite(f: Filter, n: int) -> None:
    """Make one of two tracks that share a detection and stand for one target."""
    st, now, w = f.state, f.state.now, f.work
    for t in range(n):
        i = w.local[t]
        for e in range(w.row[t], w.row[t + 1]):
            o = w.top[w.edge[e]]
            j = w.local[max(o, 0)]
            if st.track_id[i] < 0 or st.track_id[j] < 0 or o < 0 or o == t:
                continue
            if st.exist[i] + st.exist[j] > f.rule.merge:
                continue
            x, y = now.best[i, 0] - now.best[j, 0], now.best[i, 1] - now.best[j, 1]
            u, v = now.best[i, 2] - now.best[j, 2], now.best[i, 3] - now.best[j, 3]
            xx = now.spread[i, 0] + now.spread[j, 0]
            xy = now.spread[i, 1] + now.spread[j, 1]
            yy = now.spread[i, 2] + now.spread[j, 2]
            q = yy * x * x - 2.0 * xy * x * y + xx * y * y
            if q > 0.5 * (xx * yy - xy * xy) or u * u + v * v > 4.0:
                continue
            a, b = (i, j) if st.exist[i] >= st.exist[j] else (j, i)
            st.exist[a] = min(st.exist[a] + st.exist[b], 1.0 - 1e-6)
            drop(st, b)


@kernel
def one_scan(f: Filter, s: int, k: int, n: int) -> None:
    """Take scan `k` of sensor `s` in; `n` tracks are gathered for it."""
    st, sc, w, eyes = f.state, f.scans, f.work, f.eyes
    d0, dets = sc.start[k], sc.start[k + 1] - sc.start[k]
    fix = math.exp(eyes.sigma_azimuth[s] ** 2 / 2.0)
    for d in range(dets):
        w.top[d], w.top_w[d] = -1, 0.0
        w.zx[d], w.zy[d] = sc.a[d0 + d], sc.b[d0 + d]
        if eyes.kind[s] < 2:  # unbiased in the mean (Longbin 1998)
            w.zx[d] = eyes.x[s] + fix * sc.a[d0 + d] * math.sin(sc.b[d0 + d])
            w.zy[d] = eyes.y[s] + fix * sc.a[d0 + d] * math.cos(sc.b[d0 + d])
    reach_out(f, s, k, n)
    pair(f, s, k, n)
    weigh(f, n)
    passed = sc.time_s[k] - st.unseen_s[s]
    st.unseen_s[s] = sc.time_s[k]
    st.unseen[s] = min(st.unseen[s] + f.rule.birth * passed, f.rule.unseen)
    born = eyes.chance[s] * st.unseen[s]
    share(f, n, dets, eyes.clutter[s] + born)
    believe(f, k, n)
    correct(f, n)
    unite(f, n)
    for t in range(n):
        i = w.local[t]
        if st.track_id[i] >= 0:
            at = int((st.now.best[i, 0] - eyes.west) / eyes.cell)
            if st.exist[i] < f.rule.forget:
                drop(st, i)
            elif at != st.cell[i]:
                relink(st, at, i)
    if eyes.kind[s] != 1:
        bear(f, s, k, dets, born)
    if sc.counts[k]:
        st.unseen[s] *= 1.0 - eyes.chance[s]


@kernel
def look(f: Filter, rows: int, now_s: float) -> int:
    """Write the picture at `now_s` after `rows` rows; return the rows then written."""
    eyes = f.eyes
    st, now, out, rule = f.state, f.state.now, f.out, f.rule
    for i in range(st.count[0]):
        if st.track_id[i] < 0:
            continue
        dt = now_s - st.time_s[i]
        x = now.best[i, 0] + dt * now.best[i, 2]
        y = now.best[i, 1] + dt * now.best[i, 3]
        blur2 = now.spread[i, 0] + now.spread[i, 2]
        part = covered(eyes, x, y, math.sqrt(max(0.5 * blur2, 1.0)))
        if part < 0.5:  # beyond every sensor nothing else can end it
            st.exist[i] *= math.exp(-rule.every_s / rule.gone_s)
            if st.exist[i] < rule.forget:
                drop(st, i)
                continue
        exist = st.exist[i] * math.exp(-dt / rule.life_s) * part
        if exist * (1.0 - blur2 / rule.blur_m**2) > rule.confirm:
            st.shown[i] = 1
        elif exist < rule.hide:
            st.shown[i] = 0
        if st.shown[i]:
            out.time_s[rows] = now_s
            out.track_id[rows] = st.track_id[i]
            out.state[rows, 0], out.state[rows, 1] = x, y
            out.state[rows, 2], out.state[rows, 3] = now.best[i, 2], now.best[i, 3]
            out.exist[rows] = exist
            rows += 1
    return rows


@kernel
def run(f: Filter, first: int, until_s: float) -> tuple[int, int, int]:
    """Take scans from `first` on; return the next one, rows written, and what lacks.

    It stops before whatever does not fit: 0 nothing lacks, 1 slots, 2 scratch for
    tracks, 3 for pairs, 4 rows, 5 for detections.
    """
    st, sc, w, eyes = f.state, f.scans, f.work, f.eyes
    rows, k = 0, first
    while True:
        due = st.count[3] * f.rule.every_s
        if due <= until_s and (k == sc.time_s.size or sc.time_s[k] > due):
            if rows + st.count[0] > f.out.time_s.size:
                return k, rows, 4
            rows = look(f, rows, due)
            st.count[3] += 1
            continue
        if k == sc.time_s.size:
            return k, rows, 0
        s, d, dets = sc.sensor[k], sc.start[k], sc.start[k + 1] - sc.start[k]
        if st.count[0] + dets > st.exist.size:
            return k, rows, 1
        if st.count[0] > w.local.size:
            return k, rows, 2
        if dets > w.taken.size:
            return k, rows, 5
        x, y, r = eyes.x[s], eyes.y[s], eyes.reach[s]
        if eyes.kind[s] == 2:
            x, y, r = sc.a[d], sc.b[d], 5.0 * math.sqrt(sc.noise[d, 0] + sc.noise[d, 2])
        n = gather(f, x, y, r, sc.time_s[k])
        if n * dets > w.edge.size:
            return k, rows, 3
        one_scan(f, s, k, n)
        k += 1
