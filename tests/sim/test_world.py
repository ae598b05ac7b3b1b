"""Tests of the world."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import CLASSES, FLYER, VEHICLE, WALKER, Scene
from linewatch.sim.world import World
from linewatch.watch.values import Target
from tests.sim.fakes import START_S, StraightArea, straight_area

COLD = SimSettings(warm_s=0.0)


def columns(scene: Scene) -> list[list[float]]:
    return [np.asarray(getattr(scene, name)).tolist() for name in Scene.__slots__]


def test_one_seed_gives_one_world_to_the_bit() -> None:
    one, two = (World(straight_area(), SimSettings(), START_S, 7) for _ in range(2))
    for world in (one, two):
        world.step(START_S + 900)
    assert columns(one.state()) == columns(two.state())
    assert one.crossings.time_s.tolist() == two.crossings.time_s.tolist()


def test_other_seeds_give_other_worlds() -> None:
    one, two = (World(straight_area(), SimSettings(), START_S, seed) for seed in (1, 2))
    assert one.state().x_m.tolist() != two.state().x_m.tolist()


@settings(max_examples=10)
@given(cuts=st.lists(st.floats(0.2, 200.0), max_size=6))
def test_how_steps_are_grouped_changes_nothing(cuts: list[float]) -> None:
    area = straight_area(per_hour=600.0)
    one, two = (World(area, COLD, START_S, 3) for _ in range(2))
    for cut in np.cumsum(cuts):
        one.step(START_S + min(float(cut), 600.0))
        one.state()
    for world in (one, two):
        world.step(START_S + 600)
    assert columns(one.state()) == columns(two.state())


def test_time_stops_at_the_last_whole_second() -> None:
    world = World(straight_area(), COLD, START_S, 1)
    world.step(START_S + 10.9)
    assert world.time_s == START_S + 10
    world.step(START_S + 5)
    assert world.time_s == START_S + 10


def test_births_match_the_demand() -> None:
    area = straight_area(per_hour=6000.0)
    world = World(area, COLD, START_S, 5)
    world.step(START_S + 3600)
    scene = world.state()
    walkers = int((scene.kind == WALKER).sum())
    groups = len(np.unique(scene.unit_id[scene.kind == WALKER]))
    # A sum of a Poisson number of groups: variance is groups times the mean square of a
    # geometric size, 2 m^2 - m.
    spread = np.sqrt(2000 * (2 * 3.0**2 - 3.0))
    assert walkers == pytest.approx(6000, abs=4 * spread)
    assert groups == pytest.approx(2000, abs=4 * np.sqrt(2000))
    assert walkers / groups == pytest.approx(3.0, abs=4 * np.sqrt(6.0 / 2000))


def test_vehicles_and_flyers_come_in_their_shares() -> None:
    assume = SimSettings(warm_s=0.0, vehicles_per_group=0.5, flyers_per_month=1e6)
    world = World(straight_area(per_hour=3000.0), assume, START_S, 6)
    seen = {VEHICLE: set[int](), FLYER: set[int]()}
    for minute in range(1, 31):
        world.step(START_S + 60 * minute)
        scene = world.state()
        for kind, ids in seen.items():
            ids |= set(scene.unit_id[scene.kind == kind].tolist())
    flyers = 1e6 / (30.4 * 86_400) * 1800
    assert len(seen[VEHICLE]) == pytest.approx(250, abs=4 * np.sqrt(250))
    assert len(seen[FLYER]) == pytest.approx(flyers, abs=4 * np.sqrt(flyers))


def test_none_come_where_the_demand_has_none() -> None:
    area = straight_area(per_hour=3000.0)
    world = World(area, COLD, START_S, 6)
    world.step(START_S + 600)
    # The empty tenth of the line ends at x = -40 km.
    assert world.state().x_m.min() > -40_000 - 600


def test_demand_of_the_last_known_month_serves_later_ones() -> None:
    area = StraightArea()
    world = World(area, COLD, START_S, 1)  # type: ignore[arg-type]
    assert world.month == "2024-11"
    assert set(area.demand.asked) == {"2024-11"}
    early = World(area, COLD, 0.0, 1)  # type: ignore[arg-type]
    assert early.month == "2024-10"


def test_the_settings_may_name_another_month() -> None:
    area = StraightArea()
    assume = SimSettings(warm_s=0.0, month="2024-10")
    World(area, assume, START_S, 1)  # type: ignore[arg-type]
    assert set(area.demand.asked) == {"2024-10"}


def test_a_line_without_demand_is_empty() -> None:
    assume = SimSettings(flyers_per_month=0.0)
    world = World(straight_area(per_hour=0.0), assume, START_S, 1)
    world.step(START_S + 100)
    assert len(world.state().x_m) == len(world.crossings.unit_id) == 0


def test_a_warm_world_is_as_full_as_one_that_has_run_on() -> None:
    area = straight_area(per_hour=600.0)
    warm = World(area, SimSettings(), START_S, 8)
    count = len(warm.state().x_m)
    warm.step(START_S + 3600)
    later = len(warm.state().x_m)
    spread = np.sqrt(later / 3.0 * 15.0)
    assert count > 500
    assert count == pytest.approx(later, abs=4 * np.sqrt(2) * spread)


def test_speeds_stay_within_their_class() -> None:
    assume = SimSettings(flyers_per_month=1e5, vehicles_per_group=0.3)
    world = World(straight_area(per_hour=600.0), assume, START_S, 9)
    world.step(START_S + 30)
    scene = world.state()
    speed = np.hypot(scene.vx_mps, scene.vy_mps)
    assert speed[scene.kind == WALKER].max() < 1.5 * 1.2
    assert speed[scene.kind == VEHICLE].max() < 14.0 + 1e-6
    assert speed[scene.kind == FLYER].min() > 20.0 - 1e-6
    assert speed[scene.kind == FLYER].max() < 35.0 + 1e-6
    above = scene.above_m
    assert (above[scene.kind != FLYER] == 0).all()
    assert ((above >= 30) & (above <= 120))[scene.kind == FLYER].all()


def test_velocity_is_that_of_the_last_second() -> None:
    world = World(straight_area(per_hour=600.0), SimSettings(), START_S, 10)
    before = world.state()
    world.step(START_S + 1)
    after = world.state()
    _, old, new = np.intersect1d(
        before.target_id, after.target_id, return_indices=True, assume_unique=True
    )
    assert len(old) > 100
    assert after.x_m[new] - before.x_m[old] == pytest.approx(
        after.vx_mps[new], abs=1e-9
    )
    assert after.y_m[new] - before.y_m[old] == pytest.approx(
        after.vy_mps[new], abs=1e-9
    )


def test_followers_walk_the_leaders_path() -> None:
    assume = SimSettings(warm_s=0.0, group_mean=4.0, gap_short_s=10, gap_long_s=10)
    world = World(straight_area(per_hour=2000.0), assume, START_S, 11)
    world.step(START_S + 600)
    then = world.state()
    world.step(START_S + 610)
    now = world.state()
    unit = np.unique(now.unit_id)[0]
    ids = now.target_id[now.unit_id == unit]
    assert len(ids) > 1
    leader = np.flatnonzero(then.target_id == ids[0])
    second = np.flatnonzero(now.target_id == ids[1])
    apart = np.hypot(
        now.x_m[second] - then.x_m[leader], now.y_m[second] - then.y_m[leader]
    )
    assert apart[0] < 12.0  # a step to the side of 2 m, and no more


def test_each_unit_crosses_once_where_and_when_its_path_does() -> None:
    assume = SimSettings(warm_s=0.0, walk_slow_mps=1.5, wander_rad=0.2, south_m=300.0)
    world = World(straight_area(per_hour=2000.0), assume, START_S, 12)
    leaders: dict[int, tuple[float, float, float]] = {}
    seen: dict[int, tuple[float, float]] = {}
    for second in range(1, 601):
        world.step(START_S + second)
        scene = world.state()
        first = np.unique(scene.unit_id, return_index=True)[1]
        for at in first.tolist():
            unit, x, y = int(scene.unit_id[at]), scene.x_m[at], scene.y_m[at]
            old = leaders.get(unit)
            if old is not None and old[1] < 0 <= y and unit not in seen:
                share = -old[1] / (y - old[1])
                seen[unit] = (old[0] + share * (x - old[0]), old[2] + share)
            leaders[unit] = (float(x), float(y), float(second))
    crossings = world.crossings
    assert len(seen) > 50
    assert set(crossings.unit_id.tolist()) == set(seen)
    rows = zip(crossings.unit_id, crossings.chainage_m, crossings.time_s, strict=True)
    for unit, chainage, time in rows:
        x, second_s = seen[int(unit)]
        assert chainage - 50_000 == pytest.approx(x, abs=0.01)
        assert time - START_S == pytest.approx(second_s, abs=1e-3)
    assert (np.diff(crossings.time_s) >= 0).all()


def test_crossings_before_the_start_are_not_counted() -> None:
    world = World(straight_area(per_hour=600.0), SimSettings(), START_S, 13)
    assert len(world.crossings.unit_id) == 0
    world.step(START_S + 600)
    assert (world.crossings.time_s > START_S).all()


def test_crossings_keep_up_with_births() -> None:
    area = straight_area(per_hour=600.0)
    world = World(area, SimSettings(flyers_per_month=0.0), START_S, 14)
    world.step(START_S + 3600)
    crossed = world.crossings
    walkers = crossed.size[crossed.kind == WALKER].sum()
    assert walkers == pytest.approx(600, abs=4 * np.sqrt(200 * 15.0))


def test_the_line_is_asked_for_only_when_it_may_be_reached() -> None:
    area = StraightArea(per_hour=60.0)
    world = World(area, SimSettings(), START_S, 15)  # type: ignore[arg-type]
    before = area.asked
    world.step(START_S + 3600)
    assert area.asked - before < 1800


def test_those_in_distress_lie_still_until_they_are_found() -> None:
    assume = SimSettings(
        distress_share=1.0, warm_s=0.0, distress_s=600.0, south_m=100.0
    )
    world = World(straight_area(per_hour=100.0), assume, START_S, 16)
    world.step(START_S + 9000)
    one = world.state()
    world.step(START_S + 9300)
    two = world.state()
    both, old, new = np.intersect1d(
        one.target_id[one.still], two.target_id, return_indices=True
    )
    assert one.still.sum() > 3
    assert (one.vx_mps[one.still] == 0).all()
    assert len(both) > 0
    assert two.still[new].all()
    assert one.x_m[one.still][old].tolist() == two.x_m[new].tolist()
    world.step(START_S + 9000 + 601)
    assert not np.isin(one.target_id[one.still], world.state().target_id).any()


def test_those_who_arrive_are_forgotten() -> None:
    assume = SimSettings(warm_s=0.0, south_m=100.0, north_m=300.0, distress_share=0.0)
    world = World(straight_area(per_hour=600.0), assume, START_S, 17)
    world.step(START_S + 3600)
    born, scene = world.units_born, world.state()
    assert born > 150
    assert len(np.unique(scene.unit_id)) < 60
    assert scene.y_m.max() < 320.0


def test_a_negative_seed_is_refused() -> None:
    with pytest.raises(BadValue, match="seed"):
        World(straight_area(), COLD, START_S, -1)


def test_a_scene_has_no_field_for_a_person() -> None:
    assert set(Scene.__slots__) == {
        *("time_s", "target_id", "unit_id", "kind", "x_m", "y_m"),
        *("vx_mps", "vy_mps", "above_m", "still"),
    }
    assert [CLASSES[kind] for kind in (WALKER, VEHICLE, FLYER)] == [
        Target.WALKER,
        Target.VEHICLE,
        Target.FLYER,
    ]
