"""Tests of weather: the spell told last holds; what cannot be is refused."""

from pathlib import Path

import pytest

from linewatch.area import STANDARD, Spell, Weather, read_area, weather_at
from linewatch.area.weather import COLUMNS
from linewatch.errors import BadLines, BadValue
from linewatch.measure.clock import to_epoch_s
from linewatch.scenario import read_scenario

HEAD = ",".join(COLUMNS)
LINE = '{"type": "LineString", "coordinates": [[-111.8, 31.33], [-110.48, 31.33]]}'


def folder_of(tmp_path: Path, *rows: str) -> Path:
    """Write a scenario of a short line and its weather."""
    (tmp_path / "line.geojson").write_text(LINE)
    (tmp_path / "weather.csv").write_text("\n".join([HEAD, *rows]) + "\n")
    text = '[scenario]\nstart = "2026-01-01"\n[area]\nline = "line.geojson"\n'
    (tmp_path / "scenario.toml").write_text(f'{text}weather = "weather.csv"\n')
    return tmp_path


def test_the_spell_told_last_holds(tmp_path: Path) -> None:
    rows = (
        "2026-01-01T12:00:00Z,,50,2,0,3,tower",
        "2026-01-01T00:00:00Z,,,10,5,8,tower",
        "2026-01-01T18:00:00Z,40,,0.5,0,0,pilot",
    )
    area = read_area(read_scenario(folder_of(tmp_path, *rows)))
    noon, evening = to_epoch_s("2026-01-01T12:00:00Z"), to_epoch_s("2026-01-01T19:00Z")
    told = area.weather_at(noon - 1, 10_000)
    assert told == Weather(visibility_m=10_000, rain_mm_h=5, wind_mps=8)
    assert area.weather_at(noon, 10_000).visibility_m == 2_000
    assert area.weather_at(noon, 60_000).visibility_m == 10_000
    assert area.weather_at(evening, 45_000).visibility_m == 500
    assert area.weather_at(to_epoch_s("2025-12-31"), 0) == STANDARD
    lon_deg, lat_deg = area.line.place(60_000)
    light = area.light_at(evening, float(lon_deg), float(lat_deg))
    assert light.weather.visibility_m == 500


def test_without_a_table_the_air_is_the_standard(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "2026-01-01,,,1,0,0,x")
    text = (folder / "scenario.toml").read_text()
    (folder / "scenario.toml").write_text(text.replace('weather = "weather.csv"', ""))
    area = read_area(read_scenario(folder))
    assert area.light_at(0.0, -111.0, 31.33).weather == STANDARD


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-01-01,,,0,0,0,x", "visibility_m must be 10 to 300000"),
        ("2026-01-01,,,10,-1,0,x", "rain_mm_h must be 0 to 300"),
        ("2026-01-01,,,10,0,99,x", "wind_mps must be 0 to 60"),
        ("2026-01-01,,,10,nan,0,x", "rain_mm_h must be a number"),
        ("2026-01-01,50,40,10,0,0,x", "from_km must be from 0 to below to_km"),
        ("2026-01-01,900,,10,0,0,x", "from_km must be from 0 to below to_km"),
        ("soon,,,10,0,0,x", "time must be an ISO 8601"),
        ("2026-01-01,,,10,0,0,", "source must be filled in"),
    ],
)
def test_bad_rows_are_told(tmp_path: Path, row: str, said: str) -> None:
    folder = folder_of(tmp_path, "2026-01-01,,,10,0,0,x", row)
    with pytest.raises(BadLines, match=said) as caught:
        read_area(read_scenario(folder))
    assert [line for line, _ in caught.value.faults] == [3]


def test_weather_has_limits() -> None:
    with pytest.raises(BadValue, match="visibility_m"):
        Weather(visibility_m=float("nan"))


def test_no_spell_has_begun() -> None:
    spell = Spell(start_s=5, from_m=0, to_m=1, weather=Weather(wind_mps=1), source="x")
    assert weather_at([spell], 4, 0.5) == STANDARD
    assert weather_at([spell], 5, 0.5).wind_mps == 1
