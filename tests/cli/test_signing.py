"""Tests of keys, signed decisions and checkpoints at the command line."""

import json
import sqlite3
from pathlib import Path

import pytest

from linewatch.plan import write_proposal
from tests.cli.running import run
from tests.plan.fakes import builtin_proposal

SOD = "Secretary of Defense"


@pytest.fixture
def keyed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    """Return a folder with a key, a roster, and a signed decision in a log."""
    write_proposal(tmp_path / "p.json", builtin_proposal())
    status, out, err = run(capsys, new_key(tmp_path))
    assert (status, err) == (0, "")
    assert "keep it; nobody can make it again" in out
    status, out, err = run(capsys, decide(tmp_path))
    assert (status, err) == (0, "")
    assert out.splitlines()[0].endswith("signed.")
    return tmp_path


def new_key(folder: Path, *more: str, office: str = SOD) -> list[str]:
    words = ["key", "new", "--office", office, "--out", str(folder / "sod.key")]
    roster = ["--roster", str(folder / "roster.csv"), "--from", "2025-01-01"]
    return [*words, *roster, *more]


def decide(folder: Path, *more: str, by: str = SOD) -> list[str]:
    words = ["decide", str(folder / "p.json"), "--by", by, "--answer", "approve"]
    words += ["--on", "2025-03-07", "--log", str(folder / "m.log")]
    return [*words, "--key", str(folder / "sod.key"), *more]


def verify(folder: Path, *more: str) -> list[str]:
    roster = str(folder / "roster.csv")
    return ["log", "verify", str(folder / "m.log"), "--keys", roster, *more]


def test_a_signed_decision_holds_against_the_roster(
    capsys: pytest.CaptureFixture[str], keyed: Path
) -> None:
    assert (keyed / "sod.key").stat().st_mode & 0o777 == 0o600
    status, out, err = run(capsys, verify(keyed))
    assert (status, err) == (0, "")
    assert "1 signatures hold against the roster" in out
    _, out, _ = run(capsys, verify(keyed, "--json"))
    told = json.loads(out)
    assert (told["signed"], told["unsigned"], told["held_to_roster"]) == (1, 0, True)
    _, out, _ = run(capsys, ["log", "verify", str(keyed / "m.log")])
    assert "1 signatures not checked: name the roster with --keys" in out


def test_a_key_is_never_written_over_and_speaks_for_an_office_that_exists(
    capsys: pytest.CaptureFixture[str], keyed: Path
) -> None:
    before = (keyed / "roster.csv").read_text()
    status, _, err = run(capsys, new_key(keyed))
    assert status == 1
    assert "never written over" in err
    status, _, err = run(capsys, new_key(keyed, office="Colonel Smith"))
    assert "unknown office 'Colonel Smith'" in err
    assert (keyed / "roster.csv").read_text() == before


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--until", "2024-12-31"], "--until must be after 2025-01-01"),
        (["--until", "2025-01-01"], "--until must be after 2025-01-01"),
        (["--roster", "nowhere/roster.csv"], "cannot be written"),
        (["--roster", "/dev/null/roster.csv"], "roster.csv"),
        (["--from", "soon"], "ISO 8601"),
    ],
)
def test_no_key_is_left_behind_without_its_row(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: list[str], said: str
) -> None:
    words = ["key", "new", "--office", SOD, "--out", str(tmp_path / "sod.key")]
    begin = [] if "--from" in more else ["--from", "2025-01-01"]
    status, out, err = run(capsys, [*words, *begin, *more])
    assert (status, out) == (1, "")
    assert said in err
    assert not list(tmp_path.iterdir())


def test_the_key_of_another_office_signs_nothing(
    capsys: pytest.CaptureFixture[str], keyed: Path
) -> None:
    status, _, err = run(capsys, decide(keyed, by="President"))
    assert status == 1
    assert "is the key of Secretary of Defense, not of President" in err


def test_an_unsigned_decision_is_found(
    capsys: pytest.CaptureFixture[str], keyed: Path
) -> None:
    run(capsys, decide(keyed)[:-2])
    status, _, err = run(capsys, verify(keyed))
    assert status == 1
    assert "entry 4 (decision) is not signed" in err
    _, out, _ = run(capsys, ["log", "verify", str(keyed / "m.log")])
    assert "1 decisions, requests or records without a signature" in out


def test_a_passphrase_is_read_from_a_file(
    capsys: pytest.CaptureFixture[str], keyed: Path
) -> None:
    phrase = keyed / "phrase"
    phrase.write_text("open sesame\n")
    (keyed / "sod.key").unlink()
    run(capsys, new_key(keyed, "--passphrase-file", str(phrase)))
    status, _, err = run(capsys, decide(keyed))
    assert status == 1
    assert "needs a passphrase" in err
    status, _, err = run(capsys, decide(keyed, "--passphrase-file", str(phrase)))
    assert (status, err) == (0, "")
    status, _, _ = run(capsys, verify(keyed))
    assert status == 0
    phrase.write_text("\n")
    status, _, err = run(capsys, decide(keyed, "--passphrase-file", str(phrase)))
    assert "its first line must be the passphrase" in err


def test_a_checkpoint_shows_a_cut_behind_it(
    capsys: pytest.CaptureFixture[str], keyed: Path
) -> None:
    kept, log = str(keyed / "kept.json"), str(keyed / "m.log")
    words = ["log", "checkpoint", log, "--out", kept]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "holds no checkpoint: sign one with --key" in err
    signed = [*words, "--key", str(keyed / "sod.key"), "--on", "2025-03-08"]
    status, out, err = run(capsys, signed)
    assert (status, err) == (0, "")
    assert out.startswith("Checkpoint at entry 3 of ")
    _, out, _ = run(capsys, [*words, "--json"])
    assert json.loads(out)["seq"] == 3
    status, out, _ = run(capsys, verify(keyed))
    assert "a cut behind checkpoint 3 would not show" in out
    status, out, _ = run(capsys, verify(keyed, "--anchor", kept))
    assert status == 0
    assert "not anchored" not in out
    other = sqlite3.connect(log)
    other.execute("DROP TRIGGER entry_kept")
    other.execute("DELETE FROM entry WHERE seq = 3")
    other.commit()
    other.close()
    status, _, err = run(capsys, verify(keyed, "--anchor", kept))
    assert status == 1
    assert "entry 3 is cut off: the anchor names entry 3" in err
