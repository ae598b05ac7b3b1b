"""Rules of a schedule: one rule of the world, one method, one name."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from ortools.sat.python import cp_model

from linewatch.plan.rcpsp.data import Project, Resource, Use
from linewatch.plan.rcpsp.variables import Variables


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that an impossible plan may name.

    Parameters
    ----------
    kind : {'deadline', 'order', 'resource', 'stock'}
        Which method states it.
    index : int
        Of the resource, stock or order; 0 for the deadline.
    said : str
        The rule in words.
    """

    kind: str
    index: int
    said: str


def rules_of(project: Project) -> tuple[Rule, ...]:
    """Return every rule of a project that could be relaxed, the widest first."""
    tasks = project.tasks
    return (
        *(
            Rule(
                kind="order",
                index=at,
                said=f"{tasks[order.after].name} after {tasks[order.before].name}",
            )
            for at, order in enumerate(project.orders)
        ),
        *(
            Rule(kind="stock", index=at, said=stock.name)
            for at, stock in enumerate(project.stocks)
        ),
        *(
            Rule(kind="resource", index=at, said=resource.name)
            for at, resource in enumerate(project.resources)
        ),
        Rule(kind="deadline", index=0, said=project.deadline_name),
    )


class Constraints:
    """States the rules on a model.

    Parameters
    ----------
    variables : Variables
        The variables they bind.
    rules : collection of Rule
        Those that hold; what is left out is free.
    """

    def __init__(self, variables: Variables, rules: Collection[Rule]) -> None:
        self._made = variables
        self._model = variables.model
        self._project = variables.project
        self._on = {(rule.kind, rule.index) for rule in rules}
        self._either: dict[tuple[int, tuple[int, ...]], cp_model.IntVar] = {}

    def state_all(self) -> None:
        """State every rule that is to hold."""
        self.each_task_has_one_mode_and_its_dates()
        if ("deadline", 0) in self._on:
            self.all_is_done_by_the_deadline()
        for at in range(len(self._project.orders)):
            if ("order", at) in self._on:
                self.what_must_follow_follows(at)
        for at in range(len(self._project.resources)):
            if ("resource", at) in self._on:
                self.no_resource_is_over_its_capacity(at)
                self.crews_have_time_to_travel(at)
        for at in range(len(self._project.stocks)):
            if ("stock", at) in self._on:
                self.no_stock_is_overdrawn(at)

    def each_task_has_one_mode_and_its_dates(self) -> None:
        """Choose one mode a task; it sets the span and the window of the start."""
        for task, made in zip(self._project.tasks, self._made.tasks, strict=True):
            self._model.add_exactly_one(made.chosen)
            self._model.add(made.start >= task.earliest)
            self._model.add(made.end == made.start + made.span)
            for mode, chosen in zip(task.modes, made.chosen, strict=True):
                span = self._model.add(made.span == mode.span)
                span.only_enforce_if(chosen)
                if mode.first > task.earliest:
                    opens = self._model.add(made.start >= mode.first)
                    opens.only_enforce_if(chosen)
                if mode.last is not None:
                    closes = self._model.add(made.start <= mode.last)
                    closes.only_enforce_if(chosen)

    def all_is_done_by_the_deadline(self) -> None:
        """No task ends after the deadline."""
        for made in self._made.tasks:
            self._model.add(made.end <= self._project.deadline)

    def what_must_follow_follows(self, at: int) -> None:
        """Let a follower wait for the end of what comes before it."""
        order = self._project.orders[at]
        before, after = self._made.tasks[order.before], self._made.tasks[order.after]
        self._model.add(after.start >= before.end + order.wait)

    def no_resource_is_over_its_capacity(self, at: int) -> None:
        """In no period is more used of a resource than is there."""
        resource = self._project.resources[at]
        blocks = _blocks(resource, self._made.horizon)
        intervals: list[cp_model.IntervalVar] = [
            self._model.new_fixed_size_interval_var(start, length, f"less {at} {start}")
            for start, length, _ in blocks
        ]
        amounts = [amount for _, _, amount in blocks]
        for task in range(len(self._project.tasks)):
            for interval, amount in self._intervals(task, at):
                intervals.append(interval)
                amounts.append(amount)
        self._model.add_cumulative(intervals, amounts, resource.most)

    def crews_have_time_to_travel(self, at: int) -> None:
        """Of two tasks of one crew, one ends a journey before the other starts."""
        for setup in self._project.setups:
            if setup.resource != at:
                continue
            served = [
                (task, self._any(task, [mode for mode, _ in uses]))
                for task in range(len(self._project.tasks))
                if (uses := self._uses(task, at))
            ]
            for spot, one in enumerate(served):
                for other in served[spot + 1 :]:
                    self._one_goes_first(setup.gap, one, other)

    def no_stock_is_overdrawn(self, at: int) -> None:
        """Let tasks draw no more by any time than was delivered by then."""
        times: list[cp_model.LinearExprT] = []
        changes: list[int] = []
        for when, amount in self._project.stocks[at].deliveries:
            times.append(when)
            changes.append(amount)
        for task, made in zip(self._project.tasks, self._made.tasks, strict=True):
            for draw in task.draws:
                if draw.stock == at and draw.amount:
                    times.append(made.start)
                    changes.append(-draw.amount)
        if any(change < 0 for change in changes):
            self._model.add_reservoir_constraint(times, changes, 0, _PLENTY)

    def _one_goes_first(
        self,
        gap: tuple[tuple[int, ...], ...],
        one: tuple[int, cp_model.IntVar],
        other: tuple[int, cp_model.IntVar],
    ) -> None:
        """Keep two tasks apart if one crew does both."""
        (left, here), (right, there) = one, other
        first, second = self._made.tasks[left], self._made.tasks[right]
        leads = self._model.new_bool_var(f"{left} leads {right}")
        goes = self._model.add(second.start >= first.end + gap[left][right])
        goes.only_enforce_if(leads, here, there)
        comes = self._model.add(first.start >= second.end + gap[right][left])
        comes.only_enforce_if(~leads, here, there)

    def _uses(self, task: int, resource: int) -> list[tuple[int, Use]]:
        """Return (mode, use) of a task's modes that use a resource."""
        return [
            (which, use)
            for which, mode in enumerate(self._project.tasks[task].modes)
            for use in mode.uses
            if use.resource == resource and use.amount and use.length
        ]

    def _intervals(
        self, task: int, resource: int
    ) -> list[tuple[cp_model.IntervalVar, int]]:
        """Return (interval, amount) of what a task may use of a resource.

        Modes that use the resource alike over their whole span share an interval whose
        size is the task's: works have a mode for each length that a season gives them.
        """
        made = self._made.tasks[task]
        modes = self._project.tasks[task].modes
        whole: dict[int, list[int]] = {}
        found: list[tuple[cp_model.IntervalVar, int]] = []
        for mode, use in self._uses(task, resource):
            if use.length == modes[mode].span and mode not in whole.get(use.amount, []):
                whole.setdefault(use.amount, []).append(mode)
                continue
            name = f"use {task} {mode} {resource} {use.start}"
            interval = self._model.new_optional_fixed_size_interval_var(
                made.start + use.start, use.length, made.chosen[mode], name
            )
            found.append((interval, use.amount))
        for amount, alike in whole.items():
            interval = self._model.new_optional_interval_var(
                made.start,
                self._span(task, alike),
                made.end,
                self._any(task, alike),
                f"use {task} {resource} {amount}",
            )
            found.append((interval, amount))
        return found

    def _span(self, task: int, modes: list[int]) -> cp_model.LinearExprT:
        """Return the span of a task in one of these modes."""
        spans = {self._project.tasks[task].modes[mode].span for mode in modes}
        return spans.pop() if len(spans) == 1 else self._made.tasks[task].span

    def _any(self, task: int, modes: list[int]) -> cp_model.IntVar:
        """Return a literal that is true when one of these modes is chosen."""
        chosen = self._made.tasks[task].chosen
        key = (task, tuple(modes))
        if len(modes) == 1:
            return chosen[modes[0]]
        if key not in self._either:
            either = self._model.new_bool_var(f"modes {task} {modes[0]} to {modes[-1]}")
            self._model.add(sum(chosen[mode] for mode in modes) == either)
            self._either[key] = either
        return self._either[key]


_PLENTY: Final = 2**40
"""More than any stock holds."""


def _blocks(resource: Resource, horizon: int) -> list[tuple[int, int, int]]:
    """Return (start, length, amount) of what is missing from the most there ever is."""
    steps = resource.steps
    if steps[0][0] > 0:
        steps = ((0, 0), *steps)
    ends = [start for start, _ in steps[1:]] + [max(horizon, steps[-1][0])]
    return [
        (start, end - start, resource.most - capacity)
        for (start, capacity), end in zip(steps, ends, strict=True)
        if end > start and capacity < resource.most
    ]
