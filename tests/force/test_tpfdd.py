"""Tests of deployment tables: into a ledger and back, and into a deployment plan."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadParts
from linewatch.force import Force, Rules, read_ledger
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.sheet import csv_text, read_sheet, xlsx_bytes
from linewatch.force.exchange.tpfdd import COLUMNS, DATES, KEPT, Line, read_lines
from linewatch.force.exchange.tpfdd_read import movements_csv, tpfdd_ledger
from linewatch.force.exchange.tpfdd_write import tpfdd_rows
from linewatch.force.ledger import Ledger
from linewatch.scenario import read_scenario
from tests.force.ledgers import HEAD, SENT, balanced, write
from tests.force.test_exchange import SHARED_FOLDER

START = date(2025, 3, 1)
TABLE = '''\
ULN,FRN,FORCE,PAX,KIT,PIECES,ORIGIN,DESTINATION,STATUS,RLD,ALD,LAD,RDD,MODE,STONS,TASK
A01,F1,2nd SBCT,200,,,Fort Carson,Fort Bliss,T10,C009,C011,C012,C020,AIR,12,patrol
A02,F1,2nd SBCT,500,Stryker,50,Fort Carson,Fort Bliss,T10,C30,C31,C35,C40,RAIL,,patrol
A03,F2,"3rd CAB; ""Falcons""",60,,,Hunter AAF,Fort Huachuca,T10,,C020,,C024,A,,
'''


def lines(
    folder: Path, content: str | bytes, **wanted: Any
) -> tuple[tuple[Line, ...], Losses]:
    """Read a table; return its lines and what was lost."""
    path = folder / "tpfdd.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    losses = Losses()
    return read_lines(read_sheet(path), losses, **wanted), losses


def through_ledger(folder: Path, found: tuple[Line, ...]) -> Ledger:
    """Return lines as a ledger that was read."""
    path = folder / "plan.ledger"
    path.write_text(tpfdd_ledger(found, Losses(), source="a test"), encoding="utf-8")
    return read_ledger(path)


def again(
    folder: Path, ledger: Ledger, losses: Losses | None = None
) -> Mapping[str, Line]:
    """Write a ledger as a table and read that; return the lines by number."""
    rows = tpfdd_rows(ledger, losses or Losses())
    found, _ = lines(folder, csv_text(COLUMNS, rows))
    return {line.uln: replace(line, number=0) for line in found}


text = st.text("abcXYZ 0129,-/", min_size=1, max_size=9).map(
    lambda said: " ".join(said.split()) or "x"
)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Line, ...]:
    """Make up a table whose lines obey their rules."""
    made = []
    for number in range(draw(st.integers(1, 6))):
        days = sorted(draw(st.lists(st.integers(0, 60), min_size=5, max_size=5)))
        told = draw(st.lists(st.sampled_from(DATES), min_size=1, unique=True))
        pieces = draw(st.integers(0, 40))
        kit = draw(st.sampled_from(["Stryker", "M-105 trailer"])) if pieces else ""
        unit = draw(st.sampled_from(["a", "b", ""]))
        made.append(
            Line(
                uln=f"U{number}",
                unit=unit,
                force=draw(st.sampled_from(["Alpha", "Bravo, main body", "3rd CAB"])),
                status=draw(st.sampled_from(["T10", "T32"])),
                pax=draw(st.integers(0 if pieces else 1, 900)),
                pieces=pieces,
                kit=kit,
                origin=draw(st.sampled_from(["", "Fort Carson", "Fort Riley"])),
                destination=draw(st.sampled_from(["", "Fort Bliss", "Yuma"])),
                dates={
                    name: START + timedelta(days=day)
                    for name, day in zip(DATES, days, strict=True)
                    if name in told
                },
                kept=draw(
                    st.dictionaries(
                        st.sampled_from(
                            [k for k in KEPT if k not in ("mode", "priority")]
                        ),
                        text,
                        max_size=3,
                    )
                ),
            )
        )
    return tuple(made)


@SHARED_FOLDER
@given(found=tables())
def test_a_table_is_the_same_after_it_was_a_ledger(
    found: tuple[Line, ...], tmp_path: Path
) -> None:
    back = again(tmp_path, through_ledger(tmp_path, found))
    assert set(back) == {line.uln for line in found}
    for line in found:
        same = replace(back[line.uln], unit=line.unit)
        assert same == line


@SHARED_FOLDER
@given(text=balanced())
def test_a_ledger_counts_the_same_after_it_was_a_table(
    text: str, tmp_path: Path
) -> None:
    first = read_ledger(write(tmp_path, text))
    if any(len(first.of_kind(kind)) for kind in ("release", "status")):
        return  # those sourced leave again by other ways than a table has
    rows = tpfdd_rows(first, Losses())
    if not rows:
        return
    found, _ = lines(tmp_path, csv_text(COLUMNS, rows))
    back = through_ledger(tmp_path, found)
    days = sorted({int(day) for day in first.columns["on"]})
    for day in (date.fromordinal(day) for day in days):
        assert moved(back, day) == moved(first, day)


def moved(ledger: Ledger, on: date) -> Mapping[object, int]:
    """Return how many of each unit were sourced, left and arrived by a day."""
    totals: dict[object, int] = {}
    for number in range(len(ledger)):
        entry = ledger.entry(number)
        if entry.on <= on and entry.kind in ("source", "depart", "arrive"):
            key = entry.unit, entry.status, entry.kind
            totals[key] = totals.get(key, 0) + entry.count
    return totals


def test_a_table_becomes_planned_entries(tmp_path: Path) -> None:
    found, losses = lines(tmp_path, TABLE, c_day=START)
    assert losses.all() == ()
    ledger = through_ledger(tmp_path, found)
    force = Force(ledger=ledger, rules=Rules(rules=(), path=ledger.path))
    got = force.strength(date(2025, 4, 1))
    assert (got.sourced, got.in_transit, got.present) == (760, 500, 260)
    assert force.kit(date(2025, 4, 6))["Stryker"] == 50
    assert all(ledger.entry(n).assumed for n in range(len(ledger)))
    back = again(tmp_path, ledger)
    assert back["A03"].force == "3rd CAB; 'Falcons'"
    assert back["A01"] == replace(found[0], number=0, unit="2nd-sbct")


def test_a_workbook_is_read_as_the_table_is(tmp_path: Path) -> None:
    found, _ = lines(tmp_path, TABLE, c_day=START)
    rows = [
        {
            "uln": line.uln,
            "force": line.force,
            "status": line.status,
            "pax": line.pax,
            "kit": line.kit,
            "pieces": line.pieces,
            "origin": line.origin,
            "destination": line.destination,
            **line.dates,
            **line.kept,
        }
        for line in found
    ]
    same, _ = lines(tmp_path, xlsx_bytes(COLUMNS, rows, title="TPFDD"))
    assert [replace(one, number=0) for one in same] == (
        [replace(one, number=0) for one in found]
    )


def test_a_ledger_is_matched_first_in_first_out(tmp_path: Path) -> None:
    ledger = read_ledger(
        write(
            tmp_path,
            SENT + "2025-03-06 source alpha 20 T10 ^ap\n"
            "2025-03-07 depart alpha 25 T10 ^ap\n"
            "2025-03-08 arrive alpha -5 T10 @bliss ^ap known=2025-03-09\n",
        )
    )
    losses = Losses()
    table = sorted(
        (line.pax, *(d.day for d in line.dates.values()))
        for line in again(tmp_path, ledger, losses).values()
    )
    assert table == [
        (5, 2, 3),
        (5, 6, 7),
        (10, 2, 3),
        (15, 6),
        (20, 2, 7),
        (45, 2, 3, 5, 5),
    ]
    assert [loss.what for loss in losses.all()] == [
        "entries of kind order",
        "days on which things became known",
    ]
    early = tpfdd_rows(ledger, Losses(), known=date(2025, 3, 8))
    assert sum(int(str(row["pax"])) for row in early) == 100


def test_entries_changed_by_hand_go_before_the_note(tmp_path: Path) -> None:
    found, _ = lines(tmp_path, TABLE, c_day=START)
    path = tmp_path / "plan.ledger"
    text = tpfdd_ledger(found, Losses(), source="a test")
    old = "2025-03-13 arrive 2nd-sbct 200 T10"
    assert old in text
    path.write_text(text.replace(old, old.replace("03-13", "03-25")), encoding="utf-8")
    losses = Losses()
    line = again(tmp_path, read_ledger(path), losses)["A01"]
    assert line.dates["lad"] == line.dates["rdd"] == date(2025, 3, 25)
    assert "RDD that the entries have passed" in [loss.what for loss in losses.all()]


def test_lines_that_were_split_get_numbers_of_their_own(tmp_path: Path) -> None:
    found, _ = lines(tmp_path, TABLE, c_day=START)
    path = tmp_path / "plan.ledger"
    text = tpfdd_ledger(found, Losses(), source="a test")
    whole = next(line for line in text.splitlines() if "03-13 arrive" in line)
    halves = [
        whole.replace("200", "150"),
        whole.replace("200", "50").replace("-13", "-14"),
    ]
    path.write_text(text.replace(whole, "\n".join(halves)), encoding="utf-8")
    losses = Losses()
    back = again(tmp_path, read_ledger(path), losses)
    assert (back["A01"].pax, back["L00001"].pax) == (150, 50)
    assert "numbers of lines that were split" in [loss.what for loss in losses.all()]


def test_movements_load_into_the_deployment_plan(tmp_path: Path) -> None:
    from linewatch.plan.deploy import read_deploy  # noqa: PLC0415 - a floor above

    found, _ = lines(tmp_path, TABLE.replace(",A,,", ",A,,patrol"), c_day=START)
    losses = Losses()
    table = movements_csv(tmp_path / "t.csv", found, losses)
    built_in = read_scenario()
    for file in built_in.folder.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "movements.csv").write_text(table, encoding="utf-8")
    plan = read_deploy(read_scenario(tmp_path))
    first = plan.movements[0]
    assert (first.movement, first.people, first.earliest, first.required) == (
        "A01",
        200,
        date(2025, 3, 12),
        date(2025, 3, 21),
    )
    assert plan.movements[1].kind == "Stryker"
    assert [loss.what for loss in losses.all()] == [
        "FRN in movements",
        "STONS in movements",
        "MODE in movements",
        "EAD and LAD in movements",
    ]


def test_movements_need_more_than_a_table(tmp_path: Path) -> None:
    found, _ = lines(tmp_path, "ULN,FORCE,PAX,KIT,PIECES,RLD\nA,x,0,gun,4,2025-03-01\n")
    with pytest.raises(BadParts) as raised:
        movements_csv(tmp_path / "t.csv", found, Losses())
    said = [where for where, _ in raised.value.faults]
    assert said == [
        f"line 2, {name}" for name in ["ORIGIN", "DESTINATION", "TASK", "STATUS", "RDD"]
    ]


WRONG = [
    (",x,5,T10,,,2025-03-01,", "line 2, ULN: must be 1 to 7 letters or digits"),
    ("A-1,x,5,T10,,,2025-03-01,", "ULN: must be 1 to 7"),
    ("A,,5,T10,,,2025-03-01,", "line 2, FORCE: must not be empty"),
    ("A,x,many,T10,,,2025-03-01,", "line 2, PAX: must be a whole number"),
    ("A,x,0,T10,,,2025-03-01,", "PAX or PIECES must be above 0"),
    ("A,x,5,T10,gun,,2025-03-01,", "KIT and PIECES stand together"),
    ("A,x,5,,,,2025-03-01,", "STATUS: must not be empty, or give --status"),
    ("A,x,5,army,,,2025-03-01,", "STATUS: unknown duty status 'army'"),
    ("A,x,5,T10,,,,", "line 2: no date: give one of RLD, ALD"),
    ("A,x,5,T10,,,C010,", "ALD: C010 counts from C-day: give --c-day"),
    ("A,x,5,T10,,,soon,", "ALD: must be a time"),
    ("A,x,5,T10,,,2025-03-02,2025-03-01", "RDD: 2025-03-01 is before ALD 2025-03-02"),
    ("A,x,5,T10,,,2025-03-01,\na,y,5,T10,,,2025-03-01,", "A was given on line 2"),
]


@pytest.mark.parametrize("which", range(len(WRONG)))
def test_a_wrong_line_is_told(tmp_path: Path, which: int) -> None:
    row, said = WRONG[which]
    head = "ULN,FORCE,PAX,STATUS,KIT,PIECES,ALD,RDD\n"
    with pytest.raises(BadParts) as raised:
        lines(tmp_path, head + row + "\n")
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("mode", "rocket", "MODE: must be one of A, L, S, air"),
        ("priority", "10", "PRIORITY: must be 1 to 9"),
    ],
)
def test_a_wrong_word_is_told(
    tmp_path: Path, column: str, value: str, said: str
) -> None:
    table = f"ULN,FORCE,PAX,STATUS,ALD,{column}\nA,x,5,T10,2025-03-01,{value}\n"
    with pytest.raises(BadParts) as raised:
        lines(tmp_path, table)
    assert said in str(raised.value)


def test_what_a_ledger_cannot_hold_is_told(tmp_path: Path) -> None:
    table = (
        "ULN,UNIT,FORCE,PAX,STATUS,ALD,REMARKS,SOURCE\n"
        'A,2 SBCT,x,5,T10,2025-03-01T06:00:00Z,hm,"a; b"\n'
    )
    found, losses = lines(tmp_path, table)
    tpfdd_ledger(found, losses, source="x")
    assert [loss.what for loss in losses.all()] == [
        "column REMARKS",
        "times within a day",
        "short names that a ledger does not take",
        "semicolons and quotes in SOURCE",
    ]
    with pytest.raises(BadFile, match="has no column PAX; it has ULN, FORCE"):
        lines(tmp_path, "ULN,FORCE\n")
    assert HEAD
