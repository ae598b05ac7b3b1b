"""Tests of sun and moon: almanacs, eclipses, worked examples and the plain way."""

import math

import astronomy
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.area import Light, light, lights
from linewatch.area.light import EARTH_RADIUS_AU
from linewatch.errors import BadValue
from linewatch.measure.clock import to_epoch_s
from tests.area import naive

TIMES = st.floats(to_epoch_s("2000-01-01"), to_epoch_s("2049-12-31"))
LON = st.floats(-180, 180)
LAT = st.floats(-89, 89)


@given(TIMES, LON, LAT)
def test_sun_agrees_with_the_astronomical_almanac(
    epoch_s: float, lon_deg: float, lat_deg: float
) -> None:
    """Its low-precision formulas are good to 0.01 degree; parallax adds 0.0024."""
    expected = naive.sun_altitude_deg(epoch_s, lon_deg, lat_deg)
    sun_deg = math.degrees(light(epoch_s, lon_deg, lat_deg).sun_altitude_rad)
    assert sun_deg == pytest.approx(expected, abs=0.03)


@given(TIMES, LON, LAT)
def test_both_agree_with_the_long_way_through_the_library(
    epoch_s: float, lon_deg: float, lat_deg: float
) -> None:
    """Seen from the ellipsoid at this very instant, without knots: 0.02 degree."""
    time = astronomy.Time((epoch_s - to_epoch_s("2000-01-01T12:00")) / 86_400)
    here = astronomy.Observer(lat_deg, lon_deg, 0.0)
    one = light(epoch_s, lon_deg, lat_deg)
    for body, altitude_rad in (
        (astronomy.Body.Sun, one.sun_altitude_rad),
        (astronomy.Body.Moon, one.moon_altitude_rad),
    ):
        seen = astronomy.Equator(body, time, here, ofdate=True, aberration=True)
        across = astronomy.Horizon(
            time, here, seen.ra, seen.dec, astronomy.Refraction.Airless
        )
        assert math.degrees(altitude_rad) == pytest.approx(across.altitude, abs=0.02)


def test_moon_of_meeus_example_47a() -> None:
    """1992 April 12, 0h TD: declination 13.768368 degrees, 368,409.7 km away.

    J. Meeus, Astronomical Algorithms, 2nd ed., p. 342. Seen from the pole the moon
    stands at its declination, less its parallax.
    """
    epoch_s = to_epoch_s("1992-04-12") - 58.7
    moon_deg = math.degrees(light(epoch_s, 0.0, 90.0).moon_altitude_rad)
    far_m, dec = 368_409_700.0, math.radians(13.768368)
    radius_m = EARTH_RADIUS_AU * 149_597_870_700
    expected = math.degrees(
        math.atan2(far_m * math.sin(dec) - radius_m, far_m * math.cos(dec))
    )
    assert moon_deg == pytest.approx(expected, abs=0.005)


def test_lit_share_of_meeus_example_48a() -> None:
    """The same instant: 0.6786 of the disc is lit (p. 347)."""
    epoch_s = to_epoch_s("1992-04-12") - 58.7
    assert light(epoch_s, 0.0, 0.0).moon_lit_share == pytest.approx(0.6786, abs=5e-4)


@pytest.mark.parametrize(
    ("when", "lon_deg", "lat_deg", "altitude_deg"),
    [
        # Greatest eclipse of the total solar eclipses, NASA/GSFC (F. Espenak).
        ("2024-04-08T18:17:18", -104.1, 25.3, 69.8),
        ("2017-08-21T18:25:32", -87.7, 37.0, 63.9),
    ],
)
def test_moon_stands_before_the_sun_in_an_eclipse(
    when: str, lon_deg: float, lat_deg: float, altitude_deg: float
) -> None:
    one = light(to_epoch_s(when), lon_deg, lat_deg)
    assert math.degrees(one.sun_altitude_rad) == pytest.approx(altitude_deg, abs=0.1)
    apart_deg = math.degrees(one.sun_altitude_rad - one.moon_altitude_rad)
    assert abs(apart_deg) < 0.05
    assert one.moon_lit_share < 0.001


@pytest.mark.parametrize(
    "when", ["2025-03-14T06:55", "2025-09-07T18:09", "2026-03-03T11:38"]
)
def test_full_moons_are_full(when: str) -> None:
    """U.S. Naval Observatory, Phases of the Moon; each with a lunar eclipse."""
    assert light(to_epoch_s(when), -110.0, 31.0).moon_lit_share > 0.998


@pytest.mark.parametrize(
    "when", ["2025-02-28T00:45", "2025-03-29T10:58", "2026-08-12T17:37"]
)
def test_new_moons_are_new(when: str) -> None:
    assert light(to_epoch_s(when), -110.0, 31.0).moon_lit_share < 0.003


def test_solstice_sun_stands_overhead_on_the_tropic() -> None:
    """June 2025: the declination is 23.4363 degrees, so noon there is at 90 degrees."""
    day = to_epoch_s("2025-06-21") + np.arange(0, 86_400, 20.0)
    noon_deg = np.degrees(lights(day, 0.0, 23.4363).sun_altitude_rad).max()
    assert noon_deg == pytest.approx(90.0, abs=0.06)
    south_deg = np.degrees(lights(day, 0.0, -66.5637).sun_altitude_rad).max()
    assert south_deg == pytest.approx(0.0, abs=0.01)


def test_equinox_sun_circles_the_horizon_at_the_pole() -> None:
    """20 March 2025, 09:01 UTC, U.S. Naval Observatory."""
    sun = light(to_epoch_s("2025-03-20T09:01"), 12.0, 90.0).sun_altitude_rad
    assert math.degrees(sun) == pytest.approx(0.0, abs=0.005)


def test_days_are_as_long_as_geometry_says() -> None:
    """cos(H) = (sin(-50') - sin(lat) sin(dec)) / (cos(lat) cos(dec)) at El Paso."""
    when = to_epoch_s("2025-12-21T07:00") + np.arange(0, 86_400, 10.0)
    day_s = 10.0 * np.count_nonzero(lights(when, -106.45, 31.76).is_day)
    lat, dec = math.radians(31.76), math.radians(-23.4363)
    cosine = math.sin(math.radians(-50 / 60)) - math.sin(lat) * math.sin(dec)
    half_turn = math.acos(cosine / (math.cos(lat) * math.cos(dec)))
    assert day_s == pytest.approx(half_turn / math.pi * 86_400, abs=30)


def test_dusk_lies_between_day_and_dark() -> None:
    when = to_epoch_s("2025-03-01") + np.arange(0, 86_400, 60.0)
    sky = lights(when, -110.0, 31.3)
    assert not np.any(sky.is_day & sky.is_dark)
    between = np.count_nonzero(~sky.is_day & ~sky.is_dark)
    # Two civil twilights of 24 minutes each at this latitude and date.
    assert between == pytest.approx(48, abs=2)


def test_one_light_tells_day_and_dark_as_many_do() -> None:
    when = to_epoch_s("2025-03-01") + np.arange(0, 86_400, 1_800.0)
    sky = lights(when, -110.0, 31.3)
    ones = [light(float(at), -110.0, 31.3) for at in when]
    assert [one.is_day for one in ones] == sky.is_day.tolist()
    assert [one.is_dark for one in ones] == sky.is_dark.tolist()


def test_many_places_and_times_agree_with_one_by_one() -> None:
    rng = np.random.default_rng(0)
    when = to_epoch_s("2025-03-01") + rng.uniform(0, 3 * 86_400, (7, 1))
    lon = rng.uniform(-117, -97, 5)
    sky = lights(when, lon, 30.0)
    assert sky.sun_altitude_rad.shape == (7, 5)
    for row in range(7):
        for column in range(5):
            one = light(float(when[row, 0]), float(lon[column]), 30.0)
            assert one == Light(
                sun_altitude_rad=float(sky.sun_altitude_rad[row, column]),
                moon_altitude_rad=float(sky.moon_altitude_rad[row, column]),
                moon_lit_share=float(sky.moon_lit_share[row, column]),
            )


def test_no_step_at_the_knots() -> None:
    knot_s = to_epoch_s("2025-03-01T06:00")
    before, after = light(knot_s - 1e-3, -110, 31), light(knot_s + 1e-3, -110, 31)
    assert before.sun_altitude_rad == pytest.approx(after.sun_altitude_rad, abs=1e-6)
    assert before.moon_altitude_rad == pytest.approx(after.moon_altitude_rad, abs=1e-6)


@pytest.mark.parametrize(
    ("epoch_s", "lon_deg", "lat_deg"),
    [
        (math.nan, 0, 0),
        (math.inf, 0, 0),
        (5e9, 0, 0),
        (0, math.nan, 0),
        (0, 500, 0),
        (0, 0, 91),
    ],
)
def test_what_is_no_place_or_time_is_refused(
    epoch_s: float, lon_deg: float, lat_deg: float
) -> None:
    with pytest.raises(BadValue):
        light(epoch_s, lon_deg, lat_deg)
