"""Light: how high sun and moon stand, and how much of the moon is lit."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import astronomy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area.weather import STANDARD, Weather
from linewatch.errors import BadValue
from linewatch.measure.clock import DAY_S

Floats = NDArray[np.float64]

SUNRISE_RAD: Final = math.radians(-50 / 60)
"""Sun's altitude without refraction at sunrise and sunset [rad]: 34' of refraction and
16' of the sun's radius below the horizon (U.S. Naval Observatory, Rise, Set, and
Twilight Definitions)."""

DUSK_RAD: Final = math.radians(-6.0)
"""Sun's altitude at the end of civil twilight [rad]; the same source."""

KNOT_S: Final = 600.0
"""Sun and moon are computed every 10 minutes [s] and led straight between: the moon
moves 0.09 degrees in that time, and the chord strays from its arc by under 0.1"."""

EARTH_RADIUS_AU: Final = 6_378_136.6 / 149_597_870_700
"""The Earth's equatorial radius [au]: IERS Conventions 2010, IAU 2012 Resolution B2."""

MOST_S: Final = 4_000_000_000.0
"""Farthest instant from 1970 that is answered [s], about the year 2096."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """Sun and moon at one place and instant.

    Parameters
    ----------
    sun_altitude_rad, moon_altitude_rad : float
        Altitude of their centres [rad], seen from the ground, without refraction.
    moon_lit_share : float
        Share of the moon's disc that is lit, 0 at new moon to 1 at full moon.
    weather : Weather
        What the air does to it; the standard's unless somebody told another.
    """

    sun_altitude_rad: float
    moon_altitude_rad: float
    moon_lit_share: float
    weather: Weather = STANDARD

    @property
    def is_day(self) -> bool:
        """Whether the sun is up."""
        return self.sun_altitude_rad > SUNRISE_RAD

    @property
    def is_dark(self) -> bool:
        """Whether civil twilight is over."""
        return self.sun_altitude_rad < DUSK_RAD


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lights:
    """Sun and moon at many instants or places: arrays of one shape, as in `Light`."""

    sun_altitude_rad: Floats
    moon_altitude_rad: Floats
    moon_lit_share: Floats

    @property
    def is_day(self) -> NDArray[np.bool_]:
        """Where the sun is up."""
        return self.sun_altitude_rad > SUNRISE_RAD

    @property
    def is_dark(self) -> NDArray[np.bool_]:
        """Where civil twilight is over."""
        return self.sun_altitude_rad < DUSK_RAD


@dataclass(frozen=True, slots=True)
class _Knot:
    """Sun and moon from the Earth's centre at one instant, in the equator of date."""

    places: NDArray[np.float64]  # (2, 3): sun and moon [au]
    turn_rad: float  # Greenwich apparent sidereal time
    lit_share: float


def light(epoch_s: float, lon_deg: float, lat_deg: float) -> Light:
    """Return sun and moon at a place [deg] and instant (seconds of UTC since 1970).

    Raises
    ------
    BadValue
        If the instant is not within about 126 years of 1970, or there is no such place.
    """
    one = lights(epoch_s, lon_deg, lat_deg)
    return Light(
        sun_altitude_rad=float(one.sun_altitude_rad),
        moon_altitude_rad=float(one.moon_altitude_rad),
        moon_lit_share=float(one.moon_lit_share),
    )


def lights(epoch_s: ArrayLike, lon_deg: ArrayLike, lat_deg: ArrayLike) -> Lights:
    """Return sun and moon at places [deg] and instants that broadcast to one shape.

    The sky is computed once every 10 minutes, whatever the number of places.

    Raises
    ------
    BadValue
        If an instant is not within about 126 years of 1970, or a place is none.

    References
    ----------
    D. Cross, Astronomy Engine 2.1, https://github.com/cosinekitty/astronomy: VSOP87
    and a lunar theory, within 1 arc minute of NOVAS.
    """
    when, lon, lat = np.broadcast_arrays(
        np.asarray(epoch_s, float),
        np.asarray(lon_deg, float),
        np.asarray(lat_deg, float),
    )
    if not np.all(np.abs(when) <= MOST_S):
        raise BadValue("time", "within 126 years of 1970", "NaN or farther away")
    if not (np.all(np.abs(lon) <= 360) and np.all(np.abs(lat) <= 90)):
        raise BadValue("place", "a longitude and a latitude in degrees", "none")
    knot, which = np.unique(np.floor(when / KNOT_S), return_inverse=True)
    which = which.reshape(when.shape)
    before = [_knot(float(at)) for at in knot]
    after = [_knot(float(at) + 1) for at in knot]
    part = when / KNOT_S - knot[which]
    start = np.array([one.places for one in before])[which]
    stop = np.array([one.places for one in after])[which]
    bodies = start + part[..., None, None] * (stop - start)
    turn = np.array([one.turn_rad for one in before])[which] + part * TURN_A_KNOT_RAD
    up = _up(turn + np.deg2rad(lon), np.deg2rad(lat))
    seen = bodies - (up * EARTH_RADIUS_AU)[..., None, :]
    sine = (seen * up[..., None, :]).sum(axis=-1) / np.linalg.norm(seen, axis=-1)
    altitude = np.arcsin(np.clip(sine, -1.0, 1.0))
    lit = np.array([one.lit_share for one in before])[which]
    lit_next = np.array([one.lit_share for one in after])[which]
    return Lights(
        sun_altitude_rad=altitude[..., 0],
        moon_altitude_rad=altitude[..., 1],
        moon_lit_share=lit + part * (lit_next - lit),
    )


TURN_A_KNOT_RAD: Final = 2 * math.pi * 1.00273790935 * KNOT_S / DAY_S
"""Turn of the Earth under the stars from one knot to the next [rad]: 1.00273790935
turns a day (IERS Conventions 2010, section 5.4.4)."""


def _up(sidereal_rad: Floats, lat_rad: Floats) -> Floats:
    """Return unit vectors to the zenith in the equator of date, shape (..., 3)."""
    return np.stack(
        [
            np.cos(lat_rad) * np.cos(sidereal_rad),
            np.cos(lat_rad) * np.sin(sidereal_rad),
            np.sin(lat_rad),
        ],
        axis=-1,
    )


@lru_cache(maxsize=4096)  # four weeks of knots, 1 MB
def _knot(number: float) -> _Knot:
    """Compute the sky at a whole number of `KNOT_S` since 1970."""
    # Astronomy Engine counts UT days from noon of 2000-01-01, UTC 946,728,000 s.
    time = astronomy.Time((number * KNOT_S - 946_728_000.0) / DAY_S)
    to_date = astronomy.Rotation_EQJ_EQD(time)
    places = np.empty((2, 3))
    for row, body in enumerate((astronomy.Body.Sun, astronomy.Body.Moon)):
        from_centre = astronomy.GeoVector(body, time, aberration=True)
        of_date = astronomy.RotateVector(to_date, from_centre)
        places[row] = of_date.x, of_date.y, of_date.z
    return _Knot(
        places=places,
        turn_rad=math.radians(15.0 * astronomy.SiderealTime(time)),
        lit_share=astronomy.Illumination(astronomy.Body.Moon, time).phase_fraction,
    )
