"""Tests of writing a file whole: all of it, or what was there before."""

import os
import stat
import threading
from pathlib import Path

import pytest

from linewatch.errors import BadFile
from linewatch.scenario.whole import whole, whole_path, write_whole


def test_a_file_holds_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "told.txt"
    write_whole(path, "ä\n")
    assert path.read_bytes() == "ä\n".encode()
    write_whole(path, b"\x00\xff")
    assert path.read_bytes() == b"\x00\xff"
    assert list(tmp_path.iterdir()) == [path]


def test_nothing_is_seen_before_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "told.txt"
    path.write_text("before")
    with whole(path) as file:
        file.write(b"after")
        file.flush()
        assert path.read_text() == "before"
    assert path.read_text() == "after"


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt()])
def test_a_break_leaves_what_was_there(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "told.txt"
    path.write_text("before")

    def broken() -> None:
        with whole(path) as file:
            file.write(b"half")
            raise error

    with pytest.raises(type(error)):
        broken()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "told.txt"

    def full() -> None:
        with whole(path):
            raise OSError(28, "No space left on device")

    with pytest.raises(BadFile, match=r"told\.txt: cannot be written: No space left"):
        full()
    assert not list(tmp_path.iterdir())


def test_where_nothing_can_lie_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be written: No such file"):
        write_whole(tmp_path / "none" / "told.txt", "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(BadFile, match="cannot be written: Is a directory"):
        write_whole(tmp_path / "folder", "")
    assert [one.name for one in tmp_path.iterdir()] == ["folder"]
    assert not list((tmp_path / "folder").iterdir())


def test_others_may_read_it_as_any_file(tmp_path: Path) -> None:
    plain, path = tmp_path / "plain", tmp_path / "told"
    plain.write_text("")
    write_whole(path, "")
    modes = {stat.S_IMODE(one.stat().st_mode) for one in (plain, path)}
    assert len(modes) == 1


def test_a_pipe_is_written_into_and_stays(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    came: list[bytes] = []
    reader = threading.Thread(target=lambda: came.append(pipe.read_bytes()))
    reader.start()
    write_whole(pipe, "told")
    reader.join(timeout=10)
    assert came == [b"told"]
    assert pipe.is_fifo()


def test_two_who_write_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "told.txt"
    texts = [str(n) * 200_000 for n in range(6)]
    many = [threading.Thread(target=write_whole, args=(path, text)) for text in texts]
    for one in many:
        one.start()
    for one in many:
        one.join()
    assert path.read_text() in texts
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_wants_a_name_has_one_beside(tmp_path: Path) -> None:
    path = tmp_path / "told.txt"
    path.write_text("before")
    with whole_path(path) as beside:
        assert beside.parent == tmp_path
        assert not beside.exists()
        beside.write_text("after")
        assert path.read_text() == "before"
    assert path.read_text() == "after"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError("bad"), KeyboardInterrupt()])
def test_a_break_of_such_a_writer_leaves_what_was_there(
    tmp_path: Path, error: BaseException
) -> None:
    path = tmp_path / "told.txt"
    path.write_text("before")

    def broken() -> None:
        with whole_path(path) as beside:
            beside.write_text("half")
            raise error

    with pytest.raises(type(error)):
        broken()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_what_such_a_writer_cannot_write_is_told(tmp_path: Path) -> None:
    with (
        pytest.raises(BadFile, match="cannot be written: No such file"),
        whole_path(tmp_path / "told.txt"),
    ):
        pass  # it never made the file
    (tmp_path / "folder").mkdir()
    with (
        pytest.raises(BadFile, match="cannot be written: Is a directory"),
        whole_path(tmp_path / "folder") as beside,
    ):
        beside.write_text("told")
    os.mkfifo(tmp_path / "pipe")
    with (
        pytest.raises(BadFile, match="must be a file, not a pipe"),
        whole_path(tmp_path / "pipe"),
    ):
        pass
    assert {one.name for one in tmp_path.iterdir()} == {"folder", "pipe"}
