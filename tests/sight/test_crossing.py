"""Tests of crossings: against looks one by one, against drawing, and at the edges."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue, UnknownName
from linewatch.sight import (
    KINDS,
    NIGHT,
    Crossings,
    Rule,
    Sight,
    Stand,
    crossing_chance,
    place,
    straight,
)
from tests.sight import naive
from tests.sight.scene import FLAT, ROLLING, Floats


def by_counting(chances: Floats, least: int, within: int) -> float:
    """Chance of `least` in some `within` looks in a row, over every outcome."""
    total = 0.0
    for outcome in itertools.product((0, 1), repeat=len(chances)):
        runs = [
            sum(outcome[max(0, i - within + 1) : i + 1]) for i in range(len(chances))
        ]
        if max(runs, default=0) >= least:
            hit = np.array(outcome, bool)
            total += float(np.prod(np.where(hit, chances, 1 - chances)))
    return total


def sensor(kind: str, x_m: float, y_m: float, phase_s: float = 0.0) -> Sight:
    """One sensor on rolling ground."""
    stand = Stand(name=kind, x_m=x_m, y_m=y_m, phase_s=phase_s)
    return place(ROLLING, KINDS[kind], stand, cell_m=90.0)


SENSORS = (
    sensor("radar", 500.0, 800.0, 1.5),
    sensor("camera", -900.0, 1_200.0, 7.0),
    sensor("seismic", 20.0, 30.0, 0.5),
)


@settings(max_examples=25)
@given(
    x=st.floats(-6_000, 6_000),
    slant=st.floats(-500, 500),
    target=st.sampled_from(["walker", "vehicle", "flyer"]),
)
def test_agrees_with_looks_one_by_one(x: float, slant: float, target: str) -> None:
    crossing = straight(x, -3_000.0, x + slant, 4_000.0, target=target)
    found = crossing_chance(SENSORS, crossing, target=target)
    for i, sight in enumerate(SENSORS):
        looks = naive.looks(sight, crossing.legs[0], target)
        once = 1 - np.prod(1 - looks)
        assert found.once[i, 0] == pytest.approx(once, abs=2e-6)


@settings(max_examples=40)
@given(
    speed=st.floats(80, 1_500),
    least=st.integers(1, 4),
    more=st.integers(0, 3),
    x=st.floats(-2_000, 2_000),
)
def test_confirming_agrees_with_every_outcome(
    speed: float, least: int, more: int, x: float
) -> None:
    """Few looks, so that all outcomes can be listed."""
    leg = np.array([[x, -3_000.0, x, 4_000.0, speed]])
    rule = Rule(least=least, within=least + more)
    sight = SENSORS[1]
    looks = naive.looks(sight, leg[0], "walker")
    found = crossing_chance(
        (sight,), Crossings(legs=leg), target="walker", rule=rule
    ).confirmed[0, 0]
    expected = (
        by_counting(looks[:12], least, least + more) if len(looks) <= 12 else None
    )
    if expected is not None:
        assert found == pytest.approx(expected, abs=2e-6)


def test_agrees_with_a_simulation_that_draws_each_look() -> None:
    """Planned and achieved are one: 4,000 drawn crossings, 5 sigma."""
    rng = np.random.default_rng(11)
    x = np.array([-5_800.0, -4_600.0, -900.0, 2_500.0])
    crossings = straight(
        x, np.full(4, -4_000.0), x, np.full(4, 6_000.0), target="walker"
    )
    found = crossing_chance(SENSORS, crossings, target="walker")
    draws = 4_000
    for i, sight in enumerate(SENSORS):
        for k in range(4):
            looks = naive.looks(sight, crossings.legs[k], "walker")
            looks = looks[np.cumsum(looks > 0) > 0][:400]
            hits = rng.random((draws, len(looks))) < looks
            five = np.cumsum(np.pad(hits, ((0, 0), (5, 0))).astype(int), axis=1)
            confirmed = ((five[:, 5:] - five[:, :-5]) >= 3).any(axis=1).mean()
            for drawn, told in (
                (hits.any(axis=1).mean(), found.once[i, k]),
                (confirmed, found.confirmed[i, k]),
            ):
                slack = 5 * math.sqrt(max(told * (1 - told), 1e-4) / draws)
                if len(looks) < 400:
                    assert drawn == pytest.approx(told, abs=slack)
                else:
                    assert drawn <= told + slack


def test_sensors_combine_as_one_less_their_misses() -> None:
    crossings = straight([0.0, 50.0], -3_000.0, [0.0, 50.0], 3_000.0, target="walker")
    found = crossing_chance(SENSORS, crossings, target="walker", light=NIGHT)
    np.testing.assert_allclose(found.any_once, 1 - np.prod(1 - found.once, axis=0))
    assert np.all(found.any_confirmed <= found.any_once + 1e-12)
    assert np.all(found.confirmed <= found.once + 1e-9)


def test_a_stricter_rule_confirms_less() -> None:
    crossing = straight(60.0, -200.0, 60.0, 200.0, target="walker")
    chances = [
        crossing_chance(
            SENSORS[2:], crossing, target="walker", rule=Rule(least=n, within=5)
        ).confirmed[0, 0]
        for n in range(1, 6)
    ]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] > chances[-1]


def test_one_of_one_is_at_least_one_detection() -> None:
    crossing = straight(70.0, -300.0, 70.0, 300.0, target="walker")
    found = crossing_chance(
        SENSORS, crossing, target="walker", rule=Rule(least=1, within=1)
    )
    np.testing.assert_allclose(found.confirmed, found.once, atol=1e-9)


def test_a_crossing_of_no_length_or_far_away_is_not_seen() -> None:
    legs = np.array([[0.0, 0.0, 0.0, 0.0, 1.0], [9e5, 0.0, 9e5, 9e3, 1.0]])
    found = crossing_chance(SENSORS, Crossings(legs=legs), target="walker")
    assert not found.once.any()
    none = crossing_chance((), Crossings(legs=legs), target="walker")
    assert none.any_once.tolist() == [0.0, 0.0]


def test_a_radar_does_not_see_someone_walk_round_it() -> None:
    """Across the line of sight there is no radial speed."""
    stand = Stand(name="radar", x_m=0.0, y_m=0.0)
    radar = place(FLAT, KINDS["radar"], stand, cell_m=90.0)
    beside = Crossings(legs=np.array([[3_000.0, -500.0, 3_000.0, 500.0, 1.2]]))
    towards = Crossings(legs=np.array([[3_000.0, 0.0, 2_000.0, 0.0, 1.2]]))
    assert crossing_chance((radar,), beside, target="walker").once[0, 0] == 0
    assert crossing_chance((radar,), towards, target="walker").confirmed[0, 0] > 0.99


@pytest.mark.parametrize(("least", "within"), [(0, 5), (6, 5), (3, 13)])
def test_a_rule_that_cannot_be_is_refused(least: int, within: int) -> None:
    with pytest.raises(BadValue, match=f"not {least} of {within}"):
        Rule(least=least, within=within)


@pytest.mark.parametrize(
    "legs",
    [np.zeros((2, 4)), np.zeros((2, 5)), np.full((1, 5), np.nan)],
)
def test_legs_that_cannot_be_are_refused(legs: Floats) -> None:
    with pytest.raises(BadValue, match="legs must be"):
        Crossings(legs=legs)


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(UnknownName):
        straight(0.0, 0.0, 1.0, 1.0, target="boat")
