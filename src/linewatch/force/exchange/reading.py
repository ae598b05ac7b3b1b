"""What every reader does: text in, faults by place, names that a ledger takes."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadParts
from linewatch.force.exchange.telling import LEGAL
from linewatch.force.shape import MOST

MOST_BYTES: Final = 256 * 1024 * 1024
"""Largest file that is read: a scenario of 5,000 units is some 20 MiB."""


def read_bytes(path: Path) -> bytes:
    """Read a file that is neither empty nor too large.

    Raises
    ------
    BadFile
        If it cannot be read, is empty or is larger than 256 MiB.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadFile(path, f"is larger than {MOST_BYTES // 2**20} MiB")
        content = path.read_bytes()
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    if not content.strip():
        raise BadFile(path, "is empty")
    return content


def to_text(path: Path, content: bytes) -> str:
    """Return bytes as text.

    Raises
    ------
    BadFile
        If it is not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        why = f"is not text in UTF-8: byte {error.start + 1:,} ({error.reason})"
        raise BadFile(path, why) from error


@dataclass(slots=True)
class Faults:
    """Faults of one file, each with where it is."""

    path: Path
    told: list[tuple[str, str]] = field(default_factory=list)

    def add(self, where: str, what: str) -> None:
        """Keep a fault."""
        self.told.append((where, what))

    def stop(self) -> None:
        """Tell all faults at once.

        Raises
        ------
        BadParts
            If there is any.
        """
        if self.told:
            raise BadParts(self.path, self.told)

    def number(self, value: object, where: str) -> int:
        """Return a count of people or pieces; 0 after telling that it is none."""
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and 0 <= value <= MOST
            and float(value).is_integer()
        ):
            return int(value)
        self.add(where, f"must be a whole number from 0 to {MOST:,}, not {value!r:.60}")
        return 0

    def count(self, text: str, where: str, empty: int | None = None) -> int:
        """Return a count that a cell holds; 0 after telling that it holds none."""
        plain = text.strip().replace(",", "").replace("_", "")
        if not plain and empty is not None:
            return empty
        shown: object = text
        if plain.isascii() and plain.removesuffix(".0").isdigit() and len(plain) < 12:
            shown = int(plain.removesuffix(".0"))
        return self.number(shown, where)

    def day(self, value: object, where: str) -> date | None:
        """Return the day of a time as it is written, or tell that it is none."""
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value.strip()).date()
            except ValueError:
                pass
        allowed = "a time such as 2025-03-01 or 2025-03-01T06:00:00Z"
        self.add(where, f"must be {allowed}, not {value!r:.60}")
        return None

    def one_of(self, value: str, allowed: Collection[str], where: str) -> bool:
        """Return whether a word is allowed, telling when it is not."""
        if value in allowed:
            return True
        self.add(where, f"must be one of {', '.join(allowed)}, not {value!r:.60}")
        return False


def midnight(text: str) -> bool:
    """Return whether a time begins a day, and so loses nothing as a day."""
    return (
        "T" not in text
        or re.search(r"T00:00(:00(\.0+)?)?(Z|[+-]\d|$)", text) is not None
    )


@dataclass(slots=True)
class Names:
    """Names that a ledger takes, each given once."""

    given: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def of(self, key: str, *wishes: str) -> str:
        """Return the name of a key: itself, where a ledger takes it, else of a wish."""
        if key in self.given:
            return self.given[key]
        name = key if LEGAL.fullmatch(key) else ""
        name = name or next((made for wish in wishes if (made := slug(wish))), "unit")
        base, again = name, 2
        while name in self.taken:
            name, again = f"{base}-{again}", again + 1
        self.taken.add(name)
        self.given[key] = name
        return name


def slug(text: str) -> str:
    """Return a text as a short name.

    Examples
    --------
    >>> slug("2nd SBCT, 4th Infantry Division")
    '2nd-sbct-4th-infantry-division'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].strip("-")
