"""Siting written the plain way: every choice, one by one."""

import itertools

import numpy as np
from numpy.typing import NDArray

from linewatch.plan.siting import Cover


def chances(cover: Cover) -> NDArray[np.float64]:
    """The table in full: chance by site and cell."""
    full = np.zeros((cover.sites, cover.cells))
    for s in range(cover.sites):
        for at in range(cover.ptr[s], cover.ptr[s + 1]):
            full[s, cover.ind[at]] = cover.prob[at]
    return full


def worth(cover: Cover, sites: tuple[int, ...], backup: int = 1) -> float:
    """What a choice is worth."""
    full = chances(cover)[list(sites)]
    if backup > 1:
        return float(cover.weight[(full > 0).sum(axis=0) >= backup].sum())
    return float((cover.weight * (1 - np.prod(1 - full, axis=0))).sum())


def best(cover: Cover, count: int, backup: int = 1) -> float:
    """The most that `count` sites can be worth."""
    choices = itertools.combinations(range(cover.sites), min(count, cover.sites))
    return max(worth(cover, choice, backup) for choice in choices)


def best_within(cover: Cover, budget: float) -> float:
    """The most that sites within a budget can be worth."""
    return max(
        worth(cover, choice)
        for size in range(cover.sites + 1)
        for choice in itertools.combinations(range(cover.sites), size)
        if cover.cost[list(choice)].sum() <= budget + 1e-9
    )


def greedy(cover: Cover, count: int) -> float:
    """What taking the best site again and again is worth, with no cleverness."""
    taken: tuple[int, ...] = ()
    for _ in range(min(count, cover.sites)):
        rest = [s for s in range(cover.sites) if s not in taken]
        taken += (max(rest, key=lambda s: worth(cover, (*taken, s))),)
    return worth(cover, taken)
