"""Result of a schedule: what was chosen, and how good it is known to be."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from linewatch.plan.rcpsp.data import Mode


class Status(StrEnum):
    """How good an answer is."""

    BEST = "best"
    """Proven: nothing is better."""
    GOOD = "good"
    """It keeps the rules; better ones were not ruled out within the effort."""
    IMPOSSIBLE = "impossible"
    """Proven: nothing keeps the rules."""
    UNDECIDED = "undecided"
    """None was found and none was ruled out within the effort."""


class Goal(StrEnum):
    """What to make small; several are served one after the other."""

    LATENESS = "lateness"
    """Sum over tasks of weight times periods late."""
    COST = "cost"
    """Sum of the costs of the modes."""
    FINISH = "finish"
    """Sum over tasks of weight times end."""
    MAKESPAN = "makespan"
    """Latest end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What was chosen for a task: a mode and a start."""

    mode: Mode
    start: int

    @property
    def end(self) -> int:
        """The period by whose beginning it has ended."""
        return self.start + self.mode.span

    @property
    def resources(self) -> frozenset[int]:
        """The resources that the mode uses."""
        uses = self.mode.uses
        return frozenset(use.resource for use in uses if use.amount and use.length)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The answer to a project.

    Parameters
    ----------
    status : Status
        How good it is.
    choices : tuple of Choice, optional
        One a task; empty when there is none.
    values, bounds : mapping of Goal to int, optional
        Each goal as reached, and the proven bound under it.
    clash : tuple of str, optional
        When impossible: rules that cannot all hold, and of which any one may be dropped
        to leave the rest possible, as far as the effort could tell.
    """

    status: Status
    choices: tuple[Choice, ...] = ()
    values: Mapping[Goal, int] = field(default_factory=dict)
    bounds: Mapping[Goal, int] = field(default_factory=dict)
    clash: tuple[str, ...] = ()
