"""Polygons of zones: areas on the plane, read from GeoJSON (RFC 7946)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from linewatch.area.line import Line
from linewatch.errors import BadFile, InputError

REACH_M: Final = 5_000.0
"""How far from the line a zone still lies at a place of it [m]."""

STEP_M: Final = 100.0
"""Longest step between two cuts across the line [m]: a National Defense Area may be
60 ft deep, and is miles long."""

ALLOWED: Final = "must hold a GeoJSON Polygon or MultiPolygon of longitudes, latitudes"


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """An area of ground beside or across a line.

    Parameters
    ----------
    line : Line
        The line, whose plane the polygon is on.
    polygon : shapely geometry
        The area on that plane [m].
    """

    line: Line
    polygon: BaseGeometry

    def along(self, from_m: float, to_m: float) -> tuple[bool, ...]:
        """Tell, cut by cut across a stretch [m], whether the area lies at the line.

        Cuts reach `REACH_M` to both sides, at both ends and at most `STEP_M` apart.
        """
        count = 1 + int(np.ceil((to_m - from_m) / STEP_M)) if to_m > from_m else 1
        at_m = np.linspace(from_m, max(from_m, to_m), count)
        ends = [self.line.place_xy(at_m, side) for side in (-REACH_M, REACH_M)]
        cuts = shapely.linestrings(np.stack([np.stack(e, axis=-1) for e in ends], 1))
        return tuple(
            bool(met) for met in np.atleast_1d(shapely.intersects(self.polygon, cuts))
        )

    def holds(self, chainage_m: float, offset_m: float) -> bool:
        """Tell whether a place, by chainage and offset [m], lies inside."""
        x_m, y_m = self.line.place_xy(chainage_m, offset_m)
        return bool(shapely.intersects_xy(self.polygon, float(x_m), float(y_m)))


def read_shape(path: Path, line: Line) -> Shape:
    """Read the polygons of a GeoJSON file as one area on the line's plane.

    Raises
    ------
    BadFile
        If the file cannot be read, holds no polygon, or one that crosses itself.
    """
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
        parts = [shape(part) for part in _polygons(tree)]
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except InputError:
        raise
    except (ValueError, TypeError, KeyError, RecursionError, IndexError) as error:
        raise BadFile(path, f"{ALLOWED}: {error}") from error
    except shapely.errors.ShapelyError as error:
        raise BadFile(path, f"{ALLOWED}: {error}") from error
    if not parts:
        raise BadFile(path, ALLOWED)
    ground = shapely.union_all(parts) if len(parts) > 1 else parts[0]
    west, south, east, north = ground.bounds
    if not (-180 <= west <= east <= 180 and -85 < south <= north < 85):
        raise BadFile(
            path, f"{ALLOWED}: it reaches {west:g},{south:g},{east:g},{north:g}"
        )
    if not ground.is_valid:
        raise BadFile(path, shapely.is_valid_reason(ground))

    def to_plane(points: np.ndarray) -> np.ndarray:
        x_m, y_m = line.plane.to_plane(points[:, 0], points[:, 1])
        return np.column_stack([x_m, y_m])

    # Straight on the ground between two positions: fine where they are close together.
    return Shape(line, shapely.transform(ground, to_plane))


def _polygons(tree: object) -> Iterator[dict[str, Any]]:
    """Yield the polygons of a GeoJSON object."""
    if not isinstance(tree, dict):
        raise TypeError("it is no GeoJSON object")
    kind = tree.get("type")
    if kind in {"Polygon", "MultiPolygon"}:
        yield tree
    elif kind == "Feature":
        yield from _polygons(tree["geometry"])
    elif kind in {"FeatureCollection", "GeometryCollection"}:
        for part in tree["features" if kind == "FeatureCollection" else "geometries"]:
            yield from _polygons(part)
    else:
        raise ValueError(f"it holds a {kind}")
