"""Tests of plans with a scenario's own kinds: their figures count, and never mix."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Area, read_area
from linewatch.errors import BadLines, BadValue
from linewatch.mission.sites import site_kinds
from linewatch.plan.siting import SitePlan, SiteSettings, plan_sites
from linewatch.plan.siting.picture import COLOURS, picture
from linewatch.scenario import Scenario, read_scenario
from linewatch.sight import KINDS, SensorKind, load_sights, place, save_sights
from linewatch.sight.placed import Stand
from tests.cli.running import run

COARSE = SiteSettings(
    station_m=6_000.0,
    offsets_m=(300.0,),
    cross_m=2_000.0,
    screen_cell_m=200.0,
    cell_m=200.0,
    rounds=100,
)
TOML = """
[scenario]
name = "short"
start = "2025-03-01T00:00:00Z"
[area]
line = "line.geojson"
terrain = "generated"
terrain_seed = 4
[plan.sites]
station_m = 6000
offsets_m = [300]
cross_m = 2000
screen_cell_m = 200
cell_m = 200
rounds = 100
kinds = "kinds.csv"
"""
ROWS = """kind,figure,value,source
radar,range_x,0.6,fitted to 240 looks
radar-b,like,radar,maker
radar-b,mast_m,30,maker
tap,like,seismic,maker
tap,ceiling,0.5,test
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A scenario with kinds of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    points = [[-110.0, 31.3], [-109.8, 31.3], [-109.62, 31.38]]
    line = {"type": "LineString", "coordinates": points}
    (tmp_path / "line.geojson").write_text(json.dumps(line))
    (tmp_path / "scenario.toml").write_text(TOML)
    (tmp_path / "kinds.csv").write_text(ROWS)
    return tmp_path


@pytest.fixture
def area(folder: Path) -> Area:
    """Its area."""
    return read_area(read_scenario(folder))


def weak() -> dict[str, SensorKind]:
    """Return the kinds with a radar that sees half as far."""
    return {**KINDS, "radar": KINDS["radar"].scaled(0.5)}


def like_of(plan: SitePlan) -> dict[str, str]:
    return {name: kind.family for name, kind in plan.kinds.items()}


def test_a_weaker_kind_makes_a_weaker_plan(area: Area) -> None:
    strong = plan_sites(area, {"radar": 1}, COARSE)
    poor = plan_sites(area, {"radar": 1}, COARSE, kinds=weak())
    assert poor.objective < 0.9 * strong.objective
    assert poor.kinds["radar"] == weak()["radar"]
    assert poor.sights[0].kind.anchor_m["walker"] == 4_000


def test_a_longer_period_moves_the_first_look(area: Area) -> None:
    slow = {**KINDS, "radar": replace(KINDS["radar"], period_s=20.0)}
    plan = plan_sites(area, {"radar": 4}, COARSE, kinds=slow)
    assert max(sight.phase_s for sight in plan.sights) > KINDS["radar"].period_s


def test_a_new_kind_stands_beside_the_one_it_is_like(folder: Path, area: Area) -> None:
    kinds = site_kinds(read_scenario(folder)).kinds
    kit = {"radar": 1, "radar-b": 1, "tap": 2, "sonar": 3}
    plan = plan_sites(area, kit, COARSE, kinds=kinds)
    assert [site.name for site in plan.sites] == [
        "radar-001",
        "radar-b-001",
        "tap-001",
        "tap-002",
    ]
    assert [site.mast_m for site in plan.sites] == [10, 30, 0, 0]
    assert like_of(plan) == {"radar": "radar", "radar-b": "radar", "tap": "seismic"}
    assert plan.unplaced == {"sonar": 3}
    worth = plan.by_site.shapley()
    assert worth[1] > worth[0], "the one that sees further is worth more"
    drawn = picture(plan)
    assert drawn.count(COLOURS["radar"]) >= 4
    assert COLOURS["seismic"] in drawn
    assert "radar-b-001" in drawn


def test_plans_of_other_figures_never_come_from_the_cache(
    area: Area, tmp_path: Path
) -> None:
    cache, kit = tmp_path / "kept", {"radar": 1}
    strong = plan_sites(area, kit, COARSE, cache=cache)
    poor = plan_sites(area, kit, COARSE, kinds=weak(), cache=cache)
    assert poor.objective != strong.objective
    for kinds, made in ((KINDS, strong), (weak(), poor)):
        again = plan_sites(area, kit, COARSE, kinds=kinds, cache=cache)
        assert again.objective == made.objective
        assert again.kinds == made.kinds
        assert repr(again.sights[0].kind) == repr(made.sights[0].kind)
        np.testing.assert_array_equal(again.sights[0].lowest_m, made.sights[0].lowest_m)
    assert len(list(cache.glob("sites-*.json"))) == 2


def test_a_kind_that_the_kit_has_not_leaves_a_kept_plan_alone(
    area: Area, tmp_path: Path
) -> None:
    cache = tmp_path / "kept"
    plan_sites(area, {"camera": 1}, COARSE, cache=cache)
    plan_sites(area, {"camera": 1}, COARSE, kinds=weak(), cache=cache)
    assert len(list(cache.glob("sites-*.json"))) == 1


def test_another_source_of_the_same_figures_is_told(area: Area, tmp_path: Path) -> None:
    """A proposal tells sources, so a kept plan must not tell those of before."""
    cache = tmp_path / "kept"
    for source in ("maker", "test of 6 May"):
        kinds = {**KINDS, "radar": replace(KINDS["radar"], source=source)}
        plan = plan_sites(area, {"radar": 1}, COARSE, kinds=kinds, cache=cache)
        assert plan.kinds["radar"].source == source


def test_sensors_are_kept_with_their_figures(area: Area, tmp_path: Path) -> None:
    stand = Stand(name="radar-001", x_m=0.0, y_m=0.0)
    kinds = [KINDS["radar"], weak()["radar"], KINDS["radar"], KINDS["seismic"]]
    sights = [place(area.terrain, kind, stand, cell_m=500.0) for kind in kinds]
    save_sights(tmp_path / "sights.npz", sights)
    again = [sight.kind for sight in load_sights(tmp_path / "sights.npz")]
    assert again == kinds
    assert again[0] is again[2]


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        ("3", BadValue, "plan.sites.kinds must be the name of a file, not 3"),
        ('""', BadValue, "plan.sites.kinds must be the name of a file"),
        ('"none.csv"', Exception, r"none\.csv: cannot be read"),
        ('"bad.csv"', BadLines, r"bad\.csv: line 2: unknown figure 'reach'"),
    ],
)
def test_what_is_wrong_with_the_kinds_of_a_scenario_is_told(
    folder: Path, value: str, error: type[Exception], said: str
) -> None:
    (folder / "bad.csv").write_text("kind,figure,value,source\nradar,reach,1,x\n")
    (folder / "scenario.toml").write_text(TOML.replace('"kinds.csv"', value))
    with pytest.raises(error, match=said):
        site_kinds(read_scenario(folder))


def test_a_scenario_without_a_file_has_the_built_in_kinds(folder: Path) -> None:
    plain = TOML.replace('kinds = "kinds.csv"\n', "")
    (folder / "scenario.toml").write_text(plain)
    assert site_kinds(read_scenario(folder)).kinds is KINDS
    assert site_kinds(Scenario(folder=folder, tables={})).told == {}


def test_the_command_plans_with_the_kinds_of_the_scenario(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    words: list[str | Path] = [
        "plan",
        "sites",
        "--scenario",
        folder,
        "--kit",
        "radar=1,radar-b=1",
    ]
    status, out, err = run(capsys, [*words, "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert [site["name"] for site in told["sites"]] == ["radar-001", "radar-b-001"]
    assert told["kinds"]["radar"]["anchor_walker_m"] == pytest.approx(4_800)
    assert told["kinds"]["radar"]["told"] == ["range_x"]
    assert told["kinds"]["radar-b"]["like"] == "radar"
    status, out, _ = run(capsys, words)
    assert "radar is as built in, with its own range_x." in out
    assert "radar-b is like radar, with its own mast_m." in out
    (folder / "kinds.csv").write_text(ROWS.replace("0.6", "0.9"))
    better = json.loads(run(capsys, [*words, "--json"])[1])
    assert better["objective"] > told["objective"]
    (folder / "kinds.csv").write_text(ROWS + "radar,celing,1,x\nradar,mast_m,-1,x\n")
    status, out, err = run(capsys, words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "line 7: unknown figure 'celing'" in err
    assert "line 8: mast_m must be from 0 to 5000, not -1" in err
