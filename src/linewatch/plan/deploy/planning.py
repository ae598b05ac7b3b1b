"""Planning a deployment, and laying it before those who decide."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from linewatch.errors import NoPlan
from linewatch.measure.clock import to_date
from linewatch.plan.cost import INCREMENTAL, Cost, CostLine
from linewatch.plan.deploy.data import DeployData
from linewatch.plan.deploy.project import Deployment, priced
from linewatch.plan.deploy.result import Arrival, DeployPlan, arrivals_of, holds_of
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval
from linewatch.plan.proposal import Ask, Pairing, Proposal, ProposalKind, checked
from linewatch.plan.rcpsp import Effort, Goal, Status, solve
from linewatch.plan.readiness import Readiness, Taken, assess
from linewatch.plan.readiness_tables import Levels, Tables


def plan_deploy(deploy: DeployData, factors: Factors) -> DeployPlan:
    """Plan who goes when and how, within lift and reception.

    Priority-weighted lateness first, then the price of the movement, then early arrival
    of many and urgent people.

    Parameters
    ----------
    deploy : DeployData
        Movements and limits.
    factors : Factors
        Prices.

    Returns
    -------
    DeployPlan
        The plan, with what holds each movement.

    Raises
    ------
    NoPlan
        If no plan keeps the rules, with the rules that clash; or if none was found
        within the effort.
    """
    project = Deployment(deploy, factors).project()
    result = solve(project, effort=Effort(steps=deploy.settings.effort))
    if result.status is Status.IMPOSSIBLE:
        raise NoPlan(result.clash)
    if result.status is Status.UNDECIDED:
        raise NoPlan((f"none found within effort {deploy.settings.effort:g}",))
    arrivals = arrivals_of(deploy, project, result.choices)
    return DeployPlan(
        status=result.status,
        start=deploy.start,
        in_place_by=to_date(deploy.settings.in_place_by),
        arrivals=arrivals,
        holds=holds_of(arrivals),
        late_weighted=result.values[Goal.LATENESS],
        late_bound=result.bounds[Goal.LATENESS],
    )


def cost_of(plan: DeployPlan, deploy: DeployData, factors: Factors) -> Cost:
    """Return what a deployment costs until the date that the settings name.

    Troop-days run from a movement's first day of loading: then the mission pays.
    """
    until = to_date(deploy.settings.cost_until)
    days = sum(
        a.movement.people * max(0, (until - a.departs).days + 1) for a in plan.arrivals
    )
    moved: dict[str, int] = {}
    for arrival in plan.arrivals:
        name, amount = priced(arrival.movement, arrival.mode)
        moved[name] = moved.get(name, 0) + amount
    lines = [_line("troop-days until " + str(until), "cost.troop_day", days, factors)]
    lines += [
        _line(
            "moved by " + name.split(".")[1].replace("_", " "),
            name,
            moved[name],
            factors,
        )
        for name in sorted(moved)
    ]
    return Cost.of(lines, scope=INCREMENTAL)


def propose_deploy(  # noqa: PLR0913  what a proposal rests on
    plan: DeployPlan,
    deploy: DeployData,
    factors: Factors,
    *,
    ask: Ask,
    made_s: float,
    tables: Tables | None = None,
) -> Proposal:
    """Lay a deployment before those who decide.

    Parameters
    ----------
    plan, deploy, factors
        The plan and what it was made from.
    ask : Ask
        The authority table.
    made_s : float
        When it is made [s].
    tables : Tables, optional
        States of the units that give; without it none is assessed.

    Raises
    ------
    Prohibited
        If a movement is for a task that is prohibited on any day from when it is in
        place until the date that the cost is told for.
    """
    until = to_date(deploy.settings.cost_until) + timedelta(days=1)
    found = readiness_of(plan, deploy, factors, tables)
    return Proposal(
        kind=ProposalKind.DEPLOY,
        made_s=made_s,
        summary=(
            f"{plan.people:,} people and {plan.pieces:,} pieces of kit in place by "
            f"{plan.complete_on}, {len(plan.arrivals)} movements from {plan.start}"
        ),
        checks=checked((_pairing(arrival, until) for arrival in plan.arrivals), ask),
        cost=cost_of(plan, deploy, factors),
        readiness=tuple(one.said for one in found),
        body={
            **deploy_words(plan),
            "until": deploy.settings.cost_until,
            "readiness": [one.to_dict() for one in found],
        },
    )


def readiness_of(
    plan: DeployPlan,
    deploy: DeployData,
    factors: Factors,
    tables: Tables | None = None,
) -> tuple[Readiness, ...]:
    """Return what a deployment does to the readiness of each unit that gives."""
    known = tables or Tables(levels=Levels(by_measure={}), states={})
    found = assess(taken_by(plan, deploy), known, factors)
    return tuple(
        replace(one, title=parent.title, required=parent.organic_people)
        if one.required is None and (parent := deploy.parents.get(one.parent))
        else one
        for one in found
    )


def taken_by(plan: DeployPlan, deploy: DeployData) -> tuple[Taken, ...]:
    """Return who is taken from which unit, from loading until the last day paid for."""
    until = to_date(deploy.settings.cost_until)
    return tuple(
        Taken(
            parent=arrival.movement.parent,
            people=arrival.movement.people,
            since=arrival.departs,
            until=max(until, arrival.departs),
        )
        for arrival in plan.arrivals
        if arrival.movement.people
    )


def deploy_words(plan: DeployPlan) -> dict[str, object]:
    """Return a plan as plain words and numbers, for JSON."""
    return {
        "status": plan.status.value,
        "start": plan.start.isoformat(),
        "in_place_by": plan.in_place_by.isoformat(),
        "complete_on": plan.complete_on.isoformat(),
        "people": plan.people,
        "pieces": plan.pieces,
        "late_weighted": plan.late_weighted,
        "late_bound": plan.late_bound,
        "weeks": [
            {
                "start": week.start.isoformat(),
                "people": week.people,
                "pieces": week.pieces,
                "people_so_far": week.people_so_far,
            }
            for week in plan.by_week()
        ],
        "days": [
            {"on": on.isoformat(), "people_in_place": people}
            for on, people in plan.by_day()
        ],
        "limits": [
            {
                "limit": hold.limit,
                "movements": list(hold.movements),
                "people": hold.people,
                "pieces": hold.pieces,
            }
            for hold in plan.holds
        ],
        "movements": _movement_words(plan.arrivals),
    }


def _movement_words(arrivals: Iterable[Arrival]) -> list[dict[str, object]]:
    """Return the movements as plain words and numbers."""
    return [
        {
            "movement": arrival.movement.movement,
            "unit": arrival.movement.unit,
            "parent": arrival.movement.parent,
            "task": arrival.movement.task,
            "status": arrival.movement.status,
            "people": arrival.movement.people,
            "pieces": arrival.movement.pieces,
            "kind": arrival.movement.kind,
            "mode": arrival.mode,
            "origin": arrival.movement.origin,
            "destination": arrival.movement.destination,
            "departs": arrival.departs.isoformat(),
            "arrives": arrival.arrives.isoformat(),
            "in_place": arrival.in_place.isoformat(),
            "required": arrival.movement.required.isoformat(),
            "days_late": arrival.days_late,
            "held_by": arrival.held_by,
        }
        for arrival in arrivals
    ]


def _pairing(arrival: Arrival, until: date) -> Pairing:
    """Return what a movement is for, where, from when and until when."""
    movement = arrival.movement
    return Pairing(
        task=movement.task,
        status=movement.status,
        place=movement.destination,
        base=movement.destination,
        on=arrival.in_place,
        until=until if arrival.in_place < until else None,
    )


def _line(name: str, factor: str, amount: float, factors: Factors) -> CostLine:
    """Make a line of a cost from a factor."""
    price = factors.of(factor)
    return CostLine(
        name=name,
        amount=Interval.exactly(amount),
        unit=price.unit.removeprefix("USD per "),
        price=price.interval,
        source=price.source,
    )
