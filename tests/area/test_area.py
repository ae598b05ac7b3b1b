"""Tests of the whole area: the built-in border, and a pipeline with next to nothing."""

import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Area, GeoTiffTerrain, Relief, read_area
from linewatch.errors import BadFile, BadLines, BadValue, InputError, UnknownName
from linewatch.scenario import BUILT_IN, Scenario, read_scenario
from tests.area.test_terrain import pixels, raster_of

PIPE = (
    '{"type": "Feature", "properties": {"name": "North pipe", "source": "Operator"},'
    '"geometry": {"type": "LineString", "coordinates":'
    "[[-110.04, 31.46], [-110.0, 31.5], [-109.97, 31.52]]}}"
)


@pytest.fixture(scope="module")
def built_in(cache: Path) -> Area:
    return read_area(read_scenario(), cache=cache)


def pipe_of(folder: Path, area: str, start: str = "") -> Scenario:
    """A scenario of a pipeline; `area` is more of its [area] table."""
    (folder / "pipe.geojson").write_text(PIPE)
    head = f'[scenario]\nstart = "{start}"\n' if start else ""
    (folder / "scenario.toml").write_text(f"{head}[area]\n{area}\n")
    return read_scenario(folder)


def test_the_built_in_border_is_whole(built_in: Area) -> None:
    assert built_in.name == "U.S.-Mexico border"
    assert built_in.line.length_m == pytest.approx(3_173_235, rel=0.002)
    assert (len(built_in.sectors), len(built_in.ports), len(built_in.zones)) == (
        9,
        28,
        6,
    )
    assert built_in.demand.latest == "2025-08"
    assert built_in.terrain.generated
    assert "not real ground" in built_in.terrain.source


def test_plane_keeps_lengths_along_the_whole_border(built_in: Area) -> None:
    """Within 0.1 %, which is 10 m at a radar's 10 km."""
    line = built_in.line
    scales = [
        built_in.plane.scale(float(lon), float(lat))
        for lon, lat in zip(line.lon_deg[::500], line.lat_deg[::500], strict=True)
    ]
    assert min(scales) > 0.999
    assert max(scales) < 1.001


def test_places_go_both_ways_on_the_plane(built_in: Area) -> None:
    at_m = np.linspace(0, built_in.line.length_m, 999)
    along, aside = built_in.chainage_xy(*built_in.place_xy(at_m))
    np.testing.assert_allclose(along, at_m, atol=1.0)
    np.testing.assert_allclose(aside, 0, atol=1e-3)


def test_every_chainage_has_its_sector(built_in: Area) -> None:
    names = {built_in.sector_at(at).name for at in np.arange(0, 3_173_000, 5_000.0)}
    assert names == {sector.name for sector in built_in.sectors}
    with pytest.raises(UnknownName):
        built_in.sector_at(-5_000.0)


def test_survives_a_pickle(built_in: Area) -> None:
    again: Area = pickle.loads(pickle.dumps(built_in))
    x, y = again.place_xy(1_000_000.0, 300.0)
    expected = built_in.place_xy(1_000_000.0, 300.0)
    assert (float(x), float(y)) == tuple(float(part) for part in expected)


def test_a_pipeline_needs_its_line_alone(tmp_path: Path) -> None:
    area = read_area(pipe_of(tmp_path, 'line = "pipe.geojson"', "2025-07-04T06:00Z"))
    assert (area.name, area.line.source) == ("North pipe", "Operator")
    (only,) = area.sectors
    assert only.to_m == area.line.length_m
    assert (area.ports, area.zones) == ((), ())
    assert area.demand.latest == "2025-07"
    assert "no demand given" in area.demand.source
    rate = area.demand.rate_per_m_s("2025-07", [0.0, area.line.length_m])
    assert rate[0] == rate[1] > 0


def test_a_pipeline_can_have_everything(tmp_path: Path) -> None:
    raster_of(tmp_path / "ground.tif", pixels())
    (tmp_path / "sectors.csv").write_text("name,to_km,source\nwest,3,us\neast,,us\n")
    (tmp_path / "demand.csv").write_text(
        "month,sector,encounters,basis\n2025-01,west,4,counted\n2025-01,east,2,counted\n"
    )
    area = read_area(
        pipe_of(
            tmp_path,
            'line = "pipe.geojson"\nname = "My pipe"\nterrain = "ground.tif"\n'
            'sectors = "sectors.csv"\ndemand = "demand.csv"',
        )
    )
    assert area.name == "My pipe"
    assert [sector.name for sector in area.sectors] == ["west", "east"]
    assert isinstance(area.terrain, GeoTiffTerrain)
    height = area.terrain.height_m(*area.place_xy(1_000.0))
    assert 700 < float(height) < 1_300


def test_without_a_start_the_month_is_that_of_the_epoch(tmp_path: Path) -> None:
    area = read_area(pipe_of(tmp_path, 'line = "pipe.geojson"'))
    assert area.demand.latest == "1970-01"


def test_seed_chooses_the_relief(tmp_path: Path) -> None:
    area = read_area(pipe_of(tmp_path, 'line = "pipe.geojson"\nterrain_seed = 9'))
    assert area.terrain == Relief(9)


@pytest.mark.parametrize(
    ("settings", "error", "what"),
    [
        ('line = "none.geojson"', BadFile, "none.geojson: does not exist"),
        ("line = 3", BadValue, "area.line must be of type str, not 3"),
        ('lines = "pipe.geojson"', UnknownName, "unknown key in"),
        ('line = "pipe.geojson"\nterrain = "none.tif"', BadFile, "does not exist"),
        ('line = "pipe.geojson"\nterrain_seed = -1', BadValue, "terrain_seed"),
        ('line = "pipe.geojson"\nsectors = "none.csv"', BadFile, "does not exist"),
        ('line = "pipe.geojson"\nsectors = 5', BadFile, "must name a file as sectors"),
    ],
)
def test_bad_settings_are_refused(
    tmp_path: Path, settings: str, error: type[InputError], what: str
) -> None:
    with pytest.raises(error, match=what):
        read_area(pipe_of(tmp_path, settings))


def test_a_start_that_is_no_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match=r"\[scenario\] start: time must be an ISO 8601"):
        read_area(pipe_of(tmp_path, 'line = "pipe.geojson"', "soon"))


def test_demand_of_other_sectors_is_refused(tmp_path: Path, cache: Path) -> None:
    for name in ("sectors.csv", "demand.csv"):
        shutil.copy(BUILT_IN / name, tmp_path / name)
    text = (tmp_path / "demand.csv").read_text().replace(",Tucson,", ",Toucan,")
    (tmp_path / "demand.csv").write_text(text)
    (tmp_path / "scenario.toml").write_text(
        '[area]\nsectors = "sectors.csv"\ndemand = "demand.csv"\n'
    )
    with pytest.raises(BadLines, match="unknown sector 'Toucan'"):
        read_area(read_scenario(tmp_path), cache=cache)
