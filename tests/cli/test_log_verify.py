"""Tests of ``linewatch log verify`` and ``linewatch replay``."""

import contextlib
import json
import sqlite3
from pathlib import Path

import pytest

from linewatch.log import MissionLog
from tests.cli.running import run
from tests.log.entries import alert, detection, status
from tests.log.test_chain import chain_anew, forge


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


def test_a_time_beyond_all_calendars_is_told(
    capsys: pytest.CaptureFixture[str], path: Path
) -> None:
    edit_all(path, "UPDATE entry SET time_s = 1e15 WHERE seq = 1")
    status, out, err = run(capsys, ["log", "verify", path])
    assert (status, err) == (0, "")
    assert "to 1e+15 s since 1970" in out


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET body = '[]' WHERE kind = 'request'",
        "UPDATE entry SET body = '{' WHERE kind = 'request'",
        "UPDATE entry SET body = '{}' WHERE kind = 'request'",
        "UPDATE entry SET body = CAST(x'ff22' AS TEXT) WHERE kind = 'request'",
        "UPDATE entry SET kind = 'record' WHERE kind = 'request'",
        "UPDATE entry SET kind = 'move' WHERE kind = 'request'",
        "UPDATE entry SET body = json_set(body, '$.status', 'X') WHERE kind='request'",
        "UPDATE entry SET body = json_set(body, '$.from_s', 1e300) WHERE seq = 1",
        "UPDATE entry SET body = json_set(body, '$.number', 'x') WHERE kind='request'",
    ],
)
@pytest.mark.parametrize(
    "words",
    [
        ["request", "list"],
        ["request", "show", "rfa-1"],
        ["request", "validate", "rfa-1", "--by", "CBP headquarters"],
        ["may", "--task", "static", "--status", "T10", "--on", "2025-05-01"],
        ["log", "verify"],
    ],
)
def test_what_an_edited_log_cannot_hold_is_one_line(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    statement: str,
    words: list[str],
) -> None:
    file, log = tmp_path / "rfa.toml", tmp_path / "m.log"
    file.write_text(RFA)
    drafted = ["request", "draft", str(file), "--by", "CBP sector"]
    drafted += ["--log", str(log), "--on", "2025-03-01"]
    assert run(capsys, drafted)[0] == 0
    edit_all(log, statement)
    before = log.read_bytes()
    named = [str(log)] if words[0] == "log" else ["--log", str(log)]
    status, out, err = run(capsys, [*words, *named])
    assert status in {0, 1}
    if status == 1:
        assert out == ""
        assert err.count("\n") == 1
        assert str(log) in err or "unknown request" in err
    if words[0] == "request" and words[1] != "validate" and "record" not in statement:
        assert status == 1
    assert log.read_bytes() == before


RFA = """\
[[request]]
id = "rfa-1"
capability = "Crews"
task = "detect_monitor_static"
status = "T10"
sector = "El Paso"
number = 500
start = 2025-03-20
end = 2025-09-30
end_state = "the sector fills its sites"
reimbursement = "non-reimbursable"
statute = "10 USC 277"
"""


def edit_all(path: Path, statement: str) -> None:
    """Change a log and compute all its digests anew, where they can be."""
    forge(path, statement)
    with contextlib.suppress(sqlite3.OperationalError):
        chain_anew(path, 1)
