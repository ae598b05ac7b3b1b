"""Tests of angles."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.measure.angle import azimuth_rad, wrap


@given(st.floats(-1e4, 1e4))
def test_wrapped_angles_point_the_same_way(angle_rad: float) -> None:
    wrapped = wrap(angle_rad)
    assert -math.pi <= wrapped < math.pi
    assert math.cos(wrapped) == pytest.approx(math.cos(angle_rad), abs=1e-9)
    assert math.sin(wrapped) == pytest.approx(math.sin(angle_rad), abs=1e-9)


def test_half_a_turn_wraps_to_its_negative() -> None:
    assert wrap(math.pi) == -math.pi
    assert wrap(-math.pi) == -math.pi
    assert wrap(0.0) == 0.0


def test_arrays_wrap_as_their_angles() -> None:
    angles = np.linspace(-20, 20, 401)
    np.testing.assert_array_equal(wrap(angles), [wrap(float(one)) for one in angles])


@pytest.mark.parametrize(
    ("east_m", "north_m", "degrees"),
    [(0, 1, 0), (1, 1, 45), (1, 0, 90), (0, -1, 180), (-1, 0, 270), (-1, 1, 315)],
)
def test_azimuth_is_clockwise_from_north(
    east_m: float, north_m: float, degrees: float
) -> None:
    turned = azimuth_rad(east_m=east_m, north_m=north_m)
    assert turned == pytest.approx(math.radians(degrees))


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_azimuth_is_within_a_turn(east_m: float, north_m: float) -> None:
    assert 0 <= azimuth_rad(east_m=east_m, north_m=north_m) <= 2 * math.pi
