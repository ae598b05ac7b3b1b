"""Tests against what public catalogues do, over real HTTP on this machine."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from linewatch.area import read_area
from linewatch.errors import LinkError
from linewatch.link.stac import Tile, corridor, fetch, tiles_on
from linewatch.link.stac.reader import TRIES
from linewatch.scenario import BUILT_IN, read_scenario
from tests.link.stac.catalogues import COLLECTION, collection
from tests.link.stac.public import (
    WESTS,
    Asked,
    Public,
    Reply,
    api,
    as_json,
    feature,
    tif,
)

OUTLINE = shapely.box(-112.5, 31.2, -110.5, 31.8)
INSIDE = ["W111", "W112", "W113"]


def short(tiles: tuple[Tile, ...]) -> list[str]:
    """Return the tiles by their longitude."""
    return [tile.name.split("_")[6] for tile in tiles]


def found(held: Public, **more: Any) -> tuple[Tile, ...]:
    """Find the tiles on the outline."""
    return tiles_on(f"{held.address}/v1", OUTLINE, collection=COLLECTION, **more)


def tile_at(held: Public, path: str = "/a.tif", **more: Any) -> Tile:
    """Return a tile at a path of the server."""
    return Tile(name="a", href=f"{held.address}{path}", outline=OUTLINE, **more)


# ------------------------------------------------------------------ where tiles lie


def test_the_bucket_of_earth_search_answers_http(held: Public) -> None:
    name = "Copernicus_DSM_COG_10_N31_00_W112_00_DEM"
    key = f"{name}/{name}.tif"
    api(held, [feature(-112, {"data": tif(f"s3://copernicus-dem-30m/{key}")})],
        methods=("GET", "POST"))  # fmt: skip
    assert held.address
    (tile,) = found(held)
    assert tile.href == f"https://copernicus-dem-30m.s3.amazonaws.com/{key}"
    (tile,) = found(held, s3=f"{held.address}/store/{{bucket}}")
    assert tile.href == f"{held.address}/store/copernicus-dem-30m/{key}"


@pytest.mark.parametrize(
    ("asset", "href"),
    [
        (
            tif("gs://heights/a b.tif"),
            "https://storage.googleapis.com/heights/a%20b.tif",
        ),
        (tif("s3://my.heights/a.tif"), "https://s3.amazonaws.com/my.heights/a.tif"),
        (
            tif("s3://b/a.tif", alternate={"https": {"href": "https://h.org/a.tif"}}),
            "https://h.org/a.tif",
        ),
        (
            tif("abfs://b@x/a.tif", alternate={"s3": {"href": "s3://b/a.tif"}}),
            "https://b.s3.amazonaws.com/a.tif",
        ),
        (tif("HTTPS://h.org/a.tif"), "HTTPS://h.org/a.tif"),
    ],
)
def test_addresses_are_made_http(
    held: Public, asset: dict[str, Any], href: str
) -> None:
    api(held, [feature(-112, {"data": asset})], methods=("POST",))
    assert found(held)[0].href == href


@pytest.mark.parametrize(
    "href",
    [
        "ftp://h.org/a.tif",
        "file:///etc/passwd",
        "/tiles/a.tif",
        "/vsis3/b/a.tif",
        "abfs://b@x/a.tif",
        "az://b/a.tif",
    ],
)
def test_what_http_cannot_fetch_is_told_at_once(
    held: Public, tmp_path: Path, href: str
) -> None:
    api(held, [feature(-112, {"data": tif(href)})], methods=("POST",))
    if href == "/tiles/a.tif":
        # Without a scheme it is a path on the catalogue's own server.
        assert found(held)[0].href == f"{held.address}{href}"
        return
    with pytest.raises(LinkError, match="which is not fetched: must be http") as told:
        found(held)
    assert href in str(told.value)
    assert "\n" not in str(told.value)
    waits: list[float] = []
    with pytest.raises(LinkError, match="must begin with http"):
        fetch(
            [Tile(name="a", href=href, outline=OUTLINE)], tmp_path, pause=waits.append
        )
    assert waits == []


@pytest.mark.parametrize(
    "address", ["catalog.json", "/etc/hosts", "file:///etc/hosts", "s3://b/c.json", ""]
)
def test_a_catalogue_lies_behind_http(address: str) -> None:
    with pytest.raises(LinkError, match="must begin with http:// or https://"):
        tiles_on(address, OUTLINE, collection=COLLECTION)


def test_no_page_leads_to_a_file_of_this_machine(held: Public, tmp_path: Path) -> None:
    spy = tmp_path / "c.json"
    spy.write_text(json.dumps(collection(COLLECTION, [], [-180, -90, 180, 90])))
    held.routes["/catalog.json"] = lambda _asked: as_json(
        collection("root", [("child", f"file://{spy}")], [-180, -90, 180, 90])
    )
    with pytest.raises(LinkError, match="must begin with http"):
        tiles_on(f"{held.address}/catalog.json", OUTLINE, collection=COLLECTION)


@pytest.mark.parametrize("key", ["data", "dem", "DEM", "elevation"])
def test_heights_are_found_under_the_keys_that_are_used(held: Public, key: str) -> None:
    assets = {
        "thumbnail": {"href": "t.png", "type": "image/png"},
        "mask": tif("https://h.org/mask.tif"),
        key: tif("https://h.org/heights.tif"),
    }
    api(held, [feature(-112, assets)], methods=("POST",))
    assert found(held)[0].href == "https://h.org/heights.tif"
    assert found(held, asset="mask")[0].href == "https://h.org/mask.tif"


def test_two_that_could_be_heights_are_told(held: Public) -> None:
    assets = {
        "dem": tif("https://h.org/a.tif"),
        "elevation": tif("https://h.org/b.tif"),
    }
    api(held, [feature(-112, assets)], methods=("POST",))
    with pytest.raises(LinkError, match="has no asset data, but dem, elevation"):
        found(held)


@pytest.mark.parametrize("told", [17, None, ["1220"]])
def test_a_checksum_that_is_no_text_is_none(held: Public, told: object) -> None:
    asset = tif("https://h.org/a.tif") | {"file:checksum": told, "file:size": "12"}
    api(held, [feature(-112, {"data": asset})], methods=("POST",))
    assert (found(held)[0].checksum, found(held)[0].size_bytes) == (None, None)


# ----------------------------------------------------------------------- the search


def every(held: Public) -> list[dict[str, Any]]:
    """Return items of all tiles, some beside the outline."""
    return [feature(w, {"data": tif(f"{held.address}/{w}.tif")}) for w in WESTS]


@pytest.mark.parametrize("way", ["merge", "whole body", "address", "relative"])
def test_pages_follow_one_another_in_every_way(held: Public, way: str) -> None:
    features = every(held)
    method = "POST" if way in ("merge", "whole body") else "GET"
    api(held, features, methods=(method,))

    def search(asked: Asked) -> Reply:
        told = asked.body if method == "POST" else asked.query
        page = int(told.get("token", 0))
        assert told["collections"] in (COLLECTION, [COLLECTION])
        assert "intersects" in told
        links: list[dict[str, Any]] = [{"rel": "root", "href": f"{held.address}/v1"}]
        if page + 1 < len(features):
            link: dict[str, Any] = {"rel": "next", "method": method}
            if way == "merge":
                more = {"body": {"token": page + 1}, "merge": True}
                link |= {"href": f"{held.address}/v1/search", **more}
            elif way == "whole body":
                link["href"] = f"{held.address}/v1/search"
                link["body"] = asked.body | {"token": page + 1}
                link["headers"] = {"X-Page": "next"}
            else:
                start = "" if way == "relative" else f"{held.address}/v1/search"
                shape = "&".join(
                    f"{name}={told[name]}" for name in ("collections", "intersects")
                )
                link["href"] = f"{start}?{shape}&token={page + 1}"
            links.append(link)
        # A page may be empty and yet have a next one.
        held_here = [] if page == 1 else features[page : page + 1]
        return as_json(
            {"type": "FeatureCollection", "features": held_here, "links": links}
        )

    held.routes["/v1/search"] = held.routes["/search"] = search
    root = f"{held.address}/v1/"
    tiles = tiles_on(root, OUTLINE, collection=COLLECTION)
    assert short(tiles) == ["W111", "W113"]  # W112 was on the empty page
    assert len(held.asked) == 1 + len(features)
    if way == "whole body":
        assert held.asked[-1].headers["x-page"] == "next"


def test_a_ring_of_pages_is_told(held: Public) -> None:
    api(held, [], methods=("POST",))
    again = {"rel": "next", "href": "search", "method": "POST", "merge": True}
    held.routes["/search"] = lambda _asked: as_json(
        {"type": "FeatureCollection", "features": [], "links": [again]}
    )
    with pytest.raises(LinkError, match="leads from page to page in a ring"):
        found(held)
    assert len(held.asked) == 2


@pytest.mark.parametrize("status", [400, 413, 501])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_search_that_takes_boxes_alone_is_given_one(
    held: Public, method: str, status: int
) -> None:
    api(held, every(held), methods=(method,))
    answer = held.routes["/search"]

    def boxes(asked: Asked) -> Reply:
        told = asked.body or asked.query
        if "intersects" in told:
            return Reply(status=status, body=b'{"code": "NoIntersects"}')
        edges = told["bbox"]
        edges = [float(e) for e in edges.split(",")] if method == "GET" else edges
        assert edges == list(OUTLINE.bounds)
        return answer(asked)

    held.routes["/search"] = boxes
    assert short(found(held)) == INSIDE  # W110 is left out here


def test_a_search_may_be_told_by_what_a_catalogue_conforms_to(held: Public) -> None:
    api(held, every(held), methods=())
    assert short(found(held)) == INSIDE
    assert held.paths() == ["/v1", "/v1/search"]


def test_what_is_relative_in_a_page_is_so_to_the_page(held: Public) -> None:
    here = feature(-112, {"data": tif("./tiles/a.tif")})
    there = feature(-111, {"data": tif("./b.tif")})
    there["links"] = [{"rel": "self", "href": f"{held.address}/far/item.json"}]
    api(held, [here, there], methods=("GET",))
    hrefs = sorted(tile.href for tile in found(held))
    assert hrefs == [f"{held.address}/far/b.tif", f"{held.address}/tiles/a.tif"]


def test_a_catalogue_that_moved_is_followed(held: Public) -> None:
    held.routes["/old"] = lambda _asked: Reply(
        status=301, headers={"Location": f"{held.address}/new/c.json"}
    )
    held.routes["/new/c.json"] = lambda _asked: as_json(
        collection(COLLECTION, [("item", "./i.json")], [-180, -90, 180, 90])
    )
    held.routes["/new/i.json"] = lambda _asked: as_json(
        feature(-112, {"data": tif("./a.tif")})
    )
    (tile,) = tiles_on(f"{held.address}/old", OUTLINE, collection=COLLECTION)
    assert tile.href == f"{held.address}/new/a.tif"


def test_a_ring_of_catalogues_is_told(held: Public) -> None:
    for n in range(2):
        links = [("child", f"./{1 - n}.json")]
        page = as_json(collection("ring", links, [-180, -90, 180, 90]))
        held.routes[f"/{n}.json"] = partial(lambda told, _asked: told, page)
    with pytest.raises(LinkError, match=r"in a ring|has no collection"):
        tiles_on(f"{held.address}/0.json", OUTLINE, collection=COLLECTION)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_catalogue_is_asked_again(held: Public, status: int) -> None:
    api(held, every(held), methods=("POST",))
    answer, times = held.routes["/search"], iter(range(9))

    def busy(asked: Asked) -> Reply:
        if next(times) < TRIES - 1:
            return Reply(status=status, headers={"Retry-After": "1"})
        return answer(asked)

    held.routes["/search"] = busy
    assert short(found(held)) == INSIDE
    assert held.paths().count("/search") == TRIES


def test_the_corridor_of_the_whole_line_touches_the_tiles_it_should() -> None:
    """Against asking place by place; the line stays clear of the antimeridian."""
    area = read_area(read_scenario(BUILT_IN))
    outline = corridor(area, 20_000)
    west, south, east, north = shapely.bounds(outline).tolist()
    assert -118 < west < east < -96
    assert 25 < south < north < 34
    tiles = {
        (lon, lat)
        for lon in range(-119, -95)
        for lat in range(24, 36)
        if shapely.intersects(outline, shapely.box(lon, lat, lon + 1, lat + 1))
    }
    along = np.linspace(0, area.line.length_m, 3_000)
    needed = set()
    for offset_m in (-19_900.0, -10_000.0, 0.0, 10_000.0, 19_900.0):
        lon, lat = area.line.place(along, np.full(3_000, offset_m))
        cells = zip(np.floor(lon).astype(int), np.floor(lat).astype(int), strict=True)
        needed |= {(int(x), int(y)) for x, y in cells}
    assert needed <= tiles
    assert len(tiles) <= len(needed) + 6
