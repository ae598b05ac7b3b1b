"""Tests of the tables of a deployment: every bad row told, nothing half read."""

import shutil
from pathlib import Path

import pytest

from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.plan.deploy import DeploySettings, Lane, read_deploy
from linewatch.scenario import BUILT_IN, Scenario, read_scenario
from tests.plan.deploy.making import movement, on


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the built-in scenario."""
    return Path(shutil.copytree(BUILT_IN, tmp_path / "mission"))


def test_every_built_in_row_has_a_source() -> None:
    deploy = read_deploy(read_scenario())
    for rows in (deploy.movements, deploy.lanes, deploy.lifts, deploy.reception):
        assert all(row.source for row in rows)


def test_every_built_in_task_and_site_exists() -> None:
    deploy = read_deploy(read_scenario())
    sites = {step.site for step in deploy.reception}
    assert {m.destination for m in deploy.movements} <= sites
    lifted = {(step.mode, step.origin) for step in deploy.lifts}
    assert {(way.mode, way.origin) for way in deploy.lanes} <= lifted


def test_all_bad_movements_are_told(copy: Path) -> None:
    path = copy / "movements.csv"
    head = next(line for line in path.read_text().splitlines() if line[0] != "#")
    rows = (
        "A,u,,0,0,people,C,B,2025-03-01,2025-04-01,1,,t,T10,s",
        "B,u,,5,0,truck,C,B,2025-03-01,2025-04-01,1,,t,T10,s",
        "C,u,,5,0,people,C,B,2025-03-01,2025-02-01,1,,t,T10,s",
        "D,u,,5,0,people,C,B,2025-03-01,2025-04-01,0,,t,T10,s",
        "E,u,,x,0,people,C,B,March,2025-04-01,1,,,T10,s",
        "A,u,,5,0,people,C,B,2025-03-01,2025-04-01,1,,t,T10,s",
    )
    path.write_text("\n".join((head, *rows)) + "\n")
    with pytest.raises(BadLines) as caught:
        read_deploy(read_scenario(copy))
    told = dict.fromkeys(line for line, _ in caught.value.faults)
    assert list(told) == [2, 3, 4, 5, 6, 7]
    assert sum(line == 6 for line, _ in caught.value.faults) == 3


def test_a_movement_that_waits_for_none_is_told(copy: Path) -> None:
    path = copy / "movements.csv"
    path.write_text(path.read_text().replace(",1,S01,", ",1,S99,"))
    with pytest.raises(BadLines, match="S02 waits for S99"):
        read_deploy(read_scenario(copy))


def test_a_mode_without_a_price_is_refused(copy: Path) -> None:
    path = copy / "lanes.csv"
    path.write_text(path.read_text() + "ship,A,B,people,3,s\n")
    with pytest.raises(BadLines, match="mode must be one of air, bus"):
        read_deploy(read_scenario(copy))


def test_lift_by_a_mode_that_does_not_exist_is_refused(copy: Path) -> None:
    path = copy / "lifts.csv"
    path.write_text(path.read_text() + "teleport,Fort Carson,2025-03-01,9,9,s\n")
    with pytest.raises(BadLines, match="mode must be one of air, bus"):
        read_deploy(read_scenario(copy))


def test_a_unit_of_nobody_gives_nobody(copy: Path) -> None:
    path = copy / "parents.csv"
    path.write_text(path.read_text() + "ghost,Ghost brigade,0,s\n")
    with pytest.raises(BadLines, match="organic_people must be above 0"):
        read_deploy(read_scenario(copy))


@pytest.mark.parametrize(
    "name", ["movements", "lanes", "lifts", "reception", "parents"]
)
def test_a_header_without_a_row_is_refused(copy: Path, name: str) -> None:
    path = copy / f"{name}.csv"
    lines = path.read_text().splitlines()
    path.write_text(next(line for line in lines if line[0] != "#") + "\n")
    with pytest.raises(BadFile, match=f"{name}.csv: .*no row"):
        read_deploy(read_scenario(copy))


def test_a_file_that_is_not_named_is_told() -> None:
    with pytest.raises(BadFile, match="must name a file as"):
        read_deploy(Scenario(folder=Path(), tables={}))


def test_settings_refuse_what_cannot_be(copy: Path) -> None:
    toml = copy / "scenario.toml"
    text = toml.read_text()
    toml.write_text(text.replace("in_place_by", "in_place_bye"))
    with pytest.raises(UnknownName, match="in_place_bye"):
        read_deploy(read_scenario(copy))
    for words in (
        {"in_place_by": "soon"},
        {"cost_until": ""},
        {"settle_days": -1},
        {"effort": 0.0},
        {"effort": float("nan")},
    ):
        with pytest.raises(BadValue):
            DeploySettings(**words)


@pytest.mark.parametrize(
    "words",
    [
        {"people": 0},
        {"pieces": 3},
        {"kind": "truck"},
        {"priority": 10},
        {"required": on(1)},
    ],
    ids=str,
)
def test_a_movement_that_cannot_be_is_refused(words: dict[str, object]) -> None:
    with pytest.raises(BadValue):
        movement(**words)  # type: ignore[arg-type]


def test_a_lane_by_no_mode_is_refused() -> None:
    with pytest.raises(BadValue, match="mode"):
        Lane(
            mode="ship",
            origin="A",
            destination="B",
            carries=("people",),
            transit_days=1,
            source="s",
        )
