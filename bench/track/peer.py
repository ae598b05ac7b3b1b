"""Run one peer's tracker over a scene, in the environment that the peer is in.

Run ``python -m bench.track.peer NAME FOLDER OUT.csv --until 60``; it prints one JSON
object. It needs NumPy, SciPy and the peer, and nothing of Linewatch. Each peer gets
what it can use: its own filters, association and reduction, with the noise of each
radar, and what it was tuned to on another seed. The loop about it is ours, because the
peers' own loops give every scan to every track, seen by its radar or not.
"""

import argparse
import csv
import datetime as dt
import itertools
import json
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shown = list[tuple[float, int, float, float, float, float]]

T0 = dt.datetime(2030, 1, 1)  # noqa: DTZ001 - Stone Soup's times are naive


@dataclass(frozen=True)
class Scene:
    """Radars and detections, and the places that the detections tell."""

    sensors: dict[str, Floats]
    time_s: Floats
    sensor: NDArray[np.int64]
    place: Floats  # (n, 2), unbiased
    noise: Floats  # (n, 2, 2)
    until_s: float

    @classmethod
    def read(cls, folder: Path, until_s: float) -> "Scene":
        """Read a scene's first seconds, and put its detections on the plane."""
        with (folder / "sensors.csv").open() as file:
            rows = list(csv.DictReader(file))
        sensors = {k: np.array([float(row[k]) for row in rows]) for k in rows[0]}
        with np.load(folder / "detections.npz") as file_:
            found = {name: file_[name].astype(np.float64) for name in file_.files}
        use = found["time_s"] <= until_s
        time_s, who, far, way = (
            found[n][use] for n in ("time_s", "sensor_id", "range_m", "azimuth_rad")
        )
        row = np.searchsorted(sensors["sensor_id"], who)
        sr, sa = sensors["sigma_range_m"][row], sensors["sigma_azimuth_rad"][row]
        fix = np.exp(sa**2 / 2)
        sin, cos = np.sin(way), np.cos(way)
        x = sensors["x"][row] + far * sin * fix
        y = sensors["y"][row] + far * cos * fix
        across = (far * sa) ** 2
        noise = np.empty((len(far), 2, 2))
        noise[:, 0, 0] = sr**2 * sin**2 + across * cos**2
        noise[:, 1, 1] = sr**2 * cos**2 + across * sin**2
        noise[:, 0, 1] = noise[:, 1, 0] = (sr**2 - across) * sin * cos
        place = np.column_stack([x, y])
        return cls(sensors, time_s, row, place, noise, until_s)

    def scans(self) -> Iterator[tuple[float, int, NDArray[np.int64]]]:
        """Yield time, radar and detections of every scan, empty ones too."""
        looks = []
        for row, period in enumerate(self.sensors["period_s"]):
            many = int((self.until_s - self.sensors["phase_s"][row]) / period) + 1
            looks += [
                (round(self.sensors["phase_s"][row] + k * period, 3), row)
                for k in range(many)
            ]
        order = np.lexsort((self.sensor, self.time_s))
        key = np.round(self.time_s[order] * 1000) * 10_000 + self.sensor[order]
        for when, row in sorted(looks):
            mine = round(when * 1000) * 10_000 + row
            lo, hi = np.searchsorted(key, [mine, mine + 0.5])
            yield when, row, order[lo:hi]

    def frames(self) -> Iterator[tuple[float, NDArray[np.int64]]]:
        """Yield the detections of each period, each place from its nearest radar only.

        Peers that work by frames take one detection of a target a frame.
        """
        period = float(self.sensors["period_s"][0])
        x = self.sensors["x"]
        gap = np.abs(self.place[:, :1] - x[None]) if len(x) < 50 else None
        if gap is None:
            at = np.clip(np.searchsorted(x, self.place[:, 0]), 1, len(x) - 1)
            left = self.place[:, 0] - x[at - 1] < x[at] - self.place[:, 0]
            nearest = np.where(left, at - 1, at)
        else:
            nearest = gap.argmin(axis=1)
        use = np.flatnonzero(nearest == self.sensor)
        frame = np.floor(self.time_s[use] / period).astype(np.int64)
        for k in range(int(self.until_s / period) + 1):
            yield (k + 0.5) * period, use[frame == k]


# ---------------------------------------------------------------------- Stone Soup


class Held:
    """One Stone Soup track, and what the loop knows of it."""

    def __init__(self, track: Any, ident: int, when: float) -> None:
        self.track, self.ident = track, ident
        self.hits, self.looks, self.missed, self.shown = 1, 1, 0, False
        self.seen_s = self.time_s = when

    def looked(self, when: float, *, hit: bool) -> None:
        """Take in that a radar looked, and whether it saw the target."""
        self.looks, self.time_s = self.looks + 1, when
        if hit:
            self.hits, self.missed, self.seen_s = self.hits + 1, 0, when
        else:
            self.missed += 1
        self.shown |= self.hits >= 3


def stonesoup(scene: Scene, *, joint: bool) -> tuple[Shown, str]:
    """Track by Stone Soup's global nearest neighbour, or by its JPDA with PyEHM."""
    from stonesoup import __version__  # noqa: PLC0415 - the peer's own environment

    associate, update = _joint(scene) if joint else _global()
    held: list[Held] = []
    shown: Shown = []
    second = 0.0
    births = itertools.count(1)
    for when, row, which in scene.scans():
        while second < when:
            _show(shown, held, second)
            second += 1.0
        stamp = T0 + dt.timedelta(seconds=when)
        detections = _detected(scene, which, stamp)
        of = {one.track: one for one in held if _in_view(scene, one, row, when)}
        used: set[Any] = set()
        told = associate(set(of), set(detections), stamp) if of else {}
        for track, hypothesis in told.items():
            of[track].looked(when, hit=update(track, hypothesis, used))
        held = [one for one in held if not _gone(one, when)]
        for detection, at in zip(detections, which, strict=True):
            if detection not in used:
                held.append(_born(scene, at, stamp, when, next(births)))
    while second <= scene.until_s:
        _show(shown, held, second)
        second += 1.0
    return shown, f"stonesoup {__version__}"


def _detected(scene: Scene, which: NDArray[np.int64], stamp: Any) -> list[Any]:
    from stonesoup.models.measurement.linear import LinearGaussian  # noqa: PLC0415
    from stonesoup.types.array import StateVector  # noqa: PLC0415
    from stonesoup.types.detection import Detection  # noqa: PLC0415

    return [
        Detection(
            StateVector(scene.place[at][:, None]),
            timestamp=stamp,
            measurement_model=LinearGaussian(4, (0, 2), scene.noise[at]),
        )
        for at in which
    ]


def _in_view(scene: Scene, one: Held, row: int, when: float) -> bool:
    mean = one.track.state.state_vector
    gap = when - one.time_s
    x = mean[0, 0] + gap * mean[1, 0] - scene.sensors["x"][row]
    y = mean[2, 0] + gap * mean[3, 0] - scene.sensors["y"][row]
    return bool(x**2 + y**2 < scene.sensors["range_m"][row] ** 2)


def _born(scene: Scene, at: int, stamp: Any, when: float, ident: int) -> Held:
    from stonesoup.types.state import GaussianState  # noqa: PLC0415
    from stonesoup.types.track import Track  # noqa: PLC0415

    mean = np.array([scene.place[at][0], 0.0, scene.place[at][1], 0.0])
    cov = np.diag([0.0, 100.0, 0.0, 100.0])
    cov[np.ix_((0, 2), (0, 2))] = scene.noise[at]
    first = GaussianState(mean[:, None], cov, timestamp=stamp)
    return Held(Track([first]), ident, when)


def _gone(one: Held, when: float) -> bool:
    if not one.shown:
        return one.missed >= 2 or one.looks > 5
    return one.missed >= 5 or when - one.seen_s > 12.0


def _show(shown: Shown, held: list[Held], second: float) -> None:
    for one in held:
        if one.shown:
            x, vx, y, vy = np.asarray(one.track.state.state_vector, float).ravel()
            gap = second - one.time_s
            shown.append((second, one.ident, x + gap * vx, y + gap * vy, vx, vy))


def _models() -> tuple[Any, Any]:
    from stonesoup.models.transition.linear import (  # noqa: PLC0415
        CombinedLinearGaussianTransitionModel,
        ConstantVelocity,
    )
    from stonesoup.predictor.kalman import KalmanPredictor  # noqa: PLC0415
    from stonesoup.updater.kalman import KalmanUpdater  # noqa: PLC0415

    move = CombinedLinearGaussianTransitionModel([ConstantVelocity(NOISE)] * 2)
    return KalmanPredictor(move), KalmanUpdater(None)


NOISE = 0.7
"""White acceleration that served all classes best on another seed [m2/s3]."""

GATE = 4.5
"""Standard deviations of the gate."""


def _near(track: Any, detections: Any, stamp: Any) -> set[Any]:
    """Return the detections that can be in a track's gate; the rest costs time only."""
    gap = (stamp - track.state.timestamp).total_seconds()
    mean = track.state.state_vector
    x, y = mean[0, 0] + gap * mean[1, 0], mean[2, 0] + gap * mean[3, 0]
    return {
        found
        for found in detections
        if abs(found.state_vector[0, 0] - x) < 600
        and abs(found.state_vector[1, 0] - y) < 600
    }


def _global() -> tuple[Callable[..., Any], Callable[..., bool]]:
    """Return association and update by Stone Soup's 2-D assignment."""
    from stonesoup.dataassociator.neighbour import GNNWith2DAssignment  # noqa: PLC0415
    from stonesoup.hypothesiser.distance import DistanceHypothesiser  # noqa: PLC0415
    from stonesoup.measures import Mahalanobis  # noqa: PLC0415

    # Stone Soup tells no types.
    class Near(DistanceHypothesiser):  # type: ignore[misc]
        def hypothesise(self, track: Any, detections: Any, *more: Any) -> Any:
            return super().hypothesise(track, _near(track, detections, more[0]), *more)

    predictor, updater = _models()
    hypothesiser = Near(predictor, updater, Mahalanobis(), missed_distance=GATE)
    assignment = GNNWith2DAssignment(hypothesiser)

    def update(track: Any, told: Any, used: set[Any]) -> bool:
        if told:
            track.append(updater.update(told))
            used.add(told.measurement)
        else:
            track.append(told.prediction)
        return bool(told)

    return assignment.associate, update


def _joint(scene: Scene) -> tuple[Callable[..., Any], Callable[..., bool]]:
    """Return association and update by joint probabilities of PyEHM."""
    from pyehm.plugins.stonesoup import JPDAWithEHM2  # noqa: PLC0415
    from stonesoup.functions import gm_reduce_single  # noqa: PLC0415
    from stonesoup.hypothesiser.probability import PDAHypothesiser  # noqa: PLC0415
    from stonesoup.types.array import StateVectors  # noqa: PLC0415
    from stonesoup.types.update import GaussianStateUpdate  # noqa: PLC0415

    predictor, updater = _models()
    reach = float(scene.sensors["range_m"][0])
    density = float(scene.sensors["clutter_per_scan"][0]) / (np.pi * reach**2)

    # Stone Soup tells no types.
    class Near(PDAHypothesiser):  # type: ignore[misc]
        def hypothesise(self, track: Any, detections: Any, *more: Any) -> Any:
            return super().hypothesise(track, _near(track, detections, more[0]), *more)

    hypothesiser = Near(
        predictor,
        updater,
        clutter_spatial_density=density,
        prob_detect=float(scene.sensors["pd"][0]),
        prob_gate=0.997,
    )
    joint = JPDAWithEHM2(hypothesiser)

    def update(track: Any, told: Any, used: set[Any]) -> bool:
        posterior, weights, missed = [], [], 0.0
        for one in told:
            if one:
                posterior.append(updater.update(one))
                if float(one.probability) > 0.02:
                    used.add(one.measurement)
            else:
                posterior.append(one.prediction)
                missed = float(one.probability)
            weights.append(one.probability)
        means = StateVectors([state.state_vector for state in posterior])
        covs = np.stack([state.covar for state in posterior], axis=2)
        mean, cov = gm_reduce_single(means, covs, np.array(weights, float))
        track.append(GaussianStateUpdate(mean, cov, told, told[0].prediction.timestamp))
        return missed < 0.5

    return joint.associate, update


# ------------------------------------------------------------------- frame by frame


def kalbee(scene: Scene) -> tuple[Shown, str]:
    """Track by kalbee's SORT-style tracker."""
    import kalbee as peer  # noqa: PLC0415
    from kalbee.models import (  # noqa: PLC0415
        constant_velocity,
        position_measurement_model,
    )

    period = float(scene.sensors["period_s"][0])
    move, noise = constant_velocity(dt=period, process_var=0.5, n_dims=2)
    look, spread = position_measurement_model(
        order=1, n_dims=2, measurement_var=50.0**2
    )

    def made(z: Floats) -> Any:
        mean = np.array([[z[0]], [0.0], [z[1]], [0.0]])
        cov = np.diag([2500.0, 100.0, 2500.0, 100.0])
        return peer.KalmanFilter(mean, cov, move, noise, look, spread)

    tracker = peer.MultiObjectTracker(made, n_init=3, max_age=3, gate=3.0)
    shown: Shown = []
    for when, which in scene.frames():
        tracks = tracker.update(scene.place[which], dt=period)
        told = [(t.id, *np.asarray(t.state, float).ravel()) for t in tracks]
        _show_frame(shown, when, period, [(i, x, y, u, v) for i, x, u, y, v in told])
    return shown, f"kalbee {_version('kalbee')}"


def norfair(scene: Scene) -> tuple[Shown, str]:
    """Track by norfair."""
    from norfair import Detection, OptimizedKalmanFilterFactory, Tracker  # noqa: PLC0415

    period = float(scene.sensors["period_s"][0])
    tracker = Tracker(
        "euclidean",
        distance_threshold=150,
        hit_counter_max=4,
        initialization_delay=2,
        filter_factory=OptimizedKalmanFilterFactory(R=4.0, Q=0.3),
    )
    shown: Shown = []
    for when, which in scene.frames():
        found = [Detection(place[None]) for place in scene.place[which]]
        told = []
        for one in tracker.update(found or None):
            (x, y), (u, v) = one.estimate[0], one.estimate_velocity[0]
            told.append((one.id, x, y, u / period, v / period))
        _show_frame(shown, when, period, told)
    return shown, f"norfair {_version('norfair')}"


def nrl(scene: Scene) -> tuple[Shown, str]:
    """Track by the global nearest neighbour of nrl-tracker."""
    from pytcl.trackers.multi_target import MultiTargetTracker  # noqa: PLC0415

    period = float(scene.sensors["period_s"][0])

    def move(gap: float) -> Floats:
        one = np.array([[1, gap], [0, 1.0]])
        return np.asarray(np.kron(np.eye(2), one), np.float64)

    def noise(gap: float) -> Floats:
        one = np.array([[gap**3 / 3, gap**2 / 2], [gap**2 / 2, gap]])
        return np.asarray(np.kron(np.eye(2), 0.5 * one), np.float64)

    look = np.array([[1, 0, 0, 0], [0, 0, 1.0, 0]])
    tracker = MultiTargetTracker(
        4, 2, move, look, noise, np.eye(2) * 2500.0,
        gate_probability=0.99, confirm_hits=3, confirm_window=4, max_misses=3,
        init_covariance=np.diag([2500.0, 100.0, 2500.0, 100.0]),
    )  # fmt: skip
    shown: Shown = []
    for when, which in scene.frames():
        tracker.process(
            list(scene.place[which]), period,
            measurement_covariances=list(scene.noise[which]),
        )  # fmt: skip
        told = []
        for one in tracker.confirmed_tracks:
            x, u, y, v = (float(part) for part in one.state)
            told.append((one.id, x, y, u, v))
        _show_frame(shown, when, period, told)
    return shown, f"nrl-tracker {_version('nrl-tracker')}"


def _show_frame(
    shown: Shown,
    when: float,
    period: float,
    told: list[tuple[int, float, float, float, float]],
) -> None:
    """Show tracks at the whole seconds up to the next frame, straight on."""
    first = int(np.ceil(when + period / 2 - 1e-9))
    for second in range(first, int(np.ceil(when + 1.5 * period - 1e-9))):
        gap = second - when
        shown += [(second, i, x + gap * u, y + gap * v, u, v) for i, x, y, u, v in told]


def _version(name: str) -> str:
    from importlib.metadata import version  # noqa: PLC0415

    return version(name)


PEERS: dict[str, Callable[[Scene], tuple[Shown, str]]] = {
    "stonesoup-gnn": lambda scene: stonesoup(scene, joint=False),
    "stonesoup-jpda": lambda scene: stonesoup(scene, joint=True),
    "kalbee": kalbee,
    "norfair": norfair,
    "nrl-tracker": nrl,
}


MODULES = {
    "stonesoup-gnn": "stonesoup.dataassociator.neighbour",
    "stonesoup-jpda": "pyehm.plugins.stonesoup",
    "kalbee": "kalbee",
    "norfair": "norfair",
    "nrl-tracker": "pytcl.trackers.multi_target",
}
"""What each peer loads; loading is not counted."""


def main() -> None:
    """Run a peer and tell how long it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("peer", choices=PEERS)
    words.add_argument("folder", type=Path)
    words.add_argument("out", type=Path)
    words.add_argument("--until", type=float, required=True)
    asked = words.parse_args()
    scene = Scene.read(asked.folder, asked.until)
    import_module(MODULES[asked.peer])
    wall, cpu = time.perf_counter(), time.process_time()
    shown, version = PEERS[asked.peer](scene)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    lines = ["time_s,track_id,x,y,vx,vy"]
    lines += [
        f"{t:.0f},{i},{x:.2f},{y:.2f},{u:.3f},{v:.3f}"
        for t, i, x, y, u, v in shown
        if t <= asked.until
    ]
    asked.out.write_text("\n".join(lines) + "\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {
        "version": version,
        "detections": len(scene.time_s),
        "cpu_s": round(cpu, 4),
        "wall_s": round(wall, 4),
        "detections_per_cpu_s": round(len(scene.time_s) / cpu),
        "peak_mb": round(peak / 1e6),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
