"""Compiled prediction of tracks over long gaps: a bank of models whose speed reverts.

White acceleration alone would let a walker reach any speed in a gap of minutes. Here
the velocity forgets itself at the rate at which the same acceleration keeps up the
spread of speeds that the bank gives to new targets: short gaps are as in the tracker.
"""

import math

import numpy as np

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import Bank, Floats


@kernel
def reverts(kind: int, q: float, speed: float, dt: float, f: Floats, w: Floats) -> None:
    """Set matrix and noise of a step of a velocity that reverts (Millefiori 2016)."""
    f[:], w[:] = 0.0, 0.0
    f[0, 0] = f[1, 1] = 1.0
    if kind == 1:
        w[0, 0] = w[1, 1] = q * dt
        return
    rate = max(q / (2.0 * speed * speed), 1e-9)
    kept = math.exp(-rate * dt)
    gone = -math.expm1(-rate * dt)
    both = -math.expm1(-2.0 * rate * dt)
    if rate * dt < 1e-3:  # the formula below loses its figures
        xx = q * dt**3 / 3.0
    else:
        xx = q / rate**2 * (dt - 2.0 * gone / rate + both / (2.0 * rate))
    for k in range(2):
        f[k, k + 2], f[k + 2, k + 2] = gone / rate, kept
        w[k, k] = xx
        w[k, k + 2] = w[k + 2, k] = q / (2.0 * rate**2) * gone**2
        w[k + 2, k + 2] = q / (2.0 * rate) * both


@kernel
def carry(
    bank: Bank, mean: Floats, cov: Floats, prob: Floats, gap_s: float, steps: int
) -> None:
    """Move a track's models, (models, 4) and (models, 4, 4), over a gap, in place."""
    models, dt = prob.size, gap_s / steps
    f, w, half = np.zeros((4, 4)), np.zeros((4, 4)), np.zeros((4, 4))
    to, told, after = np.zeros((models, 4)), np.zeros((models, 4, 4)), np.zeros(models)
    for _ in range(steps):
        to[:], told[:], after[:] = 0.0, 0.0, 0.0
        for j in range(models):
            for i in range(models):
                stay = 1.0 / (1.0 + dt * bank.leave[i])
                part = stay if i == j else (1.0 - stay) * bank.split[i, j]
                part *= prob[i]
                if part < 1e-12:
                    continue
                after[j] += part
                kick = bank.speed[j] ** 2 if bank.kind[i] == 1 else 0.0
                for r in range(4):
                    to[j, r] += part * mean[i, r]
                    for c in range(4):
                        told[j, r, c] += part * (cov[i, r, c] + mean[i, r] * mean[i, c])
                told[j, 2, 2] += part * kick
                told[j, 3, 3] += part * kick
            if after[j] == 0.0:
                continue
            for r in range(4):
                to[j, r] /= after[j]
            for r in range(4):
                for c in range(4):
                    told[j, r, c] = told[j, r, c] / after[j] - to[j, r] * to[j, c]
        # A second loop, as the means that were mixed are needed until all are mixed.
        for j in range(models):
            prob[j] = after[j]
            if after[j] == 0.0:
                continue
            reverts(bank.kind[j], bank.noise[j], bank.speed[j], dt, f, w)
            half[:] = 0.0
            for r in range(4):
                mean[j, r] = 0.0
                for k in range(4):
                    mean[j, r] += f[r, k] * to[j, k]
                    for c in range(4):
                        half[r, c] += f[r, k] * told[j, k, c]
            for r in range(4):
                for c in range(4):
                    cov[j, r, c] = w[r, c]
                    for k in range(4):
                        cov[j, r, c] += half[r, k] * f[c, k]
