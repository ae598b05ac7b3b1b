"""Explain: the entries behind a total, which add up to it to the last person."""

import re
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue, UnknownName
from linewatch.force.kinds import CODES
from linewatch.force.ledger import Ledger
from linewatch.force.question import AWAY, COUNTED, FLOWS, OVER_DAYS, Question
from linewatch.force.tally import Wanted, organic_by_unit, rows_of
from linewatch.force.tree import inside, rolled_up
from linewatch.force.values import EVERYONE, Entry, Pool

Ints = NDArray[np.int64]

NEAR: Final = 12
"""Names that a refusal shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What one entry adds to a total.

    Parameters
    ----------
    entry : Entry
        The line of the ledger.
    amount : int
        People or pieces that it adds, or their days; negative where it takes away.
    running : int
        The sum so far, in the order of the ledger's dates.
    """

    entry: Entry
    amount: int
    running: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A total and the entries that make it.

    Parameters
    ----------
    question : Question
        What was asked.
    shares : tuple of Share
        Entries that change the total, by date and then as the file has them.
    """

    question: Question
    shares: tuple[Share, ...]

    @property
    def total(self) -> int:
        """The sum of the shares."""
        return self.shares[-1].running if self.shares else 0

    @property
    def assumed(self) -> int:
        """How much of all that was added or taken rests on planning assumptions."""
        return sum(abs(one.amount) for one in self.shares if one.entry.assumed)

    @property
    def moved(self) -> int:
        """How much was added or taken in all."""
        return sum(abs(one.amount) for one in self.shares)


def explained(ledger: Ledger, question: Question) -> Explanation:
    """Return the entries behind a total.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    question : Question
        The total; for ``cost`` its days are explained.

    Raises
    ------
    UnknownName
        If the ledger has no such unit, item or place.
    """
    if question.what == "organic":
        adds = _organic(ledger, question)
    else:
        rows, amounts = amounts_of(ledger, question)
        adds = {}
        entries = ledger.postings.entry[rows].tolist()
        for number, amount in zip(entries, amounts.tolist(), strict=True):
            adds[number] = adds.get(number, 0) + amount
    kept = {number: amount for number, amount in adds.items() if amount}
    sums = accumulate(kept.values())
    return Explanation(
        question=question,
        shares=tuple(
            Share(entry=ledger.entry(number), amount=amount, running=running)
            for (number, amount), running in zip(kept.items(), sums, strict=True)
        ),
    )


def amounts_of(ledger: Ledger, question: Question) -> tuple[Ints, Ints]:
    """Return the postings that make a total, and what each adds.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    question : Question
        Any total but ``organic``, which no posting makes.

    Returns
    -------
    rows, amounts : ndarray of int64, shape (postings that count,)
        Indices in the ledger's postings, by date; people, pieces or their days.

    Raises
    ------
    UnknownName
        If the ledger has no such unit, item or place.
    """
    _check(ledger, question)
    over = question.what in OVER_DAYS
    wanted = Wanted(
        on=question.on.toordinal(),
        known=None if question.known is None else question.known.toordinal(),
        unit=EVERYONE if over or question.alone else question.unit,
        item=question.item,
        status=question.status,
        place=question.place,
    )
    posted = ledger.postings
    rows = rows_of(ledger, wanted)
    pools = AWAY if over or question.what in FLOWS else COUNTED[question.what]
    counts = np.array([pool in pools for pool in Pool])
    rows = rows[counts[posted.pool[rows]]]
    if question.what in FLOWS:
        rows = rows[_flows(ledger, rows, question)]
    if question.alone:
        rows = rows[posted.unit[rows] == ledger.unit_number(question.unit)]
    if question.request:
        rows = rows[np.isin(posted.entry[rows], citing(ledger, question.request))]
    amounts = posted.amount[rows]
    if question.what == "lost":
        return rows, -amounts
    return rows, amounts * _days(ledger, rows, question) if over else amounts


def total_of(ledger: Ledger, question: Question) -> int:
    """Return a total without the entries behind it.

    Raises
    ------
    UnknownName
        If the ledger has no such unit, item or place.
    """
    if question.what == "organic":
        return sum(_organic(ledger, question).values())
    return int(amounts_of(ledger, question)[1].sum())


def totals_by_unit(ledger: Ledger, question: Question) -> Ints:
    """Return a total for each unit with all that work under it; shape (units,).

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    question : Question
        The total on a day, asked of everyone; none over days, whose units change.

    Raises
    ------
    BadValue
        If it is asked of one unit, or over days.
    """
    if question.unit != EVERYONE or question.what in OVER_DAYS:
        rule = "asked of everyone, on one day"
        raise BadValue("total by unit", rule, question.id)
    on = question.on.toordinal()
    known = None if question.known is None else question.known.toordinal()
    if question.what == "organic":
        return organic_by_unit(ledger, on, known)
    rows, amounts = amounts_of(ledger, question)
    own = np.zeros((len(ledger.units), 1), dtype=np.int64)
    np.add.at(own[:, 0], ledger.postings.unit[rows], amounts)
    return rolled_up(own, ledger.tree.parents(on, known))[:, 0]


def stretches(
    ledger: Ledger, since: date, on: date, known: date | None
) -> list[tuple[int, int]]:
    """Return the (first, last) day numbers between which no attachment changes."""
    tree = ledger.tree
    changes = tree.on if known is None else tree.on[tree.known <= known.toordinal()]
    first, last = since.toordinal(), on.toordinal()
    inner = np.unique(changes[(changes > first) & (changes <= last)]).tolist()
    starts = [first, *inner]
    return list(zip(starts, [*(start - 1 for start in inner), last], strict=True))


def _flows(ledger: Ledger, rows: Ints, question: Question) -> NDArray[np.bool_]:
    """Return which postings bring or take people for good in the period.

    One who arrives leaves the pool of those in transit and enters that of those
    present: only the latter counts.
    """
    posted = ledger.postings
    since = (question.since or question.on).toordinal()
    codes = [CODES[kind] for kind in FLOWS[question.what]]
    kept = np.isin(ledger.columns["kind"][posted.entry[rows]], codes)
    kept &= (posted.pool[rows] != Pool.TRANSIT) & (posted.on[rows] >= since)
    return np.asarray(kept, dtype=np.bool_)


def citing(ledger: Ledger, request: str) -> Ints:
    """Return the numbers of the entries that cite a request for assistance.

    ``!A,B`` is everything that cites neither A nor B.
    """
    names = [re.escape(name) for name in request.removeprefix("!").split(",")]
    word = re.compile(rf"(?<!\S)\^(?:{'|'.join(names)})(?!\S)")
    wanted = not request.startswith("!")
    texts, lines = ledger.texts, ledger.columns["line"].tolist()
    told = [
        row
        for row, line in enumerate(lines)
        if (word.search(texts[line - 1]) is not None) == wanted
    ]
    return np.array(told, dtype=np.int64)


def _days(ledger: Ledger, rows: Ints, question: Question) -> Ints:
    """Return on how many days of the period each posting counts.

    Days count at their end: one who arrives on a day is there for it, and one who goes
    home on a day is not. A unit holds those that work under it day by day.
    """
    since = question.since or question.on
    posted = ledger.postings
    begins, unit = posted.on[rows], posted.unit[rows]
    days = np.zeros(rows.size, dtype=np.int64)
    known = None if question.known is None else question.known.toordinal()
    for first, last in stretches(ledger, since, question.on, question.known):
        overlap = np.maximum(last - np.maximum(begins, first) + 1, 0)
        if question.unit != EVERYONE and not question.alone:
            parents = ledger.tree.parents(first, known)
            overlap *= inside(parents, ledger.unit_number(question.unit))[unit]
        days += overlap
    return days


def _organic(ledger: Ledger, question: Question) -> dict[int, int]:
    """Return the facts that make an organic strength, by number of the entry."""
    _check(ledger, question)
    facts: dict[int, int] = {}  # unit to entry: the latest fact holds
    columns = ledger.columns
    rows = ledger.of_kind("organic")
    for row in rows[np.argsort(columns["on"][rows], kind="stable")].tolist():
        known = question.known is None or (
            columns["known"][row] <= question.known.toordinal()
        )
        if known and columns["on"][row] <= question.on.toordinal():
            facts[int(columns["unit"][row])] = row
    home = ledger.tree.home.tolist()
    root = -1 if question.unit == EVERYONE else ledger.unit_number(question.unit)
    kept = [unit for unit in facts if _counts_up_to(unit, root, home, facts)]
    return {
        facts[unit]: int(columns["count"][facts[unit]])
        for unit in sorted(kept, key=lambda unit: facts[unit])
    }


def _counts_up_to(unit: int, root: int, home: list[int], facts: dict[int, int]) -> bool:
    """Tell whether a unit's fact reaches `root` with no other fact on the way up."""
    at = unit
    while at != root:
        at = home[at]
        if at == root == -1:
            return True
        if at < 0 or at in facts:
            return False
    return True


def _check(ledger: Ledger, question: Question) -> None:
    """Refuse names that the ledger does not have."""
    if question.unit != EVERYONE and ledger.unit_number(question.unit) < 0:
        raise UnknownName("unit", question.unit, (*list(ledger.numbers)[:NEAR], "*"))
    if question.item not in ledger.items:
        raise UnknownName("item", question.item, ledger.items)
    places = tuple(place.name for place in ledger.places)
    if question.place is not None and question.place not in places:
        raise UnknownName("place", question.place, places)


def place_called(ledger: Ledger, told: str) -> str:
    """Return the name of a place from its name or its title, such as ``El Paso``.

    Raises
    ------
    UnknownName
        If there is none.
    BadValue
        If more than one place has the title.
    """
    names = [
        place.name
        for place in ledger.places
        if told.casefold() in {place.name.casefold(), place.title.casefold()}
    ]
    if not names:
        allowed = tuple(f"{place.name} ({place.title})" for place in ledger.places)
        raise UnknownName("place", told, allowed)
    if len(names) > 1:
        raise BadValue("place", f"one of {', '.join(names)}", told)
    return names[0]
