"""Splitting the choices of a p-median until each part is proven no better."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from typing import Final

import numpy as np

from linewatch.plan.siting import _kernels_median as loops
from linewatch.plan.siting.cover import Floats, Places, Whole
from linewatch.plan.siting.limits import Flags

PART_ROUNDS: Final = 60
"""Steps of the bound in each part: prices start from those of the part it came from
(30 to 100 steps took about as long on random graphs of 300 to 900 nodes)."""

FIRST: Final = 20
NEARLY: Final = 1.005
"""Choices that are improved by exchanges as they are met: the first ones, and those
that are at most so many times as far as the best."""

LISTED: Final = 16
"""Nearest sites listed for each customer, times the sites there are for each chosen
one: at good prices no customer looks farther."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Part:
    """The choices that hold some sites and not others.

    Parameters
    ----------
    bound : float
        No choice of the part stays under this.
    opened : tuple of int
        Sites that are chosen.
    sites : ndarray of int64
        Sites that may be chosen beside them.
    cap : ndarray of float64, shape (customers,)
        Highest price of each customer: no more than the nearest opened site is away.
    price : ndarray of float64, shape (customers,)
        Prices to start from.
    """

    bound: float
    opened: tuple[int, ...]
    sites: Whole
    cap: Floats
    price: Floats


class Medians:
    """The best choice met, and the parts of the choices that may hold a better one.

    Parameters
    ----------
    far : ndarray of float64, shape (sites, customers)
        Weighted distances.
    count : int
        Sites to choose.
    taken : ndarray of bool, shape (sites,)
        A good choice.
    value : float
        Its weighted distance.
    enough : float
        A part whose bound comes as near as this to the best choice met is done with.
    """

    def __init__(
        self, far: Floats, count: int, taken: Flags, value: float, enough: float
    ) -> None:
        self.far, self.count, self.enough = far, count, enough
        self.taken, self.value = taken, value
        self.parts: list[tuple[float, int, int, Part]] = []
        self.made = self.met = 0
        self.done_with = np.inf
        self.order = nearest(far, min(len(far), LISTED * (len(far) // count + 1)))

    @property
    def bound(self) -> float:
        """No choice at all stays under this."""
        least = min((part.bound for *_, part in self.parts), default=self.value)
        return min(least, self.done_with, self.value)

    def start(self, rounds: int) -> None:
        """Bound the whole, and leave out the sites that no better choice holds."""
        sites, users = self.far.shape
        last = self.order[:, -1]
        cap = self.far[last, np.arange(users)]
        third = self.order[:, min(2, self.order.shape[1] - 1)]
        whole = Part(
            bound=-np.inf,
            opened=(),
            sites=np.arange(sites),
            cap=cap,
            price=self.far[third, np.arange(users)],
        )
        for part in self._bounded(whole, rounds, 1.0):
            self._push(part)
        if self.parts:
            self._shrink()

    def split(self) -> bool:
        """Split the part of least bound, bound both halves; False if none is left."""
        if not self.parts:
            return False
        *_, part = heappop(self.parts)
        if not self._may_hold(part.bound):
            return True
        for half in halves(part, self.far):
            for left in self._bounded(half, PART_ROUNDS, 0.3):
                self._push(left)
        return True

    def kick(self, kicks: int, seed: int) -> None:
        """Shake the best choice met, and keep what is no worse."""
        taken = self.taken.copy()
        value = loops.shake(self.far, taken, kicks, seed)
        if value <= self.value:
            self.taken, self.value = taken, value

    def _push(self, part: Part) -> None:
        self.made += 1
        # Of bounds that round to the same, the part of most opened sites comes first:
        # it soon ends in a choice, which may close all others.
        heappush(self.parts, (self.rank(part), -len(part.opened), self.made, part))

    def rank(self, part: Part) -> float:
        """Return the bound of a part in steps of `enough`, rounded up."""
        return math.ceil(part.bound / self.enough - 1e-3)

    def _may_hold(self, bound: float) -> bool:
        """Tell whether a part of this bound may hold a better choice."""
        if self.value - bound > self.enough:
            return True
        self.done_with = min(self.done_with, bound)
        return False

    def _bounded(self, part: Part, rounds: int, reach: float) -> Iterator[Part]:
        """Yield a part with its bound, unless it is done with."""
        left = self.count - len(part.opened)
        if left == 0 or len(part.sites) <= left:
            own = (*part.opened, *(part.sites.tolist() if left else ()))
            self._met(own)
            return
        name = np.full(len(self.far), -1, np.int64)
        name[part.sites] = np.arange(len(part.sites))
        laid = loops.lists(self.far, self.order, name, part.cap)
        price = np.minimum(part.price, part.cap)
        mean, earn = np.zeros((2, len(part.sites)))
        bound = loops.dual(
            *laid, part.cap, left, self.value, rounds, self.enough, reach,
            price, mean, earn,
        )  # fmt: skip
        best = np.argsort(-mean, kind="stable")
        self._met((*part.opened, *part.sites[best[:left]].tolist()))
        if not self._may_hold(max(bound, part.bound)):
            return
        # A site that earns little costs the difference where it is chosen all the same,
        # and one that earns much where it is not.
        rank = np.sort(earn)
        spare = bound - self.value + self.enough
        shut = (earn > rank[left - 1]) & (earn - rank[left - 1] + spare > 0)
        must = (earn < rank[left]) & (rank[left] - earn + spare > 0)
        if (shut | must).any():
            self.done_with = min(self.done_with, self.value - self.enough)
        opened = part.sites[must].tolist()
        cap = np.minimum(part.cap, self.far[opened].min(axis=0, initial=np.inf))
        order = best[~(shut | must)[best]]
        if len(opened) + len(order) <= left:
            self._met((*part.opened, *opened, *part.sites[order].tolist()))
            return
        if len(opened) == left:
            self._met((*part.opened, *opened))
            return
        yield replace(
            part,
            bound=max(bound, part.bound),
            opened=(*part.opened, *opened),
            sites=part.sites[order],
            cap=cap,
            price=price,
        )

    def _met(self, sites: tuple[int, ...]) -> None:
        """Improve a choice by exchanges, and keep it if it is the best met."""
        taken = np.zeros(len(self.far), bool)
        taken[list(sites)] = True
        taken[np.flatnonzero(~taken)[: self.count - int(taken.sum())]] = True
        value = float(self.far[taken].min(axis=0).sum())
        if self.met < FIRST or value <= NEARLY * self.value:
            self.met += 1
            value = loops.exchange(self.far, taken)
        if value < self.value:
            self.taken, self.value = taken, value

    def _shrink(self) -> None:
        """List the sites that are left alone, all of them."""
        some = [part.sites for *_, part in self.parts]
        sites = np.unique(np.concatenate(some))
        if len(sites):
            order = nearest(self.far[sites], len(sites))
            self.order = np.ascontiguousarray(sites[order], np.int32)


def halves(part: Part, far: Floats) -> tuple[Part, Part]:
    """Return the choices of a part with its likeliest site, and those without."""
    first, rest = part.sites[0], part.sites[1:]
    cap = np.minimum(part.cap, far[first])
    opened = (*part.opened, int(first))
    return replace(part, sites=rest, opened=opened, cap=cap), replace(part, sites=rest)


def nearest(far: Floats, depth: int) -> Places:
    """Return the `depth` nearest sites of each customer, the nearest first."""
    order = np.argsort(far.T, axis=1, kind="stable")[:, :depth]
    return np.ascontiguousarray(order, np.int32)
