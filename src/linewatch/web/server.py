"""The listening end: one address, one app, in the event loop that the caller runs."""

import asyncio
import errno
import socket
from contextlib import suppress

import uvicorn
from starlette.types import ASGIApp

from linewatch.errors import BadValue, PortTaken

GOODBYE_S = 1
"""Longest wait for open connections when the server stops [s]: a page is no reason to
keep a mission from ending."""


def listen(host: str = "127.0.0.1", port: int = 8080) -> socket.socket:
    """Take an address before anything else starts, so that a clash shows at once.

    Parameters
    ----------
    host : str, default "127.0.0.1"
        Address to listen on. The default is this machine alone.
    port : int, default 8080
        Port; 0 takes any that is free.

    Returns
    -------
    socket
        A listening socket; its port is ``getsockname()[1]``.

    Raises
    ------
    PortTaken
        If another program listens there already.
    BadValue
        If there is no such port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(host, port) from error
        raise
    except OverflowError as error:
        listener.close()
        raise BadValue("port", "0 to 65535", port) from error
    return listener


async def serve_app(app: ASGIApp, listener: socket.socket) -> None:
    """Serve an app on a listening socket until cancelled or told to stop by a signal.

    Parameters
    ----------
    app : ASGIApp
        What to serve, from `make_app`.
    listener : socket
        Where, from `listen`. It is closed when the server has stopped.

    Notes
    -----
    It runs beside other tasks of one event loop: cancel its task to stop it. SIGINT and
    SIGTERM stop it too, and are raised again when it has stopped.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # 24 ms a frame of 10,000 tracks and client
        timeout_graceful_shutdown=GOODBYE_S,
        server_header=False,
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        server.should_exit = True
        with suppress(asyncio.CancelledError):
            await serving
        await asyncio.sleep(0)  # connections just closed are let go in the next round
        raise
    finally:
        listener.close()
