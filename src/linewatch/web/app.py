"""The web app: the page, its data and one thing to do, acknowledging an alert."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field

import linewatch
from linewatch.errors import UnknownName
from linewatch.web.guard import LOOPBACK, Guard
from linewatch.web.page import STATIC, PageFiles, page
from linewatch.web.picture import PictureSource
from linewatch.web.stream import Feed, stream
from linewatch.web.words import alerts_words, force_words, live_words, picture_words

Acknowledge = Callable[[str, str], Awaitable[None]]
"""Called with the alert's id and the office; logs both before it returns."""


class Office(BaseModel):
    """Body of an acknowledgement: the office that gives it, one of the picture's."""

    model_config = ConfigDict(extra="forbid")
    office: str = Field(max_length=80)


def make_app(
    source: PictureSource,
    *,
    acknowledge: Acknowledge | None = None,
    period_s: float = 1.0,
    hosts: Sequence[str] = LOOPBACK,
    folder: Path = STATIC,
) -> FastAPI:
    """Make the web app that shows a picture.

    Parameters
    ----------
    source : PictureSource
        Whoever fills the picture.
    acknowledge : callable, optional
        Awaited with the alert's id and the office once an office acknowledges an alert.
        Without it the picture is read-only.
    period_s : float, default 1.0
        Time between looks for a new frame [s].
    hosts : sequence of str, default loopback
        Host names to answer to; ``*`` for all.
    folder : Path
        Where the built page lies.

    Returns
    -------
    FastAPI
        The app, to be served by `serve_app`.
    """
    app = FastAPI(
        title="Linewatch",
        version=linewatch.__version__,
        docs_url=None,  # its page would come from another site
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.add_middleware(Guard, hosts=hosts)
    _add_data(app, source)
    _add_acknowledgement(app, source, acknowledge)
    feed = Feed(source)

    @app.websocket("/ws/tracks")
    async def _tracks(socket: WebSocket) -> None:
        await stream(socket, feed, period_s)

    @app.get("/", include_in_schema=False)
    def _page() -> Response:
        return page(folder)

    app.mount("/", PageFiles(directory=folder, check_dir=False), name="page")
    return app


def _add_data(app: FastAPI, source: PictureSource) -> None:
    """Add what can be read: each path gives the picture's words as JSON."""

    @app.get("/api/health")
    def _health() -> dict[str, Any]:
        """Tell that the server answers, and how far its frames have come."""
        frame = source.live()
        return {
            "status": "ok",
            "version": linewatch.__version__,
            "seq": frame.seq,
            "time_s": frame.time_s,
        }

    @app.get("/api/static")
    def _static() -> JSONResponse:
        """Give the part of the picture that stands still."""
        return JSONResponse(picture_words(source.static()))

    @app.get("/api/live")
    def _live() -> JSONResponse:
        """Give the newest frame as JSON; browsers take it from /ws/tracks instead."""
        return JSONResponse(live_words(source.static(), source.live()))

    @app.get("/api/alerts")
    def _alerts() -> JSONResponse:
        """Give the alerts, newest first, with handover and acknowledgement."""
        frame = source.live()
        told = alerts_words(source.static(), frame)
        return JSONResponse({"seq": frame.seq, "time_s": frame.time_s, "alerts": told})

    @app.get("/api/force")
    def _force() -> JSONResponse:
        """Give the five strengths and those present by status."""
        return JSONResponse(force_words(source.static()))


def _add_acknowledgement(
    app: FastAPI, source: PictureSource, acknowledge: Acknowledge | None
) -> None:
    """Add the one thing to do; where nobody logs it, it is refused."""

    @app.post("/api/alerts/{alert_id}/ack")
    async def _acknowledge(alert_id: str, body: Office, request: Request) -> Response:
        """Record that an office has seen an alert."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip()
        if kind != "application/json":  # a form of another site cannot send this kind
            return _refusal(415, "send application/json")
        if acknowledge is None:
            return _refusal(409, "this picture is read-only")
        offices = source.static().offices
        if body.office not in offices:
            return _refusal(422, str(UnknownName("office", body.office, offices)))
        if all(alert.alert_id != alert_id for alert in source.live().alerts):
            return _refusal(404, "no such alert")
        await acknowledge(alert_id, body.office)
        return JSONResponse({"alert_id": alert_id, "office": body.office})


def _refusal(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status_code=status)
