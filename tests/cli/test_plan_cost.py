"""Tests of ``linewatch plan cost``."""

import json

import pytest

from tests.cli.running import run

MARCH = ["plan", "cost", "--from", "2025-03-01", "--to", "2025-03-31"]


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    status, out, err = run(capsys, [*MARCH, "--json", *words])
    assert (status, err) == (0, "")
    read: dict[str, object] = json.loads(out)
    return read


def test_never_tells_a_bare_number(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, [*MARCH, "--draws", "500"])
    assert (status, err) == (0, "")
    for said in (
        "incremental, installations out; without active pay",
        "USD 550 (250 to 650)",
        "paid by state",
        "rest on planning assumptions",
        "Range by intervals",
        "Monte Carlo, seed 0",
        "Lines of one factor move together",
        "includes Guantanamo and deportation flights, which the estimate does not",
        "missing: no actual of troop-days state active duty",
        "share days: not to be added up",
        "linewatch force explain cost:2025-03-31:since=2025-03-01:scope=incremental",
    ):
        assert said in out


@pytest.mark.parametrize("by", ["unit", "status", "month"])
def test_the_parts_add_up_and_each_can_be_asked(
    capsys: pytest.CaptureFixture[str], by: str
) -> None:
    read = told(capsys, "--by", by, "--scope", "full")
    whole, parts = read["all"], read["parts"]
    assert isinstance(whole, dict)
    assert isinstance(parts, list)
    assert sum(one["troop_days"] for one in parts) == whole["troop_days"]
    for end in ("low", "best", "high"):
        assert sum(one["cost"][end] for one in parts) == pytest.approx(
            whole["cost"][end]
        )
    words = ["force", "explain", parts[0]["id"], "--json"]
    answer = json.loads(run(capsys, words)[1])
    assert answer["total"]["best"] == pytest.approx(parts[0]["cost"]["best"])


def test_tells_published_sums_beside_the_model(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(capsys, [*MARCH, "--claims"])
    assert "2018 active: 72 M for 5,900 people in 48 days is USD 254" in out
    assert "138 M for 2,100 people" in out


def test_the_scenario_tells_the_period(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, ["plan", "cost", "--by", "request"])
    assert "2025-03-01 to 2025-09-30" in out
    assert "entries that cite no request" in out
    assert "after it all are taken to stay" in out


@pytest.mark.parametrize("command", [["cost", "--by", "month"], ["readiness"]])
def test_a_day_beyond_all_plans_is_refused(
    capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    status, _, err = run(capsys, ["plan", *command, "--to", "9999-12-31"])
    assert status == 1
    assert "2199 or before" in err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--scope", "total"], 1, "incremental, full"),
        (["--unit", "nobody"], 1, "unit"),
        (["--draws", "5"], 1, "draws"),
        (["--known", "then"], 1, "date"),
        (["--by", "colour"], 2, "colour"),
    ],
)
def test_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    got, out, err = run(capsys, [*MARCH, *words])
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1
