"""How near the achieved share of crossings alerted comes to the planned chance."""

import asyncio
from pathlib import Path

from linewatch.area.border import cache_folder
from linewatch.cli.demo import wilson
from linewatch.log import MissionLog
from linewatch.mission.drill import Drill, DrillResult
from linewatch.mission.prepare import prepare
from linewatch.scenario import read_scenario

SEEDS = range(1, 13)


def test_alerts_come_as_planned(tmp_path: Path) -> None:
    prepared = prepare(read_scenario(), cache=cache_folder())
    results: list[DrillResult] = []
    for seed in SEEDS:
        with MissionLog.open(tmp_path / f"{seed}.log") as log:
            drill = Drill(prepared=prepared, log=log, hours=1.0, seed=seed)
            results.append(asyncio.run(drill.run()))
        last = results[-1]
        print(
            f"seed {seed:2d}: {last.crossings_alerted:3d} of {last.crossings:3d} "
            f"crossings alerted, {last.expected_alerted:.3f} expected; "
            f"{last.alerts} alerts, {last.false_alerts} with nothing near; "
            f"GOSPA {last.gospa_m:.0f} m",
            flush=True,
        )
    crossings = sum(each.crossings for each in results)
    alerted = sum(each.crossings_alerted for each in results)
    expected = sum(each.crossings * each.expected_alerted for each in results)
    low, high = wilson(alerted, crossings)
    print(
        f"all: {alerted} of {crossings} = {alerted / crossings:.3f} "
        f"({low:.3f} to {high:.3f}); expected {expected / crossings:.3f}; "
        f"planned {prepared.site_plan.objective:.3f}"
    )
    assert abs(alerted - expected) / crossings < 0.1
