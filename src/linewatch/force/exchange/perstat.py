"""Personnel status reports (PERSTAT) as a table: in as entries or counts, out by date.

A row tells of one unit under one duty status at the end of a day, with all that works
under it, as a headquarters reports: assigned, present for duty, on leave and injured.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np

from linewatch.errors import UnknownName
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.picture import Held, Part, Picture, changes_only
from linewatch.force.exchange.reading import Faults, Names, midnight
from linewatch.force.exchange.sheet import Row, Sheet, check_columns, csv_text
from linewatch.force.exchange.telling import SOMEWHERE, quoted
from linewatch.force.ledger import Ledger
from linewatch.force.tally import Wanted, rows_of
from linewatch.force.tree import rolled_up
from linewatch.force.values import STATUSES, Pool, to_status

NEEDED: Final = ("unit", "date", "assigned", "present")
"""Columns that a report must have."""

COLUMNS: Final = (
    "unit",
    "title",
    "under",
    "date",
    "status",
    "assigned",
    "present",
    "leave",
    "injured",
    "in_transit",
    "authorized",
)
"""Columns that are written; those beyond `NEEDED` may be left out when read."""

COUNTS: Final = {
    "assigned": "sourced",
    "present": "present",
    "leave": "on_leave",
    "injured": "injured",
    "in_transit": "in_transit",
    "authorized": "approved",
}
"""Strength that each column of numbers asserts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One row of a report, checked.

    Parameters
    ----------
    row : Row
        The row itself.
    unit, status : str
        Of whom it tells.
    on : date
        At the end of which day.
    numbers : mapping of str to int
        Numbers by column; those left empty are not in it.
    """

    row: Row
    unit: str
    status: str
    on: date
    numbers: Mapping[str, int]

    def __getitem__(self, column: str) -> int:
        """Return a number; 0 where it was left empty."""
        return self.numbers.get(column, 0)


def read_reports(
    sheet: Sheet, losses: Losses, *, status: str | None = None
) -> tuple[Report, ...]:
    """Check the rows of a report.

    Parameters
    ----------
    sheet : Sheet
        The table.
    losses : Losses
        Takes columns that a ledger cannot hold.
    status : str, optional
        Duty status of rows that tell none.

    Raises
    ------
    BadFile
        If a column is missing.
    BadParts
        If rows break a rule; all are told.
    """
    for name in check_columns(sheet, needs=NEEDED, knows=COLUMNS):
        losses.add(f"column {name.upper()}", "the header")
    faults = Faults(sheet.path)
    found: dict[tuple[str, str, date], Report] = {}
    for row in sheet.rows:
        report = _report(row, faults, losses, status)
        if report is None:
            continue
        key = report.unit, report.status, report.on
        if key in found:
            told = f"{report.unit} {report.status} on {report.on} was told before"
            faults.add(f"line {row.line}", f"{told}, on line {found[key].row.line}")
        found[key] = report
    faults.stop()
    return tuple(found.values())


def _report(
    row: Row, faults: Faults, losses: Losses, status: str | None
) -> Report | None:
    """Check one row; None where it does not tell of whom or when."""
    on = faults.day(row["date"], row.where("date"))
    if on is not None and not midnight(row["date"]):
        losses.add("times within a day", row.where("date"))
    unit = row["unit"]
    if not unit:
        faults.add(row.where("unit"), "must not be empty")
    said = _status(row, faults, status)
    numbers = {
        name: faults.count(row[name], row.where(name))
        for name in COUNTS
        if row[name] or name in NEEDED
    }
    absent = sum(numbers.get(name, 0) for name in ("present", "leave", "injured"))
    assigned = numbers.get("assigned", 0)
    if absent > assigned:
        told = f"present, on leave and injured are {absent:,}, more than {assigned:,}"
        faults.add(row.where("assigned"), told)
    if on is None or not unit or said is None:
        return None
    return Report(row=row, unit=unit, status=said, on=on, numbers=numbers)


def _status(row: Row, faults: Faults, status: str | None) -> str | None:
    """Return the duty status of a row."""
    if not row["status"]:
        if status is None:
            faults.add(row.where("status"), "must not be empty, or give --status")
        return status
    try:
        return to_status(row["status"])
    except UnknownName as error:
        faults.add(row.where("status"), str(error))
        return None


def perstat_picture(path: Path, reports: tuple[Report, ...], losses: Losses) -> Picture:
    """Return reports as a picture of their own, of people at no told place.

    A unit's own people are its row less the rows of the units under it, each as last
    told by that day.

    Raises
    ------
    BadParts
        If units stand under none of the file or under themselves, or those under a unit
        are more than it reports; all are told.
    """
    faults, names = Faults(path), Names()
    first = {report.unit: report for report in reports}
    above: dict[str, str | None] = {}
    for unit, report in first.items():
        own = report.row["under"] or None
        if own is not None and own not in first:
            faults.add(report.row.where("under"), f"{own!r} is no unit of the file")
            own = None
        above[unit] = own
    order = _in_order(above, first, faults)
    faults.stop()
    start = min((report.on for report in reports), default=date(1970, 1, 1))
    for report in reports:
        if {"in_transit", "authorized"} & set(report.numbers):
            told = "in transit and authorized: give --ledger to hold them as counts"
            losses.add(told, f"line {report.row.line}")
    held = _own(reports, above, faults, losses)
    faults.stop()
    return Picture(
        name=path.stem,
        start=start,
        parts=tuple(
            Part(
                name=names.of(unit, unit),
                title=first[unit].row["title"] or unit,
                since=start,
                parent=names.of(above[unit] or "") if above[unit] else None,
            )
            for unit in order
        ),
        held=changes_only(held),
    )


def _in_order(
    above: Mapping[str, str | None], first: Mapping[str, Report], faults: Faults
) -> list[str]:
    """Return the units, each superior before those under it."""
    order: list[str] = []
    for unit in above:
        way: list[str] = []
        at: str | None = unit
        while at is not None and at not in way and at not in order:
            way.append(at)
            at = above[at]
        if at in way:
            faults.add(first[unit].row.where("under"), f"{unit!r} is under itself")
            continue
        order += reversed(way)
    return order


def _own(
    reports: tuple[Report, ...],
    above: Mapping[str, str | None],
    faults: Faults,
    losses: Losses,
) -> list[Held]:
    """Return each unit's own people by day: its row less those under it."""
    names = Names()
    told: dict[tuple[str, str], Report] = {}
    held = []
    days = sorted({report.on for report in reports})
    by_day: dict[date, list[Report]] = {day: [] for day in days}
    for report in reports:
        by_day[report.on].append(report)
    for day in days:
        told |= {(one.unit, one.status): one for one in by_day[day]}
        below: dict[tuple[str, str], dict[str, int]] = {}
        for (unit, status), report in told.items():
            superior = above[unit]
            if superior is not None:
                sums = below.setdefault((superior, status), dict.fromkeys(COUNTS, 0))
                for name in COUNTS:
                    sums[name] += report[name]
        for (unit, status), report in told.items():
            changed = report.row["under"] not in ("", above[unit] or "")
            if changed and report.on == day:
                where = f"line {report.row.line}"
                losses.add("changes of UNDER: the last is held", where)
            less = below.get((unit, status), {})
            own = {name: report[name] - less.get(name, 0) for name in COUNTS}
            if _check_own(own, report, day, faults):
                held.append(_held(names.of(unit, unit), own, report, day))
        for unit, status in below.keys() - told.keys():
            told_of = f"nothing of {unit} {status}, and of units under it"
            faults.add("the file", f"tells {told_of} on {day}")
    return held


def _held(unit: str, own: Mapping[str, int], report: Report, on: date) -> Held:
    """Return a unit's own people."""
    return Held(
        unit=unit,
        on=on,
        status=report.status,
        count=own["assigned"],
        at={SOMEWHERE: own["present"]} if own["present"] else {},
        leave=own["leave"],
        injured=own["injured"],
    )


def _check_own(
    own: Mapping[str, int], report: Report, on: date, faults: Faults
) -> bool:
    """Return whether those under a unit are no more than it reports, telling if not."""
    names = ("assigned", "present", "leave", "injured")
    short = next((name for name in names if own[name] < 0), None)
    there = own["present"] + own["leave"] + own["injured"]
    if short is None and there > own["assigned"]:
        short = "assigned"
    if short is not None:
        told = f"units under {report.unit} report more than it does on {on}"
        faults.add(report.row.where(short), told)
    return short is None


def perstat_counts(
    ledger: Ledger, reports: tuple[Report, ...], *, source: str, kind: str = "count"
) -> str:
    """Return a ledger's own text with each reported number as an assertion after it.

    Parameters
    ----------
    ledger : Ledger
        What the reports are held against.
    reports : tuple of Report
        Rows; units must be the ledger's.
    source : str
        What the entries rest on, in full.
    kind : {'count', 'claim'}
        Whether the ledger must agree, or only lists them.

    Raises
    ------
    BadParts
        If a unit is none of the ledger's; all are told.
    """
    faults = Faults(ledger.path)
    cite = "perstat"
    while cite in ledger.cites:
        cite += "-more"
    lines = [*ledger.texts, f"cite {cite} {quoted(source)}"]
    for report in reports:
        if report.unit not in ledger.numbers:
            told = f"{report.unit!r} is no unit of the ledger"
            faults.add(report.row.where("unit"), told)
        for name, number in report.numbers.items():
            lines.append(
                f"{report.on} {kind} {report.unit} {number} {COUNTS[name]}"
                f" {report.status} ^{cite}"
            )
    faults.stop()
    return "\n".join(lines) + "\n"


def perstat_text(
    ledger: Ledger, losses: Losses, *, on: date, known: date | None = None
) -> str:
    """Return the report of a day: every unit that has anyone, by duty status."""
    knowing = None if known is None else known.toordinal()
    wanted = Wanted(on=on.toordinal(), known=knowing)
    parents = ledger.tree.parents(wanted.on, wanted.known)
    rows = rows_of(ledger, wanted)
    posted = ledger.postings
    lines = []
    for number, short in enumerate(STATUSES):
        mine = rows[posted.status[rows] == number]
        pools = np.zeros((len(ledger.units), len(Pool)), dtype=np.int64)
        cells = posted.unit[mine], posted.pool[mine]
        np.add.at(pools, cells, posted.amount[mine])
        for unit, held in enumerate(rolled_up(pools, parents).tolist()):
            if any(held):
                above = int(parents[unit])
                lines.append(
                    {
                        "unit": ledger.units[unit].name,
                        "title": ledger.units[unit].title,
                        "under": ledger.units[above].name if above >= 0 else "",
                        "date": on.isoformat(),
                        "status": short,
                        "assigned": sum(held) - held[Pool.UNSOURCED],
                        "present": held[Pool.PRESENT],
                        "leave": held[Pool.LEAVE],
                        "injured": held[Pool.INJURED],
                        "in_transit": held[Pool.TRANSIT],
                        "authorized": sum(held),
                    }
                )
    for kind in ledger.items[1:]:
        losses.add("kit", kind)
    losses.add("places, sources and notes", "the report")
    return csv_text(COLUMNS, sorted(lines, key=lambda line: _key(ledger, line)))


def _key(ledger: Ledger, line: Mapping[str, object]) -> tuple[int, str]:
    """Return the place of a line: units in the ledger's order."""
    return ledger.numbers[str(line["unit"])], str(line["status"])
