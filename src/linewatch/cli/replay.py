"""The command ``linewatch replay``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.area import read_area
from linewatch.log import MissionLog, verify
from linewatch.measure.clock import to_iso
from linewatch.mission.orders import start_of
from linewatch.mission.replay import resumed
from linewatch.scenario import BUILT_IN, read_scenario


def replay(
    log: Path,
    *,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Play a mission log again: check its chain, and that its alerts follow.

    Every detection, status and tick goes through the watch once more. An alert or
    handover that the log holds and the replay does not make, to the bit, is told.

    Parameters
    ----------
    log
        The mission log.
    scenario
        Folder of the scenario that the log was made with.
    as_json
        Print one JSON object instead of a table.
    """
    found = verify(log)
    told = _played(log, scenario)
    if as_json:
        words = {
            "entries": found.head.seq,
            "head": str(found.head),
            "kinds": found.kinds,
            "first_s": found.first_s,
            "last_s": found.last_s,
            "replayed": told,
        }
        print(json.dumps(words))
        return
    for kind, number in found.kinds.items():
        print(f"{kind:12s} {number:10,d}")
    print(f"{'all':12s} {found.head.seq:10,d}")
    if found.first_s is not None and found.last_s is not None:
        print(f"{to_iso(found.first_s)} to {to_iso(found.last_s)}")
    if told is not None:
        print(f"replayed: {told} alerts and handovers, each the same to the bit")
    else:
        print("no watch has begun in this log; there is nothing to replay")


def _played(log: Path, folder: Path) -> int | None:
    """Return how many alerts and handovers came out the same; None without a watch."""
    with MissionLog.open_to_read(log) as opened:
        if start_of(opened) is None:
            return None
        scenario = read_scenario(folder)
        return resumed(opened, scenario, read_area(scenario)).checked
