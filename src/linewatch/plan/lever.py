"""Levers outside the mission: what they change, and demand by a stated elasticity."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue
from linewatch.plan.interval import Interval, Span
from linewatch.plan.table import amount, day, note, read_rows, text
from linewatch.scenario import BUILT_IN, Scenario

EFFORTS: Final = BUILT_IN / "neighbour.csv"
"""Efforts of neighbours that ship with Linewatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """People that a neighbour posts on its own side of the line.

    Parameters
    ----------
    effort, neighbour : str
        Its name, and whose it is.
    since : date
        From when.
    people_low, people, people_high : float
        How many.
    basis : str
        What it rests on: an agreement, an announcement.
    source : str
        Who told it.

    Raises
    ------
    BadValue
        If the people are out of order.
    """

    effort: str
    neighbour: str
    since: date
    people_low: float
    people: float
    people_high: float
    basis: str
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.people_low <= self.people <= self.people_high:
            got = f"{self.people_low:g}, {self.people:g}, {self.people_high:g}"
            raise BadValue("people", "low <= best <= high", got)

    @property
    def posted(self) -> Interval:
        """People posted, with their range."""
        return Interval(low=self.people_low, best=self.people, high=self.people_high)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandChange:
    """What a lever does to demand, by the elasticity that its user states.

    Parameters
    ----------
    driver : str
        What changes, in words.
    share : Span
        By what share of what it was it changes; -0.2 is a fifth less.
    elasticity : Span
        As the user stated it: per cent of demand for each per cent of the driver.
    change : Span
        By what share demand changes.
    """

    driver: str
    share: Span
    elasticity: Span
    change: Span


def demand_change(driver: str, share: Span, elasticity: Span) -> DemandChange:
    """Return what a change makes of demand, at constant elasticity.

    Parameters
    ----------
    driver : str
        What changes, in words.
    share : Span
        By what share of what it was; above -1.
    elasticity : Span
        Stated by the user. There is no default: no source gives one for this line.

    Raises
    ------
    BadValue
        If the driver would fall to nothing.

    Notes
    -----
    Demand goes with the driver to the power of the elasticity, so that a change and its
    reverse undo each other: ``(1 + share) ** elasticity - 1``. It rises or falls
    throughout in the share and in the elasticity, so its ends lie at corners.
    """
    if not share.low > -1:
        raise BadValue(f"change of {driver}", "above -100 %", f"{share.low:.0%}")
    return DemandChange(
        driver=driver,
        share=share,
        elasticity=elasticity,
        change=Span.of(_constant_elasticity, share, elasticity),
    )


def added_share(added: Interval, before: Interval) -> Span:
    """Return by what share something grows when so many are added to those before.

    Raises
    ------
    BadValue
        If there may have been none before: then there is no share.
    """
    if not before.low > 0:
        raise BadValue("number before", "above 0", before.low)
    return Span.of(lambda more, had: more / had, added, before)


def read_efforts(scenario: Scenario | None = None) -> tuple[Effort, ...]:
    """Read the efforts of neighbours: the scenario's own file, else the built-in one.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read or a row breaks a rule.
    """
    path = EFFORTS
    if scenario is not None and "neighbour" in scenario.table("plan"):
        path = scenario.file("plan", "neighbour")
    return efforts_in(path)


def efforts_in(path: Path) -> tuple[Effort, ...]:
    """Read the efforts of one file; see `read_efforts`."""
    return read_rows(
        path,
        Effort,
        {
            "effort": text,
            "neighbour": text,
            "from": day,
            "people_low": amount,
            "people": amount,
            "people_high": amount,
            "basis": note,
            "source": text,
        },
        key="effort",
        rename={"from": "since"},
    )


def _constant_elasticity(share: float, elasticity: float) -> float:
    """Return the share by which demand changes."""
    return float((1.0 + share) ** elasticity - 1.0)
