"""Tests of MSDL scenarios: read, written, and both ways round."""

from datetime import date
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from linewatch.errors import BadFile, BadParts, UnknownName
from linewatch.force import read_ledger
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.msdl_read import read_msdl
from linewatch.force.exchange.msdl_write import msdl_text
from linewatch.force.exchange.picture import Part, Picture, Under
from linewatch.force.exchange.taking import picture_of
from linewatch.force.symbol import Sidc, parse_sidc
from linewatch.force.symbol_letters import plain
from linewatch.scenario import read_scenario
from tests.force.pictures import START, pictures, through_ledger
from tests.force.test_exchange import SHARED_FOLDER

BLUE = "e7ad0e8d-2dcd-11e2-be2b-000c294c9df8"
RED = "e7ae4710-2dcd-11e2-be2b-000c294c9df8"
HQ = "7a81590c-febb-11e7-8be5-0ed5f89f718b"
FIRST = "f9e16593-2dcd-11e2-be2b-000c294c9df8"
SECOND = "13a68150-febe-11e7-b297-fbee9593fdcc"

TO_SIDE = """<ForceRelation><ForceRelationChoice>FORCE_SIDE</ForceRelationChoice>
<ForceRelationData><ForceSideHandle>{}</ForceSideHandle></ForceRelationData>
</ForceRelation>"""
TO_UNIT = """<ForceRelation><ForceRelationChoice>UNIT</ForceRelationChoice>
<ForceRelationData><CommandRelation>
<CommandingSuperiorHandle>{}</CommandingSuperiorHandle>
<CommandRelationshipType>{}</CommandRelationshipType>
</CommandRelation></ForceRelationData></ForceRelation>"""


def unit(handle: str, name: str, relation: str, more: str = "", **keys: str) -> str:
    """Write a unit."""
    symbol = keys.get("symbol", "S-G-UCI----F--G")
    return f"""<Unit><ObjectHandle>{handle}</ObjectHandle>
<SymbolIdentifier>{symbol}</SymbolIdentifier><Name>{name}</Name>{more}
<Relations>{relation}</Relations></Unit>"""


PLACED = """<UnitSymbolModifiers><Echelon>COMPANY</Echelon></UnitSymbolModifiers>
<Disposition><Location><CoordinateChoice>GDC</CoordinateChoice><CoordinateData><GDC>
<Latitude>31.8</Latitude><Longitude>-106.4</Longitude><ElevationAGL/></GDC>
</CoordinateData></Location><Speed>4</Speed></Disposition>"""

GUNS = """<EquipmentItem><ObjectHandle>{}</ObjectHandle>
<SymbolIdentifier>S-G-EVAT------G</SymbolIdentifier><Name>111</Name>
<EquipmentSymbolModifiers><Quantity>{}</Quantity><EquipmentType>M777</EquipmentType>
</EquipmentSymbolModifiers><Relations><HoldingOrganization>
<OwnerChoice>UNIT</OwnerChoice><OwnerData><UnitOwnerHandle>{}</UnitOwnerHandle>
</OwnerData></HoldingOrganization></Relations></EquipmentItem>"""


def scenario(*units: str, equipment: str = "", more: str = "") -> str:
    """Write a scenario of two sides."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<MilitaryScenario xmlns="urn:sisostds:scenario:military:data:draft:msdl:1"
 xmlns:m="http://www.sisostds.org/schemas/modelID">
<ScenarioID><m:name>Two sides</m:name></ScenarioID>
<Environment><ScenarioTime>2025-03-01T06:00:00Z</ScenarioTime></Environment>
<ForceSides>
<ForceSide><ObjectHandle>{BLUE}</ObjectHandle><ForceSideName>Blue</ForceSideName>
<AllegianceHandle>{BLUE}</AllegianceHandle><Associations><Association>
<AffiliateHandle>{RED}</AffiliateHandle><Relationship>HO</Relationship>
</Association></Associations></ForceSide>
<ForceSide><ObjectHandle>{RED}</ObjectHandle><ForceSideName>Red</ForceSideName>
<AllegianceHandle>{RED}</AllegianceHandle></ForceSide>
</ForceSides>
<Organizations><Units>{"".join(units)}</Units>
<Equipment>{equipment}</Equipment></Organizations>{more}
</MilitaryScenario>"""


USUAL = (
    unit(HQ, "HQ", TO_SIDE.format(BLUE)),
    unit(FIRST, "1st", TO_UNIT.format(HQ, "ORGANIC"), PLACED),
    unit(SECOND, "2nd", TO_UNIT.format(FIRST, "ATTACHED")),
)


def read(folder: Path, text: str, **wanted: Any) -> tuple[Picture, tuple[str, ...]]:
    """Read a scenario; return its picture and what was lost."""
    path = folder / "scenario.xml"
    path.write_text(text, encoding="utf-8")
    losses = Losses()
    return read_msdl(path, losses, **wanted), tuple(x.what for x in losses.all())


def test_units_belong_and_work_under_others(tmp_path: Path) -> None:
    text = scenario(
        *USUAL,
        unit("r", "Foe", TO_SIDE.format(RED)),
        equipment=GUNS.format("e1", 4, FIRST) + GUNS.format("e2", "", FIRST),
    )
    picture, lost = read(tmp_path, text)
    parents = {part.name: part.parent for part in picture.parts}
    assert parents == {BLUE: None, HQ: BLUE, FIRST: HQ, SECOND: BLUE}
    (attached,) = picture.under
    assert (attached.unit, attached.superior, attached.on) == (SECOND, FIRST, START)
    (held,) = picture.held
    assert (held.unit, held.item, held.count, held.at) == (
        FIRST,
        "M777",
        5,
        {"at-1": 5},
    )
    assert picture.spots[0].where == (-106.4, 31.8)
    assert parse_sidc(picture.parts[2].sidc or "").echelon == "battalion"
    assert set(lost) == {
        "the time of the day",
        "units of sides that are not ours",
        "Speed of dispositions",
        "Echelon other than the symbol's",
        "handles and symbols of pieces of equipment",
    }
    back = through_ledger(picture, tmp_path)
    assert (back.parts, back.under, back.held) == (
        picture.parts,
        picture.under,
        picture.held,
    )


def on_a_day(picture: Picture, on: date) -> tuple[object, ...]:
    """Return what MSDL can hold of a picture on a day."""
    spots = {spot.name: spot.where for spot in picture.spots}
    kit: dict[object, object] = {}
    people: dict[str, dict[str, int]] = {}
    for held in picture.held:
        if held.on <= on and held.status is None:
            kit[held.unit, held.item] = {spots[p]: n for p, n in held.at.items()}
        elif held.on <= on:
            people[held.unit + (held.status or "")] = dict(held.at)
    below = {u.unit: u.superior for u in picture.under if u.on <= on}
    units = {
        (p.name, p.title, p.parent, below.get(p.name), plain(_sidc(p.sidc)).text[2:])
        for p in picture.parts
        if p.layer is None
    }
    return units, {key: places for key, places in kit.items() if places}


def _sidc(text: str | None) -> Sidc:
    return parse_sidc(text) if text else Sidc()


@SHARED_FOLDER
@given(picture=pictures())
def test_a_ledger_is_the_same_on_a_day_after_it_was_msdl(
    picture: Picture, tmp_path: Path
) -> None:
    first = through_ledger(picture, tmp_path)
    last = max([first.start, *(h.on for h in first.held), *(u.on for u in first.under)])
    for on in (first.start, date(2025, 3, 20), last):
        back, _ = read(tmp_path, msdl_text(first, Losses(), on=on))
        assert on_a_day(through_ledger(back, tmp_path), on) == on_a_day(first, on)


@SHARED_FOLDER
@given(picture=pictures())
def test_msdl_is_the_same_after_it_was_a_ledger(
    picture: Picture, tmp_path: Path
) -> None:
    on = date(2025, 3, 20)
    once, _ = read(tmp_path, msdl_text(picture, Losses(), on=on))
    ledger = through_ledger(once, tmp_path)
    text = msdl_text(ledger, Losses(), on=ledger.start)
    twice, _ = read(tmp_path, text)
    assert on_a_day(twice, on) == on_a_day(once, on)
    assert {s.where for s in twice.spots} == {s.where for s in once.spots}
    homes = [{s.name: s.where for s in one.spots} for one in (once, twice)]
    assert {p.name: homes[0].get(p.home or "") for p in once.parts} == (
        {p.name: homes[1].get(p.home or "") for p in twice.parts}
    )


def test_the_built_in_ledger_on_the_first_of_may(tmp_path: Path) -> None:
    losses = Losses()
    first = picture_of(read_ledger(read_scenario().file("force", "ledger")), losses)
    on = date(2025, 5, 1)
    text = msdl_text(first, losses, on=on)
    ET.fromstring(text)  # noqa: S314 - written by us
    picture, lost = read(tmp_path, text)
    assert on_a_day(picture, on) == on_a_day(first, on)
    assert lost == ("handles and symbols of pieces of equipment",)
    assert {loss.what for loss in losses.all()} >= {
        "numbers of people: MSDL has none",
        "symbols: function 1211020051, held as UCIZ--",
        "changes after 2025-05-01",
    }
    assert "<ForceSideName>Own force</ForceSideName>" in text
    assert "<CommandRelationshipType>ATTACHED</CommandRelationshipType>" in text


def test_sides_are_taken_by_name(tmp_path: Path) -> None:
    text = scenario(*USUAL, unit("r", "Foe", TO_SIDE.format(RED)))
    picture, _ = read(tmp_path, text, sides=["Red"])
    assert [part.title for part in picture.parts] == ["Red", "Foe"]
    with pytest.raises(UnknownName, match="choose from Blue, Red"):
        read(tmp_path, text, sides=["Green"])


def test_what_the_ledger_cannot_hold_is_told(tmp_path: Path) -> None:
    odd = unit(
        "odd",
        "Odd",
        TO_UNIT.format(HQ, "OPCON") + "<SupportRelations/>",
        "<Model/><UnitSymbolModifiers><UniqueDesignation>7</UniqueDesignation>"
        "</UnitSymbolModifiers><Disposition><Location><CoordinateChoice>MGRS"
        "</CoordinateChoice></Location></Disposition>",
        symbol="SFGPUCIZQ-*HUS*",
    )
    text = scenario(*USUAL, odd, more="<Overlays><Overlay/></Overlays>")
    text = text.replace("<ScenarioTime>2025-03-01T06:00:00Z</ScenarioTime>", "")
    picture, lost = read(tmp_path, text)
    assert picture.start == date(1970, 1, 1)
    assert set(lost) >= {
        "the day: the file has no ScenarioTime, 1970-01-01 is taken",
        "Overlays of the scenario",
        "command relationship OPCON, held as attached",
        "SupportRelations of units",
        "Model of units",
        "UniqueDesignation of units",
        "locations that are not geodetic (GDC)",
        "symbols: function UCIZQ-, held as UCIZ--",
        "symbols: country US",
    }


WRONG = [
    (unit(HQ, "Again", TO_SIDE.format(BLUE)), f"ObjectHandle {HQ} was given before"),
    (unit("", "None", TO_SIDE.format(BLUE)), "Unit has no ObjectHandle"),
    (unit("u", "", TO_SIDE.format(BLUE)), "Unit has no Name"),
    (unit("u", "U", ""), "Unit has no ForceRelation"),
    (unit("u", "U", TO_SIDE.format("x")), "ForceRelation: x is no handle"),
    (unit("u", "U", TO_UNIT.format("", "")), "ForceRelation: nobody is no handle"),
    (
        unit("u", "U", TO_SIDE.format(BLUE), symbol="10031000"),
        "SymbolIdentifier: symbol",
    ),
    (
        unit("u", "U", TO_SIDE.format(BLUE), PLACED.replace("31.8", "131.8")),
        "GDC needs a Latitude",
    ),
    (
        unit("u", "U", TO_SIDE.format(BLUE), PLACED.replace("31.8", "north")),
        "GDC needs a Latitude",
    ),
    (
        unit("u", "U", TO_UNIT.format("v", "ATTACHED"))
        + unit("v", "V", TO_UNIT.format("u", "ATTACHED")),
        "Unit stands under itself",
    ),
    (
        unit("u", "U", TO_UNIT.format("v", "ORGANIC"))
        + unit("v", "V", TO_UNIT.format("u", "ORGANIC")),
        "Unit stands under itself",
    ),
]


@pytest.mark.parametrize("which", range(len(WRONG)))
def test_a_wrong_unit_is_told_by_its_line(tmp_path: Path, which: int) -> None:
    text, said = WRONG[which]
    with pytest.raises(BadParts, match=r"line \d+") as raised:
        read(tmp_path, scenario(*USUAL, text))
    assert said in str(raised.value)
    where = int(raised.value.faults[0][0].split()[1])
    lines = scenario(*USUAL, text).splitlines()
    assert "<" in lines[where - 1]


@pytest.mark.parametrize(
    ("item", "said"),
    [
        (GUNS.format("e", "many", FIRST), "Quantity: must be a whole number"),
        (GUNS.format("e", 10**12, FIRST), "Quantity: must be a whole number"),
        (GUNS.format("e", 1, "nobody"), "belongs to nobody, no handle"),
        (GUNS.format(HQ, 1, FIRST), "was given before"),
    ],
)
def test_wrong_equipment_is_told_by_its_line(
    tmp_path: Path, item: str, said: str
) -> None:
    with pytest.raises(BadParts) as raised:
        read(tmp_path, scenario(*USUAL, equipment=item))
    assert said in str(raised.value)


def test_all_faults_are_told_together(tmp_path: Path) -> None:
    units = [unit(f"u{n}", "", "") for n in range(30)]
    with pytest.raises(BadParts) as raised:
        read(tmp_path, scenario(*units))
    assert len(raised.value.faults) == 60
    assert str(raised.value).endswith("and 40 more")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
HOSTILE = {
    "outside": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
    "laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]><x>&l8;</x>',
    "dtd": '<!DOCTYPE x SYSTEM "http://example.invalid/x.dtd"><x/>',
    "plain": "<!DOCTYPE x><x/>",
    "parameter": '<!DOCTYPE x [<!ENTITY % p "x"> %p;]><x/>',
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_entities_and_document_types_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadFile, match="declares a document type or entities"):
        read(tmp_path, HOSTILE[name])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("plain words", "line 1: is not XML"),
        ("<MilitaryScenario><Unit></MilitaryScenario>", "line 1: is not XML"),
        ("<kml/>", "must be a MilitaryScenario, not kml"),
        ("<a>" * 100 + "</a>" * 100, "is nested too deep"),
        ('<?xml version="1.0" encoding="klingon"?><a/>', "is not XML"),
    ],
)
def test_a_file_of_another_kind_is_one_line(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(BadFile) as raised:
        read(tmp_path, text)
    assert said in str(raised.value)
    assert "\n" not in str(raised.value)
    with pytest.raises(BadParts, match="has no ForceSide"):
        read(tmp_path, "<MilitaryScenario/>")


def test_who_comes_under_a_unit_that_moves_closes_no_ring(tmp_path: Path) -> None:
    """C belongs to B and works under A; then B comes under C."""
    start = date(2025, 3, 1)

    def part(name: str, parent: str | None = None) -> Part:
        return Part(
            name=name, title=name, since=start, parent=parent,
            home=None, sidc=None, layer=None,
        )  # fmt: skip

    moves = (
        Under(unit="c", on=start, superior="a"),
        Under(unit="b", on=date(2025, 3, 4), superior="c"),
    )
    parts = (part("a"), part("b"), part("c", "b"))
    first = Picture(name="made", start=start, parts=parts, under=moves)
    on = date(2025, 3, 4)
    back, _ = read(tmp_path, msdl_text(first, Losses(), on=on))
    assert [(each.unit, each.superior) for each in back.under] == [
        ("c", "a"),
        ("b", "c"),
    ]
    through_ledger(back, tmp_path)  # loads
