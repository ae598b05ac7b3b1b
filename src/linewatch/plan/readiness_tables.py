"""Inputs of readiness: levels, states of units, exercises, reliefs, findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from linewatch.errors import BadValue, UnknownName
from linewatch.plan.interval import Interval, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A level of a measure: from which share on a unit has it."""

    measure: str
    level: int
    at_least: float
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Levels:
    """The levels of personnel and training.

    Parameters
    ----------
    by_measure : mapping of str to tuple of Level
        Levels of each measure, the best first; the last one holds from 0.
    """

    by_measure: Mapping[str, tuple[Level, ...]]

    def of(self, measure: str, share: float) -> int:
        """Return the level of a share, 1 the best.

        Raises
        ------
        UnknownName
            If there is no such measure.
        """
        if measure not in self.by_measure:
            raise UnknownName("measure", measure, tuple(self.by_measure))
        levels = self.by_measure[measure]
        return next(one.level for one in levels if share >= one.at_least)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitState:
    """A unit that gives, before it gives.

    Parameters
    ----------
    parent, title : str
        Its name and full name.
    required : int
        People that it is built for.
    available : Span
        Share of them that it has and could use, 0 to 1.
    trained : Span
        Share of its essential tasks that it is trained in, 0 to 1.
    training_days : Interval
        Days of training that it plans a month.
    source : str
        Where this stands, or that it is an assumption.
    units : tuple of str, optional
        Units of the ledger that come from it.
    """

    parent: str
    title: str
    required: int
    available: Span
    trained: Span
    training_days: Interval
    source: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """An exercise that a unit missed or will miss."""

    exercise: str
    parent: str
    since: date
    until: date
    outcome: str
    training_days: int
    source: str

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise BadValue("to", f"on or after {self.since}", self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relief:
    """One unit that takes over from another in place."""

    out: str
    into: str
    on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the office that decides found on a unit's preparedness.

    Parameters
    ----------
    parent : str
        The unit.
    office : str
        Who found it: an office that may decide on deployments, never a person.
    since, until : date
        Days that it holds for.
    text, source : str
        What was found, and the document that holds it.
    """

    parent: str
    office: str
    since: date
    until: date
    text: str
    source: str

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise BadValue("to", f"on or after {self.since}", self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """All that readiness is worked out from, by name of the unit where it has one."""

    levels: Levels
    states: Mapping[str, UnitState]
    exercises: tuple[Exercise, ...] = ()
    reliefs: tuple[Relief, ...] = ()
    findings: tuple[Finding, ...] = ()
