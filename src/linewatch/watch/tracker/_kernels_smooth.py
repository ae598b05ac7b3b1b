"""Compiled smoothing of one track: forward over a bank of models, and back again.

State vectors are (x, y, vx, vy). Letters: `f` moves, `q` is noise, `p` a covariance,
`g` the smoother's gain; `i` is the model before a step and `j` the one after it. The
equations and papers are told in ``docs/model/tracker-after.md``.
"""

import math
from typing import NamedTuple

import numpy as np

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import Bank, Bytes, Floats

LEAST = 1e-5
"""Chance below which a model, or a change of models, is left out."""


class Steps(NamedTuple):
    """What happened to one track, arrays of shape (steps,)."""

    dt: Floats  # since the step before
    mixes: Bytes  # 1 where models may change
    place: Floats  # (steps, 2)
    noise: Floats  # (steps, 3) of the place
    hit: Floats  # chance that it was seen there


class Belief(NamedTuple):
    """A track over all steps, under every model."""

    mean: Floats  # (steps, models, 4)
    cov: Floats  # (steps, models, 4, 4)
    prob: Floats  # (steps, models)


@kernel
def moves(kind: int, turn: float, q: float, dt: float, f: Floats, w: Floats) -> None:
    """Set the matrix `f` and the noise `w` of a step of one model."""
    f[:], w[:] = 0.0, 0.0
    f[0, 0] = f[1, 1] = 1.0
    if kind == 1:
        w[0, 0] = w[1, 1] = q * dt
        return
    a, b, c, s = dt, 0.0, 1.0, 0.0
    if kind == 2:
        c, s = math.cos(turn * dt), math.sin(turn * dt)
        a, b = s / turn, (1.0 - c) / turn
    f[0, 2], f[0, 3], f[1, 2], f[1, 3] = a, b, -b, a
    f[2, 2], f[2, 3], f[3, 2], f[3, 3] = c, s, -s, c
    for k in range(2):
        w[k, k] = q * dt * dt * dt / 3.0
        w[k, k + 2] = w[k + 2, k] = q * dt * dt / 2.0
        w[k + 2, k + 2] = q * dt


@kernel
def inverse(a: Floats, size: int, out: Floats) -> float:
    """Invert the first `size` rows and columns of a covariance; zeros elsewhere.

    Returns the logarithm of its determinant, NaN where it is not positive.
    """
    low = np.zeros((4, 4))
    out[:] = 0.0
    log_det = 0.0
    for c in range(size):
        for r in range(c, size):
            left = 0.5 * (a[r, c] + a[c, r])
            for k in range(c):
                left -= low[r, k] * low[c, k]
            if r == c:
                if not left > 1e-14 * abs(a[c, c]):
                    return math.nan
                low[c, c] = math.sqrt(left)
                log_det += math.log(left)
            else:
                low[r, c] = left / low[c, c]
    for c in range(size):  # columns of the inverse of `low`
        out[c, c] = 1.0 / low[c, c]
        for r in range(c + 1, size):
            left = 0.0
            for k in range(c, r):
                left -= low[r, k] * out[k, c]
            out[r, c] = left / low[r, r]
    done = np.zeros((4, 4))
    for r in range(size):
        for c in range(size):
            for k in range(max(r, c), size):
                done[r, c] += out[k, r] * out[k, c]
    out[:] = done
    return log_det


@kernel
def spread_to(f: Floats, p: Floats, w: Floats, out: Floats) -> None:
    """Set `out` to f p f' + w."""
    half = np.zeros((4, 4))
    for r in range(4):
        for c in range(4):
            for k in range(4):
                half[r, c] += f[r, k] * p[k, c]
    for r in range(4):
        for c in range(4):
            out[r, c] = w[r, c]
            for k in range(4):
                out[r, c] += half[r, k] * f[c, k]


@kernel
def hands(bank: Bank, i: int, j: int, dt: float, mixes: int) -> float:
    """Tell the chance of model `j` after `dt` in which `i` went before."""
    if not mixes:
        return 1.0 if i == j else 0.0
    stay = 1.0 / (1.0 + dt * bank.leave[i])
    return float(stay if i == j else (1.0 - stay) * bank.split[i, j])


@kernel
def ahead(
    bank: Bank,
    mean: Floats,
    cov: Floats,
    i: int,
    j: int,
    f: Floats,
    w: Floats,
    to: Floats,
    told: Floats,
) -> None:
    """Set `to` and `told` to where model `i` goes when `j` takes over for a step."""
    p = cov.copy()
    if bank.kind[i] == 1 and bank.kind[j] != 1:
        # One that starts to move does so in any direction.
        p[2, 2] += bank.speed[j] ** 2
        p[3, 3] += bank.speed[j] ** 2
    spread_to(f, p, w, told)
    for r in range(4):
        to[r] = 0.0
        for k in range(4):
            to[r] += f[r, k] * mean[k]


@kernel
def seen_at(
    mean: Floats, cov: Floats, place: Floats, noise: Floats, hit: float, like: float
) -> None:
    """Correct one model by a place seen with the chance `hit` (Bar-Shalom 1975).

    `like` is this model's likelihood of the place over that of all models.
    """
    part = hit * like / ((1.0 - hit) + hit * like)
    sxx, sxy, syy = cov[0, 0] + noise[0], cov[0, 1] + noise[1], cov[1, 1] + noise[2]
    one = 1.0 / (sxx * syy - sxy * sxy)
    u, v = place[0] - mean[0], place[1] - mean[1]
    gain = np.zeros((4, 2))
    for r in range(4):
        gain[r, 0] = (cov[r, 0] * syy - cov[r, 1] * sxy) * one
        gain[r, 1] = (cov[r, 1] * sxx - cov[r, 0] * sxy) * one
    # What is taken off K S K' part, less what the doubt adds, K u u' K' part (1 - part)
    more = part * (1.0 - part)
    cxx, cxy = part * sxx - more * u * u, part * sxy - more * u * v
    cyy = part * syy - more * v * v
    for r in range(4):
        mean[r] += part * (gain[r, 0] * u + gain[r, 1] * v)
    for r in range(4):
        for c in range(4):
            cov[r, c] -= gain[r, 0] * (cxx * gain[c, 0] + cxy * gain[c, 1])
            cov[r, c] -= gain[r, 1] * (cxy * gain[c, 0] + cyy * gain[c, 1])


@kernel
def likelihood(mean: Floats, cov: Floats, place: Floats, noise: Floats) -> float:
    """Tell how likely one model makes a place."""
    sxx, sxy, syy = cov[0, 0] + noise[0], cov[0, 1] + noise[1], cov[1, 1] + noise[2]
    one = 1.0 / (sxx * syy - sxy * sxy)
    u, v = place[0] - mean[0], place[1] - mean[1]
    q = (syy * u * u - 2.0 * sxy * u * v + sxx * v * v) * one
    return float(math.sqrt(one) / (2.0 * math.pi) * math.exp(-0.5 * q))


@kernel
def mixed(
    bank: Bank,
    mean: Floats,
    cov: Floats,
    prob: Floats,
    dt: float,
    mixes: int,
    to: Floats,
    told: Floats,
    chance: Floats,
) -> None:
    """Set what every model expects after `dt` (Blom 1984)."""
    models = prob.size
    f, w, one, wide = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros(4), np.zeros((4, 4))
    for j in range(models):
        to[j], told[j], chance[j] = 0.0, 0.0, 0.0
        for i in range(models):
            chance[j] += prob[i] * hands(bank, i, j, dt, mixes)
        if chance[j] < LEAST:
            chance[j] = 0.0
            continue
        moves(bank.kind[j], bank.turn[j], bank.noise[j], dt, f, w)
        for i in range(models):
            part = prob[i] * hands(bank, i, j, dt, mixes) / chance[j]
            if part > 0.0:
                ahead(bank, mean[i], cov[i], i, j, f, w, one, wide)
                for r in range(4):
                    to[j, r] += part * one[r]
                    for c in range(4):
                        told[j, r, c] += part * (wide[r, c] + one[r] * one[c])
        for r in range(4):
            for c in range(4):
                told[j, r, c] -= to[j, r] * to[j, c]
    chance /= chance.sum()


@kernel
def forward(bank: Bank, steps: Steps, out: Belief) -> None:
    """Filter one track; the first step begins it. Places are counted from the first."""
    mean, cov, prob = out.mean, out.cov, out.prob
    models, like = bank.kind.size, np.zeros(bank.kind.size)
    for m in range(models):
        prob[0, m] = bank.prior[m]
        mean[0, m], cov[0, m] = 0.0, 0.0
        mean[0, m, 0], mean[0, m, 1] = steps.place[0, 0], steps.place[0, 1]
        cov[0, m, 0, 0], cov[0, m, 1, 1] = steps.noise[0, 0], steps.noise[0, 2]
        cov[0, m, 0, 1] = cov[0, m, 1, 0] = steps.noise[0, 1]
        if bank.kind[m] != 1:
            cov[0, m, 2, 2] = cov[0, m, 3, 3] = bank.speed[m] ** 2
    for k in range(1, steps.dt.size):
        mixed(
            bank, mean[k - 1], cov[k - 1], prob[k - 1], steps.dt[k],
            steps.mixes[k], mean[k], cov[k], prob[k],
        )  # fmt: skip
        hit, place, noise = steps.hit[k], steps.place[k], steps.noise[k]
        if hit <= 0.0:
            continue
        total = 1e-300
        for m in range(models):
            if prob[k, m] > 0.0:
                like[m] = likelihood(mean[k, m], cov[k, m], place, noise)
                total += prob[k, m] * like[m]
        for m in range(models):
            if prob[k, m] > 0.0:
                ratio = like[m] / total
                seen_at(mean[k, m], cov[k, m], place, noise, hit, ratio)
                prob[k, m] *= (1.0 - hit) + hit * ratio
                prob[k, m] = prob[k, m] if prob[k, m] > LEAST else 0.0
        prob[k] /= prob[k].sum()


@kernel
def later(
    mean: Floats,
    cov: Floats,
    to: Floats,
    told: Floats,
    size: int,
    y: Floats,
    vec: Floats,
) -> bool:
    """Set what later steps alone say of one model: precision `y`, and it times place.

    Places are counted from `to`. It is the smoothed belief less the expected one.
    """
    before = np.zeros((4, 4))
    good = not math.isnan(inverse(cov, size, y))
    good = good and not math.isnan(inverse(told, size, before))
    for r in range(4):
        vec[r] = 0.0
        for c in range(4):
            vec[r] += y[r, c] * (mean[c] - to[c])
    for r in range(4):
        for c in range(4):
            y[r, c] -= before[r, c]
    return good


@kernel
def joined(
    one: Floats,
    wide: Floats,
    to: Floats,
    y: Floats,
    vec: Floats,
    size: int,
    best: Floats,
    told: Floats,
    back: Floats,
) -> float:
    """Join what one pair of models expects with what later steps say.

    Sets the joined mean `best` and covariance `told`, and `back`: `wide` inverted.
    Returns the log likelihood of the later steps, NaN where it is not sound.
    """
    had = inverse(wide, size, back)
    sharp = back + y
    left = inverse(sharp, size, told)
    if math.isnan(had) or math.isnan(left):
        return math.nan
    off, pull = np.zeros(4), np.zeros(4)
    for r in range(size):
        off[r] = one[r] - to[r]
    for r in range(size):
        pull[r] = vec[r]
        for c in range(size):
            pull[r] += back[r, c] * off[c]
    q = 0.0
    for r in range(4):
        best[r] = to[r]
        for c in range(size):
            best[r] += told[r, c] * pull[c]
            q += pull[r] * told[r, c] * pull[c] - off[r] * back[r, c] * off[c]
    return 0.5 * (q - had - left)


@kernel
def undone(
    f: Floats,
    p: Floats,
    back: Floats,
    here: Floats,
    one: Floats,
    wide: Floats,
    best: Floats,
    told: Floats,
    to: Floats,
    spread: Floats,
) -> None:
    """Take a joined belief one step back (Rauch, Tung and Striebel 1965).

    `here` and `p` are the mean and covariance before the step, `one` and `wide` those
    expected after it.
    """
    half, g, less = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((4, 4))
    for r in range(4):
        for c in range(4):
            for k in range(4):
                half[r, c] += p[r, k] * f[c, k]
    for r in range(4):
        for c in range(4):
            for k in range(4):
                g[r, c] += half[r, k] * back[k, c]
            less[r, c] = told[r, c] - wide[r, c]
    for r in range(4):
        to[r] = here[r]
        for k in range(4):
            to[r] += g[r, k] * (best[k] - one[k])
    spread_to(g, less, p, spread)


@kernel
def backward(bank: Bank, steps: Steps, had: Belief, out: Belief) -> int:
    """Smooth what `forward` filtered; return how often later steps said nothing sound.

    Each pair of models before and after a step is smoothed by itself and the pairs that
    begin with one model become one again.
    """
    last = steps.dt.size - 1
    models, unsound = bank.kind.size, 0
    out.mean[last], out.cov[last] = had.mean[last], had.cov[last]
    out.prob[last] = had.prob[last]
    to, told = np.zeros((models, 4)), np.zeros((models, 4, 4))
    chance = np.zeros(models)
    f, w, y, vec = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((4, 4)), np.zeros(4)
    one, wide, best, sure = np.zeros(4), np.zeros((4, 4)), np.zeros(4), np.zeros((4, 4))
    back, here, spread = np.zeros((4, 4)), np.zeros(4), np.zeros((4, 4))
    log = np.zeros(models)
    for k in range(last - 1, -1, -1):
        dt, mixes = steps.dt[k + 1], steps.mixes[k + 1]
        mean, cov, prob = had.mean[k], had.cov[k], had.prob[k]
        mixed(bank, mean, cov, prob, dt, mixes, to, told, chance)
        out.mean[k], out.cov[k], out.prob[k] = 0.0, 0.0, 0.0
        for j in range(models):
            if chance[j] == 0.0 or out.prob[k + 1, j] < LEAST:
                continue
            size = 2 if bank.kind[j] == 1 else 4
            after, doubt = out.mean[k + 1, j], out.cov[k + 1, j]
            sound = later(after, doubt, to[j], told[j], size, y, vec)
            moves(bank.kind[j], bank.turn[j], bank.noise[j], dt, f, w)
            top = -np.inf
            for i in range(models):
                log[i] = -np.inf
                part = prob[i] * hands(bank, i, j, dt, mixes)
                if part < LEAST * chance[j]:
                    continue
                ahead(bank, mean[i], cov[i], i, j, f, w, one, wide)
                says = joined(one, wide, to[j], y, vec, size, best, sure, back)
                sound = sound and not math.isnan(says)
                log[i] = math.log(part) + says
                top = max(top, log[i])
            unsound += 0 if sound else 1
            total = 0.0
            for i in range(models):
                part = prob[i] * hands(bank, i, j, dt, mixes)
                if part < LEAST * chance[j]:
                    log[i] = 0.0
                else:  # without a sound word the filter's own weights stand (Kim 1994)
                    log[i] = math.exp(log[i] - top) if sound else part
                total += log[i]
            for i in range(models):
                weight = out.prob[k + 1, j] * log[i] / total
                if weight <= 0.0:
                    continue
                ahead(bank, mean[i], cov[i], i, j, f, w, one, wide)
                says = joined(one, wide, to[j], y, vec, size, best, sure, back)
                if not sound:
                    best[:], sure[:] = after, doubt
                p = cov[i].copy()
                if bank.kind[i] == 1 and bank.kind[j] != 1:
                    p[2, 2] += bank.speed[j] ** 2
                    p[3, 3] += bank.speed[j] ** 2
                undone(f, p, back, mean[i], one, wide, best, sure, here, spread)
                add_up(bank.kind[i], weight, here, spread, k, i, out)
        unite(k, out)
    return unsound


@kernel
def add_up(
    kind: int, weight: float, mean: Floats, cov: Floats, k: int, i: int, out: Belief
) -> None:
    """Add a weighted belief to model `i` of step `k`; one that stands has no speed."""
    size = 2 if kind == 1 else 4
    out.prob[k, i] += weight
    for r in range(size):
        out.mean[k, i, r] += weight * mean[r]
        for c in range(size):
            out.cov[k, i, r, c] += weight * (cov[r, c] + mean[r] * mean[c])


@kernel
def unite(k: int, out: Belief) -> None:
    """Turn the gathered sums of step `k` into means and covariances."""
    for i in range(out.prob.shape[1]):
        weight = out.prob[k, i]
        if weight <= 0.0:
            continue
        for r in range(4):
            out.mean[k, i, r] /= weight
        for r in range(4):
            for c in range(4):
                out.cov[k, i, r, c] /= weight
                out.cov[k, i, r, c] -= out.mean[k, i, r] * out.mean[k, i, c]
    out.prob[k] /= out.prob[k].sum()
