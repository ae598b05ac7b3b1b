"""Looks: which sensor looks when, and which targets each look may meet."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from linewatch.sim.columns import Columns, Floats, Ints
from linewatch.sim.units import Scene

FASTEST_MPS = 60.0
"""Speed that nothing simulated reaches [m/s]: how far a second may carry a target."""


MARGIN_M = 1e4
"""Gap between the keys of one second and the next [m]: more than any margin."""


@dataclass(slots=True, eq=False, kw_only=True)
class LookTimes(Columns):
    """Looks in the order of the second they fall into, then of the sensor.

    `second` counts whole seconds from the block's start: a look after ``second`` and up
    to ``second + 1`` of them.
    """

    sensor: Ints
    time_s: Floats
    second: Ints


@dataclass(slots=True, eq=False, kw_only=True)
class Pairs(Columns):
    """A look and a target that may be in its reach, in the order of look and target.

    Places are those at the instant of the look; `away_x_m` and `away_y_m` point from
    the sensor to the target.
    """

    look: Ints
    sensor: Ints
    time_s: Floats
    target_id: Ints
    unit_id: Ints
    kind: Ints
    x_m: Floats
    y_m: Floats
    away_x_m: Floats
    away_y_m: Floats
    vx_mps: Floats
    vy_mps: Floats


@dataclass(slots=True, eq=False, kw_only=True)
class Rings(Columns):
    """Where each sensor stands on the plane, and its longest reach there [m]."""

    x_m: Floats
    y_m: Floats
    reach_m: Floats


@dataclass(slots=True, eq=False, kw_only=True)
class _Rows(Columns):
    """Targets at the ends of seconds."""

    second: Ints
    end_s: Floats
    target_id: Ints
    unit_id: Ints
    kind: Ints
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats


def looks_between(
    phase_s: Floats, period_s: Floats, *, since_s: float, until_s: float
) -> LookTimes:
    """Return looks, at ``phase + k * period``, after `since_s` and up to `until_s`."""
    first = np.floor((since_s - phase_s) / period_s).astype(np.int64) + 1
    last = np.floor((until_s - phase_s) / period_s).astype(np.int64)
    count = np.maximum(last - first + 1, 0)
    sensor = np.repeat(np.arange(len(phase_s)), count)
    begin = np.cumsum(count) - count
    number = first[sensor] + np.arange(len(sensor)) - begin[sensor]
    time = phase_s[sensor] + number * period_s[sensor]
    second = np.maximum(np.ceil(time - since_s).astype(np.int64) - 1, 0)
    order = np.lexsort((number, sensor, second))
    return LookTimes(sensor=sensor[order], time_s=time[order], second=second[order])


def pairs_of(looks: LookTimes, scenes: Sequence[Scene], rings: Rings) -> Pairs:
    """Pair every look with the targets of its second within the sensor's reach.

    `scenes` are the ends of the block's seconds. Targets are put back along their last
    second to the instant of the look.
    """
    table = _rows_of(scenes)
    # One sorted key finds all targets of a second between two eastings.
    least = min(
        table.x_m.min(initial=0.0), (rings.x_m - rings.reach_m).min(initial=0.0)
    )
    most = max(table.x_m.max(initial=0.0), (rings.x_m + rings.reach_m).max(initial=0.0))
    least, width = least - MARGIN_M, most - least + 3 * MARGIN_M
    key = table.second * width + (table.x_m - least)
    order = np.argsort(key, kind="stable")
    span = rings.reach_m[looks.sensor] + FASTEST_MPS
    middle = looks.second * width + (rings.x_m[looks.sensor] - least)
    from_row = np.searchsorted(key[order], middle - span)
    count = np.searchsorted(key[order], middle + span) - from_row
    look = np.repeat(np.arange(len(looks)), count)
    begin = np.cumsum(count) - count
    row = order[(from_row - begin)[look] + np.arange(len(look))]
    return _in_reach(looks, look, table.kept(row), rings)


def _rows_of(scenes: Sequence[Scene]) -> _Rows:
    """Put scenes under one another as one table."""
    count = [len(each.x_m) for each in scenes]
    columns = ("target_id", "unit_id", "kind", "x_m", "y_m", "vx_mps", "vy_mps")
    return _Rows(
        second=np.repeat(np.arange(len(scenes)), count),
        end_s=np.repeat([each.time_s for each in scenes], count),
        **{
            name: np.concatenate([getattr(each, name) for each in scenes])
            for name in columns
        },
    )


def _in_reach(looks: LookTimes, look: Ints, rows: _Rows, rings: Rings) -> Pairs:
    """Put targets where they are at the look, and keep those in reach."""
    sensor, time = looks.sensor[look], looks.time_s[look]
    ago = rows.end_s - time
    at_x, at_y = rows.x_m - rows.vx_mps * ago, rows.y_m - rows.vy_mps * ago
    away_x, away_y = at_x - rings.x_m[sensor], at_y - rings.y_m[sensor]
    pairs = Pairs(
        look=look,
        sensor=sensor,
        time_s=time,
        target_id=rows.target_id,
        unit_id=rows.unit_id,
        kind=rows.kind,
        x_m=at_x,
        y_m=at_y,
        away_x_m=away_x,
        away_y_m=away_y,
        vx_mps=rows.vx_mps,
        vy_mps=rows.vy_mps,
    )
    inside = np.hypot(away_x, away_y) <= rings.reach_m[sensor]
    order = np.lexsort((rows.target_id, look))
    return pairs.kept(order[inside[order]])
