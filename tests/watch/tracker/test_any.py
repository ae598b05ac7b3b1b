"""Input of any kind: order leaves no trace, keeping neither, and junk is counted."""

import math
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from linewatch.watch.tracker import (
    BEARING,
    FIBRE,
    PLACE,
    POLAR,
    Fibre,
    Rows,
    SensorTable,
    Tracker,
    TrackerSettings,
    Trail,
)
from tests.watch.tracker.scene import Scene, made, row_of_radars

KINDS = [POLAR, POLAR, BEARING, PLACE, FIBRE]
COURSE = Fibre(
    along_m=np.array([0.0, 8_000.0]),
    x_m=np.array([0.0, 8_000.0]),
    y_m=np.array([0.0, 0.0]),
    strip_m=40.0,
)
TABLE = row_of_radars(
    5, kind=KINDS, fibres={4: COURSE}, x_m=[0.0, 8e3, 4e3, 4e3, 0.0], range_m=10_000.0,
    sigma_range_rate_mps=[0.4, 0.0, 0.0, 0.0, 0.0], min_radial_mps=[0.3, 0, 0, 0, 0],
    period_s=[2.0, 2.0, 3.0, 0.0, 0.0],
)  # fmt: skip
RADARS = row_of_radars(2, sigma_range_rate_mps=0.4)
SCENE: Scene = made(RADARS, targets=8, until_s=40, seed=31)
ON = TrackerSettings(trail=True)
Told = tuple[str, dict[str, float]]


def everything() -> list[Told]:
    """Return detections of all kinds, two of them twice."""
    rng = np.random.default_rng(4)
    told: list[Told] = []
    for k in range(len(SCENE.time_s)):
        polar = {
            "time_s": SCENE.time_s[k], "sensor_id": SCENE.sensor_id[k],
            "range_m": SCENE.range_m[k], "azimuth_rad": SCENE.azimuth_rad[k],
            "range_rate_mps": SCENE.range_rate_mps[k],
        }  # fmt: skip
        told.append(("feed", polar))
    for time_s in np.arange(0.5, 39.0, 1.7).tolist():
        at = SCENE.truth_at(time_s)[rng.integers(8)]
        place = {"x_m": at[0], "y_m": at[1], "radius_m": 60.0}
        told.append(("feed_places", {"time_s": time_s, "sensor_id": 13, **place}))
        along = {"time_s": time_s, "sensor_id": 14, "along_m": 200.0 * time_s}
        told.append(("feed_along", along))
        bearing = {"azimuth_rad": math.atan2(at[0] - 4e3, at[1])}
        when = round(1.4 + 3.0 * (time_s // 3), 6)
        told.append(("feed", {"time_s": when, "sensor_id": 12, **bearing}))
    return [*told, told[3], told[-1]]


EVERYTHING = everything()


def fed(order: list[int] | range) -> Tracker:
    tracker = Tracker(TABLE, ON, -1e-6)
    for k in order:
        door, figures = EVERYTHING[k]
        getattr(tracker, door)(**figures)
    return tracker


def same(one: tuple[Rows, Trail], other: tuple[Rows, Trail]) -> None:
    for mine, theirs in ((one[0], other[0]), (one[1], other[1])):
        for field in fields(mine):
            ours, others = getattr(mine, field.name), getattr(theirs, field.name)
            np.testing.assert_array_equal(ours, others)


def ended(tracker: Tracker) -> tuple[Rows, Trail]:
    return tracker.advance(40.0), tracker.trail()


WHOLE = ended(fed(range(len(EVERYTHING))))


def test_there_is_something_to_compare() -> None:
    rows, trail = WHOLE
    assert len(np.unique(rows.track_id)) >= 6
    assert set(trail.row.tolist()) == {0, 1, 2, 3, 4}


@settings(max_examples=6, deadline=None)
@given(st.randoms(use_true_random=False))
def test_any_order_of_arrival_of_any_kind_gives_the_same(dice: object) -> None:
    order = list(range(len(EVERYTHING)))
    dice.shuffle(order)  # type: ignore[attr-defined]
    same(ended(fed(order)), WHOLE)


@settings(max_examples=5, deadline=None)
@given(st.floats(0.0, 39.0))
def test_kept_at_any_time_it_goes_on_to_the_bit(when: float) -> None:
    tracker = fed(range(len(EVERYTHING)))
    rows = tracker.advance(when)
    resumed = Tracker.load(tracker.save(), TABLE, ON)
    assert resumed.counts == tracker.counts
    more, trail = ended(resumed)
    same((Rows.joined([rows, more]), trail), WHOLE)


ANY = st.floats(width=64) | st.sampled_from([0.0, 1.0, 3.0, 1e3, 1e7, 1e8, -1.0])


@settings(max_examples=40, deadline=None, phases=[Phase.generate])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([10, 11, 12, 13, 14, 99]), st.floats(0, 20) | ANY,
            ANY, ANY, ANY, ANY,
        ),
        max_size=30,
    )
)  # fmt: skip
def test_junk_is_counted_and_never_spoils_the_picture(
    junk: list[tuple[int, float, float, float, float, float]],
) -> None:
    tracker = Tracker(TABLE, ON, -1e-6)
    tracker.feed(**SCENE.fed())  # type: ignore[arg-type]
    for who, time_s, a, b, c, d in junk:
        when = {"time_s": time_s, "sensor_id": who}
        tracker.feed(
            **when, range_m=a, azimuth_rad=b, elevation_rad=c, range_rate_mps=d
        )
        tracker.feed_places(**when, x_m=a, y_m=b, radius_m=c)
        tracker.feed_places(**when, x_m=a, y_m=b, cov_m2=[[c, d], [d, abs(c)]])
        tracker.feed_along(**when, along_m=a, sigma_m=b)
    rows = tracker.advance(20.0)
    counts = tracker.counts
    assert counts.fed == len(SCENE.time_s) + 4 * len(junk)
    assert counts.fed == (
        counts.used + counts.waiting + counts.duplicate + counts.late + counts.bad
        + counts.unknown_sensor
    )  # fmt: skip
    for name in ("x", "y", "vx", "vy", "existence"):
        assert np.isfinite(getattr(rows, name)).all()
    tracks = tracker.picture()
    assert np.isfinite(tracks.cov).all()
    assert np.isfinite(tracker.trail().gate_m2).all()


def test_what_was_fed_is_the_callers_to_change() -> None:
    figures = {name: np.array(v, float) for name, v in SCENE.fed().items()}
    figures["ident"] = figures["ident"].astype(int)
    tracker = Tracker(RADARS, start_s=-1e-6)
    tracker.feed(**figures)
    for column in figures.values():
        column[:] = 0
    other = Tracker(RADARS, start_s=-1e-6)
    other.feed(**SCENE.fed())  # type: ignore[arg-type]
    np.testing.assert_array_equal(tracker.advance(40.0).x, other.advance(40.0).x)
    ours, theirs = tracker.picture().made_by, other.picture().made_by
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("figure", [1e9, -1e9])
def test_places_off_the_earth_are_refused_where_asked(figure: float) -> None:
    tracker = Tracker(TABLE, replace(ON, bad="refuse"))
    with pytest.raises(Exception, match="detection 0"):
        tracker.feed_places(time_s=1.0, sensor_id=13, x_m=figure, y_m=0.0)


def test_table_has_every_kind() -> None:
    assert isinstance(TABLE, SensorTable)
    assert sorted(TABLE.kind.tolist()) == sorted(KINDS)
