"""Tests of personnel status reports: out by date, in as entries or counts."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, BadParts
from linewatch.force import Force, Rules, read_ledger
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.perstat import (
    COLUMNS,
    Report,
    perstat_counts,
    perstat_picture,
    perstat_text,
    read_reports,
)
from linewatch.force.exchange.sheet import read_sheet
from linewatch.force.exchange.telling import ledger_text
from linewatch.force.ledger import Ledger
from linewatch.scenario import read_scenario
from tests.force.ledgers import SENT, START, balanced, write
from tests.force.test_exchange import SHARED_FOLDER

HEAD = "unit,under,date,status,assigned,present,leave,injured\n"


def reports(
    folder: Path, text: str, status: str | None = None
) -> tuple[tuple[Report, ...], Losses]:
    """Read a report; return its rows and what was lost."""
    path = folder / "perstat.csv"
    path.write_text(text, encoding="utf-8")
    losses = Losses()
    return read_reports(read_sheet(path), losses, status=status), losses


def as_ledger(folder: Path, text: str) -> Ledger:
    """Return a report as a ledger of its own."""
    rows, losses = reports(folder, text)
    picture = perstat_picture(folder / "perstat.csv", rows, losses)
    path = folder / "own.ledger"
    path.write_text(ledger_text(picture, source="a test"), encoding="utf-8")
    return read_ledger(path)


@SHARED_FOLDER
@given(text=balanced(), day=st.integers(0, 90))
def test_a_report_of_a_day_makes_the_same_report(
    text: str, day: int, tmp_path: Path
) -> None:
    ledger = read_ledger(write(tmp_path, text))
    on = START + timedelta(days=day)
    told = perstat_text(ledger, Losses(), on=on)
    if told.count("\n") == 1:
        return
    again = perstat_text(as_ledger(tmp_path, told), Losses(), on=on)

    def kept(report: str) -> list[list[str]]:
        # Those approved and not sourced, and in transit, need a ledger to stand in.
        rows = [line.split(",")[:9] for line in report.splitlines()]
        return sorted(row for row in rows if row[5:] != ["0", "0", "0", "0"])

    assert kept(again) == kept(told)


@SHARED_FOLDER
@given(text=balanced(), day=st.integers(0, 90))
def test_a_ledger_agrees_with_its_own_report(
    text: str, day: int, tmp_path: Path
) -> None:
    ledger = read_ledger(write(tmp_path, text))
    told = perstat_text(ledger, Losses(), on=START + timedelta(days=day))
    rows, _ = reports(tmp_path, told)
    path = tmp_path / "held.ledger"
    path.write_text(perstat_counts(ledger, rows, source="itself"), encoding="utf-8")
    held = read_ledger(path)
    assert len(held) == len(ledger) + sum(len(row.numbers) for row in rows)


def test_the_report_of_the_built_in_force_adds_up() -> None:
    ledger = read_ledger(read_scenario().file("force", "ledger"))
    losses = Losses()
    text = perstat_text(ledger, losses, on=date(2025, 3, 1))
    rows = [*csv.DictReader(io.StringIO(text))]
    assert tuple(rows[0]) == COLUMNS
    tops = [row for row in rows if not row["under"]]
    assert sum(int(row["present"]) for row in tops) == 9_200
    assert sum(int(row["authorized"]) for row in tops) == 12_200
    named = {(row["unit"], row["status"]): row for row in rows}
    assert named["2-sbct", "T10"]["under"] == "jtf-sb"
    assert named["states", "SAD"]["present"] == "5000"
    assert {loss.what for loss in losses.all()} == {
        "kit",
        "places, sources and notes",
    }


def test_reports_over_time_become_entries(tmp_path: Path) -> None:
    ledger = as_ledger(
        tmp_path,
        HEAD + "bde,,2025-03-01,T10,100,90,5,1\n"
        "a,bde,2025-03-01,T10,40,40,0,0\n"
        "bde,,2025-03-08,T10,120,110,0,1\n",
    )
    force = Force(ledger=ledger, rules=Rules(rules=(), path=ledger.path))
    for day, of, numbers in (
        (1, "bde", (100, 90, 5, 1)),
        (1, "a", (40, 40, 0, 0)),
        (8, "bde", (120, 110, 0, 1)),
        (8, "a", (40, 40, 0, 0)),
    ):
        on = date(2025, 3, day)
        names = ("sourced", "present", "on_leave", "injured")
        got = [force.figure(on, strength=name, unit=of) for name in names]
        assert tuple(got) == numbers


def test_reports_are_held_against_a_ledger(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path, SENT))
    rows, _ = reports(tmp_path, HEAD + "alpha,,2025-03-05,T10,80,51,,\n")
    wrong = tmp_path / "wrong.ledger"
    wrong.write_text(perstat_counts(ledger, rows, source="x"), encoding="utf-8")
    with pytest.raises(
        BadLines, match="counts 51 present of alpha, but the ledger has 50"
    ):
        read_ledger(wrong)
    wrong.write_text(
        perstat_counts(ledger, rows, source="x", kind="claim"), encoding="utf-8"
    )
    held = read_ledger(wrong)
    force = Force(ledger=held, rules=Rules(rules=(), path=held.path))
    assert [claim.agrees for claim in force.claims()] == [True, False]


def test_a_unit_that_the_ledger_does_not_name_is_told(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path, SENT))
    rows, _ = reports(
        tmp_path,
        HEAD + "omega,,2025-03-05,T10,8,5,,\npsi,,2025-03-05,T10,8,5,,\n",
    )
    with pytest.raises(BadParts, match="line 2, UNIT: 'omega' is no unit of") as raised:
        perstat_counts(ledger, rows, source="x")
    assert len(raised.value.faults) == 2


WRONG = [
    ("a,,2025-03-01,T10,x,1,,", "line 2, ASSIGNED: must be a whole number from 0"),
    ("a,,2025-03-01,T10,-1,0,,", "line 2, ASSIGNED: must be a whole"),
    ("a,,2025-03-01,T10,99999999999,0,,", "line 2, ASSIGNED: must be a whole"),
    ("a,,2025-03-01,T10,,0,,", "line 2, ASSIGNED: must be a whole"),
    ("a,,2025-03-01,T10,1,2,,", "present, on leave and injured are 2, more than 1"),
    ("a,,tomorrow,T10,1,1,,", "line 2, DATE: must be a time"),
    (",,2025-03-01,T10,1,1,,", "line 2, UNIT: must not be empty"),
    ("a,,2025-03-01,T99,1,1,,", "line 2, STATUS: unknown duty status 'T99'"),
    ("a,,2025-03-01,,1,1,,", "line 2, STATUS: must not be empty, or give --status"),
    (
        "a,,2025-03-01,T10,1,1,,\na,,2025-03-01,title 10,1,1,,",
        "line 3: a T10 on 2025-03-01 was told before, on line 2",
    ),
]


@pytest.mark.parametrize("which", range(len(WRONG)))
def test_a_wrong_row_is_told(tmp_path: Path, which: int) -> None:
    row, said = WRONG[which]
    with pytest.raises(BadParts) as raised:
        reports(tmp_path, HEAD + row + "\n")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,b,2025-03-01,T10,1,1,,", "UNDER: 'b' is no unit of the file"),
        (
            "a,b,2025-03-01,T10,1,1,,\nb,a,2025-03-01,T10,1,1,,",
            "UNDER: 'a' is under itself",
        ),
        (
            "a,,2025-03-01,T10,1,1,,\nb,a,2025-03-01,T10,2,1,,",
            "ASSIGNED: units under a report more than it does on 2025-03-01",
        ),
        (
            "a,,2025-03-01,T10,9,1,,\nb,a,2025-03-01,SAD,2,1,,",
            "tells nothing of a SAD, and of units under it on 2025-03-01",
        ),
    ],
)
def test_rows_that_do_not_fit_together_are_told(
    tmp_path: Path, rows: str, said: str
) -> None:
    found, losses = reports(tmp_path, HEAD + rows + "\n")
    with pytest.raises(BadParts) as raised:
        perstat_picture(tmp_path / "perstat.csv", found, losses)
    assert said in str(raised.value)


def test_columns_that_a_ledger_cannot_hold_are_told(tmp_path: Path) -> None:
    text = "unit,date,assigned,present,awol,authorized\na,2025-03-01T06:00Z,2,1,0,9\n"
    found, losses = reports(tmp_path, text, status="T32")
    perstat_picture(tmp_path / "perstat.csv", found, losses)
    assert [loss.what for loss in losses.all()] == [
        "column AWOL",
        "times within a day",
        "in transit and authorized: give --ledger to hold them as counts",
    ]
    with pytest.raises(BadFile, match="has no column PRESENT; it has UNIT, DATE"):
        reports(tmp_path, "unit,date,assigned\n")
