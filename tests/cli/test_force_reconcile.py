"""Tests of ``linewatch force reconcile``."""

import json
from pathlib import Path

import pytest

from linewatch.force.events import COLUMNS
from tests.cli.running import run
from tests.force.ledgers import write

HEAD = """\
cite ap "AP, https://ap.example/1"
2025-03-01 unit alpha "Alpha"
2025-03-01 order alpha 60 T10 ^ap
2025-03-03 claim alpha 500 approved ^ap
"""


def table(folder: Path) -> Path:
    """Write a table of three figures; return its path."""
    path = folder / "events.csv"
    rows = [
        "2025-03-01,Alpha,,,60,ordered,T10,https://ap.example/1",
        "2025-03-03,Alpha,,,500,told,T10,https://ap.example/1",
        "2025-03-04,Alpha,,,70,told,T10,https://nyt.example/1",
        "2025-03-05,Alpha,,,,told,T10,https://nyt.example/1",
    ]
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n", encoding="utf-8")
    return path


def test_figures_are_entered_claimed_or_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ledger = write(tmp_path, "", head=HEAD)
    words: list[str | Path] = [
        "force",
        "reconcile",
        table(tmp_path),
        "--ledger",
        ledger,
    ]
    status, out, _ = run(capsys, words)
    assert status == 0
    assert out.splitlines() == [
        "4 events, 3 with a figure: 1 entered, 1 claimed, 1 missing",
        "  line 2: 60 ordered, Alpha",
        "    entered; on its sources rest order alpha on line 3",
        "  line 3: 500 told, Alpha",
        "    claimed; on its sources rest claim alpha on line 4",
        "  line 4: 70 told, Alpha",
        "    missing",
    ]
    told = json.loads(run(capsys, [*words, "--json"])[1])
    assert [one["held"] for one in told["findings"]] == [
        "entered",
        "claimed",
        "missing",
    ]
    assert (told["events"], told["missing"]) == (4, 1)


def test_a_table_of_another_kind_is_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "x.csv").write_text("a,b\n")
    status, _, err = run(capsys, ["force", "reconcile", tmp_path / "x.csv"])
    assert (status, err.count("\n")) == (1, 1)
    assert "must have the columns date,element" in err
