"""Tests of orbat-mapper scenarios: read, written, and both ways round."""

import copy
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given

from linewatch.errors import BadFile, BadParts, UnknownName
from linewatch.force import read_ledger
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.orbat_read import read_orbat
from linewatch.force.exchange.orbat_write import orbat_text
from linewatch.force.exchange.picture import Picture
from linewatch.force.exchange.taking import picture_of
from linewatch.scenario import read_scenario
from tests.force.orbat_schema import SCHEMA
from tests.force.pictures import numbers, pictures, through_ledger, tree, whereabouts
from tests.force.test_exchange import SHARED_FOLDER

Change = Callable[[dict[str, Any]], object]


def scenario() -> dict[str, Any]:
    """A planner's file: two sides, three levels, people and kit over time."""
    return {
        "type": "ORBAT-mapper",
        "id": "x1",
        "version": "3.4.0",
        "name": "A small exercise",
        "startTime": "2025-03-01T00:00:00Z",
        "sides": [
            {
                "id": "blue",
                "name": "Blue",
                "standardIdentity": "3",
                "groups": [
                    {
                        "id": "land",
                        "name": "Land",
                        "subUnits": [
                            {
                                "id": "bde",
                                "name": "1st Brigade",
                                "shortName": "bde",
                                "sidc": "10031000181211000000",
                                "location": [-106.4, 31.8],
                                "personnel": [{"name": "Title 10", "count": 90}],
                                "subUnits": [battery("alpha"), battery("bravo")],
                            }
                        ],
                    }
                ],
            },
            {
                "id": "red",
                "name": "Red",
                "standardIdentity": "6",
                "groups": [{"id": "r1", "name": "R", "subUnits": [battery("foe")]}],
            },
        ],
        "equipment": [{"name": "155 mm howitzer", "description": "Towed gun"}],
    }


def battery(name: str) -> dict[str, Any]:
    """A battery that loses nine of its twelve guns on 8 March."""
    return {
        "id": name,
        "name": f"{name.title()} Battery",
        "sidc": "10031000151303000000",
        "location": [-106.5, 31.75],
        "equipment": [{"name": "155 mm howitzer", "count": 12}],
        "state": [
            {
                "id": f"{name}-1",
                "t": "2025-03-08T10:00:00Z",
                "update": {"equipment": [{"name": "155 mm howitzer", "onHand": 3}]},
            },
            {
                "id": f"{name}-2",
                "t": "2025-03-09T00:00:00Z",
                "location": [-106.4, 31.8],
                "diff": {"equipment": [{"name": "155 mm howitzer", "onHand": 2}]},
                "hierarchy": {"targetId": "land", "placement": "on"},
            },
        ],
    }


def read(
    folder: Path, content: object, **wanted: Any
) -> tuple[Picture, tuple[str, ...]]:
    """Read a scenario; return its picture and what was lost."""
    path = folder / "scenario.json"
    path.write_text(
        content if isinstance(content, str) else json.dumps(content), encoding="utf-8"
    )
    losses = Losses()
    return read_orbat(path, losses, **wanted), tuple(x.what for x in losses.all())


def test_counts_follow_the_states_in_time(tmp_path: Path) -> None:
    picture, lost = read(tmp_path, scenario())
    assert numbers(picture) == {
        ("bde", "people", "T10", date(2025, 3, 1)): (90, 90),
        ("alpha", "kit-155-mm-howitzer", None, date(2025, 3, 1)): (12, 12),
        ("alpha", "kit-155-mm-howitzer", None, date(2025, 3, 8)): (12, 3),
        ("alpha", "kit-155-mm-howitzer", None, date(2025, 3, 9)): (12, 5),
        ("bravo", "kit-155-mm-howitzer", None, date(2025, 3, 1)): (12, 12),
        ("bravo", "kit-155-mm-howitzer", None, date(2025, 3, 8)): (12, 3),
        ("bravo", "kit-155-mm-howitzer", None, date(2025, 3, 9)): (12, 5),
    }
    assert picture.kits == {"kit-155-mm-howitzer": "Towed gun"}
    assert {(u.unit, u.superior) for u in picture.under} == {
        ("alpha", "land"),
        ("bravo", "land"),
    }
    assert [part.layer for part in picture.parts][:3] == ["side", "group", None]
    assert lost == ("times within a day", "units of sides that are not ours")


def test_it_loads_as_a_ledger_with_the_same_numbers(tmp_path: Path) -> None:
    picture, _ = read(tmp_path, scenario())
    back = through_ledger(picture, tmp_path)
    assert numbers(back) == numbers(picture)
    assert tree(back) == tree(picture)
    assert whereabouts(back) == whereabouts(picture)


@SHARED_FOLDER
@given(picture=pictures(spread=False))
def test_a_ledger_is_the_same_after_it_was_a_scenario(
    picture: Picture, tmp_path: Path
) -> None:
    first = through_ledger(picture, tmp_path)
    text = orbat_text(first, Losses())
    jsonschema.validate(json.loads(text), SCHEMA)
    read_back, _ = read(tmp_path, text)
    back = through_ledger(read_back, tmp_path)
    assert numbers(back) == numbers(first)
    assert tree(back) == tree(first)
    assert whereabouts(back) == whereabouts(first)


@SHARED_FOLDER
@given(picture=pictures(absent=False))
def test_a_scenario_is_the_same_after_it_was_a_ledger(
    picture: Picture, tmp_path: Path
) -> None:
    once, _ = read(tmp_path, orbat_text(picture, Losses()))
    ledger = through_ledger(once, tmp_path)
    twice, _ = read(tmp_path, orbat_text(ledger, Losses()))
    assert numbers(twice) == numbers(once)
    assert tree(twice) == tree(once)
    assert whereabouts(twice) == whereabouts(once)
    assert (
        json.loads(orbat_text(twice, Losses()))["sides"]
        == (json.loads(orbat_text(once, Losses()))["sides"])
    )


def test_the_built_in_ledger_is_the_same_after_it_was_a_scenario(
    tmp_path: Path,
) -> None:
    losses = Losses()
    ledger = read_ledger(read_scenario().file("force", "ledger"))
    first = picture_of(ledger, losses)
    text = orbat_text(first, losses)
    jsonschema.validate(json.loads(text), SCHEMA)
    picture, lost = read(tmp_path, text)
    back = through_ledger(picture, tmp_path)
    assert lost == ()
    assert numbers(back) == numbers(first)
    assert tree(back) == tree(first)
    told = [loss.what for loss in losses.all()]
    assert "numbers approved and not yet sourced" in told
    assert any(
        what.startswith("people and kit of one unit at several") for what in told
    )


def test_what_the_ledger_cannot_hold_is_told(tmp_path: Path) -> None:
    full = scenario()
    full["events"] = [{"title": "x", "startTime": "2025-03-01T00:00:00Z"}]
    full["settings"] = {"map": {"baseMapId": "osm"}, "statuses": []}
    full["supplyCategories"] = []
    unit = full["sides"][0]["groups"][0]["subUnits"][0]
    unit |= {
        "supplies": [{"name": "Fuel", "count": 5}],
        "rangeRings": [{"name": "r"}],
        "location": [-106.4, 31.8, 1200],
        "state": [
            {
                "id": "s",
                "t": "2025-03-02",
                "sidc": "1",
                "title": "Ready",
                "update": {"personnel": [{"name": "Title 10", "onHand": 95}]},
            }
        ],
    }
    _, lost = read(tmp_path, full)
    assert set(lost) >= {
        "events of the scenario",
        "settings of the scenario",
        "supplies of units",
        "rangeRings of units",
        "heights of locations",
        "sidc of states",
        "title of states",
        "numbers on hand above the assigned, which is raised to them",
    }
    assert "supplyCategories of the scenario" not in lost


def test_people_without_a_status_need_one(tmp_path: Path) -> None:
    plain = scenario()
    unit = plain["sides"][0]["groups"][0]["subUnits"][0]
    unit["personnel"] = [
        {"name": "Soldiers", "count": 80},
        {"name": "Officers", "count": 10, "onHand": 5},
    ]
    with pytest.raises(BadParts, match=r"personnel\[1\]\.name: category 'Officers'"):
        read(tmp_path, plain)
    picture, lost = read(tmp_path, plain, status="T32")
    assert numbers(picture)["bde", "people", "T32", date(2025, 3, 1)] == (90, 85)
    assert "categories of people, all taken as T32" in lost


def test_sides_are_taken_by_name(tmp_path: Path) -> None:
    picture, _ = read(tmp_path, scenario(), sides=["Red"])
    assert [part.name for part in picture.parts] == ["red", "r1", "foe"]
    with pytest.raises(UnknownName, match="choose from Blue, Red"):
        read(tmp_path, scenario(), sides=["Green"])
    only = scenario()
    only["sides"] = only["sides"][1:]
    with pytest.raises(BadParts, match="none is friendly: name one with --side: Red"):
        read(tmp_path, only)


def test_ids_that_a_ledger_does_not_take_get_names(tmp_path: Path) -> None:
    odd = scenario()
    units = odd["sides"][0]["groups"][0]["subUnits"][0]["subUnits"]
    units[0] |= {"id": "id 1", "shortName": "A Bty"}
    units[1] |= {"id": "*", "shortName": "A Bty"}
    picture, lost = read(tmp_path, odd)
    assert [part.name for part in picture.parts][-2:] == ["a-bty", "a-bty-2"]
    assert "ids that are no names of a ledger" in lost
    assert through_ledger(picture, tmp_path).parts == picture.parts


def of_unit(**keys: object) -> Change:
    """Return a change of the brigade's keys."""
    return lambda it: it["sides"][0]["groups"][0]["subUnits"][0].update(keys)


def of_battery(**keys: object) -> Change:
    """Return a change of the first battery's keys."""
    return lambda it: it["sides"][0]["groups"][0]["subUnits"][0]["subUnits"][0].update(
        keys
    )


def moved_to(target: object) -> Change:
    """Return a change that moves the first battery."""
    hierarchy = {"targetId": target, "placement": "on"}
    return of_battery(state=[{"id": "s", "t": "2025-03-09", "hierarchy": hierarchy}])


STRANGE: list[object] = [[], {}, 3, None]

WRONG: list[tuple[Change, str]] = [
    (of_unit(id="blue"), "$.sides[0].groups[0].subUnits[0].id: 'blue' was given"),
    (of_unit(id=""), ".id: must be a text that is not empty"),
    (of_unit(name=None), ".name: must be a text"),
    (of_unit(sidc="99"), ".sidc: must be 20 digits"),
    (of_unit(sidc="SFAPMF----*****x"), ".sidc: must be 20 digits"),
    (of_unit(location=[200, 0]), ".location: must be [longitude, latitude]"),
    (of_unit(location="here"), ".location: must be [longitude, latitude]"),
    (of_unit(personnel={}), ".personnel: must be a list"),
    (of_unit(personnel=[3]), ".personnel[0]: must be an object"),
    (
        of_unit(personnel=[{"name": "Title 10", "count": 10**9}]),
        ".personnel[0].count: must be a whole number from 0 to 10,000,000",
    ),
    (of_unit(personnel=[{"name": "Title 10", "count": -1}]), "must be a whole"),
    (of_unit(personnel=[{"name": "Title 10", "count": 1.5}]), "must be a whole"),
    (of_unit(personnel=[{"name": "Title 10", "count": True}]), "must be a whole"),
    (
        of_unit(personnel=[{"name": "T10", "count": 1}, {"name": "T10", "count": 1}]),
        ".personnel[1].name: 'T10' was given before",
    ),
    (of_unit(state=[{"id": "s", "t": "soon"}]), ".state[0].t: must be a time"),
    (of_unit(state=[{"id": "s", "t": 17}]), ".state[0].t: must be a time"),
    (
        of_unit(state=[{"id": "s", "t": "2025-03-09"}, {"id": "u", "t": "2025-03-08"}]),
        ".state[1].t: 2025-03-08 is before the state above it",
    ),
    (
        of_unit(
            state=[
                {
                    "id": "s",
                    "t": "2025-03-09",
                    "hierarchy": {"targetId": "alpha", "placement": "on"},
                }
            ]
        ),
        ".state[0].hierarchy: puts a unit under itself",
    ),
    (
        of_battery(
            state=[
                {
                    "id": "s",
                    "t": "2025-03-09",
                    "hierarchy": {"targetId": "nobody", "placement": "on"},
                }
            ]
        ),
        ".hierarchy.targetId: 'nobody' is no id of the file",
    ),
    (
        of_battery(
            state=[
                {
                    "id": "s",
                    "t": "2025-03-09",
                    "diff": {"equipment": [{"name": "tank", "onHand": 1}]},
                }
            ]
        ),
        ".diff.equipment[0].name: 'tank' is not held by the unit at first",
    ),
    (
        of_battery(
            state=[
                {
                    "id": "s",
                    "t": "2025-03-09",
                    "diff": {"equipment": [{"name": "155 mm howitzer", "onHand": -13}]},
                }
            ]
        ),
        ".onHand: must be a whole number",
    ),
    *((moved_to(target), "is no id of the file") for target in STRANGE),
    (lambda it: it.update(startTime="March"), "$.startTime: must be a time"),
    (lambda it: it["sides"][0].update(standardIdentity="9"), "must be one of 0, 1"),
    (lambda it: it.update(sides="x"), "$.sides: must be a list"),
]


@pytest.mark.parametrize("which", range(len(WRONG)))
def test_a_wrong_part_is_told_by_its_path(tmp_path: Path, which: int) -> None:
    change, said = WRONG[which]
    wrong = copy.deepcopy(scenario())
    change(wrong)
    with pytest.raises(BadParts) as raised:
        read(tmp_path, wrong)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)


def test_all_wrong_parts_are_told_together(tmp_path: Path) -> None:
    wrong = scenario()
    for change in (of_unit(sidc="1", name=""), of_battery(location=[])):
        change(wrong)
    with pytest.raises(BadParts) as raised:
        read(tmp_path, wrong)
    assert len(raised.value.faults) == 3


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("  \n", "is empty"),
        ("{", "line 1, column 2: is not JSON"),
        ("[]", "$.type: must be 'ORBAT-mapper'"),
        ('{"type": "FeatureCollection"}', "not 'FeatureCollection'"),
        ('{"type": "ORBAT-mapper-encrypted"}', "save it without a password"),
        ('{"type": "ORBAT-mapper", "version": "9.0.0"}', "$.version: must be 2.x or"),
        ("[" * 100_000, "nested too deep"),
        ("9" * 5_000, "is not JSON: holds a number too long to read"),
        (
            '{"type": "ORBAT-mapper", "name": "\\ud800"}',
            r"'\ud800', half of a character",
        ),
    ],
)
def test_a_file_of_another_kind_is_one_line(
    tmp_path: Path, content: str, said: str
) -> None:
    with pytest.raises(BadFile) as raised:
        read(tmp_path, content)
    assert said in str(raised.value)


def test_a_file_in_another_encoding_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_bytes('{"name": "Große Übung"}'.encode("latin-1"))
    with pytest.raises(BadFile, match=r"is not text in UTF-8: byte 14"):
        read_orbat(path, Losses())
    with pytest.raises(BadFile, match="cannot be read"):
        read_orbat(tmp_path / "none.json", Losses())


def test_letters_of_an_old_symbol_are_converted(tmp_path: Path) -> None:
    old = scenario()
    of_unit(sidc="SFGPUCI----H---")(old)
    picture, lost = read(tmp_path, old)
    assert picture.parts[2].sidc == "10031000181211000000"
    assert not any("symbols" in what for what in lost)


def test_a_deep_tree_is_read_and_written(tmp_path: Path) -> None:
    deep = scenario()
    unit = battery("u0")
    unit["state"] = []
    for n in range(1, 150):
        above = battery(f"u{n}") | {"state": [], "subUnits": [unit]}
        unit = above
    deep["sides"][0]["groups"][0]["subUnits"] = [unit]
    picture, _ = read(tmp_path, deep)
    assert len(picture.parts) == 152
    back, _ = read(tmp_path, orbat_text(picture, Losses()))
    assert tree(back) == tree(picture)
