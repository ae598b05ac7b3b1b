"""Reading the tables of readiness: states, levels, exercises, reliefs, findings."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadValue
from linewatch.plan.decision import Office
from linewatch.plan.interval import Interval, Span
from linewatch.plan.proposal import ProposalKind
from linewatch.plan.readiness_tables import (
    Exercise,
    Finding,
    Level,
    Levels,
    Relief,
    Tables,
    UnitState,
)
from linewatch.plan.table import (
    Cell,
    amount,
    count,
    day,
    one_of,
    read_rows,
    text,
    words,
)
from linewatch.scenario import BUILT_IN, Scenario

LEVELS: Final = BUILT_IN / "levels.csv"
"""The levels that ship with Linewatch."""

MEASURES: Final = ("personnel", "training")


def read_readiness(scenario: Scenario, chain: Iterable[Office]) -> Tables:
    """Read the tables of readiness that a scenario's ``[plan]`` names.

    Parameters
    ----------
    scenario : Scenario
        ``readiness`` names the states of units, ``levels`` the levels (built in when
        left out), ``exercises``, ``reliefs`` and ``findings`` the rest.
    chain : iterable of Office
        Offices of the approval chain: a finding is by one that decides on deployments.

    Raises
    ------
    BadFile, BadLines
        If a file cannot be read or a row breaks a rule.
    """
    plan = scenario.table("plan")

    def file(key: str) -> Path | None:
        return scenario.file("plan", key) if key in plan else None

    states = file("readiness")
    exercises, reliefs = file("exercises"), file("reliefs")
    findings = file("findings")
    return Tables(
        levels=levels_in(file("levels") or LEVELS),
        states=states_in(states) if states else {},
        exercises=exercises_in(exercises) if exercises else (),
        reliefs=reliefs_in(reliefs) if reliefs else (),
        findings=findings_in(findings, chain) if findings else (),
    )


def levels_in(path: Path) -> Levels:
    """Read levels from a file; each measure must have one that holds from 0."""
    rows = read_rows(
        path,
        Level,
        {
            "measure": one_of(MEASURES),
            "level": count,
            "at_least": share,
            "source": text,
        },
    )
    found: dict[str, tuple[Level, ...]] = {}
    for measure in MEASURES:
        own = sorted(
            (one for one in rows if one.measure == measure),
            key=lambda one: -one.at_least,
        )
        numbers = [one.level for one in own]
        if not own or own[-1].at_least > 0 or numbers != sorted(set(numbers)):
            why = f"{measure} must have levels that get worse down to one from 0"
            raise BadFile(path, why)
        found[measure] = tuple(own)
    return Levels(by_measure=found)


def states_in(path: Path) -> dict[str, UnitState]:
    """Read states of units from a file, by name."""
    rows = read_rows(
        path,
        _state,
        {
            "parent": text,
            "title": text,
            "units": words,
            "required": count,
            **_ranged("available", share),
            **_ranged("trained", share),
            **_ranged("training_days", amount),
            "source": text,
        },
        key="parent",
    )
    return {one.parent: one for one in rows}


def exercises_in(path: Path) -> tuple[Exercise, ...]:
    """Read exercises that were missed from a file."""
    return read_rows(
        path,
        Exercise,
        {
            "exercise": text,
            "parent": text,
            "from": day,
            "to": day,
            "outcome": one_of(("cancelled", "cut", "missed")),
            "training_days": count,
            "source": text,
        },
        rename={"from": "since", "to": "until"},
    )


def reliefs_in(path: Path) -> tuple[Relief, ...]:
    """Read reliefs in place from a file."""
    return read_rows(
        path,
        Relief,
        {"out": text, "in": text, "on": day, "source": text},
        rename={"in": "into"},
    )


def findings_in(path: Path, chain: Iterable[Office]) -> tuple[Finding, ...]:
    """Read findings from a file; only an office that decides may make one."""
    able = [one.office for one in chain if ProposalKind.DEPLOY in one.may_decide]
    return read_rows(
        path,
        Finding,
        {
            "parent": text,
            "office": one_of(able),
            "from": day,
            "to": day,
            "text": text,
            "source": text,
        },
        rename={"from": "since", "to": "until"},
    )


def share(cell: str) -> float:
    """Read a share from 0 to 1."""
    value = amount(cell)
    if not value <= 1:
        raise BadValue("share", "0 to 1", cell)
    return value


def _ranged(name: str, read: Cell) -> dict[str, Cell]:
    """Return the readers of a figure and its two ends."""
    return {name: read, f"{name}_low": read, f"{name}_high": read}


def _state(  # noqa: PLR0913  a row has that many columns
    *,
    parent: str,
    title: str,
    units: tuple[str, ...],
    required: int,
    available: float,
    available_low: float,
    available_high: float,
    trained: float,
    trained_low: float,
    trained_high: float,
    training_days: float,
    training_days_low: float,
    training_days_high: float,
    source: str,
) -> UnitState:
    """Make a state of a row."""
    if not required > 0:
        raise BadValue("required", "above 0", required)
    return UnitState(
        parent=parent,
        title=title,
        required=required,
        available=Span(low=available_low, best=available, high=available_high),
        trained=Span(low=trained_low, best=trained, high=trained_high),
        training_days=Interval(
            low=training_days_low, best=training_days, high=training_days_high
        ),
        source=source,
        units=units,
    )
