"""Readiness: what a deployment takes from the units that give, and the gate of the law.

Support may not adversely affect military preparedness (10 USC 276). The law gives no
number, so the levels of personnel and training that a unit falls to are told with their
ranges, and a gate closes where they fall below a floor or nothing is known, until the
office that decides puts a finding on record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from linewatch.errors import GateClosed
from linewatch.plan.factors import Confidence, Factors
from linewatch.plan.interval import Interval, Span
from linewatch.plan.readiness_tables import (
    Exercise,
    Finding,
    Relief,
    Tables,
    UnitState,
)

LAW: Final = "10 USC 276"

DAYS_PER_MONTH: Final = 30.4375
"""Mean length of a month [days]."""


FACTORS: Final = ("training_on_mission", "training_loss", "dwell_ratio", "gate_floor")
"""Planning factors that readiness rests on, after ``readiness.``."""


class Gate(StrEnum):
    """Whether support from a unit may run."""

    OPEN = "open"
    CLOSED = "closed"
    NOT_ASSESSED = "not assessed"
    FOUND = "open by a finding"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """People taken from a unit for a time, both days in it."""

    parent: str
    people: int
    since: date
    until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A measure of a unit without and with the deployment: shares and levels.

    Parameters
    ----------
    name : str
        ``personnel`` or ``training``.
    without, during : Span
        Share without the deployment, and at its end.
    level_without, level_during : int
        Level at the best figure, 1 the best.
    worst_during : int
        Level at the low end.
    """

    name: str
    without: Span
    during: Span
    level_without: int
    level_during: int
    worst_during: int

    @property
    def letter(self) -> str:
        """First letter of the measure, as levels are written."""
        return self.name[0].upper()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """What a deployment does to the readiness of one unit.

    Parameters
    ----------
    parent, title : str
        The unit.
    taken : int
        People taken.
    since, until : date
        First and last day away; a relief in place ends it.
    required : int or None
        What the unit is built for; None where that is not known.
    measures : tuple of Measure
        Personnel and training; none where the unit's state is not known.
    lost_days : Interval
        Days of training lost by each person taken.
    exercises : tuple of Exercise
        Exercises missed in that time.
    relief : Relief or None
        Who takes over.
    rested_by : date or None
        Until when the same people stay home if the ratio of dwell is kept.
    gate : Gate
        Whether the support may run.
    why : str
        Why the gate stands as it does.
    assumptions : tuple of str
        What the figures rest on without a source.
    """

    parent: str
    title: str
    taken: int
    since: date
    until: date
    required: int | None
    measures: tuple[Measure, ...]
    lost_days: Interval
    exercises: tuple[Exercise, ...]
    relief: Relief | None
    rested_by: date | None
    gate: Gate
    why: str
    assumptions: tuple[str, ...]

    @property
    def may_run(self) -> bool:
        """Whether support from the unit may run."""
        return self.gate in {Gate.OPEN, Gate.FOUND}

    @property
    def said(self) -> str:
        """The finding in one sentence."""
        if not self.measures:
            known = "" if self.required is None else f" of {self.required:,}"
            return (
                f"{self.title}: {self.taken:,}{known} people taken; readiness not "
                f"assessed, so the gate of {LAW} is closed"
            )
        share = self.taken / self.required if self.required else 0.0
        levels = ", ".join(
            f"{one.letter}{one.level_without} to {one.letter}{one.level_during}"
            f" (at worst {one.letter}{one.worst_during})"
            for one in self.measures
        )
        return (
            f"{self.title}: {self.taken:,} of {self.required:,} people taken "
            f"({share:.0%}), {levels}; {LAW} gate {self.gate.value}: {self.why}"
        )

    def to_dict(self) -> dict[str, object]:
        """Return the value as plain words and numbers, for JSON."""
        return {
            "parent": self.parent,
            "title": self.title,
            "taken": self.taken,
            "from": self.since.isoformat(),
            "to": self.until.isoformat(),
            "required": self.required,
            "measures": {
                one.name: {
                    "without": _ends(one.without),
                    "with": _ends(one.during),
                    "level_without": one.level_without,
                    "level_with": one.level_during,
                    "level_with_at_worst": one.worst_during,
                }
                for one in self.measures
            },
            "training_days_lost_each": _ends(self.lost_days),
            "person_training_days_lost": {
                end: value * self.taken for end, value in _ends(self.lost_days).items()
            },
            "exercises": [
                f"{one.exercise} ({one.outcome}, {one.since} to {one.until})"
                for one in self.exercises
            ],
            "relieved_by": None if self.relief is None else self.relief.into,
            "relieved_on": None if self.relief is None else self.relief.on.isoformat(),
            "rested_by": None if self.rested_by is None else self.rested_by.isoformat(),
            "gate": self.gate.value,
            "why": self.why,
            "law": LAW,
            "assumptions": list(self.assumptions),
        }


def assess(
    taken: Iterable[Taken], tables: Tables, factors: Factors
) -> tuple[Readiness, ...]:
    """Work out the readiness of each unit that gives.

    Parameters
    ----------
    taken : iterable of Taken
        People by unit; several of one unit are added up, from the first day to the
        last.
    tables : Tables
        States of units, levels, exercises, reliefs, findings.
    factors : Factors
        ``readiness.*``: what training a mission gives, what lost days cost, the ratio
        of dwell and the floor of the gate.

    Returns
    -------
    tuple of Readiness
        One a unit, by name.
    """
    return tuple(_assessed(one, tables, factors) for one in _together(taken))


def must_be_open(found: Iterable[Readiness]) -> None:
    """Refuse support that the gate holds.

    Raises
    ------
    GateClosed
        If a unit's gate is closed or it was not assessed; all are told.
    """
    held = [one.said for one in found if not one.may_run]
    if held:
        raise GateClosed(LAW, held)


def _together(taken: Iterable[Taken]) -> list[Taken]:
    """Add up what is taken of each unit."""
    by_parent: dict[str, Taken] = {}
    for one in taken:
        had = by_parent.get(one.parent, one)
        by_parent[one.parent] = Taken(
            parent=one.parent,
            people=one.people + (had.people if had is not one else 0),
            since=min(had.since, one.since),
            until=max(had.until, one.until),
        )
    return [by_parent[name] for name in sorted(by_parent)]


def _assessed(one: Taken, tables: Tables, factors: Factors) -> Readiness:
    """Work out the readiness of one unit."""
    state = tables.states.get(one.parent)
    relief = _relief(one, tables.reliefs)
    until = one.until if relief is None else min(one.until, relief.on)
    away = Taken(parent=one.parent, people=one.people, since=one.since, until=until)
    missed = tuple(
        exercise
        for exercise in tables.exercises
        if exercise.parent == one.parent
        and exercise.since <= until
        and one.since <= exercise.until
    )
    lost = _lost_days(away, state, factors)
    measures: tuple[Measure, ...] = ()
    if state is not None:
        measures = _measures(away, state, lost, missed, tables, factors)
    gate, why = _gate(away, measures, tables.findings, factors)
    return Readiness(
        parent=one.parent,
        title=(one.parent or "no parent named") if state is None else state.title,
        taken=one.people,
        since=one.since,
        until=until,
        required=None if state is None else state.required,
        measures=measures,
        lost_days=lost,
        exercises=missed,
        relief=relief,
        rested_by=_rested_by(away, factors),
        gate=gate,
        why=why,
        assumptions=_assumptions(state, factors),
    )


def _relief(one: Taken, reliefs: Sequence[Relief]) -> Relief | None:
    """Return the first relief of a unit while it is away."""
    own = [
        relief
        for relief in reliefs
        if relief.out == one.parent and one.since <= relief.on <= one.until
    ]
    return min(own, key=lambda relief: relief.on, default=None)


def _lost_days(away: Taken, state: UnitState | None, factors: Factors) -> Interval:
    """Return the days of training that each person taken loses.

    A mission gives some of it back: driving, signals, looking.
    """
    if state is None:
        return Interval.exactly(0)
    months = ((away.until - away.since).days + 1) / DAYS_PER_MONTH
    given = factors.interval("readiness.training_on_mission")
    kept = Interval(low=1 - given.high, best=1 - given.best, high=1 - given.low)
    return state.training_days * Interval.exactly(months) * kept


def _measures(  # noqa: PLR0913  what a level rests on
    away: Taken,
    state: UnitState,
    lost: Interval,
    missed: Sequence[Exercise],
    tables: Tables,
    factors: Factors,
) -> tuple[Measure, ...]:
    """Return personnel and training without and with the deployment."""
    share = min(1.0, away.people / state.required)
    home = Span.of(lambda have: max(0.0, have - share), state.available)
    loss = factors.interval("readiness.training_loss")
    more = float(sum(exercise.training_days for exercise in missed))
    trained = Span.of(
        lambda had, days, each: max(0.0, had - each * (days * share + more)),
        state.trained,
        lost,
        loss,
    )
    pairs = (("personnel", state.available, home), ("training", state.trained, trained))
    return tuple(
        Measure(
            name=name,
            without=without,
            during=during,
            level_without=tables.levels.of(name, without.best),
            level_during=tables.levels.of(name, during.best),
            worst_during=tables.levels.of(name, during.low),
        )
        for name, without, during in pairs
    )


def _gate(
    away: Taken,
    measures: Sequence[Measure],
    findings: Sequence[Finding],
    factors: Factors,
) -> tuple[Gate, str]:
    """Return how the gate stands and why.

    It closes when the low end of a measure falls below the floor: an office may judge
    that it need not, and then says so on record.
    """
    floor = round(factors.value("readiness.gate_floor"))
    low = [one for one in measures if one.worst_during > floor]
    if measures and not low:
        return Gate.OPEN, f"no level falls below the floor of {floor}"
    for finding in findings:
        covers = finding.since <= away.since and away.until <= finding.until
        if finding.parent == away.parent and covers:
            return Gate.FOUND, f"{finding.office}: {finding.text} ({finding.source})"
    if not measures:
        return Gate.NOT_ASSESSED, "the unit's state is not known"
    told = " and ".join(f"{one.letter}{one.worst_during}" for one in low)
    return Gate.CLOSED, f"{told} at worst, below the floor of {floor}; no finding"


def _rested_by(away: Taken, factors: Factors) -> date | None:
    """Return until when people who come home stay there, by the ratio of dwell."""
    days = (away.until - away.since).days + 1
    ratio = factors.value("readiness.dwell_ratio")
    return away.until + timedelta(days=round(days * ratio))


def _assumptions(state: UnitState | None, factors: Factors) -> tuple[str, ...]:
    """Say what the figures rest on without a source."""
    said = [
        f"{one.id} {one.value:g} ({one.low:g} to {one.high:g}) {one.unit}"
        for name in FACTORS
        if (one := factors.of(f"readiness.{name}")).confidence is Confidence.ASSUMED
    ]
    if state is not None and "assumption" in state.source:
        said.append(f"state of {state.title}: {state.source}")
    return tuple(said)


def _ends(figure: Span | Interval) -> dict[str, float]:
    """Write a range as plain values."""
    return {end: round(getattr(figure, end), 4) for end in ("low", "best", "high")}
