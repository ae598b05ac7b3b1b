"""The scores against Stone Soup's own classes, and against what they must obey."""

import datetime as dt
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stonesoup.dataassociator.tracktotrack import TrackToTruth
from stonesoup.measures import Euclidean
from stonesoup.metricgenerator.manager import MultiManager
from stonesoup.metricgenerator.ospametric import GOSPAMetric
from stonesoup.metricgenerator.tracktotruthmetrics import SIAPMetrics
from stonesoup.types.groundtruth import GroundTruthPath, GroundTruthState
from stonesoup.types.state import State
from stonesoup.types.track import Track

from linewatch.errors import BadValue
from linewatch.watch.score import Paths, gospa, siap, switches
from linewatch.watch.score.paths import cheapest, close_pairs

T0 = dt.datetime(2026, 1, 1)  # noqa: DTZ001 - Stone Soup's own time is naive


def wandering(seed: int) -> tuple[Paths, Paths]:
    """Return targets that wander, and tracks that follow, swap, start late and die."""
    rng = np.random.default_rng(seed)
    truth, tracks = [], []
    for target in range(6):
        place = rng.uniform(0, 400, 2)
        first, last = rng.integers(0, 10), rng.integers(15, 30)
        for time in range(first, last):
            place = place + rng.normal(0, 15, 2)
            truth.append((time, target, *place))
            if time > first + target:
                name = 2 * target + (time > 14) * (target % 2)
                away = 200.0 * (rng.random() < 0.2)
                tracks.append((time, name, *(place + away + rng.normal(0, 35, 2))))
    tracks += [(time, 99, *rng.uniform(0, 400, 2)) for time in range(5, 20)]
    return Paths.of(*zip(*truth, strict=True)), Paths.of(*zip(*tracks, strict=True))


def grouped(paths: Paths, make: type, state: type) -> list[object]:
    found: dict[int, list[object]] = {}
    for time, name, place in zip(paths.time_s, paths.ident, paths.place, strict=True):
        when = T0 + dt.timedelta(seconds=float(time))
        found.setdefault(int(name), []).append(state(place[:, None], timestamp=when))
    return [make(states) for _, states in sorted(found.items())]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.filterwarnings("ignore")
def test_gospa_and_siap_are_stone_soups(seed: int) -> None:
    truth, tracks = wandering(seed)
    place = Euclidean([0, 1])
    generators = [
        GOSPAMetric(p=2, c=100, generator_name="gospa"),
        SIAPMetrics(
            position_measure=place, velocity_measure=place, generator_name="siap"
        ),
    ]
    referee = MultiManager(generators, TrackToTruth(association_threshold=100))
    referee.add_data(
        {
            "tracks": grouped(tracks, Track, State),
            "groundtruth_paths": grouped(truth, GroundTruthPath, GroundTruthState),
        }
    )
    told = referee.generate_metrics()
    steps = told["gospa"]["GOSPA Metrics"].value
    mean = {k: np.mean([s.value[k] for s in steps]) for k in ("distance", "missed")}
    mine = gospa(truth, tracks)
    assert mine.gospa_m == pytest.approx(mean["distance"], rel=1e-9)
    assert mine.missed == pytest.approx(mean["missed"] * 2 / 100**2, rel=1e-9)
    picture, theirs = siap(truth, tracks), told["siap"]
    for name, value in (
        ("Completeness", picture.completeness),
        ("Ambiguity", picture.ambiguity),
        ("Spuriousness", picture.spuriousness),
        ("Position Accuracy", picture.position_accuracy_m),
    ):
        assert value == pytest.approx(theirs[f"SIAP {name}"].value, rel=1e-9), name


@given(st.integers(0, 2**32 - 1))
def test_perfect_tracks_score_nothing(seed: int) -> None:
    truth, _ = wandering(seed)
    score = gospa(truth, truth)
    assert (score.gospa_m, score.missed, score.false) == (0, 0, 0)
    assert switches(truth, truth).id_switches == 0
    assert switches(truth, truth).mota == 1


@given(st.integers(0, 2**32 - 1))
def test_gospa_is_the_same_both_ways_but_for_the_names_of_faults(seed: int) -> None:
    truth, tracks = wandering(seed)
    one, other = gospa(truth, tracks), gospa(tracks, truth)
    assert one.gospa_m == pytest.approx(other.gospa_m)
    assert (one.missed, one.false) == (other.false, other.missed)


def test_nothing_shown_is_all_missed() -> None:
    truth = Paths.of([0, 0, 1], [1, 2, 1], [0, 9, 0], [0, 9, 0])
    empty = Paths.of([], [], [], [])
    score = gospa(truth, empty)
    assert (score.missed, score.false) == (1.5, 0)
    assert score.gospa_m == pytest.approx((100 + math.sqrt(5000)) / 2)
    assert siap(truth, empty).completeness == 0
    assert switches(truth, empty).mota == 0


def test_a_new_name_is_one_switch_and_a_gap_is_none() -> None:
    time = np.arange(6)
    truth = Paths.of(time, np.ones(6), time, time)
    renamed = Paths.of(time, [7, 7, 7, 8, 8, 8], time, time)
    gap = Paths.of([0, 1, 4, 5], [7, 7, 7, 7], [0, 1, 4, 5], [0, 1, 4, 5])
    assert switches(truth, renamed).id_switches == 1
    assert switches(truth, gap).id_switches == 0


def test_matching_prefers_the_least_sum_to_the_nearest_pair() -> None:
    i, j = np.array([0, 0, 1]), np.array([0, 1, 0])
    which = cheapest(i, j, np.array([1.0, 2.0, 3.0]), alone=100.0)
    assert sorted(which.tolist()) == [1, 2]
    assert cheapest(i[:0], j[:0], np.zeros(0), alone=1.0).tolist() == []
    near = close_pairs(np.zeros((1, 2)), np.array([[3.0, 4.0]]), within_m=5.0)
    assert len(near[0]) == 0


def test_paths_refuse_two_rows_of_one_instant_and_nan() -> None:
    with pytest.raises(BadValue, match="one row per id"):
        Paths.of([0, 0], [1, 1], [0, 1], [0, 1])
    with pytest.raises(BadValue, match="finite"):
        Paths.of([0], [1], [math.nan], [0])
