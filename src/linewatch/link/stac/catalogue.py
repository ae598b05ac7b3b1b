"""The tiles of a SpatioTemporal Asset Catalogue (STAC 1) that a corridor touches."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import numpy as np
import pystac
import requests
import shapely
from pystac_client import ItemSearch
from pystac_client.exceptions import APIError
from pystac_client.stac_api_io import StacApiIO
from urllib3.util.retry import Retry

from linewatch.area import Area
from linewatch.errors import BadValue, LinkError

SLACK_M: Final = 500.0
"""How far the outline of a corridor may leave its line [m], so that asking stays short;
the corridor is wider by as much."""

STEP_DEG: Final = 0.002
"""Step to which the outline is rounded [deg]: about 200 m, inside `SLACK_M`."""

TIFF: Final = "image/tiff"

TRIES: Final = 5
"""Tries for each page of a catalogue, as for each part of a tile."""

TIMEOUT_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One raster of heights that a catalogue offers.

    Parameters
    ----------
    name : str
        Its id in the catalogue.
    href : str
        Where to fetch it.
    outline : shapely.Geometry
        What it covers, longitude and latitude [deg].
    size_bytes : int or None
        Its size, when the catalogue tells it (``file:size``).
    checksum : str or None
        Its multihash in hexadecimal, when the catalogue tells it (``file:checksum``).
    """

    name: str
    href: str
    outline: shapely.Geometry
    size_bytes: int | None = None
    checksum: str | None = None


def corridor(area: Area, within_m: float) -> shapely.Geometry:
    """Return all places within a distance of the line, longitude and latitude [deg].

    It is a little wider: never does it leave out a place that is near enough.

    Raises
    ------
    BadValue
        If the distance is not above 0.
    """
    if not within_m > 0:
        raise BadValue("within", "above 0", within_m)
    x_m, y_m = area.plane.to_plane(area.line.lon_deg, area.line.lat_deg)
    line = shapely.LineString(list(zip(x_m, y_m, strict=True))).simplify(SLACK_M)
    wide = line.buffer(within_m + 2 * SLACK_M).simplify(SLACK_M / 2)
    degrees = shapely.transform(
        wide, lambda xy: np.column_stack(area.plane.to_geo(xy[:, 0], xy[:, 1]))
    )
    return shapely.set_precision(degrees, STEP_DEG)


class _Reader(StacApiIO):
    """Reads with tries, and makes plain catalogues, which can be walked."""

    stac_object_from_dict = pystac.StacIO.stac_object_from_dict


def tiles_on(
    catalogue: str, outline: shapely.Geometry, *, collection: str, asset: str = "data"
) -> tuple[Tile, ...]:
    """Return the tiles of a collection that touch an outline, in order of their names.

    A catalogue that offers a search is searched; a static one is walked, past every
    collection whose extent lies elsewhere.

    Parameters
    ----------
    catalogue : str
        Address of the catalogue's root.
    outline : shapely.Geometry
        Longitude and latitude [deg].
    collection : str
        Id of the collection.
    asset : str
        Key of the heights in each item; else its only GeoTIFF is taken.

    Raises
    ------
    LinkError
        If the catalogue cannot be read, has no such collection, or no tile there.
    """
    # The library warns of its tries in lines of its own; the last one is our error.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    io = _Reader(
        timeout=TIMEOUT_S,
        max_retries=Retry(
            total=TRIES - 1,
            backoff_factor=0.5,
            status_forcelist=(429, 500, 502, 503, 504),
            allowed_methods=None,
        ),
    )
    try:
        items = list(_items(catalogue, outline, collection, io))
    except (APIError, pystac.STACError, requests.RequestException) as error:
        raise LinkError(catalogue, f"cannot be read: {_short(error)}") from error
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise LinkError(catalogue, "is no STAC catalogue") from error
    tiles = {item.id: _tile(item, asset, catalogue) for item in items}
    if not tiles:
        raise LinkError(catalogue, f"has no tile of {collection} along the line")
    return tuple(tiles[name] for name in sorted(tiles))


def _items(
    url: str, outline: shapely.Geometry, collection: str, io: StacApiIO
) -> Iterator[pystac.Item]:
    """Yield the items of a collection that touch an outline."""
    links = io.read_json(url)["links"]
    searches = [link for link in links if link["rel"] == "search"]
    if searches:
        methods = {link.get("method", "GET") for link in searches}
        found = ItemSearch(
            urljoin(url, searches[0]["href"]),
            method="POST" if "POST" in methods else "GET",
            stac_io=io,
            collections=[collection],
            intersects=json.loads(shapely.to_geojson(outline)),
        )
        yield from (item for item in found.items() if _touches(item, outline))
        return
    start = pystac.read_file(url, stac_io=io)
    if not isinstance(start, pystac.Catalog):
        raise LinkError(url, "is no catalogue; must be one, or a collection")
    held = _collection(start, collection)
    if held is None:
        raise LinkError(url, f"has no collection {collection}")
    yield from _walked(held, outline)


def _collection(start: pystac.Catalog, name: str) -> pystac.Catalog | None:
    """Return the collection of an id, at or under a catalogue."""
    if start.id == name:
        return start
    for child in start.get_children():
        found = _collection(child, name)
        if found is not None:
            return found
    return None


def _walked(held: pystac.Catalog, outline: shapely.Geometry) -> Iterator[pystac.Item]:
    """Yield the items under a static catalogue that touch an outline."""
    yield from (item for item in held.get_items() if _touches(item, outline))
    for child in held.get_children():
        boxes = (
            child.extent.spatial.bboxes if isinstance(child, pystac.Collection) else ()
        )
        # The first box of an extent holds all the others (STAC 1, Spatial Extent).
        if boxes and not shapely.intersects(_box(list(boxes[0])), outline):
            continue
        yield from _walked(child, outline)


def _touches(item: pystac.Item, outline: shapely.Geometry) -> bool:
    """Tell whether an item touches an outline."""
    return bool(shapely.intersects(_outline(item), outline))


def _outline(item: pystac.Item) -> shapely.Geometry:
    """Return what an item covers: its geometry, or else its box."""
    if item.geometry is not None:
        return shapely.from_geojson(json.dumps(item.geometry))
    if item.bbox is None:
        raise LinkError(item.id, "has neither a geometry nor a box")
    return _box(list(item.bbox))


def _box(edges: list[float]) -> shapely.Geometry:
    """Return a box of two or three dimensions as an outline."""
    half = len(edges) // 2
    return shapely.box(edges[0], edges[1], edges[half], edges[half + 1])


def _tile(item: pystac.Item, key: str, catalogue: str) -> Tile:
    """Return the tile of an item.

    Raises
    ------
    LinkError
        If it has no such asset, and not one GeoTIFF either.
    """
    rasters = [one for one in item.assets.values() if TIFF in (one.media_type or "")]
    asset = item.assets.get(key) or (rasters[0] if len(rasters) == 1 else None)
    if asset is None:
        kept = ", ".join(sorted(item.assets)) or "none"
        raise LinkError(catalogue, f"item {item.id} has no asset {key}, but {kept}")
    told: dict[str, Any] = asset.extra_fields
    size = told.get("file:size")
    return Tile(
        name=item.id,
        href=_fetchable(asset.get_absolute_href() or asset.href),
        outline=_outline(item),
        size_bytes=size if isinstance(size, int) else None,
        checksum=told.get("file:checksum"),
    )


def _fetchable(href: str) -> str:
    """Return an address that HTTP can fetch: public buckets answer it too."""
    parts = urlsplit(href)
    if parts.scheme == "s3":
        return f"https://{parts.netloc}.s3.amazonaws.com{parts.path}"
    return href


def _short(error: Exception) -> str:
    """Return the first line of another library's message."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
