"""Readiness by the ledger: what is taken from whom, for all or for one request."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from linewatch.force.explain import amounts_of
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.plan.decision import Office
from linewatch.plan.factors import Factors
from linewatch.plan.proposal import ProposalKind
from linewatch.plan.readiness import Readiness, Taken, assess
from linewatch.plan.readiness_tables import Finding, Tables, UnitState


def taken_in(  # noqa: PLR0913  a total has that many sides
    ledger: Ledger,
    states: Mapping[str, UnitState],
    *,
    since: date,
    until: date,
    known: date | None = None,
    request: str = "",
) -> tuple[Taken, ...]:
    """Return whom the ledger says is taken from which unit in a period.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    states : mapping of str to UnitState
        Units that give; each names the units of the ledger that come from it. A unit
        of the ledger that none names stands for itself, and is not assessed.
    since, until : date
        The period. People count from the first day of it on which they are approved.
    known : date, optional
        Count only what was known by the end of this day.
    request : str, optional
        Only entries that cite this request for assistance.
    """
    givers = {name: one.parent for one in states.values() for name in one.units}
    asked = Question(what="approved", on=until, known=known, request=request)
    posted = ledger.postings
    rows, amounts = amounts_of(ledger, asked)
    people: dict[int, int] = {}
    first: dict[int, int] = {}
    for row, amount in zip(rows.tolist(), amounts.tolist(), strict=True):
        unit = int(posted.unit[row])
        people[unit] = people.get(unit, 0) + amount
        first.setdefault(unit, int(posted.on[row]))
    return tuple(
        Taken(
            parent=givers.get(ledger.units[unit].name, ledger.units[unit].name),
            people=number,
            since=max(since, date.fromordinal(first[unit])),
            until=until,
        )
        for unit, number in people.items()
        if number > 0
    )


def readiness_of_request(  # noqa: PLR0913  what the gate rests on
    request: str,
    *,
    since: date,
    until: date,
    ledger: Ledger,
    tables: Tables,
    factors: Factors,
    found: Finding | None = None,
) -> tuple[Readiness, ...]:
    """Return the readiness of the units whose entries cite a request.

    Parameters
    ----------
    request : str
        Id of the request.
    since, until : date
        Its term.
    ledger, tables, factors
        What readiness is worked out from.
    found : Finding, optional
        What an office that decides found on the request's readiness: it holds for every
        unit that gives.
    """
    taken = taken_in(ledger, tables.states, since=since, until=until, request=request)
    if found is not None:
        more = tuple(replace(found, parent=one.parent) for one in taken)
        tables = replace(tables, findings=(*tables.findings, *more))
    return assess(taken, tables, factors)


def entitled(office: str, chain: Iterable[Office]) -> bool:
    """Tell whether an office decides on deployments, and so may open the gate."""
    return any(
        one.office.casefold() == office.casefold()
        and ProposalKind.DEPLOY in one.may_decide
        for one in chain
    )
