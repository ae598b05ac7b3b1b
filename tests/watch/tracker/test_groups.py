"""Tests of group counts: chances by hand and by drawing, truth, a lone one, shares."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.watch.tracker import Tracker, TrackerSettings
from linewatch.watch.tracker._kernels_groups import believe_looks, leaves, nearest
from linewatch.watch.tracker.groups import Groups, GroupSettings
from tests.watch.tracker.files import followed, radar


def drawn(n: int, step_r: float, step_a: float, pd: float, draws: int) -> np.ndarray:
    """Return how often a file leaves each number of detections, by drawing."""
    rng = np.random.default_rng(1)
    start, k = rng.random((draws, 2, 1)), np.arange(n)
    cells = np.floor(start + np.array([[step_r], [step_a]]) * k)
    seen = rng.random((draws, n)) < pd
    got = [len({*map(tuple, c[:, s].T)}) for c, s in zip(cells, seen, strict=True)]
    return np.bincount(got, minlength=n + 1) / draws


@pytest.mark.parametrize(
    ("n", "step_r", "step_a", "pd"),
    [(1, 0.5, 0.5, 0.8), (4, 0.3, 0.1, 0.9), (5, 0.6, 0.6, 0.6), (6, 1.5, 0.0, 0.7)],
)
def test_chances_of_detections_are_those_of_drawing(
    n: int, step_r: float, step_a: float, pd: float
) -> None:
    out = np.zeros(n + 1)
    leaves(n, step_r, step_a, pd, out)
    np.testing.assert_allclose(out, drawn(n, step_r, step_a, pd, 8_000), atol=0.02)


@given(
    n=st.integers(1, 12),
    step=st.tuples(st.floats(0, 4), st.floats(0, 4)),
    pd=st.floats(0.01, 0.99),
)
def test_chances_are_chances_and_no_more_than_the_file_is_seen(
    n: int, step: tuple[float, float], pd: float
) -> None:
    out = np.zeros(n + 3)
    leaves(n, *step, pd, out)
    assert (out >= 0).all()
    assert out.sum() == pytest.approx(1.0)
    assert out[0] == pytest.approx((1 - pd) ** n)
    assert not out[n + 1 :].any()
    assert out @ np.arange(n + 3) <= n * pd + 1e-9


def test_a_file_in_one_cell_leaves_one_detection_and_a_wide_one_each() -> None:
    out = np.zeros(5)
    leaves(3, 0.0, 0.0, 0.5, out)
    np.testing.assert_allclose(out, [0.125, 0.875, 0, 0, 0])
    leaves(3, 5.0, 0.0, 0.5, out)
    np.testing.assert_allclose(out, [0.125, 0.375, 0.375, 0.125, 0])


def test_looks_add_their_logarithms_at_the_nearest_figures() -> None:
    grid = np.array([0.1, 0.5, 2.0])
    assert [nearest(grid, v) for v in (0.0, 0.29, 0.31, 1.3, 9.0)] == [0, 0, 1, 2, 2]
    table = np.log(np.arange(1.0, 1 + 3 * 3 * 2 * 4 * 5).reshape(3, 3, 2, 4, 5))
    out = np.zeros((2, 1, 1, 4))
    believe_looks(
        np.array([1, 1]), np.array([2, 9]), np.array([0.2, 0.9]),
        np.array([0.01, 0.05]), np.array([0.2, 0.01]), np.array([10.0]),
        np.array([1.0]), grid, np.array([0.25, 0.75]), table, 0.5, out,
    )  # fmt: skip
    assert not out[0].any()
    want = 0.5 * (table[0, 2, 0, :, 2] + table[1, 0, 1, :, 4])
    np.testing.assert_allclose(out[1, 0, 0], want)


@pytest.mark.parametrize(("cell_sigmas", "seed"), [(2.0, 0), (0.0, 100)])
def test_ranges_hold_on_simulated_files(cell_sigmas: float, seed: int) -> None:
    held, widths, sizes, means = [], [], [], []
    for draw in range(24):
        rng = np.random.default_rng(seed + draw)
        size = min(int(rng.geometric(1 / 3)), 10)
        tracker, groups, end = followed(
            rng,
            size,
            away_m=rng.uniform(1_500, 7_000),
            turn=rng.uniform(0, 2 * np.pi),
            table=radar(pd=rng.uniform(0.65, 0.95)),
            cell_sigmas=cell_sigmas,
            until_s=120.0,
        )
        tracks = tracker.picture()
        counts = groups.counts(tracks)
        middle = end.mean(axis=0)
        near = np.hypot(tracks.x_m - middle[0], tracks.y_m - middle[1]) < 400
        low, high = counts.low[near].sum(), counts.high[near].sum()
        held.append(low <= size <= high)
        widths.append(high - low)
        sizes.append(size)
        means.append(counts.mean[near].sum())
    assert np.mean(held) >= 0.9
    assert np.mean(widths) < 3
    assert abs(np.mean(means) - np.mean(sizes)) < 0.7


def test_a_lone_walker_is_one_and_with_few_looks_perhaps_more() -> None:
    # Cells of 4 m by 4 m at 2 km tell any two walkers apart.
    table = radar(pd=0.9, sigma_range_m=2.0, sigma_azimuth_rad=0.001)
    rng = np.random.default_rng(3)
    tracker, groups, _ = followed(
        rng, 1, away_m=2_000.0, turn=1.0, table=table, until_s=100.0
    )
    tracks = groups.counted(tracker.picture())
    np.testing.assert_array_equal([tracks.count_low, tracks.count_high], [[1], [1]])
    tracker, groups, _ = followed(
        rng, 1, away_m=2_000.0, turn=1.0, table=table, until_s=10.0
    )
    fresh = groups.counted(tracker.picture())
    assert fresh.count_low[0] == 1
    assert fresh.count_high[0] > 1


def test_a_file_in_one_cell_is_said_to_be_perhaps_more() -> None:
    table = radar(pd=0.9, sigma_range_m=60.0, sigma_azimuth_rad=0.012)
    rng = np.random.default_rng(5)
    tracker, groups, _ = followed(rng, 1, away_m=5_000.0, turn=0.5, table=table)
    counts = groups.counts(tracker.picture())
    assert counts.low[0] == 1
    assert counts.high[0] >= 2  # a sharp sensor says 1, as above


def test_shares_of_a_group_sum_to_its_range_and_each_track_is_one_at_least() -> None:
    rng = np.random.default_rng(11)
    tracker, groups, _ = followed(rng, 6, away_m=3_000.0, turn=0.0)
    tracks = tracker.picture()
    counts = groups.counts(tracks)
    assert (counts.low >= 1).all()
    assert (counts.low <= counts.high).all()
    assert (counts.mean >= 1).all()
    largest = np.bincount(counts.group).argmax()
    mine = counts.group == largest
    assert mine.sum() >= 2
    assert np.ptp(counts.low[mine]) <= 1  # as even as whole numbers go
    assert counts.low[mine].sum() <= 6 <= counts.high[mine].sum()


def test_a_vehicle_goes_alone() -> None:
    rng = np.random.default_rng(2)
    table = radar()
    tracker, groups = Tracker(table, TrackerSettings(trail=True), -1e-6), Groups(table)
    for time in np.arange(0.0, 101.0, 5.0):
        r = 2_000.0 + 12.0 * time + 10.0 * rng.standard_normal()
        tracker.feed(time_s=time, sensor_id=1, range_m=r, azimuth_rad=1.0)
        tracker.advance(time)
        groups.take(tracker.trail(), tracker.picture())
    tracks = groups.counted(tracker.picture())
    assert tracks.class_chance[0, 1] > 0.9
    np.testing.assert_array_equal([tracks.count_low, tracks.count_high], [[1], [1]])


def test_a_save_changes_nothing_and_an_empty_picture_has_no_counts() -> None:
    rng = np.random.default_rng(7)
    tracker, groups, _ = followed(rng, 4, away_m=3_000.0, turn=0.0)
    tracks = tracker.picture()
    again = Groups.load(groups.save(), groups.sensors, groups.settings)
    one, other = groups.counts(tracks), again.counts(tracks)
    np.testing.assert_array_equal(one.low, other.low)
    np.testing.assert_array_equal(one.high, other.high)
    np.testing.assert_array_equal(one.mean, other.mean)
    empty = Tracker(radar()).picture()
    assert len(Groups(radar()).counts(empty).low) == 0
    groups.take(tracker.trail(), empty)
    assert len(groups.counts(empty).low) == 0


def test_without_looks_the_range_is_that_believed_before() -> None:
    rng = np.random.default_rng(9)
    tracker, _, _ = followed(rng, 1, away_m=2_000.0, turn=0.0)
    tracks = replace(tracker.picture(), class_chance=np.array([[1.0, 0.0, 0.0]]))
    counts = Groups(radar()).counts(tracks)
    assert (counts.low[0], counts.high[0], counts.looks[0]) == (1, 9, 0)
    assert counts.mean[0] == pytest.approx(3.0, abs=0.05)


@pytest.mark.parametrize(
    "wrong",
    [
        {"mean": 1.0},
        {"spacing_m": (9.0, 8.0)},
        {"most": 1},
        {"cell_sigmas": -1.0},
        {"share": 0.0},
        {"link_m": np.nan},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadValue, match=next(iter(wrong))):
        GroupSettings(**wrong)  # type: ignore[arg-type]
