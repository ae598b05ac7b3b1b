"""Tests of the plane: conformal, both ways, and true to Snyder's worked example."""

import math
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from linewatch.errors import BadValue
from linewatch.measure.plane import Plane, plane_for

EARTH = Geod(ellps="WGS84")
BORDER = Plane(lon0_deg=-107.135, lat0_deg=29.278, south_deg=26.984, north_deg=31.572)
LON, LAT = st.floats(-117.5, -96.5), st.floats(25.0, 33.5)


def snyder(plane: Plane, lon_deg: float, lat_deg: float) -> tuple[float, float]:
    """Return x and y [m] by equations 15-1 to 15-8 and 14-15 of Snyder (1987)."""
    a, e = 6_378_137.0, math.sqrt(0.006694379990141317)

    def m(lat: float) -> float:
        return math.cos(lat) / math.sqrt(1 - (e * math.sin(lat)) ** 2)

    def t(lat: float) -> float:
        part = (1 - e * math.sin(lat)) / (1 + e * math.sin(lat))
        return float(math.tan(math.pi / 4 - lat / 2) / part ** (e / 2))

    south, north = math.radians(plane.south_deg), math.radians(plane.north_deg)
    n = math.log(m(south) / m(north)) / math.log(t(south) / t(north))
    f = m(south) / (n * t(south) ** n)
    rho = a * f * t(math.radians(lat_deg)) ** n
    rho0 = a * f * t(math.radians(plane.lat0_deg)) ** n
    theta = n * math.radians(lon_deg - plane.lon0_deg)
    return rho * math.sin(theta), rho0 - rho * math.cos(theta)


@given(LON, LAT)
def test_agrees_with_snyders_equations(lon_deg: float, lat_deg: float) -> None:
    x, y = BORDER.to_plane(lon_deg, lat_deg)
    expected = snyder(BORDER, lon_deg, lat_deg)
    assert (float(x), float(y)) == pytest.approx(expected, abs=1e-3)


@given(LON, LAT)
def test_both_ways_undo_each_other(lon_deg: float, lat_deg: float) -> None:
    lon, lat = BORDER.to_geo(*BORDER.to_plane(lon_deg, lat_deg))
    assert (float(lon), float(lat)) == pytest.approx((lon_deg, lat_deg), abs=1e-9)


@given(LON, LAT, st.floats(0, 360))
def test_is_conformal_with_the_told_scale_and_turn(
    lon_deg: float, lat_deg: float, azimuth_deg: float
) -> None:
    """A geodesic of 100 m is stretched and turned alike in every direction."""
    to_lon, to_lat, _ = EARTH.fwd(lon_deg, lat_deg, azimuth_deg, 100.0)
    x, y = BORDER.to_plane([lon_deg, to_lon], [lat_deg, to_lat])
    east, north = float(x[1] - x[0]), float(y[1] - y[0])
    scale = BORDER.scale(lon_deg, lat_deg)
    assert math.hypot(east, north) / 100 == pytest.approx(scale, abs=1e-6)
    turned = math.radians(azimuth_deg) - BORDER.convergence_rad(lon_deg, lat_deg)
    apart = math.remainder(math.atan2(east, north) - turned, 2 * math.pi)
    assert abs(apart) < 1e-5


def test_scale_is_1_on_the_parallels_and_turn_0_on_the_middle() -> None:
    for lat_deg in (BORDER.south_deg, BORDER.north_deg):
        assert BORDER.scale(-100.0, lat_deg) == pytest.approx(1.0, abs=1e-9)
    assert BORDER.convergence_rad(BORDER.lon0_deg, 30.0) == pytest.approx(0, abs=1e-12)


def test_is_the_same_plane_for_other_programs() -> None:
    assert BORDER.crs.to_authority() is None
    assert BORDER.crs.coordinate_operation is not None
    assert "Lambert Conic Conformal" in BORDER.crs.coordinate_operation.method_name


def test_shapes_are_kept() -> None:
    x, y = BORDER.to_plane(np.full((2, 3), -110.0), np.full((2, 3), 31.0))
    assert x.shape == y.shape == (2, 3)
    assert BORDER.to_plane(-110.0, 31.0)[0].shape == ()


def test_fits_a_line() -> None:
    plane = plane_for(np.array([-110.0, -100.0]), np.array([26.0, 32.0]))
    assert plane == Plane(lon0_deg=-105, lat0_deg=29, south_deg=27, north_deg=31)


@pytest.mark.parametrize(
    ("south_deg", "north_deg"), [(-1.0, 1.0), (0.0, 0.0), (-0.3, 0.3), (-30.0, -30.0)]
)
def test_fits_lines_at_the_equator_and_south_of_it(
    south_deg: float, north_deg: float
) -> None:
    plane = plane_for(np.array([30.0, 30.5]), np.array([south_deg, north_deg]))
    for lat_deg in (south_deg, (south_deg + north_deg) / 2, north_deg):
        assert plane.scale(30.2, lat_deg) == pytest.approx(1.0, abs=5e-4)
        lon, lat = plane.to_geo(*plane.to_plane(30.2, lat_deg))
        assert (float(lon), float(lat)) == pytest.approx((30.2, lat_deg), abs=1e-8)


@pytest.mark.parametrize(
    ("south_deg", "north_deg"), [(3.0, 2.0), (-90.0, 2.0), (2.0, 90.0), (math.nan, 2.0)]
)
def test_parallels_that_cannot_be_are_refused(
    south_deg: float, north_deg: float
) -> None:
    with pytest.raises(
        BadValue, match="standard parallels must be from south to north"
    ):
        Plane(lon0_deg=0, lat0_deg=0, south_deg=south_deg, north_deg=north_deg)


def test_survives_a_pickle() -> None:
    again = pickle.loads(pickle.dumps(BORDER))
    assert again == BORDER
    assert again.to_plane(-110.0, 31.0) == BORDER.to_plane(-110.0, 31.0)
