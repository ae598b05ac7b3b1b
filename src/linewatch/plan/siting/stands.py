"""Candidates of the user's own ground: ridges, roads, towers that are there, lists."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.windows import Window
from scipy.ndimage import maximum_filter
from shapely import LineString, MultiLineString
from shapely import distance as apart
from shapely import points as shapely_points

from linewatch.errors import BadFile, BadValue
from linewatch.plan.siting._kernels_table import prominences
from linewatch.plan.siting.cover import Floats
from linewatch.plan.siting.files import names_of, read_columns
from linewatch.plan.siting.metres import Metres, places_on
from linewatch.sight.raster import MapTerrain

LIST_COLUMNS: Final = {
    "site": True, "x": False, "y": False, "above_m": False, "reach_m": False,
    "lon_deg": False, "lat_deg": False,
    "cost": False, "kind": False, "place": False, "origin": False,
}  # fmt: skip

MOST_CELLS: Final = 60_000_000
"""Cells of ground that prominence is worked out on at once: 1.7 GB of memory."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Stands:
    """Places where a sensor could stand, in the terrain's own coordinates.

    Parameters
    ----------
    name, origin : tuple of str
        Name of each, and where it comes from: ``ridge``, ``road`` or a file's name.
    x, y : ndarray of float64
        Where they are.
    """

    name: tuple[str, ...]
    origin: tuple[str, ...]
    x: Floats
    y: Floats

    def kept(self, keep: NDArray[np.bool_]) -> "Stands":
        """Return some of them."""
        at = np.flatnonzero(keep).tolist()
        return Stands(
            name=tuple(self.name[i] for i in at),
            origin=tuple(self.origin[i] for i in at),
            x=self.x[at],
            y=self.y[at],
        )


def joined(parts: Sequence[Stands]) -> Stands:
    """Return the places of several sources, those of equal name or place once."""
    names: dict[str, None] = {}
    seen: set[tuple[float, float]] = set()
    keep = []
    for part in parts:
        for name, x, y in zip(part.name, part.x.tolist(), part.y.tolist(), strict=True):
            new = name not in names and (x, y) not in seen
            names[name] = None
            seen.add((x, y))
            keep.append(new)
    whole = Stands(
        name=tuple(name for part in parts for name in part.name),
        origin=tuple(word for part in parts for word in part.origin),
        x=np.concatenate([np.empty(0), *(part.x for part in parts)]),
        y=np.concatenate([np.empty(0), *(part.y for part in parts)]),
    )
    return whole.kept(np.array(keep, bool))


def ridges(
    terrain: MapTerrain, count: int, *, apart_m: float, prominence_m: float = 0.0
) -> Stands:
    """Return summits: the highest ground around, the most prominent first.

    Parameters
    ----------
    terrain : MapTerrain
        The ground.
    count : int
        Summits at most.
    apart_m : float
        A summit is the highest ground within this distance [m].
    prominence_m : float, default 0
        Least height above the pass to higher ground [m].

    Raises
    ------
    BadValue
        If a number is out of its range, or the terrain is too large for it.
    """
    if count < 1:
        raise BadValue("the number of ridges", "1 or more", count)
    if not 0 < apart_m < math.inf or not 0 <= prominence_m < math.inf:
        rule = "a distance above 0 and a height of 0 or more"
        raise BadValue("ridges", rule, (apart_m, prominence_m))
    rows, cols = terrain.shape
    if rows * cols > MOST_CELLS:
        raise BadValue("a terrain for ridges", f"of {MOST_CELLS:,} cells", rows * cols)
    height_m = terrain.heights(Window(0, 0, cols, rows))
    ground = np.where(np.isnan(height_m), -np.inf, height_m)
    step_x_m, step_y_m = terrain.steps_m(rows // 2)
    wide = (2 * int(apart_m / step_y_m) + 1, 2 * int(apart_m / step_x_m) + 1)
    top = np.isfinite(ground) & (ground >= maximum_filter(ground, wide))
    order = np.argsort(-ground.reshape(-1), kind="stable")
    order = order[: int(np.isfinite(ground).sum())]
    stands_out = prominences(np.ascontiguousarray(ground, np.float32), order)
    at = np.flatnonzero(top & (stands_out > 0) & (stands_out >= prominence_m))
    best = at[np.argsort(-stands_out.reshape(-1)[at], kind="stable")[:count]]
    x, y = centres(terrain, best // cols, best % cols)
    return Stands(
        name=tuple(f"ridge-{n + 1}" for n in range(len(best))),
        origin=("ridge",) * len(best),
        x=x,
        y=y,
    )


def centres(
    terrain: MapTerrain, row: NDArray[np.int64], col: NDArray[np.int64]
) -> tuple[Floats, Floats]:
    """Return the middles of cells in the terrain's coordinates."""
    shift = terrain.transform
    return shift.c + (col + 0.5) * shift.a, shift.f + (row + 0.5) * shift.e


def read_lines(path: Path, terrain: MapTerrain) -> MultiLineString:
    """Read lines of a GeoJSON file (longitude and latitude) in metres under a terrain.

    See `Metres`; where the terrain's unit is the metre, these are its coordinates.

    Raises
    ------
    BadFile
        If it holds no line.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        pieces = [np.asarray(line, float)[:, :2] for line in _lines(told)]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise BadFile(path, f"is not GeoJSON: {error}") from error
    pieces = [piece for piece in pieces if len(piece) > 1]
    if not pieces:
        raise BadFile(path, "holds no line")
    turn = Transformer.from_crs("OGC:CRS84", terrain.crs.to_wkt(), always_xy=True)
    metres = Metres.of(terrain)
    flat = [
        np.stack(metres.onto(*turn.transform(p[:, 0], p[:, 1])), axis=1) for p in pieces
    ]
    if not all(np.isfinite(piece).all() for piece in flat):
        raise BadFile(path, "must hold longitude -180 to 180, then latitude -90 to 90")
    return MultiLineString([LineString(piece) for piece in flat])


def _lines(told: dict[str, Any]) -> list[list[Any]]:
    """Return the coordinates of all lines of a GeoJSON object."""
    kind = told["type"]
    if kind == "FeatureCollection":
        return [line for one in told["features"] for line in _lines(one)]
    if kind == "Feature":
        return _lines(told["geometry"]) if told["geometry"] else []
    if kind == "GeometryCollection":
        return [line for one in told["geometries"] for line in _lines(one)]
    if kind == "LineString":
        return [told["coordinates"]]
    return list(told["coordinates"]) if kind == "MultiLineString" else []


def along(terrain: MapTerrain, lines: MultiLineString, every_m: float) -> Stands:
    """Return places along lines [m], one each `every_m`.

    Raises
    ------
    BadValue
        If `every_m` is not above 0.
    """
    if not 0 < every_m < math.inf:
        raise BadValue("the distance along roads", "above 0", every_m)
    x, y = [], []
    for line in lines.geoms:
        steps = max(1, round(line.length / every_m))
        for n in range(steps + 1):
            place = line.interpolate(n / steps, normalized=True)
            x.append(place.x)
            y.append(place.y)
    there_x, there_y = Metres.of(terrain).back(np.array(x), np.array(y))
    return Stands(
        name=tuple(f"road-{n + 1}" for n in range(len(x))),
        origin=("road",) * len(x),
        x=there_x,
        y=there_y,
    )


def read_stands(path: Path, terrain: MapTerrain | None = None) -> Stands:
    """Read places that are there or wanted: ``site,x,y``.

    With a terrain, ``lon_deg,lat_deg`` may stand for ``x,y``: see `places_on`.

    Raises
    ------
    BadFile, BadLines
        If it is no such file, or rows break their rules.
    """
    rows = read_columns(path, LIST_COLUMNS)
    names = names_of(path, rows, "site").to_pylist()
    x, y = places_on(terrain, path, rows)
    return Stands(name=tuple(names), origin=(path.stem,) * len(names), x=x, y=y)


def within(
    terrain: MapTerrain, stands: Stands, lines: MultiLineString, distance_m: float
) -> Stands:
    """Return the places at most a distance [m] from lines [m]."""
    far = apart(shapely_points(*Metres.of(terrain).onto(stands.x, stands.y)), lines)
    return stands.kept(np.atleast_1d(far <= distance_m))


def on_ground(terrain: MapTerrain, stands: Stands) -> Stands:
    """Return the places where the terrain has data."""
    rows, cols = terrain.shape
    shift = terrain.transform
    row = np.floor((stands.y - shift.f) / shift.e)
    col = np.floor((stands.x - shift.c) / shift.a)
    keep = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    for n in np.flatnonzero(keep).tolist():
        one = terrain.heights(Window(int(col[n]), int(row[n]), 1, 1))
        keep[n] = bool(np.isfinite(one[0, 0]))
    return stands.kept(keep)
