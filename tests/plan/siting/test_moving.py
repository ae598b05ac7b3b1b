"""Units that move: with links, backup and chances, against every course one by one."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting import Cover, Effort, Limits, Links, Proof, choose_moving
from linewatch.plan.siting.courses import course_bound, courses
from linewatch.plan.siting.relocate import Relocation, Task
from tests.plan.siting import naive

QUICK = Effort(kicks=40, rounds=200)

CELLS = 8


def made(
    seed: int, sites: int, periods: int, *, sure: bool, linked: bool
) -> tuple[Cover, np.ndarray, Links | None]:
    """A random table, weights by period, and links where they are asked for."""
    rng = np.random.default_rng(seed)
    site, cell = np.nonzero(rng.random((sites, CELLS)) < 0.45)
    by_period = rng.integers(0, 9, (periods, CELLS)).astype(float)
    cover = Cover.of(
        site,
        cell,
        weight=np.ones(CELLS),
        cost=rng.integers(1, 3, sites).astype(float),
        prob=None if sure else rng.uniform(0.1, 1.0, len(site)),
    )
    if not linked:
        return cover, by_period, None
    one, other = np.nonzero(np.triu(rng.random((sites, sites)) < 0.5, 1))
    gate = np.zeros(sites, bool)
    gate[rng.integers(0, sites)] = True
    return cover, by_period, Links.of(one, other, gate)


def best_course(
    cover: Cover, by_period: np.ndarray, limits: Limits, moves: int, backup: int
) -> float:
    """The most that any choices are worth whose every period keeps the limits."""
    sets = [
        frozenset(choice)
        for size in range(cover.sites + 1)
        for choice in itertools.combinations(range(cover.sites), size)
        if naive.allowed(cover, limits, choice)
    ]
    tables = [replace(cover, weight=weight) for weight in by_period]
    worth = [
        {one: naive.worth(table, tuple(one), backup) for one in sets}
        for table in tables
    ]
    # The best that ends in each set, period after period.
    ends = dict(worth[0])
    for here in worth[1:]:
        ends = {
            one: here[one]
            + max(v for old, v in ends.items() if len(one - old) <= moves)
            for one in sets
        }
    return max(ends.values())


@settings(max_examples=70)
@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 5),
    periods=st.integers(1, 3),
    moves=st.integers(0, 2),
    count=st.integers(1, 3),
    sure=st.booleans(),
    linked=st.booleans(),
    backup=st.integers(1, 3),
    budget=st.booleans(),
)
def test_units_that_move_are_the_best_of_all_courses(
    seed: int,
    sites: int,
    periods: int,
    moves: int,
    count: int,
    sure: bool,
    linked: bool,
    backup: int,
    budget: bool,
) -> None:
    backup = backup if sure else 1
    cover, by_period, links = made(seed, sites, periods, sure=sure, linked=linked)
    limits = Limits(total=count, links=links)
    if budget:
        limits = Limits(budget=float(count), links=links)
    best = best_course(cover, by_period, limits, moves, backup)
    found = choose_moving(
        cover, by_period, limits, moves=moves, backup=backup, effort=QUICK
    )
    taken = np.zeros((periods, sites), bool)
    for t, chosen in enumerate(found.sites):
        taken[t, chosen] = True
        assert naive.allowed(cover, limits, tuple(chosen.tolist()))
    task = Task(cover, by_period, limits, moves, backup)
    assert task.keeps(taken)
    assert max(found.moves, default=0) <= moves
    assert found.objective == pytest.approx(task.worth(taken))
    assert found.fixed - 1e-9 <= found.objective
    assert found.objective == pytest.approx(best)
    # The solver's own tolerance is the last millionth.
    assert found.bound >= best - 1e-6
    assert found.gap <= 2e-6


@settings(max_examples=90)
@given(
    seed=st.integers(0, 2**32 - 1),
    sites=st.integers(2, 5),
    periods=st.integers(2, 3),
    moves=st.integers(1, 2),
    sure=st.booleans(),
    linked=st.booleans(),
    backup=st.integers(1, 3),
    held=st.booleans(),
)
def test_prices_alone_bound_every_course(
    seed: int,
    sites: int,
    periods: int,
    moves: int,
    sure: bool,
    linked: bool,
    backup: int,
    held: bool,
) -> None:
    """The bound that large tables have, where no solver is asked."""
    backup = backup if sure else 1
    cover, by_period, links = made(seed, sites, periods, sure=sure, linked=linked)
    stays = np.zeros(sites, bool)
    if held and (links is None or links.gate.any()):
        stays[0 if links is None else int(np.flatnonzero(links.gate)[0])] = True
    limits = Limits(total=2, links=links, held=stays)
    best = best_course(cover, by_period, limits, moves, backup)
    task = Task(cover, by_period, limits, moves, backup)
    assert course_bound(task, 0.0, Effort(rounds=60)) >= best - 1e-6
    search = Relocation(task, np.flatnonzero(stays))
    search.climb(50)
    assert task.keeps(search.taken)
    assert search.objective <= best + 1e-9


@given(
    seed=st.integers(0, 2**32 - 1),
    backup=st.integers(1, 3),
    sure=st.booleans(),
)
def test_what_an_exchange_would_bring_is_what_it_brings(
    seed: int, backup: int, sure: bool
) -> None:
    backup = backup if sure else 1
    cover, by_period, _ = made(seed, 6, 2, sure=sure, linked=False)
    task = Task(cover, by_period, Limits(), 9, backup)
    start = np.flatnonzero(np.random.default_rng(seed).random(6) < 0.5)
    search = Relocation(task, start)
    for t, weight in enumerate(by_period):
        table = replace(cover, weight=weight)
        now = naive.worth(table, tuple(start.tolist()), backup)
        for s, values in search.swaps[t].items():
            for r in set(range(6)) - set(start.tolist()):
                after = (set(start.tolist()) - {s}) | {r}
                brought = naive.worth(table, tuple(after), backup) - now
                assert values[r] == pytest.approx(brought, abs=1e-9)


@given(
    seed=st.integers(0, 2**32 - 1),
    periods=st.integers(1, 5),
)
def test_each_site_takes_its_best_course(seed: int, periods: int) -> None:
    rng = np.random.default_rng(seed)
    earned, step = rng.normal(size=(periods, 4)), rng.random(periods - 1)
    held = np.array([False, False, False, True])
    on, told = courses(earned, step, held)
    total = 0.0
    for s in range(4):
        every = itertools.product([False, True], repeat=periods)
        best = max(
            sum(earned[t, s] for t in range(periods) if course[t])
            - sum(step[t - 1] for t in range(1, periods) if course[t] > course[t - 1])
            for course in every
        )
        total += float(earned[:, s].sum()) if held[s] else best
    assert told == pytest.approx(total)
    assert on[:, 3].all()


def test_moving_refuses_what_it_cannot_do() -> None:
    cover = Cover.of(np.array([0]), np.array([0]), weight=np.ones(1), cost=np.ones(1))
    with pytest.raises(BadValue, match="moves must be 0 or more"):
        choose_moving(cover, np.ones((2, 1)), Limits(), moves=-1)
    with pytest.raises(BadValue, match="backup must be 1 or more"):
        choose_moving(cover, np.ones((2, 1)), Limits(), moves=1, backup=0)
    some = replace(cover, prob=np.array([0.5]))
    with pytest.raises(BadValue, match="backup must be 1 where chances are below 1"):
        choose_moving(some, np.ones((2, 1)), Limits(), moves=1, backup=2)
    none = np.empty(0, np.int64)
    alone = Limits(links=Links.of(none, none, np.zeros(1, bool)), held=np.ones(1, bool))
    with pytest.raises(NoPlan, match="a chain of sites to a gateway"):
        choose_moving(cover, np.ones((2, 1)), alone, moves=1)


def test_linked_units_follow_the_day_along_their_chain() -> None:
    """A gateway in the middle of a street; what is worth seeing moves to its ends."""
    every = np.arange(7)
    by_period = np.zeros((2, 7))
    by_period[0, :3], by_period[1, 4:] = 5.0, 5.0
    cover = Cover.of(every, every, weight=np.ones(7), cost=np.ones(7))
    gate = every == 3
    links = Links.of(every[:-1], every[1:], gate)
    limits = Limits(total=3, links=links)
    free = choose_moving(cover, by_period, limits, moves=2, effort=QUICK)
    assert [sorted(one.tolist()) for one in free.sites] == [[1, 2, 3], [3, 4, 5]]
    assert (free.objective, free.proof) == (20.0, Proof.BEST)
    # With one move a unit must wait where it earns nothing.
    slow = choose_moving(cover, by_period, limits, moves=1, effort=QUICK)
    assert slow.objective == 15.0
    assert slow.proof is Proof.BEST
