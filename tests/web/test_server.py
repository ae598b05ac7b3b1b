"""Tests of the listening end: a port in use, and an end that comes when asked."""

import asyncio
import socket

import pytest
from websockets.asyncio.client import connect

from linewatch.errors import BadValue, PortTaken
from linewatch.web import listen, make_app, serve_app
from tests.web.fake import FakeSource
from tests.web.plain import unpack


def test_port_in_use_is_told_with_its_number() -> None:
    first = listen(port=0)
    port = first.getsockname()[1]
    try:
        with pytest.raises(PortTaken, match=f"port {port} on 127.0.0.1 is in use"):
            listen(port=port)
    finally:
        first.close()


@pytest.mark.parametrize("port", [-1, 65_536])
def test_port_that_does_not_exist_is_told(port: int) -> None:
    with pytest.raises(BadValue, match=f"port must be 0 to 65535, not {port}"):
        listen(port=port)


def test_port_is_free_again_at_once() -> None:
    first = listen(port=0)
    port = first.getsockname()[1]
    first.close()
    listen(port=port).close()


def test_address_that_is_not_ours_is_an_os_error() -> None:
    with pytest.raises(OSError, match="assign"):
        listen("203.0.113.1", 0)


def test_serves_a_real_socket_and_ends_when_cancelled() -> None:
    async def play() -> tuple[bytes, str]:
        listener = listen(port=0)
        port = listener.getsockname()[1]
        serving = asyncio.create_task(serve_app(make_app(FakeSource()), listener))
        async with connect(f"ws://127.0.0.1:{port}/ws/tracks") as client:
            await client.recv()
            tracks = await client.recv()
            serving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await serving
        with socket.socket() as again:
            refused = again.connect_ex(("127.0.0.1", port))
        assert isinstance(tracks, bytes)
        return tracks, "closed" if refused else "open"

    tracks, state = asyncio.run(play())
    assert len(unpack(tracks)[1]) == 12
    assert state == "closed"
