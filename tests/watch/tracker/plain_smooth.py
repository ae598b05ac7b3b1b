"""The smoother once more, plainly: NumPy, one pair of models at a time."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker import TrackerSettings
from linewatch.watch.tracker.trail import Trail

Floats = NDArray[Any]
H = np.eye(2, 4)


def _move(kind: int, turn: float, q: float, dt: float) -> tuple[Floats, Floats]:
    """Return matrix and noise of a step."""
    if kind == 1:
        return np.diag([1.0, 1, 0, 0]), q * dt * np.diag([1.0, 1, 0, 0])
    f = np.eye(4)
    a, b, c, s = dt, 0.0, 1.0, 0.0
    if kind == 2:
        c, s = np.cos(turn * dt), np.sin(turn * dt)
        a, b = s / turn, (1 - c) / turn
    f[:2, 2:], f[2:, 2:] = [[a, b], [-b, a]], [[c, s], [-s, c]]
    return f, q * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(2))


def _inverse(a: Floats) -> Floats:
    """Invert a covariance of a place alone, or of place and velocity."""
    out = np.zeros((4, 4))
    size = 2 if not a[2:, 2:].any() else 4
    out[:size, :size] = np.linalg.inv(a[:size, :size])
    return out


def _log_det(a: Floats, size: int) -> float:
    """Return the logarithm of a determinant."""
    return float(np.linalg.slogdet(a[:size, :size])[1])


def plain_smoothed(  # noqa: C901, PLR0912, PLR0915 - one piece, as in the page
    trail: Trail, settings: TrackerSettings
) -> tuple[Floats, Floats, Floats]:
    """Return mean, covariance and chances of motions of the only track of a trail."""
    bank = settings.arrays()
    models, n = len(bank.kind), len(trail)
    z = np.column_stack([trail.x_m, trail.y_m])
    noise = trail.noise_m2[:, [0, 1, 1, 2]].reshape(n, 2, 2)

    def pair(k: int, i: int, j: int, x: Floats, p: Floats) -> tuple[Floats, ...]:
        f, q = _move(bank.kind[j], bank.turn[j], bank.noise[j], dt[k])
        p = p.copy()
        if bank.kind[i] == 1 and bank.kind[j] != 1:
            p[2:, 2:] += bank.speed[j] ** 2 * np.eye(2)
        return f, p, f @ x, f @ p @ f.T + q

    def handed(k: int) -> Floats:
        if np.sum(trail.hit[:k] > 0.5) < 2:
            return np.eye(models)
        stay = 1 / (1 + dt[k] * bank.leave)
        done: Floats = np.diag(stay) + (1 - stay)[:, None] * bank.split
        return done

    dt = np.diff(trail.time_s, prepend=trail.time_s[0])
    mean, cov = np.zeros((n, models, 4)), np.zeros((n, models, 4, 4))
    prob = np.zeros((n, models))
    ahead, wide, due = mean.copy(), cov.copy(), prob.copy()
    for m in range(models):
        mean[0, m, :2], cov[0, m, :2, :2], prob[0, m] = z[0], noise[0], bank.prior[m]
        if bank.kind[m] != 1:
            cov[0, m, 2:, 2:] = bank.speed[m] ** 2 * np.eye(2)
    for k in range(1, n):
        like, to = np.zeros(models), handed(k)
        for j in range(models):
            parts = prob[k - 1] * to[:, j]
            due[k, j] = parts.sum()
            if due[k, j] < 1e-5:
                due[k, j] = 0.0
                continue
            got = [pair(k, i, j, mean[k - 1, i], cov[k - 1, i]) for i in range(models)]
            x = sum(w * g[2] for w, g in zip(parts, got, strict=True)) / due[k, j]
            p = sum(
                w * (g[3] + np.outer(g[2] - x, g[2] - x))
                for w, g in zip(parts, got, strict=True)
            )
            ahead[k, j], wide[k, j] = x, p / due[k, j]
        due[k] /= due[k].sum()
        for j in np.flatnonzero(due[k]).tolist():
            s, off = H @ wide[k, j] @ H.T + noise[k], z[k] - ahead[k, j, :2]
            like[j] = np.exp(-off @ np.linalg.solve(s, off) / 2)
            like[j] /= 2 * np.pi * np.sqrt(np.linalg.det(s))
        total = due[k] @ like
        for j in np.flatnonzero(due[k]).tolist():
            hit, ratio = trail.hit[k], like[j] / total
            part = hit * ratio / (1 - hit + hit * ratio)
            s, off = H @ wide[k, j] @ H.T + noise[k], z[k] - ahead[k, j, :2]
            gain = wide[k, j] @ H.T @ np.linalg.inv(s)
            full = wide[k, j] - gain @ s @ gain.T
            shift = gain @ off
            mean[k, j] = ahead[k, j] + part * shift
            cov[k, j] = (1 - part) * wide[k, j] + part * full
            cov[k, j] += part * (1 - part) * np.outer(shift, shift)
            prob[k, j] = due[k, j] * (1 - hit + hit * ratio)
        prob[k][prob[k] <= 1e-5] = 0.0
        prob[k] /= prob[k].sum()

    xs, ps, ms = mean[-1].copy(), cov[-1].copy(), prob[-1].copy()
    told = [_over(xs, ps, ms)]
    for k in range(n - 2, -1, -1):
        to = handed(k + 1)
        new_x, new_p, new_m = (
            np.zeros((models, 4)),
            np.zeros((models, 4, 4)),
            np.zeros(models),
        )
        for j in np.flatnonzero((due[k + 1] > 0) & (ms >= 1e-5)).tolist():
            size = 2 if bank.kind[j] == 1 else 4
            y = _inverse(ps[j]) - _inverse(wide[k + 1, j])
            vec = _inverse(ps[j]) @ (xs[j] - ahead[k + 1, j])
            rows = []
            for i in range(models):
                part = prob[k, i] * to[i, j]
                if part < 1e-5 * due[k + 1, j]:
                    continue
                f, p, x, w = pair(k + 1, i, j, mean[k, i], cov[k, i])
                sharp = _inverse(w) + y
                sound = np.linalg.eigvalsh(sharp[:size, :size]).min() > 0
                off = x - ahead[k + 1, j]
                pull, sure = vec + _inverse(w) @ off, np.zeros((4, 4))
                sure[:size, :size] = np.linalg.inv(sharp[:size, :size])
                log = pull @ sure @ pull - off @ _inverse(w) @ off
                log -= _log_det(w, size) + _log_det(sharp, size)
                best = ahead[k + 1, j] + sure @ pull
                rows.append(
                    (i, part, log / 2 if sound else np.nan, f, p, x, w, best, sure)
                )
            logs = np.array([row[2] for row in rows])
            sound = not np.isnan(logs).any()
            shares = np.array([row[1] for row in rows])
            if sound:
                shares = shares * np.exp(logs - np.max(np.log(shares) + logs))
            for (i, _, _, f, p, x, w, best, sure), share in zip(
                rows, ms[j] * shares / shares.sum(), strict=True
            ):
                to_x, to_p = (best, sure) if sound else (xs[j], ps[j])
                g = p @ f.T @ _inverse(w)
                at, blur = mean[k, i] + g @ (to_x - x), p + g @ (to_p - w) @ g.T
                if bank.kind[i] == 1:
                    at[2:], blur[2:], blur[:, 2:] = 0, 0, 0
                new_m[i] += share
                new_x[i] += share * at
                new_p[i] += share * (blur + np.outer(at, at))
        for i in np.flatnonzero(new_m).tolist():
            new_x[i] /= new_m[i]
            new_p[i] = new_p[i] / new_m[i] - np.outer(new_x[i], new_x[i])
        xs, ps, ms = new_x, new_p, new_m / new_m.sum()
        told.append(_over(xs, ps, ms))
    best, full, chance = (np.array(part) for part in zip(*told[::-1], strict=True))
    return best, full, chance


def _over(x: Floats, p: Floats, m: Floats) -> tuple[Floats, Floats, Floats]:
    """Return mean and covariance over the models, and their chances."""
    best = m @ x
    off = x - best
    return best, np.einsum("m,mij->ij", m, p + off[:, :, None] * off[:, None, :]), m
