"""The door for files of other programs: what kind a file is, and what comes of it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from linewatch.errors import BadFile, BadLines, BadParts, BadValue, UnknownName
from linewatch.force.exchange.loss import Loss, Losses
from linewatch.force.exchange.msdl_read import read_msdl
from linewatch.force.exchange.msdl_write import msdl_text
from linewatch.force.exchange.orbat_read import read_orbat
from linewatch.force.exchange.orbat_write import orbat_text
from linewatch.force.exchange.perstat import (
    NEEDED,
    Report,
    perstat_counts,
    perstat_picture,
    perstat_text,
    read_reports,
)
from linewatch.force.exchange.sheet import Sheet, csv_text, read_sheet, xlsx_bytes
from linewatch.force.exchange.taking import picture_of
from linewatch.force.exchange.telling import ledger_text
from linewatch.force.exchange.tpfdd import COLUMNS, Line, read_lines
from linewatch.force.exchange.tpfdd_read import movements_csv, tpfdd_ledger
from linewatch.force.exchange.tpfdd_write import tpfdd_rows
from linewatch.force.ledger import Ledger
from linewatch.force.read import read_ledger

FORMS: Final = ("orbat", "msdl", "tpfdd", "perstat")
"""Kinds of files: orbat-mapper scenario, MSDL, deployment table, personnel report."""

NOT_IN_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 (section 2.2) cannot hold, and so no workbook either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a reader is told besides the file.

    Parameters
    ----------
    form : str or None
        One of `FORMS`; found out when None.
    status : str or None
        Duty status of people of whom the file tells none.
    sides : tuple of str
        Sides to take over; our own when empty.
    c_day : date or None
        Day from which a deployment table counts.
    ledger : Path or None
        Ledger that a personnel report is held against.
    kind : {'count', 'claim'}
        How it is held against it.
    """

    form: str | None = None
    status: str | None = None
    sides: tuple[str, ...] = ()
    c_day: date | None = None
    ledger: Path | None = None
    kind: str = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A file as a ledger.

    Parameters
    ----------
    form : str
        What kind it was.
    text : str
        The ledger, which loads.
    entries, units : int
        How many it holds.
    losses : tuple of Loss
        What it could not hold.
    """

    form: str
    text: str
    entries: int
    units: int
    losses: tuple[Loss, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A ledger as a file of another program, and what that could not hold."""

    form: str
    content: bytes
    losses: tuple[Loss, ...]


def form_of(path: Path) -> str:
    """Return what kind of file a name promises; tables are told apart by their columns.

    Raises
    ------
    BadFile
        If its ending is none of .json, .xml, .csv and .xlsx, or the columns of a table
        are of neither kind.
    """
    ending = path.suffix.lower()
    if ending in (".json", ".xml"):
        return "orbat" if ending == ".json" else "msdl"
    if ending not in (".csv", ".xlsx"):
        told = f"ends in {ending or 'nothing'}: .json, .xml, .csv and .xlsx are read"
        raise BadFile(path, f"{told}, or give --format")
    columns = set(read_sheet(path).columns)
    if "uln" in columns:
        return "tpfdd"
    if columns.issuperset(NEEDED):
        return "perstat"
    told = ", ".join(name.upper() for name in NEEDED)
    raise BadFile(path, f"needs a column ULN (deployment table) or {told} (PERSTAT)")


def import_force(path: Path, wish: Wish) -> Imported:
    """Read a file of another program as a ledger that loads.

    Raises
    ------
    BadFile, BadParts
        If the file cannot be read, or parts of it break rules; all are told.
    UnknownName
        If there is no such kind of file or no such side.
    BadValue
        If something is asked for that has no meaning for such a file.
    """
    form = wish.form or form_of(path)
    if form not in FORMS:
        raise UnknownName("format", form, FORMS)
    _check_wish(wish, form)
    losses = Losses()
    source = f"{path.name}, taken over as {form}"
    reports: tuple[Report, ...] = ()
    if form == "orbat":
        picture = read_orbat(path, losses, status=wish.status, sides=wish.sides)
        text = ledger_text(picture, source=source)
    elif form == "msdl":
        text = ledger_text(read_msdl(path, losses, sides=wish.sides), source=source)
    elif form == "tpfdd":
        text = tpfdd_ledger(_lines(path, wish, losses), losses, source=source)
    else:
        reports = read_reports(_filled(path), losses, status=wish.status)
        if wish.ledger is None:
            picture = perstat_picture(path, reports, losses)
            text = ledger_text(picture, source=source)
        else:
            base = read_ledger(wish.ledger)
            text = perstat_counts(base, reports, source=source, kind=wish.kind)
    ledger = _loaded(path, text, reports)
    return Imported(
        form=form,
        text=text,
        entries=len(ledger),
        units=len(ledger.units),
        losses=losses.all(),
    )


def _check_wish(wish: Wish, form: str) -> None:
    """Refuse what would be passed over without a word."""
    for name, asked, forms in (
        ("status", wish.status is not None, ("orbat", "tpfdd", "perstat")),
        ("side", bool(wish.sides), ("orbat", "msdl")),
        ("c-day", wish.c_day is not None, ("tpfdd",)),
        ("ledger", wish.ledger is not None, ("perstat",)),
    ):
        if asked and form not in forms:
            rule = f"left out unless the file is {' or '.join(forms)}"
            raise BadValue(f"--{name}", rule, f"given for {form}")


def import_movements(path: Path, wish: Wish) -> tuple[str, tuple[Loss, ...]]:
    """Read a deployment table as movements of the deployment plan, in CSV.

    Raises
    ------
    BadFile, BadParts
        If the file cannot be read, or lines lack what a plan needs; all are told.
    """
    losses = Losses()
    lines = _lines(path, wish, losses)
    return movements_csv(path, lines, losses), losses.all()


def export_force(
    ledger: Ledger,
    form: str,
    *,
    on: date,
    known: date | None = None,
    book: bool = False,
) -> Exported:
    """Write a ledger as a file of another program.

    Parameters
    ----------
    ledger : Ledger
        What to write.
    form : str
        One of `FORMS`.
    on : date
        Day of which MSDL and a personnel report tell; the others tell of all days.
    known : date, optional
        Leave out what became known later.
    book : bool, optional
        Write a deployment table as XLSX, not CSV.

    Raises
    ------
    UnknownName
        If there is no such kind of file.
    """
    losses = Losses()
    if form == "tpfdd":
        rows = tpfdd_rows(ledger, losses, known=known)
        columns = tuple(name.upper() for name in COLUMNS)
        upper = [{name.upper(): cell for name, cell in row.items()} for row in rows]
        if book:
            content = xlsx_bytes(columns, _cleaned(upper, losses), title="TPFDD")
        else:
            content = csv_text(columns, upper).encode()
    elif form == "perstat":
        content = perstat_text(ledger, losses, on=on, known=known).encode()
    elif form in FORMS:
        picture = picture_of(ledger, losses, known=known)
        if form == "orbat":
            content = orbat_text(picture, losses).encode()
        else:
            content = _clean(msdl_text(picture, losses, on=on), losses).encode()
    else:
        raise UnknownName("format", form, FORMS)
    return Exported(form=form, content=content, losses=losses.all())


def _cleaned(
    rows: Sequence[Mapping[str, object]], losses: Losses
) -> list[dict[str, object]]:
    """Return rows whose texts a workbook can hold."""
    return [
        {
            name: _clean(cell, losses) if isinstance(cell, str) else cell
            for name, cell in row.items()
        }
        for row in rows
    ]


def _clean(text: str, losses: Losses) -> str:
    """Return a text as XML can hold it."""
    first = NOT_IN_XML.search(text)
    if first is None:
        return text
    clean, times = NOT_IN_XML.subn("\ufffd", text)
    near = ascii(text[max(first.start() - 20, 0) : first.end()])
    losses.add("control characters, told as U+FFFD", f"after {near}", times)
    return clean


def _lines(path: Path, wish: Wish, losses: Losses) -> tuple[Line, ...]:
    """Read the lines of a deployment table."""
    return read_lines(_filled(path), losses, status=wish.status, c_day=wish.c_day)


def _filled(path: Path) -> Sheet:
    """Read a table that must tell something: nobody means to take nobody over.

    Raises
    ------
    BadFile
        If it has a header alone.
    """
    sheet = read_sheet(path)
    if not sheet.rows:
        raise BadFile(path, "has a header and no rows; must have one or more")
    return sheet


def _loaded(path: Path, text: str, reports: tuple[Report, ...]) -> Ledger:
    """Return the ledger of a text, or tell why it does not load.

    What a personnel report asserts and the ledger does not count is told by the row
    of the report.
    """
    with TemporaryDirectory() as folder:
        trial = Path(folder) / "trial.ledger"
        trial.write_text(text, encoding="utf-8")
        try:
            return read_ledger(trial)
        except BadLines as error:
            faults = error.faults
    asserted = [report for report in reports for _ in report.numbers]
    first = text.count("\n") - len(asserted)
    told = []
    for line, what in faults:
        at = line - first - 1
        row = asserted[at].row.line if 0 <= at < len(asserted) else None
        told.append((f"line {row}" if row else f"the ledger's line {line}", what))
    raise BadParts(path, told)
