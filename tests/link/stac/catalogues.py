"""Catalogues of small tiles, static and with a search, made from nothing."""

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
import shapely

from tests.link.stac.server import Shelf

COLLECTION = "heights-30"
SIDE = 40


def tile_bytes(west: int, south: int, folder: Path) -> bytes:
    """Return a GeoTIFF of one degree whose heights tell their own place."""
    step = 1 / SIDE
    lon = west + (np.arange(SIDE) + 0.5) * step
    lat = south + 1 - (np.arange(SIDE) + 0.5) * step
    height = (100 * (lon[None, :] + 120) + 10 * lat[:, None]).astype("float32")
    path = folder / "one.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=1,
        height=SIDE,
        width=SIDE,
        dtype="float32",
        crs="EPSG:4326",
        transform=rasterio.Affine(step, 0, west, 0, -step, south + 1),
    ) as raster:
        raster.write(height, 1)
    return path.read_bytes()


def item(west: int, south: int, href: str, body: bytes | None) -> dict[str, Any]:
    """Return a STAC item of a tile; a `body` gives it its checksum and size."""
    box = shapely.box(west, south, west + 1, south + 1)
    asset: dict[str, Any] = {"href": href, "type": "image/tiff; application=geotiff"}
    if body is not None:
        asset["file:checksum"] = "1220" + hashlib.sha256(body).hexdigest()
        asset["file:size"] = len(body)
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "id": f"tile_{west}_{south}",
        "geometry": shapely.geometry.mapping(box),
        "bbox": [west, south, west + 1, south + 1],
        "properties": {"datetime": "2021-04-22T00:00:00Z"},
        "collection": COLLECTION,
        "links": [],
        "assets": {"data": asset},
    }


def catalogue(name: str, links: list[tuple[str, str]], **more: Any) -> dict[str, Any]:
    """Return a STAC catalogue, or a collection when `more` says so."""
    return {
        "type": "Catalog",
        "stac_version": "1.0.0",
        "id": name,
        "description": name,
        "links": [{"rel": rel, "href": href} for rel, href in links],
        **more,
    }


def collection(
    name: str, links: list[tuple[str, str]], box: list[float]
) -> dict[str, Any]:
    """Return a STAC collection of an extent."""
    times = {"interval": [["2010-12-12T00:00:00Z", None]]}
    extent = {"spatial": {"bbox": [box]}, "temporal": times}
    made = catalogue(name, links, type="Collection", license="proprietary")
    return made | {"extent": extent}


def static(shelf: Shelf, folder: Path, *, told: bool = True) -> None:
    """Put a static catalogue on a shelf: two strips of tiles, one far away."""
    shelf.put(
        "/catalog.json",
        catalogue("root", [("child", "./other.json"), ("child", "./heights.json")]),
    )
    shelf.put("/other.json", collection("other", [], [0, 0, 1, 1]))
    strips = [("child", "./north/c.json"), ("child", "./far/c.json")]
    shelf.put("/heights.json", collection(COLLECTION, strips, [-180, -90, 180, 90]))
    wests = (-113, -112, -111, -110)
    items = [("item", f"./{west}.json") for west in wests]
    shelf.put("/north/c.json", collection("north", items, [-113, 31, -109, 32]))
    for west in wests:
        body = tile_bytes(west, 31, folder)
        shelf.put(f"/north/{west}.tif", body)
        href = f"./{west}.tif"
        shelf.put(f"/north/{west}.json", item(west, 31, href, body if told else None))
    far = collection("far", [("item", "./never.json")], [20, 20, 21, 21])
    shelf.put("/far/c.json", far)


def searched(shelf: Shelf) -> None:
    """Put a root with a search on a shelf that holds a static catalogue's tiles."""
    links = [("search", f"{shelf.address}/search"), ("self", f"{shelf.address}/api")]
    root = catalogue("api", links)
    root["links"][0] |= {"method": "POST", "type": "application/geo+json"}
    root["conformsTo"] = [
        "https://api.stacspec.org/v1.0.0/core",
        "https://api.stacspec.org/v1.0.0/item-search",
    ]
    shelf.put("/api", root)

    def search(asked: dict[str, Any]) -> dict[str, Any]:
        assert asked["collections"] == [COLLECTION]
        outline = shapely.geometry.shape(asked["intersects"])
        page = int(asked.get("token", 0))
        found = [
            item(west, 31, f"{shelf.address}/north/{west}.tif", None)
            for west in (-113, -112, -111, -110)
            if shapely.box(west, 31, west + 1, 32).intersects(outline)
        ]
        links = []
        if page + 1 < len(found):
            follow = {"rel": "next", "href": f"{shelf.address}/search"}
            links = [follow | {"method": "POST", "body": asked | {"token": page + 1}}]
        return {
            "type": "FeatureCollection",
            "features": found[page : page + 1],
            "links": links,
        }

    shelf.search = search
