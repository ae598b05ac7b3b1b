"""Document: a report as tables, pictures and remarks, before it is HTML, PDF or XLSX.

Every format is made of the same document, so all show the same figures. A figure that
the ledger's entries add up to carries the id by which they can be asked for.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from linewatch.errors import BadValue
from linewatch.force.question import Question

MISSING: Final = "-"
"""How an empty cell is shown."""


class Form(StrEnum):
    """How the cells of a column are read and shown."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number that can be asked for its entries.

    Parameters
    ----------
    value : float
        The number.
    id : str
        What `linewatch force explain` takes; empty for a number that no entries make.
    """

    value: float
    id: str = ""


Cell = str | float | Figure | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its title and how its cells are shown."""

    title: str
    form: Form = Form.TEXT


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of a report.

    Parameters
    ----------
    id : str
        Its name in one word, by which HTML links to it and XLSX names its sheet.
    title : str
        What it shows.
    columns : tuple of Column
        Its columns; the first one names the rows.
    rows : tuple of tuple
        Its cells, a tuple a row.
    remark : str
        What must be known to read it.

    Raises
    ------
    BadValue
        If a row has more or fewer cells than there are columns.
    """

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    remark: str = ""

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                rule = f"of {len(self.columns)} cells"
                raise BadValue(f"row of {self.id}", rule, len(row))


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """One line or layer of a picture: a name and a value a day."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Numbers over time: layers that are stacked, and lines over them.

    Parameters
    ----------
    id, title : str
        Its name in one word, and what it shows.
    words : str
        What it shows to someone who does not see it.
    unit : str
        Unit of the values.
    days : tuple of date
        Days of the values, one after the other.
    stacked, lines : tuple of Series
        Layers that add up, and lines by themselves.
    """

    id: str
    title: str
    words: str
    unit: str
    days: tuple[date, ...]
    stacked: tuple[Series, ...]
    lines: tuple[Series, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A report.

    Parameters
    ----------
    kind : str
        Which report, in one word.
    title : str
        Its title.
    on : date
        The day that it is of; files are dated by it, never by a clock.
    facts : tuple of (str, str)
        What it rests on: period, what was known, file, scope.
    tables : tuple of Table
        Its tables.
    pictures : tuple of Picture
        Its pictures.
    remarks : tuple of str
        What must be known to use it, a sentence each.
    """

    kind: str
    title: str
    on: date
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...] = ()
    remarks: tuple[str, ...] = ()

    def totals(self) -> Iterator[tuple[str, str, Figure]]:
        """Yield (what, shown, figure) of every figure that has entries and is not 0."""
        seen: set[str] = set()
        for table in self.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row, strict=True):
                    if not isinstance(cell, Figure) or not cell.id or not cell.value:
                        continue
                    if cell.id not in seen:
                        seen.add(cell.id)
                        what = f"{shown(row[0])}, {column.title}"
                        yield what, shown(cell, column.form), cell


def figure(value: float, question: Question) -> Figure:
    """Return a number with the id of the question that it answers."""
    return Figure(value=value, id=question.id)


def shown(cell: Cell, form: Form = Form.TEXT) -> str:
    """Write a cell as people read it.

    Examples
    --------
    >>> shown(12200.0, Form.COUNT), shown(45_640_000.0, Form.MONEY), shown(None)
    ('12,200', '45,640,000', '-')
    >>> shown(0.555, Form.SHARE), shown("Yuma"), shown(Figure(value=3), Form.COUNT)
    ('55.5 %', 'Yuma', '3')
    """
    value = cell.value if isinstance(cell, Figure) else cell
    if value is None or value == "":
        return MISSING
    if isinstance(value, str):
        return value
    if form is Form.SHARE:
        return f"{100 * value:.1f} %"
    return f"{value:,.0f}"


def plain(cell: Cell) -> str | float | None:
    """Return a cell as a plain value."""
    return cell.value if isinstance(cell, Figure) else cell
