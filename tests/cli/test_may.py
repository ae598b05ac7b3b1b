"""Tests of ``linewatch may``."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.force.tables import row, write

ARREST = ["may", "--task", "arrest", "--status", "T10", "--on", "2025-04-01"]


def test_prints_the_rule_that_prohibits(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ARREST)
    assert (status, err) == (0, "")
    assert out.startswith("Prohibited: arrest apprehension by T10 on 2025-04-01.")
    assert "Rule t10-arrest, layer law" in out


def test_prints_one_object_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, [*ARREST, "--json"])
    told = json.loads(out)
    assert list(told) == [
        "task",
        "status",
        "on",
        "zone",
        "answer",
        "rule",
        "layer",
        "conditions",
        "citation",
        "beaten",
        "override_owner",
    ]
    assert (told["answer"], told["layer"], told["zone"]) == (
        "prohibited",
        "law",
        "none",
    )


def test_an_unknown_task_is_prohibited_by_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["may", "--task", "juggle", "--status", "SAD", "--on", "2025-04-01"]
    status, out, _ = run(capsys, [*words, "--json"])
    told = json.loads(out)
    assert (status, told["answer"], told["layer"]) == (0, "prohibited", "default")


def test_tells_open_conditions_and_takes_those_met(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["may", "--task=patrol", "--status=T10", "--on=2025-05-01", "--zone=nda"]
    _, out, _ = run(capsys, words)
    assert "Conditional: detect monitor patrol by T10 in a national defense area" in out
    assert "Still open: zone notice recorded." in out
    _, out, _ = run(capsys, [*words, "--met=zone_notice_recorded"])
    assert out.startswith("Allowed")


def test_tells_who_may_override_and_what_was_beaten(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["may", "--task=transport_detained_persons", "--status=T10"]
    _, out, _ = run(capsys, [*words, "--on=2025-05-01"])
    assert "Only the Secretary of Defense may override it, on record." in out
    record = "--met=detainee_transport_approval_recorded"
    _, out, _ = run(capsys, [*words, "--on=2025-05-01", record])
    assert "It beat: t10-transport-detained." in out


def test_asks_a_table_of_the_users_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path, row(task="fly_kites"))
    words = ["may", "--task=fly-kites", "--status=T10", "--on=2025-05-01"]
    _, out, _ = run(capsys, [*words, "--rules", str(path), "--json"])
    assert json.loads(out)["answer"] == "allowed"


def test_shows_how_two_tables_differ(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    old = write(tmp_path, row(), row(rule="r2", task="x"), name="old.csv")
    new = write(
        tmp_path,
        row(answer="conditional", conditions="asked"),
        row(rule="r3", task="y", status="SAD", from_="2025-05-01"),
        name="new.csv",
    )
    status, out, _ = run(capsys, ["may", "--diff", str(old), str(new)])
    assert status == 0
    assert "Added: r3." in out
    assert "Removed: r2." in out
    assert "watch by T10: allowed (r1) -> conditional (r1)" in out
    assert "y by SAD from 2025-05-01: prohibited (unknown-is-prohibited)" in out
    _, out, _ = run(capsys, ["may", "--diff", str(old), str(new), "--json"])
    told = json.loads(out)
    assert told["changed"] == ["r1"]
    assert {one["task"] for one in told["answers"]} == {"watch", "x", "y"}
    _, out, _ = run(capsys, ["may", "--diff", str(old), str(old)])
    assert out == "No answer differs.\n"


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--status=T11"], 1, "unknown duty status 'T11': choose from T10, T32, SAD"),
        (["--zone=moon"], 1, "choose from none, national_defense_area"),
        (["--met=none_such"], 1, "unknown condition 'none_such': choose from "),
        (["--on=soon"], 1, "date must be an ISO 8601 date"),
        (["--rules=none.csv"], 1, "none.csv: cannot be read"),
        (["--colour=red"], 2, "--colour"),
    ],
)
def test_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    plain = {"--task": "arrest", "--status": "T10", "--on": "2025-04-01"}
    plain |= dict(word.split("=") for word in words)
    got, out, err = run(capsys, ["may", *(f"{k}={v}" for k, v in plain.items())])
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1


def test_a_question_without_all_its_words_is_bad_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, ["may", "--task", "arrest"])
    assert (status, out) == (2, "")
    assert "--status and --on" in err


def test_a_place_near_a_zone_of_unknown_edges_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["may", "--task=patrol", "--status=T10", "--on=2025-05-02"]
    for place in (["--sector=El Paso"], ["--base=Fort Bliss"], ["--km=1100"]):
        _, out, _ = run(capsys, [*words, *place])
        assert "inside or outside texas fort bliss recorded" in out
        assert "by T10 perhaps in a national defense area on 2025-05-02" in out
    record = "inside_or_outside_texas_fort_bliss_recorded"
    _, out, _ = run(capsys, [*words, "--sector=El Paso", f"--met={record}"])
    assert "texas fort bliss" not in out
    _, out, _ = run(capsys, [*words, "--sector=Del Rio"])
    assert "inside or outside" not in out
    status, _, err = run(capsys, [*words, "--sector=Moon"])
    assert (status, "unknown sector 'Moon'" in err) == (1, True)


def test_a_term_is_answered_from_each_day_on_which_it_changes(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["may", "--task=patrol", "--status=T10", "--on=2025-03-01"]
    words += ["--until=2025-04-30", "--sector=El Paso"]
    _, out, _ = run(capsys, words)
    assert out.startswith("2025-03-01 to 2025-03-19\nProhibited: ")
    assert "2025-03-20 to 2025-04-20\nConditional: " in out
    _, out, _ = run(capsys, [*words, "--json"])
    parts = json.loads(out)["parts"]
    assert [part["from"] for part in parts] == [
        "2025-03-01",
        "2025-03-20",
        "2025-04-21",
    ]
    assert parts[-1]["to"] == "2025-04-30"


def test_rules_of_ones_own_show_what_they_change(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    own = write(tmp_path, row(rule="kites", task="fly_kites"), name="own.csv")
    status, out, _ = run(capsys, ["may", "--add", str(own)])
    assert status == 0
    assert "Added: kites." in out
    assert (
        "fly kites by T10: prohibited (unknown-is-prohibited) -> allowed (kites)" in out
    )
    words = ["may", "--task=fly_kites", "--status=T10", "--on=2025-05-01"]
    _, out, _ = run(capsys, [*words, "--add", str(own)])
    assert out.startswith("Allowed")
    _, out, _ = run(capsys, words)
    assert out.startswith("Prohibited")


def test_a_record_of_the_president_opens_what_is_off_without_it(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = str(tmp_path / "m.log")
    words = ["decide", "record", "insurrection_act_order_recorded", "--log", log]
    words += ["--reference", "Proclamation 1", "--on", "2025-04-01"]
    status, _, err = run(capsys, [*words, "--by", "Secretary of Defense"])
    assert status == 1
    assert "President may" in err
    _, out, _ = run(capsys, ARREST)
    assert out.startswith("Prohibited")
    status, out, err = run(capsys, [*words, "--by", "President"])
    assert (status, err) == (0, "")
    _, out, _ = run(capsys, [*ARREST, "--log", log])
    assert out.startswith("Conditional")
    assert "Rule t10-arrest-insurrection-act, layer law" in out
    before = [*ARREST[:-1], "2025-03-31", "--log", log]
    _, out, _ = run(capsys, before)
    assert out.startswith("Prohibited")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none_such"], "unknown condition 'none_such'"),
        (["land_owner_recorded", "--place", "Moon"], "unknown place 'Moon'"),
        (["land_owner_recorded", "--until", "2025-01-01"], "until must be after"),
    ],
)
def test_a_record_that_means_nothing_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, words: list[str], said: str
) -> None:
    log = tmp_path / "m.log"
    more = ["--by", "Unit", "--reference", "deed", "--on", "2025-04-01"]
    status, _, err = run(capsys, ["decide", "record", *words, *more, "--log", str(log)])
    assert status == 1
    assert said in err
    assert not log.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--km", "nan"], "--km must be 0 to"),
        (["--km", "1e308"], "--km must be 0 to"),
        (["--km", "-1"], "--km must be 0 to"),
        (["--km", "5000"], "the length of the line, not 5000"),
        (["--km", "500", "--to-km", "100"], "--to-km must be 500 to"),
        (["--km", "500", "--to-km", "5000"], "the length of the line, not 5000"),
        (["--to-km", "100"], "--to-km must be given with --km"),
        (["--until", "2025-03-31"], "--until must be 2025-04-01 or after"),
        (["--until", "9999-12-31"], "and before 9999-12-31"),
    ],
)
def test_no_answer_is_given_to_a_place_or_term_that_is_none(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    asked = ["may", "--task", "static", "--status", "T10", "--on", "2025-04-01"]
    status, out, err = run(capsys, [*asked, *words])
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
