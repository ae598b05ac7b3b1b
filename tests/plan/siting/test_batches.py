"""Long searches go in short compiled calls, alike in their answers, and tell of it."""

from collections.abc import Callable
from dataclasses import replace
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.plan.siting import Cover, Effort, Limits, Links, chain, choose, search
from linewatch.plan.siting.choose import Choice, Progress
from linewatch.plan.siting.median import p_median
from linewatch.plan.siting.moving import choose_moving

EFFORT = Effort(kicks=60, rounds=60, seed=7)
ONE_CALL = 1_000_000


def made(seed: int, *, sure: bool) -> tuple[Cover, Links]:
    """Random sites in a square that see what is near, linked to their neighbours."""
    rng = np.random.default_rng(seed)
    places, cells = rng.random((30, 2)), rng.random((150, 2))
    far = np.hypot(*(places[:, None] - cells[None]).transpose(2, 0, 1))
    site, cell = np.nonzero(far < 0.2)
    cover = Cover.of(
        site,
        cell,
        weight=rng.random(len(cells)),
        cost=rng.integers(1, 4, len(places)).astype(float),
        prob=None if sure else rng.uniform(0.2, 1.0, len(site)),
    )
    apart = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))
    one, other = np.nonzero(np.triu(apart < 0.3, 1))
    return cover, Links.of(one, other, np.arange(len(places)) < 2)


def words(choice: Choice) -> tuple[object, ...]:
    """All that a choice says, bit by bit."""
    return choice.sites.tolist(), choice.objective, choice.bound, choice.greedy


@pytest.mark.parametrize(("sure", "backup"), [(True, 1), (False, 1), (True, 2)])
@pytest.mark.parametrize("budget", [np.inf, 12.0])
def test_linked_answers_do_not_hang_on_the_size_of_the_calls(
    monkeypatch: pytest.MonkeyPatch, sure: bool, backup: int, budget: float
) -> None:
    cover, links = made(3, sure=sure)
    limits = Limits(total=8, budget=budget, links=links)
    found = []
    for size in (ONE_CALL, 1, 3):
        for name in ("STEPS", "TRIES", "KICKS"):
            monkeypatch.setattr(chain, name, size)
        found.append(words(choose(cover, limits, backup=backup, effort=EFFORT)))
    assert found[0] == found[1] == found[2]


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), sure=st.booleans(), size=st.integers(1, 9))
def test_exchanges_do_not_hang_on_the_size_of_the_calls(
    seed: int, sure: bool, size: int
) -> None:
    cover, _ = made(seed, sure=sure)
    effort = replace(EFFORT, kicks=200)
    taken = []
    for each in (ONE_CALL, size):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(search, "SWAPS", each)
            patch.setattr(search, "KICKS", each)
            one = search.GeneralSearch(cover, Limits(total=6), 1 + sure)
            one.improve(effort, np.inf)
            taken.append((one.taken.tolist(), one.objective))
    assert taken[0] == taken[1]


def test_linked_kicks_are_told_of_after_every_few() -> None:
    cover, links = made(3, sure=True)
    told: list[tuple[str, float]] = []
    choose(
        cover,
        Limits(total=8, links=links),
        effort=EFFORT,
        progress=lambda stage, share: told.append((stage, share)),
    )
    calls = EFFORT.kicks // chain.SLOW_KICK // chain.KICKS
    shares = [share for stage, share in told if stage == "search"]
    assert shares == [n / calls for n in range(calls + 1)]


def test_work_can_be_stopped_from_the_first_kick_on() -> None:
    cover, links = made(3, sure=True)

    def stop(stage: str, share: float) -> None:
        raise KeyboardInterrupt(stage, share)

    with pytest.raises(KeyboardInterrupt, match="search"):
        choose(cover, Limits(total=8, links=links), effort=EFFORT, progress=stop)


def _chosen(linked: bool, sure: bool, backup: int, progress: Progress | None) -> object:
    cover, links = made(4, sure=sure)
    limits = Limits(total=6, links=links if linked else None)
    found = choose(cover, limits, backup=backup, effort=EFFORT, progress=progress)
    return words(found)


def _moved(linked: bool, progress: Progress | None) -> object:
    cover, links = made(4, sure=True)
    weight = np.random.default_rng(1).random((3, cover.cells))
    found = choose_moving(
        cover,
        weight,
        Limits(total=5, links=links if linked else None),
        moves=1,
        effort=EFFORT,
        limit_s=0.5,
        progress=progress,
    )
    return [one.tolist() for one in found.sites] if linked else found.moves


def _near(progress: Progress | None) -> object:
    rng = np.random.default_rng(2)
    found = p_median(rng.random((60, 25)), 5, effort=EFFORT, progress=progress)
    return found.sites.tolist(), found.objective, found.bound


WAYS: dict[str, tuple[Callable[[Progress | None], object], list[str]]] = {
    "sure": (lambda p: _chosen(False, True, 1, p), ["search", "bound"]),
    "chances": (lambda p: _chosen(False, False, 1, p), ["search", "bound"]),
    "backup": (lambda p: _chosen(False, True, 2, p), ["search", "bound"]),
    "linked": (lambda p: _chosen(True, True, 1, p), ["search", "bound"]),
    "linked chances": (lambda p: _chosen(True, False, 1, p), ["search", "bound"]),
    "linked backup": (lambda p: _chosen(True, True, 2, p), ["search", "bound"]),
    "moving": (
        lambda p: _moved(False, p),
        ["search", "bound", "moves", "bound of moves"],
    ),
    "moving, linked": (
        lambda p: _moved(True, p),
        ["search", "bound", "moves", "bound of moves"],
    ),
    "nearest": (_near, ["search"]),
}


@pytest.mark.parametrize("way", WAYS)
def test_each_stage_grows_to_a_single_end_and_answers_stay(way: str) -> None:
    work, stages = WAYS[way]
    told: list[tuple[str, float]] = []
    found = work(lambda stage, share: told.append((stage, share)))
    assert found == work(None)
    runs = [(name, [s for _, s in run]) for name, run in groupby(told, lambda t: t[0])]
    assert [name for name, _ in runs] == stages
    for name, shares in runs:
        assert shares == sorted(shares), name
        assert shares[0] >= 0, name
        assert shares[-1] == 1, name
        assert all(share < 1 for share in shares[:-1]), name
