"""Desk: a civil authority's desk that takes its time before it receipts an alert."""

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from linewatch.errors import BadValue, LinkError
from linewatch.link.sapient import CivilDeskClient, ClientSettings, EdgeSession, Event
from linewatch.link.sapient.place import Dialect
from linewatch.link.sapient.reading import alert_of
from linewatch.watch.values import Alert, Node

if TYPE_CHECKING:
    from linewatch.link.sapient import pb

CHECK_S: Final = 0.5
"""Time between looks at the connection while waiting for an alert [s]."""


class DeskSession(EdgeSession):
    """A desk's end of a connection: receipts fall due a while after the alert.

    Parameters
    ----------
    node : Node
        The desk.
    delay_s : float
        Time from an alert to its receipt [s].
    """

    def __init__(self, node: Node, *, delay_s: float) -> None:
        super().__init__(node, takes_alerts=True)
        self.delay_s = delay_s
        self._held: list[tuple[float, pb.SapientMessage, bytes]] = []

    def receipt(self, until_s: float) -> bytes:
        """Return the receipts that are due by `until_s`, in the order of the alerts."""
        due = [one for one in self._held if one[0] <= until_s]
        self._held = [one for one in self._held if one[0] > until_s]
        for at_s, message, packet in due:
            self._time_s = at_s
            super()._take_alert(message, packet, [])
        return self.outbox()

    def _take_alert(
        self, message: "pb.SapientMessage", packet: bytes, events: list[Event]
    ) -> None:
        """Tell of the alert now, and hold its receipt back."""
        try:
            alert = alert_of(message, Dialect())
        except BadValue:
            super()._take_alert(message, packet, events)
            return
        events.append(alert)
        self._held.append((alert.time_s + self.delay_s, message, packet))


class DeskClient(CivilDeskClient):
    """A civil desk in simulated time: receipts go out with `answer`.

    Parameters
    ----------
    node : Node
        The desk, of kind ``desk``.
    host, port : str, int
        Where the watch listens.
    delay_s : float
        Time from an alert to its receipt [s].
    settings : ClientSettings, optional
        How it tries again.
    """

    def __init__(
        self,
        node: Node,
        *,
        host: str,
        port: int,
        delay_s: float,
        settings: ClientSettings | None = None,
    ) -> None:
        super().__init__(node, host=host, port=port, settings=settings)
        self._desk = DeskSession(node, delay_s=delay_s)
        self._session = self._desk
        self._news = asyncio.Event()
        self.heard = 0
        """Alerts heard so far, those that were sent again included."""

    async def hear(self, count: int) -> None:
        """Wait until `count` alerts were heard in all.

        Raises
        ------
        LinkError
            If the connection ends before.
        """
        while self.heard < count:
            if not self.connected:
                peer = f"{self._where[0]}:{self._where[1]}"
                raise LinkError(peer, f"left after {self.heard} of {count} alerts")
            self._news.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), CHECK_S)

    async def answer(self, until_s: float) -> None:
        """Send the receipts due by `until_s`; they wait while it is cut off."""
        if self._writer is not None and self.connected:
            out = self._desk.receipt(until_s)
            if out:
                self._writer.write(out)
                await self._writer.drain()

    def _keep(self, alert: Alert) -> None:
        super()._keep(alert)
        self.heard += 1
        self._news.set()
