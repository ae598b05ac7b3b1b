"""The command ``linewatch watch``."""

import asyncio
import fcntl
import math
import time
from collections.abc import Coroutine, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from linewatch.area import Area, read_area
from linewatch.errors import BadValue, LogUnwritable
from linewatch.force import read_force
from linewatch.force.asking import read_authority
from linewatch.force.records import Record, records_in
from linewatch.force.request import cases_in
from linewatch.force.request.case import KINDS
from linewatch.log import MissionLog
from linewatch.measure.clock import to_epoch_s, to_iso
from linewatch.mission.duty import DutySettings, begin, stand
from linewatch.mission.orders import start_of
from linewatch.mission.replay import resumed
from linewatch.mission.sites import ordered_posts
from linewatch.mission.station import Station
from linewatch.plan import Proposal, read_proposal
from linewatch.plan.answering import authority_under
from linewatch.scenario import BUILT_IN, Scenario, read_scenario
from linewatch.watch.live import Outcome
from linewatch.web import listen, make_app, serve_app
from linewatch.web.recorded import RecordedSource


def watch(
    *,
    log: Path,
    proposal: Path | None = None,
    scenario: Path = BUILT_IN,
    host: str = "127.0.0.1",
    port: int = 5020,
    page: int | None = None,
    start: str | None = None,
    lag_s: float = 2.0,
) -> None:
    """Run the watch: take SAPIENT nodes in and keep the log.

    The sites must have been decided: `linewatch plan sites --out`, then `linewatch
    decide --log`. Started again on the same log, it replays it and goes on. Ctrl-C ends
    it; what was logged is kept.

    Parameters
    ----------
    log
        Mission log that holds the decision, and in which all is kept.
    proposal
        File of the decided proposal of sites; a log that has begun needs none.
    scenario
        Folder of the scenario.
    host
        Address to listen on for nodes.
    port
        Port to listen on for nodes; 0 takes any that is free.
    page
        Port of the picture on this machine; without it none is served.
    start
        When a new watch begins, such as 2025-05-02T06:00:00Z; now by default. Reports
        from before it are counted and not used.
    lag_s
        How far the picture stays behind the newest report, in seconds.
    """
    mission = read_scenario(scenario)
    area = read_area(mission)
    first_s = to_epoch_s(start) if start else math.floor(time.time())
    with ExitStack() as stack:
        stack.enter_context(_kept_alone(log))
        socket = None if page is None else listen("127.0.0.1", page)
        if socket is not None:
            stack.enter_context(socket)
        opened = stack.enter_context(MissionLog.open(log))
        begun_s = start_of(opened)
        if begun_s is None:
            _begin(opened, proposal, mission, area, first_s)
        elif start is not None and first_s != begun_s:
            rule = f"{to_iso(begun_s)}, when this log began, or left out"
            raise BadValue("--start", rule, start)
        elif proposal is not None:
            _must_be_ordered(read_proposal(proposal), opened)
        room = resumed(opened, mission, area, whole=False)
        station = Station(room, host=host, port=port)
        settings = DutySettings(lag_s=lag_s)
        pages: list[Coroutine[None, None, None]] = []
        if socket is not None:
            shown = stack.enter_context(MissionLog.open_to_read(log))
            force = read_force(mission) if mission.table("force") else None
            source = RecordedSource(shown, area, force=force)
            app = make_app(source, acknowledge=room.acknowledge)
            pages.append(serve_app(app, socket))
            print(f"picture  http://127.0.0.1:{socket.getsockname()[1]}/", flush=True)
        with suppress(KeyboardInterrupt):
            asyncio.run(_together([_stand(station, settings), *pages]))


@contextmanager
def _kept_alone(log: Path) -> Iterator[None]:
    """Keep a second watch off a log: two would each number tracks in it.

    The lock goes with the process, also one that is killed. A log that is not there
    holds no decision, and so gets no watch.

    Raises
    ------
    LogUnwritable
        If another watch keeps it.
    """
    if not log.is_file():
        yield
        return
    with log.open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LogUnwritable(log, "another watch keeps it") from error
        yield


def _begin(
    log: MissionLog,
    proposal: Path | None,
    mission: Scenario,
    area: Area,
    first_s: float,
) -> None:
    """Order the sites of a decided proposal, and write the start."""
    if proposal is None:
        raise BadValue("--proposal", "given, for a log that has not begun", "missing")
    decided = read_proposal(proposal)
    posts = ordered_posts(decided, area)
    name = str(mission.table("scenario").get("name", area.name))
    ask = read_authority(mission, area, records=_records(log))
    if decided.requests:
        told = ((e.time_s, e.kind, e.body) for e in log.read(kinds=KINDS))
        ask = authority_under(ask, cases_in(told), decided.requests)
    begin(log, decided, posts, scenario=name, start_s=first_s, ask=ask)


def _must_be_ordered(proposal: Proposal, log: MissionLog) -> None:
    """Refuse a proposal other than the one that a log's orders follow from.

    Raises
    ------
    BadValue
        If the log orders another.
    """
    ordered = {str(e.body["proposal_id"]) for e in log.read(kinds=("order",))}
    if proposal.id not in ordered:
        rule = f"the one that this log orders ({', '.join(sorted(ordered))})"
        raise BadValue("--proposal", rule, proposal.id)


def _records(log: MissionLog) -> tuple[Record, ...]:
    """Read what offices put on record as met."""
    return records_in((e.time_s, e.body) for e in log.read(kinds=("record",)))


async def _stand(station: Station, settings: DutySettings) -> None:
    """Open the station and keep the watch."""
    async with station.server:
        room = station.room
        where = f"{station.server.host}:{station.server.port}"
        print(
            f"watch    {len(room.watch.posts)} posts on {where} from "
            f"{to_iso(room.watch.time_s)}; log at entry {room.logged_seq}",
            flush=True,
        )
        await stand(station, settings, tell=lambda outcome: _tell(station, outcome))


def _tell(station: Station, outcome: Outcome) -> None:
    """Print the alerts of an advance, each on one line; they are in the log by now."""
    room = station.room
    for alert in outcome.alerts:
        print(
            f"{to_iso(alert.time_s)}  {alert.kind} {alert.alert_id} at km "
            f"{alert.chainage_m / 1000:,.1f}; log at entry {room.logged_seq}",
            flush=True,
        )


async def _together(duty: list[Coroutine[None, None, None]]) -> None:
    """Run until one of them ends, and then end the others."""
    tasks = [asyncio.ensure_future(each) for each in duty]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    for each in ended:
        if isinstance(each, Exception):
            raise each
