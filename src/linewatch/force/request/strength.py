"""Requests against people: asked, granted, sourced and present, as of any date."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.force.ledger import Ledger
from linewatch.force.request.case import Case
from linewatch.force.tally import POOLS_OF
from linewatch.force.values import PEOPLE

COUNTED: Final = ("approved", "sourced", "in_transit", "present")
"""Strengths of the ledger that entries which cite a request add up to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sourcing:
    """How far a request is met.

    Parameters
    ----------
    id, state : str
        The request and where it stands.
    requested : int
        People asked for.
    granted : int or None
        People granted; None while nobody has decided.
    ordered : int
        People that the log's moves sourced.
    approved, sourced, in_transit, present : int
        What the ledger's entries that cite the request add up to.
    entries : int
        How many such entries there are.
    """

    id: str
    state: str
    requested: int
    granted: int | None
    ordered: int
    approved: int
    sourced: int
    in_transit: int
    present: int
    entries: int

    @property
    def short(self) -> int:
        """People granted who are not there."""
        return max(0, (self.granted or 0) - self.present)

    @property
    def beyond(self) -> int:
        """People asked for who were not granted, or granted and not sourced."""
        sourced = max(self.ordered, self.sourced)
        return max(0, self.requested - sourced)


def sourcing_of(
    cases: Iterable[Case],
    ledger: Ledger | None,
    *,
    on: date,
    known: date | None = None,
) -> tuple[Sourcing, ...]:
    """Count how far requests are met at the end of a day.

    A ledger's entry counts for every request that it cites: ``^ID``, with a line
    ``cite ID "..."`` that declares it. Entries that cite no request count for none.

    Parameters
    ----------
    cases : iterable of Case
        The requests.
    ledger : Ledger or None
        Entries; without any only the log's own numbers are told.
    on : date
        The day asked about.
    known : date, optional
        Only what was known by the end of this day.
    """
    return tuple(_sourcing(case, ledger, on, known) for case in cases)


def entries_citing(ledger: Ledger, name: str) -> NDArray[np.int64]:
    """Return the indices of the entries that cite a request."""
    cites = re.compile(rf"(?<!\S)\^{re.escape(name)}(?!\S)").search
    lines = ledger.columns["line"].tolist()
    texts = ledger.texts
    found = [row for row, line in enumerate(lines) if cites(texts[line - 1])]
    return np.array(found, dtype=np.int64)


def _sourcing(
    case: Case, ledger: Ledger | None, on: date, known: date | None
) -> Sourcing:
    """Count one request."""
    name = case.request.id
    counted = dict.fromkeys(COUNTED, 0)
    entries = 0
    if ledger is not None:
        rows = entries_citing(ledger, name)
        entries = len(rows)
        counted = _counted(ledger, rows, on, known)
    return Sourcing(
        id=name,
        state=case.state.value,
        requested=case.request.number,
        granted=case.granted,
        ordered=case.sourced,
        entries=entries,
        **counted,
    )


def _counted(
    ledger: Ledger, rows: NDArray[np.int64], on: date, known: date | None
) -> dict[str, int]:
    """Add up what entries of people move into the pools of each strength."""
    posted = ledger.postings
    mask = np.zeros(len(ledger), dtype=np.bool_)
    mask[rows] = True
    held = mask[posted.entry] & (posted.on <= on.toordinal())
    held &= posted.item == ledger.items.index(PEOPLE)
    if known is not None:
        held &= posted.known <= known.toordinal()
    pool, amount = posted.pool[held], posted.amount[held]
    return {
        strength: int(amount[np.isin(pool, [int(p) for p in POOLS_OF[strength]])].sum())
        for strength in COUNTED
    }
