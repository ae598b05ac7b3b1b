"""Data of a schedule: tasks with modes, and what limits them.

The problem is the multi-mode resource-constrained project scheduling problem (Talbot
1982, doi:10.1287/mnsc.28.10.1197) with four additions that plans of people and works
need: a mode may use a resource during a part of its span only, capacity may change with
time, a crew needs time to get from one work to the next, and stock arrives by dates.
Time is in whole periods from 0, for our plans days.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from linewatch.errors import BadValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A mode's use of a resource: `amount` from `start` on, `length` periods long."""

    resource: int
    amount: int
    start: int
    length: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mode:
    """One way to do a task.

    Parameters
    ----------
    name : str
        What to call it.
    span : int
        Periods from the task's start to its end, 0 or more.
    uses : tuple of Use, optional
        What it needs while it lasts.
    cost : int, optional
        What it costs, in any unit that the whole project shares.
    first, last : int, optional
        Earliest and latest start that the mode allows.
    """

    name: str
    span: int
    uses: tuple[Use, ...] = ()
    cost: int = 0
    first: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """An `amount` that a task takes out of a stock when it starts."""

    stock: int
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is to be done, in one of its modes.

    Parameters
    ----------
    name : str
        What to call it.
    modes : tuple of Mode
        The ways to do it, at least one.
    earliest : int, optional
        First period in which it may start.
    due : int, optional
        Period by whose beginning it should have ended; each period later is one late.
    weight : int, optional
        How much a period late, or a period at all, counts.
    draws : tuple of Draw, optional
        What it takes from stock.
    """

    name: str
    modes: tuple[Mode, ...]
    earliest: int = 0
    due: int | None = None
    weight: int = 1
    draws: tuple[Draw, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A renewable resource: so much of it is there in every period.

    Parameters
    ----------
    name : str
        The limit in words, as an impossible plan tells it.
    steps : tuple of (int, int)
        (first period, capacity from then on), by period; 0 before the first.
    """

    name: str
    steps: tuple[tuple[int, int], ...]

    @property
    def most(self) -> int:
        """Largest capacity at any time."""
        return max(capacity for _, capacity in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """Material that arrives by dates and is used up.

    Parameters
    ----------
    name : str
        The limit in words.
    deliveries : tuple of (int, int)
        (period, amount) of each delivery.
    """

    name: str
    deliveries: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`after` starts at least `wait` periods after `before` has ended."""

    before: int
    after: int
    wait: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A crew that does one task at a time and needs time between two.

    Parameters
    ----------
    resource : int
        The crew, a resource of capacity 1.
    gap : tuple of tuple of int
        ``gap[i][j]`` periods between the end of task i and the start of task j.
    """

    resource: int
    gap: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All of it.

    Parameters
    ----------
    tasks : tuple of Task
        What is to be done, every one.
    resources, stocks : tuple, optional
        What limits it.
    orders, setups : tuple, optional
        What must follow what, and at what distance.
    deadline : int
        Period by whose beginning all must have ended.
    deadline_name : str, optional
        The deadline in words.

    Raises
    ------
    BadValue
        If an index points nowhere, a number is negative, a task has no mode, a crew is
        not a crew, or the orders run in a ring.
    """

    tasks: tuple[Task, ...]
    deadline: int
    resources: tuple[Resource, ...] = ()
    stocks: tuple[Stock, ...] = ()
    orders: tuple[Order, ...] = ()
    setups: tuple[Setup, ...] = ()
    deadline_name: str = "all done by the deadline"
    sequence: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        _must("deadline", "0 or more", self.deadline, holds=self.deadline >= 0)
        for task in self.tasks:
            _check_task(task, len(self.resources), len(self.stocks))
        for resource in self.resources:
            _check_resource(resource)
        for order in self.orders:
            inside = {order.before, order.after} <= set(range(len(self.tasks)))
            _must("order", "between tasks that exist", order, holds=inside)
            _must("order's wait", "0 or more", order.wait, holds=order.wait >= 0)
        for setup in self.setups:
            inside = 0 <= setup.resource < len(self.resources)
            crew = inside and self.resources[setup.resource].most <= 1
            _must("setup", "on a resource of capacity 1", setup.resource, holds=crew)
        object.__setattr__(self, "sequence", _sequence(len(self.tasks), self.orders))

    @property
    def long_enough(self) -> int:
        """A period by which all tasks could end one after the other, limits aside."""
        opens = [step for resource in self.resources for step, _ in resource.steps]
        opens += [when for stock in self.stocks for when, _ in stock.deliveries]
        opens += [task.earliest for task in self.tasks]
        opens += [mode.first for task in self.tasks for mode in task.modes]
        spans = sum(max(mode.span for mode in task.modes) for task in self.tasks)
        waits = sum(order.wait for order in self.orders)
        gaps = max((g for s in self.setups for row in s.gap for g in row), default=0)
        return max(opens, default=0) + spans + waits + gaps * len(self.tasks)


def _must(name: str, rule: str, got: object, *, holds: bool) -> None:
    """Refuse a value that breaks its rule."""
    if not holds:
        raise BadValue(name, rule, got)


def _check_task(task: Task, resources: int, stocks: int) -> None:
    """Refuse a task whose numbers or indices cannot be."""
    _must(f"modes of {task.name}", "at least one", 0, holds=bool(task.modes))
    _must(f"weight of {task.name}", "0 or more", task.weight, holds=task.weight >= 0)
    early = task.earliest
    _must(f"earliest of {task.name}", "0 or more", early, holds=early >= 0)
    for mode in task.modes:
        told = f"mode {mode.name} of {task.name}"
        fine = mode.span >= 0 and mode.cost >= 0 and mode.first >= 0
        _must(told, "of span, cost and first start 0 or more", mode, holds=fine)
        for use in mode.uses:
            inside = 0 <= use.resource < resources
            fits = use.start >= 0 and 0 <= use.length <= mode.span - use.start
            rule = "of a resource that exists, within the span"
            _must(f"use in {told}", rule, use, holds=inside and fits)
            _must(f"use in {told}", "of 0 or more", use, holds=use.amount >= 0)
    for draw in task.draws:
        fine = 0 <= draw.stock < stocks and draw.amount >= 0
        _must(f"draw of {task.name}", "on a stock that exists", draw, holds=fine)


def _check_resource(resource: Resource) -> None:
    """Refuse a resource whose steps are out of order or negative."""
    starts = [start for start, _ in resource.steps]
    fine = bool(starts) and starts == sorted(set(starts)) and starts[0] >= 0
    least = min((capacity for _, capacity in resource.steps), default=-1)
    rule = "steps by period with capacities of 0 or more"
    _must(resource.name, rule, resource.steps, holds=fine and least >= 0)


def _sequence(size: int, orders: Iterable[Order]) -> tuple[int, ...]:
    """Return the tasks in an order that no rule of precedence turns round."""
    followers: list[list[int]] = [[] for _ in range(size)]
    waiting = [0] * size
    for order in orders:
        followers[order.before].append(order.after)
        waiting[order.after] += 1
    ready = [at for at in range(size) if not waiting[at]]
    found: list[int] = []
    while ready:
        at = ready.pop(0)
        found.append(at)
        for after in followers[at]:
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    _must("orders", "free of rings", "a ring", holds=len(found) == size)
    return tuple(found)
