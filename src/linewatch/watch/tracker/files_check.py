"""Telling good rows of detections from bad ones, by line and reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import FAULTS_SHOWN, BadLines
from linewatch.watch.tracker.sensors import BEARING, FIBRE, PLACE, POLAR, SensorTable

COUNT, REFUSE = WAYS = ("count", "refuse")
"""Ways with bad rows: count them and go on, or refuse the file."""

REASONS: Final[Mapping[str, str]] = {
    "columns": "has too many or too few columns",
    "time": "time_s must be a finite number",
    "sensor": "sensor_id is not in the sensor file",
    "range": "range_m must be a number of 0 or more",
    "azimuth": "azimuth_rad must be a finite number",
    "place": "x and y must be finite numbers",
    "along": "along_m must be a position on the fibre",
    "covariance": "cov_xx, cov_xy and cov_yy must make a covariance",
    "extra": "a further figure must be finite or left out",
    "late": "time_s is further back than the lag",
    "leap": "time_s is further from the other times than the longest gap",
}
"""Why a row cannot be used, and how that is told."""

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Columns = dict[str, Floats]


@dataclass(slots=True)
class Faults:
    """Bad rows found so far: how many for each reason, and the first ones by line."""

    many: dict[str, int] = field(default_factory=dict)
    first: list[tuple[int, str]] = field(default_factory=list)

    def add(self, reason: str, lines: Longs, told: str | None = None) -> None:
        """Count the rows at `lines`, and keep enough of them to tell."""
        if not len(lines):
            return
        self.many[reason] = self.many.get(reason, 0) + len(lines)
        what = told or REASONS[reason]
        self.first += [(int(line), what) for line in np.sort(lines)[:FAULTS_SHOWN]]
        self.first = sorted(self.first)[:FAULTS_SHOWN]

    @property
    def total(self) -> int:
        """Rows that cannot be used."""
        return sum(self.many.values())

    def refuse(self, path: Path) -> None:
        """Raise what tells them all.

        Raises
        ------
        BadLines
            If there are any.
        """
        if self.total:
            raise BadLines(path, self.first, more=self.total - len(self.first))


def sift(
    found: Columns, line: Longs, table: SensorTable, faults: Faults
) -> tuple[Columns, Longs]:
    """Return the rows that can be used, and their lines.

    Parameters
    ----------
    found : dict of str to ndarray
        Figures by our names, NaN where there is none.
    line : ndarray of int64
        Line of each row.
    table : SensorTable
        Sensors that they may come from.
    faults : Faults
        Takes the others in, each by its first fault.

    Notes
    -----
    A row without any figure is an empty line and no detection.
    """
    good = np.isfinite(found["time_s"])
    if not good.all():
        empty = np.ones(len(line), np.bool_)
        for part in found.values():
            empty &= np.isnan(part)
        found = {name: part[~empty] for name, part in found.items()}
        line = line[~empty]
        good = np.isfinite(found["time_s"])
    if "sensor_id" not in found:  # one sensor: it is that
        found["sensor_id"] = np.full(len(line), float(table.sensor_id[0]))
    row = _rows(found["sensor_id"], table)
    if "radius_m" in found:
        found |= _presence(found, row, table)
    checks = _checks(found, np.where(row >= 0, table.kind[row], -1), good)
    if "along_m" in found:
        checks.append(("along", _on_fibre(found["along_m"], row, table)))
    fine = np.ones(len(line), np.bool_)
    for reason, passed in checks:
        faults.add(reason, line[fine & ~passed])
        fine &= passed
    if fine.all():
        return found, line
    return {name: part[fine] for name, part in found.items()}, line[fine]


def _presence(found: Columns, row: Longs, table: SensorTable) -> Columns:
    """Return x and y, the sensor's own where it tells only that something is near."""
    none = np.full(len(row), np.nan)
    x, y = found.get("x", none), found.get("y", none)
    bare = np.isnan(x) & np.isnan(y) & (found["radius_m"] > 0) & (row >= 0)
    return {
        "x": np.where(bare, table.x_m[row], x),
        "y": np.where(bare, table.y_m[row], y),
    }


def _on_fibre(along_m: Floats, row: Longs, table: SensorTable) -> NDArray[np.bool_]:
    """Tell which rows are on the fibre of their sensor, or of no fibre."""
    fine = np.ones(len(row), np.bool_)
    for at, fibre in table.fibres.items():
        mine = row == at
        fine[mine] = fibre.reaches(along_m[mine])
    return fine


def _rows(sensor_id: Floats, table: SensorTable) -> Longs:
    """Return each row's sensor as a row of the table, -1 where it is unknown."""
    order = np.argsort(table.sensor_id, kind="stable")
    ids = table.sensor_id[order].astype(np.float64)
    at = np.minimum(np.searchsorted(ids, sensor_id), len(ids) - 1)
    return np.where(ids[at] == sensor_id, order[at], -1).astype(np.int64)


def _checks(
    found: Columns, kind: Longs, timed: NDArray[np.bool_]
) -> list[tuple[str, NDArray[np.bool_]]]:
    """Return which rows pass each rule that a row of its kind has to pass."""
    rows = len(kind)
    none = np.full(rows, np.nan)
    far, way = found.get("range_m", none), found.get("azimuth_rad", none)
    x, y = found.get("x", none), found.get("y", none)
    own = "own_x" in found
    polar = (kind == POLAR) | ((kind == PLACE) & own)
    angled = polar | (kind == BEARING)
    place = (kind == PLACE) & (not own)
    with np.errstate(invalid="ignore"):
        checks = [
            ("time", timed),
            ("sensor", kind >= 0),
            ("range", ~polar | (np.isfinite(far) & (far >= 0))),
            ("azimuth", ~angled | np.isfinite(way)),
            ("place", ~place | (np.isfinite(x) & np.isfinite(y))),
            ("along", (kind != FIBRE) | np.isfinite(found.get("along_m", none))),
        ]
        if own:
            here = np.isfinite(found["own_x"]) & np.isfinite(found.get("own_y", none))
            checks.append(("place", here | (kind != PLACE)))
        if "cov_xx" in found:
            checks.append(("covariance", ~place | _is_covariance(found, rows)))
    # Left out is allowed: one radar has it and another not.
    extra = ("elevation_rad", "range_rate_mps", "radius_m", "along_m")
    checks += [("extra", ~np.isinf(found[n])) for n in extra if n in found]
    if "elevation_rad" in found:  # straight up and down have no range on the ground
        steep = np.abs(found["elevation_rad"]) >= np.pi / 2
        checks.append(("extra", ~steep))
    return checks


def _is_covariance(found: Columns, rows: int) -> NDArray[np.bool_]:
    """Tell which covariances can be used; left out is allowed."""
    zero = np.zeros(rows)
    xx, xy = found["cov_xx"], found.get("cov_xy", zero)
    yy = found.get("cov_yy", xx)
    left_out = np.isnan(xx) & np.isnan(yy)
    fine = (xx > 0) & (xx * yy > xy**2) & np.isfinite(xx * yy)
    return np.asarray(left_out | fine, np.bool_)


def forward(
    time_s: Floats, newest_s: float, *, lag_s: float, gap_s: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_], float]:
    """Take times as they arrive; tell which come too late and which leap ahead.

    Parameters
    ----------
    time_s : ndarray, shape (n,)
        Times in order of arrival [s].
    newest_s : float
        Latest time that came before, -inf at the beginning [s].
    lag_s, gap_s : float
        How far back a time may lie, and how far ahead [s].

    Returns
    -------
    tuple
        Which are late, which leap, and the latest time now. A time that leaps does not
        count as the latest, so one wrong clock makes no other time late.
    """
    latest = np.maximum.accumulate(np.append(newest_s, time_s))
    leap = np.zeros(len(time_s), np.bool_)
    if (np.diff(latest) > gap_s)[np.isfinite(latest[:-1])].any():
        now = newest_s
        for at, time in enumerate(time_s.tolist()):
            if np.isfinite(now) and time > now + gap_s:
                leap[at] = True
            else:
                now = max(now, time)
            latest[at + 1] = now
    late = ~leap & (time_s < latest[1:] - lag_s)
    return late, leap, float(latest[-1])


def longest_run(sorted_s: Floats, gap_s: float) -> slice:
    """Return where most times lie without a gap above `gap_s` between two."""
    cuts = np.flatnonzero(np.diff(sorted_s) > gap_s) + 1
    edges = np.concatenate([[0], cuts, [len(sorted_s)]])
    most = int(np.argmax(np.diff(edges)))
    return slice(int(edges[most]), int(edges[most + 1]))
