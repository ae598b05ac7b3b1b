"""Edge: the simulated sensors as SAPIENT nodes over TCP, and a civil desk."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from itertools import groupby
from types import TracebackType
from typing import Final, Self

from linewatch.errors import BadValue, LinkError
from linewatch.link.sapient import ClientSettings, EdgeClient
from linewatch.sim.desk import DeskClient
from linewatch.sim.node import node_id_of
from linewatch.sim.sensing import Heard, Sensors
from linewatch.watch.values import Detection, Health, Node, Status

AT_ONCE: Final = 32
"""Nodes that connect at a time: a listener's queue is commonly 100 long."""

DESK: Final = "civil-desk"
"""Name of the civil authority's desk."""

TURN_S: Final = 0.25
"""Real time between steps of a live run [s], where the speed lets it."""


class Edge:
    """Every sensor as a node of a running watch, and a civil desk.

    Parameters
    ----------
    sensors : Sensors
        What the nodes say, and the world that they say it of.
    host, port : str, int
        Where the watch listens for SAPIENT.
    settings : ClientSettings, optional
        How nodes try again.

    Attributes
    ----------
    desk : DeskClient
        The civil authority's desk: it receipts every alert.
    """

    def __init__(
        self,
        sensors: Sensors,
        *,
        host: str,
        port: int,
        settings: ClientSettings | None = None,
    ) -> None:
        self.sensors = sensors
        self.detections = 0
        """Detections sent so far."""
        self._desk_due_s = -math.inf
        self._clients = {
            one.node.node_id: EdgeClient(
                one.node, host=host, port=port, settings=settings
            )
            for one in sensors.nodes
        }
        line = sensors.world.area.line
        lon, lat = line.place(line.length_m / 2)
        node = Node(
            node_id=node_id_of(DESK, sensors.seed),
            name=DESK,
            kind="desk",
            lon_deg=float(lon),
            lat_deg=float(lat),
            status_interval_s=sensors.world.settings.status_interval_s,
        )
        self.desk = DeskClient(
            node,
            host=host,
            port=port,
            delay_s=sensors.world.settings.receipt_delay_s,
            settings=settings,
        )

    @property
    def sent(self) -> dict[str, int]:
        """Messages sent so far by node, as `FusionServer.settled` takes them."""
        counts = {name: client.sent for name, client in self._clients.items()}
        return {**counts, self.desk.node.node_id: self.desk.sent}

    async def connect(self) -> None:
        """Register the desk and every sensor with the watch.

        Raises
        ------
        LinkError
            If the watch cannot be reached, or refuses a node.
        """
        now_s = self.sensors.world.time_s
        await self.desk.connect(now_s)
        # A node is known to the watch once it has told its place, in its first status.
        await self._report_desk(now_s)
        clients = list(self._clients.values())
        for at in range(0, len(clients), AT_ONCE):
            some = clients[at : at + AT_ONCE]
            await asyncio.gather(*(client.connect(now_s) for client in some))

    async def step(self, until_s: float) -> dict[str, int]:
        """Move the world on to `until_s` and send all that is said by then.

        Returns
        -------
        dict of str to int
            Messages sent so far by node: `sent`.

        Raises
        ------
        LinkError
            If a connection is lost and cannot be made again.
        """
        heard = self.sensors.step(until_s)
        for node_id, said in _by_node(heard):
            await _say(self._clients[node_id], said)
        self.detections += len(heard.detections)
        now_s = self.sensors.world.time_s
        if now_s >= self._desk_due_s:
            await self._report_desk(now_s)
        await self.desk.answer(now_s)
        return self.sent

    async def run(
        self,
        until_s: float,
        *,
        speed: float,
        now: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tell: Callable[[Self], None] = lambda _: None,
    ) -> None:
        """Run live, `speed` seconds of the world in each real second, to `until_s`.

        Where the machine or the watch cannot keep up, the world falls behind rather
        than skip anything.

        Parameters
        ----------
        until_s : float
            Instant of the world to stop at [s].
        speed : float
            Seconds of the world per real second [-].
        now : callable
            Real time [s], of any origin: ``time.monotonic``.
        sleep : callable
            Waits a real time [s].
        tell : callable
            Called after every step.

        Raises
        ------
        BadValue
            If the speed is not above 0.
        LinkError
            If a connection is lost and cannot be made again.
        """
        if not 0 < speed < math.inf:
            raise BadValue("speed", "above 0", speed)
        world = self.sensors.world
        from_s, began = world.time_s, now()
        while world.time_s + 1 <= until_s:
            due_s = from_s + (now() - began) * speed
            if due_s < world.time_s + 1:
                wait_s = (world.time_s + 1 - due_s) / speed
                await sleep(max(wait_s, min(TURN_S, 1 / speed)))
                continue
            await self.step(min(math.floor(due_s - from_s) + from_s, until_s))
            tell(self)

    async def close(self) -> None:
        """Say goodbye for every node that is still connected."""
        now_s = self.sensors.world.time_s
        clients: Sequence[EdgeClient] = [*self._clients.values(), self.desk]
        with suppress(LinkError):
            await asyncio.gather(*(client.close(now_s) for client in clients))

    async def _report_desk(self, now_s: float) -> None:
        """Report that the desk is well, and set when it does so again."""
        node = self.desk.node
        self._desk_due_s = now_s + node.status_interval_s
        status = Status(time_s=now_s, node_id=node.node_id, health=Health.OK)
        await self.desk.send_status(status)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _by_node(heard: Heard) -> list[tuple[str, list[Status | Detection]]]:
    """Put what was said in order of time by node; a status before what it covers."""
    by_node: dict[str, list[Status | Detection]] = {}
    for status in heard.statuses:
        by_node.setdefault(status.node_id, []).append(status)
    for detection in heard.detections:
        by_node.setdefault(detection.node_id, []).append(detection)
    return [
        (node_id, sorted(said, key=lambda one: one.time_s))
        for node_id, said in by_node.items()
    ]


async def _say(client: EdgeClient, said: Sequence[Status | Detection]) -> None:
    """Send what one node says, detections that follow each other in one write."""
    for kind, some in groupby(said, key=type):
        if kind is Status:
            for each in some:
                if isinstance(each, Status):
                    await client.send_status(each)
        else:
            await client.send_detections(
                [each for each in some if isinstance(each, Detection)]
            )
