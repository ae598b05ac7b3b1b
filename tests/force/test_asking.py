"""Tests of authority at a place over a term: zones, records, doubts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.area.zones import Zone
from linewatch.errors import BadFile, BadLines, BadValue, MayNotDecide, Prohibited
from linewatch.force import Rules, may, read_rules
from linewatch.force.asking import Authority, Spot, doubt_of, scenario_rules
from linewatch.force.records import Record, met_on, recorded, records_in
from linewatch.measure.clock import to_epoch_s
from linewatch.scenario import BUILT_IN, Scenario
from tests.force.tables import row, write

RULES = read_rules(BUILT_IN / "authority.csv")
NDA = "national_defense_area"
DAY = date(2025, 5, 1)


def zone(name: str = "Texas (Fort Bliss)", **changes: object) -> Zone:
    """Return a zone with unknown edges in the sector El Paso."""
    made = Zone(
        name=name,
        kind="national defense area",
        from_m=None,
        to_m=None,
        start=date(2025, 5, 1),
        start_precision="day",
        end=None,
        told_length="",
        note="",
        source="test",
        sectors=("El Paso",),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def record(name: str, **changes: object) -> Record:
    made = Record(
        name=name,
        office="President",
        reference="Proclamation 1",
        made_s=to_epoch_s("2025-01-01"),
        known_s=to_epoch_s("2025-01-01"),
        from_s=to_epoch_s("2025-05-01"),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def authority(*zones: Zone, records: Sequence[Record] = ()) -> Authority:
    return Authority(
        rules=RULES,
        zones=zones,
        records=records,
        bases={"Fort Bliss": "El Paso"},
        stretches={"El Paso": (1_000_000.0, 1_400_000.0), "Yuma": (2e5, 4e5)},
    )


def test_an_edge_that_nobody_knows_is_an_open_condition() -> None:
    asked = authority(zone())
    answer = asked.at(Spot(sector="El Paso"), task="patrol", status="T10", on=DAY)
    assert answer.answer == "conditional"
    assert answer.conditions[-1] == "inside_or_outside_texas_fort_bliss_recorded"
    inside = may(RULES, task="patrol", status="T10", on=DAY, zone="nda")
    outside = may(RULES, task="patrol", status="T10", on=DAY)
    assert {*inside.conditions, *outside.conditions} < {*answer.conditions}
    for spot in (
        Spot(base="Fort Bliss"),
        Spot(from_m=1.2e6),
        Spot(from_m=1.3e6, to_m=2e6),
    ):
        assert (
            doubt_of(zone())
            in asked.at(spot, task="patrol", status="T10", on=DAY).conditions
        )
    for spot in (Spot(sector="Yuma"), Spot(), Spot(from_m=3e5), Spot(base="Marfa")):
        assert asked.at(spot, task="patrol", status="T10", on=DAY) == outside
    before = asked.at(
        Spot(sector="El Paso"), task="patrol", status="T10", on=date(2025, 4, 30)
    )
    assert doubt_of(zone()) not in before.conditions


def test_where_it_makes_no_difference_nothing_is_asked() -> None:
    answer = authority(zone()).at(
        Spot(sector="El Paso"), task="vehicle_maintenance", status="T10", on=DAY
    )
    assert (answer.answer, answer.conditions) == ("allowed", ())


def test_what_is_prohibited_on_one_side_of_an_unknown_edge_is_prohibited() -> None:
    asked, spot = authority(zone()), Spot(sector="El Paso")
    answer = asked.at(spot, task="temporary_detention", status="T10", on=DAY)
    assert (answer.answer, answer.rule) == ("prohibited", "t10-detention")
    with pytest.raises(Prohibited):
        asked.permit(spot, task="temporary_detention", status="T10", on=DAY)
    sure = replace(spot, zone="nda")
    assert asked.permit(
        sure, task="temporary_detention", status="T10", on=DAY
    ).rule == ("t10-detention-nda")


def test_a_zone_that_nobody_places_may_be_anywhere_on_the_line() -> None:
    asked = authority(zone(sectors=()))
    for spot in (Spot(sector="Yuma"), Spot(from_m=0.0)):
        assert (
            doubt_of(zone())
            in asked.at(spot, task="patrol", status="T10", on=DAY).conditions
        )
    assert (
        doubt_of(zone())
        not in asked.at(
            Spot(base="Fort Drum"), task="patrol", status="T10", on=DAY
        ).conditions
    )


def test_known_edges_leave_no_doubt() -> None:
    known = zone(from_m=1_100_000.0, to_m=1_200_000.0)
    asked = authority(known)
    inside = asked.at(Spot(from_m=1.15e6), task="patrol", status="T10", on=DAY)
    assert inside.conditions == ("zone_notice_recorded",)
    outside = asked.at(Spot(from_m=1.3e6), task="patrol", status="T10", on=DAY)
    assert outside == may(RULES, task="patrol", status="T10", on=DAY)
    across = asked.at(
        Spot(from_m=1.15e6, to_m=1.25e6), task="patrol", status="T10", on=DAY
    )
    assert doubt_of(known) in across.conditions
    whole = asked.at(Spot(sector="El Paso"), task="patrol", status="T10", on=DAY)
    assert doubt_of(known) in whole.conditions
    assert asked.at(Spot(sector="Yuma"), task="patrol", status="T10", on=DAY) == outside


def test_notice_of_a_zone_meets_its_condition_from_its_day() -> None:
    known = zone(from_m=1_100_000.0, to_m=1_200_000.0, notice=date(2025, 6, 1))
    parts = authority(known).over(
        Spot(from_m=1.15e6),
        task="patrol",
        status="T10",
        start=DAY,
        end=date(2025, 7, 1),
    )
    assert [(p.start, p.end, p.answer.answer) for p in parts] == [
        (DAY, date(2025, 6, 1), "conditional"),
        (date(2025, 6, 1), date(2025, 7, 1), "allowed"),
    ]


def test_a_record_of_where_a_place_lies_settles_it() -> None:
    here = record(doubt_of(zone()), place="El Paso")
    spot = Spot(sector="El Paso")
    asked = authority(zone(), records=[here])
    assert (
        doubt_of(zone())
        not in asked.at(spot, task="patrol", status="T10", on=DAY).conditions
    )
    elsewhere = authority(zone(), records=[replace(here, place="Yuma")])
    assert (
        doubt_of(zone())
        in elsewhere.at(spot, task="patrol", status="T10", on=DAY).conditions
    )


def test_a_record_for_one_zone_says_nothing_of_another() -> None:
    one = zone(from_m=0.0, to_m=10.0)
    other = zone("Yuma", from_m=20.0, to_m=30.0)
    asked = authority(
        one, other, records=[record("zone_notice_recorded", place="Yuma")]
    )
    assert (
        asked.at(Spot(from_m=5.0), task="patrol", status="T10", on=DAY).answer
        == "conditional"
    )
    assert (
        asked.at(Spot(from_m=25.0), task="patrol", status="T10", on=DAY).answer
        == "allowed"
    )


def test_the_insurrection_act_is_off_without_a_recorded_order_and_on_with_one() -> None:
    off = authority().at(Spot(), task="arrest", status="T10", on=DAY)
    assert (off.answer, off.rule) == ("prohibited", "t10-arrest")
    order = record("insurrection_act_order_recorded", until_s=to_epoch_s("2025-06-01"))
    asked = authority(records=[order])
    on = asked.at(Spot(), task="arrest", status="T10", on=DAY)
    assert (on.answer, on.rule) == ("conditional", "t10-arrest-insurrection-act")
    assert on.conditions == ("presidential_order_names_the_task",)
    parts = asked.over(
        Spot(),
        task="arrest",
        status="T10",
        start=date(2025, 4, 1),
        end=date(2025, 7, 1),
    )
    assert [(p.start, p.answer.answer) for p in parts] == [
        (date(2025, 4, 1), "prohibited"),
        (date(2025, 5, 1), "conditional"),
        (date(2025, 6, 1), "prohibited"),
    ]
    both = authority(records=[order, record("presidential_order_names_the_task")])
    assert both.at(Spot(), task="arrest", status="T10", on=DAY).answer == "allowed"
    assert both.at(Spot(), task="arrest", status="T32", on=DAY).answer == "prohibited"


def test_only_the_president_records_the_order() -> None:
    offices = ("Secretary of Defense", "President", "Unit")
    order = record("insurrection_act_order_recorded")
    assert recorded(order, RULES, offices) == order
    with pytest.raises(MayNotDecide, match="President may"):
        recorded(replace(order, office="Secretary of Defense"), RULES, offices)
    approval = record("detainee_transport_approval_recorded")
    with pytest.raises(MayNotDecide, match="Secretary of Defense may"):
        recorded(approval, RULES, offices)
    plain = record("land_owner_recorded", office="Unit")
    assert recorded(plain, RULES, offices) == plain
    with pytest.raises(MayNotDecide):
        recorded(replace(plain, office="Colonel Smith"), RULES, offices)
    with pytest.raises(BadValue, match="reference"):
        recorded(replace(plain, reference=" "), RULES, offices)
    with pytest.raises(BadValue, match="until"):
        recorded(replace(plain, until_s=plain.from_s), RULES, offices)


def test_a_record_comes_back_from_its_entry_and_counts_once_known() -> None:
    for made in (
        record("a"),
        record("b", place="Yuma", until_s=to_epoch_s("2026-01-01")),
    ):
        body = {k: v for k, v in made.to_body().items() if v is not None}
        assert Record.from_body(made.made_s, body) == made
        entries = [(made.made_s, body)]
        assert records_in(entries, known_s=made.known_s) == (made,)
        assert records_in(entries, known_s=made.known_s - 1) == ()
    assert met_on([record("a")], date(2025, 4, 30)) == frozenset()


days = st.dates(date(2025, 1, 1), date(2025, 12, 31))
spots = st.sampled_from(
    [
        Spot(),
        Spot(sector="El Paso"),
        Spot(base="Fort Bliss"),
        Spot(from_m=1.15e6),
        Spot(from_m=1.15e6, to_m=1.25e6),
        Spot(zone="nda"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(
    spot=spots,
    task=st.sampled_from(RULES.tasks),
    status=st.sampled_from(["T10", "T32", "SAD"]),
    start=days,
    length=st.integers(1, 200),
    edges=st.sampled_from([None, (1.1e6, 1.2e6)]),
    begins=days,
    noted=st.none() | days,
)
def test_a_term_is_asked_as_if_every_day_were(
    spot: Spot,
    task: str,
    status: str,
    start: date,
    length: int,
    edges: tuple[float, float] | None,
    begins: date,
    noted: date | None,
) -> None:
    """The plain twin: ask each day anew, with no memory of the days before."""
    from_m, to_m = edges or (None, None)
    held = zone(start=begins, from_m=from_m, to_m=to_m, notice=noted)
    order = record("insurrection_act_order_recorded")
    asked = authority(held, records=[order])
    end = start + timedelta(days=length)
    parts = asked.over(spot, task=task, status=status, start=start, end=end)
    assert (parts[0].start, parts[-1].end) == (start, end)
    for number in range(length):
        on = start + timedelta(days=number)
        part = next(part for part in parts if part.start <= on < part.end)
        plain = authority(held, records=[order]).at(
            spot, task=task, status=status, on=on
        )
        assert replace(part.answer, on=on) == plain


@settings(max_examples=60, deadline=None)
@given(
    task=st.sampled_from(RULES.tasks),
    status=st.sampled_from(["T10", "T32", "SAD"]),
    on=days,
)
def test_a_doubt_never_loosens_an_answer(task: str, status: str, on: date) -> None:
    order = ("allowed", "conditional", "prohibited")
    held = zone(start=date(2025, 1, 1))
    told = authority(held).at(Spot(sector="El Paso"), task=task, status=status, on=on)
    for kind in (None, "nda"):
        alone = may(RULES, task=task, status=status, on=on, zone=kind)
        assert order.index(told.answer) >= order.index(alone.answer)
        if told.answer == "conditional":
            assert {*alone.conditions} <= {*told.conditions}


def test_rules_of_ones_own_are_added_to_a_table(tmp_path: Path) -> None:
    base = write(tmp_path, row(), name="base.csv")
    own = write(tmp_path, row(rule="mine", task="fly", lifts="r1"), name="own.csv")
    told = read_rules(base, own)
    assert [rule.name for rule in told.rules] == ["r1", "mine"]
    for bad, why in (
        (row(), "stands in the table before it"),
        (row(rule="x", lifts="none"), "lifts none"),
        (row(rule="x", override_owner="A"), "override_owner is for"),
    ):
        with pytest.raises(BadLines, match=why):
            read_rules(base, write(tmp_path, bad, name="bad.csv"))
    tables = {"force": {"authority": "base.csv", "more_rules": "own.csv"}}
    assert scenario_rules(Scenario(folder=tmp_path, tables=tables)) == told


def test_a_table_without_a_rule_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, name="empty.csv")
    with pytest.raises(BadFile, match="holds no rule"):
        read_rules(path)
    path.write_text("")
    with pytest.raises(BadFile):
        read_rules(path)


def test_the_cache_answers_as_the_table_does() -> None:
    asked = authority()
    words = {"task": "patrol", "status": "T10", "on": DAY}
    assert asked(**words) is asked(**words)  # type: ignore[arg-type]
    assert asked(**words) == may(RULES, **words)  # type: ignore[arg-type]
    more = Rules(rules=RULES.rules, path=RULES.path).rules[:0]
    assert asked.with_rules(more)(**words) == asked(**words)  # type: ignore[arg-type]
