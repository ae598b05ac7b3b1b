"""Published events: a table of what outlets told, held against the ledger.

A row and the ledger meet through the source: the row's URL stands in a cite of the
ledger. A figure is then either entered (entries of the row's dates add up to it), held
as a count or claim, or missing. Outlets that contradict each other all keep their row.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadLines
from linewatch.force.kinds import KINDS
from linewatch.force.ledger import Ledger
from linewatch.force.values import PEOPLE, Entry
from linewatch.force.words import bounds_of

COLUMNS: Final = (
    "date",
    "element",
    "home_station",
    "destination",
    "personnel",
    "event",
    "duty_status",
    "source",
)
"""Columns of a table of published events."""

SEASONS: Final = {"spring": 3, "summer": 6, "fall": 9, "autumn": 9}
"""First month of a season of three months, for dates such as 2025-fall."""

PART: Final = re.compile(r".*\s(\d[\d,]*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One published event.

    Parameters
    ----------
    line : int
        Line of the file.
    first, last : date
        Days between which it happened; equal when the day is known.
    element, what : str
        Who, and what was told.
    people : int or None
        The figure told; None where there is none.
    parts : tuple of int
        Figures of its parts, where every part has one.
    status : str
        Duty status as the table spells it.
    sources : tuple of str
        Where it was told.
    """

    line: int
    first: date
    last: date
    element: str
    what: str
    people: int | None
    parts: tuple[int, ...]
    status: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """How the ledger holds one published figure.

    Parameters
    ----------
    event : Event
        What was published.
    held : {'entered', 'claimed', 'missing'}
        As entries that add up to it, as a count or claim, or not at all.
    entries : tuple of Entry
        Entries of the event's dates that rest on one of its sources.
    """

    event: Event
    held: str
    entries: tuple[Entry, ...]


def read_events(path: Path) -> tuple[Event, ...]:
    """Read a table of published events.

    Raises
    ------
    BadFile
        If the file cannot be read or lacks a column.
    BadLines
        If a date or figure cannot be read, or parts do not add up to their total; all
        are told.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            if set(table.fieldnames or ()) != set(COLUMNS):
                raise BadFile(path, f"must have the columns {','.join(COLUMNS)}")
            rows = [(table.line_num, row) for row in table]
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(path, f"is not CSV in UTF-8: {error}") from error
    faults: list[tuple[int, str]] = []
    events = []
    for line, row in rows:
        event = _event(line, row, faults)
        if event is not None:
            events.append(event)
    if faults:
        raise BadLines(path, faults)
    return tuple(events)


def reconcile(ledger: Ledger, events: tuple[Event, ...]) -> tuple[Finding, ...]:
    """Return how the ledger holds each published figure."""
    entries = [ledger.entry(number) for number in range(len(ledger))]
    return tuple(
        _finding(ledger, event, entries) for event in events if event.people is not None
    )


def _finding(ledger: Ledger, event: Event, entries: list[Entry]) -> Finding:
    """Hold one figure against the entries that rest on its sources."""
    near = tuple(
        entry
        for entry in entries
        if event.first <= entry.on <= event.last
        and entry.item == PEOPLE
        and any(url in text for url in event.sources for text in entry.sources)
    )
    moved = [entry for entry in near if KINDS[entry.kind].moves]
    totals: dict[str, int] = {}
    for entry in moved:
        totals[entry.kind] = totals.get(entry.kind, 0) + entry.count
    entered = {*totals.values(), *(entry.count for entry in moved)}
    told = [
        bounds_of(ledger.words[entry.number])
        for entry in near
        if not KINDS[entry.kind].moves and entry.number in ledger.words
    ]
    if event.people in entered:
        held = "entered"
    else:
        held = "claimed" if (event.people,) * 2 in told else "missing"
    return Finding(event=event, held=held, entries=near)


def _event(
    line: int, row: Mapping[str, str], faults: list[tuple[int, str]]
) -> Event | None:
    """Make an event of a row, telling each fault."""
    days = _days(row["date"] or "")
    if days is None:
        what = f"date must be as 2025-03-01, 2025-03 or 2025-fall, not {row['date']!r}"
        faults.append((line, what))
        return None
    figure = (row["personnel"] or "").replace(",", "")
    if figure and not figure.isdecimal():
        faults.append((line, f"personnel must be a number, not {figure!r}"))
        return None
    people = int(figure) if figure else None
    parts = _parts(row["element"] or "")
    if people is not None and parts and sum(parts) != people:
        faults.append((line, f"its parts add up to {sum(parts):,}, not {people:,}"))
    return Event(
        line=line,
        first=days[0],
        last=days[1],
        element=row["element"] or "",
        what=row["event"] or "",
        people=people,
        parts=parts,
        status=row["duty_status"] or "",
        sources=_sources(row["source"] or ""),
    )


def _sources(text: str) -> tuple[str, ...]:
    """Return the URLs of a source, or its text where it has none."""
    urls = (word.strip(";,()") for word in text.split() if "://" in word)
    return tuple(urls) or (text.strip(),)


def _parts(element: str) -> tuple[int, ...]:
    """Return the figures of the parts of an element, if every part ends with one."""
    found = [PART.fullmatch(part.strip()) for part in element.split(";")]
    if len(found) < 2 or None in found:
        return ()
    return tuple(int(one[1].replace(",", "")) for one in found if one)


def _days(text: str) -> tuple[date, date] | None:
    """Return the first and last day of a date, a month or a season."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        year, _, rest = text.partition("-")
        months = 3 if rest in SEASONS else 1
        month = str(SEASONS.get(rest, rest))
        if not (year.isdecimal() and month.isdecimal() and 1 <= int(month) <= 12):
            return None
        first = date(int(year), int(month), 1)
        after = int(month) - 1 + months
        end = date(first.year + after // 12, after % 12 + 1, 1)
        return first, end - timedelta(days=1)
    return day, day
