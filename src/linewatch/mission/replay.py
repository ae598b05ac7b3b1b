"""Replay: a log with the code gives the same watch again, to the bit."""

from linewatch.area import Area
from linewatch.log import MissionLog
from linewatch.mission.orders import open_watch, posts_in, start_of
from linewatch.mission.room import WatchRoom
from linewatch.mission.settings import watch_settings
from linewatch.scenario import Scenario


def resumed(
    log: MissionLog, scenario: Scenario, area: Area, *, whole: bool = True
) -> WatchRoom:
    """Bring a room to where a log that has begun ends, checking all that it told.

    Parameters
    ----------
    log : MissionLog
        The log. One that is open to read gives a room to look at, not to go on with.
    scenario : Scenario
        Settings of the watch.
    area : Area
        The ground.
    whole : bool
        Replay from the first entry; else from the newest state that the log keeps.

    Raises
    ------
    LogBroken
        If an alert or handover in the log is not what its input leads to.
    """
    watch = open_watch(
        area,
        posts_in(log, area),
        start_s=start_of(log) or 0.0,
        settings=watch_settings(scenario),
    )
    room = WatchRoom(watch, log)
    room.resume(whole=whole)
    return room
