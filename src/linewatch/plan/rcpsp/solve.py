"""Solving a schedule: a serial start, CP-SAT for each goal, then search or the clash.

Laborie, Rogerie, Shaw, Vilim 2018, doi:10.1007/s10601-018-9281-x, describe scheduling
by constraints with optional intervals, which is how the modes are stated here.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import le
from typing import Final

from ortools.sat.python import cp_model

from linewatch.errors import BadValue
from linewatch.plan.rcpsp.constraints import Constraints, Rule, rules_of
from linewatch.plan.rcpsp.data import Project
from linewatch.plan.rcpsp.improve import improve
from linewatch.plan.rcpsp.objective import expression, value
from linewatch.plan.rcpsp.result import Choice, Goal, Result, Status
from linewatch.plan.rcpsp.serial import serial_schedule
from linewatch.plan.rcpsp.variables import Variables

GOALS: Final = (Goal.LATENESS, Goal.COST, Goal.FINISH)
"""Late first, then dear, then slow."""


ROUNDS_PER_STEP: Final = 300
"""Rounds of improvement for each step of effort where a proof is out of reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to try.

    Parameters
    ----------
    steps : float
        CP-SAT's deterministic time for each goal: work done, not seconds, so that a
        loaded machine gives the same plan. A unit is about a second.
    seed : int
        Seed of the solver.

    Raises
    ------
    BadValue
        If the steps are not above 0.
    """

    steps: float = 10.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.steps > 0:
            raise BadValue("effort", "above 0", self.steps)


def solve(
    project: Project, goals: Sequence[Goal] = GOALS, effort: Effort | None = None
) -> Result:
    """Schedule a project.

    Parameters
    ----------
    project : Project
        What is to be scheduled.
    goals : sequence of Goal, optional
        What to make small, the first before the second.
    effort : Effort, optional
        How hard to try; the same effort gives the same answer.

    Returns
    -------
    Result
        Best or good with a choice a task, impossible with the clash, or undecided.
    """
    effort = effort or Effort()
    made = Variables(project, project.deadline)
    Constraints(made, rules_of(project)).state_all()
    choices = serial_schedule(project, goals)
    values: dict[Goal, int] = {}
    bounds: dict[Goal, int] = {}
    for goal in goals:
        aim = expression(goal, made)
        made.model.minimize(aim)
        if choices is not None:
            made.hint(choices)
        solver, answer = _run(made.model, effort)
        if answer == cp_model.INFEASIBLE:
            return Result(status=Status.IMPOSSIBLE, clash=clash(project, effort))
        if answer in _FOUND:
            choices = made.read(solver)
        elif choices is None:
            return Result(status=Status.UNDECIDED)
        if answer != cp_model.OPTIMAL:
            rounds = round(effort.steps * ROUNDS_PER_STEP)
            choices = improve(project, choices, goals, rounds=rounds, seed=effort.seed)
        values[goal] = value(goal, project, choices)
        bounds[goal] = _bound(solver, answer, values[goal])
        made.model.add(aim <= values[goal])
    proven = all(values[goal] == bounds[goal] for goal in goals)
    return Result(
        status=Status.BEST if proven else Status.GOOD,
        choices=choices or (),
        values={goal: value(goal, project, choices or ()) for goal in goals},
        bounds=bounds,
    )


def clash(project: Project, effort: Effort) -> tuple[str, ...]:
    """Return rules of an impossible project that cannot all hold, as few as found.

    Each rule in turn is left out for good if the rest stay impossible without it
    (deletion filter: Chinneck and Dravnieks 1991, doi:10.1287/ijoc.3.2.157). A rule
    whose trial is undecided is kept.
    """
    kept = list(rules_of(project))
    for rule in tuple(kept):
        rest = [other for other in kept if other is not rule]
        if _impossible(project, rest, effort):
            kept = rest
    return tuple(rule.said for rule in kept) or tuple(_without_a_start(project))


def _without_a_start(project: Project) -> Iterator[str]:
    """Name the tasks that have no start at all, whatever the rules between tasks."""
    for task in project.tasks:
        opens = [max(task.earliest, mode.first) for mode in task.modes]
        closes = [
            project.deadline - mode.span
            if mode.last is None
            else min(mode.last, project.deadline - mode.span)
            for mode in task.modes
        ]
        if not any(map(le, opens, closes)):
            yield f"{task.name} has no start within its windows and the deadline"


_FOUND: Final = (cp_model.OPTIMAL, cp_model.FEASIBLE)


def _impossible(project: Project, rules: Collection[Rule], effort: Effort) -> bool:
    """Prove that no schedule keeps these rules, within the effort."""
    free = all(rule.kind != "deadline" for rule in rules)
    horizon = max(project.long_enough, project.deadline) if free else project.deadline
    made = Variables(project, horizon)
    Constraints(made, rules).state_all()
    _, answer = _run(made.model, replace(effort, steps=effort.steps / 4))
    return answer == cp_model.INFEASIBLE


def _run(
    model: cp_model.CpModel, effort: Effort
) -> tuple[cp_model.CpSolver, cp_model.CpSolverStatus]:
    """Run the solver on one worker, so that the same model gives the same answer."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = effort.seed
    solver.parameters.max_deterministic_time = effort.steps
    return solver, solver.solve(model)


def _bound(
    solver: cp_model.CpSolver, answer: cp_model.CpSolverStatus, reached: int
) -> int:
    """Return the proven bound under a goal, rounded up as all values are whole."""
    if answer == cp_model.OPTIMAL:
        return reached
    if answer not in _FOUND:
        return 0
    return min(reached, int(-(-solver.best_objective_bound // 1)))


__all__ = ["GOALS", "Choice", "Effort", "clash", "solve"]
