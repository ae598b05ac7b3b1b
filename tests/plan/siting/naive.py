"""Siting written the plain way: every choice, one by one."""

import itertools

import numpy as np
from numpy.typing import NDArray

from linewatch.plan.siting import Cover
from linewatch.plan.siting.limits import Limits, Links


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


def allowed(  # noqa: C901, PLR0911 -- one rule after the other
    cover: Cover, limits: Limits, taken: tuple[int, ...]
) -> bool:
    """Whether a choice keeps every limit, asked one by one."""
    held = [] if limits.held is None else np.flatnonzero(limits.held).tolist()
    free = [s for s in taken if s not in held]
    if not set(held) <= set(taken):
        return False
    if limits.barred is not None and any(limits.barred[s] for s in free):
        return False
    if limits.count is not None:
        for kind, most in enumerate(limits.count):
            if sum(cover.kind[s] == kind for s in free) > most:
                return False
    if limits.total is not None and len(free) > limits.total:
        return False
    if sum(cover.cost[s] for s in free) > limits.budget + 1e-9:
        return False
    if limits.rows is not None:
        rows = limits.rows
        used = [0.0] * len(rows.have)
        for s in taken:
            for at in range(rows.ptr[s], rows.ptr[s + 1]):
                used[rows.ind[at]] += rows.val[at]
        if any(use > have + 1e-9 for use, have in zip(used, rows.have, strict=True)):
            return False
    return limits.links is None or chained(limits.links, taken)


def chained(links: Links, taken: tuple[int, ...]) -> bool:
    """Whether every chosen site reaches a gateway over chosen ones."""
    reached = {s for s in taken if links.gate[s]}
    while True:
        more = {
            t for s in reached for t in links.of_site(s).tolist() if t in taken
        } - reached
        if not more:
            return reached == set(taken)
        reached |= more


def best_allowed(cover: Cover, limits: Limits, backup: int = 1) -> float | None:
    """The most that any allowed choice is worth; None where none is allowed."""
    worths = [
        worth(cover, choice, backup)
        for size in range(cover.sites + 1)
        for choice in itertools.combinations(range(cover.sites), size)
        if allowed(cover, limits, choice)
    ]
    return max(worths, default=None)
