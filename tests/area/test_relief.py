"""Tests of generated relief: a function of the place, the same to the bit."""

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.area import Relief
from linewatch.area._kernels_relief import blend, mixed, noise_row
from linewatch.errors import BadValue
from tests.area import naive

SEEDS = st.integers(0, 2**31 - 1)
PLANE_M = st.floats(-2e6, 2e6)


@given(SEEDS, PLANE_M, PLANE_M)
def test_agrees_with_the_plain_way(seed: int, x_m: float, y_m: float) -> None:
    expected = naive.relief(x_m, y_m, seed)
    assert float(Relief(seed).height_m(x_m, y_m)) == pytest.approx(expected, abs=1e-6)


@given(st.integers(-(2**40), 2**40))
def test_hash_agrees_with_whole_numbers_of_any_size(h: int) -> None:
    assert mixed(h) == naive.mixed(h)


def test_hash_is_the_published_one() -> None:
    """lowbias32 is a permutation that fixes 0 and spreads one bit over half of them."""
    assert mixed(0) == 0
    flips = [
        (mixed(h) ^ mixed(h ^ 1 << b)).bit_count() for h in (9, 77) for b in range(32)
    ]
    assert np.mean(flips) == pytest.approx(16, abs=1.0)


@settings(max_examples=30)
@given(SEEDS, PLANE_M, PLANE_M, st.integers(1, 20), st.integers(-15, 15))
def test_windows_that_overlap_agree_to_the_bit(
    seed: int, west_m: float, south_m: float, size: int, shift: int
) -> None:
    relief, cell_m = Relief(seed), 30.0
    one = relief.window(
        west_m=west_m,
        south_m=south_m,
        east_m=west_m + size * cell_m,
        north_m=south_m + size * cell_m,
        cell_m=cell_m,
    )
    for row, column in ((0, 0), (one.shape[0] - 1, one.shape[1] - 1)):
        x = one.west_m + (column + 0.5) * cell_m
        y = one.north_m - (row + 0.5) * cell_m
        other = relief.window(
            west_m=x - (20 + shift) * cell_m,
            south_m=y - (20 - shift) * cell_m,
            east_m=x + 20 * cell_m,
            north_m=y + 20 * cell_m,
            cell_m=cell_m,
        )
        there = other.cell_of(x, y)
        assert one.height_m[row, column] == other.height_m[there]
        assert one.height_m[row, column] == np.float32(relief.height_m(x, y))


def test_is_the_same_ground_on_every_machine() -> None:
    """Bits written down on 2026-11-23 on x86-64; another machine must give the same."""
    grid = Relief(1).window(
        west_m=-50_000, south_m=-4_000, east_m=-46_000, north_m=0, cell_m=100.0
    )
    digest = hashlib.sha256(grid.height_m.tobytes()).hexdigest()
    assert digest == "abf0fe93f7953fd111725e62b79371392c5e3373603ce2c0a857721ba74320e6"


def test_seeds_differ_and_neighbours_share_no_layer() -> None:
    x = np.linspace(0, 400_000, 2_000)
    one, two = Relief(1).height_m(x, x), Relief(2).height_m(x, x)
    assert abs(np.corrcoef(one, two)[0, 1]) < 0.7
    assert np.abs(one - two).mean() > 100


def test_noise_is_0_at_corners_and_within_1() -> None:
    x = np.arange(-50.0, 50.0) * 1_000
    out = np.empty_like(x)
    noise_row(x, 3_000.0, 1_000.0, 5, out)
    np.testing.assert_allclose(out, 0, atol=1e-9)
    noise_row(x * 0.77, 333.0, 1_000.0, 5, out)
    assert np.abs(out).max() <= 1.0
    assert out.std() > 0.1


def test_blend_is_smooth_at_both_ends() -> None:
    assert (blend(0.0), blend(0.5), blend(1.0)) == (0.0, 0.5, 1.0)
    step = 1e-4
    assert blend(step) / step < 1e-6
    assert (1 - blend(1 - step)) / step < 1e-6


def test_ground_is_continuous() -> None:
    """No cliff at the squares of any layer: 1 m aside is under 3 m up or down."""
    rng = np.random.default_rng(2)
    x, y = rng.uniform(-1e6, 1e6, (2, 4_000))
    relief = Relief(3)
    rise = np.abs(relief.height_m(x + 1.0, y) - relief.height_m(x, y))
    assert rise.max() < 3.0


def test_looks_like_basins_and_ranges() -> None:
    """Heights as along the border, flats between slopes, and none below the sea."""
    relief = Relief(1)
    wide = relief.window(
        west_m=-1.2e6, south_m=-6e5, east_m=1.2e6, north_m=6e5, cell_m=20_000.0
    )
    assert wide.height_m.min() > 0
    assert wide.height_m.max() < 4_000
    slopes = []
    for k in range(24):
        west_m = -1.2e6 + 1e5 * k
        ground = relief.window(
            west_m=west_m, south_m=0, east_m=west_m + 3e3, north_m=3e3, cell_m=60.0
        )
        down, right = np.gradient(ground.height_m, 60.0)
        slopes.append(math.degrees(np.arctan(np.median(np.hypot(down, right)))))
    assert min(slopes) < 3.0
    assert 6.0 < max(slopes) < 35.0


def test_says_that_it_is_generated() -> None:
    assert Relief(4).generated is True
    assert Relief(4).source == "generated relief, not real ground (seed 4)"


def test_scattered_places_keep_their_shape() -> None:
    assert Relief(1).height_m(np.zeros((2, 3)), 0.0).shape == (2, 3)
    assert Relief(1).height_m([], []).shape == (0,)


@pytest.mark.parametrize("seed", [-1, 2**31])
def test_seeds_that_cannot_be_are_refused(seed: int) -> None:
    with pytest.raises(BadValue, match="terrain_seed must be a whole number"):
        Relief(seed)


def test_places_that_are_none_are_refused() -> None:
    with pytest.raises(BadValue, match="place must be finite"):
        Relief(1).height_m(math.nan, 0.0)
