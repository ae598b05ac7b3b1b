"""What the plan expects of crossings that the simulated world shows whole."""

import numpy as np

from linewatch.area.border import cache_folder
from linewatch.mission.prepare import prepare
from linewatch.scenario import read_scenario, settings_from
from linewatch.sim import Sensors, SimSettings, World
from linewatch.sim.units import CLASSES

SEEDS = range(1, 7)
ASIDE_S = 6_120.0
"""Time before and after a crossing within which all its looks lie [s]: 1.7 h."""

HOURS = 4.4


def test_whole_crossings_are_worth_about_what_was_planned() -> None:
    prepared = prepare(read_scenario(), cache=cache_folder())
    settings = settings_from(SimSettings, prepared.scenario.table("sim"), where="sim")
    kind, worth = np.empty(0, np.int64), np.empty(0)
    for seed in SEEDS:
        world = World(prepared.area, settings, prepared.start_s, seed)
        sights, light_at = prepared.site_plan.sights, prepared.area.light_at
        sensors = Sensors(world, sights, light_at, seed=seed)
        until_s = prepared.start_s + HOURS * 3_600
        for end_s in np.arange(prepared.start_s + 60, until_s + 1, 60.0).tolist():
            sensors.step(end_s)
        crossed = world.crossings
        whole = crossed.time_s >= prepared.start_s + ASIDE_S
        whole &= crossed.time_s <= until_s - ASIDE_S
        chance = sensors.exposure(crossed.unit_id[whole]).chance_confirmed
        kind = np.concatenate([kind, crossed.kind[whole]])
        worth = np.concatenate([worth, chance])
        print(f"seed {seed}: {whole.sum()} whole, {chance.mean():.3f}", flush=True)
    for code, name in enumerate(CLASSES):
        mine = worth[kind == code]
        planned = prepared.site_plan.planned_chance[str(name)]
        print(f"{name}: planned {planned:.3f}, came {mine.mean():.3f} of {len(mine)}")
    print(f"all: {worth.mean():.3f} of {len(worth)}")
    assert abs(worth.mean() - prepared.site_plan.objective) < 0.1
