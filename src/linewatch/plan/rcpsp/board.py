"""Board: what is scheduled so far, and the rule that stops one more from joining."""

import numpy as np
from numpy.typing import NDArray

from linewatch.plan.rcpsp.data import Mode, Project, Resource, Task
from linewatch.plan.rcpsp.result import Choice


class Board:
    """A schedule in the making.

    It knows the rules a second time, without the solver, so that a start can be made
    quickly, a solver's answer can be explained, and each can be held against the other.

    Parameters
    ----------
    project : Project
        What is to be scheduled.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self.choices: dict[int, Choice] = {}
        self._end = project.deadline
        size = len(project.resources)
        self._free: NDArray[np.int64] = np.zeros((size, self._end), dtype=np.int64)
        for row, resource in zip(self._free, project.resources, strict=True):
            row[:] = capacity_by_period(resource, self._end)
        self._stock: NDArray[np.int64] = np.zeros(
            (len(project.stocks), self._end + 1), dtype=np.int64
        )
        for level, stock in zip(self._stock, project.stocks, strict=True):
            for when, amount in stock.deliveries:
                level[when:] += amount

    def put(self, at: int, choice: Choice) -> None:
        """Put a task on the board, whether or not a rule speaks against it."""
        self._take(at, choice, 1)
        self.choices[at] = choice

    def lift(self, at: int) -> Choice:
        """Take a task off the board again."""
        choice = self.choices.pop(at)
        self._take(at, choice, -1)
        return choice

    def stopped_by(self, at: int, mode: Mode, start: int) -> str | None:
        """Name the first rule that stops a task from starting then; None if none does.

        Only tasks that are on the board are reckoned with.
        """
        task = self.project.tasks[at]
        return (
            self._by_its_dates(task, mode, start)
            or self._by_order(at, start, start + mode.span)
            or self._by_capacity(mode, start)
            or self._by_crew(at, mode, start)
            or self._by_stock(task, start)
        )

    def earliest(self, at: int, mode: Mode) -> int | None:
        """Return the earliest start that no rule stops; None if there is none."""
        task = self.project.tasks[at]
        last = self._end - mode.span
        if mode.last is not None:
            last = min(last, mode.last)
        for start in range(max(task.earliest, mode.first), last + 1):
            if self.stopped_by(at, mode, start) is None:
                return start
        return None

    def _by_its_dates(self, task: Task, mode: Mode, start: int) -> str | None:
        """Check the dates of the task and its mode."""
        if start < task.earliest:
            return f"{task.name} starts no earlier"
        if start < mode.first or (mode.last is not None and start > mode.last):
            return f"{mode.name} is not open then"
        if start + mode.span > self._end:
            return self.project.deadline_name
        return None

    def _by_order(self, at: int, start: int, end: int) -> str | None:
        """Check the tasks that must come before and after."""
        for order in self.project.orders:
            before = self.choices.get(order.before)
            after = self.choices.get(order.after)
            if order.after == at and before and start < before.end + order.wait:
                return f"after {self.project.tasks[order.before].name}"
            if order.before == at and after and after.start < end + order.wait:
                return f"before {self.project.tasks[order.after].name}"
        return None

    def _by_capacity(self, mode: Mode, start: int) -> str | None:
        """Check that every resource has room."""
        for use in mode.uses:
            begin = start + use.start
            room = self._free[use.resource, begin : begin + use.length]
            if use.length and room.min() < use.amount:
                return self.project.resources[use.resource].name
        return None

    def _by_crew(self, at: int, mode: Mode, start: int) -> str | None:
        """Check that each crew has time to come and to go on."""
        used = Choice(mode=mode, start=start).resources
        for setup in self.project.setups:
            if setup.resource not in used:
                continue
            for other, choice in self.choices.items():
                if setup.resource not in choice.resources:
                    continue
                comes = start >= choice.end + setup.gap[other][at]
                goes = choice.start >= start + mode.span + setup.gap[at][other]
                if not (comes or goes):
                    return self.project.resources[setup.resource].name
        return None

    def _by_stock(self, task: Task, start: int) -> str | None:
        """Check that the stock lasts, for those who draw later too."""
        for draw in task.draws:
            if self._stock[draw.stock, start:].min() < draw.amount:
                return self.project.stocks[draw.stock].name
        return None

    def _take(self, at: int, choice: Choice, sign: int) -> None:
        """Take what a choice uses, or give it back."""
        for use in choice.mode.uses:
            begin = choice.start + use.start
            room = self._free[use.resource, begin : begin + use.length]
            room -= sign * use.amount
        for draw in self.project.tasks[at].draws:
            self._stock[draw.stock, choice.start :] -= sign * draw.amount


def capacity_by_period(resource: Resource, periods: int) -> NDArray[np.int64]:
    """Return the capacity of a resource in each period, shape (periods,)."""
    capacity = np.zeros(periods, dtype=np.int64)
    for start, amount in resource.steps:
        capacity[start:] = amount
    return capacity
