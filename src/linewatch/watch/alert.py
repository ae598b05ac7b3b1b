"""Alerts: keyed on tracks, one each, with rescue before anything else."""

import math
from collections.abc import Mapping
from dataclasses import astuple, dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.watch.values import Alert, Target

Floats = NDArray[np.float64]

CLASSES = (Target.WALKER, Target.VEHICLE, Target.FLYER)
"""Order of the tracker's class chances."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """When a track becomes an alert.

    Parameters
    ----------
    existence : float
        Least chance that the track is real [-]. 0.95: one alert in twenty false at most
        by the tracker's own belief.
    hold_s : float
        Least age of the track at that belief [s]: three looks of a 5 s radar.
    approach_m : float
        Distance south of the line from which a track counts [m]. It gives a walker's
        alert ten minutes of warning at 1.4 m/s.
    depth_m : float
        Distance beyond the line up to which a first alert is raised [m].
    speed_mps : float
        Least speed of a crossing [m/s]; below half of a walking pace it is standing.
    still_s : float
        Time in one place after which a walker may need help [s].
    still_m : float
        How far a track may wander and still count as in one place [m].
    group_m : float
        Distance within which a track belongs to an alert that was raised already [m]:
        a file of walkers, or a track that was lost and found, is one alert.
    group_s : float
        How long after an alerted track was last seen another may take its place [s].

    Raises
    ------
    BadValue
        If `existence` is no chance, or a length or time is below 0.
    """

    existence: float = 0.95
    hold_s: float = 15.0
    approach_m: float = 1_000.0
    depth_m: float = 8_000.0
    speed_mps: float = 0.6
    still_s: float = 1_200.0
    still_m: float = 120.0
    group_m: float = 250.0
    group_s: float = 600.0

    def __post_init__(self) -> None:
        if not 0 < self.existence <= 1:
            raise BadValue("watch.existence", "above 0 and up to 1", self.existence)
        for each in fields(self):
            if not getattr(self, each.name) >= 0:
                rule = "0 or more"
                raise BadValue(f"watch.{each.name}", rule, getattr(self, each.name))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sighted:
    """Confirmed tracks at one instant, with their place on the line.

    All arrays have shape (n,), but `class_chance` (n, 3) in the order of `CLASSES`.
    """

    time_s: float
    track_id: NDArray[np.int64]
    chainage_m: Floats
    offset_m: Floats
    lon_deg: Floats
    lat_deg: Floats
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    existence: Floats
    first_seen_s: Floats
    last_seen_s: Floats
    class_chance: Floats
    count_low: NDArray[np.int64]
    count_high: NDArray[np.int64]

    @property
    def speed_mps(self) -> Floats:
        """Speed over the ground [m/s]."""
        return np.hypot(self.vx_mps, self.vy_mps)

    def target(self, row: int) -> Target:
        """Return the class that a track more likely is than not, or unknown."""
        best = int(np.argmax(self.class_chance[row]))
        return CLASSES[best] if self.class_chance[row, best] >= 0.5 else Target.UNKNOWN


@dataclass(slots=True)
class _Rest:
    """Where and since when a track has been in one place."""

    since_s: float
    x_m: float
    y_m: float


@dataclass(slots=True)
class _Last:
    """Where an alerted track was last seen, and how it moved."""

    time_s: float
    x_m: float
    y_m: float
    vx_mps: float
    vy_mps: float


@dataclass(slots=True)
class Alerter:
    """Raises one crossing alert for each group of tracks, and one rescue for a track.

    A track that comes up beside an alerted one, or where a lost one would be by now,
    belongs to that alert: walkers in file make one, and so does a track that broke.
    """

    settings: AlertSettings = field(default_factory=AlertSettings)
    _alerted: dict[int, _Last] = field(default_factory=dict)
    _rescued: set[int] = field(default_factory=set)
    _rests: dict[int, _Rest] = field(default_factory=dict)

    def look(self, seen: Sighted) -> list[Alert]:
        """Raise the alerts that the tracks of this instant ask for, lowest id first."""
        rule = self.settings
        self._follow(seen)
        real = (seen.existence >= rule.existence) & (
            seen.time_s - seen.first_seen_s >= rule.hold_s
        )
        near = (seen.offset_m >= -rule.approach_m) & (seen.offset_m <= rule.depth_m)
        alerts: list[Alert] = []
        for row in np.flatnonzero(real & near & (seen.speed_mps >= rule.speed_mps)):
            if int(seen.track_id[row]) in self._alerted:
                continue
            if not self._belongs(seen, int(row)):
                alerts.append(self._alert("crossing", seen, int(row), priority=2))
            self._remember(seen, int(row))
        walking = seen.class_chance[:, 0] >= 0.5
        for row in np.flatnonzero(real & near & walking):
            if self._rests_long(seen, int(row)):
                alerts += [self._alert("rescue", seen, int(row), priority=1)]
        return alerts

    def _follow(self, seen: Sighted) -> None:
        """Note where alerted tracks are now; forget those that are long gone."""
        for row, track in enumerate(seen.track_id.tolist()):
            if track in self._alerted:
                self._remember(seen, row)
        since_s = seen.time_s - self.settings.group_s
        self._alerted = {t: p for t, p in self._alerted.items() if p.time_s >= since_s}
        alive = set(seen.track_id.tolist())
        self._rests = {t: rest for t, rest in self._rests.items() if t in alive}

    def _remember(self, seen: Sighted, row: int) -> None:
        """Note a track as alerted, with its place and velocity."""
        self._alerted[int(seen.track_id[row])] = _Last(
            seen.time_s,
            float(seen.x_m[row]),
            float(seen.y_m[row]),
            float(seen.vx_mps[row]),
            float(seen.vy_mps[row]),
        )

    def _belongs(self, seen: Sighted, row: int) -> bool:
        """Tell whether a track is beside an alerted one, or in a lost one's place."""
        x_m, y_m = float(seen.x_m[row]), float(seen.y_m[row])
        for last in self._alerted.values():
            gone_s = seen.time_s - last.time_s
            away_m = math.hypot(
                last.x_m + last.vx_mps * gone_s - x_m,
                last.y_m + last.vy_mps * gone_s - y_m,
            )
            # A lost track may have turned: half its way is allowed on top.
            turned_m = 0.5 * gone_s * math.hypot(last.vx_mps, last.vy_mps)
            if away_m <= self.settings.group_m + turned_m:
                return True
        return False

    def _rests_long(self, seen: Sighted, row: int) -> bool:
        """Tell once whether a track has been in one place for too long."""
        track = int(seen.track_id[row])
        x_m, y_m = float(seen.x_m[row]), float(seen.y_m[row])
        rest = self._rests.get(track)
        if rest is None or (
            math.hypot(x_m - rest.x_m, y_m - rest.y_m) > self.settings.still_m
        ):
            self._rests[track] = _Rest(seen.time_s, x_m, y_m)
            return False
        if track in self._rescued or seen.time_s - rest.since_s < self.settings.still_s:
            return False
        self._rescued.add(track)
        return True

    def save(self) -> dict[str, object]:
        """Return all that decides which alerts are raised from here on."""
        return {
            "alerted": [(t, *astuple(last)) for t, last in self._alerted.items()],
            "rescued": sorted(self._rescued),
            "rests": [(t, *astuple(rest)) for t, rest in self._rests.items()],
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the alerter stood that `save` was asked of."""
        self._alerted = {t: _Last(*last) for t, *last in saved["alerted"]}
        self._rescued = set(saved["rescued"])
        self._rests = {t: _Rest(*rest) for t, *rest in saved["rests"]}

    def _alert(self, kind: str, seen: Sighted, row: int, *, priority: int) -> Alert:
        """Make an alert of one track, counting those around it."""
        away_m = np.hypot(seen.x_m - seen.x_m[row], seen.y_m - seen.y_m[row])
        around = away_m <= self.settings.group_m
        sure = around & (seen.existence >= self.settings.existence)
        track = int(seen.track_id[row])
        return Alert(
            alert_id=f"{kind}-{track}",
            time_s=seen.time_s,
            kind=kind,
            track_id=track,
            node_id=None,
            chainage_m=float(seen.chainage_m[row]),
            offset_m=float(seen.offset_m[row]),
            lon_deg=float(seen.lon_deg[row]),
            lat_deg=float(seen.lat_deg[row]),
            target=seen.target(row),
            count_low=int(seen.count_low[sure].sum()),
            count_high=int(seen.count_high[around].sum()),
            priority=priority,
        )
