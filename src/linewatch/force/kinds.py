"""The kinds of entries: the whole table of what each moves, from where to where.

An entry moves its number from one pool to another, as in double-entry bookkeeping, so
nobody arrives who did not depart and nobody departs who was not sourced. A side that is
None is the world outside the mission.
"""

from dataclasses import dataclass
from typing import Final

from linewatch.force.values import Pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of entry.

    Parameters
    ----------
    name : str
        Word that a line uses.
    told : str
        What it says happened.
    takes, gives : Pool or None
        Pools that the number leaves and enters.
    moves : bool
        Whether the entry moves a number at all.
    needs : tuple of str
        Words without which the line is refused.
    may_have : tuple of str
        Further words that it takes.
    """

    name: str
    told: str
    takes: Pool | None = None
    gives: Pool | None = None
    moves: bool = True
    needs: tuple[str, ...] = ("count",)
    may_have: tuple[str, ...] = ("place",)


_ALL: Final = (
    Kind(
        name="open",
        told="was there when the ledger begins",
        gives=Pool.PRESENT,
        needs=("count", "place"),
        may_have=("until",),
    ),
    Kind(
        name="order",
        told="was ordered to go",
        gives=Pool.UNSOURCED,
        may_have=("place", "until", "range"),
    ),
    Kind(
        name="approve",
        told="was approved",
        gives=Pool.UNSOURCED,
        may_have=("place", "until", "range"),
    ),
    Kind(name="cancel", told="is no longer approved", takes=Pool.UNSOURCED),
    Kind(
        name="release",
        told="is no longer assigned",
        takes=Pool.WAITING,
        gives=Pool.UNSOURCED,
        may_have=(),
    ),
    Kind(
        name="source",
        told="was assigned",
        takes=Pool.UNSOURCED,
        gives=Pool.WAITING,
    ),
    Kind(name="depart", told="left home", takes=Pool.WAITING, gives=Pool.TRANSIT),
    Kind(
        name="arrive",
        told="arrived",
        takes=Pool.TRANSIT,
        gives=Pool.PRESENT,
        needs=("count", "place"),
        may_have=(),
    ),
    Kind(
        name="move",
        told="moved along the line",
        takes=Pool.PRESENT,
        gives=Pool.PRESENT,
        needs=("count", "place", "from"),
        may_have=(),
    ),
    Kind(
        name="status",
        told="serves under another duty status",
        takes=Pool.PRESENT,
        gives=Pool.PRESENT,
        needs=("count", "was"),
        may_have=("place", "while"),
    ),
    Kind(
        name="leave",
        told="went on leave",
        takes=Pool.PRESENT,
        gives=Pool.LEAVE,
        needs=("count", "place"),
        may_have=("until",),
    ),
    Kind(
        name="injure",
        told="was injured",
        takes=Pool.PRESENT,
        gives=Pool.INJURED,
        needs=("count", "place"),
        may_have=(),
    ),
    Kind(
        name="resume",
        told="is back on duty",
        takes=Pool.LEAVE,
        gives=Pool.PRESENT,
        needs=("count", "place", "was"),
        may_have=(),
    ),
    Kind(
        name="return",
        told="went home for good",
        takes=Pool.PRESENT,
        needs=("count",),
        may_have=("place", "was"),
    ),
    Kind(
        name="relieve",
        told="was relieved in place and went home",
        takes=Pool.PRESENT,
        needs=("count", "place", "by"),
        may_have=(),
    ),
    Kind(
        name="organic",
        told="is built for that number",
        moves=False,
        may_have=(),
    ),
    Kind(
        name="attach",
        told="works under another unit",
        moves=False,
        needs=("under",),
        may_have=("until",),
    ),
    Kind(
        name="detach",
        told="works under its own parent again",
        moves=False,
        needs=(),
        may_have=(),
    ),
    Kind(
        name="extend",
        told="stays until a later date",
        moves=False,
        needs=("until",),
        may_have=(),
    ),
    Kind(
        name="count",
        told="is asserted; the ledger must agree",
        moves=False,
        needs=("figure", "strength"),
        may_have=("place",),
    ),
    Kind(
        name="claim",
        told="was published; listed, and not adopted",
        moves=False,
        needs=("figure", "strength"),
        may_have=("place",),
    ),
)

KINDS: Final = {kind.name: kind for kind in _ALL}
"""Every kind of entry by its word."""

CODES: Final = {kind.name: code for code, kind in enumerate(_ALL)}
"""Number of each kind in the ledger's columns."""

NAMES: Final = tuple(CODES)
"""Word of each code."""
