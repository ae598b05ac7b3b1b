"""What a browser is allowed to do with the page, and who may ask for it."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY: Final = (
    "default-src 'self'; worker-src 'self' blob:; img-src 'self' data: blob:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
"""Content security policy: all from here, nothing from elsewhere, in no frame."""

HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=()",
}

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
"""Names of this machine alone. A page of another site cannot take one of them."""


class Guard:
    """Sets the headers on each answer, and turns away other sites.

    A page of another site may name this server by a name of its own that it points at
    127.0.0.1, or open a WebSocket, which no same-origin rule holds back; so the host
    asked for must be one of `hosts`, and the origin, where one is told, must be that
    host. Integrators' programs send no origin and pass.

    Parameters
    ----------
    app : ASGIApp
        What to guard.
    hosts : sequence of str
        Host names to answer to, without port; ``*`` answers to all.
    """

    def __init__(self, app: ASGIApp, *, hosts: Sequence[str]) -> None:
        self.app = app
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        if not self.admits(Headers(scope=scope)):
            refusal = PlainTextResponse(
                "not for this host or origin\n", status_code=403
            )
            if scope["type"] == "http":
                await refusal(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 1008})
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, send_with_headers)

    def admits(self, headers: Headers) -> bool:
        """Tell whether the host is ours and the origin, if told, the same."""
        host = headers.get("host", "")
        if "*" not in self.hosts and (urlsplit(f"//{host}").hostname not in self.hosts):
            return False
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == host
