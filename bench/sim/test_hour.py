"""How fast an hour of the built-in world goes, and whether its chances come true."""

from time import process_time

import numpy as np

from linewatch.area import light, read_area
from linewatch.area.border import cache_folder
from linewatch.force import read_force
from linewatch.measure.clock import to_date, to_epoch_s
from linewatch.mission.sites import site_settings
from linewatch.plan.siting import plan_sites
from linewatch.scenario import read_scenario
from linewatch.sim import CLASSES, Sensors, SimSettings, World

HOUR_S = 3600.0
START = "2025-05-02T06:00:00Z"
SEEDS = range(1, 21)
PLAIN_S = 20


def plain_s(sensors: Sensors) -> float:
    """Return the time [s] of a world second sensed target by target, look by look."""
    world, began = sensors.world, process_time()
    for _ in range(PLAIN_S):
        world.step(world.time_s + 1)
        scene, dice = world.state(), np.random.default_rng(1)
        for node in sensors.nodes:
            kind, eye = node.sight.kind, node.sight.eye
            if (world.time_s - node.sight.phase_s) % kind.period_s >= 1:
                continue
            for x, y, code in zip(scene.x_m, scene.y_m, scene.kind, strict=True):
                if np.hypot(x - eye.x_m, y - eye.y_m) < kind.widest_m:
                    chance = node.sight.look_chance(x, y, CLASSES[code], None)
                    dice.random() < chance  # noqa: B015 - only its time counts
    return (process_time() - began) / PLAIN_S


def test_an_hour_of_the_border() -> None:
    scenario = read_scenario()
    area, on = read_area(scenario), to_date(START[:10])
    plan = plan_sites(
        area,
        read_force(scenario).kit(on),
        site_settings(scenario, area, on),
        cache=cache_folder(),
    )
    start_s = to_epoch_s(START)
    bare = World(area, SimSettings(month="2024-11"), start_s, 1)
    warm_s, alone_s, both_s, heard, targets = [], [], [], [], []
    expected, real, spread = np.zeros(2), np.zeros(2), np.zeros(2)
    crossings = 0
    for seed in SEEDS:
        began = process_time()
        world = World(area, SimSettings(month="2024-11"), start_s, seed)
        warm_s.append(process_time() - began)
        sensors = Sensors(world, plan.sights, light, seed=seed)
        began = process_time()
        heard.append(len(sensors.step(start_s + HOUR_S).detections))
        both_s.append(process_time() - began)
        targets.append(len(world.state().x_m))
        units = world.crossings.unit_id
        crossings += len(units)
        found = sensors.exposure(units)
        for at, (chance, when) in enumerate(
            (
                (found.chance_once, found.first_s),
                (found.chance_confirmed, found.confirmed_s),
            )
        ):
            expected[at] += chance.sum()
            spread[at] += (chance * (1 - chance)).sum()
            real[at] += np.count_nonzero(np.isfinite(when))
        bare = World(area, SimSettings(month="2024-11"), start_s, seed)
        began = process_time()
        for second in range(1, int(HOUR_S) + 1):
            bare.step(start_s + second)
            bare.state()
        alone_s.append(process_time() - began)
    print(f"{len(plan.sights)} sensors, {np.mean(targets):.0f} targets")
    print(f"{np.mean(heard):,.0f} detections an hour")
    print(f"warm-up {np.median(warm_s):.2f} s, world {np.median(alone_s):.2f} s")
    print(f"world and sensors {np.median(both_s):.2f} s an hour")
    slow_s = plain_s(Sensors(bare, plan.sights, light, seed=1)) * HOUR_S
    print(f"plain loops {slow_s:.0f} s an hour: {slow_s / np.median(both_s):.0f} times")
    for name, want, got, wide in zip(
        ("once", "confirmed"), expected, real, np.sqrt(spread), strict=True
    ):
        print(
            f"{name}: expected {want:.1f} +- {wide:.1f}, came {got:.0f} of {crossings}"
        )
        assert abs(got - want) <= 4 * wide + 1
    assert np.median(both_s) < 15
