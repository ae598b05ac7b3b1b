"""What commands about cost read: the books of a scenario and the days asked for."""

from datetime import date
from pathlib import Path

from linewatch.errors import BadValue
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.force.read import read_ledger
from linewatch.log import MissionLog
from linewatch.measure.clock import to_date
from linewatch.plan.actuals import read_actuals
from linewatch.plan.book import Books, Case
from linewatch.plan.cost_claims import read_cost_claims
from linewatch.plan.factors import read_factors
from linewatch.plan.scopes import read_scopes
from linewatch.scenario import Scenario

LAST_YEAR = 2199
"""Last year that a cost may run to: what follows from it must be a date as well."""


def books_of(
    mission: Scenario, *, ledger: Path | None = None, log: Path | None = None
) -> Books:
    """Read all that a scenario's costs are made from.

    Parameters
    ----------
    mission : Scenario
        The scenario.
    ledger : Path, optional
        Ledger to count instead of the scenario's.
    log : Path, optional
        Mission log that holds the requests for assistance.
    """
    held = ledger_of(mission, ledger)
    factors = read_factors(mission)
    scopes = read_scopes(mission, factors=factors.by_id)
    return Books(
        ledger=held,
        factors=factors,
        scopes=scopes,
        actuals=read_actuals(mission, scopes),
        claims=read_cost_claims(factors, mission),
        cases=cases_of(log),
    )


def ledger_of(mission: Scenario, ledger: Path | None) -> Ledger:
    """Read the ledger that was named, or the scenario's."""
    return read_ledger(ledger or mission.file("force", "ledger"))


def cases_of(log: Path | None) -> tuple[Case, ...]:
    """Read the requests of a mission log with what was decided about them."""
    if log is None:
        return ()
    from linewatch.force.request.case import KINDS, cases_in  # noqa: PLC0415

    with MissionLog.open_to_read(log) as opened:
        entries = opened.read(kinds=set(KINDS))
        cases = cases_in((one.time_s, one.kind, one.body) for one in entries)
    return tuple(
        Case(
            request=case.request,
            state=case.state.value,
            people=case.request.number if case.granted is None else case.granted,
            end=case.end,
        )
        for case in cases.values()
    )


def ask_for(
    mission: Scenario,
    *,
    since: str | None,
    until: str | None,
    known: date | None = None,
    unit: str = "*",
    status: str | None = None,
    request: str = "",
) -> Question:
    """Return the days asked for; the scenario tells those that were left out."""
    deploy = mission.table("plan").get("deploy", {})
    last = deploy.get("cost_until") if isinstance(deploy, dict) else None
    if until is None and last is None:
        raise BadValue(
            "--to", "given, or told by the scenario as cost_until", "neither"
        )
    end = to_date(until if until is not None else str(last))
    if end.year > LAST_YEAR:
        raise BadValue("last day", f"in {LAST_YEAR} or before", end)
    return Question(
        what="days",
        since=to_date(since if since is not None else mission.when("start")[:10]),
        on=end,
        known=known,
        unit=unit,
        status=status,
        request=request,
    )


def known_on(known: str | None) -> date | None:
    """Read the day by whose end things were known."""
    return None if known is None else to_date(known)
