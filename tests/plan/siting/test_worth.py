"""Tests of what sites are worth: against every order, every loss, and the sums."""

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.plan.siting import _kernels_worst as loops
from linewatch.plan.siting.worth import STEPS, SiteChances, one_more


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
    assert worst.covered == pytest.approx(min(left), abs=1e-9)
    assert worst.least == pytest.approx(min(left), abs=1e-9)
    assert worst.proven


@settings(max_examples=200)
@given(seed=st.integers(0, 2**32 - 1), count=st.integers(2, 5), short=st.booleans())
def test_the_worst_of_more_sites_is_proven_or_bounded(
    seed: int, count: int, short: bool
) -> None:
    """Nine sites, chances of all sizes and sure ones, some cells seen by all."""
    dice = np.random.default_rng(seed)
    table = np.where(dice.random((9, 8)) < dice.uniform(0.1, 0.9), 1.0, 0.0)
    table *= dice.choice([0.01, 0.3, 0.9, 0.999, 1.0], table.shape)
    weight = dice.random(8)
    told = held(table, weight)
    left = min(
        covered(table, weight, set(range(9)) - set(out))
        for out in itertools.combinations(range(9), count)
    )
    worst = told.worst_without(count, steps=20 if short else STEPS)
    assert worst.least <= left + 1e-9 <= worst.covered + 2e-9
    if not short:
        assert worst.proven
        assert worst.covered == pytest.approx(left, abs=1e-9)


@given(drawn=tables(), levels=st.integers(1, 4), seed=st.integers(0, 99))
def test_charges_are_the_most_that_an_even_share_can_be(
    drawn: tuple[np.ndarray, np.ndarray], levels: int, seed: int
) -> None:
    table, weight = drawn
    table = np.minimum(table, 0.999)
    out = np.random.default_rng(seed).random(len(table)) < 0.3
    weight = weight[:1]
    seen = np.flatnonzero(table[:, 0] > 0)
    seen = seen[np.argsort(-table[seen, 0], kind="stable")]
    ends = np.array([0, len(seen)])
    charge = np.zeros((levels, len(table)))
    loops.charged(ends, seen, 1 - table[seen, 0], weight, out, 0, 1.0, charge)
    stay = [s for s in seen.tolist() if not out[s]]
    whole = covered(table[:, :1], weight, stay)
    for s in stay:
        others = [t for t in stay if t != s]
        for level in range(levels):
            shares = [
                (whole - covered(table[:, :1], weight, set(stay) - {s, *gone})) / size
                for size in range(1, level + 2)
                for gone in itertools.combinations(others, size - 1)
            ]
            assert charge[level, s] == pytest.approx(max(shares), abs=1e-12)
    gone = [s for s in range(len(table)) if s not in stay]
    assert not charge[:, gone].any()
    loops.charged(ends, seen, 1 - table[seen, 0], weight, out, 0, -1.0, charge)
    np.testing.assert_allclose(charge, 0.0, atol=1e-12)


def test_thirty_sure_sites_over_a_cell_do_not_underflow() -> None:
    """Their misses multiply to less than a number can hold: none is divided."""
    table = np.ones((40, 2))
    table[:38, 1] = 0.0
    told = held(table, np.array([5.0, 1.0]))
    worst = told.worst_without(2)
    assert worst.out == (38, 39)
    assert worst.covered == pytest.approx(5.0)
    assert worst.proven


def test_the_worst_five_of_a_long_line_are_proven() -> None:
    """As many sites as a plan has, each of whose losses has a hundred neighbours."""
    dice = np.random.default_rng(2)
    place, reach = dice.random(225), dice.uniform(0.006, 0.02, 225)
    cells = np.linspace(0, 1, 1_000)
    site, cell = np.nonzero(np.abs(place[:, None] - cells) < reach[:, None])
    told = SiteChances(
        sites=225,
        site=site,
        cell=cell,
        chance=dice.uniform(0.05, 1.0, len(site)),
        weight=dice.random(1_000),
    )
    worst = told.worst_without(5)
    assert worst.proven
    single = told.drop_one()
    assert worst.covered <= told.covered(np.argsort(-single)[:5].tolist()) + 1e-9


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


def test_the_worst_three_are_found_where_exchanges_alone_miss_them() -> None:
    """One of some hundred small tables on which greedy search and exchanges miss."""
    dice = np.random.default_rng(8)
    table = np.zeros((7, 8))
    table[dice.random((7, 8)) < 0.4] = 1.0
    table[np.nonzero(table)] = dice.choice([0.5, 1.0], int(table.sum()))
    weight = np.ones(8)
    losses = itertools.combinations(range(7), 3)
    left = min(covered(table, weight, set(range(7)) - set(out)) for out in losses)
    told = held(table, weight)
    worst = told.worst_without(3)
    assert worst.covered == pytest.approx(left)
    assert worst.proven
    # Ended at once, the search has what exchanges find, and a bound below the truth.
    short = told.worst_without(3, steps=0)
    assert short.covered > left + 0.1
    assert short.least <= left
    assert not short.proven
