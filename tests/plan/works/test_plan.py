"""Tests of works: small ones by hand, drawn ones by their rules, the border's own."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadLines, BadValue, NoPlan, Prohibited, UnknownName
from linewatch.force.authority import may
from linewatch.force.rules import read_rules
from linewatch.plan import read_factors
from linewatch.plan.rcpsp import Status
from linewatch.plan.works import (
    Rates,
    WorksData,
    WorksPlan,
    WorksSettings,
    plan_works,
    propose_works,
    read_works,
    works_words,
)
from linewatch.scenario import BUILT_IN, read_scenario
from tests.plan.fakes import Said, Table
from tests.plan.works.making import crew, delivery, on, work, works

FACTORS = read_factors()
OPEN = Table(
    {
        "engineering_wire_barrier": Said("conditional", conditions=("land owner",)),
        "engineering_road_lighting": Said("allowed"),
    }
)


def faults(plan: WorksPlan, listed: WorksData) -> list[str]:
    """Return every rule of the field that a plan breaks, from its dates alone."""
    return [
        *off_its_dates_or_ground(plan, listed),
        *too_soon_after(plan),
        *in_two_places(plan),
        *without_material(plan, listed),
    ]


def off_its_dates_or_ground(plan: WorksPlan, listed: WorksData) -> Iterator[str]:
    for one in plan.works:
        work, crew = one.work, one.crew
        if one.start < work.earliest or one.finish > listed_end(listed):
            yield f"{work.work} outside its dates"
        if work.kind not in crew.kinds:
            yield f"{work.work} by a crew that cannot"
        if not crew.from_km <= work.from_km < work.to_km <= crew.to_km:
            yield f"{work.work} off its crew's ground"


def too_soon_after(plan: WorksPlan) -> Iterator[str]:
    finish = {planned.work.work: planned.finish for planned in plan.works}
    for one in plan.works:
        for before in one.work.after:
            if finish[before] >= one.start:
                yield f"{one.work.work} before {before} is finished"


def in_two_places(plan: WorksPlan) -> Iterator[str]:
    for one in plan.works:
        for other in plan.works:
            if one is other or one.crew is not other.crew or one.start > other.start:
                continue
            here, there = one.work, other.work
            away_km = max(0.0, there.from_km - here.to_km, here.from_km - there.to_km)
            free_days = (other.start - one.finish).days - 1
            if free_days < 1 + away_km / 200 - 1e-9:
                yield f"{one.crew.crew} is in two places"


def without_material(plan: WorksPlan, listed: WorksData) -> Iterator[str]:
    for kind in {each.kind for each in listed.deliveries}:
        for planned in plan.works:
            drawn_m = sum(
                p.work.length_m
                for p in plan.works
                if p.work.kind == kind and p.start <= planned.start
            )
            there_m = sum(
                d.metres
                for d in listed.deliveries
                if d.kind == kind and d.on <= planned.start
            )
            if planned.work.kind == kind and drawn_m > there_m + 1:
                yield f"{planned.work.work} without material"


def listed_end(listed: WorksData) -> date:
    """Return the last day of the plan."""
    return date.fromisoformat(listed.settings.done_by)


def test_one_work_by_hand() -> None:
    """A kilometre of road at 6 m a person-day by 20 people takes nine days."""
    plan = plan_works(works(), FACTORS)
    (planned,) = plan.works
    assert plan.status is Status.BEST
    assert (planned.start, planned.finish) == (on(2), on(10))
    assert planned.metres_per_day == pytest.approx(1_000 / 9)
    assert planned.all_in_m_per_day.best == 120
    assert planned.productive_m_per_day.best == 1_200


def test_the_rate_of_manuals_is_on_request() -> None:
    quick = works(settings=WorksSettings(done_by=on(90).isoformat(), rate="productive"))
    assert plan_works(quick, FACTORS).works[0].finish == on(2)


def test_a_crew_travels_and_sets_up_between_works() -> None:
    """A day of setting up, and one more for each 200 km begun."""
    near = works(work("A"), work("B", from_km=101.0, to_km=102.0))
    first, second = plan_works(near, FACTORS).works
    assert (second.start - first.finish).days == 1 + 1
    far = works(work("A"), work("B", from_km=302.0, to_km=303.0))
    first, second = plan_works(far, FACTORS).works
    assert (second.start - first.finish).days == 1 + 1 + 2


def test_a_crew_comes_from_home_first() -> None:
    away = works(crews=(crew(home_km=601.0, since=on(5)),))
    assert plan_works(away, FACTORS).works[0].start == on(5 + 3)


def test_the_road_comes_before_the_barrier() -> None:
    listed = works(
        work("barrier", kind="vehicle_barrier", after=("road",), priority=1),
        work("road"),
        crews=(crew(people=200), crew("C2", people=200)),
    )
    road, barrier = plan_works(listed, FACTORS).works
    assert road.work.work == "road"
    assert barrier.start > road.finish


def test_a_work_waits_for_its_material() -> None:
    listed = works(
        work("W", kind="wire", to_km=100.5),
        crews=(crew(people=100),),
        deliveries=(delivery(300, 0), delivery(300, 20)),
    )
    assert plan_works(listed, FACTORS).works[0].start == on(20)


def test_heat_makes_the_same_work_longer() -> None:
    spring = works(settings=WorksSettings(done_by="2025-12-31"))
    summer = replace(
        spring, works=(work(earliest=date(2025, 7, 1), due=date(2025, 9, 1)),)
    )
    assert plan_works(spring, FACTORS).works[0].days == 9
    assert plan_works(summer, FACTORS).works[0].days == 14


def test_a_crew_keeps_to_its_ground_and_trade() -> None:
    listed = works(
        crews=(
            crew("fast", people=500, to_km=100.5),
            crew("other", people=500, kinds=("wire",)),
            crew("slow", people=10),
        )
    )
    assert plan_works(listed, FACTORS).works[0].crew.crew == "slow"


def test_works_without_a_crew_are_told_all_at_once() -> None:
    listed = works(
        work("A", from_km=2_000, to_km=2_001),
        work("B"),
        work("C", kind="lighting"),
        crews=(crew(kinds=("road",), to_km=500),),
    )
    with pytest.raises(NoPlan) as caught:
        plan_works(listed, FACTORS)
    assert len(caught.value.clash) == 2
    assert "A needs a crew for road" in caught.value.clash[0]
    assert "C needs a crew for lighting" in caught.value.clash[1]


def test_impossible_works_name_what_clashes() -> None:
    listed = works(
        *(work(f"W{at}") for at in range(4)),
        settings=WorksSettings(done_by=on(30).isoformat()),
    )
    with pytest.raises(NoPlan) as caught:
        plan_works(listed, FACTORS)
    assert set(caught.value.clash) == {
        "one C1 (unit C1)",
        f"all finished by {on(30)}",
    }
    short = works(work(kind="wire"), deliveries=(delivery(10, 0),))
    with pytest.raises(NoPlan, match="material for wire: 10 m delivered"):
        plan_works(short, FACTORS)


@st.composite
def drawn_works(draw: st.DrawFn) -> WorksData:
    """Draw up to five works and three crews."""
    kinds = ("road", "wire", "vehicle_barrier")
    listed = []
    for at in range(draw(st.integers(1, 5))):
        begin = draw(st.integers(0, 600))
        earliest = draw(st.integers(0, 20))
        listed.append(
            work(
                f"W{at}",
                kind=draw(st.sampled_from(kinds)),
                from_km=float(begin),
                to_km=begin + draw(st.integers(1, 4)) / 4,
                earliest=on(earliest),
                due=on(earliest + draw(st.integers(0, 40))),
                priority=draw(st.integers(1, 9)),
                after=("W0",) if at and draw(st.booleans()) else (),
            )
        )
    crews = tuple(
        crew(
            f"C{at}",
            people=draw(st.integers(50, 200)),
            home_km=float(draw(st.integers(0, 600))),
            since=on(draw(st.integers(0, 10))),
        )
        for at in range(draw(st.integers(1, 3)))
    )
    return works(
        *listed,
        crews=crews,
        deliveries=(delivery(3_000, 5), delivery(2_000, 15)),
        settings=WorksSettings(done_by=on(170).isoformat(), effort=0.5),
    )


@settings(max_examples=15)
@given(drawn_works())
def test_no_plan_breaks_a_rule_of_the_field(listed: WorksData) -> None:
    plan = plan_works(listed, FACTORS)
    assert {planned.work for planned in plan.works} == set(listed.works)
    assert faults(plan, listed) == []
    assert plan.late_bound <= plan.late_weighted
    made_m = sum(metres for _, metres in plan.metres_by_week())
    assert made_m == pytest.approx(plan.length_m)


def test_cost_grows_with_slow_work() -> None:
    (planned,) = plan_works(works(), FACTORS).works
    days, people = 9, 20
    assert planned.cost.best == days * people * 550 + 1_000 * 60
    low, high = days * 6 / 10, days * 6 / 3
    assert planned.cost.low == pytest.approx(low * people * 250 + 1_000 * 25)
    assert planned.cost.high == pytest.approx(high * people * 650 + 1_000 * 140)


def test_a_proposal_checks_the_crews_status_for_the_works_task() -> None:
    listed = works(work(kind="wire", zone="national_defense_area"))
    plan = plan_works(listed, FACTORS)
    made = propose_works(plan, ask=OPEN, made_s=0.0)
    (check,) = made.checks
    assert check.pairing.task == "engineering_wire_barrier"
    assert check.pairing.zone == "national_defense_area"
    assert check.pairing.on == plan.works[0].start
    assert made.conditions == ("land owner",)
    assert made.body == works_words(plan)
    assert made.cost.best == pytest.approx(sum(p.cost.best for p in plan.works))
    with pytest.raises(Prohibited):
        propose_works(plan, ask=Table({}), made_s=0.0)


@pytest.fixture(scope="module")
def border() -> WorksData:
    return read_works(read_scenario())


@pytest.fixture(scope="module")
def planned(border: WorksData) -> WorksPlan:
    return plan_works(border, FACTORS)


def test_the_border_list_is_built_in_time(
    border: WorksData, planned: WorksPlan
) -> None:
    assert planned.status is Status.BEST
    assert faults(planned, border) == []
    assert len(planned.works) == len(border.works)
    assert {p.work.kind for p in planned.works} == {
        "wire",
        "vehicle_barrier",
        "road",
        "lighting",
    }
    assert planned.late_weighted == 0


def test_the_border_list_is_lawful(planned: WorksPlan) -> None:
    rules = read_rules(read_scenario().file("force", "authority"))
    made = propose_works(planned, ask=partial(may, rules), made_s=0.0)
    assert {check.answer for check in made.checks} == {"allowed", "conditional"}
    assert "land_owner_recorded" in made.conditions


def test_every_row_of_the_border_has_a_source(border: WorksData) -> None:
    for rows in (border.works, border.crews, border.deliveries):
        assert all(row.source for row in rows)


def test_planning_again_gives_the_same(border: WorksData, planned: WorksPlan) -> None:
    assert plan_works(border, FACTORS) == planned


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the built-in scenario."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "mission"))


def test_all_bad_works_are_told(copy: Path) -> None:
    path = copy / "works.csv"
    head = next(line for line in path.read_text().splitlines() if line[0] != "#")
    rows = (
        "A,moat,1,2,,2025-03-01,2025-04-01,1,,s",
        "B,wire,2,2,,2025-03-01,2025-04-01,1,,s",
        "C,wire,1,2,,2025-03-01,2025-02-01,1,,s",
        "D,wire,1,2,,2025-03-01,2025-04-01,0,,s",
        "E,wire,-1,x,,today,2025-04-01,1,,",
    )
    path.write_text("\n".join((head, *rows)) + "\n")
    with pytest.raises(BadLines) as caught:
        read_works(read_scenario(copy))
    assert {line for line, _ in caught.value.faults} == {2, 3, 4, 5, 6}
    assert sum(line == 6 for line, _ in caught.value.faults) == 4


def test_a_work_that_waits_for_none_is_told(copy: Path) -> None:
    path = copy / "works.csv"
    path.write_text(path.read_text().replace(",W03,", ",W99,"))
    with pytest.raises(BadLines, match="W04 waits for W99"):
        read_works(read_scenario(copy))


def test_settings_refuse_what_cannot_be(copy: Path) -> None:
    toml = copy / "scenario.toml"
    toml.write_text(toml.read_text().replace("done_by", "done_bye"))
    with pytest.raises(UnknownName, match="done_bye"):
        read_works(read_scenario(copy))
    for words in ({"done_by": "soon"}, {"rate": "hopeful"}, {"effort": -1.0}):
        with pytest.raises(BadValue):
            WorksSettings(**words)


def test_a_crew_that_cannot_be_is_refused() -> None:
    for words in (
        {"people": 0},
        {"kinds": ("moat",)},
        {"from_km": 9.0, "to_km": 9.0},
    ):
        with pytest.raises(BadValue):
            crew(**words)


def test_rates_follow_a_scenarios_own_factors() -> None:
    factor = FACTORS.of("road.all_in.m_per_person_day")
    slow = replace(
        FACTORS,
        by_id=dict(FACTORS.by_id) | {factor.id: replace(factor, value=3.0)},
    )
    rates = Rates(factors=slow, lat_deg=31.3)
    assert rates.metres_per_day("road", people=20, rate="all_in").best == 60
    finish = plan_works(works(), slow).works[0].finish
    assert finish == on(2) + timedelta(days=16)
