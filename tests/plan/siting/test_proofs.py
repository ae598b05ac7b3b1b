"""Proofs hold where numbers lie far apart: weights, costs and what sites use."""

import os
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import milp

from linewatch.errors import NoPlan
from linewatch.plan.siting import Cover, Effort, Limits, Proof, choose
from linewatch.plan.siting.exact import cover_all, sharpened
from linewatch.plan.siting.limits import SLACK, Links, Rows
from linewatch.plan.siting.moving import choose_moving
from linewatch.plan.siting.narrow import narrowed, weighed
from linewatch.plan.siting.program import TOLERANCE, Program, solver_unit
from tests.plan.siting import naive
from tests.plan.siting.test_variants import problems

QUICK = Effort(kicks=20, rounds=40)
FAR = 2e-6
"""What a proof may leave open: twice the gap at which it is told."""


@settings(max_examples=60)
@given(problems(), st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_no_proof_is_false_however_far_numbers_lie_apart(
    problem: tuple[Cover, Limits], seed: int, backup: int
) -> None:
    cover, limits = problem
    backup = backup if cover.is_sure else 1
    rng = np.random.default_rng(seed)
    cover = replace(
        cover,
        weight=10.0 ** rng.uniform(-12, 15, cover.cells),
        cost=10.0 ** rng.uniform(-9, 12, cover.sites),
    )
    limits = replace(limits, budget=float(rng.choice([0.0, 1e-6, 1.0, 1e9])))
    held = tuple(np.flatnonzero(limits.held_of(cover.sites)).tolist())
    if not naive.allowed(cover, limits, held):
        return
    best = naive.best_allowed(cover, limits, backup)
    assert best is not None
    choice = choose(cover, limits, backup=backup, effort=QUICK)
    for found in (choice, sharpened(cover, limits, choice, backup=backup)):
        chosen = tuple(sorted(found.sites.tolist()))
        spent = sum(cover.cost[s] for s in chosen if s not in held)
        assert spent <= limits.budget * (1 + 1e-6)
        assert found.objective == pytest.approx(naive.worth(cover, chosen, backup))
        assert found.bound >= best * (1 - 1e-9)
        if found.proof is Proof.BEST:
            assert found.objective >= best * (1 - FAR)


def test_nothing_is_bought_for_nothing_beside_a_dear_site() -> None:
    cover = two(weight=[1.0, 1.0], cost=[1e11, 1853.5])
    choice = choose(cover, Limits(budget=0.0), effort=QUICK)
    assert (choice.sites.size, choice.cost, choice.bound) == (0, 0.0, 0.0)


def test_a_budget_is_kept_to_its_own_size() -> None:
    cover = two(weight=[1.0, 1.0], cost=[2.5e-6, 1e12])
    taken = np.array([True, False])
    assert Limits(budget=2.5e-6).broken(cover, taken) is None
    assert Limits(budget=2.49e-6).broken(cover, taken) is not None
    assert Limits(budget=0.0).broken(cover, taken) is not None


def test_rows_count_what_is_beyond_all_there_is_as_twice_it() -> None:
    rows = Rows.of(3, [(np.arange(3), np.array([0.25, 0.5, 1e9]), 0.5, "so")])
    assert (rows.val / rows.have[0]).tolist() == [0.5, 1.0, 2.0]
    none = Rows.of(2, [(np.arange(2), np.array([1e-30, 5.0]), 0.0, "none")])
    assert none.val.tolist() == [1.0, 1.0]
    assert (none.used(np.array([True, False])) > none.have + SLACK).all()


def test_a_heavy_cell_out_of_reach_does_not_drown_the_others() -> None:
    # Cell 0 is covered by site 0 alone, which costs more than there is.
    cover = Cover.of(
        np.array([0, 1, 2, 3, 3]),
        np.array([0, 1, 2, 1, 3]),
        weight=np.array([1e15, 1.0, 0.5, 0.25]),
        cost=np.array([9.0, 1.0, 1.0, 1.0]),
        prob=np.array([1.0, 0.5, 0.5, 0.4, 0.3]),
    )
    limits = Limits(budget=2.0)
    narrow = narrowed(cover, limits)
    assert narrow.barred_of(4).tolist() == [True, False, False, False]
    assert weighed(cover, cover.weight, narrow, 1).tolist() == [0.0, 1.0, 0.5, 0.25]
    assert weighed(cover, cover.weight, narrow, 2).tolist() == [0.0, 1.0, 0.0, 0.0]
    best = naive.best_allowed(cover, limits)
    choice = sharpened(cover, limits, choose(cover, limits, effort=QUICK))
    assert choice.objective == pytest.approx(best)
    assert choice.proof is Proof.BEST


@settings(max_examples=60)
@given(problems())
def test_only_sites_that_no_choice_holds_are_barred(
    problem: tuple[Cover, Limits],
) -> None:
    cover, limits = problem
    held = tuple(np.flatnonzero(limits.held_of(cover.sites)).tolist())
    if not naive.allowed(cover, limits, held):
        return
    barred = narrowed(cover, limits).barred_of(cover.sites)
    for choice in range(1 << cover.sites):
        sites = tuple(s for s in range(cover.sites) if choice >> s & 1)
        if naive.allowed(cover, limits, sites):
            assert not barred[list(sites)].any()


def test_sites_too_many_hops_away_are_barred() -> None:
    cover = two(weight=[1.0], cost=[1.0, 1.0, 1.0], pairs=[(0, 0), (1, 0), (2, 0)])
    gate = np.array([True, False, False])
    links = Links.of(np.array([0, 1]), np.array([1, 2]), gate)
    for total, shut in ((1, [0, 1, 1]), (2, [0, 0, 1]), (3, [0, 0, 0])):
        narrow = narrowed(cover, Limits(total=total, links=links))
        assert narrow.barred_of(3).tolist() == [bool(s) for s in shut]


def test_small_costs_beside_large_ones_are_not_said_to_be_proven() -> None:
    rng = np.random.default_rng(3)
    for _ in range(20):
        sites, cells = 6, 4
        site, cell = np.nonzero(rng.random((sites, cells)) < 0.6)
        cost = 10.0 ** rng.uniform(-9, 12, sites)
        cover = Cover.of(site, cell, weight=np.ones(cells), cost=cost)
        best, found = cheapest(cover), cover_all(cover)
        assert found.bound <= best * (1 + 1e-9)
        if found.proof is Proof.BEST:
            assert found.cost <= best * (1 + FAR)


def test_dear_sites_are_left_out_until_the_cheapest_is_proven() -> None:
    # One cover costs 3, any other at least 1e9: what the solver may be wrong by.
    pairs = [(0, 0), (1, 1), (2, 0), (2, 1)]
    cover = two(weight=[1.0, 1.0], cost=[1.5, 1.5, 1e9], pairs=pairs)
    found = cover_all(cover)
    assert (found.sites.tolist(), found.cost, found.proof) == ([0, 1], 3.0, Proof.BEST)


def test_the_solvers_bound_is_less_what_it_may_be_wrong_by() -> None:
    program = Program()
    one = np.ones(1)
    program.add_columns(7.0 * one, 0 * one, 3 * one, whole=True)
    program.add_rules([(np.array([0]), np.array([0]), one)], one, 9 * one)
    values, bound = program.solved(5.0)
    assert values[0] == pytest.approx(1.0)
    assert bound == pytest.approx(7.0 - TOLERANCE, rel=1e-12)


@pytest.mark.parametrize("most", [1e-12, 0.3, 1.5, 2.0**20 + 1, 1e15])
def test_the_solver_is_told_costs_of_a_thousand_or_two(most: float) -> None:
    assert 1023 < most / solver_unit(np.array([most, 0.0])) <= 2048


def test_the_solver_is_told_small_whole_costs_as_they_are() -> None:
    assert solver_unit(np.array([0.0, 7.0, -(2.0**20)])) == 1.0
    assert solver_unit(np.empty(0)) == 1.0


def test_costs_that_nearly_agree_are_not_proven_out_of_order() -> None:
    # The solver's own answer may pass for the best by a millionth of a small unit.
    rng = np.random.default_rng(11)
    for _ in range(10):
        site, cell = np.nonzero(rng.random((6, 5)) < 0.5)
        cost = 1.0 + rng.integers(0, 4, 6).astype(np.float64) * 3e-7
        cover = Cover.of(site, cell, weight=np.ones(5), cost=cost)
        assert cover_all(cover).bound <= cheapest(cover) * (1 + 1e-12)


def test_units_that_move_are_not_bounded_below_what_is_small() -> None:
    # The heavy cell is out of reach: what is left is worth 2e-12.
    cover = two(weight=[1.0, 1.0], cost=[1.0, 1.0])
    by_period = np.array([[1e15, 1e-12], [1e15, 1e-12]])
    links = Links.of(np.empty(0, int), np.empty(0, int), np.array([False, True]))
    limits = Limits(total=1, links=links)
    moving = choose_moving(cover, by_period, limits, moves=1, effort=QUICK)
    assert moving.objective == pytest.approx(2e-12, rel=1e-9)
    assert moving.bound == pytest.approx(2e-12, rel=1e-6)


def test_held_sites_that_break_a_rule_are_told_as_before() -> None:
    cover = two(weight=[1.0, 1.0], cost=[1.0, 1.0])
    rows = Rows.of(2, [(np.arange(2), np.ones(2), 1.0, "one of two")])
    limits = Limits(rows=rows, held=np.ones(2, bool))
    with pytest.raises(NoPlan, match="one of two; the sites that must stay"):
        choose(cover, limits, effort=QUICK)


def cheapest(cover: Cover) -> float:
    """The least cost of covering every cell that can be, each choice tried."""
    site = np.repeat(np.arange(cover.sites), np.diff(cover.ptr))
    return min(
        float(cover.cost[list(some)].sum())
        for n in range(1 << cover.sites)
        for some in [tuple(s for s in range(cover.sites) if n >> s & 1)]
        if set(cover.ind) <= set(cover.ind[np.isin(site, some)])
    )


def two(
    *,
    weight: list[float],
    cost: list[float],
    pairs: list[tuple[int, int]] | None = None,
) -> Cover:
    """Site n covers cell n, unless told otherwise."""
    told = pairs or [(n, n) for n in range(len(cost))]
    site, cell = np.array(told).T
    return Cover.of(site, cell, weight=np.array(weight), cost=np.array(cost))


def test_the_solver_says_nothing_into_an_answer(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HiGHS prints some lines whatever it is told: an answer may be one JSON object."""
    solve: Any = milp

    def loud(*words: Any, **more: Any) -> Any:
        os.write(1, b"WARNING: a line of the solver\n")
        return solve(*words, **more)

    monkeypatch.setattr("linewatch.plan.siting.program.milp", loud)
    few = Program()
    few.add_columns(np.array([1.0, 2.0]), np.zeros(2), np.ones(2), whole=True)
    both = np.zeros(2, np.int64), np.arange(2), np.ones(2)
    few.add_rules([both], np.array([1.0]), np.array([2.0]))
    print("before")
    columns, bound = few.solved(5.0)
    print("after")
    assert columns.tolist() == [1.0, 0.0]
    assert bound == pytest.approx(1.0, abs=1e-5)
    assert capfd.readouterr().out == "before\nafter\n"
