"""Tests of places in every unit and datum, against PROJ and plain arithmetic."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from linewatch.errors import BadValue
from linewatch.link.sapient import pb
from linewatch.link.sapient.place import Dialect, bearing_of, place_of

PLAIN = Dialect()
DEG = pb.LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M
RAD = pb.LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M
UTM = pb.LOCATION_COORDINATE_SYSTEM_UTM_M
ELLIPSOID = pb.LOCATION_DATUM_WGS84_E

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)


def at(x: float, y: float, system: int = DEG, **words: object) -> pb.Location:
    return pb.Location(x=x, y=y, coordinate_system=system, datum=ELLIPSOID, **words)


@given(lons, lats)
def test_degrees_are_taken_as_they_are(lon: float, lat: float) -> None:
    place = place_of(at(lon, lat), PLAIN)
    assert (place.lon_deg, place.lat_deg, place.sigma_m) == (lon, lat, None)


@given(lons, lats)
def test_radians_are_turned_into_degrees(lon: float, lat: float) -> None:
    place = place_of(at(math.radians(lon), math.radians(lat), RAD), PLAIN)
    assert place.lon_deg == pytest.approx(lon, abs=1e-9)
    assert place.lat_deg == pytest.approx(lat, abs=1e-9)


@pytest.mark.parametrize(
    ("zone", "epsg"), [("11N", 32611), ("14N", 32614), ("33S", 32733)]
)
@pytest.mark.parametrize("stated", [True, False])
def test_utm_agrees_with_its_epsg_definition(
    zone: str, epsg: int, *, stated: bool
) -> None:
    authority = Transformer.from_crs(epsg, 4326, always_xy=True)
    lon, lat = authority.transform(512_345.6, 3_500_000.0)
    location = at(512_345.6, 3_500_000.0, UTM)
    if stated:
        location.utm_zone = zone
    place = place_of(location, PLAIN if stated else Dialect(zone=zone))
    assert place.lon_deg == pytest.approx(lon, abs=1e-9)
    assert place.lat_deg == pytest.approx(lat, abs=1e-9)


@given(st.floats(0, 1e5), st.floats(0, 1e5))
def test_errors_in_metres_become_the_radius_of_equal_variance(
    x_m: float, y_m: float
) -> None:
    place = place_of(at(-110.0, 31.0, x_error=x_m, y_error=y_m), PLAIN)
    assert place.sigma_m is not None
    assert 2 * place.sigma_m**2 == pytest.approx(x_m**2 + y_m**2)


@given(st.floats(0, 1e5))
def test_equal_errors_keep_every_bit(sigma_m: float) -> None:
    place = place_of(at(-110.0, 31.0, x_error=sigma_m, y_error=sigma_m), PLAIN)
    assert place.sigma_m == sigma_m


@pytest.mark.parametrize("lat", [0.0, 31.3, -60.0])
def test_errors_in_degrees_agree_with_the_ellipsoid(lat: float) -> None:
    """Half a percent: errors of errors do not matter."""
    geod = Geod(ellps="WGS84")
    _, _, east_m = geod.inv(-110.0, lat, -110.001, lat)
    _, _, north_m = geod.inv(-110.0, lat - 0.0005, -110.0, lat + 0.0005)
    place = place_of(
        at(-110.0, lat, x_error=0.001, y_error=0.001), Dialect(errors_in_degrees=True)
    )
    assert place.sigma_m == pytest.approx(
        math.sqrt((east_m**2 + north_m**2) / 2), rel=5e-3
    )


@pytest.mark.parametrize(
    "location",
    [
        at(181.0, 0.0),
        at(0.0, 90.5),
        at(math.nan, 0.0),
        at(0.0, math.inf),
        at(4.0, 0.0, RAD),
        at(500_000.0, 3_500_000.0, UTM),
        at(500_000.0, 3_500_000.0, UTM, utm_zone="61N"),
        at(500_000.0, 3_500_000.0, UTM, utm_zone="11R"),
        at(math.nan, 3_500_000.0, UTM, utm_zone="11N"),
        at(0.0, 0.0, x_error=-1.0, y_error=1.0),
        at(0.0, 0.0, x_error=1.0, y_error=math.nan),
    ],
    ids=range(11),
)
def test_refuses_a_place_that_cannot_be(location: pb.Location) -> None:
    with pytest.raises(BadValue) as refused:
        place_of(location, PLAIN)
    assert "\n" not in str(refused.value)


DEGREES_M = pb.RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M
RADIANS_M = pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_M
DEGREES_KM = pb.RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM
RADIANS_KM = pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_KM
TRUE = pb.RANGE_BEARING_DATUM_TRUE


def seen(system: int, **words: float) -> pb.RangeBearing:
    return pb.RangeBearing(coordinate_system=system, datum=TRUE, **words)


@given(st.floats(0, 6.28), st.floats(0, 1e6))
def test_radians_and_metres_keep_every_bit(azimuth: float, range_m: float) -> None:
    polar = bearing_of(seen(RADIANS_M, azimuth=azimuth, range=range_m))
    assert (polar.azimuth_rad, polar.range_m) == (azimuth, range_m)


@pytest.mark.parametrize(
    ("system", "angle", "length"),
    [
        (DEGREES_M, math.pi / 180, 1),
        (DEGREES_KM, math.pi / 180, 1000),
        (RADIANS_M, 1, 1),
        (RADIANS_KM, 1, 1000),
    ],
)
def test_every_unit_of_the_standard(system: int, angle: float, length: float) -> None:
    polar = bearing_of(
        seen(system, azimuth=1.5, range=2.5, azimuth_error=0.25, range_error=0.125)
    )
    assert polar.azimuth_rad == pytest.approx(1.5 * angle)
    assert polar.range_m == pytest.approx(2.5 * length)
    assert polar.sigma_azimuth_rad == pytest.approx(0.25 * angle)
    assert polar.sigma_range_m == pytest.approx(0.125 * length)


@given(st.floats(-1e6, 1e6))
def test_an_azimuth_of_any_turn_lies_in_one(azimuth: float) -> None:
    polar = bearing_of(seen(RADIANS_M, azimuth=azimuth, range=1.0))
    assert 0 <= polar.azimuth_rad < 2 * math.pi
    turned = polar.azimuth_rad - azimuth
    assert math.cos(turned) == pytest.approx(1.0, abs=1e-6)


def test_a_slant_range_is_brought_to_the_ground() -> None:
    polar = bearing_of(seen(DEGREES_M, azimuth=0.0, range=1_000.0, elevation=60.0))
    assert polar.range_m == pytest.approx(500.0)


def test_an_azimuth_alone_is_a_bearing() -> None:
    polar = bearing_of(seen(RADIANS_M, azimuth=1.0))
    assert polar.range_m is None
    assert polar.sigma_range_m is None


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (seen(RADIANS_M, range=1.0), "azimuth of range_bearing must be stated"),
        (seen(RADIANS_M, azimuth=math.nan, range=1.0), "must be finite"),
        (seen(RADIANS_M, azimuth=math.inf, range=1.0), "must be finite"),
        (seen(RADIANS_M, azimuth=1.0, range=-1.0), "range of range_bearing must be"),
        (
            seen(RADIANS_M, azimuth=1.0, range=math.nan),
            "range of range_bearing must be",
        ),
        (
            seen(RADIANS_M, azimuth=1.0, range=math.inf),
            "range of range_bearing must be",
        ),
        (seen(RADIANS_M, azimuth=1.0, range=1.0, range_error=-1.0), "range_error"),
        (seen(RADIANS_M, azimuth=1.0, range=1.0, azimuth_error=math.nan), "azimuth_e"),
        (seen(DEGREES_M, azimuth=1.0, range=1.0, elevation=95.0), "nadir and zenith"),
        (seen(DEGREES_M, azimuth=1.0, range=1.0, elevation=math.nan), "nadir and"),
    ],
    ids=range(10),
)
def test_refuses_a_bearing_that_cannot_be(report: pb.RangeBearing, said: str) -> None:
    with pytest.raises(BadValue, match=said):
        bearing_of(report)


@pytest.mark.parametrize("north", ["MAGNETIC", "GRID", "PLATFORM"])
def test_refuses_every_north_but_the_true_one(north: str) -> None:
    report = seen(RADIANS_M, azimuth=1.0, range=1.0)
    report.datum = pb.RangeBearingDatum.Value(f"RANGE_BEARING_DATUM_{north}")
    with pytest.raises(BadValue, match=f"must be TRUE north, not {north}"):
        bearing_of(report)
