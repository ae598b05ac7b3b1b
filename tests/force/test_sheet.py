"""Tests of tables of other programs: CSV and XLSX as rows."""

import io
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from linewatch.errors import BadFile, BadParts, BadValue
from linewatch.force.exchange import sheet as sheets
from linewatch.force.exchange.sheet import (
    check_columns,
    csv_text,
    read_sheet,
    xlsx_bytes,
)
from tests.force.test_exchange import SHARED_FOLDER


def write(folder: Path, content: str | bytes, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


plain = st.text(
    st.characters(
        codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")
    ),
    min_size=1,
    max_size=8,
).filter(lambda text: not text.startswith("#") and text == text.strip())


@SHARED_FOLDER
@given(table=st.lists(st.fixed_dictionaries({"a": plain, "b": plain}), max_size=5))
def test_a_table_is_the_same_as_csv_and_as_a_workbook(
    table: list[dict[str, str]], tmp_path: Path
) -> None:
    columns = ("a", "b")
    for content in (csv_text(columns, table), xlsx_bytes(columns, table, title="x")):
        path = write(tmp_path, content, "table")
        rows = read_sheet(path).rows
        assert [dict(row.cells) for row in rows] == table


def test_lines_of_comment_and_empty_lines_are_left_out(tmp_path: Path) -> None:
    text = "# from a friend\n\nUnit , Force Name\n a , b\n,\n\n c , d\n"
    sheet = read_sheet(write(tmp_path, text))
    assert sheet.columns == ("unit", "force_name")
    assert [(row.line, row["unit"], row["none"]) for row in sheet.rows] == [
        (4, "a", ""),
        (7, "c", ""),
    ]
    assert sheet.rows[0].where("unit") == "line 4, UNIT"


def test_a_workbook_has_dates_and_whole_numbers(tmp_path: Path) -> None:
    book = Workbook()
    page = book.worksheets[0]
    page.append(["Day", "Time", "N", "X"])
    page.append([date(2025, 3, 1), datetime(2025, 3, 1, 6, 30), 12.0, 1.5])  # noqa: DTZ001 - as a workbook has it
    page.append([None, None, None, None])
    book.save(tmp_path / "t.xlsx")
    (row,) = read_sheet(tmp_path / "t.xlsx").rows
    assert row.line == 2
    assert dict(row.cells) == {
        "day": "2025-03-01",
        "time": "2025-03-01T06:30:00",
        "n": "12",
        "x": "1.5",
    }


def test_rows_longer_than_the_header_are_told_together(tmp_path: Path) -> None:
    path = write(tmp_path, "a,b\n1,2,3\n1,2\n1,2,,\n1,2,3,4\n")
    with pytest.raises(BadParts) as raised:
        read_sheet(path)
    assert raised.value.faults == (
        ("line 2", "has 3 cells, the header 2"),
        ("line 5", "has 4 cells, the header 2"),
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n,\n# x\n", "has no header"),
        (b"a,b,a\n1,2,3\n", "line 1: names twice a"),
        (b"\xff\xfea,b", "is not text in UTF-8: byte 1"),
        (b'a,b\n"1,2', "line 2: is not CSV"),
        (b"PK\x03\x04 and then nothing", "is no XLSX workbook"),
    ],
)
def test_a_file_of_another_kind_is_one_line(
    tmp_path: Path, content: bytes, said: str
) -> None:
    with pytest.raises(BadFile) as raised:
        read_sheet(write(tmp_path, content))
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_zip_that_is_no_workbook_or_unpacks_too_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", "0" * 100_000)
    with pytest.raises(BadFile, match="is no XLSX workbook"):
        read_sheet(path)
    monkeypatch.setattr(sheets, "MOST_BYTES", 50_000)
    with pytest.raises(BadFile, match="unpacks to more than"):
        read_sheet(path)


def test_entities_in_a_workbook_are_refused(tmp_path: Path) -> None:
    Workbook().save(tmp_path / "good.xlsx")
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
    with (
        zipfile.ZipFile(tmp_path / "good.xlsx") as good,
        zipfile.ZipFile(tmp_path / "bad.xlsx", "w") as bad,
    ):
        for name in good.namelist():
            text = good.read(name).decode()
            if name.endswith("sheet1.xml"):
                text = bomb + text.replace("<sheetData", "<x>&b;</x><sheetData")
            bad.writestr(name, text)
    with pytest.raises(BadFile, match="is no XLSX workbook"):
        read_sheet(tmp_path / "bad.xlsx")


def test_too_many_rows_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MOST_ROWS", 2)
    with pytest.raises(BadFile, match="has more than 2 rows"):
        read_sheet(write(tmp_path, "a\n1\n2\n3\n"))


def test_missing_columns_are_named_and_unknown_ones_returned(tmp_path: Path) -> None:
    sheet = read_sheet(write(tmp_path, "a,b,x\n"))
    assert check_columns(sheet, needs=("a",), knows=("a", "b")) == ("x",)
    with pytest.raises(BadFile, match="has no column C, D; it has A, B, X"):
        check_columns(sheet, needs=("a", "c", "d"), knows=())


def test_a_text_is_never_a_formula(tmp_path: Path) -> None:
    texts = ["=1+1", "=HYPERLINK(A1)", "+1", "-1", "@x"]
    made = xlsx_bytes(["a"], [{"a": text} for text in texts], title="x")
    path = write(tmp_path, made, "t.xlsx")
    assert [row["a"] for row in read_sheet(path).rows] == texts
    with zipfile.ZipFile(path) as book:
        assert b"<f" not in book.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
@pytest.mark.parametrize("harm", ["cut", "gone", "junk"])
def test_a_damaged_workbook_is_one_line(tmp_path: Path, part: str, harm: str) -> None:
    sound = write(tmp_path, xlsx_bytes(["a"], [{"a": "b"}], title="x"), "a.xlsx")
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            body = old.read(name)
            if name == part:
                body = {"cut": body[:150], "gone": b"", "junk": b"junk"}[harm]
            if name != part or harm != "gone":
                new.writestr(name, body)
    with pytest.raises(BadFile, match="is no XLSX workbook: ") as raised:
        read_sheet(path)
    assert "\n" not in str(raised.value)


@given(at=st.integers(0, 10**6), byte=st.integers(0, 255))
@SHARED_FOLDER
def test_a_flipped_byte_is_read_or_one_line(at: int, byte: int, tmp_path: Path) -> None:
    body = bytearray(xlsx_bytes(["a"], [{"a": "b"}], title="x"))
    body[at % len(body)] = byte
    told = ""
    try:
        read_sheet(write(tmp_path, bytes(body), "t.xlsx"))
    except (BadFile, BadParts) as error:
        told = str(error)
    assert "\n" not in told


def test_equal_tables_make_equal_workbooks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows: list[dict[str, object]] = [{"a": "=1+1", "b": 3}, {"a": "@x"}]
    first = xlsx_bytes(("a", "b"), rows, title="x")
    monkeypatch.setattr(time, "time", lambda: 1e9)
    assert xlsx_bytes(("a", "b"), rows, title="x") == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        days = {part.date_time for part in archive.infolist()}
        assert days == {(1980, 1, 1, 0, 0, 0)}
        made = archive.read("docProps/core.xml").decode()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    assert "2000-01-01T00:00:00Z" in made
    assert "<f>" not in sheet


def test_a_text_too_long_for_a_cell_is_refused() -> None:
    long = "x" * 32_767
    assert xlsx_bytes(("a",), [{"a": long}], title="x")
    with pytest.raises(BadValue, match=r"row 3, a must be at most 32,767"):
        xlsx_bytes(("a",), [{"a": long}, {"a": long + "x"}], title="x")
