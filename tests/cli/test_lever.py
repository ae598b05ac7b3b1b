"""Tests of ``linewatch lever``."""

import json

import pytest

from tests.cli.running import run

ON = ["lever", "tariff", "--on", "2025-04-01"]


def test_tells_duty_law_and_ranges(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ON)
    assert (status, err) == (0, "")
    for said in (
        "101.2 (66.1 to 126.5)",
        "51.7 (6.6 to 64.6)",
        "legal basis on 2025-04-01: IEEPA",
        "elasticity of imports 1 (0 to 2.53)",
        "nothing is said without --demand-elasticity",
    ):
        assert said in out


def test_prints_one_object_with_the_stated_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [*ON, "--json", "--elasticity", "1", "--pass-through", "1"]
    told = json.loads(run(capsys, [*words, "--partner", "mexico"])[1])
    (row,) = told["goods"]
    assert row["imports_usd_bn"]["best"] == 505.9
    assert row["duty_usd_bn"]["without_exemption"]["best"] == pytest.approx(101.18)
    assert row["duty_usd_bn"]["with_exemption"]["best"] == pytest.approx(51.7, abs=0.05)
    assert row["counted"] == "with_exemption"
    assert told["legal_basis"] is True
    assert told["demand"] == {}
    assert told["total_duty_usd_bn"] == row["duty_usd_bn"]["with_exemption"]


def test_before_the_exemption_all_goods_paid(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = ["lever", "tariff", "--json", "--on", "2025-03-05"]
    told = json.loads(run(capsys, words)[1])
    assert {row["counted"] for row in told["goods"]} == {"without_exemption"}


def test_a_day_without_a_law_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["lever", "tariff", "--on", "2026-02-20"]
    _, out, _ = run(capsys, words)
    assert "no legal basis on 2026-02-20" in out
    assert "Supreme Court 20 Feb 2026" in out
    assert "could not be levied" in out
    told = json.loads(run(capsys, [*words, "--json"])[1])
    assert told["legal_basis"] is False
    assert not any(row["legal_basis"]["in_force"] for row in told["goods"])
    assert "legal_basis" in json.loads(run(capsys, ["lever", "tariff", "--json"])[1])


def test_a_stated_rate_stands_beside_the_laws(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _, out, _ = run(capsys, [*ON, "--partner", "mexico", "--rate", "0.1"])
    assert "The law's rate was 25%; 10% is stated." in out


def test_demand_moves_only_by_what_is_stated(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [*ON, "--partner", "canada", "--demand-elasticity=-0.3,-0.1,0"]
    _, out, _ = run(capsys, words)
    assert "with your elasticity -0.1 (-0.3 to 0) demand changes by" in out
    told = json.loads(run(capsys, [*words, "--json"])[1])
    demand = told["demand"]["canada"]
    assert demand["elasticity_stated"] == {"low": -0.3, "best": -0.1, "high": 0.0}
    made = (1 + demand["driver_change"]["best"]) ** -0.1 - 1
    assert demand["change"]["best"] == pytest.approx(made, abs=1e-4)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([*ON, "--partner", "france"], 1, "choose from mexico, canada"),
        ([*ON, "--rate", "25"], 1, "such as 0.25"),
        ([*ON, "--elasticity", "high"], 1, "low,best,high"),
        ([*ON, "--exempt", "0.1,0.2,1.3"], 1, "within 0 and 1"),
        (["lever", "tariff", "--on", "soon"], 1, "date"),
        (["lever", "neighbour", "--demand-elasticity=-1"], 1, "--before"),
        (["lever", "posts", "--added", "-5", "--before", "10"], 1, "low"),
        (["lever", "posts", "--added", "5", "--before", "0"], 1, "above 0"),
        (["lever", "posts", "--added", "5"], 2, "before"),
    ],
)
def test_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    got, out, err = run(capsys, words)
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1


def test_tells_the_neighbours_effort(capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, ["lever", "neighbour"])
    assert "10,000 posted from 2025-02-05" in out
    assert "nothing is said" in out
    words = ["lever", "neighbour", "--before", "20000", "--demand-elasticity=-0.2"]
    told = json.loads(run(capsys, [*words, "--json"])[1])
    (effort,) = told["efforts"]
    assert effort["demand"]["driver_change"]["best"] == 0.5
    assert effort["demand"]["change"]["best"] == pytest.approx(1.5**-0.2 - 1, abs=1e-4)


def test_tells_what_more_posts_do(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["lever", "posts", "--added", "50", "--before", "100,150,200"]
    _, out, _ = run(capsys, [*words, "--demand-elasticity=-0.4"])
    assert "Posts grow by 33.3 % (25.0 to 50.0 %)." in out
    told = json.loads(run(capsys, [*words, "--json"])[1])
    assert told["demand"] is None
