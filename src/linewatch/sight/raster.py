"""Terrain files of the user's own: one raster or many tiles, read window by window."""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyproj
import rasterio
from numpy.typing import NDArray
from pyproj.exceptions import CRSError
from rasterio import Affine
from rasterio.errors import RasterioError
from rasterio.windows import Window

from linewatch.area.damage import check_length, opened_quietly, unread
from linewatch.errors import BadFile
from linewatch.scenario.whole import whole_path

DEEPEST_M: Final = -12_000.0
HIGHEST_M: Final = 32_000.0
VOID_M: Final = -9_999.0
"""Below the deepest trench or above any mountain, even in feet, and the usual mark:
such heights are voids even where the file does not say so [m]. Tiles of the Shuttle
Radar Topography Mission often do not: theirs are -32767 or -32768."""

METRES: Final = ("", "m", "metre", "metres", "meter", "meters")
FEET_M: Final = {
    "ft": 0.3048,
    "foot": 0.3048,
    "feet": 0.3048,
    "international foot": 0.3048,
    "us survey foot": 1200 / 3937,
    "us survey feet": 1200 / 3937,
    "ftus": 1200 / 3937,
    "us-ft": 1200 / 3937,
}
"""Units of heights that are converted, in metres; any other is refused."""

SEMI_MAJOR_M: Final = 6_378_137.0
ECCENTRICITY2: Final = 0.006_694_379_990_14
"""WGS 84: half the longer axis [m], and the first eccentricity squared [-]."""

BLOCK: Final = 256
"""Side of the blocks that large rasters are written in: those without an answer take no
room in the file."""

OFF_GRID: Final = 0.01
"""How far two tiles' grids may lie apart [cells] and still count as one."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Tile:
    """One file of a terrain: where it begins on the grid, and its heights' unit [m]."""

    path: Path
    file: Any
    top: int
    left: int
    unit_m: float


class MapTerrain:
    """Terrain files, read window by window.

    Parameters
    ----------
    paths : Path or sequence of Path
        Rasters that GDAL reads, with north up and a coordinate system, geographic or
        projected; several must be tiles of one grid. Where they overlap, the first
        with data counts.

    Raises
    ------
    BadFile
        If one is none, or lies on another grid than the first.

    Attributes
    ----------
    notes : list of str
        What was taken for granted or changed in reading, one sentence each.
    unit : str
        Unit of its coordinates.
    unit_m : float
        Metres in it, on a projected map.
    """

    def __init__(self, paths: Path | Sequence[Path]) -> None:
        given = [paths] if isinstance(paths, Path) else list(paths)
        self.path = given[0]
        self.notes: list[str] = []
        self.voids = 0
        files = [(path, _opened(path)) for path in given]
        first = files[0][1]
        self.crs = first.crs
        # Asked of pyproj: for a unit without a name rasterio prints complaints.
        east = pyproj.CRS.from_wkt(first.crs.to_wkt()).axis_info[0]
        self.unit, self.unit_m = east.unit_name, float(east.unit_conversion_factor)
        shift = first.transform
        places = [(path, file, _offset(path, file, first)) for path, file in files]
        top = min(row for *_, (row, _) in places)
        left = min(col for *_, (_, col) in places)
        west, north = shift.c + left * shift.a, shift.f + top * shift.e
        self.transform = Affine(shift.a, 0.0, west, 0.0, shift.e, north)
        self.shape = (
            max(row + file.height for _, file, (row, _) in places) - top,
            max(col + file.width for _, file, (_, col) in places) - left,
        )
        self.tiles = tuple(
            Tile(
                path=path,
                file=file,
                top=row - top,
                left=col - left,
                unit_m=self._unit_m(path, file),
            )
            for path, file, (row, col) in places
        )
        self._tell_height_reference()

    def close(self) -> None:
        """Close the files."""
        for tile in self.tiles:
            tile.file.close()

    def cell_of(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and column that a place lies in; None off the terrain."""
        row = math.floor((y - self.transform.f) / self.transform.e)
        col = math.floor((x - self.transform.c) / self.transform.a)
        rows, cols = self.shape
        return (row, col) if 0 <= row < rows and 0 <= col < cols else None

    @property
    def extent(self) -> str:
        """Where it lies, in words and in its own coordinates."""
        rows, columns = self.shape
        at = self.transform
        across = f"x {at.c:.9g} to {at.c + columns * at.a:.9g}"
        down = f"y {at.f + rows * at.e:.9g} to {at.f:.9g}"
        size = f"{rows} rows and {columns} columns"
        return f"the terrain of {size}, {across}, {down} ({self.unit})"

    def steps_m(self, row: int) -> tuple[float, float]:
        """Return the distances [m] between columns and between rows at a row."""
        shift = self.transform
        if not self.crs.is_geographic:
            return shift.a * self.unit_m, -shift.e * self.unit_m
        lat = math.radians(shift.f + (row + 0.5) * shift.e)
        bulge = 1 - ECCENTRICITY2 * math.sin(lat) ** 2
        meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY2) / bulge**1.5
        parallel_m = SEMI_MAJOR_M / math.sqrt(bulge) * math.cos(lat)
        return math.radians(shift.a) * parallel_m, math.radians(-shift.e) * meridian_m

    def heights(self, window: Window) -> NDArray[np.float32]:
        """Read the heights [m] of a window; NaN where there is no data."""
        top, left = round(window.row_off), round(window.col_off)
        rows, cols = round(window.height), round(window.width)
        out = np.full((rows, cols), np.nan, dtype=np.float32)
        for tile in self.tiles:
            first_y, first_x = max(tile.top, top), max(tile.left, left)
            last_y = min(tile.top + tile.file.height, top + rows)
            last_x = min(tile.left + tile.file.width, left + cols)
            if first_y >= last_y or first_x >= last_x:
                continue
            inside = Window(
                first_x - tile.left,
                first_y - tile.top,
                last_x - first_x,
                last_y - first_y,
            )
            there = out[first_y - top : last_y - top, first_x - left : last_x - left]
            np.copyto(there, self._read(tile, inside), where=np.isnan(there))
        return out

    def _read(self, tile: Tile, window: Window) -> NDArray[np.float32]:
        """Read a window of one tile in metres; voids are NaN, said so or not."""
        try:
            read = tile.file.read(1, window=window, masked=True)
        except RasterioError as error:
            raise unread(tile.path, error) from error
        heights: NDArray[np.float32] = read.astype(np.float32).filled(np.nan)
        heights = np.ascontiguousarray(heights)
        void = (heights < DEEPEST_M) | (heights == VOID_M) | (heights > HIGHEST_M)
        heights[void] = np.nan
        self.voids += int(void.sum())
        scale = tile.unit_m * float(tile.file.scales[0])
        offset = tile.unit_m * float(tile.file.offsets[0])
        return heights if (scale, offset) == (1.0, 0.0) else heights * scale + offset

    def _unit_m(self, path: Path, file: Any) -> float:
        """Return the unit of a file's heights [m], and note it unless it is metres."""
        name = (file.units[0] or "").strip().lower().replace("_", " ")
        if name in METRES[1:]:
            return 1.0
        if name in FEET_M:
            self._note(f"{path.name}: heights in {name} are converted to metres")
            return FEET_M[name]
        if name:
            why = f"has heights in {name!r}: only metres and feet are understood"
            raise BadFile(path, why)
        for axis in pyproj.CRS.from_wkt(file.crs.to_wkt()).axis_info:
            if axis.direction == "up" and axis.unit_conversion_factor != 1.0:
                told = f"heights in {axis.unit_name} are converted to metres"
                self._note(f"{path.name}: {told}")
                return float(axis.unit_conversion_factor)
        return 1.0

    def _tell_height_reference(self) -> None:
        """Note what heights are counted from; they are used as they are."""
        parts = pyproj.CRS.from_wkt(self.crs.to_wkt()).sub_crs_list
        names = [part.name for part in parts if part.is_vertical]
        above = names[0] if names else "a level that the file does not name"
        self._note(f"heights are used as they are, above {above}")

    def _note(self, sentence: str) -> None:
        """Keep a sentence once."""
        if sentence not in self.notes:
            self.notes.append(sentence)


def _opened(path: Path) -> Any:
    """Open a raster that can be terrain."""
    try:
        file = opened_quietly(path)
    except RasterioError as error:
        raise BadFile(path, f"cannot be read as terrain: {error}") from error
    check_length(path, file)
    shift = file.transform
    if file.crs is None:
        raise BadFile(path, "has no coordinate reference system")
    try:
        named = pyproj.CRS.from_wkt(file.crs.to_wkt())
    except CRSError as error:
        raise BadFile(path, f"has a coordinate system of no use: {error}") from error
    if not (named.is_geographic or named.is_projected):
        raise BadFile(path, "must be in geographic or projected coordinates")
    if shift.b or shift.d or not (shift.a > 0 > shift.e):
        raise BadFile(path, "must have north up and no rotation")
    return file


def _offset(path: Path, file: Any, first: Any) -> tuple[int, int]:
    """Return the row and column of the first file's grid at which another begins."""
    mine, theirs = file.transform, first.transform
    if file.crs != first.crs:
        raise BadFile(path, f"has another coordinate system than {first.name}")
    row, col = (mine.f - theirs.f) / theirs.e, (mine.c - theirs.c) / theirs.a
    rows, cols = file.height, file.width
    apart = (
        abs(row - round(row)),
        abs(col - round(col)),
        abs(mine.e / theirs.e - 1) * rows,
        abs(mine.a / theirs.a - 1) * cols,
    )
    if max(apart) > OFF_GRID:
        told = "lies on another grid: bring the tiles on one grid first"
        raise BadFile(path, f"{told} ({first.name} is the first)")
    return round(row), round(col)


@contextmanager
def written(
    path: Path, terrain: MapTerrain, kind: np.dtype[Any], nodata: float | None
) -> Iterator[Any]:
    """Write a raster on a terrain's grid whole or not at all.

    What is not written stays `nodata`, or 0.

    Raises
    ------
    BadFile
        If it cannot be written; what was there before stays.
    """
    rows, cols = terrain.shape
    profile = {
        "driver": "GTiff",
        "height": rows,
        "width": cols,
        "count": 1,
        "dtype": kind.name,
        "crs": terrain.crs,
        "transform": terrain.transform,
        "nodata": nodata,
        "compress": "deflate",
        "bigtiff": "if_safer",
        "sparse_ok": True,
    }
    if max(rows, cols) > BLOCK:
        profile |= {"tiled": True, "blockxsize": BLOCK, "blockysize": BLOCK}
    with whole_path(path) as part, rasterio.open(part, "w", **profile) as out:
        yield out
