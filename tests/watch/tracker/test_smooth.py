"""Tests of the smoothed history: plain twin, an authority, truth, and edges."""

from datetime import datetime, timedelta

import numpy as np
import pytest
from scipy.stats import chi2
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import (
    CombinedLinearGaussianTransitionModel,
    ConstantVelocity,
)
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.smoother.kalman import KalmanSmoother
from stonesoup.types.detection import Detection
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.track import Track
from stonesoup.types.update import GaussianStateUpdate
from stonesoup.updater.kalman import KalmanUpdater

from linewatch.errors import BadValue, UnknownName
from linewatch.watch.tracker import BANK, Motion, Tracker, TrackerSettings
from linewatch.watch.tracker._kernels_smooth import inverse
from linewatch.watch.tracker.smooth import filtered, rows_by_track, smoothed
from tests.watch.tracker.plain_smooth import plain_smoothed
from tests.watch.tracker.scene import made, row_of_radars
from tests.watch.tracker.trails import jumped, trail_of, walked

ONE = TrackerSettings(
    bank=(Motion(name="go", target="walker", noise=0.05, speed_mps=2.0, prior=1.0),)
)
START = datetime(2026, 1, 1)  # noqa: DTZ001 - the peer knows no zones


def test_one_model_gives_what_the_field_s_reference_gives() -> None:
    rng = np.random.default_rng(5)
    truth = walked(rng, steps=30, dt=2.0, noise=0.05, speed=2.0)
    seen = truth[:, :2] + 20.0 * rng.standard_normal((30, 2))
    history = smoothed(trail_of(2.0 * np.arange(30), seen), 1, ONE)

    # The peer's state is (x, vx, y, vy).
    motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(0.05)] * 2)
    look = LinearGaussian(ndim_state=4, mapping=(0, 2), noise_covar=400.0 * np.eye(2))
    predictor, updater = KalmanPredictor(motion), KalmanUpdater(look)
    track = Track()
    for k, place in enumerate(seen):
        when = START + timedelta(seconds=2.0 * k)
        detection = Detection(place[:, None], timestamp=when, measurement_model=look)
        if k == 0:
            track.append(
                GaussianStateUpdate(
                    np.array([[place[0]], [0.0], [place[1]], [0.0]]),
                    np.diag([400.0, 4.0, 400.0, 4.0]),
                    timestamp=when,
                    hypothesis=SingleHypothesis(None, detection),
                )
            )
            continue
        prediction = predictor.predict(track[-1], timestamp=when)
        track.append(updater.update(SingleHypothesis(prediction, detection)))
    back = KalmanSmoother(motion).smooth(track)
    order = [0, 2, 1, 3]
    mean = np.array([state.state_vector[order, 0] for state in back], np.float64)
    cov = np.array([state.covar[np.ix_(order, order)] for state in back], np.float64)
    np.testing.assert_allclose(history.mean, mean, atol=1e-6)
    np.testing.assert_allclose(history.cov, cov, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_kernel_gives_what_the_plain_twin_gives(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth = walked(rng, steps=25, dt=2.0, noise=0.5, speed=5.0)
    seen = truth[:, :2] + 20.0 * rng.standard_normal((25, 2))
    hit = np.where(rng.random(25) < 0.3, rng.random(25), 1.0)
    hit[:2] = 1.0
    trail = trail_of(2.0 * np.arange(25), seen, hit=hit)
    history = smoothed(trail, 1)
    mean, cov, prob = plain_smoothed(trail, TrackerSettings())
    np.testing.assert_allclose(history.mean, mean, rtol=1e-6, atol=1e-5)
    np.testing.assert_allclose(history.cov, cov, rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(history.motion_chance, prob, atol=1e-7)


def test_one_model_s_errors_are_as_large_as_it_says() -> None:
    rng, nees = np.random.default_rng(7), np.zeros(2)
    runs, steps = 40, 25
    for _ in range(runs):
        truth = walked(rng, steps=steps, dt=2.0, noise=0.05, speed=2.0)
        seen = truth[:, :2] + 20.0 * rng.standard_normal((steps, 2))
        trail = trail_of(2.0 * np.arange(steps), seen)
        for at, history in enumerate(
            (smoothed(trail, 1, ONE), filtered(trail, 1, ONE))
        ):
            off = (history.mean - truth)[steps // 2]
            nees[at] += off @ np.linalg.solve(history.cov[steps // 2], off)
    low, high = np.array(chi2.ppf([0.025, 0.975], 4 * runs))
    assert ((low <= nees) & (nees <= high)).all()


def test_a_bank_s_errors_are_as_large_as_it_says_where_truth_moves_as_it_does() -> None:
    rng, settings, runs = np.random.default_rng(1), TrackerSettings(), 200
    nees, errors = np.zeros(2), np.zeros(2)
    for _ in range(runs):
        truth = jumped(rng, settings, steps=30, dt=2.0)
        seen = truth[:, :2] + 15.0 * rng.standard_normal((30, 2))
        noise = np.tile([225.0, 0.0, 225.0], (30, 1))
        trail = trail_of(2.0 * np.arange(30), seen, noise_m2=noise)
        for at, history in enumerate((smoothed(trail, 1), filtered(trail, 1))):
            off = (history.mean - truth)[15, :2]
            nees[at] += off @ np.linalg.solve(history.cov[15, :2, :2], off)
            errors[at] += off @ off
    low, high = np.array(chi2.ppf([0.025, 0.975], 2 * runs))
    assert ((low <= nees) & (nees <= high)).all()
    assert errors[0] < 0.5 * errors[1]


def test_a_bank_s_errors_are_smaller_than_the_filter_s_and_as_large_as_it_says() -> (
    None
):
    settings = TrackerSettings(trail=True)
    table = row_of_radars(2, clutter_per_scan=0.5)
    scene = made(table, targets=14, until_s=160.0, seed=11)
    tracker = Tracker(table, settings)
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    tracker.advance(160.0)
    shown, trail = tracker.picture(), tracker.trail()
    late, early, nees = [], [], []
    for name in shown.track_id.tolist():
        after, then = smoothed(trail, name, settings), filtered(trail, name, settings)
        end = scene.truth_at(after.time_s[-1])
        away = np.hypot(*(end[:, :2] - after.mean[-1, :2]).T)
        which = int(np.argmin(away))
        if away[which] > 100:
            continue
        truth = np.array([scene.truth_at(t)[which] for t in after.time_s])
        late.append(np.square((after.mean - truth)[:, :2]).sum(axis=1).mean())
        early.append(np.square((then.mean - truth)[:, :2]).sum(axis=1).mean())
        middle = len(after) // 2
        off = (after.mean - truth)[middle]
        nees.append(off @ np.linalg.solve(after.cov[middle], off))
    assert len(late) >= 10
    assert np.sqrt(np.mean(late)) < 0.7 * np.sqrt(np.mean(early))
    # These go straight, less than the bank allows for: the bound is one-sided.
    assert np.sum(nees) <= chi2.ppf(0.975, 4 * len(nees))


def test_the_last_instant_is_the_filter_s_and_the_filter_s_is_the_tracker_s() -> None:
    settings = TrackerSettings(trail=True)
    table = row_of_radars(1, clutter_per_scan=0.0)
    scene = made(table, targets=1, until_s=60.0, seed=4)
    tracker = Tracker(table, settings)
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    tracker.advance(60.0)
    shown, trail = tracker.picture(), tracker.trail()
    name = int(shown.track_id[0])
    late, then = smoothed(trail, name, settings), filtered(trail, name, settings)
    np.testing.assert_allclose(late.mean[-1], then.mean[-1])
    dt = 60.0 - then.time_s[-1]
    place = then.mean[-1, :2] + dt * then.mean[-1, 2:]
    np.testing.assert_allclose(place, [shown.x_m[0], shown.y_m[0]], atol=0.5)


def test_a_period_gives_whole_multiples_and_changes_nothing_between() -> None:
    rng = np.random.default_rng(2)
    truth = walked(rng, steps=20, dt=2.0, noise=0.01, speed=1.0)
    trail = trail_of(2.0 * np.arange(20) + 0.5, truth[:, :2])
    by_scan, by_second = smoothed(trail, 1, ONE), smoothed(trail, 1, ONE, every_s=5.0)
    np.testing.assert_array_equal(by_second.time_s, [5, 10, 15, 20, 25, 30, 35])
    x = np.interp(by_second.time_s, by_scan.time_s, by_scan.mean[:, 0])
    np.testing.assert_allclose(by_second.mean[:, 0], x, atol=0.5)


def test_a_bank_tells_the_class_at_the_start_from_what_came_later() -> None:
    trail = trail_of(2.0 * np.arange(20), np.outer(np.arange(20), [0.0, 24.0]))
    history, then = smoothed(trail, 1), filtered(trail, 1)
    assert then.class_chance[0, 1] < 0.3
    assert history.class_chance[0, 1] > 0.9
    np.testing.assert_allclose(history.class_chance.sum(axis=1), 1.0)


def test_a_stop_is_found_where_it_was() -> None:
    x = np.concatenate([12.0 * np.arange(0, 40, 2), np.full(15, 456.0)])
    rng = np.random.default_rng(1)
    place = np.column_stack([x, np.zeros(35)]) + 8.0 * rng.standard_normal((35, 2))
    noise = np.tile([64.0, 0.0, 64.0], (35, 1))
    history = smoothed(trail_of(2.0 * np.arange(35), place, noise_m2=noise), 1)
    speed = np.hypot(history.mean[:, 2], history.mean[:, 3])
    assert abs(speed[5:15].mean() - 12.0) < 0.6
    assert speed[28:].max() < 1.0
    stop = [motion.name for motion in BANK].index("stop")
    assert history.motion_chance[30, stop] > 0.8


def test_rows_without_a_track_or_a_period_below_0_are_refused() -> None:
    trail = trail_of([0.0, 1.0], [[0.0, 0.0], [1.0, 0.0]])
    with pytest.raises(UnknownName, match="track"):
        smoothed(trail, 9)
    with pytest.raises(BadValue, match="every_s"):
        smoothed(trail, 1, every_s=0.0)
    assert list(rows_by_track(trail)) == [1]


def test_an_inverse_is_one_and_says_when_there_is_none() -> None:
    rng = np.random.default_rng(3)
    root = rng.standard_normal((4, 4))
    a, out = root @ root.T, np.zeros((4, 4))
    assert inverse(a, 4, out) == pytest.approx(np.linalg.slogdet(a)[1])
    np.testing.assert_allclose(out @ a, np.eye(4), atol=1e-9)
    assert inverse(a, 2, out) == pytest.approx(np.linalg.slogdet(a[:2, :2])[1])
    np.testing.assert_allclose(out[:2, :2] @ a[:2, :2], np.eye(2), atol=1e-9)
    assert not out[2:].any()
    assert np.isnan(inverse(-a, 4, out))
