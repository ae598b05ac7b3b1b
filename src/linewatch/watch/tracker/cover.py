"""Cover: how soon, or how likely not, sensors see what goes from place to place."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker.sensors import PLACE, SensorTable

Floats = NDArray[np.float64]

STOPS: Final = 8
"""Places on a way that stand for all of it [-]."""

CELL_M: Final = 500.0
"""Side of the cells that the covered ground is counted in [m]."""


@dataclass(frozen=True, slots=True)
class Cover:
    """Where sensors with a schedule look.

    Parameters
    ----------
    sensors : SensorTable
        The sensors; those without a schedule say nothing by their silence.
    """

    sensors: SensorTable

    def looks(self, place: Floats) -> tuple[Floats, Floats]:
        """Return detections due [1/s] at places (n, 2), and the log of their misses.

        The second is the sum of log(1 - pd) / period over sensors [1/s].
        """
        table = self.sensors
        due, missed = np.zeros(len(place)), np.zeros(len(place))
        order = np.argsort(place[:, 0], kind="stable")
        x = place[order, 0]
        low = np.searchsorted(x, table.x_m - table.range_m)
        high = np.searchsorted(x, table.x_m + table.range_m)
        # Most sensors of a long line reach none of the places.
        told = (table.period_s > 0) & (table.kind < PLACE) & (low < high)
        for row in np.flatnonzero(told).tolist():
            at = order[low[row] : high[row]]
            chance = self._chance(row, place[at])
            due[at] += chance / table.period_s[row]
            missed[at] += np.log1p(-np.minimum(chance, 0.999)) / table.period_s[row]
        return due, missed

    def _chance(self, row: int, place: Floats) -> Floats:
        """Return the chance that one sensor detects at places."""
        table = self.sensors
        dx, dy = place[:, 0] - table.x_m[row], place[:, 1] - table.y_m[row]
        turn = np.arctan2(dx, dy) - table.middle_rad[row]
        turn = np.abs((turn + np.pi) % (2 * np.pi) - np.pi)
        inside = (np.hypot(dx, dy) <= table.range_m[row]) & (
            turn <= table.half_rad[row]
        )
        chart = table.maps.get(row)
        if chart is None:
            return np.where(inside, table.pd[row], 0.0)
        col = np.floor((place[:, 0] - chart.west_m) / chart.cell_m).astype(np.int64)
        up = np.floor((place[:, 1] - chart.south_m) / chart.cell_m).astype(np.int64)
        rows, cols = chart.chance.shape
        inside &= (col >= 0) & (up >= 0) & (col < cols) & (up < rows)
        found = chart.chance[np.clip(up, 0, rows - 1), np.clip(col, 0, cols - 1)]
        return np.where(inside, found / 255.0, 0.0)

    def passed(
        self, start: Floats, end: Floats, over_s: Floats
    ) -> tuple[Floats, Floats]:
        """Return what becomes of that which goes straight from start to end.

        The chance that it is not seen, and the mean number of times that it is seen.
        """
        part = (np.arange(STOPS) + 0.5) / STOPS
        way = start[:, None, :] + part[:, None] * (end - start)[:, None, :]
        due, log = self.looks(way.reshape(-1, 2))
        missed = np.exp(log.reshape(-1, STOPS).mean(axis=1) * over_s)
        return missed, due.reshape(-1, STOPS).mean(axis=1) * over_s

    def wait_s(self, place: Floats) -> Floats:
        """Return the mean time until something new at places is seen, inf beyond."""
        due, _ = self.looks(place)
        with np.errstate(divide="ignore"):
            return np.asarray(1 / due)

    def area_m2(self) -> float:
        """Return the ground that any sensor covers [m2]."""
        table = self.sensors
        west, east = (
            (table.x_m - table.range_m).min(),
            (table.x_m + table.range_m).max(),
        )
        south = (table.y_m - table.range_m).min()
        north = (table.y_m + table.range_m).max()
        x = np.arange(west, east, CELL_M) + CELL_M / 2
        y = np.arange(south, north, CELL_M) + CELL_M / 2
        total = 0
        for each in np.array_split(x, max(len(x) * len(y) // 200_000, 1)):
            place = np.stack(np.meshgrid(each, y), axis=-1).reshape(-1, 2)
            total += int((self.looks(place)[0] > 0).sum())
        return max(total, 1) * CELL_M**2
