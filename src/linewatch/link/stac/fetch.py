"""Fetch tiles so that nothing is fetched twice, cut short or altered unnoticed.

A tile grows in ``NAME.tif.part`` and takes its name only when it is whole. What stopped
half-way goes on from its last byte, if the server still holds the same file.
"""

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import rasterio
import requests
from rasterio.errors import RasterioError
from urllib3.exceptions import HTTPError

from linewatch.errors import BadFile, LinkError
from linewatch.link.stac.catalogue import TIMEOUT_S, TRIES, Tile
from linewatch.scenario.whole import write_whole

MANIFEST: Final = "tiles.json"
"""File beside the tiles that tells where each came from, and its digest."""

PART_BYTES: Final = 1 << 20

HASHES: Final = {"1220": "sha256", "1340": "sha512", "d50110": "md5"}
"""Multihash prefixes (code and length) by the name of the hash; others are told as not
checked. Source: the multicodec table, https://github.com/multiformats/multicodec."""

Progress = Callable[[str, int, int | None], None]
"""Told as bytes come: name of the tile, bytes of it so far, bytes of it in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A tile on this disk.

    Parameters
    ----------
    name, href : str
        Its id, and where it came from.
    file : str
        Its file's name in the folder.
    bytes : int
        Its size.
    sha256 : str
        Its digest as it lies here.
    checked : str
        What it was held against: ``sha256``, ``sha512`` or ``md5`` when the catalogue
        tells it, ``size`` when the server does, ``nothing`` when neither did.
    """

    name: str
    href: str
    file: str
    bytes: int
    sha256: str
    checked: str


def fetch(
    tiles: Iterable[Tile],
    folder: Path,
    *,
    progress: Progress | None = None,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[Fetched, ...]:
    """Fetch tiles into a folder; those that lie there whole are left as they are.

    Parameters
    ----------
    tiles : iterable of Tile
        What to fetch.
    folder : Path
        Where to; made when missing.
    progress : callable, optional
        Told as bytes come.
    pause : callable
        Waits some seconds between tries [s].

    Returns
    -------
    tuple of Fetched
        One each, in their order. The manifest holds them too, after every tile.

    Raises
    ------
    LinkError
        If a tile cannot be had after `TRIES` tries without a byte more, is not what the
        catalogue says or holds no heights; or if two tiles would be one file.
    BadFile
        If the manifest is none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = _known(folder / MANIFEST)
    tiles, made = _apart(tiles), []
    with requests.Session() as session:
        for tile in tiles:
            got = known.get(tile.name)
            if got is None or not _still_whole(got, tile, folder):
                got = _fetched(tile, folder, session, progress, pause)
                known[tile.name] = got
                _write(folder / MANIFEST, known)
            made.append(got)
    return tuple(made)


def _apart(tiles: Iterable[Tile]) -> tuple[Tile, ...]:
    """Return tiles, none of which would take the file of another.

    Raises
    ------
    LinkError
        If two would.
    """
    every, by_file = tuple(tiles), dict[str, Tile]()
    for tile in every:
        # Some disks hold `A.tif` and `a.tif` for one file.
        first = by_file.setdefault(_stem(tile).lower(), tile)
        if first.name != tile.name:
            both = f"{first.name} and {tile.name}"
            raise LinkError(tile.href, f"{both} would be one file, {_stem(tile)}.tif")
    return every


def _stem(tile: Tile) -> str:
    """Return the name of a tile's file, which stays in its folder."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", tile.name)


def _known(manifest: Path) -> dict[str, Fetched]:
    """Read what a folder holds already."""
    if not manifest.exists():
        return {}
    try:
        rows = json.loads(manifest.read_text(encoding="utf-8"))
        return {row["name"]: Fetched(**row) for row in rows}
    except (ValueError, TypeError, KeyError) as error:
        why = "is no list of fetched tiles; delete it to fetch them again"
        raise BadFile(manifest, why) from error


def _still_whole(got: Fetched, tile: Tile, folder: Path) -> bool:
    """Tell whether a tile lies there as it was fetched, from the same place."""
    path = folder / got.file
    if got.href != tile.href or not path.is_file():
        return False
    return path.stat().st_size == got.bytes and _digest(path, "sha256") == got.sha256


def _fetched(
    tile: Tile,
    folder: Path,
    session: requests.Session,
    progress: Progress | None,
    pause: Callable[[float], None],
) -> Fetched:
    """Fetch one tile, check it, and give it its name."""
    name = _stem(tile)
    part = folder / f"{name}.tif.part"
    whole = _grow(tile, part, session, progress, pause)
    checked = _check(tile, part, whole)
    try:
        with rasterio.open(part) as raster:
            has_heights = raster.count == 1 and raster.crs is not None
    except RasterioError as error:
        _drop(part)
        raise LinkError(tile.href, "gave what is no raster") from error
    if not has_heights:
        _drop(part)
        raise LinkError(tile.href, "gave no one band of heights with a place")
    file = part.with_name(f"{name}.tif")
    size, sha256 = part.stat().st_size, _digest(part, "sha256")
    part.replace(file)
    _mark(part).unlink(missing_ok=True)
    return Fetched(
        name=tile.name,
        href=tile.href,
        file=file.name,
        bytes=size,
        sha256=sha256,
        checked=checked,
    )


def _grow(
    tile: Tile,
    part: Path,
    session: requests.Session,
    progress: Progress | None,
    pause: Callable[[float], None],
) -> int | None:
    """Fetch until the part is whole; return its size, when the server told it."""
    lacking, why = TRIES, ""
    while lacking:
        before = part.stat().st_size if part.exists() else 0
        try:
            return _more(tile, part, session, progress)
        except (requests.RequestException, HTTPError) as error:
            why = str(error).strip().partition("\n")[0]
            response = getattr(error, "response", None)
            status = getattr(response, "status_code", None)
            if status in (401, 403, 404, 410):
                raise LinkError(tile.href, f"answers {status}") from error
        grew = part.exists() and part.stat().st_size > before
        lacking = TRIES if grew else lacking - 1
        if lacking:
            pause(0.5 * 2 ** (TRIES - lacking))
    raise LinkError(tile.href, f"gave nothing in {TRIES} tries: {why}")


def _more(
    tile: Tile, part: Path, session: requests.Session, progress: Progress | None
) -> int | None:
    """Ask for what is missing of a tile, and append it."""
    done = part.stat().st_size if part.exists() else 0
    mark = _mark(part).read_text() if _mark(part).exists() else ""
    asked: dict[str, str] = {"Accept-Encoding": "identity"}
    if done and mark:
        # Only the same file may go on; another one comes whole (RFC 9110, 13.1.5).
        asked |= {"Range": f"bytes={done}-", "If-Range": mark}
    with session.get(tile.href, headers=asked, stream=True, timeout=TIMEOUT_S) as came:
        if came.status_code == requests.codes.requested_range_not_satisfiable:
            part.unlink()
        came.raise_for_status()
        if came.status_code == requests.codes.partial and not _from(came, done):
            part.unlink()
            raise requests.ConnectionError(f"did not go on from byte {done}")
        goes_on = came.status_code == requests.codes.partial
        done = done if goes_on else 0
        length = came.headers.get("Content-Length")
        whole = done + int(length) if length is not None else None
        _mark(part).write_text(_strong(came.headers.get("ETag", "")))
        with part.open("ab" if goes_on else "wb") as to:
            # What came before a break is kept: `iter_content` would drop it.
            while piece := came.raw.read1(PART_BYTES):
                to.write(piece)
                done += len(piece)
                if progress is not None:
                    progress(tile.name, done, whole)
    if whole is not None and done < whole:
        raise requests.ConnectionError(f"ended after {done} of {whole} bytes")
    return whole


def _from(came: requests.Response, done: int) -> bool:
    """Tell whether a part of a file begins where the last one ended."""
    return came.headers.get("Content-Range", "").startswith(f"bytes {done}-")


def _strong(mark: str) -> str:
    """Return a mark that tells every byte; a weak one does not (RFC 9110, 8.8.1)."""
    return "" if mark.startswith("W/") else mark


def _mark(part: Path) -> Path:
    """Return the file that keeps a server's mark (ETag) of a part."""
    return part.with_suffix(".etag")


def _drop(part: Path) -> None:
    """Throw a part away, and what was kept of where it came from."""
    part.unlink()
    _mark(part).unlink(missing_ok=True)


def _check(tile: Tile, part: Path, whole: int | None) -> str:
    """Hold a fetched tile against what was told of it; say against what.

    Raises
    ------
    LinkError
        If it differs; the part is then deleted, so that the next try starts afresh.
    """
    size = part.stat().st_size
    if tile.size_bytes is not None and size != tile.size_bytes:
        _drop(part)
        why = f"gave {size} bytes; the catalogue says {tile.size_bytes}"
        raise LinkError(tile.href, why)
    told = (tile.checksum or "").lower()
    for prefix, algorithm in HASHES.items():
        if told.startswith(prefix):
            if _digest(part, algorithm) != told.removeprefix(prefix):
                _drop(part)
                why = f"gave a file whose {algorithm} is not the catalogue's"
                raise LinkError(tile.href, why)
            return algorithm
    return "nothing" if whole is None and tile.size_bytes is None else "size"


def _digest(path: Path, algorithm: str) -> str:
    """Return the digest of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(
            file, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def _write(path: Path, known: Mapping[str, Fetched]) -> None:
    """Write the manifest whole."""
    rows = [asdict(known[name]) for name in sorted(known)]
    write_whole(path, json.dumps(rows, indent=1) + "\n")
