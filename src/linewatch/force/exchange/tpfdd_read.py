"""Lines of a deployment table as a ledger, and as movements of the deployment plan."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.reading import Faults, Names, slug
from linewatch.force.exchange.sheet import csv_text
from linewatch.force.exchange.telling import SOURCE, quoted
from linewatch.force.exchange.tpfdd import Line
from linewatch.force.values import COUNTED, PEOPLE, STATUSES

NOTE: Final = "ULN"
"""First word of the notes by which a ledger keeps a line together."""

UNTOLD: Final = "destination not told"
"""Title of the place of lines that tell no destination."""

MOVEMENTS: Final = (
    "movement",
    "unit",
    "parent",
    "people",
    "pieces",
    "kind",
    "origin",
    "destination",
    "earliest",
    "required",
    "priority",
    "after",
    "task",
    "status",
    "source",
)
"""Columns of the deployment plan's movements."""


def tpfdd_ledger(lines: Sequence[Line], losses: Losses, *, source: str) -> str:
    """Return lines as a ledger: planned entries, kept together by notes.

    Each line is ordered and sourced on its first date, departs on its ALD and arrives
    on its LAD, or its RDD where it has none. All that a ledger has no words for stands
    in the note of the order, so that writing the table again loses nothing.
    """
    made = _Made(losses)
    for line in lines:
        made.take(line)
    tail = f"! ^{SOURCE}"
    since = min((line.ready for line in lines), default=None)
    units = (f"{since} unit {name} {words}" for name, words in made.declared.items())
    entries = sorted(made.entries, key=lambda entry: entry[0])
    written = [
        "# A deployment table: planned, not reported.",
        f"cite {SOURCE} {quoted(source)}",
        "",
        *(f"place {name} {words}" for name, words in made.places.items()),
        *(f"kit {name} {quoted(title)}" for name, title in made.kits.items()),
        "",
        *units,
        "",
        *(f"{on} {words} {tail} {quoted(note)}" for on, words, note in entries),
    ]
    return "\n".join(written) + "\n"


class _Made:
    """Names and entries as lines are taken."""

    def __init__(self, losses: Losses) -> None:
        self.losses = losses
        self.units, self.spots = Names(), Names()
        self.kit_names = Names(taken={PEOPLE, *STATUSES, *COUNTED})
        self.declared: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self.kits: dict[str, str] = {}
        self.titles: dict[str, tuple[str, str]] = {}
        self.entries: list[tuple[str, str, str]] = []

    def take(self, line: Line) -> None:
        """Take one line."""
        unit = self.units.of(line.unit or slug(line.force), line.force)
        if line.unit and unit != line.unit:
            told = "short names that a ledger does not take"
            self.losses.add(told, f"line {line.number}")
        if unit not in self.declared:
            home = self.place(line.origin, "home") if line.origin else ""
            words = f" @{home}" if home else ""
            self.declared[unit] = quoted(line.force) + words
            self.titles[unit] = line.force, line.origin
        note = _note(line, self.titles[unit], self.losses)
        to = self.place(line.destination or UNTOLD, "base")
        holds = [(line.pax, line.status)] if line.pax else []
        if line.pieces:
            kind = line.kit if line.kit[:1].isalpha() else slug(f"kit {line.kit}")
            kit = self.kit_names.of(kind, line.kit)
            self.kits.setdefault(kit, line.kit)
            holds.append((line.pieces, kit))
        for number, what in holds:
            self.enter(line, f"{unit} {number} {what}", note, to)

    def enter(self, line: Line, of: str, note: str, to: str) -> None:
        """Write the entries of one number of a line."""
        short = f"{NOTE} {line.uln}"
        self.entries.append((line.ready.isoformat(), f"order {of}", note))
        self.entries.append((line.ready.isoformat(), f"source {of}", short))
        if line.leaves is None:
            return
        self.entries.append((line.leaves.isoformat(), f"depart {of}", short))
        if line.arrives is not None:
            on = line.arrives.isoformat()
            self.entries.append((on, f"arrive {of} @{to}", short))

    def place(self, title: str, kind: str) -> str:
        """Return the short name of a place, declaring it where it is new."""
        name = self.spots.of(slug(title) or title, title)
        self.places.setdefault(name, f"{kind} {quoted(title)}")
        return name


def _note(line: Line, said: tuple[str, str], losses: Losses) -> str:
    """Return what a ledger has no words for, as the note of an order.

    `said` is the description and the home that the unit was declared with.
    """
    more = {name: on.isoformat() for name, on in line.dates.items()} | dict(line.kept)
    if line.force != said[0]:
        more["force"] = line.force
    if line.origin != said[1]:
        more["origin"] = line.origin
    if line.destination and (line.leaves is None or line.arrives is None):
        more["destination"] = line.destination
    if not line.pax:
        more["status"] = line.status
    words = []
    for name, text in more.items():
        plain = " ".join(text.replace(";", ",").replace('"', "'").split())
        if plain != text:
            told = f"semicolons and quotes in {name.upper()}"
            losses.add(told, f"line {line.number}")
        words.append(f"{name.upper()}={plain}")
    return f"{NOTE} {line.uln}; {'; '.join(words)}"


def movements_csv(path: Path, lines: Sequence[Line], losses: Losses) -> str:
    """Return lines as movements for ``linewatch plan deploy``.

    Raises
    ------
    BadParts
        If a line lacks what a plan needs: ORIGIN, DESTINATION, TASK, and two dates in
        order; all are told.
    """
    faults = Faults(path)
    rows = [dict(_movement(line, faults, losses)) for line in lines]
    faults.stop()
    return csv_text(MOVEMENTS, rows)


def _movement(
    line: Line, faults: Faults, losses: Losses
) -> Iterator[tuple[str, object]]:
    """Return the cells of one movement."""
    where = f"line {line.number}"
    needed = {
        "ORIGIN": line.origin,
        "DESTINATION": line.destination,
        "TASK": line.kept.get("task", ""),
        "STATUS": line.status,
    }
    for name, text in needed.items():
        if not text:
            faults.add(f"{where}, {name}", "must not be empty in a deployment plan")
    required = line.dates.get("rdd") or line.dates.get("lad")
    if required is None:
        faults.add(f"{where}, RDD", "must be told, or LAD, in a deployment plan")
    for name in ("frn", "uic", "utc", "service", "stons", "poe", "pod", "mode"):
        if name in line.kept:
            losses.add(f"{name.upper()} in movements", where)
    if {*line.dates} & {"ead", "lad"} and "rdd" in line.dates:
        losses.add("EAD and LAD in movements", where)
    yield "movement", line.uln
    yield "unit", line.force
    yield "parent", line.kept.get("parent", "")
    yield "people", line.pax
    yield "pieces", line.pieces
    yield "kind", line.kit or PEOPLE
    yield "origin", line.origin
    yield "destination", line.destination
    yield "earliest", line.leaves or line.ready
    yield "required", required or ""
    yield "priority", line.kept.get("priority", "5")
    yield "after", line.kept.get("after", "")
    yield "task", line.kept.get("task", "")
    yield "status", line.status
    yield "source", line.kept.get("source", "the deployment table")
