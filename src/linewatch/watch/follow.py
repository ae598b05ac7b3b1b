"""What follows from the tracks: counts of groups, lost tracks found again, biases."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

from linewatch.watch.tracker import SensorTable, Tracker, TrackerSettings
from linewatch.watch.tracker.bias import Bias, BiasReckoner
from linewatch.watch.tracker.groups import Groups
from linewatch.watch.tracker.stitch import Stitch, Stitcher

FOLLOW_S: Final = 5.0
"""Watch time from one reckoning to the next [s]. A step on 300 radars takes ten times
as long as a scan; groups put a detection down to the track that is nearest after it,
which holds for some seconds."""

KEPT_S: Final = 1_800.0
"""Time for which a lost track is kept to be stitched to a new one [s]."""

STITCHES: Final = 1_000
"""Stitches of the watch that are kept, the latest [-]."""


@dataclass(slots=True)
class Follower:
    """Reckons with what made the tracks, at whole multiples of `FOLLOW_S`.

    The instants do not depend on when the watch is advanced, so its ticks leave no
    trace in what is told.

    Parameters
    ----------
    sensors : SensorTable
        The tracker's sensors.
    settings : TrackerSettings
        The tracker's settings.
    start_s : float
        Start of the watch [s].
    correct_bias : bool
        Take the biases that can be told off later detections.
    """

    sensors: SensorTable
    settings: TrackerSettings
    start_s: float
    correct_bias: bool = False
    groups: Groups = field(init=False)
    stitcher: Stitcher = field(init=False)
    reckoner: BiasReckoner = field(init=False)
    applied: Bias | None = None
    stitches: list[tuple[float, Stitch]] = field(default_factory=list)
    stitched: int = 0
    _due: int = field(init=False)

    def __post_init__(self) -> None:
        self.groups = Groups(self.sensors)
        self.stitcher = Stitcher(self.sensors, tracking=self.settings)
        self.reckoner = BiasReckoner(self.sensors, start_s=self.start_s)
        self._due = math.floor(self.start_s / FOLLOW_S) + 1

    @property
    def due_s(self) -> float:
        """Instant of the next reckoning [s]."""
        return self._due * FOLLOW_S

    def follow(self, tracker: Tracker) -> None:
        """Reckon with what made the tracks since the last time, if it is due."""
        if tracker.done_s < self.due_s:
            return
        self._due = math.floor(tracker.done_s / FOLLOW_S) + 1
        trail, tracks = tracker.trail(), tracker.picture()
        self.groups.take(trail, tracks)
        fresh = self.stitcher.take(tracks)
        self.stitched += len(fresh)
        told = [(tracks.time_s, each) for each in fresh]
        self.stitches = [*self.stitches, *told][-STITCHES:]
        self.stitcher.forget(tracks.time_s - KEPT_S)
        if self.reckoner.take(trail, self.applied) and self.correct_bias:
            self.applied = self.reckoner.bias()

    def stitches_since(self, number: int) -> list[tuple[float, Stitch]]:
        """Return when and what was stitched after the first `number` of the watch."""
        fresh = min(max(self.stitched - number, 0), len(self.stitches))
        return self.stitches[len(self.stitches) - fresh :]

    def save(self) -> dict[str, object]:
        """Return all that decides what is told from here on."""
        applied = self.applied
        return {
            "groups": self.groups.save(),
            "stitcher": self.stitcher.save(),
            "reckoner": self.reckoner.save(),
            "applied": applied
            and {each.name: getattr(applied, each.name) for each in fields(applied)},
            "stitches": [(at_s, asdict(each)) for at_s, each in self.stitches],
            "stitched": self.stitched,
            "due": self._due,
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the follower stood that `save` was asked of."""
        self.groups = Groups.load(saved["groups"], self.sensors)
        self.stitcher.load(saved["stitcher"])
        self.reckoner = BiasReckoner.load(saved["reckoner"], self.sensors)
        self.applied = saved["applied"] and Bias(**saved["applied"])
        self.stitches = [(at_s, Stitch(**each)) for at_s, each in saved["stitches"]]
        self.stitched, self._due = saved["stitched"], saved["due"]
