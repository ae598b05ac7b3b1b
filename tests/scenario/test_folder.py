"""Tests of scenario folders: what is there, and what a wrong one says."""

from pathlib import Path

import pytest

from linewatch.errors import BadFile, UnknownName
from linewatch.measure.clock import to_epoch_s
from linewatch.scenario import BUILT_IN, Scenario, read_scenario
from linewatch.scenario.folder import TABLES


def scenario_of(folder: Path, text: str) -> Scenario:
    (folder / "scenario.toml").write_text(text)
    return read_scenario(folder)


def test_the_built_in_one_names_files_that_exist() -> None:
    scenario = read_scenario()
    assert scenario.folder == BUILT_IN
    for stage in TABLES:
        for key, value in scenario.table(stage).items():
            if isinstance(value, str) and value.endswith((".csv", ".ledger", ".toml")):
                assert scenario.file(stage, key).is_file()


def test_tables_that_are_not_there_are_empty(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, "")
    assert scenario.table("plan") == {}


def test_files_are_found_beside_the_scenario(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "line.geojson").write_text("{}")
    scenario = scenario_of(tmp_path, '[area]\nline = "deep/line.geojson"')
    assert scenario.file("area", "line") == tmp_path / "deep" / "line.geojson"


def test_files_that_are_not_named_or_not_there_are_told(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, '[area]\nline = "none.geojson"\nports = 4')
    with pytest.raises(BadFile, match=r"none.geojson: does not exist, though \[area\]"):
        scenario.file("area", "line")
    (tmp_path / "none.geojson").mkdir()
    with pytest.raises(BadFile, match=r"is a folder; \[area\] in .* must name a file"):
        scenario.file("area", "line")
    for key in ("ports", "zones"):
        with pytest.raises(BadFile, match=rf"\[area\] must name a file as {key}"):
            scenario.file("area", key)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[area", "is not TOML"),
        ("[area]\nline = ", "is not TOML"),
        ("[area]\na = 1\na = 2", "is not TOML"),
    ],
)
def test_what_is_no_toml_is_refused(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadFile, match=why) as caught:
        scenario_of(tmp_path, text)
    assert "\n" not in str(caught.value)


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read: No such file"):
        read_scenario(tmp_path / "none")
    (tmp_path / "scenario.toml").write_bytes(b'name = "\xff"')
    with pytest.raises(BadFile, match="is not TOML"):
        read_scenario(tmp_path)


@pytest.mark.parametrize(
    ("text", "got"),
    [
        ("[scenario]\nstrat = '2025-03-01'\n", "strat"),
        ("[plan]\nfactor = 'factors.csv'\n", "factor"),
        ("[plan.deply]\nsettle_days = 4\n", "deply"),
        ("[report]\n", "report"),
    ],
)
def test_keys_that_no_stage_reads_are_refused(
    tmp_path: Path, text: str, got: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        scenario_of(tmp_path, text)
    assert caught.value.got == got


@pytest.mark.parametrize("told", ["'2025-03-01'", "2025-03-01", "2025-03-01T00:00:00Z"])
def test_a_date_may_be_text_or_one_of_toml(tmp_path: Path, told: str) -> None:
    scenario = scenario_of(tmp_path, f"[scenario]\nstart = {told}\n")
    assert to_epoch_s(scenario.when("start")) == 1_740_787_200.0


def test_a_date_that_is_missing_or_none_is_told(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, "[scenario]\nstart = 'soon'\n")
    with pytest.raises(BadFile, match=r"\[scenario\] start: .*'soon'"):
        scenario.when("start")
    with pytest.raises(BadFile, match=r"\[scenario\] must tell watch"):
        scenario.when("watch")


@pytest.mark.parametrize("text", ["[arae]\n", "area = 3\n", "[[area]]\nline = 'a'\n"])
def test_tables_that_no_stage_reads_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnknownName, match="choose from scenario, area, force"):
        scenario_of(tmp_path, text)
