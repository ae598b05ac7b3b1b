"""Tests of ``linewatch plan works``."""

import json
import shutil
from pathlib import Path

import pytest

from linewatch.plan import read_proposal
from linewatch.scenario import BUILT_IN
from tests.cli.running import run


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the built-in scenario."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "mission"))


def test_it_tells_each_work_and_both_rates(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out_file = tmp_path / "w.json"
    status, out, err = run(capsys, ["plan", "works", "--out", str(out_file)])
    assert (status, err) == (0, "")
    assert "13 works, 57.0 km" in out
    assert "wire 1.8%" in out
    assert "Dates at the all-in rate" in out
    assert read_proposal(out_file).id in out


def test_json_rows_hold_what_a_reader_needs(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, out, _ = run(capsys, ["plan", "works", "--json"])
    assert status == 0
    told = json.loads(out)
    row = told["body"]["works"][0]
    assert {"work", "kind", "from_km", "to_km", "crew", "start", "finish"} <= set(row)
    assert row["metres_per_day"] > 0
    assert row["productive_m_per_day"] > row["all_in_m_per_day"]
    assert row["cost"]["scope"] == told["cost"]["scope"]
    total_m = sum(week["metres"] for week in told["body"]["weeks"])
    assert total_m == pytest.approx(told["body"]["length_m"], abs=1)


def test_bad_rows_are_one_line(capsys: pytest.CaptureFixture[str], copy: Path) -> None:
    path = copy / "crews.csv"
    path.write_text(path.read_text().replace(",250,10,", ",0,10,"))
    status, out, err = run(capsys, ["plan", "works", "--scenario", str(copy)])
    assert (status, out) == (1, "")
    assert "crews.csv: line 3: people must be above 0" in err
    assert err.count("\n") == 1


def test_without_material_there_is_no_plan(
    capsys: pytest.CaptureFixture[str], copy: Path
) -> None:
    path = copy / "stocks.csv"
    path.write_text(path.read_text().replace("20000", "2000"))
    status, out, err = run(capsys, ["plan", "works", "--scenario", str(copy)])
    assert (status, out) == (1, "")
    assert "material for wire: 4,000 m delivered until 2025-04-01" in err
    assert err.count("\n") == 1
