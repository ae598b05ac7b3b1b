"""A ledger as a deployment table: what was sourced, by when it left and arrived."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.tpfdd import COLUMNS, DATES
from linewatch.force.exchange.tpfdd_read import NOTE, UNTOLD
from linewatch.force.ledger import Ledger
from linewatch.force.values import PEOPLE, Entry

ULN_NOTE: Final = re.compile(rf"{NOTE} ([A-Z0-9]{{1,7}})(?:; (.*))?")
"""A note by which a ledger keeps a line together."""

STEPS: Final = ("source", "depart", "arrive")
"""Kinds of entries that make a line, in their order."""

Key = tuple[str, str, str, str]
"""Unit, status or nothing, item, and the line's number or nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """People or pieces that were sourced, left and arrived together."""

    number: int
    sourced: date
    left: date | None = None
    arrived: date | None = None
    place: str | None = None


def tpfdd_rows(
    ledger: Ledger, losses: Losses, *, known: date | None = None
) -> list[dict[str, object]]:
    """Return the lines of a table, by its columns.

    Entries that came from such a table are put together again by their notes. All
    others are matched first in, first out: who is sourced first leaves first.
    """
    notes: dict[str, Mapping[str, str]] = {}
    chunks: dict[Key, list[deque[Chunk]]] = {}
    for number in _by_date(ledger):
        entry = ledger.entry(number)
        if known is not None and entry.known > known:
            continue
        found = ULN_NOTE.fullmatch(entry.note)
        uln = found[1] if found else ""
        if found and found[2]:
            notes[uln] = _parted(found[2])
        if entry.kind not in STEPS:
            if not (entry.kind == "order" and uln):
                losses.add(f"entries of kind {entry.kind}", f"line {entry.line}")
            continue
        key = entry.unit, entry.status or "", entry.item, uln
        _step(chunks.setdefault(key, [deque() for _ in STEPS]), entry)
        if entry.known != entry.on:
            losses.add("days on which things became known", f"line {entry.line}")
    return _rows(ledger, losses, notes, chunks)


def _by_date(ledger: Ledger) -> list[int]:
    """Return the entries in the order of days."""
    days = ledger.columns["on"]
    return sorted(range(len(ledger)), key=lambda number: (int(days[number]), number))


def _parted(text: str) -> dict[str, str]:
    """Return the cells of a note by column."""
    pairs = (part.partition("=") for part in text.split("; "))
    return {name.lower(): value for name, _, value in pairs}


def _step(at: list[deque[Chunk]], entry: Entry) -> None:
    """Take one entry: chunks go on from step to step, first in, first out."""
    step = STEPS.index(entry.kind)
    if entry.count < 0:
        _take_back(at, step, -entry.count)
    elif step == 0:
        at[0].append(Chunk(number=entry.count, sourced=entry.on))
    else:
        for chunk in _first(at[step - 1], entry.count):
            if entry.kind == "depart":
                at[1].append(replace(chunk, left=entry.on))
            else:
                at[2].append(replace(chunk, arrived=entry.on, place=entry.place))


def _first(held: deque[Chunk], number: int) -> list[Chunk]:
    """Take a number from the front, cutting the last chunk where it is larger."""
    taken = []
    while number and held:
        chunk = held.popleft()
        here = min(chunk.number, number)
        taken.append(replace(chunk, number=here))
        if chunk.number > here:
            held.appendleft(replace(chunk, number=chunk.number - here))
        number -= here
    return taken


def _take_back(at: list[deque[Chunk]], step: int, number: int) -> None:
    """Undo the last of a step: its chunks go back to the step before."""
    while number and at[step]:
        chunk = at[step].pop()
        here = min(chunk.number, number)
        if chunk.number > here:
            at[step].append(replace(chunk, number=chunk.number - here))
        back = replace(chunk, number=here, arrived=None, place=None)
        if step == 2:
            at[1].append(back)
        elif step == 1:
            at[0].append(replace(back, left=None))
        number -= here


def _rows(
    ledger: Ledger,
    losses: Losses,
    notes: Mapping[str, Mapping[str, str]],
    chunks: Mapping[Key, list[deque[Chunk]]],
) -> list[dict[str, object]]:
    """Return the lines: those with a number first put together, then all others."""
    units = {unit.name: unit for unit in ledger.units}
    places = {place.name: place.title for place in ledger.places}
    made: dict[str, dict[str, object]] = {}
    ends: dict[str, Chunk] = {}
    again = _Numbers(set(notes))
    for (unit, status, item, uln), steps in chunks.items():
        for chunk in (one for step in reversed(steps) for one in step):
            same = ends.get(uln)
            joins = same is None or replace(same, number=chunk.number) == chunk
            if uln and not joins:
                losses.add("numbers of lines that were split", uln)
            number = uln if uln and joins else again.next()
            ends[number] = chunk
            if number not in made:
                home = places.get(units[unit].home or "", "")
                where = places.get(chunk.place or "", "")
                told = notes.get(uln, {})
                made[number] = {
                    "uln": number,
                    "unit": unit,
                    "force": units[unit].title,
                    "origin": home,
                    "destination": "" if where == UNTOLD else where,
                    **{name: text for name, text in told.items() if name not in DATES},
                    **_dates(chunk, told, losses),
                }
            _count(made[number], ledger, item, status, chunk.number)
    return [{name: row.get(name, "") for name in COLUMNS} for row in made.values()]


def _count(
    row: dict[str, object], ledger: Ledger, item: str, status: str, number: int
) -> None:
    """Write the number of a chunk into its row."""
    if item == PEOPLE:
        row |= {"pax": number, "status": status}
    else:
        row |= {"kit": ledger.kits[item], "pieces": number}
    row.setdefault("pax", 0)


def _dates(chunk: Chunk, told: Mapping[str, str], losses: Losses) -> dict[str, str]:
    """Return the dates of a chunk by column.

    Dates that the table told are kept where the entries still agree with them; what
    the entries say since then goes before.
    """
    dates = {name: told[name] for name in DATES if name in told}
    if not dates:
        found = {"rld": chunk.sourced, "ald": chunk.left, "lad": chunk.arrived}
        found["rdd"] = chunk.arrived
        return {name: on.isoformat() for name, on in found.items() if on is not None}
    if chunk.sourced.isoformat() != min(dates.values()):
        dates["rld"] = chunk.sourced.isoformat()
    if chunk.left is not None:
        dates["ald"] = chunk.left.isoformat()
    if chunk.arrived is not None:
        arrived = chunk.arrived.isoformat()
        if arrived != (dates.get("lad") or dates.get("rdd")):
            dates["lad"] = arrived
    return _in_order(dates, losses)


def _in_order(dates: dict[str, str], losses: Losses) -> dict[str, str]:
    """Return dates of which none is before one to its left: later ones give way."""
    before = ""
    for name in DATES:
        if name in dates:
            if dates[name] < before:
                losses.add(f"{name.upper()} that the entries have passed", dates[name])
                dates[name] = before
            before = dates[name]
    return dates


class _Numbers:
    """Numbers for lines that have none: L00001 and on, past those that are taken."""

    def __init__(self, taken: set[str]) -> None:
        self.taken = taken
        self.last = 0

    def next(self) -> str:
        """Return the next number."""
        self.last += 1
        while f"L{self.last:05}" in self.taken:
            self.last += 1
        return f"L{self.last:05}"
