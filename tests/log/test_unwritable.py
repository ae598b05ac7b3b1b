"""Tests of a log that cannot be written: it says so, loses nothing, and goes on."""

import os
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from linewatch.errors import LogUnwritable
from linewatch.log import MissionLog, verify
from tests.log.entries import status

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mission.log"


def limit_pages(log: MissionLog, *, more: int) -> None:
    """Let the log's file grow by so many pages and no further."""
    connection = log._connection  # noqa: SLF001
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages + more}")


def append_until_refused(log: MissionLog) -> None:
    while True:
        log.append(status(at) for at in range(50))


def test_a_full_disk_is_told_and_later_space_is_used(path: Path) -> None:
    log = MissionLog.open(path)
    limit_pages(log, more=8)
    with pytest.raises(LogUnwritable, match="the disk is full") as refused:
        append_until_refused(log)
    assert "\n" not in str(refused.value)
    kept = log.head().seq
    assert kept % 50 == 0
    with pytest.raises(LogUnwritable):
        log.append(status(at) for at in range(50))
    limit_pages(log, more=1_000)
    assert log.append([status(99)]) == kept + 1
    log.close()
    assert verify(path).head.seq == kept + 1


FILLS_ITS_DISK = """
import resource, sys
from pathlib import Path
from linewatch.errors import LogUnwritable
from linewatch.log import MissionLog
from tests.log.entries import status

log = MissionLog.open(Path(sys.argv[1]))
log.append([status(0)])
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, hard))
kept, refused = 1, 0
while refused < 3:
    try:
        kept = log.append(status(at) for at in range(100))
    except LogUnwritable as error:
        refused += 1
        assert log.head().seq == kept, (log.head(), kept)
        why = str(error)
resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
kept = log.append([status(1)])
print(kept, why)
"""


def test_a_disk_that_takes_no_more_bytes_is_told(path: Path) -> None:
    """The limit on a file's size makes the system call itself fail, as a disk does."""
    done = subprocess.run(
        [sys.executable, "-c", FILLS_ITS_DISK, str(path)],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONPATH": "src"},
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    kept, why = done.stdout.split(" ", 1)
    assert "the log takes no entry: the disk is full" in why
    assert verify(path).head.seq == int(kept)


def test_a_read_only_file_is_told(path: Path) -> None:
    MissionLog.open(path).close()
    path.chmod(0o400)
    if os.access(path, os.W_OK):
        pytest.skip("this user may write what is read-only")
    with pytest.raises(LogUnwritable, match="the file is read-only"):
        MissionLog.open(path)


def test_a_log_opened_to_read_takes_no_entry(path: Path) -> None:
    MissionLog.open(path).close()
    with (
        MissionLog.open_to_read(path) as log,
        pytest.raises(LogUnwritable, match="the file is read-only"),
    ):
        log.append([status(0)])


def test_a_lock_that_stays_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linewatch.log.tables.WAIT_FOR_LOCK_S", 0.05)
    with MissionLog.open(path) as log:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnwritable, match="another program holds it"):
            log.append([status(0)])
        other.execute("ROLLBACK")
        other.close()
        assert log.append([status(0)]) == 1


WRITES_UNTIL_KILLED = """
import sys
from pathlib import Path
from linewatch.log import MissionLog
from tests.log.entries import detection, status

log = MissionLog.open(Path(sys.argv[1]))
at = log.head().seq
while True:
    at += 1
    print(log.append([status(at), detection(at), detection(at)]), flush=True)
"""


def test_kill_loses_nothing_that_was_acknowledged(path: Path) -> None:
    last = 0
    for _ in range(3):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITES_UNTIL_KILLED, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONPATH": "src"},
        )
        assert writer.stdout is not None
        acknowledged = [int(writer.stdout.readline()) for _ in range(40)]
        writer.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
        assert acknowledged[0] == last + 3
        found = verify(path)
        assert found.head.seq >= acknowledged[-1]
        with MissionLog.open_to_read(path) as log:
            kept = {entry.seq for entry in log.read()}
        assert kept >= set(acknowledged)
        assert found.head.seq % 3 == 0  # a batch is whole or not there
        last = found.head.seq


def test_the_limit_on_file_size_is_as_it_was() -> None:
    """The filling test must not leave its limit in this process."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 200_000
