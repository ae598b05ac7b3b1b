"""Putting detections into the scans they belong to, empty scans included."""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker.arrays import Scans
from linewatch.watch.tracker.sensors import PLACE, SensorTable

NEAR_S: Final = 5e-3
"""How far from its scan's time a detection that belongs to it may be stamped [s]."""

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


class Batch(NamedTuple):
    """Detections as arrays of shape (n,); `row` is the row of the sensor table."""

    time_s: Floats
    row: Longs
    a: Floats
    b: Floats
    ident: Longs
    noise: Floats | None = None  # (n, 3) of places, None where there are none
    rate: Floats | None = None  # range rate, NaN without, None where there are none

    def pick(self, which: NDArray[np.bool_] | Longs) -> "Batch":
        """Return the detections that `which` picks."""
        if which.dtype == np.bool_ and which.all():
            return self
        return Batch(
            self.time_s[which],
            self.row[which],
            self.a[which],
            self.b[which],
            self.ident[which],
            None if self.noise is None else self.noise[which],
            None if self.rate is None else self.rate[which],
        )

    def noises(self) -> Floats:
        """Return the noise of each, 0 where none is told."""
        n = len(self.time_s)
        return np.zeros((n, 3)) if self.noise is None else self.noise

    def rates(self) -> Floats:
        """Return the range rate of each, NaN where none is told."""
        return np.full(len(self.time_s), np.nan) if self.rate is None else self.rate

    @classmethod
    def joined(cls, parts: list["Batch"]) -> "Batch":
        """Return the detections of all `parts`, in their order."""
        if len(parts) == 1:
            return parts[0]
        none, longs = np.zeros(0), np.zeros(0, np.int64)
        placed = any(part.noise is not None for part in parts)
        rated = any(part.rate is not None for part in parts)
        return cls(
            np.concatenate([none, *(part.time_s for part in parts)]),
            np.concatenate([longs, *(part.row for part in parts)]),
            np.concatenate([none, *(part.a for part in parts)]),
            np.concatenate([none, *(part.b for part in parts)]),
            np.concatenate([longs, *(part.ident for part in parts)]),
            np.concatenate([part.noises() for part in parts]) if placed else None,
            np.concatenate([part.rates() for part in parts]) if rated else None,
        )


def _scan_time_s(table: SensorTable, row: Longs, k: Floats) -> Floats:
    """Return the time of scan `k`, to the microsecond so that equal means equal."""
    return np.round(table.phase_s[row] + k * table.period_s[row], 6)


def on_schedule(table: SensorTable, row: Longs, time_s: Floats) -> Floats:
    """Return the time of the scan that each detection belongs to, or its own time."""
    period = table.period_s[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        k = np.round((time_s - table.phase_s[row]) / period)
        scan_s = _scan_time_s(table, row, k)
    near = (period > 0) & (np.abs(scan_s - time_s) <= NEAR_S)
    return np.where(near & (table.kind[row] < PLACE), scan_s, np.round(time_s, 6))


def is_scan(table: SensorTable, row: Longs, time_s: Floats) -> NDArray[np.bool_]:
    """Tell which times are exactly those of a scan."""
    period = table.period_s[row]
    with np.errstate(divide="ignore", invalid="ignore"):
        k = np.round((time_s - table.phase_s[row]) / period)
        same = _scan_time_s(table, row, k) == time_s
    there: NDArray[np.bool_] = (period > 0) & same & (table.kind[row] < PLACE)
    return there


def due(table: SensorTable, after_s: float, until_s: float) -> tuple[Floats, Longs]:
    """Return time and sensor row of every scan in (after_s, until_s]."""
    rows = np.flatnonzero((table.period_s > 0) & (table.kind < PLACE))
    period, phase = table.period_s[rows], table.phase_s[rows]
    first = np.floor((after_s - phase) / period).astype(np.int64)
    last = np.ceil((until_s - phase) / period).astype(np.int64)
    many = np.maximum(last - first + 1, 0)
    which = np.repeat(rows, many)
    k = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
    time_s = _scan_time_s(table, which, (k + np.repeat(first, many)).astype(np.float64))
    inside = (time_s > after_s) & (time_s <= until_s)
    return time_s[inside], which[inside].astype(np.int64)


def is_out(
    outages: list[tuple[int, float, float]], row: Longs, time_s: Floats
) -> NDArray[np.bool_]:
    """Tell which scans fall into an outage (row, from, until)."""
    out = np.zeros(len(row), np.bool_)
    for which, from_s, until_s in outages:
        out |= (row == which) & (time_s >= from_s) & (time_s < until_s)
    return out


def in_order(batch: Batch) -> Longs:
    """Return the order by time, sensor and figures, whatever the order of arrival."""
    by_scan = np.lexsort((batch.row, batch.time_s))  # quick where they come in order
    time_s, row, a = batch.time_s[by_scan], batch.row[by_scan], batch.a[by_scan]
    scan = np.zeros(len(row), np.int64)
    scan[1:] = np.cumsum((time_s[1:] != time_s[:-1]) | (row[1:] != row[:-1]))
    by_a = np.argsort(a)
    short = np.uint16 if len(scan) and scan[-1] < 2**16 else np.int64  # 16 bits: radix
    order = by_a[np.argsort(scan[by_a].astype(short), kind="stable")]
    scan, a = scan[order], a[order]
    if ((scan[1:] == scan[:-1]) & (a[1:] == a[:-1])).any():  # the others decide
        keys = [batch.ident, batch.b, batch.a, batch.row, batch.time_s]
        if batch.rate is not None:
            keys.insert(0, batch.rate)
        if batch.noise is not None:
            keys[:0] = list(batch.noise.T)
        return np.lexsort(keys)
    return by_scan[order]


def distinct(batch: Batch) -> Batch:
    """Return the detections in order of time, sensor and figures, each once."""
    batch = batch.pick(in_order(batch))
    same = np.ones(len(batch.time_s), np.bool_)
    same[:1] = False
    for part in (batch.time_s, batch.row, batch.a, batch.b):
        same[1:] &= part[1:] == part[:-1]
    return batch.pick(~same)


def _whole(part: Floats | None, shape: tuple[int, ...]) -> Floats:
    """Return figures for the kernels, none at all where there are none."""
    return np.zeros(shape) if part is None else np.ascontiguousarray(part)


def scans_of(
    table: SensorTable,
    batch: Batch,
    *,
    after_s: float,
    until_s: float,
    outages: list[tuple[int, float, float]],
) -> Scans:
    """Return every scan in (after_s, until_s] and the detections of it."""
    n = len(batch.time_s)
    starts = np.ones(n, np.bool_)
    if n:
        starts[1:] = (
            (batch.time_s[1:] != batch.time_s[:-1])
            | (batch.row[1:] != batch.row[:-1])
            | (table.kind[batch.row[1:]] >= PLACE)
        )
    begin = np.flatnonzero(starts).astype(np.int64)
    many = np.diff(np.append(begin, n))
    got_s, got = batch.time_s[begin], batch.row[begin]
    planned_s, planned = due(table, after_s, until_s)
    up = ~is_out(outages, planned, planned_s)
    planned_s, planned = planned_s[up], planned[up]
    counts = is_scan(table, got, got_s) & ~is_out(outages, got, got_s)

    time_s = np.concatenate([got_s, planned_s])
    sensor = np.concatenate([got, planned])
    size = np.concatenate([many, np.zeros(len(planned), np.int64)])
    counts = np.concatenate([counts, np.ones(len(planned), np.bool_)])
    from_plan = np.concatenate([np.zeros(len(got)), np.ones(len(planned))])
    order = np.lexsort((from_plan, sensor, time_s))
    time_s, sensor, size = time_s[order], sensor[order], size[order]
    counts, from_plan = counts[order], from_plan[order]
    twice = np.zeros(len(order), np.bool_)
    twice[1:] = (
        (from_plan[1:] == 1) & (time_s[1:] == time_s[:-1]) & (sensor[1:] == sensor[:-1])
    )
    keep = ~twice
    return Scans(
        time_s=time_s[keep],
        sensor=sensor[keep].astype(np.int64),
        start=np.concatenate([[0], np.cumsum(size[keep])]).astype(np.int64),
        counts=counts[keep].astype(np.uint8),
        a=np.ascontiguousarray(batch.a),
        b=np.ascontiguousarray(batch.b),
        ident=np.ascontiguousarray(batch.ident),
        noise=_whole(batch.noise, (0, 3)),
        rate=_whole(batch.rate, (0,)),
    )
