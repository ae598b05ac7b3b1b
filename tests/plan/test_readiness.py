"""Tests of readiness: levels, what a deployment takes, and the gate of the law."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, GateClosed, UnknownName
from linewatch.plan import read_chain, read_factors
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval, Span
from linewatch.plan.readiness import (
    DAYS_PER_MONTH,
    Gate,
    Readiness,
    Taken,
    assess,
    must_be_open,
)
from linewatch.plan.readiness_read import (
    LEVELS,
    exercises_in,
    findings_in,
    levels_in,
    read_readiness,
    reliefs_in,
    states_in,
)
from linewatch.plan.readiness_tables import (
    Exercise,
    Finding,
    Relief,
    Tables,
    UnitState,
)
from linewatch.scenario import Scenario, read_scenario

FACTORS = read_factors()
SINCE, UNTIL = date(2025, 3, 1), date(2025, 8, 31)


def state(
    required: int = 1000,
    available: Span | None = None,
    trained: Span | None = None,
) -> UnitState:
    return UnitState(
        parent="brigade",
        title="a brigade",
        required=required,
        available=available or Span(low=0.85, best=0.92, high=0.97),
        trained=trained or Span(low=0.85, best=0.9, high=0.95),
        training_days=Interval(low=8, best=12, high=16),
        source="test",
    )


def tables(
    *,
    unit: UnitState | None = None,
    exercises: Sequence[Exercise] = (),
    reliefs: Sequence[Relief] = (),
    findings: Sequence[Finding] = (),
) -> Tables:
    return Tables(
        levels=levels_in(LEVELS),
        states={"brigade": unit or state()},
        exercises=tuple(exercises),
        reliefs=tuple(reliefs),
        findings=tuple(findings),
    )


def taken(people: int, since: date = SINCE, until: date = UNTIL) -> Taken:
    return Taken(parent="brigade", people=people, since=since, until=until)


def one(people: int, held: Tables, factors: Factors = FACTORS) -> Readiness:
    (found,) = assess([taken(people)], held, factors)
    return found


def finding(office: str = "Secretary of Defense", days: int = 0) -> Finding:
    return Finding(
        parent="brigade",
        office=office,
        since=SINCE - timedelta(days=days),
        until=UNTIL + timedelta(days=days),
        text="other brigades are ready",
        source="memo 7",
    )


@pytest.mark.parametrize(
    ("measure", "share", "level"),
    [
        ("personnel", 1.0, 1),
        ("personnel", 0.9, 1),
        ("personnel", 0.899, 2),
        ("personnel", 0.8, 2),
        ("personnel", 0.7, 3),
        ("personnel", 0.699, 4),
        ("personnel", 0.0, 4),
        ("training", 0.85, 1),
        ("training", 0.549, 4),
    ],
)
def test_a_share_has_its_level(measure: str, share: float, level: int) -> None:
    assert levels_in(LEVELS).of(measure, share) == level


def test_an_unknown_measure_is_told() -> None:
    with pytest.raises(UnknownName, match="personnel, training"):
        levels_in(LEVELS).of("equipment", 0.5)


def test_personnel_falls_by_those_taken() -> None:
    found = one(100, tables())
    personnel, training = found.measures
    assert personnel.without == Span(low=0.85, best=0.92, high=0.97)
    assert personnel.during.best == pytest.approx(0.82)
    assert (personnel.level_without, personnel.level_during) == (1, 2)
    assert training.during.best < training.without.best


def test_training_falls_by_the_days_that_are_lost() -> None:
    """By hand: 184 days of 12 a month, four fifths lost, for a tenth of the unit."""
    found = one(100, tables())
    days = 12 * 184 / DAYS_PER_MONTH * 0.8
    assert found.lost_days.best == pytest.approx(days)
    assert found.measures[1].during.best == pytest.approx(0.9 - 0.004 * days * 0.1)
    lost = found.to_dict()["person_training_days_lost"]
    assert isinstance(lost, dict)
    assert lost["best"] == pytest.approx(100 * days, rel=1e-4)


@given(st.integers(0, 1500), st.integers(0, 1500))
def test_taking_more_never_helps(few: int, more: int) -> None:
    few, more = sorted((few, more))
    small, large = one(few, tables()), one(more, tables())
    for less, much in zip(small.measures, large.measures, strict=True):
        assert much.during.best <= less.during.best <= less.without.best
        assert much.level_during >= less.level_during >= less.level_without
        assert less.worst_during >= less.level_during
    assert small.may_run or not large.may_run


@given(st.integers(0, 1000), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_every_case_lies_in_the_range(
    people: int, at: float, given_back: float, loss: float
) -> None:
    unit = state()
    found = one(people, tables(unit=unit))
    kept = FACTORS.interval("readiness.training_on_mission")
    each = FACTORS.interval("readiness.training_loss")
    share = people / unit.required
    lost = (
        (unit.training_days.low + at * unit.training_days.width)
        * (184 / DAYS_PER_MONTH)
        * (1 - kept.low - given_back * kept.width)
    )
    had = unit.trained.low + at * unit.trained.width
    case = max(0.0, had - (each.low + loss * each.width) * lost * share)
    during = found.measures[1].during
    assert during.low - 1e-9 <= case <= during.high + 1e-9


def test_the_gate_is_open_where_no_level_falls_below_the_floor() -> None:
    found = one(100, tables())
    assert found.gate is Gate.OPEN
    assert found.may_run
    must_be_open([found])


def test_the_gate_closes_below_the_floor_until_a_finding_opens_it() -> None:
    closed = one(500, tables())
    assert closed.gate is Gate.CLOSED
    assert "P4" in closed.why
    with pytest.raises(GateClosed, match=r"10 USC 276 holds it.*a brigade") as caught:
        must_be_open([closed, one(10, tables())])
    assert len(caught.value.held) == 1
    found = one(500, tables(findings=[finding()]))
    assert found.gate is Gate.FOUND
    assert found.why == "Secretary of Defense: other brigades are ready (memo 7)"
    must_be_open([found])


def test_it_closes_on_the_low_end_and_not_only_on_the_best() -> None:
    unit = state(available=Span(low=0.6, best=0.9, high=0.95))
    found = one(10, tables(unit=unit))
    assert found.measures[0].level_during == 2
    assert found.measures[0].worst_during == 4
    assert found.gate is Gate.CLOSED


@pytest.mark.parametrize(
    "other",
    [
        replace(finding(), parent="division"),
        replace(finding(), since=SINCE + timedelta(days=1)),
        replace(finding(), until=UNTIL - timedelta(days=1)),
    ],
)
def test_a_finding_of_another_unit_or_time_opens_nothing(other: Finding) -> None:
    assert one(500, tables(findings=[other])).gate is Gate.CLOSED


def test_a_unit_that_nobody_knows_is_not_assessed() -> None:
    (found,) = assess(
        [Taken(parent="other", people=9, since=SINCE, until=UNTIL)], tables(), FACTORS
    )
    assert found.gate is Gate.NOT_ASSESSED
    assert not found.may_run
    assert "9 people taken; readiness not assessed" in found.said
    known = replace(finding(), parent="other")
    (found,) = assess(
        [Taken(parent="other", people=9, since=SINCE, until=UNTIL)],
        tables(findings=[known]),
        FACTORS,
    )
    assert found.gate is Gate.FOUND


def test_the_floor_is_the_users() -> None:
    floor = replace(FACTORS.of("readiness.gate_floor"), value=4)
    loose = Factors(by_id={**FACTORS.by_id, floor.id: floor})
    assert one(500, tables(), loose).gate is Gate.OPEN


def test_several_of_one_unit_are_added_up() -> None:
    early = taken(60, since=SINCE - timedelta(days=9))
    late = taken(40, until=UNTIL + timedelta(days=9))
    (found,) = assess([late, early], tables(), FACTORS)
    assert found.taken == 100
    assert (found.since, found.until) == (early.since, late.until)


def test_a_missed_exercise_costs_the_whole_unit_its_days() -> None:
    missed = Exercise(
        exercise="rotation",
        parent="brigade",
        since=date(2025, 4, 1),
        until=date(2025, 4, 21),
        outcome="cancelled",
        training_days=21,
        source="test",
    )
    without, during = one(100, tables()), one(100, tables(exercises=[missed]))
    gap = without.measures[1].during.best - during.measures[1].during.best
    assert gap == pytest.approx(0.004 * 21)
    assert during.exercises == (missed,)
    told = during.to_dict()["exercises"]
    assert told == ["rotation (cancelled, 2025-04-01 to 2025-04-21)"]
    past = replace(missed, since=date(2024, 1, 1), until=date(2024, 2, 1))
    other = replace(missed, parent="division")
    assert one(100, tables(exercises=[past, other])).exercises == ()


def test_a_relief_in_place_ends_the_stay_and_dwell_follows() -> None:
    relief = Relief(out="brigade", into="second", on=date(2025, 6, 30), source="test")
    late = replace(relief, on=UNTIL + timedelta(days=1))
    first = one(100, tables(reliefs=[late, relief]))
    assert first.relief == relief
    assert first.until == date(2025, 6, 30)
    away = (first.until - SINCE).days + 1
    assert first.rested_by == first.until + timedelta(days=2 * away)
    assert first.lost_days.best < one(100, tables()).lost_days.best
    assert first.to_dict()["relieved_by"] == "second"


def test_what_has_no_source_is_told() -> None:
    said = one(100, tables()).assumptions
    assert len(said) == 4
    assert any("readiness.gate_floor 3 (2 to 4)" in line for line in said)


def test_the_built_in_tables_are_read() -> None:
    mission = read_scenario()
    held = read_readiness(mission, read_chain(mission))
    assert held.states["2SBCT 4ID"].required == 4_400
    assert {one.outcome for one in held.exercises} == {"cancelled", "cut", "missed"}
    assert held.reliefs[0].into == "101ABN"
    assert held.findings == ()
    bare = read_readiness(Scenario(folder=Path(), tables={}), ())
    assert bare.states == {}
    assert bare.levels == held.levels


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (
            "personnel,1,0.9,s\npersonnel,2,0.5,s\ntraining,1,0,s\n",
            "down to one from 0",
        ),
        ("personnel,1,0,s\n", "training must have levels"),
        (
            "personnel,2,0.9,s\npersonnel,1,0,s\ntraining,1,0,s\n",
            "that get worse",
        ),
    ],
)
def test_levels_with_a_hole_are_refused(tmp_path: Path, rows: str, said: str) -> None:
    path = tmp_path / "l.csv"
    path.write_text("measure,level,at_least,source\n" + rows)
    with pytest.raises(BadFile, match=said):
        levels_in(path)


def test_bad_rows_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "exercise,parent,from,to,outcome,training_days,source\n"
        "a,b,2025-02-01,2025-01-01,cancelled,3,s\n"
        "a,b,2025-02-01,2025-03-01,postponed,3,s\n"
    )
    with pytest.raises(BadLines, match=r"line 2: to must be.*line 3: outcome"):
        exercises_in(path)
    path.write_text("out,in,on,source\na,b,soon,s\n")
    with pytest.raises(BadLines, match="line 2: on"):
        reliefs_in(path)
    head = (
        "parent,title,units,required,available,available_low,available_high,trained,"
        "trained_low,trained_high,training_days,training_days_low,training_days_high,"
        "source\n"
    )
    path.write_text(
        head + "a,A,u; v,0,1,1,1,1,1,1,1,1,1,s\na,A,,9,2,1,1,1,1,1,1,1,1,s\n"
    )
    with pytest.raises(BadLines, match=r"line 2: required.*line 3: available"):
        states_in(path)


def test_only_an_office_that_decides_makes_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    head = "parent,office,from,to,text,source\n"
    row = "brigade,{},2025-03-01,2025-09-30,other brigades are ready,memo 7\n"
    path.write_text(head + row.format("Secretary of Defense"))
    (found,) = findings_in(path, read_chain())
    assert found.office == "Secretary of Defense"
    path.write_text(head + row.format("Joint Staff"))
    with pytest.raises(BadLines, match="office: word must be one of President, Sec"):
        findings_in(path, read_chain())
    path.write_text(head)
    with pytest.raises(BadFile, match="header and no row"):
        findings_in(path, read_chain())
