"""Files of walkers before one radar, with resolution cells as sensors have them."""

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker import SensorTable, Tracker, TrackerSettings
from linewatch.watch.tracker.groups import Groups, GroupSettings

Floats = NDArray[np.float64]


def file_of(rng: np.random.Generator, size: int, away_m: float, turn: float) -> Floats:
    """Return start and velocity (size, 4) of walkers in file, 8 to 24 m apart."""
    behind = np.cumsum(np.append(0.0, rng.uniform(8.0, 24.0, size - 1)))
    vx, vy = 1.35 * np.sin(turn), 1.35 * np.cos(turn)
    azimuth = rng.uniform(0, 2 * np.pi)
    x = away_m * np.sin(azimuth) - behind * np.sin(turn)
    y = away_m * np.cos(azimuth) - behind * np.cos(turn)
    x, y = x + 2 * rng.standard_normal(size), y + 2 * rng.standard_normal(size)
    return np.column_stack([x, y, np.full(size, vx), np.full(size, vy)])


def radar(**other: object) -> SensorTable:
    """Return one radar that scans every 5 s."""
    columns: dict[str, object] = {
        "sensor_id": [1],
        "x_m": 0.0,
        "y_m": 0.0,
        "sigma_range_m": 10.0,
        "sigma_azimuth_rad": 0.008,
        "pd": 0.85,
        "clutter_per_scan": 0.5,
        "range_m": 10_000.0,
        "period_s": 5.0,
        "phase_s": 0.0,
    }
    return SensorTable.make(**(columns | other))  # type: ignore[arg-type]


def looks_at(
    rng: np.random.Generator,
    table: SensorTable,
    start: Floats,
    time_s: float,
    cell_sigmas: float,
) -> tuple[Floats, Floats]:
    """Return ranges and azimuths of one scan: one detection a cell, and clutter."""
    at = start[:, :2] + time_s * start[:, 2:]
    r, a = np.hypot(at[:, 0], at[:, 1]), np.arctan2(at[:, 0], at[:, 1]) % (2 * np.pi)
    seen = rng.random(len(r)) < table.pd[0]
    r, a = r[seen], a[seen]
    sigma_r, sigma_a = table.sigma_range_m[0], table.sigma_azimuth_rad[0]
    if cell_sigmas > 0:
        cells = np.column_stack(
            [r // (cell_sigmas * sigma_r), a // (cell_sigmas * sigma_a)]
        )
        _, first = np.unique(cells, axis=0, return_index=True)
        r, a = r[np.sort(first)], a[np.sort(first)]
    r = r + sigma_r * rng.standard_normal(len(r))
    a = a + sigma_a * rng.standard_normal(len(a))
    many = rng.poisson(table.clutter_per_scan[0])
    r = np.append(np.abs(r), table.range_m[0] * np.sqrt(rng.random(many)))
    return r, np.append(a, rng.uniform(0, 2 * np.pi, many)) % (2 * np.pi)


def followed(
    rng: np.random.Generator,
    size: int,
    *,
    away_m: float,
    turn: float,
    until_s: float = 150.0,
    cell_sigmas: float = 2.0,
    table: SensorTable | None = None,
    settings: GroupSettings | None = None,
) -> tuple[Tracker, Groups, Floats]:
    """Track a file; return tracker, groups and where the walkers are at the end."""
    table = table or radar()
    settings = settings or GroupSettings(cell_sigmas=cell_sigmas)
    start = file_of(rng, size, away_m, turn)
    tracker = Tracker(table, TrackerSettings(trail=True), -1e-6)
    groups = Groups(table, settings)
    for time in np.arange(0.0, until_s + 1, 5.0):
        r, a = looks_at(rng, table, start, time, cell_sigmas)
        tracker.feed(time_s=time, sensor_id=1, range_m=r, azimuth_rad=a)
        tracker.advance(time)
        groups.take(tracker.trail(), tracker.picture())
    return tracker, groups, start[:, :2] + until_s * start[:, 2:]
