"""Variables of a schedule in CP-SAT: one start a task, one literal a mode."""

from dataclasses import dataclass

from ortools.sat.python import cp_model

from linewatch.plan.rcpsp.data import Mode, Project, Task
from linewatch.plan.rcpsp.result import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskVariables:
    """Variables of one task.

    Parameters
    ----------
    start, span, end : IntVar
        Its start, span and end [periods].
    chosen : tuple of literals
        One a mode; exactly one is true.
    """

    start: cp_model.IntVar
    span: cp_model.IntVar
    end: cp_model.IntVar
    chosen: tuple[cp_model.IntVar, ...]


class Variables:
    """All variables of a project, on one model.

    Parameters
    ----------
    project : Project
        What is to be scheduled.
    horizon : int
        Latest end of any task.
    """

    def __init__(self, project: Project, horizon: int) -> None:
        self.project = project
        self.horizon = horizon
        self.model = cp_model.CpModel()
        self.tasks = tuple(
            self._task(at, task) for at, task in enumerate(project.tasks)
        )

    def _task(self, at: int, task: Task) -> TaskVariables:
        """Make the variables of one task."""
        model = self.model
        start = model.new_int_var(0, self.horizon, f"start {at}")
        end = model.new_int_var(0, self.horizon, f"end {at}")
        chosen = tuple(
            model.new_bool_var(f"mode {at} {which}") for which in range(len(task.modes))
        )
        spans = cp_model.Domain.from_values([mode.span for mode in task.modes])
        span = model.new_int_var_from_domain(spans, f"span {at}")
        return TaskVariables(start=start, span=span, end=end, chosen=chosen)

    def late(self, at: int) -> cp_model.IntVar:
        """Make the number of periods that a task is late."""
        task, made = self.project.tasks[at], self.tasks[at]
        late = self.model.new_int_var(0, self.horizon, f"late {at}")
        self.model.add(late >= made.end - (task.due or 0))
        return late

    def hint(self, choices: tuple[Choice, ...]) -> None:
        """Tell the solver a schedule to start from."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]
        for task, made, choice in zip(
            self.project.tasks, self.tasks, choices, strict=True
        ):
            self.model.add_hint(made.start, choice.start)
            self.model.add_hint(made.span, choice.mode.span)
            self.model.add_hint(made.end, choice.end)
            for mode, literal in zip(task.modes, made.chosen, strict=True):
                self.model.add_hint(literal, mode is choice.mode)

    def read(self, solver: cp_model.CpSolver) -> tuple[Choice, ...]:
        """Read the schedule that the solver found."""
        return tuple(
            Choice(
                mode=_chosen(task.modes, made.chosen, solver),
                start=solver.value(made.start),
            )
            for task, made in zip(self.project.tasks, self.tasks, strict=True)
        )


def _chosen(
    modes: tuple[Mode, ...],
    literals: tuple[cp_model.IntVar, ...],
    solver: cp_model.CpSolver,
) -> Mode:
    """Return the mode whose literal is true."""
    pairs = zip(modes, literals, strict=True)
    return next(mode for mode, literal in pairs if solver.boolean_value(literal))
