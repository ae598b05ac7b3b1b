"""Reading the units of an MSDL scenario: one instant, every fault with its line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.markup import Node, read_markup
from linewatch.force.exchange.msdl_words import (
    ECHELONS,
    FRIENDS,
    LOST_OF_DISPOSITION,
    LOST_OF_SCENARIO,
    LOST_OF_UNIT,
    OWN_SIDE,
    handle_of,
)
from linewatch.force.exchange.picture import Held, Part, Picture, Spot, Under
from linewatch.force.exchange.reading import Faults, Names, midnight, slug
from linewatch.force.exchange.telling import LEGAL, SOMEWHERE
from linewatch.force.symbol import Sidc
from linewatch.force.symbol_letters import from_letters
from linewatch.force.values import COUNTED, PEOPLE, STATUSES

Relation = tuple[str, str]
"""``UNIT`` or ``FORCE_SIDE``, and a handle."""


@dataclass(slots=True)
class Draft:
    """What was read of a scenario so far; units by handle."""

    faults: Faults
    losses: Losses
    start: date
    names: Names = field(default_factory=Names)
    kits: Names = field(
        default_factory=lambda: Names(taken={PEOPLE, *STATUSES, *COUNTED})
    )
    titles: dict[str, str] = field(default_factory=dict)
    spots: dict[tuple[float, float], Spot] = field(default_factory=dict)
    parts: dict[str, Part] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    organic: dict[str, str | None] = field(default_factory=dict)
    command: dict[str, str | None] = field(default_factory=dict)
    own: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)

    def handle(self, node: Node) -> str:
        """Return an element's handle, telling when it has none or one given before."""
        found = node.value("ObjectHandle")
        if not found:
            self.faults.add(at(node), f"{node.tag} has no ObjectHandle")
        elif found in self.seen:
            self.faults.add(at(node), f"ObjectHandle {found} was given before")
            return ""
        self.seen.add(found)
        return found


def at(node: Node) -> str:
    """Return where an element is."""
    return f"line {node.line}"


def read_msdl(path: Path, losses: Losses, *, sides: Sequence[str] = ()) -> Picture:
    """Read the units, their ownership and their equipment from an MSDL scenario.

    Parameters
    ----------
    path : Path
        File to read.
    losses : Losses
        Takes what a ledger cannot hold.
    sides : sequence of str, optional
        Names of the sides to take over; the first and its friends when left out.

    Raises
    ------
    BadFile
        If it is no such file, or declares entities.
    BadParts
        If elements of it break its rules; all are told.
    UnknownName
        If it has no such side.
    """
    top = read_markup(path)
    if top.tag != "MilitaryScenario":
        raise BadFile(path, f"must be a MilitaryScenario, not {top.tag}")
    faults = Faults(path)
    draft = Draft(faults=faults, losses=losses, start=_start(top, faults, losses))
    for tag in LOST_OF_SCENARIO:
        found = top.first(tag)
        if found and found.below:
            losses.add(f"{tag} of the scenario", at(found))
    _take_sides(draft, top, sides)
    for unit in top.every("Organizations", "Units", "Unit"):
        _take_unit(draft, unit)
    for handle in [*draft.nodes]:
        _relate(draft, handle)
    _leave_out_others(draft)
    held = _equipment(draft, top)
    under = _attachments(draft)
    parts = _in_order(draft)
    faults.stop()
    return Picture(
        name=top.value("ScenarioID", "name") or path.stem,
        start=draft.start,
        spots=tuple(draft.spots.values()),
        parts=parts,
        kits=draft.titles,
        held=held,
        under=under,
    )


def _start(top: Node, faults: Faults, losses: Losses) -> date:
    """Return the day of the scenario."""
    node = top.first("Environment", "ScenarioTime")
    text = node.text.strip() if node else ""
    if node is None or not text:
        losses.add(
            "the day: the file has no ScenarioTime, 1970-01-01 is taken", "line 1"
        )
        return date(1970, 1, 1)
    if not midnight(text):
        losses.add("the time of the day", at(node))
    return faults.day(text, f"{at(node)}, ScenarioTime") or date.min


def _take_sides(draft: Draft, top: Node, wanted: Sequence[str]) -> None:
    """Read the sides that are ours, or that were asked for."""
    sides = {}
    for node in top.every("ForceSides", "ForceSide"):
        handle = draft.handle(node)
        if handle:
            sides[handle] = node
    names = [node.value("ForceSideName") for node in sides.values()]
    for name in wanted:
        if name not in names:
            raise UnknownName("side", name, names)
    friends = _friends(sides)
    for handle, node in sides.items():
        name = node.value("ForceSideName")
        if not (name in wanted if wanted else handle in friends):
            draft.losses.add("units of sides that are not ours", at(node))
            continue
        draft.own.add(handle)
        if handle == OWN_SIDE:
            continue
        above = node.value("AllegianceHandle") or handle
        part = Part(
            name=_name(draft, handle, name),
            title=name or handle,
            since=draft.start,
            sidc=Sidc().text if above == handle else None,
            layer="side" if above == handle else "group",
        )
        draft.parts[handle] = part
        draft.organic[handle] = None if above in (handle, OWN_SIDE) else above
    if not sides:
        draft.faults.add(at(top), "has no ForceSide, which units must belong to")


def _friends(sides: Mapping[str, Node]) -> set[str]:
    """Return the first side, its friends, and who owes one of them allegiance."""
    if not sides:
        return set()
    first = next(iter(sides))
    found = {first}
    for one in sides[first].every("Associations", "Association"):
        if one.value("Relationship") in FRIENDS:
            found.add(one.value("AffiliateHandle"))
    for _ in sides:
        found |= {h for h, s in sides.items() if s.value("AllegianceHandle") in found}
    return found


def _name(draft: Draft, handle: str, designation: str) -> str:
    """Return a unit's name: what it is called, if the handle was made of that."""
    for wish in (designation, slug(designation)):
        if LEGAL.fullmatch(wish) and handle_of(wish) == handle:
            return draft.names.of(wish)
    return draft.names.of(handle)


def _take_unit(draft: Draft, node: Node) -> None:
    """Read a unit, without whom it belongs to."""
    handle = draft.handle(node)
    called = node.value("UnitSymbolModifiers", "UniqueDesignation")
    title = node.value("Name") or called
    if not handle:
        return
    if not title:
        draft.faults.add(at(node), "Unit has no Name")
    if called and called != title and handle_of(called) != handle:
        draft.losses.add("UniqueDesignation of units", at(node))
    for tag in LOST_OF_UNIT:
        if node.first(tag):
            draft.losses.add(f"{tag} of units", at(node))
    draft.parts[handle] = Part(
        name=_name(draft, handle, called or title),
        title=title or handle,
        since=draft.start,
        home=_spot(draft, node),
        sidc=_symbol(draft, node),
    )
    draft.nodes[handle] = node


def _symbol(draft: Draft, node: Node) -> str | None:
    """Return a unit's symbol as digits."""
    text = node.value("SymbolIdentifier")
    try:
        symbol, lost = from_letters(text)
    except BadValue as error:
        draft.faults.add(at(node), f"SymbolIdentifier: {error}")
        return None
    for what in lost:
        draft.losses.add(f"symbols: {what}", at(node))
    said = node.value("UnitSymbolModifiers", "Echelon")
    size = next((digits for digits, word in ECHELONS.items() if word == said), None)
    if symbol.amplifier == "00" and size:
        symbol = replace(symbol, amplifier=size)
    elif said and size != symbol.amplifier:
        draft.losses.add("Echelon other than the symbol's", at(node))
    return symbol.text


def _spot(draft: Draft, node: Node) -> str | None:
    """Return the place of a disposition."""
    place = node.first("Disposition")
    if place is None:
        return None
    for tag in LOST_OF_DISPOSITION:
        if place.first(tag):
            draft.losses.add(f"{tag} of dispositions", at(place))
    where = place.first("Location", "CoordinateData", "GDC")
    if where is None:
        if place.first("Location"):
            draft.losses.add("locations that are not geodetic (GDC)", at(place))
        return None
    if where.value("ElevationAGL").strip("0."):
        draft.losses.add("heights of locations", at(where))
    try:
        lon_deg, lat_deg = (
            float(where.value("Longitude")),
            float(where.value("Latitude")),
        )
        known = -180 <= lon_deg <= 180 and -90 <= lat_deg <= 90
    except ValueError:
        known, lon_deg, lat_deg = False, 0.0, 0.0
    if not known:
        told = "GDC needs a Latitude of -90 to 90 and a Longitude of -180 to 180"
        draft.faults.add(at(where), told)
        return None
    key = lon_deg, lat_deg
    if key not in draft.spots:
        name = f"at-{len(draft.spots) + 1}"
        title = f"{lon_deg:.5f}, {lat_deg:.5f}"
        draft.spots[key] = Spot(
            name=name, title=title, lon_deg=lon_deg, lat_deg=lat_deg
        )
    return draft.spots[key].name


def _relate(draft: Draft, handle: str) -> None:
    """Read whom a unit belongs to, and under whom it works."""
    node = draft.nodes[handle]
    force = node.first("Relations", "ForceRelation")
    if force is None:
        draft.faults.add(at(node), "Unit has no ForceRelation")
        return
    data = force.first("ForceRelationData")
    command = data.first("CommandRelation") if data else None
    kind = "ORGANIC"
    if command is not None:
        above = command.value("CommandingSuperiorHandle")
        kind = command.value("CommandRelationshipType") or "NONE"
        if kind not in ("ORGANIC", "ATTACHED"):
            draft.losses.add(
                f"command relationship {kind}, held as attached", at(command)
            )
    else:
        above = data.value("ForceSideHandle") if data else ""
    organic = node.first("Relations", "OrganicRelation", "OrganicRelationData")
    own: str | None = None
    if organic is not None:
        told = organic.value("OrganicSuperiorHandle")
        own = told or organic.value("OrganicForceSideHandle") or None
        if own is not None and own not in draft.seen:
            draft.faults.add(at(organic), f"{own} is no handle of the file")
    if not above or above not in draft.seen:
        told = f"ForceRelation: {above or 'nobody'} is no handle of the file"
        draft.faults.add(at(force), told)
        return
    if node.first("Relations", "SupportRelations"):
        draft.losses.add("SupportRelations of units", at(node))
    draft.command[handle] = above
    if own is None and kind == "ORGANIC":
        own = above
    draft.organic[handle] = own


def _leave_out_others(draft: Draft) -> None:
    """Drop the units of sides that are not ours; give all others an organic parent."""
    for handle in [*draft.nodes]:
        if handle not in draft.command:
            continue
        top, steps = handle, 0
        while top in draft.command and steps <= len(draft.nodes):
            top, steps = draft.command[top] or "", steps + 1
        if steps > len(draft.nodes):
            draft.faults.add(at(draft.nodes[handle]), "Unit stands under itself")
            draft.command.pop(handle)
        elif top not in draft.own:
            draft.parts.pop(handle)
        elif draft.organic[handle] is None:
            draft.organic[handle] = top
    for handle, own in draft.organic.items():
        if own == OWN_SIDE or (own is not None and own not in draft.parts):
            draft.organic[handle] = None


def _attachments(draft: Draft) -> tuple[Under, ...]:
    """Return who works under another than the one whose part it is.

    From the top down: then each comes under what is in its place already, and no ring
    closes on the way to an order of battle that has none.
    """

    def depth(handle: str | None) -> int:
        steps = 0
        while handle in draft.command and steps <= len(draft.command):
            handle, steps = draft.command[handle or ""], steps + 1
        return steps

    found = []
    for handle in sorted(draft.command, key=depth):
        above = draft.command[handle]
        if handle not in draft.parts or above == draft.organic[handle]:
            continue
        if above in draft.parts:
            unit, superior = draft.parts[handle].name, draft.parts[above].name
            found.append(Under(unit=unit, on=draft.start, superior=superior))
        elif draft.organic[handle] is not None:
            told = "units that come to stand under none"
            draft.losses.add(told, at(draft.nodes[handle]))
    return tuple(found)


def _in_order(draft: Draft) -> tuple[Part, ...]:
    """Return the units with their parents, each parent before its parts."""
    made: dict[str, Part] = {}
    for first in draft.parts:
        way, handle = [], first
        while handle not in made and handle not in way:
            way.append(handle)
            handle = draft.organic.get(handle) or first
        if way and handle in way and draft.organic.get(way[-1]):
            where = at(draft.nodes[first]) if first in draft.nodes else "line 1"
            draft.faults.add(where, "is organic to itself")
            return ()
        for one in reversed(way):
            above = draft.organic.get(one)
            parent = made[above].name if above else None
            made[one] = replace(draft.parts[one], parent=parent)
    return tuple(made.values())


def _equipment(draft: Draft, top: Node) -> tuple[Held, ...]:
    """Return the equipment of each unit, summed by type."""
    totals: dict[tuple[str, str], dict[str, int]] = {}
    for node in top.every("Organizations", "Equipment", "EquipmentItem"):
        draft.handle(node)
        kind = node.value("EquipmentSymbolModifiers", "EquipmentType")
        kind = kind or node.value("Name")
        holder = node.first("Relations", "HoldingOrganization", "OwnerData")
        owner = holder.value("UnitOwnerHandle") if holder else ""
        owner = owner or node.value("Relations", "OrganicSuperiorHandle")
        if not kind:
            draft.faults.add(at(node), "EquipmentItem has no EquipmentType and no Name")
        elif owner not in draft.seen:
            told = (
                f"EquipmentItem belongs to {owner or 'nobody'}, no handle of the file"
            )
            draft.faults.add(at(node), told)
        elif owner not in draft.nodes:
            draft.losses.add("equipment that sides hold themselves", at(node))
        elif owner in draft.parts:
            draft.losses.add("handles and symbols of pieces of equipment", at(node))
            said = node.value("EquipmentSymbolModifiers", "Quantity")
            number = draft.faults.count(said, f"{at(node)}, Quantity", empty=1)
            key = kind if kind[:1].isalpha() else slug(f"kit {kind}")
            item = draft.kits.of(key, kind)
            draft.titles.setdefault(item, _title(node, kind))
            place = _spot(draft, node) or draft.parts[owner].home or SOMEWHERE
            at_place = totals.setdefault((draft.parts[owner].name, item), {})
            at_place[place] = at_place.get(place, 0) + number
    return tuple(
        Held(
            unit=unit,
            on=draft.start,
            item=item,
            count=sum(places.values()),
            at={place: number for place, number in sorted(places.items()) if number},
        )
        for (unit, item), places in totals.items()
        if sum(places.values())
    )


def _title(node: Node, kind: str) -> str:
    """Return the full name of a kind of equipment."""
    return node.value("EquipmentSymbolModifiers", "AdditionalInfo") or kind
