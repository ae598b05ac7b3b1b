"""Tests of fetching: resumed, checked, never twice, never half."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
import shapely

from linewatch.errors import BadFile, LinkError
from linewatch.link.stac import Tile, fetch
from linewatch.link.stac.fetch import MANIFEST
from linewatch.link.stac.reader import TRIES
from tests.link.stac.catalogues import tile_bytes
from tests.link.stac.server import Shelf, served

OUTLINE = shapely.box(-111, 31, -110, 32)


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    """A tile's bytes."""
    return tile_bytes(-111, 31, tmp_path)


@pytest.fixture
def shelf(body: bytes) -> Iterator[Shelf]:
    """A server of one tile."""
    with served(Shelf()) as made:
        made.put("/a.tif", body)
        yield made


@pytest.fixture
def tile(shelf: Shelf, body: bytes) -> Tile:
    """The tile as a catalogue tells it."""
    return Tile(
        name="a",
        href=f"{shelf.address}/a.tif",
        outline=OUTLINE,
        size_bytes=len(body),
        checksum="1220" + hashlib.sha256(body).hexdigest(),
    )


def test_a_tile_lies_there_whole(tile: Tile, body: bytes, tmp_path: Path) -> None:
    told: list[tuple[str, int, int | None]] = []
    (got,) = fetch([tile], tmp_path / "t", progress=lambda *row: told.append(row))
    assert (tmp_path / "t/a.tif").read_bytes() == body
    assert (got.file, got.bytes, got.checked) == ("a.tif", len(body), "sha256")
    assert told[-1] == ("a", len(body), len(body))
    assert {p.name for p in (tmp_path / "t").iterdir()} == {"a.tif", MANIFEST}


def test_nothing_is_fetched_twice(tile: Tile, shelf: Shelf, tmp_path: Path) -> None:
    first = fetch([tile], tmp_path)
    assert fetch([tile], tmp_path) == first
    assert len(shelf.asked) == 1


@pytest.mark.parametrize("harm", ["cut", "flip", "gone"])
def test_what_was_harmed_here_is_fetched_again(
    tile: Tile, body: bytes, tmp_path: Path, harm: str
) -> None:
    fetch([tile], tmp_path)
    path = tmp_path / "a.tif"
    if harm == "gone":
        path.unlink()
    else:
        cut = body[:-1] if harm == "cut" else body[:-1] + bytes([body[-1] ^ 1])
        path.write_bytes(cut)
    fetch([tile], tmp_path)
    assert path.read_bytes() == body


def test_what_broke_off_goes_on_from_there(
    tile: Tile, shelf: Shelf, body: bytes, tmp_path: Path
) -> None:
    shelf.spoil = lambda path, times: "drop" if path and times < 2 else None
    waits: list[float] = []
    fetch([tile], tmp_path, pause=waits.append)
    assert (tmp_path / "a.tif").read_bytes() == body
    half = len(body) // 2
    three_quarters = half + (len(body) - half) // 2
    spans = [span for _, _, span in shelf.asked]
    assert spans == [None, f"bytes={half}-", f"bytes={three_quarters}-"]
    assert len(waits) == 2


def test_a_stop_between_runs_goes_on_too(
    tile: Tile, shelf: Shelf, body: bytes, tmp_path: Path
) -> None:
    shelf.spoil = lambda path, times: "drop" if path and times < 1 else None

    def stop(seconds: float) -> None:
        raise KeyboardInterrupt(seconds)

    with pytest.raises(KeyboardInterrupt):
        fetch([tile], tmp_path, pause=stop)
    assert not (tmp_path / "a.tif").exists()
    fetch([tile], tmp_path, pause=stop)
    assert (tmp_path / "a.tif").read_bytes() == body
    assert shelf.asked[-1][2] == f"bytes={len(body) // 2}-"


@pytest.mark.parametrize("way", ["no ranges", "no marks", "another file"])
def test_what_cannot_go_on_starts_afresh(
    tile: Tile, shelf: Shelf, body: bytes, tmp_path: Path, way: str
) -> None:
    shelf.spoil = lambda path, times: "drop" if path and times < 1 else None
    if way == "no ranges":
        shelf.ranges = False
    elif way == "no marks":
        shelf.marks = False
    else:
        other = tile_bytes(-110, 31, tmp_path)
        part = tmp_path / "a.tif.part"
        part.write_bytes(other[:99])
        (tmp_path / "a.tif.etag").write_text('"of another"')
    fetch([tile], tmp_path, pause=lambda _: None)
    assert (tmp_path / "a.tif").read_bytes() == body


def test_a_part_longer_than_the_file_starts_afresh(
    tile: Tile, shelf: Shelf, body: bytes, tmp_path: Path
) -> None:
    shelf.spoil = lambda path, times: "drop" if path and times < 1 else None
    part = tmp_path / "a.tif.part"

    def pad(seconds: float) -> None:
        del seconds
        if part.exists() and len(part.read_bytes()) < len(body):
            part.write_bytes(body + b"more")

    fetch([tile], tmp_path, pause=pad)
    assert (tmp_path / "a.tif").read_bytes() == body


def test_busy_servers_are_tried_again_and_then_told(
    tile: Tile, shelf: Shelf, tmp_path: Path
) -> None:
    shelf.spoil = lambda path, times: 503 if path and times < TRIES - 1 else None
    waits: list[float] = []
    fetch([tile], tmp_path / "a", pause=waits.append)
    assert waits == sorted(waits)
    assert len(waits) == TRIES - 1
    shelf.spoil = lambda path, _: 503 if path else None
    with pytest.raises(LinkError, match=f"gave nothing in {TRIES} tries: 503"):
        fetch([tile], tmp_path / "b", pause=waits.append)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_no_is_a_no(tile: Tile, shelf: Shelf, tmp_path: Path, status: int) -> None:
    shelf.spoil = lambda path, _: status if path else None
    with pytest.raises(LinkError, match=f"answers {status}"):
        fetch([tile], tmp_path, pause=lambda _: None)
    assert len(shelf.asked) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"checksum": "1220" + "0" * 64}, "whose sha256 is not the catalogue's"),
        ({"checksum": "1340" + "0" * 128}, "whose sha512 is not the catalogue's"),
        ({"checksum": "d50110" + "0" * 32}, "whose md5 is not the catalogue's"),
        ({"size_bytes": 3}, "the catalogue says 3"),
    ],
)
def test_what_is_not_what_was_told_is_thrown_away(
    tile: Tile, tmp_path: Path, change: dict[str, object], said: str
) -> None:
    other = replace(tile, **change)  # type: ignore[arg-type]
    with pytest.raises(LinkError, match=said):
        fetch([other], tmp_path)
    assert not list(tmp_path.glob("a.tif*part"))


@pytest.mark.parametrize(
    ("checksum", "checked"), [(None, "size"), ("ff01aa", "size"), ("md5", "md5")]
)
def test_it_is_told_what_a_tile_was_held_against(
    tile: Tile, body: bytes, tmp_path: Path, checksum: str | None, checked: str
) -> None:
    if checksum == "md5":
        checksum = "d50110" + hashlib.md5(body, usedforsecurity=False).hexdigest()
    (got,) = fetch([replace(tile, checksum=checksum, size_bytes=None)], tmp_path)
    assert got.checked == checked


def test_what_is_no_raster_is_refused(tile: Tile, shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("/a.tif", b"<html>not here</html>")
    page = replace(tile, checksum=None, size_bytes=None)
    with pytest.raises(LinkError, match="gave what is no whole raster"):
        fetch([page], tmp_path)


def test_names_stay_in_the_folder(tile: Tile, tmp_path: Path) -> None:
    (got,) = fetch([replace(tile, name="../../up/N31 W111")], tmp_path / "in")
    assert got.file == ".._.._up_N31_W111.tif"
    assert (tmp_path / "in" / got.file).is_file()


@pytest.mark.parametrize("text", ["no json", "[1]", '[{"name": "a"}]'])
def test_a_broken_manifest_is_told(tile: Tile, tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(BadFile, match="is no list of fetched tiles"):
        fetch([tile], tmp_path)


def test_the_manifest_tells_where_tiles_came_from(tile: Tile, tmp_path: Path) -> None:
    (got,) = fetch([tile], tmp_path)
    (row,) = json.loads((tmp_path / MANIFEST).read_text())
    assert row["href"] == tile.href
    assert row["sha256"] == got.sha256


def test_what_goes_on_elsewhere_starts_afresh(
    tile: Tile, body: bytes, shelf: Shelf, tmp_path: Path
) -> None:
    shelf.spoil = lambda _path, times: {0: "drop", 1: "elsewhere"}.get(times)
    (got,) = fetch([replace(tile, checksum=None)], tmp_path, pause=lambda _s: None)
    assert (tmp_path / got.file).read_bytes() == body
    assert [asked[2] is None for asked in shelf.asked] == [True, False, True]


def test_a_weak_mark_is_not_gone_on_from(
    tile: Tile, body: bytes, shelf: Shelf, tmp_path: Path
) -> None:
    shelf.weak = True
    shelf.spoil = lambda _path, times: "drop" if times == 0 else None
    (got,) = fetch([replace(tile, checksum=None)], tmp_path, pause=lambda _s: None)
    assert (tmp_path / got.file).read_bytes() == body
    assert [asked[2] for asked in shelf.asked] == [None, None]


@pytest.mark.parametrize("other", ["n/31", "N_31"])
def test_two_tiles_never_share_a_file(
    tile: Tile, shelf: Shelf, tmp_path: Path, other: str
) -> None:
    two = [replace(tile, name="n_31"), replace(tile, name=other)]
    with pytest.raises(LinkError, match=f"n_31 and {other} would be one file"):
        fetch(two, tmp_path)
    assert shelf.asked == []


def test_a_raster_of_no_heights_is_thrown_away(
    tile: Tile, shelf: Shelf, tmp_path: Path
) -> None:
    path = tmp_path / "made.tif"
    bare = {"driver": "GTiff", "width": 4, "height": 4, "dtype": "uint8"}
    where = {"crs": "EPSG:4326", "transform": rasterio.Affine(1, 0, 5, 0, -1, 5)}
    with rasterio.open(path, "w", count=3, **bare, **where) as raster:
        raster.write(np.zeros((3, 4, 4), np.uint8))
    shelf.put("/a.tif", path.read_bytes())
    with pytest.raises(LinkError, match="gave no one band of heights"):
        fetch([replace(tile, size_bytes=None, checksum=None)], tmp_path / "t")
    assert not list((tmp_path / "t").glob("*.tif*"))


def test_half_a_raster_of_the_size_that_the_server_tells_is_refused(
    tile: Tile, shelf: Shelf, body: bytes, tmp_path: Path
) -> None:
    """As where half a tile was once put on the server: nothing else tells of it."""
    shelf.put("/a.tif", body[: len(body) * 9 // 10])
    bare = replace(tile, size_bytes=None, checksum=None)
    with pytest.raises(LinkError, match="gave what is no whole raster"):
        fetch([bare], tmp_path)
    assert not list(tmp_path.glob("a.tif*"))


def test_a_page_of_html_is_no_tile(tile: Tile, shelf: Shelf, tmp_path: Path) -> None:
    shelf.put("/a.tif", b"<!DOCTYPE html><html>Sign in</html>" * 99)
    bare = replace(tile, size_bytes=None, checksum=None)
    with pytest.raises(LinkError, match="gave what is no whole raster"):
        fetch([bare], tmp_path)
    assert not list(tmp_path.glob("a.tif*"))
