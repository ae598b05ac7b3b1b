"""Schedules the plain way: each rule checked by period, each schedule tried."""

from collections.abc import Iterator, Sequence
from itertools import product

from linewatch.plan.rcpsp import Choice, Goal, Project, Resource


def capacity(resource: Resource, period: int) -> int:
    """Return the capacity in one period, the way a person reads the steps."""
    held = 0
    for start, amount in resource.steps:
        if start <= period:
            held = amount
    return held


def faults(project: Project, choices: Sequence[Choice]) -> list[str]:
    """Return every rule that a schedule breaks."""
    return [
        *_dates(project, choices),
        *_orders(project, choices),
        *_capacities(project, choices),
        *_crews(project, choices),
        *_stocks(project, choices),
    ]


def _dates(project: Project, choices: Sequence[Choice]) -> Iterator[str]:
    for task, choice in zip(project.tasks, choices, strict=True):
        if choice.start < task.earliest or choice.start < choice.mode.first:
            yield f"{task.name} too early"
        if choice.mode.last is not None and choice.start > choice.mode.last:
            yield f"{task.name} past its window"
        if choice.start + choice.mode.span > project.deadline:
            yield f"{task.name} past the deadline"


def _orders(project: Project, choices: Sequence[Choice]) -> Iterator[str]:
    for order in project.orders:
        before, after = choices[order.before], choices[order.after]
        if after.start < before.start + before.mode.span + order.wait:
            yield f"{order} turned round"


def _capacities(project: Project, choices: Sequence[Choice]) -> Iterator[str]:
    for which, resource in enumerate(project.resources):
        for period in range(project.deadline):
            used = sum(
                use.amount
                for choice in choices
                for use in choice.mode.uses
                if use.resource == which
                and 0 <= period - choice.start - use.start < use.length
            )
            if used > capacity(resource, period):
                yield f"{resource.name} over in {period}"


def _crews(project: Project, choices: Sequence[Choice]) -> Iterator[str]:
    for setup in project.setups:
        served = [
            at for at, one in enumerate(choices) if setup.resource in one.resources
        ]
        for one in served:
            for other in served:
                first, second = choices[one], choices[other]
                if one < other:
                    there = second.start - first.end >= setup.gap[one][other]
                    back = first.start - second.end >= setup.gap[other][one]
                    if not (there or back):
                        yield f"{one} and {other} too near"


def _stocks(project: Project, choices: Sequence[Choice]) -> Iterator[str]:
    for which, stock in enumerate(project.stocks):
        for period in range(project.deadline + 1):
            there = sum(amount for when, amount in stock.deliveries if when <= period)
            gone = sum(
                draw.amount
                for task, choice in zip(project.tasks, choices, strict=True)
                for draw in task.draws
                if draw.stock == which and choice.start <= period
            )
            if gone > there:
                yield f"{stock.name} overdrawn in {period}"


def value(project: Project, choices: Sequence[Choice], goal: Goal) -> int:
    """Return what a schedule makes of a goal."""
    total = 0
    for task, choice in zip(project.tasks, choices, strict=True):
        end = choice.start + choice.mode.span
        late = 0 if task.due is None else max(0, end - task.due)
        match goal:
            case Goal.LATENESS:
                total += task.weight * late
            case Goal.COST:
                total += choice.mode.cost
            case Goal.FINISH:
                total += task.weight * end
            case Goal.MAKESPAN:
                total = max(total, end)
    return total


def best(project: Project, goals: Sequence[Goal]) -> tuple[int, ...] | None:
    """Try every schedule; return the best values of the goals in their order."""
    options = [
        [
            Choice(mode=mode, start=start)
            for mode in task.modes
            for start in range(project.deadline + 1)
        ]
        for task in project.tasks
    ]
    found = (
        tuple(value(project, choices, goal) for goal in goals)
        for choices in product(*options)
        if not faults(project, choices)
    )
    return min(found, default=None)
