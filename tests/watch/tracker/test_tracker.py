"""Tests of the tracker: time, order, keeping, outages and what it refuses."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue, UnknownName
from linewatch.watch.tracker import (
    BEARING,
    PLACE,
    ChanceMap,
    Rows,
    SensorTable,
    Tracker,
    TrackerSettings,
)
from tests.watch.tracker.scene import Scene, made, row_of_radars

TABLE = row_of_radars()
SCENE = made(TABLE, targets=10, until_s=60, seed=11)


def tracked(scene: Scene, table: SensorTable = TABLE, until_s: float = 60.0) -> Tracker:
    tracker = Tracker(table, start_s=-1e-6)
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    tracker.advance(until_s)
    return tracker


def same(one: Rows, other: Rows) -> None:
    for name in ("time_s", "track_id", "x", "y", "vx", "vy", "existence"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def radar(**other: object) -> SensorTable:
    return row_of_radars(1, **other)


def seen(tracker: Tracker, times: np.ndarray, x: float, y: np.ndarray | float) -> None:
    """Feed a target at (x, y) of a radar at the origin without noise."""
    y = np.broadcast_to(y, times.shape)
    tracker.feed(
        time_s=times,
        sensor_id=10,
        range_m=np.hypot(x, y),
        azimuth_rad=np.arctan2(x, y),
        ident=np.arange(len(times)),
    )


def test_finds_the_targets_and_where_they_are() -> None:
    tracks = tracked(SCENE).picture()
    truth = SCENE.truth_at(60.0)
    gap = np.hypot(tracks.x_m[:, None] - truth[:, 0], tracks.y_m[:, None] - truth[:, 1])
    assert (gap.min(axis=0) < 150).sum() >= 9
    assert len(tracks) <= 12
    np.testing.assert_allclose(tracks.class_chance.sum(axis=1), 1.0)
    assert (np.linalg.eigvalsh(tracks.cov) > 0).all()
    assert tracks.cov.shape == (len(tracks), 4, 4)
    assert np.all(np.diff(tracks.track_id) > 0)
    assert (tracks.first_seen_s <= tracks.last_seen_s).all()
    assert (tracks.last_seen_s <= 60).all()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_order_of_arrival_gives_the_same_tracks(seed: int) -> None:
    shuffled = np.random.default_rng(seed).permutation(len(SCENE.time_s))
    rows = []
    for order in (np.arange(len(SCENE.time_s)), shuffled):
        tracker = Tracker(TABLE, start_s=-1e-6)
        tracker.feed(**SCENE.fed(order))  # type: ignore[arg-type]
        rows.append(tracker.advance(60.0))
    same(*rows)


def test_within_the_lag_late_detections_count_at_their_own_time() -> None:
    lagging = replace(TrackerSettings(), lag_s=5.0)
    prompt, late = Tracker(TABLE, lagging, -1e-6), Tracker(TABLE, lagging, -1e-6)
    rng = np.random.default_rng(5)
    arrives = SCENE.time_s + rng.uniform(0, 4.9, len(SCENE.time_s))
    parts: dict[str, list[Rows]] = {"prompt": [], "late": []}
    for now in np.arange(1.0, 66.0):
        for name, tracker, when in (
            ("prompt", prompt, SCENE.time_s),
            ("late", late, arrives),
        ):
            which = np.flatnonzero((when > now - 1) & (when <= now))
            if now == 1.0:
                which = np.flatnonzero(when <= now)
            tracker.feed(**SCENE.fed(which))  # type: ignore[arg-type]
            parts[name].append(tracker.advance(float(now)))
    assert late.counts.late == 0
    same(Rows.joined(parts["prompt"]), Rows.joined(parts["late"]))


def test_small_steps_give_what_one_long_one_gives() -> None:
    whole = Tracker(TABLE, start_s=-1e-6)
    whole.feed(**SCENE.fed())  # type: ignore[arg-type]
    steps = Tracker(TABLE, start_s=-1e-6)
    steps.feed(**SCENE.fed())  # type: ignore[arg-type]
    parts = [steps.advance(t) for t in np.arange(0.0, 60.01, 0.3).tolist()]
    parts.append(steps.advance(60.0))
    same(whole.advance(60.0), Rows.joined(parts))


def test_saved_and_loaded_goes_on_to_the_bit() -> None:
    straight = Tracker(TABLE, start_s=-1e-6)
    straight.feed(**SCENE.fed())  # type: ignore[arg-type]
    straight.outage(11, 40.0, 44.0)
    straight.advance(31.0)
    resumed = Tracker.load(straight.save(), TABLE)
    same(straight.advance(60.0), resumed.advance(60.0))
    assert straight.counts == resumed.counts
    assert straight.save() == resumed.save()


def test_duplicates_and_the_late_are_counted() -> None:
    tracker = Tracker(TABLE, start_s=-1e-6)
    tracker.feed(**SCENE.fed())  # type: ignore[arg-type]
    tracker.feed(**SCENE.fed())  # type: ignore[arg-type]
    rows = tracker.advance(60.0)
    once = Tracker(TABLE, start_s=-1e-6)
    once.feed(**SCENE.fed())  # type: ignore[arg-type]
    same(once.advance(60.0), rows)
    assert tracker.counts.duplicate == len(SCENE.time_s)
    tracker.feed(**SCENE.fed())  # type: ignore[arg-type]
    counts = tracker.counts
    assert counts.late == len(SCENE.time_s)
    assert counts.fed == 3 * len(SCENE.time_s)
    assert counts.fed == counts.used + counts.duplicate + counts.late + counts.waiting


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_s", math.nan),
        ("time_s", math.inf),
        ("range_m", -1.0),
        ("range_m", math.nan),
        ("azimuth_rad", math.nan),
    ],
)
def test_bad_figures_are_counted_or_refused(field: str, value: float) -> None:
    good = {"time_s": 2.0, "sensor_id": 10, "range_m": 100.0, "azimuth_rad": 1.0}
    counting = Tracker(TABLE)
    assert counting.feed(**(good | {field: value})) == 0
    assert counting.counts.bad == 1
    refusing = Tracker(TABLE, TrackerSettings(bad="refuse"))
    with pytest.raises(BadValue, match="detection 0"):
        refusing.feed(**(good | {field: value}))


def test_unknown_sensor_is_counted_or_refused() -> None:
    counting = Tracker(TABLE)
    counting.feed(time_s=2.0, sensor_id=99, range_m=1.0, azimuth_rad=0.0)
    assert counting.counts.unknown_sensor == 1
    refusing = Tracker(TABLE, TrackerSettings(bad="refuse"))
    with pytest.raises(UnknownName, match="99"):
        refusing.feed(time_s=2.0, sensor_id=99, range_m=1.0, azimuth_rad=0.0)
    with pytest.raises(UnknownName, match="99"):
        counting.outage(99, 0.0, 1.0)


def test_time_backwards_does_nothing_and_nan_is_refused() -> None:
    tracker = tracked(SCENE)
    assert len(tracker.advance(10.0)) == 0
    assert tracker.done_s == 60.0
    with pytest.raises(BadValue, match="until_s"):
        tracker.advance(math.nan)
    with pytest.raises(BadValue, match="start_s"):
        Tracker(TABLE, start_s=math.nan)


def test_clock_that_jumps_a_day_ahead_and_back_is_survived() -> None:
    """It ends every track; what then comes from before it is late, and counted."""
    tracker = tracked(SCENE)
    assert len(tracker.picture()) > 0
    day_s = 86_400.0
    tracker.feed(time_s=day_s, sensor_id=10, range_m=100.0, azimuth_rad=1.0)
    tracker.advance(day_s)
    assert len(tracker.picture()) == 0
    tracker.feed(**SCENE.fed())  # type: ignore[arg-type]
    assert tracker.counts.late == len(SCENE.time_s)
    tracker.advance(61.0)
    times = day_s + np.arange(2.0, 20.0, 2.0)
    seen(tracker, times, -3_000.0, 2_000.0 + 1.4 * (times - day_s))
    tracker.advance(day_s + 20.0)
    assert len(tracker.picture()) == 1


def test_one_that_is_stamped_far_ahead_waits_and_disturbs_nothing() -> None:
    disturbed = Tracker(TABLE, start_s=-1e-6)
    disturbed.feed(time_s=1e9, sensor_id=10, range_m=100.0, azimuth_rad=1.0)
    disturbed.feed(**SCENE.fed())  # type: ignore[arg-type]
    plain = Tracker(TABLE, start_s=-1e-6)
    plain.feed(**SCENE.fed())  # type: ignore[arg-type]
    same(plain.advance(60.0), disturbed.advance(60.0))
    assert disturbed.counts.waiting == 1


def test_no_detections_no_tracks() -> None:
    tracker = Tracker(TABLE)
    assert len(tracker.advance(100.0)) == 0
    assert len(tracker.picture()) == 0


def test_silence_ends_a_track_but_an_outage_does_not() -> None:
    times = np.arange(0.0, 20.0, 2.0)
    kept = {}
    for out in (False, True):
        tracker = Tracker(radar(), start_s=-1.0)
        seen(tracker, times, 1_000.0, 2_000.0 + 1.4 * times)
        if out:
            tracker.outage(10, 19.0, 60.0)
        tracker.advance(45.0)
        kept[out] = len(tracker.picture())
    assert kept == {False: 0, True: 1}


def test_miss_behind_a_ridge_is_no_evidence() -> None:
    """Where the map says that nothing can be seen, a track outlives the silence."""
    times = np.arange(0.0, 20.0, 2.0)
    chance = np.full((200, 200), 230, np.uint8)
    hidden = chance.copy()
    hidden[121:, :] = 0  # north of y = 2,100 m
    kept = {}
    for name, grid in (("open", chance), ("ridge", hidden)):
        edge = ChanceMap(chance=grid, west_m=-1e4, south_m=-1e4, cell_m=100.0)
        tracker = Tracker(radar(maps={0: edge}), start_s=-1.0)
        seen(tracker, times, 500.0, 1_900.0 + 12.0 * times)
        tracker.advance(40.0)
        kept[name] = len(tracker.picture())
    assert kept == {"open": 0, "ridge": 1}


def test_track_that_leaves_every_reach_ends() -> None:
    times = np.arange(0.0, 30.0, 2.0)
    tracker = Tracker(radar(), start_s=-1.0)
    seen(tracker, times, 0.0, 9_650.0 + 12.0 * times)
    tracker.advance(28.0)
    assert len(tracker.picture()) == 1
    rows = tracker.advance(70.0)
    assert rows.time_s.max(initial=0) < 40
    assert len(tracker.picture()) == 0


def test_ids_of_what_made_a_track_are_told_newest_first() -> None:
    times = np.arange(0.0, 30.0, 2.0)
    tracker = Tracker(radar(), start_s=-1.0)
    seen(tracker, times, 1_000.0, 2_000.0)
    tracker.advance(29.0)
    made_by = tracker.picture().made_by[0]
    assert made_by.tolist() == list(range(14, 6, -1))


@pytest.mark.parametrize(("speed", "target"), [(1.4, 0), (12.0, 1), (35.0, 2)])
def test_class_follows_from_how_it_moves(speed: float, target: int) -> None:
    times = np.arange(0.0, 60.0, 2.0)
    tracker = Tracker(radar(), start_s=-1.0)
    seen(tracker, times, 1_000.0, 500.0 + speed * times)
    tracker.advance(59.0)
    tracks = tracker.picture()
    assert len(tracks) == 1
    assert int(tracks.class_chance[0].argmax()) == target
    assert tracks.vy_mps[0] == pytest.approx(speed, rel=0.15)


def test_vehicle_that_stops_keeps_its_track() -> None:
    times = np.arange(0.0, 120.0, 2.0)
    way = np.where(times < 60, 12.0 * times, 720.0)
    tracker = Tracker(radar(), start_s=-1.0)
    seen(tracker, times, 1_000.0, 500.0 + way)
    rows = tracker.advance(119.0)
    assert len(np.unique(rows.track_id)) == 1
    tracks = tracker.picture()
    assert np.hypot(tracks.vx_mps[0], tracks.vy_mps[0]) < 0.5
    assert tracks.class_chance[0, 1] > 0.5


def test_presence_makes_and_holds_a_track() -> None:
    table = SensorTable.make(
        sensor_id=[1], x_m=[100.0], y_m=[50.0], sigma_range_m=20.0,
        sigma_azimuth_rad=0.1, pd=0.8, clutter_per_scan=0.001, range_m=60.0,
        period_s=0.0, phase_s=0.0, kind=PLACE,
    )  # fmt: skip
    tracker = Tracker(table)
    times = np.arange(1.0, 20.0, 2.0)
    tracker.feed_places(time_s=times, sensor_id=1, x_m=100.0, y_m=50.0, radius_m=40.0)
    tracker.advance(20.0)
    tracks = tracker.picture()
    assert len(tracks) == 1
    assert np.hypot(tracks.x_m[0] - 100, tracks.y_m[0] - 50) < 10
    assert tracker.counts.used == len(times)


def test_place_with_covariance_moves_a_radar_track_towards_it() -> None:
    table = SensorTable.make(
        sensor_id=[10, 20], x_m=0.0, y_m=0.0, sigma_range_m=15.0,
        sigma_azimuth_rad=0.0105, pd=0.9, clutter_per_scan=4.0, range_m=10_000.0,
        period_s=[2.0, 0.0], phase_s=0.0, kind=[0, PLACE],
    )  # fmt: skip
    tracker = Tracker(table, start_s=-1.0)
    seen(tracker, np.arange(0.0, 10.0, 2.0), 0.0, 8_000.0)
    tracker.advance(9.0)
    before = tracker.picture()
    tracker.feed_places(
        time_s=9.5, sensor_id=20, x_m=20.0, y_m=8_000.0, cov_m2=np.eye(2)
    )
    tracker.advance(9.6)
    after = tracker.picture()
    assert abs(after.x_m[0] - 20) < 2 < abs(before.x_m[0] - 20)
    assert after.cov[0, 0, 0] < before.cov[0, 0, 0]


def test_bearings_alone_narrow_a_track_and_start_none() -> None:
    table = SensorTable.make(
        sensor_id=[10, 20], x_m=[0.0, 5_000.0], y_m=[0.0, 8_000.0],
        sigma_range_m=15.0, sigma_azimuth_rad=[0.0105, 0.001], pd=0.9,
        clutter_per_scan=1.0, range_m=10_000.0, period_s=2.0, phase_s=[0.0, 1.0],
        kind=[0, BEARING],
    )  # fmt: skip
    tracker = Tracker(table, start_s=-1.0)
    times = np.arange(0.0, 20.0, 2.0)
    seen(tracker, times, 0.0, 8_000.0)
    alone = Tracker(table, start_s=-1.0)
    west = 1.5 * np.pi
    for one in (tracker, alone):
        one.feed(time_s=times + 1, sensor_id=20, azimuth_rad=west)
        one.advance(20.0)
    assert len(alone.picture()) == 0
    tracks = tracker.picture()
    assert len(tracks) == 1
    assert abs(tracks.y_m[0] - 8_000) < 15
    assert tracks.cov[0, 1, 1] < 15**2 / 4


def test_many_more_tracks_than_first_made_room_for() -> None:
    """Slots, scratch and rows grow, and the growth leaves no trace in the tracks."""
    table = radar(clutter_per_scan=600.0)
    scene = made(table, targets=300, until_s=10, seed=2)
    tracker = Tracker(table, start_s=-1e-6)
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    whole = tracker.advance(10.0)
    again = Tracker(table, start_s=-1e-6)
    again.feed(**scene.fed())  # type: ignore[arg-type]
    same(whole, Rows.joined([again.advance(t) for t in (2.5, 7.0, 10.0)]))
