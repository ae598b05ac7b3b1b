"""Tests of the live watch: places, posts and nodes, outages, alerts and handovers."""

from dataclasses import replace

import numpy as np
import pytest

from linewatch.area import Area
from linewatch.errors import UnknownName
from linewatch.watch.live import Outcome, Receipt, Watch
from linewatch.watch.post import Post
from linewatch.watch.values import Alert, Health, Status
from tests.watch.stage import START_S, WEST_M, flat_area, node, post, walk, watch


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return flat_area(tmp_path_factory.mktemp("flat"))


@pytest.fixture(scope="module")
def radars(area: Area) -> list[Post]:
    return [post(area, "radar-001", WEST_M), post(area, "radar-002", WEST_M + 9_000)]


def run(room: Watch, until_s: float, step_s: float = 5.0) -> list[Outcome]:
    """Advance step by step."""
    outcomes = []
    while room.time_s < until_s:
        outcomes.append(room.advance(min(room.time_s + step_s, until_s)))
    return outcomes


def alerts(outcomes: list[Outcome]) -> list[Alert]:
    return [alert for outcome in outcomes for alert in outcome.alerts]


def registered(area: Area, posts: list[Post]) -> Watch:
    """Open a watch whose nodes have all registered."""
    room = watch(area, posts)
    for each in posts:
        assert room.refusal(node(each)) is None
        room.take(node(each))
    return room


def test_a_walker_is_where_the_geodesic_puts_it(area: Area, radars: list[Post]) -> None:
    room = registered(area, radars)
    for seen in walk(area, radars[0], 120):
        room.take(seen)
    run(room, START_S + 600.0)
    tracks = room.sighted()
    assert len(tracks.track_id) == 1
    assert tracks.chainage_m[0] == pytest.approx(WEST_M + 1_000.0, abs=25.0)
    assert tracks.offset_m[0] == pytest.approx(-4_000.0 + 1.3 * 600.0, abs=25.0)
    lon, lat = area.line.place(WEST_M + 1_000.0, -3_220.0)
    assert tracks.lon_deg[0] == pytest.approx(lon, abs=3e-4)
    assert tracks.lat_deg[0] == pytest.approx(lat, abs=3e-4)
    assert tracks.speed_mps[0] == pytest.approx(1.3, abs=0.4)
    assert str(tracks.target(0)) == "walker"


def test_the_order_of_arrival_changes_nothing(area: Area, radars: list[Post]) -> None:
    seen = walk(area, radars[0], 60)
    one, two = registered(area, radars), registered(area, radars)
    for each in seen:
        one.take(each)
    for each in reversed(seen):
        two.take(each)
    for room in (one, two):
        run(room, START_S + 300.0)
    np.testing.assert_array_equal(one.sighted().x_m, two.sighted().x_m)
    np.testing.assert_array_equal(one.sighted().existence, two.sighted().existence)


def test_a_crossing_is_alerted_handed_over_and_receipted(
    area: Area, radars: list[Post]
) -> None:
    room = registered(area, radars)
    for seen in walk(area, radars[0], 500):
        room.take(seen)
    outcomes = run(room, START_S + 2_500.0)
    (crossing,) = [a for a in alerts(outcomes) if a.kind == "crossing"]
    assert -1_050.0 < crossing.offset_m < -900.0
    (opened,) = [
        record
        for outcome in outcomes
        for record in outcome.opened
        if record.alert_id == crossing.alert_id
    ]
    assert opened.authority == "desk at km 61"
    sent = [a for outcome in outcomes for a in outcome.send if a == crossing]
    assert len(sent) >= 2, "without a receipt it is sent again"
    room.take(Receipt(time_s=room.time_s, alert_id=crossing.alert_id, reference="R"))
    outcome = room.advance(room.time_s + 5.0)
    assert [record.receipt_ref for record in outcome.closed] == ["R"]


def test_a_rejected_alert_stays_open(area: Area, radars: list[Post]) -> None:
    room = registered(area, radars)
    run(room, START_S + 600.0)
    (record,) = room.desk.waiting()
    answer = Receipt(
        time_s=0.0, alert_id=record.alert_id, reference="R", accepted=False
    )
    room.take(answer)
    assert room.desk.waiting() == [record]


def test_a_stranger_or_an_impostor_is_refused_with_the_reason(
    area: Area, radars: list[Post]
) -> None:
    room = registered(area, radars)
    stranger = room.refusal(node(radars[0], name="radar-999", node_id="x"))
    assert stranger == "its name is not that of an ordered post"
    assert room.refusal(node(radars[0], kind="camera")) == (
        "the post was ordered as radar"
    )
    assert room.refusal(node(radars[0], node_id="x")) == (
        "another node watches from that post"
    )
    moved = node(radars[1], node_id=node(radars[0]).node_id)
    assert room.refusal(moved) == "the node speaks for another post"
    seen = replace(walk(area, radars[0], 1)[0], node_id="x")
    assert room.refusal(seen) == "the node did not register for an ordered post"
    rolled = replace(walk(area, radars[0], 1)[0], time_s=START_S + 1_024 * 7 * 86_400)
    assert room.refusal(rolled) == "its clock is a month ahead of the watch"
    with pytest.raises(UnknownName, match="unknown node 'x'"):
        room.take(seen)


def test_another_node_may_take_a_silent_posts_place(
    area: Area, radars: list[Post]
) -> None:
    room = registered(area, radars)
    run(room, START_S + 400.0, step_s=20.0)
    newcomer = node(radars[0], node_id="x")
    assert room.refusal(newcomer) is None
    room.take(newcomer)
    assert room.roster.post_of("x") == 0
    assert room.roster.post_of("id-radar-001") is None


def test_silence_is_an_outage_and_a_goodbye_is_none(
    area: Area, radars: list[Post]
) -> None:
    room = registered(area, radars)
    room.take(
        Status(time_s=START_S + 10.0, node_id="id-radar-002", health=Health.GOODBYE)
    )
    told = alerts(run(room, START_S + 300.0))
    assert [(a.kind, a.node_id) for a in told] == [("outage", "id-radar-001")]


def test_a_track_is_not_lost_because_its_radar_is_down(
    area: Area, radars: list[Post]
) -> None:
    up, down = registered(area, radars[:1]), registered(area, radars[:1])
    for room in (up, down):
        for seen in walk(area, radars[0], 40):
            room.take(seen)
        run(room, START_S + 200.0)
    down.take(
        Status(time_s=START_S + 200.0, node_id="id-radar-001", health=Health.ERROR)
    )
    for room in (up, down):
        run(room, START_S + 230.0)
    assert len(up.sighted().track_id) == 0, "six looks missed are evidence"
    assert len(down.sighted().track_id) == 1, "no look is none"


def test_a_path_without_receipts_is_told_once(area: Area, radars: list[Post]) -> None:
    room = watch(area, radars)
    told = alerts(run(room, START_S + 1_100.0))
    assert [alert.kind for alert in told if alert.kind != "outage"] == ["path"]


def test_a_post_without_a_node_is_told_once(area: Area, radars: list[Post]) -> None:
    room = watch(area, radars)
    room.take(node(radars[0]))
    told = alerts(run(room, START_S + 170.0)) + alerts(run(room, START_S + 900.0))
    assert [(a.node_id, a.chainage_m) for a in told if a.node_id is None][:1] == [
        (None, radars[1].site.chainage_m)
    ]
    absent = [a for a in told if a.kind == "outage" and a.node_id is None]
    assert len(absent) == 1


def test_time_never_runs_backwards(area: Area, radars: list[Post]) -> None:
    room = registered(area, radars)
    room.advance(START_S + 10.0)
    assert room.advance(START_S + 5.0) == Outcome()
    assert room.time_s == START_S + 10.0


def test_a_watch_that_stood_still_for_days_goes_on(
    area: Area, radars: list[Post]
) -> None:
    room = registered(area, radars)
    room.advance(START_S + 2 * 86_400.0)
    assert room.time_s == START_S + 2 * 86_400.0
