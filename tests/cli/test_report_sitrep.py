"""Tests of ``linewatch report sitrep``: file, JSON and the one line of error."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.report.made import write


@pytest.fixture
def log_path(tmp_path: Path) -> str:
    return str(write(tmp_path / "log.db"))


def test_writes_a_page_and_says_so(
    capsys: pytest.CaptureFixture[str], log_path: str, tmp_path: Path
) -> None:
    out_path = tmp_path / "sitrep.html"
    words = ["report", "sitrep", "--log", log_path, "--out", str(out_path)]
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "SITREP 010015Z MAR 25: 2 alerts, 2 handed over, 1 received.",
        f"Written to {out_path}.",
    ]
    assert out_path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_json_is_one_object(capsys: pytest.CaptureFixture[str], log_path: str) -> None:
    words = ["report", "sitrep", "--log", log_path, "--on", "2025-03-01", "--json"]
    status, out, _ = run(capsys, words)
    told = json.loads(out)
    assert status == 0
    assert told["strength"]["present"] == 9_200
    assert (told["alerts"], told["handed_over"], told["received"]) == (2, 2, 1)
    assert told["terrain"]["generated"] is True


@pytest.mark.parametrize("on", ["1 March", "2025-13-01"])
def test_date_that_is_none_ends_with_1(
    capsys: pytest.CaptureFixture[str], log_path: str, on: str
) -> None:
    status, out, err = run(capsys, ["report", "sitrep", "--log", log_path, "--on", on])
    assert (status, out) == (1, "")
    assert "date must be an ISO 8601 date" in err


def test_file_that_is_no_log_ends_with_1(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no log")
    status, out, err = run(capsys, ["report", "sitrep", "--log", str(path)])
    assert (status, out) == (1, "")
    assert err.count("\n") == 1


def test_day_before_the_log_ends_with_1(
    capsys: pytest.CaptureFixture[str], log_path: str
) -> None:
    words = ["report", "sitrep", "--log", log_path, "--on", "2024-01-01"]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "one entry or more" in err
