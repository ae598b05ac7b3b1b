"""Tests of bringing tiles from servers as public ones are, over real HTTP."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
import shapely

from linewatch.errors import LinkError
from linewatch.link.stac import Tile, fetch, tiles_on
from linewatch.link.stac.fetch import HASHES
from linewatch.link.stac.reader import LONGEST_WAIT_S
from tests.link.stac.catalogues import COLLECTION
from tests.link.stac.public import (
    Asked,
    Public,
    Reply,
    api,
    as_json,
    feature,
    tif,
)

OUTLINE = shapely.box(-112.5, 31.2, -110.5, 31.8)


def tile_at(held: Public, path: str = "/a.tif", **more: Any) -> Tile:
    """Return a tile at a path of the server."""
    return Tile(name="a", href=f"{held.address}{path}", outline=OUTLINE, **more)


@pytest.mark.parametrize(
    ("told", "waited"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "0"}, 1.0),
        (
            {
                "Retry-After": "Tue, 24 Nov 2099 10:00:30 GMT",
                "Date": "Tue, 24 Nov 2099 10:00:00 GMT",
            },
            30.0,
        ),
        ({"Retry-After": "soon"}, 1.0),
        ({}, 1.0),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_given_the_time_it_wishes(
    held: Public,
    body: bytes,
    tmp_path: Path,
    status: int,
    told: dict[str, str],
    waited: float,
) -> None:
    times = iter(range(9))
    held.routes["/a.tif"] = lambda _asked: (
        Reply(status=status, headers=told) if next(times) == 0 else Reply(body=body)
    )
    waits: list[float] = []
    fetch([tile_at(held)], tmp_path / "t", pause=waits.append)
    assert waits == [waited]


def test_who_wishes_too_long_a_wait_is_not_waited_for(
    held: Public, tmp_path: Path
) -> None:
    long = f"{LONGEST_WAIT_S + 1:.0f}"
    held.routes["/a.tif"] = lambda _a: Reply(status=503, headers={"Retry-After": long})
    waits: list[float] = []
    with pytest.raises(LinkError, match=f"answers 503 and wishes {long} s of waiting"):
        fetch([tile_at(held)], tmp_path, pause=waits.append)
    assert (waits, len(held.asked)) == ([], 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 410, 451])
def test_a_no_is_a_no(held: Public, tmp_path: Path, status: int) -> None:
    held.routes["/a.tif"] = lambda _asked: Reply(status=status)
    with pytest.raises(LinkError, match=f"answers {status}") as told:
        fetch([tile_at(held)], tmp_path, pause=lambda _s: None)
    assert len(held.asked) == 1
    assert ("--sign" in str(told.value)) == (status in (401, 403, 409))


def test_a_signed_address_is_asked_for_each_try(
    held: Public, body: bytes, tmp_path: Path
) -> None:
    """As Planetary Computer has it: what is not signed answers 409."""
    number = iter(range(9))

    def sign(asked: Asked) -> Reply:
        return as_json({"href": f"{asked.query['href']}?sig={next(number)}"})

    def tile(asked: Asked) -> Reply:
        sig = asked.query.get("sig")
        if sig is None:
            return Reply(status=409, body=b"PublicAccessNotPermitted")
        return Reply(status=503) if sig == "0" else Reply(body=body)

    held.routes |= {"/sign": sign, "/a.tif": tile}
    way: dict[str, Any] = {"sign": f"{held.address}/sign", "pause": lambda _s: None}
    (got,) = fetch([tile_at(held)], tmp_path, **way)
    assert got.href == f"{held.address}/a.tif"
    assert [one.query.get("sig") for one in held.asked if one.path == "/a.tif"] == [
        "0",
        "1",
    ]
    asked = len(held.asked)
    assert fetch([tile_at(held)], tmp_path, **way) == (got,)
    assert len(held.asked) == asked
    held.routes["/sign"] = lambda _asked: as_json({"message": "no"})
    with pytest.raises(LinkError, match="gave no signed href"):
        fetch([tile_at(held)], tmp_path / "b", **way)


def test_a_tile_that_moved_is_followed_and_goes_on(
    held: Public, body: bytes, tmp_path: Path
) -> None:
    where = {"Location": f"{held.address}/b.tif"}
    held.routes["/a.tif"] = lambda _asked: Reply(status=302, headers=where)

    def there(asked: Asked) -> Reply:
        mark = {"ETag": '"one"'}
        span = asked.headers.get("range")
        if span is None:
            return Reply(body=body, headers=mark, length=False, cut=True)
        start = int(span.removeprefix("bytes=").removesuffix("-"))
        told = {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
        return Reply(status=206, body=body[start:], headers=mark | told)

    held.routes["/b.tif"] = there
    fetch([tile_at(held)], tmp_path, pause=lambda _s: None)
    assert (tmp_path / "a.tif").read_bytes() == body
    spans = [one.headers.get("range") for one in held.asked if one.path == "/b.tif"]
    assert spans == [None, f"bytes={len(body) // 2}-"]


@pytest.mark.parametrize("where", ["ftp://h.org/a.tif", "file:///etc/passwd"])
def test_nobody_is_followed_out_of_http(
    held: Public, tmp_path: Path, where: str
) -> None:
    held.routes["/a.tif"] = lambda _a: Reply(status=302, headers={"Location": where})
    waits: list[float] = []
    with pytest.raises(LinkError, match="cannot be fetched"):
        fetch([tile_at(held)], tmp_path, pause=waits.append)
    assert waits == []


def test_a_ring_of_moves_is_told_at_once(held: Public, tmp_path: Path) -> None:
    where = {"Location": f"{held.address}/a.tif"}
    held.routes["/a.tif"] = lambda _asked: Reply(status=302, headers=where)
    waits: list[float] = []
    with pytest.raises(LinkError, match="cannot be fetched: Exceeded 30 redirects"):
        fetch([tile_at(held)], tmp_path, pause=waits.append)
    assert waits == []


def test_a_body_in_chunks_comes_whole(
    held: Public, body: bytes, tmp_path: Path
) -> None:
    held.routes["/a.tif"] = lambda _asked: Reply(body=body, length=False)
    (got,) = fetch([tile_at(held)], tmp_path / "t")
    assert (tmp_path / "t/a.tif").read_bytes() == body
    assert got.checked == "nothing"


def test_a_body_in_chunks_that_is_cut_is_asked_for_again(
    held: Public, body: bytes, tmp_path: Path
) -> None:
    times = iter(range(9))
    held.routes["/a.tif"] = lambda _asked: Reply(
        body=body, length=False, cut=next(times) < 2
    )
    waits: list[float] = []
    fetch([tile_at(held)], tmp_path / "t", pause=waits.append)
    assert (tmp_path / "t/a.tif").read_bytes() == body
    assert len(waits) == 2


def test_half_a_raster_that_nobody_tells_of_is_refused(
    held: Public, body: bytes, tmp_path: Path
) -> None:
    """The server ends well, in chunks, but half-way: only reading it tells."""
    half = body[: -len(body) // 4]
    held.routes["/a.tif"] = lambda _asked: Reply(body=half, length=False)
    with pytest.raises(LinkError, match="gave what is no whole raster"):
        fetch([tile_at(held)], tmp_path / "t", pause=lambda _s: None)
    assert not list((tmp_path / "t").glob("a.tif*"))


@pytest.mark.parametrize("how", ["used", "left out"])
def test_proxies_are_taken_from_the_environment(
    held: Public, body: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    api(held, [feature(-112, {"data": tif("http://heights.test/a.tif")})],
        methods=("POST",))  # fmt: skip
    held.routes["/a.tif"] = lambda _asked: Reply(body=body)
    monkeypatch.setenv("http_proxy", held.address)
    monkeypatch.setenv("no_proxy", "heights.test" if how == "left out" else "")
    tiles = tiles_on("http://stac.test/v1", OUTLINE, collection=COLLECTION)
    assert {one.host for one in held.asked} == {"stac.test"}
    if how == "used":
        fetch(tiles, tmp_path / "t")
        assert held.asked[-1].host == "heights.test"
        return
    with pytest.raises(LinkError, match="gave nothing in 5 tries"):
        fetch(tiles, tmp_path / "t", pause=lambda _s: None)


CODES = {
    "sha1": 0x11,
    "sha256": 0x12,
    "sha384": 0x20,
    "sha512": 0x13,
    "sha3_256": 0x16,
    "sha3_512": 0x14,
    "blake2b": 0xB240,
    "blake2s": 0xB260,
    "md5": 0xD5,
}
"""Codes of the multicodec table; a multihash begins with them as a varint."""


def multihash(name: str, body: bytes) -> str:
    """Return a multihash made by its rule: code and length as varints, digest."""
    digest = hashlib.new(name, body, usedforsecurity=False).digest()
    told = bytearray()
    for number in (CODES[name], len(digest)):
        rest = number
        while rest >= 0x80:
            told.append(rest & 0x7F | 0x80)
            rest >>= 7
        told.append(rest)
    return (bytes(told) + digest).hex()


@pytest.mark.parametrize("name", CODES)
def test_every_hash_that_is_known_is_held_against(
    held: Public, body: bytes, tmp_path: Path, name: str
) -> None:
    assert set(CODES) == set(HASHES.values())
    held.routes["/a.tif"] = lambda _asked: Reply(body=body)
    told = multihash(name, body)
    (got,) = fetch([tile_at(held, checksum=told.upper())], tmp_path / "a")
    assert got.checked == name
    wrong = told[:-1] + ("0" if told[-1] != "0" else "1")
    with pytest.raises(LinkError, match=f"whose {name} is not the catalogue's"):
        fetch([tile_at(held, checksum=wrong)], tmp_path / "b")
    assert not list((tmp_path / "b").glob("a.tif*"))
