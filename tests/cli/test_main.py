"""Tests of the command line's frame: help, bad words, one line for what is wrong."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import run


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ["--help"])
    assert (status, err) == (0, "")
    for word in ("demo", "area", "force", "may", "watch", "report"):
        assert word in out


@pytest.mark.parametrize(
    "words", [["nonsense"], ["area", "--nonsense"], ["force", "--on"], ["plan", "x"]]
)
def test_bad_words_end_with_2_and_one_line(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    status, out, err = run(capsys, words)
    assert (status, out) == (2, "")
    assert err.startswith("linewatch: ")
    assert err.count("\n") == 1


def test_bad_data_ends_with_1_and_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    status, out, err = run(capsys, ["area", "--scenario", str(tmp_path / "none")])
    assert (status, out) == (1, "")
    assert "none/scenario.toml: cannot be read" in err
    assert err.count("\n") == 1


def test_ctrl_c_ends_with_130_and_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("linewatch.cli.area.read_scenario", stopped)
    assert run(capsys, ["area"]) == (
        130,
        "",
        "linewatch: stopped; logs are kept, and no file is half-written\n",
    )


@pytest.mark.parametrize("spared", [False, True], ids=["by hand", "in the background"])
def test_an_order_to_end_unwinds_as_ctrl_c_does(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, spared: bool
) -> None:
    def ended(_: Path) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr("linewatch.cli.area.read_scenario", ended)
    before = signal.getsignal(signal.SIGTERM)
    own = signal.getsignal(signal.SIGINT)
    if spared:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        status, out, err = run(capsys, ["area"])
    finally:
        signal.signal(signal.SIGINT, own)
    assert (status, out) == (143, "")
    assert err == "linewatch: stopped; logs are kept, and no file is half-written\n"
    assert signal.getsignal(signal.SIGTERM) is before


def test_an_answer_that_is_not_read_to_its_end_is_no_fault() -> None:
    words = [sys.executable, "-u", "-m", "linewatch", "force", "--on", "2025-03-01"]
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        err = running.stderr.read()
    assert (running.returncode, err) == (141, b"")
