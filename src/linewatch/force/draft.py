"""A ledger file as it is being read: names by number, columns, faults."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.force.values import PEOPLE, Place, Unit
from linewatch.force.words import Words

COLUMN_NAMES: Final = (
    "line",
    "on",
    "known",
    "kind",
    "unit",
    "count",
    "status",
    "item",
    "place",
    "other",
    "assumed",
)
"""Columns of a ledger, one row an entry."""

NOBODY: Final = -1
"""In a column of names: none was given."""


@dataclass(slots=True)
class Draft:
    """What a file holds so far: names by number, columns by name, faults by line."""

    path: Path
    texts: list[str]
    cites: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    kits: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    unit_numbers: dict[str, int] = field(default_factory=dict)
    since: list[int] = field(default_factory=list)
    place_numbers: dict[str, int] = field(default_factory=dict)
    item_numbers: dict[str, int] = field(default_factory=lambda: {PEOPLE: 0})
    days: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[int]] = field(
        default_factory=lambda: {name: [] for name in COLUMN_NAMES}
    )
    words: dict[int, Words] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def fault(self, line: int, what: str) -> None:
        """Keep a fault of a line."""
        self.faults.append((line, what))

    def bad_cites(self, words: Words) -> list[str]:
        """Return a fault for each source that no cite line declares."""
        return [
            f"^{name} is no cite declared before"
            for name in words.cites
            if name not in self.cites
        ]

    def day(self, text: str) -> int | None:
        """Read a date as a day number, or return None."""
        if text not in self.days:
            try:
                self.days[text] = date.fromisoformat(text).toordinal()
            except ValueError:
                return None
        return self.days[text]
