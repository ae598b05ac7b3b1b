"""Tests of ``linewatch force explain``."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.force.ledgers import SENT, write


def test_lists_entries_that_add_up(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["force", "explain", "--on", "2025-05-01", "--unit", "2-sbct"]
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert out.startswith("present:2025-05-01:unit=2-sbct = 2,400, from ")
    assert "entries add up to 2,400" in out
    assert "2025-03-13" in out
    assert "ksstradio.com" in out


@pytest.mark.parametrize(
    ("what", "strength"),
    [
        ("present", "present"),
        ("approved", "approved"),
        ("sourced", "sourced"),
        ("in_transit", "in_transit"),
        ("organic", "organic"),
    ],
)
def test_the_sum_is_what_force_counts(
    capsys: pytest.CaptureFixture[str], what: str, strength: str
) -> None:
    counted = json.loads(run(capsys, ["force", "--on", "2025-04-09", "--json"])[1])
    words = ["force", "explain", "--on", "2025-04-09", "--what", what, "--json"]
    told = json.loads(run(capsys, words)[1])
    assert told["total"] == counted["strength"][strength]
    assert sum(one["amount"] for one in told["entries"]) == told["total"]
    assert told["entries"][-1]["running"] == told["total"]


def test_tells_place_status_kit_and_what_was_known(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = SENT + (
        "2025-03-05 open alpha 3 radar @bliss ^ap\n"
        "2025-03-05 arrive alpha -5 T10 @bliss ^ap known=2025-04-01\n"
    )
    path = write(tmp_path, text)
    base = ["force", "explain", "--ledger", str(path), "--on", "2025-03-09", "--json"]

    def total(*words: str) -> int:
        told: int = json.loads(run(capsys, [*base, *words])[1])["total"]
        return told

    assert total() == 45
    assert total("--known", "2025-03-31") == 50
    assert total("--sector", "El Paso", "--status", "T10") == 45
    assert total("--sector", "Yuma") == 0
    assert total("--item", "radar") == 3
    assert total("--what", "days", "--from", "2025-03-01") == 60 * 7


def test_an_id_stands_for_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    by_id = run(capsys, ["force", "explain", "present:2025-05-01:place=bbt"])
    by_words = run(
        capsys, ["force", "explain", "--on", "2025-05-01", "--sector", "Big Bend"]
    )
    assert by_id == by_words


def test_a_cost_is_told_by_line(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["force", "explain", "--what", "cost", "--from", "2025-03-01"]
    _, out, _ = run(capsys, [*words, "--on", "2025-03-09"])
    assert "troop-days title 10: 37,800 days x USD 550 (250 to 650)" in out
    assert out.startswith("cost:2025-03-09:since=2025-03-01:scope=incremental = USD ")
    told = json.loads(run(capsys, [*words, "--on", "2025-03-09", "--json"])[1])
    money = sum(one["cost"]["best"] for one in told["lines"])
    assert told["total"]["best"] == money == 9 * (4_200 * 550 + 5_000 * 402)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ([], 1, "--on must be given"),
        (["present"], 1, "date"),
        (["present:2025-05-01:colour=red"], 1, "as a report prints it"),
        (["present:2025-05-01", "--on", "2025-05-01"], 1, "left out beside the id"),
        (["present:2025-05-01", "--unit", "2-sbct"], 1, "left out beside the id"),
        (["present:2025-05-01", "--status", "T10"], 1, "left out beside the id"),
        (["--on", "2025-05-01", "--unit", "nobody"], 1, "unknown unit"),
        (["--on", "2025-05-01", "--sector", "Moon"], 1, "unknown place"),
        (["--on", "2025-05-01", "--what", "days"], 1, "first day"),
        (["--on", "2025-05-01", "--what", "many"], 2, "many"),
    ],
)
def test_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    got, out, err = run(capsys, ["force", "explain", *words])
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1
