"""Tests of registration bias: recovered, said when it cannot be, and taken off."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2

from linewatch.errors import BadValue
from linewatch.watch.score.gospa import gospa
from linewatch.watch.score.paths import Paths
from linewatch.watch.tracker import Rows, SensorTable, Tracker, TrackerSettings, Trail
from linewatch.watch.tracker._kernels_bias import Looks, triples
from linewatch.watch.tracker.bias import Bias, BiasReckoner, BiasSettings
from tests.watch.tracker.scene import Scene, made, row_of_radars

Floats = NDArray[np.float64]
END_S = 160.0


def biased(
    scene: Scene, table: SensorTable, range_m: Floats, azimuth_rad: Floats
) -> tuple[Floats, Floats]:
    """Return the ranges and azimuths of a scene as sensors with biases report them."""
    row = np.searchsorted(table.sensor_id, scene.sensor_id)
    away = np.maximum(scene.range_m + range_m[row], 0.0)
    return away, scene.azimuth_rad + azimuth_rad[row]


def tracked(
    scene: Scene, table: SensorTable, away: Floats, turn: Floats
) -> tuple[Rows, Trail]:
    tracker = Tracker(table, TrackerSettings(trail=True))
    tracker.feed(
        time_s=scene.time_s, sensor_id=scene.sensor_id, range_m=away, azimuth_rad=turn
    )
    return tracker.advance(END_S), tracker.trail()


def scored(scene: Scene, table: SensorTable, rows: Rows) -> float:
    """Return the mean GOSPA over targets in reach [m]."""
    parts = []
    for time in np.unique(rows.time_s):
        at = scene.truth_at(time)
        dx, dy = at[:, 0, None] - table.x_m, at[:, 1, None] - table.y_m
        near = np.flatnonzero(np.hypot(dx, dy).min(axis=1) < 10_000)
        parts.append(
            np.column_stack([np.full(len(near), time), near, at[near, 0], at[near, 1]])
        )
    truth = Paths.of(*np.concatenate(parts).T)
    shown = Paths.of(rows.time_s, rows.track_id, rows.x, rows.y)
    return gospa(truth, shown, cutoff_m=100.0).gospa_m


def off(bias: Bias, range_m: Floats, azimuth_rad: Floats) -> float:
    """Return the squared normalised error of all biases."""
    error = np.column_stack([bias.range_m - range_m, bias.azimuth_rad - azimuth_rad])
    flat = error.ravel()
    return float(flat @ np.linalg.solve(bias.cov.reshape(len(flat), -1), flat))


def test_biases_are_recovered_and_taking_them_off_restores_the_picture() -> None:
    table = row_of_radars(3, clutter_per_scan=2.0)
    scene = made(table, targets=40, until_s=END_S, seed=21)
    range_m = np.array([30.0, -30.0, 30.0])
    azimuth_rad = np.deg2rad([0.5, 0.5, -0.5])
    away, turn = biased(scene, table, range_m, azimuth_rad)
    rows, trail = tracked(scene, table, away, turn)
    reckoner = BiasReckoner(table)
    assert reckoner.take(trail, now=True) > 500
    bias = reckoner.bias()
    assert bias.told.all()
    assert bias.why(0).startswith("told by")
    assert np.abs(bias.range_m - range_m).max() < 6.0
    assert np.abs(bias.azimuth_rad - azimuth_rad).max() < np.deg2rad(0.08)
    assert off(bias, range_m, azimuth_rad) < chi2.ppf(0.975, 6)

    fair, _ = tracked(scene, table, scene.range_m, scene.azimuth_rad)
    mended, second = tracked(scene, table, *bias.corrected(scene.sensor_id, away, turn))
    with_bias, without, after = (
        scored(scene, table, each) for each in (rows, fair, mended)
    )
    assert with_bias > 1.5 * without
    assert after < 1.05 * without

    again = BiasReckoner(table)
    again.take(second, bias, now=True)
    surer = again.bias()
    assert off(surer, range_m, azimuth_rad) < chi2.ppf(0.999, 6)
    assert (surer.sigma_range_m < bias.sigma_range_m).all()


def test_without_bias_none_is_found_and_the_doubt_is_the_error() -> None:
    total = 0.0
    for seed in range(4):
        table = row_of_radars(2, clutter_per_scan=1.0)
        scene = made(table, targets=20, until_s=END_S, seed=seed)
        _, trail = tracked(scene, table, scene.range_m, scene.azimuth_rad)
        reckoner = BiasReckoner(table)
        reckoner.take(trail, now=True)
        total += off(reckoner.bias(), np.zeros(2), np.zeros(2))
    assert total < chi2.ppf(0.99, 16)


def test_a_sensor_that_shares_no_track_cannot_be_told_and_is_left_alone() -> None:
    table = row_of_radars(3, x_m=[0.0, 8_000.0, 90_000.0])
    scene = made(
        row_of_radars(2), targets=25, until_s=END_S, seed=5
    )  # seen by the first two alone
    _, trail = tracked(scene, table, scene.range_m, scene.azimuth_rad)
    reckoner = BiasReckoner(table)
    reckoner.take(trail, now=True)
    bias = reckoner.bias()
    np.testing.assert_array_equal(bias.told, [True, True, False])
    assert bias.why(2) == "no other sensor sees its tracks"
    assert bias.sigma_range_m[2] == pytest.approx(50.0, rel=0.01)
    away, turn = replace(bias, range_m=np.full(3, 7.0)).corrected(
        [10, 12, 99], [100.0, 100.0, 100.0], 0.0
    )
    np.testing.assert_array_equal(away, [93.0, 100.0, 100.0])
    assert turn[1] == turn[2] == 0.0


def test_a_range_shorter_than_its_bias_is_at_the_sensor() -> None:
    bias = BiasReckoner(row_of_radars(1)).bias()
    sure = replace(bias, told=np.array([True]), range_m=np.array([30.0]))
    away, _ = sure.corrected(10, 5.0, 0.0)
    assert float(away) == 0.0


def test_rows_wait_for_their_time_and_are_kept_by_a_save() -> None:
    table = row_of_radars(2, clutter_per_scan=0.5)
    scene = made(table, targets=15, until_s=END_S, seed=3)
    tracker = Tracker(table, TrackerSettings(trail=True))
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    straight, broken = BiasReckoner(table), BiasReckoner(table)
    made_now = []
    for until in np.arange(10.0, END_S + 1, 10.0):
        tracker.advance(until)
        trail = tracker.trail()
        made_now.append(straight.take(trail))
        broken = BiasReckoner.load(broken.save(), table)
        broken.take(trail)
    assert made_now[:3] == [0, 0, 0]
    assert sum(many > 0 for many in made_now) >= 2
    np.testing.assert_array_equal(straight.bias().cov, broken.bias().cov)
    np.testing.assert_array_equal(straight.bias().range_m, broken.bias().range_m)
    with pytest.raises(BadValue, match="saved biases"):
        BiasReckoner.load(straight.save(), row_of_radars(3))


def test_what_is_known_grows_old() -> None:
    table = row_of_radars(2, clutter_per_scan=0.5)
    scene = made(table, targets=15, until_s=END_S, seed=3)
    _, trail = tracked(scene, table, scene.range_m, scene.azimuth_rad)
    reckoner = BiasReckoner(table)
    reckoner.take(trail, now=True)
    young = reckoner.bias().sigma_range_m
    reckoner.grow_old(END_S + 86_400.0)
    assert (reckoner.bias().sigma_range_m > np.hypot(young, 1.9)).all()


def test_bias_of_place_is_reckoned_when_asked_for() -> None:
    table = row_of_radars(2, clutter_per_scan=0.5)
    scene = made(table, targets=20, until_s=END_S, seed=8)
    _, trail = tracked(scene, table, scene.range_m, scene.azimuth_rad)
    reckoner = BiasReckoner(table, BiasSettings(place_m=20.0))
    reckoner.take(trail, now=True)
    bias = reckoner.bias()
    assert bias.cov.shape == (2, 4, 2, 4)
    assert (np.hypot(bias.x_m, bias.y_m) < 4 * bias.sigma_place_m).all()
    # A place of both and an azimuth of both are one and the same to the tracks.
    assert (bias.sigma_place_m > 3.0).all()


def test_no_detection_is_in_two_triples_and_each_is_between_two_of_another() -> None:
    rng = np.random.default_rng(4)
    n = 200
    time_s = np.sort(rng.uniform(0, 100, n))
    track, row = np.sort(rng.integers(0, 4, n)), rng.integers(0, 3, n)
    order = np.lexsort((time_s, track))
    looks = Looks(
        time_s=time_s[order],
        track=track[order],
        row=row[order],
        x=np.zeros(n),
        y=np.zeros(n),
        noise=np.zeros((n, 3)),
        ahead=np.zeros((n, 2)),
    )
    out = np.zeros((n // 3 + 1, 3), np.int64)
    many = triples(looks, 6.0, out)
    assert many > 10
    a, b, c = out[:many].T
    assert len(np.unique(out[:many])) == 3 * many
    assert (looks.row[a] == looks.row[c]).all()
    assert (looks.row[a] != looks.row[b]).all()
    assert (looks.track[a] == looks.track[c]).all()
    assert (looks.time_s[c] - looks.time_s[a] <= 6.0).all()
    assert ((a < b) & (b < c)).all()


@pytest.mark.parametrize(
    "wrong", [{"range_m": 0.0}, {"place_m": -1.0}, {"told": 1.0}, {"gate": np.nan}]
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(BadValue, match=next(iter(wrong))):
        BiasSettings(**wrong)
