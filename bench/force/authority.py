"""What asking over a term costs, beside asking the bare table every day.

    python bench/force/authority.py [--pairings 400] [--days 180] [--json]

Both ask the built-in table about the same drawn pairings, in turn in one run; processor
time, the least of three.
"""

import argparse
import json
import time
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from linewatch.force import may
from linewatch.force.asking import Authority, Spot, read_authority
from linewatch.scenario import read_scenario

FIRST = date(2025, 2, 1)
STATUSES = ("T10", "T32", "SAD")


def pairings(asked: Authority, count: int) -> list[tuple[str, str, str, date]]:
    """Draw tasks, statuses, sectors and first days."""
    chance = np.random.default_rng(1)
    tasks, sectors = asked.rules.tasks, tuple(asked.stretches)
    return [
        (
            tasks[chance.integers(len(tasks))],
            STATUSES[chance.integers(3)],
            sectors[chance.integers(len(sectors))],
            FIRST + timedelta(days=int(chance.integers(120))),
        )
        for _ in range(count)
    ]


def least_s(run: Callable[[], object]) -> float:
    """Return the least processor time of three runs [s]."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        run()
        took.append(time.process_time() - begun)
    return min(took)


def main() -> None:
    """Ask both ways and print what it took."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--pairings", type=int, default=400)
    words.add_argument("--days", type=int, default=180)
    words.add_argument("--json", action="store_true")
    given = words.parse_args()
    held = read_authority(read_scenario())
    drawn = pairings(held, given.pairings)

    def over() -> None:
        fresh = held.with_table(held.rules)
        for task, status, sector, on in drawn:
            end = on + timedelta(days=given.days)
            spot = Spot(sector=sector)
            fresh.over(spot, task=task, status=status, start=on, end=end)

    def daily() -> None:
        for task, status, _, on in drawn:
            for day in range(given.days):
                then = on + timedelta(days=day)
                may(held.rules, task=task, status=status, on=then)

    over_s, daily_s = least_s(over), least_s(daily)
    told = {
        "pairings": given.pairings,
        "days": given.days,
        "over_ms_each": 1e3 * over_s / given.pairings,
        "daily_ms_each": 1e3 * daily_s / given.pairings,
        "ratio": daily_s / over_s,
    }
    if given.json:
        print(json.dumps(told))
        return
    for name, value in told.items():
        print(
            f"{name:<14} {value:,.3f}"
            if isinstance(value, float)
            else f"{name:<14} {value}"
        )


if __name__ == "__main__":
    main()
