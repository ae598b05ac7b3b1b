"""Tests of where units come from, on a river that bends back on itself."""

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from linewatch.area import Area
from linewatch.area.line import Line
from linewatch.sim.approach import BIN_M, CHORDS_M, Approach, approach_of, ends_of
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import FLYER
from linewatch.sim.world import World
from tests.sim.fakes import START_S, FlatDemand, Slope, straight_area

SETTINGS = SimSettings(warm_s=0.0)


def river_area(per_hour: float = 60.0) -> Area:
    """Return 90 km of a river whose meanders swing 1.2 km and overhang."""
    along = np.linspace(0.0, 90_000.0, 3001)
    turn = 2 * np.pi * along / 3000.0
    x = along - 350.0 * np.sin(2 * turn)
    y = 1200.0 * np.sin(turn)
    line = Line(
        lon_deg=-100.0 + x / 97_000.0,
        lat_deg=28.0 + y / 111_000.0,
        name="river",
        source="made for a test",
    )
    per_m_s = per_hour / 3600 / line.length_m
    demand = FlatDemand(per_m_s=per_m_s, length_m=0.0)
    area = SimpleNamespace(
        line=line,
        plane=line.plane,
        demand=demand,
        terrain=Slope(),
        place_xy=line.place_xy,
        chainage_xy=line.chainage_xy,
    )
    return cast("Area", area)


def test_units_start_south_and_end_north_of_a_winding_river() -> None:
    area = river_area()
    approach = approach_of(area, month="2024-11", settings=SETTINGS)
    chainage, piece = approach.draw(2000, np.random.default_rng(1))
    start, goal = ends_of(area, chainage, approach.chord_m[piece], SETTINGS)
    assert (area.chainage_xy(*start)[1] < 0).mean() > 0.99
    assert (area.chainage_xy(*goal)[1] > 0).mean() > 0.99


def test_the_longest_chord_that_leads_across_is_taken() -> None:
    approach = approach_of(river_area(), month="2024-11", settings=SETTINGS)
    assert set(approach.chord_m) <= set(CHORDS_M)
    assert np.median(approach.chord_m) == CHORDS_M[0]


def test_a_bend_is_crossed_across_its_course() -> None:
    area = river_area()
    approach = approach_of(area, month="2024-11", settings=SETTINGS)
    inner = np.linspace(20_000.0, area.line.length_m - 20_000.0, 500)
    start, goal = ends_of(area, inner, np.full(500, CHORDS_M[0]), SETTINGS)
    heading = np.arctan2(goal[0] - start[0], goal[1] - start[1])
    assert np.abs(heading).max() < np.radians(20)
    way = np.hypot(goal[0] - start[0], goal[1] - start[1])
    assert way == pytest.approx(SETTINGS.south_m + SETTINGS.north_m)
    assert approach.total_per_s == pytest.approx(60 / 3600)


def test_units_are_spread_as_the_demand_is() -> None:
    rate = np.array([0.0, 3.0, 1.0, 0.0])
    approach = Approach(
        from_m=np.array([0.0, 1.0, 2.0, 3.0]) * BIN_M,
        length_m=np.full(4, BIN_M),
        persons_per_s=rate,
        chord_m=np.full(4, 400.0),
    )
    chainage, piece = approach.draw(40_000, np.random.default_rng(2))
    count = np.bincount(piece, minlength=4)
    assert count[[0, 3]].tolist() == [0, 0]
    assert count[1] == pytest.approx(30_000, abs=4 * np.sqrt(7500))
    assert (np.floor(chainage / BIN_M) == piece).all()


def test_pieces_cover_the_line_without_gaps() -> None:
    area = straight_area(length_m=10_250.0)
    approach = approach_of(area, month="2024-11", settings=SETTINGS)
    assert approach.from_m[0] == 0.0
    ends = approach.from_m + approach.length_m
    assert ends[:-1] == pytest.approx(approach.from_m[1:])
    assert ends[-1] == pytest.approx(10_250.0)
    assert approach.length_m.max() <= BIN_M


def test_more_walkers_than_encounters_when_the_settings_say_so() -> None:
    more = SimSettings(warm_s=0.0, persons_per_encounter=2.5)
    one, two = (
        approach_of(straight_area(), month="2024-11", settings=each)
        for each in (SETTINGS, more)
    )
    assert two.total_per_s == pytest.approx(2.5 * one.total_per_s)


def test_a_unit_crosses_a_winding_river_once() -> None:
    assume = SimSettings(warm_s=0.0, flyers_per_month=1e6)
    world = World(river_area(per_hour=0.0), assume, START_S, 1)
    world.step(START_S + 1200)
    crossings = world.crossings
    assert len(crossings.unit_id) == len(set(crossings.unit_id.tolist()))
    assert set(crossings.kind.tolist()) == {FLYER}
    # A flyer needs 143 to 250 s to the line: those born till 250 s before the end.
    expected = 1e6 / (30.4 * 86_400) * (1200 - 190)
    assert len(crossings.unit_id) == pytest.approx(expected, rel=0.2)
    offset = world.area.chainage_xy(
        *world.area.place_xy(np.asarray(crossings.chainage_m))
    )[1]
    assert np.abs(offset).max() < 1.0
