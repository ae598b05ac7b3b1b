"""Tables of other programs: CSV and XLSX as rows of text, each with its line."""

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import ZipFile

from linewatch.errors import BadFile, BadParts, BadValue
from linewatch.force.exchange.reading import MOST_BYTES, read_bytes, to_text

if TYPE_CHECKING:
    from openpyxl import Workbook

WORKBOOK: Final = b"PK\x03\x04"
"""First bytes of an XLSX file."""

MADE: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook has no time zones
"""When every workbook says that it was made."""

LONGEST_CELL: Final = 32_767
"""Characters that a cell of a workbook holds."""

MOST_ROWS: Final = 1_000_000
"""Rows that are read of a table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a table.

    Parameters
    ----------
    line : int
        Line of the file or row of the sheet, from 1.
    cells : mapping of str to str
        Text by the name of its column, in small letters.
    """

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return the text of a column; empty where the table has no such column."""
        return self.cells.get(column, "")

    def where(self, column: str) -> str:
        """Return where a cell is, as faults tell it."""
        return f"line {self.line}, {column.upper()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A table: its columns in small letters, and its rows."""

    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(path: Path) -> Sheet:
    """Read a CSV file, or the first sheet of an XLSX file.

    Lines that begin with ``#`` and empty rows are left out.

    Raises
    ------
    BadFile
        If the file cannot be read as such a table, or names a column twice.
    BadParts
        If rows have more cells than the header; all are told.
    """
    content = read_bytes(path)
    of_kind = _of_book if content.startswith(WORKBOOK) else _of_text
    lines = of_kind(path, content)
    header: tuple[str, ...] = ()
    rows, faults = [], []
    for line, cells in lines:
        texts = [cell.strip() for cell in cells]
        if not any(texts) or (texts[0].startswith("#") and not header):
            continue
        if not header:
            header = tuple(text.lower().replace(" ", "_") for text in texts)
            _check_header(path, line, header)
            continue
        if any(texts[len(header) :]):
            told = f"has {len(texts)} cells, the header {len(header)}"
            faults.append((f"line {line}", told))
        rows.append(Row(line=line, cells=dict(zip(header, texts, strict=False))))
        if len(rows) > MOST_ROWS:
            raise BadFile(path, f"has more than {MOST_ROWS:,} rows")
    if faults:
        raise BadParts(path, faults)
    if not header:
        raise BadFile(path, "has no header")
    return Sheet(path=path, columns=header, rows=tuple(rows))


def _check_header(path: Path, line: int, header: Sequence[str]) -> None:
    """Refuse a header that names a column twice."""
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise BadFile(path, f"line {line}: names twice {', '.join(twice)}")


def _of_text(path: Path, content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Return the rows of a CSV file."""
    table = csv.reader(io.StringIO(to_text(path, content)), strict=True)
    try:
        for row in table:
            yield table.line_num, row
    except csv.Error as error:
        raise BadFile(path, f"line {table.line_num}: is not CSV: {error}") from error


def _of_book(path: Path, content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    """Return the rows of the first sheet of an XLSX file."""
    try:
        _check_size(path, content)
        with closing(_open(content)) as book:
            sheet = book.worksheets[0]
            for line, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                yield line, [_cell(value) for value in row]
    except BadFile:
        raise
    # A damaged workbook fails anywhere: in the archive, the XML or the cells' types.
    except Exception as error:
        told = str(error).strip().partition("\n")[0] or type(error).__name__
        raise BadFile(path, f"is no XLSX workbook: {told}") from error


def _check_size(path: Path, content: bytes) -> None:
    """Refuse a workbook that is far larger than its file."""
    with ZipFile(io.BytesIO(content)) as archive:
        if sum(part.file_size for part in archive.infolist()) > MOST_BYTES:
            raise BadFile(path, f"unpacks to more than {MOST_BYTES // 2**20} MiB")


def _open(content: bytes) -> "Workbook":
    """Open a workbook, its formulas as the values that were last computed."""
    from openpyxl import load_workbook  # noqa: PLC0415

    return load_workbook(io.BytesIO(content), read_only=True, data_only=True)


def _cell(value: object) -> str:
    """Return a cell as text: dates as days, whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        midnight = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if midnight else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def check_columns(
    sheet: Sheet, *, needs: Collection[str], knows: Collection[str]
) -> tuple[str, ...]:
    """Return the columns that a reader does not know.

    Raises
    ------
    BadFile
        If a column that it needs is missing.
    """
    missing = [name for name in needs if name not in sheet.columns]
    if missing:
        told = ", ".join(name.upper() for name in missing)
        has = ", ".join(name.upper() for name in sheet.columns)
        raise BadFile(sheet.path, f"has no column {told}; it has {has}")
    return tuple(name for name in sheet.columns if name and name not in knows)


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Return a table as CSV."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(columns)
    table.writerows([[row.get(name, "") for name in columns] for row in rows])
    return out.getvalue()


def xlsx_bytes(
    columns: Sequence[str], rows: Sequence[Mapping[str, object]], *, title: str
) -> bytes:
    """Return a table as an XLSX workbook of one sheet.

    Numbers are numbers and all else is text, which is never taken for a formula. Equal
    tables make equal bytes: no clock is read.

    Raises
    ------
    BadValue
        If a text is longer than a cell can hold.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 - slow to import

    out = io.BytesIO()
    with Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": MADE})
        sheet = book.add_worksheet(title)
        told = [[row.get(name, "") for name in columns] for row in rows]
        for at, cells in enumerate((columns, *told)):
            for column, value in enumerate(cells):
                if isinstance(value, int | float):
                    sheet.write_number(at, column, value)
                    continue
                text = str(value)
                if len(text) > LONGEST_CELL:
                    where = f"row {at + 1}, {columns[column]}"
                    rule = f"at most {LONGEST_CELL:,} characters in a workbook"
                    raise BadValue(where, rule, f"{len(text):,}")
                sheet.write_string(at, column, text)
    return out.getvalue()
