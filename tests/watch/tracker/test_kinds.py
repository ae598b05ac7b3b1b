"""What sensors may tell beside a place: rates, heights, the line, and their limits."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.watch.tracker import (
    FIBRE,
    ClutterMap,
    Fibre,
    SensorTable,
    Tracker,
    TrackerSettings,
    Tracks,
)
from tests.watch.tracker.scene import made, row_of_radars

COURSE = Fibre(
    along_m=np.array([50_000.0, 51_000.0, 53_000.0]),
    x_m=np.array([0.0, 1_000.0, 1_000.0]),
    y_m=np.array([0.0, 0.0, 2_000.0]),
    strip_m=30.0,
)


def radar(**other: object) -> SensorTable:
    return row_of_radars(1, **other)


def fibre(**other: object) -> SensorTable:
    columns: dict[str, object] = {
        "sensor_id": [7], "x_m": 0.0, "y_m": 0.0, "sigma_range_m": 5.0,
        "sigma_azimuth_rad": 0.1, "pd": 0.9, "clutter_per_scan": 0.001,
        "range_m": 1.0, "period_s": 0.0, "phase_s": 0.0, "kind": FIBRE,
        "fibres": {0: COURSE},
    }  # fmt: skip
    return SensorTable.make(**(columns | other))  # type: ignore[arg-type]


def walked(
    table: SensorTable, speed: float, *, north: bool, rate: bool, until_s: float = 30.0
) -> Tracks:
    """Return the tracks of one that walks north of a radar, or eastward there."""
    times = np.arange(0.0, until_s, 2.0)
    x, y = 10.0 + 0 * times, 4_000.0 + 0 * times
    x, y = (x, y + speed * times) if north else (x + speed * times, y)
    r = np.hypot(x, y)
    tracker = Tracker(table, start_s=-1.0)
    tracker.feed(
        time_s=times,
        sensor_id=10,
        range_m=r,
        azimuth_rad=np.arctan2(x, y),
        range_rate_mps=speed * (y if north else x) / r if rate else None,
    )
    tracker.advance(times[-1])
    return tracker.picture()


# -- range rate --------------------------------------------------------------------


def test_rate_tells_speed_along_the_ray_and_little_across() -> None:
    table = radar(sigma_range_rate_mps=0.2)
    plain = walked(table, 1.4, north=True, rate=False, until_s=8.0)
    rated = walked(table, 1.4, north=True, rate=True, until_s=8.0)
    assert abs(rated.vy_mps[0] - 1.4) < 0.1
    assert rated.cov[0, 3, 3] < 0.2**2 < plain.cov[0, 3, 3]
    assert rated.cov[0, 2, 2] > 0.3**2


def test_rate_tells_the_class_at_once() -> None:
    table = radar(sigma_range_rate_mps=0.2)
    for speed, target in ((1.4, 0), (12.0, 1), (40.0, 2)):
        tracks = walked(table, speed, north=True, rate=True, until_s=5.0)
        assert tracks.class_chance[0].argmax() == target


def test_rate_is_not_used_where_the_sensor_tells_no_error_of_it() -> None:
    one = walked(radar(), 1.4, north=True, rate=False)
    other = walked(radar(), 1.4, north=True, rate=True)
    np.testing.assert_array_equal(one.x_m, other.x_m)
    np.testing.assert_array_equal(one.cov, other.cov)


def test_detections_without_a_rate_may_lie_among_those_with_one() -> None:
    table = row_of_radars(sigma_range_rate_mps=0.4)
    scene = made(table, targets=8, until_s=40, seed=3)
    errors = {}
    for name, rate in (("all", 0.0), ("none", np.nan)):
        tracker = Tracker(table, start_s=-1e-6)
        tracker.feed(**scene.fed(), range_rate_mps=scene.range_rate_mps + rate)  # type: ignore[arg-type]
        tracker.advance(40.0)
        tracks, truth = tracker.picture(), scene.truth_at(40.0)
        off = np.hypot(
            tracks.x_m[:, None] - truth[:, 0], tracks.y_m[:, None] - truth[:, 1]
        )
        who, which = off.argmin(axis=0), np.arange(len(truth))
        near = off[who, which] < 100
        speed = np.column_stack([tracks.vx_mps, tracks.vy_mps])[who] - truth[:, 2:]
        errors[name] = np.sqrt((speed[near] ** 2).sum(axis=1).mean())
    assert errors["all"] < 0.8 * errors["none"]


def test_infinite_rate_is_bad() -> None:
    tracker = Tracker(radar(sigma_range_rate_mps=0.2))
    tracker.feed(
        time_s=[2.0, 2.0, 2.0], sensor_id=10, range_m=[100.0, 200.0, 300.0],
        azimuth_rad=0.0, range_rate_mps=[np.inf, np.nan, 1.0],
    )  # fmt: skip
    assert tracker.counts.bad == 1
    assert tracker.counts.waiting == 2


# -- elevation ---------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.floats(500, 8_000), st.floats(0, 3_000), st.floats(0, 6.28))
def test_elevation_makes_of_slant_the_range_on_the_ground(
    ground: float, height: float, azimuth: float
) -> None:
    slant, up = np.hypot(ground, height), np.arctan2(height, ground)
    tables = [radar(), radar()]
    trackers = [Tracker(table, TrackerSettings(trail=True)) for table in tables]
    trackers[0].feed(
        time_s=2.0, sensor_id=10, range_m=slant, azimuth_rad=azimuth, elevation_rad=up
    )
    trackers[1].feed(time_s=2.0, sensor_id=10, range_m=ground, azimuth_rad=azimuth)
    births = []
    for tracker in trackers:
        tracker.advance(3.0)
        births.append(tracker.trail())
    assert len(births[0]) == 1
    np.testing.assert_allclose(births[0].x_m, births[1].x_m, atol=1e-6)
    np.testing.assert_allclose(births[0].y_m, births[1].y_m, atol=1e-6)


def test_elevation_that_is_none_changes_nothing_and_beyond_zenith_is_bad() -> None:
    tracker = Tracker(radar(), TrackerSettings(trail=True))
    tracker.feed(
        time_s=2.0, sensor_id=10, range_m=[1_000.0, 2_000.0], azimuth_rad=0.0,
        elevation_rad=[np.nan, 1.7],
    )  # fmt: skip
    assert tracker.counts.bad == 1
    tracker.advance(3.0)
    assert tracker.trail().y_m[0] == pytest.approx(1_000.0, rel=1e-3)


# -- least speed -------------------------------------------------------------------


def test_one_that_stops_is_not_given_up_by_a_radar_that_sees_only_what_moves() -> None:
    times = np.arange(0.0, 60.0, 2.0)
    shown = {}
    for slow in (0.0, 0.5):
        tracker = Tracker(radar(min_radial_mps=slow), start_s=-1.0)
        y = 4_000.0 - 10.0 * times
        tracker.feed(time_s=times, sensor_id=10, range_m=y, azimuth_rad=0.0)
        tracker.advance(59.0)
        assert len(tracker.picture()) == 1
        tracker.advance(75.0)  # it stops, and nothing is seen of it
        shown[slow] = tracker.picture()
    assert len(shown[0.0]) == 0
    assert len(shown[0.5]) == 1
    assert np.hypot(shown[0.5].vx_mps[0], shown[0.5].vy_mps[0]) < 3.0


def test_what_moves_across_the_ray_is_hardly_missed() -> None:
    """Its silence says less than that of one that comes near."""
    exist = {}
    for north in (True, False):
        times = np.arange(0.0, 40.0, 2.0)
        table = radar(min_radial_mps=0.5)
        x, y = 10.0 + 0 * times, 4_000.0 + 0 * times
        x, y = (x, y + 1.4 * times) if north else (x + 1.4 * times - 20.0, y)
        tracker = Tracker(table, start_s=-1.0)
        tracker.feed(
            time_s=times, sensor_id=10, range_m=np.hypot(x, y),
            azimuth_rad=np.arctan2(x, y),
        )  # fmt: skip
        tracker.advance(42.5)
        exist[north] = tracker.picture().existence[0]
    assert exist[False] > 0.9 > exist[True]


# -- clutter by place --------------------------------------------------------------


def test_what_comes_from_a_noisy_place_is_believed_later() -> None:
    per_km2 = np.full((2, 1), 0.03)
    per_km2[0] = 30.0  # south of the radar
    chart = ClutterMap(per_km2=per_km2, west_m=-1e4, south_m=-2e4, cell_m=2e4)
    tracker = Tracker(radar(clutter_maps={0: chart}), start_s=-1.0)
    for time_s in (0.0, 2.0, 4.0):
        tracker.feed(
            time_s=time_s, sensor_id=10, range_m=[3_000.0, 3_001.0],
            azimuth_rad=[0.0, np.pi],
        )  # fmt: skip
    tracker.advance(5.0)
    tracks = tracker.picture()
    assert tracks.y_m.tolist() == pytest.approx([3_000.0], abs=5)


@pytest.mark.parametrize(
    "other", [{"per_km2": -np.ones((2, 2))}, {"per_km2": np.ones(3)}, {"cell_m": 0.0}]
)
def test_bad_map_of_clutter_is_refused(other: dict[str, object]) -> None:
    good: dict[str, object] = {
        "per_km2": np.ones((2, 2)), "west_m": 0.0, "south_m": 0.0, "cell_m": 1.0
    }  # fmt: skip
    with pytest.raises(BadValue):
        ClutterMap(**(good | other))  # type: ignore[arg-type]


# -- fibre -------------------------------------------------------------------------


def test_fibre_knows_how_far_along_and_hardly_how_far_aside() -> None:
    tracker = Tracker(fibre())
    times = np.arange(1.0, 30.0, 1.0)
    tracker.feed_along(time_s=times, sensor_id=7, along_m=50_500.0 + 1.4 * times)
    tracker.advance(29.0)
    tracks = tracker.picture()
    assert len(tracks) == 1
    assert tracks.x_m[0] == pytest.approx(500 + 1.4 * 29, abs=5)
    assert tracks.vx_mps[0] == pytest.approx(1.4, abs=0.2)
    assert tracks.cov[0, 0, 0] < 5.0**2
    # Thirty detections tell no more of where in the strip it walks than one does.
    assert 15.0**2 < tracks.cov[0, 1, 1] <= 30.0**2


def test_fibre_leaves_a_track_that_is_well_placed_across_where_it_is() -> None:
    """A radar's track 20 m aside of the line is not drawn onto the line."""
    table = SensorTable.make(
        sensor_id=[10, 7], x_m=[500.0, 0.0], y_m=[-3_000.0, 0.0],
        sigma_range_m=[3.0, 3.0], sigma_azimuth_rad=[0.01, 0.1], pd=0.9,
        clutter_per_scan=[1.0, 0.01], range_m=[10_000.0, 1.0], period_s=[2.0, 0.0],
        phase_s=0.0, kind=[0, FIBRE], fibres={1: COURSE},
    )  # fmt: skip
    tracker = Tracker(table, start_s=-1.0)
    times = np.arange(0.0, 20.0, 2.0)
    tracker.feed(time_s=times, sensor_id=10, range_m=3_020.0, azimuth_rad=0.0)
    tracker.feed_along(time_s=times + 1, sensor_id=7, along_m=50_500.0)
    tracker.advance(20.0)
    tracks = tracker.picture()
    assert len(tracks) == 1
    assert tracks.y_m[0] == pytest.approx(20.0, abs=1.0)


def test_fibre_turns_with_the_line() -> None:
    x, y, noise = COURSE.places(np.array([50_250.0, 52_000.0]), np.full(2, 5.0))
    np.testing.assert_allclose(x, [250.0, 1_000.0])
    np.testing.assert_allclose(y, [0.0, 1_000.0])
    np.testing.assert_allclose(noise, [[25, 0, 300], [300, 0, 25]], atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1), st.floats(-1, 1))
def test_discs_of_a_fibre_hold_its_strip(part: float, aside: float) -> None:
    along = 50_000.0 + 3_000.0 * part
    x, y, _ = COURSE.places(np.array([along]), np.ones(1))
    first = along < 51_000.0
    px = x[0] + (0.0 if first else aside * 30.0)
    py = y[0] + (aside * 30.0 if first else 0.0)
    disc_x, disc_y, radius = COURSE.discs()
    assert np.hypot(disc_x - px, disc_y - py).min() <= radius
    mid_x, mid_y, wide = COURSE.disc()
    assert np.hypot(mid_x - px, mid_y - py) <= wide + 1e-6


def test_fibre_narrows_what_a_radar_tracks() -> None:
    table = SensorTable.make(
        sensor_id=[10, 7], x_m=[500.0, 0.0], y_m=[-8_000.0, 0.0],
        sigma_range_m=[15.0, 3.0], sigma_azimuth_rad=[0.0105, 0.1], pd=0.9,
        clutter_per_scan=[4.0, 0.01], range_m=[10_000.0, 1.0], period_s=[2.0, 0.0],
        phase_s=0.0, kind=[0, FIBRE], fibres={1: COURSE},
    )  # fmt: skip
    tracker = Tracker(table, start_s=-1.0)
    times = np.arange(0.0, 10.0, 2.0)
    tracker.feed(time_s=times, sensor_id=10, range_m=8_000.0, azimuth_rad=0.0)
    tracker.advance(9.0)
    before = tracker.picture()
    assert before.cov[0, 0, 0] > 30.0**2
    tracker.feed_along(time_s=9.5, sensor_id=7, along_m=50_520.0)
    tracker.advance(9.6)
    after = tracker.picture()
    assert len(after) == 1
    assert after.cov[0, 0, 0] < 4.0**2
    assert after.x_m[0] == pytest.approx(520.0, abs=2)


def test_position_beyond_the_fibre_is_bad_and_a_radar_is_none() -> None:
    tracker = Tracker(fibre())
    tracker.feed_along(
        time_s=1.0, sensor_id=7, along_m=[49_000.0, 50_100.0, np.nan, 54_000.0]
    )
    assert tracker.counts.bad == 3
    assert tracker.counts.waiting == 1
    other = Tracker(radar())
    other.feed_along(time_s=2.0, sensor_id=[10, 99], along_m=1.0)
    assert other.counts.bad == 1
    assert other.counts.unknown_sensor == 1


@pytest.mark.parametrize(
    "other",
    [
        {"along_m": np.array([0.0, 0.0, 1.0])},
        {"x_m": np.array([0.0, 1.0])},
        {"y_m": np.array([0.0, np.nan, 1.0])},
        {"strip_m": 0.0},
    ],
)
def test_bad_course_is_refused(other: dict[str, object]) -> None:
    with pytest.raises(BadValue):
        replace(COURSE, **other)  # type: ignore[arg-type]


def test_fibre_without_a_course_and_a_course_without_a_fibre_are_refused() -> None:
    with pytest.raises(BadValue, match="fibre"):
        fibre(fibres={})
    with pytest.raises(BadValue, match="fibre"):
        radar(fibres={0: COURSE})


@pytest.mark.parametrize(
    "name", ["min_radial_mps", "sigma_range_rate_mps", "range_rate_span_mps"]
)
def test_bad_figures_of_a_sensor_are_refused(name: str) -> None:
    with pytest.raises(BadValue, match=name):
        radar(**{name: -1.0})
