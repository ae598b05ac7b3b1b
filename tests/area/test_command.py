"""Tests of ``linewatch area``."""

import json
from pathlib import Path

import pytest

from tests.area.test_area import pipe_of
from tests.cli.running import run


@pytest.fixture(autouse=True)
def cache_of_the_session(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command find its cache where the session keeps one."""
    home = cache / "home"
    home.mkdir(exist_ok=True)
    for kept in cache.glob("*.points"):
        (home / "linewatch").mkdir(exist_ok=True)
        (home / "linewatch" / kept.name).write_bytes(kept.read_bytes())
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))


def test_prints_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ["area", "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["line_km"] == pytest.approx(3_173.2, rel=0.002)
    assert told["points"] > 30_000
    assert "OpenStreetMap" in told["source"]
    assert [sector["name"] for sector in told["sectors"]][:2] == [
        "San Diego",
        "El Centro",
    ]
    assert sum(sector["km"] for sector in told["sectors"]) == pytest.approx(
        told["line_km"], abs=0.01
    )
    latest = sum(sector["encounters_latest"] for sector in told["sectors"])
    assert latest == told["demand"]["encounters"]
    assert (told["ports_count"], len(told["ports"])) == (28, 28)
    assert [zone["edges_known"] for zone in told["zones"]] == [False] * 6
    assert told["demand"]["latest_month"] == "2025-08"
    assert told["demand"]["estimated"] is True
    assert told["terrain"]["generated"] is True


def test_prints_tables(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, ["area"])
    assert (status, err) == (0, "")
    for words in (
        "U.S.-Mexico border: 3,1",
        "OpenStreetMap contributors, ODbL",
        "generated relief, not real ground (seed 1)",
        "Encounters 2025-08, estimated",
        "Rio Grande Valley",
        "Ports of entry: 28, San Ysidro to Brownsville",
        "Zone: California, national defense area, from 2025-12, edges unknown",
    ):
        assert words in out


def test_shows_a_pipeline(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    pipe_of(tmp_path, 'line = "pipe.geojson"\nzones = "zones.csv"')
    (tmp_path / "zones.csv").write_text(
        "name,kind,from_km,to_km,start,start_precision,end,told_length,note,source\n"
        "Farm,private land,0,2,2025-01-01,day,2026-01-01,,,deed\n"
    )
    status, out, _ = run(capsys, ["area", "--scenario", str(tmp_path)])
    assert status == 0
    assert "North pipe: 9.5 km, 3 points" in out
    assert "whole line" in out
    assert "Demand: no demand given: the same weight along the whole line" in out
    assert "Ports" not in out
    assert "Zone: Farm, private land, from 2025-01-01 to 2026-01-01, edges known" in out
    status, out, _ = run(capsys, ["area", "--scenario", str(tmp_path), "--json"])
    assert json.loads(out)["zones"][0]["to_km"] == 2.0


def test_a_broken_line_is_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    pipe_of(tmp_path, 'line = "pipe.geojson"')
    (tmp_path / "pipe.geojson").write_text('{"type": "LineString", "coordinates": [[1')
    status, out, err = run(capsys, ["area", "--scenario", str(tmp_path)])
    assert (status, out) == (1, "")
    assert err.startswith("linewatch: ")
    assert "pipe.geojson: is not JSON" in err
    assert err.count("\n") == 1
