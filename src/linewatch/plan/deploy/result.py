"""Result of a deployment: who is in place when, and what held whom."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from linewatch.plan.deploy.data import DeployData, Movement
from linewatch.plan.rcpsp import Board, Choice, Project, Status

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A movement as planned.

    Parameters
    ----------
    movement : Movement
        What moves.
    mode : str
        How.
    departs, arrives, in_place : date
        First day of loading, first day of arrival, first day in place.
    days_late : int
        Days in place after the required date.
    held_by : str
        What keeps it from going a day earlier.
    """

    movement: Movement
    mode: str
    departs: date
    arrives: date
    in_place: date
    days_late: int
    held_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """People and pieces that come into place in a week, and all that are by its end."""

    start: date
    people: int
    pieces: int
    people_so_far: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A limit that keeps movements from going a day earlier, and whom it keeps."""

    limit: str
    movements: tuple[str, ...]
    people: int
    pieces: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployPlan:
    """A deployment as planned.

    Parameters
    ----------
    status : Status
        Best or good: what cannot be planned has no plan.
    start : date
        Day 0 of the plan.
    in_place_by : date
        Day by which all had to be in place.
    arrivals : tuple of Arrival
        Every movement, by the day that it is in place.
    holds : tuple of Hold
        What limits it, the one that keeps most people first.
    late_weighted, late_bound : int
        Priority-weighted lateness, and the proven bound under it.
    """

    status: Status
    start: date
    in_place_by: date
    arrivals: tuple[Arrival, ...]
    holds: tuple[Hold, ...]
    late_weighted: int
    late_bound: int

    @property
    def people(self) -> int:
        """All people that move."""
        return sum(arrival.movement.people for arrival in self.arrivals)

    @property
    def pieces(self) -> int:
        """All pieces that move."""
        return sum(arrival.movement.pieces for arrival in self.arrivals)

    @property
    def complete_on(self) -> date:
        """First day on which all are in place."""
        return max((a.in_place for a in self.arrivals), default=self.start)

    def people_in_place(self, on: date) -> int:
        """Return how many people are in place on a day."""
        return sum(a.movement.people for a in self.arrivals if a.in_place <= on)

    def by_day(self) -> tuple[tuple[date, int], ...]:
        """Return (day, people in place) for every day from the start to the last."""
        days = (self.complete_on - self.start).days + 1
        every = (self.start + timedelta(days=at) for at in range(days))
        return tuple((on, self.people_in_place(on)) for on in every)

    def by_week(self) -> tuple[Week, ...]:
        """Return the weeks from the start to the one in which all are in place."""
        weeks: list[Week] = []
        start = self.start
        while start <= self.complete_on:
            end = start + timedelta(days=DAYS_PER_WEEK)
            come = [a.movement for a in self.arrivals if start <= a.in_place < end]
            weeks.append(
                Week(
                    start=start,
                    people=sum(movement.people for movement in come),
                    pieces=sum(movement.pieces for movement in come),
                    people_so_far=self.people_in_place(end - timedelta(days=1)),
                )
            )
            start = end
        return tuple(weeks)


def arrivals_of(
    deploy: DeployData, project: Project, choices: Sequence[Choice]
) -> tuple[Arrival, ...]:
    """Read a schedule as arrivals with dates and reasons, by day in place."""
    board = Board(project)
    for at, choice in enumerate(choices):
        board.put(at, choice)
    found: list[Arrival] = []
    for at, (movement, choice) in enumerate(
        zip(deploy.movements, choices, strict=True)
    ):
        lane_days = _transit_days(deploy, movement, choice.mode.name)
        in_place = deploy.start + timedelta(days=choice.end)
        found.append(
            Arrival(
                movement=movement,
                mode=choice.mode.name,
                departs=deploy.start + timedelta(days=choice.start),
                arrives=deploy.start + timedelta(days=choice.start + lane_days),
                in_place=in_place,
                days_late=max(0, (in_place - movement.required).days),
                held_by=_held_by(board, at, choice),
            )
        )
    return tuple(sorted(found, key=lambda a: (a.in_place, a.movement.movement)))


def holds_of(arrivals: Sequence[Arrival]) -> tuple[Hold, ...]:
    """Gather the limits that hold movements, the one with most people first."""
    people: Counter[str] = Counter()
    pieces: Counter[str] = Counter()
    names: dict[str, list[str]] = {}
    for arrival in arrivals:
        people[arrival.held_by] += arrival.movement.people
        pieces[arrival.held_by] += arrival.movement.pieces
        names.setdefault(arrival.held_by, []).append(arrival.movement.movement)
    found = [
        Hold(
            limit=limit,
            movements=tuple(held),
            people=people[limit],
            pieces=pieces[limit],
        )
        for limit, held in names.items()
    ]
    return tuple(
        sorted(found, key=lambda hold: (-hold.people, -hold.pieces, hold.limit))
    )


def _held_by(board: Board, at: int, choice: Choice) -> str:
    """Say what stops a movement from going a day earlier, all others as planned."""
    board.lift(at)
    try:
        if choice.start <= board.project.tasks[at].earliest:
            return "its earliest date"
        told = board.stopped_by(at, choice.mode, choice.start - 1)
        return told or "nothing: it is as early as its cost and those before it allow"
    finally:
        board.put(at, choice)


def _transit_days(deploy: DeployData, movement: Movement, mode: str) -> int:
    """Return the transit of a movement by its mode [days]."""
    ends = (mode, movement.origin, movement.destination)
    return next(
        lane.transit_days
        for lane in deploy.lanes
        if (lane.mode, lane.origin, lane.destination) == ends
        and movement.kind in lane.carries
    )
