"""Values of the force: the words for status and strength, entries, and tallies."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum
from typing import Final

from linewatch.errors import UnknownName

STATUSES: Final = ("T10", "T32", "SAD")
"""Duty statuses: federal active, 32 USC 502(f), state active duty."""

STATUS_KEYS: Final = {"T10": "title10", "T32": "title32", "SAD": "state_active_duty"}
"""Long names of the statuses, as tallies and JSON spell them."""

STRENGTHS: Final = ("organic", "approved", "sourced", "in_transit", "present")
"""The five strengths, from what a unit is built for to who is there; never mixed."""

COUNTED: Final = (*STRENGTHS, "on_leave", "injured")
"""What a count or a claim may speak of: the strengths, and two ways to be absent."""

PEOPLE: Final = "people"
"""The item that an entry moves when it names no kit."""

EVERYONE: Final = "*"
"""Where a unit is asked for: the whole force."""


class Pool(IntEnum):
    """Where people or kit are held; each entry moves a number between two of them."""

    UNSOURCED = 0
    WAITING = 1
    TRANSIT = 2
    PRESENT = 3
    LEAVE = 4
    INJURED = 5


POOL_WORDS: Final = {
    Pool.UNSOURCED: "approved and not yet sourced",
    Pool.WAITING: "sourced and not yet departed",
    Pool.TRANSIT: "in transit",
    Pool.PRESENT: "present",
    Pool.LEAVE: "on leave",
    Pool.INJURED: "injured",
}
"""How an error tells each pool."""

WHILE: Final = {
    "approved": Pool.UNSOURCED,
    "sourced": Pool.WAITING,
    "transit": Pool.TRANSIT,
    "leave": Pool.LEAVE,
    "injured": Pool.INJURED,
}
"""Words for those whose duty status changes while they are not present."""

LAYERS: Final = ("side", "group")
"""Units that only hold others together, as other programs have them."""


def to_status(word: str) -> str:
    """Return the short word of a duty status, however it is spelt.

    Raises
    ------
    UnknownName
        If there is no such status.

    Examples
    --------
    >>> to_status("title10"), to_status("sad")
    ('T10', 'SAD')
    """
    plain = "".join(filter(str.isalnum, word.lower()))
    for short, key in STATUS_KEYS.items():
        if plain in {short.lower(), key.replace("_", "")}:
            return short
    raise UnknownName("duty status", word, STATUSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """A unit that the ledger names.

    Parameters
    ----------
    name : str
        Short name that entries use.
    title : str
        Full name.
    since : date
        First date on which entries may name it.
    parent : str or None
        Unit that it is an organic part of.
    home : str or None
        Name of its home station.
    sidc : str or None
        Symbol of MIL-STD-2525D or E: 20 or 30 digits.
    layer : {'side', 'group'} or None
        Whether it only holds others together.
    """

    name: str
    title: str
    since: date
    parent: str | None
    home: str | None
    sidc: str | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that entries name: a home station, a base or a sector of the line.

    Parameters
    ----------
    name, title : str
        Short and full name.
    kind : {'home', 'base', 'sector'}
        What it is.
    sector : str or None
        Full name of the sector that it lies in; its own when it is one.
    lon_deg, lat_deg : float or None
        Where it is, WGS 84; None where the ledger does not say.
    """

    name: str
    title: str
    kind: str
    sector: str | None
    lon_deg: float | None = None
    lat_deg: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger, as it was written.

    Parameters
    ----------
    number : int
        Index in the ledger, from 0.
    line : int
        Line of the file, from 1.
    on, known : date
        When it happened and when it became known.
    kind, unit : str
        What happened, and to whom.
    count : int
        People or pieces; 0 where the kind takes none.
    item : str
        ``people`` or a kind of kit.
    status, place, other : str or None
        Duty status, place, and the second name that some kinds take (the parent of an
        attachment, the relieving unit, the place that a move leaves, the status that
        was).
    assumed : bool
        Whether the entry is a planning assumption rather than reported.
    sources : tuple of str
        What the entry rests on, in full.
    note : str
        Free text.
    text : str
        The line itself.
    """

    number: int
    line: int
    on: date
    known: date
    kind: str
    unit: str
    count: int
    item: str
    status: str | None
    place: str | None
    other: str | None
    assumed: bool
    sources: tuple[str, ...]
    note: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """People of a force at an instant, by the five strengths.

    Parameters
    ----------
    organic : int
        What the units are built for, deployed or not.
    approved : int
        Ordered or approved; holds those sourced.
    sourced : int
        Assigned by name of unit; holds those in transit and present.
    in_transit : int
        Left home and not yet arrived.
    present : int
        There for duty.
    by_status : mapping of str to int
        Those present, by duty status.
    """

    organic: int
    approved: int
    sourced: int
    in_transit: int
    present: int
    by_status: Mapping[str, int] = field(default_factory=dict)

    def five(self) -> dict[str, int]:
        """Return the five strengths by name."""
        return {name: getattr(self, name) for name in STRENGTHS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A published figure that the ledger lists beside its own and does not adopt.

    Parameters
    ----------
    entry : Entry
        The line that holds it.
    strength : str
        Which strength it speaks of.
    low, high : int or None
        The figure; None where it is open on that side.
    counted : int
        What the ledger counts for the same unit and date.
    """

    entry: Entry
    strength: str
    low: int | None
    high: int | None
    counted: int

    @property
    def agrees(self) -> bool:
        """Whether the ledger counts what the figure says."""
        return (self.low is None or self.low <= self.counted) and (
            self.high is None or self.counted <= self.high
        )
