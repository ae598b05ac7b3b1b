"""Tests of ``linewatch decide``."""

import json
import shutil
from pathlib import Path

import pytest

from linewatch.log import MissionLog, verify
from linewatch.plan import write_proposal
from linewatch.scenario import BUILT_IN
from tests.cli.running import run
from tests.plan.fakes import pairing, proposal


@pytest.fixture
def laid(tmp_path: Path) -> Path:
    """Return the file of a proposal, whose task the built-in rules know."""
    made = proposal("static")
    path = tmp_path / "p.json"
    write_proposal(path, made)
    return path


def decide(laid: Path, *more: str, answer: str = "approve") -> list[str]:
    """Return the words of a decision by the Secretary."""
    log = laid.parent / "m.log"
    return [
        "decide",
        str(laid),
        "--by",
        "Secretary of Defense",
        "--answer",
        answer,
        "--log",
        str(log),
        *more,
    ]


def test_a_decision_is_an_entry_of_the_log(
    capsys: pytest.CaptureFixture[str], laid: Path
) -> None:
    words = decide(laid, "--on", "2025-03-07", "--caveat", "ends in June")
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert "The proposal is now ordered." in out
    assert "Caveat: ends in June." in out
    log = laid.parent / "m.log"
    with MissionLog.open_to_read(log) as kept:
        entries = list(kept.read())
    assert [entry.kind for entry in entries] == ["proposal", "decision"]
    assert entries[1].body["office"] == "Secretary of Defense"
    assert entries[1].body["caveat"] == "ends in June"
    assert entries[1].time_s == 1_741_305_600.0
    verify(log)


def test_a_later_decision_counts(
    capsys: pytest.CaptureFixture[str], laid: Path
) -> None:
    run(capsys, decide(laid, "--on", "2025-03-07"))
    words = decide(laid, "--on", "2025-03-08", "--json", answer="disapprove")
    status, out, _ = run(capsys, words)
    told = json.loads(out)
    assert (status, told["standing"], told["seq"]) == (0, "refused", 4)
    assert told["on"] == "2025-03-08T00:00:00Z"


@pytest.mark.parametrize(
    ("by", "told"),
    [
        ("Unit", "Unit may not decide on a proposal to deploy: Secretary of Defense"),
        ("JTF-SB commander", "may not decide on a proposal to deploy"),
        ("Colonel Smith", "unknown office 'Colonel Smith': choose from CBP sector"),
    ],
)
def test_others_are_refused_in_one_line_and_nothing_is_written(
    capsys: pytest.CaptureFixture[str], laid: Path, by: str, told: str
) -> None:
    words = decide(laid)
    words[3] = by
    status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert told in err
    assert err.count("\n") == 1
    assert not (laid.parent / "m.log").exists()


def test_in_part_needs_a_caveat(capsys: pytest.CaptureFixture[str], laid: Path) -> None:
    status, _, err = run(capsys, decide(laid, answer="in-part"))
    assert status == 1
    assert "caveat must be given, to say what part is approved" in err


def test_an_edited_proposal_is_refused(
    capsys: pytest.CaptureFixture[str], laid: Path
) -> None:
    laid.write_text(laid.read_text().replace("100 people", "900 people"))
    status, _, err = run(capsys, decide(laid))
    assert status == 1
    assert "digest of the proposal" in err
    assert not (laid.parent / "m.log").exists()


def test_what_has_become_prohibited_cannot_be_ordered_but_can_be_refused(
    capsys: pytest.CaptureFixture[str], laid: Path, tmp_path: Path
) -> None:
    """The rules are asked again on the day of the decision."""
    mission = Path(shutil.copytree(BUILT_IN, tmp_path / "mission"))
    rules = mission / "authority.csv"
    rows = rules.read_text().splitlines(keepends=True)
    rules.write_text("".join(row for row in rows if "detect_monitor_static" not in row))
    more = ("--scenario", str(mission))
    status, _, err = run(capsys, decide(laid, *more))
    assert status == 1
    assert f"{pairing().task} by T10 is prohibited" in err
    status, out, _ = run(capsys, decide(laid, *more, answer="disapprove"))
    assert status == 0
    assert "The proposal is now refused." in out


def test_bad_words_end_with_2(capsys: pytest.CaptureFixture[str], laid: Path) -> None:
    status, out, err = run(capsys, decide(laid, answer="maybe"))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1


def test_a_file_that_is_no_proposal_is_one_line(
    capsys: pytest.CaptureFixture[str], laid: Path
) -> None:
    laid.write_text("{}")
    status, _, err = run(capsys, decide(laid))
    assert status == 1
    assert "is no proposal" in err
    assert err.count("\n") == 1
