"""Tests of ``linewatch plan readiness``, and of the gate before a request runs."""

import json
import shutil
from pathlib import Path

import pytest

from linewatch.log import MissionLog
from linewatch.scenario import BUILT_IN
from tests.cli.running import run
from tests.force.request import making as made
from tests.force.request.making import entries_of


def test_tells_levels_without_and_with(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ["plan", "readiness"])
    assert (status, err) == (0, "")
    assert "2,400 of 4,400 people taken (55%), P1 to P4" in out
    assert "without, 37% (30% to 42%) with the deployment" in out
    assert "states: 5,000 people taken; readiness not assessed" in out
    assert "Assumed: readiness.gate_floor" in out


def test_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    told = json.loads(run(capsys, ["plan", "readiness", "--json"])[1])
    brigade = next(one for one in told["units"] if one["parent"] == "2SBCT 4ID")
    assert brigade["gate"] == "closed"
    assert brigade["law"] == "10 USC 276"
    assert brigade["measures"]["personnel"]["level_with"] == 4
    low, best, high = (
        brigade["training_days_lost_each"][end] for end in ("low", "best", "high")
    )
    assert 0 < low < best < high


def test_a_closed_gate_is_an_error_when_asked(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, err = run(capsys, ["plan", "readiness", "--must-run"])
    assert (status, out) == (1, "")
    assert "10 USC 276 holds it until a finding is on record" in err
    assert err.count("\n") == 1
    none = ["plan", "readiness", "--must-run", "--request", "R-9"]
    assert run(capsys, none)[0] == 0


def citing(folder: Path) -> Path:
    """Copy the built-in scenario; a thousand more are ordered for the request."""
    copy = folder / "scenario"
    shutil.copytree(BUILT_IN, copy)
    ledger = copy / "force.ledger"
    more = 'cite rfa-1 "a request"\n2025-06-01 order 2-sbct 1000 T10 ! ^rfa-1\n'
    ledger.write_text(ledger.read_text() + more)
    return copy


def sourced(folder: Path, office: str, result: str) -> Path:
    """Write the log of a request that is sourced, with this finding on readiness."""
    log = folder / "m.log"
    entries = [
        (time_s, kind, {**body, "office": office, "answer": result})
        if kind == "finding" and body["criterion"] == "readiness"
        else (time_s, kind, body)
        for time_s, kind, body in entries_of(made.staffed())
    ]
    with MissionLog.open(log) as kept:
        kept.append(entries)
    return log


def start(
    capsys: pytest.CaptureFixture[str], log: Path, scenario: Path
) -> tuple[int, str, str]:
    """Decide, source and run the request."""
    ends: list[str | Path] = [
        "--log",
        log,
        "--scenario",
        scenario,
        "--on",
        "2025-03-12",
    ]
    by = "Secretary of Defense"
    for words in (
        ["decide", "rfa-1", "--by", by, "--number", "400"],
        ["source", "rfa-1", "--by", "Joint Staff", "--number", "400", "--order", "D"],
    ):
        assert run(capsys, ["request", *words, *ends])[0] == 0
    return run(capsys, ["request", "run", "rfa-1", "--by", "JTF-SB commander", *ends])


def test_a_request_whose_units_fall_below_the_floor_does_not_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = sourced(tmp_path, "Joint Staff", "pass")
    status, out, err = start(capsys, log, citing(tmp_path))
    assert (status, out) == (1, "")
    assert "10 USC 276 holds it" in err
    assert "2nd Stryker Brigade" in err
    with MissionLog.open_to_read(log) as kept:
        moves = [entry.body["move"] for entry in kept.read(kinds={"move"})]
    assert "run" not in moves


def test_a_finding_of_the_office_that_decides_lets_it_run(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = sourced(tmp_path, "Secretary of Defense", "concern")
    status, out, err = start(capsys, log, citing(tmp_path))
    assert (status, err) == (0, "")
    assert "now running" in out


@pytest.mark.parametrize(
    ("office", "result", "status"),
    [
        ("Joint Staff", "concern", 0),
        ("Joint Staff", "fail", 1),
        ("Secretary of Defense", "fail", 1),
    ],
)
def test_without_entries_that_cite_it_the_finding_stands(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    office: str,
    result: str,
    status: int,
) -> None:
    log = sourced(tmp_path, office, result)
    assert start(capsys, log, BUILT_IN)[0] == status
