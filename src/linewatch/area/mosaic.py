"""Many tiles as one terrain: a small file that names them (a GDAL virtual raster).

Tiles on one grid are laid side by side and stay as they are, bit for bit. Tiles on
other grids (another step, origin or reference system) are resampled, bilinear, when
they are read, and the file says which.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import shapely

from linewatch.area.regrid import FLOAT_VOID, Lattice, lattice_over, write_regridded
from linewatch.area.terrain import METRES, SAID
from linewatch.area.tiles import (
    GDAL_TYPES,
    OURS,
    Tile,
    by_grid,
    has_height,
    read_tile,
    tiles_in,
    with_voids,
)
from linewatch.errors import BadFile, BadValue
from linewatch.scenario.whole import write_whole

__all__ = ["Mosaic", "finest", "on_one_grid", "tiles_in", "write_mosaic"]

WIDEST: Final = ("uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
"""Types in the order in which one of a mosaic is chosen: the last that any tile has,
which for heights on Earth holds all the others."""

SIGNED: Final = {"uint8": "int32", "uint16": "int32", "uint32": "float64"}
"""The type that holds the heights of an unsigned one and `FLOAT_VOID` too."""

FINER: Final = 0.99
"""A grid counts as finer only if its cells are smaller by a hundredth: cells in degrees
shrink northward."""

NAMES_TOLD: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Mosaic:
    """A mosaic as it was written.

    Parameters
    ----------
    path : Path
        Its file.
    tiles, resampled : tuple of Path
        The tiles it names, and those of them that lie on another grid.
    notes : tuple of str
        What was done with the tiles, one sentence each; readers of the file say so too.
    """

    path: Path
    tiles: tuple[Path, ...]
    resampled: tuple[Path, ...]
    notes: tuple[str, ...]


def on_one_grid(paths: Sequence[Path]) -> bool:
    """Tell whether rasters are tiles of one grid.

    Raises
    ------
    BadFile
        If one cannot be laid beside others.
    """
    return len(by_grid(read_tile(path) for path in paths)) == 1


def finest(paths: Sequence[Path]) -> Path:
    """Return a raster of the finest grid; of equal ones, of that with the most cells.

    Raises
    ------
    BadFile
        If one cannot be laid beside others.
    """
    return _finest(by_grid(read_tile(path) for path in paths)).path


def write_mosaic(
    path: Path, tiles: Sequence[Path], *, like: Path | None = None
) -> Mosaic:
    """Write a virtual raster of tiles, on the finest of their grids.

    Tiles are read only where they are needed. On one grid a later tile lies over an
    earlier one; those that are resampled lie under those that are not, the coarser the
    deeper. Heights are left as they are, whatever they count from. What no tile covers
    is no data.

    Parameters
    ----------
    path : Path
        The file to write, ``.vrt``; tiles are named relative to it. Tiles on other
        grids are taken through files in the folder ``NAME.grids`` beside it.
    tiles : sequence of Path
        Rasters of one band, one unit and scale, north up.
    like : Path, optional
        Raster whose grid is taken instead; it need not be one of the tiles.

    Raises
    ------
    BadFile
        If a tile is no such raster, is damaged at its end, or differs in its unit or
        scale; or if no tile holds a height.
    BadValue
        If there is no tile, the file is not to be a ``.vrt``, or the grid is too large.
    """
    if path.suffix.lower() != ".vrt":
        raise BadValue("--out", "a .vrt file", path)
    laid = [read_tile(tile) for tile in tiles if tile.resolve() != path.resolve()]
    if not laid:
        raise BadValue("tiles", "one or more", 0)
    _check_together(laid)
    bare = _bare(laid)
    groups = by_grid(laid)
    grid = _finest(groups) if like is None else read_tile(like)
    ours = tuple(tile for tile in laid if tile.shares_grid(grid))
    # The finest of the others is laid last, over the coarser ones.
    others = sorted(
        (group for group in groups if not group[0].shares_grid(grid)),
        key=lambda group: -group[0].cell_m2,
    )
    notes = (*_notes(laid, grid, others), *bare)
    made = _on_grid(path, grid, others)
    _write(path, grid, [*made, *ours], notes)
    return Mosaic(
        path=path,
        tiles=tuple(tile.path for tile in laid),
        resampled=tuple(tile.path for group in others for tile in group),
        notes=notes,
    )


def _finest(groups: Sequence[Sequence[Tile]]) -> Tile:
    """Return a tile of the finest grid; of equal ones, of that with the most cells."""
    least = min(group[0].cell_m2 for group in groups)
    fine = [group for group in groups if group[0].cell_m2 * FINER <= least]
    return max(fine, key=lambda group: sum(t.columns * t.rows for t in group))[0]


def _check_together(laid: Sequence[Tile]) -> None:
    """Refuse tiles whose heights do not mean the same."""
    first = laid[0]
    for tile in laid[1:]:
        for what, was, now in (
            ("has heights in another unit", _unit(first), _unit(tile)),
            ("scales its heights otherwise", first.scale, tile.scale),
        ):
            if was != now:
                raise BadFile(tile.path, f"{what} than {first.path.name}")


def _bare(laid: Sequence[Tile]) -> tuple[str, ...]:
    """Note the tiles that hold no height, and refuse them where there is no other."""
    bare = [tile for tile in laid if not has_height(tile)]
    if len(bare) == len(laid):
        others = f", nor do the {len(bare) - 1} other tiles" if len(bare) > 1 else ""
        raise BadFile(bare[0].path, f"holds no height, only voids{others}")
    return (f"only voids in {_names(bare)}",) if bare else ()


def _names(tiles: Sequence[Tile]) -> str:
    """Name some tiles by their files, and count the rest."""
    names = ", ".join(tile.path.name for tile in tiles[:NAMES_TOLD])
    more = len(tiles) - NAMES_TOLD
    return names + (f" and {more} more" if more > 0 else "")


def _unit(tile: Tile) -> float | str:
    """Return the metres in a tile's unit, which has many names; else its name."""
    name = tile.unit.strip().lower()
    return METRES.get(name, name)


def _notes(
    laid: Sequence[Tile], grid: Tile, others: Sequence[Sequence[Tile]]
) -> tuple[str, ...]:
    """Say what is done with the tiles that is more than to lay them side by side."""
    notes = []
    moved = [tile for group in others for tile in group]
    if moved:
        of = f"{len(moved)} of {len(laid)} tiles"
        where = f"the grid of {grid.path.name}, {_step(grid)} in {grid.system.name}"
        notes.append(f"{of} resampled (bilinear) onto {where}: {_names(moved)}")
    levels = {tile.level or "a level that is not told" for tile in laid}
    if len(levels) > 1:
        told = ", ".join(sorted(levels))
        notes.append(f"heights of different levels left as they are: above {told}")
    return tuple(notes)


def _step(tile: Tile) -> str:
    """Tell the size of a tile's cells."""
    if tile.system.is_geographic:
        return f"{tile.wide * 3600:.4g} by {tile.high * 3600:.4g} arc seconds"
    unit = tile.system.axis_info[0].unit_name
    return f"{tile.wide:.6g} by {tile.high:.6g} {unit}"


def _on_grid(path: Path, grid: Tile, others: Sequence[Sequence[Tile]]) -> list[Tile]:
    """Write files that show the tiles of other grids on this one, and read them."""
    if not others:
        return []
    folder = path.with_name(f"{path.stem}.grids")
    folder.mkdir(exist_ok=True)
    made = []
    for n, group in enumerate(others, start=1):
        marked = [with_voids(tile) for tile in group]
        own = folder / f"{n}-own.vrt"
        # One mark for all, so that no void is blended with the ground beside it.
        _write(own, marked[0], marked, (), void=FLOAT_VOID)
        lattice = lattice_over(marked, grid)
        if lattice is None:
            why = f"has no place in {grid.system.name}, the system of {grid.path.name}"
            raise BadFile(group[0].path, why)
        shown = folder / f"{n}.vrt"
        wide = "float64" if any(t.kind == "float64" for t in group) else "float32"
        write_regridded(shown, own, replace(marked[0], kind=wide), (grid, lattice))
        made.append(replace(read_tile(shown), level=group[0].level))
    return made


def _write(
    path: Path,
    grid: Tile,
    laid: Sequence[Tile],
    notes: tuple[str, ...],
    *,
    void: float | None = None,
) -> None:
    """Write tiles that share a grid as one virtual raster."""
    at = Lattice.around(laid, grid)
    root = ET.Element(
        "VRTDataset", rasterXSize=f"{at.columns}", rasterYSize=f"{at.rows}"
    )
    told = ET.SubElement(root, "Metadata")
    ET.SubElement(told, "MDI", key=OURS).text = f"{len(laid)}"
    if notes:
        ET.SubElement(told, "MDI", key=SAID).text = "; ".join(notes)
    levels = {tile.level for tile in laid}
    alike = len(levels) == 1 and grid.level in levels
    ET.SubElement(root, "SRS").text = grid.wkt if alike else grid.system.to_wkt()
    west, north = grid.west + at.left * grid.wide, grid.north - at.top * grid.high
    steps = (west, grid.wide, 0.0, north, 0.0, -grid.high)
    ET.SubElement(root, "GeoTransform").text = ", ".join(repr(s) for s in steps)
    marks = {repr(tile.nodata) for tile in laid}
    if void is None and (len(marks) > 1 or (marks == {"None"} and _gaps(laid))):
        void = FLOAT_VOID
    if void is None:
        nodata = laid[0].nodata
    else:
        # Readers are told of one mark alone: tiles must be rid of any other.
        nodata, laid = void, [with_voids(tile) for tile in laid]
    band = _band(root, laid, nodata)
    for tile in laid:
        _lay(band, tile, path.parent, (tile.corner_on(grid), at))
    ET.indent(root)
    write_whole(path, ET.tostring(root))


def _band(root: ET.Element, laid: Sequence[Tile], nodata: float | None) -> ET.Element:
    """Begin the band that the tiles are laid into."""
    kind = max((tile.kind for tile in laid), key=WIDEST.index)
    if nodata == FLOAT_VOID:
        kind = SIGNED.get(kind, kind)
    band = ET.SubElement(root, "VRTRasterBand", dataType=GDAL_TYPES[kind], band="1")
    if nodata is not None:
        ET.SubElement(band, "NoDataValue").text = repr(nodata)
    unit = next((tile.unit for tile in laid if tile.unit), "")
    if unit:
        ET.SubElement(band, "UnitType").text = unit
    factor, offset = laid[-1].scale
    if (factor, offset) != (1.0, 0.0):
        ET.SubElement(band, "Offset").text = repr(offset)
        ET.SubElement(band, "Scale").text = repr(factor)
    return band


def _gaps(laid: Sequence[Tile]) -> bool:
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
    tile: Tile,
    folder: Path,
    place: tuple[tuple[float, float], Lattice],
) -> None:
    """Lay one tile into a band, cell on cell."""
    (row, column), at = place
    # A complex source leaves the voids of a tile to the tiles under it.
    kind = "SimpleSource" if tile.nodata is None else "ComplexSource"
    source = ET.SubElement(band, kind)
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
    where = {"xOff": f"{round(column) - at.left}", "yOff": f"{round(row) - at.top}"}
    ET.SubElement(source, "DstRect", where | size)
    if tile.nodata is not None:
        ET.SubElement(source, "NODATA").text = repr(tile.nodata)
