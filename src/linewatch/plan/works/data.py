"""Data of works: stretches of the line, crews and material, read from tables."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from linewatch.errors import BadValue
from linewatch.measure.clock import to_date
from linewatch.plan.table import (
    amount,
    check_waits,
    count,
    day,
    note,
    one_of,
    read_rows,
    text,
    words,
)
from linewatch.scenario import Scenario, settings_from

TASKS: Final = {
    "wire": "engineering_wire_barrier",
    "vehicle_barrier": "engineering_wire_barrier",
    "road": "engineering_road_lighting",
    "lighting": "engineering_road_lighting",
}
"""Kinds of work and their tasks in the authority table; each kind has its factors."""

RATES: Final = ("all_in", "productive")
"""Rates a plan can be made with: of whole missions, or of a crew at work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One work along a stretch of the line.

    Parameters
    ----------
    work, kind : str
        Its name; wire, vehicle_barrier, road or lighting.
    from_km, to_km : float
        Chainage of its ends [km].
    zone : str
        Kind of zone that it lies in; empty outside any.
    earliest, due : date
        First day of work; day by which it should be finished.
    priority : int
        1 to 9; 1 is most urgent.
    after : tuple of str
        Works that must be finished before, such as the road to a barrier.
    source : str
        Where this stands, or that it is an assumption.
    """

    work: str
    kind: str
    from_km: float
    to_km: float
    zone: str
    earliest: date
    due: date
    priority: int
    after: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if not self.from_km < self.to_km:
            raise BadValue("to_km", f"above from_km {self.from_km:g}", self.to_km)
        if not 1 <= self.priority <= 9:
            raise BadValue("priority", "1 to 9", self.priority)
        if self.due < self.earliest:
            raise BadValue("due", f"on or after {self.earliest}", self.due)

    @property
    def length_m(self) -> float:
        """Length along the line [m]."""
        return (self.to_km - self.from_km) * 1_000.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """People who work together at one place.

    Parameters
    ----------
    crew, unit, status : str
        Its name, its unit and its duty status.
    kinds : tuple of str
        Kinds of work that it can do.
    people : int
        How many are deployed with it.
    home_km : float
        Chainage that it starts from [km].
    from_km, to_km : float
        Ground that it may work on [km], as a state's crew stays in its state.
    since : date
        First day on which it can leave there.
    source : str
        Where this stands, or that it is an assumption.
    """

    crew: str
    unit: str
    status: str
    kinds: tuple[str, ...]
    people: int
    home_km: float
    from_km: float
    to_km: float
    since: date
    source: str

    def __post_init__(self) -> None:
        if not self.people > 0:
            raise BadValue("people", "above 0", self.people)
        if not self.from_km < self.to_km:
            raise BadValue("to_km", f"above from_km {self.from_km:g}", self.to_km)
        for kind in self.kinds:
            if kind not in TASKS:
                raise BadValue("kinds", f"among {', '.join(TASKS)}", kind)

    def can_do(self, work: Work) -> bool:
        """Tell whether the crew builds such works, and there."""
        inside = self.from_km <= work.from_km and work.to_km <= self.to_km
        return inside and work.kind in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Material for so many metres of a kind of work, there from a date on."""

    kind: str
    on: date
    metres: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksSettings:
    """Settings of works, a scenario's table ``[plan.works]``.

    Parameters
    ----------
    done_by : str
        Date by which all must be finished.
    rate : {'all_in', 'productive'}
        Which rate sets the dates. All-in by default: rates of field manuals were one to
        two orders of magnitude too fast for the mission of 2025.
    effort : float
        Deterministic effort for each goal, see `linewatch.plan.rcpsp.Effort`.

    Raises
    ------
    BadValue
        If the date is none, the rate unknown or the effort not above 0.
    """

    done_by: str = "2025-09-30"
    rate: str = "all_in"
    effort: float = 10.0

    def __post_init__(self) -> None:
        to_date(self.done_by)
        if self.rate not in RATES:
            raise BadValue("rate", f"one of {', '.join(RATES)}", repr(self.rate))
        if not self.effort > 0:
            raise BadValue("effort", "above 0", self.effort)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorksData:
    """All that works are planned from.

    Parameters
    ----------
    start : date
        Day 0 of the plan.
    works, crews, deliveries : tuple
        What is to be built, by whom, of what. A kind without deliveries has no limit.
    lat_deg : float, optional
        Latitude for the length of the day [deg]; the border runs from 25.9 to 32.7,
        between which the day differs by 20 minutes in midsummer.
    settings : WorksSettings, optional
        The rest.
    """

    start: date
    works: tuple[Work, ...]
    crews: tuple[Crew, ...]
    deliveries: tuple[Delivery, ...] = ()
    lat_deg: float = 31.3
    settings: WorksSettings = field(default_factory=WorksSettings)

    def day_of(self, on: date) -> int:
        """Return a date as a day of the plan; day 0 for those before it."""
        return max(0, (on - self.start).days)

    @property
    def deadline(self) -> int:
        """Period by whose beginning all is finished: the day after the last."""
        return self.day_of(to_date(self.settings.done_by) + timedelta(days=1))


def read_works(scenario: Scenario) -> WorksData:
    """Read the tables that a scenario's ``[plan]`` names.

    Raises
    ------
    BadFile, BadLines
        If a file is missing or its rows break rules; all rows of a file are told.
    BadValue, UnknownName
        If a setting is wrong.
    """
    plan = scenario.table("plan")
    table = plan.get("works", {})
    if not isinstance(table, Mapping):
        raise BadValue("[plan] works", "a table", repr(table))
    crews = read_rows(
        scenario.file("plan", "crews"),
        Crew,
        {
            "crew": text,
            "unit": text,
            "status": text,
            "kinds": words,
            "people": count,
            "home_km": amount,
            "from_km": amount,
            "to_km": amount,
            "since": day,
            "source": text,
        },
        key="crew",
    )
    return WorksData(
        start=to_date(scenario.when("start")[:10]),
        works=_works(scenario),
        crews=crews,
        deliveries=_deliveries(scenario) if "stocks" in plan else (),
        settings=settings_from(WorksSettings, table, where="plan.works"),
    )


def _works(scenario: Scenario) -> tuple[Work, ...]:
    """Read the works; those that others wait for must exist."""
    path = scenario.file("plan", "work_list")
    found = read_rows(
        path,
        Work,
        {
            "work": text,
            "kind": one_of(TASKS),
            "from_km": amount,
            "to_km": amount,
            "zone": note,
            "earliest": day,
            "due": day,
            "priority": count,
            "after": words,
            "source": text,
        },
        key="work",
    )
    check_waits(path, {each.work: each.after for each in found}, "work")
    return found


def _deliveries(scenario: Scenario) -> tuple[Delivery, ...]:
    """Read the deliveries."""
    return read_rows(
        scenario.file("plan", "stocks"),
        Delivery,
        {"kind": one_of(TASKS), "on": day, "metres": amount, "source": text},
    )
