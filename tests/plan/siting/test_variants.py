"""Every variant of siting against every allowed choice, one by one."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting import Cover, Effort, Limits, Proof, choose
from linewatch.plan.siting.exact import cover_all, sharpened
from linewatch.plan.siting.limits import Links, Rows
from linewatch.plan.siting.median import p_median
from linewatch.plan.siting.moving import choose_moving
from linewatch.plan.siting.rules import crews, one_a_place, spacing
from tests.plan.siting import naive

QUICK = Effort(kicks=40, rounds=200)


@st.composite
def problems(draw: st.DrawFn, *, sure: bool | None = None) -> tuple[Cover, Limits]:
    """Tables of up to 7 sites with any mix of limits."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sites, cells = draw(st.integers(1, 7)), draw(st.integers(1, 12))
    site, cell = np.nonzero(rng.random((sites, cells)) < draw(st.floats(0.1, 0.7)))
    certain = draw(st.booleans()) if sure is None else sure
    cover = Cover.of(
        site,
        cell,
        weight=rng.integers(0, 9, cells).astype(float),
        cost=rng.integers(1, 5, sites).astype(float),
        prob=None if certain else rng.uniform(0.05, 1.0, len(site)),
    )
    kinds = draw(st.integers(1, 2))
    cover = replace(cover, kind=rng.integers(0, kinds, sites))
    ways = draw(st.sets(st.sampled_from(sorted(WAYS)), max_size=4))
    rows = Rows.of(sites, [])
    limits: dict[str, object] = {}
    if "count" in ways:
        limits["count"] = tuple(rng.integers(0, 4, kinds).tolist())
    if "total" in ways:
        limits["total"] = int(rng.integers(1, 5))
    if "budget" in ways:
        limits["budget"] = float(rng.integers(0, 12))
    if "held" in ways:
        limits["held"] = rng.random(sites) < 0.2
    if "barred" in ways:
        limits["barred"] = rng.random(sites) < 0.3
    if "spacing" in ways:
        x, y = rng.random((2, sites))
        rows = rows.joined(spacing(x, y, 0.4))
    if "place" in ways:
        rows = rows.joined(one_a_place(rng.integers(0, 4, sites)))
    if "crews" in ways:
        takes = {"watch": {"0": 2.0, "1": 1.0}, "drive": {"1": 1.0}}
        have = {"watch": int(rng.integers(0, 7)), "drive": int(rng.integers(0, 3))}
        rows = rows.joined(crews(cover.kind, ("0", "1"), takes, have))
    if "links" in ways:
        one, other = np.nonzero(rng.random((sites, sites)) < 0.4)
        limits["links"] = Links.of(one, other, rng.random(sites) < 0.4)
    return cover, Limits(rows=rows, **limits)  # type: ignore[arg-type]


WAYS = frozenset(
    ("count", "total", "budget", "held", "barred", "spacing", "place", "crews", "links")
)


@settings(max_examples=150)
@given(problems())
def test_any_mix_of_limits_is_kept_and_the_bound_holds(
    problem: tuple[Cover, Limits],
) -> None:
    cover, limits = problem
    best = naive.best_allowed(cover, limits)
    held = tuple(np.flatnonzero(limits.held_of(cover.sites)).tolist())
    if not naive.allowed(cover, limits, held):
        with pytest.raises(NoPlan, match="the sites that must stay"):
            choose(cover, limits, effort=QUICK)
        return
    assert best is not None
    choice = choose(cover, limits, effort=QUICK)
    chosen = tuple(sorted(choice.sites.tolist()))
    assert naive.allowed(cover, limits, chosen)
    assert choice.objective == pytest.approx(naive.worth(cover, chosen))
    assert choice.greedy <= choice.objective + 1e-9
    assert choice.objective <= best + 1e-9
    assert choice.bound >= best - 1e-6
    sharp = sharpened(cover, limits, choice)
    assert naive.allowed(cover, limits, tuple(sorted(sharp.sites.tolist())))
    assert sharp.objective == pytest.approx(best)
    assert sharp.bound == pytest.approx(best, rel=1e-6, abs=5e-6)


@settings(max_examples=80)
@given(problems(sure=True), st.integers(2, 3))
def test_backup_within_any_limits(problem: tuple[Cover, Limits], backup: int) -> None:
    cover, limits = problem
    held = tuple(np.flatnonzero(limits.held_of(cover.sites)).tolist())
    if not naive.allowed(cover, limits, held):
        return
    best = naive.best_allowed(cover, limits, backup)
    assert best is not None
    choice = choose(cover, limits, backup=backup, effort=QUICK)
    chosen = tuple(sorted(choice.sites.tolist()))
    assert naive.allowed(cover, limits, chosen)
    assert choice.objective == pytest.approx(naive.worth(cover, chosen, backup))
    assert choice.objective <= best + 1e-9 <= choice.bound + 1e-6
    sharp = sharpened(cover, limits, choice, backup=backup)
    assert sharp.objective == pytest.approx(best)
    assert sharp.proof is Proof.BEST


@settings(max_examples=60)
@given(problems(sure=True), st.integers(1, 2))
def test_everything_is_covered_at_least_cost_within_the_limits(
    problem: tuple[Cover, Limits], backup: int
) -> None:
    cover, limits = problem
    full = naive.chances(cover) > 0
    open_sites = ~limits.barred_of(cover.sites)
    own = full[open_sites].sum(axis=0)
    need = np.where(cover.weight > 0, np.minimum(own, backup), 0)
    costs = [
        sum(cover.cost[s] for s in choice if not limits.held_of(cover.sites)[s])
        for size in range(cover.sites + 1)
        for choice in itertools.combinations(range(cover.sites), size)
        if naive.allowed(cover, limits, choice)
        and (full[list(choice)].sum(axis=0) >= need).all()
    ]
    if not costs:
        with pytest.raises(NoPlan, match="every cell covered"):
            cover_all(cover, backup=backup, limits=limits)
        return
    found = cover_all(cover, backup=backup, limits=limits)
    assert found.cost == pytest.approx(min(costs))
    assert found.proof is Proof.BEST


def test_spacing_lets_sites_stand_exactly_that_far_apart() -> None:
    x, y = np.array([0.0, 100.0, 150.0]), np.zeros(3)
    rows = spacing(x, y, 100.0)
    assert len(rows.have) == 1
    assert rows.used(np.array([False, True, True])).tolist() == [2.0]
    assert len(spacing(x, y, 0.0).have) == 0
    with pytest.raises(BadValue, match="the spacing must be 0 m or more"):
        spacing(x, y, -1.0)


@pytest.mark.parametrize("unit", [1e-12, 1e-9, 1e9])
@pytest.mark.parametrize("backup", [1, 2])
def test_weights_and_costs_of_any_size_are_proven_alike(
    unit: float, backup: int
) -> None:
    rng = np.random.default_rng(backup)
    full = np.where(rng.random((7, 12)) < 0.4, 0.5 if backup == 1 else 1.0, 0.0)
    site, cell = np.nonzero(full)
    cover = Cover.of(
        site, cell, weight=rng.random(12) * unit, cost=rng.random(7) * unit,
        prob=full[site, cell],
    )  # fmt: skip
    limits = Limits(budget=float(cover.cost.sum()) / 2)
    # The budget is whole in no unit, so the choices are asked in the plain way.
    best = max(
        naive.worth(cover, taken, backup)
        for size in range(8)
        for taken in itertools.combinations(range(7), size)
        if cover.cost[list(taken)].sum() <= limits.budget
    )
    choice = choose(cover, limits, backup=backup, effort=QUICK)
    assert choice.bound >= best * (1 - 1e-9)
    sharp = sharpened(cover, limits, choice, backup=backup)
    assert sharp.objective == pytest.approx(best, rel=1e-9, abs=0)
    assert sharp.bound == pytest.approx(best, rel=1e-6, abs=0)
    assert cover.cost[sharp.sites].sum() <= limits.budget


@pytest.mark.parametrize("unit", [1e-12, 1e9])
def test_moves_and_medians_of_any_weight_are_bounded_truly(unit: float) -> None:
    rng = np.random.default_rng(3)
    full = rng.random((5, 9)) < 0.4
    site, cell = np.nonzero(full)
    by_period = rng.random((2, 9)) * unit
    cover = Cover.of(site, cell, weight=by_period.sum(axis=0), cost=np.ones(5))
    moving = choose_moving(cover, by_period, Limits(total=2), moves=1, effort=QUICK)
    pairs = list(itertools.combinations(range(5), 2))
    best = max(
        float(by_period[0][full[list(a)].any(axis=0)].sum())
        + float(by_period[1][full[list(b)].any(axis=0)].sum())
        for a in pairs for b in pairs if len(set(b) - set(a)) <= 1
    )  # fmt: skip
    assert moving.objective == pytest.approx(best, rel=1e-9, abs=0)
    assert moving.bound == pytest.approx(best, rel=1e-6, abs=0)
    away = rng.random((9, 5)) * unit
    nearest = p_median(away, 2, effort=QUICK)
    least = min(float(away[:, pair].min(axis=1).sum()) for pair in pairs)
    assert nearest.objective == pytest.approx(least, rel=1e-9, abs=0)
    assert least * 0.9 <= nearest.bound <= least * (1 + 1e-9)


def test_nothing_worth_seeing_in_any_period_and_no_way_to_go_are_proven() -> None:
    cover = Cover.of(np.array([0]), np.array([0]), weight=np.ones(1), cost=np.ones(1))
    none = choose_moving(cover, np.zeros((2, 1)), Limits(), moves=1, effort=QUICK)
    assert (none.objective, none.bound) == (0.0, 0.0)
    here = p_median(np.zeros((3, 2)), 1, effort=QUICK)
    assert (here.objective, here.bound, here.gap) == (0.0, 0.0, 0.0)
