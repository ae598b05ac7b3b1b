"""Frames to browsers over one WebSocket each: tracks as bytes, the rest as text."""

import asyncio
import json
from contextlib import suppress

from starlette.websockets import WebSocket, WebSocketDisconnect

from linewatch.web.frame import pack
from linewatch.web.picture import LiveFrame, PictureSource
from linewatch.web.words import news_words


class Feed:
    """The newest frame as it goes on the wire, packed once for all who watch."""

    def __init__(self, source: PictureSource) -> None:
        self.source = source
        self._packed: tuple[LiveFrame, bytes, str] | None = None

    def newest(self) -> tuple[int, bytes, str]:
        """Give the number of the newest frame, its tracks and its news."""
        frame = self.source.live()
        if self._packed is None or self._packed[0] is not frame:
            tracks = pack(frame.tracks, seq=frame.seq, time_s=frame.time_s)
            news = news_words(self.source.static(), frame)
            text = json.dumps(news, separators=(",", ":"), allow_nan=False)
            self._packed = (frame, tracks, text)
        return frame.seq, self._packed[1], self._packed[2]


async def stream(socket: WebSocket, feed: Feed, period_s: float) -> None:
    """Send each new frame until the browser leaves.

    Parameters
    ----------
    socket : WebSocket
        The browser, not yet accepted.
    feed : Feed
        Where frames come from.
    period_s : float
        Time between looks for a new frame [s]. A frame that came and went between two
        looks is not sent: the page wants the newest, not all.
    """
    await socket.accept()
    leaving = asyncio.create_task(_until_gone(socket))
    last = -1
    try:
        while not leaving.done():
            seq, tracks, news = feed.newest()
            if seq != last:
                await socket.send_text(news)
                await socket.send_bytes(tracks)
                last = seq
            await asyncio.wait({leaving}, timeout=period_s)
    except (WebSocketDisconnect, RuntimeError):
        pass  # it left between two looks
    finally:
        leaving.cancel()
        with suppress(asyncio.CancelledError):
            await leaving


async def _until_gone(socket: WebSocket) -> None:
    """Wait until the browser leaves; what it says meanwhile is not heard."""
    message = await socket.receive()
    while message["type"] != "websocket.disconnect":
        message = await socket.receive()
