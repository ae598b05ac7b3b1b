"""Small scenes: sensors in a row, targets that go straight, and clutter."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker import SensorTable

Floats = NDArray[np.float64]


def row_of_radars(n: int = 2, **other: object) -> SensorTable:
    """Return `n` radars 8 km apart that scan every 2 s."""
    columns: dict[str, object] = {
        "sensor_id": 10 + np.arange(n),
        "x_m": 8_000.0 * np.arange(n),
        "y_m": np.zeros(n),
        "sigma_range_m": 15.0,
        "sigma_azimuth_rad": 0.0105,
        "pd": 0.9,
        "clutter_per_scan": 4.0,
        "range_m": 10_000.0,
        "period_s": 2.0,
        "phase_s": 0.7 * np.arange(n),
    }
    return SensorTable.make(**(columns | other))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Scene:
    """Detections, and where the targets were."""

    time_s: Floats
    sensor_id: NDArray[np.int64]
    range_m: Floats
    azimuth_rad: Floats
    range_rate_mps: Floats  # NaN for one in ten
    start: Floats  # (targets, 4)

    def fed(self, order: NDArray[np.int64] | None = None) -> dict[str, object]:
        """Return the detections as arguments of `Tracker.feed`."""
        which = np.arange(len(self.time_s)) if order is None else order
        return {
            "time_s": self.time_s[which],
            "sensor_id": self.sensor_id[which],
            "range_m": self.range_m[which],
            "azimuth_rad": self.azimuth_rad[which],
            "ident": which,
        }

    def truth_at(self, time_s: float) -> Floats:
        """Return (targets, 4) at a time."""
        now = self.start.copy()
        now[:, :2] += time_s * now[:, 2:]
        return now


def made(table: SensorTable, *, targets: int, until_s: float, seed: int) -> Scene:
    """Make a scene of walkers and vehicles that go straight."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(table.x_m.min() - 5_000, table.x_m.max() + 5_000, targets)
    y = rng.uniform(-5_000, 5_000, targets)
    speed = np.where(rng.random(targets) < 0.6, 1.4, 12.0)
    way = rng.uniform(0, 2 * np.pi, targets)
    start = np.column_stack([x, y, speed * np.sin(way), speed * np.cos(way)])
    found = []
    for row in range(len(table)):
        k = 0
        while (time := table.phase_s[row] + k * table.period_s[row]) <= until_s:
            k += 1
            at = start[:, :2] + time * start[:, 2:]
            dx, dy = at[:, 0] - table.x_m[row], at[:, 1] - table.y_m[row]
            r = np.hypot(dx, dy)
            hit = (r < table.range_m[row]) & (rng.random(targets) < table.pd[row])
            r = r[hit] + rng.normal(0, table.sigma_range_m[row], hit.sum())
            az = np.arctan2(dx, dy)[hit]
            az = az + rng.normal(0, table.sigma_azimuth_rad[row], hit.sum())
            noise = rng.poisson(table.clutter_per_scan[row])
            # Rates come from a generator of their own, so that places stay the same.
            dice = np.random.default_rng([seed, row, k])
            rate = (dx * start[:, 2] + dy * start[:, 3])[hit] / np.hypot(dx, dy)[hit]
            rate = rate + dice.normal(0, 0.4, len(rate))
            rate = np.append(rate, dice.uniform(-60, 60, noise))
            rate[dice.random(len(rate)) < 0.1] = np.nan
            r = np.append(np.abs(r), table.range_m[row] * np.sqrt(rng.random(noise)))
            az = np.append(az, rng.uniform(0, 2 * np.pi, noise)) % (2 * np.pi)
            who = np.full(len(r), table.sensor_id[row])
            found.append(np.column_stack([np.full(len(r), time), who, r, az, rate]))
    rows = np.concatenate(found)
    rows = rows[np.lexsort((rows[:, 1], rows[:, 0]))]
    time, who, r, az, rate = rows.T
    return Scene(time, who.astype(np.int64), r, az, rate, start)
