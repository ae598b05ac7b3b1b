"""Tests of exposure, against every outcome counted out."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from linewatch.sim.exposure import LEAST, WITHIN, Exposures
from linewatch.sim.looks import Pairs

Floats = NDArray[np.float64]


def pairs_for(
    look: list[int], sensor: list[int], target: list[int], unit: list[int]
) -> Pairs:
    """Return pairs whose look k is at second k."""
    zero = np.zeros(len(look))
    return Pairs(
        look=np.array(look),
        sensor=np.array(sensor),
        time_s=np.array(look, np.float64),
        target_id=np.array(target),
        unit_id=np.array(unit),
        kind=np.zeros(len(look), np.int64),
        x_m=zero,
        y_m=zero,
        away_x_m=zero,
        away_y_m=zero,
        vx_mps=zero,
        vy_mps=zero,
    )


def one_by_one(chance: list[float]) -> Pairs:
    """Return one sensor's looks at one target."""
    count = len(chance)
    return pairs_for(list(range(count)), [0] * count, [0] * count, [0] * count)


def confirms(outcome: tuple[bool, ...]) -> bool:
    """Whether three of some five looks in a row detect."""
    last = max(len(outcome) - WITHIN, 0)
    return any(sum(outcome[at : at + WITHIN]) >= LEAST for at in range(last + 1))


def counted(chance: list[float]) -> float:
    """Return the chance of confirming by adding up every outcome."""
    total = 0.0
    for outcome in product((False, True), repeat=len(chance)):
        if confirms(outcome):
            total += float(np.prod(np.where(outcome, chance, 1 - np.array(chance))))
    return total


@given(
    chance=st.lists(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), min_size=1, max_size=9),
    cut=st.integers(0, 9),
)
def test_the_chain_agrees_with_every_outcome_counted(
    chance: list[float], cut: int
) -> None:
    exposures, pairs = Exposures(), one_by_one(chance)
    seen = np.zeros(len(chance), bool)
    for part in (np.arange(len(chance)) < cut, np.arange(len(chance)) >= cut):
        exposures.take(pairs.kept(part), np.array(chance)[part], seen[part])
    found = exposures.of(np.array([0]))
    assert found.chance_confirmed[0] == pytest.approx(counted(chance), abs=1e-12)
    once = 1 - np.prod(1 - np.array(chance))
    assert found.chance_once[0] == pytest.approx(once, abs=1e-12)
    assert found.looks[0] == np.count_nonzero(chance)


@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_what_was_seen_is_confirmed_when_three_of_five_are(seen: list[bool]) -> None:
    exposures = Exposures()
    exposures.take(
        one_by_one([0.5] * len(seen)), np.full(len(seen), 0.5), np.array(seen)
    )
    found = exposures.of(np.array([0]))
    ends = [at for at in range(len(seen)) if confirms(tuple(seen[: at + 1]))]
    assert found.detections[0] == sum(seen)
    assert (
        (found.first_s[0] == seen.index(True)) if any(seen) else np.isnan(found.first_s)
    )
    assert (found.confirmed_s[0] == ends[0]) if ends else np.isnan(found.confirmed_s)


def test_a_look_at_a_group_misses_only_if_it_misses_all() -> None:
    exposures = Exposures()
    pairs = pairs_for([0, 0, 0], [0, 0, 0], [0, 1, 2], [4, 4, 5])
    exposures.take(pairs, np.array([0.5, 0.5, 0.25]), np.array([False, True, False]))
    found = exposures.of(np.array([4, 5]))
    assert found.chance_once.tolist() == pytest.approx([0.75, 0.25])
    assert found.looks.tolist() == [1, 1]
    assert found.detections.tolist() == [1, 0]


def test_sensors_confirm_each_by_itself() -> None:
    exposures = Exposures()
    look, sensor = [0, 1, 2, 3, 4, 5], [0, 1, 0, 1, 0, 1]
    pairs = pairs_for(look, sensor, [0] * 6, [0] * 6)
    exposures.take(pairs, np.full(6, 0.5), np.zeros(6, bool))
    found = exposures.of(np.array([0]))
    assert found.chance_confirmed[0] == pytest.approx(1 - (1 - 0.125) ** 2)


def test_one_that_no_sensor_looked_at_has_no_exposure() -> None:
    found = Exposures().of(np.array([9]))
    assert found.looks[0] == found.chance_once[0] == found.chance_confirmed[0] == 0
    assert np.isnan(found.first_s[0])


def test_many_units_and_sensors_keep_apart() -> None:
    exposures, dice = Exposures(), np.random.default_rng(1)
    unit, sensor = np.repeat(np.arange(100), 5), np.tile(np.arange(5), 100)
    chance = dice.random(500)
    pairs = pairs_for(list(range(500)), sensor.tolist(), unit.tolist(), unit.tolist())
    exposures.take(pairs, chance, np.zeros(500, bool))
    found = exposures.of(np.arange(100))
    plain = 1 - np.prod(1 - chance.reshape(100, 5), axis=1)
    assert found.chance_once == pytest.approx(plain)
