"""Tables: CSV files with a header, whose bad rows are all told together."""

import csv
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from linewatch.errors import BadFile, BadLines, BadValue, InputError

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of a CSV file, not yet read as values.

    Parameters
    ----------
    path : Path
        The file.
    columns : tuple of str
        Its header.
    rows : tuple of (int, dict)
        Line number in the file and cells of each row.
    remark : str
        Its leading lines that begin with ``#``, joined: where the table comes from.
    short : tuple of (int, str)
        Line number and fault of each row with more or fewer cells than the header.
    """

    path: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    remark: str
    short: tuple[tuple[int, str], ...] = ()

    def faults(self) -> "Faults":
        """Return what is wrong so far, to add to and to stop by."""
        return Faults(self.path, list(self.short))

    def read(self, make: Callable[[dict[str, str]], T]) -> Iterator[tuple[int, T]]:
        """Yield the line and value of each row; tell every bad row at the end.

        Parameters
        ----------
        make : callable
            Makes a value of a row, and raises an `InputError` when the row is bad.

        Raises
        ------
        BadLines
            After the last row, if any was bad.
        """
        faults = self.faults()
        for line, cells in self.rows:
            try:
                value = make(cells)
            except InputError as error:
                faults.add(line, str(error))
            else:
                yield line, value
        faults.stop()


@dataclass(frozen=True, slots=True)
class Faults:
    """What is wrong with the lines of one file, collected."""

    path: Path
    told: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, what: str) -> None:
        """Note one fault."""
        self.told.append((line, what))

    def stop(self) -> None:
        """Raise `BadLines` if anything was noted."""
        if self.told:
            raise BadLines(self.path, self.told)


def read_table(path: Path, *headers: Sequence[str]) -> Table:
    """Read a CSV file whose columns, in any order, are those of one of `headers`.

    Raises
    ------
    BadFile
        If the file cannot be read, has other columns, or no row at all: a table that
        is meant to be empty is left out of the scenario.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(path, f"is not UTF-8 text: {error.reason}") from error
    lines = text.splitlines()
    above = next((n for n, line in enumerate(lines) if line[:1] != "#"), len(lines))
    reader = csv.reader(lines[above:])
    wanted = " or ".join(",".join(header) for header in headers)
    try:
        columns = tuple(cell.strip() for cell in next(reader, []))
        if not any(sorted(columns) == sorted(header) for header in headers):
            raise BadFile(path, f"has columns {','.join(columns)}; must have {wanted}")
        faults = Faults(path)
        rows = []
        for cells in reader:
            line = above + reader.line_num
            if not cells:
                continue
            if len(cells) != len(columns):
                faults.add(line, f"has {len(cells)} cells for {len(columns)} columns")
                continue
            stripped = (cell.strip() for cell in cells)
            rows.append((line, dict(zip(columns, stripped, strict=True))))
    except csv.Error as error:
        raise BadFile(path, f"is not CSV: {error}") from error
    if not rows and not faults.told:
        raise BadFile(path, "has a header and no rows; must have a row or be left out")
    remark = " ".join(line.lstrip("# ").rstrip() for line in lines[:above])
    return Table(
        path=path,
        columns=columns,
        rows=tuple(rows),
        remark=remark,
        short=tuple(faults.told),
    )


def number(cells: dict[str, str], column: str) -> float:
    """Return a cell as a finite number.

    Raises
    ------
    BadValue
        If it is none.
    """
    try:
        value = float(cells[column])
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise BadValue(column, "a number", repr(cells[column]))
    return value


def words(cells: dict[str, str], column: str) -> str:
    """Return a cell that must not be empty.

    Raises
    ------
    BadValue
        If it is empty.
    """
    if not cells[column]:
        raise BadValue(column, "filled in", "empty")
    return cells[column]
