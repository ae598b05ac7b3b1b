"""Data of a deployment: movements, ways, lift and reception, read from tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from linewatch.errors import BadValue
from linewatch.measure.clock import to_date
from linewatch.plan.table import check_waits, count, day, note, read_rows, text, words
from linewatch.scenario import Scenario, settings_from

PEOPLE = "people"
"""Kind of a movement that has no kit."""

MODES = ("air", "bus", "convoy", "rail", "self_deploy")
"""Ways of moving; each has a price in the planning factors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """People and kit of one unit that move together, as a line of a TPFDD does.

    Parameters
    ----------
    movement, unit, parent : str
        Its name, the unit, and the unit it is taken from (may be empty).
    people, pieces : int
        How many move; pieces are vehicles, containers or aircraft.
    kind : str
        Kind of the pieces; ``people`` when there are none.
    origin, destination : str
        Home station and reception site.
    earliest, required : date
        First day of loading; day by which it must be in place.
    priority : int
        1 to 9; 1 is most urgent.
    after : tuple of str
        Movements that must be in place before this one loads.
    task, status : str
        What it is for, in words of the authority table, and its duty status.
    source : str
        Where this stands, or that it is an assumption.
    """

    movement: str
    unit: str
    parent: str
    people: int
    pieces: int
    kind: str
    origin: str
    destination: str
    earliest: date
    required: date
    priority: int
    after: tuple[str, ...]
    task: str
    status: str
    source: str

    def __post_init__(self) -> None:
        if not self.people + self.pieces > 0:
            raise BadValue("people and pieces", "above 0 together", 0)
        if (self.kind == PEOPLE) != (self.pieces == 0):
            rule = f"{PEOPLE} without pieces, and a kind of kit with them"
            raise BadValue("kind", rule, f"{self.kind} with {self.pieces} pieces")
        if not 1 <= self.priority <= 9:
            raise BadValue("priority", "1 to 9", self.priority)
        if self.required < self.earliest:
            raise BadValue("required", f"on or after {self.earliest}", self.required)

    @property
    def weight(self) -> int:
        """What a day late counts: people and pieces, ten less the priority times."""
        return (10 - self.priority) * (self.people + self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A way from a home station to a site by one mode."""

    mode: str
    origin: str
    destination: str
    carries: tuple[str, ...]
    transit_days: int
    source: str

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise BadValue("mode", f"one of {', '.join(MODES)}", self.mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """What leaves a home station by one mode in a day, from a date on."""

    mode: str
    origin: str
    since: date
    people_per_day: int
    pieces_per_day: int
    source: str

    def __post_init__(self) -> None:
        if self.mode not in MODES:
            raise BadValue("mode", f"one of {', '.join(MODES)}", self.mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """What a site takes in a day, from a date on."""

    site: str
    since: date
    people_per_day: int
    pieces_per_day: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parent:
    """A unit that gives, with its full strength."""

    parent: str
    title: str
    organic_people: int
    source: str

    def __post_init__(self) -> None:
        if not self.organic_people > 0:
            rule = "above 0: leave out a unit whose full strength is not known"
            raise BadValue("organic_people", rule, self.organic_people)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploySettings:
    """Settings of a deployment, a scenario's table ``[plan.deploy]``.

    Parameters
    ----------
    in_place_by : str
        Date by which all must be in place.
    cost_until : str
        Last day of troop-days in the cost; the end of the fiscal year by default.
    settle_days : int
        Days between arrival and being in place: registration, issue, and the training
        on the use of force that must be on record before anyone takes a post. Three is
        an assumption.
    effort : float
        Deterministic effort for each goal, see `linewatch.plan.rcpsp.Effort`.

    Raises
    ------
    BadValue
        If a date is none, or a number is negative.
    """

    in_place_by: str = "2025-05-01"
    cost_until: str = "2025-09-30"
    settle_days: int = 3
    effort: float = 10.0

    def __post_init__(self) -> None:
        to_date(self.in_place_by)
        to_date(self.cost_until)
        if self.settle_days < 0:
            raise BadValue("settle_days", "0 or more", self.settle_days)
        if not self.effort > 0:
            raise BadValue("effort", "above 0", self.effort)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployData:
    """All that a deployment is planned from.

    Parameters
    ----------
    start : date
        Day 0 of the plan.
    movements, lanes, lifts, reception : tuple
        What moves, how it can, and the limits.
    parents : mapping of str to Parent, optional
        Units that give.
    settings : DeploySettings, optional
        The rest.
    """

    start: date
    movements: tuple[Movement, ...]
    lanes: tuple[Lane, ...]
    lifts: tuple[Lift, ...]
    reception: tuple[Reception, ...]
    parents: Mapping[str, Parent] = field(default_factory=dict)
    settings: DeploySettings = field(default_factory=DeploySettings)

    def day_of(self, on: date) -> int:
        """Return a date as a day of the plan; day 0 for those before it."""
        return max(0, (on - self.start).days)


def read_deploy(scenario: Scenario) -> DeployData:
    """Read the tables that a scenario's ``[plan]`` names.

    Raises
    ------
    BadFile, BadLines
        If a file is missing or its rows break rules; all rows of a file are told.
    BadValue, UnknownName
        If a setting is wrong.
    """
    table = scenario.table("plan").get("deploy", {})
    if not isinstance(table, Mapping):
        raise BadValue("[plan] deploy", "a table", repr(table))
    parents = read_rows(
        scenario.file("plan", "parents"),
        Parent,
        {"parent": text, "title": text, "organic_people": count, "source": text},
        key="parent",
    )
    return DeployData(
        start=to_date(scenario.when("start")[:10]),
        movements=_movements(scenario),
        lanes=_lanes(scenario),
        lifts=_lifts(scenario),
        reception=_reception(scenario),
        parents={parent.parent: parent for parent in parents},
        settings=settings_from(DeploySettings, table, where="plan.deploy"),
    )


def _movements(scenario: Scenario) -> tuple[Movement, ...]:
    """Read the movements; those that others wait for must exist."""
    path = scenario.file("plan", "movements")
    found = read_rows(
        path,
        Movement,
        {
            "movement": text,
            "unit": text,
            "parent": note,
            "people": count,
            "pieces": count,
            "kind": text,
            "origin": text,
            "destination": text,
            "earliest": day,
            "required": day,
            "priority": count,
            "after": words,
            "task": text,
            "status": text,
            "source": text,
        },
        key="movement",
    )
    check_waits(path, {each.movement: each.after for each in found}, "movement")
    return found


def _lanes(scenario: Scenario) -> tuple[Lane, ...]:
    """Read the ways."""
    return read_rows(
        scenario.file("plan", "lanes"),
        Lane,
        {
            "mode": text,
            "origin": text,
            "destination": text,
            "carries": words,
            "transit_days": count,
            "source": text,
        },
    )


def _lifts(scenario: Scenario) -> tuple[Lift, ...]:
    """Read the lift."""
    return read_rows(
        scenario.file("plan", "lifts"),
        Lift,
        {
            "mode": text,
            "origin": text,
            "from": day,
            "people_per_day": count,
            "pieces_per_day": count,
            "source": text,
        },
        rename={"from": "since"},
    )


def _reception(scenario: Scenario) -> tuple[Reception, ...]:
    """Read what the sites take in."""
    return read_rows(
        scenario.file("plan", "reception"),
        Reception,
        {
            "site": text,
            "from": day,
            "people_per_day": count,
            "pieces_per_day": count,
            "source": text,
        },
        rename={"from": "since"},
    )
