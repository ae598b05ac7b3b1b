"""Tests of who may do what: the laws that every table obeys, and the built-in one."""

import csv
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import UnknownName
from linewatch.force import Rules, may, read_rules
from linewatch.force.authority import ALIASES, UNKNOWN
from linewatch.force.rules import ANSWERS
from linewatch.force.values import STATUS_KEYS, STATUSES
from linewatch.scenario import read_scenario
from tests.force.tables import RECORDS, TASKS, ZONES, days, rules

MATRIX = Path(__file__).parents[2].parent / "shared" / "domain" / "authority_matrix.csv"
ALL_RECORDS = (*RECORDS, "declared", "waived")

statuses = st.sampled_from(STATUSES)
zones = st.sampled_from(ZONES)
tasks = st.sampled_from(TASKS)
records = st.sets(st.sampled_from(ALL_RECORDS))


@pytest.fixture(scope="module")
def built_in() -> Rules:
    """Read the built-in table once."""
    return read_rules(read_scenario().file("force", "authority"))


@given(rules(), tasks, statuses, zones, days, records)
def test_every_answer_names_a_rule_that_speaks_of_it(
    table: Rules, task: str, status: str, zone: str, on: date, met: set[str]
) -> None:
    answer = may(table, task=task, status=status, on=on, zone=zone, met=met)
    named = {rule.name: rule for rule in (*table.rules, UNKNOWN)}
    rule = named[answer.rule]
    assert rule.holds(task=task, status=status, on=on, zone=zone)
    assert (answer.layer, answer.citation) == (rule.layer, rule.citation)
    assert answer.answer in ANSWERS
    assert answer.rule not in answer.beaten
    assert set(answer.beaten) <= set(named)
    assert bool(answer.conditions) == (answer.answer == "conditional")
    assert not met & set(answer.conditions)


@given(rules(), tasks, statuses, zones, days, records, st.sets(st.text()))
def test_what_is_prohibited_stays_so_whatever_unrelated_is_met(
    table: Rules,
    task: str,
    status: str,
    zone: str,
    on: date,
    met: set[str],
    unrelated: set[str],
) -> None:
    before = may(table, task=task, status=status, on=on, zone=zone, met=met)
    more = met | (unrelated - set(ALL_RECORDS))
    assert may(table, task=task, status=status, on=on, zone=zone, met=more) == before


@given(rules(), st.text(), statuses, zones, days, records)
def test_an_unknown_task_is_prohibited_whatever_else_is_given(
    table: Rules, task: str, status: str, zone: str, on: date, met: set[str]
) -> None:
    unknown = f"no_such_{task}"
    answer = may(table, task=unknown, status=status, on=on, zone=zone, met=met)
    assert (answer.answer, answer.layer) == ("prohibited", "default")
    assert answer.rule == UNKNOWN.name


@given(rules(), rules(prefix="new", lifts=False), tasks, statuses, zones, days, records)
def test_rules_that_lift_nothing_never_loosen_an_answer(
    table: Rules,
    more: Rules,
    task: str,
    status: str,
    zone: str,
    on: date,
    met: set[str],
) -> None:
    ask = {"task": task, "status": status, "zone": zone}
    before = may(table, **ask, on=on, met=met)
    both = replace(table, rules=table.rules + more.rules)
    after = may(both, **ask, on=on, met=met)
    if before.layer != "default":
        assert ANSWERS.index(after.answer) >= ANSWERS.index(before.answer)


@given(rules(), tasks, statuses, zones, days, records)
def test_the_order_of_a_table_does_not_change_the_answer(
    table: Rules, task: str, status: str, zone: str, on: date, met: set[str]
) -> None:
    turned = replace(table, rules=table.rules[::-1])
    one, two = (
        may(each, task=task, status=status, on=on, zone=zone, met=met)
        for each in (table, turned)
    )
    assert (one.answer, one.layer) == (two.answer, two.layer)
    assert set(one.conditions) == set(two.conditions)


@given(rules(), tasks, statuses, zones, days)
def test_meeting_all_that_is_open_makes_a_conditional_answer_allowed(
    table: Rules, task: str, status: str, zone: str, on: date
) -> None:
    ask = {"task": task, "status": status, "zone": zone}
    answer = may(table, **ask, on=on)
    if answer.answer == "conditional":
        after = may(table, **ask, on=on, met=answer.conditions)
        assert after.answer == "allowed"
        assert after.rule == answer.rule


def test_arrest_by_federal_forces_is_prohibited_by_law(built_in: Rules) -> None:
    answer = may(built_in, task="arrest", status="T10", on=date(2025, 4, 1))
    assert (answer.answer, answer.layer) == ("prohibited", "law")
    assert "18 USC 1385" in answer.citation
    assert "10 USC 275" in answer.citation
    assert answer.owner == ""


@pytest.mark.parametrize(
    ("on", "answer", "rule"),
    [
        ("2025-03-01", "prohibited", "t10-patrol-before-order"),
        ("2025-03-19", "prohibited", "t10-patrol-before-order"),
        ("2025-03-20", "conditional", "t10-patrol"),
    ],
)
def test_patrol_begins_with_the_order_of_20_march(
    built_in: Rules, on: str, answer: str, rule: str
) -> None:
    told = may(built_in, task="patrol", status="T10", on=date.fromisoformat(on))
    assert (told.answer, told.rule) == (answer, rule)
    static = may(built_in, task="static", status="T10", on=date.fromisoformat(on))
    assert static.answer == "conditional"


@pytest.mark.parametrize("task", ["detention", "search", "crowd_control"])
def test_in_a_defense_area_trespassers_may_be_held_once_notice_is_recorded(
    built_in: Rules, task: str
) -> None:
    late, early = date(2025, 4, 21), date(2025, 4, 20)
    ask = {"task": task, "status": "T10"}
    assert may(built_in, **ask, on=late).answer == "prohibited"
    assert may(built_in, **ask, on=early, zone="nda").answer == "prohibited"
    inside = may(built_in, **ask, on=late, zone="national_defense_area")
    assert inside.answer == "conditional"
    assert "zone_notice_recorded" in inside.conditions


def test_before_the_first_defense_area_none_gives_a_right(built_in: Rules) -> None:
    answer = may(built_in, task="wire", status="T10", on=date(2025, 4, 20), zone="nda")
    assert (answer.answer, answer.layer) == ("prohibited", "default")
    assert answer.rule == "t10-nda-before-the-first"


def test_the_insurrection_act_is_off_without_a_recorded_order(built_in: Rules) -> None:
    ask = {"task": "arrest", "status": "T10"}
    on = date(2025, 4, 1)
    order = ("insurrection_act_order_recorded",)
    assert may(built_in, **ask, on=on, met=("insurrection_act",)).rule == "t10-arrest"
    declared = may(built_in, **ask, on=on, met=order)
    assert (declared.answer, declared.rule) == (
        "conditional",
        "t10-arrest-insurrection-act",
    )
    assert declared.beaten == ("t10-arrest",)
    detention = may(built_in, task="detention", status="T10", on=on, met=order)
    assert detention.answer == "prohibited"


def test_a_recorded_override_names_its_owner_and_leaves_conditions(
    built_in: Rules,
) -> None:
    ask = {"task": "transport_detained_persons", "status": "T10"}
    on = date(2025, 4, 1)
    barred = may(built_in, **ask, on=on)
    assert (barred.answer, barred.owner) == ("prohibited", "Secretary of Defense")
    freed = may(built_in, **ask, on=on, met=("detainee_transport_approval_recorded",))
    assert (freed.answer, freed.conditions) == (
        "conditional",
        ("civil_authority_supervises",),
    )


@pytest.mark.parametrize("spelt", ["t10", "T10", "title10", "Title10", "TITLE10"])
def test_a_status_may_be_spelt_out(built_in: Rules, spelt: str) -> None:
    answer = may(built_in, task="arrest", status=spelt, on=date(2025, 4, 1))
    assert answer.status == "T10"


def test_names_that_do_not_exist_are_told_with_those_that_do(built_in: Rules) -> None:
    on = date(2025, 4, 1)
    with pytest.raises(UnknownName, match="choose from T10, T32, SAD"):
        may(built_in, task="arrest", status="T11", on=on)
    with pytest.raises(UnknownName, match="choose from none, national_defense_area"):
        may(built_in, task="arrest", status="T10", on=on, zone="moon")


def test_every_alias_is_a_task_of_the_table(built_in: Rules) -> None:
    assert set(ALIASES.values()) <= set(built_in.tasks)


def test_no_rules_at_all_prohibit_everything() -> None:
    table = Rules(rules=(), path=Path("none.csv"))
    assert may(table, task="watch", status="T10", on=date(2025, 1, 1)) == may(
        table, task="watch", status="title10", on=date(2025, 1, 1), zone="none"
    )


@pytest.mark.shared
@pytest.mark.skipif(not MATRIX.exists(), reason="shared/ is not beside this checkout")
def test_answers_agree_with_the_matrix_of_the_field(built_in: Rules) -> None:
    # The matrix gives one answer a cell. Ours may only be stricter: where it allows in
    # a defense area we ask for the notice first.
    on = date(2025, 6, 1)
    columns = {key: key for key in STATUS_KEYS.values()} | {"title32": "title32_502f"}
    with MATRIX.open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert {cell["task_type"] for cell in cells} == set(built_in.tasks)
    for cell in cells:
        task = cell["task_type"]
        for short, key in STATUS_KEYS.items():
            answer = may(built_in, task=task, status=short, on=on).answer
            assert answer == cell[columns[key]].lower(), (task, short)
        inside = may(built_in, task=task, status="T10", on=on, zone="nda")
        wanted = cell["title10_in_nda"].lower()
        assert inside.answer == wanted or (
            wanted == "allowed" and inside.conditions == ("zone_notice_recorded",)
        ), (task, inside)


def test_a_default_speaks_only_when_nothing_else_does(tmp_path: Path) -> None:
    """A default that prohibits gives way to any rule of law, policy or order."""
    path = tmp_path / "authority.csv"
    columns = "rule,task,status,zone,from,to,layer,answer,conditions,needs,lifts"
    path.write_text(
        f"{columns},override,override_owner,citation\n"
        "usually,cook,*,*,,,default,prohibited,,,,,,house rule\n"
        "ordered,cook,T10,*,,,order,allowed,,,,,,order 1\n"
    )
    table = read_rules(path)
    asked: dict[str, Any] = {"task": "cook", "on": date(2025, 4, 1)}
    assert may(table, status="T10", **asked).rule == "ordered"
    assert may(table, status="SAD", **asked).rule == "usually"
