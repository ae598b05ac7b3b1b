"""Linked sites: the bound, its cuts and its loops, against every choice one by one."""

import itertools
from collections import deque
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import maximum_flow

from linewatch.plan.siting import Cover, Effort, Limits, Links, choose
from linewatch.plan.siting import _kernels_chain as steps
from linewatch.plan.siting import _kernels_linked as loops
from linewatch.plan.siting.cover import merged
from linewatch.plan.siting.cuts import broken_cuts, cut_rows, hops, open_links
from linewatch.plan.siting.linked import linked_bound
from linewatch.plan.siting.narrow import narrowed
from linewatch.plan.siting.rules import reach_rows
from tests.plan.siting import naive

QUICK = Effort(kicks=20, rounds=150)


def made(
    seed: int, sites: int, density: float, *, sure: bool, cells: int = 12
) -> tuple[Cover, Links]:
    """A random table, and random links of its sites with one gateway or two."""
    rng = np.random.default_rng(seed)
    site, cell = np.nonzero(rng.random((sites, cells)) < 0.35)
    cover = Cover.of(
        site,
        cell,
        weight=rng.integers(1, 9, cells).astype(float),
        cost=rng.integers(1, 4, sites).astype(float),
        prob=None if sure else rng.uniform(0.1, 1.0, len(site)),
    )
    one, other = np.nonzero(np.triu(rng.random((sites, sites)) < density, 1))
    gate = np.zeros(sites, bool)
    gate[rng.integers(0, sites, 2)] = True
    return cover, Links.of(one, other, gate)


def connected(links: Links) -> list[tuple[int, ...]]:
    """Every choice of sites that all reach a gateway."""
    sites = range(len(links.gate))
    return [
        choice
        for size in range(len(links.gate) + 1)
        for choice in itertools.combinations(sites, size)
        if naive.chained(links, choice)
    ]


@settings(max_examples=150)
@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 8),
    density=st.floats(0.1, 0.7),
    total=st.integers(1, 6),
    sure=st.booleans(),
    budget=st.booleans(),
)
def test_no_linked_choice_exceeds_the_bound(
    seed: int, sites: int, density: float, total: int, sure: bool, budget: bool
) -> None:
    cover, links = made(seed, sites, density, sure=sure)
    limits = Limits(links=links, total=total)
    if budget:
        limits = Limits(links=links, budget=float(total))
    best = naive.best_allowed(cover, limits)
    assert best is not None
    table, _ = merged(cover)
    none = np.zeros(sites, bool)
    bound, share = linked_bound(table, limits, none, 0.0, Effort(rounds=60))
    assert bound >= best - 1e-6
    assert share.shape == (sites,)
    found = choose(cover, limits, effort=QUICK)
    assert naive.allowed(cover, limits, tuple(found.sites.tolist()))
    assert found.objective <= best + 1e-9 <= found.bound + 1e-6
    assert found.greedy <= found.objective + 1e-9


@settings(max_examples=60)
@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(3, 8),
    density=st.floats(0.1, 0.7),
    backup=st.integers(2, 3),
)
def test_linked_backup_is_bounded_with_its_cuts(
    seed: int, sites: int, density: float, backup: int
) -> None:
    cover, links = made(seed, sites, density, sure=True)
    limits = Limits(links=links, total=5)
    best = naive.best_allowed(cover, limits, backup)
    assert best is not None
    found = choose(cover, limits, backup=backup, effort=QUICK)
    assert naive.allowed(cover, limits, tuple(found.sites.tolist()))
    assert found.objective <= best + 1e-9 <= found.bound + 1e-6


@settings(max_examples=200)
@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 9),
    density=st.floats(0.05, 0.7),
)
def test_every_cut_is_kept_by_every_linked_choice(
    seed: int, sites: int, density: float
) -> None:
    _, links = made(seed, sites, density, sure=True)
    share = np.random.default_rng(seed).random(sites) ** 2
    cuts = broken_cuts(links, share)
    rows = cut_rows(sites, cuts).joined(reach_rows(links))
    for choice in connected(links):
        taken = np.zeros(sites, bool)
        taken[list(choice)] = True
        assert (rows.used(taken) <= rows.have + 1e-12).all()
    # Each was found because the shares break it.
    for s, lead in cuts:
        assert share[s] > share[list(lead)].sum() + 0.02


@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 9),
    density=st.floats(0.05, 0.7),
)
def test_the_flow_to_a_site_is_that_of_scipy(
    seed: int, sites: int, density: float
) -> None:
    _, links = made(seed, sites, density, sure=True)
    rng = np.random.default_rng(seed)
    room = rng.integers(0, 50, sites)
    target = int(rng.integers(0, sites))
    if links.gate[target]:
        return
    # Each site in two halves, the gateways' side as one more.
    size = 2 * sites + 1
    full = np.zeros((size, size), np.int32)
    for s in range(sites):
        full[2 * s, 2 * s + 1] = room[s]
        if links.gate[s]:
            full[2 * sites, 2 * s] = 1_000
        for t in links.of_site(s).tolist():
            full[2 * s + 1, 2 * t] = 1_000
    known = maximum_flow(csr_array(full), 2 * sites, 2 * target).flow_value
    near, far = np.zeros((2, sites), bool)
    back = loops.back_of(links.ptr, links.ind)
    got = loops.flow_to(
        links.ptr, links.ind, back, links.gate, room / 1.0, target, 1e6, near, far
    )
    assert got == pytest.approx(known)
    for narrow in (near, far):
        assert room[narrow].sum() == pytest.approx(known)
        assert not narrow[target]


@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(1, 7),
    density=st.floats(0.0, 0.8),
    sure=st.booleans(),
)
def test_common_ground_and_best_parents_the_plain_way(
    seed: int, sites: int, density: float, sure: bool
) -> None:
    cover, links = made(seed, sites, density, sure=sure)
    rng = np.random.default_rng(seed)
    full = naive.chances(cover)
    price = rng.random(cover.cells)
    back = loops.back_of(links.ptr, links.ind)
    start = np.repeat(np.arange(sites), np.diff(links.ptr))
    assert (start[back] == links.ind).all()
    up = np.flatnonzero(start < links.ind)
    edge = np.zeros(len(start), np.int64)
    edge[up] = edge[back[up]] = np.arange(len(up))
    cptr, cell, both = loops.commons(
        cover.ptr, cover.ind, cover.chances, start[up], links.ind[up].astype(np.int64)
    )
    common = np.zeros(len(up))
    loops.values_of(cptr, cell, both, price, common)
    plain = [
        float((price * full[s] * full[t]).sum())
        for s, t in zip(start[up].tolist(), links.ind[up].tolist(), strict=True)
    ]
    np.testing.assert_allclose(common, plain)
    value, net, other = np.zeros((3, sites))
    loops.values_of(cover.ptr, cover.ind, cover.chances, price, value)
    np.testing.assert_allclose(value, full @ price)
    fee, pick = rng.random(len(start)), np.zeros(sites, np.int64)
    loops.best_parents(links.ptr, back, edge, common, fee, links.gate, value, net, pick)
    for s in range(sites):
        given_ = sum(fee[a] for a in range(len(start)) if links.ind[a] == s)
        options = [0.0] if links.gate[s] else []
        options += [
            -common[edge[a]] - fee[a] - fee[back[a]]
            for a in range(links.ptr[s], links.ptr[s + 1])
        ]
        if not options:
            assert net[s] == loops.NEVER
            continue
        assert net[s] == pytest.approx(value[s] + max(options) + given_)
    loops.best_of_all(
        cover.ptr, cover.ind, cover.chances, price, links.ptr, links.ind, back, fee,
        links.gate, np.zeros(sites, bool), value, other,
    )  # fmt: skip
    np.testing.assert_allclose(other, net)


@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 7),
    density=st.floats(0.1, 0.8),
    sure=st.booleans(),
)
def test_what_a_forest_covers_is_never_less_than_the_truth(
    seed: int, sites: int, density: float, sure: bool
) -> None:
    """The heart of the bound: each site less what its parent covers, added up."""
    cover, links = made(seed, sites, density, sure=sure)
    full = naive.chances(cover)
    for choice in connected(links)[:40]:
        # Any tree that grows from the gateways: here in breadth.
        parent, ahead = {}, deque(s for s in choice if links.gate[s])
        for s in ahead:
            parent[s] = -1
        while ahead:
            s = ahead.popleft()
            for t in links.of_site(s).tolist():
                if t in choice and t not in parent:
                    parent[t] = s
                    ahead.append(t)
        assert set(parent) == set(choice)
        told = np.zeros(cover.cells)
        for s, t in parent.items():
            told += full[s] * (1 - (full[t] if t >= 0 else 0.0))
        truth = 1 - np.prod(1 - full[list(choice)], axis=0)
        assert (told >= truth - 1e-12).all()


@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(1, 9),
    density=st.floats(0.0, 0.6),
)
def test_hops_and_reach_in_breadth(seed: int, sites: int, density: float) -> None:
    cover, links = made(seed, sites, density, sure=True)
    far = hops(links)
    choices = connected(links)
    for s in range(sites):
        with_it = [len(choice) for choice in choices if s in choice]
        assert far[s] == min(with_it, default=-1)
    total = 2
    shut = narrowed(cover, Limits(links=links, total=total)).barred_of(cover.sites)
    small = [choice for choice in choices if len(choice) <= total]
    for s in range(sites):
        assert shut[s] == all(s not in choice for choice in small)


@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 9),
    density=st.floats(0.0, 0.6),
)
def test_sites_that_join_again_what_was_parted(
    seed: int, sites: int, density: float
) -> None:
    _, links = made(seed, sites, density, sure=True)
    taken = np.random.default_rng(seed).random(sites) < 0.5
    seen, joins = np.zeros((2, sites), bool)
    size = steps.reached(links.ptr, links.ind, links.gate, taken, seen)
    assert size == seen.sum()
    assert (seen == links.reached(taken)).all()
    steps.joining(links.ptr, links.ind, links.gate, taken, seen, joins)
    for r in np.flatnonzero(~taken).tolist():
        both = (*np.flatnonzero(taken).tolist(), r)
        assert joins[r] == naive.chained(links, both)


def test_ways_go_over_the_fewest_sites_and_then_the_most_gain() -> None:
    # A gateway 0; 1 and 2 lead on to 3; 4 hangs on 3; 5 is beyond reach.
    one, other = np.array([0, 0, 1, 2, 3]), np.array([1, 2, 3, 3, 4])
    gate = np.zeros(6, bool)
    gate[0] = True
    links = Links.of(one, other, gate)
    gain = np.array([1.0, 2.0, 5.0, 7.0, 4.0, 9.0])
    came, worth = np.full(6, -1, np.int64), np.zeros(6)
    none, shut = np.zeros((2, 6), bool)
    found = steps.ways(
        links.ptr, links.ind, gate, shut, none, gain, np.ones(6), came, worth
    )
    assert sorted(found.tolist()) == [0, 1, 2, 3, 4]
    assert came[:5].tolist() == [-1, 0, 0, 2, 3]
    np.testing.assert_allclose(worth[:5], [1.0, 1.5, 3.0, 13 / 3, 17 / 4])
    shut[2] = True
    steps.ways(links.ptr, links.ind, gate, shut, none, gain, np.ones(6), came, worth)
    assert came[3] == 1
    # What is taken leads on for nothing, and a shut gateway leads nowhere.
    taken = none.copy()
    taken[3] = True
    shut[:] = False
    shut[0] = True
    again = steps.ways(
        links.ptr, links.ind, gate, shut, taken, gain, np.ones(6), came, worth
    )
    assert sorted(again.tolist()) == [1, 2, 4]
    assert came[4] == -1


def test_links_to_shut_sites_are_left_out() -> None:
    gate = np.array([True, False, True])
    links = Links.of(np.array([0, 1]), np.array([1, 2]), gate)
    left = open_links(links, np.array([True, False, False]))
    assert left.gate.tolist() == [False, False, True]
    assert left.of_site(1).tolist() == [2]
    assert hops(left).tolist() == [-1, 2, 1]


def test_the_bound_of_links_is_sharp_where_free_sites_are_worth_far_more() -> None:
    """A chain of poor sites leads to rich ones: two of five must be given up."""
    sites = 12
    weight = np.array([1.0, 1, 1, 1, 20, 20, 20, 20, 1, 1, 1, 20])
    every = np.arange(sites)
    cover = Cover.of(every, every, weight=weight, cost=np.ones(sites))
    gate = np.zeros(sites, bool)
    gate[0] = True
    links = Links.of(every[:-1], every[1:], gate)
    table, _ = merged(cover)
    limits = Limits(links=links, total=6)
    taken = every < 6
    # Free sites of a neighbour each would be worth 102; in a chain six are worth 44.
    bound, _ = linked_bound(table, limits, taken, 44.0, Effort(rounds=400))
    assert bound == pytest.approx(44.0)
    found = choose(cover, limits, effort=QUICK)
    assert (found.objective, found.bound) == (44.0, 44.0)
    wide = replace(limits, total=5, barred=every == 3)
    assert choose(cover, wide, effort=QUICK).bound == pytest.approx(3.0)


def test_the_search_exchanges_and_grows_to_the_best_of_small_tables() -> None:
    short = 0
    for seed in range(40):
        cover, links = made(seed, 9, 0.3, sure=seed % 2 == 0, cells=20)
        limits = Limits(links=links, total=4)
        best = naive.best_allowed(cover, limits)
        found = choose(cover, limits, effort=Effort(kicks=60, rounds=2))
        assert best is not None
        short += found.objective < best - 1e-9
    assert short <= 2


def test_held_sites_stay_joined_and_no_links_bound_nothing() -> None:
    cover, links = made(5, 8, 0.35, sure=True)
    chain = next(c for c in connected(links) if len(c) == 3)
    held = np.zeros(8, bool)
    held[list(chain)] = True
    limits = Limits(links=links, total=2, held=held)
    found = choose(cover, limits, effort=QUICK)
    assert set(chain) <= set(found.sites.tolist())
    assert naive.allowed(cover, limits, tuple(found.sites.tolist()))
    assert found.bound >= (naive.best_allowed(cover, limits) or 0.0) - 1e-6
    plain, share = linked_bound(cover, Limits(), held, 0.0, QUICK)
    assert (plain, share.sum()) == (0.0, 0.0)
