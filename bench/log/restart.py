"""What it takes to start a watch again: from the first entry, and from a kept state.

    linewatch demo --headless --hours 1.9 --log mission.log
    python bench/log/restart.py mission.log [--scenario FOLDER] [--json]

Processor time, one run each, the posts placed and the code compiled before.
"""

import argparse
import json
import time
from pathlib import Path

from linewatch.area import read_area
from linewatch.log import MissionLog
from linewatch.mission.orders import open_watch, posts_in, start_of
from linewatch.mission.room import WatchRoom
from linewatch.mission.settings import watch_settings
from linewatch.scenario import BUILT_IN, read_scenario
from linewatch.watch.kept import packed, same


def main() -> None:
    """Start again both ways, and print what it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("log", type=Path)
    words.add_argument("--scenario", type=Path, default=BUILT_IN)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    scenario = read_scenario(given.scenario)
    area = read_area(scenario)
    took: dict[str, float] = {}
    rooms: dict[str, WatchRoom] = {}
    entries = 0
    with MissionLog.open_to_read(given.log) as log:
        posts = posts_in(log, area)
        sizes = [entry.body["size"] for entry in log.read(kinds=("snapshot",))]
        for name, whole in (("warm", True), ("whole", True), ("kept", False)):
            watch = open_watch(
                area,
                posts,
                start_s=start_of(log) or 0.0,
                settings=watch_settings(scenario),
            )
            room = rooms[name] = WatchRoom(watch, log)
            begun = time.process_time()
            entries = room.resume(whole=whole)
            took[name] = time.process_time() - begun
    alike = same(packed(rooms["whole"].watch.save()), rooms["kept"].watch.save())
    told = {
        "posts": len(posts),
        "entries": entries,
        "whole_s": took["whole"],
        "kept_s": took["kept"],
        "states": len(sizes),
        "state_bytes": sizes[-1] if sizes else 0,
        "log_bytes": given.log.stat().st_size,
        "same": alike,
    }
    if given.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(
            f"{name:12s} {value:,.2f}"
            if isinstance(value, float)
            else f"{name:12s} {value}"
        )


if __name__ == "__main__":
    main()
