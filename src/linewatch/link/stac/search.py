"""Asks the search of a catalogue (STAC API, Item Search) page by page."""

import json
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urljoin

import pystac
import shapely
from pystac_client.exceptions import APIError

from linewatch.errors import LinkError
from linewatch.link.stac.reader import Reader

A_PAGE: Final = 100
"""Items asked for at a time; servers may give fewer."""

ITEM_SEARCH: Final = "item-search"

NO_SHAPES: Final = (400, 405, 413, 414, 422, 501)
"""Answers of servers that take boxes alone, or find an outline too long."""

Asked = dict[str, Any]


def search_of(root: dict[str, Any], url: str) -> tuple[str, str] | None:
    """Return the method and address of a catalogue's search; None if it has none."""
    links = [link for link in root["links"] if link["rel"] == "search"]
    if links:
        # A body may hold an outline of any length, an address may not.
        link = next((one for one in links if one.get("method") == "POST"), links[0])
        return str(link.get("method", "GET")).upper(), urljoin(url, link["href"])
    if any(ITEM_SEARCH in str(kind) for kind in root.get("conformsTo", ())):
        return "GET", url.rstrip("/") + "/search"
    return None


def found(
    search: tuple[str, str], outline: shapely.Geometry, collection: str, reader: Reader
) -> Iterator[pystac.Item]:
    """Yield the items of a collection that a search finds on an outline, or about it.

    Servers that refuse an outline are asked for its box.

    Raises
    ------
    LinkError
        If its pages go round in a ring.
    pystac_client.exceptions.APIError
        If it cannot be read.
    """
    shape = json.loads(shapely.to_geojson(outline))
    box = [round(edge, 6) for edge in shapely.bounds(outline).tolist()]
    try:
        pages = list(_pages(search, {"intersects": shape}, collection, reader))
    except APIError as error:
        if error.status_code not in NO_SHAPES:
            raise
        pages = list(_pages(search, {"bbox": box}, collection, reader))
    for page, url in pages:
        for one in page["features"]:
            item = pystac.Item.from_dict(one)
            if item.get_self_href() is None:
                # What is relative in a page is so to the page.
                item.set_self_href(url)
            yield item


def _pages(
    search: tuple[str, str], where: Asked, collection: str, reader: Reader
) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the pages of a search, each with its address."""
    method, url = search
    asked: Asked = {"collections": [collection], "limit": A_PAGE, **where}
    if method == "GET":
        asked["collections"] = collection
        if "bbox" in asked:
            asked["bbox"] = ",".join(str(edge) for edge in asked["bbox"])
        else:
            asked["intersects"] = json.dumps(asked["intersects"])
    headers: dict[str, str] = {}
    seen: set[str] = set()
    while True:
        told = json.dumps([method, url, asked], sort_keys=True)
        if told in seen:
            raise LinkError(url, "leads from page to page in a ring")
        seen.add(told)
        text = reader.request(url, method, headers, asked)
        page = json.loads(text)
        yield page, reader.place_of(url)
        link = next(
            (one for one in page.get("links", ()) if one["rel"] == "next"), None
        )
        if link is None:
            return
        url = urljoin(url, link["href"])
        method = str(link.get("method", "GET")).upper()
        body = link.get("body", {})
        # The address of a next page holds all it needs; a body may add to the last one.
        merged = {**asked, **body} if link.get("merge") else dict(body)
        asked = merged if method == "POST" else {}
        headers = link.get("headers", {})
