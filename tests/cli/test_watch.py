"""Tests of ``linewatch watch``: what it refuses before it touches a log."""

import fcntl
import socket
from pathlib import Path

import pytest

from linewatch.log import MissionLog
from tests.cli.running import run
from tests.mission.conftest import write_small


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Folder of the small scenario."""
    made = tmp_path / "small"
    made.mkdir()
    return write_small(made)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log that holds one entry."""
    path = tmp_path / "mission.log"
    with MissionLog.open(path) as opened:
        opened.append([(0.0, "decision", {})])
    return path


def test_a_log_that_another_watch_keeps_is_left_alone(
    capsys: pytest.CaptureFixture[str], folder: Path, log: Path
) -> None:
    before = log.read_bytes()
    with log.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        words = ["watch", "--log", str(log), "--scenario", str(folder), "--port", "0"]
        status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert err == f"linewatch: {log}: the log takes no entry: another watch keeps it\n"
    assert log.read_bytes() == before


def test_the_lock_ends_with_the_watch(
    capsys: pytest.CaptureFixture[str], folder: Path, log: Path
) -> None:
    words = ["watch", "--log", str(log), "--scenario", str(folder), "--port", "0"]
    for _ in range(2):
        status, out, err = run(capsys, words)
        assert (status, out) == (1, "")
        assert "--proposal must be given" in err


def test_a_page_port_in_use_is_told_before_the_log_is_made(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "none.log"
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = ["watch", "--log", str(log), "--scenario", str(folder), "--page", port]
        status, out, err = run(capsys, words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"port {port} on 127.0.0.1 is in use" in err
    assert not log.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--start", "soon"], "time must be an ISO 8601 date or instant, not 'soon'"),
        (["--page", "65536"], "port must be 0 to 65535, not 65536"),
    ],
)
def test_bad_words_leave_no_log(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    tmp_path: Path,
    words: list[str],
    said: str,
) -> None:
    log = tmp_path / "none.log"
    status, out, err = run(
        capsys, ["watch", "--log", str(log), "--scenario", str(folder), *words]
    )
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert not log.exists()
