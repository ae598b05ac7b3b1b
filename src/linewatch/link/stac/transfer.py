"""Bring one file over HTTP: what broke off goes on, a busy server is waited for."""

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

import requests
from urllib3.exceptions import HTTPError

from linewatch.errors import LinkError
from linewatch.link.stac.catalogue import Tile
from linewatch.link.stac.reader import BUSY, LONGEST_WAIT_S, TIMEOUT_S, TRIES, only_http

PART_BYTES: Final = 1 << 20

FIRST_WAIT_S: Final = 0.5
"""Wait before the second try [s]; it doubles with each."""

Progress = Callable[[str, int, int | None], None]
"""Told as bytes come: name of the tile, bytes of it so far, bytes of it in all."""

HOPELESS: Final = (
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
    requests.exceptions.TooManyRedirects,
    requests.exceptions.SSLError,
)
"""What another try cannot change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How files are brought: see `linewatch.link.stac.fetch`."""

    session: requests.Session
    progress: Progress | None
    pause: Callable[[float], None]
    sign: str | None = None


def grow(tile: Tile, part: Path, way: Way) -> int | None:
    """Bring a file until it is whole; return its size, when the server told it.

    Raises
    ------
    LinkError
        If it cannot be had, at once where another try cannot help.
    """
    only_http(tile.href)
    lacking, why = TRIES, ""
    while lacking:
        before = part.stat().st_size if part.exists() else 0
        wait_s = 0.0
        try:
            return _more(tile, part, way)
        except HOPELESS as error:
            raise LinkError(tile.href, f"cannot be fetched: {_first(error)}") from error
        except (requests.RequestException, HTTPError) as error:
            why, answer = _first(error), getattr(error, "response", None)
            if answer is not None:
                wait_s = _wait_s(answer)
                _refuse(tile, answer, wait_s)
        grew = part.exists() and part.stat().st_size > before
        lacking = TRIES if grew else lacking - 1
        if lacking:
            way.pause(max(FIRST_WAIT_S * 2 ** (TRIES - lacking), wait_s))
    raise LinkError(tile.href, f"gave nothing in {TRIES} tries: {why}")


def _refuse(tile: Tile, answer: requests.Response, wait_s: float) -> None:
    """Give up on an answer that another try would get again."""
    status = answer.status_code
    if wait_s > LONGEST_WAIT_S:
        why = f"answers {status} and wishes {wait_s:.0f} s of waiting; try again then"
        raise LinkError(tile.href, why)
    again = (*BUSY, requests.codes.requested_range_not_satisfiable)
    if 400 <= status < 500 and status not in again:
        hint = ""
        if status in (401, 403, 409):
            hint = ": it is not public as it is; a catalogue may want --sign"
        raise LinkError(tile.href, f"answers {status}{hint}")


def _wait_s(answer: requests.Response) -> float:
    """Return how long a server wishes us to wait [s] (RFC 9110, 10.2.3)."""
    told = answer.headers.get("Retry-After", "").strip()
    if told.isascii() and told.isdigit():
        return float(told)
    try:
        # By the server's own clock, which need not be ours.
        until = parsedate_to_datetime(told)
        since = parsedate_to_datetime(answer.headers.get("Date", ""))
        return max((until - since).total_seconds(), 0.0)
    except (TypeError, ValueError):
        return 0.0


def _more(tile: Tile, part: Path, way: Way) -> int | None:
    """Ask for what is missing of a file, and append it."""
    done = part.stat().st_size if part.exists() else 0
    mark = mark_of(part).read_text() if mark_of(part).exists() else ""
    asked: dict[str, str] = {"Accept-Encoding": "identity"}
    if done and mark:
        # Only the same file may go on; another one comes whole (RFC 9110, 13.1.5).
        asked |= {"Range": f"bytes={done}-", "If-Range": mark}
    href = _signed(tile.href, way)
    with way.session.get(href, headers=asked, stream=True, timeout=TIMEOUT_S) as came:
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
        mark_of(part).write_text(_strong(came.headers.get("ETag", "")))
        with part.open("ab" if goes_on else "wb") as to:
            # What came before a break is kept: `iter_content` would drop it.
            while piece := came.raw.read1(PART_BYTES):
                to.write(piece)
                done += len(piece)
                if way.progress is not None:
                    way.progress(tile.name, done, whole)
    if whole is not None and done < whole:
        raise requests.ConnectionError(f"ended after {done} of {whole} bytes")
    return whole


def _signed(href: str, way: Way) -> str:
    """Return an address that may be fetched now; it is asked for before each try."""
    if way.sign is None:
        return href
    with way.session.get(way.sign, params={"href": href}, timeout=TIMEOUT_S) as came:
        came.raise_for_status()
        try:
            return only_http(str(came.json()["href"]))
        except (ValueError, KeyError, TypeError) as error:
            raise LinkError(way.sign, "gave no signed href") from error


def _from(came: requests.Response, done: int) -> bool:
    """Tell whether a part of a file begins where the last one ended."""
    return came.headers.get("Content-Range", "").startswith(f"bytes {done}-")


def _strong(mark: str) -> str:
    """Return a mark that tells every byte; a weak one does not (RFC 9110, 8.8.1)."""
    return "" if mark.startswith("W/") else mark


def mark_of(part: Path) -> Path:
    """Return the file that keeps a server's mark (ETag) of a part."""
    return part.with_suffix(".etag")


def _first(error: Exception) -> str:
    """Return the first line of another library's message."""
    return str(error).strip().partition("\n")[0] or type(error).__name__
