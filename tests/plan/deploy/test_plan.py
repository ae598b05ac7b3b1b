"""Tests of deployments: small ones by hand, drawn ones by their limits, the 3,000."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import GateClosed, NoPlan, Prohibited
from linewatch.plan import read_factors
from linewatch.plan.decision import read_chain
from linewatch.plan.deploy import (
    Arrival,
    DeployData,
    DeployPlan,
    DeploySettings,
    cost_of,
    deploy_words,
    plan_deploy,
    propose_deploy,
    read_deploy,
    readiness_of,
)
from linewatch.plan.rcpsp import Status
from linewatch.plan.readiness import Gate, must_be_open
from linewatch.plan.readiness_read import read_readiness
from linewatch.scenario import read_scenario
from tests.plan.deploy.making import (
    deployment,
    lane,
    lift,
    movement,
    on,
    reception,
)
from tests.plan.fakes import OPEN, Said, Table

FACTORS = read_factors()


def loads(arrival: Arrival, deploy: DeployData) -> Counter[tuple[str, date, str]]:
    """Return what a movement uses by (limit, day, item), from its dates alone."""
    moved = arrival.movement
    settle = deploy.settings.settle_days
    transit = (arrival.arrives - arrival.departs).days
    days = (arrival.in_place - arrival.departs).days - transit - settle
    used: Counter[tuple[str, date, str]] = Counter()
    for item in ("people", "pieces"):
        amount = -(-getattr(moved, item) // days)
        for day in range(days):
            out = arrival.departs + timedelta(days=day)
            came = arrival.arrives + timedelta(days=day)
            used[f"{arrival.mode} {moved.origin}", out, item] += amount
            used[moved.destination, came, item] += amount
    return used


def overloads(plan: DeployPlan, deploy: DeployData) -> list[object]:
    """Return every limit of lift or reception that a plan goes over."""
    used: Counter[tuple[str, date, str]] = Counter()
    for arrival in plan.arrivals:
        used += loads(arrival, deploy)
    steps = [
        (f"{step.mode} {step.origin}", step.since, step) for step in deploy.lifts
    ] + [(step.site, step.since, step) for step in deploy.reception]
    over: list[object] = []
    for (name, day, item), amount in used.items():
        held = [
            (since, getattr(step, f"{item}_per_day"))
            for limit, since, step in steps
            if limit == name and since <= day
        ]
        if amount > (max(held)[1] if held else 0):
            over.append((name, day, item, amount))
    return over


def test_one_movement_by_hand() -> None:
    """Loads on day 2, lands on day 3, is in place three days of settling later."""
    plan = plan_deploy(deployment(), FACTORS)
    (arrival,) = plan.arrivals
    assert plan.status is Status.BEST
    assert (arrival.departs, arrival.arrives, arrival.in_place) == (on(2), on(3), on(7))
    assert arrival.days_late == 0
    assert arrival.held_by == "its earliest date"
    assert plan.by_day()[-1] == (on(7), 50)
    assert plan.complete_on == on(7)


def test_a_large_movement_is_spread_over_days() -> None:
    deploy = deployment(movement(people=120))
    (arrival,) = plan_deploy(deploy, FACTORS).arrivals
    assert arrival.in_place == on(2 + 3 + 1 + 3)


def test_the_urgent_go_first_when_lift_is_short() -> None:
    calm = movement("calm", priority=8, required=on(8))
    urgent = movement("urgent", priority=1, required=on(8))
    plan = plan_deploy(deployment(calm, urgent), FACTORS)
    first, second = plan.arrivals
    assert first.movement.movement == "urgent"
    assert second.held_by == "air from Carson: people 50 a day"
    assert plan.holds[0].people == 50


def test_lateness_is_told_and_weighed() -> None:
    late = movement(required=on(4), priority=2)
    plan = plan_deploy(deployment(late), FACTORS)
    assert plan.arrivals[0].days_late == 3
    assert plan.late_weighted == plan.late_bound == 3 * (10 - 2) * 50


def test_the_cheaper_mode_is_taken_when_both_are_in_time() -> None:
    deploy = deployment(lanes=(lane(), lane("bus", 2)), lifts=(lift(), lift("bus")))
    assert plan_deploy(deploy, FACTORS).arrivals[0].mode == "bus"
    hurried = replace(deploy, movements=(movement(required=on(7)),))
    assert plan_deploy(hurried, FACTORS).arrivals[0].mode == "air"


def test_reception_that_grows_lets_more_in() -> None:
    deploy = deployment(
        movement("A"),
        movement("B"),
        lifts=(lift(people=200),),
        reception=(reception(50), reception(100, day=4)),
    )
    first, second = plan_deploy(deploy, FACTORS).arrivals
    assert (first.in_place, second.in_place) == (on(7), on(8))
    assert second.held_by == (
        f"reception at Bliss: people 50 a day, then 100 a day from {on(4)}"
    )


def test_a_main_body_waits_for_its_advance_party() -> None:
    deploy = deployment(
        movement("main", after=("party",)), movement("party"), lifts=(lift(people=99),)
    )
    party, main = plan_deploy(deploy, FACTORS).arrivals
    assert main.departs >= party.in_place
    assert main.held_by == "after party"


def test_a_site_that_takes_less_later_is_served_slower() -> None:
    """Eighty go in two days while the site takes 40 a day, in four when it takes 20."""
    deploy = deployment(
        movement(people=80),
        lifts=(lift(people=80),),
        reception=(reception(40), reception(20, day=4)),
    )
    (arrival,) = plan_deploy(deploy, FACTORS).arrivals
    assert arrival.in_place == on(2 + 4 + 1 + 3)
    assert overloads(plan_deploy(deploy, FACTORS), deploy) == []
    earlier = replace(deploy, movements=(movement(people=80, earliest=on(1)),))
    (arrival,) = plan_deploy(earlier, FACTORS).arrivals
    assert arrival.in_place == on(1 + 2 + 1 + 3)


def test_kit_goes_by_what_carries_it() -> None:
    strykers = movement("K", people=0, pieces=30, kind="stryker")
    deploy = deployment(
        strykers,
        lanes=(lane(), lane("rail", 3, "stryker")),
        lifts=(lift(), lift("rail", 0, 20, day=10)),
    )
    (arrival,) = plan_deploy(deploy, FACTORS).arrivals
    assert (arrival.mode, arrival.departs) == ("rail", on(10))
    assert arrival.held_by == f"rail from Carson: pieces 20 a day from {on(10)}"


def test_what_has_no_way_is_told_all_at_once() -> None:
    strykers = movement("K", people=0, pieces=30, kind="stryker")
    lost = movement("L", destination="Mars")
    many = movement("N")
    deploy = deployment(strykers, lost, many, lifts=(lift(people=0),))
    with pytest.raises(NoPlan) as caught:
        plan_deploy(deploy, FACTORS)
    told = "; ".join(caught.value.clash)
    assert "K (0 people, 30 pieces) has no lane that carries stryker" in told
    assert "L (50 people, 0 pieces) has no lane that carries people" in told
    assert "N (50 people, 0 pieces) has no lift or no reception" in told


def test_an_impossible_deployment_names_the_limit_and_the_date() -> None:
    movements = [movement(f"M{at}") for at in range(8)]
    deploy = deployment(
        *movements,
        settings=DeploySettings(in_place_by=on(10).isoformat(), settle_days=3),
    )
    with pytest.raises(NoPlan) as caught:
        plan_deploy(deploy, FACTORS)
    assert set(caught.value.clash) == {
        "air from Carson: people 50 a day",
        f"all in place by {on(10)}",
    }
    more = replace(deploy, lifts=(lift(people=100),))
    assert plan_deploy(more, FACTORS).people == 400


@st.composite
def deployments(draw: st.DrawFn) -> DeployData:
    """Draw up to five movements with two modes and limits that change."""
    size = draw(st.integers(1, 5))
    movements = []
    for at in range(size):
        earliest = draw(st.integers(0, 6))
        pieces = draw(st.sampled_from([0, 0, 15, 40]))
        movements.append(
            movement(
                f"M{at}",
                people=0 if pieces else draw(st.integers(1, 150)),
                pieces=pieces,
                kind="truck" if pieces else "people",
                earliest=on(earliest),
                required=on(earliest + draw(st.integers(0, 15))),
                priority=draw(st.integers(1, 9)),
                after=("M0",) if at and draw(st.booleans()) else (),
            )
        )
    return deployment(
        *movements,
        lanes=(lane(), lane("bus", 2), lane("convoy", 3, "truck")),
        lifts=(
            lift(people=draw(st.integers(20, 90))),
            lift("bus", people=draw(st.integers(20, 90)), day=draw(st.integers(0, 9))),
            lift("convoy", 0, draw(st.integers(5, 20))),
        ),
        reception=(
            reception(draw(st.integers(20, 90)), draw(st.integers(5, 20))),
            reception(draw(st.integers(20, 90)), draw(st.integers(5, 20)), 12),
        ),
        settings=DeploySettings(in_place_by=on(90).isoformat(), effort=1.0),
    )


@settings(max_examples=15)
@given(deployments())
def test_no_plan_goes_over_lift_or_reception(deploy: DeployData) -> None:
    plan = plan_deploy(deploy, FACTORS)
    assert overloads(plan, deploy) == []
    by_name = {a.movement.movement: a for a in plan.arrivals}
    assert set(by_name) == {m.movement for m in deploy.movements}
    for arrival in plan.arrivals:
        assert arrival.departs >= arrival.movement.earliest
        assert arrival.in_place <= on(90)
        for name in arrival.movement.after:
            assert arrival.departs >= by_name[name].in_place
    assert sum(week.people for week in plan.by_week()) == plan.people
    assert plan.by_week()[-1].people_so_far == plan.people
    assert plan.late_bound <= plan.late_weighted


@settings(max_examples=6)
@given(deployments())
def test_more_lift_is_never_later(deploy: DeployData) -> None:
    plan = plan_deploy(deploy, FACTORS)
    roomy = replace(
        deploy,
        lifts=tuple(
            replace(
                step,
                people_per_day=step.people_per_day * 9,
                pieces_per_day=step.pieces_per_day * 9,
            )
            for step in deploy.lifts
        ),
        reception=tuple(
            replace(
                step,
                people_per_day=step.people_per_day * 9,
                pieces_per_day=step.pieces_per_day * 9,
            )
            for step in deploy.reception
        ),
    )
    if plan.status is Status.BEST:
        assert plan_deploy(roomy, FACTORS).late_bound <= plan.late_weighted


def test_cost_counts_troop_days_from_departure_and_the_ride() -> None:
    deploy = deployment(
        settings=DeploySettings(
            in_place_by=on(40).isoformat(), cost_until=on(11).isoformat()
        )
    )
    cost = cost_of(plan_deploy(deploy, FACTORS), deploy, FACTORS)
    assert cost.best == 50 * 10 * 550 + 50 * FACTORS.value("move.air.usd_per_person")
    assert cost.low < cost.best < cost.high
    assert "incremental" in cost.scope


def test_readiness_says_the_share_that_is_taken() -> None:
    deploy = deployment(movement(), movement("X", parent="other"))
    found = readiness_of(plan_deploy(deploy, FACTORS), deploy, FACTORS)
    said = [one.said for one in found]
    assert any("50 of 200 people taken; readiness not assessed" in s for s in said)
    assert any("other: 50 people taken; readiness not assessed" in s for s in said)
    assert not any(one.may_run for one in found)


def test_a_proposal_checks_every_movement() -> None:
    deploy = deployment(movement(task="wire"), movement("M2"))
    plan = plan_deploy(deploy, FACTORS)
    made = propose_deploy(plan, deploy, FACTORS, ask=OPEN, made_s=0.0)
    assert {check.pairing.task for check in made.checks} == {"wire", "static"}
    told = [one.to_dict() for one in readiness_of(plan, deploy, FACTORS)]
    words = {**deploy_words(plan), "until": "2025-09-30", "readiness": told}
    assert made.body == words
    with pytest.raises(Prohibited):
        propose_deploy(plan, deploy, FACTORS, ask=Table({}), made_s=0.0)
    closed = Table({"wire": Said("prohibited"), "static": Said("allowed")})
    with pytest.raises(Prohibited):
        propose_deploy(plan, deploy, FACTORS, ask=closed, made_s=0.0)


@pytest.fixture(scope="module")
def border() -> DeployData:
    return read_deploy(read_scenario())


@pytest.fixture(scope="module")
def planned(border: DeployData) -> DeployPlan:
    return plan_deploy(border, FACTORS)


def test_the_3000_are_in_place_by_1_may(
    border: DeployData, planned: DeployPlan
) -> None:
    assert planned.people == 3_000
    assert planned.people_in_place(date(2025, 5, 1)) == 3_000
    assert planned.people_in_place(date(2025, 3, 1)) == 0
    assert planned.status is Status.BEST
    assert overloads(planned, border) == []


def test_the_units_add_up_as_reported(border: DeployData) -> None:
    people: Counter[str] = Counter()
    for moved in border.movements:
        people[moved.parent] += moved.people
    assert people["2SBCT 4ID"] == 2_400
    assert people["3CAB GSAB"] == 500
    strykers = sum(m.pieces for m in border.movements if m.kind == "stryker")
    assert strykers == 105


def test_strykers_come_off_the_train_when_they_were_seen(planned: DeployPlan) -> None:
    """Loaded from 1 April, some 50 off-loaded at Fort Bliss by the 5th."""
    first = next(a for a in planned.arrivals if a.movement.movement == "K01")
    assert (first.mode, first.departs) == ("rail", date(2025, 4, 1))
    assert date(2025, 4, 4) <= first.arrives <= date(2025, 4, 5)


def test_readiness_of_the_brigade_is_told(
    border: DeployData, planned: DeployPlan
) -> None:
    mission = read_scenario()
    tables = read_readiness(mission, read_chain(mission))
    found = readiness_of(planned, border, FACTORS, tables)
    brigade = next(one for one in found if one.parent == "2SBCT 4ID")
    assert "2,400 of 4,400 people taken (55%), P1 to P4" in brigade.said
    assert brigade.gate is Gate.CLOSED
    assert brigade.since == date(2025, 3, 8)
    assert brigade.until == date(2025, 9, 30)
    with pytest.raises(GateClosed, match="10 USC 276"):
        must_be_open(found)


def test_planning_again_gives_the_same(border: DeployData, planned: DeployPlan) -> None:
    assert plan_deploy(border, FACTORS) == planned
