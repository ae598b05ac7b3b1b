"""Book: an account beside its parts, the requests, the actuals and the claims."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Protocol

from linewatch.errors import BadValue
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.plan.account import Account, account, everyone, split
from linewatch.plan.actuals import (
    Actual,
    Comparison,
    Missing,
    compare,
    missing,
    overlaps,
)
from linewatch.plan.cost import Cost, CostLine
from linewatch.plan.cost_claims import CostClaim, Held, hold
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval
from linewatch.plan.scopes import Scope
from linewatch.plan.spread import Spread, spread

SPLITS: Final = ("line", "unit", "status", "month", "request")
"""What a book can be split by."""

METHOD: Final = (
    "intervals: every price at its worst at once, so the range is never too narrow"
)
"""How ranges are carried through, and why so."""


class Asked(Protocol):
    """A request for assistance, as `linewatch.force.request` makes it."""

    @property
    def id(self) -> str:
        """Return the name by which the ledger's entries cite it."""

    @property
    def capability(self) -> str:
        """Return what is asked for."""

    @property
    def status(self) -> str:
        """Return the duty status."""

    @property
    def number(self) -> int:
        """Return how many people are asked for."""

    @property
    def start(self) -> date:
        """Return its first day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A request with what was decided about it.

    Parameters
    ----------
    request : Asked
        What is asked.
    state : str
        Where it stands.
    people : int
        How many were granted; asked for, while nobody has decided.
    end : date
        Its last day, as extended.
    """

    request: Asked
    state: str
    people: int
    end: date


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCost:
    """What a request was estimated to cost, and what the ledger counts for it.

    Parameters
    ----------
    case : Case or None
        The request; None for the entries that cite none.
    estimate : Cost or None
        People times the days of its whole term.
    tracked : Account
        What entries that cite it come to in the period asked about.
    """

    case: Case | None
    estimate: Cost | None
    tracked: Account

    @property
    def name(self) -> str:
        """Name of the request; ``none`` for entries that cite none."""
        return "none" if self.case is None else self.case.request.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """A period's cost with all that it can be held against.

    Parameters
    ----------
    whole : Account
        Days and cost of the period.
    by : str
        What it is split by.
    parts : tuple of Account
        Its parts, which add up to it; none when split by line or request.
    requests : tuple of RequestCost
        By request, when split so.
    shared_days : int
        Troop-days of entries that cite more than one request: counted under each.
    spread : Spread or None
        The range by drawing, where it was asked for.
    comparisons : tuple of Comparison
        Actuals that share days with the period, each over its own days.
    missing : tuple of Missing
        Days of the period for which no actual was entered, by line.
    overlaps : tuple of (str, str)
        Actuals that share days: not to be added up.
    claims : tuple of Held
        Published sums beside the model.
    """

    whole: Account
    by: str
    parts: tuple[Account, ...]
    requests: tuple[RequestCost, ...]
    shared_days: int
    spread: Spread | None
    comparisons: tuple[Comparison, ...]
    missing: tuple[Missing, ...]
    overlaps: tuple[tuple[str, str], ...]
    claims: tuple[Held, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Books:
    """All that books are made from.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    factors : Factors
        Prices.
    scopes : mapping of str to Scope
        What a cost may count.
    actuals : tuple of Actual
        What was paid.
    claims : tuple of CostClaim
        Published sums.
    cases : tuple of Case
        Requests for assistance.
    """

    ledger: Ledger
    factors: Factors
    scopes: Mapping[str, Scope]
    actuals: tuple[Actual, ...] = ()
    claims: tuple[CostClaim, ...] = ()
    cases: tuple[Case, ...] = ()

    def book(
        self,
        asked: Question,
        scope: Scope,
        *,
        by: str = "line",
        draws: int = 0,
        seed: int = 0,
    ) -> Book:
        """Make the book of a period.

        Parameters
        ----------
        asked : Question
            The days: a question for ``days`` of people.
        scope : Scope
            What is counted.
        by : str, optional
            One of `SPLITS`.
        draws, seed : int, optional
            How often to draw the prices, and from which seed; 0 draws for none.

        Raises
        ------
        BadValue
            If `by` is none of them, or draws are out of bounds.
        UnknownName
            If the ledger lacks a name.
        """
        if by not in SPLITS:
            raise BadValue("split", f"one of {', '.join(SPLITS)}", by)
        whole = account(self.ledger, self.factors, scope, asked)
        parts: tuple[Account, ...] = ()
        if by in {"unit", "status", "month"}:
            parts = split(self.ledger, self.factors, scope, asked, by=by)
        requests = self._requests(whole) if by == "request" else ()
        cited = sum(one.tracked.troop_days for one in requests)
        since = asked.since or asked.on
        near = [
            one for one in self.actuals if one.since <= asked.on and since <= one.until
        ]
        all_of_it = asked.unit == "*" and asked.status is None and not asked.request
        return Book(
            whole=whole,
            by=by,
            parts=parts,
            requests=requests,
            shared_days=cited - whole.troop_days if requests else 0,
            spread=spread(whole.cost, draws=draws, seed=seed) if draws else None,
            comparisons=tuple(self._compared(near, scope, asked.known))
            if all_of_it
            else (),
            missing=missing(near, scope, since, asked.on) if all_of_it else (),
            overlaps=overlaps(near) if all_of_it else (),
            claims=tuple(hold(claim, self.factors) for claim in self.claims),
        )

    def _compared(
        self, actuals: Iterable[Actual], scope: Scope, known: date | None
    ) -> Iterable[Comparison]:
        """Hold each actual against the account of its own days."""
        for actual in actuals:
            asked = everyone(actual.since, actual.until, known)
            yield compare(actual, account(self.ledger, self.factors, scope, asked))

    def _requests(self, whole: Account) -> tuple[RequestCost, ...]:
        """Return the cost by request, and of entries that cite none of them."""
        found: list[RequestCost] = []
        for case in self.cases:
            asked = replace(whole.asked, request=case.request.id)
            found.append(
                RequestCost(
                    case=case,
                    estimate=self._estimate(case, whole.scope),
                    tracked=account(
                        self.ledger,
                        self.factors,
                        whole.scope,
                        asked,
                        name=case.request.id,
                    ),
                )
            )
        asked = replace(whole.asked, request=uncited([one.name for one in found]))
        rest = account(self.ledger, self.factors, whole.scope, asked, name="none")
        return (*found, RequestCost(case=None, estimate=None, tracked=rest))

    def _estimate(self, case: Case, scope: Scope) -> Cost:
        """Return what a request costs over its whole term, people alone."""
        days = case.people * ((case.end - case.request.start).days + 1)
        lines = [
            CostLine(
                name=line.line,
                amount=Interval.exactly(days),
                unit="troop-day",
                price=self.factors.interval(line.factor),
                source=self.factors.of(line.factor).source,
                factor=line.factor,
            )
            for line in scope.inside
            if line.item == "people" and line.status in {"", case.request.status}
        ]
        return Cost.of(lines, scope=scope.said)


def uncited(names: Sequence[str]) -> str:
    """Return what a question asks for entries that cite none of the requests."""
    return f"!{','.join(names)}" if names else ""
