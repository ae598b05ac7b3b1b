"""The record of what made each track."""

from dataclasses import fields, replace

import numpy as np
import pytest

from linewatch.errors import BadValue
from linewatch.watch.tracker import Tracker, TrackerSettings, Trail
from tests.watch.tracker.scene import made, row_of_radars

TABLE = row_of_radars()
SCENE = made(TABLE, targets=10, until_s=60, seed=11)
ON = TrackerSettings(trail=True)


def fed(settings: TrackerSettings = ON) -> Tracker:
    tracker = Tracker(TABLE, settings, -1e-6)
    tracker.feed(**SCENE.fed())  # type: ignore[arg-type]
    return tracker


def same(one: Trail, other: Trail) -> None:
    for column in fields(Trail):
        np.testing.assert_array_equal(
            getattr(one, column.name), getattr(other, column.name), column.name
        )


def test_the_record_changes_nothing_and_is_empty_when_not_asked_for() -> None:
    off, on = fed(TrackerSettings()), fed()
    rows, others = off.advance(60.0), on.advance(60.0)
    for name in ("time_s", "track_id", "x", "y", "existence"):
        np.testing.assert_array_equal(getattr(rows, name), getattr(others, name))
    assert len(off.trail()) == 0
    assert len(on.trail()) > 400
    assert len(on.trail()) == 0  # fetched once


def test_every_track_of_the_picture_has_its_birth_and_its_detections() -> None:
    tracker = fed()
    rows = tracker.advance(60.0)
    trail = tracker.trail()
    assert (np.diff(trail.time_s) >= 0).all()
    began, many = np.unique(trail.track_id[trail.born], return_counts=True)
    assert (many == 1).all()
    assert np.isin(rows.track_id, began).all()
    for name in np.unique(rows.track_id):
        mine = trail.track_id == name
        assert trail.born[mine][0]
        picture = tracker.picture()
        if name in picture.track_id:
            last = picture.last_seen_s[picture.track_id == name][0]
            assert trail.time_s[mine & (trail.hit > 0.5)].max() == last


def test_places_are_the_detections_and_doubts_are_the_sensors() -> None:
    """Where one detection alone is in the gate the row is that detection."""
    tracker = fed()
    tracker.advance(60.0)
    trail = tracker.trail()
    sure = (trail.pairs == 1) & ~trail.born
    assert sure.sum() > 200
    ident = trail.ident[sure]
    fix = np.exp(0.0105**2 / 2)
    row = trail.row[sure]
    x = TABLE.x_m[row] + fix * SCENE.range_m[ident] * np.sin(SCENE.azimuth_rad[ident])
    y = TABLE.y_m[row] + fix * SCENE.range_m[ident] * np.cos(SCENE.azimuth_rad[ident])
    np.testing.assert_allclose(trail.x_m[sure], x, atol=1e-6)
    np.testing.assert_allclose(trail.y_m[sure], y, atol=1e-6)
    np.testing.assert_array_equal(trail.time_s[sure], SCENE.time_s[ident])
    np.testing.assert_allclose(trail.share[sure], trail.hit[sure])
    dx = trail.ahead_x_m[sure] - TABLE.x_m[row]
    dy = trail.ahead_y_m[sure] - TABLE.y_m[row]
    expected = 15.0**2 + 0.0105**2 * (dx**2 + dy**2)
    np.testing.assert_allclose(
        trail.noise_m2[sure, 0] + trail.noise_m2[sure, 2], expected, rtol=1e-6
    )


def test_misses_are_told_with_the_chance_to_detect() -> None:
    tracker = fed()
    tracker.advance(60.0)
    trail = tracker.trail()
    missed = trail.hit == 0
    assert missed.sum() > 5
    assert (trail.pd[missed] > 0.02).all()
    assert (trail.ident[missed] == -1).all()
    assert (trail.pairs[missed] == 0).all()
    np.testing.assert_array_equal(trail.x_m[missed], trail.ahead_x_m[missed])
    alive = np.isin(trail.track_id, tracker.picture().track_id)
    old = alive & ~trail.born & (trail.pd > 0.85)
    assert old.sum() > 200
    assert trail.hit[old].mean() == pytest.approx(0.9, abs=0.05)


def test_saved_and_loaded_and_in_small_steps_it_is_the_same() -> None:
    whole = fed()
    whole.advance(60.0)
    steps = fed()
    for until in (7.3, 31.0):
        steps.advance(until)
    resumed = Tracker.load(steps.save(), TABLE, ON)
    resumed.advance(60.0)
    same(whole.trail(), resumed.trail())


def test_rows_that_nobody_fetches_are_bounded_and_counted() -> None:
    tracker, bounded = fed(), fed(replace(ON, trail_most=100))
    tracker.advance(60.0)
    bounded.advance(60.0)
    all_rows, last = tracker.trail(), bounded.trail()
    assert len(last) == 100
    assert last.lost == len(all_rows) - 100
    np.testing.assert_array_equal(last.x_m, all_rows.x_m[-100:])
    with pytest.raises(BadValue, match="trail_most"):
        TrackerSettings(trail_most=0)


def test_joined_parts_are_the_whole() -> None:
    whole, steps = fed(), fed()
    whole.advance(60.0)
    parts = []
    for until in (20.0, 40.0, 60.0):
        steps.advance(until)
        parts.append(steps.trail())
    same(whole.trail(), Trail.joined(parts))
    assert len(Trail.joined([])) == 0
