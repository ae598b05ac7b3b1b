"""A watch started again stands where the last one stood, to the bit."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from linewatch.area import Area
from linewatch.errors import LogBroken
from linewatch.log import MissionLog, verify
from linewatch.mission.keeping import KEEP_EVERY_S, Keeper
from linewatch.mission.room import WatchRoom
from linewatch.sight import DAY
from linewatch.watch.alert import AlertSettings
from linewatch.watch.handover import HandoverSettings
from linewatch.watch.kept import packed, same, unpacked
from linewatch.watch.live import Heard, Receipt, Watch
from linewatch.watch.post import Post
from linewatch.watch.tracker import TrackerSettings
from linewatch.watch.values import Health, Status
from tests.watch.stage import START_S, WEST_M, flat_area, node, post, walk, watch

LAST_S = 1_210
"""Length of the story [s]: the log keeps one state, 900 s after the start."""


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return flat_area(tmp_path_factory.mktemp("flat"))


@pytest.fixture(scope="module")
def posts(area: Area) -> list[Post]:
    return [post(area, f"radar-{at:03d}", WEST_M + 30_000.0 * at) for at in range(2)]


def story(area: Area, posts: list[Post]) -> list[tuple[float, Heard]]:
    """Return what a watch hears, with the time at which it does.

    Two walkers, one of whom is lost and found, an outage, a stranger and receipts.
    """
    told: list[tuple[float, Heard]] = [(START_S + 1, node(each)) for each in posts]
    told.append((START_S + 1, node(posts[0], node_id="stranger", name="nowhere")))
    for at, each in enumerate(posts):
        steps = walk(area, each, 640, from_s=START_S - 2_000.0 + 30.0 * at)
        gap = (300.0, 420.0) if at else (0.0, 0.0)
        told += [
            (seen.time_s, replace(seen, report_id=f"{at}-{seen.report_id}"))
            for seen in steps
            if seen.time_s > START_S and not gap[0] < seen.time_s - START_S < gap[1]
        ]
    down = Status(time_s=START_S + 700, node_id="id-radar-001", health=Health.ERROR)
    up = Status(time_s=START_S + 790, node_id="id-radar-001", health=Health.OK)
    told += [(down.time_s, down), (up.time_s, up)]
    return sorted(told, key=lambda each: each[0])


def rehearse(
    room: WatchRoom, told: list[tuple[float, Heard]], until_s: int, from_s: int = 0
) -> Iterator[int]:
    """Let a room hear the story, a tick each 5 s; give the second after each tick."""
    for second in range(from_s + 5, until_s + 1, 5):
        now_s = START_S + second
        room.hear([h for at_s, h in told if now_s - 5 < at_s <= now_s])
        for alert in room.advance(now_s).send:
            if alert.kind != "test":  # those are never receipted
                room.hear(
                    [Receipt(time_s=now_s, alert_id=alert.alert_id, reference="r")]
                )
        yield second


def other(area: Area, posts: list[Post], of: Watch) -> Watch:
    """Return a new watch that took the state of another by way of bytes."""
    made = watch(area, posts)
    made.load(unpacked(packed(of.save())))
    return made


def test_a_state_taken_at_any_tick_goes_on_alike(area: Area, posts: list[Post]) -> None:
    told = story(area, posts)
    room = WatchRoom(watch=watch(area, posts), log=None)
    copies: list[tuple[int, WatchRoom]] = []
    for second in rehearse(room, told, LAST_S):
        if second in {5, 200, 350, 430, 705, 795, 1000}:
            copy = other(area, posts, room.watch)
            assert same(packed(copy.save()), room.watch.save())
            copies.append((second, WatchRoom(watch=copy, log=None)))
    desk = room.watch.desk
    assert len(desk.closed()) > 1
    assert len(desk.waiting()) > 0
    assert room.watch.engine.follower.stitched > 0
    assert len(room.watch.sighted().track_id) > 0
    for second, later in copies:
        list(rehearse(later, told, LAST_S, from_s=second))
        assert same(packed(later.watch.save()), room.watch.save()), second


def test_every_part_of_the_watch_is_kept(area: Area, posts: list[Post]) -> None:
    """What a fresh watch lacks must be in the state: no part may be forgotten."""
    room = WatchRoom(watch=watch(area, posts), log=None)
    list(rehearse(room, story(area, posts), 800))
    state = unpacked(packed(room.watch.save()))
    for name in ("engine", "availability", "alerter", "desk", "roster"):
        lacking = watch(area, posts)
        fresh = lacking.save()
        lacking.load({**state, name: unpacked(packed(fresh))[name]})
        assert not same(packed(lacking.save()), room.watch.save()), name


@pytest.fixture(scope="module")
def begun(
    area: Area, posts: list[Post], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Log of the story."""
    path = tmp_path_factory.mktemp("kept") / "mission.log"
    with MissionLog.open(path) as log:
        list(rehearse(WatchRoom(watch(area, posts), log), story(area, posts), LAST_S))
    return path


@pytest.fixture
def path(begun: Path, tmp_path: Path) -> Path:
    """A copy of that log, to be changed."""
    made = tmp_path / "mission.log"
    made.write_bytes(begun.read_bytes())
    return made


def test_the_log_keeps_a_state_each_quarter_of_an_hour(begun: Path) -> None:
    with MissionLog.open_to_read(begun) as log:
        kept = [entry.time_s for entry in log.read(kinds=("snapshot",))]
    assert kept == [START_S + KEEP_EVERY_S]
    assert verify(begun).kinds["snapshot"] == 1


def test_a_new_watch_reads_no_more_than_follows_the_state(
    area: Area, posts: list[Post], begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with MissionLog.open_to_read(begun) as log:
        (kept,) = log.read(kinds=("snapshot",))
        whole = WatchRoom(watch(area, posts), log)
        head = whole.resume(whole=True)
        asked: list[int] = []
        read = MissionLog.read

        def noted(self: MissionLog, from_seq: int = 1, **more: Any) -> object:
            asked.append(from_seq)
            return read(self, from_seq, **more)

        monkeypatch.setattr(MissionLog, "read", noted)
        part = WatchRoom(watch(area, posts), log)
        assert part.resume() == head
    assert kept.seq + 1 in asked
    assert 1 not in asked
    assert same(packed(part.watch.save()), whole.watch.save())
    assert 0 < part.checked < whole.checked


def test_a_watch_goes_on_from_a_state_and_the_log_still_replays(
    area: Area, posts: list[Post], tmp_path: Path
) -> None:
    told, path = story(area, posts), tmp_path / "mission.log"
    with MissionLog.open(path) as log:
        list(rehearse(WatchRoom(watch(area, posts), log), told, 1_000))
        again = WatchRoom(watch(area, posts), log)
        again.resume()
        list(rehearse(again, told, 1_900, from_s=1_000))
        kept = [entry.time_s - START_S for entry in log.read(kinds=("snapshot",))]
        proof = WatchRoom(watch(area, posts), log)
        proof.resume(whole=True)
        stitched = list(log.read(kinds=("stitch",)))
    assert kept == [900.0, 1_800.0]
    assert len(stitched) == again.watch.engine.follower.stitched > 0
    assert same(packed(proof.watch.save()), again.watch.save())


def test_a_log_told_whole_seconds_replays(
    area: Area, posts: list[Post], tmp_path: Path
) -> None:
    """A live watch goes by whole seconds, and its log gives them with a point."""
    told = story(area, posts)
    with MissionLog.open(tmp_path / "mission.log") as log:
        room = WatchRoom(watch(area, posts), log)
        for second in range(60, 1_000, 60):
            now_s = int(START_S) + second
            room.hear([h for at_s, h in told if now_s - 60 < at_s <= now_s])
            for alert in room.advance(now_s).send:
                answer = Receipt(time_s=now_s, alert_id=alert.alert_id, reference="r")
                room.hear([answer])
        assert room.watch.desk.closed()
        assert len(list(log.read(kinds=("snapshot",)))) == 1
        proof = WatchRoom(watch(area, posts), log)
        proof.resume(whole=True)
    assert same(packed(proof.watch.save()), room.watch.save())


def test_a_state_stands_on_all_but_what_was_heard(
    area: Area, posts: list[Post], begun: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved, line = replace(posts[0].site, mast_m=11.0), area.line
    north = replace(area, line=replace(line, lat_deg=line.lat_deg + 0.1))
    renamed = replace(area, sectors=(replace(area.sectors[0], name="elsewhere"),))
    changes: dict[str, Callable[[Watch], object]] = {
        "alerts": lambda w: setattr(w, "alert_settings", AlertSettings(hold_s=1.0)),
        "handovers": lambda w: setattr(
            w, "handover_settings", HandoverSettings(receipt_due_s=1.0)
        ),
        "start": lambda w: setattr(w, "start_s", START_S + 1.0),
        "authority": lambda w: setattr(w, "authority_at", lambda _: "another"),
        "posts": lambda w: setattr(w, "posts", [replace(posts[0], site=moved)]),
        "line": lambda w: setattr(w.engine, "area", north),
        "sectors": lambda w: setattr(w.engine, "area", renamed),
        "tracker": lambda w: setattr(w.engine, "settings", TrackerSettings()),
        "light": lambda w: setattr(w.engine, "light", DAY),
        "bias": lambda w: setattr(w.engine, "correct_bias", True),
    }
    with MissionLog.open_to_read(begun) as log:
        as_it_was = Keeper(watch(area, posts), log).grounds()
        assert Keeper(watch(area, posts), log).grounds() == as_it_was
        for name, change in changes.items():
            made = watch(area, posts)
            change(made)
            assert Keeper(made, log).grounds() != as_it_was, name
        monkeypatch.setattr("linewatch.__version__", "0.0.0")
        assert Keeper(watch(area, posts), log).grounds() != as_it_was


def test_a_state_of_something_else_is_no_state_of_the_watch(
    area: Area, posts: list[Post], path: Path
) -> None:
    with MissionLog.open(path) as log:
        room = WatchRoom(watch(area, posts), log)
        grounds = Keeper(room.watch, log).grounds()
        keep(log, START_S + LAST_S, packed({"grounds": grounds}), of="something")
        room.resume(whole=True)
        assert Keeper(watch(area, posts), log).take() > 0


def test_biases_that_are_applied_and_rescues_that_were_told_are_kept(
    area: Area, posts: list[Post]
) -> None:
    made = watch(area, posts)
    made.engine.follower.applied = made.engine.bias()
    made.alerter.load({"alerted": [], "rescued": [3], "rests": []})
    copy = other(area, posts, made)
    assert copy.engine.follower.applied is not None
    assert copy.alerter.save()["rescued"] == [3]
    assert same(packed(copy.save()), made.save())


def keep(log: MissionLog, time_s: float, state: bytes, of: str = "watch") -> None:
    """Put a state into a log."""
    body = {"of": of, "until_s": time_s, "state": state}
    log.append([(time_s, "snapshot", body)])


def test_a_state_of_another_form_is_left(
    area: Area, posts: list[Post], path: Path
) -> None:
    with MissionLog.open(path) as log:
        keep(log, START_S + LAST_S, b"of a later version")
        for whole in (False, True):
            room = WatchRoom(watch(area, posts), log)
            room.resume(whole=whole)
            assert room.checked == len(list(log.read(kinds=("alert", "handover"))))


def test_a_state_that_is_not_whole_is_told(
    area: Area, posts: list[Post], path: Path
) -> None:
    with MissionLog.open(path) as log:
        room = WatchRoom(watch(area, posts), log)
        grounds = Keeper(room.watch, log).grounds()
        keep(log, START_S + LAST_S, packed({"grounds": grounds, "watch": {}}))
        with pytest.raises(LogBroken, match="not whole"):
            room.resume()


def test_the_next_state_waits_from_the_last_one_after_a_whole_replay(
    area: Area, posts: list[Post], path: Path
) -> None:
    with MissionLog.open(path) as log:
        room = WatchRoom(watch(area, posts), log)
        room.resume(whole=True)
        room.advance(START_S + 2 * KEEP_EVERY_S - 1)
        assert len(list(log.read(kinds=("snapshot",)))) == 1
        room.advance(START_S + 2 * KEEP_EVERY_S)
        assert len(list(log.read(kinds=("snapshot",)))) == 2


def test_a_state_of_other_grounds_is_left_and_all_is_replayed(
    area: Area, posts: list[Post], begun: Path
) -> None:
    higher = replace(posts[0].sight, lowest_m=posts[0].sight.lowest_m + 0)
    higher.lowest_m[0, 0] = 7.0
    changed = [replace(posts[0], sight=higher), posts[1]]
    with MissionLog.open_to_read(begun) as log:
        here, there = watch(area, posts), watch(area, changed)
        assert Keeper(here, log).take() > 0
        assert Keeper(there, log).take() == 0
        room = WatchRoom(watch(area, changed), log)
        room.resume()
        assert room.checked == len(list(log.read(kinds=("alert", "handover"))))


def test_a_state_that_was_exchanged_is_told(
    area: Area, posts: list[Post], path: Path
) -> None:
    with sqlite3.connect(path) as file:
        file.execute("DROP TRIGGER snapshot_stays")
        file.execute("UPDATE snapshot SET state = x'00'")
    with MissionLog.open_to_read(path) as log:
        room = WatchRoom(watch(area, posts), log)
        with pytest.raises(LogBroken, match="another snapshot"):
            room.resume()


def test_a_state_that_its_input_does_not_lead_to_is_told(
    area: Area, posts: list[Post], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = Watch.save

    def forged(self: Watch) -> dict[str, object]:
        return {**save(self), "detections": 7}

    with MissionLog.open(tmp_path / "mission.log") as log:
        monkeypatch.setattr(Watch, "save", forged)
        list(rehearse(WatchRoom(watch(area, posts), log), story(area, posts), 1_000))
        monkeypatch.setattr(Watch, "save", save)
        with pytest.raises(LogBroken, match="does not lead to"):
            WatchRoom(watch(area, posts), log).resume(whole=True)
