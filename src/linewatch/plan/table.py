"""Rows: tables of plans read as one value a row, every fault told at once."""

import math
from collections.abc import Callable, Collection, Mapping
from datetime import date
from pathlib import Path
from typing import TypeVar

from linewatch.errors import BadValue
from linewatch.measure.clock import to_date
from linewatch.scenario.table import Faults, read_table

T = TypeVar("T")
Cell = Callable[[str], object]
"""Reads the text of one cell, or raises BadValue."""


def read_rows(
    path: Path,
    kind: Callable[..., T],
    cells: Mapping[str, Cell],
    *,
    key: str = "",
    rename: Mapping[str, str] | None = None,
) -> tuple[T, ...]:
    """Read a CSV file as one value a row.

    Parameters
    ----------
    path : Path
        File in UTF-8 with a header; columns in any order. Lines before the header that
        begin with ``#`` say where the table comes from.
    kind : type
        Made with one keyword a column.
    cells : mapping of str to callable
        How the text of each column is read. Every column must be there, and no other.
    key : str, optional
        Column whose text may stand in one row only.
    rename : mapping of str to str, optional
        Keyword of a column whose name is a word of Python.

    Raises
    ------
    BadFile
        If the file cannot be read or its header is not that of `cells`.
    BadLines
        If any row breaks a rule; all of them are told.
    """
    table = read_table(path, tuple(cells))
    faults = table.faults()
    rows: list[T] = []
    seen: set[object] = set()
    for line, row in table.rows:
        told, made = _read_row(row, cells)
        if made.get(key) in seen:
            told.append(f"{key} {made[key]} is there twice")
        seen.update(made[name] for name in (key,) if name in made)
        if not told:
            try:
                named = {(rename or {}).get(name, name): made[name] for name in made}
                rows.append(kind(**named))
            except BadValue as error:
                told = [str(error)]
        for what in told:
            faults.add(line, what)
    faults.stop()
    return tuple(rows)


def check_waits(path: Path, after: Mapping[str, Collection[str]], what: str) -> None:
    """Refuse a row that waits for one which is not there; `after` is by name.

    Raises
    ------
    BadLines
        If there is such a row; all are told.
    """
    faults = Faults(path)
    for name, others in after.items():
        for other in others:
            if other not in after:
                faults.add(0, f"{name} waits for {other}, which is no {what}")
    faults.stop()


def _read_row(
    row: Mapping[str, str], cells: Mapping[str, Cell]
) -> tuple[list[str], dict[str, object]]:
    """Read every cell of a row; return what is wrong and what was read."""
    told: list[str] = []
    made: dict[str, object] = {}
    for name, read in cells.items():
        try:
            made[name] = read(row[name])
        except BadValue as error:
            told.append(f"{name}: {error}")
    return told, made


def text(cell: str) -> str:
    """Read a cell that must not be empty."""
    if not cell:
        raise BadValue("text", "not empty", "''")
    return cell


def note(cell: str) -> str:
    """Read a cell that may be empty."""
    return cell


def words(cell: str) -> tuple[str, ...]:
    """Read words set apart by semicolons; none when the cell is empty."""
    return tuple(word.strip() for word in cell.split(";") if word.strip())


def count(cell: str) -> int:
    """Read a whole number that is not negative."""
    if not (cell.isascii() and cell.isdigit()):
        raise BadValue("number", "a whole number, 0 or more", repr(cell))
    return int(cell)


def amount(cell: str) -> float:
    """Read a finite number that is not negative."""
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise BadValue("number", "a number, 0 or more", repr(cell))
    return number


def one_of(allowed: Collection[str]) -> Cell:
    """Make a reader of cells that hold one of the words `allowed`."""

    def read(cell: str) -> str:
        if cell not in allowed:
            raise BadValue("word", f"one of {', '.join(sorted(allowed))}", repr(cell))
        return cell

    return read


def day(cell: str) -> date:
    """Read a date."""
    return to_date(cell)
