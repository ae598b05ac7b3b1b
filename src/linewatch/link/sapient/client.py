"""A node's TCP client: a socket around `EdgeSession`, which reconnects."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from linewatch.errors import LinkError
from linewatch.link.sapient.edge import EdgeSession, EdgeState
from linewatch.link.sapient.events import Event, Registered
from linewatch.link.sapient.settings import ClientSettings
from linewatch.watch.values import Alert, Detection, Node, Status

CHUNK: Final = 1 << 16
"""Bytes read at a time: a node hears little."""


class EdgeClient:
    """A sensor node: registers, reports its status, sends what it sees.

    A connection that is lost is made again by the next `send_...`, with registration
    and a new status. SAPIENT does not acknowledge detections: those that the lost
    connection still held may be lost with it.

    Parameters
    ----------
    node : Node
        What registers.
    host, port : str, int
        Where the fusion node listens.
    on_event : callable, optional
        Takes what the fusion node tells: `Registered`, `Complaint`, `Alert`, `Refusal`.
    settings : ClientSettings
        How it tries again, and over what.
    """

    takes_alerts = False
    """Whether alerts are accepted with a receipt."""

    def __init__(
        self,
        node: Node,
        *,
        host: str,
        port: int,
        on_event: Callable[[Event], None] | None = None,
        settings: ClientSettings | None = None,
    ) -> None:
        self.node = node
        self._where = (host, port)
        self._on_event = on_event
        self._settings = settings or ClientSettings()
        self._session = EdgeSession(node, takes_alerts=self.takes_alerts)
        self._writer: asyncio.StreamWriter | None = None
        self._ear: asyncio.Task[None] | None = None
        self._answered = asyncio.Event()
        self._answer: Registered | None = None
        self._status: Status | None = None

    @property
    def sent(self) -> int:
        """Messages sent so far, for `FusionServer.settled`."""
        return self._session.sent

    @property
    def connected(self) -> bool:
        """Whether the connection stands and the node is registered on it."""
        is_up = self._ear is not None and not self._ear.done()
        return is_up and self._session.state is EdgeState.REGISTERED

    async def connect(self, time_s: float) -> None:
        """Connect, register, and wait for the answer.

        Parameters
        ----------
        time_s : float
            Time that the registration states [s].

        Raises
        ------
        LinkError
            If the fusion node cannot be reached, does not answer, or refuses the node.
        """
        peer = f"{self._where[0]}:{self._where[1]}"
        for wait_s in (*self._settings.waits_s(), None):
            try:
                await self._attempt(time_s)
                break
            except (OSError, TimeoutError) as error:
                await self._hang_up()
                if wait_s is None:
                    tries = self._settings.tries
                    told = str(error) or "no answer"
                    why = f"cannot be reached in {tries} tries: {told}"
                    raise LinkError(peer, why) from error
                await asyncio.sleep(wait_s)
        if self._session.state is not EdgeState.REGISTERED:
            reasons = () if self._answer is None else self._answer.reasons
            await self._hang_up()
            told = "; ".join(reasons) or "no reason given"
            raise LinkError(peer, f"refused {self.node.name}: {told}")

    async def send_status(self, status: Status) -> None:
        """Send a status report: new when it says another thing than the last one.

        Raises
        ------
        LinkError
            If the connection is lost and cannot be made again.
        """
        self._status = status
        await self._send(status.time_s, lambda: self._session.report(status))

    async def send_detections(self, seen: Sequence[Detection]) -> None:
        """Send detections, a message each, in one write.

        Raises
        ------
        LinkError
            If the connection is lost and cannot be made again.
        """
        if seen:
            await self._send(seen[0].time_s, lambda: self._session.detect(seen))

    async def close(self, time_s: float) -> None:
        """Say goodbye and close; nothing more where the connection is gone already."""
        if self.connected and self._writer is not None:
            with suppress(OSError):
                self._writer.write(self._session.goodbye(time_s))
                await self._writer.drain()
        await self._hang_up()

    async def _send(self, time_s: float, make: Callable[[], bytes]) -> None:
        """Make and send a piece, on a new connection if the last one is lost."""
        for _ in range(2):
            if not self.connected:
                await self._again(time_s)
            try:
                if self._writer is not None:
                    self._writer.write(make())
                    await self._writer.drain()
            except OSError:
                await self._hang_up()
            else:
                return
        raise LinkError(f"{self._where[0]}:{self._where[1]}", "drops each connection")

    async def _again(self, time_s: float) -> None:
        """Connect anew, and repeat the last status, without which nothing is taken."""
        was_known = self._status
        await self._hang_up()
        await self.connect(time_s)
        if was_known is not None and self._writer is not None:
            self._writer.write(self._session.report(was_known))

    async def _attempt(self, time_s: float) -> None:
        host, port = self._where
        reader, self._writer = await asyncio.open_connection(
            host, port, ssl=self._settings.tls
        )
        self._session.restart()
        self._answered.clear()
        self._answer = None
        self._ear = asyncio.create_task(self._listen(reader, self._writer))
        self._writer.write(self._session.register(time_s))
        await self._writer.drain()
        async with asyncio.timeout(self._settings.answer_s):
            await self._answered.wait()
        if self._answer is None:
            raise ConnectionResetError("it closed the connection")

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Hear the fusion node until the connection ends."""
        try:
            with suppress(OSError):
                while chunk := await reader.read(CHUNK):
                    self._hear(self._session.receive(chunk))
                    out = self._session.outbox()
                    if out:
                        writer.write(out)
                        await writer.drain()
                    if self._session.broken:
                        return
        finally:
            self._answered.set()

    def _hear(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Registered):
                self._answer = event
                self._answered.set()
            if isinstance(event, Alert):
                self._keep(event)
            if self._on_event is not None:
                self._on_event(event)

    def _keep(self, alert: Alert) -> None:
        """Take an alert, before its receipt goes out."""

    async def _hang_up(self) -> None:
        if self._ear is not None:
            self._ear.cancel()
            with suppress(asyncio.CancelledError):
                await self._ear
            self._ear = None
        if self._writer is not None:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._hang_up()


class CivilDeskClient(EdgeClient):
    """A civil authority's desk: takes alerts and answers each with a receipt.

    What it took is in `alerts`, in order; an alert that is sent again is receipted
    again and kept once.
    """

    takes_alerts = True

    def __init__(
        self,
        node: Node,
        *,
        host: str,
        port: int,
        on_event: Callable[[Event], None] | None = None,
        settings: ClientSettings | None = None,
    ) -> None:
        super().__init__(
            node, host=host, port=port, on_event=on_event, settings=settings
        )
        self.alerts: dict[str, Alert] = {}

    def _keep(self, alert: Alert) -> None:
        self.alerts.setdefault(alert.alert_id, alert)
