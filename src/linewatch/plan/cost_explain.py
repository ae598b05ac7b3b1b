"""Explain a cost: the entries behind the days of each of its lines."""

from dataclasses import dataclass, replace

from linewatch.force.explain import Explanation, explained
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.force.values import PEOPLE, STATUSES
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval
from linewatch.plan.scopes import Scope, ScopeLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineExplained:
    """One line of a cost and the entries behind its days.

    Parameters
    ----------
    line : ScopeLine
        The line.
    days : tuple of Explanation
        The entries behind its days; one for each status, for a line that prices all.
    price : Interval
        Price of a day [currency].
    """

    line: ScopeLine
    days: tuple[Explanation, ...]
    price: Interval

    @property
    def count(self) -> int:
        """The line's days."""
        return sum(one.total for one in self.days)

    @property
    def money(self) -> Interval:
        """The line's money."""
        return Interval.exactly(self.count) * self.price


def cost_explained(
    ledger: Ledger, factors: Factors, scope: Scope, question: Question
) -> tuple[LineExplained, ...]:
    """Return the entries behind a cost, by line of its scope.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    factors : Factors
        Prices.
    scope : Scope
        The scope that the question names.
    question : Question
        The cost's total, as a report prints it.

    Raises
    ------
    UnknownName
        If the ledger lacks a name.
    """
    return tuple(
        LineExplained(
            line=line,
            days=tuple(
                explained(ledger, part) for part in _parts(question, line, ledger.items)
            ),
            price=factors.interval(line.factor),
        )
        for line in scope.inside
    )


def _parts(
    question: Question, line: ScopeLine, items: tuple[str, ...]
) -> list[Question]:
    """Return the questions whose days a line prices, within the one that is asked."""
    if line.item not in items:
        return []
    asked = replace(question, what="days", scope="")
    if line.item != PEOPLE:
        whole = question.item == PEOPLE and question.status is None
        if question.item == line.item or whole:
            return [replace(asked, item=line.item)]
        return []
    if question.item != PEOPLE:
        return []
    statuses = (line.status,) if line.status else STATUSES
    return [
        replace(asked, status=status)
        for status in statuses
        if question.status in {None, status}
    ]
