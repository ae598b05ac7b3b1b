"""The fusion node's TCP server: sockets around `FusionSession`, and nothing else."""

import asyncio
import errno
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from linewatch.errors import BadValue, LinkError, PortTaken
from linewatch.link.sapient.events import Event, Parting
from linewatch.link.sapient.session import FusionSession
from linewatch.link.sapient.settings import ServerSettings
from linewatch.watch.values import Alert

OnEvents = Callable[[Sequence[Event]], Awaitable[None] | None]
"""Takes the events of one read, in order; called for one batch at a time."""

CHUNK: Final = 1 << 18
"""Bytes read at a time: some thousand detections, so a batch is worth its overhead."""

SLOW_PEER_S: Final = 5.0
"""How long a peer may leave an alert unread before it counts as gone [s]."""


@dataclass(slots=True)
class Counts:
    """Messages of one node: taken, and refused with an answer."""

    taken: int = 0
    refused: int = 0

    @property
    def received(self) -> int:
        """Messages that came and were handed on."""
        return self.taken + self.refused


@dataclass(eq=False, slots=True)
class _Link:
    session: FusionSession
    writer: asyncio.StreamWriter
    ours: str | None = None


@dataclass(eq=False, slots=True)
class _Wish:
    """Counts of received messages that someone waits for."""

    left: dict[str, int]
    done: asyncio.Future[None] = field(repr=False)


class FusionServer:
    """Listens for SAPIENT nodes and hands on what they tell.

    Parameters
    ----------
    on_events : callable
        Takes each batch of events; a coroutine is awaited, and until it is done that
        connection is not read, so that a slow watch slows its sensors and loses none.
    host, port : str, int
        Where to listen: loopback unless told otherwise; port 0 takes a free one.
    clock : callable, optional
        Tells the time [s] against which clocks of nodes are compared; none is compared
        without it.
    settings : ServerSettings
        Our id, TLS, and limits.
    """

    def __init__(
        self,
        on_events: OnEvents,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        clock: Callable[[], float] | None = None,
        settings: ServerSettings | None = None,
    ) -> None:
        self.host = host
        self.port = port
        self.counts: dict[str, Counts] = {}
        """Messages handed on, by the node that they name; "" for those without one."""
        self.dropped: Counter[str] = Counter()
        """Fields left behind because they might tell who somebody is, by name."""
        self._on_events = on_events
        self._clock = clock
        self._settings = settings or ServerSettings()
        self._alerts: dict[str, str] = {}
        self._links: dict[str, _Link] = {}
        self._open: set[_Link] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wishes: list[_Wish] = []
        self._turn = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self.failure: BaseException | None = None
        """What the callback raised, if it did; the server stops taking messages."""

    async def start(self) -> None:
        """Begin to listen.

        Raises
        ------
        PortTaken
            If another program listens there.
        LinkError
            If the address cannot be listened on for another reason.
        BadValue
            If there is no such port.
        """
        try:
            self._server = await asyncio.start_server(
                self._serve, self.host, self.port, ssl=self._settings.tls, limit=CHUNK
            )
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(self.host, self.port) from error
            where = f"{self.host}:{self.port}"
            raise LinkError(where, f"cannot listen there: {error.strerror}") from error
        except OverflowError as error:
            raise BadValue("port", "0 to 65535", self.port) from error
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening, end every connection, and hand on that they ended."""
        if self._server is None:
            return
        self._server.close()
        await asyncio.sleep(0)  # a connection just accepted begins its task
        for link in self._open:
            # Its reader then ends by itself, and a batch is taken to its end.
            link.writer.transport.abort()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None
        for wish in self._wishes:
            wish.done.cancel()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def connected(self) -> tuple[str, ...]:
        """Nodes that are registered and connected, sorted."""
        return tuple(sorted(self._links))

    async def send_alert(self, node_id: str, alert: Alert) -> None:
        """Send an alert to a connected node, such as a civil desk.

        Its answer comes as a `Receipt` event, over this or a later connection.

        Raises
        ------
        LinkError
            If the node is not connected, or does not read.
        """
        link = self._links.get(node_id)
        if link is None:
            raise LinkError(node_id, "not connected")
        link.writer.write(link.session.alert(alert))
        try:
            await asyncio.wait_for(link.writer.drain(), SLOW_PEER_S)
        except (OSError, TimeoutError) as error:
            link.writer.transport.abort()
            raise LinkError(node_id, "does not read what is sent to it") from error

    async def settled(self, received: Mapping[str, int]) -> None:
        """Wait until so many messages of each node were handed on, taken or refused.

        A node counts its own as `EdgeClient.sent`. Without a limit of time: put
        `asyncio.timeout` around it.

        Raises
        ------
        Exception
            What the callback raised, if it did.
        """
        left = {
            node_id: wanted
            for node_id, wanted in received.items()
            if self._received(node_id) < wanted
        }
        if self.failure is not None:
            raise self.failure
        if not left:
            return
        wish = _Wish(left, asyncio.get_running_loop().create_future())
        self._wishes.append(wish)
        try:
            await wish.done
        finally:
            self._wishes.remove(wish)

    def _received(self, node_id: str) -> int:
        counts = self.counts.get(node_id)
        return 0 if counts is None else counts.received

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve one connection from its first byte to its end."""
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        session = FusionSession(self._settings, alerts=self._alerts)
        link = _Link(session, writer)
        self._open.add(link)
        try:
            with suppress(OSError):  # a broken connection ends like a closed one
                await self._read(link, reader)
        finally:
            self._open.discard(link)
            writer.close()
            await self._part(link)

    async def _read(self, link: _Link, reader: asyncio.StreamReader) -> None:
        session, writer = link.session, link.writer
        while self.failure is None:
            chunk = await reader.read(CHUNK)
            if not chunk:
                return
            now_s = None if self._clock is None else self._clock()
            events = session.receive(chunk, now_s=now_s)
            if session.peer_id != link.ours:
                await self._take_over(link)
            await self._hand_on(session, events)
            out = session.outbox()
            if out and self.failure is None:
                writer.write(out)
                await writer.drain()
            if session.broken:
                return

    async def _take_over(self, link: _Link) -> None:
        """Give a node id to the newest connection that registered it."""
        link.ours = node_id = link.session.peer_id
        if node_id is None:
            return
        before = self._links.get(node_id)
        self._links[node_id] = link
        if before is not None and before is not link:
            await self._hand_on(before.session, before.session.end(Parting.REPLACED))
            before.writer.transport.abort()

    async def _hand_on(self, session: FusionSession, events: Sequence[Event]) -> None:
        """Hand a batch to the callback, then count it."""
        if events and self.failure is None:
            async with self._turn:
                try:
                    waits = self._on_events(events)
                    if waits is not None:
                        await waits
                except Exception as error:  # noqa: BLE001 # told by settled and failure
                    self._fail(error)
        self._count(session)

    def _fail(self, error: Exception) -> None:
        """Stop: what cannot be logged must not be taken as delivered."""
        self.failure = error
        for wish in self._wishes:
            if not wish.done.done():
                wish.done.set_exception(error)

    def _count(self, session: FusionSession) -> None:
        if self.failure is not None:
            return
        for node_id, number in session.taken.items():
            self.counts.setdefault(node_id, Counts()).taken += number
        for node_id, number in session.refused.items():
            self.counts.setdefault(node_id, Counts()).refused += number
        self.dropped.update(session.dropped)
        for wish in self._wishes:
            for node_id in (*session.taken, *session.refused):
                if self._received(node_id) >= wish.left.get(node_id, 0):
                    wish.left.pop(node_id, None)
            if not wish.left and not wish.done.done():
                wish.done.set_result(None)
        session.taken.clear()
        session.refused.clear()
        session.dropped.clear()

    async def _part(self, link: _Link) -> None:
        """Tell that a connection ended, unless a newer one has its node."""
        node_id = link.session.peer_id
        if node_id is not None and self._links.get(node_id) is link:
            del self._links[node_id]
        await self._hand_on(link.session, link.session.end())
        with suppress(OSError):
            await link.writer.wait_closed()
