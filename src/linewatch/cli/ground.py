"""The ground that the commands from terrain to sites read: files, patterns, folders."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rasterio.errors import RasterioError

from linewatch.area.damage import check_length, opened_quietly
from linewatch.area.mosaic import finest, on_one_grid, tiles_in, write_mosaic
from linewatch.area.terrain import SAID
from linewatch.area.tiles import missing_from
from linewatch.errors import BadFile
from linewatch.sight.raster import MapTerrain

JOINED: Final = "terrain.vrt"


def terrain_paths(names: Sequence[str | Path]) -> list[Path]:
    """Return the files that names, patterns and folders stand for, sorted within each.

    Raises
    ------
    BadFile
        If one stands for none.
    """
    paths: list[Path] = []
    for name in map(str, names):
        path = Path(name)
        if path.exists() or not any(mark in name for mark in "*?["):
            paths.extend(tiles_in([path]))
            continue
        found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
        if not found:
            raise BadFile(path, "matches no file")
        paths.extend(found)
    return paths


@contextmanager
def ground(paths: Sequence[Path]) -> Iterator[MapTerrain]:
    """Open terrain files; several grids become one, and the notes say which was moved.

    Raises
    ------
    BadFile
        If one is no terrain.
    """
    for path in paths:
        _check_bands(path)
        lost = missing_from(path)
        if lost is not None:
            raise BadFile(path, f"names {lost}, which is not there; join them again")
    with TemporaryDirectory(prefix="linewatch-") as folder:
        terrain, notes = joined(paths, Path(folder))
        opened = MapTerrain(terrain)
        opened.notes.extend(notes)
        try:
            yield opened
        finally:
            opened.close()


def joined(
    paths: Sequence[Path], folder: Path, *, always: bool = False
) -> tuple[Sequence[Path], tuple[str, ...]]:
    """Return files of one grid, and what is to be said of them.

    Files of several grids are joined by a small file in `folder`; with `always` those
    of one are too.
    """
    if len(paths) == 1:
        return paths, tuple(filter(None, [_said(paths[0])]))
    if not always and on_one_grid(paths):
        return paths, ()
    # Of tiles that overlap the first counts here, and in a mosaic the last.
    upward = list(reversed(paths))
    made = write_mosaic(folder / JOINED, upward, like=finest(paths))
    return [made.path], made.notes


def tell_notes(terrain: MapTerrain) -> list[str]:
    """Return what was done with the terrain, voids that were found last."""
    notes = [*terrain.notes]
    if terrain.voids:
        notes.append(f"{terrain.voids} undeclared voids are read as no data")
    return notes


def print_notes(notes: Sequence[str]) -> None:
    """Print notes beside the results."""
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def _said(path: Path) -> str:
    """Return what a file tells of how it was made."""
    try:
        with opened_quietly(path) as raster:
            return str(raster.tags().get(SAID, ""))
    except RasterioError:
        return ""  # told by whoever opens it next


def _check_bands(path: Path) -> None:
    """Refuse pictures: a raster of heights has one band of real numbers."""
    try:
        with opened_quietly(path) as raster:
            check_length(path, raster)
            count, kind = raster.count, raster.dtypes[0]
    except RasterioError:
        return  # told by whoever opens it next
    if count != 1:
        raise BadFile(path, f"has {count} bands; must have one, of heights")
    if kind.startswith("complex"):
        raise BadFile(path, f"holds {kind}; must hold real numbers")
