"""Rasters that are cut short or damaged: find out early, and say which file it is."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from typing import Any, Final

import rasterio
from rasterio.errors import NotGeoreferencedWarning, RasterioError

from linewatch.errors import BadFile

AGAIN: Final = "copy or fetch it again"

BLOCK_OF: Final = re.compile(r"^(.+), band \d+: IReadBlock failed")
"""How GDAL names the file of a block that it could not read."""


@contextmanager
def quietly() -> Iterator[None]:
    """Hush rasterio's warning of a raster without a place: our errors tell of it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def opened_quietly(path: Path) -> Any:  # rasterio tells no types
    """Open a raster; `rasterio.errors.RasterioError` if it is none."""
    with quietly(), rasterio.Env():
        return rasterio.open(path)


def check_length(path: Path, raster: Any, *, every_block: bool = False) -> None:
    """Refuse a GeoTIFF whose file ends before its blocks do.

    Nothing is read: the file's own table of blocks is held against its size. The last
    block lies last in most files.

    Parameters
    ----------
    path : Path
        Its file.
    raster : rasterio.DatasetReader
        The raster, open.
    every_block : bool, default False
        Look at every block instead of the last alone.

    Raises
    ------
    BadFile
        If a block lies beyond the end of the file.
    """
    if raster.driver != "GTiff" or not path.is_file():
        return
    with rasterio.Env():  # else GDAL prints what it finds amiss
        size, end = path.stat().st_size, _end(raster, every_block=every_block)
        if end > size:
            told = f"is cut short: it has {size:,} bytes of {end:,} or more"
            raise BadFile(path, f"{told}; {AGAIN}")
        if raster.crs is None:
            # It may have lost its system with its end.
            try:
                raster.read(1, window=list(raster.block_windows(1))[-1][1])
            except RasterioError as error:
                raise unread(path, error) from error


def _end(raster: Any, *, every_block: bool) -> int:
    """Return where the last byte of the blocks of a GeoTIFF must lie."""
    high, wide = raster.block_shapes[0]
    down, across = -(-raster.height // high), -(-raster.width // wide)
    first = (0, 0) if every_block else (down - 1, across - 1)
    end = 0
    for row, column in product(range(first[0], down), range(first[1], across)):
        place, length = (
            raster.get_tag_item(f"{what}_{column}_{row}", "TIFF", bidx=1)
            for what in ("BLOCK_OFFSET", "BLOCK_SIZE")
        )
        if place and length:  # a block that was never written has neither
            end = max(end, int(place) + int(length))
    return end


def unread(path: Path, error: Exception) -> BadFile:
    """Return what to say of a raster that broke off while it was read.

    Of a virtual raster it names the tile that broke off.
    """
    told = [_line(error)]
    cause = error.__cause__ or error.__context__
    while cause is not None:
        told.append(_line(cause))
        cause = cause.__cause__ or cause.__context__
    tiles = [found[1] for one in told if (found := BLOCK_OF.match(one))]
    who = ""
    if tiles and Path(tiles[-1]).name != path.name:
        who = f"its tile {tiles[-1]} "
    return BadFile(path, f"{who}is damaged or cut short ({told[-1]}); {AGAIN}")


def _line(error: BaseException) -> str:
    """Return the first line of another library's message."""
    return str(error).strip().partition("\n")[0].rstrip(".")
