"""More columns of the picture, and stitches, while a file is tracked."""

import csv
import io
import math
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadFile
from linewatch.scenario.whole import whole
from linewatch.watch.tracker.files_form import AXES, MORE
from linewatch.watch.tracker.groups import Groups
from linewatch.watch.tracker.sensors import SensorTable
from linewatch.watch.tracker.settings import CLASSES, TrackerSettings
from linewatch.watch.tracker.stitch import Stitch, Stitcher
from linewatch.watch.tracker.tracker import Tracker
from linewatch.watch.tracker.tracks import Rows, Tracks
from linewatch.watch.tracker.trail import Trail

LOOK_S: Final = 2.0
"""Longest time between two looks at the tracks [s]: what begins and ends between them
is not stitched."""

Columns = dict[str, NDArray[np.generic]]


class Beside:
    """Looks at the tracks at whole parts of the picture's period.

    Looking changes no track: the tracker only takes its steps to these instants.

    Parameters
    ----------
    sensors : SensorTable
        The tracker's sensors.
    settings : TrackerSettings
        The tracker's settings.
    full : bool
        Make the columns of `MORE`.
    stitch : bool
        Follow which tracks continue others.
    """

    def __init__(
        self,
        sensors: SensorTable,
        settings: TrackerSettings,
        *,
        full: bool,
        stitch: bool,
    ) -> None:
        self.every_s = settings.every_s
        self.parts = math.ceil(settings.every_s / LOOK_S)
        self.groups = Groups(sensors) if full else None
        self.stitcher = Stitcher(sensors, tracking=settings) if stitch else None
        self.trail = [Trail.joined([])]
        self.keep_trail = settings.trail

    def next_s(self, done_s: float) -> float:
        """Return the first instant to look at after `done_s` [s]."""
        at = math.floor(done_s / self.every_s * self.parts)
        while (next_s := self._instant(at)) <= done_s:
            at += 1
        return next_s

    def _instant(self, at: int) -> float:
        """Return an instant; those of the picture as the tracker reckons them."""
        whole_, part = divmod(at, self.parts)
        return whole_ * self.every_s + part * (self.every_s / self.parts)

    def look(self, tracker: Tracker, rows: Rows) -> Columns | None:
        """Look at the tracks, and return what more is known of each of `rows`."""
        tracks = tracker.picture()
        if self.stitcher is not None:
            self.stitcher.take(tracks)
        if self.groups is None:
            return None
        trail = tracker.trail()
        if self.keep_trail:
            self.trail.append(trail)
        self.groups.take(trail, tracks)
        return columns(self.groups.counted(tracks), rows) if len(rows) else None

    def stitches(self) -> list[Stitch]:
        """Return which tracks continue others, with all that is known by now."""
        return self.stitcher.all() if self.stitcher is not None else []


def columns(tracks: Tracks, rows: Rows) -> Columns:
    """Return the columns of `MORE` for the rows of a picture's instant."""
    at = np.searchsorted(tracks.track_id, rows.track_id)
    chance = {
        f"chance_{name}": np.round(tracks.class_chance[at, row], 5)
        for row, name in enumerate(CLASSES)
    }
    cov = {
        f"cov_{a}_{b}": np.round(tracks.cov[at, i, i + j], 4)
        for i, a in enumerate(AXES)
        for j, b in enumerate(AXES[i:])
    }
    made_by = [
        " ".join(str(one) for one in made if one >= 0)
        for made in tracks.made_by[at].tolist()
    ]
    return {
        **chance,
        "count_low": tracks.count_low[at],
        "count_high": tracks.count_high[at],
        "first_seen_s": np.round(tracks.first_seen_s[at], 6),
        "last_seen_s": np.round(tracks.last_seen_s[at], 6),
        **cov,
        "made_by": np.array(made_by, np.str_),
    }


def joined(parts: list[Columns]) -> Columns:
    """Return the columns of several instants, or of none."""
    if parts:
        return {name: np.concatenate([part[name] for part in parts]) for name in MORE}
    whole_ = ("count_low", "count_high")
    empty: Columns = {
        name: np.zeros(0, np.int64 if name in whole_ else np.float64) for name in MORE
    }
    return empty | {"made_by": np.zeros(0, np.str_)}


def check_stitches(out: Path) -> None:
    """Check that stitches can be written so.

    Raises
    ------
    BadFile
        If the name is not one of a CSV file, or there is no such folder.
    """
    if out.suffix != ".csv":
        raise BadFile(out, "must end in .csv")
    if not out.parent.is_dir():
        raise BadFile(out, "its folder does not exist")


def write_stitches(out: Path, stitches: list[Stitch]) -> None:
    """Write earlier,later,chance,gap_s in order of the later, whole or not at all.

    Raises
    ------
    BadFile
        If it cannot be written so.
    """
    check_stitches(out)
    told = io.StringIO()
    lines = csv.writer(told, lineterminator="\n")
    lines.writerow(("earlier", "later", "chance", "gap_s"))
    for each in stitches:
        chance, gap_s = round(each.chance, 5), round(each.gap_s, 6)
        lines.writerow((each.earlier, each.later, chance, gap_s))
    with whole(out) as file:
        file.write(told.getvalue().encode())
