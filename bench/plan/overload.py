"""Plan a deployment whose lift is too small, alone by CP-SAT and as shipped.

Run ``PYTHONPATH=. python bench/plan/overload.py --movements 40 120 240 --effort 20``.
"""

import argparse
import random
import sys
import time
from datetime import date, timedelta

from linewatch.plan import read_factors
from linewatch.plan.deploy import (
    DeployData,
    DeploySettings,
    Lane,
    Lift,
    Movement,
    Reception,
)
from linewatch.plan.deploy.project import Deployment
from linewatch.plan.rcpsp import Effort, Goal, Project, serial_schedule, solve

START = date(2025, 3, 1)
HOMES = ("A", "B", "C", "D")
SITES = ("X", "Y", "Z")


def deployment(count: int, seed: int) -> DeployData:
    """Return movements for which half the lift that their dates ask for is there."""
    chance = random.Random(seed)  # noqa: S311
    movements = []
    for at in range(count):
        earliest = START + timedelta(days=chance.randint(0, 20))
        movements.append(
            Movement(
                movement=f"M{at:03d}",
                unit="unit",
                parent="",
                people=chance.randint(20, 160),
                pieces=0,
                kind="people",
                origin=chance.choice(HOMES),
                destination=chance.choice(SITES),
                earliest=earliest,
                required=earliest + timedelta(days=chance.randint(6, 20)),
                priority=chance.randint(1, 9),
                after=(),
                task="static",
                status="T10",
                source="drawn",
            )
        )
    daily = round(sum(moved.people for moved in movements) / 25 / 4 / 2 / 2) + 20
    lanes = tuple(
        Lane(
            mode=mode,
            origin=home,
            destination=site,
            carries=("people",),
            transit_days=days,
            source="drawn",
        )
        for mode, days in (("air", 1), ("bus", 3))
        for home in HOMES
        for site in SITES
    )
    lifts = tuple(
        Lift(
            mode=mode,
            origin=home,
            since=START,
            people_per_day=daily,
            pieces_per_day=0,
            source="drawn",
        )
        for mode in ("air", "bus")
        for home in HOMES
    )
    sites = tuple(
        Reception(
            site=site,
            since=START,
            people_per_day=3 * daily,
            pieces_per_day=0,
            source="drawn",
        )
        for site in SITES
    )
    return DeployData(
        start=START,
        movements=tuple(movements),
        lanes=lanes,
        lifts=lifts,
        reception=sites,
        settings=DeploySettings(in_place_by="2025-08-01"),
    )


def measure(project: Project, effort: Effort, *, alone: bool) -> None:
    """Print lateness, bound, gap and processor time."""
    core = sys.modules["linewatch.plan.rcpsp.solve"]
    kept = (core.serial_schedule, core.improve)
    if alone:
        core.serial_schedule = lambda *_: None  # type: ignore[attr-defined]
        core.improve = lambda _, choices, *__, **___: choices  # type: ignore[attr-defined]
    began_s = time.process_time()
    result = solve(project, (Goal.LATENESS,), effort)
    spent_s = time.process_time() - began_s
    core.serial_schedule, core.improve = kept  # type: ignore[attr-defined]
    what = "CP-SAT alone" if alone else "as shipped"
    if not result.choices:
        print(f"  {what}: {result.status.value}, {spent_s:.1f} s")
        return
    late, bound = result.values[Goal.LATENESS], result.bounds[Goal.LATENESS]
    print(
        f"  {what}: {result.status.value}, late {late:,}, bound {bound:,}, "
        f"{spent_s:.1f} s"
    )


def main() -> None:
    """Measure each size."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--movements", type=int, nargs="+", default=[40, 120, 240])
    words.add_argument("--effort", type=float, default=20.0)
    words.add_argument("--seed", type=int, default=1)
    told = words.parse_args()
    for count in told.movements:
        project = Deployment(deployment(count, told.seed), read_factors()).project()
        began_s = time.process_time()
        first = serial_schedule(project) or ()
        spent_s = time.process_time() - began_s
        late = sum(
            task.weight * max(0, choice.end - (task.due or 0))
            for task, choice in zip(project.tasks, first, strict=True)
        )
        print(f"{count} movements: serial alone late {late:,}, {spent_s:.2f} s")
        for alone in (True, False):
            measure(project, Effort(steps=told.effort), alone=alone)


if __name__ == "__main__":
    main()
