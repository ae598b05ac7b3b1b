"""Account: the days that a ledger holds of people and kit, and what they cost."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from linewatch.errors import BadValue
from linewatch.force.explain import amounts_of
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.force.values import EVERYONE, PEOPLE, STATUSES
from linewatch.plan.cost import Cost, CostLine
from linewatch.plan.factors import Confidence, Factors
from linewatch.plan.interval import Interval
from linewatch.plan.scopes import Scope, ScopeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """Days of one unit's people of a status, or of its kit of a kind.

    Parameters
    ----------
    unit : str
        The unit by itself, without those under it.
    status : str or None
        Duty status; kit has none.
    item : str
        ``people`` or a kind of kit.
    count : int
        Days: one for each person or piece and day away from home.
    assumed : int
        Days that rest on planning assumptions of the ledger.
    """

    unit: str
    status: str | None
    item: str
    count: int
    assumed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a period costs by the ledger, within a scope.

    Parameters
    ----------
    name : str
        What it is of: a unit, a status, a month; empty for all.
    asked : Question
        The days that it counts; its id is the total's.
    days : tuple of Days
        By unit, status and kind; without those that are 0.
    scope : Scope
        What is counted and what is left out.
    cost : Cost
        The money, its lines, its range.
    last_entry : date
        Date of the ledger's last entry that moves people or kit: after it the account
        takes all to stay as it was.
    assumed_factors : tuple of str
        Prices that are assumptions.
    """

    name: str
    asked: Question
    days: tuple[Days, ...]
    scope: Scope
    cost: Cost
    last_entry: date
    assumed_factors: tuple[str, ...]

    @property
    def cost_id(self) -> str:
        """The cost's total in the word that explain takes."""
        return replace(self.asked, what="cost", scope=self.scope.name).id

    @property
    def troop_days(self) -> int:
        """Days of people."""
        return sum(one.count for one in self.days if one.item == PEOPLE)

    @property
    def assumed_share(self) -> float:
        """Share of the days of people that rests on planning assumptions."""
        rows = [one for one in self.days if one.item == PEOPLE]
        total = sum(one.count for one in rows)
        return sum(one.assumed for one in rows) / total if total else 0.0

    @property
    def kit_days(self) -> dict[str, int]:
        """Days of each kind of kit."""
        found: dict[str, int] = {}
        for one in self.days:
            if one.item != PEOPLE:
                found[one.item] = found.get(one.item, 0) + one.count
        return found

    def paid_by(self, payer: str) -> Interval:
        """Return what one payer pays, with its range [currency of the cost]."""
        names = {one.line for one in self.scope.inside if one.payer == payer}
        total = Interval.exactly(0)
        for line in self.cost.lines:
            if line.name in names:
                total += line.sum
        return total


def account(
    ledger: Ledger, factors: Factors, scope: Scope, asked: Question, *, name: str = ""
) -> Account:
    """Count the days of a period and price them.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    factors : Factors
        Prices.
    scope : Scope
        Which days are priced, and how.
    asked : Question
        The period, and of whom: a question for ``days`` of people.
    name : str, optional
        What the account is of.

    Raises
    ------
    UnknownName
        If the ledger lacks the unit, or there is no such factor.
    BadValue
        If less than nobody was there, as what was known then can say.
    """
    days = days_of(ledger, asked)
    lines = [_line(one, days, factors) for one in scope.inside]
    priced = [one.factor for one in scope.inside]
    assumed = [
        factor
        for factor, line in zip(priced, lines, strict=True)
        if factors.of(factor).confidence is Confidence.ASSUMED and line.amount.best
    ]
    return Account(
        name=name,
        asked=asked,
        days=days,
        scope=scope,
        cost=Cost.of(lines, scope=scope.said),
        last_entry=_last_move(ledger, asked),
        assumed_factors=tuple(dict.fromkeys(assumed)),
    )


def split(
    ledger: Ledger, factors: Factors, scope: Scope, asked: Question, *, by: str
) -> tuple[Account, ...]:
    """Split an account by unit, status or month; the parts add up to the whole.

    A unit is counted by itself. By status, each kind of kit is a part, for kit has no
    status. Parts without a day are left out.

    Raises
    ------
    BadValue
        If `by` is none of unit, status and month.
    """
    if by == "status":
        parts = [
            replace(asked, status=one)
            for one in STATUSES
            if asked.status in {None, one}
        ]
        if asked.status is None:
            kinds = [item for item in ledger.items if item != PEOPLE]
            parts += [replace(asked, item=kind) for kind in kinds]
        found = [
            account(ledger, factors, scope, part, name=part.status or part.item)
            for part in parts
        ]
        return tuple(one for one in found if one.days)
    if by == "month":
        return tuple(
            account(ledger, factors, scope, part, name=f"{part.on:%Y-%m}")
            for part in _months(asked)
        )
    if by != "unit":
        raise BadValue("split", "by unit, status or month", by)
    whole = account(ledger, factors, scope, asked)
    units = dict.fromkeys(one.unit for one in whole.days)
    return tuple(
        _of_days(whole, factors, [one for one in whole.days if one.unit == unit], unit)
        for unit in units
    )


def days_of(ledger: Ledger, asked: Question) -> tuple[Days, ...]:
    """Return the days of people and kit by unit.

    People stand for people and kit where no status is asked, for kit has none.
    """
    found: list[Days] = []
    asks: list[tuple[str | None, str]] = [(None, asked.item)]
    if asked.item == PEOPLE:
        people = [asked.status] if asked.status else list(STATUSES)
        asks = [(status, PEOPLE) for status in people]
    if asked.status is None and asked.item == PEOPLE:
        asks += [(None, item) for item in ledger.items if item != PEOPLE]
    posted, assumed = ledger.postings, ledger.columns["assumed"]
    for status, item in asks:
        wanted = replace(asked, what="days", status=status, item=item, scope="")
        rows, amounts = amounts_of(ledger, wanted)
        size = len(ledger.units)
        total, guess = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.add.at(total, posted.unit[rows], amounts)
        guess_rows = amounts * (assumed[posted.entry[rows]] != 0)
        np.add.at(guess, posted.unit[rows], guess_rows)
        found += [
            Days(
                unit=ledger.units[at].name,
                status=status,
                item=item,
                count=int(total[at]),
                assumed=int(guess[at]),
            )
            for at in np.flatnonzero(total).tolist()
        ]
    return tuple(found)


def _of_days(
    whole: Account, factors: Factors, days: Sequence[Days], unit: str
) -> Account:
    """Return the account of one unit by itself."""
    lines = [_line(one, days, factors) for one in whole.scope.inside]
    asked = whole.asked
    return replace(
        whole,
        name=unit,
        days=tuple(days),
        asked=replace(asked, unit=unit, alone=True),
        cost=Cost.of(lines, scope=whole.scope.said),
    )


def _line(line: ScopeLine, days: Iterable[Days], factors: Factors) -> CostLine:
    """Price the days that one line of a scope counts."""
    factor = factors.of(line.factor)
    count = sum(
        one.count
        for one in days
        if one.item == line.item and line.status in {"", one.status}
    )
    if count < 0:
        raise BadValue(f"days of {line.line}", "0 or more", count)
    return CostLine(
        name=line.line,
        amount=Interval.exactly(count),
        unit=factor.unit.removeprefix("USD per "),
        price=factor.interval,
        source=factor.source,
        factor=line.factor,
    )


def _months(asked: Question) -> list[Question]:
    """Split a period at the ends of its months."""
    parts: list[Question] = []
    first = asked.since or asked.on
    while first <= asked.on:
        end = first.replace(day=monthrange(first.year, first.month)[1])
        parts.append(replace(asked, since=first, on=min(end, asked.on)))
        first = date.fromordinal(end.toordinal() + 1)
    return parts


def _last_move(ledger: Ledger, asked: Question) -> date:
    """Return the date of the last entry that moves anything, as known then."""
    on = ledger.postings.on
    if asked.known is not None:
        on = on[ledger.postings.known <= asked.known.toordinal()]
    return date.fromordinal(int(on[-1])) if on.size else asked.on


def everyone(since: date, until: date, known: date | None = None) -> Question:
    """Return the question for the days of all in a period."""
    return Question(what="days", since=since, on=until, known=known, unit=EVERYONE)
