"""The search for sites that all reach a gateway over one another."""

from collections import deque

import numpy as np

from linewatch.plan.siting import _kernels as loops
from linewatch.plan.siting.cover import Cover, Floats
from linewatch.plan.siting.limits import Effort, Flags, Limits, Links
from linewatch.plan.siting.search import GeneralSearch

LOOKED_AT: int = 12
"""Ways out of which the best is taken by what it truly adds: the rest are bounded."""


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

    def _move(self, s: int, enter: int) -> None:
        """Take a site or give it up."""
        inner, table = self.inner, self.table
        loops.move(
            table.ptr,
            table.ind,
            *inner.by_cell,
            table.weight,
            inner.worth,
            inner.count,
            inner.miss,
            inner.taken,
            self.gain,
            s,
            enter,
        )
        rows = inner.rows
        loops.book(rows.ptr, rows.ind, rows.val, inner.used, s, 2 * enter - 1)

    def _ways(self) -> tuple[list[int], list[int]]:
        """Return the open sites that can be reached, nearest first, and from where.

        Fewest sites on the way: a search in breadth from the gateways and all taken.
        """
        came = [-2] * self.table.sites
        ahead: deque[int] = deque()
        for s in np.flatnonzero(self.taken).tolist():
            came[s] = -1
            ahead.append(s)
        for s in np.flatnonzero(self.links.gate & ~self.taken).tolist():
            if not self.inner.barred[s]:
                came[s] = -1
                ahead.append(s)
        order = []
        while ahead:
            s = ahead.popleft()
            if not self.taken[s]:
                order.append(s)
            for t in self.links.of_site(s).tolist():
                if came[t] == -2 and not self.inner.barred[t]:
                    came[t] = s
                    ahead.append(t)
        return order, came

    def _path(self, s: int, came: list[int]) -> list[int]:
        """Return the open sites that lead to `s`, itself the last."""
        path = []
        while s >= 0 and not self.taken[s]:
            path.append(s)
            s = came[s]
        return path[::-1]

    def _fits(self, path: list[int]) -> bool:
        """Tell whether all sites of a path fit together."""
        rows = self.inner.rows
        more = np.zeros(self.table.sites, bool)
        more[path] = True
        return bool((self.inner.used + rows.used(more) <= rows.have + 1e-9).all())

    def _tried(self, path: list[int]) -> float:
        """Return what a path adds by the search's worth, leaving all as it was."""
        added = 0.0
        for s in path:
            added += float(self.gain[s])
            self._move(s, 1)
        for s in reversed(path):
            self._move(s, 0)
        return added

    def _grow(self) -> bool:
        """Take the way that adds most for each site on it; False where none adds."""
        order, came = self._ways()
        ways = []
        for s in order:
            path = self._path(s, came)
            bound = float(sum(self.gain[t] for t in path)) / len(path)
            if bound > loops.TINY:
                ways.append((bound, path))
        ways.sort(key=lambda way: -way[0])
        best, value, looked = None, loops.TINY, 0
        for bound, path in ways:
            if bound <= value or looked >= LOOKED_AT:
                break
            if not self._fits(path):
                continue
            looked += 1
            added = self._tried(path) / len(path)
            if added > value:
                best, value = path, added
        for s in best or ():
            self._move(s, 1)
        return best is not None

    def fill(self) -> float:
        """Take the best way out again and again."""
        while self._grow():
            pass
        return self.objective

    def improve(self, effort: Effort, enough: float) -> None:
        """Give up single sites that no other needs, and grow anew; keep the better."""
        rng = np.random.default_rng(effort.seed)
        best, value = self.taken.copy(), self.objective
        vain = 0
        while vain <= max(1, effort.kicks // 10) and value < enough:
            free = np.flatnonzero(self.taken & ~self.inner.held)
            if not free.size:
                break
            first = vain == 0
            outs = free if first else rng.permutation(free)
            helped = False
            for s in outs.tolist():
                self._drop(s, wide=0 if first else int(rng.integers(1, 4)))
                while self._grow():
                    pass
                if self.objective > value + loops.TINY:
                    best, value, helped = self.taken.copy(), self.objective, True
                    break
                self._back_to(best)
                if not first:
                    break
            vain = 0 if helped else vain + 1
        self._back_to(best)

    def follow(self, share: Floats, effort: Effort) -> bool:
        """Do nothing: favoured sites need not hang together."""
        del share, effort
        return False

    def _drop(self, s: int, *, wide: int) -> None:
        """Give up a site, some others near it, and all that then reach no gateway."""
        free = self.taken & ~self.inner.held
        near = [s, *(t for t in self.links.of_site(s).tolist()[:wide] if free[t])]
        for t in near:
            self._move(t, 0)
        lost = self.taken & ~self.links.reached(self.taken)
        if (lost & self.inner.held).any():
            # A held site hung on it: that must not be.
            for t in near:
                self._move(t, 1)
            return
        for t in np.flatnonzero(lost).tolist():
            self._move(t, 0)

    def _back_to(self, taken: Flags) -> None:
        """Return to a choice."""
        for s in np.flatnonzero(self.taken & ~taken).tolist():
            self._move(s, 0)
        for s in np.flatnonzero(taken & ~self.taken).tolist():
            self._move(s, 1)
