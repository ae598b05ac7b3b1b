"""The mission log: an SQLite file that only grows."""

import json
import sqlite3
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self, cast

from linewatch.errors import BadFile, LogUnwritable
from linewatch.log.entry import FIRST_DIGEST, Draft, Entry, Head, Row, chained, drafted
from linewatch.log.schema import FREQUENT

APPLICATION_ID: Final = 0x4C574C47
"""Marks the SQLite file as a mission log: the letters LWLG."""

FORMAT: Final = 1
"""Version of the tables."""

WAIT_FOR_LOCK_S: Final = 5.0
"""How long an append waits for another program's append [s]; one takes milliseconds."""

PAGE: Final = 10_000
"""Entries read at a time: a reader never holds a snapshot that stops the WAL's reuse."""

_RARE: Final = f"kind NOT IN ({', '.join(repr(kind) for kind in FREQUENT)})"

_TABLES: Final = f"""
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    time_s REAL NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE INDEX entry_by_kind ON entry (kind, seq) WHERE {_RARE};
CREATE TRIGGER entry_stays BEFORE UPDATE ON entry
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER entry_kept BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER entry_next BEFORE INSERT ON entry
WHEN NEW.seq <= (SELECT max(seq) FROM entry)
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER snapshot_stays BEFORE UPDATE ON snapshot
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER snapshot_kept BEFORE DELETE ON snapshot
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
CREATE TRIGGER snapshot_next BEFORE INSERT ON snapshot
WHEN NEW.seq <= (SELECT max(seq) FROM snapshot)
BEGIN SELECT RAISE(ABORT, 'the log only grows'); END;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {FORMAT};
"""

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
            return cls(path, _connect_to_append(path))
        except sqlite3.DatabaseError as error:
            raise _told(path, error) from error

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
            connection = sqlite3.connect(
                f"{path.absolute().as_uri()}?mode=ro",
                uri=True,
                isolation_level=None,
                check_same_thread=False,
                timeout=WAIT_FOR_LOCK_S,
            )
            _check_marks(path, connection)
        except sqlite3.DatabaseError as error:
            raise BadFile(path, f"no readable mission log ({error})") from error
        return cls(path, connection)

    def append(self, entries: Iterable[NewEntry]) -> int:
        """Append entries in one transaction, on disk when this returns.

        Parameters
        ----------
        entries : iterable of (time_s, kind, fields)
            Fields that are None are left out.

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
        drafts = [drafted(time_s, kind, body) for time_s, kind, body in entries]
        with self._turn:
            if not drafts:
                return self._read_head().seq
            try:
                return self._write(drafts)
            except sqlite3.Error as error:
                self._undo()
                raise LogUnwritable(self.path, _why(error)) from error

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
        """
        for seq, time_s, kind, body, digest in self.rows(from_seq, kinds, to_seq):
            fields = json.loads(body)
            yield Entry(seq=seq, time_s=time_s, kind=kind, body=fields, digest=digest)

    def rows(
        self,
        from_seq: int,
        kinds: Collection[str] | None = None,
        to_seq: int | None = None,
    ) -> Iterator[Row]:
        """Read entries as they are stored, the body as text; arguments as for `read`."""
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
                f"SELECT max(seq) FROM entry WHERE kind = 'snapshot' AND {_RARE} "  # noqa: S608
                "AND json_extract(body, '$.of') = ?",
                (of,),
            ).fetchone()
        if row[0] is None:
            return None
        entry = next(self.read(row[0], to_seq=row[0]))
        return entry, self.snapshot(entry.seq)

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
        """Leave a transaction that failed; a full disk may have left it already."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


def _connect_to_append(path: Path) -> sqlite3.Connection:
    """Open the file, make its tables when it is new, and ask for durable commits."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=WAIT_FOR_LOCK_S
    )
    try:
        _make_tables(connection)
        _check_marks(path, connection)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL makes each commit reach the disk: an acknowledged entry survives power loss.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def _make_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file, once even when two programs open it together."""
    if connection.execute("PRAGMA schema_version").fetchone()[0] != 0:
        return
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA schema_version").fetchone()[0] == 0:
        for statement in _statements(_TABLES):
            connection.execute(statement)
    connection.execute("COMMIT")


def _statements(script: str) -> Iterator[str]:
    """Cut a script into statements, so that all run in one transaction."""
    begun = ""
    for line in script.splitlines():
        begun += line + "\n"
        if sqlite3.complete_statement(begun):
            yield begun
            begun = ""


def _check_marks(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse a database that is no mission log of this format."""
    (marked,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if marked != APPLICATION_ID:
        connection.close()
        raise BadFile(path, "a database, but no mission log")
    if version != FORMAT:
        connection.close()
        raise BadFile(path, f"a mission log of format {version}, not {FORMAT}")


def _query(kinds: Collection[str] | None) -> str:
    """Write the query of one page, in words that let SQLite use the index by kind."""
    where = "seq >= ? AND seq <= ?"
    if kinds is not None:
        where += f" AND kind IN ({', '.join('?' * len(kinds))})"
        if not set(kinds) & set(FREQUENT):
            where += f" AND {_RARE}"
    return (
        f"SELECT seq, time_s, kind, body, digest FROM entry WHERE {where} "  # noqa: S608
        f"ORDER BY seq LIMIT {PAGE}"
    )


def _told(path: Path, error: sqlite3.DatabaseError) -> BadFile | LogUnwritable:
    """Say whether the file is something else or takes no writing."""
    if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
        return BadFile(path, "no mission log")
    return LogUnwritable(path, _why(error))


def _why(error: sqlite3.Error) -> str:
    """Say in the user's words why SQLite did not write."""
    # A primary code is the low byte; the rest tells where in SQLite it happened.
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "the disk is full"
        case sqlite3.SQLITE_IOERR:
            return "the disk is full or failing"
        case sqlite3.SQLITE_READONLY:
            return "the file is read-only"
        case sqlite3.SQLITE_CANTOPEN:
            return "the file cannot be opened or made there"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "another program holds it"
        case _:
            return str(error)
