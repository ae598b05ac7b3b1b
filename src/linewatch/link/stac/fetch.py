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

import requests
from rasterio.errors import RasterioError

from linewatch.area.damage import check_length, opened_quietly
from linewatch.errors import BadFile, LinkError
from linewatch.link.stac.catalogue import Tile
from linewatch.link.stac.transfer import Progress, Way, grow, mark_of
from linewatch.scenario.whole import write_whole

MANIFEST: Final = "tiles.json"
"""File beside the tiles that tells where each came from, and its digest."""

HASHES: Final = {
    "1114": "sha1",
    "1220": "sha256",
    "2030": "sha384",
    "1340": "sha512",
    "1620": "sha3_256",
    "1440": "sha3_512",
    "e0e40220": "blake2s",
    "c0e40240": "blake2b",
    "d50110": "md5",
}
"""Multihash prefixes (code and length) by the name of the hash; others are told as not
checked. Source: the multicodec table, https://github.com/multiformats/multicodec."""


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
        What it was held against: a name of `HASHES` when the catalogue tells it,
        ``size`` when the server does, ``nothing`` when neither did: then it was read
        to its end.
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
    sign: str | None = None,
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
    sign : str, optional
        Address that, asked with ``?href=``, answers with one that may be fetched, as
        Planetary Computer wants it.

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
        way = Way(session=session, progress=progress, pause=pause, sign=sign)
        for tile in tiles:
            got = known.get(tile.name)
            if got is None or not _still_whole(got, tile, folder):
                got = _fetched(tile, folder, way)
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


def held(folder: Path) -> tuple[Fetched, ...]:
    """Return the tiles that lie whole in a folder, without asking anybody.

    Raises
    ------
    BadFile
        If there is none, or one differs from what was fetched.
    """
    known = _known(folder / MANIFEST)
    if not known:
        raise BadFile(folder / MANIFEST, "tells of no tile that was fetched")
    for got in known.values():
        path = folder / got.file
        if not path.is_file() or _digest(path, "sha256") != got.sha256:
            raise BadFile(path, "is not there as it was fetched; fetch it again")
    return tuple(known[name] for name in sorted(known))


def _fetched(tile: Tile, folder: Path, way: Way) -> Fetched:
    """Fetch one tile, check it, and give it its name."""
    name = _stem(tile)
    part = folder / f"{name}.tif.part"
    whole = grow(tile, part, way)
    checked = _check(tile, part, whole)
    try:
        with opened_quietly(part) as raster:
            check_length(part, raster, every_block=True)
            has_heights = raster.count == 1 and raster.crs is not None
            if has_heights and checked == "nothing":
                for _, window in raster.block_windows(1):
                    raster.read(1, window=window)
    except (RasterioError, BadFile) as error:
        _drop(part)
        raise LinkError(tile.href, "gave what is no whole raster") from error
    if not has_heights:
        _drop(part)
        raise LinkError(tile.href, "gave no one band of heights with a place")
    file = part.with_name(f"{name}.tif")
    size, sha256 = part.stat().st_size, _digest(part, "sha256")
    part.replace(file)
    mark_of(part).unlink(missing_ok=True)
    return Fetched(
        name=tile.name,
        href=tile.href,
        file=file.name,
        bytes=size,
        sha256=sha256,
        checked=checked,
    )


def _drop(part: Path) -> None:
    """Throw a part away, and what was kept of where it came from."""
    part.unlink()
    mark_of(part).unlink(missing_ok=True)


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
