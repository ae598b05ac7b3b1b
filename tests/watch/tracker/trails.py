"""Trails made by hand: one target seen by sensors, without a tracker between."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.watch.tracker import TrackerSettings
from linewatch.watch.tracker.trail import Trail

Floats = NDArray[np.float64]


def trail_of(time_s: ArrayLike, place: ArrayLike, **other: ArrayLike) -> Trail:
    """Return a trail of one track that was seen at `place`, (n, 2), at every time."""
    time, at = np.asarray(time_s, np.float64), np.asarray(place, np.float64)
    n = len(time)
    columns: dict[str, ArrayLike] = {
        "track_id": np.ones(n, np.int64),
        "row": np.zeros(n, np.int64),
        "born": np.arange(n) == 0,
        "pairs": np.ones(n, np.int64),
        "own": np.ones(n, np.int64),
        "hit": np.ones(n),
        "pd": np.full(n, 0.9),
        "noise_m2": np.tile([400.0, 0.0, 400.0], (n, 1)),
        "ahead_x_m": at[:, 0],
        "ahead_y_m": at[:, 1],
        "ahead_m2": np.tile([400.0, 0.0, 400.0], (n, 1)),
        "share": np.ones(n),
        "ident": np.arange(n),
        "existence": np.full(n, 0.99),
        "gate_m2": np.full(n, 1e4),
    }
    columns = columns | other
    return Trail(time_s=time, x_m=at[:, 0], y_m=at[:, 1], **columns)  # type: ignore[arg-type]


def walked(
    rng: np.random.Generator, *, steps: int, dt: float, noise: float, speed: float
) -> Floats:
    """Draw the states of a target under white acceleration, exactly: (steps, 4)."""
    f = np.eye(4)
    f[0, 2] = f[1, 3] = dt
    q = noise * np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(2))
    root = np.linalg.cholesky(q)
    state = np.zeros((steps, 4))
    state[0, 2:] = speed * rng.standard_normal(2)
    for k in range(1, steps):
        state[k] = f @ state[k - 1] + root @ rng.standard_normal(4)
    return state


def jumped(
    rng: np.random.Generator, settings: TrackerSettings, *, steps: int, dt: float
) -> Floats:
    """Draw the states of a target that moves as a bank says it may: (steps, 4)."""
    bank = settings.arrays()
    model = rng.choice(len(bank.kind), p=bank.prior)
    state = np.zeros((steps, 4))
    if bank.kind[model] != 1:
        state[0, 2:] = bank.speed[model] * rng.standard_normal(2)
    for k in range(1, steps):
        now = state[k - 1].copy()
        # As in the tracker, nothing changes before the second detection.
        if k > 1 and rng.random() > 1 / (1 + dt * bank.leave[model]):
            then = rng.choice(len(bank.kind), p=bank.split[model])
            if bank.kind[model] == 1 and bank.kind[then] != 1:
                now[2:] = bank.speed[then] * rng.standard_normal(2)
            model = then
        noise = bank.noise[model]
        if bank.kind[model] == 1:
            now[2:] = 0
            now[:2] += np.sqrt(noise * dt) * rng.standard_normal(2)
        else:
            q = np.kron([[dt**3 / 3, dt**2 / 2], [dt**2 / 2, dt]], np.eye(2))
            now[:2] += dt * now[2:]
            now += np.linalg.cholesky(noise * q) @ rng.standard_normal(4)
        state[k] = now
    return state
