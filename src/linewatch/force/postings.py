"""Postings: each number that an entry moves, once for each pool that it changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.force.kinds import CODES, KINDS, NAMES
from linewatch.force.values import WHILE, Pool
from linewatch.force.words import Words

Ints = NDArray[np.int64]

OUTSIDE: Final = -1
"""In a column of pools: the world outside the mission."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Postings:
    """Changes of pools, sorted by date; a structure of arrays, shape (postings,) each.

    Parameters
    ----------
    on, known : ndarray of int64
        Day numbers of the entry.
    entry : ndarray of int64
        The entry's index.
    unit, status, item, pool, place : ndarray of int64
        The pool that changes; status and place are -1 where they do not apply.
    amount : ndarray of int64
        The change.
    """

    on: Ints
    known: Ints
    entry: Ints
    unit: Ints
    status: Ints
    item: Ints
    pool: Ints
    place: Ints
    amount: Ints

    def until(self, on: int) -> slice:
        """Return the slice of the postings dated up to and including a day."""
        return slice(0, int(np.searchsorted(self.on, on, side="right")))


def postings_of(columns: Mapping[str, Ints], words: Mapping[int, Words]) -> Postings:
    """Return the postings of the entries in `columns`."""
    takes, gives = _pools(columns["kind"], words)
    place, status = columns["place"], columns["status"]
    moved = columns["kind"] == CODES["move"]
    left = np.where(moved, columns["other"], place)
    changed = columns["kind"] == CODES["status"]
    before = np.where(changed, columns["other"], status)
    out, into = np.flatnonzero(takes != OUTSIDE), np.flatnonzero(gives != OUTSIDE)
    entry = np.concatenate([out, into])
    pool = np.concatenate([takes[out], gives[into]])
    where = np.concatenate([left[out], place[into]])
    serving = np.concatenate([before[out], status[into]])
    amount = np.concatenate([-columns["count"][out], columns["count"][into]])
    order = np.lexsort((entry, columns["on"][entry]))
    entry, pool = entry[order], pool[order]
    return Postings(
        on=columns["on"][entry],
        known=columns["known"][entry],
        entry=entry,
        unit=columns["unit"][entry],
        status=serving[order],
        item=columns["item"][entry],
        pool=pool,
        place=np.where(pool == Pool.PRESENT, where[order], OUTSIDE),
        amount=amount[order],
    )


def _pools(kind: Ints, words: Mapping[int, Words]) -> tuple[Ints, Ints]:
    """Return the pool that each entry's number leaves and the one that it enters."""
    from_pool = [_code(KINDS[name].takes) for name in NAMES]
    to_pool = [_code(KINDS[name].gives) for name in NAMES]
    takes = np.array(from_pool, dtype=np.int64)[kind]
    gives = np.array(to_pool, dtype=np.int64)[kind]
    for row, said in words.items():
        if kind[row] == CODES["status"]:
            absent = said.keyed.get("while")
            takes[row] = gives[row] = WHILE[absent] if absent else Pool.PRESENT
        elif "was" in said.keyed:
            injured = said.keyed["was"] == "injured"
            takes[row] = Pool.INJURED if injured else Pool.LEAVE
    return takes, gives


def _code(pool: Pool | None) -> int:
    """Return a pool's number, -1 for the world outside."""
    return OUTSIDE if pool is None else int(pool)
