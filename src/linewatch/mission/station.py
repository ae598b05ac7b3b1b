"""The station: a watch room behind a SAPIENT server, with the civil desk as a node."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from linewatch.errors import LinkError
from linewatch.link.sapient import Event, FusionServer, Left, Receipt
from linewatch.mission.room import WatchRoom
from linewatch.watch.live import Heard, Outcome
from linewatch.watch.live import Receipt as Receipted
from linewatch.watch.values import Detection, Node, Status

DESK: Final = "desk"
"""Kind under which a civil authority's desk registers."""

LEAP_S: Final = 300.0
"""How far one node's clock may lead all others before it is left aside [s]."""


@dataclass(slots=True)
class Station:
    """Takes nodes in, and hands alerts to the civil desks that are connected.

    Parameters
    ----------
    room : WatchRoom
        The watch and its log.
    host, port : str, int
        Where to listen; port 0 takes a free one.
    """

    room: WatchRoom
    host: str = "127.0.0.1"
    port: int = 0
    turned_away: int = 0
    sent_alerts: int = 0
    server: FusionServer = field(init=False)
    _desks: dict[str, Node] = field(default_factory=dict)
    _newest_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.server = FusionServer(self.take, host=self.host, port=self.port)

    def take(self, events: Sequence[Event]) -> None:
        """Take the events of one read; a registration is kept before it is answered."""
        heard = [each for event in events for each in self._sorted_out(event)]
        self.turned_away += self.room.hear(heard)
        for each in heard:
            if isinstance(each, (Detection, Status)):
                self._note_time(each)
        if any(isinstance(each, Node) for each in heard):
            self.room.flush()

    def _sorted_out(self, event: Event) -> list[Heard]:
        """Return what the watch is to hear of an event; desks are kept here."""
        if isinstance(event, Node) and event.kind == DESK:
            self._desks[event.node_id] = event
        elif isinstance(event, Left):
            self._desks.pop(event.node_id, None)
        elif isinstance(event, Receipt):
            if event.node_id in self._desks:
                return [_receipted(event)]
            self.turned_away += 1  # a sensor cannot close a handover
        elif isinstance(event, Node | Detection | Status):
            return [] if event.node_id in self._desks else [event]
        return []

    def heard_until_s(self) -> float:
        """Return the newest time that an ordered node reported [s]; 0 before the first.

        One clock that runs far ahead of every other does not carry the watch along.
        """
        newest = sorted(self._newest_s.values(), reverse=True)
        if len(newest) > 1 and newest[0] > newest[1] + LEAP_S:
            return newest[1]
        return newest[0] if newest else 0.0

    def _note_time(self, event: Detection | Status) -> None:
        """Note how far a node's reports have come; none that is refused counts."""
        if self.room.watch.refusal(event) is not None:
            return
        before_s = self._newest_s.get(event.node_id, 0.0)
        self._newest_s[event.node_id] = max(before_s, event.time_s)

    async def advance(self, until_s: float) -> Outcome:
        """Bring the watch up to `until_s` and send what it has to say.

        An alert that no desk takes stays open, and is sent again when it is due.
        """
        outcome = self.room.advance(until_s)
        for alert in outcome.send:
            for desk in tuple(self._desks):
                with suppress(LinkError):
                    await self.server.send_alert(desk, alert)
                    self.sent_alerts += 1
        return outcome


def _receipted(event: Receipt) -> Receipted:
    """Return a desk's answer as the watch takes it."""
    return Receipted(
        time_s=event.time_s,
        alert_id=event.alert_id,
        reference=event.reference or "none",
        accepted=event.accepted,
    )
