"""Tests of reading an authority table."""

from datetime import date
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines
from linewatch.force import Rules, read_rules
from linewatch.scenario import read_scenario
from tests.force.tables import row, write


@pytest.fixture(scope="module")
def built_in() -> Rules:
    """Read the built-in table once."""
    return read_rules(read_scenario().file("force", "authority"))


def test_a_rule_comes_back_as_it_was_written(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        row(rule="r0", answer="prohibited", override="waiver", override_owner="Chief"),
        row(
            rule="r1",
            zone="park",
            from_="2025-03-20",
            to="2025-04-01",
            answer="conditional",
            conditions="a; b",
            needs="order",
            lifts="r0",
        ),
    )
    first, second = read_rules(path).rules
    assert (first.override, first.owner) == ("waiver", "Chief")
    assert (second.start, second.end) == (date(2025, 3, 20), date(2025, 4, 1))
    assert second.conditions == ("a", "b")
    assert (second.needs, second.lifts, second.specificity) == ("order", ("r0",), 5)
    assert read_rules(path).zones == ("none", "park")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"status": "T11"}, "status must be one of *, T10, T32, SAD, not 'T11'"),
        ({"layer": "rumour"}, "layer must be one of default, order, policy, law"),
        ({"answer": "maybe"}, "answer must be one of allowed"),
        ({"citation": ""}, "citation is empty"),
        ({"task": ""}, "task is empty"),
        ({"rule": ""}, "rule is empty"),
        ({"answer": "conditional"}, "conditions must be named if, and only if"),
        ({"conditions": "asked"}, "conditions must be named if, and only if"),
        ({"task": "*"}, "a rule for every task must prohibit"),
        ({"override": "x"}, "override_owner must name"),
        ({"override": "x", "override_owner": "y"}, "override is for a prohibition"),
        ({"from_": "soon"}, "a date must be as 2025-03-20, not 'soon'"),
        ({"from_": "2025-03-20", "to": "2025-03-20"}, "from must be before to"),
        ({"lifts": "r9"}, "lifts r9, which is no rule of this table"),
        ({"citation": "made,up"}, "must have 14 fields"),
    ],
)
def test_a_bad_rule_is_told_with_its_line(
    tmp_path: Path, fields: dict[str, str], said: str
) -> None:
    with pytest.raises(BadLines) as raised:
        read_rules(write(tmp_path, row(rule="r0"), row(**fields)))
    assert {line for line, _ in raised.value.faults} == {3}
    assert any(said in what for _, what in raised.value.faults)


def test_an_order_cannot_lift_a_law(tmp_path: Path) -> None:
    law = row(rule="law", answer="prohibited")
    order = row(rule="order", layer="order", lifts="law")
    with pytest.raises(BadLines, match="of layer order cannot lift law of law"):
        read_rules(write(tmp_path, law, order))


def test_two_rules_of_one_name_and_all_faults_together(tmp_path: Path) -> None:
    with pytest.raises(BadLines) as raised:
        read_rules(write(tmp_path, row(), row(), row(rule="r3", status="x")))
    assert [line for line, _ in raised.value.faults] == [3, 4]


@pytest.mark.parametrize("text", ["", "rule,task\n", "a" * 10])
def test_a_table_needs_its_columns(tmp_path: Path, text: str) -> None:
    (tmp_path / "r.csv").write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match="must have the columns rule,task"):
        read_rules(tmp_path / "r.csv")


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_rules(tmp_path / "none.csv")
    (tmp_path / "r.csv").write_bytes(b"\xff\xfe")
    with pytest.raises(BadFile, match="not CSV in UTF-8"):
        read_rules(tmp_path / "r.csv")


def test_the_built_in_table_knows_25_tasks_each_for_every_status(
    built_in: Rules,
) -> None:
    assert len(built_in.tasks) == 25
    for task in built_in.tasks:
        told = {rule.status for rule in built_in.rules if rule.task == task}
        assert told == {"T10", "T32", "SAD"}, task


def test_the_built_in_rules_all_cite(built_in: Rules) -> None:
    assert all(len(rule.citation) > 10 for rule in built_in.rules)
