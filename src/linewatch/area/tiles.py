"""Tiles of heights: what a mosaic must know of each, and which share one grid."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import ParseError

import numpy as np
import rasterio
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError
from rasterio.errors import RasterioError

from linewatch.area.damage import check_length, opened_quietly, unread
from linewatch.area.terrain import METRES, level_of, no_height
from linewatch.errors import BadFile

KINDS: Final = (".tif", ".tiff", ".hgt", ".vrt")
"""Files of a folder that are taken as tiles, whatever their case."""

OURS: Final = "linewatch_tiles"
"""Marks a mosaic that this program wrote: in a folder of tiles it is none of them."""

GDAL_TYPES: Final = {
    "int16": "Int16",
    "uint16": "UInt16",
    "int32": "Int32",
    "uint32": "UInt32",
    "uint8": "Byte",
    "float32": "Float32",
    "float64": "Float64",
}

OFF_GRID: Final = 0.01
"""How far two tiles' grids may lie apart [cells] and still count as one."""

MARKS_TOLD: Final = 4
"""Marks of voids that one file may plausibly hold; more are no marks."""

DEGREE_M: Final = 111_320.0
"""Metres in a degree of a great circle, to tell the finer of two grids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """What a mosaic must know of one raster.

    Parameters
    ----------
    path : Path
        Its file.
    system : pyproj.CRS
        Its reference system, without any level of heights.
    level : str
        What its heights count from; empty when it does not tell.
    wkt : str
        Its whole reference system.
    west, north, wide, high : float
        Outer corner and cell, in the unit of the system.
    columns, rows : int
        Its size [cells].
    kind : str
        Type of its numbers.
    nodata : float or None
        What marks its voids.
    unit : str
        Unit of its heights; empty when it does not tell.
    scale : tuple of float
        Factor and offset of its heights.
    block : tuple of int
        Rows and columns of the blocks it is stored in.
    """

    path: Path
    system: CRS
    level: str
    wkt: str
    west: float
    north: float
    wide: float
    high: float
    columns: int
    rows: int
    kind: str
    nodata: float | None
    unit: str
    scale: tuple[float, float]
    block: tuple[int, int]

    @property
    def east(self) -> float:
        """Its eastern edge, in the unit of its system."""
        return self.west + self.columns * self.wide

    @property
    def south(self) -> float:
        """Its southern edge, in the unit of its system."""
        return self.north - self.rows * self.high

    @property
    def cell_m2(self) -> float:
        """About how large its cells are [m2]."""
        if self.system.is_geographic:
            middle = math.radians((self.north + self.south) / 2)
            return self.wide * self.high * DEGREE_M**2 * math.cos(middle)
        return (
            self.wide * self.high * self.system.axis_info[0].unit_conversion_factor ** 2
        )

    def corner_on(self, other: "Tile") -> tuple[float, float]:
        """Return the row and column of another tile's grid where this one begins."""
        return (
            (other.north - self.north) / other.high,
            (self.west - other.west) / other.wide,
        )

    def shares_grid(self, other: "Tile") -> bool:
        """Tell whether every cell of it is a cell of another tile's endless grid."""
        row, column = self.corner_on(other)
        apart = (
            abs(row - round(row)),
            abs(column - round(column)),
            abs(self.high / other.high - 1) * self.rows,
            abs(self.wide / other.wide - 1) * self.columns,
        )
        return max(apart) <= OFF_GRID and self.system.equals(
            other.system, ignore_axis_order=True
        )


def tiles_in(places: Sequence[Path]) -> tuple[Path, ...]:
    """Return the rasters among files and folders, in the order of their names.

    Mosaics that lie in a folder and were written here are passed over.

    Raises
    ------
    BadFile
        If a place is not there, or a folder holds no raster.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = sorted(p for p in place.iterdir() if p.suffix.lower() in KINDS)
            held = [p for p in inside if not _is_ours(p)]
            if not held:
                raise BadFile(place, f"holds no raster ({', '.join(KINDS)})")
            found += held
        else:
            found.append(place)
    return tuple(dict.fromkeys(found))


def _is_ours(path: Path) -> bool:
    """Tell whether a file is a mosaic that was written here."""
    if path.suffix.lower() != ".vrt" or not path.is_file():
        return False
    with path.open("rb") as file:
        return OURS.encode() in file.read(1_000)


def read_tile(path: Path) -> Tile:
    """Read what a mosaic must know of a raster.

    Raises
    ------
    BadFile
        If it cannot be laid beside others.
    """
    if not path.is_file():
        raise BadFile(path, "does not exist; must be a raster of heights")
    try:
        with opened_quietly(path) as raster:
            return _checked(path, raster)
    except RasterioError as error:
        raise BadFile(path, "is no raster; must hold heights") from error


def _checked(path: Path, raster: Any) -> Tile:  # rasterio tells no types
    """Check one raster."""
    check_length(path, raster, every_block=True)
    if raster.count != 1:
        raise BadFile(path, f"has {raster.count} bands; must have one, of heights")
    if raster.crs is None:
        raise BadFile(path, "has no coordinate reference system; must have one")
    if raster.dtypes[0] not in GDAL_TYPES:
        raise BadFile(path, f"holds {raster.dtypes[0]}; must hold real numbers")
    at = raster.transform
    if at.b or at.d or not (at.a > 0 > at.e):
        raise BadFile(path, "is turned or upside down; must be north up")
    wkt = raster.crs.to_wkt()
    try:
        system = CRS.from_wkt(wkt)
    except CRSError as error:
        raise BadFile(path, "has a reference system of no use") from error
    if not (system.is_geographic or system.is_projected):
        why = f"is in {system.name!r}, which has no place on the Earth; must have one"
        raise BadFile(path, why)
    return Tile(
        path=path,
        system=system.to_2d(),
        level=level_of(wkt),
        wkt=wkt,
        west=at.c,
        north=at.f,
        wide=at.a,
        high=-at.e,
        columns=raster.width,
        rows=raster.height,
        kind=raster.dtypes[0],
        nodata=raster.nodata,
        unit=raster.units[0] or "",
        scale=(float(raster.scales[0]), float(raster.offsets[0])),
        block=raster.block_shapes[0],
    )


def by_grid(tiles: Iterable[Tile]) -> tuple[tuple[Tile, ...], ...]:
    """Return tiles by the grid they share, in the order of each grid's first."""
    groups: list[list[Tile]] = []
    for tile in tiles:
        mine = next((held for held in groups if tile.shares_grid(held[0])), None)
        if mine is None:
            groups.append([tile])
        else:
            mine.append(tile)
    return tuple(tuple(held) for held in groups)


def with_voids(tile: Tile) -> Tile:
    """Return a tile with the mark of its voids, also where it does not declare one.

    Tiles of the Shuttle Radar Topography Mission often do not. The whole tile is read.

    Raises
    ------
    BadFile
        If it cannot be read, or holds several marks that it does not declare.
    """
    if tile.nodata is not None:
        return tile
    marks: set[float] = set()
    metres = METRES.get(tile.unit.strip().lower(), 1.0)
    try:
        with rasterio.open(tile.path) as raster:
            for _, window in raster.block_windows(1):
                marks |= _marks(raster.read(1, window=window), tile.scale, metres)
    except RasterioError as error:
        raise unread(tile.path, error) from error
    if len(marks) > MARKS_TOLD:
        why = f"holds {len(marks)} numbers that are no height; must hold heights"
        raise BadFile(tile.path, why)
    if len(marks) > 1:
        told = ", ".join(f"{mark:g}" for mark in sorted(marks))
        raise BadFile(tile.path, f"must declare what marks its voids, of {told}")
    return replace(tile, nodata=marks.pop() if marks else None)


def has_height(tile: Tile) -> bool:
    """Tell whether a tile holds any height; it is read until one is found.

    It begins with the last block, which is the first to lack in a broken file.

    Raises
    ------
    BadFile
        If a block cannot be read.
    """
    metres = METRES.get(tile.unit.strip().lower(), 1.0)
    factor, offset = tile.scale
    try:
        with rasterio.open(tile.path) as raster:
            for _, window in reversed(list(raster.block_windows(1))):
                raw = raster.read(1, window=window, masked=True)
                height = (raw.astype(np.float64) * factor + offset) * metres
                if not no_height(height.filled(np.nan)).all():
                    return True
    except RasterioError as error:
        raise unread(tile.path, error) from error
    return False


def _marks(raw: NDArray[Any], scale: tuple[float, float], metres: float) -> set[float]:
    """Return the numbers of a block that no height can be."""
    factor, offset = scale
    height = (raw.astype(np.float64) * factor + offset) * metres
    return {float(mark) for mark in np.unique(raw[no_height(height) & ~np.isnan(raw)])}


def missing_from(path: Path) -> Path | None:
    """Return a file that a virtual raster names and that is not there; None if all are.

    Files of other kinds name none. What GDAL reads through ways of its own, such as
    archives, is not looked for.
    """
    if path.suffix.lower() != ".vrt":
        return None
    try:
        root = fromstring(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ParseError):
        return None  # told by whoever opens it
    for source in root.iter():
        if source.tag not in ("SourceFilename", "SourceDataset") or not source.text:
            continue
        if source.get("relativeToVRT") != "1":
            continue
        named = path.parent / source.text
        if not named.exists():
            return named
        if (lost := missing_from(named)) is not None:
            return lost
    return None
