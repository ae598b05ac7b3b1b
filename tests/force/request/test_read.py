"""Tests of files of requests: every fault at once, each with its line."""

from datetime import date
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines
from linewatch.force.request import Reimbursement, read_requests
from linewatch.force.request.read import COLUMNS, FOUND
from tests.force.request.making import FILE, authority, request, write


def faults(path: Path) -> list[tuple[int, str]]:
    with pytest.raises(BadLines) as caught:
        read_requests(path, office="CBP sector", authority=authority())
    return list(caught.value.faults)


def test_a_file_is_read(tmp_path: Path) -> None:
    read = read_requests(write(tmp_path), office="CBP sector", authority=authority())
    assert read.requests == [request()]


def test_a_csv_says_the_same(tmp_path: Path) -> None:
    cells = {
        "id": "rfa-1",
        "capability": "Mobile surveillance crews",
        "task": "detect_monitor_static",
        "status": "T10",
        "sector": "El Paso",
        "number": "500",
        "start": "2025-03-20",
        "end": "2025-09-30",
        "end_state": "the sector's own crews fill 150 sites",
        "reimbursement": "non-reimbursable",
    }
    line = ",".join(cells.get(name, "") for name in COLUMNS)
    path = write(tmp_path, ",".join(COLUMNS) + "\n" + line + "\n", "rfa.csv")
    read = read_requests(path, office="CBP sector", authority=authority())
    assert read.requests == [request()]


def test_a_stretch_takes_the_place_of_a_sector(tmp_path: Path) -> None:
    text = FILE.replace('sector = "El Paso"', "from_km = 1100\nto_km = 1114.5")
    (read,) = read_requests(write(tmp_path, text), office="A").requests
    assert (read.from_m, read.to_m, read.sector) == (1_100_000.0, 1_114_500.0, "")
    assert read.place == "km 1100 to 1114.5"
    assert read.reimbursement is Reimbursement.NON_REIMBURSABLE
    assert read.end == date(2025, 9, 30)


@pytest.mark.parametrize(
    ("old", "new", "line", "why"),
    [
        (
            "end = 2025-09-30\n",
            "",
            2,
            "end is missing: a request must agree on its last day",
        ),
        ("end_state =", "# end_state =", 2, "end_state is missing: a request must say"),
        ("end = 2025-09-30", "end = 2025-03-01", 10, "from 2025-03-20 on"),
        ("end = 2025-09-30", "end = 9999-12-31", 10, "in 2199 or before"),
        ("end = 2025-09-30", 'end = "soon"', 10, "ISO 8601 date"),
        ("number = 500", "number = 0", 8, "whole number from 1"),
        ("number = 500", "number = 2.5", 8, "whole number"),
        ("number = 500", "number = true", 8, "whole number"),
        ('"non-reimbursable"', '"free"', 12, "one of reimbursable, non-reimbursable"),
        ('id = "rfa-1"', 'id = "rfa 1"', 3, "id must be letters"),
        ('id = "rfa-1"', "", 2, "id is missing"),
        ('"T10"', '"T11"', 6, "duty status"),
        ('"detect_monitor_static"', '"fly_kites"', 5, "unknown task 'fly_kites'"),
        ('"El Paso"', '"Moon"', 7, "unknown sector 'Moon'"),
        ('sector = "El Paso"', "", 2, "sector must be given, or from_km and to_km"),
        (
            'sector = "El Paso"',
            "from_km = 3\nto_km = 1",
            7,
            "from_km must be 0 to to_km",
        ),
        ('sector = "El Paso"', "from_km = 3", 7, "given together"),
        ('sector = "El Paso"', "from_km = 3\nto_km = 9000", 8, "within the line's"),
        ('sector = "El Paso"', 'sector = "El Paso"\nzone = "moon"', 8, "unknown zone"),
        ("number = 500", "number = 500\ncolour = 3", 9, "unknown key 'colour'"),
        ('"Mobile', '"\\u0007Mobile', 4, "one line"),
    ],
)
def test_a_fault_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, line: int, why: str
) -> None:
    assert old in FILE
    told = faults(write(tmp_path, FILE.replace(old, new, 1)))
    assert any(at == line and why in what for at, what in told), told


def test_every_fault_of_every_request_is_told_at_once(tmp_path: Path) -> None:
    second = FILE.replace("number = 500", "number = 0").replace("end =", "ende =")
    told = faults(write(tmp_path, FILE.replace('"El Paso"', '"Moon"') + second + FILE))
    text = "\n".join(what for _, what in told)
    for why in ("Moon", "whole number", "unknown key 'ende'", "end is missing"):
        assert why in text
    assert [at for at, _ in told] == sorted(at for at, _ in told)


def test_one_id_stands_once(tmp_path: Path) -> None:
    told = faults(write(tmp_path, FILE + FILE))
    assert told == [(15, "request rfa-1 is on line 2 too")]


def test_findings_stand_beside_requests(tmp_path: Path) -> None:
    more = '[[finding]]\nrequest = "rfa-1"\ncriterion = "cost"\nresult = "concern"\n'
    path = write(tmp_path, FILE + more + 'stated = "USD 50 M"\n')
    (finding,) = read_requests(path, office="A").findings
    assert (finding.criterion, finding.result, finding.stated) == (
        "cost",
        "concern",
        "USD 50 M",
    )
    legal = more.replace('"cost"', '"legality"') + 'stated = "fine"\n'
    assert "worked out" in faults(write(tmp_path, FILE + legal))[0][1]
    bad = more.replace('"cost"', '"colour"').replace('"concern"', '"maybe"')
    told = faults(write(tmp_path, FILE + bad))
    assert {at for at, _ in told} == {13, 16}
    rows = ",".join(FOUND) + "\nrfa-1,risk,pass,looked at\n"
    assert len(read_requests(write(tmp_path, rows, "f.csv")).findings) == 1
    empty = ",".join(FOUND) + "\nrfa-1,risk,pass,\n"
    with pytest.raises(BadLines, match="stated is missing"):
        read_requests(write(tmp_path, empty, "f.csv"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "asks for nothing"),
        ("[request]\nid = 1\n", r"may hold \[\[request\]\]"),
        ("[[colour]]\nx = 1\n", "not colour"),
        ("[[request\n", "is not TOML"),
    ],
)
def test_what_is_no_file_of_requests_is_told(
    tmp_path: Path, text: str, why: str
) -> None:
    with pytest.raises(BadFile, match=why):
        read_requests(write(tmp_path, text))
    with pytest.raises(BadFile, match="cannot be read"):
        read_requests(tmp_path / "none.toml")
