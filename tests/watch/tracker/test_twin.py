"""The compiled filter against the plain one, scan by scan."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from linewatch.watch.tracker import (
    ClutterMap,
    Rows,
    SensorTable,
    Tracker,
    TrackerSettings,
)
from linewatch.watch.tracker import _kernels as kernels
from tests.watch.tracker import naive
from tests.watch.tracker.scene import made, row_of_radars


def agree(table: SensorTable, seed: int, *, rated: bool = False) -> Rows:
    """Track a scene both ways, check every row, and return the rows."""
    settings = TrackerSettings(close=1e-11)
    scene = made(table, targets=8, until_s=40, seed=seed)
    rate = scene.range_rate_mps if rated else None
    tracker = Tracker(table, settings, -1e-6)
    tracker.feed(**scene.fed(), range_rate_mps=rate)  # type: ignore[arg-type]
    rows = tracker.advance(40.0)

    plain = naive.Filter(table, settings, -1e-6)
    scans = sorted(
        (round(table.phase_s[row] + 2.0 * k, 6), row)
        for row in range(len(table))
        for k in range(21)
    )
    second = 0
    for time_s, row in [*scans, (1e9, 0)]:
        while second < time_s and second <= 40:
            told = sorted(plain.look(float(second)), key=lambda one: one[0])
            at = np.flatnonzero(rows.time_s == second)
            at = at[np.argsort(rows.track_id[at])]
            assert rows.track_id[at].tolist() == [name for name, _, _ in told]
            if told:
                state = np.array([state for _, state, _ in told])
                ours = np.column_stack([rows.x, rows.y, rows.vx, rows.vy])[at]
                np.testing.assert_allclose(ours, state, rtol=1e-6, atol=1e-5)
                exist = [exist for _, _, exist in told]
                np.testing.assert_allclose(rows.existence[at], exist, rtol=1e-6)
            second += 1
        if time_s <= 40:
            mine = np.flatnonzero(
                (np.abs(scene.time_s - time_s) < 1e-3)
                & (scene.sensor_id == table.sensor_id[row])
            )
            mine = mine[np.lexsort((scene.azimuth_rad[mine], scene.range_m[mine]))]
            polar = np.column_stack([scene.range_m[mine], scene.azimuth_rad[mine]])
            plain.scan(row, time_s, polar, None if rate is None else rate[mine])
    assert second == 41
    return rows


@pytest.mark.parametrize("seed", [3, 4])
def test_whole_filter_agrees_with_the_plain_way(seed: int) -> None:
    assert len(agree(row_of_radars(), seed)) > 100


@pytest.mark.parametrize("seed", [5, 6])
def test_range_rates_agree_with_the_plain_way(seed: int) -> None:
    """The plain way takes place and rate as one figure of three parts."""
    table = row_of_radars(sigma_range_rate_mps=[0.4, 0.0])
    assert len(agree(table, seed, rated=True)) > 100


def test_radar_that_sees_only_what_moves_agrees_with_the_plain_way() -> None:
    assert len(agree(row_of_radars(min_radial_mps=[0.8, 0.0]), 7)) > 100


def test_rate_and_least_speed_together_agree_with_the_plain_way() -> None:
    table = row_of_radars(min_radial_mps=0.5, sigma_range_rate_mps=0.5)
    assert len(agree(table, 8, rated=True)) > 50


def test_clutter_that_varies_over_the_scene_agrees_with_the_plain_way() -> None:
    rng = np.random.default_rng(1)
    chart = ClutterMap(
        per_km2=10 ** rng.uniform(-3, 0, (8, 9)),
        west_m=-6_000, south_m=-5_000, cell_m=1_500,
    )  # fmt: skip
    assert len(agree(row_of_radars(clutter_maps={1: chart}), 9)) > 100


@pytest.mark.parametrize("name", ["track", "trail", "share", "pair", "rate"])
def test_a_change_in_the_inner_kernels_renews_the_outer_ones(name: str) -> None:
    """Numba's cache sees the outer file alone, so that file carries the digests."""
    inner = Path(kernels.__file__).with_name(f"_kernels_{name}.py").read_bytes()
    told = getattr(kernels, f"{name.upper()}_DIGEST")
    assert hashlib.sha256(inner).hexdigest()[:12] == told
