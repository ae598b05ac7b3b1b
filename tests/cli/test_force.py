"""Tests of ``linewatch force``."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from linewatch.cli.costing import ledger_of
from linewatch.force.explain import explained
from linewatch.force.question import read_question
from linewatch.scenario import BUILT_IN, read_scenario
from tests.cli.running import run
from tests.force.ledgers import HEAD, SENT, write


def test_prints_the_news_as_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ["force", "--on", "2025-03-01", "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert list(told) == ["on", "strength", "by_status"]
    assert told["strength"]["approved"] == 12_200
    assert told["strength"]["present"] == 9_200
    assert told["by_status"] == {
        "title10": 4_200,
        "title32": 0,
        "state_active_duty": 5_000,
    }


def test_prints_a_table_with_kit_and_claims(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, ["force", "--on", "2025-05-01"])
    assert status == 0
    assert "present" in out
    assert "12,200" in out
    assert "kit, radar: 40 (planning assumption" in out
    assert "claim of 2025-03-06, 2-sbct T10 approved: 5,000 against 2,400" in out


@pytest.mark.parametrize(
    ("by", "key", "said"),
    [
        ("status", "status", "state active duty"),
        ("unit", "by_unit", "2-sbct"),
        ("sector", "by_sector", "Big Bend"),
        ("strength", "strength", "in transit"),
    ],
)
def test_breaks_the_count_down(
    capsys: pytest.CaptureFixture[str], by: str, key: str, said: str
) -> None:
    words = ["force", "--on", "2025-05-01", "--by", by]
    _, out, _ = run(capsys, words)
    assert said in out
    _, out, _ = run(capsys, [*words, "--json"])
    assert key in json.loads(out)


def figures(told: object, ids: object) -> Iterator[tuple[int, str]]:
    """Yield each figure of a count with its id."""
    if isinstance(told, dict):
        assert isinstance(ids, dict)
        assert list(told) == list(ids)
        for key, one in told.items():
            yield from figures(one, ids[key])
    elif ids is not None:
        assert isinstance(told, int)
        assert isinstance(ids, str)
        yield told, ids


@pytest.mark.parametrize("by", ["strength", "status", "unit", "sector"])
@pytest.mark.parametrize("known", [None, "2025-03-20"])
def test_every_figure_can_be_asked_for_its_entries(
    capsys: pytest.CaptureFixture[str], by: str, known: str | None
) -> None:
    words = ["force", "--on", "2025-04-10", "--by", by]
    words += [] if known is None else ["--known", known]
    told = json.loads(run(capsys, [*words, "--json", "--ids"])[1])
    asked = [one for key, ids in told["ids"].items() for one in figures(told[key], ids)]
    assert len({one for _, one in asked}) > 7
    ledger = ledger_of(read_scenario(BUILT_IN), None)
    for figure, one in asked:
        assert explained(ledger, read_question(one)).total == figure, one


@pytest.mark.parametrize("by", ["strength", "status", "unit", "sector"])
def test_the_ids_that_are_printed_answer(
    capsys: pytest.CaptureFixture[str], by: str
) -> None:
    _, out, _ = run(capsys, ["force", "--on", "2025-05-01", "--by", by])
    printed = re.findall(r"\w+:2025-05-01\S*", out)
    assert printed
    for one in printed:
        status, told, _ = run(capsys, ["force", "explain", one])
        assert status == 0
        assert told.startswith(f"{one} = ")
    beside = re.findall(r" ([\d,]+) (?:present)? +(\w+:2025-05-01\S*)", out)
    for figure, one in beside:
        _, told, _ = run(capsys, ["force", "explain", one])
        assert told.startswith(f"{one} = {figure}, from ")


def test_a_base_may_have_the_title_of_its_sector(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path, SENT, head=HEAD.replace('"Fort Bliss"', '"El Paso"'))
    words = ["force", "--ledger", str(path), "--on", "2025-03-05", "--by", "sector"]
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert "50 present  present:2025-03-05:place=el-paso" in out


def test_counts_what_was_known_then(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(
        tmp_path, SENT + "2025-03-05 arrive alpha -5 T10 @bliss ^ap known=2025-04-01\n"
    )
    words = ["force", "--ledger", str(path), "--on", "2025-03-05", "--json"]
    now, then = (
        json.loads(run(capsys, [*words, *known])[1])
        for known in ([], ["--known", "2025-03-31"])
    )
    assert (now["strength"]["present"], then["strength"]["present"]) == (45, 50)
    assert then["known"] == "2025-03-31"


def test_a_line_that_does_not_balance_is_one_clear_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = write(tmp_path, SENT + "2025-03-06 depart alpha 500 T10 ^ap\n")
    status, out, err = run(capsys, ["force", f"--ledger={path}", "--on=2025-03-06"])
    assert (status, out) == (1, "")
    assert err.count("\n") == 1
    assert "line 14: does not balance: depart takes 500 T10 of alpha" in err


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["--on", "soon"], 1, "date must be an ISO 8601 date"),
        (["--on", "2025-03-01", "--ledger", "none.ledger"], 1, "cannot be read"),
        (["--on", "2025-03-01", "--scenario", "nowhere"], 1, "cannot be read"),
        (["--on", "2025-03-01", "--by", "colour"], 2, "colour"),
        ([], 2, "--on"),
    ],
)
def test_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str], status: int, said: str
) -> None:
    got, out, err = run(capsys, ["force", *words])
    assert (got, out) == (status, "")
    assert said in err
    assert err.count("\n") == 1
