"""The search for a good choice: greedy, exchange and kicks, within all limits."""

import math
from typing import Any, Protocol

import numpy as np

from linewatch.plan.siting import _kernels as loops
from linewatch.plan.siting import _kernels_swap as quick
from linewatch.plan.siting._kernels_merge import by_cell
from linewatch.plan.siting.cover import Cover, Floats
from linewatch.plan.siting.limits import Effort, Flags, Limits, Rows

SLOW_KICK: int = 20
"""How many kicks of sure single cover cost one of chances or backup, measured."""

SWAPS: int = 16
KICKS: int = 1
"""Exchanges and kicks in one compiled call: a signal waits for its end."""

FEW_BYTES: int = 2_000_000_000
"""Most memory that the table of exchanges may take [bytes]."""


class Search(Protocol):
    """A choice that can be made better."""

    @property
    def taken(self) -> Flags:
        """The taken sites."""
        ...

    @property
    def objective(self) -> float:
        """What the taken sites are worth."""
        ...

    def fill(self) -> float:
        """Take sites greedily; return what they are worth."""
        ...

    def improve(self, effort: Effort, enough: float) -> None:
        """Exchange sites; never leave a worse choice than there was."""
        ...

    def follow(self, share: Floats, effort: Effort) -> bool:
        """Start anew from the sites that a bound's choices favour; tell if better."""
        ...


class GeneralSearch:
    """Search where chances are below 1, or a cell needs several sites."""

    def __init__(self, table: Cover, limits: Limits, backup: int) -> None:
        self.table = table
        self.held = limits.held_of(table.sites)
        self.barred = limits.barred_of(table.sites)
        self.rows: Rows = limits.all_rows(table)
        self.priced = limits.budget < math.inf
        steps = np.arange(backup + 1) / backup
        # A cell half covered is worth a little on the way, or no first site would pay.
        self.worth = np.empty(0) if backup == 1 else 0.02 * steps + (steps >= 1)
        self.backup = backup
        self.prob = np.ascontiguousarray(table.prob)
        self.by_cell = loops.flip(table.ptr, table.ind, self.prob, table.cells)
        self.restart(self.held)

    @property
    def objective(self) -> float:
        """What the taken sites are worth."""
        if self.backup > 1:
            return float(self.table.weight[self.count >= self.backup].sum())
        return float((self.table.weight * (1 - self.miss)).sum())

    def restart(self, taken: Flags) -> None:
        """Set the state to a choice."""
        table = self.table
        self.taken = taken.copy()
        pairs = np.repeat(taken, np.diff(table.ptr))
        count = np.bincount(table.ind[pairs], minlength=table.cells)
        self.count = count.astype(np.int64)
        self.miss = np.ones(table.cells)
        np.multiply.at(self.miss, table.ind[pairs], 1 - self.prob[pairs])
        self.used = self.rows.used(taken)

    def fill(self) -> float:
        """Take sites greedily; with a budget try by gain and by gain per cost."""
        best, value = self.held, -math.inf
        even = np.arange(self.backup + 1) / self.backup
        # For backup greedy also tries even steps to it.
        ways = [self.worth] if self.backup == 1 else [self.worth, even]
        ones = np.ones(self.table.sites)
        for divide in (ones, self.table.cost) if self.priced else (ones,):
            for worth in ways:
                self.restart(self.held)
                self._greedy(worth, divide)
                if self.objective > value:
                    best, value = self.taken.copy(), self.objective
        self.restart(best)
        return self.objective

    def _greedy(self, worth: Floats, divide: Floats) -> None:
        """Take the best site again and again."""
        table, rows = self.table, self.rows
        loops.greedy(
            table.ptr,
            table.ind,
            self.prob,
            table.weight,
            worth,
            rows.ptr,
            rows.ind,
            rows.val,
            rows.have,
            self.used,
            divide,
            self.barred,
            self.count,
            self.miss,
            self.taken,
        )

    def improve(self, effort: Effort, enough: float) -> None:
        """Exchange sites; keep the start where exchanges did not help."""
        start, value = self.taken.copy(), self.objective
        state = (*self._shared(), *self._state())
        look, left, did = self.taken.copy(), 20 * self.table.sites, SWAPS
        while did == SWAPS and left > 0:
            swapped = (*state, look, min(left, SWAPS))
            did = loops.swap(*swapped)
            left -= did
        kicks = -(-effort.kicks // SLOW_KICK)
        if kicks and enough > self.objective:
            drawn = loops.draw(effort.seed + 1)
            kept = loops.worth_of(self.table.weight, self.worth, self.count, self.miss)
            for done in range(0, kicks, KICKS):
                effort.tell(done / kicks)
                kicked = (*state, min(KICKS, kicks - done), drawn, kept)
                drawn, kept = loops.kick(*kicked)
        if self.objective < value:
            self.restart(start)

    def follow(self, share: Floats, effort: Effort) -> bool:
        """Start anew from the sites that a bound's choices favour; tell if better."""
        start, value = self.taken.copy(), self.objective
        rows = self.rows
        self.restart(self.held)
        for s in np.argsort(-share, kind="stable").tolist():
            if share[s] <= 0 or self.taken[s] or self.barred[s]:
                continue
            if loops.fits(rows.ptr, rows.ind, rows.val, rows.have, self.used, s, -1):
                self.taken[s] = True
                loops.book(rows.ptr, rows.ind, rows.val, self.used, s, 1)
        self.restart(self.taken)
        self.improve(effort, math.inf)
        if self.objective > value:
            return True
        self.restart(start)
        return False

    def _shared(self) -> tuple[Any, ...]:
        """Return the table, both ways round, and the rows."""
        table, rows = self.table, self.rows
        return (
            table.ptr,
            table.ind,
            *self.by_cell,
            table.weight,
            self.worth,
            rows.ptr,
            rows.ind,
            rows.val,
            rows.have,
        )

    def _state(self) -> tuple[Any, ...]:
        """Return what the search changes, with what each site would add."""
        gain = self.gains()
        return (
            self.used,
            self.held,
            self.barred,
            self.count,
            self.miss,
            self.taken,
            gain,
        )

    def gains(self) -> Floats:
        """Return what each site would add to the state."""
        table = self.table
        by_cell_worth = table.weight * self.miss
        if self.worth.size:
            top = self.worth.size - 1
            now = np.minimum(self.count, top)
            more = self.worth[np.minimum(self.count + 1, top)] - self.worth[now]
            by_cell_worth = table.weight * more
        site = np.repeat(np.arange(table.sites), np.diff(table.ptr))
        pairs = by_cell_worth[table.ind] * self.prob
        return np.bincount(site, pairs, minlength=table.sites).astype(np.float64)


class SureSearch:
    """Search where every pair is sure and one site covers a cell: the fast one."""

    def __init__(self, table: Cover, limits: Limits) -> None:
        self.table = table
        self.held = limits.held_of(table.sites)
        self.barred = limits.barred_of(table.sites)
        self.rows: Rows = limits.all_rows(table)
        self.priced = limits.budget < math.inf
        self.count = np.zeros(table.cells, np.int64)
        self.used = np.zeros(len(self.rows.have))
        self.restart(self.held)

    @property
    def objective(self) -> float:
        """What the taken sites are worth."""
        return float(self.table.weight[self.count > 0].sum())

    def restart(self, taken: Flags) -> None:
        """Set the state to a choice."""
        self.taken = taken.copy()
        chosen = self.table.only(np.flatnonzero(taken))
        count = np.bincount(chosen.ind, minlength=self.table.cells)
        self.count = count.astype(np.int64)
        self.used = self.rows.used(taken)

    def fill(self) -> float:
        """Take sites greedily; with a budget try by gain and by gain per cost."""
        table, rows = self.table, self.rows
        best, value = self.held, -math.inf
        ones = np.ones(table.sites)
        for divide in (ones, table.cost) if self.priced else (ones,):
            self.restart(self.held)
            quick.greedy(
                table.ptr,
                table.ind,
                table.weight,
                rows.ptr,
                rows.ind,
                rows.val,
                rows.have,
                self.used,
                divide,
                self.barred,
                self.count,
                self.taken,
            )
            if self.objective > value:
                best, value = self.taken.copy(), self.objective
        self.restart(best)
        return self.objective

    def improve(self, effort: Effort, enough: float) -> None:
        """Exchange sites, kick and exchange again."""
        table, rows = self.table, self.rows
        start, value = self.taken.copy(), self.objective
        chosen = np.flatnonzero(self.taken)
        # Where sites differ in what they use, more may fit after an exchange.
        spare = min(2 * len(chosen) + 8, table.sites) if len(rows.have) else 0
        slots = np.full(max(len(chosen), min(spare, self._most()), 1), -1, np.int64)
        shut = self.barred
        if table.sites * len(slots) * 8 > FEW_BYTES:
            return
        tptr, tsite = by_cell(table.ptr, table.ind, table.cells)
        gain, loss = np.zeros(table.sites), np.zeros(len(slots))
        extra = np.zeros((table.sites, len(slots)))
        count, owner = np.zeros((2, table.cells), np.int64)
        quick.start(table.ptr, table.ind, table.weight, gain)
        for slot, s in enumerate(chosen.tolist()):
            slots[slot] = s
            quick.enter(
                table.ptr,
                table.ind,
                tptr,
                tsite,
                table.weight,
                count,
                owner,
                gain,
                loss,
                extra,
                s,
                slot,
                1,
            )
        state: tuple[Any, ...] = (
            table.ptr,
            table.ind,
            tptr,
            tsite,
            table.weight,
            rows.ptr,
            rows.ind,
            rows.val,
            rows.have,
            self.used,
            self.held,
            shut,
            count,
            owner,
            gain,
            loss,
            extra,
            slots,
            self.taken,
        )
        climbed = (*state, 20 * table.sites)
        won = quick.climb(*climbed)
        shaken = (*state, effort.kicks, enough - value - won, effort.seed)
        quick.shake(*shaken)
        self.count = count
        if self.objective < value:
            self.restart(start)

    def follow(self, share: Floats, effort: Effort) -> bool:
        """Do nothing: exchange and kicks have found all that shares would lead to."""
        del share, effort
        return False

    def _most(self) -> int:
        """Return how many sites can be taken at most, by rows in which each uses 1."""
        most = self.table.sites
        free = int((~self.held).sum())
        for row, have in enumerate(self.rows.have.tolist()):
            mine = self.rows.val[self.rows.ind == row]
            if len(mine) >= free and (mine >= 1).all():
                most = min(most, int(have) + self.table.sites - free)
        return most


def gains_alone(table: Cover) -> Floats:
    """Return what each site is worth by itself."""
    gain = np.zeros(table.sites)
    if table.is_sure:
        quick.start(table.ptr, table.ind, table.weight, gain)
        return gain
    site = np.repeat(np.arange(table.sites), np.diff(table.ptr))
    pairs = table.weight[table.ind] * table.prob
    return np.bincount(site, pairs, minlength=table.sites).astype(np.float64)
