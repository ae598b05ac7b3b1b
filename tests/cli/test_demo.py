"""Tests of ``linewatch demo``, on a small scenario and through the real command."""

import json
import resource
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from linewatch.cli.demo import wilson
from tests.cli.running import run
from tests.mission.conftest import write_small

KEYS = {
    *("line_km", "strength_before", "strength_after", "sites", "demand_covered"),
    *("detections", "tracks", "crossings", "crossings_alerted", "handovers"),
    *("gospa_m", "seed"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the small scenario."""
    return write_small(tmp_path_factory.mktemp("demo"))


def test_headless_prints_one_object_and_the_same_for_one_seed(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words: list[str | Path]
    words = ["demo", "--headless", "--hours", "0.05", "--json", "--scenario", folder]
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert set(told) >= KEYS
    assert (told["strength_before"], told["strength_after"]) == (9_200, 12_200)
    assert told["line_km"] == pytest.approx(40.0, abs=0.1)
    assert json.loads(run(capsys, words)[1]) == told


def test_lines_of_stages_without_json(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "kept.log"
    words: list[str | Path]
    words = ["demo", "--headless", "--hours", "0.05", "--scenario", folder]
    status, out, _ = run(capsys, [*words, "--log", log])
    assert status == 0
    for stage in ("area", "force", "deploy", "sites", "works", "summary"):
        assert any(line.startswith(stage) for line in out.splitlines()), stage
    assert log.exists()
    status, _, err = run(capsys, [*words, "--log", log])
    assert (status, err.count("\n")) == (1, 1)
    assert "exists already" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--hours", "0"], "--hours must be above 0"),
        (["--speed", "-3"], "--speed must be above 0"),
    ],
)
def test_a_drill_of_no_time_is_refused(
    capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    status, out, err = run(capsys, ["demo", *words])
    assert (status, out) == (1, "")
    assert said in err


def test_a_port_in_use_is_told_before_anything_is_planned(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = run(capsys, ["demo", "--port", str(port)])
    assert (status, out) == (1, "")
    assert f"port {port} on 127.0.0.1 is in use" in err
    assert err.count("\n") == 1


def test_a_full_disk_ends_with_one_line_and_a_whole_log(
    folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "full.log"
    words = ["demo", "--headless", "--hours", "0.1", "--scenario", str(folder)]
    done = subprocess.run(
        [sys.executable, "-m", "linewatch", *words, "--log", str(log)],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_FSIZE, (400_000, 400_000)
        ),
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert "the log takes no entry" in done.stderr
    checked = subprocess.run(
        [sys.executable, "-m", "linewatch", "log", "verify", str(log)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_ctrl_c_amid_a_served_drill_says_nothing_and_keeps_the_log(
    folder: Path, tmp_path: Path
) -> None:
    log = tmp_path / "cut.log"
    words = ["demo", "--port", "0", "--speed", "200", "--scenario", str(folder)]
    with subprocess.Popen(
        [sys.executable, "-m", "linewatch", *words, "--log", str(log)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        for line in running.stdout:
            if line.startswith("watch"):
                break
        running.send_signal(signal.SIGINT)
        _, err = running.communicate(timeout=60)
    assert (running.returncode, err) == (0, "")
    checked = subprocess.run(
        [sys.executable, "-m", "linewatch", "log", "verify", str(log)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def test_wilson_agrees_with_the_textbook() -> None:
    low, high = wilson(15, 18)
    assert (low, high) == pytest.approx((0.608, 0.942), abs=0.001)
    assert wilson(0, 0) == (0.0, 1.0)
