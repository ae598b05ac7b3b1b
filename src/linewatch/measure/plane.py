"""The plane that a whole line is worked on: conformal, metres, x east and y north."""

from dataclasses import dataclass, field
from typing import Final, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Proj

from linewatch.errors import BadValue

Floats = NDArray[np.float64]

EQUATOR_DEG: Final = 0.05
"""Least sum of the standard parallels [deg]: a flatter cone loses digits."""


@dataclass(frozen=True, slots=True)
class Plane:
    """A Lambert conformal conic plane with two standard parallels.

    Conformal means that a small shape keeps its angles: directions at a sensor are
    turned by one angle (`convergence_rad`) and stretched by one factor (`scale`), so a
    polar measurement keeps its form. Along the U.S.-Mexico border the factor stays
    within 0.1 % of 1. Lengths that are reported are geodesic and never taken from here.

    Parameters
    ----------
    lon0_deg, lat0_deg : float
        Origin of x and y [deg], WGS 84.
    south_deg, north_deg : float
        Standard parallels [deg], where `scale` is 1.

    References
    ----------
    J. P. Snyder, Map Projections: A Working Manual, USGS Professional Paper 1395,
    1987, pp. 104-110. Computed by PROJ.
    """

    lon0_deg: float
    lat0_deg: float
    south_deg: float
    north_deg: float
    _proj: Proj = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not -90 < self.south_deg <= self.north_deg < 90:
            raise BadValue(
                "standard parallels",
                "from south to north inside -90 to 90 degrees",
                (self.south_deg, self.north_deg),
            )
        object.__setattr__(self, "_proj", Proj(self.proj4))

    @property
    def proj4(self) -> str:
        """The plane as a PROJ string."""
        return (
            f"+proj=lcc +lat_1={self.south_deg!r} +lat_2={self.north_deg!r} "
            f"+lat_0={self.lat0_deg!r} +lon_0={self.lon0_deg!r} +datum=WGS84 +units=m"
        )

    @property
    def crs(self) -> CRS:
        """The plane as a coordinate reference system."""
        return CRS.from_proj4(self.proj4)

    def to_plane(self, lon_deg: ArrayLike, lat_deg: ArrayLike) -> tuple[Floats, Floats]:
        """Return x and y [m] of longitudes and latitudes [deg], any one shape."""
        x, y = self._proj(np.asarray(lon_deg, float), np.asarray(lat_deg, float))
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def to_geo(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """Return longitude and latitude [deg] of places [m] on the plane."""
        lon, lat = self._proj(
            np.asarray(x_m, float), np.asarray(y_m, float), inverse=True
        )
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)

    def scale(self, lon_deg: float, lat_deg: float) -> float:
        """Return metres on the plane per metre on the ground at a place [-]."""
        return float(self._proj.get_factors(lon_deg, lat_deg).meridional_scale)

    @overload
    def convergence_rad(self, lon_deg: float, lat_deg: float) -> float: ...
    @overload
    def convergence_rad(self, lon_deg: Floats, lat_deg: Floats) -> Floats: ...
    def convergence_rad(
        self, lon_deg: float | Floats, lat_deg: float | Floats
    ) -> float | Floats:
        """Return the meridian convergence [rad] at places [deg].

        An azimuth on the plane is the true azimuth less this angle.
        """
        factors = self._proj.get_factors(lon_deg, lat_deg)
        turn = np.deg2rad(np.asarray(factors.meridian_convergence, dtype=np.float64))
        return turn if turn.ndim else float(turn)


def plane_for(lon_deg: Floats, lat_deg: Floats) -> Plane:
    """Fit a plane to a line [deg], with parallels a sixth in from its ends.

    A cone needs parallels that do not mirror each other in the equator: for a line that
    straddles it evenly the northern one is moved a little, at no cost in scale.
    """
    south, north = float(lat_deg.min()), float(lat_deg.max())
    inset = (north - south) / 6
    south_deg, north_deg = round(south + inset, 3), round(north - inset, 3)
    if abs(south_deg + north_deg) < EQUATOR_DEG:
        north_deg = round(north_deg + 2 * EQUATOR_DEG, 3)
    return Plane(
        lon0_deg=round(float(lon_deg.min() + lon_deg.max()) / 2, 3),
        lat0_deg=round((south + north) / 2, 3),
        south_deg=south_deg,
        north_deg=north_deg,
    )
