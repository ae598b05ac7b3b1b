"""The scores against Stone Soup's own classes, and against what they must obey."""

import datetime as dt
import importlib.util
import math
from pathlib import Path

import motmetrics
import numpy as np
import pytest
from hypothesis import given, settings
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
from linewatch.watch.score import Paths, gospa, score, siap, switches
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
            step = rng.normal(0, 15, 2)
            place = place + step
            truth.append((time, target, *place, *step))
            if time > first + target:
                name = 2 * target + (time > 14) * (target % 2)
                away = 200.0 * (rng.random() < 0.2)
                seen = place + away + rng.normal(0, 35, 2)
                tracks.append((time, name, *seen, *(step + rng.normal(0, 3, 2))))
    tracks += [(time, 99, *rng.uniform(0, 400, 2), 1, 2) for time in range(5, 20)]
    return Paths.of(*zip(*truth, strict=True)), Paths.of(*zip(*tracks, strict=True))


def grouped(paths: Paths, make: type, state: type) -> list[object]:
    found: dict[int, list[object]] = {}
    assert paths.speed is not None
    rows = np.column_stack([paths.place, paths.speed])
    for time, name, row in zip(paths.time_s, paths.ident, rows, strict=True):
        when = T0 + dt.timedelta(seconds=float(time))
        found.setdefault(int(name), []).append(state(row[:, None], timestamp=when))
    return [make(states) for _, states in sorted(found.items())]


def by_stone_soup(truth: Paths, tracks: Paths) -> dict[str, float]:
    """Return what Stone Soup's own classes say, by our names."""
    place, speed = Euclidean([0, 1]), Euclidean([2, 3])
    generators = [
        GOSPAMetric(p=2, c=100, measure=place, generator_name="gospa"),
        SIAPMetrics(
            position_measure=place, velocity_measure=speed, generator_name="siap"
        ),
    ]
    associator = TrackToTruth(association_threshold=100, measure=place)
    referee = MultiManager(generators, associator)
    referee.add_data(
        {
            "tracks": grouped(tracks, Track, State),
            "groundtruth_paths": grouped(truth, GroundTruthPath, GroundTruthState),
        }
    )
    told = referee.generate_metrics()
    steps = told["gospa"]["GOSPA Metrics"].value
    parts = {"gospa_m": "distance", "location_part_m2": "localisation"}
    parts |= {"missed_part_m2": "missed", "false_part_m2": "false"}
    mean = {
        ours: float(np.mean([s.value[theirs] for s in steps]))
        for ours, theirs in parts.items()
    }
    siap_ = {
        "completeness": "Completeness",
        "ambiguity": "Ambiguity",
        "spuriousness": "Spuriousness",
        "position_accuracy_m": "Position Accuracy",
        "velocity_accuracy_mps": "Velocity Accuracy",
        "track_changes_per_s": "Rate of Track Number Change",
        "longest_segment": "Longest Track Segment",
    }
    return mean | {k: told["siap"][f"SIAP {name}"].value for k, name in siap_.items()}


def by_motmetrics(truth: Paths, tracks: Paths) -> dict[str, float]:
    """Return what py-motmetrics says, by our names."""
    judge = motmetrics.MOTAccumulator(auto_id=True)
    for time in np.unique(np.append(truth.time_s, tracks.time_s)):
        there, shown = truth.time_s == time, tracks.time_s == time
        off = truth.place[there][:, None] - tracks.place[shown][None]
        gap = np.hypot(off[..., 0], off[..., 1])
        gap[gap >= 100] = np.nan
        judge.update(truth.ident[there], tracks.ident[shown], gap)
    names = {
        "id_switches": "num_switches",
        "fragmentations": "num_fragmentations",
        "mostly_tracked": "mostly_tracked",
        "partially_tracked": "partially_tracked",
        "mostly_lost": "mostly_lost",
        "misses": "num_misses",
        "false_alarms": "num_false_positives",
        "mota": "mota",
        "motp_m": "motp",
        "targets": "num_unique_objects",
    }
    table = motmetrics.metrics.create().compute(judge, metrics=list(names.values()))
    return {ours: float(table[theirs].iloc[0]) for ours, theirs in names.items()}


def assert_same(mine: dict[str, float | int | None], theirs: dict[str, float]) -> None:
    for name, value in theirs.items():
        # Of no match at all there is no mean distance: theirs is NaN, ours 0.
        wanted = 0.0 if math.isnan(value) else value
        assert mine[name] == pytest.approx(wanted, rel=1e-9, abs=1e-12), name


SEEDS = st.integers(0, 2**32 - 1)
FEW = settings(max_examples=15, deadline=None)


@FEW
@given(SEEDS)
@pytest.mark.filterwarnings("ignore")
def test_gospa_and_siap_are_stone_soups(seed: int) -> None:
    truth, tracks = wandering(seed)
    assert_same(score(truth, tracks).figures(), by_stone_soup(truth, tracks))


@FEW
@given(SEEDS)
def test_clear_mot_is_py_motmetrics(seed: int) -> None:
    truth, tracks = wandering(seed)
    assert_same(score(truth, tracks).figures(), by_motmetrics(truth, tracks))


@st.composite
def few_rows(draw: st.DrawFn) -> tuple[Paths, Paths]:
    """Return short paths on a coarse grid, without gaps but with ends anywhere."""
    both = []
    for many in (draw(st.integers(1, 3)), draw(st.integers(1, 3))):
        rows = []
        for name in range(many):
            first = draw(st.integers(0, 5))
            for time in range(first, first + draw(st.integers(2, 8))):
                # Uneven, so that no two distances are equal: a tie may go either way.
                x, y = draw(st.integers(0, 4)), draw(st.integers(0, 4))
                off = 0.137 * (7 * name + 3 * many + time)
                rows.append((time, name, 40 * x + off, 40.3 * y - 1.1 * off, x, y))
        both.append(Paths.of(*zip(*rows, strict=True)))
    return both[0], both[1]


@FEW
@given(few_rows())
@pytest.mark.filterwarnings("ignore")
def test_odd_short_paths_score_as_both_authorities_say(
    both: tuple[Paths, Paths],
) -> None:
    mine = score(*both).figures()
    assert_same(mine, by_motmetrics(*both))
    steps = len(np.unique(np.append(both[0].time_s, both[1].time_s)))
    if steps > 1:  # Stone Soup's GOSPA of one instant is no list
        assert_same(mine, by_stone_soup(*both))


SCORER = Path(__file__).parents[3].parent / "shared/bench/tracking/score.py"


@pytest.mark.shared
@pytest.mark.skipif(not SCORER.exists(), reason="the scenes' scorer is not there")
@pytest.mark.parametrize("seed", range(3))
def test_the_scenes_own_scorer_says_the_same(seed: int) -> None:
    spec = importlib.util.spec_from_file_location("scenes_scorer", SCORER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    truth, tracks = wandering(seed)
    rows = [np.column_stack([p.time_s, p.ident, p.place]) for p in (truth, tracks)]
    theirs = module.score(*rows)
    names = {
        "gospa": "gospa_m", "loc_rms_m": "location_rms_m", "missed_targets": "missed",
        "false_tracks": "false", "completeness": "completeness",
        "ambiguity": "ambiguity", "spuriousness": "spuriousness",
        "position_accuracy": "position_accuracy_m", "id_switches": "id_switches",
        "track_change_rate": "track_changes_per_s", "motp_m": "motp_m", "mota": "mota",
        "longest_segment": "longest_segment",
    }  # fmt: skip
    mine = score(truth, tracks).figures()
    for their, our in names.items():
        assert mine[our] == pytest.approx(theirs[their], abs=1e-5), our


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


def test_a_target_lost_and_found_is_a_fragment_and_partly_tracked() -> None:
    time = np.arange(10)
    truth = Paths.of(time, np.ones(10), time, time)
    held = np.array([1, 2, 5, 6, 9])
    seen = Paths.of(held, np.full(5, 3), held, held)
    told = switches(truth, seen)
    assert (told.fragmentations, told.id_switches) == (2, 0)
    assert (told.mostly_tracked, told.partially_tracked, told.mostly_lost) == (0, 1, 0)
    assert (told.misses, told.false_alarms, told.targets) == (5, 0, 1)


def test_the_parts_are_what_the_square_is_made_of() -> None:
    truth = Paths.of([0, 0], [1, 2], [0, 500], [0, 0])
    tracks = Paths.of([0, 0], [7, 8], [30, 900], [40, 0])
    told = gospa(truth, tracks)
    parts = told.location_part_m2 + told.missed_part_m2 + told.false_part_m2
    assert told.gospa_m**2 == pytest.approx(parts) == pytest.approx(2500 + 2 * 5000)
    with pytest.raises(BadValue, match="cutoff must be above 0"):
        gospa(truth, tracks, cutoff_m=0)


def test_velocity_is_scored_where_both_have_it() -> None:
    time, zero = np.arange(4), np.zeros(4)
    slow = Paths.of(time, zero, zero, zero, zero, zero)
    fast = Paths.of(time, zero, zero, zero, zero + 3, zero + 4)
    assert siap(slow, fast).velocity_accuracy_mps == 5
    bare = Paths.of(time, zero, zero, zero)
    assert siap(slow, bare).velocity_accuracy_mps is None
    assert siap(bare, Paths.of([], [], [], [])).velocity_accuracy_mps is None


def test_a_name_below_zero_is_a_name() -> None:
    time, zero = np.arange(4), np.zeros(4)
    truth = Paths.of(time, zero - 1, zero, zero)
    assert siap(truth, Paths.of(time, zero, zero, zero)).completeness == 1


def test_a_window_of_time_is_cut_at_both_ends() -> None:
    path = Paths.of(np.arange(9), np.ones(9), np.arange(9), np.zeros(9))
    assert path.between(2, 5).time_s.tolist() == [2, 3, 4, 5]
    assert len(path.between(None, None)) == 9
    assert len(path.between(20, None)) == 0
