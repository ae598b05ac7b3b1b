"""The watch room: a watch and its log, so that nothing told is ever lost.

Order makes it safe. What is heard waits; an advance computes what follows, writes all
of it with the tick in one transaction, and only then hands alerts out to be sent. A
process that ends at any moment has told nobody of what is not in the log, and a new one
that replays the log stands where the old one stood.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from linewatch.errors import LogBroken
from linewatch.log import Entry, MissionLog
from linewatch.mission.entries import (
    NewEntry,
    bias_entries,
    heard_in,
    stitch_entries,
    to_entry,
    track_entries,
)
from linewatch.mission.keeping import Keeper
from linewatch.watch.live import Heard, Outcome, Receipt, Watch
from linewatch.watch.values import Alert, Handover

TOLD = frozenset({"alert", "handover"})
"""Kinds of entry that follow from what was heard, so that a replay can check them."""

TRACKS_EVERY_S: Final = 10.0
"""Time between two looks of the log at every track [s]: enough to draw the watch again;
the tracks themselves follow from the detections."""


BIAS_EVERY_S: Final = 3_600.0
"""Time between two looks of the log at the posts' registration biases [s]: they drift
by a metre in a day."""


@dataclass(slots=True)
class WatchRoom:
    """A watch that remembers.

    Parameters
    ----------
    watch : Watch
        The watch, at its start.
    log : MissionLog or None
        Where everything is kept; None keeps nothing.
    """

    watch: Watch
    log: MissionLog | None
    refused: dict[str, str] = field(default_factory=dict)
    logged_seq: int = 0
    checked: int = 0
    _tracks_due_s: float = 0.0
    _bias_due_s: float = 0.0
    _keeper: Keeper | None = field(init=False)
    _stitched: int = 0
    _pending: list[NewEntry] = field(default_factory=list)
    _unsent: list[Alert] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._keeper = None if self.log is None else Keeper(self.watch, self.log)

    def hear(self, heard: Iterable[Heard]) -> int:
        """Take in what nodes said; it is kept at the next advance or `flush`.

        Returns
        -------
        int
            How many were not taken: of a node that was not ordered to watch. Each such
            node is logged once, with the reason.
        """
        away = 0
        for each in heard:
            why = self.watch.refusal(each)
            if why is None:
                self._pending.append(to_entry(each, at_s=self.watch.time_s))
                self.watch.take(each)
            elif not isinstance(each, Receipt):
                away += 1
                self._turn_away(each.node_id, why)
        return away

    def _turn_away(self, node_id: str, why: str) -> None:
        """Log once that a node is not taken."""
        if node_id not in self.refused:
            self.refused[node_id] = why
            body = {"node_id": node_id, "cause": why.replace(" ", "-")}
            self._pending.append((self.watch.time_s, "refusal", body))

    def flush(self) -> int:
        """Keep what was heard; return the number of the last entry in the log.

        Raises
        ------
        LogUnwritable
            If the log takes no entry; what waits goes into it with the next write.
        """
        if self.log is not None and self._pending:
            self.logged_seq = self.log.append(self._pending)
        self._pending = []
        return self.logged_seq

    def advance(self, until_s: float) -> Outcome:
        """Bring the watch up to `until_s`, and keep what was heard and what follows.

        Raises
        ------
        LogUnwritable
            If the log takes no entry. The alerts are then held back, and go out with
            the first advance that the log takes.
        """
        if until_s <= self.watch.time_s:
            return Outcome()
        outcome = self.watch.advance(until_s)
        self._pending.append((until_s, "tick", {"until_s": until_s}))
        self._pending += [to_entry(told) for told in _told(outcome)]
        if until_s >= self._tracks_due_s:
            self._pending += track_entries(self.watch.sighted())
            self._tracks_due_s = until_s + TRACKS_EVERY_S
        if until_s >= self._bias_due_s:
            self._pending += bias_entries(self.watch.engine)
            self._bias_due_s = until_s + BIAS_EVERY_S
        self._pending += stitch_entries(self.watch.engine, self._stitched)
        self._stitched = self.watch.engine.follower.stitched
        if self._keeper is not None:
            self._pending += self._keeper.due()
        self._unsent += outcome.send
        self.flush()
        send, self._unsent = tuple(self._unsent), []
        return replace(outcome, send=send)

    async def acknowledge(self, alert_id: str, office: str) -> None:
        """Record in the log that an office has seen an alert."""
        body = {"alert_id": alert_id, "office": office}
        self._pending.append((self.watch.time_s, "acknowledgement", body))
        self.flush()

    def resume(self, *, whole: bool = False) -> int:
        """Replay the log into the watch, which must be at its start.

        Parameters
        ----------
        whole : bool
            Replay from the first entry, and hold every kept state against the replay's.
            Else the newest kept state is taken, if it is of the same posts, ground,
            settings and version, and only what follows it is replayed.

        Returns
        -------
        int
            Number of the last entry replayed; 0 for an empty log.

        Raises
        ------
        LogBroken
            If an alert, a handover or a kept state in the log is not what follows from
            its input.
        """
        if self.log is None or self._keeper is None:
            return 0
        if not whole:
            self.logged_seq = self._keeper.take()
        expected: list[NewEntry] = []
        for entry in self.log.read(self.logged_seq + 1):
            self.logged_seq = entry.seq
            if entry.kind == "tick":
                self._all_told(expected, entry.seq, "lacks {} before it")
                outcome = self.watch.advance(float(str(entry.body["until_s"])))
                expected = [to_entry(told) for told in _told(outcome)]
            elif entry.kind in TOLD:
                if not expected or not _same(expected.pop(0), entry):
                    why = "is not what its input leads to"
                    raise LogBroken(self.log.path, entry.seq, why)
                self.checked += 1
            elif entry.kind == "snapshot":
                self._keeper.check(entry)
            elif (heard := heard_in(entry)) is not None:
                self.watch.take(heard, at_s=entry.time_s)
        self._all_told(expected, self.logged_seq + 1, "is missing: {} must follow")
        # What the replay stitched stands in the log already.
        self._stitched = self.watch.engine.follower.stitched
        return self.logged_seq

    def _all_told(self, expected: list[NewEntry], seq: int, why: str) -> None:
        """Refuse a log in which something that follows is not there at `seq`."""
        if expected and self.log is not None:
            raise LogBroken(self.log.path, seq, why.format(expected[0][1]))


def _same(told: NewEntry, entry: Entry) -> bool:
    """Compare what the replay tells with what the log holds, to the bit."""
    body = {name: value for name, value in told[2].items() if value is not None}
    return told[:2] == (entry.time_s, entry.kind) and body == dict(entry.body)


def _told(outcome: Outcome) -> list[Alert | Handover]:
    """Return what an outcome tells, in the order of the log."""
    return [*outcome.alerts, *outcome.opened]
