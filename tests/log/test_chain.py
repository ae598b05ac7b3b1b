"""Tests of verification: what it finds, and what it cannot find without an anchor."""

import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadValue, LogBroken
from linewatch.log import Head, MissionLog, read_anchor, verify, write_anchor
from linewatch.log.entry import FIRST_DIGEST, link
from tests.log import naive
from tests.log.entries import START_S, alert, detection, status

ENTRIES = 40


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mission.log"
    with MissionLog.open(path) as log:
        for at in range(ENTRIES // 4):
            kept = START_S + at, "snapshot", {"of": "t", "state": bytes([at])}
            log.append([detection(at), status(at), alert(at), kept])
    return path


def forge(path: Path, *statements: str) -> None:
    """Change a log as one who has the file can: without its triggers."""
    other = sqlite3.connect(path)
    for (name,) in other.execute(
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        other.execute(f"DROP TRIGGER {name}")
    for statement in statements:
        other.execute(statement)
    other.commit()
    other.close()


def chain_anew(path: Path, from_seq: int) -> None:
    """Compute all digests anew from an entry on, as a thorough forger would."""
    other = sqlite3.connect(path)
    before = FIRST_DIGEST
    for seq, time_s, kind, body, digest in other.execute(
        "SELECT * FROM entry ORDER BY seq"
    ).fetchall():
        if seq >= from_seq:
            digest = link(before, seq, time_s, kind, body)  # noqa: PLW2901
            other.execute("UPDATE entry SET digest = ? WHERE seq = ?", (digest, seq))
        before = digest
    other.commit()
    other.close()


def test_a_whole_log_is_told(path: Path) -> None:
    found = verify(path)
    assert found.head.seq == ENTRIES
    assert found.kinds == {"alert": 10, "detection": 10, "snapshot": 10, "status": 10}
    assert (found.first_s, found.last_s) == (START_S, START_S + 9)
    assert not found.anchored


def test_an_empty_log_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "empty.log"
    MissionLog.open(path).close()
    found = verify(path)
    assert found.head == Head(0, FIRST_DIGEST)
    assert found.first_s is None


@pytest.mark.parametrize("seq", [1, 2, 17, ENTRIES])
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE entry SET body = replace(body, '\"', '\" ') WHERE seq = {seq}",
        "UPDATE entry SET time_s = time_s + 0.001 WHERE seq = {seq}",
        "UPDATE entry SET kind = 'outage' WHERE seq = {seq}",
        "UPDATE entry SET digest = zeroblob(32) WHERE seq = {seq}",
    ],
)
def test_finds_an_edit(path: Path, change: str, seq: int) -> None:
    forge(path, change.format(seq=seq))
    with pytest.raises(LogBroken) as broken:
        verify(path)
    assert broken.value.seq == seq
    assert not naive.chain_holds(path)


@pytest.mark.parametrize("seq", [1, 17, ENTRIES - 1])
def test_finds_an_entry_taken_out(path: Path, seq: int) -> None:
    forge(path, f"DELETE FROM entry WHERE seq = {seq}")  # noqa: S608
    with pytest.raises(LogBroken, match=f"entry {seq} is missing") as broken:
        verify(path)
    assert broken.value.seq == seq


def test_finds_an_entry_taken_out_and_the_rest_moved_up(path: Path) -> None:
    forge(
        path,
        "DELETE FROM entry WHERE seq = 9",
        "UPDATE entry SET seq = -seq WHERE seq > 9",
        "UPDATE entry SET seq = -seq - 1 WHERE seq < 0",
    )
    with pytest.raises(LogBroken) as broken:
        verify(path)
    assert broken.value.seq == 9


def test_finds_two_entries_that_changed_places(path: Path) -> None:
    forge(
        path,
        "UPDATE entry SET seq = -1 WHERE seq = 5",
        "UPDATE entry SET seq = 5 WHERE seq = 6",
        "UPDATE entry SET seq = 6 WHERE seq = -1",
    )
    with pytest.raises(LogBroken) as broken:
        verify(path)
    assert broken.value.seq == 5


def test_finds_an_entry_put_in(path: Path) -> None:
    forge(
        path,
        "UPDATE entry SET seq = -seq WHERE seq > 9",
        "UPDATE entry SET seq = -seq + 1 WHERE seq < 0",
        "INSERT INTO entry SELECT 10, time_s, kind, body, digest FROM entry "
        "WHERE seq = 9",
    )
    with pytest.raises(LogBroken) as broken:
        verify(path)
    assert broken.value.seq == 10


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE snapshot SET state = x'ff' WHERE seq = 8", "another snapshot"),
        ("DELETE FROM snapshot WHERE seq = 8", "has lost its snapshot"),
    ],
)
def test_finds_a_changed_snapshot(path: Path, change: str, said: str) -> None:
    forge(path, change)
    with pytest.raises(LogBroken, match=said) as broken:
        verify(path)
    assert broken.value.seq == 8


def cut(path: Path) -> None:
    forge(path, f"DELETE FROM entry WHERE seq > {ENTRIES - 8}")  # noqa: S608


def rewrite(path: Path) -> None:
    forge(path, "UPDATE entry SET body = '{}' WHERE seq = 3")
    chain_anew(path, 3)


@pytest.mark.parametrize("change", [cut, rewrite])
def test_only_an_anchor_shows_a_cut_or_a_thorough_rewriting(
    path: Path, change: Callable[[Path], None]
) -> None:
    anchor = verify(path).head
    change(path)
    verify(path)  # the chain alone cannot tell: the documentation says so
    with pytest.raises(LogBroken):
        verify(path, anchor=anchor)


def test_an_anchor_in_the_middle_lets_the_log_grow(path: Path) -> None:
    anchor = verify(path).head
    with MissionLog.open(path) as log:
        log.append([status(99)])
    found = verify(path, anchor=anchor)
    assert found.anchored
    assert found.head.seq == ENTRIES + 1


def test_an_anchor_file_reads_back(path: Path, tmp_path: Path) -> None:
    kept = tmp_path / "head.txt"
    write_anchor(kept, verify(path).head)
    assert read_anchor(kept) == verify(path).head
    assert not list(tmp_path.glob("*.new"))


def test_a_bad_anchor_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no readable anchor"):
        read_anchor(tmp_path / "none.txt")
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    with pytest.raises(BadValue, match="head must be"):
        read_anchor(empty)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_file_damaged_on_disk_is_told(
    path: Path, tmp_path: Path, share: float
) -> None:
    damaged = tmp_path / "damaged.log"
    shutil.copy(path, damaged)
    size = damaged.stat().st_size
    with damaged.open("r+b") as file:
        file.seek(int(size * share) // 4096 * 4096)
        file.write(b"\xa5" * 4096)
    with pytest.raises((BadFile, LogBroken)):
        verify(damaged)
