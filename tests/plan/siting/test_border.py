"""Tests of siting along a line: a short one, on ground made up for the test."""

import json
import xml.etree.ElementTree as ET
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Area, read_area
from linewatch.errors import BadValue
from linewatch.plan.siting import (
    Coverage,
    SitePlan,
    SiteSettings,
    plan_sites,
)
from linewatch.plan.siting.candidates import blocks, crossings_at, middles
from linewatch.plan.siting.detect import Asked, chance_within
from linewatch.plan.siting.picture import LEFT, WIDE, picture
from linewatch.plan.siting.store import load_plan
from linewatch.scenario import read_scenario
from linewatch.sight import (
    DAY,
    KINDS,
    NIGHT,
    Rule,
    SightTable,
    crossing_chance,
)
from tests.cli.running import run

KIT = {"radar": 1, "camera": 2, "seismic": 3}
SEISMIC = KINDS["seismic"]
COARSE = SiteSettings(
    station_m=6_000.0,
    offsets_m=(300.0, 1_500.0),
    cross_m=1_000.0,
    screen_cell_m=180.0,
    cell_m=120.0,
    rounds=300,
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
station_m = 8000
offsets_m = [300]
cross_m = 2000
screen_cell_m = 200
cell_m = 200
rounds = 100
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with a line of some 38 km that bends once."""
    made = tmp_path_factory.mktemp("short")
    points = [[-110.0, 31.3], [-109.8, 31.3], [-109.62, 31.38]]
    line = {"type": "LineString", "coordinates": points}
    (made / "line.geojson").write_text(json.dumps(line))
    (made / "scenario.toml").write_text(TOML)
    return made


@pytest.fixture(scope="module")
def area(folder: Path) -> Area:
    """The area of that scenario."""
    return read_area(read_scenario(folder))


@pytest.fixture(scope="module")
def plan(area: Area) -> SitePlan:
    """One plan, for the tests that only read it."""
    return plan_sites(area, KIT, COARSE)


def test_every_sensor_gets_a_place_on_the_home_side(plan: SitePlan) -> None:
    assert [site.kind for site in plan.sites] == [
        "radar",
        *["camera"] * 2,
        *["seismic"] * 3,
    ]
    assert [sight.name for sight in plan.sights] == [site.name for site in plan.sites]
    assert len({site.name for site in plan.sites}) == 6
    for site in plan.sites:
        assert site.offset_m > 0
        assert site.mast_m == KINDS[site.kind].mast_m
    assert plan.unplaced == {}
    assert plan.terrain_generated
    assert plan.light == "night without a moon"


def test_the_plan_carries_its_bound_and_gap(plan: SitePlan) -> None:
    assert 0 < plan.objective <= plan.bound <= 1
    assert plan.gap == pytest.approx(1 - plan.objective / plan.bound)
    assert plan.candidates > 20


def test_planned_chance_is_what_the_placed_sensors_give(
    plan: SitePlan, area: Area
) -> None:
    """Without ground sensors, planned chance is the crossings' own, to the bit."""
    seeing = [s for s in plan.sights if s.kind.name != "seismic"]
    at = plan.coverage.chainage_m
    for target in ("walker", "vehicle", "flyer"):
        crossings = crossings_at(area, at, COARSE, target)
        found = crossing_chance(
            SightTable(seeing), crossings, target=target, light=NIGHT
        )
        here = plan.coverage.chance[target]
        assert np.all(here >= found.any_confirmed - 1e-12)
        far = np.ones(len(at), bool)
        for site in plan.sites[3:]:
            far[np.argmin(np.abs(at - site.chainage_m))] = False
        np.testing.assert_allclose(here[far], found.any_confirmed[far], atol=1e-12)
        assert 0 <= plan.planned_chance[target] <= 1
    assert 0 < plan.demand_covered <= 1


def test_the_same_inputs_give_the_same_plan_on_any_executor(
    plan: SitePlan, area: Area
) -> None:
    told: list[tuple[str, float]] = []
    with ThreadPoolExecutor(1) as pool:
        again = plan_sites(
            area,
            KIT,
            COARSE,
            executor=pool,
            progress=lambda stage, share: told.append((stage, share)),
        )
    assert again.sites == plan.sites
    assert again.objective == plan.objective
    assert {stage for stage, _ in told} == {"looking", "choosing", "placing"}
    assert all(0 <= share <= 1 for _, share in told)


@pytest.mark.jit
def test_processes_give_the_same_plan_as_threads(area: Area) -> None:
    kit = {"radar": 1, "seismic": 1}
    here = plan_sites(area, kit, COARSE)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = plan_sites(area, kit, COARSE, executor=pool)
    assert there.sites == here.sites
    assert there.bound == here.bound


def test_more_sensors_see_no_less(plan: SitePlan, area: Area) -> None:
    more = plan_sites(area, {"radar": 2, "camera": 2, "seismic": 3}, COARSE)
    assert more.objective >= plan.objective - 1e-9


def test_a_plan_is_kept_and_read_again(area: Area, tmp_path: Path) -> None:
    first = plan_sites(area, KIT, COARSE, cache=tmp_path)
    told: list[str] = []
    second = plan_sites(
        area, KIT, COARSE, cache=tmp_path, progress=lambda s, _: told.append(s)
    )
    assert told == []
    assert second.sites == first.sites
    assert second.gap == first.gap
    for one, two in zip(first.sights, second.sights, strict=True):
        np.testing.assert_array_equal(one.lowest_m, two.lowest_m)
    for name, chance in first.coverage.chance.items():
        np.testing.assert_array_equal(chance, second.coverage.chance[name])
    other = plan_sites(area, KIT, COARSE, light=DAY, cache=tmp_path)
    assert other.light == "100% of full daylight"
    assert len(list(tmp_path.glob("sites-*.json"))) == 2


def test_weather_is_planned_for_told_and_kept_apart(
    area: Area, plan: SitePlan, tmp_path: Path
) -> None:
    hazy = replace(COARSE, visibility_km=1.0, rain_mm_h=10.0, wind_mps=8.0)
    found = plan_sites(area, KIT, hazy, cache=tmp_path)
    words = "night without a moon, visibility 1 km, rain 10 mm/h, wind 8 m/s"
    assert found.light == words
    assert found.objective < 0.9 * plan.objective
    seen = SightTable([s for s in found.sights if s.kind.name != "seismic"])
    crossings = crossings_at(area, found.coverage.chainage_m, hazy, "walker")
    told = crossing_chance(seen, crossings, target="walker", light=hazy.light)
    here = found.coverage.chance["walker"]
    far = np.ones(len(here), bool)
    for site in found.sites:
        if site.kind == "seismic":
            at = np.argmin(np.abs(found.coverage.chainage_m - site.chainage_m))
            far[at] = False
    np.testing.assert_allclose(here[far], told.any_confirmed[far], atol=1e-12)
    plan_sites(area, KIT, COARSE, cache=tmp_path)
    assert len(list(tmp_path.glob("sites-*.json"))) == 2


def test_fog_in_which_no_camera_sees_leaves_all_unplaced(area: Area) -> None:
    fog = replace(COARSE, visibility_km=0.01)
    found = plan_sites(area, {"camera": 2}, fog)
    assert (found.sites, found.objective) == ((), 0.0)
    assert found.unplaced == {"camera": 2}
    assert found.coverage.mean("walker") == 0.0
    assert found.by_site.covered() == 0.0
    assert "<svg" in picture(found)


def test_one_sensor_more_stands_where_none_stands_yet(plan: SitePlan) -> None:
    taken = {(s.kind, s.chainage_m, s.offset_m) for s in plan.sites}
    assert plan.more
    for more in plan.more:
        assert (more.kind, more.chainage_m, more.offset_m) not in taken


def test_a_torn_or_missing_plan_is_made_anew(area: Area, tmp_path: Path) -> None:
    plan_sites(area, {"seismic": 1}, COARSE, cache=tmp_path)
    (kept,) = tmp_path.glob("sites-*.json")
    kept.write_text(kept.read_text()[:200])
    assert load_plan(tmp_path, kept.stem.removeprefix("sites-")) is None
    again = plan_sites(area, {"seismic": 1}, COARSE, cache=tmp_path)
    assert len(again.sites) == 1


def test_kinds_without_a_model_are_left_unplaced(area: Area) -> None:
    plan = plan_sites(area, {"seismic": 1, "balloon": 2}, COARSE)
    assert plan.unplaced == {"balloon": 2}
    with pytest.raises(BadValue, match="kit must be one or more of radar"):
        plan_sites(area, {"balloon": 2}, COARSE)
    with pytest.raises(BadValue, match="count of radar must be 0 or more"):
        plan_sites(area, {"radar": -1}, COARSE)


def test_candidates_stand_on_the_highest_ground_nearby(area: Area) -> None:
    for block in blocks(area, COARSE, 2_000.0):
        assert np.all(block.offset_m >= COARSE.nearest_m)
        for x, y in zip(block.x_m, block.y_m, strict=True):
            row, col = block.grid.cell_of(float(x), float(y))
            around = block.grid.height_m[row - 1 : row + 2, col - 1 : col + 2]
            # Higher ground next to it is either abroad or beyond its own circle.
            assert np.isfinite(around).all()


def test_crossings_are_square_to_the_line_and_start_beyond_it(area: Area) -> None:
    at = middles(area.line.length_m, 2_000.0)
    legs = crossings_at(area, at, COARSE, "walker").legs
    _, start = area.chainage_xy(legs[:, 0], legs[:, 1])
    _, end = area.chainage_xy(legs[:, 2], legs[:, 3])
    assert np.all(start < 0)
    assert np.all(end > 0)
    length = np.hypot(legs[:, 2] - legs[:, 0], legs[:, 3] - legs[:, 1])
    np.testing.assert_allclose(length, COARSE.before_m + COARSE.after_m)


def test_a_ground_sensor_counts_by_the_share_of_the_stretch_it_hears() -> None:
    asked = Asked(kinds=(), crossings={}, rule=Rule())
    narrow, wide = (
        chance_within(SEISMIC, "walker", stretch_m=m, offset_m=60.0, asked=asked)
        for m in (100.0, 1_000.0)
    )
    assert narrow > 0.95
    assert wide == pytest.approx(0.16, abs=0.03)  # 2 x 80 m of 1,000 m
    no = chance_within(SEISMIC, "flyer", stretch_m=100.0, offset_m=60.0, asked=asked)
    assert no == 0


def coverage(chance: list[float], weight: list[float]) -> Coverage:
    """Coverage of stretches of 1 km."""
    return Coverage(
        chainage_m=np.arange(len(chance), dtype=np.float64) * 1_000.0 + 500,
        weight=np.array(weight),
        chance={"walker": np.array(chance)},
    )


def test_gaps_are_ranked_by_what_they_miss() -> None:
    along = coverage([0.1, 0.9, 0.2, 0.4, 0.9, 0.0], [1, 1, 1, 1, 1, 5])
    gaps = along.gaps("walker")
    assert [(gap.from_m, gap.to_m) for gap in gaps] == [
        (5_000, 6_000),
        (2_000, 4_000),
        (0, 1_000),
    ]
    assert [gap.missed_per_s for gap in gaps] == pytest.approx([5.0, 1.4, 0.9])
    assert gaps[1].mean_chance == pytest.approx(0.3)
    assert along.covered("walker") == pytest.approx(2 / 10)
    assert along.length_share("walker") == pytest.approx(2 / 6)
    assert along.mean("walker") == pytest.approx((0.1 + 0.9 + 0.2 + 0.4 + 0.9) / 10)


def test_no_demand_is_no_division_by_zero() -> None:
    along = coverage([0.5, 0.5], [0, 0])
    assert (along.mean("walker"), along.covered("walker")) == (0, 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("station_m", 0.0),
        ("offsets_m", ()),
        ("offsets_m", (-3.0,)),
        ("even_share", 1.5),
        ("snap_m", -1.0),
        ("confirm_least", 9),
        ("visibility_km", 0.0),
        ("visibility_km", np.nan),
        ("rain_mm_h", -1.0),
        ("wind_mps", 1e3),
    ],
)
def test_settings_refuse_what_cannot_be(field: str, value: object) -> None:
    with pytest.raises(BadValue):
        replace(SiteSettings(), **{field: value})  # type: ignore[arg-type]


def test_the_picture_is_whole_svg_and_says_the_ground_is_made_up(
    plan: SitePlan,
) -> None:
    root = ET.fromstring(picture(plan))  # noqa: S314 -- our own text
    texts = " ".join(t.text or "" for t in root.iter() if t.tag.endswith("text"))
    assert "GENERATED GROUND" in texts
    assert "walker" in texts
    real = picture(replace(plan, terrain_generated=False))
    assert "GENERATED" not in real


def test_the_band_is_drawn_where_the_chance_is(plan: SitePlan) -> None:
    """A step at two thirds of many crossings is drawn at two thirds of the width."""
    n = 2_999
    step = (np.arange(n) >= 2 * n / 3).astype(float)
    along = Coverage(
        chainage_m=np.linspace(50.0, 100.0 * n - 50.0, n),
        weight=np.ones(n),
        chance={"walker": step},
    )
    text = picture(replace(plan, coverage=along, sites=(), more=()))
    points = text.split('<polygon points="')[1].split('"')[0].split()
    base = float(points[0].split(",")[1])
    risen = [
        float(p.split(",")[0]) for p in points if float(p.split(",")[1]) < base - 1
    ]
    assert (min(risen) - LEFT) / WIDE == pytest.approx(2 / 3, abs=0.003)


def test_the_picture_shows_map_worth_and_one_more(plan: SitePlan, area: Area) -> None:
    line = np.column_stack([area.line.lon_deg, area.line.lat_deg])
    root = ET.fromstring(picture(plan, line))  # noqa: S314 -- our own text
    titles = [t.text or "" for t in root.iter() if t.tag.endswith("title")]
    for site in plan.sites:
        assert site.name in titles  # on the map
        assert any(t.startswith(f"{site.name}: worth") for t in titles)
    texts = " ".join(t.text or "" for t in root.iter() if t.tag.endswith("text"))
    assert "one radar more: +" in texts


def test_what_each_site_confirms_adds_up_to_the_coverage(plan: SitePlan) -> None:
    n = len(plan.coverage.chainage_m)
    assert plan.by_site.sites == len(plan.sites)
    chance = 1 - plan.by_site.missed().reshape(-1, n)
    for row, name in zip(chance, plan.coverage.chance, strict=True):
        np.testing.assert_allclose(row, plan.coverage.chance[name], atol=1e-9)
    assert plan.by_site.weight.sum() == pytest.approx(1.0)
    assert plan.by_site.shapley().sum() == pytest.approx(plan.by_site.covered())
    assert [more.kind for more in plan.more] != []
    gains = [more.adds for more in plan.more]
    assert gains == sorted(gains, reverse=True)


def test_plan_sites_prints_json_and_draws(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    drawn = tmp_path / "plan.svg"
    words = ["plan", "sites", "--scenario", str(folder), "--kit", "camera=1,seismic=1"]
    status, out, err = run(capsys, [*words, "--picture", str(drawn), "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert len(told["sites"]) == 2
    assert told["terrain_generated"] is True
    assert told["gap"] >= 0
    assert drawn.read_text().startswith("<svg")
    assert told["stress"]["out"] == 1
    assert (
        told["stress"]["worst"] <= told["stress"]["mean"] <= told["stress"]["covered"]
    )
    worth = sum(site["worth_shapley"] for site in told["sites"])
    assert worth == pytest.approx(told["stress"]["covered"], abs=1e-6)
    status, out, _ = run(capsys, [*words, "--stress", "2"])
    assert status == 0
    assert "The ground is generated" in out
    assert "Any 2 out: 0.0% is left" in out  # there are but two
    late = tmp_path / "late.svg"
    status, out, err = run(capsys, [*words, "--stress", "3", "--picture", str(late)])
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert "sites out must be 0 to 2, not 3" in err
    assert not late.exists()


def test_plan_sites_tells_the_weather_and_a_plan_of_nothing(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    foggy = tmp_path / "foggy"
    foggy.mkdir()
    (foggy / "line.geojson").write_bytes((folder / "line.geojson").read_bytes())
    weather = "visibility_km = 0.01\nwind_mps = 3\n"
    (foggy / "scenario.toml").write_text(TOML + weather)
    words = ["plan", "sites", "--scenario", str(foggy), "--kit", "camera=1"]
    status, out, err = run(capsys, [*words, "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    words_of_it = "night without a moon, visibility 0.01 km, rain 0 mm/h, wind 3 m/s"
    assert told["light"] == words_of_it
    assert (told["sites"], told["stress"]["out"]) == ([], 0)
    status, out, err = run(capsys, words)
    assert (status, err) == (0, "")
    assert "1 camera found no useful site" in out
    (foggy / "scenario.toml").write_text(TOML + "visibility_km = 900\n")
    status, _, err = run(capsys, words)
    assert status == 1
    assert "visibility_km must be 0.01 to 300, not 900" in err


@pytest.mark.parametrize(
    ("kit", "said"),
    [
        ("camera", "kit must be counts such as radar=40"),
        ("camera=-1", "kit must be counts such as"),
        ("sonar=3", "kit must be one or more of radar"),
    ],
)
def test_plan_sites_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str], folder: Path, kit: str, said: str
) -> None:
    words = ["plan", "sites", "--scenario", str(folder), "--kit", kit]
    status, out, err = run(capsys, words)
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_no_bound_promises_more_than_there_is(area: Area) -> None:
    """Enough sensors see all but everything: a relaxed bound came to 100.1 %."""
    rich = plan_sites(area, {"radar": 4, "camera": 8}, replace(COARSE, rounds=2))
    assert rich.objective <= rich.bound <= 1 + 1e-12


def test_what_a_proposal_lacks_is_told_before_the_work(
    capsys: pytest.CaptureFixture[str],
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("it planned first")

    monkeypatch.setattr("linewatch.cli.plan_sites.propose", never)
    words: list[str | Path] = ["plan", "sites", "--scenario", folder]
    words += ["--kit", "radar=1", "--out", tmp_path / "sites.json"]
    status, _, err = run(capsys, words)
    assert status == 1
    assert "must name a file as authority" in err
