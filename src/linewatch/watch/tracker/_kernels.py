"""Compiled filter: whole scans through a Bernoulli mixture over a bank of models.

Callers have checked every argument. Letters are those of ``_kernels_track.py``; the
equations and papers are told in ``docs/model/tracker.md``.
"""

import math
from typing import Final

from linewatch.kernel import kernel
from linewatch.watch.tracker._kernels_pair import (
    face_on,
    lay_out,
    noise_at,
    pair,
    reach_out,
    unseen_by,
    weigh,
    within,
)
from linewatch.watch.tracker._kernels_rate import begin, slid_by, weigh_rates
from linewatch.watch.tracker._kernels_share import share
from linewatch.watch.tracker._kernels_track import (
    blended,
    drop,
    gather,
    loosened,
    predict,
    relink,
    settle,
    unfold,
    unite,
)
from linewatch.watch.tracker._kernels_trail import note, note_births
from linewatch.watch.tracker.arrays import (
    Bank,
    Eyes,
    Filter,
    Hits,
    Near,
    Pairs,
    Picture,
    Rule,
    Scans,
    State,
)

TRACK_DIGEST: Final = "30e7f3690b54"
"""Digest of ``_kernels_track.py``, checked by a test. The compiler's cache sees changes
of this file alone: a change there must change this line, or stale code would run."""

PAIR_DIGEST: Final = "f0699d0b71c9"
RATE_DIGEST: Final = "62ca4ff2e5b6"
SHARE_DIGEST: Final = "965a895ef35b"
TRAIL_DIGEST: Final = "acaa9fee6e7c"
"""Digest of ``_kernels_trail.py``, for the same reason."""


@kernel
def believe(
    st: State, near: Near, pairs: Pairs, hits: Hits, sc: Scans, k: int, n: int
) -> None:
    """Set each gathered track's existence and the weights of its detections."""
    exist, was_s, last_s, made_by = st.exist, st.time_s, st.last_s, st.made_by
    local, row, miss, nones = near.local, near.row, near.miss, near.none
    edge, ratio, to_track, weight = (
        pairs.edge,
        pairs.ratio,
        pairs.to_track,
        pairs.weight,
    )
    top, top_w, ident, d0 = hits.top, hits.top_w, sc.ident, sc.start[k]
    for t in range(n):
        i, e0, e1 = local[t], row[t], row[t + 1]
        total = 1.0
        for e in range(e0, e1):
            total += ratio[e] * to_track[e]
        none = (1.0 / total) * (miss[t] - (1.0 - exist[i])) / miss[t]
        found, likeliest = none, e0
        for e in range(e0, e1):
            weight[e] = ratio[e] * to_track[e] / total
            found += weight[e]
            likeliest = e if weight[e] > weight[likeliest] else likeliest
            d = edge[e]
            if weight[e] > top_w[d]:
                top_w[d], top[d] = weight[e], t
        exist[i] = min(found, 1.0 - 1e-9)
        nones[t] = none / found if found > 0.0 else 1.0
        for e in range(e0, e1):
            weight[e] /= found
        if 1.0 - nones[t] > 0.5:
            last_s[i] = was_s[i]
            for a in range(made_by.shape[1] - 1, 0, -1):
                made_by[i, a] = made_by[i, a - 1]
            made_by[i, 0] = ident[d0 + edge[likeliest]]


@kernel
def correct(
    st: State,
    near: Near,
    pairs: Pairs,
    eyes: Eyes,
    s: int,
    n: int,
    keep: float,
    rated: int,
) -> None:
    """Update the gathered tracks with their shares of the detections."""
    now, fresh, face, lit, chances = st.now, st.fresh, near.face, near.lit, near.pd
    strip2 = eyes.strip2[s]
    slow, ex, ey, sigma2 = eyes.slow[s], eyes.x[s], eyes.y[s], eyes.sigma_rate[s] ** 2
    mean, cov, prob, best = now.mean, now.cov, now.prob, now.best
    local, row, nones, noise, spread = (
        near.local,
        near.row,
        near.none,
        near.noise,
        now.spread,
    )
    off, likes, totals, weight = pairs.off, pairs.like, pairs.total, pairs.weight
    models = prob.shape[1]
    for t in range(n):
        i, e0, e1, none = local[t], row[t], row[t + 1], nones[t]
        if fresh[i] or (1.0 - none < 1e-6 and slow == 0.0):
            continue
        x0, y0, left = best[i, 0], best[i, 1], 0.0
        doubt = (noise[t, 0], noise[t, 1], noise[t, 2])
        if strip2 > 0.0:
            doubt = loosened(doubt, (spread[i, 0], spread[i, 1], spread[i, 2]), strip2)
        bx = by = bu = bv = bxx = bxy = byy = 0.0
        for m in range(models):
            p = prob[i, m]
            if p == 0.0:
                continue
            ox, oy = x0 - mean[i, m, 0], y0 - mean[i, m, 1]
            lost = none
            if slow > 0.0:  # a miss speaks for the models that would be unseen
                dark = chances[t] if lit[t] > 0.0 else 0.0
                lost *= (1.0 - lit[t] * face[t, m]) / (1.0 - dark)
            g = lost
            u = v = uu = uv = vv = 0.0
            for e in range(e0, e1):
                b = weight[e] * likes[e, m] / totals[e]
                a, c = off[e, 0] + ox, off[e, 1] + oy
                g += b
                u += b * a
                v += b * c
                uu += b * a * a
                uv += b * a * c
                vv += b * c * c
            prob[i, m] = p * g if p * g > keep else 0.0
            left += prob[i, m]
            if prob[i, m] > 0.0:
                u, v = u / g, v / g
                to, told = blended(
                    (mean[i, m, 0], mean[i, m, 1], mean[i, m, 2], mean[i, m, 3]),
                    (
                        cov[i, m, 0],
                        cov[i, m, 1],
                        cov[i, m, 2],
                        cov[i, m, 3],
                        cov[i, m, 4],
                        cov[i, m, 5],
                        cov[i, m, 6],
                        cov[i, m, 7],
                        cov[i, m, 8],
                        cov[i, m, 9],
                    ),
                    doubt,
                    (u, v),
                    (uu / g - u * u, uv / g - u * v, vv / g - v * v),
                    1.0 - lost / g,
                )
                if rated == 1:
                    to, told = slid_by(
                        now,
                        pairs,
                        (i, m, e0, e1),
                        (ox, oy),
                        (to, told),
                        (noise[t, 0], noise[t, 1], noise[t, 2]),
                        (ex, ey),
                        sigma2,
                        (u, v, g),
                    )
                mean[i, m, 0], mean[i, m, 1], mean[i, m, 2], mean[i, m, 3] = to
                cov[i, m, 0], cov[i, m, 1], cov[i, m, 2] = told[:3]
                cov[i, m, 3], cov[i, m, 4], cov[i, m, 5], cov[i, m, 6] = told[3:7]
                cov[i, m, 7], cov[i, m, 8], cov[i, m, 9] = told[7:]
                a, b, p = to[0] - x0, to[1] - y0, prob[i, m]
                bx += p * a
                by += p * b
                bu += p * to[2]
                bv += p * to[3]
                bxx += p * (told[0] + a * a)
                bxy += p * (told[1] + a * b)
                byy += p * (told[2] + b * b)
        one = 1.0 / left
        for m in range(models):
            prob[i, m] *= one
        bx, by = bx * one, by * one
        best[i, 0], best[i, 1] = x0 + bx, y0 + by
        best[i, 2], best[i, 3] = bu * one, bv * one
        spread[i, 0], spread[i, 1] = bxx * one - bx * bx, bxy * one - bx * by
        spread[i, 2] = byy * one - by * by


@kernel
def bear(
    st: State,
    near: Near,
    hits: Hits,
    bank: Bank,
    eyes: Eyes,
    sc: Scans,
    s: int,
    k: int,
    born: float,
    forget: float,
) -> int:
    """Start a track from each detection of scan `k` that no track takes.

    Returns how many it starts; `near.busy` lists them.
    """
    now, taken, busy, fresh = st.now, hits.taken, near.busy, 0
    for d in range(sc.start[k + 1] - sc.start[k]):
        exist = born / taken[d]
        if exist <= forget:
            continue
        if st.count[1] > 0:
            st.count[1] -= 1
            i = st.free[st.count[1]]
        else:
            i = st.count[0]
            st.count[0] += 1
        at = sc.start[k] + d
        x, y = hits.x[d], hits.y[d]
        xx, xy, yy = noise_at(
            eyes.sigma_range[s], eyes.sigma_azimuth[s], x - eyes.x[s], y - eyes.y[s]
        )
        if eyes.kind[s] == 2:
            xx, xy, yy = sc.noise[at, 0], sc.noise[at, 1], sc.noise[at, 2]
        # The models are laid out when there is something to choose between them.
        now.best[i, 0], now.best[i, 1] = x, y
        now.best[i, 2] = now.best[i, 3] = 0.0
        now.spread[i, 0], now.spread[i, 1], now.spread[i, 2] = xx, xy, yy
        now.cov[i, 0, 0], now.cov[i, 0, 1], now.cov[i, 0, 2] = xx, xy, yy
        st.fresh[i], st.eye[i] = 1, s if eyes.kind[s] < 2 else -1
        rate = math.nan
        if sc.rate.size > 0 and eyes.sigma_rate[s] > 0.0:
            rate = sc.rate[at]
        if eyes.slow[s] > 0.0 or not math.isnan(rate):
            begin(st, bank, eyes, s, i, rate)
        st.exist[i], st.shown[i], st.cell[i] = exist, 0, -1
        st.time_s[i] = st.first_s[i] = st.last_s[i] = sc.time_s[k]
        st.track_id[i] = st.count[2]
        st.count[2] += 1
        for a in range(st.made_by.shape[1]):
            st.made_by[i, a] = -1
        st.made_by[i, 0] = sc.ident[at]
        relink(st, int((x - eyes.west) / eyes.cell), i)
        busy[fresh] = i
        fresh += 1
    return fresh


@kernel
def look(
    st: State, eyes: Eyes, rule: Rule, out: Picture, rows: int, now_s: float
) -> int:
    """Write the picture at `now_s` after `rows` rows; return the rows then written."""
    best, spread, exists, shown = st.now.best, st.now.spread, st.exist, st.shown
    was_s, track_id, x_sorted, order = st.time_s, st.track_id, eyes.x_sorted, eyes.order
    eye_x, eye_y, reach, middle, wing = (
        eyes.x,
        eyes.y,
        eyes.reach,
        eyes.middle,
        eyes.half,
    )
    times, names, states, chances = out.time_s, out.track_id, out.state, out.exist
    eye = st.eye
    gone = math.exp(-rule.every_s / rule.gone_s)
    for i in range(st.count[0]):
        if track_id[i] < 0:
            continue
        dt = now_s - was_s[i]
        x, y = best[i, 0] + dt * best[i, 2], best[i, 1] + dt * best[i, 3]
        blur2 = spread[i, 0] + spread[i, 2]
        sigma = math.sqrt(max(0.5 * blur2, 1.0))
        part, s = 0.0, eye[i]  # the largest share that any one sensor reaches
        if s >= 0:  # mostly the one that saw it last reaches all
            dx, dy = x - eye_x[s], y - eye_y[s]
            part = within(dx, dy, reach[s], middle[s], wing[s], sigma)
        if part < 1.0:
            wide = eyes.longest + 4.0 * sigma
            lo, hi = 0, x_sorted.size
            while lo < hi:
                half = (lo + hi) // 2
                if x_sorted[half] < x - wide:
                    lo = half + 1
                else:
                    hi = half
            for a in range(lo, x_sorted.size):
                if x_sorted[a] > x + wide or part >= 1.0:
                    break
                s = order[a]
                dx, dy = x - eye_x[s], y - eye_y[s]
                part = max(part, within(dx, dy, reach[s], middle[s], wing[s], sigma))
        if part < 0.5:  # beyond every sensor nothing else can end it
            exists[i] *= gone
            if exists[i] < rule.forget:
                drop(st, i)
                continue
        if not shown[i] and exists[i] <= rule.confirm:
            continue
        exist = exists[i] * math.exp(-dt / rule.life_s) * part
        if exist * (1.0 - blur2 / rule.blur_m**2) > rule.confirm:
            shown[i] = 1
        elif exist < rule.hide:
            shown[i] = 0
        if shown[i]:
            times[rows], names[rows], chances[rows] = now_s, track_id[i], exist
            states[rows, 0], states[rows, 1] = x, y
            states[rows, 2], states[rows, 3] = best[i, 2], best[i, 3]
            rows += 1
    return rows


@kernel
def run(  # noqa: PLR0911 - one return for each thing that may lack
    f: Filter, first: int, until_s: float
) -> tuple[int, int, int]:
    """Take scans from `first` on; return the next one, rows written, and what lacks.

    It stops before whatever does not fit: 0 nothing lacks, 1 slots, 2 scratch for
    tracks, 3 for pairs, 4 rows, 5 for detections, 6 rows of the trail.
    """
    # Unpacked once: the compiler counts references at every unpacking.
    fog = f.fog
    st, bank, rule, eyes, maps = f.state, f.bank, f.rule, f.eyes, f.maps
    sc, near, pairs, hits, one = (
        f.scans,
        f.work.near,
        f.work.pairs,
        f.work.hits,
        f.work.one,
    )
    out, now, local, busy, gate = f.out, st.now, near.local, near.busy, rule.gate
    count, at_s, sensor, start = st.count, sc.time_s, sc.sensor, sc.start
    trace, trailing = f.trace, f.trace.names.shape[0] > 0
    rows, k = 0, first
    while True:
        due = count[3] * rule.every_s
        if due <= until_s and (k == at_s.size or at_s[k] > due):
            if rows + count[0] > out.time_s.size:
                return k, rows, 4
            rows = look(st, eyes, rule, out, rows, due)
            count[3] += 1
            continue
        if k == at_s.size:
            return k, rows, 0
        s, d, dets = sensor[k], start[k], start[k + 1] - start[k]
        if count[0] + dets > st.exist.size:
            return k, rows, 1
        if max(count[0], dets) > local.size:
            return k, rows, 2
        if dets > hits.taken.size:
            return k, rows, 5
        x, y, r = eyes.x[s], eyes.y[s], eyes.reach[s]
        if eyes.kind[s] == 2:
            x, y, r = sc.a[d], sc.b[d], 5.0 * math.sqrt(sc.noise[d, 0] + sc.noise[d, 2])
        n = gather(st, eyes, local, x, y, r, at_s[k])
        predict(st, bank, one, local, n, at_s[k], rule.life_s)
        if n * dets > pairs.edge.size:
            return k, rows, 3
        if trailing and trace.used[0] + n + dets > trace.names.shape[0]:
            return k, rows, 6
        slow, rated = eyes.slow[s], 0
        if sc.rate.size > 0 and eyes.sigma_rate[s] > 0.0:
            rated = 1
        born = unseen_by(st, eyes, sc, s, k, rule.birth, rule.unseen)
        lay_out(hits, eyes, fog, sc, s, k, born)
        reach_out(st, near, eyes, maps, sc, s, k, n, gate)
        if slow > 0.0:
            face_on(st, bank, near, eyes, s, n, sc.counts[k])
        pair(now, near, pairs, hits, eyes, sc, s, k, n, gate)
        unfold(st, bank, near, n, slow)
        weigh(now, near, pairs, n, slow)
        if rated == 1:
            weigh_rates(now, near, pairs, eyes, sc, s, k, n)
        share(near, pairs, hits, n, rule.close)
        believe(st, near, pairs, hits, sc, k, n)
        if trailing:
            note(st, near, pairs, hits, sc, trace, k, n)
        correct(st, near, pairs, eyes, s, n, rule.keep, rated)
        unite(st, near, pairs, hits, n, rule.merge)
        settle(st, local, n, eyes, rule.forget)
        if eyes.kind[s] != 1:
            fresh = bear(st, near, hits, bank, eyes, sc, s, k, born, rule.forget)
            if trailing:
                note_births(st, eyes, sc, trace, busy, k, fresh)
        k += 1
