"""Tests of ``linewatch serve``: its one line for what is wrong, and a real page."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.cli.running import run
from tests.report.made import write


def test_port_in_use_ends_with_1_and_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        path = str(write(tmp_path / "log.db"))
        status, out, err = run(capsys, ["serve", "--log", path, "--port", port])
    assert (status, out) == (1, "")
    assert err == (
        f"linewatch: port {port} on 127.0.0.1 is in use: choose another with --port\n"
    )


def test_log_that_is_not_there_ends_with_1_and_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["serve", "--log", str(tmp_path / "none.db"), "--port", "0"]
    status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert "no such mission log" in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("words", [["serve"], ["serve", "--log", "x", "--port", "y"]])
def test_bad_words_end_with_2(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert run(capsys, words)[0] == 2


@pytest.mark.parametrize("told", [signal.SIGINT, signal.SIGTERM])
def test_serves_a_log_until_interrupted(tmp_path: Path, told: signal.Signals) -> None:
    words = ["serve", "--log", str(write(tmp_path / "log.db")), "--port", "0"]
    with subprocess.Popen(
        [sys.executable, "-m", "linewatch", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        first = running.stdout.readline()
        assert first.startswith("The picture of ")
        url = first.split()[-1]
        with urllib.request.urlopen(f"{url}api/live", timeout=60) as answer:  # noqa: S310
            live = json.load(answer)
        running.send_signal(told)
        _, err = running.communicate(timeout=60)
    assert [one["alert_id"] for one in live["alerts"]] == ["alert-8", "alert-7"]
    assert "Traceback" not in err
