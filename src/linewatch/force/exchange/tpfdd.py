"""Lines of a time-phased force and deployment table: who moves, from where, by when.

The order of dates is that of the joint manual's field set (CJCSM 3122.02): ready to
load (RLD), at the port of embarkation (ALD), earliest and latest arrival at the port of
debarkation (EAD, LAD), in place (RDD).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from linewatch.errors import UnknownName
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.reading import Faults, midnight
from linewatch.force.exchange.sheet import Row, Sheet, check_columns
from linewatch.force.values import to_status

ULN: Final = re.compile(r"[A-Z0-9]{1,7}")
"""A unit line number."""

C_DAY: Final = re.compile(r"C?([+-]?\d{1,4})")
"""A day counted from C-day: C000, C+12 or -3."""

DATES: Final = ("rld", "ald", "ead", "lad", "rdd")
"""Dates of a line; none may be before one to its left."""

KEPT: Final = (
    "frn",
    "uic",
    "utc",
    "service",
    "parent",
    "stons",
    "poe",
    "pod",
    "mode",
    "priority",
    "after",
    "task",
    "source",
)
"""Columns of text that a ledger keeps as a note."""

COLUMNS: Final = (
    "uln",
    "unit",
    "force",
    "status",
    "pax",
    "kit",
    "pieces",
    "origin",
    "destination",
    *DATES,
    *KEPT,
)
"""Columns that are written; all but three may be left out when read."""

NEEDED: Final = ("uln", "force", "pax")
"""Columns that a table must have."""

MODES: Final = (
    "A",
    "L",
    "S",
    "air",
    "bus",
    "convoy",
    "rail",
    "road",
    "sea",
    "self_deploy",
)
"""Modes of moving: the letters of the table, or words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line, checked.

    Parameters
    ----------
    uln : str
        Its number.
    unit, force : str
        Short name, where the table has one, and description of the unit.
    status : str
        Duty status; may be empty where no people move.
    pax, pieces : int
        People, and pieces of kit.
    kit : str
        Kind of the pieces; empty without any.
    origin, destination : str
        From where and to where.
    dates : mapping of str to date
        Those of `DATES` that are told.
    kept : mapping of str to str
        Those of `KEPT` that are told.
    number : int
        Line of the file.
    """

    uln: str
    unit: str
    force: str
    status: str
    pax: int
    pieces: int = 0
    kit: str = ""
    origin: str = ""
    destination: str = ""
    dates: Mapping[str, date] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    number: int = 0

    @property
    def ready(self) -> date:
        """The first day that is told."""
        return min(self.dates.values())

    @property
    def leaves(self) -> date | None:
        """Day of departure."""
        return self.dates.get("ald")

    @property
    def arrives(self) -> date | None:
        """Day of arrival: the latest at the port, or that of being in place."""
        return self.dates.get("lad") or self.dates.get("rdd")


def read_lines(
    sheet: Sheet,
    losses: Losses,
    *,
    status: str | None = None,
    c_day: date | None = None,
) -> tuple[Line, ...]:
    """Check the lines of a table.

    Parameters
    ----------
    sheet : Sheet
        The table.
    losses : Losses
        Takes columns that a ledger cannot hold.
    status : str, optional
        Duty status of lines that tell none.
    c_day : date, optional
        Day from which dates such as C012 count.

    Raises
    ------
    BadFile
        If a column is missing.
    BadParts
        If lines break a rule; all are told.
    """
    for name in check_columns(sheet, needs=NEEDED, knows=COLUMNS):
        losses.add(f"column {name.upper()}", "the header")
    faults = Faults(sheet.path)
    lines, seen = [], dict[str, int]()
    for row in sheet.rows:
        uln = row["uln"].upper()
        if not ULN.fullmatch(uln):
            told = f"must be 1 to 7 letters or digits, not {row['uln']!r:.40}"
            faults.add(row.where("uln"), told)
        elif uln in seen:
            faults.add(row.where("uln"), f"{uln} was given on line {seen[uln]}")
        seen.setdefault(uln, row.line)
        line = _line(row, uln, _Door(faults, losses, status, c_day))
        if line is not None:
            lines.append(line)
    faults.stop()
    return tuple(lines)


@dataclass(frozen=True, slots=True)
class _Door:
    """What a line is checked with."""

    faults: Faults
    losses: Losses
    status: str | None
    c_day: date | None


def _line(row: Row, uln: str, door: _Door) -> Line | None:
    """Check one line; None where it tells no status or no date."""
    faults = door.faults
    pax = faults.count(row["pax"], row.where("pax"), empty=0)
    pieces = faults.count(row["pieces"], row.where("pieces"), empty=0)
    if not row["force"] and not row["unit"]:
        faults.add(row.where("force"), "must not be empty")
    if bool(pieces) != bool(row["kit"]):
        faults.add(row.where("kit"), "KIT and PIECES stand together, or neither")
    if not pax and not pieces:
        faults.add(row.where("pax"), "PAX or PIECES must be above 0")
    status = _status(row, door, needed=pax > 0)
    dates = _dates(row, door)
    kept = {name: row[name] for name in KEPT if row[name]}
    if "mode" in kept and kept["mode"] not in MODES:
        faults.one_of(kept["mode"].lower(), MODES, row.where("mode"))
    if "priority" in kept and kept["priority"] not in list("123456789"):
        told = f"must be 1 to 9, not {kept['priority']!r:.20}"
        faults.add(row.where("priority"), told)
    if status is None or not dates:
        return None
    return Line(
        uln=uln,
        unit=row["unit"],
        force=row["force"] or row["unit"],
        status=status,
        pax=pax,
        pieces=pieces,
        kit=row["kit"],
        origin=row["origin"],
        destination=row["destination"],
        dates=dates,
        kept=kept,
        number=row.line,
    )


def _status(row: Row, door: _Door, *, needed: bool) -> str | None:
    """Return the duty status of a line; empty where none is needed and none is told."""
    if not row["status"]:
        if not needed:
            return door.status or ""
        if door.status is None:
            told = "must not be empty, or give --status"
            door.faults.add(row.where("status"), told)
        return door.status
    try:
        return to_status(row["status"])
    except UnknownName as error:
        door.faults.add(row.where("status"), str(error))
        return None


def _dates(row: Row, door: _Door) -> dict[str, date]:
    """Return the dates of a line, telling those out of order."""
    found: dict[str, date] = {}
    before = ""
    for name in DATES:
        text = row[name]
        if not text:
            continue
        on = _day(text, row.where(name), door)
        if on is None:
            continue
        if before and on < found[before]:
            told = f"{on} is before {before.upper()} {found[before]}"
            door.faults.add(row.where(name), told)
        found[name] = on
        before = name
    if not found and not any(row[name] for name in DATES):
        told = f"no date: give one of {', '.join(DATES).upper()}"
        door.faults.add(f"line {row.line}", told)
    return found


def _day(text: str, where: str, door: _Door) -> date | None:
    """Return a date, or a day counted from C-day."""
    counted = C_DAY.fullmatch(text.upper())
    if counted is None:
        if not midnight(text):
            door.losses.add("times within a day", where)
        return door.faults.day(text, where)
    if door.c_day is None:
        door.faults.add(where, f"{text} counts from C-day: give --c-day")
        return None
    return door.c_day + timedelta(days=int(counted[1]))
