"""Demand as a strip: the cells of a terrain beside a line, each with a weight."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.cover import Floats
from linewatch.plan.siting.metres import Metres
from linewatch.sight.raster import MapTerrain

CHORD_M: Final = 5_000.0
"""Longest piece of an outline that counts as straight in degrees too [m]: it bends by
less than a metre, and a cell is left around it."""

BAND: Final = 256
"""Rows of the terrain that are looked at together."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Strip:
    """Cells beside a line, arrays of shape (n,).

    Parameters
    ----------
    row, column : ndarray of int64
        Cells of the terrain.
    x, y : ndarray of float64
        Their middles, in the terrain's own coordinates.
    weight : ndarray of float64
        Weight of each [-]; they add up to 1.
    """

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    x: Floats
    y: Floats
    weight: Floats

    def __len__(self) -> int:
        return len(self.row)


def strip(
    terrain: MapTerrain,
    lines: shapely.MultiLineString,
    within: float,
    *,
    every: int = 1,
    fade: float = math.inf,
) -> Strip:
    """Return the cells with ground within a distance of lines.

    Parameters
    ----------
    terrain : MapTerrain
        The ground.
    lines : MultiLineString
        In metres under the terrain, as `read_lines` returns them.
    within : float
        Farthest distance from the lines [m].
    every : int, default 1
        Take each of so many cells along and across, for a coarser strip.
    fade : float, default infinite
        Distance over which the weight falls to 1/e [m]; all weigh the same by default.

    Raises
    ------
    BadValue
        If a figure is out of its range.
    NoPlan
        If no ground lies so near.
    """
    if not 0 < within < math.inf:
        raise BadValue("within", "above 0", within)
    if every < 1:
        raise BadValue("every", "1 or more", every)
    if not fade > 0:
        raise BadValue("fade", "above 0", fade)
    at, metres = terrain.transform, Metres.of(terrain)
    shapely.prepare(lines)
    near = lines.buffer(1.01 * within)  # its rim is of chords: no place is left out
    shapely.prepare(near)
    top, left, bottom, right = _around(terrain, metres, near, every)
    found: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
    for first in range(top, bottom, BAND * every):
        last = min(first + BAND * every, bottom)
        if right <= left:
            break
        size = Window(left, first, right - left, last - first)
        ground = terrain.heights(size)[::every, ::every]
        row, column = np.nonzero(np.isfinite(ground))
        row, column = first + row * every, left + column * every
        x, y = at.c + (column + 0.5) * at.a, at.f + (row + 0.5) * at.e
        x_m, y_m = metres.onto(x, y)
        keep = np.flatnonzero(shapely.contains_xy(near, x_m, y_m))
        there = shapely.points(x_m[keep], y_m[keep])
        keep = keep[shapely.dwithin(there, lines, within)]
        found.append((row[keep], column[keep]))
    row, column = (
        (
            np.concatenate([np.empty(0, np.int64), *part])
            for part in zip(*found, strict=True)
        )
        if found
        else (np.empty(0, np.int64), np.empty(0, np.int64))
    )
    if not len(row):
        why = (
            "data there" if right > left and bottom > top else "the line on or near it"
        )
        wanted = f"ground within {within:g} m of the line"
        raise NoPlan((wanted, f"a terrain without {why}"))
    x, y = at.c + (column + 0.5) * at.a, at.f + (row + 0.5) * at.e
    weight = np.ones(len(row))
    if fade < math.inf:
        away = shapely.distance(shapely.points(*metres.onto(x, y)), lines)
        # From the nearest on: the same shares, and never all of them 0.
        weight = np.exp(-(away - away.min()) / fade)
    return Strip(row=row, column=column, x=x, y=y, weight=weight / weight.sum())


def _around(
    terrain: MapTerrain, metres: Metres, near: shapely.Geometry, every: int
) -> tuple[int, int, int, int]:
    """Return the first and last rows and columns that reach an outline [m]."""
    rows, columns = terrain.shape
    at = terrain.transform
    rim = shapely.get_coordinates(shapely.segmentize(near, CHORD_M))
    x, y = metres.back(rim[:, 0], rim[:, 1])
    left = max(math.floor((float(x.min()) - at.c) / at.a) - 1, 0) // every * every
    right = min(math.ceil((float(x.max()) - at.c) / at.a) + 1, columns)
    top = max(math.floor((float(y.max()) - at.f) / at.e) - 1, 0) // every * every
    bottom = min(math.ceil((float(y.min()) - at.f) / at.e) + 1, rows)
    return top, left, bottom, right
