"""Tests of what follows from the tracks: when it is reckoned, and what is told."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Area
from linewatch.log import MissionLog
from linewatch.mission.room import WatchRoom
from linewatch.watch.engine import LIVE, Engine
from linewatch.watch.follow import FOLLOW_S, STITCHES, Follower
from linewatch.watch.post import Post
from linewatch.watch.tracker.stitch import Stitch
from linewatch.watch.values import Detection
from tests.watch.stage import START_S, WEST_M, flat_area, node, post, walk, watch


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return flat_area(tmp_path_factory.mktemp("flat"))


@pytest.fixture(scope="module")
def radar(area: Area) -> Post:
    return post(area, "radar-001", WEST_M)


def broken(area: Area, radar: Post) -> list[Detection]:
    """Return a walker's detections with a gap of 100 s, in which his track ends."""
    return [
        one for one in walk(area, radar, 80) if not 200.0 < one.time_s - START_S < 300.0
    ]


def ticked(area: Area, radar: Post, step_s: float, lag_s: float = 0.0) -> Engine:
    """Follow him for 400 s in ticks of some length."""
    settings = replace(LIVE, lag_s=lag_s)
    engine = Engine(area=area, posts=[radar], start_s=START_S, settings=settings)
    seen, at = broken(area, radar), 0
    ends = np.append(
        np.arange(START_S + step_s, START_S + 400.0, step_s), START_S + 400
    )
    for end_s in ends.tolist():
        while at < len(seen) and seen[at].time_s <= end_s:
            engine.feed(0, seen[at])
            at += 1
        engine.advance(end_s)
    return engine


def test_ticks_leave_no_trace_in_what_is_told(area: Area, radar: Post) -> None:
    one, other = ticked(area, radar, 1.0), ticked(area, radar, 3.7)
    assert one.follower.stitches == other.follower.stitches
    assert len(one.follower.stitches) == 1
    time_s, stitch = one.follower.stitches[0]
    assert time_s % FOLLOW_S == 0
    assert stitch.earlier < stitch.later
    assert 0.05 <= stitch.chance <= 1
    assert 90 <= stitch.gap_s <= 110
    assert np.array_equal(one.sighted().count_high, other.sighted().count_high)
    assert np.array_equal(one.sighted().x_m, other.sighted().x_m)


def test_nothing_is_reckoned_before_it_is_due(area: Area, radar: Post) -> None:
    asked: list[float] = []
    engine = Engine(area=area, posts=[radar], start_s=START_S + 1)
    for second in range(2, 22):
        before = engine.follower.due_s
        engine.advance(START_S + second)
        if engine.follower.due_s != before:
            asked.append(START_S + second)
    assert asked == [START_S + 5, START_S + 10, START_S + 15, START_S + 20]


def test_a_lag_holds_the_tracks_back_and_ends(area: Area, radar: Post) -> None:
    engine = ticked(area, radar, 5.0, lag_s=7.3)
    assert engine.tracker.done_s == pytest.approx(START_S + 400 - 7.3)
    assert len(engine.sighted().track_id) == 1


def test_only_the_latest_stitches_are_kept_and_all_are_counted() -> None:
    follower = Follower.__new__(Follower)
    follower.stitched = STITCHES + 7
    follower.stitches = [
        (float(at), Stitch(earlier=at, later=at + 1, chance=0.5, gap_s=9.0))
        for at in range(7, STITCHES + 7)
    ]
    fresh = follower.stitches_since(STITCHES + 4)
    assert [time_s for time_s, _ in fresh] == [1004.0, 1005.0, 1006.0]
    assert follower.stitches_since(STITCHES + 7) == []
    assert len(follower.stitches_since(0)) == STITCHES


def kept_in(log: MissionLog) -> list[dict[str, object]]:
    return [dict(entry.body) for entry in log.read() if entry.kind == "stitch"]


def test_the_log_says_once_which_track_a_new_one_continues(
    area: Area, radar: Post, tmp_path: Path
) -> None:
    seen, at = broken(area, radar), 0
    with MissionLog.open(tmp_path / "mission.log") as log:
        room = WatchRoom(watch=watch(area, [radar]), log=log)
        room.hear([node(radar)])
        for tick in range(1, 401):
            if tick == 390:  # the process ends, and another one goes on
                room = WatchRoom(watch=watch(area, [radar]), log=log)
                room.resume()
            while at < len(seen) and seen[at].time_s <= START_S + tick:
                room.hear([seen[at]])
                at += 1
            room.advance(START_S + tick)
        found = kept_in(log)
        tracks = {
            entry.body["track_id"] for entry in log.read() if entry.kind == "track"
        }
        again = WatchRoom(watch=watch(area, [radar]), log=log)
        again.resume()
    assert len(found) == 1
    assert {found[0]["earlier"], found[0]["later"]} <= tracks
    ((_, stitch),) = again.watch.engine.follower.stitches
    assert found[0] == {
        "earlier": stitch.earlier,
        "later": stitch.later,
        "chance": stitch.chance,
        "gap_s": stitch.gap_s,
    }
