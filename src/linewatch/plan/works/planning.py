"""Planning works, and laying them before those who decide."""

from datetime import timedelta
from typing import Final

from linewatch.errors import NoPlan
from linewatch.plan.cost import Cost, CostLine
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval
from linewatch.plan.proposal import Ask, Pairing, Proposal, ProposalKind, checked
from linewatch.plan.rcpsp import Choice, Effort, Goal, Status, solve
from linewatch.plan.works.data import TASKS, Crew, Work, WorksData
from linewatch.plan.works.project import Works
from linewatch.plan.works.rates import Rates
from linewatch.plan.works.result import PlannedWork, WorksPlan, in_order

SCOPE: Final = (
    "incremental: material and crew troop-days, which a deployment counts too; "
    "no pay, travel, upkeep"
)
"""What the cost of works counts."""


def plan_works(works: WorksData, factors: Factors) -> WorksPlan:
    """Plan which crew builds what and when.

    Priority-weighted lateness first, then early finish of what is urgent.

    Parameters
    ----------
    works : WorksData
        What is to be built, by whom, of what.
    factors : Factors
        Rates and prices.

    Returns
    -------
    WorksPlan
        The plan, with both rates and the cost of every work.

    Raises
    ------
    NoPlan
        If no plan keeps the rules, with the rules that clash; or if none was found
        within the effort.
    """
    project = Works(works, factors).project()
    goals = (Goal.LATENESS, Goal.FINISH)
    result = solve(project, goals, Effort(steps=works.settings.effort))
    if result.status is Status.IMPOSSIBLE:
        raise NoPlan(result.clash)
    if result.status is Status.UNDECIDED:
        raise NoPlan((f"none found within effort {works.settings.effort:g}",))
    planned = [
        _planned(works, factors, work, choice)
        for work, choice in zip(works.works, result.choices, strict=True)
    ]
    return WorksPlan(
        status=result.status,
        start=works.start,
        rate=works.settings.rate,
        works=in_order(planned),
        late_weighted=result.values[Goal.LATENESS],
        late_bound=result.bounds[Goal.LATENESS],
    )


def propose_works(plan: WorksPlan, *, ask: Ask, made_s: float) -> Proposal:
    """Lay works before those who decide.

    Parameters
    ----------
    plan : WorksPlan
        The plan.
    ask : Ask
        The authority table.
    made_s : float
        When it is made [s].

    Raises
    ------
    Prohibited
        If a crew's status is prohibited from its work on any day of it.
    """
    lines = [line for planned in plan.works for line in planned.cost.lines]
    return Proposal(
        kind=ProposalKind.WORKS,
        made_s=made_s,
        summary=(
            f"{len(plan.works)} works along {plan.length_m / 1000:,.1f} km, "
            f"finished by {plan.finish} at the {plan.rate.replace('_', '-')} rate"
        ),
        checks=checked((_pairing(planned) for planned in plan.works), ask),
        cost=Cost.of(lines, scope=SCOPE),
        readiness=_readiness(plan),
        body=works_words(plan),
    )


def works_words(plan: WorksPlan) -> dict[str, object]:
    """Return a plan as plain words and numbers, for JSON."""
    return {
        "status": plan.status.value,
        "start": plan.start.isoformat(),
        "finish": plan.finish.isoformat(),
        "rate": plan.rate,
        "length_m": plan.length_m,
        "late_weighted": plan.late_weighted,
        "late_bound": plan.late_bound,
        "weeks": [
            {"start": start.isoformat(), "metres": round(metres, 1)}
            for start, metres in plan.metres_by_week()
        ],
        "works": [_words(planned) for planned in plan.works],
    }


def _planned(
    works: WorksData, factors: Factors, work: Work, choice: Choice
) -> PlannedWork:
    """Read what was chosen for a work."""
    crew = next(crew for crew in works.crews if crew.crew == choice.mode.name)
    finish = works.start + timedelta(days=choice.end - 1)
    rates = Rates(factors=factors, lat_deg=works.lat_deg)
    each = {
        rate: rates.metres_per_day(work.kind, people=crew.people, rate=rate)
        for rate in ("all_in", "productive")
    }
    return PlannedWork(
        work=work,
        crew=crew,
        start=works.start + timedelta(days=choice.start),
        finish=finish,
        metres_per_day=work.length_m / choice.mode.span,
        all_in_m_per_day=each["all_in"],
        productive_m_per_day=each["productive"],
        days_late=max(0, (finish - work.due).days),
        cost=_cost(factors, work, crew, choice.mode.span, each[works.settings.rate]),
    )


def _cost(factors: Factors, work: Work, crew: Crew, days: int, daily: Interval) -> Cost:
    """Return what a work costs: its crew for as long as it takes, and its material.

    Days stretch with the range of the rate: slow work is dear work.
    """
    troop_day = factors.of("cost.troop_day")
    material = factors.of(f"{work.kind}.usd_per_m")
    stretched = Interval(
        low=days * daily.best / daily.high,
        best=days,
        high=days * daily.best / daily.low,
    )
    lines = (
        CostLine(
            name=f"{work.work} crew {crew.crew}",
            amount=stretched * Interval.exactly(crew.people),
            unit="troop-day",
            price=troop_day.interval,
            source=troop_day.source,
        ),
        CostLine(
            name=f"{work.work} {work.kind.replace('_', ' ')} material",
            amount=Interval.exactly(work.length_m),
            unit="m",
            price=material.interval,
            source=material.source,
        ),
    )
    return Cost.of(lines, scope=SCOPE)


def _pairing(planned: PlannedWork) -> Pairing:
    """Return who does which task, where, from when and until when."""
    work = planned.work
    return Pairing(
        task=TASKS[work.kind],
        status=planned.crew.status,
        place=f"km {work.from_km:g} to {work.to_km:g}",
        on=planned.start,
        until=planned.finish + timedelta(days=1),
        zone=work.zone,
        from_m=work.from_km * 1000,
        to_m=work.to_km * 1000,
    )


def _readiness(plan: WorksPlan) -> tuple[str, ...]:
    """Say how long each crew is bound."""
    said: list[str] = []
    for crew in sorted({planned.crew.crew for planned in plan.works}):
        own = [planned for planned in plan.works if planned.crew.crew == crew]
        people, unit = own[0].crew.people, own[0].crew.unit
        days = sum(planned.days for planned in own)
        last = max(planned.finish for planned in own)
        said.append(f"{unit}: {people} people at work {days} days, until {last}")
    return tuple(said)


def _words(planned: PlannedWork) -> dict[str, object]:
    """Return a planned work as plain words and numbers."""
    work, cost = planned.work, planned.cost
    return {
        "work": work.work,
        "kind": work.kind,
        "from_km": work.from_km,
        "to_km": work.to_km,
        "crew": planned.crew.crew,
        "unit": planned.crew.unit,
        "people": planned.crew.people,
        "task": TASKS[work.kind],
        "status": planned.crew.status,
        "start": planned.start.isoformat(),
        "finish": planned.finish.isoformat(),
        "due": work.due.isoformat(),
        "days_late": planned.days_late,
        "metres_per_day": round(planned.metres_per_day, 1),
        "all_in_m_per_day": round(planned.all_in_m_per_day.best, 1),
        "productive_m_per_day": round(planned.productive_m_per_day.best, 1),
        "cost": {
            "low": cost.low,
            "best": cost.best,
            "high": cost.high,
            "currency": cost.currency,
            "scope": cost.scope,
        },
    }
