"""The dated tree of units: whose part each is, and under whom it works."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewatch.force.kinds import CODES

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tree:
    """Home parents and the dated attachments that change them.

    Parameters
    ----------
    home : ndarray of int64, shape (units,)
        Unit that each is an organic part of; -1 at the top.
    on, known, kind, unit, parent : ndarray of int64, shape (changes,)
        Attachments and detachments by date: day numbers, code of the kind, the unit and
        the unit that it is attached to.
    """

    home: Ints
    on: Ints
    known: Ints
    kind: Ints
    unit: Ints
    parent: Ints

    def parents(self, on: int, known: int | None = None) -> Ints:
        """Return each unit's superior as of a day, -1 at the top; shape (units,).

        An attachment that would close a ring is left out: seen with less than what is
        known today, entries can contradict one another.
        """
        rows = self.on <= on
        if known is not None:
            rows &= self.known <= known
        parent: list[int] = self.home.tolist()
        for unit, above in self._changes(np.flatnonzero(rows)):
            if not leads_to(parent, above, unit):
                parent[unit] = above
        return np.array(parent, dtype=np.int64)

    def rings(self) -> list[int]:
        """Return the changes that would close a ring of units; each is left out."""
        parent: list[int] = self.home.tolist()
        found = []
        for row, (unit, above) in enumerate(self._changes(np.arange(self.on.size))):
            if leads_to(parent, above, unit):
                found.append(row)
            else:
                parent[unit] = above
        return found

    def _changes(self, rows: Ints) -> list[tuple[int, int]]:
        """Return the unit and its new superior of each change in `rows`."""
        attaches = self.kind[rows] == CODES["attach"]
        unit = self.unit[rows]
        above = np.where(attaches, self.parent[rows], self.home[unit])
        return list(zip(unit.tolist(), above.tolist(), strict=True))


def leads_to(parent: list[int], start: int, unit: int) -> bool:
    """Return whether the way up from `start` meets `unit`."""
    at = start
    while at >= 0:
        if at == unit:
            return True
        at = parent[at]
    return False


def by_depth(parent: Ints) -> list[Ints]:
    """Return the units of each depth, the deepest first."""
    depth = np.zeros(parent.size, dtype=np.int64)
    at = parent.copy()
    while (below := at >= 0).any():
        depth += below
        at = np.where(below, parent[np.maximum(at, 0)], -1)
    deepest = int(depth.max(initial=0))
    return [np.flatnonzero(depth == level) for level in range(deepest, -1, -1)]


def rolled_up(values: Ints, parent: Ints) -> Ints:
    """Return each unit's values with those of all units below it added.

    Parameters
    ----------
    values : ndarray of int64, shape (units, n)
        Each unit's own.
    parent : ndarray of int64, shape (units,)
        Each unit's superior; -1 at the top.
    """
    total = values.copy()
    for units in by_depth(parent):
        below = units[parent[units] >= 0]
        np.add.at(total, parent[below], total[below])
    return total


def inside(parent: Ints, unit: int) -> NDArray[np.bool_]:
    """Return which units are `unit` or below it; shape (units,)."""
    held = np.zeros(parent.size, dtype=np.bool_)
    held[unit] = True
    for units in reversed(by_depth(parent)):
        below = units[parent[units] >= 0]
        held[below] |= held[parent[below]]
    return held
