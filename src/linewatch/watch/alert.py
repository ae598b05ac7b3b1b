"""Alerts: keyed on tracks, one each, with rescue before anything else."""

from dataclasses import dataclass, field

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

    def __post_init__(self) -> None:
        if not 0 < self.existence <= 1:
            raise BadValue("watch.existence", "above 0 and up to 1", self.existence)
        for name in (
            "hold_s",
            "approach_m",
            "depth_m",
            "speed_mps",
            "still_s",
            "still_m",
        ):
            if not getattr(self, name) >= 0:
                raise BadValue(f"watch.{name}", "0 or more", getattr(self, name))


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
class Alerter:
    """Raises at most one crossing and one rescue alert for each track."""

    settings: AlertSettings = field(default_factory=AlertSettings)
    _raised: set[tuple[str, int]] = field(default_factory=set)
    _rests: dict[int, _Rest] = field(default_factory=dict)

    def look(self, seen: Sighted) -> list[Alert]:
        """Raise the alerts that the tracks of this instant ask for, lowest id first."""
        rule = self.settings
        real = (seen.existence >= rule.existence) & (
            seen.time_s - seen.first_seen_s >= rule.hold_s
        )
        near = (seen.offset_m >= -rule.approach_m) & (seen.offset_m <= rule.depth_m)
        crossing = real & near & (seen.speed_mps >= rule.speed_mps)
        alerts = [
            self._raise("crossing", seen, int(row), priority=2)
            for row in np.flatnonzero(crossing)
            if ("crossing", int(seen.track_id[row])) not in self._raised
        ]
        walking = seen.class_chance[:, 0] >= 0.5
        for row in np.flatnonzero(real & near & walking):
            if self._rests_long(seen, int(row)):
                alerts += [self._raise("rescue", seen, int(row), priority=1)]
        self._forget(seen)
        return alerts

    def _rests_long(self, seen: Sighted, row: int) -> bool:
        """Tell once whether a track has been in one place for too long."""
        track = int(seen.track_id[row])
        x_m, y_m = float(seen.x_m[row]), float(seen.y_m[row])
        rest = self._rests.get(track)
        moved = rest is None or (
            np.hypot(x_m - rest.x_m, y_m - rest.y_m) > self.settings.still_m
        )
        if rest is None or moved:
            self._rests[track] = _Rest(seen.time_s, x_m, y_m)
            return False
        if ("rescue", track) in self._raised:
            return False
        return seen.time_s - rest.since_s >= self.settings.still_s

    def _raise(self, kind: str, seen: Sighted, row: int, *, priority: int) -> Alert:
        """Make an alert of one track, and remember that it was made."""
        track = int(seen.track_id[row])
        self._raised.add((kind, track))
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
            count_low=int(seen.count_low[row]),
            count_high=int(seen.count_high[row]),
            priority=priority,
        )

    def _forget(self, seen: Sighted) -> None:
        """Drop the resting places of ended tracks; their alerts stay known."""
        alive = set(seen.track_id.tolist())
        self._rests = {t: rest for t, rest in self._rests.items() if t in alive}

    def state(self) -> dict[str, object]:
        """Return the memory as plain lists, for a snapshot."""
        return {
            "raised": sorted([kind, track] for kind, track in self._raised),
            "rests": [
                [track, rest.since_s, rest.x_m, rest.y_m]
                for track, rest in sorted(self._rests.items())
            ],
        }

    def restore(self, state: dict[str, list[list[object]]]) -> None:
        """Take up the memory that `state` gave."""
        self._raised = {(str(kind), int(str(t))) for kind, t in state["raised"]}
        self._rests = {
            int(str(t)): _Rest(float(str(since)), float(str(x)), float(str(y)))
            for t, since, x, y in state["rests"]
        }
