"""Tests of the station over real TCP: who is taken, what is sent, how time is kept."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from linewatch.link.sapient import CivilDeskClient, EdgeClient, uuid_from
from linewatch.log import MissionLog
from linewatch.mission.duty import DutySettings, stand
from linewatch.mission.orders import open_watch
from linewatch.mission.prepare import Prepared
from linewatch.mission.room import WatchRoom
from linewatch.mission.station import Station
from linewatch.watch.post import Post
from linewatch.watch.values import Detection, Health, Node, Status


def node_of(post: Post, *, name: str = "", source: str = "a") -> Node:
    """Make a node that speaks for a post, with an id of its own."""
    return Node(
        node_id=uuid_from(f"{source} {name or post.name}"),
        name=name or post.name,
        kind=post.site.kind,
        lon_deg=post.site.lon_deg,
        lat_deg=post.site.lat_deg,
        status_interval_s=30.0,
    )


def status(node: Node, time_s: float) -> Status:
    return Status(time_s=time_s, node_id=node.node_id, health=Health.OK)


def detection(node: Node, time_s: float) -> Detection:
    return Detection(
        time_s=time_s,
        node_id=node.node_id,
        report_id="01JT7SDCF01NQWJG9DZW000003",
        range_m=3_000.0,
        azimuth_rad=1.0,
        sigma_range_m=15.0,
        sigma_azimuth_rad=0.01,
    )


Play = Callable[[Station], Awaitable[None]]


def played(small: Prepared, path: Path, play: Play) -> Station:
    """Open a station with a log, and let `play` act on it."""

    async def run() -> Station:
        with MissionLog.open(path) as log:
            watch = open_watch(small.area, small.posts, start_s=small.start_s)
            station = Station(WatchRoom(watch, log))
            async with station.server:
                await play(station)
            station.room.flush()
        return station

    return asyncio.run(run())


def kinds(path: Path) -> list[str]:
    """Return the kinds of all entries of a log."""
    with MissionLog.open_to_read(path) as log:
        return [entry.kind for entry in log.read()]


async def said(station: Station, client: EdgeClient, time_s: float) -> None:
    """Register, report a status and detect once; wait until all has come in."""
    await client.connect(time_s)
    await client.send_status(status(client.node, time_s))
    await client.send_detections([detection(client.node, time_s + 1.0)])
    await station.server.settled({client.node.node_id: client.sent})


def test_an_ordered_node_is_heard_and_in_the_log_before_it_is_answered(
    small: Prepared, tmp_path: Path
) -> None:
    path = tmp_path / "m.log"

    async def play(station: Station) -> None:
        client = EdgeClient(
            node_of(small.posts[0]), host=station.host, port=station.server.port
        )
        async with client:
            await client.connect(small.start_s)
            await client.send_status(status(client.node, small.start_s))
            await station.server.settled({client.node.node_id: client.sent})
            assert "node" in kinds(path)
            await client.send_detections([detection(client.node, small.start_s + 1)])
            await station.server.settled({client.node.node_id: client.sent})
        assert station.room.watch.detections == 1

    assert played(small, path, play).turned_away == 0
    assert kinds(path).count("detection") == 1


def test_a_node_that_was_not_ordered_is_logged_once_and_not_used(
    small: Prepared, tmp_path: Path
) -> None:
    path = tmp_path / "m.log"

    async def play(station: Station) -> None:
        stranger = node_of(small.posts[0], name="radar-999")
        async with EdgeClient(
            stranger, host=station.host, port=station.server.port
        ) as client:
            await said(station, client, small.start_s)
            await client.send_detections([detection(stranger, small.start_s + 2.0)])
            await station.server.settled({stranger.node_id: client.sent})

    station = played(small, path, play)
    assert station.turned_away >= 3
    assert station.room.watch.detections == 0
    assert kinds(path) == ["refusal"]


def test_one_clock_far_ahead_does_not_carry_the_watch_along(
    small: Prepared, tmp_path: Path
) -> None:
    async def play(station: Station) -> None:
        for at, ahead_s in enumerate((0.0, 2.0, 86_400.0)):
            async with EdgeClient(
                node_of(small.posts[at]), host=station.host, port=station.server.port
            ) as client:
                await said(station, client, small.start_s + ahead_s)

    station = played(small, tmp_path / "m.log", play)
    assert station.heard_until_s() == small.start_s + 3.0


def test_a_desk_gets_the_test_alert_and_its_receipt_is_logged(
    small: Prepared, tmp_path: Path
) -> None:
    path = tmp_path / "m.log"

    async def play(station: Station) -> None:
        desk = replace(node_of(small.posts[0], name="civil-desk"), kind="desk")
        async with CivilDeskClient(
            desk, host=station.host, port=station.server.port
        ) as client:
            await client.connect(small.start_s)
            await client.send_status(status(desk, small.start_s))
            await station.server.settled({desk.node_id: client.sent})
            wanted = {desk.node_id: client.sent + 1}
            await station.advance(small.start_s + 600.0)
            await station.server.settled(wanted)
            await station.advance(small.start_s + 605.0)

    station = played(small, path, play)
    assert station.sent_alerts == 1
    assert [record.alert_id for record in station.room.watch.desk.closed()] == [
        "test-1"
    ]
    assert "receipt" in kinds(path)


def test_a_sensor_cannot_close_a_handover(small: Prepared, tmp_path: Path) -> None:
    async def play(station: Station) -> None:
        sensor = node_of(small.posts[0])
        async with CivilDeskClient(
            sensor, host=station.host, port=station.server.port
        ) as client:
            await client.connect(small.start_s)
            await client.send_status(status(sensor, small.start_s))
            await station.server.settled({sensor.node_id: client.sent})
            wanted = {sensor.node_id: client.sent + 1}
            (alert,) = (await station.advance(small.start_s + 600.0)).send
            await station.server.send_alert(sensor.node_id, alert)
            await station.server.settled(wanted)
            await station.advance(small.start_s + 605.0)

    station = played(small, tmp_path / "m.log", play)
    assert station.turned_away == 1
    assert len(station.room.watch.desk.waiting()) == 1


def test_a_stranger_does_not_carry_the_watch_along(
    small: Prepared, tmp_path: Path
) -> None:
    async def play(station: Station) -> None:
        for node, ahead_s in (
            (node_of(small.posts[0]), 0.0),
            (node_of(small.posts[1], name="radar-998"), 200.0),
            (node_of(small.posts[1], name="radar-999"), 86_400.0),
        ):
            async with EdgeClient(
                node, host=station.host, port=station.server.port
            ) as client:
                await said(station, client, small.start_s + ahead_s)

    station = played(small, tmp_path / "m.log", play)
    assert station.heard_until_s() == small.start_s + 1.0


def test_a_duty_follows_the_time_of_the_reports(
    small: Prepared, tmp_path: Path
) -> None:
    async def play(station: Station) -> None:
        there = asyncio.Event()
        settings = DutySettings(lag_s=2.0)
        duty = asyncio.create_task(stand(station, settings, tell=lambda _: there.set()))
        for at in range(2):
            async with EdgeClient(
                node_of(small.posts[at]), host=station.host, port=station.server.port
            ) as client:
                await said(station, client, small.start_s + 60.0)
        async with asyncio.timeout(30):
            await there.wait()
        duty.cancel()
        with pytest.raises(asyncio.CancelledError):
            await duty

    station = played(small, tmp_path / "m.log", play)
    assert station.room.watch.time_s == small.start_s + 59.0


def test_a_full_log_stops_the_duty_and_keeps_its_alerts_back(
    small: Prepared, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play(station: Station) -> None:
        log = station.room.log
        assert log is not None

        def full(_: object) -> int:
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(log, "append", full)
            with pytest.raises(OSError, match="disk full"):
                await station.advance(small.start_s + 600.0)
        assert station.sent_alerts == 0
        outcome = await station.advance(small.start_s + 601.0)
        assert [alert.kind for alert in outcome.send] == ["test"]

    played(small, tmp_path / "m.log", play)
    written = kinds(tmp_path / "m.log")
    # No node came, which is told too; the test alert's handover comes once, in order.
    assert (written[0], written.count("tick")) == ("tick", 2)
    assert written.index("handover") < len(written) - 1 - written[::-1].index("tick")
    assert written.count("handover") == 1


def test_without_a_desk_the_handover_stays_open(
    small: Prepared, tmp_path: Path
) -> None:
    async def play(station: Station) -> None:
        await station.advance(small.start_s + 600.0)

    station = played(small, tmp_path / "m.log", play)
    assert station.sent_alerts == 0
    assert len(station.room.watch.desk.waiting()) == 1
