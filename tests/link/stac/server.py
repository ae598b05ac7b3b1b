"""A small server of files on this machine that can be told to fail."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Shelf:
    """What the server holds, and what it was asked.

    `spoil` may answer a request in another way: it gets the path and how often that was
    asked before, and returns "drop" to end half-way, "elsewhere" to go on
    from another byte, a status, or None.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    spoil: Callable[[str, int], str | int | None] = lambda path, times: None  # noqa: ARG005
    search: Callable[[dict[str, Any]], dict[str, Any]] | None = None
    ranges: bool = True
    marks: bool = True
    weak: bool = False
    address: str = ""

    def put(self, path: str, what: bytes | dict[str, Any]) -> None:
        """Keep a file; an object as JSON."""
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.files[path] = body


@contextmanager
def served(shelf: Shelf) -> Iterator[Shelf]:
    """Serve a shelf on a free port."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *words: object) -> None:
            del words

        def do_POST(self) -> None:
            size = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(size))
            shelf.asked.append(("POST", self.path, json.dumps(body)))
            assert shelf.search is not None
            self.answer(200, json.dumps(shelf.search(body)).encode(), {})

        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            times = sum(asked[1] == path for asked in shelf.asked)
            shelf.asked.append(("GET", path, self.headers.get("Range")))
            spoilt = shelf.spoil(path, times)
            body = shelf.files.get(path)
            if isinstance(spoilt, int) or body is None:
                status = spoilt if isinstance(spoilt, int) else 404
                self.answer(status, b"no", {"Retry-After": "0"})
                return
            mark = f'"{hashlib.sha256(body).hexdigest()[:12]}"'
            mark = f"W/{mark}" if shelf.weak else mark
            told = {"ETag": mark} if shelf.marks else {}
            status, start = 200, 0
            span = self.headers.get("Range")
            if span and shelf.ranges and self.headers.get("If-Range") == mark:
                start = int(span.removeprefix("bytes=").removesuffix("-"))
                status = 206 if start < len(body) else 416
            if status == 206:
                at = start if spoilt != "elsewhere" else start - 1
                told["Content-Range"] = f"bytes {at}-{len(body) - 1}/{len(body)}"
            self.answer(status, body[start:], told, cut=spoilt == "drop")

        def answer(
            self, status: int, body: bytes, told: dict[str, str], *, cut: bool = False
        ) -> None:
            self.send_response(status)
            for name, value in told.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body[: len(body) // 2] if cut else body)
            if cut:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    server.daemon_threads = True
    shelf.address = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield shelf
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
