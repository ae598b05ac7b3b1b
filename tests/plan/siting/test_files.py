"""Tests of cover tables as files, and of ``linewatch site``."""

import gzip
import json
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines
from linewatch.plan.siting.files import read_cover
from tests.cli.running import run

SITES = "site,cost\nhill,2\ntower,1\nroof,1\n"
DEMAND = "cell,weight\na,5\nb,3\nc,2\nd,1\n"
COVER = "site,cell\nhill,a\nhill,b\ntower,b\ntower,c\nroof,c\nroof,a\n"


def written(
    folder: Path, sites: str = SITES, demand: str = DEMAND, cover: str = COVER
) -> list[str]:
    """Write the three files; return the words that name them."""
    for name, text in (("sites", sites), ("demand", demand)):
        (folder / f"{name}.csv").write_text(text)
    with gzip.open(folder / "cover.csv.gz", "wt") as file:
        file.write(cover)
    return [
        *("--sites", str(folder / "sites.csv")),
        *("--demand", str(folder / "demand.csv")),
        *("--cover", str(folder / "cover.csv.gz")),
        *("--out", str(folder / "chosen.csv")),
    ]


def read(words: list[str]) -> object:
    """Read the table that the words name."""
    return read_cover(Path(words[1]), Path(words[3]), Path(words[5]))


def test_columns_may_come_in_any_order_and_costs_be_left_out(tmp_path: Path) -> None:
    written(tmp_path, sites="site\nhill\ntower\nroof\n")
    (tmp_path / "plain.csv").write_text("prob,cell,site\n0.5,a,hill\n0,b,hill\n")
    table = read_cover(
        tmp_path / "sites.csv", tmp_path / "demand.csv", tmp_path / "plain.csv"
    )
    assert table.names == ("hill", "tower", "roof")
    assert table.cover.cost.tolist() == [1, 1, 1]
    assert table.cover.prob.tolist() == [0.5]
    assert (table.has_costs, table.has_chances) == (False, True)


@pytest.mark.parametrize(
    ("limit", "chosen", "facts"),
    [
        (["--choose", "1"], {"hill"}, {"objective": 8, "bound": 8, "gap": 0}),
        (["--choose", "2"], {"hill", "tower"}, {"objective": 10, "status": "best"}),
        (["--budget", "2"], {"tower", "roof"}, {"objective": 10, "cost": 2}),
        (["--choose", "3", "--backup", "2"], {"hill", "tower", "roof"}, {"gap": 0}),
        (["--cover-all"], {"tower", "roof"}, {"objective": 2, "uncoverable": 1}),
    ],
)
def test_chooses_writes_and_tells_the_proof(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    limit: list[str],
    chosen: set[str],
    facts: dict[str, object],
) -> None:
    words = ["site", *written(tmp_path), *limit]
    status, out, err = run(capsys, [*words, "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert {name: told[name] for name in facts} == pytest.approx(facts)
    head, *rows = (tmp_path / "chosen.csv").read_text().split()
    assert head == "site"
    if limit != ["--choose", "2"]:  # two choices are worth 10
        assert set(rows) == chosen
    status, out, _ = run(capsys, words)
    assert status == 0
    assert "gap 0.000%" in out


def test_expected_detection_uses_the_chances(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cover = "site,cell,prob\nhill,a,0.1\ntower,a,0.6\nroof,a,0.5\n"
    words = ["site", *written(tmp_path, cover=cover), "--choose", "2", "--json"]
    told = json.loads(run(capsys, [*words, "--expected"])[1])
    assert set(told["sites"]) == {"tower", "roof"}
    assert told["objective"] == pytest.approx(5 * (1 - 0.4 * 0.5))
    plain = json.loads(run(capsys, words)[1])
    assert plain["objective"] == 5


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ([], "the limit must be one of --choose, --budget, --kinds, --cover-all and"),
        (["--choose", "1", "--cover-all"], "the limit must be one of"),
        (["--choose", "0"], "--choose must be 1 or more"),
        (["--choose", "4"], "--choose must be from 1 to the 3 sites"),
        (["--budget", "0.5"], "--budget must be 1, the cheapest site, or more"),
        (["--choose", "1", "--backup", "0"], "--backup must be 1 or more"),
        (["--choose", "1", "--backup", "2", "--expected"], "--backup must be 1 with"),
        (["--cover-all", "--expected"], "--expected must be left out"),
    ],
)
def test_says_what_is_wrong_with_the_words_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: list[str], said: str
) -> None:
    status, out, err = run(capsys, ["site", *written(tmp_path), *more])
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"sites": "site,cost\nhill,2\nhill,1\n"}, "line 3: site hill is there twice"),
        ({"sites": "site,cost\nhill,2\n ,1\n"}, "line 3: site is blank"),
        ({"sites": "site,cost\nhill,-2\n"}, "line 2: cost must be from 0 to"),
        ({"demand": "cell,weight\na,many\n"}, "line 2: weight must be from 0 to"),
        ({"demand": "cell,weight\na,nan\n"}, "line 2: weight must be from 0 to"),
        ({"cover": "site,cell\nhut,a\n"}, "line 2: there is no site hut"),
        ({"cover": "site,cell\nhill,z\n"}, "line 2: there is no cell z"),
        ({"cover": "site,cell,prob\nhill,a,1.5\n"}, "prob must be from 0 to 1"),
    ],
)
def test_bad_lines_are_told_with_their_numbers(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    with pytest.raises(BadLines, match=said):
        read(written(tmp_path, **files))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"sites": "name\nhill\n"}, "lacks the column 'site'"),
        ({"sites": "site,colour\nhill,red\n"}, "must have only the columns site, cost"),
        ({"demand": "cell,weight\n"}, "holds no row"),
        ({"demand": ""}, "is not a CSV file"),
        ({"cover": "site,cell\nhill\n"}, "is not a CSV file"),
    ],
)
def test_files_of_another_kind_are_refused(
    tmp_path: Path, files: dict[str, str], said: str
) -> None:
    with pytest.raises(BadFile, match=said):
        read(written(tmp_path, **files))
