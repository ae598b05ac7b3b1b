"""The live watch: what comes in, what is known at an instant, and what to tell.

A `Watch` has no clock, socket or dice. It is given what nodes say, in any order, and is
told how far time has come; equal input gives equal output to the bit. That is why a log
of its input replays to the same picture.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from linewatch.errors import UnknownName
from linewatch.measure.clock import DAY_S
from linewatch.watch.alert import Alerter, AlertSettings, Sighted
from linewatch.watch.availability import Availability, Change
from linewatch.watch.engine import Engine
from linewatch.watch.handover import HandoverDesk, HandoverSettings
from linewatch.watch.post import Post, Roster
from linewatch.watch.values import (
    Alert,
    Detection,
    Handover,
    Health,
    Node,
    Status,
    Target,
)

LONGEST_GAP_S: Final = 30 * DAY_S
"""Longest time that a watch may have stood still and goes on from [s]. A report that is
farther ahead is of a clock gone wrong: taken, it would make all true ones late."""

ABSENT_S: Final = 300.0
"""Time from the start within which every post's node is to register [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The civil authority's answer to an alert."""

    time_s: float
    alert_id: str
    reference: str
    accepted: bool = True


Heard = Node | Status | Detection | Receipt
"""What a watch takes in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one advance of time brought about.

    Parameters
    ----------
    alerts : tuple of Alert
        New alerts.
    opened : tuple of Handover
        Handovers opened for them.
    send : tuple of Alert
        Alerts to send to the civil authority now: new, or again for want of a receipt.
    closed : tuple of Handover
        Handovers that a receipt closed since the last advance.
    changes : tuple of Change
        Nodes that began or ceased to watch.
    """

    alerts: tuple[Alert, ...] = ()
    opened: tuple[Handover, ...] = ()
    send: tuple[Alert, ...] = ()
    closed: tuple[Handover, ...] = ()
    changes: tuple[Change, ...] = ()


@dataclass(slots=True)
class Watch:
    """The watch over a line by ordered posts.

    Parameters
    ----------
    engine : Engine
        Tracker of the posts.
    posts : sequence of Post
        The posts, in the engine's order.
    authority_at : callable
        Names the civil authority at a chainage [m].
    start_s : float
        Start of the watch, seconds of UTC since 1970 [s].
    """

    engine: Engine
    posts: Sequence[Post]
    authority_at: Callable[[float], str]
    start_s: float
    alert_settings: AlertSettings = field(default_factory=AlertSettings)
    handover_settings: HandoverSettings = field(default_factory=HandoverSettings)
    availability: Availability = field(default_factory=Availability)
    alerter: Alerter = field(init=False)
    desk: HandoverDesk = field(init=False)
    time_s: float = field(init=False)
    detections: int = 0
    roster: Roster = field(init=False)
    _changes: list[Change] = field(default_factory=list)
    _closed: list[Handover] = field(default_factory=list)
    _path_told: bool = False
    _absent_told: bool = False

    def __post_init__(self) -> None:
        self.alerter = Alerter(self.alert_settings)
        self.desk = HandoverDesk(
            settings=self.handover_settings,
            authority_at=self.authority_at,
            start_s=self.start_s,
        )
        self.time_s = self.start_s
        self.roster = Roster(self.posts)
        for at in range(len(self.posts)):
            self.engine.turn(at, self.start_s, up=False)

    def refusal(self, heard: Heard) -> str | None:
        """Say why what was heard is not taken; None if it is."""
        if isinstance(heard, Receipt):
            return None
        if isinstance(heard, Node):
            nodes = (node.node_id for node in self.availability.nodes())
            watching = filter(self.availability.watching, nodes)
            return self.roster.refusal(heard, watching=watching)
        if self.roster.post_of(heard.node_id) is None:
            return "the node did not register for an ordered post"
        if heard.time_s > self.time_s + LONGEST_GAP_S:
            return "its clock is a month ahead of the watch"
        return None

    def take(self, heard: Heard, *, at_s: float | None = None) -> None:
        """Take in what was heard and not refused; `at_s` is when a node registered."""
        if isinstance(heard, Receipt):
            self._take_receipt(heard)
        elif isinstance(heard, Node):
            self.roster.take(heard)
            time_s = self.time_s if at_s is None else at_s
            self._note(self.availability.register(time_s, heard))
        elif isinstance(heard, Status):
            self._note(self.availability.report(heard))
        else:
            self.availability.hear(heard.time_s, heard.node_id)
            self.engine.feed(self._post(heard.node_id), heard)
            self.detections += 1

    def _post(self, node_id: str) -> int:
        """Return the place of the post of a node that registered."""
        at = self.roster.post_of(node_id)
        if at is None:
            raise UnknownName("node", node_id, ["those that registered"])
        return at

    def advance(self, until_s: float) -> Outcome:
        """Bring the picture up to `until_s`; time never runs backwards here."""
        if until_s <= self.time_s:
            return Outcome()
        self._note(self.availability.advance(until_s))
        self.time_s = until_s
        self.engine.advance(until_s)
        outages = [
            self._outage(self._post(each.node_id), each.time_s, each.node_id)
            for each in self._changes
            if _is_outage(each)
        ]
        outages += self._absent()
        alerts = [*outages, *self.alerter.look(self.engine.sighted())]
        test = self.desk.test_due(until_s)
        opened = self.desk.hand_over([*alerts, *([test] if test else [])])
        again = self.desk.due(until_s)
        alerts += self._broken_path()
        outcome = Outcome(
            alerts=tuple(alerts),
            opened=tuple(record for record, _ in opened),
            send=(*(alert for _, alert in opened), *again),
            closed=tuple(self._closed),
            changes=tuple(self._changes),
        )
        self._changes, self._closed = [], []
        return outcome

    def sighted(self) -> Sighted:
        """Return the confirmed tracks now."""
        return self.engine.sighted()

    def save(self) -> dict[str, object]:
        """Return all that decides what is told from here on, right after an advance.

        `linewatch.watch.kept.packed` makes bytes of it.
        """
        return {
            "time_s": self.time_s,
            "detections": self.detections,
            "path_told": self._path_told,
            "absent_told": self._absent_told,
            "engine": self.engine.save(),
            "availability": self.availability.save(),
            "alerter": self.alerter.save(),
            "desk": self.desk.save(),
            "roster": self.roster.save(),
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the watch stood that `save` was asked of, over the same posts."""
        self.time_s, self.detections = saved["time_s"], saved["detections"]
        self._path_told = saved["path_told"]
        self._absent_told = saved["absent_told"]
        for name in ("engine", "availability", "alerter", "desk", "roster"):
            getattr(self, name).load(saved[name])
        self._changes, self._closed = [], []

    def _take_receipt(self, receipt: Receipt) -> None:
        """Close a handover, if the civil authority accepted it."""
        if receipt.accepted:
            closed = self.desk.receive(
                receipt.time_s, receipt.alert_id, receipt.reference
            )
            if closed is not None:
                self._closed.append(closed)

    def _note(self, changes: Sequence[Change]) -> None:
        """Tell the engine which posts look, so that an outage is no missed look."""
        for change in changes:
            self.engine.turn(self._post(change.node_id), change.time_s, up=change.up)
        self._changes += changes

    def _absent(self) -> list[Alert]:
        """Tell once of the posts for which no node has registered in due time."""
        due_s = self.start_s + ABSENT_S
        if self._absent_told or self.time_s < due_s:
            return []
        self._absent_told = True
        return [self._outage(at, due_s, None) for at in self.roster.empty()]

    def _outage(self, at: int, time_s: float, node_id: str | None) -> Alert:
        """Make the alert of a post that does not watch since `time_s`."""
        site = self.posts[at].site
        return Alert(
            alert_id=f"outage-{site.name}-{time_s:.0f}",
            time_s=self.time_s,
            kind="outage",
            track_id=None,
            node_id=node_id,
            chainage_m=site.chainage_m,
            offset_m=0.0,
            lon_deg=site.lon_deg,
            lat_deg=site.lat_deg,
            target=Target.UNKNOWN,
            count_low=0,
            count_high=0,
            priority=2,
        )

    def _broken_path(self) -> list[Alert]:
        """Tell once that test alerts no longer reach the civil authority."""
        broken = self.desk.path_broken(self.time_s)
        news = broken and not self._path_told
        self._path_told = broken
        if not news:
            return []
        return [
            Alert(
                alert_id=f"path-{self.time_s:.0f}",
                time_s=self.time_s,
                kind="path",
                track_id=None,
                node_id=None,
                chainage_m=0.0,
                offset_m=0.0,
                lon_deg=0.0,
                lat_deg=0.0,
                target=Target.UNKNOWN,
                count_low=0,
                count_high=0,
                priority=1,
            )
        ]


def _is_outage(change: Change) -> bool:
    """Tell whether a post ceased to watch without taking its leave."""
    return not change.up and change.health is not Health.GOODBYE
