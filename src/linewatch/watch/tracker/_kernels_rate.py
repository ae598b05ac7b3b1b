"""Compiled use of range rate: a third figure of a detection, taken after its place.

`_kernels.py` calls these; `RATE_DIGEST` there keeps its cache fresh. A detection
(place, rate) is worked in two steps that together are one update: the place, and what
the rate says beyond what the place already told. h is the slope of the rate over
(x, y, vx, vy) at the predicted state.
"""

import math

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import (
    Bank,
    Eyes,
    Mixture,
    Near,
    Pairs,
    Scans,
    State,
)

Three = tuple[float, float, float]
Four = tuple[float, float, float, float]
Ten = tuple[float, float, float, float, float, float, float, float, float, float]
Moved = tuple[Four, Ten]


@kernel
def slope(mean: Four, ex: float, ey: float) -> tuple[float, Four]:
    """Return the range rate that a sensor at (ex, ey) expects, and its slope."""
    x, y, u, v = mean
    dx, dy = x - ex, y - ey
    r = math.sqrt(dx * dx + dy * dy) + 1e-9
    dx, dy = dx / r, dy / r
    rate = dx * u + dy * v
    return rate, ((u - dx * rate) / r, (v - dy * rate) / r, dx, dy)


@kernel
def fourfold(cov: Ten, h: Four) -> Four:
    """Multiply a covariance by a vector."""
    xx, xy, yy, xu, xv, yu, yv, uu, uv, vv = cov
    a, b, c, d = h
    return (
        xx * a + xy * b + xu * c + xv * d,
        xy * a + yy * b + yu * c + yv * d,
        xu * a + yu * b + uu * c + uv * d,
        xv * a + yv * b + uv * c + vv * d,
    )


@kernel
def beyond(cov: Ten, noise: Three, h: Four, sigma2: float) -> Three:
    """Return what a place says of the rate, and the variance that is left."""
    a, b, _, _ = ph = fourfold(cov, h)
    sxx, sxy, syy = cov[0] + noise[0], cov[1] + noise[1], cov[2] + noise[2]
    one = 1.0 / (sxx * syy - sxy * sxy)
    cx, cy = (syy * a - sxy * b) * one, (sxx * b - sxy * a) * one
    left = h[0] * ph[0] + h[1] * ph[1] + h[2] * ph[2] + h[3] * ph[3] + sigma2
    return cx, cy, left - cx * a - cy * b


@kernel
def weigh_rates(
    now: Mixture,
    near: Near,
    pairs: Pairs,
    eyes: Eyes,
    sc: Scans,
    s: int,
    k: int,
    n: int,
) -> None:
    """Weigh the rate of each pair too, against clutter of any rate alike.

    `pairs.slide` keeps the rate beyond what was expected, NaN for pairs without one.
    """
    mean, cov, prob, best = now.mean, now.cov, now.prob, now.best
    local, row, noise = near.local, near.row, near.noise
    off, likes, totals, slide = pairs.off, pairs.like, pairs.total, pairs.slide
    ex, ey, sigma2, d0 = eyes.x[s], eyes.y[s], eyes.sigma_rate[s] ** 2, sc.start[k]
    for t in range(n):
        i, e0, e1 = local[t], row[t], row[t + 1]
        for e in range(e0, e1):
            totals[e] = 0.0
        for m in range(prob.shape[1] if e0 < e1 else 0):
            p = prob[i, m]
            if p == 0.0:
                continue
            rate, h = slope(
                (mean[i, m, 0], mean[i, m, 1], mean[i, m, 2], mean[i, m, 3]), ex, ey
            )
            cx, cy, wide = beyond(
                (
                    cov[i, m, 0], cov[i, m, 1], cov[i, m, 2], cov[i, m, 3],
                    cov[i, m, 4], cov[i, m, 5], cov[i, m, 6], cov[i, m, 7],
                    cov[i, m, 8], cov[i, m, 9],
                ),
                (noise[t, 0], noise[t, 1], noise[t, 2]),
                h,
                sigma2,
            )  # fmt: skip
            scale = eyes.span_rate[s] / math.sqrt(2.0 * math.pi * wide)
            ox, oy = best[i, 0] - mean[i, m, 0], best[i, 1] - mean[i, m, 1]
            for e in range(e0, e1):
                told = sc.rate[d0 + pairs.edge[e]]
                if not math.isnan(told):
                    told -= rate + cx * (off[e, 0] + ox) + cy * (off[e, 1] + oy)
                    # Never quite nothing, so that shares of models stay defined.
                    likes[e, m] *= max(
                        scale * math.exp(-0.5 * told * told / wide), 1e-30
                    )
                slide[e, m] = told
                totals[e] += p * likes[e, m]
        for e in range(e0, e1):
            pairs.ratio[e] = near.seen[t] * totals[e] / near.miss[t]


@kernel
def slid(
    ahead: Moved,
    after: Moved,
    noise: Three,
    eye: tuple[float, float],
    sigma2: float,
    shift: Three,
    spread: Three,
    hit: float,
) -> Moved:
    """Correct one model by its mean rate beyond the place, after `blended`.

    `shift` is the mean rate and the mean place, `spread` the covariance of the rate
    with x, y and itself, `hit` the share of detections that have a rate.
    """
    _, h = slope(ahead[0], eye[0], eye[1])
    cov, (rate, _, _), (rx, ry, rr) = ahead[1], shift, spread
    cx, cy, wide = beyond(cov, noise, h, sigma2)
    sxx, sxy, syy = cov[0] + noise[0], cov[1] + noise[1], cov[2] + noise[2]
    one = 1.0 / (sxx * syy - sxy * sxy)
    ixx, ixy, iyy = syy * one, -sxy * one, sxx * one
    a0, a1, a2, a3 = fourfold(cov, h)
    # k = (P h - cov(state, place) c) / wide is the gain of the rate beyond the place;
    # w = gain of the place times the covariance of place and rate.
    ex, ey = rx * ixx + ry * ixy, rx * ixy + ry * iyy
    rows = (
        (cov[0], cov[1], a0), (cov[1], cov[2], a1),
        (cov[3], cov[5], a2), (cov[4], cov[6], a3),
    )  # fmt: skip
    (x0, y0, b0), (x1, y1, b1), (x2, y2, b2), (x3, y3, b3) = rows
    k0, k1 = (b0 - x0 * cx - y0 * cy) / wide, (b1 - x1 * cx - y1 * cy) / wide
    k2, k3 = (b2 - x2 * cx - y2 * cy) / wide, (b3 - x3 * cx - y3 * cy) / wide
    w0, w1, w2, w3 = (
        x0 * ex + y0 * ey,
        x1 * ex + y1 * ey,
        x2 * ex + y2 * ey,
        x3 * ex + y3 * ey,
    )
    less = rr - hit * wide
    (x, y, u, v), (xx, xy, yy, xu, xv, yu, yv, uu, uv, vv) = after
    return (
        (x + k0 * rate, y + k1 * rate, u + k2 * rate, v + k3 * rate),
        (
            xx + less * k0 * k0 + 2.0 * w0 * k0,
            xy + less * k0 * k1 + w0 * k1 + w1 * k0,
            yy + less * k1 * k1 + 2.0 * w1 * k1,
            xu + less * k0 * k2 + w0 * k2 + w2 * k0,
            xv + less * k0 * k3 + w0 * k3 + w3 * k0,
            yu + less * k1 * k2 + w1 * k2 + w2 * k1,
            yv + less * k1 * k3 + w1 * k3 + w3 * k1,
            uu + less * k2 * k2 + 2.0 * w2 * k2,
            uv + less * k2 * k3 + w2 * k3 + w3 * k2,
            vv + less * k3 * k3 + 2.0 * w3 * k3,
        ),
    )


@kernel
def slid_by(
    now: Mixture,
    pairs: Pairs,
    at: tuple[int, int, int, int],
    lead: tuple[float, float],
    after: Moved,
    noise: Three,
    eye: tuple[float, float],
    sigma2: float,
    mid: Three,
) -> Moved:
    """Correct a model by the rates of its pairs: `slid` with what they sum to.

    `at` is the track, the model and the pairs; `lead` what to add to their offsets;
    `mid` the mean offset and the sum of weights.
    """
    (i, m, e0, e1), (u, v, g), mean, cov = at, mid, now.mean, now.cov
    hit = r = rx = ry = rr = 0.0
    for e in range(e0, e1):
        told = pairs.slide[e, m]
        if math.isnan(told):
            continue
        b = pairs.weight[e] * pairs.like[e, m] / (pairs.total[e] * g)
        hit += b
        r += b * told
        rx += b * told * (pairs.off[e, 0] + lead[0])
        ry += b * told * (pairs.off[e, 1] + lead[1])
        rr += b * told * told
    if hit == 0.0:
        return after
    ahead = (
        (mean[i, m, 0], mean[i, m, 1], mean[i, m, 2], mean[i, m, 3]),
        (
            cov[i, m, 0], cov[i, m, 1], cov[i, m, 2], cov[i, m, 3], cov[i, m, 4],
            cov[i, m, 5], cov[i, m, 6], cov[i, m, 7], cov[i, m, 8], cov[i, m, 9],
        ),
    )  # fmt: skip
    spread = (rx - r * u, ry - r * v, rr - r * r)
    return slid(ahead, after, noise, eye, sigma2, (r, u, v), spread, hit)


@kernel
def begin(st: State, bank: Bank, eyes: Eyes, s: int, i: int, rate: float) -> None:
    """Lay out the models of a new track whose sensor tells of its motion.

    `rate` may be NaN; the sensor may see only what moves.
    """
    now, slow, sigma2 = st.now, eyes.slow[s], eyes.sigma_rate[s] ** 2
    x, y = now.best[i, 0], now.best[i, 1]
    _, (_, _, dx, dy) = slope((x, y, 0.0, 0.0), eyes.x[s], eyes.y[s])
    xx, xy, yy = now.spread[i, 0], now.spread[i, 1], now.spread[i, 2]
    st.fresh[i], total, u, v = 0, 0.0, 0.0, 0.0
    for m in range(bank.kind.size):
        still = bank.kind[m] == 1
        speed2 = 0.0 if still else bank.speed[m] ** 2
        p, gain, wide = bank.prior[m], 0.0, speed2 + sigma2
        if not math.isnan(rate):
            gain = speed2 / wide
            p *= math.exp(-0.5 * rate * rate / wide) / math.sqrt(wide) + 1e-30
        elif slow > 0.0:
            fast = 0.0 if still else math.erfc(slow / math.sqrt(2.0 * speed2))
            p *= max(fast, 0.02)
        along = gain * rate if gain > 0.0 else 0.0
        now.mean[i, m, 0], now.mean[i, m, 1] = x, y
        now.mean[i, m, 2], now.mean[i, m, 3] = along * dx, along * dy
        now.cov[i, m, 0], now.cov[i, m, 1], now.cov[i, m, 2] = xx, xy, yy
        for a in range(3, 7):
            now.cov[i, m, a] = 0.0
        now.cov[i, m, 7] = speed2 * (1.0 - gain * dx * dx)
        now.cov[i, m, 8] = -speed2 * gain * dx * dy
        now.cov[i, m, 9] = speed2 * (1.0 - gain * dy * dy)
        now.prob[i, m] = p
        total += p
        u += p * along * dx
        v += p * along * dy
    for m in range(bank.kind.size):
        now.prob[i, m] /= total
    now.best[i, 2], now.best[i, 3] = u / total, v / total
