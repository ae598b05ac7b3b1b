"""The command ``linewatch serve``."""

import asyncio
from contextlib import suppress
from pathlib import Path

from linewatch.area import read_area
from linewatch.force import read_force
from linewatch.log import MissionLog
from linewatch.scenario import BUILT_IN, read_scenario
from linewatch.web import listen, make_app, serve_app
from linewatch.web.guard import LOOPBACK
from linewatch.web.recorded import RecordedSource

ANYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  # named to be told, not bound


def serve(
    *,
    log: Path,
    scenario: Path = BUILT_IN,
    host: str = "127.0.0.1",
    port: int = 8080,
) -> None:
    """Show the picture of a log in a browser.

    The log may be finished or still being written. The page is read-only, needs no
    network beyond this address, and is shown to this machine alone unless another
    address is given.

    Parameters
    ----------
    log
        Mission log to show.
    scenario
        Folder of the scenario that the log was made with.
    host
        Address to listen on.
    port
        Port to listen on; 0 takes any that is free.
    """
    listener = listen(host, port)
    try:
        source = _source(log, scenario)
    except BaseException:
        listener.close()
        raise
    hosts = ("*",) if host in ANYWHERE else (*LOOPBACK, host)
    app = make_app(source, hosts=hosts)
    shown = f"[{host}]" if ":" in host else host
    print(f"The picture of {log} is on http://{shown}:{listener.getsockname()[1]}/")
    print("Press Ctrl-C to end.", flush=True)
    with suppress(KeyboardInterrupt):
        asyncio.run(serve_app(app, listener))


def _source(log: Path, scenario: Path) -> RecordedSource:
    """Open the log and read what it was made with."""
    held = read_scenario(scenario)
    opened = MissionLog.open_to_read(log)
    force = read_force(held) if held.table("force") else None
    return RecordedSource(opened, read_area(held), force=force)
