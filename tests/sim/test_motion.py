"""Tests of motion."""

import numpy as np
import pytest

from linewatch.sim.motion import SLOWEST, feel_slope, move, slope_pace, steer
from linewatch.sim.paths import Paths
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import FLYER, NEVER, VEHICLE, WALKER, Units
from tests.sim.fakes import straight_area


def units_of(kind: int, count: int, **words: float) -> Units:
    """Return units at the origin whose goal is far to the north."""
    one, zero = np.ones(count), np.zeros(count)
    return Units(
        unit_id=np.arange(count),
        kind=np.full(count, kind),
        size=np.ones(count, np.int64),
        x_m=zero.copy(),
        y_m=zero.copy(),
        vx_mps=zero.copy(),
        vy_mps=one.copy(),
        goal_x_m=zero.copy(),
        goal_y_m=one * words.get("goal_m", 1e9),
        cruise_mps=one * words.get("cruise_mps", 1.4),
        pace=one.copy(),
        wander_rad=zero.copy(),
        halt_until=np.full(count, -NEVER),
        above_m=zero.copy(),
        offset_m=-one,
        free_m=one * 1e9,
        crossed=np.zeros(count, bool),
        done_at=np.full(count, NEVER),
        path=np.arange(count),
    )


@pytest.mark.parametrize(
    # Tobler's function at slopes tabled in km/h in Wikipedia, over 5.0367 on the flat.
    ("slope", "kmh"),
    [(0.09, 3.71), (0.18, 2.72), (0.36, 1.41), (-0.09, 5.26), (-0.18, 3.86)],
)
def test_a_slope_slows_as_tobler_measured(slope: float, kmh: float) -> None:
    share = slope_pace(np.array([slope]))[0]
    assert share == pytest.approx(kmh / 5.0367, rel=0.03)


def test_a_cliff_is_walked_round() -> None:
    assert slope_pace(np.array([5.0, -5.0])).tolist() == [SLOWEST, SLOWEST]


def test_walkers_feel_the_slope_ahead_and_others_do_not() -> None:
    walkers, vehicles = units_of(WALKER, 3), units_of(VEHICLE, 3)
    for units in (walkers, vehicles):
        feel_slope(units, straight_area(rise=0.1))
    assert walkers.pace == pytest.approx(np.exp(-0.35))
    assert vehicles.pace.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("over_s", [1, 10])
def test_wander_keeps_its_spread_for_any_step(over_s: int) -> None:
    settings = SimSettings()
    units, dice = units_of(WALKER, 2000), np.random.default_rng(1)
    units.wander_rad = settings.wander_rad * dice.standard_normal(2000)
    for tick in range(0, 50 * over_s, over_s):
        steer(units, settings, tick=tick, over_s=over_s, dice=dice)
    assert units.wander_rad.std() == pytest.approx(settings.wander_rad, rel=0.06)
    assert abs(units.wander_rad.mean()) < 4 * settings.wander_rad / np.sqrt(2000)


def test_wander_is_forgotten_at_its_rate() -> None:
    settings = SimSettings()
    units, dice = units_of(WALKER, 5000), np.random.default_rng(2)
    units.wander_rad = settings.wander_rad * dice.standard_normal(5000)
    before = units.wander_rad.copy()
    for tick in range(300):
        steer(units, settings, tick=tick, over_s=1, dice=dice)
    kept = np.corrcoef(before, units.wander_rad)[0, 1]
    assert kept == pytest.approx(np.exp(-300 / settings.wander_s), abs=0.05)


def test_vehicles_halt_for_the_stated_share_of_time() -> None:
    settings = SimSettings()
    units, dice = units_of(VEHICLE, 400, cruise_mps=10.0), np.random.default_rng(3)
    halted = []
    for tick in range(3000):
        steer(units, settings, tick=tick, over_s=1, dice=dice)
        halted.append((np.hypot(units.vx_mps, units.vy_mps) == 0).mean())
    share = (settings.halt_s + 1) / (settings.halt_s + 1 + settings.halt_every_s)
    assert np.mean(halted[1000:]) == pytest.approx(share, rel=0.1)


def test_vehicles_turn_within_their_range() -> None:
    settings = SimSettings()
    units, dice = units_of(VEHICLE, 500, cruise_mps=10.0), np.random.default_rng(3)
    seen = set()
    for tick in range(600):
        steer(units, settings, tick=tick, over_s=1, dice=dice)
        seen.add(float(units.wander_rad[0]))
    assert np.abs(units.wander_rad).max() <= settings.turn_rad
    assert len(seen) > 1


def test_flyers_fly_straight_at_one_speed() -> None:
    units, dice = units_of(FLYER, 5, cruise_mps=30.0), np.random.default_rng(4)
    for tick in range(100):
        steer(units, SimSettings(), tick=tick, over_s=1, dice=dice)
        move(units, Paths(), tick=tick, over_s=1)
    assert units.x_m == pytest.approx(np.zeros(5), abs=1e-3)
    assert units.y_m == pytest.approx(3000.0)


def test_a_path_is_remembered_second_by_second_whatever_the_step() -> None:
    fine, coarse = units_of(FLYER, 2), units_of(FLYER, 2)
    paths = (Paths(), Paths())
    for tick in range(20):
        move(fine, paths[0], tick=tick, over_s=1)
    for tick in (0, 10):
        move(coarse, paths[1], tick=tick, over_s=10)
    assert paths[1].y_m == pytest.approx(paths[0].y_m)
    assert paths[0].y_m[0, 1:21] == pytest.approx(np.arange(1.0, 21.0))


def test_a_unit_that_has_arrived_stops_and_its_arrival_is_kept() -> None:
    units, dice = units_of(WALKER, 1, goal_m=105.0), np.random.default_rng(5)
    for tick in range(50):
        steer(units, SimSettings(wander_rad=0.0), tick=tick, over_s=1, dice=dice)
        move(units, Paths(), tick=tick, over_s=1)
    assert units.done_at[0] < 10
    assert units.vy_mps[0] == 0.0
