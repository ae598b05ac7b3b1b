"""Goals of a schedule as expressions of CP-SAT, and as numbers of a schedule."""

from collections.abc import Sequence
from typing import assert_never

from ortools.sat.python import cp_model

from linewatch.plan.rcpsp.data import Project
from linewatch.plan.rcpsp.result import Choice, Goal
from linewatch.plan.rcpsp.serial import periods_late
from linewatch.plan.rcpsp.variables import Variables


def expression(goal: Goal, made: Variables) -> cp_model.LinearExprT:
    """Return what is to be made small."""
    pairs = list(zip(made.project.tasks, made.tasks, strict=True))
    match goal:
        case Goal.LATENESS:
            return cp_model.LinearExpr.sum(
                [
                    made.late(at) * task.weight
                    for at, task in enumerate(made.project.tasks)
                    if task.due is not None and task.weight
                ]
            )
        case Goal.COST:
            return cp_model.LinearExpr.sum(
                [
                    chosen * mode.cost
                    for task, own in pairs
                    for mode, chosen in zip(task.modes, own.chosen, strict=True)
                    if mode.cost
                ]
            )
        case Goal.FINISH:
            return cp_model.LinearExpr.sum(
                [own.end * task.weight for task, own in pairs]
            )
        case Goal.MAKESPAN:
            latest = made.model.new_int_var(0, made.horizon, "latest end")
            for _, own in pairs:
                made.model.add(latest >= own.end)
            return latest
        case _:
            assert_never(goal)


def value(goal: Goal, project: Project, choices: Sequence[Choice]) -> int:
    """Return what a schedule makes of a goal."""
    pairs = list(zip(project.tasks, choices, strict=True))
    match goal:
        case Goal.LATENESS:
            return sum(
                task.weight * periods_late(task, choice) for task, choice in pairs
            )
        case Goal.COST:
            return sum(choice.mode.cost for choice in choices)
        case Goal.FINISH:
            return sum(task.weight * choice.end for task, choice in pairs)
        case Goal.MAKESPAN:
            return max((choice.end for choice in choices), default=0)
        case _:
            assert_never(goal)
