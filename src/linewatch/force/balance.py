"""Does the ledger balance? Nobody arrives who did not depart, and totals agree."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from linewatch.force.kinds import CODES, NAMES
from linewatch.force.ledger import Ledger
from linewatch.force.tally import Wanted, one_figure
from linewatch.force.values import PEOPLE, POOL_WORDS, STATUSES, Claim, Pool
from linewatch.force.words import bounds_of

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Accounts:
    """Every pool of every unit with its balance after each posting.

    Parameters
    ----------
    row : ndarray of int64, shape (postings,)
        Postings sorted by pool, then by date.
    key : ndarray of int64, shape (postings,)
        The pool's number.
    balance : ndarray of int64, shape (postings,)
        What the pool holds after the posting.
    day_ends : ndarray of bool, shape (postings,)
        Whether the posting is the pool's last of its day.
    """

    row: Ints
    key: Ints
    balance: Ints
    day_ends: NDArray[np.bool_]


def faults_of(ledger: Ledger, doubted: Collection[int] = ()) -> list[tuple[int, str]]:
    """Return (line, sentence) for each entry that the rest of the ledger contradicts.

    Parameters
    ----------
    ledger : Ledger
        What was read.
    doubted : collection of int
        Units with lines that could not be read: what they lack follows from that, and
        is not told again.
    """
    rings = list(_rings(ledger))
    # Totals follow the tree: with a ring in it none can be told.
    counts = [] if rings else _wrong_counts(ledger, doubted)
    return [
        *rings,
        *_overdrawn(ledger, doubted),
        *_not_relieved(ledger, doubted),
        *counts,
    ]


def claims_of(ledger: Ledger, on: date | None = None) -> tuple[Claim, ...]:
    """Return the claims dated up to `on`, each with what the ledger counts instead."""
    numbers = [int(number) for number in ledger.of_kind("claim")]
    entries = ledger.columns["on"]
    return tuple(
        _asserted(ledger, number)
        for number in numbers
        if on is None or entries[number] <= on.toordinal()
    )


def accounts_of(ledger: Ledger) -> Accounts:
    """Return every pool with its balance after each posting."""
    posted = ledger.postings
    key = _keys(ledger)
    row = np.lexsort((posted.entry, posted.on, key))
    key, on, amount = key[row], posted.on[row], posted.amount[row]
    if not row.size:
        return Accounts(row=row, key=key, balance=amount, day_ends=on > 0)
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]])
    total = np.cumsum(amount)
    before = np.r_[0, total[starts[1:] - 1]]
    balance = total - np.repeat(before, np.diff(np.r_[starts, row.size]))
    day_ends = np.r_[(key[1:] != key[:-1]) | (on[1:] != on[:-1]), True]
    return Accounts(row=row, key=key, balance=balance, day_ends=day_ends)


def _keys(ledger: Ledger) -> Ints:
    """Return each posting's pool as one number of its unit, status, item and place."""
    posted = ledger.postings
    key = posted.unit * (len(STATUSES) + 1) + posted.status + 1
    key = key * len(ledger.items) + posted.item
    key = key * len(Pool) + posted.pool
    return np.asarray(key * (len(ledger.places) + 1) + posted.place + 1)


def _rings(ledger: Ledger) -> Iterator[tuple[int, str]]:
    """Tell each attachment that would close a ring of units."""
    for change in ledger.tree.rings():
        unit = ledger.units[int(ledger.tree.unit[change])].name
        line = _line_of_change(ledger, change)
        yield line, f"{unit} would work under a unit that works under it"


def _overdrawn(ledger: Ledger, doubted: Collection[int]) -> Iterator[tuple[int, str]]:
    """Tell the first day on which each pool gives more than it holds."""
    posted, accounts = ledger.postings, accounts_of(ledger)
    bad = np.flatnonzero(accounts.day_ends & (accounts.balance < 0))
    _, first = np.unique(accounts.key[bad], return_index=True)
    for at in bad[first]:
        # The day took more than it gave, so one of its postings took: the last of them.
        blamed = at
        while posted.amount[accounts.row[blamed]] >= 0:
            blamed -= 1
        row = int(accounts.row[blamed])
        if int(posted.unit[row]) not in doubted:
            taken = -int(posted.amount[row])
            held = max(int(accounts.balance[at]) + taken, 0)
            number = posted.entry[row]
            line = int(ledger.columns["line"][number])
            kind = NAMES[int(ledger.columns["kind"][number])]
            yield line, _taken_too_much(ledger, row, kind=kind, taken=taken, held=held)


def _taken_too_much(
    ledger: Ledger, row: int, *, kind: str, taken: int, held: int
) -> str:
    """Tell that a posting takes more from its pool than that holds."""
    posted = ledger.postings
    item, place = ledger.items[int(posted.item[row])], int(posted.place[row])
    what = STATUSES[int(posted.status[row])] if item == PEOPLE else item
    where = "" if place < 0 else f" at {ledger.places[place].name}"
    return (
        f"does not balance: {kind} takes {taken:,} {what} of"
        f" {ledger.units[int(posted.unit[row])].name}, but {held:,} are"
        f" {POOL_WORDS[Pool(int(posted.pool[row]))]}{where}"
    )


def _not_relieved(
    ledger: Ledger, doubted: Collection[int]
) -> Iterator[tuple[int, str]]:
    """Tell each relief for which the relieving unit is not there in number."""
    columns, posted = ledger.columns, ledger.postings
    for number in ledger.of_kind("relieve"):
        by, place = int(columns["other"][number]), int(columns["place"][number])
        here = (
            (posted.unit == by)
            & (posted.place == place)
            & (posted.item == columns["item"][number])
            & (posted.pool == Pool.PRESENT)
            & (posted.on <= columns["on"][number])
        )
        there, gone = int(posted.amount[here].sum()), int(columns["count"][number])
        if there < gone and by not in doubted:
            what = (
                f"does not balance: {ledger.units[by].name} relieves {gone:,}, but"
                f" {there:,} of it are present at {ledger.places[place].name}"
            )
            yield int(columns["line"][number]), what


def _wrong_counts(
    ledger: Ledger, doubted: Collection[int]
) -> Iterator[tuple[int, str]]:
    """Tell each count that the ledger does not agree with."""
    if doubted:
        return  # totals hold the doubted units, or units under them
    for number in ledger.of_kind("count"):
        claim = _asserted(ledger, int(number))
        if not claim.agrees:
            entry = claim.entry
            what = (
                f"counts {_figure(claim)} {claim.strength} of {entry.unit}, but the"
                f" ledger has {claim.counted:,} on {entry.on}"
            )
            yield entry.line, what


def _figure(claim: Claim) -> str:
    """Tell the figure of a count or claim."""
    if claim.high is None:
        return f"at least {claim.low:,}"
    if claim.low == claim.high:
        return f"{claim.high:,}"
    return f"{claim.low:,} to {claim.high:,}"


def _asserted(ledger: Ledger, number: int) -> Claim:
    """Return a count or claim with the ledger's own figure."""
    words, entry = ledger.words[number], ledger.entry(number)
    low, high = bounds_of(words)
    strength = str(words.strength)
    wanted = Wanted(
        on=entry.on.toordinal(),
        unit=entry.unit,
        item=entry.item,
        status=entry.status,
        place=entry.place,
    )
    counted = one_figure(ledger, wanted, strength)
    return Claim(entry=entry, strength=strength, low=low, high=high, counted=counted)


def _line_of_change(ledger: Ledger, row: int) -> int:
    """Return the line of a change of the tree."""
    kind = ledger.columns["kind"]
    changes = np.flatnonzero((kind == CODES["attach"]) | (kind == CODES["detach"]))
    order = np.argsort(ledger.columns["on"][changes], kind="stable")
    return int(ledger.columns["line"][changes[order][row]])
