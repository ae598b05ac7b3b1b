"""What `linewatch site` says to bad input: one line that says what is allowed."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run

SITES = (
    "site,cost,kind,x,y\nhill,2,radar,0,0\nridge,1,camera,1000,0\n"
    "road,1,camera,2000,0\ntower,3,radar,3000,0\n"
)
DEMAND = "cell,weight\na,5\nb,3\nc,2\nd,1\n"
COVER = "site,cell\nhill,a\nhill,b\nridge,b\nroad,c\ntower,c\ntower,d\n"
PERIODS = "cell,weight,period\na,5,day\nb,3,day\nc,2,night\nd,1,night\n"
NAMES = ("hill", "ridge", "road", "tower")
WORDS = (
    "site", "--sites", "sites.csv", "--demand", "demand.csv", "--cover", "cover.csv",
    "--out", "out.csv",
)  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("sites.csv").write_text(SITES)
    Path("demand.csv").write_text(DEMAND)
    Path("cover.csv").write_text(COVER)
    return tmp_path


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("--choose -1", "--choose must be 1 or more, not -1"),
        ("--choose 9", "--choose must be from 1 to the 4 sites there are, not 9"),
        ("--budget -1", "--budget must be 0 or more, not -1.0"),
        ("--budget nan", "--budget must be 0 or more, not nan"),
        ("--budget 0", "--budget must be 1, the cheapest site, or more, not 0"),
        ("--choose 1 --spacing nan", "--spacing must be 0 or more, not nan"),
        ("--choose 1 --kicks -1", "--kicks must be 0 or more, not -1"),
        ("--choose 1 --rounds 0", "--rounds must be 1 or more, not 0"),
        ("--choose 1 --workers 0", "--workers must be 1 or more, not 0"),
        ("--choose 1 --moves -1", "--moves must be 0 or more, not -1"),
        ("--choose 1 --moves 1", "--moves must be left out where the demand has no"),
        ("--cover-all --moves 1", "--moves must be left out with --cover-all"),
        ("--choose 2 --backup 9", "--backup must be 1 to the 4 sites there are, not 9"),
        ("--cover-all --backup 9", "--backup must be 1 to the 4 sites there are"),
        ("--choose 3 --backup 3", "--backup must be at most 2, the most sites that"),
        ("--choose 1 --backup 2", "--backup must be at most 1, the sites that may be"),
        ("--nearest 1 --backup 2", "--nearest must be given without rules, moves and"),
        ("--nearest 1 --spacing 5", "--nearest must be given without rules, moves and"),
    ],
)
def test_options_are_refused_by_their_own_names(
    capsys: pytest.CaptureFixture[str], more: str, said: str
) -> None:
    status, out, err = run(capsys, [*WORDS, *more.split()])
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
    assert not Path("out.csv").exists()


@pytest.mark.parametrize("number", ["1.5", "nan", "many", "1e1"])
def test_a_number_of_sites_is_whole(
    capsys: pytest.CaptureFixture[str], number: str
) -> None:
    status, out, err = run(capsys, [*WORDS, "--choose", number])
    assert (status, out) == (2, "")
    said = f"Invalid value for --choose: must be a whole number, not {number}"
    assert said in err
    assert not Path("out.csv").exists()


@pytest.mark.parametrize(
    ("name", "text", "more", "said"),
    [
        (
            "kinds",
            "kind,at_most\nradar,0\ncamera,0\n",
            "",
            "at least one site; at most 0 of kind radar; at most 0 of kind camera",
        ),
        (
            "kinds",
            "kind,at_most\nradar,1.5\ncamera,1\n",
            "",
            "line 2: at_most must be whole, not 1.5",
        ),
        (
            "forbidden",
            "site\nhill\nridge\nroad\ntower\n",
            "--choose 1",
            "at least one site; no forbidden site",
        ),
        ("links", "site,other\nhill,moon\n", "--choose 1 --gateways gates.csv",
         "links.csv: line 2: there is no site or gateway moon"),
        ("links", "site,other\nhill,ridge\n", "--choose 1 --gateways sea.csv",
         "sea.csv: line 3: gateway sea is no site, and no link names it"),
    ],
)  # fmt: skip
def test_rules_are_refused_by_file_and_name(
    capsys: pytest.CaptureFixture[str], name: str, text: str, more: str, said: str
) -> None:
    Path(f"{name}.csv").write_text(text)
    Path("gates.csv").write_text("site\nhill\n")
    Path("sea.csv").write_text("site\nhill\nsea\n")
    words = [*WORDS, f"--{name}", f"{name}.csv", *more.split()]
    status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_units_move_over_links_for_a_backup_and_by_chances(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("demand.csv").write_text(PERIODS)
    Path("links.csv").write_text("site,other\nhill,ridge\nridge,road\nroad,tower\n")
    Path("gates.csv").write_text("site\nridge\n")
    linked = ["--links", "links.csv", "--gateways", "gates.csv"]
    words = [*WORDS, "--choose", "2", "--moves", "1", "--json"]
    status, out, err = run(capsys, [*words, *linked])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert (told["objective"], told["bound"]) == (10.0, 10.0)
    assert [sorted(told["periods"][name]) for name in ("day", "night")] == [
        ["hill", "ridge"],
        ["ridge", "road"],
    ]
    status, out, err = run(capsys, [*words, "--backup", "2"])
    assert (status, err) == (0, "")
    assert json.loads(out)["objective"] == 3.0
    Path("cover.csv").write_text("site,cell,prob\nhill,a,0.5\nroad,c,0.9\ntower,d,1\n")
    status, out, err = run(capsys, [*words, "--expected"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    # The hill by day and one of the others, which both stay or come by night.
    assert told["objective"] == pytest.approx(2.5 + 2 * 0.9 + 1.0)
    assert told["status"] == "best"


@pytest.mark.parametrize(
    ("more", "stages"),
    [
        ("--choose 2", ["search", "bound"]),
        ("--choose 2 --moves 1", ["search", "bound", "moves"]),
        ("--nearest 2", ["search"]),
    ],
)
def test_work_is_shown_on_a_terminal_alone(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    more: str,
    stages: list[str],
) -> None:
    if "--moves" in more:
        Path("demand.csv").write_text(PERIODS)
    if "--nearest" in more:
        pairs = [f"{s},{c},{n + 1}\n" for n, s in enumerate(NAMES) for c in "abcd"]
        Path("cover.csv").write_text("site,cell,distance\n" + "".join(pairs))
    words = [*WORDS, *more.split()]
    status, plain, err = run(capsys, words)
    assert (status, err) == (0, "")
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    status, out, err = run(capsys, words)
    assert (status, out) == (0, plain)
    lines = err.splitlines()
    shown = [line for line in lines if line.endswith("100%")]
    assert [line.split(" ")[0] for line in shown][: len(stages)] == stages
    assert err.endswith("\n")
    assert all(line.startswith(tuple(stages)) for line in lines if line)
    status, out, err = run(capsys, [*words, "--json"])
    assert (status, err) == (0, "")
    json.loads(out)
