"""Line: what is watched, and the chainage that everything along it is indexed by."""

from dataclasses import dataclass, field
from typing import Final, cast, overload

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from linewatch.area._kernels import along_line
from linewatch.errors import BadValue, OutsideArea
from linewatch.measure.plane import Plane, plane_for

Floats = NDArray[np.float64]

EARTH: Final = Geod(ellps="WGS84")
"""The ellipsoid that lengths are measured on, by Karney's method.

C. F. F. Karney, Algorithms for geodesics, J. Geodesy 87, 43-55 (2013),
doi:10.1007/s00190-012-0578-z. Computed by PROJ.
"""

PIECE_M: Final = 1_000.0
"""Longest piece of a line that is straight on the plane [m].

A geodesic of this length bows under 0.02 m away from its chord on a conformal plane at
the latitudes where people live, so a chainage stays good to far below 1 m.
"""

LEAF: Final = 8
"""Pieces in one leaf of the search tree: of 2, 4, 8, 16 and 32 the fastest measured."""

SLACK_M: Final = 1e-3
"""A chainage may pass an end of the line by this rounding [m]."""


@dataclass(frozen=True, slots=True, eq=False)
class _Track:
    """The line in pieces on the plane, with the tree that finds the nearest one."""

    x_m: Floats
    y_m: Floats
    chainage_m: Floats
    boxes_m: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Line:
    """A line on the ground; between its points it runs along geodesics.

    Chainage [m] is the geodesic length from the first point. The offset [m] of a place
    is its distance from the line, positive on the left of somebody who walks along
    growing chainage. On the U.S.-Mexico border, which starts at the Pacific, left is
    north.

    Parameters
    ----------
    lon_deg, lat_deg : ndarray of float64, shape (n,)
        Points [deg], WGS 84, in the order of growing chainage.
    name, source : str
        What it is, and where it comes from, with the credit its licence asks for.

    Attributes
    ----------
    chainage_m : ndarray of float64, shape (n,)
        Chainage of each point [m].
    plane : Plane
        Plane fitted to the line; `chainage_xy` and `place_xy` work on it.

    Raises
    ------
    BadValue
        If there are fewer than two different points, a point is not finite or off the
        ellipsoid, or two neighbours are more than half a turn apart in longitude.
    """

    lon_deg: Floats
    lat_deg: Floats
    name: str
    source: str
    chainage_m: Floats = field(init=False, repr=False)
    plane: Plane = field(init=False, repr=False)
    _track: _Track = field(init=False, repr=False)

    def __post_init__(self) -> None:
        lon, lat = _checked(self.lon_deg, self.lat_deg)
        azimuth_deg, _, step_m = EARTH.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
        chainage = np.concatenate([[0.0], np.cumsum(step_m)])
        plane = plane_for(lon, lat)
        steps = _Steps(lon, lat, np.asarray(azimuth_deg), np.asarray(step_m), chainage)
        for name, value in (
            ("lon_deg", lon),
            ("lat_deg", lat),
            ("chainage_m", chainage),
            ("plane", plane),
            ("_track", _track(steps, plane)),
        ):
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
            object.__setattr__(self, name, value)

    @property
    def length_m(self) -> float:
        """Geodesic length [m]."""
        return float(self.chainage_m[-1])

    @overload
    def place(
        self, chainage_m: float, offset_m: float = 0.0
    ) -> tuple[float, float]: ...
    @overload
    def place(
        self, chainage_m: ArrayLike, offset_m: ArrayLike = 0.0
    ) -> tuple[Floats, Floats]: ...
    def place(
        self, chainage_m: ArrayLike, offset_m: ArrayLike = 0.0
    ) -> tuple[float, float] | tuple[Floats, Floats]:
        """Return longitude and latitude [deg] of places along the line [m].

        Raises
        ------
        OutsideArea
            If a chainage lies off the line.
        """
        lon, lat = self.plane.to_geo(*self.place_xy(chainage_m, offset_m))
        return (lon, lat) if lon.ndim else (float(lon), float(lat))

    @overload
    def chainage(self, lon_deg: float, lat_deg: float) -> tuple[float, float]: ...
    @overload
    def chainage(
        self, lon_deg: ArrayLike, lat_deg: ArrayLike
    ) -> tuple[Floats, Floats]: ...
    def chainage(
        self, lon_deg: ArrayLike, lat_deg: ArrayLike
    ) -> tuple[float, float] | tuple[Floats, Floats]:
        """Return chainage and offset [m] of places [deg], of the nearest point each.

        A place beyond an end has the chainage of that end.

        Raises
        ------
        BadValue
            If a place is not finite.
        """
        chainage, offset = self.chainage_xy(*self.plane.to_plane(lon_deg, lat_deg))
        return (chainage, offset) if chainage.ndim else (float(chainage), float(offset))

    def place_xy(
        self, chainage_m: ArrayLike, offset_m: ArrayLike = 0.0
    ) -> tuple[Floats, Floats]:
        """Return places on the plane [m] at chainages and offsets [m].

        Raises
        ------
        OutsideArea
            If a chainage lies off the line.
        BadValue
            If an offset is not finite.
        """
        along, aside = np.broadcast_arrays(
            np.asarray(chainage_m, float), np.asarray(offset_m, float)
        )
        on_line = (along >= -SLACK_M) & (along <= self.length_m + SLACK_M)
        if not on_line.all():
            worst = float(along[~on_line].flat[0])
            bounds = f"the line, which runs from 0 to {self.length_m:.1f} m"
            raise OutsideArea(f"chainage {worst:.1f} m", bounds)
        if not np.isfinite(aside).all():
            raise BadValue("offset_m", "finite", "NaN or infinite")
        track = self._track
        last = track.chainage_m.size - 2
        piece = np.searchsorted(track.chainage_m, along, side="right") - 1
        piece = np.clip(piece, 0, last)
        start_m, stop_m = track.chainage_m[piece], track.chainage_m[piece + 1]
        dx = track.x_m[piece + 1] - track.x_m[piece]
        dy = track.y_m[piece + 1] - track.y_m[piece]
        part = np.clip((along - start_m) / (stop_m - start_m), 0.0, 1.0)
        # Offset metres on the ground become plane metres at the piece's own stretch;
        # (dx, dy) over the ground length is the unit vector times that stretch.
        left = aside / (stop_m - start_m)
        x = track.x_m[piece] + part * dx - left * dy
        y = track.y_m[piece] + part * dy + left * dx
        return np.asarray(x), np.asarray(y)

    def chainage_xy(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """Return chainages and offsets [m] of places on the plane [m].

        Raises
        ------
        BadValue
            If a place is not finite.
        """
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise BadValue("place", "finite", "NaN, infinite or off the plane")
        track = self._track
        along, aside = along_line(
            _flat(x),
            _flat(y),
            track.x_m,
            track.y_m,
            track.chainage_m,
            track.boxes_m,
            LEAF,
        )
        return along.reshape(x.shape), aside.reshape(x.shape)

    def stretch(self, *, from_m: float, to_m: float) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes [deg] of the line between two chainages [m].

        Raises
        ------
        OutsideArea
            If a chainage lies off the line.
        """
        lon, lat = self.place(np.array([from_m, to_m]))
        inside = (self.chainage_m > from_m) & (self.chainage_m < to_m)
        return (
            np.concatenate([lon[:1], self.lon_deg[inside], lon[1:]]),
            np.concatenate([lat[:1], self.lat_deg[inside], lat[1:]]),
        )

    def simplified(self, tolerance_m: float) -> tuple[Floats, Floats]:
        """Return longitudes and latitudes [deg] of the fewer points that a map needs.

        Points are left out (Douglas and Peucker) that lie within `tolerance_m` of the
        line drawn without them. For drawing: lengths of it are too short.
        """
        return simplified(self.plane, self.lon_deg, self.lat_deg, tolerance_m)


def simplified(
    plane: Plane, lon_deg: Floats, lat_deg: Floats, tolerance_m: float
) -> tuple[Floats, Floats]:
    """Leave out points [deg] within `tolerance_m` of the line drawn without them.

    D. H. Douglas and T. K. Peucker, Cartographica 10, 112-122 (1973),
    doi:10.3138/FM57-6770-U75U-7727. Computed by GEOS.

    Raises
    ------
    BadValue
        If the tolerance is not 0 or above.
    """
    if not tolerance_m >= 0:
        raise BadValue("tolerance_m", "0 or above", tolerance_m)
    x, y = plane.to_plane(lon_deg, lat_deg)
    drawn = shapely.LineString(np.column_stack([x, y]))
    fewer = shapely.simplify(drawn, tolerance_m, preserve_topology=False)
    kept = shapely.get_coordinates(fewer)
    at = {(px, py): k for k, (px, py) in enumerate(zip(x, y, strict=True))}
    index = np.array([at[px, py] for px, py in kept])
    return lon_deg[index], lat_deg[index]


@dataclass(frozen=True, slots=True)
class _Steps:
    """Points of a line and the geodesic from each to the next."""

    lon_deg: Floats
    lat_deg: Floats
    azimuth_deg: Floats
    step_m: Floats
    chainage_m: Floats


def _flat(values: Floats) -> Floats:
    """Return values as the one layout that the kernel was compiled for."""
    flat = np.ascontiguousarray(values, dtype=np.float64).reshape(-1)
    return flat if flat.flags.writeable else flat.copy()


def _checked(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats]:
    """Check the points of a line [deg] and leave out repeated ones."""
    lon, lat = np.array(lon_deg, float), np.array(lat_deg, float)
    if lon.ndim != 1 or lon.shape != lat.shape:
        raise BadValue("points", "two lists of one length", (lon.shape, lat.shape))
    if not (np.all(np.abs(lon) <= 180) and np.all(np.abs(lat) < 85)):
        rule = "longitude in -180 to 180 and latitude in -85 to 85 degrees"
        raise BadValue("every point", rule, "NaN or outside")
    if lon.size and np.any(np.abs(np.diff(lon)) > 180):
        raise BadValue("the line", "on one side of the 180th meridian", "across it")
    fresh = np.ones(lon.size, dtype=bool)
    fresh[1:] = (np.diff(lon) != 0) | (np.diff(lat) != 0)
    if np.count_nonzero(fresh) < 2:
        raise BadValue("the line", "of two different points or more", lon.size)
    return lon[fresh], lat[fresh]


def _track(steps: _Steps, plane: Plane) -> _Track:
    """Cut geodesics into pieces short enough to be straight on the plane."""
    parts = np.maximum(np.ceil(steps.step_m / PIECE_M), 1).astype(int)
    of_step = np.repeat(np.arange(parts.size), parts)
    within = np.arange(of_step.size) - np.repeat(np.cumsum(parts) - parts, parts)
    gone_m = within / parts[of_step] * steps.step_m[of_step]
    lon, lat, _ = EARTH.fwd(
        steps.lon_deg[of_step],
        steps.lat_deg[of_step],
        steps.azimuth_deg[of_step],
        gone_m,
    )
    first = within == 0  # a given point stays as given, to the bit
    lon = np.where(first, steps.lon_deg[of_step], lon)
    lat = np.where(first, steps.lat_deg[of_step], lat)
    x, y = plane.to_plane(
        np.append(lon, steps.lon_deg[-1]), np.append(lat, steps.lat_deg[-1])
    )
    chainage = np.append(steps.chainage_m[of_step] + gone_m, steps.chainage_m[-1])
    apart = (np.diff(x) != 0) | (np.diff(y) != 0)
    distinct = np.append(True, (np.diff(chainage) > 0) & apart)
    x, y, chainage = x[distinct], y[distinct], chainage[distinct]
    return _Track(x, y, chainage, _boxes(x, y))


def _boxes(x_m: Floats, y_m: Floats) -> Floats:
    """Build the tree of boxes over pieces, bottom up, in heap order."""
    pieces = x_m.size - 1
    filled = -(-pieces // LEAF)
    leaves = 1 << max(filled - 1, 0).bit_length()
    boxes = np.empty((2 * leaves, 4))
    boxes[:, :2], boxes[:, 2:] = np.inf, -np.inf
    starts = np.arange(0, pieces, LEAF)
    at = slice(leaves, leaves + filled)
    for column, values in ((0, x_m), (1, y_m)):
        low = np.minimum(values[:-1], values[1:])
        high = np.maximum(values[:-1], values[1:])
        boxes[at, column] = np.minimum.reduceat(low, starts)
        boxes[at, column + 2] = np.maximum.reduceat(high, starts)
    level = leaves
    while level > 1:
        pairs = boxes[level : 2 * level].reshape(level // 2, 2, 4)
        level //= 2
        boxes[level : 2 * level, :2] = pairs[:, :, :2].min(axis=1)
        boxes[level : 2 * level, 2:] = pairs[:, :, 2:].max(axis=1)
    return cast("Floats", boxes)
