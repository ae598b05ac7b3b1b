"""Tests of how two authority tables differ."""

from datetime import date
from pathlib import Path

from hypothesis import given

from linewatch.force import Rules, difference, may, read_rules
from linewatch.force.values import STATUSES
from tests.force.tables import TASKS, ZONES, days, row, rules, write


@given(rules())
def test_a_table_does_not_differ_from_itself(table: Rules) -> None:
    found = difference(table, table)
    assert (found.added, found.removed, found.changed, found.answers) == ((),) * 4


@given(rules(), rules(prefix="new"), days)
def test_what_is_not_told_as_different_is_the_same(
    old: Rules, new: Rules, on: date
) -> None:
    told = {
        (task, status, zone)
        for task, status, zone, since, *_ in difference(old, new).answers
        if since <= on
    }
    for task in TASKS:
        for status in STATUSES:
            for zone in ZONES:
                ask = {"task": task, "status": status, "zone": zone}
                was, now = may(old, **ask, on=on), may(new, **ask, on=on)
                if was.answer != now.answer:
                    assert (task, status, zone) in told


def test_an_added_rule_shows_the_answer_that_it_changes(tmp_path: Path) -> None:
    old = read_rules(write(tmp_path, row(), name="old.csv"))
    new = read_rules(
        write(
            tmp_path,
            row(),
            row(rule="r2", answer="prohibited", from_="2025-05-01"),
            name="new.csv",
        )
    )
    found = difference(old, new)
    assert (found.added, found.removed, found.changed) == (("r2",), (), ())
    ((task, status, zone, since, was, now),) = found.answers
    assert (task, status, zone, since) == ("watch", "T10", "none", date(2025, 5, 1))
    assert (was.answer, was.rule, now.answer, now.rule) == (
        "allowed",
        "r1",
        "prohibited",
        "r2",
    )


def test_a_rule_that_changes_no_answer_is_told_as_a_rule_only(tmp_path: Path) -> None:
    old = read_rules(write(tmp_path, row(), name="old.csv"))
    new = read_rules(write(tmp_path, row(citation="better"), name="new.csv"))
    found = difference(old, new)
    assert found.changed == ("r1",)
    assert found.answers == ()


def test_a_zone_that_only_one_table_names_is_asked_of_both(tmp_path: Path) -> None:
    old = read_rules(write(tmp_path, row(), name="old.csv"))
    new = read_rules(write(tmp_path, row(), row(rule="p", zone="park"), name="n.csv"))
    ((_, _, zone, _, was, now),) = difference(old, new).answers
    assert (zone, was.answer, now.answer) == ("park", "prohibited", "allowed")
