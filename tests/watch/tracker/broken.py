"""Targets whose tracks break where no sensor sees: truth for stitching."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker import (
    ChanceMap,
    Motion,
    SensorTable,
    TrackerSettings,
    Tracks,
)
from linewatch.watch.tracker._kernels_stitch import reverts

Floats = NDArray[np.float64]

WALK = Motion(name="walk", target="walker", noise=0.006, speed_mps=1.0, prior=1.0)
SIDE_M, STRIP_M, STEP_S = 1_500.0, 100.0, 5.0


def settings(births_per_km2_h: float, life_s: float = 3_000.0) -> TrackerSettings:
    """Return settings of walkers alone."""
    return TrackerSettings(
        bank=(WALK,),
        birth_per_km2_h=births_per_km2_h,
        life_s=life_s,
        unseen_per_km2=births_per_km2_h * 150 / 3_600,  # of the dark strip
    )


def table() -> SensorTable:
    """Return a radar that covers a square, but for a strip along its middle."""
    cells = int(2 * SIDE_M / 40)
    chance = np.full((cells, cells), 230, np.uint8)
    middle = -SIDE_M + 40 * (np.arange(cells) + 0.5)
    chance[np.abs(middle) < STRIP_M] = 0
    return SensorTable.make(
        sensor_id=[1], x_m=0.0, y_m=0.0, sigma_range_m=10.0, sigma_azimuth_rad=0.005,
        pd=0.9, clutter_per_scan=1.0, range_m=2 * SIDE_M, period_s=STEP_S, phase_s=0.0,
        maps={
            0: ChanceMap(chance=chance, west_m=-SIDE_M, south_m=-SIDE_M, cell_m=40.0)
        },
    )  # fmt: skip


@dataclass
class World:
    """Walkers that are born evenly, wander, and get a new track after each strip."""

    rng: np.random.Generator
    per_km2_h: float
    life_s: float = 3_000.0
    state: Floats = field(default_factory=lambda: np.zeros((0, 4)))
    target: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    track: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    first_s: Floats = field(default_factory=lambda: np.zeros(0))
    owner: dict[int, int] = field(default_factory=dict)
    born: int = 0

    def step(self, time_s: float) -> Tracks:
        """Move the world on by a step; return its picture: who is seen, with noise."""
        rng, f, w = self.rng, np.zeros((4, 4)), np.zeros((4, 4))
        reverts(0, WALK.noise, WALK.speed_mps, STEP_S, f, w)
        root = np.linalg.cholesky(w)
        live = rng.random(len(self.state)) < np.exp(-STEP_S / self.life_s)
        live &= (np.abs(self.state[:, :2]) < SIDE_M).all(axis=1)
        noise = rng.standard_normal((len(self.state), 4)) @ root.T
        self._keep(live, self.state @ f.T + noise)
        many = rng.poisson(self.per_km2_h * (2 * SIDE_M / 1e3) ** 2 * STEP_S / 3600)
        fresh = np.column_stack(
            [rng.uniform(-SIDE_M, SIDE_M, (many, 2)), rng.standard_normal((many, 2))]
        )
        self.state = np.concatenate([self.state, fresh])
        self.target = np.append(self.target, self.born + np.arange(many))
        self.track = np.append(self.track, np.full(many, -1))
        self.first_s = np.append(self.first_s, np.zeros(many))
        self.born += many
        seen = np.abs(self.state[:, 1]) > STRIP_M
        self.track[~seen] = -1
        new = np.flatnonzero(seen & (self.track < 0))
        self.track[new] = len(self.owner) + np.arange(len(new))
        self.first_s[new] = time_s
        self.owner |= dict(
            zip(self.track[new].tolist(), self.target[new].tolist(), strict=True)
        )
        return self._picture(time_s, np.flatnonzero(seen))

    def _keep(self, live: NDArray[np.bool_], state: Floats) -> None:
        self.state, self.target = state[live], self.target[live]
        self.track, self.first_s = self.track[live], self.first_s[live]

    def _picture(self, time_s: float, at: NDArray[np.int64]) -> Tracks:
        at = at[np.argsort(self.track[at])]
        sigma = np.array([10.0, 10.0, 0.3, 0.3])
        state = self.state[at] + sigma * self.rng.standard_normal((len(at), 4))
        n = len(at)
        return Tracks(
            time_s=time_s,
            track_id=self.track[at].astype(np.int64),
            x_m=state[:, 0],
            y_m=state[:, 1],
            vx_mps=state[:, 2],
            vy_mps=state[:, 3],
            cov=np.tile(np.diag(sigma**2), (n, 1, 1)),
            existence=np.full(n, 0.9999),
            class_chance=np.tile([1.0, 0.0, 0.0], (n, 1)),
            count_low=np.ones(n, np.int64),
            count_high=np.ones(n, np.int64),
            last_seen_s=np.full(n, time_s),
            first_seen_s=self.first_s[at],
            made_by=np.full((n, 1), -1, np.int64),
        )
