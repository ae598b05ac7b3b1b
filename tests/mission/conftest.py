"""A small mission: forty kilometres of line, a handful of sensors, many who cross."""

import json
from pathlib import Path

import pytest

from linewatch.mission.prepare import Prepared, prepare
from linewatch.scenario import BUILT_IN, Scenario, read_scenario


def write_small(folder: Path) -> Path:
    """Write a scenario of forty kilometres, with the built-in force and plan tables."""
    line = {"type": "LineString", "coordinates": [[-110.9, 31.33], [-110.48, 31.33]]}
    (folder / "line.geojson").write_text(json.dumps(line))
    ledger = (BUILT_IN / "force.ledger").read_text()
    (folder / "force.ledger").write_text(ledger)
    (folder / "scenario.toml").write_text(f"""
[scenario]
name = "Forty kilometres"
start = "2025-03-01T00:00:00Z"
watch = "2025-05-02T06:00:00Z"

[area]
line = "line.geojson"
terrain = "generated"
terrain_seed = 1

[force]
ledger = "force.ledger"
authority = "{BUILT_IN / "authority.csv"}"

[plan]
movements = "{BUILT_IN / "movements.csv"}"
lanes = "{BUILT_IN / "lanes.csv"}"
lifts = "{BUILT_IN / "lifts.csv"}"
reception = "{BUILT_IN / "reception.csv"}"
parents = "{BUILT_IN / "parents.csv"}"
work_list = "{folder / "works.csv"}"
crews = "{BUILT_IN / "crews.csv"}"
stocks = "{BUILT_IN / "stocks.csv"}"

[plan.deploy]
in_place_by = "2025-05-01"
cost_until = "2025-09-30"

[plan.works]
done_by = "2025-09-30"

[sim]
persons_per_encounter = 1200.0
flyers_per_month = 2000.0
distress_share = 0.05

[watch]
authority = "Sheriff"
still_s = 300.0
""")
    rows = (BUILT_IN / "works.csv").read_text().splitlines()
    header = next(row for row in rows if not row.startswith("#"))
    first = next(row for row in rows if row.startswith("W01,"))
    (folder / "works.csv").write_text(f"{header}\n{first}\n")
    return folder


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the small scenario."""
    return write_small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def small_scenario(small_folder: Path) -> Scenario:
    """The small scenario, not yet read by the stages."""
    return read_scenario(small_folder)


@pytest.fixture(scope="session")
def small(small_scenario: Scenario) -> Prepared:
    """The small mission, with its proposals ready."""
    return prepare(small_scenario)
