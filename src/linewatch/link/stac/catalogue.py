"""The tiles of a SpatioTemporal Asset Catalogue (STAC 1) that a corridor touches."""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

import numpy as np
import pystac
import requests
import shapely
from pystac_client.exceptions import APIError

from linewatch.area import Area
from linewatch.errors import BadValue, LinkError
from linewatch.link.stac.reader import Reader, only_http
from linewatch.link.stac.search import found, search_of

SLACK_M: Final = 500.0
"""How far the outline of a corridor may leave its line [m], so that asking stays short;
the corridor is wider by as much."""

STEP_DEG: Final = 0.002
"""Step to which the outline is rounded [deg]: about 200 m, inside `SLACK_M`."""

TIFF: Final = "image/tiff"

MALFORMED: Final = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    shapely.errors.ShapelyError,
    pystac.STACTypeError,
)
"""What comes of pages that are JSON and no catalogue."""

HEIGHTS: Final = ("data", "dem", "DEM", "elevation", "height", "heights")
"""Keys under which public catalogues keep heights: Earth Search and Planetary Computer
``data``, others the rest."""

STORES: Final = {
    "s3": "https://{bucket}.s3.amazonaws.com",
    "gs": "https://storage.googleapis.com/{bucket}",
}
"""Where public buckets answer HTTP. Source: Amazon S3 User Guide, Virtual hosting of
buckets; Google Cloud Storage, Request endpoints."""


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


def tiles_on(
    catalogue: str,
    outline: shapely.Geometry,
    *,
    collection: str,
    asset: str = "data",
    s3: str = STORES["s3"],
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
        Key of the heights in each item; else one of `HEIGHTS`, or its only GeoTIFF.
    s3 : str
        Where ``s3://`` buckets answer HTTP; ``{bucket}`` stands for a bucket's name.

    Raises
    ------
    LinkError
        If the catalogue cannot be read, has no such collection, or no tile there.
    """
    # The library warns of its tries in lines of its own; the last one is our error.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    reader = Reader()
    try:
        items = list(_items(only_http(catalogue), outline, collection, reader))
        stores = STORES | {"s3": s3}
        tiles = {_id(item): _tile(item, asset, catalogue, stores) for item in items}
    except (APIError, pystac.STACError, requests.RequestException) as error:
        why = error.__cause__
        if isinstance(why, LinkError):
            raise why from None
        raise LinkError(catalogue, f"cannot be read: {_short(error)}") from error
    except (*MALFORMED, AttributeError) as error:
        raise LinkError(catalogue, "is no STAC catalogue") from error
    except RecursionError as error:
        raise LinkError(catalogue, "leads from page to page in a ring") from error
    if not tiles:
        raise LinkError(catalogue, f"has no tile of {collection} along the line")
    return tuple(tiles[name] for name in sorted(tiles))


def _items(
    url: str, outline: shapely.Geometry, collection: str, reader: Reader
) -> Iterator[pystac.Item]:
    """Yield the items of a collection that touch an outline."""
    root = reader.read_json(url)
    url = reader.place_of(url)
    search = search_of(root, url)
    if search is not None:
        items = found(search, outline, collection, reader)
        yield from (item for item in items if _touches(item, outline))
        return
    start = pystac.read_file(url, stac_io=reader)
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
        held = _collection(child, name)
        if held is not None:
            return held
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
    try:
        if item.geometry is not None:
            return shapely.from_geojson(json.dumps(item.geometry))
        if item.bbox is not None:
            return _box(list(item.bbox))
    except MALFORMED as error:
        raise LinkError(_id(item), "has an outline that is none") from error
    raise LinkError(_id(item), "has neither a geometry nor a box")


def _id(item: pystac.Item) -> str:
    """Return the id of an item, which some catalogue may not tell as text."""
    name: object = item.id
    if not isinstance(name, str) or not name:
        raise LinkError(f"{name}", "is no id of an item; must be a text")
    return name


def _box(edges: list[float]) -> shapely.Geometry:
    """Return a box of two or three dimensions as an outline."""
    if len(edges) not in (4, 6):
        raise ValueError("a box has four edges, or six")
    half = len(edges) // 2
    return shapely.box(edges[0], edges[1], edges[half], edges[half + 1])


def _tile(
    item: pystac.Item, key: str, catalogue: str, stores: Mapping[str, str]
) -> Tile:
    """Return the tile of an item.

    Raises
    ------
    LinkError
        If it has no such asset, and not one GeoTIFF either, or HTTP cannot fetch it.
    """
    asset = _asset(item, key)
    if asset is None:
        kept = ", ".join(sorted(item.assets)) or "none"
        raise LinkError(catalogue, f"item {item.id} has no asset {key}, but {kept}")
    told: dict[str, Any] = asset.extra_fields
    size, checksum = told.get("file:size"), told.get("file:checksum")
    return Tile(
        name=item.id,
        href=_fetchable(item, asset, stores),
        outline=_outline(item),
        size_bytes=size if isinstance(size, int) else None,
        checksum=checksum if isinstance(checksum, str) else None,
    )


def _asset(item: pystac.Item, key: str) -> pystac.Asset | None:
    """Return the heights among the assets of an item: by key, or as its only raster."""
    rasters = {
        name: one for name, one in item.assets.items() if TIFF in (one.media_type or "")
    }
    if key in item.assets:
        return item.assets[key]
    if len(rasters) == 1:
        return next(iter(rasters.values()))
    known = [rasters[name] for name in HEIGHTS if name in rasters]
    return known[0] if len(known) == 1 else None


def _fetchable(
    item: pystac.Item, asset: pystac.Asset, stores: Mapping[str, str]
) -> str:
    """Return an address of an asset that HTTP can fetch.

    It may be one of its alternatives (Alternate Assets Extension) where the first is
    none; public buckets answer HTTP too.

    Raises
    ------
    LinkError
        If there is none.
    """
    first = asset.get_absolute_href() or asset.href
    if first.startswith("/") and not first.startswith("/vsi"):
        # A path on the catalogue's own server; GDAL's own begin with /vsi.
        first = urljoin(item.get_self_href() or "", first)
    others = asset.extra_fields.get("alternate")
    every = [first]
    if isinstance(others, dict):
        every += [
            str(o["href"])
            for o in others.values()
            if isinstance(o, dict) and "href" in o
        ]
    for href in every:
        if urlsplit(href).scheme.lower() in ("http", "https"):
            return href
    for href in every:
        parts = urlsplit(href)
        if parts.scheme.lower() in stores and parts.netloc:
            store = stores[parts.scheme.lower()]
            if "." in parts.netloc:
                # A name with dots is no name of a host that a certificate covers.
                store = re.sub(r"//\{bucket\}\.(.*)$", r"//\1/{bucket}", store)
            store = store.replace("{bucket}", parts.netloc)
            return f"{store.rstrip('/')}{quote(parts.path, safe='/%')}"
    rule = f"lies at {first}, which is not fetched: must be http, https, s3 or gs"
    raise LinkError(item.id, rule)


def _short(error: Exception) -> str:
    """Return the first line of another library's message."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
