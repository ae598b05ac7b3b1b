"""Distances on a terrain of any system: its coordinates in metres, and back."""

from dataclasses import dataclass

import numpy as np

from linewatch.measure.plane import Plane, plane_for
from linewatch.plan.siting.cover import Floats
from linewatch.sight.raster import MapTerrain


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
            return cls(unit_m=float(terrain.crs.linear_units_factor[1]))
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
