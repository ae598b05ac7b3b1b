"""Result of works: who builds what, when, how fast and for how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linewatch.plan.cost import Cost
from linewatch.plan.interval import Interval
from linewatch.plan.rcpsp import Status
from linewatch.plan.works.data import Crew, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWork:
    """A work as planned.

    Parameters
    ----------
    work : Work
        What is built.
    crew : Crew
        By whom.
    start, finish : date
        First and last day of work.
    metres_per_day : float
        Length over days, as planned [m/day].
    all_in_m_per_day, productive_m_per_day : Interval
        What the crew makes in a full shift at the rate of whole missions, and at the
        rate of a crew at work [m/day].
    days_late : int
        Days after the due date.
    cost : Cost
        Crew and material.
    """

    work: Work
    crew: Crew
    start: date
    finish: date
    metres_per_day: float
    all_in_m_per_day: Interval
    productive_m_per_day: Interval
    days_late: int
    cost: Cost

    @property
    def days(self) -> int:
        """Days of work."""
        return (self.finish - self.start).days + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksPlan:
    """Works as planned.

    Parameters
    ----------
    status : Status
        Best or good: what cannot be planned has no plan.
    start : date
        Day 0 of the plan.
    rate : str
        Rate that set the dates.
    works : tuple of PlannedWork
        Every work, by start.
    late_weighted, late_bound : int
        Priority-weighted days late, and the proven bound under it.
    """

    status: Status
    start: date
    rate: str
    works: tuple[PlannedWork, ...]
    late_weighted: int
    late_bound: int

    @property
    def length_m(self) -> float:
        """Length of all works [m]."""
        return sum(planned.work.length_m for planned in self.works)

    @property
    def finish(self) -> date:
        """Last day of the last work."""
        return max((planned.finish for planned in self.works), default=self.start)

    def metres_by_week(self) -> tuple[tuple[date, float], ...]:
        """Return (first day of the week, metres finished in it) at even progress."""
        weeks: list[tuple[date, float]] = []
        week = self.start
        while self.works and week <= self.finish:
            end = week + timedelta(days=6)
            made = sum(_within(planned, week, end) for planned in self.works)
            weeks.append((week, made))
            week = end + timedelta(days=1)
        return tuple(weeks)


def _within(planned: PlannedWork, first: date, last: date) -> float:
    """Return the metres of a work finished from one day to another."""
    days = (min(planned.finish, last) - max(planned.start, first)).days + 1
    return planned.metres_per_day * max(0, days)


def in_order(works: Sequence[PlannedWork]) -> tuple[PlannedWork, ...]:
    """Return works by start, then by name."""
    return tuple(sorted(works, key=lambda planned: (planned.start, planned.work.work)))
