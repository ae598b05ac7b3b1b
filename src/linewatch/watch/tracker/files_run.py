"""Tracking a file of detections part by part into a file of tracks."""

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue, UnknownName
from linewatch.scenario.whole import whole
from linewatch.watch.tracker.files import detection_parts, length
from linewatch.watch.tracker.files_check import (
    REFUSE,
    WAYS,
    Faults,
    forward,
    longest_run,
)
from linewatch.watch.tracker.files_feed import feed
from linewatch.watch.tracker.files_form import OWN, FormSettings
from linewatch.watch.tracker.files_more import Beside, joined
from linewatch.watch.tracker.files_more import Columns as More
from linewatch.watch.tracker.files_write import RowWriter, check_out
from linewatch.watch.tracker.sensors import SensorTable
from linewatch.watch.tracker.settings import TrackerSettings
from linewatch.watch.tracker.stitch import Stitch
from linewatch.watch.tracker.tracker import Tracker
from linewatch.watch.tracker.tracks import Counts, Rows
from linewatch.watch.tracker.trail import Trail

STAMP_S = 0.01
"""A detection may be stamped a little after its scan, so this much is left open [s]."""

SCANS_A_STEP = 1_000_000
"""Scans of a silence that are put into one call, so that memory stays bounded."""

FED_AT_ONCE = 1 << 17
"""Detections fed at once when a file had to be sorted."""

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Columns = dict[str, Floats]
Tell = Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSettings:
    """How a file is tracked.

    Parameters
    ----------
    tracker : TrackerSettings
        How the tracker believes.
    form : FormSettings
        What is known about the file of detections.
    bad : str
        ``refuse`` tells every bad row and writes nothing; ``count`` goes on without
        them.
    lag_s : float or None
        Rows are taken in the order of the file, and one that is further behind the
        latest than this is bad [s]. None: the order of the rows means nothing.
    gap_s : float
        Longest time without a detection [s]. A time beyond it is a clock's error.
    out_form : str
        Form of the tracks' file.
    full : bool
        Write the columns of `files_more.MORE` too.
    stitch : bool
        Tell which tracks continue others.
    """

    tracker: TrackerSettings = field(default_factory=TrackerSettings)
    form: FormSettings = field(default_factory=FormSettings)
    bad: str = REFUSE
    lag_s: float | None = None
    gap_s: float = 86_400.0
    out_form: str = "linewatch"
    full: bool = False
    stitch: bool = False

    def __post_init__(self) -> None:
        if self.full and self.out_form != OWN:
            raise BadValue("form of a full file", OWN, self.out_form)
        if self.bad not in WAYS:
            raise UnknownName("way with bad rows", self.bad, WAYS)
        if self.lag_s is not None and not 0 <= self.lag_s < math.inf:
            raise BadValue("lag", "0 or more", self.lag_s)
        if not 0 < self.gap_s < math.inf:
            raise BadValue("longest gap", "above 0", self.gap_s)


@dataclass(slots=True, kw_only=True)
class Run:
    """What a file became.

    Parameters
    ----------
    counts : Counts
        What became of the detections that reached the tracker.
    dropped : dict of str to int
        Bad rows by reason.
    first_dropped : list of (int, str)
        The first of them by line, and why.
    rows, tracks : int
        Rows written, and different tracks in them.
    start_s, read_s, track_s, write_s : float
        Seconds for compiling or finding what was compiled, for reading and checking,
        for tracking, and for writing.
    passes : int
        2 where the rows turned out not to be in order of time.
    kept : Rows or None
        The rows, where they were asked for.
    names : ndarray of int64 or None
        The tracks that were ever shown.
    trail : Trail or None
        What made the tracks, where the tracker's settings ask for it.
    stitches : list of Stitch
        Which tracks continue others, where that was asked for.
    """

    counts: Counts = field(default_factory=Counts)
    dropped: dict[str, int] = field(default_factory=dict)
    first_dropped: list[tuple[int, str]] = field(default_factory=list)
    rows: int = 0
    tracks: int = 0
    start_s: float = 0.0
    read_s: float = 0.0
    track_s: float = 0.0
    write_s: float = 0.0
    passes: int = 1
    kept: Rows | None = None
    names: Longs | None = None
    trail: Trail | None = None
    stitches: list[Stitch] = field(default_factory=list)


class _OutOfOrder(Exception):
    """The rows are not in order of time, so they have to be sorted first."""


def track_file(  # noqa: PLR0913 - each is a file or a wish
    table: SensorTable,
    detections: Path,
    out: Path,
    settings: RunSettings | None = None,
    *,
    keep: bool = False,
    tell: Tell = lambda _share: None,
    clock: Callable[[], float] = time.perf_counter,
) -> Run:
    """Track a file of detections and write the picture, whole or not at all.

    Rows in order of time are read, tracked and written part by part, so that memory
    does not grow with the file. Other rows are read whole and sorted.

    Parameters
    ----------
    table : SensorTable
        Who looked.
    detections, out : Path
        The file to read, and the one to write.
    settings : RunSettings, optional
        How.
    keep : bool
        Return the rows too.
    tell : callable
        Told the share done, from 0 to 1.
    clock : callable
        Seconds, to tell how long each part took.

    Raises
    ------
    BadFile, BadLines, BadValue, UnknownName
        If the file is bad, or a row is and the settings say to refuse.
    """
    settings = settings or RunSettings()
    check_out(out, settings.out_form, settings.form.frames_per_s)
    began = clock()
    Tracker(table, settings.tracker).advance(settings.tracker.lag_s + 1e-3)
    start_s = clock() - began
    one = _Pass(table, settings, clock, keep=keep)
    try:
        run = one.through(detections, out, tell, in_order=settings.lag_s is None)
    except _OutOfOrder:
        one = _Pass(table, settings, clock, keep=keep)
        one.run.passes = 2
        run = one.through(detections, out, tell, in_order=False)
    run.start_s = start_s
    return run


class _Pass:
    """One way through a file."""

    def __init__(
        self,
        table: SensorTable,
        settings: RunSettings,
        clock: Callable[[], float],
        *,
        keep: bool,
    ) -> None:
        self.table, self.settings, self.clock = table, settings, clock
        self.keep = keep
        self.run = Run()
        self.faults = Faults()
        self.tracker: Tracker | None = None
        self.first_s, self.newest_s = math.inf, -math.inf
        self.early: list[tuple[Columns, Longs]] = []
        self.names = np.zeros(0, np.int64)
        self.kept: list[Rows] = []
        self.more: list[More] = []
        self.beside: Beside | None = None
        if settings.full or settings.stitch:
            self.beside = Beside(
                table, settings.tracker, full=settings.full, stitch=settings.stitch
            )
        rate = (1 / table.period_s[table.period_s > 0]).sum()
        self.step_s = SCANS_A_STEP / max(float(rate), 1e-3)

    def through(self, path: Path, out: Path, tell: Tell, *, in_order: bool) -> Run:
        """Read, track and write; `in_order` gives up on rows that are not."""
        size = max(length(path), 1)
        with whole(out) as file:
            form = self.settings.form
            self.writer = RowWriter(
                file, out, self.settings.out_form, form.frames_per_s
            )
            source = detection_parts(path, self.table, self.faults, form)
            if in_order:
                taken = self._in_order(self._timed(source))
            elif self.settings.lag_s is None:
                taken = self._sorted(self._timed(source))
            else:
                taken = self._as_they_come(self._timed(source))
            for found, line, read in taken:
                if not (self.settings.bad == REFUSE and self.faults.total):
                    self._take(found, line)
                tell(min(read / size, 1.0))
            if self.settings.bad == REFUSE:
                self.faults.refuse(path)
            self._finish()
            began = self.clock()
            self.writer.close()
            self.run.write_s += self.clock() - began
        self.run.dropped = self.faults.many
        self.run.first_dropped = self.faults.first
        self.run.rows, self.run.tracks = self.writer.rows, len(self.names)
        self.run.kept = Rows.joined(self.kept) if self.keep else None
        self.run.names = self.names
        return self.run

    def _timed(
        self, source: Iterator[tuple[Columns, Longs, int]]
    ) -> Iterator[tuple[Columns, Longs, int]]:
        """Add up how long reading takes."""
        while True:
            began = self.clock()
            part = next(source, None)
            self.run.read_s += self.clock() - began
            if part is None:
                return
            yield part

    # -- three orders in which rows may be taken -----------------------------------

    def _in_order(
        self, source: Iterator[tuple[Columns, Longs, int]]
    ) -> Iterator[tuple[Columns, Longs, int]]:
        """Take parts that follow one another in time."""
        for found, line, read in source:
            if len(line):
                times = np.sort(found["time_s"])
                if math.isfinite(self.newest_s):
                    times = np.append(self.newest_s, times)
                steps = np.diff(times)
                if (steps < -STAMP_S / 4).any() or (steps > self.settings.gap_s).any():
                    raise _OutOfOrder
                self.newest_s = max(self.newest_s, float(times[-1]))
            yield found, line, read

    def _sorted(
        self, source: Iterator[tuple[Columns, Longs, int]]
    ) -> Iterator[tuple[Columns, Longs, int]]:
        """Read all, and take the rows in order of time."""
        parts, lines, read = [], [np.zeros(0, np.int64)], 0
        for found, line, far in source:
            parts.append(found)
            lines.append(line)
            read = far
        if not parts:
            return
        whole_ = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
        line = np.concatenate(lines)
        del parts, lines
        order = np.argsort(whole_["time_s"], kind="stable")
        if len(order):
            use = longest_run(whole_["time_s"][order], self.settings.gap_s)
            lost = np.concatenate([order[: use.start], order[use.stop :]])
            self.faults.add("leap", line[lost])
            order = order[use]
        for at in range(0, len(order), FED_AT_ONCE):
            which = order[at : at + FED_AT_ONCE]
            found = {name: part[which] for name, part in whole_.items()}
            self.newest_s = float(found["time_s"][-1])
            share = (at + len(which)) / len(order)
            yield found, line[which], int(read * share)

    def _as_they_come(
        self, source: Iterator[tuple[Columns, Longs, int]]
    ) -> Iterator[tuple[Columns, Longs, int]]:
        """Take rows as they arrive, as a watch would, up to the lag."""
        for found, line, read in source:
            late, leap, self.newest_s = forward(
                found["time_s"],
                self.newest_s,
                lag_s=self.settings.lag_s or 0.0,
                gap_s=self.settings.gap_s,
            )
            self.faults.add("late", line[late])
            self.faults.add("leap", line[leap])
            good = ~(late | leap)
            yield {name: part[good] for name, part in found.items()}, line[good], read

    # -- tracking ------------------------------------------------------------------

    def _take(self, found: Columns, line: Longs) -> None:
        """Feed a part, track up to what can no longer change, and write."""
        began = self.clock()
        if len(line):
            self.first_s = min(self.first_s, float(found["time_s"].min()))
            self.early.append((found, line))
        done = self.newest_s - (self.settings.lag_s or 0.0) - STAMP_S
        # Rows of the first lag may still arrive, so the beginning waits for them.
        rows = None
        if math.isfinite(done) and done > self.first_s:
            self._feed_early()
            rows = self._advance(done)
        self.run.track_s += self.clock() - began
        if rows is not None:
            self._write(rows)

    def _feed_early(self) -> None:
        """Begin, where that is not done, and feed what waits."""
        if self.tracker is None:
            every = self.settings.tracker.every_s
            # The picture of the second in which the first detection falls counts too.
            start = float(np.floor(self.first_s / every) * every) - 1e-6
            # The tracker's own lag is for a live watch; here the file's order rules.
            given = self.settings
            settings = replace(
                given.tracker, lag_s=0.0, trail=given.tracker.trail or given.full
            )
            self.tracker = Tracker(self.table, settings, start)
        for found, line in self.early:
            feed(self.tracker, found, line)
        self.early = []

    def _advance(self, until_s: float) -> Rows:
        """Track up to a time, through a long silence in steps."""
        if self.tracker is None:
            return Rows.joined([])
        parts = []
        while self.tracker.done_s < until_s:
            next_s = min(until_s, self.tracker.done_s + self.step_s)
            due_s = math.inf
            if self.beside is not None:
                due_s = self.beside.next_s(self.tracker.done_s)
            parts.append(self.tracker.advance(min(next_s, due_s)))
            if self.beside is not None and due_s <= next_s:
                self._add(self.beside.look(self.tracker, parts[-1]))
        return Rows.joined(parts)

    def _add(self, more: More | None) -> None:
        """Keep what more is known of some rows until they are written."""
        if more is not None:
            self.more.append(more)

    def _finish(self) -> None:
        """Track the rest, up to the picture after the last detection."""
        if not math.isfinite(self.first_s):
            return
        began = self.clock()
        self._feed_early()
        every = self.settings.tracker.every_s
        rows = self._advance(float(np.ceil(self.newest_s / every) * every))
        self.run.track_s += self.clock() - began
        self._write(rows)
        if self.tracker is not None:
            self.run.counts = self.tracker.counts
            if self.settings.tracker.trail:
                before = self.beside.trail if self.beside is not None else []
                self.run.trail = Trail.joined([*before, self.tracker.trail()])
            if self.beside is not None:
                self.run.stitches = self.beside.stitches()

    def _write(self, rows: Rows) -> None:
        began = self.clock()
        self.writer.write(rows, joined(self.more) if self.settings.full else None)
        self.more = []
        self.names = np.union1d(self.names, rows.track_id)
        if self.keep:
            self.kept.append(rows)
        self.run.write_s += self.clock() - began
