"""Tests of what limits leave of a view: sectors, beams and the nearest range."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.sight.cells import Cells, Lens, sag_per_m
from linewatch.sight.limits import Limits, limited

STEP_Y_M, STEP_X_M = 20.0, 50.0


def level(side: int = 9) -> tuple[Cells, Lens]:
    """Level oblong cells, one of them without data, and an eye in the middle."""
    height = np.zeros((side, side), np.float32)
    height[0, 0] = np.nan
    cells = Cells(height_m=height, step_x_m=STEP_X_M, step_y_m=STEP_Y_M)
    return cells, Lens(row=side // 2, col=side // 2, above_m=3.0, reach_m=math.inf)


def kept(limits: Limits, *, sag: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """What of an all-seeing view is left: heights, and where there are any."""
    cells, lens = level()
    lowest_m = np.where(np.isnan(cells.height_m), np.inf, 0).astype(np.float32)
    got = limited(lowest_m, cells, lens, limits, sag=sag)
    return got, np.isfinite(got)


@pytest.mark.parametrize("azimuth_deg", [0, 355, -5, 90, 180, 270, 725])
def test_a_sector_opens_to_its_azimuth(azimuth_deg: float) -> None:
    """Row 0 is north; sectors may lie across north and azimuths beyond a turn."""
    azimuth = math.radians(azimuth_deg)
    got, is_kept = kept(Limits(azimuth_rad=azimuth, sector_rad=math.radians(60)))
    for row, col in np.ndindex(9, 9):
        north_m, east_m = (4 - row) * STEP_Y_M, (col - 4) * STEP_X_M
        along_m = north_m * math.cos(azimuth) + east_m * math.sin(azimuth)
        inside = along_m >= math.hypot(north_m, east_m) * math.cos(math.radians(30))
        assert is_kept[row, col] == (inside and (row, col) != (0, 0))
    assert got[4, 4] == 0


def test_the_edges_of_a_sector_are_in_it() -> None:
    _, is_kept = kept(Limits(azimuth_rad=math.pi / 2, sector_rad=math.pi))
    assert is_kept[:4, 4].all()
    assert is_kept[5:, 4].all()
    assert not is_kept[:, :4].any()


@given(st.floats(-80, 40), st.floats(1, 40), st.sampled_from([0.0, sag_per_m(-1)]))
def test_a_beam_passes_between_two_heights(
    low_deg: float, wide_deg: float, sag: float
) -> None:
    low, high = math.radians(low_deg), math.radians(low_deg + wide_deg)
    got, is_kept = kept(Limits(low_rad=low, high_rad=high), sag=sag)
    for row, col in np.ndindex(9, 9):
        if (row, col) in ((4, 4), (0, 0)):
            continue
        away_m = math.hypot((4 - row) * STEP_Y_M, (col - 4) * STEP_X_M)
        # Over ground that falls away the beam stands higher.
        floor_m = max(3 + away_m * math.tan(low) + sag * away_m**2, 0)
        roof_m = 3 + away_m * math.tan(high) + sag * away_m**2
        if abs(roof_m) < 1e-3:
            continue
        assert is_kept[row, col] == (floor_m <= roof_m)
        if is_kept[row, col]:
            assert got[row, col] == pytest.approx(floor_m, rel=1e-5, abs=1e-4)
    assert got[4, 4] == 0
    assert not is_kept[0, 0]


def test_a_far_beam_stands_higher_by_the_earths_curve() -> None:
    cells = Cells(
        height_m=np.zeros((1, 101), np.float32), step_x_m=200.0, step_y_m=200.0
    )
    lens = Lens(row=0, col=0, above_m=0.0, reach_m=math.inf)
    level_m = np.zeros((1, 101), np.float32)
    got = limited(level_m, cells, lens, Limits(low_rad=0.0), sag=sag_per_m(0.0))
    # 20 km squared over twice the mean radius of the Earth, 6,371,008.8 m.
    assert got[0, 100] == pytest.approx(31.392, abs=1e-3)


def test_nearer_than_the_nearest_range_nothing_counts() -> None:
    _, is_kept = kept(Limits(near_m=2 * STEP_Y_M))
    assert not is_kept[3:6, 4].any()
    assert is_kept[2, 4]
    assert is_kept[4, 3]
