"""Many tiles as one terrain: a small file that names them (a GDAL virtual raster)."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

import rasterio
import shapely
from rasterio.errors import RasterioError

from linewatch.errors import BadFile, BadValue
from linewatch.scenario.whole import write_whole

KINDS: Final = (".tif", ".tiff", ".hgt", ".vrt")
"""Files of a folder that are taken as tiles, whatever their case."""

GDAL_TYPES: Final = {
    "int16": "Int16",
    "uint16": "UInt16",
    "int32": "Int32",
    "uint32": "UInt32",
    "uint8": "Byte",
    "float32": "Float32",
    "float64": "Float64",
}

WIDEST: Final = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
"""Types in the order in which one of a mosaic is chosen: the last that any tile has,
which for heights on Earth holds all the others."""

VOID: Final = -32_768.0
"""Marks what no tile covers, where tiles declare no voids: GDAL gives 0 m there."""

SIGNED: Final = {"uint8": "int32", "uint16": "int32", "uint32": "float64"}
"""The type that holds the heights of an unsigned one and `VOID` too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tile:
    """What a mosaic must know of one raster."""

    path: Path
    system: str
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


def tiles_in(places: Sequence[Path]) -> tuple[Path, ...]:
    """Return the rasters among files and folders, in the order of their names.

    Raises
    ------
    BadFile
        If a place is not there, or a folder holds no raster.
    """
    found: list[Path] = []
    for place in places:
        if place.is_dir():
            inside = sorted(p for p in place.iterdir() if p.suffix.lower() in KINDS)
            if not inside:
                raise BadFile(place, f"holds no raster ({', '.join(KINDS)})")
            found += inside
        else:
            found.append(place)
    return tuple(dict.fromkeys(found))


def write_mosaic(path: Path, tiles: Sequence[Path]) -> None:
    """Write a virtual raster of tiles, on the finest of their steps.

    Tiles are read only where they are needed. They may differ in step, as tiles of
    Copernicus do north of 50 degrees; a later tile lies over an earlier one. Heights
    are left as they are, whatever they count from. What no tile covers is no data.

    Parameters
    ----------
    path : Path
        The file to write, ``.vrt``; tiles are named relative to it.
    tiles : sequence of Path
        Rasters of one band, one reference system, one unit and scale, north up.

    Raises
    ------
    BadFile
        If a tile is no such raster or differs in its system, unit, scale or void mark.
    BadValue
        If there is no tile, or the file is not to be a ``.vrt``.
    """
    if path.suffix.lower() != ".vrt":
        raise BadValue("--out", "a .vrt file", path)
    laid = [_read(tile) for tile in tiles if tile.resolve() != path.resolve()]
    if not laid:
        raise BadValue("tiles", "one or more", 0)
    _check_together(laid)
    first = laid[0]
    west, north = min(t.west for t in laid), max(t.north for t in laid)
    wide, high = min(t.wide for t in laid), min(t.high for t in laid)
    columns = round((max(t.east for t in laid) - west) / wide)
    rows = round((north - min(t.south for t in laid)) / high)
    root = ET.Element("VRTDataset", rasterXSize=f"{columns}", rasterYSize=f"{rows}")
    ET.SubElement(root, "SRS").text = first.system
    steps = (west, wide, 0.0, north, 0.0, -high)
    ET.SubElement(root, "GeoTransform").text = ", ".join(repr(s) for s in steps)
    band = _band(root, laid)
    for tile in laid:
        _lay(band, tile, path.parent, (west, north, wide, high))
    ET.indent(root)
    write_whole(path, ET.tostring(root))


def _check_together(laid: Sequence[_Tile]) -> None:
    """Refuse tiles whose heights do not mean the same."""
    first = laid[0]
    for tile in laid[1:]:
        for what, was, now in (
            ("is in another reference system", first.system, tile.system),
            ("has heights in another unit", first.unit, tile.unit),
            ("scales its heights otherwise", first.scale, tile.scale),
            # Told as text, for one NaN is no other.
            ("marks voids otherwise", repr(first.nodata), repr(tile.nodata)),
        ):
            if was != now:
                raise BadFile(tile.path, f"{what} than {first.path.name}")


def _band(root: ET.Element, laid: Sequence[_Tile]) -> ET.Element:
    """Begin the band that the tiles are laid into."""
    first = laid[0]
    kind = max((tile.kind for tile in laid), key=WIDEST.index)
    nodata = first.nodata
    if nodata is None and _gaps(laid):
        nodata, kind = VOID, SIGNED.get(kind, kind)
    band = ET.SubElement(root, "VRTRasterBand", dataType=GDAL_TYPES[kind], band="1")
    if nodata is not None:
        ET.SubElement(band, "NoDataValue").text = repr(nodata)
    if first.unit:
        ET.SubElement(band, "UnitType").text = first.unit
    factor, offset = first.scale
    if (factor, offset) != (1.0, 0.0):
        ET.SubElement(band, "Offset").text = repr(offset)
        ET.SubElement(band, "Scale").text = repr(factor)
    return band


def _gaps(laid: Sequence[_Tile]) -> bool:
    """Tell whether the tiles leave a place of their whole rectangle uncovered."""
    held = shapely.union_all(
        [shapely.box(tile.west, tile.south, tile.east, tile.north) for tile in laid]
    )
    whole = shapely.box(*held.bounds)
    # A gap of a hundredth of the smallest cell is the rounding of an edge.
    least = min(tile.wide * tile.high for tile in laid) / 100
    return bool(shapely.area(whole) - shapely.area(held) > least)


def _lay(
    band: ET.Element,
    tile: _Tile,
    folder: Path,
    corner: tuple[float, float, float, float],
) -> None:
    """Lay one tile into a band."""
    west, north, wide, high = corner
    # A complex source leaves the voids of a tile to the tiles under it.
    kind = "SimpleSource" if tile.nodata is None else "ComplexSource"
    source = ET.SubElement(band, kind, resampling="bilinear")
    name = os.path.relpath(tile.path.resolve(), folder.resolve())
    ET.SubElement(source, "SourceFilename", relativeToVRT="1").text = name
    ET.SubElement(source, "SourceBand").text = "1"
    # Told here, so that opening the mosaic does not open every tile.
    ET.SubElement(
        source,
        "SourceProperties",
        RasterXSize=f"{tile.columns}",
        RasterYSize=f"{tile.rows}",
        DataType=GDAL_TYPES[tile.kind],
        BlockXSize=f"{tile.block[1]}",
        BlockYSize=f"{tile.block[0]}",
    )
    size = {"xSize": f"{tile.columns}", "ySize": f"{tile.rows}"}
    ET.SubElement(source, "SrcRect", {"xOff": "0", "yOff": "0", **size})
    ET.SubElement(
        source,
        "DstRect",
        xOff=repr((tile.west - west) / wide),
        yOff=repr((north - tile.north) / high),
        xSize=repr(tile.columns * tile.wide / wide),
        ySize=repr(tile.rows * tile.high / high),
    )
    if tile.nodata is not None:
        ET.SubElement(source, "NODATA").text = repr(tile.nodata)


def _read(path: Path) -> _Tile:
    """Read what a mosaic must know of a raster.

    Raises
    ------
    BadFile
        If it cannot be laid beside others.
    """
    if not path.is_file():
        raise BadFile(path, "does not exist; must be a raster of heights")
    try:
        with rasterio.open(path) as raster:
            return _checked(path, raster)
    except RasterioError as error:
        raise BadFile(path, "is no raster; must hold heights") from error


def _checked(path: Path, raster: Any) -> _Tile:  # rasterio tells no types
    """Check one raster."""
    if raster.count != 1:
        raise BadFile(path, f"has {raster.count} bands; must have one, of heights")
    if raster.crs is None:
        raise BadFile(path, "has no coordinate reference system; must have one")
    if raster.dtypes[0] not in GDAL_TYPES:
        raise BadFile(path, f"holds {raster.dtypes[0]}; must hold real numbers")
    at = raster.transform
    if at.b or at.d or not (at.a > 0 > at.e):
        raise BadFile(path, "is turned or upside down; must be north up")
    return _Tile(
        path=path,
        system=raster.crs.to_wkt(),
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
