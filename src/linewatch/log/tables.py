"""The SQLite file under the mission log: its tables, its marks and its refusals."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, LogUnwritable
from linewatch.log.schema import FREQUENT

APPLICATION_ID: Final = 0x4C574C47
"""Marks the SQLite file as a mission log: the letters LWLG."""

FORMAT: Final = 1
"""Version of the tables."""

WAIT_FOR_LOCK_S: Final = 5.0
"""How long an append waits for another program's append [s]; one takes milliseconds."""

RARE: Final = f"kind NOT IN ({', '.join(repr(kind) for kind in FREQUENT)})"

TABLES: Final = f"""
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    time_s REAL NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    digest BLOB NOT NULL
) STRICT;
CREATE TABLE snapshot (seq INTEGER PRIMARY KEY, state BLOB NOT NULL) STRICT;
CREATE INDEX entry_by_kind ON entry (kind, seq) WHERE {RARE};
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
"""  # noqa: S608


def connect_to_append(path: Path) -> sqlite3.Connection:
    """Open the file, make its tables when it is new, and ask for durable commits."""
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=WAIT_FOR_LOCK_S
    )
    try:
        _make_tables(connection)
        check_marks(path, connection)
        connection.execute("PRAGMA journal_mode = WAL")
        # FULL: a commit has reached the disk, so that it survives a loss of power.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_to_read(path: Path) -> sqlite3.Connection:
    """Open a file that another program may be writing, or on a read-only disk."""
    try:
        return _connect_by("ro", path)
    except sqlite3.OperationalError:
        # A read-only folder takes no lock file; without a WAL nobody can be writing.
        if path.with_name(path.name + "-wal").exists():
            raise
        return _connect_by("ro&immutable=1", path)


def _connect_by(mode: str, path: Path) -> sqlite3.Connection:
    """Open a file by an SQLite URI mode and check its marks."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode={mode}",
        uri=True,
        isolation_level=None,
        check_same_thread=False,
        timeout=WAIT_FOR_LOCK_S,
    )
    try:
        check_marks(path, connection)
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
        for statement in _statements(TABLES):
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


def check_marks(path: Path, connection: sqlite3.Connection) -> None:
    """Refuse a database that is no mission log of this format."""
    (marked,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if marked != APPLICATION_ID:
        raise BadFile(path, "a database, but no mission log")
    if version != FORMAT:
        raise BadFile(path, f"a mission log of format {version}, not {FORMAT}")


def told(path: Path, error: sqlite3.DatabaseError) -> BadFile | LogUnwritable:
    """Say whether the file is something else or takes no writing."""
    if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
        return BadFile(path, "no mission log")
    return LogUnwritable(path, why(error))


def why(error: sqlite3.Error) -> str:
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
