"""Tests of the mission log: what it keeps, refuses, and survives."""

import math
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadValue, LogUnwritable, UnknownName
from linewatch.log import Head, MissionLog, verify
from tests.log import naive
from tests.log.entries import START_S, New, alert, detection, status


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "mission.log"


def test_reads_back_what_was_appended(path: Path) -> None:
    with MissionLog.open(path) as log:
        assert log.append([detection(0), status(1)]) == 2
        assert log.append([alert(2)]) == 3
        entries = list(log.read())
    assert [entry.seq for entry in entries] == [1, 2, 3]
    assert [entry.kind for entry in entries] == ["detection", "status", "alert"]
    assert entries[0].time_s == START_S
    assert entries[0].body["range_m"] == 100.0
    assert "lon_deg" not in entries[0].body


def test_goes_on_where_it_stopped(path: Path) -> None:
    for at in range(3):
        with MissionLog.open(path) as log:
            assert log.append([status(at)]) == at + 1
    assert naive.chain_holds(path)


def test_chain_is_the_one_of_the_plain_way(path: Path) -> None:
    with MissionLog.open(path) as log:
        for at in range(20):
            log.append([detection(at), status(at, "warning"), alert(at)])
    assert naive.chain_holds(path)


finite = st.floats(allow_nan=False, allow_infinity=False)


@example(drawn=[(-0.0, -0.0, "")])  # SQLite keeps no sign of a real zero
@given(
    st.lists(
        st.tuples(
            finite,
            finite,
            st.text(st.characters(exclude_categories=["Cs"]), max_size=50),
        ),
        max_size=5,
    )
)
def test_any_entry_comes_back_and_keeps_the_chain(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[float, float, str]]
) -> None:
    path = tmp_path_factory.mktemp("logs") / "mission.log"
    new: list[New] = []
    for time_s, low, caveat in drawn:
        new.append((time_s, "proposal", {"proposal_id": "p1", "low": low}))
        new.append((time_s, "decision", {"proposal_id": "p1", "caveat": caveat}))
    with MissionLog.open(path) as log:
        log.append(new)
        back = [(entry.time_s, entry.kind, entry.body) for entry in log.read()]
    assert back == new
    assert verify(path).head.seq == len(new)
    assert naive.chain_holds(path)


def test_the_same_entries_make_the_same_digests(tmp_path: Path) -> None:
    heads = []
    for name in ("one", "two"):
        with MissionLog.open(tmp_path / name) as log:
            log.append([detection(0)])
            log.append([status(1), alert(2)])
            heads.append(log.head())
    assert heads[0] == heads[1]


def test_an_empty_append_is_nothing(path: Path) -> None:
    with MissionLog.open(path) as log:
        assert log.append([]) == 0
        log.append([status(0)])
        assert log.append([]) == 1
        assert log.head().seq == 1


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        ((math.nan, "status", {}), BadValue),
        ((START_S, "status", {"passenger": "x"}), BadValue),
        ((START_S, "gossip", {}), UnknownName),
        ((START_S, "decision", {"caveat": "\ud800"}), BadValue),
    ],
)
def test_writes_nothing_of_a_batch_with_one_bad_entry(
    path: Path, bad: tuple[float, str, dict[str, object]], error: type[Exception]
) -> None:
    with MissionLog.open(path) as log:
        log.append([status(0)])
        with pytest.raises(error):
            log.append([status(1), bad, status(2)])
        assert log.head().seq == 1
        assert log.append([status(3)]) == 2


def test_leaves_no_transaction_open_when_it_is_stopped(path: Path) -> None:
    def stopped() -> Iterator[New]:
        yield status(1)
        raise KeyboardInterrupt

    with MissionLog.open(path) as log:
        with pytest.raises(KeyboardInterrupt):
            log.append(stopped())
        assert log.append([status(0)]) == 1


def test_reads_from_an_entry_on_and_by_kind(path: Path) -> None:
    with MissionLog.open(path) as log:
        for at in range(10):
            log.append([detection(at), alert(at)])
        assert [e.seq for e in log.read(17)] == [17, 18, 19, 20]
        assert [e.seq for e in log.read(5, to_seq=7)] == [5, 6, 7]
        assert [e.seq for e in log.read(17, {"alert"})] == [18, 20]
        assert [e.seq for e in log.read(17, {"detection"})] == [17, 19]
        assert [e.seq for e in log.read(19, {"detection", "alert"})] == [19, 20]
        assert list(log.read(21)) == []
        assert list(log.read(kinds=set())) == []


def test_rare_kinds_are_found_without_reading_the_whole_log(path: Path) -> None:
    with MissionLog.open(path) as log:
        log.append([detection(0)])
    told = sqlite3.connect(path)
    plan = told.execute(
        "EXPLAIN QUERY PLAN SELECT seq FROM entry WHERE seq >= 1 AND kind IN ('alert') "
        "AND kind NOT IN ('detection', 'status', 'track') ORDER BY seq"
    ).fetchall()
    told.close()
    assert "entry_by_kind" in str(plan)


def test_reads_more_than_a_page(path: Path) -> None:
    with MissionLog.open(path) as log:
        log.append(status(at) for at in range(25_000))
        assert [e.seq for e in log.read()] == list(range(1, 25_001))


def test_a_reader_sees_a_log_that_is_being_written(path: Path) -> None:
    with MissionLog.open(path) as log, MissionLog.open_to_read(path) as reader:
        log.append([status(0)])
        assert reader.head() == log.head()
        entries = reader.read()
        assert next(entries).seq == 1
        log.append([status(1)])
        assert [e.seq for e in reader.read(2)] == [2]


def test_two_writers_share_one_chain(path: Path) -> None:
    with MissionLog.open(path) as one, MissionLog.open(path) as two:
        assert one.append([status(0)]) == 1
        assert two.append([alert(1)]) == 2
        assert one.append([status(2)]) == 3
    assert verify(path).head.seq == 3


def test_threads_share_one_log(path: Path) -> None:
    with MissionLog.open(path) as log:

        def write() -> None:
            for at in range(50):
                log.append([status(at)])

        threads = [threading.Thread(target=write) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert log.head().seq == 200
    assert verify(path).head.seq == 200


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '{}'",
        "UPDATE entry SET digest = x'00' WHERE seq = 1",
        "DELETE FROM entry",
        "INSERT OR REPLACE INTO entry VALUES (1, 0.0, 'status', '{}', x'00')",
        "INSERT INTO entry VALUES (2, 0.0, 'status', '{}', x'00')",
        "UPDATE snapshot SET state = x'00'",
        "DELETE FROM snapshot",
        "INSERT OR REPLACE INTO snapshot VALUES (3, x'00')",
    ],
)
def test_the_file_itself_refuses_changes(path: Path, statement: str) -> None:
    with MissionLog.open(path) as log:
        kept = START_S, "snapshot", {"of": "tracker", "state": b"abc"}
        log.append([status(0), status(1), kept])
    other = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="the log only grows"):
        other.execute(statement)
    other.close()
    assert verify(path).head.seq == 3


def test_keeps_snapshots_beside_their_entries(path: Path) -> None:
    with MissionLog.open(path) as log:
        assert log.last_snapshot("tracker") is None
        for at, state in enumerate((b"one", b"\x00two")):
            log.append(
                [
                    (START_S + at, "snapshot", {"of": "tracker", "state": state}),
                    (START_S + at, "snapshot", {"of": "alerter", "state": b"x"}),
                ]
            )
        found = log.last_snapshot("tracker")
        assert found is not None
        entry, state = found
        assert (entry.seq, state) == (3, b"\x00two")
        assert entry.body["size"] == 4
        assert log.snapshot(1) == b"one"
        with pytest.raises(BadFile, match="entry 99 keeps no snapshot"):
            log.snapshot(99)
    assert verify(path).kinds == {"snapshot": 4}


def test_refuses_a_file_that_is_something_else(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("the quick brown fox jumps over the lazy dog " * 40)
    other = tmp_path / "other.db"
    made = sqlite3.connect(other)
    made.execute("CREATE TABLE fox (dog)")
    made.commit()
    made.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(BadFile, match="no mission log"):
            MissionLog.open(path)
        with pytest.raises(BadFile):
            MissionLog.open_to_read(path)
        assert path.read_bytes() == before


def test_refuses_a_later_format(path: Path) -> None:
    MissionLog.open(path).close()
    made = sqlite3.connect(path)
    made.execute("PRAGMA user_version = 2")
    made.close()
    with pytest.raises(BadFile, match="format 2, not 1"):
        MissionLog.open(path)


def test_refuses_to_read_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no such mission log"):
        MissionLog.open_to_read(tmp_path / "none.log")
    assert not (tmp_path / "none.log").exists()


def test_says_so_when_the_folder_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LogUnwritable, match="cannot be opened or made there"):
        MissionLog.open(tmp_path / "none" / "mission.log")


def test_reads_a_log_in_a_folder_that_takes_no_files(path: Path) -> None:
    with MissionLog.open(path) as log:
        log.append([status(0)])
    path.parent.chmod(0o500)
    try:
        assert verify(path).head.seq == 1
    finally:
        path.parent.chmod(0o700)


def test_a_head_reads_back() -> None:
    head = Head(7, bytes(range(32)))
    assert Head.parse(str(head)) == head
    for text in ("", "7", "7:zz", "-1:" + "00" * 32, "7:00", "x:" + "00" * 32):
        with pytest.raises(BadValue, match="head must be a number"):
            Head.parse(text)
