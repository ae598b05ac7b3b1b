"""Tests of what sites are worth: against every order, every loss, and the sums."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.plan.siting.worth import SiteChances, one_more


def covered(table: np.ndarray, weight: np.ndarray, who: Any) -> float:
    """What sites cover together, the plain way."""
    miss = np.ones(len(weight))
    for site in who:
        miss = miss * (1 - table[site])
    return float((weight * (1 - miss)).sum())


def held(table: np.ndarray, weight: np.ndarray) -> SiteChances:
    """Return a table of sites by cells as pairs, in a mixed order."""
    site, cell = np.nonzero(table)
    order = np.random.default_rng(1).permutation(len(site))
    return SiteChances(
        sites=len(table),
        site=site[order],
        cell=cell[order],
        chance=table[site, cell][order],
        weight=weight,
    )


@st.composite
def tables(draw: st.DrawFn, most: int = 5) -> tuple[np.ndarray, np.ndarray]:
    """Draw a table of chances, many of them 0 and some 1, and weights."""
    sites, cells = draw(st.integers(1, most)), draw(st.integers(1, 6))
    some = st.sampled_from([0.0, 0.0, 0.3, 0.9, 1.0]) | st.floats(0, 1)
    row = st.lists(some, min_size=cells, max_size=cells)
    table = np.array(draw(st.lists(row, min_size=sites, max_size=sites)))
    weight = st.lists(st.floats(0, 10), min_size=cells, max_size=cells)
    return table, np.array(draw(weight))


@given(drawn=tables())
def test_shapley_is_the_mean_over_every_order(
    drawn: tuple[np.ndarray, np.ndarray],
) -> None:
    table, weight = drawn
    count = len(table)
    mean = np.zeros(count)
    orders = list(itertools.permutations(range(count)))
    for order in orders:
        for at, site in enumerate(order):
            before = covered(table, weight, order[:at])
            mean[site] += covered(table, weight, order[: at + 1]) - before
    told = held(table, weight).shapley()
    np.testing.assert_allclose(told, mean / len(orders), atol=1e-9)
    assert told.sum() == pytest.approx(covered(table, weight, range(count)), abs=1e-9)


@given(drawn=tables())
def test_dropping_one_and_standing_alone(drawn: tuple[np.ndarray, np.ndarray]) -> None:
    table, weight = drawn
    every = set(range(len(table)))
    told = held(table, weight)
    whole = covered(table, weight, every)
    assert told.covered() == pytest.approx(whole, abs=1e-9)
    for site in every:
        without = covered(table, weight, every - {site})
        assert told.covered([site]) == pytest.approx(without, abs=1e-9)
        assert told.drop_one()[site] == pytest.approx(whole - without, abs=1e-9)
        only = covered(table, weight, [site])
        assert told.alone()[site] == pytest.approx(only, abs=1e-9)


@given(drawn=tables(), count=st.integers(0, 5))
def test_the_mean_and_the_worst_are_over_every_loss(
    drawn: tuple[np.ndarray, np.ndarray], count: int
) -> None:
    table, weight = drawn
    sites = range(len(table))
    told = held(table, weight)
    if count > len(table):
        with pytest.raises(BadValue, match="sites out must be 0 to"):
            told.mean_without(count)
        with pytest.raises(BadValue, match="sites out must be 0 to"):
            told.worst_without(count)
        return
    left = [
        covered(table, weight, set(sites) - set(out))
        for out in itertools.combinations(sites, count)
    ]
    assert told.mean_without(count) == pytest.approx(np.mean(left), abs=1e-9)
    worst = told.worst_without(count)
    assert len(set(worst.out)) == count
    kept = set(sites) - set(worst.out)
    assert worst.covered == pytest.approx(covered(table, weight, kept), abs=1e-9)
    assert worst.least <= min(left) + 1e-9 <= worst.covered + 2e-9
    if count <= 2:
        assert worst.covered == pytest.approx(min(left), abs=1e-9)


def test_many_sites_over_one_cell_stay_exact() -> None:
    """Sixty sites over a cell: the integral has a polynomial of degree 59."""
    chance = np.full((60, 1), 0.07)
    told = held(chance, np.array([1.0]))
    np.testing.assert_allclose(told.shapley(), (1 - 0.93**60) / 60, rtol=1e-12)
    assert told.mean_without(30) == pytest.approx(1 - 0.93**30, rel=1e-9)


def test_no_site_covers_nothing() -> None:
    none = held(np.zeros((2, 3)), np.ones(3))
    assert none.covered() == 0.0
    assert none.mean_without(1) == 0.0
    assert none.shapley().tolist() == [0.0, 0.0]
    assert none.worst_without(1).covered == 0.0
    assert none.missed().tolist() == [1.0, 1.0, 1.0]


def test_one_more_adds_what_the_plan_misses() -> None:
    missed, weight = np.array([0.5, 1.0]), np.array([2.0, 3.0])
    pairs = (np.array([0, 1, 1]), np.array([0, 0, 1]), np.array([1.0, 0.5, 0.1]))
    told = one_more(missed, pairs, weight, 3)
    np.testing.assert_allclose(told, [1.0, 0.8, 0.0])


def test_chances_above_one_are_refused() -> None:
    with pytest.raises(BadValue, match="chance must be from 0 to 1"):
        held(np.array([[1.5]]), np.ones(1))


def test_the_bound_holds_where_the_search_for_the_worst_three_falls_short() -> None:
    """One of some hundred small tables on which greedy search and exchanges miss."""
    dice = np.random.default_rng(8)
    table = np.zeros((7, 8))
    table[dice.random((7, 8)) < 0.4] = 1.0
    table[np.nonzero(table)] = dice.choice([0.5, 1.0], int(table.sum()))
    weight = np.ones(8)
    losses = itertools.combinations(range(7), 3)
    left = min(covered(table, weight, set(range(7)) - set(out)) for out in losses)
    worst = held(table, weight).worst_without(3)
    assert worst.covered > left + 0.1
    assert worst.least <= left
