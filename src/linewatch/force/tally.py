"""Tallies: people and kit as of a day, and as they were known on another."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.force.ledger import Ledger
from linewatch.force.tree import inside, rolled_up
from linewatch.force.values import EVERYONE, PEOPLE, STATUSES, STRENGTHS, Pool

Ints = NDArray[np.int64]

POOLS_OF: Final = {
    "approved": tuple(Pool),
    "sourced": tuple(pool for pool in Pool if pool is not Pool.UNSOURCED),
    "in_transit": (Pool.TRANSIT,),
    "present": (Pool.PRESENT,),
    "on_leave": (Pool.LEAVE,),
    "injured": (Pool.INJURED,),
}
"""Pools that each figure adds up. Organic is a fact of its own and holds no pool."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which postings a tally adds up.

    Parameters
    ----------
    on : int
        Last day that counts.
    known : int or None
        Leave out what became known later; None counts everything.
    unit : str
        Unit with all that work under it; ``*`` is the whole force.
    item : str
        ``people`` or a kind of kit.
    status : str or None
        Duty status; None is all.
    place : str or None
        Name of a place, or of a sector with all places in it; None is all.
    """

    on: int
    known: int | None = None
    unit: str = EVERYONE
    item: str = PEOPLE
    status: str | None = None
    place: str | None = None


def rows_of(ledger: Ledger, wanted: Wanted) -> Ints:
    """Return the indices of the postings that a tally adds up."""
    posted = ledger.postings
    reach = posted.until(wanted.on)
    keep = posted.item[reach] == ledger.items.index(wanted.item)
    if wanted.known is not None:
        keep &= posted.known[reach] <= wanted.known
    if wanted.status is not None:
        keep &= posted.status[reach] == STATUSES.index(wanted.status)
    if wanted.unit != EVERYONE:
        parents = ledger.tree.parents(wanted.on, wanted.known)
        held = inside(parents, ledger.unit_number(wanted.unit))
        keep &= held[posted.unit[reach]]
    if wanted.place is not None:
        keep &= _places(ledger, wanted.place)[posted.place[reach]]
    return np.flatnonzero(keep)


def _places(ledger: Ledger, name: str) -> NDArray[np.bool_]:
    """Return which places are `name` or in it; the last element stands for none."""
    place = next(one for one in ledger.places if one.name == name)
    is_in = [
        one.name == name or (place.kind == "sector" and one.sector == place.sector)
        for one in ledger.places
    ]
    return np.array([*is_in, False], dtype=np.bool_)


def by_status_and_strength(ledger: Ledger, wanted: Wanted) -> Ints:
    """Return people by status and strength; shape (statuses, strengths)."""
    posted = ledger.postings
    rows = rows_of(ledger, wanted)
    cell = posted.status[rows] * len(Pool) + posted.pool[rows]
    pools = np.zeros((len(STATUSES), len(Pool)), dtype=np.int64)
    np.add.at(pools.reshape(-1), cell, posted.amount[rows])
    return _strengths(pools)


def by_unit_and_strength(ledger: Ledger, wanted: Wanted) -> Ints:
    """Return people, or kit, by unit and strength, each with all that work under it.

    Organic strength follows the home parents; the others follow the attachments of the
    day. Shape (units, strengths).
    """
    posted = ledger.postings
    rows = rows_of(ledger, wanted)
    pools = np.zeros((len(ledger.units), len(Pool)), dtype=np.int64)
    np.add.at(pools, (posted.unit[rows], posted.pool[rows]), posted.amount[rows])
    parents = ledger.tree.parents(wanted.on, wanted.known)
    strengths = rolled_up(_strengths(pools), parents)
    if wanted.item == PEOPLE:
        strengths[:, 0] = organic_by_unit(ledger, wanted.on, wanted.known)
    return strengths


def by_place(ledger: Ledger, wanted: Wanted) -> Ints:
    """Return those present at each place; shape (places,)."""
    posted = ledger.postings
    rows = rows_of(ledger, wanted)
    rows = rows[posted.pool[rows] == Pool.PRESENT]
    present = np.zeros(len(ledger.places), dtype=np.int64)
    np.add.at(present, posted.place[rows], posted.amount[rows])
    return present


def by_item(ledger: Ledger, on: int, known: int | None) -> Ints:
    """Return the number present of each item; shape (items,)."""
    posted = ledger.postings
    reach = posted.until(on)
    keep = posted.pool[reach] == Pool.PRESENT
    if known is not None:
        keep &= posted.known[reach] <= known
    present = np.zeros(len(ledger.items), dtype=np.int64)
    np.add.at(present, posted.item[reach][keep], posted.amount[reach][keep])
    return present


def organic_by_unit(ledger: Ledger, on: int, known: int | None) -> Ints:
    """Return each unit's organic strength: its own fact, else the sum of its parts.

    The latest fact up to the day holds. Shape (units,).
    """
    facts = ledger.of_kind("organic")
    columns = ledger.columns
    keep = columns["on"][facts] <= on
    if known is not None:
        keep &= columns["known"][facts] <= known
    facts = facts[keep]
    facts = facts[np.argsort(columns["on"][facts], kind="stable")]
    own = np.full(len(ledger.units), -1, dtype=np.int64)
    own[columns["unit"][facts]] = columns["count"][facts]
    return _sum_of_parts(own, ledger.tree.home)


def _sum_of_parts(own: Ints, home: Ints) -> Ints:
    """Fill each unit without a fact (-1) with the sum of its parts."""
    facts, above = own.tolist(), home.tolist()
    total = np.maximum(own, 0).tolist()
    # A parent is declared before its parts, so the parts come later in the order.
    for unit in range(len(facts) - 1, -1, -1):
        if above[unit] >= 0 and facts[above[unit]] < 0:
            total[above[unit]] += total[unit]
    return np.array(total, dtype=np.int64)


def organic(ledger: Ledger, on: int, known: int | None, unit: str = EVERYONE) -> int:
    """Return the organic strength of a unit, or of all units that are part of none."""
    each = organic_by_unit(ledger, on, known)
    if unit == EVERYONE:
        return int(each[ledger.tree.home < 0].sum())
    return int(each[ledger.unit_number(unit)])


def _strengths(pools: Ints) -> Ints:
    """Return the strengths, organic left 0, of the pools in the last axis."""
    empty = np.zeros(pools.shape[:-1], dtype=np.int64)
    sums = [pools[..., list(POOLS_OF[name])].sum(axis=-1) for name in STRENGTHS[1:]]
    return np.stack([empty, *sums], axis=-1)


def one_figure(ledger: Ledger, wanted: Wanted, strength: str) -> int:
    """Return one strength of what is wanted."""
    if strength == "organic":
        return organic(ledger, wanted.on, wanted.known, wanted.unit)
    posted = ledger.postings
    rows = rows_of(ledger, wanted)
    counted = np.array([pool in POOLS_OF[strength] for pool in Pool])[posted.pool[rows]]
    return int(posted.amount[rows][counted].sum())
