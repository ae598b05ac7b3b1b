"""Tests of proposals: nothing prohibited gets in, nothing changes unseen."""

import errno
import json
import os
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadValue, Prohibited
from linewatch.force.authority import may
from linewatch.force.rules import read_rules
from linewatch.plan import (
    Check,
    Pairing,
    Proposal,
    checked,
    read_proposal,
    rechecked,
    write_proposal,
)
from linewatch.plan.proposal import FORMAT
from linewatch.scenario import read_scenario
from tests.plan.fakes import OPEN, Said, Table, cost, pairing, proposal

RULES = read_rules(read_scenario().file("force", "authority"))
TASKS = [*sorted({rule.task for rule in RULES.rules} - {"*"}), "fly_kites", "arrest"]
ZONES = ["", *(zone for zone in RULES.zones if zone != "*")]

pairings = st.builds(
    Pairing,
    task=st.sampled_from(TASKS),
    status=st.sampled_from(["T10", "T32", "SAD"]),
    place=st.just("km 10"),
    on=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    zone=st.sampled_from(ZONES),
)


@given(st.lists(pairings, min_size=1, max_size=6))
def test_no_proposal_holds_a_prohibited_pairing(asked: list[Pairing]) -> None:
    """With the built-in authority table, whatever is asked, whenever and wherever."""
    ask = partial(may, RULES)
    answers = [
        ask(task=one.task, status=one.status, on=one.on, zone=one.zone or None).answer
        for one in asked
    ]
    words = {
        "kind": proposal().kind,
        "made_s": 0.0,
        "summary": "s",
        "cost": cost(),
        "readiness": (),
        "body": {},
    }
    if "prohibited" in answers:
        with pytest.raises(Prohibited):
            Proposal(checks=checked(asked, ask), **words)  # type: ignore[arg-type]
    else:
        made = Proposal(checks=checked(asked, ask), **words)  # type: ignore[arg-type]
        assert {check.pairing for check in made.checks} == set(asked)
        assert {check.answer for check in made.checks} <= {"allowed", "conditional"}
        assert Proposal.from_dict(made.to_dict()) == made


@given(st.text().filter(lambda word: word not in {"allowed", "conditional"}))
def test_a_check_holds_no_other_answer_however_it_is_made(answer: str) -> None:
    with pytest.raises(Prohibited):
        Check(
            pairing=pairing(),
            answer=answer,
            rule="r",
            layer="law",
            conditions=(),
            citation="c",
        )


def test_a_prohibited_pairing_names_its_rule() -> None:
    with pytest.raises(
        Prohibited, match="arrest by T10 is prohibited by law"
    ) as caught:
        checked([pairing("arrest")], partial(may, RULES))
    assert caught.value.layer == "law"


def test_unknown_tasks_are_prohibited() -> None:
    with pytest.raises(Prohibited, match="fly_kites"):
        checked([pairing("fly_kites")], partial(may, RULES))


def test_conditions_stay_open_and_come_once() -> None:
    made = proposal("road", "wire", "static")
    assert made.conditions == ("request", "land owner")
    assert proposal("static").conditions == ()


def test_pairings_are_asked_once_and_in_order() -> None:
    asked = [pairing("wire"), pairing("static"), pairing("wire")]
    assert [check.pairing.task for check in checked(asked, OPEN)] == ["static", "wire"]


def test_a_rule_that_changes_stops_a_proposal_made_before_it() -> None:
    made = proposal("wire")
    assert rechecked(made, OPEN) == made.checks
    with pytest.raises(Prohibited):
        rechecked(made, Table({"wire": Said("prohibited")}))


def test_the_id_follows_from_what_is_proposed() -> None:
    made = proposal()
    assert made.id == proposal().id
    assert made.id.startswith("deploy-")
    assert len(made.digest) == 64
    changes: tuple[dict[str, Any], ...] = (
        {"summary": "other"},
        {"made_s": 0.0},
        {"body": {"rows": []}},
        {"readiness": ()},
        {"checks": checked([pairing("wire")], OPEN)},
    )
    for change in changes:
        assert replace(made, **change).id != made.id


def test_the_body_is_the_proposals_own() -> None:
    """What the caller does to his dictionary later does not reach the proposal."""
    body: dict[str, object] = {"rows": [1, 2]}
    made = replace(proposal(), body=body)
    body["rows"] = []
    assert made.body == {"rows": [1, 2]}


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    made = proposal("road", "wire")
    path = tmp_path / "p.json"
    write_proposal(path, made)
    assert read_proposal(path) == made
    told = json.loads(path.read_text())
    assert told["id"] == made.id
    assert told["checks"][0]["answer"] == "conditional"
    assert told["cost"]["scope"] == "incremental"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("summary", "9,000 people"),
        ("made_s", 0.0),
        ("body", {}),
        ("id", "deploy-000000000000"),
        ("digest", "0" * 64),
        ("kind", "works"),
        ("readiness", []),
    ],
)
def test_a_file_that_was_edited_is_refused(
    tmp_path: Path, key: str, value: object
) -> None:
    path = tmp_path / "p.json"
    write_proposal(path, proposal())
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(BadFile, match="digest of the proposal"):
        read_proposal(path)


def test_a_file_edited_to_hold_a_prohibited_pairing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    write_proposal(path, proposal())
    told = json.loads(path.read_text())
    told["checks"][0]["answer"] = "prohibited"
    path.write_text(json.dumps(told))
    with pytest.raises(Prohibited):
        read_proposal(path)


@pytest.mark.parametrize("missing", ["kind", "checks", "cost", "body", "summary"])
def test_a_file_without_a_part_is_refused(tmp_path: Path, missing: str) -> None:
    path = tmp_path / "p.json"
    write_proposal(path, proposal())
    told = json.loads(path.read_text())
    del told[missing]
    path.write_text(json.dumps(told))
    with pytest.raises(BadFile, match="is no proposal"):
        read_proposal(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "other"}',
        "\x00",
        "[" * 100_000,
        f'{{"format": "{FORMAT}"}}',
    ],
)
def test_a_file_of_something_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(BadFile, match="is no proposal") as caught:
        read_proposal(path)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_written_is_told_and_the_old_one_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "p.json"
    write_proposal(path, proposal())
    before = path.read_bytes()

    def full(*_: object, **__: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BadFile, match="cannot be written: No space left"):
        write_proposal(path, proposal())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be written: No such file"):
        write_proposal(tmp_path / "none" / "p.json", proposal())


def test_a_file_with_more_than_a_proposal_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    write_proposal(path, proposal())
    path.write_text(json.dumps(json.loads(path.read_text()) | {"note": "go"}))
    with pytest.raises(BadFile, match="with 'note' beside it"):
        read_proposal(path)


def test_a_file_of_wrong_types_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.json"
    for key, value in (("checks", {}), ("cost", []), ("checks", [3]), ("kind", "war")):
        write_proposal(path, proposal())
        path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
        with pytest.raises(BadFile, match="is no proposal"):
            read_proposal(path)


def test_a_proposal_must_be_whole() -> None:
    with pytest.raises(BadValue, match="checks"):
        replace(proposal(), checks=())
    with pytest.raises(BadValue, match="summary"):
        replace(proposal(), summary=" ")
    with pytest.raises(BadValue, match="body"):
        replace(proposal(), body={"a": object()})
    with pytest.raises(BadValue, match="body"):
        replace(proposal(), body={"a": float("nan")})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(max_size=5),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=8),
            lambda inner: st.lists(inner, max_size=3),
            max_leaves=5,
        ),
        max_size=4,
    )
)
def test_any_plain_body_comes_back(tmp_path: Path, body: dict[str, object]) -> None:
    path = tmp_path / "p.json"
    made = replace(proposal(), body=body)
    write_proposal(path, made)
    assert read_proposal(path) == made


@pytest.mark.parametrize(
    ("row", "good"),
    [
        ({"start": "2025-04-01", "finish": "2025-05-01"}, True),
        ({"start": "2025-04-01", "finish": "2025-05-02"}, False),
        ({"start": "2025-04-01", "until": "2025-05-02"}, False),
        ({"start": "2025-03-31", "finish": "2025-05-01"}, False),
    ],
)
def test_a_body_names_no_day_that_no_check_speaks_of(
    row: dict[str, str], good: bool
) -> None:
    days: dict[str, Any] = {"on": date(2025, 4, 1), "until": date(2025, 5, 1)}
    checks = tuple(
        replace(check, pairing=replace(check.pairing, **days))
        for check in proposal().checks
    )
    pair = checks[0].pairing
    body = {"rows": [{"task": pair.task, "status": pair.status, **row}]}
    if good:
        assert replace(proposal(), checks=checks, body=body).checks == checks
        return
    with pytest.raises(BadValue, match="days that a check speaks of"):
        replace(proposal(), checks=checks, body=body)
