"""Tests of ``linewatch site`` with rules of every kind, each read from its file."""

import json
from pathlib import Path

import pytest

from tests.cli.running import run

SITES = (
    "site,cost,kind,place,x,y\n"
    "r1,3,radar,hill,0,0\nc1,1,camera,hill,0,0\n"
    "r2,3,radar,mesa,900,0\nc2,1,camera,mesa,900,0\n"
    "c3,1,camera,roof,1000,0\n"
)
DEMAND = "cell,weight\na,5\nb,3\nc,2\nd,4\n"
COVER = "site,cell\nr1,a\nr1,b\nc1,b\nr2,c\nr2,d\nc2,d\nc3,d\nc3,a\n"
EXTRA = {
    "kinds": "kind,at_most\nradar,1\ncamera,1\n",
    "manned": "kind,at_most,crew,takes\nradar,2,watch,2\ncamera,3,watch,1\n",
    "crews": "crew,have\nwatch,3\n",
    "existing": "site,stays\nr2,free\n",
    "fixed": "site,stays\nc2,fixed\n",
    "forbidden": "site\nr1\nr2\n",
    "links": "site,other\nr1,r2\nr2,c3\npost,r1\n",
    "gateways": "site\npost\n",
}


def words(folder: Path, *more: str) -> list[str]:
    """Write all files; return a command whose NAME= parts name them."""
    told = {"sites": SITES, "demand": DEMAND, "cover": COVER, **EXTRA}
    for name, text in told.items():
        (folder / f"{name}.csv").write_text(text)
    named = [
        str(folder / f"{word[1:]}.csv") if word.startswith("@") else word
        for word in more
    ]
    return [
        *("site", "--sites", str(folder / "sites.csv")),
        *("--demand", str(folder / "demand.csv")),
        *("--cover", str(folder / "cover.csv")),
        *("--out", str(folder / "chosen.csv")),
        *named,
    ]


@pytest.mark.parametrize(
    ("more", "chosen", "objective"),
    [
        # One kind a place: r1 and c1 share the hill, r2 and c2 the mesa.
        (["--choose", "5"], set(), 14),
        (["--kinds", "@kinds"], {"r1", "c3"}, 12),
        (["--choose", "1", "--kinds", "@kinds"], {"c3"}, 9),
        (["--budget", "4"], set(), 12),
        (["--budget", "3", "--existing", "@existing"], {"r1", "r2"}, 14),
        (["--choose", "1", "--existing", "@fixed"], {"c2", "r1"}, 12),
        (["--choose", "2", "--forbidden", "@forbidden"], {"c1", "c3"}, 12),
        (["--choose", "2", "--spacing", "1000"], set(), 12),
        (["--choose", "3", "--spacing", "1001"], {"c3"}, 9),
        (["--kinds", "@manned", "--crews", "@crews"], set(), 12),
        (
            ["--choose", "1", "--links", "@links", "--gateways", "@gateways"],
            {"r1"},
            8,
        ),
        (
            ["--choose", "3", "--links", "@links", "--gateways", "@gateways"],
            {"r1", "r2"},
            14,
        ),
    ],
)
def test_each_rule_is_read_and_kept(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    more: list[str],
    chosen: set[str],
    objective: float,
) -> None:
    command = words(tmp_path, *more, "--json")
    status, out, err = run(capsys, command)
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["status"] == "best"
    assert told["objective"] == objective
    if chosen:  # empty where several choices are worth as much
        assert set(told["sites"]) == chosen


@pytest.mark.parametrize(
    ("more", "files", "said"),
    [
        (["--choose", "1", "--spacing", "10"], {"sites": "site\nr1\nc1\nr2\nc2\nc3\n"},
         "--spacing must be given with sites that have lon_deg and lat_deg, or x"),
        (["--choose", "1", "--links", "@links"], {}, "--links and --gateways must be"),
        (["--choose", "1", "--crews", "@crews"], {}, "--crews must be given with"),
        (["--kinds", "@manned"], {}, "--crews must be given where"),
        (["--kinds", "@kinds", "--crews", "@crews"], {}, "lacks the column 'crew'"),
        (["--kinds", "@kinds"], {"kinds": "kind,at_most\nradar,1\n"},
         "lacks the kind 'camera'"),
        (["--kinds", "@kinds"], {"kinds": "kind,at_most\nradar,1\nlidar,1\n"},
         "line 3: no site is of kind lidar"),
        (["--kinds", "@kinds"], {"kinds": "kind,at_most\nradar,1.5\ncamera,1\n"},
         "line 2: at_most must be whole"),
        (["--kinds", "@manned", "--crews", "@crews"], {"crews": "crew,have\nsea,1\n"},
         "line 2: there is no crew watch"),
        (["--choose", "1", "--existing", "@fixed"], {"fixed": "site,stays\nr1,kept\n"},
         "line 2: stays must be fixed or free, not kept"),
        (["--choose", "1", "--existing", "@fixed", "--forbidden", "@forbidden"],
         {"forbidden": "site\nc2\n"}, "c2 is there as fixed"),
        (["--choose", "1", "--existing", "@fixed", "--spacing", "500"],
         {"fixed": "site,stays\nc2,fixed\nc3,fixed\n"},
         "sites at least 500 m apart; the sites that must stay"),
        (["--kinds", "@manned", "--crews", "@crews"], {"crews": "crew,have\nwatch,0\n"},
         "these rules cannot all hold: at least one site; 0 watch crews"),
        (["--choose", "2", "--links", "@links", "--gateways", "@gateways"],
         {"links": "site,other\nr1,r2\n"}, "is no site, and no link names it"),
        (["--choose", "2", "--links", "@links", "--gateways", "@gateways",
          "--forbidden", "@forbidden"], {"forbidden": "site\nr1\nr2\n"},
         "no forbidden site; a chain of sites to"),
        (["--cover-all", "--spacing", "2000"], {},
         "these rules cannot all hold: every cell covered"),
        (["--choose", "1", "--moves", "1"], {}, "--moves must be left out where the"),
        (["--nearest", "2", "--choose", "1"], {}, "--nearest must be given without"),
        (["--budget", "0.5"], {}, "--budget must be 1, the cheapest site, or more"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    more: list[str],
    files: dict[str, str],
    said: str,
) -> None:
    command = words(tmp_path, *more)
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    status, out, err = run(capsys, command)
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1
    assert not (tmp_path / "chosen.csv").exists()


def test_units_move_between_periods(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = words(tmp_path, "--choose", "1", "--moves", "1")
    (tmp_path / "demand.csv").write_text(
        "cell,weight,period\na,5,night\nb,3,night\nc,1,day\nd,9,day\nc,1,night\n"
    )
    status, out, err = run(capsys, [*command, "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["periods"] == {"night": ["r1"], "day": ["r2"]}
    assert (told["objective"], told["without_moves"], told["moves"]) == (18, 14, [1])
    assert told["status"] == "best"
    assert (tmp_path / "chosen.csv").read_text() == "period,site\nnight,r1\nday,r2\n"
    status, out, _ = run(capsys, command)
    assert "night: r1" in out
    assert "Worth 18 of 19; 14 without moves." in out
    still = json.loads(run(capsys, [*command[:-1], "0", "--json"])[1])
    assert still["objective"] == still["without_moves"] == 14


def test_the_nearest_sites_are_chosen_from_distances(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    command = words(tmp_path, "--nearest", "2")
    (tmp_path / "cover.csv").write_text(
        "site,cell,distance\nr1,a,1\nr1,b,2\nr1,c,9\nr1,d,9\nr2,c,1\nr2,d,1\nr2,a,8\n"
        "c3,d,0\n"
    )
    status, out, err = run(capsys, [*command, "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert set(told["sites"]) == {"r1", "r2"}
    assert told["objective"] == told["bound"] == 5 * 1 + 3 * 2 + 2 * 1 + 4 * 1
    assert "No choice stays under 17" in run(capsys, command)[1]
    (tmp_path / "cover.csv").write_text("site,cell,distance\nr1,a,1\nr2,b,1\n")
    status, _, err = run(capsys, command)
    assert status == 1
    assert "every cell at some distance of one of them (2 are not)" in err
    assert run(capsys, [*command[:-1], "9"])[0] == 1
