"""Tests of ``linewatch plan deploy``."""

import json
import shutil
from pathlib import Path

import pytest

from linewatch.plan import read_proposal
from linewatch.scenario import BUILT_IN
from tests.cli.running import run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the built-in scenario."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "mission"))


def test_it_tells_the_weeks_the_limits_and_the_cost(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out_file = tmp_path / "p.json"
    status, out, err = run(capsys, ["plan", "deploy", "--out", str(out_file)])
    assert (status, err) == (0, "")
    assert "All 3,000 in place by 2025-04-" in out
    assert "before 2025-05-01" in out
    assert "2,400 of 4,400 people taken (55%)" in out
    assert "incremental" in out
    assert "It is no order until someone decides." in out
    made = read_proposal(out_file)
    assert made.id in out
    assert made.kind == "deploy"


def test_json_is_one_object_and_the_same_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, ["plan", "deploy", "--json"])
    assert status == 0
    told = json.loads(out)
    assert told["body"]["people"] == 3_000
    assert told["body"]["weeks"][-1]["people_so_far"] == 3_000
    assert told["cost"]["low"] < told["cost"]["best"] < told["cost"]["high"]
    _, again, _ = run(capsys, ["plan", "deploy", "--json"])
    assert again == out


def test_bad_rows_are_one_line(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    path = copy / "reception.csv"
    path.write_text(path.read_text().replace(",150,50,", ",many,50,"))
    status, out, err = run(capsys, ["plan", "deploy", "--scenario", str(copy)])
    assert (status, out) == (1, "")
    assert "reception.csv: line " in err
    assert err.count("\n") == 1


def test_an_impossible_date_names_what_clashes(
    capsys: pytest.CaptureFixture[str], copy: Path
) -> None:
    toml = copy / "scenario.toml"
    toml.write_text(toml.read_text().replace("2025-05-01", "2025-04-08"))
    status, out, err = run(capsys, ["plan", "deploy", "--scenario", str(copy)])
    assert (status, out) == (1, "")
    assert err.startswith("linewatch: these rules cannot all hold: ")
    assert "all in place by 2025-04-08" in err
    assert err.count("\n") == 1


def test_a_movement_for_a_prohibited_task_is_refused(
    capsys: pytest.CaptureFixture[str], copy: Path
) -> None:
    path = copy / "movements.csv"
    path.write_text(path.read_text().replace("detect_monitor_static", "arrest"))
    out_file = copy / "p.json"
    words = ["plan", "deploy", "--scenario", str(copy), "--out", str(out_file)]
    status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert "arrest by T10 is prohibited by law" in err
    assert not out_file.exists()
