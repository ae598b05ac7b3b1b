"""Places in SAPIENT's units and datums, read into degrees, metres and radians."""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pyproj import Proj

from linewatch.errors import BadValue
from linewatch.link.sapient import pb

METRES_PER_DEGREE: Final = 111_195.0
"""Length of a degree of latitude [m] on a sphere of 6,371,008.8 m. It only turns a
standard error into metres, where half a percent is nothing."""

FULL_TURN: Final = 2 * math.pi

_RADIANS: Final = {
    pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_M,
    pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_KM,
}
_KILOMETRES: Final = {
    pb.RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM,
    pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_KM,
}
_ZONE: Final = re.compile(r"(\d{1,2})([NS])").fullmatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What a node's registration says about its places, beyond the schema.

    Parameters
    ----------
    errors_in_degrees : bool
        Whether errors of longitude and latitude are in degrees. The schema leaves
        their unit open; a registration may state it, and metres are taken otherwise.
    zone : str
        UTM zone such as ``11N``, for places that do not name theirs.
    """

    errors_in_degrees: bool = False
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A place [deg] and one standard deviation of it along any direction [m]."""

    lon_deg: float
    lat_deg: float
    sigma_m: float | None


@dataclass(frozen=True, slots=True)
class Bearing:
    """Ground range [m] and azimuth [rad] from true north, with standard deviations."""

    range_m: float | None
    azimuth_rad: float
    sigma_range_m: float | None
    sigma_azimuth_rad: float | None


def place_of(location: pb.Location, dialect: Dialect) -> Place:
    """Read a location in degrees, radians or UTM.

    Heights are left out, so ellipsoid and geoid serve alike.

    Raises
    ------
    BadValue
        If a coordinate is not finite or off the Earth, or the UTM zone is unknown.
    """
    x, y = location.x, location.y
    system = location.coordinate_system
    if system == pb.LOCATION_COORDINATE_SYSTEM_UTM_M:
        zone = location.utm_zone or dialect.zone
        x, y = _utm(zone)(x, y, inverse=True)
        metres = (1.0, 1.0)
    else:
        if system == pb.LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M:
            x, y = math.degrees(x), math.degrees(y)
        north_m = METRES_PER_DEGREE if dialect.errors_in_degrees else 1.0
        metres = (north_m, north_m)
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise BadValue("location", "on the Earth", (location.x, location.y))
    if metres[1] != 1.0:
        metres = (metres[1] * math.cos(math.radians(y)), metres[1])
    return Place(x, y, _radius(location, *metres))


def _radius(location: pb.Location, per_x_m: float, per_y_m: float) -> float | None:
    """Fold the errors of both axes into the radius of a circle of the same variance."""
    if not (location.HasField("x_error") and location.HasField("y_error")):
        return None
    x_m, y_m = location.x_error * per_x_m, location.y_error * per_y_m
    if not (0 <= x_m < math.inf and 0 <= y_m < math.inf):
        raise BadValue("location error", "finite and not negative", (x_m, y_m))
    return x_m if x_m == y_m else math.sqrt((x_m * x_m + y_m * y_m) / 2)


@lru_cache(maxsize=120)
def _utm(zone: str) -> Proj:
    found = _ZONE(zone)
    if found is None or not 1 <= int(found[1]) <= 60:
        raise BadValue("utm_zone", "1 to 60 and N or S, such as 11N", repr(zone[:20]))
    return Proj(proj="utm", zone=int(found[1]), south=found[2] == "S", datum="WGS84")


def bearing_of(seen: pb.RangeBearing) -> Bearing:
    """Read range and azimuth in any unit of the standard, from true north.

    The range is slant; with an elevation it is brought to the ground. Without a range
    it is a bearing alone.

    Raises
    ------
    BadValue
        If north is not true north, or a number is missing, not finite or negative.
    """
    if seen.datum != pb.RANGE_BEARING_DATUM_TRUE:
        named = pb.RangeBearingDatum.Name(seen.datum).removeprefix(
            "RANGE_BEARING_DATUM_"
        )
        raise BadValue("datum of range_bearing", "TRUE north", named)
    if not seen.HasField("azimuth"):
        raise BadValue("azimuth of range_bearing", "stated", "missing")
    system = seen.coordinate_system
    angle = 1.0 if system in _RADIANS else math.pi / 180
    length = 1000.0 if system in _KILOMETRES else 1.0
    azimuth = seen.azimuth * angle
    if not math.isfinite(azimuth):
        raise BadValue("azimuth of range_bearing", "finite", azimuth)
    if not 0 <= azimuth < FULL_TURN:
        # A tiny negative angle is a full turn to the last bit: take it as north.
        azimuth = azimuth % FULL_TURN % FULL_TURN
    range_m = _positive("range", seen, length)
    if range_m is not None and seen.elevation != 0.0:
        range_m *= _level(seen.elevation * angle)
    return Bearing(
        range_m,
        azimuth,
        _positive("range_error", seen, length),
        _positive("azimuth_error", seen, angle),
    )


def _positive(name: str, seen: pb.RangeBearing, unit: float) -> float | None:
    if not seen.HasField(name):
        return None
    value: float = getattr(seen, name) * unit
    if not 0 <= value < math.inf:
        raise BadValue(f"{name} of range_bearing", "finite and not negative", value)
    return value


def _level(elevation_rad: float) -> float:
    if not -math.pi / 2 < elevation_rad < math.pi / 2:
        raise BadValue(
            "elevation of range_bearing", "between nadir and zenith", elevation_rad
        )
    return math.cos(elevation_rad)
