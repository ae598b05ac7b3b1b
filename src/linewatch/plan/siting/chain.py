"""The search for sites that all reach a gateway over one another."""

import math
from typing import Any

import numpy as np

from linewatch.plan.siting import _kernels_chain as loops
from linewatch.plan.siting.cover import Cover, Floats
from linewatch.plan.siting.limits import Effort, Flags, Limits, Links
from linewatch.plan.siting.search import GeneralSearch

SLOW_KICK: int = 2
"""How many kicks of sure cover without links cost one with them, about."""

STEPS: int = 4
TRIES: int = 64
KICKS: int = 2
"""Ways taken, exchanges tried and kicks in one compiled call: a signal waits for its
end, on large tables about as long as a second."""

LEAST_FAVOUR: float = 0.05
"""How far a site that the bound never chooses is favoured beside one it always does."""


class ChainSearch:
    """Search among choices whose every site reaches a gateway over chosen sites."""

    def __init__(self, table: Cover, limits: Limits, links: Links, backup: int) -> None:
        self.table = table
        self.links = links
        self.inner = GeneralSearch(table, limits, backup)
        self.gain: Floats = self.inner.gains()

    @property
    def taken(self) -> Flags:
        """The taken sites."""
        return self.inner.taken

    @property
    def objective(self) -> float:
        """What the taken sites are worth."""
        return self.inner.objective

    def fill(self) -> float:
        """Take the best way out again and again; with a budget also by cost."""
        start = self.inner.held
        best, value = start.copy(), -math.inf
        ones = np.ones(self.table.sites)
        for divide in (ones, self.table.cost) if self.inner.priced else (ones,):
            self._set(start)
            self._grow(divide, ones)
            if self.objective > value:
                best, value = self.taken.copy(), self.objective
        self._set(best)
        return self.objective

    def improve(self, effort: Effort, enough: float) -> None:
        """Exchange sites, give up parts and grow anew; keep the better."""
        start, value = self.taken.copy(), self.objective
        inner = self.inner
        every = np.ones(self.table.sites, bool)
        marked = (*self._shared(), inner.held, *self._state(), every)
        idle, last = 0, 0
        while idle < self.table.sites:
            exchanged = (*marked, idle, last, TRIES)
            idle, last = loops.exchange(*exchanged)
        ones = np.ones(self.table.sites)
        self._grow(ones, ones)
        if self.objective < value:
            self._set(start)
        kicks = -(-effort.kicks // SLOW_KICK)
        divide = self.table.cost if inner.priced else ones
        parts = (*self._shared(), inner.held, divide, *self._state())
        state = loops.draw(effort.seed + 1)
        kept = loops.value_of(self.table.weight, inner.worth, inner.count, inner.miss)
        for done in range(0, kicks, KICKS):
            effort.tell(done / kicks)
            shaken = (*parts, min(KICKS, kicks - done), enough, state, kept)
            state, kept = loops.shake(*shaken)
        # Gains that moved along with every change drift by rounding: set anew.
        self._set(self.taken if self.objective >= value else start)

    def follow(self, share: Floats, effort: Effort) -> bool:
        """Grow anew along the sites that a bound's choices favour; tell if better."""
        start, value = self.taken.copy(), self.objective
        self._set(self.inner.held)
        favour = LEAST_FAVOUR + np.minimum(share, 1.0)
        self._grow(np.ones(self.table.sites), favour)
        self.improve(effort, math.inf)
        if self.objective > value:
            return True
        self._set(start)
        return False

    def _grow(self, divide: Floats, favour: Floats) -> None:
        """Take the best way out while one fits and adds."""
        grown = (*self._shared(), divide, favour, *self._state(), loops.TRIED, STEPS)
        while not loops.grow(*grown):
            pass

    def _set(self, taken: Flags) -> None:
        """Set the state to a choice."""
        self.inner.restart(taken)
        self.gain = self.inner.gains()

    def _shared(self) -> tuple[Any, ...]:
        """Return the table, both ways round, the rows, and the links."""
        inner, table, rows = self.inner, self.table, self.inner.rows
        links = self.links
        return (
            table.ptr, table.ind, *inner.by_cell, table.weight, inner.worth,
            rows.ptr, rows.ind, rows.val, rows.have,
            links.ptr, links.ind, links.gate, inner.barred,
        )  # fmt: skip

    def _state(self) -> tuple[Any, ...]:
        """Return what the search changes."""
        inner = self.inner
        return inner.used, inner.count, inner.miss, inner.taken, self.gain
