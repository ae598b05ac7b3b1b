"""The U.S.-Mexico border, derived once from OpenStreetMap's time zones and kept."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from linewatch.area.line import Line
from linewatch.errors import BadFile
from linewatch.scenario.whole import write_whole

Floats = NDArray[np.float64]

NAME: Final = "U.S.-Mexico border"

ZONES: Final = (
    "America/Tijuana",
    "America/Hermosillo",
    "America/Ciudad_Juarez",
    "America/Ojinaga",
    "America/Matamoros",
    "America/Chihuahua",
    "America/Monterrey",
    "America/Mexico_City",
)
"""Mexico's time zones on or near its northern border; their outer edge there is it."""

PACIFIC: Final = (-117.1225, 32.5344)
GULF: Final = (-97.1456, 25.9578)
"""Where the border meets the sea, longitude and latitude [deg], to some 100 m: it picks
the zones' edge point nearest to it."""

LIKELY_KM: Final = (3_100.0, 3_250.0)
"""Length that the derived border must have [km]; the survey of 2010 has 3,181.6 km."""


def border_line(cache: Path | None = None) -> Line:
    """Return the border, from the cache when it is there and whole.

    Parameters
    ----------
    cache : Path, optional
        Folder to keep it in; else `cache_folder`. A folder that cannot be written is
        no error: the border is then derived again the next time.

    Raises
    ------
    BadFile
        If the installed zones do not give a line of the border's length.
    """
    release = version("timezonefinder-data")
    kept = (cache or cache_folder()) / f"us-mexico-border-{release}.points"
    points = _read(kept)
    if points is None:
        points = derive_border()
        with suppress(OSError, BadFile):
            _write(kept, points)
    line = Line(
        lon_deg=points[:, 0],
        lat_deg=points[:, 1],
        name=NAME,
        source=(
            "(c) OpenStreetMap contributors, ODbL 1.0, through "
            f"timezone-boundary-builder (timezonefinder-data {release})"
        ),
    )
    low, high = LIKELY_KM
    if not low < line.length_m / 1000 < high:
        why = (
            f"timezonefinder-data {release} gives a border of "
            f"{line.length_m / 1000:.1f} km; it must be {low:.0f} to {high:.0f} km"
        )
        raise BadFile(kept, why)
    return line


def cache_folder() -> Path:
    """Return the user's cache folder for Linewatch, by the XDG rule.

    ``XDG_CACHE_HOME`` is read when this is called, never at import.
    """
    home = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(home) if home else Path.home() / ".cache") / "linewatch"


def derive_border() -> Floats:
    """Derive the border's points [deg], shape (n, 2), from the Pacific to the Gulf.

    The border is the part of the outer edge of Mexico's joined time zones that runs
    from sea to sea with fewer points south of it: the northern way round.
    """
    shapes = [shapely.make_valid(shapely.Polygon(ring)) for ring in _rings()]
    country = shapely.union_all(shapes)
    parts = shapely.get_parts(country)
    widest = parts[np.argmax(shapely.area(parts))]
    edge = shapely.get_coordinates(widest.exterior)[:-1]
    west, east = (_nearest(edge, place) for place in (PACIFIC, GULF))
    count = len(edge)
    onward = edge[np.arange(west, west + (east - west) % count + 1) % count]
    back = edge[np.arange(east, east + (west - east) % count + 1) % count][::-1]
    # The southern way round runs down to 14 degrees north, the border never below 25.
    return onward if onward[:, 1].min() > back[:, 1].min() else back


def _rings() -> Iterator[Floats]:
    """Yield the outer ring of every polygon of the zones [deg]."""
    # Imported late: opening the zones takes 2 s, and only the first run needs them.
    from timezonefinder import TimezoneFinder  # noqa: PLC0415

    finder = TimezoneFinder(in_memory=True)
    for zone in ZONES:
        for polygon in finder.get_geometry(tz_name=zone, coords_as_pairs=True):
            yield np.asarray(polygon[0], dtype=np.float64)


def _nearest(edge: Floats, place: tuple[float, float]) -> int:
    """Return the index of the edge's point nearest to a place [deg]."""
    return int(np.argmin(((edge - np.array(place)) ** 2).sum(axis=1)))


def _read(path: Path) -> Floats | None:
    """Read points from the cache, or None when they are not there or not whole."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    body, digest = raw[:-32], raw[-32:]
    if len(body) < 32 or len(body) % 16 or hashlib.sha256(body).digest() != digest:
        return None
    return np.frombuffer(body, dtype="<f8").reshape(-1, 2).astype(np.float64)


def _write(path: Path, points: Floats) -> None:
    """Write points so that a reader finds all of them or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = np.ascontiguousarray(points, dtype="<f8").tobytes()
    write_whole(path, body + hashlib.sha256(body).digest())
