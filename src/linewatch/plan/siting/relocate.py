"""The search for units that move: exchanges over runs of periods."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from linewatch.plan.siting.cover import Cover, Floats, Whole
from linewatch.plan.siting.limits import Flags, Limits, Rows

TRIED: int = 400
"""Exchanges looked at for a fit to the rules before the search gives up a step."""

OFFERED: int = 5
"""Sites offered for each that leaves; where sites are linked, more, for few fit."""

OFFERED_LINKED: int = 25


@dataclass(frozen=True, slots=True, eq=False)
class Task:
    """The table, weights by period, what may be chosen, moves at most, and backup."""

    cover: Cover
    by_period: Floats
    limits: Limits
    moves: int
    backup: int

    def worth(self, taken: Flags) -> float:
        """Return what the choices of all periods are worth."""
        return sum(
            float((weight * counted(self.cover, one, self.backup)).sum())
            for weight, one in zip(self.by_period, taken, strict=True)
        )

    def keeps(self, taken: Flags) -> bool:
        """Tell whether the choices of all periods keep every rule."""
        if max(fresh(taken), default=0) > self.moves:
            return False
        return all(self.limits.broken(self.cover, one) is None for one in taken)


def counted(cover: Cover, taken: Flags, backup: int) -> Floats:
    """Return how much of each cell counts: the chance of detection, or 0 or 1."""
    if backup > 1:
        return (covers(cover, taken) >= backup).astype(np.float64)
    return 1 - missed(cover, taken)


def covers(cover: Cover, taken: Flags) -> Whole:
    """Return how many taken sites cover each cell."""
    chosen = cover.only(np.flatnonzero(taken))
    return np.bincount(chosen.ind, minlength=cover.cells).astype(np.int64)


def missed(cover: Cover, taken: Flags) -> Floats:
    """Return the chance that all taken sites miss, by cell."""
    chosen = cover.only(np.flatnonzero(taken))
    miss = np.ones(cover.cells)
    np.multiply.at(miss, chosen.ind, 1 - chosen.prob)
    return miss


def fresh(taken: Flags) -> list[int]:
    """Return how many sites of each period but the first are new in it."""
    new: list[int] = (taken[1:] & ~taken[:-1]).sum(axis=1).tolist()
    return new


class Relocation:
    """Choices of all periods, and what every exchange in each would bring."""

    def __init__(self, task: Task, start: Whole) -> None:
        cover, limits = task.cover, task.limits
        self.task = task
        self.held = limits.held_of(cover.sites)
        self.barred = limits.barred_of(cover.sites)
        self.rows: Rows = limits.all_rows(cover)
        shape = (cover.sites, cover.cells)
        self.pairs: Any = csr_array(
            (np.asarray(cover.prob), cover.ind, cover.ptr), shape
        )
        self.taken = np.zeros((len(task.by_period), cover.sites), bool)
        self.taken[:, start] = True
        self.swaps: list[dict[int, Floats]] = [{} for _ in task.by_period]
        for t in range(len(task.by_period)):
            self._look(t)

    @property
    def objective(self) -> float:
        """What the choices are worth."""
        return self.task.worth(self.taken)

    def _look(self, t: int) -> None:
        """Work out, for each site out (-1: none), what each in would bring."""
        cover, weight, taken = self.task.cover, self.task.by_period[t], self.taken[t]
        backup = self.task.backup
        often = covers(cover, taken)
        miss = missed(cover, taken) if backup == 1 else (often == backup - 1) / 1.0
        here = {-1: self.pairs @ (weight * miss)}
        for s in np.flatnonzero(taken & ~self.held).tolist():
            own = slice(cover.ptr[s], cover.ptr[s + 1])
            cell, prob = cover.ind[own], cover.prob[own]
            without = miss.copy()
            if backup > 1:
                without[cell] = often[cell] - 1 == backup - 1
            else:
                others = taken.copy()
                others[s] = False
                sure = prob >= 1
                without[cell[~sure]] /= 1 - prob[~sure]
                if sure.any():
                    # What a sure site covered cannot be divided out: anew, there alone.
                    without[cell[sure]] = missed(cover, others)[cell[sure]]
            loss = float((weight[cell] * without[cell] * prob).sum())
            here[s] = self.pairs @ (weight * without) - loss
        self.swaps[t] = here

    def climb(self, steps: int, told: Callable[[float], None] | None = None) -> None:
        """Make the best exchange over a run of periods until none helps.

        Nobody knows how many will: a tenth of what is left is told done after each.
        """
        left = 1.0
        for _ in range(steps):
            if told is not None:
                told(1 - left)
            if not self._step():
                break
            left *= 0.9
        if told is not None:
            told(1.0)

    def _offers(self) -> list[tuple[float, int, int, int, int]]:
        """Return what exchanges would bring: gain, first and last period, out, in."""
        offers: list[tuple[float, int, int, int, int]] = []
        periods = len(self.taken)
        linked = self.task.limits.links is not None
        most = OFFERED_LINKED if linked else OFFERED
        for first in range(periods):
            sums = dict(self.swaps[first])
            free = ~self.taken[first] & ~self.barred
            for last in range(first, periods):
                if last > first:
                    here = self.swaps[last]
                    sums = {s: v + here[s] for s, v in sums.items() if s in here}
                    free = free & ~self.taken[last]
                for s, values in sums.items():
                    gains = np.where(free, values, -math.inf)
                    best = np.argsort(-gains)[:most].tolist()
                    offers += [
                        (float(gains[r]), first, last, s, r)
                        for r in best
                        if gains[r] > 1e-9
                    ]
        return sorted(offers, key=lambda offer: -offer[0])

    def _step(self) -> bool:
        """Make the best exchange that fits; False where none helps."""
        for _, first, last, s, r in self._offers()[:TRIED]:
            after = self.taken.copy()
            after[first : last + 1, r] = True
            if s >= 0:
                after[first : last + 1, s] = False
            if not self._fits(after, first, last):
                continue
            self.taken = after
            for t in range(first, last + 1):
                self._look(t)
            return True
        return False

    def _fits(self, after: Flags, first: int, last: int) -> bool:
        """Tell whether changed periods keep the rules, the moves and the links."""
        changed = after[first : last + 1]
        if max(fresh(after), default=0) > self.task.moves:
            return False
        used = [self.rows.used(one) for one in changed]
        if any((use > self.rows.have + 1e-9).any() for use in used):
            return False
        links = self.task.limits.links
        return links is None or all(links.reached(one)[one].all() for one in changed)
