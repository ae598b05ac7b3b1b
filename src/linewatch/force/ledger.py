"""The ledger: dated entries in columns, read whole or not at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.force.draft import NOBODY
from linewatch.force.kinds import CODES, NAMES
from linewatch.force.postings import Postings
from linewatch.force.tree import Tree
from linewatch.force.values import EVERYONE, STATUSES, Entry, Place, Unit
from linewatch.force.words import Words, sort_words, split

Ints = NDArray[np.int64]

_SECOND_WORDS: Final = ("under", "by", "from", "was")
"""Keys whose value is an entry's second name."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ledger:
    """Entries of a force, their names, and what they move.

    Parameters
    ----------
    path : Path
        File that it was read from.
    units, places : tuple
        Declared names, in the order of the file.
    numbers : mapping of str to int
        Index in `units` by name.
    items : tuple of str
        ``people`` and the declared kinds of kit.
    kits, cites : mapping of str to str
        Full names of kits, and sources in full.
    columns : mapping of str to ndarray of int64, shape (entries,)
        One row an entry, in the order of the file: line, on, known (day numbers of
        `date.toordinal`), kind, unit, count, status, item, place, other, assumed.
    words : mapping of int to Words
        Words of the entries whose columns do not hold everything.
    texts : tuple of str
        Lines of the file.
    postings : Postings
        What the entries move, sorted by date.
    tree : Tree
        Home parents and attachments.
    """

    path: Path
    units: tuple[Unit, ...]
    numbers: Mapping[str, int]
    places: tuple[Place, ...]
    items: tuple[str, ...]
    kits: Mapping[str, str]
    cites: Mapping[str, str]
    columns: Mapping[str, Ints]
    words: Mapping[int, Words]
    texts: tuple[str, ...]
    postings: Postings
    tree: Tree

    def __len__(self) -> int:
        return int(self.columns["line"].size)

    def entry(self, number: int) -> Entry:
        """Return one entry as it was written; `number` counts from 0."""
        row = {name: int(column[number]) for name, column in self.columns.items()}
        text = self.texts[row["line"] - 1]
        words = sort_words(split(text)[3:], self.kits)
        return Entry(
            number=number,
            line=row["line"],
            on=date.fromordinal(row["on"]),
            known=date.fromordinal(row["known"]),
            kind=NAMES[row["kind"]],
            unit=EVERYONE if row["unit"] == NOBODY else self.units[row["unit"]].name,
            count=row["count"],
            item=self.items[row["item"]],
            status=None if row["status"] == NOBODY else STATUSES[row["status"]],
            place=words.place,
            other=next(
                (words.keyed[key] for key in _SECOND_WORDS if key in words.keyed),
                None,
            ),
            assumed=bool(row["assumed"]),
            sources=tuple(self.cites[name] for name in words.cites),
            note=words.note,
            text=text.strip(),
        )

    def of_kind(self, name: str) -> Ints:
        """Return the numbers of the entries of a kind, in the order of the file."""
        return np.flatnonzero(self.columns["kind"] == CODES[name])

    def unit_number(self, name: str) -> int:
        """Return a unit's index in `units`, or -1 for the whole force or no unit."""
        return self.numbers.get(name, NOBODY)
