"""A server on this machine that answers as public catalogues do."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import shapely

from tests.link.stac.catalogues import COLLECTION

WESTS = (-113, -112, -111, -110)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked: `host` is that of an absolute address, as a proxy gets it."""

    method: str
    host: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What is answered; without `length` the body comes in chunks, cut if `cut`."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    length: bool = True
    cut: bool = False


def as_json(what: dict[str, Any]) -> Reply:
    """Return an object as an answer."""
    return Reply(body=json.dumps(what).encode())


@dataclass
class Public:
    """Routes by path, and all that was asked."""

    routes: dict[str, Callable[[Asked], Reply]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    address: str = ""

    def paths(self, method: str | None = None) -> list[str]:
        """Return the paths that were asked for."""
        return [one.path for one in self.asked if method in (None, one.method)]


class Answer(BaseHTTPRequestHandler):
    """Answers by the routes of `held`."""

    held: Public
    protocol_version = "HTTP/1.1"

    def log_message(self, *words: object) -> None:
        """Say nothing."""
        del words

    def do_POST(self) -> None:
        """Answer a question with a body."""
        size = int(self.headers["Content-Length"])
        self.answer("POST", json.loads(self.rfile.read(size)))

    def do_GET(self) -> None:
        """Answer a question without one."""
        self.answer("GET", {})

    def answer(self, method: str, body: dict[str, Any]) -> None:
        """Answer by the route of the path, as it wishes."""
        place = urlsplit(self.path)
        asked = Asked(
            method=method,
            host=place.netloc,
            path=place.path,
            query={name: one[-1] for name, one in parse_qs(place.query).items()},
            headers={name.lower(): one for name, one in self.headers.items()},
            body=body,
        )
        self.held.asked.append(asked)
        route = self.held.routes.get(place.path)
        reply = Reply(status=404) if route is None else route(asked)
        if "Date" in reply.headers:
            self.send_response_only(reply.status)
        else:
            self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.length:
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            return
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        half = reply.body[: len(reply.body) // 2]
        for piece in (half,) if reply.cut else (half, reply.body[len(half) :]):
            self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
        if not reply.cut:
            self.wfile.write(b"0\r\n\r\n")
        self.close_connection = True


class Quiet(ThreadingHTTPServer):
    """A server whose client may hang up."""

    def handle_error(self, *who: object) -> None:
        """Pass over a client that has read enough."""
        del who


@contextmanager
def public() -> Iterator[Public]:
    """Serve routes on a free port."""
    held = Public()
    own = type("Own", (Answer,), {"held": held})
    server = Quiet(("127.0.0.1", 0), own)
    server.daemon_threads = True
    held.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def feature(west: int, assets: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an item as public catalogues have them, named like Copernicus' tiles."""
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": [
            "https://stac-extensions.github.io/projection/v1.1.0/schema.json"
        ],
        "id": f"Copernicus_DSM_COG_10_N31_00_W{-west:03d}_00_DEM",
        "geometry": shapely.geometry.mapping(shapely.box(west, 31, west + 1, 32)),
        "bbox": [west, 31, west + 1, 32],
        "properties": {
            "datetime": "2021-04-22T00:00:00Z",
            "proj:epsg": 4326,
            "proj:shape": [40, 40],
            "proj:transform": [0.025, 0.0, float(west), 0.0, -0.025, 32.0],
        },
        "collection": COLLECTION,
        "links": [],
        "assets": assets,
    } | more


def tif(href: str, **more: Any) -> dict[str, Any]:
    """Return an asset of a cloud-optimised GeoTIFF."""
    kind = "image/tiff; application=geotiff; profile=cloud-optimized"
    return {"href": href, "type": kind, "roles": ["data"]} | more


def api(
    held: Public, features: list[dict[str, Any]], *, methods: tuple[str, ...]
) -> None:
    """Put the root of a catalogue with a search on a server; it has no pages yet."""

    def root(_asked: Asked) -> Reply:
        links = [
            {"rel": "search", "href": "./search", "method": method}
            for method in methods
        ]
        kinds = ["core", "item-search", "ogcapi-features"]
        return as_json(
            {
                "type": "Catalog",
                "stac_version": "1.0.0",
                "id": "api",
                "description": "as public ones are",
                "conformsTo": [f"https://api.stacspec.org/v1.0.0/{k}" for k in kinds],
                "links": [{"rel": "self", "href": f"{held.address}/v1"}, *links],
            }
        )

    held.routes["/v1/"] = held.routes["/v1"] = root
    held.routes["/v1/search"] = held.routes["/search"] = lambda _asked: as_json(
        {"type": "FeatureCollection", "features": features, "links": []}
    )
