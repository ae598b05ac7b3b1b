"""Tests of the built-in force: the news of March 2025 as entries."""

from datetime import date, timedelta

import pytest

from linewatch.errors import UnknownName
from linewatch.force import Force, read_force
from linewatch.scenario import BUILT_IN, Scenario, read_scenario

MARCH, MAY = date(2025, 3, 1), date(2025, 5, 1)


@pytest.fixture(scope="module")
def force() -> Force:
    """Read the built-in force once."""
    return read_force(read_scenario())


def test_the_news_of_1_march(force: Force) -> None:
    strength = force.strength(MARCH)
    assert (strength.present, strength.approved, strength.in_transit) == (
        9_200,
        12_200,
        0,
    )
    assert strength.by_status == {
        "title10": 4_200,
        "title32": 0,
        "state_active_duty": 5_000,
    }


def test_the_3000_are_all_there_by_1_may(force: Force) -> None:
    strength = force.strength(MAY)
    assert (strength.approved, strength.sourced, strength.present) == (12_200,) * 3
    assert strength.by_status["title10"] == 7_200


def test_nobody_is_there_before_the_ledger_begins(force: Force) -> None:
    assert set(force.strength(date(2025, 1, 19)).five().values()) == {0}


def test_the_order_of_1_march_is_2400_and_500_and_100(force: Force) -> None:
    units = force.by_unit(MARCH)
    sent = {name: units[name].approved for name in ("2-sbct", "3-cab-gsab", "enablers")}
    assert sent == {"2-sbct": 2_400, "3-cab-gsab": 500, "enablers": 100}
    # Sent is not what they are built for: the mistake of an outlet that told 5,000.
    assert (units["2-sbct"].organic, units["3-cab-gsab"].organic) == (4_400, 650)


def test_arrivals_only_add_through_march_and_april(force: Force) -> None:
    days = [MARCH + timedelta(days=day) for day in range(62)]
    present = [force.strength(day).present for day in days]
    assert present == sorted(present)
    assert (present[0], present[-1]) == (9_200, 12_200)


def test_headquarters_is_there_on_19_march(force: Force) -> None:
    before, after = date(2025, 3, 18), date(2025, 3, 19)
    arrived = (
        force.by_sector(after)["Tucson"] - force.by_sector(before)["Tucson"]
    )  # Fort Huachuca lies in the Tucson sector
    assert arrived > 0


def test_105_strykers_come_by_train(force: Force) -> None:
    assert force.kit(date(2025, 4, 4))["stryker"] == 0
    assert force.kit(date(2025, 4, 5))["stryker"] == 50
    assert force.kit(MAY)["stryker"] == 105


def test_sensors_are_named_and_flagged_as_assumptions(force: Force) -> None:
    kit = force.kit(MAY)
    assert {kind: kit[kind] for kind in ("radar", "camera", "seismic")} == {
        "radar": 40,
        "camera": 65,
        "seismic": 120,
    }
    assert force.kit(MARCH)["radar"] < kit["radar"]
    for kind in ("radar", "camera", "seismic"):
        behind = force.entries_behind(MAY, item=kind)
        assert behind
        assert all(entry.assumed for entry, _ in behind)


def test_every_entry_has_a_source_or_says_that_it_is_assumed(force: Force) -> None:
    for number in range(len(force.ledger)):
        entry = force.ledger.entry(number)
        assert entry.sources or entry.assumed, entry.text


def test_outlets_that_disagree_stay_beside_the_count(force: Force) -> None:
    apart = {
        (claim.entry.unit, claim.high): claim.counted
        for claim in force.claims()
        if not claim.agrees
    }
    assert apart["2-sbct", 5_000] == 2_400
    assert apart["*", 6_600] == force.strength(date(2025, 4, 21)).by_status["title10"]


def test_the_package_of_may_adds_up(force: Force) -> None:
    units = force.by_unit(date(2025, 5, 22))
    parts = [one.approved for name, one in units.items() if name.startswith("may-")]
    assert sum(parts) == 2 * 1_115  # the package and its eight parts
    assert units["may-package"].approved == 1_115


def test_all_federal_forces_work_under_northcom_from_may_on(force: Force) -> None:
    unit = force.by_unit(MAY)["northcom"]
    assert unit.present == force.strength(MAY).by_status["title10"]


def test_sectors_are_named_as_the_area_names_them(force: Force) -> None:
    text = (BUILT_IN / "sectors.csv").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if not line.startswith("#")][1:]
    assert [row.partition(",")[0] for row in rows] == list(force.by_sector(MAY))


def test_a_key_that_nothing_reads_is_refused() -> None:
    scenario = Scenario(folder=BUILT_IN, tables={"force": {"legder": "x"}})
    with pytest.raises(UnknownName, match=r"unknown key in \[force\] 'legder'"):
        read_force(scenario)
