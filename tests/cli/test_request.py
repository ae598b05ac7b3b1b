"""Tests of ``linewatch request``: from a file to a closed request, and refusals."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from linewatch.log import MissionLog, verify
from linewatch.plan import write_proposal
from linewatch.scenario import BUILT_IN
from tests.cli.running import run
from tests.force.request import making as made
from tests.force.request.making import FILE, entries_of, write
from tests.plan.fakes import builtin_proposal

Told = tuple[int, str, str]
Say = Callable[..., Told]

FINDINGS = "request,criterion,result,stated\n" + "".join(
    f"rfa-1,{each},pass,looked at\n"
    for each in ("lethality", "risk", "cost", "readiness", "appropriateness")
)


@pytest.fixture
def say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what runs `linewatch request` on a log, in a folder with a file."""
    write(tmp_path)
    write(tmp_path, FINDINGS, "findings.csv")

    def told(*words: str, on: str | None = None) -> Told:
        more = ["--log", str(tmp_path / "m.log")]
        more += [] if on is None else ["--on", on]
        filled = [word.replace("FOLDER", str(tmp_path)) for word in words]
        return run(capsys, ["request", *filled, *more])

    return told


def drafted(say: Say) -> None:
    status, out, err = say(
        "draft", "FOLDER/rfa.toml", "--by", "CBP sector", on="2025-03-01"
    )
    assert (status, err) == (0, "")
    assert out.startswith("Drafted rfa-1, entry 1 of")


def staffed(folder: Path, **changes: str) -> None:
    """Write the log of a request that lies before who decides."""
    with MissionLog.open(folder / "m.log") as log:
        log.append(entries_of(made.staffed(**changes)))


def decided(say: Say, folder: Path, *more: str) -> Told:
    staffed(folder)
    words = ("decide", "rfa-1", "--by", "Secretary of Defense", "--number", "400")
    return say(*words, *more, on="2025-03-08")


def test_a_request_goes_all_the_way(say: Say, tmp_path: Path) -> None:
    drafted(say)
    say("validate", "rfa-1", "--by", "DHS Executive Secretary", on="2025-03-03")
    staff = ("staff", "rfa-1", "--by", "Joint Staff")
    status, out, err = say(*staff, "--findings", "FOLDER/findings.csv", on="2025-03-05")
    assert (status, err) == (0, "")
    assert "The request is now staffed." in out
    limits = ("--until", "2025-08-31", "--caveat", "no aircraft")
    words = ("decide", "rfa-1", "--by", "Secretary of Defense", "--number", "400")
    more = (*limits, "--condition", "land_owner_recorded")
    status, out, _ = say(*words, *more, on="2025-03-08")
    assert status == 0
    assert "decided: in part, 400 of 500 people until 2025-08-31" in out
    steps: tuple[str, ...] = (
        "source rfa-1 --number 400 --order D12 --by|Joint Staff",
        "run rfa-1 --by|JTF-SB commander",
        "extend rfa-1 --until 2025-10-31 --why late --by|Secretary of Defense",
        "close rfa-1 --why filled --by|JTF-SB commander",
    )
    for step in steps:
        line, _, office = step.partition("|")
        status, out, err = say(*line.split(), office, on="2025-03-12")
        assert (status, err) == (0, "")
    assert "now closed: in part, 400 of 500 people until 2025-10-31, extended" in out
    verify(tmp_path / "m.log")
    with MissionLog.open_to_read(tmp_path / "m.log") as log:
        kinds = [entry.kind for entry in log.read()]
    assert kinds.count("move") == 7
    assert kinds.count("finding") == 5 + 1 + 1 + 1


def test_show_tells_all_of_it(say: Say, tmp_path: Path) -> None:
    decided(
        say, tmp_path, "--caveat", "no aircraft", "--condition", "land_owner_recorded"
    )
    _, out, _ = say("show", "rfa-1", on="2025-05-01")
    for words in (
        "CBP sector asks for 500 T10 to detect monitor static, El Paso",
        "It ends when: the sector's own crews fill 150 sites.",
        "Non-reimbursable, 10 USC 277.",
        "Conditions: land owner recorded.",
        "Legality: concern: conditional from 2025-03-20 by law t10-static",
        "inside or outside texas fort bliss recorded",
        "Cost: pass: looked at",
        "2025-03-08  decide by Secretary of Defense: no aircraft",
        "No entry of the ledger cites them",
    ):
        assert words in out
    _, out, _ = say("show", "rfa-1", "--json")
    told = json.loads(out)
    assert (told["state"], told["granted"], told["in_part"]) == ("decided", 400, True)
    assert told["legality"]["result"] == "concern"
    assert [each["move"] for each in told["moves"]] == ["validate", "staff", "decide"]


def test_a_list_is_told_as_of_two_dates(say: Say, tmp_path: Path) -> None:
    decided(say, tmp_path)
    _, out, _ = say("list", "--json", on="2025-03-06")
    (row,) = json.loads(out)["requests"]
    assert (row["state"], row["granted"], row["beyond"]) == ("staffed", None, 500)
    _, out, _ = say("list", "--known", "2025-03-01", "--json")
    assert json.loads(out)["requests"][0]["state"] == "draft"
    _, out, _ = say("list")
    assert "rfa-1             decided        500      400" in out


def test_who_may_not_is_told_who_may(say: Say, tmp_path: Path) -> None:
    staffed(tmp_path)
    for words, who in (
        (("decide", "rfa-1", "--by", "Joint Staff", "--number", "4"), "Secretary of"),
        (("withdraw", "rfa-1", "--by", "President", "--why", "x"), "CBP sector"),
        (("decide", "rfa-1", "--by", "Smith", "--number", "4"), "choose from"),
    ):
        before = (tmp_path / "m.log").read_bytes()
        status, out, err = say(*words, on="2025-03-08")
        assert (status, out) == (1, "")
        assert who in err
        assert err.count("\n") == 1
        assert (tmp_path / "m.log").read_bytes() == before


def test_what_is_prohibited_is_never_granted(say: Say, tmp_path: Path) -> None:
    staffed(tmp_path, task="arrest_apprehension")
    _, out, _ = say("show", "rfa-1")
    assert "Legality: fail: prohibited from 2025-03-20 by law t10-arrest" in out
    words = ("decide", "rfa-1", "--by", "President", "--number", "4")
    status, _, err = say(*words, on="2025-03-08")
    assert (status, "prohibited by law: t10-arrest" in err) == (1, True)
    find = ("find", "rfa-1", "--by", "Joint Staff", "--criterion", "legality")
    status, _, err = say(*find, "--result", "pass", "--stated", "fine")
    assert (status, "left to the authority table" in err) == (1, True)


def test_findings_are_put_on_record_one_by_one(say: Say) -> None:
    drafted(say)
    words = ("find", "rfa-1", "--by", "Joint Staff", "--criterion", "cost")
    status, out, _ = say(*words, "--result", "concern", "--stated", "USD 50 M")
    assert status == 0
    assert "Joint Staff: cost concern for rfa-1" in out
    status, _, err = say("staff", "rfa-1", "--by", "Joint Staff")
    assert "must be one of validate, refuse, withdraw while it is draft" in err
    say("validate", "rfa-1", "--by", "CBP headquarters")
    status, _, err = say("staff", "rfa-1", "--by", "Joint Staff")
    assert status == 1
    assert "without lethality, risk, readiness, appropriateness" in err


def test_a_bad_file_tells_every_line_and_nothing_is_drafted(
    say: Say, tmp_path: Path
) -> None:
    bad = FILE.replace("end = 2025-09-30\n", "").replace("El Paso", "Moon")
    write(tmp_path, bad.replace("number = 500", "number = -1"))
    status, out, err = say("draft", "FOLDER/rfa.toml", "--by", "CBP sector")
    assert (status, out) == (1, "")
    for what in ("line 2: end is missing", "line 7: unknown sector", "line 8: number"):
        assert what in err
    assert not (tmp_path / "m.log").exists()
    status, _, err = say("draft", "FOLDER/findings.csv", "--by", "CBP sector")
    assert "holds findings and no request" in err


def test_a_request_that_is_refused_or_taken_back_says_why(say: Say) -> None:
    drafted(say)
    words = ("refuse", "rfa-1", "--by", "DHS Executive Secretary", "--why", "no need")
    status, out, _ = say(*words)
    assert (status, "The request is now refused." in out) == (0, True)
    status, _, err = say("withdraw", "rfa-1", "--by", "CBP sector", "--why", "x")
    assert "must be one of none while it is refused" in err
    status, _, err = say("show", "rfa-9")
    assert "unknown request 'rfa-9': choose from rfa-1" in err


def test_a_log_without_requests_says_so(say: Say, tmp_path: Path) -> None:
    for words in (["list"], ["show", "rfa-1"]):
        status, out, err = say(*words)
        assert (status, out) == (1, "")
        assert "no such mission log" in err
    MissionLog.open(tmp_path / "m.log").close()
    _, out, _ = say("list")
    assert "holds no request" in out
    status, _, err = say("show", "rfa-1")
    assert (status, "unknown request" in err) == (1, True)


def test_a_proposal_answers_what_was_granted(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, log = tmp_path / "p.json", str(tmp_path / "m.log")
    write_proposal(path, builtin_proposal())
    link = ("link", "FOLDER/p.json", "--request", "rfa-1", "--out", "FOLDER/q.json")
    staffed(tmp_path)
    status, _, err = say(*link)
    assert (status, "is staffed" in err or "request-rfa-1-staffed" in err) == (1, True)
    words = ("decide", "rfa-1", "--by", "Secretary of Defense", "--number", "400")
    say(*words, "--condition", "land_owner_recorded", on="2025-03-08")
    status, out, err = say(*link)
    assert (status, err) == (0, "")
    assert "answers rfa-1" in out
    assert "land owner recorded" in out
    words_of = ["decide", str(tmp_path / "q.json"), "--by", "Secretary of Defense"]
    words_of += ["--answer", "approve", "--log", log, "--on", "2025-03-09"]
    status, _, _ = run(capsys, words_of)
    assert status == 0
    with MissionLog.open_to_read(Path(log)) as kept:
        (entry,) = kept.read(kinds=("decision",))
    assert entry.body["requests"] == ["rfa-1"]
    other = [word.replace("m.log", "other.log") for word in words_of]
    status, _, err = run(capsys, other)
    assert (status, "unknown request 'rfa-1'" in err) == (1, True)


def test_may_is_asked_under_a_request(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    decided(
        say, tmp_path, "--until", "2025-08-31", "--condition", "land_owner_recorded"
    )
    words = ["may", "--task=static", "--status=T10", "--request=rfa-1"]
    words += ["--log", str(tmp_path / "m.log")]
    _, out, _ = run(capsys, [*words, "--on=2025-08-31"])
    assert "land owner recorded" in out
    _, out, _ = run(capsys, [*words, "--on=2025-09-01"])
    assert out.startswith("Prohibited")
    assert "request-rfa-1-after" in out


def test_a_key_signs_a_decision_on_a_request(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = ["key", "new", "--office", "Secretary of Defense"]
    new += ["--out", str(tmp_path / "k"), "--from", "2025-01-01"]
    run(capsys, [*new, "--roster", str(tmp_path / "roster.csv")])
    status, out, _ = decided(say, tmp_path, "--key", "FOLDER/k")
    assert (status, "signed." in out) == (0, True)
    words = ["log", "verify", str(tmp_path / "m.log")]
    status, out, _ = run(capsys, [*words, "--keys", str(tmp_path / "roster.csv")])
    assert status == 0
    assert "1 signatures hold against the roster" in out or "2 signatures" in out


def test_the_offices_of_a_scenario_are_its_own(say: Say, tmp_path: Path) -> None:
    folder = tmp_path / "mission"
    folder.mkdir()
    rows = (BUILT_IN / "request_offices.csv").read_text()
    (folder / "o.csv").write_text(rows.replace("CBP sector", "Park ranger"))
    (folder / "scenario.toml").write_text(
        f'[force]\nauthority = "{BUILT_IN / "authority.csv"}"\n'
        'request_offices = "o.csv"\n'
    )
    draft = ("draft", "FOLDER/rfa.toml", "--scenario", "FOLDER/mission", "--by")
    status, _, err = say(*draft, "park ranger", on="2025-03-01")
    assert (status, err) == (0, "")
    status, _, err = say(*draft, "CBP sector")
    assert (status, "unknown office 'CBP sector'" in err) == (1, True)


def test_a_grant_is_not_given_twice(
    say: Say, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two plans of one kind take of one grant together."""
    say_decided = decided(say, tmp_path)
    assert say_decided[0] == 0
    paths = []
    for number, people in enumerate((300, 200)):
        base = builtin_proposal()
        path = tmp_path / f"p{number}.json"
        write_proposal(path, replace(base, body={**base.body, "people": people}))
        link = ("link", str(path), "--request", "rfa-1", "--out", f"{path}.linked")
        status, _, err = say(*link)
        assert (status, err) == (0, "")
        paths.append(f"{path}.linked")

    def decide(path: str, answer: str, on: str) -> Told:
        words = ["decide", path, "--by", "Secretary of Defense", "--answer", answer]
        return run(capsys, [*words, "--log", str(tmp_path / "m.log"), "--on", on])

    assert decide(paths[0], "approve", "2025-03-09")[0] == 0
    status, _, err = decide(paths[1], "approve", "2025-03-10")
    assert (status, err.count("\n")) == (1, 1)
    assert "at most 400, as the requests were granted, less 300 that other" in err
    assert decide(paths[0], "disapprove", "2025-03-11")[0] == 0
    assert decide(paths[1], "approve", "2025-03-12")[0] == 0
