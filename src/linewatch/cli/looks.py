"""The command ``linewatch looks``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.area import read_area
from linewatch.cli.outputs import never_over
from linewatch.errors import BadFile
from linewatch.log import MissionLog
from linewatch.mission.looking import Sought, When, looks_in, write_looks
from linewatch.mission.walked import read_walked
from linewatch.scenario import BUILT_IN, read_scenario


def looks(
    log: Path,
    *,
    walked: Path,
    out: Path,
    target: str = "walker",
    when: When = When.ANY,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Find the looks of a watch's sensors at a receiver that somebody carried.

    Parameters
    ----------
    log
        Mission log of the watch.
    walked
        Way of the receiver: GPX, or CSV with the columns time,lon_deg,lat_deg.
    out
        CSV file to write, for `linewatch calibrate`.
    target
        Class of what carried it: walker, vehicle or flyer.
    when
        Light in which looks count: day, night or any. `calibrate` takes looks of one
        light.
    scenario
        Folder of the scenario that the log was made with.
    as_json
        Print one JSON object instead of lines.
    """
    never_over((out,), (log, walked))
    way = read_walked(walked)
    area = read_area(read_scenario(scenario))
    with MissionLog.open_to_read(log) as opened:
        found = looks_in(opened, area, way, target=target, when=when)
    if not found.looks:
        raise BadFile(log, f"holds no look that tells anything: {_left_out(found)}")
    write_looks(out, found.looks)
    if as_json:
        print(json.dumps(_words(found)))
        return
    for each in found.looks:
        print(f"{each.kind}: {int(each.detected.sum())} of {len(each)} looks detected")
    print(f"left out: {_left_out(found)}")
    print(f"{out} holds them")


def _left_out(found: Sought) -> str:
    """Say how many looks tell nothing, and why."""
    return (
        f"{found.hidden} behind ground, {found.slow} too slow for a radar, "
        f"{found.off} while no node watched, {found.other_light} in another light"
    )


def _words(found: Sought) -> dict[str, object]:
    """Return what JSON can hold."""
    return {
        "looks": {each.kind: len(each) for each in found.looks},
        "detected": {each.kind: int(each.detected.sum()) for each in found.looks},
        "hidden": found.hidden,
        "slow": found.slow,
        "off": found.off,
        "other_light": found.other_light,
    }
