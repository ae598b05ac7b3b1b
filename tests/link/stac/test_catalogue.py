"""Tests of finding tiles: every one that touches the line, and no other."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely

from linewatch.area import Area, read_area
from linewatch.errors import BadValue, LinkError
from linewatch.link.stac import corridor, tiles_on
from linewatch.scenario import read_scenario
from tests.link.stac.catalogues import COLLECTION, collection, item, searched, static
from tests.link.stac.server import Shelf, served

LINE = (
    '{"type": "LineString", "coordinates": '
    "[[-111.8, 31.33], [-111.2, 31.5], [-110.48, 31.33]]}"
)


@pytest.fixture
def area(tmp_path: Path) -> Area:
    """An area of a line that crosses three tiles of one degree."""
    (tmp_path / "line.geojson").write_text(LINE)
    text = '[scenario]\nstart = "2026-01-01"\n[area]\nline = "line.geojson"\n'
    (tmp_path / "scenario.toml").write_text(text)
    return read_area(read_scenario(tmp_path))


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A static catalogue, served."""
    with served(Shelf()) as made:
        static(made, tmp_path)
        yield made


def test_a_corridor_holds_every_place_that_is_near_enough(area: Area) -> None:
    outline = corridor(area, 5_000)
    along = np.linspace(0, area.line.length_m, 200)
    for offset_m in (-4_999.0, 0.0, 4_999.0):
        lon, lat = area.line.place(along, np.full(200, offset_m))
        assert shapely.contains_xy(outline, lon, lat).all()
    lon, lat = area.line.place(along, np.full(200, 7_500.0))
    assert not shapely.contains_xy(outline, lon, lat).any()


@pytest.mark.parametrize("within_m", [0.0, -1.0, float("nan")])
def test_a_corridor_has_a_width(area: Area, within_m: float) -> None:
    with pytest.raises(BadValue, match="within must be above 0"):
        corridor(area, within_m)


def test_a_static_catalogue_is_walked_past_what_lies_elsewhere(
    area: Area, shelf: Shelf
) -> None:
    root = f"{shelf.address}/catalog.json"
    tiles = tiles_on(root, corridor(area, 5_000), collection=COLLECTION)
    assert [tile.name for tile in tiles] == ["tile_-111_31", "tile_-112_31"]
    assert tiles[0].href == f"{shelf.address}/north/-111.tif"
    assert tiles[0].size_bytes == len(shelf.files["/north/-111.tif"])
    assert (tiles[0].checksum or "").startswith("1220")
    assert "/far/c.json" in {path for _, path, _ in shelf.asked}
    assert "/far/never.json" not in {path for _, path, _ in shelf.asked}


def test_the_collection_may_be_the_root(area: Area, shelf: Shelf) -> None:
    root = f"{shelf.address}/heights.json"
    assert len(tiles_on(root, corridor(area, 5_000), collection=COLLECTION)) == 2


def test_a_search_is_asked_page_by_page(area: Area, shelf: Shelf) -> None:
    searched(shelf)
    tiles = tiles_on(
        f"{shelf.address}/api", corridor(area, 5_000), collection=COLLECTION
    )
    assert [tile.name for tile in tiles] == ["tile_-111_31", "tile_-112_31"]
    assert sum(method == "POST" for method, _, _ in shelf.asked) == 2


def test_pages_are_tried_again(
    area: Area, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("urllib3.util.retry.Retry.sleep", lambda *_: None)
    shelf.spoil = lambda path, times: (
        503 if path.endswith("c.json") * (times < 3) else None
    )
    root = f"{shelf.address}/catalog.json"
    assert len(tiles_on(root, corridor(area, 5_000), collection=COLLECTION)) == 2


@pytest.mark.parametrize(
    ("path", "name", "said"),
    [
        ("/catalog.json", "heights-10", "has no collection heights-10"),
        ("/catalog.json", "other", "has no tile of other along the line"),
        ("/missing.json", COLLECTION, "cannot be read"),
        ("/north/-111.json", COLLECTION, "is no catalogue"),
        ("/north/-111.tif", COLLECTION, "cannot be read"),
        ("/list.json", COLLECTION, "is no STAC catalogue"),
        ("/half.json", COLLECTION, "is no STAC catalogue"),
    ],
)
def test_what_cannot_be_had_is_told_in_one_line(
    area: Area, shelf: Shelf, path: str, name: str, said: str
) -> None:
    shelf.put("/list.json", b"[]")
    shelf.put("/half.json", b'{"links":')
    with pytest.raises(LinkError, match=said) as caught:
        tiles_on(f"{shelf.address}{path}", corridor(area, 5_000), collection=name)
    assert "\n" not in str(caught.value)


def test_nobody_there_is_told(area: Area, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("urllib3.util.retry.Retry.sleep", lambda *_: None)
    with served(Shelf()) as gone:
        address = gone.address
    with pytest.raises(LinkError, match="cannot be read"):
        tiles_on(address, corridor(area, 5_000), collection=COLLECTION)


def test_an_item_without_heights_is_told(area: Area, shelf: Shelf) -> None:
    bare = item(-111, 31, "./x.tif", None)
    bare["assets"] = {"thumbnail": {"href": "./x.png", "type": "image/png"}}
    shelf.put("/north/-111.json", bare)
    with pytest.raises(LinkError, match="tile_-111_31 has no asset data, but thumbn"):
        tiles_on(
            f"{shelf.address}/catalog.json",
            corridor(area, 5_000),
            collection=COLLECTION,
        )


def test_the_only_raster_serves_under_any_key(area: Area, shelf: Shelf) -> None:
    other = item(-111, 31, "./-111.tif", None)
    other["assets"] = {"dem": other["assets"]["data"]}
    shelf.put("/north/-111.json", other)
    root = f"{shelf.address}/catalog.json"
    assert len(tiles_on(root, corridor(area, 5_000), collection=COLLECTION)) == 2


def test_a_bucket_is_fetched_by_http(area: Area, shelf: Shelf) -> None:
    shelf.put("/north/-111.json", item(-111, 31, "s3://heights/a/b.tif", None))
    root = f"{shelf.address}/catalog.json"
    tiles = tiles_on(root, corridor(area, 5_000), collection=COLLECTION)
    assert tiles[0].href == "https://heights.s3.amazonaws.com/a/b.tif"


def test_boxes_of_three_dimensions_are_boxes(area: Area, shelf: Shelf) -> None:
    strip = collection("north", [("item", "./-111.json")], [-113, 31, 0, -109, 32, 900])
    shelf.put("/north/c.json", strip)
    flat = item(-111, 31, "./-111.tif", None)
    flat |= {"geometry": None, "bbox": [-111, 31, 0, -110, 32, 900]}
    shelf.put("/north/-111.json", flat)
    tiles = tiles_on(
        f"{shelf.address}/catalog.json", corridor(area, 5_000), collection=COLLECTION
    )
    assert shapely.bounds(tiles[0].outline).tolist() == [-111, 31, -110, 32]


@pytest.mark.parametrize(
    ("page", "path", "value", "said"),
    [
        ("north/-111", ("geometry",), {}, "tile_-111_31: has an outline that is none"),
        ("north/-111", ("geometry",), True, "has an outline that is none"),
        ("north/-111", ("geometry", "coordinates"), [[[0, 0], [1, 1]]], "that is none"),
        ("north/-111", ("geometry", "coordinates", 0, 1), ["a", 0], "that is none"),
        ("north/-111", ("id",), {"a": 1}, "{'a': 1}: is no id of an item"),
        ("north/-111", ("id",), 1e400, "inf: is no id of an item; must be a text"),
        ("north/-111", ("id",), "", "is no id of an item; must be a text"),
        ("north/-111", ("assets", "data", "type"), -1, "is no STAC catalogue"),
        ("north/c", ("extent", "spatial", "bbox"), [[]], "is no STAC catalogue"),
        ("north/c", ("extent", "spatial", "bbox"), [[1, 2, 3]], "is no STAC catalogue"),
        ("catalog", ("type",), [], "is no STAC catalogue"),
    ],
)
def test_malformed_pages_are_told_in_one_line(
    area: Area, shelf: Shelf, page: str, path: tuple[Any, ...], value: object, said: str
) -> None:
    told = json.loads(shelf.files[f"/{page}.json"])
    inner = told
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    shelf.put(f"/{page}.json", told)
    with pytest.raises(LinkError) as caught:
        tiles_on(
            f"{shelf.address}/catalog.json", corridor(area, 5e3), collection=COLLECTION
        )
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_item_with_a_box_alone_is_found(area: Area, shelf: Shelf) -> None:
    """And one with neither an outline nor a box is told by its name."""
    told = json.loads(shelf.files["/north/-111.json"])
    address, outline = f"{shelf.address}/catalog.json", corridor(area, 5e3)
    shelf.put("/north/-111.json", told | {"geometry": None})
    found = tiles_on(address, outline, collection=COLLECTION)
    assert [tile.name for tile in found] == ["tile_-111_31", "tile_-112_31"]
    bare = {key: value for key, value in told.items() if key != "bbox"}
    shelf.put("/north/-111.json", bare | {"geometry": None})
    with pytest.raises(LinkError, match="tile_-111_31: has neither a geometry nor"):
        tiles_on(address, outline, collection=COLLECTION)
    shelf.put("/north/-111.json", told | {"geometry": None, "bbox": [1, 2, 3]})
    with pytest.raises(LinkError, match="tile_-111_31: has an outline that is none"):
        tiles_on(address, outline, collection=COLLECTION)
