"""Tests of ``linewatch log verify`` and ``linewatch replay``."""

import json
import sqlite3
from pathlib import Path

import pytest

from linewatch.log import MissionLog
from tests.cli.running import run
from tests.log.entries import alert, detection, status


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mission.log"
    with MissionLog.open(path) as log:
        log.append([detection(0), status(1), alert(2), alert(60)])
    return path


def edit(path: Path) -> None:
    other = sqlite3.connect(path)
    other.execute("DROP TRIGGER entry_stays")
    other.execute("UPDATE entry SET time_s = 0 WHERE seq = 2")
    other.commit()
    other.close()


def test_verify_tells_a_whole_log(
    capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    status, out, err = run(capsys, ["log", "verify", str(path)])
    assert (status, err) == (0, "")
    assert "whole, 4 entries" in out
    assert "2025-03-01T00:00:00Z to 2025-03-01T00:01:00Z" in out
    assert "a cut at the end would not show" in out


def test_verify_prints_one_object(
    capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    _, out, _ = run(capsys, ["log", "verify", str(path), "--json"])
    told = json.loads(out)
    assert told["whole"] is True
    assert told["anchored"] is False
    assert told["kinds"] == {"alert": 2, "detection": 1, "status": 1}
    assert told["head"].startswith("4:")


def test_verify_names_the_entry_that_was_edited(
    capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    edit(path)
    for words in (["log", "verify"], ["replay"]):
        status, out, err = run(capsys, [*words, str(path), "--json"])
        assert (status, out) == (1, "")
        assert err == (
            f"linewatch: {path}: entry 2 does not follow from the one before\n"
        )


def test_an_anchor_shows_a_cut(
    capsys: pytest.CaptureFixture[str], path: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "head.txt"
    run(capsys, ["log", "verify", str(path), "--keep-anchor", str(kept)])
    head = kept.read_text().strip()
    for words in (["--anchor", str(kept)], ["--head", head]):
        status, out, _ = run(capsys, ["log", "verify", str(path), *words])
        assert status == 0
        assert "not anchored" not in out
    other = sqlite3.connect(path)
    other.execute("DROP TRIGGER entry_kept")
    other.execute("DELETE FROM entry WHERE seq = 4")
    other.commit()
    other.close()
    for words in (["--anchor", str(kept)], ["--head", head]):
        status, _, err = run(capsys, ["log", "verify", str(path), *words])
        assert status == 1
        assert "entry 4 is cut off: the anchor names entry 4" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["none.log"], "none.log: no such mission log"),
        (["{log}", "--head", "4"], "head must be a number, a colon and 64 hex digits"),
        (["{log}", "--anchor", "none.txt"], "none.txt: no readable anchor"),
        (["{log}", "--anchor", "a", "--head", "b"], "given one at a time"),
    ],
)
def test_verify_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], path: Path, words: list[str], said: str
) -> None:
    filled = [word.format(log=path) for word in words]
    status, out, err = run(capsys, ["log", "verify", *filled])
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_replay_sums_up(capsys: pytest.CaptureFixture[str], path: Path) -> None:
    status, out, err = run(capsys, ["replay", str(path)])
    assert (status, err) == (0, "")
    assert out.splitlines()[:5] == [
        "alert                 2",
        "detection             1",
        "status                1",
        "all                   4",
        "2025-03-01T00:00:00Z to 2025-03-01T00:01:00Z",
    ]
    _, out, _ = run(capsys, ["replay", str(path), "--json"])
    told = json.loads(out)
    assert told["last_s"] - told["first_s"] == 60
    assert told["replayed"] is None


def test_an_empty_log_is_summed_up(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "empty.log"
    MissionLog.open(path).close()
    for words in (["replay"], ["log", "verify"]):
        status, _, err = run(capsys, [*words, str(path)])
        assert (status, err) == (0, "")
        _, out, _ = run(capsys, [*words, str(path), "--json"])
        assert json.loads(out)["entries"] == 0
