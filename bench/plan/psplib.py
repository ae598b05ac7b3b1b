"""Solve PSPLIB's J30 with the schedule core and hold it to the best known.

Run ``python bench/plan/psplib.py FOLDER --every 10 --effort 20``; FOLDER holds
the instances in Patterson format and ``bks_J30.csv``.
"""

import argparse
import csv
import time
from pathlib import Path

from linewatch.plan.rcpsp import Effort, Goal, Status, serial_schedule, solve
from tests.plan.rcpsp.patterson import read_patterson


def main() -> None:
    """Print how many are proven, how many equal the best known, and the mean time."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("--every", type=int, default=10)
    words.add_argument("--effort", type=float, default=20.0)
    told = words.parse_args()
    with (told.folder / "bks_J30.csv").open(encoding="utf-8") as file:
        known = {row["file"]: int(row["ub"]) for row in csv.DictReader(file)}
    proven = equal = 0
    over: list[float] = []
    spent_s: list[float] = []
    for name in list(known)[:: told.every]:
        project = read_patterson(told.folder / name)
        began_s = time.process_time()
        result = solve(project, (Goal.MAKESPAN,), Effort(steps=told.effort))
        spent_s.append(time.process_time() - began_s)
        proven += result.status is Status.BEST
        equal += result.values[Goal.MAKESPAN] == known[name]
        first = serial_schedule(project, (Goal.MAKESPAN,)) or ()
        over.append(max(choice.end for choice in first) / known[name] - 1)
    count = len(spent_s)
    print(f"{count} instances: {proven} proven, {equal} equal to the best known")
    print(
        f"processor time: mean {sum(spent_s) / count:.2f} s, max {max(spent_s):.2f} s"
    )
    print(f"serial start: {sum(over) / count:.1%} over the best known on the mean")


if __name__ == "__main__":
    main()
