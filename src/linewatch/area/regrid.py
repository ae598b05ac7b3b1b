"""Tiles shown on another grid: a virtual raster that resamples them when it is read."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import rasterio
import rasterio.shutil
from defusedxml.ElementTree import fromstring
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.warp import transform_bounds

from linewatch.area.tiles import Tile
from linewatch.errors import BadFile, BadValue
from linewatch.scenario.whole import write_whole

FLOAT_VOID: Final = -32_768.0
"""Marks what no tile covers, where tiles declare no voids: GDAL gives 0 m there."""

MOST_CELLS: Final = 2**31 - 1
"""Most rows and columns that GDAL counts."""

TOLERANCE_CELLS: Final = 0.01
"""How far a resampled place may be off [cells]: 0.3 m on a grid of 30 m, at a tenth of
the time that the exact place of each cell takes."""

ROUNDING_CELLS: Final = 1e-6
"""Share of a cell by which an edge may be off through rounding alone."""

EDGE_POINTS: Final = 21
"""Places along each edge that are taken to another system, for edges bend there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lattice:
    """A rectangle of cells of a tile's endless grid, counted from that tile's first."""

    top: int
    left: int
    rows: int
    columns: int

    def __post_init__(self) -> None:
        if max(self.rows, self.columns) > MOST_CELLS:
            got = f"{self.rows} by {self.columns}: name a coarser one with --like"
            raise BadValue("the grid", f"of {MOST_CELLS} cells a side or fewer", got)

    @classmethod
    def around(cls, laid: Sequence[Tile], grid: Tile) -> "Lattice":
        """Return the cells that tiles on a grid cover together."""
        corners = [tile.corner_on(grid) for tile in laid]
        top = min(round(row) for row, _ in corners)
        left = min(round(column) for _, column in corners)
        ends = zip(corners, laid, strict=True)
        sizes = [(round(r) + t.rows, round(c) + t.columns) for (r, c), t in ends]
        return cls(
            top=top,
            left=left,
            rows=max(row for row, _ in sizes) - top,
            columns=max(column for _, column in sizes) - left,
        )


def lattice_over(laid: Sequence[Tile], grid: Tile) -> Lattice | None:
    """Return the cells of a grid that tiles of another reach; None if it has none."""
    edges = (
        min(tile.west for tile in laid),
        min(tile.south for tile in laid),
        max(tile.east for tile in laid),
        max(tile.north for tile in laid),
    )
    if not laid[0].system.equals(grid.system, ignore_axis_order=True):
        systems = laid[0].system.to_wkt(), grid.system.to_wkt()
        try:
            edges = transform_bounds(*systems, *edges, densify_pts=EDGE_POINTS)
        except RasterioError:
            return None
    if not all(math.isfinite(edge) for edge in edges):
        return None
    west, south, east, north = edges
    left = math.floor((west - grid.west) / grid.wide + ROUNDING_CELLS)
    right = math.ceil((east - grid.west) / grid.wide - ROUNDING_CELLS)
    top = math.floor((grid.north - north) / grid.high + ROUNDING_CELLS)
    bottom = math.ceil((grid.north - south) / grid.high - ROUNDING_CELLS)
    return Lattice(top=top, left=left, rows=bottom - top, columns=right - left)


def write_regridded(
    path: Path, own: Path, tile: Tile, on: tuple[Tile, Lattice]
) -> None:
    """Write a virtual raster that shows another on a grid, bilinear.

    Parameters
    ----------
    path, own : Path
        The file to write, and the raster it shows, whose voids are `FLOAT_VOID`.
    tile : Tile
        A tile of the system it is in; its `kind` is the type of what is shown, and not
        of whole numbers, which would round what is blended.
    on : tuple of Tile and Lattice
        A tile of the grid that is wanted, and which cells of it to show.

    Raises
    ------
    BadFile
        If one cannot be shown on the other.
    """
    grid, at = on
    shift = rasterio.Affine(
        grid.wide,
        0.0,
        grid.west + at.left * grid.wide,
        0.0,
        -grid.high,
        grid.north - at.top * grid.high,
    )
    try:
        with (
            rasterio.open(own) as raster,
            WarpedVRT(
                raster,
                # Without levels, so that heights are left as they are.
                src_crs=tile.system.to_wkt(),
                crs=grid.system.to_wkt(),
                transform=shift,
                width=at.columns,
                height=at.rows,
                resampling=Resampling.bilinear,
                src_nodata=FLOAT_VOID,
                nodata=FLOAT_VOID,
                dtype=tile.kind,
                tolerance=TOLERANCE_CELLS,
            ) as shown,
        ):
            rasterio.shutil.copy(shown, path, driver="VRT")
    except RasterioError as error:
        why = f"cannot be brought onto the grid of {grid.path.name}"
        raise BadFile(tile.path, why) from error
    _finish(path, own, tile)


def _finish(path: Path, own: Path, tile: Tile) -> None:
    """Name what is shown relative to the file, and keep its unit and scale."""
    root = fromstring(path.read_text(encoding="utf-8"))
    for source in root.iter("SourceDataset"):
        source.text = os.path.relpath(own.resolve(), path.parent.resolve())
        source.set("relativeToVRT", "1")
    factor, offset = tile.scale
    for band in root.iter("VRTRasterBand"):
        for name, told in (
            ("UnitType", tile.unit),
            ("Offset", repr(offset)),
            ("Scale", repr(factor)),
        ):
            for stale in band.findall(name):
                band.remove(stale)
            if told:
                ET.SubElement(band, name).text = told
    write_whole(path, ET.tostring(root))
