"""Reading a line from GeoJSON (RFC 7946)."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area.line import Line
from linewatch.errors import BadFile, BadValue

ALLOWED: Final = (
    "must be one GeoJSON LineString of [longitude, latitude] positions, "
    "or a Feature or FeatureCollection with just one"
)


def read_line(path: Path, *, name: str = "") -> Line:
    """Read the one line in a GeoJSON file.

    Chainage grows in the order of the file's positions. Heights are left out.

    Parameters
    ----------
    path : Path
        A LineString, or a Feature, FeatureCollection or GeometryCollection with one.
    name : str, optional
        Name of the line; else the feature's ``name``, else the file's.

    Raises
    ------
    BadFile
        If the file cannot be read, is no JSON, or holds no line or several.
    """
    try:
        tree = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(path, f"is not JSON ({error}); it {ALLOWED}") from error
    lines = list(_lines(path, tree, {}))
    if len(lines) != 1:
        raise BadFile(path, f"holds {len(lines)} lines; it {ALLOWED}")
    positions, properties = lines[0]
    points = _points(path, positions)
    told = properties.get("name")
    try:
        return Line(
            lon_deg=points[:, 0],
            lat_deg=points[:, 1],
            name=name or (told if isinstance(told, str) else path.stem),
            source=_credit(properties, path),
        )
    except BadValue as error:
        raise BadFile(path, str(error)) from error


def _lines(
    path: Path, tree: object, properties: dict[str, object]
) -> Iterator[tuple[object, dict[str, object]]]:
    """Yield the positions of each line in a GeoJSON object, with its properties."""
    kind = tree.get("type") if isinstance(tree, dict) else None
    if not isinstance(tree, dict) or not isinstance(kind, str):
        raise BadFile(path, f"is no GeoJSON object with a type; it {ALLOWED}")
    if kind == "LineString":
        yield tree.get("coordinates"), properties
    elif kind == "Feature" and tree.get("geometry") is not None:
        own = tree.get("properties")
        yield from _lines(path, tree["geometry"], own if isinstance(own, dict) else {})
    elif kind in {"FeatureCollection", "GeometryCollection"}:
        parts = tree.get("features" if kind == "FeatureCollection" else "geometries")
        if not isinstance(parts, list):
            raise BadFile(path, f"is a {kind} without its list; it {ALLOWED}")
        for part in parts:
            yield from _lines(path, part, properties)
    elif kind == "MultiLineString":
        why = "holds a MultiLineString, whose parts have no order; it " + ALLOWED
        raise BadFile(path, why)


def _points(path: Path, positions: object) -> NDArray[np.float64]:
    """Check positions one by one, so that the first bad one is told by its number."""
    if not isinstance(positions, list) or len(positions) < 2:
        raise BadFile(path, f"has a line of fewer than 2 positions; it {ALLOWED}")
    for number, position in enumerate(positions):
        if not (
            isinstance(position, list)
            and len(position) >= 2
            and all(type(part) in {int, float} for part in position)
        ):
            why = f"position {number} is {json.dumps(position)[:60]}; it {ALLOWED}"
            raise BadFile(path, why)
        lon, lat = position[:2]
        if not (abs(lon) <= 180 and abs(lat) < 85):
            rule = "longitude -180 to 180, then latitude -85 to 85 degrees"
            why = f"position {number} is {json.dumps(position)[:60]}; it must be {rule}"
            raise BadFile(path, why)
    return np.array([position[:2] for position in positions], dtype=np.float64)


def _credit(properties: dict[str, object], path: Path) -> str:
    """Return the source and licence that a feature tells, or the file's name."""
    told = [properties.get(key) for key in ("source", "licence", "license", "credit")]
    return "; ".join(part for part in told if isinstance(part, str)) or path.name
