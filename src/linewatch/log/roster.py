"""The roster: which public key an office may sign with, and between which dates."""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue
from linewatch.log.sign import Signer, key_id
from linewatch.measure.clock import to_epoch_s, to_iso
from linewatch.scenario.table import read_table, words
from linewatch.scenario.whole import write_whole

COLUMNS: Final = ("office", "public_key", "from", "until")
"""Columns of a roster; `until` is empty for a key that is in use."""

_KEY_SIZE: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterKey:
    """A public key, the office that it speaks for, and when it does.

    Parameters
    ----------
    office : str
        The office.
    public : bytes
        Its public key (32 bytes).
    from_s, until_s : float or None
        First instant that it may sign at, and first that it no longer may [s]; None
        while it may.
    """

    office: str
    public: bytes
    from_s: float
    until_s: float | None = None

    @property
    def id(self) -> str:
        """Name of the key: the head of its SHA-256."""
        return key_id(self.public)

    def holds(self, time_s: float) -> bool:
        """Tell whether it may sign at an instant [s]."""
        ended = self.until_s is not None and time_s >= self.until_s
        return self.from_s <= time_s and not ended


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """The keys that whoever verifies a log trusts.

    Parameters
    ----------
    keys : tuple of RosterKey
        Keys, each once.
    """

    keys: tuple[RosterKey, ...]

    def find(self, key: object) -> RosterKey | None:
        """Return the key with an id; None when it is not on the roster."""
        return next((each for each in self.keys if each.id == key), None)


def read_roster(path: Path) -> Roster:
    """Read a roster, a CSV file.

    Raises
    ------
    BadFile
        If the file cannot be read, has other columns, or names no key.
    BadLines
        If rows break a rule; all are told.
    """
    seen: dict[bytes, str] = {}

    def key(cells: dict[str, str]) -> RosterKey:
        office, public = words(cells, "office"), _public(cells["public_key"])
        if public in seen:
            rule = "on the roster once: one key speaks for one office"
            raise BadValue("public_key", rule, f"that of {seen[public]} too")
        seen[public] = office
        from_s = to_epoch_s(words(cells, "from"))
        until_s = to_epoch_s(cells["until"]) if cells["until"] else None
        if until_s is not None and not from_s < until_s:
            raise BadValue("until", f"after {cells['from']}", cells["until"])
        return RosterKey(office=office, public=public, from_s=from_s, until_s=until_s)

    table = read_table(path, COLUMNS)
    return Roster(keys=tuple(one for _, one in table.read(key)))


def roster_rows(keys: Iterable[RosterKey]) -> str:
    """Write keys as rows of a roster, without the header."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    for key in keys:
        until = "" if key.until_s is None else to_iso(key.until_s)
        writer.writerow((key.office, key.public.hex(), to_iso(key.from_s), until))
    return text.getvalue()


def roster_of(signers: Iterable[Signer], *, from_s: float) -> Roster:
    """Make the roster of signers whose keys hold from an instant [s] on."""
    return Roster(
        keys=tuple(
            RosterKey(office=each.office, public=each.public, from_s=from_s)
            for each in signers
        )
    )


def write_roster(path: Path, roster: Roster) -> None:
    """Write a roster, replaced whole.

    Raises
    ------
    BadFile
        If it cannot be written.
    """
    write_whole(path, ",".join(COLUMNS) + "\n" + roster_rows(roster.keys))


def _public(cell: str) -> bytes:
    """Read a public key written in hexadecimal digits."""
    try:
        public = bytes.fromhex(cell)
    except ValueError:
        public = b""
    if len(public) != _KEY_SIZE:
        raise BadValue("public_key", f"{2 * _KEY_SIZE} hex digits", repr(cell))
    return public
