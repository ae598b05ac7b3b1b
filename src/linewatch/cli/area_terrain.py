"""The commands ``linewatch area terrain fetch`` and ``linewatch area terrain join``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import rasterio
import shapely
from cyclopts import Parameter
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from linewatch.area import Area, read_area
from linewatch.area.border import cache_folder
from linewatch.area.mosaic import tiles_in, write_mosaic
from linewatch.errors import BadFile, BadValue
from linewatch.link.stac import STORES, Fetched, Tile, corridor, held, tiles_on
from linewatch.link.stac import fetch as fetch_tiles
from linewatch.scenario import BUILT_IN, read_scenario

CATALOGUE: Final = "https://earth-search.aws.element84.com/v1"
"""Public catalogue of Copernicus DEM tiles; the tiles lie in Amazon's open data."""

COLLECTION: Final = "cop-dem-glo-30"

WIDEST_KM: Final = 500.0
"""Farthest from the line that is fetched for [km]: no sensor sees as far."""

PROBE_M: Final = 500.0
"""Step at which the line is looked for on the tiles [m]."""

Json = Annotated[bool, Parameter(name="--json", negative="")]


def fetch(
    *,
    scenario: Path = BUILT_IN,
    within_km: float = 20.0,
    out: Path | None = None,
    catalogue: str = CATALOGUE,
    collection: str = COLLECTION,
    asset: str = "data",
    sign: str | None = None,
    s3: str = STORES["s3"],
    offline: Annotated[bool, Parameter(negative="")] = False,
    as_json: Json = False,
) -> None:
    """Fetch the tiles of heights along the line from a public STAC catalogue.

    Writes the tiles, where each came from, and `terrain.vrt`, which joins them and is
    what a scenario names as its terrain. Started again, it fetches what is missing.
    Proxies are taken from the environment (HTTPS_PROXY, NO_PROXY).

    Parameters
    ----------
    scenario
        Folder of the scenario, whose line is taken.
    within_km
        How far from the line heights are wanted, in kilometres.
    out
        Folder to write; by default one in the user's cache, named by the collection.
    catalogue
        Address of the catalogue's root; an API with search, or static files.
    collection
        Id of the collection, such as cop-dem-glo-30 or cop-dem-glo-90.
    asset
        Key of the heights in each item; else its only GeoTIFF is taken.
    sign
        Address that gives a signed href for one (?href=), where a catalogue wants it.
    s3
        Where the buckets of s3:// answer HTTP; {bucket} stands for a bucket's name.
    offline
        Ask nobody: join the tiles that were fetched before, and say what is missing.
    as_json
        Print one JSON object instead of lines.
    """
    if not 0 < within_km <= WIDEST_KM:
        raise BadValue("--within-km", f"above 0, at most {WIDEST_KM:g}", within_km)
    area = read_area(read_scenario(scenario))
    outline = corridor(area, within_km * 1000)
    folder = out or cache_folder() / "terrain" / collection
    if offline:
        fetched = held(folder)
        outlines = [_outline_of(folder / tile.file) for tile in fetched]
    else:
        tiles = tiles_on(catalogue, outline, collection=collection, asset=asset, s3=s3)
        fetched = _fetched(tiles, folder, sign)
        outlines = [tile.outline for tile in tiles]
    joined = folder / "terrain.vrt"
    made = write_mosaic(joined, [folder / tile.file for tile in fetched])
    covered = shapely.union_all(outlines)
    share, bare = _share(covered, outline), _bare_km(covered, area)
    if as_json:
        told = {
            "terrain": str(joined),
            "catalogue": None if offline else catalogue,
            "collection": collection,
            "tiles": [asdict(tile) for tile in fetched],
            "covered": round(share, 4),
            "line_not_covered_km": bare,
            "notes": list(made.notes),
        }
        print(json.dumps(told))
        return
    _print(fetched, joined, share, within_km)
    if bare:
        told_km = ", ".join(f"{first:,.0f} to {last:,.0f}" for first, last in bare)
        print(f"No tile holds the line from km {told_km}")
    for note in made.notes:
        print(note)


def _fetched(
    tiles: tuple[Tile, ...], folder: Path, sign: str | None
) -> tuple[Fetched, ...]:
    """Fetch tiles, and show how far it is."""
    to = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    hide = not to.is_terminal
    with Progress(*columns, console=to, transient=True, disable=hide) as bar:
        task = bar.add_task("tiles", total=None)

        def tell(name: str, done: int, whole: int | None) -> None:
            bar.update(task, description=name, completed=done, total=whole)

        return fetch_tiles(tiles, folder, progress=tell, sign=sign)


def join(
    *tiles: Path, out: Path, like: Path | None = None, as_json: Json = False
) -> None:
    """Make one terrain of many tiles, without copying them.

    Tiles on one grid stay as they are. Those on others are resampled, bilinear, onto
    the finest when they are read.

    Parameters
    ----------
    tiles
        Rasters of heights (GeoTIFF, HGT, VRT), or folders of them.
    out
        Virtual raster to write, such as terrain.vrt; it names the tiles.
    like
        Raster whose grid is taken instead of the finest.
    as_json
        Print one JSON object instead of a line.
    """
    made = write_mosaic(out, tiles_in(tiles), like=like)
    if as_json:
        told = {
            "terrain": str(out),
            "tiles": [str(tile) for tile in made.tiles],
            "resampled": [str(tile) for tile in made.resampled],
            "notes": list(made.notes),
        }
        print(json.dumps(told))
        return
    print(f"{out}: {len(made.tiles)} tiles")
    for note in made.notes:
        print(note)


def _outline_of(path: Path) -> shapely.Geometry:
    """Return what a raster covers, longitude and latitude [deg]."""
    try:
        with rasterio.open(path) as raster:
            edges = transform_bounds(raster.crs, "OGC:CRS84", *raster.bounds)
    except RasterioError as error:
        raise BadFile(path, "is no raster; fetch it again") from error
    west, south, east, north = (float(edge) for edge in edges)
    return shapely.box(west, south, east, north)


def _share(covered: shapely.Geometry, outline: shapely.Geometry) -> float:
    """Return the share of an outline that lies on a tile."""
    both = shapely.intersection(covered, outline)
    return float(shapely.area(both) / shapely.area(outline))


def _bare_km(covered: shapely.Geometry, area: Area) -> list[list[float]]:
    """Return the stretches of the line [km] that lie on no tile, by their ends."""
    length_m = area.line.length_m
    chainage_m = np.append(np.arange(0.0, length_m, PROBE_M), length_m)
    lon, lat = area.line.place(chainage_m, np.zeros(len(chainage_m)))
    shapely.prepare(covered)
    bare = np.concatenate([[False], ~shapely.intersects_xy(covered, lon, lat), [False]])
    ends = np.flatnonzero(np.diff(bare.astype(np.int8))).reshape(-1, 2)
    km = chainage_m / 1000
    return [
        [round(float(km[first]), 1), round(float(km[last - 1]), 1)]
        for first, last in ends.tolist()
    ]


def _print(
    fetched: tuple[Fetched, ...], joined: Path, share: float, within_km: float
) -> None:
    """Tell what was fetched."""
    size = sum(tile.bytes for tile in fetched) / 1e6
    print(f"{joined}: {len(fetched)} tiles, {size:,.1f} MB")
    where = f"the land and sea within {within_km:g} km of the line"
    print(f"They cover {share:.1%} of {where}")
    for how in sorted({tile.checked for tile in fetched}):
        count = sum(tile.checked == how for tile in fetched)
        print(f"Held against {_HELD.get(how, f'the {how} of the catalogue')}: {count}")


_HELD: Final = {
    "size": "the size that the server tells",
    "nothing": "nothing, for neither catalogue nor server tells of it; read whole",
}
