"""The mission log: an SQLite file that only grows."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

from linewatch.errors import BadFile, LogBroken, LogUnwritable
from linewatch.log.entry import FIRST_DIGEST, Draft, Entry, Head, Row, chained, drafted
from linewatch.log.schema import FREQUENT
from linewatch.log.sign import SIGNED, Signer, signer_for
from linewatch.log.tables import RARE, connect_to_append, connect_to_read, told, why

PAGE: Final = 10_000
"""Entries read at a time: a long read transaction would keep the WAL
from being used again."""

NewEntry = tuple[float, str, Mapping[str, object]]
"""What `MissionLog.append` takes: time of the event [s], kind, fields."""


class MissionLog:
    """An append-only, hash-chained log in one SQLite file.

    Make one with `open` (to append) or `open_to_read`. It may be used from any thread,
    one call at a time; several programs may append to one file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._turn = threading.Lock()

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open a log to append to, or make it.

        Raises
        ------
        LogUnwritable
            If the file or its folder takes no writing.
        BadFile
            If the file is there and is no mission log.
        """
        try:
            return cls(path, connect_to_append(path))
        except sqlite3.DatabaseError as error:
            raise told(path, error) from error

    @classmethod
    def open_to_read(cls, path: Path) -> Self:
        """Open a log that another program may be writing, to read only.

        Raises
        ------
        BadFile
            If the file is not there or is no mission log.
        """
        if not path.is_file():
            raise BadFile(path, "no such mission log")
        try:
            return cls(path, connect_to_read(path))
        except sqlite3.DatabaseError as error:
            raise BadFile(path, f"no readable mission log ({error})") from error

    def append(
        self, entries: Iterable[NewEntry], *, signers: Collection[Signer] = ()
    ) -> int:
        """Append entries in one transaction, on disk when this returns.

        Parameters
        ----------
        entries : iterable of (time_s, kind, fields)
            Fields that are None are left out.
        signers : collection of Signer, optional
            Offices whose decisions, records and the like among the entries are signed.

        Returns
        -------
        int
            Number of the last entry of the log.

        Raises
        ------
        BadValue, UnknownName
            If an entry breaks the schema; nothing was written.
        LogUnwritable
            If the disk is full or failing, or the file is locked or read-only; nothing
            was written, and a later append may succeed.
        """
        drafts = [
            _to_sign(drafted(time_s, kind, body), body, signers)
            for time_s, kind, body in entries
        ]
        with self._turn:
            if not drafts:
                return self._read_head().seq
            try:
                return self._write(drafts)
            except sqlite3.Error as error:
                raise LogUnwritable(self.path, why(error)) from error
            finally:
                self._undo()

    def head(self) -> Head:
        """Return number and digest of the last entry."""
        with self._turn:
            return self._read_head()

    def read(
        self,
        from_seq: int = 1,
        kinds: Collection[str] | None = None,
        to_seq: int | None = None,
    ) -> Iterator[Entry]:
        """Read entries in order, by pages; those appended meanwhile are read too.

        Parameters
        ----------
        from_seq, to_seq : int
            First and last entry wanted; without `to_seq`, to the end.
        kinds : collection of str, optional
            Kinds wanted; all without it.

        Raises
        ------
        BadFile
            If the file is damaged.
        LogBroken
            If an entry holds no fields: it was edited.
        """
        last = from_seq - 1
        rows = self.rows(from_seq, kinds, to_seq)
        while True:
            try:
                row = next(rows, None)
            except sqlite3.DatabaseError as error:
                raise BadFile(self.path, f"damaged after entry {last}") from error
            if row is None:
                return
            seq, time_s, kind, _, digest = row
            last, fields = seq, fields_of(self.path, row)
            yield Entry(seq=seq, time_s=time_s, kind=kind, body=fields, digest=digest)

    def rows(
        self,
        from_seq: int,
        kinds: Collection[str] | None = None,
        to_seq: int | None = None,
    ) -> Iterator[Row]:
        """Read entries as stored, the body as text; arguments as for `read`."""
        last = 2**62 if to_seq is None else to_seq
        query = _query(kinds)
        while True:
            with self._turn:
                rows = self._connection.execute(
                    query, (from_seq, last, *(kinds or ()))
                ).fetchall()
            yield from rows
            if len(rows) < PAGE:
                return
            from_seq = rows[-1][0] + 1

    def snapshot(self, seq: int) -> bytes:
        """Return the bytes kept beside the snapshot entry `seq`.

        Raises
        ------
        BadFile
            If that entry has none.
        """
        with self._turn:
            row = self._connection.execute(
                "SELECT state FROM snapshot WHERE seq = ?", (seq,)
            ).fetchone()
        if row is None:
            raise BadFile(self.path, f"entry {seq} keeps no snapshot")
        return cast("bytes", row[0])

    def last_snapshot(self, of: str) -> tuple[Entry, bytes] | None:
        """Return the newest snapshot of `of` and its bytes, or None without one."""
        with self._turn:
            row = self._connection.execute(
                f"SELECT max(seq) FROM entry WHERE kind = 'snapshot' AND {RARE} "  # noqa: S608
                "AND json_extract(body, '$.of') = ?",
                (of,),
            ).fetchone()
        if row[0] is None:
            return None
        entry = next(self.read(row[0], to_seq=row[0]))
        return entry, self.snapshot(entry.seq)

    def damage(self) -> str | None:
        """Say what is damaged in the file below the entries, or None."""
        with self._turn:
            try:
                (said,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
            except sqlite3.DatabaseError as error:
                return str(error)
        return None if said == "ok" else str(said)

    def close(self) -> None:
        """Close the file; what was appended stays."""
        with self._turn:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read_head(self) -> Head:
        row = self._connection.execute(
            "SELECT seq, digest FROM entry ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return Head(0, FIRST_DIGEST) if row is None else Head(row[0], row[1])

    def _write(self, drafts: list[Draft]) -> int:
        """Write one transaction after the head as it is now, whoever wrote that."""
        self._connection.execute("BEGIN IMMEDIATE")
        head = self._read_head()
        self._connection.executemany(
            "INSERT INTO entry VALUES (?, ?, ?, ?, ?)", chained(head, drafts)
        )
        self._connection.executemany(
            "INSERT INTO snapshot VALUES (?, ?)",
            (
                (seq, draft.beside)
                for seq, draft in enumerate(drafts, head.seq + 1)
                if draft.beside is not None
            ),
        )
        self._connection.execute("COMMIT")
        return head.seq + len(drafts)

    def _undo(self) -> None:
        """Leave a transaction that did not end, whatever stopped it."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _to_sign(
    draft: Draft, body: Mapping[str, object], signers: Collection[Signer]
) -> Draft:
    """Say who is to sign a draft: the office that it is of, if its key is here."""
    if not signers or draft.kind not in SIGNED:
        return draft
    signer = signer_for(signers, body.get("office"))
    return draft if signer is None else draft.signed_by(signer.sign)


def fields_of(path: Path, row: Row) -> dict[str, object]:
    """Return the fields of an entry as stored.

    Raises
    ------
    LogBroken
        If it holds none, which no append can have written.
    """
    try:
        fields = json.loads(row[3])
    except (ValueError, RecursionError) as error:
        raise LogBroken(path, row[0], "holds no fields") from error
    if not isinstance(fields, dict):
        raise LogBroken(path, row[0], "holds no fields")
    return fields


def _query(kinds: Collection[str] | None) -> str:
    """Write the query of one page, in words that let SQLite use the index by kind."""
    where = "seq >= ? AND seq <= ?"
    if kinds is not None:
        where += f" AND kind IN ({', '.join('?' * len(kinds))})"
        if not set(kinds) & set(FREQUENT):
            where += f" AND {RARE}"
    return (
        f"SELECT seq, time_s, kind, body, digest FROM entry WHERE {where} "  # noqa: S608
        f"ORDER BY seq LIMIT {PAGE}"
    )
