"""Tests of looks and of whom they may meet."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.sim.looks import Rings, looks_between, pairs_of
from tests.sim.fakes import START_S, scene_of


@given(
    phases=st.lists(
        st.integers(0, 4999).map(lambda ms: ms / 1000), min_size=1, max_size=5
    ),
    cut=st.integers(1, 59),
)
def test_cutting_time_neither_loses_nor_doubles_a_look(
    phases: list[float], cut: int
) -> None:
    phase, period = np.array(phases), np.full(len(phases), 5.0)
    whole = looks_between(phase, period, since_s=START_S, until_s=START_S + 60)
    one = looks_between(phase, period, since_s=START_S, until_s=START_S + cut)
    two = looks_between(phase, period, since_s=START_S + cut, until_s=START_S + 60)
    both = one.joined(two)
    assert both.time_s.tolist() == whole.time_s.tolist()
    assert both.sensor.tolist() == whole.sensor.tolist()
    assert len(whole) == 12 * len(phases)


def test_looks_fall_on_the_schedule_and_into_their_second() -> None:
    looks = looks_between(
        np.array([0.0, 1.25]), np.array([2.0, 0.5]), since_s=100.0, until_s=104.0
    )
    assert looks.time_s[looks.sensor == 0].tolist() == [102.0, 104.0]
    assert len(looks.time_s[looks.sensor == 1]) == 8
    assert (looks.time_s > 100 + looks.second).all()
    assert (looks.time_s <= 101 + looks.second).all()


def test_pairs_are_those_in_reach_of_a_plain_search() -> None:
    dice = np.random.default_rng(1)
    scenes = [
        scene_of(START_S + second + 1, dice.uniform(-5e4, 5e4, 300), 500.0 * second)
        for second in range(4)
    ]
    rings = Rings(
        x_m=dice.uniform(-5e4, 5e4, 20),
        y_m=dice.uniform(-5e3, 5e3, 20),
        reach_m=dice.choice([80.0, 5000.0, 12_000.0], 20),
    )
    looks = looks_between(
        dice.random(20), np.full(20, 1.0), since_s=START_S, until_s=START_S + 4
    )
    pairs = pairs_of(looks, scenes, rings)
    expected = set()
    for row in range(len(looks)):
        sensor, scene = looks.sensor[row], scenes[looks.second[row]]
        ago = scene.time_s - looks.time_s[row]
        for target in scene.target_id:
            x = scene.x_m[target] - rings.x_m[sensor]
            y = scene.y_m[target] - 1.4 * ago - rings.y_m[sensor]
            if np.hypot(x, y) <= rings.reach_m[sensor]:
                expected.add((row, int(target)))
    found = list(zip(pairs.look.tolist(), pairs.target_id.tolist(), strict=True))
    assert set(found) == expected
    assert found == sorted(found)
    assert len(found) > 100


def test_a_target_is_where_it_is_at_the_look() -> None:
    scene = scene_of(START_S + 1, 1000.0, 2000.0, vx_mps=10.0, vy_mps=-20.0)
    rings = Rings(x_m=np.zeros(1), y_m=np.zeros(1), reach_m=np.full(1, 1e4))
    looks = looks_between(
        np.array([0.25]), np.array([1.0]), since_s=START_S, until_s=START_S + 1
    )
    pairs = pairs_of(looks, [scene], rings)
    assert pairs.x_m[0] == pytest.approx(992.5)
    assert pairs.away_y_m[0] == pytest.approx(2015.0)


def test_no_targets_and_no_looks_make_no_pairs() -> None:
    empty = scene_of(START_S + 1, np.zeros(0), 0.0)
    rings = Rings(x_m=np.zeros(1), y_m=np.zeros(1), reach_m=np.ones(1))
    one = looks_between(np.zeros(1), np.ones(1), since_s=START_S, until_s=START_S + 1)
    none = looks_between(np.zeros(1), np.ones(1), since_s=START_S, until_s=START_S)
    assert len(pairs_of(one, [empty], rings)) == 0
    assert len(pairs_of(none, [scene_of(START_S + 1, 0.0, 0.0)], rings)) == 0
