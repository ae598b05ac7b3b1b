"""Tests of the edge: simulated sensors against a real SAPIENT server on loopback."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from linewatch.errors import BadValue, LinkError
from linewatch.link.sapient import ClientSettings, Event, FusionServer, Receipt
from linewatch.sim.edge import DESK, Edge
from linewatch.sim.sensing import Sensors
from linewatch.sim.settings import SimSettings
from linewatch.sim.world import World
from linewatch.watch.values import Alert, Detection, Node, Status, Target
from tests.sim.fakes import START_S, day, sight_at, straight_area

IMPATIENT = ClientSettings(tries=1, answer_s=2.0)


def sensors_of(seed: int = 1, **assume: Any) -> Sensors:
    settings = SimSettings(failure_every_s=1e12, **assume)
    world = World(straight_area(per_hour=200.0), settings, START_S, seed)
    sights = [
        sight_at(kind, 6000.0 * n, 500.0, name=f"{kind}-{n}", phase_s=0.5 * n)
        for n, kind in enumerate(["radar", "camera", "seismic", "radar"])
    ]
    return Sensors(world, sights, day, seed=seed)


def alert_at(time_s: float, number: int = 1) -> Alert:
    return Alert(
        alert_id=f"alert-{number}",
        time_s=time_s,
        kind="crossing",
        track_id=number,
        node_id=None,
        chainage_m=1000.0,
        offset_m=-20.0,
        lon_deg=-106.0,
        lat_deg=29.0,
        target=Target.WALKER,
        count_low=1,
        count_high=3,
        priority=1,
    )


class Heard:
    """A server's callback that keeps everything."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, events: Sequence[Event]) -> None:
        """Keep events."""
        self.events += events

    def of(self, *kinds: type) -> list[Any]:
        """Return the events of some kinds."""
        return [one for one in self.events if isinstance(one, kinds)]


@asynccontextmanager
async def running(
    heard: Callable[[Sequence[Event]], None], sensors: Sensors
) -> AsyncIterator[tuple[FusionServer, Edge]]:
    """Yield a server on loopback, and an edge that is connected to it."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(FusionServer(heard))
        edge = Edge(sensors, host=server.host, port=server.port)
        await stack.enter_async_context(edge)
        await edge.connect()
        yield server, edge


async def settle(server: FusionServer, sent: dict[str, int]) -> None:
    async with asyncio.timeout(20):
        await server.settled(sent)


def test_all_that_the_sensors_say_arrives() -> None:
    heard, told = Heard(), sensors_of().step(START_S + 120)

    async def go() -> dict[str, int]:
        async with running(heard, sensors_of()) as (server, edge):
            sent: dict[str, int] = {}
            for until in (10, 25, 120):
                sent = await edge.step(START_S + until)
                await settle(server, sent)
            assert edge.detections == len(told.detections)
            return sent

    sent = asyncio.run(go())
    found = {one.report_id: one for one in heard.of(Detection)}
    assert len(told.detections) > 20
    assert set(found) == {one.report_id for one in told.detections}
    for one in told.detections:
        there = found[one.report_id]
        assert there.node_id == one.node_id
        assert there.time_s == pytest.approx(one.time_s, abs=1e-6)
        assert there.target == one.target
        for name in ("range_m", "azimuth_rad", "lon_deg", "lat_deg", "sigma_range_m"):
            value = getattr(one, name)
            told_value = value if value is None else pytest.approx(value, rel=1e-6)
            assert getattr(there, name) == told_value
    statuses = [(one.time_s, one.node_id) for one in heard.of(Status)]
    expected = [(one.time_s, one.node_id) for one in told.statuses]
    assert set(expected) <= set(statuses)
    # A registration each, the desk's too, and its status at the start and later.
    count = len(told.detections) + len(told.statuses) + 5 + 2
    assert sum(sent.values()) == count


def test_nodes_register_by_name_and_kind_with_their_place() -> None:
    heard, sensors = Heard(), sensors_of()

    async def go() -> None:
        async with running(heard, sensors) as (server, edge):
            await settle(server, await edge.step(START_S + 1))

    asyncio.run(go())
    nodes = {one.name: one for one in heard.of(Node)}
    assert set(nodes) == {one.node.name for one in sensors.nodes} | {DESK}
    assert nodes[DESK].kind == "desk"
    for one in sensors.nodes:
        there = nodes[one.node.name]
        assert there.node_id == one.node.node_id
        assert there.kind == one.node.kind
        assert there.status_interval_s == one.node.status_interval_s


def test_a_node_says_its_status_before_what_it_sees() -> None:
    heard = Heard()

    async def go() -> None:
        async with running(heard, sensors_of()) as (server, edge):
            await settle(server, await edge.step(START_S + 90))

    asyncio.run(go())
    for node_id in {one.node_id for one in heard.of(Detection)}:
        said = [one for one in heard.of(Status, Detection) if one.node_id == node_id]
        assert isinstance(said[0], Status)
        times = [one.time_s for one in said[:-1]]  # the last is the goodbye
        assert times == sorted(times)


def test_the_desk_receipts_after_its_delay_of_simulated_time() -> None:
    heard = Heard()

    async def go() -> None:
        sensors = sensors_of(receipt_delay_s=30.0)
        async with running(heard, sensors) as (server, edge):
            await settle(server, await edge.step(START_S + 10))
            for number in (1, 2):
                alert = alert_at(START_S + 10, number)
                await server.send_alert(edge.desk.node.node_id, alert)
            async with asyncio.timeout(10):
                await edge.desk.hear(2)
            assert [*edge.desk.alerts] == ["alert-1", "alert-2"]
            await settle(server, await edge.step(START_S + 39))
            assert heard.of(Receipt) == []
            await settle(server, await edge.step(START_S + 50))

    asyncio.run(go())
    receipts = heard.of(Receipt)
    assert [one.alert_id for one in receipts] == ["alert-1", "alert-2"]
    assert [one.time_s for one in receipts] == [START_S + 40, START_S + 40]
    assert all(one.accepted and one.reference for one in receipts)


def test_waiting_for_an_alert_ends_when_the_watch_does() -> None:
    async def go() -> None:
        async with FusionServer(Heard()) as server:
            edge = Edge(sensors_of(), host=server.host, port=server.port)
            await edge.connect()
        with pytest.raises(LinkError, match="0 of 1 alerts"):
            await edge.desk.hear(1)
        await edge.close()

    asyncio.run(go())


def test_no_watch_there_is_told_in_one_line() -> None:
    async def go() -> None:
        edge = Edge(sensors_of(), host="127.0.0.1", port=1, settings=IMPATIENT)
        try:
            await edge.connect()
        finally:
            await edge.close()

    with pytest.raises(LinkError, match=r"127\.0\.0\.1:1: cannot be reached"):
        asyncio.run(go())


def test_two_runs_send_the_same() -> None:
    heard = [Heard(), Heard()]

    async def go(into: Heard) -> None:
        async with running(into, sensors_of()) as (server, edge):
            for until in range(10, 61, 10):
                await settle(server, await edge.step(START_S + until))

    for into in heard:
        asyncio.run(go(into))
    key = [
        sorted((one.report_id, one.range_m or 0.0) for one in into.of(Detection))
        for into in heard
    ]
    assert key[0] == key[1]


class RealTime:
    """A clock that passes only while slept through, and a little in every step."""

    def __init__(self, per_look_s: float = 0.0) -> None:
        self.time_s = 1000.0
        self.slept_s = 0.0
        self._per_look_s = per_look_s

    def __call__(self) -> float:
        """Return the time."""
        self.time_s += self._per_look_s
        return self.time_s

    async def sleep(self, wait_s: float) -> None:
        """Let time pass."""
        self.time_s += wait_s
        self.slept_s += wait_s


def run_live(speed: float, clock: RealTime, over_s: float = 60.0) -> list[float]:
    """Run live against a server that keeps nothing; return the time after each step."""
    at: list[float] = []

    async def go() -> None:
        async with running(lambda _: None, sensors_of()) as (_, edge):
            await edge.run(
                START_S + over_s,
                speed=speed,
                now=clock,
                sleep=clock.sleep,
                tell=lambda one: at.append(one.sensors.world.time_s - START_S),
            )

    asyncio.run(go())
    return at


@pytest.mark.parametrize("speed", [1.0, 10.0])
def test_a_live_run_takes_its_time(speed: float) -> None:
    clock = RealTime()
    at = run_live(speed, clock)
    assert clock.slept_s == pytest.approx(60.0 / speed, rel=0.1)
    assert at[-1] == 60.0
    assert at == sorted(at)


def test_a_live_run_that_cannot_keep_up_skips_nothing() -> None:
    clock = RealTime(per_look_s=7.0)
    at = run_live(1.0, clock)
    assert clock.slept_s == 0.0
    assert at[-1] == 60.0


@pytest.mark.parametrize("speed", [0.0, -1.0, float("nan"), float("inf")])
def test_a_speed_that_is_none_is_refused(speed: float) -> None:
    async def go() -> None:
        edge = Edge(sensors_of(), host="127.0.0.1", port=1)
        await edge.run(START_S + 1, speed=speed, now=lambda: 0.0)

    with pytest.raises(BadValue, match="speed"):
        asyncio.run(go())
