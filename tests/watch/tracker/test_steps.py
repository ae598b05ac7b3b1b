"""Single steps against Stone Soup, and the doubt against the truth."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import chi2
from stonesoup.models.measurement.linear import LinearGaussian
from stonesoup.models.transition.linear import (
    CombinedLinearGaussianTransitionModel,
    ConstantVelocity,
)
from stonesoup.predictor.kalman import KalmanPredictor
from stonesoup.types.detection import Detection
from stonesoup.types.hypothesis import SingleHypothesis
from stonesoup.types.state import GaussianState
from stonesoup.updater.kalman import KalmanUpdater

from linewatch.watch.tracker import PLACE, Motion, SensorTable, Tracker, TrackerSettings
from tests.watch.tracker.scene import row_of_radars

WALK = Motion(name="walk", target="walker", noise=0.3, speed_mps=2.0, prior=1.0)
TIMES = np.arange(0.0, 60.0, 2.0)
T0 = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - Stone Soup's own time is naive


def at(time_s: float) -> dt.datetime:
    return T0 + dt.timedelta(seconds=time_s)


def place_sensor() -> SensorTable:
    return SensorTable.make(
        sensor_id=[1], x_m=0.0, y_m=0.0, sigma_range_m=1.0, sigma_azimuth_rad=0.01,
        pd=0.9, clutter_per_scan=1e-4, range_m=1e4, period_s=0.0, phase_s=0.0,
        kind=PLACE,
    )  # fmt: skip


def test_predict_and_update_are_stone_soups() -> None:
    """One model and sure detections leave a Kalman filter, which Stone Soup has too."""
    cov = np.array([[90.0, 25.0], [25.0, 400.0]])
    rng = np.random.default_rng(8)
    times = np.cumsum(rng.uniform(0.5, 4.0, 12))
    places = np.column_stack([100 + 1.2 * times, 50 - 0.8 * times])
    places = places + rng.multivariate_normal([0, 0], cov, len(times))
    # Hardly any births leave each detection to the one track.
    settings = TrackerSettings(
        bank=(WALK,), gate=100.0, life_s=1e9, birth_per_km2_h=0, unseen_per_km2=1e-6
    )
    tracker = Tracker(place_sensor(), settings)
    tracker.feed_places(
        time_s=times, sensor_id=1, x_m=places[:, 0], y_m=places[:, 1], cov_m2=cov
    )
    tracker.advance(float(np.round(times[-1], 6)))
    ours = tracker.picture()

    motion = CombinedLinearGaussianTransitionModel([ConstantVelocity(0.3)] * 2)
    look = LinearGaussian(ndim_state=4, mapping=(0, 2), noise_covar=cov)
    predictor, updater = KalmanPredictor(motion), KalmanUpdater(look)
    first = np.zeros((4, 4))
    first[np.ix_([0, 2], [0, 2])] = cov
    first[1, 1] = first[3, 3] = 2.0**2
    start = np.array([[places[0, 0]], [0], [places[0, 1]], [0]])
    state = GaussianState(start, first, timestamp=at(times[0]))
    for time_s, place in zip(times[1:], places[1:], strict=True):
        seen = Detection(place[:, None], timestamp=at(time_s), measurement_model=look)
        ahead = predictor.predict(state, timestamp=at(time_s))
        state = updater.update(SingleHypothesis(ahead, seen))
    order = [0, 2, 1, 3]
    theirs = np.asarray(state.mean, float).ravel()[order]
    mine = np.array([ours.x_m[0], ours.y_m[0], ours.vx_mps[0], ours.vy_mps[0]])
    np.testing.assert_allclose(mine, theirs, rtol=1e-4, atol=1e-3)
    covar = np.asarray(state.covar, float)[np.ix_(order, order)]
    np.testing.assert_allclose(ours.cov[0], covar, rtol=1e-3, atol=1e-3)


Run = tuple[NDArray[np.float64], list[tuple[float, int, float, float]]]


def straight_runs(noise: float, many: int) -> list[Run]:
    """Return last state and detections of targets that go as the model says."""
    rng = np.random.default_rng(21)
    step, runs = np.eye(4), []
    step[0, 2] = step[1, 3] = 2.0
    kick = noise * np.kron([[8 / 3, 2.0], [2.0, 2.0]], np.eye(2))
    for _ in range(many):
        speed = rng.normal(0, 2.0, 2)
        x, y = rng.uniform(-3_000, 3_000), rng.uniform(3_000, 8_000)
        state, seen = np.array([x, y, *speed]), []
        for time_s in TIMES.tolist():
            if time_s:
                state = step @ state + rng.multivariate_normal(np.zeros(4), kick)
            if time_s == 0 or rng.random() < 0.95:
                r = np.hypot(state[0], state[1]) + rng.normal(0, 15.0)
                az = np.arctan2(state[0], state[1]) + rng.normal(0, 0.0105)
                seen.append((time_s, 10, r, az))
        runs.append((state, seen))
    return runs


def test_doubt_is_honest() -> None:
    """Errors and innovations of straight targets are within their 95 % bounds."""
    table = row_of_radars(1, clutter_per_scan=0.1, pd=0.95)
    settings = TrackerSettings(bank=(replace(WALK, noise=0.05),), trail=True)
    errors, surprises = [], []
    for state, seen in straight_runs(0.05, 60):
        tracker = Tracker(table, settings, -1.0)
        time, who, r, az = zip(*seen, strict=True)
        tracker.feed(time_s=time, sensor_id=who, range_m=r, azimuth_rad=az)
        tracker.advance(TIMES[-1])
        tracks = tracker.picture()
        off = (
            np.column_stack([tracks.x_m, tracks.y_m, tracks.vx_mps, tracks.vy_mps])
            - state
        )
        best = int(np.hypot(off[:, 0], off[:, 1]).argmin())
        errors.append(off[best] @ np.linalg.solve(tracks.cov[best], off[best]))
        trail = tracker.trail()
        mine = (trail.track_id == tracks.track_id[best]) & ~trail.born
        mine &= trail.pairs == 1
        u, v = (trail.x_m - trail.ahead_x_m)[mine], (trail.y_m - trail.ahead_y_m)[mine]
        xx, xy, yy = (trail.ahead_m2 + trail.noise_m2)[mine].T
        surprise = (yy * u * u - 2 * xy * u * v + xx * v * v) / (xx * yy - xy * xy)
        surprises.extend(surprise.tolist())
    for told, freedom in ((errors, 4), (surprises, 2)):
        least, most = (chi2.ppf(q, freedom * len(told)) for q in (0.025, 0.975))
        assert least < sum(told) < most
    assert len(surprises) > 1_000


@pytest.mark.parametrize("turn_rps", [0.1, -0.2])
def test_turning_model_follows_a_circle(turn_rps: float) -> None:
    """Clockwise above 0: a full turn's arc is the circle's."""
    bend = Motion(
        name="bend", target="vehicle", kind="turning", noise=1e-4, speed_mps=9.0,
        prior=1.0, turn_rps=turn_rps,
    )  # fmt: skip
    tracker = Tracker(place_sensor(), TrackerSettings(bank=(bend,), gate=200.0))
    times = np.arange(0.5, 20.0, 0.5)
    heading = turn_rps * times
    x, y = -np.cos(heading) * 10 / turn_rps, np.sin(heading) * 10 / turn_rps
    tracker.feed_places(
        time_s=times, sensor_id=1, x_m=x, y_m=y, cov_m2=np.eye(2) * 0.01
    )
    tracker.advance(19.5)
    tracks = tracker.picture()
    assert tracks.vx_mps[0] == pytest.approx(10 * np.sin(heading[-1]), abs=0.05)
    assert tracks.vy_mps[0] == pytest.approx(10 * np.cos(heading[-1]), abs=0.05)
