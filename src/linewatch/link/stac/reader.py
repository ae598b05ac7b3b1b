"""Reads a catalogue over HTTP: with tries, past redirections, and nothing but HTTP."""

from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import pystac
import requests
from pystac_client.stac_api_io import StacApiIO
from urllib3.util.retry import Retry

from linewatch.errors import LinkError

TRIES: Final = 5
"""Tries for each page of a catalogue, as for each part of a tile."""

TIMEOUT_S: Final = 60.0

LONGEST_WAIT_S: Final = 120.0
"""The longest that a busy server's wish to wait is followed [s]."""

BUSY: Final = (408, 425, 429, 500, 502, 503, 504)
"""Answers that another try may change (RFC 9110, 15; RFC 6585, 4; RFC 8470, 5.2)."""


class Waits(Retry):
    """Tries again as a server wishes (``Retry-After``), within reason."""

    def parse_retry_after(self, retry_after: str) -> float:
        """Return how long to wait [s]."""
        return min(float(super().parse_retry_after(retry_after)), LONGEST_WAIT_S)


class Reader(StacApiIO):
    """Makes plain catalogues, which can be walked, and knows where pages moved to."""

    stac_object_from_dict = pystac.StacIO.stac_object_from_dict

    def __init__(self) -> None:
        super().__init__(
            timeout=TIMEOUT_S,
            max_retries=Waits(
                total=TRIES - 1,
                backoff_factor=0.5,
                status_forcelist=BUSY,
                allowed_methods=None,
            ),
        )
        self.moved: dict[str, str] = {}
        self.session.hooks["response"].append(self._keep)

    def read_text(self, source: pystac.link.HREF, *args: Any, **kwargs: Any) -> str:
        """Read a page; never a file of this machine, which a page could name.

        Raises
        ------
        LinkError
            If it lies anywhere but behind HTTP.
        """
        href = source.href if isinstance(source, pystac.Link) else str(source)
        only_http(href)
        return str(super().read_text(source, *args, **kwargs))

    def place_of(self, href: str) -> str:
        """Return where a page that was read lies, after redirections."""
        for _ in range(len(self.moved)):
            href = self.moved.get(href, href)
        return href

    def _keep(self, answer: requests.Response, **_more: object) -> None:
        """Keep where a page moved to: its links are relative to that place."""
        if answer.is_redirect and answer.url:
            self.moved[answer.url] = urljoin(answer.url, answer.headers["location"])


def only_http(href: str) -> str:
    """Return an address that HTTP can fetch.

    Raises
    ------
    LinkError
        If it cannot.
    """
    if urlsplit(href).scheme.lower() not in ("http", "https"):
        raise LinkError(href, "must begin with http:// or https://")
    return href
