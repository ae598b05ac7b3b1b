"""Duty: a station that runs on the time of what it hears, until it is told to stop."""

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from linewatch.errors import BadValue
from linewatch.log import MissionLog
from linewatch.mission.orders import order_entries, start_entry
from linewatch.mission.station import Station
from linewatch.plan import Proposal
from linewatch.plan.decision import decisions_in
from linewatch.plan.proposal import Ask
from linewatch.watch.live import Outcome
from linewatch.watch.post import Post

POLL_S: Final = 0.2
"""Real time between two looks for what came in [s]."""

STEP_S: Final = 1.0
"""Least time between two advances [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutySettings:
    """How a duty keeps time.

    Parameters
    ----------
    lag_s : float
        How far the picture stays behind the newest report [s], so that reports which
        overtake each other on the way are used at their own time.

    Raises
    ------
    BadValue
        If the lag is below 0 or not finite.
    """

    lag_s: float = 2.0

    def __post_init__(self) -> None:
        if not 0 <= self.lag_s < math.inf:
            raise BadValue("lag_s", "0 or more", self.lag_s)


def begin(  # noqa: PLR0913 - a duty has that many grounds
    log: MissionLog,
    proposal: Proposal,
    posts: Sequence[Post],
    *,
    scenario: str,
    start_s: float,
    ask: Ask,
) -> None:
    """Write the start of a duty and its orders to a log that has none.

    Parameters
    ----------
    log : MissionLog
        The log, with the decision in it.
    proposal : Proposal
        What was decided.
    posts : sequence of Post
        The posts that it orders.
    scenario : str
        Name of the mission.
    start_s : float
        Start of the duty, seconds of UTC since 1970 [s].
    ask : Ask
        The authority table, asked again for the day that the duty begins.

    Raises
    ------
    Prohibited
        If those who stand at the posts may not on the day that the duty begins.
    Undecided
        If the log holds no approval of the proposal.
    BadValue
        If the proposal was approved in part.
    """
    held = log.read(kinds=("decision",))
    decisions = decisions_in((entry.time_s, entry.body) for entry in held)
    orders = order_entries(
        [proposal],
        [],
        posts,
        start_s=start_s,
        until_s=start_s,
        ask=ask,
        decided=decisions,
    )
    start = start_entry(scenario, seed=0, start_s=start_s, until_s=start_s)
    log.append([*orders, start])


async def stand(
    station: Station,
    settings: DutySettings,
    *,
    tell: Callable[[Outcome], None] = lambda _: None,
) -> None:
    """Keep the watch until cancelled; time is that of the reports, less the lag.

    Parameters
    ----------
    station : Station
        The station, with its server started.
    settings : DutySettings
        How it keeps time.
    tell : callable
        Told what each advance brought about, once it is in the log.

    Raises
    ------
    LogUnwritable
        If the log takes no entry; nothing was sent that it does not hold.
    """
    room = station.room
    try:
        while True:
            await asyncio.sleep(POLL_S)
            if station.server.failure is not None:
                raise station.server.failure
            until_s = float(math.floor(station.heard_until_s() - settings.lag_s))
            if until_s >= room.watch.time_s + STEP_S:
                tell(await station.advance(until_s))
            else:
                room.flush()
    finally:
        room.flush()
