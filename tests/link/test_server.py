"""Tests of server and clients over real TCP on loopback."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linewatch.errors import BadValue, LinkError, LogUnwritable, PortTaken
from linewatch.link.sapient import (
    CivilDeskClient,
    ClientSettings,
    EdgeClient,
    EdgeSession,
    Event,
    FusionServer,
    Left,
    Parting,
    Receipt,
    Refusal,
    ServerSettings,
    Skew,
    Ulids,
)
from linewatch.link.sapient.codec import Frames, frame
from linewatch.link.sapient.pb import SapientMessage
from linewatch.watch.values import Detection, Health, Node, Status
from tests.link import certificates
from tests.link.messages import (
    ALERT,
    DESK,
    PLACE,
    POLAR,
    RADAR,
    START_S,
    detection_message,
    node,
    ok,
)

QUICK = ClientSettings(tries=3, first_wait_s=0.01, longest_wait_s=0.02, answer_s=5.0)
LONG_S = 30.0

Test = Callable[[], Coroutine[Any, Any, None]]


def run(test: Test) -> None:
    """Run a test's coroutine; one that hangs fails."""

    async def limited() -> None:
        async with asyncio.timeout(LONG_S):
            await test()

    asyncio.run(limited())


def client(server: FusionServer, of: Node = RADAR) -> EdgeClient:
    return EdgeClient(of, host=server.host, port=server.port, settings=QUICK)


async def until(so: Callable[[], bool]) -> None:
    """Wait until something outside our reach has happened."""
    while not so():  # noqa: ASYNC110 # nothing tells of it
        await asyncio.sleep(0.001)


async def up(server: FusionServer, of: Node = RADAR) -> EdgeClient:
    """Connect a node and report it well."""
    edge = client(server, of)
    await edge.connect(START_S)
    await edge.send_status(ok(of))
    return edge


def detections(of: Node, number: int) -> list[Detection]:
    ulids = Ulids(of.node_id)
    return [
        replace(
            POLAR,
            node_id=of.node_id,
            time_s=START_S + at,
            report_id=ulids.at(START_S + at),
            range_m=float(at),
        )
        for at in range(number)
    ]


def test_several_nodes_are_heard_whole_and_in_order() -> None:
    async def test() -> None:
        got: list[Event] = []
        nodes = [node(f"radar-{at:03d}") for at in range(8)]
        async with FusionServer(got.extend) as server:
            edges = await asyncio.gather(*(up(server, of) for of in nodes))
            for at in range(0, 400, 40):
                await asyncio.gather(
                    *(
                        edge.send_detections(detections(edge.node, 400)[at : at + 40])
                        for edge in edges
                    )
                )
            assert server.connected == tuple(sorted(of.node_id for of in nodes))
            await server.settled({edge.node.node_id: edge.sent for edge in edges})
            for of in nodes:
                seen = [
                    one
                    for one in got
                    if isinstance(one, Detection) and one.node_id == of.node_id
                ]
                assert seen == detections(of, 400)
                assert server.counts[of.node_id].taken == 402
            for edge in edges:
                await edge.close(START_S + 500)
            await server.settled({edge.node.node_id: edge.sent for edge in edges})
            partings = [one.parting for one in got if isinstance(one, Left)]
            assert partings == [Parting.GOODBYE] * 8

    run(test)


def test_settled_answers_at_once_for_what_has_come() -> None:
    async def test() -> None:
        async with FusionServer(lambda _: None) as server:
            await server.settled({})
            edge = await up(server)
            await server.settled({RADAR.node_id: edge.sent})
            await server.settled({RADAR.node_id: 1})
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02):
                    await server.settled({RADAR.node_id: edge.sent + 1})
            await edge.close(START_S)

    run(test)


def test_a_taken_port_is_told() -> None:
    async def test() -> None:
        async with FusionServer(lambda _: None) as server:
            other = FusionServer(lambda _: None, port=server.port)
            with pytest.raises(PortTaken) as taken:
                await other.start()
            assert taken.value.port == server.port
            await other.close()

    run(test)


def test_an_address_that_is_not_ours_is_told() -> None:
    async def test() -> None:
        server = FusionServer(lambda _: None, host="192.0.2.1")
        with pytest.raises(LinkError, match="cannot listen there") as told:
            await server.start()
        assert "\n" not in str(told.value)

    run(test)


@pytest.mark.parametrize("port", [-1, 65_536])
def test_a_port_that_does_not_exist_is_told(port: int) -> None:
    async def test() -> None:
        with pytest.raises(BadValue, match=f"port must be 0 to 65535, not {port}"):
            await FusionServer(lambda _: None, port=port).start()

    run(test)


def test_it_listens_on_loopback_unless_told() -> None:
    async def test() -> None:
        async with FusionServer(lambda _: None) as server:
            assert server.host == "127.0.0.1"
            assert server.port > 0

    run(test)


def test_an_effector_hears_why_it_is_refused() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as server:
            edge = client(server, node("x", "jammer"))
            with pytest.raises(LinkError, match="effector nodes are not accepted"):
                await edge.connect(START_S)
            assert server.connected == ()
            assert [type(event) for event in got] == [Refusal]

    run(test)


def test_nobody_there_is_told_after_the_last_try() -> None:
    async def test() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        edge = EdgeClient(RADAR, host="127.0.0.1", port=port, settings=QUICK)
        with pytest.raises(LinkError, match="cannot be reached in 3 tries") as told:
            await edge.connect(START_S)
        assert f"127.0.0.1:{port}" in str(told.value)

    run(test)


def test_a_peer_that_never_answers_is_told() -> None:
    async def test() -> None:
        ended = 0

        async def mute(reader: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
            nonlocal ended
            await reader.read()
            out.close()
            await out.wait_closed()
            ended += 1

        async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            settings = replace(QUICK, tries=2, answer_s=0.02)
            edge = EdgeClient(RADAR, host="127.0.0.1", port=port, settings=settings)
            with pytest.raises(LinkError, match="no answer"):
                await edge.connect(START_S)
            await until(lambda: ended == 2)

    run(test)


def test_nothing_is_sent_before_registration() -> None:
    async def test() -> None:
        async with FusionServer(lambda _: None) as server:
            edge = client(server)
            await edge.send_detections([])
            assert edge.sent == 0
            await edge.close(START_S)
            assert server.counts == {}

    run(test)


def test_the_newest_connection_wins_a_node() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as server:
            old = await up(server)
            new = await up(server)
            await server.settled({RADAR.node_id: old.sent + new.sent})
            left = [event for event in got if isinstance(event, Left)]
            assert left == [Left(node_id=RADAR.node_id, parting=Parting.REPLACED)]
            assert server.connected == (RADAR.node_id,)
            await new.send_detections([POLAR])
            await server.settled({RADAR.node_id: old.sent + new.sent})
            assert got[-1] == POLAR
            await new.close(START_S + 9)
            await old.close(START_S + 9)

    run(test)


def test_a_lost_connection_is_made_again() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as first:
            edge = await up(first)
            port = first.port
            await edge.send_detections([POLAR])
            await first.settled({RADAR.node_id: edge.sent})
        assert got[-1] == Left(node_id=RADAR.node_id, parting=Parting.CLOSED)
        got.clear()
        before = edge.sent
        async with FusionServer(got.extend, port=port) as second:
            await until(lambda: not edge.connected)
            await edge.send_detections([PLACE])
            await second.settled({RADAR.node_id: edge.sent - before})
            assert got == [RADAR, ok(RADAR), PLACE]
            await edge.close(START_S + 9)

    run(test)


def test_an_alert_reaches_the_desk_and_its_receipt_comes_back() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as server:
            desk = CivilDeskClient(DESK, host=server.host, port=server.port)
            await desk.connect(START_S)
            await desk.send_status(ok(DESK))
            await server.settled({DESK.node_id: 2})
            for _ in range(2):
                await server.send_alert(DESK.node_id, ALERT)
            await server.settled({DESK.node_id: 4})
            assert desk.alerts == {ALERT.alert_id: ALERT}
            receipts = [event for event in got if isinstance(event, Receipt)]
            assert [one.alert_id for one in receipts] == [ALERT.alert_id] * 2
            assert all(one.accepted for one in receipts)
            assert receipts[0].reference != receipts[1].reference
            await desk.close(START_S + 60)

    run(test)


def test_an_alert_to_nobody_is_told() -> None:
    async def test() -> None:
        async with FusionServer(lambda _: None) as server:
            with pytest.raises(LinkError, match="not connected"):
                await server.send_alert(DESK.node_id, ALERT)

    run(test)


def test_a_slow_watch_slows_its_sensors_and_loses_nothing() -> None:
    async def test() -> None:
        got: list[Event] = []
        inside = 0

        async def take(events: Sequence[Event]) -> None:
            nonlocal inside
            inside += 1
            assert inside == 1, "two batches at a time"
            await asyncio.sleep(0.002)
            got.extend(events)
            inside -= 1

        nodes = [node(f"radar-{at}") for at in range(3)]
        async with FusionServer(take) as server:
            edges = await asyncio.gather(*(up(server, of) for of in nodes))
            await asyncio.gather(
                *(edge.send_detections(detections(edge.node, 3_000)) for edge in edges)
            )
            await server.settled({edge.node.node_id: edge.sent for edge in edges})
            assert sum(isinstance(event, Detection) for event in got) == 9_000
            for edge in edges:
                await edge.close(START_S)

    run(test)


def test_a_watch_that_cannot_log_stops_taking() -> None:
    async def test() -> None:
        def take(events: Sequence[Event]) -> None:
            if any(isinstance(event, Detection) for event in events):
                raise LogUnwritable(Path("mission.log"), "the disk is full")

        async with FusionServer(take) as server:
            edge = await up(server)
            await server.settled({RADAR.node_id: 2})
            waiting = asyncio.create_task(server.settled({RADAR.node_id: 99}))
            await asyncio.sleep(0)
            await edge.send_detections([POLAR])
            with pytest.raises(LogUnwritable, match="the disk is full"):
                await waiting
            with pytest.raises(LogUnwritable):
                await server.settled({RADAR.node_id: 99})
            assert server.counts[RADAR.node_id].received == 2
            await until(lambda: not edge.connected)
            await edge.close(START_S)

    run(test)


def test_a_stream_of_something_else_gets_an_error_and_is_closed() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as server:
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            (packet,) = Frames().feed(await reader.read())
            message = SapientMessage.FromString(packet)
            assert "is over" in message.error.error_message[0]
            assert isinstance(got[0], Refusal)
            assert server.counts[""].refused == 1
            writer.close()
            await writer.wait_closed()

    run(test)


def test_a_wrong_clock_is_flagged() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend, clock=lambda: START_S + 60) as server:
            edge = await up(server)
            await edge.send_detections([POLAR])
            await server.settled({RADAR.node_id: edge.sent})
            skews = [event for event in got if isinstance(event, Skew)]
            assert [skew.skew_s for skew in skews] == [-60.0]
            assert POLAR in got
            await edge.close(START_S)

    run(test)


def test_what_was_dropped_is_counted() -> None:
    async def test() -> None:
        async with FusionServer(lambda _: None) as server:
            sensor = EdgeSession(RADAR)
            reader, writer = await asyncio.open_connection(server.host, server.port)
            writer.write(sensor.register(START_S))
            sensor.receive(await reader.read(1000))
            message = detection_message()
            message.detection_report.id = "N12345"
            writer.write(sensor.report(ok(RADAR)) + frame(message.SerializeToString()))
            await server.settled({RADAR.node_id: 3})
            assert server.dropped == {"id": 1}
            writer.close()
            await writer.wait_closed()

    run(test)


def test_a_connection_that_breaks_off_ends_its_node() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as server:
            async with await up(server) as edge:
                await server.settled({RADAR.node_id: edge.sent})
            await until(lambda: not server.connected)
            assert got[-1] == Left(node_id=RADAR.node_id, parting=Parting.CLOSED)

    run(test)


def test_tls_lets_in_only_nodes_with_a_certificate(tmp_path: Path) -> None:
    server_tls, node_tls, stranger_tls = certificates.contexts(tmp_path)

    async def test() -> None:
        got: list[Event] = []
        settings = ServerSettings(tls=server_tls)
        async with FusionServer(got.extend, settings=settings) as server:
            edge = EdgeClient(
                RADAR,
                host=server.host,
                port=server.port,
                settings=replace(QUICK, tls=node_tls),
            )
            await edge.connect(START_S)
            await edge.send_status(ok(RADAR))
            await server.settled({RADAR.node_id: 2})
            await edge.close(START_S + 1)
            for tls in (stranger_tls, None):
                stranger = EdgeClient(
                    node("stranger"),
                    host=server.host,
                    port=server.port,
                    settings=replace(QUICK, tls=tls),
                )
                with pytest.raises(LinkError):
                    await stranger.connect(START_S)
            assert set(server.counts) <= {RADAR.node_id}

    run(test)


@pytest.mark.parametrize(
    "wrong",
    [{"tries": 0}, {"first_wait_s": 0.0}, {"longest_wait_s": -1.0}, {"answer_s": 0.0}],
)
def test_patience_must_be_possible(wrong: dict[str, float]) -> None:
    with pytest.raises(BadValue):
        ClientSettings(**wrong)  # type: ignore[arg-type]


def test_waits_double_up_to_the_longest() -> None:
    settings = ClientSettings(tries=6, first_wait_s=0.1, longest_wait_s=0.5)
    assert settings.waits_s() == [0.1, 0.2, 0.4, 0.5, 0.5]


def test_a_status_is_new_only_when_it_says_another_thing() -> None:
    async def test() -> None:
        got: list[Event] = []
        async with FusionServer(got.extend) as server:
            edge = await up(server)
            blind = Status(
                time_s=START_S + 60,
                node_id=RADAR.node_id,
                health=Health.ERROR,
                detecting=False,
            )
            for status in (ok(RADAR, 30), blind, replace(blind, time_s=START_S + 90)):
                await edge.send_status(status)
            await server.settled({RADAR.node_id: edge.sent})
            assert got == [
                RADAR,
                ok(RADAR),
                ok(RADAR, 30),
                blind,
                replace(blind, time_s=START_S + 90),
            ]
            await edge.close(START_S + 99)

    run(test)
