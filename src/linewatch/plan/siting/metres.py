"""Distances on a terrain of any system: its coordinates in metres, and back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from pyproj import Transformer

from linewatch.errors import BadFile, BadLines
from linewatch.measure.plane import Plane, plane_for
from linewatch.plan.siting.cover import Floats
from linewatch.plan.siting.files import FIRST_LINE, degrees_of, numbers_of
from linewatch.sight.raster import MapTerrain

HALF_TURN_DEG: Final = 180.0

APART_M: Final = 30.0
"""How far a place told twice, as x and y and in degrees, may lie from itself [m]: two
datums of one coordinate system differ by less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metres:
    """A plane in metres under a terrain's own coordinates.

    Parameters
    ----------
    unit_m : float
        Metres in the unit of a projected terrain.
    plane : Plane or None
        Plane under a geographic one, whose coordinates are degrees.
    """

    unit_m: float = 1.0
    plane: Plane | None = None

    @classmethod
    def of(cls, terrain: MapTerrain) -> "Metres":
        """Return the plane of a terrain."""
        if not terrain.crs.is_geographic:
            return cls(unit_m=terrain.unit_m)
        rows, columns = terrain.shape
        at = terrain.transform
        lon = np.linspace(at.c, at.c + columns * at.a, 3)
        lat = np.linspace(at.f + rows * at.e, at.f, 3)
        return cls(plane=plane_for(lon, lat))

    def onto(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return places of the terrain's coordinates in metres."""
        if self.plane is None:
            return x * self.unit_m, y * self.unit_m
        return self.plane.to_plane(x, y)

    def back(self, x_m: Floats, y_m: Floats) -> tuple[Floats, Floats]:
        """Return places in metres [m] in the terrain's coordinates."""
        if self.plane is None:
            return x_m / self.unit_m, y_m / self.unit_m
        return self.plane.to_geo(x_m, y_m)


def places_on(
    terrain: MapTerrain | None, path: Path, rows: pa.Table
) -> tuple[Floats, Floats]:
    """Return the places of a table in a terrain's own coordinates.

    They are its ``x,y``; where it has none, its ``lon_deg,lat_deg`` (WGS 84).

    Raises
    ------
    BadFile
        If it has neither, or degrees alone and there is no terrain.
    BadLines
        If a place is no place, or told twice and not the same.
    """
    held = degrees_of(path, rows)
    if held is None or terrain is None:
        for name in ("x", "y"):
            if name not in rows.column_names:
                raise BadFile(path, f"lacks the column {name!r}")
        return _flat(path, rows)
    turn = Transformer.from_crs("OGC:CRS84", terrain.crs.to_wkt(), always_xy=True)
    east, north = (np.asarray(axis) for axis in turn.transform(*held))
    edge = terrain.transform.c + terrain.shape[1] * terrain.transform.a
    if terrain.crs.is_geographic and edge > HALF_TURN_DEG:
        # A map that goes on past the date line counts on, too.
        east = np.where(east < terrain.transform.c, east + 2 * HALF_TURN_DEG, east)
    if {"x", "y"}.isdisjoint(rows.column_names):
        bad = np.flatnonzero(~(np.isfinite(east) & np.isfinite(north)))
        if bad.size:
            told = "lon_deg and lat_deg have no place on the terrain's map"
            raise BadLines(path, [(int(n) + FIRST_LINE, told) for n in bad])
        return east, north
    x, y = _flat(path, rows)
    metres = Metres.of(terrain)
    (one_x, one_y), (two_x, two_y) = metres.onto(x, y), metres.onto(east, north)
    apart_m = np.hypot(one_x - two_x, one_y - two_y)
    bad = np.flatnonzero(~(apart_m <= APART_M))
    if bad.size:
        rule = "lon_deg and lat_deg lie elsewhere than x and y, by"
        told_m = [(int(n) + FIRST_LINE, f"{rule} {apart_m[n]:,.0f} m") for n in bad]
        raise BadLines(path, told_m)
    return x, y


def _flat(path: Path, rows: pa.Table) -> tuple[Floats, Floats]:
    """Return the ``x`` and ``y`` of a table."""
    x, y = (
        numbers_of(path, rows, name, most=np.inf, least=-np.inf) for name in ("x", "y")
    )
    return x, y


def geographic(terrain: MapTerrain, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return longitudes and latitudes [deg, WGS 84] of a terrain's coordinates."""
    turn = Transformer.from_crs(terrain.crs.to_wkt(), "OGC:CRS84", always_xy=True)
    lon, lat = turn.transform(x, y)
    east = np.asarray(lon)
    past = np.mod(east + HALF_TURN_DEG, 2 * HALF_TURN_DEG) - HALF_TURN_DEG
    return np.where(np.abs(east) > HALF_TURN_DEG, past, east), np.asarray(lat)
