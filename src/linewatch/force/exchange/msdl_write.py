"""Writing the units of a picture on one day as an MSDL scenario."""

from datetime import date
from typing import Final
from xml.etree.ElementTree import (
    Element,
    SubElement,
    indent,
    register_namespace,
    tostring,
)

from linewatch.errors import BadValue
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.msdl_words import (
    ECHELONS,
    MODEL,
    OWN_SIDE,
    SPACE,
    handle_of,
)
from linewatch.force.exchange.picture import Held, Part, Picture, Spot
from linewatch.force.exchange.reading import slug
from linewatch.force.symbol import Sidc, parse_sidc
from linewatch.force.symbol_letters import to_letters
from linewatch.force.values import PEOPLE

EQUIPMENT: Final = "SFGPE----------"
"""Symbol of equipment of which no more is told."""


def msdl_text(picture: Picture, losses: Losses, *, on: date) -> str:
    """Return a picture on one day as MSDL; what is lost goes to `losses`."""
    scene = _Scene(picture, losses, on)
    top = Element(f"{{{SPACE}}}MilitaryScenario")
    identity = _add(top, "ScenarioID")
    for tag, text in (
        ("name", picture.name),
        ("type", ""),
        ("version", "0"),
        ("modificationDate", on.isoformat()),
        ("securityClassification", "Unclassified"),
        ("description", "Written by Linewatch"),
    ):
        SubElement(identity, f"{{{MODEL}}}{tag}").text = text
    _add(_add(top, "Options"), "MSDLVersion", "MSDL Standard Nov 2008")
    _add(_add(top, "Environment"), "ScenarioTime", f"{on.isoformat()}T00:00:00Z")
    scene.sides(_add(top, "ForceSides"))
    organizations = _add(top, "Organizations")
    units = _add(organizations, "Units")
    for part in picture.parts:
        if part.layer is None:
            scene.unit(units, part)
    scene.equipment(organizations)
    register_namespace("", SPACE)
    register_namespace("modelID", MODEL)
    indent(top)
    head = '<?xml version="1.0" encoding="UTF-8"?>\n'
    return head + tostring(top, encoding="unicode") + "\n"


def _add(above: Element, tag: str, text: str | None = None) -> Element:
    """Add an element of the scenario's name space."""
    made = SubElement(above, f"{{{SPACE}}}{tag}")
    made.text = text
    return made


class _Scene:
    """A picture as it is on one day."""

    def __init__(self, picture: Picture, losses: Losses, on: date) -> None:
        self.picture = picture
        self.losses = losses
        self.parts = {part.name: part for part in picture.parts}
        self.spots = {spot.name: spot for spot in picture.spots}
        self.superior = {
            change.unit: change.superior for change in picture.under if change.on <= on
        }
        now: dict[tuple[str, str, str | None], Held] = {}
        for held in picture.held:
            if held.on <= on:
                now[held.key] = held
            else:
                losses.add(f"changes after {on}", f"{held.unit} on {held.on}")
        for change in picture.under:
            if change.on > on:
                losses.add(f"changes after {on}", f"{change.unit} on {change.on}")
        self.held: dict[str, list[Held]] = {}
        for held in now.values():
            self.held.setdefault(held.unit, []).append(held)
        for spot in picture.spots:
            if spot.where:
                losses.add("names of places; where they are passes", spot.name)

    def sides(self, above: Element) -> None:
        """Write the sides, and groups as sides that owe them allegiance."""
        layers = [part for part in self.picture.parts if part.layer]
        needed = any(p.parent is None for p in self.picture.parts if p.layer != "side")
        if needed or not layers:
            _side(above, OWN_SIDE, "Own force", OWN_SIDE)
        for part in layers:
            handle, owner = handle_of(part.name), part.parent
            told = part.title if slug(part.title) == part.name else part.name
            if told != part.title:
                self.losses.add("titles of sides that say more than names", part.name)
            allegiance = handle_of(owner) if owner else handle
            if owner is None and part.layer == "group":
                allegiance = OWN_SIDE
            _side(above, handle, told, allegiance)

    def unit(self, above: Element, part: Part) -> None:
        """Write a unit."""
        symbol = parse_sidc(part.sidc) if part.sidc else Sidc()
        try:
            letters, lost = to_letters(symbol)
        except BadValue:
            letters, lost = to_letters(Sidc(identity=symbol.identity))
            lost = (*lost, f"set {symbol.symbol_set}: no land unit")
        for what in lost:
            self.losses.add(f"symbols: {what}", part.name)
        unit = _add(above, "Unit")
        _add(unit, "ObjectHandle", handle_of(part.name))
        _add(unit, "SymbolIdentifier", letters)
        _add(unit, "Name", part.title)
        modifiers = _add(unit, "UnitSymbolModifiers")
        if symbol.amplifier in ECHELONS:
            _add(modifiers, "Echelon", ECHELONS[symbol.amplifier])
        _add(modifiers, "UniqueDesignation", part.name)
        place = self._where(part)
        if place is not None:
            _disposition(unit, place)
        self._relations(unit, part)
        for held in self.held.get(part.name, []):
            if held.item == PEOPLE and held.count:
                self.losses.add("numbers of people: MSDL has none", part.name)

    def _relations(self, unit: Element, part: Part) -> None:
        """Write under whom a unit works, and whose part it is."""
        attached = self.superior.get(part.name)
        above = attached or part.parent
        relations = _add(unit, "Relations")
        force = _add(relations, "ForceRelation")
        to_side = above is None or self.parts[above].layer is not None
        _add(force, "ForceRelationChoice", "FORCE_SIDE" if to_side else "UNIT")
        data = _add(force, "ForceRelationData")
        handle = handle_of(above) if above else OWN_SIDE
        if to_side:
            _add(data, "ForceSideHandle", handle)
        else:
            command = _add(data, "CommandRelation")
            _add(command, "CommandingSuperiorHandle", handle)
            kind = "ATTACHED" if attached else "ORGANIC"
            _add(command, "CommandRelationshipType", kind)
        organic = _add(relations, "OrganicRelation")
        own = part.parent
        to_side = own is None or self.parts[own].layer is not None
        _add(organic, "OrganicRelationChoice", "FORCE_SIDE" if to_side else "UNIT")
        data = _add(organic, "OrganicRelationData")
        tag = "OrganicForceSideHandle" if to_side else "OrganicSuperiorHandle"
        _add(data, tag, handle_of(own) if own else OWN_SIDE)

    def _where(self, part: Part) -> Spot | None:
        """Return where a unit is: where most of its people are, else its home."""
        people = [h for h in self.held.get(part.name, []) if h.item == PEOPLE]
        totals: dict[str, int] = {}
        for held in people:
            for place, number in held.at.items():
                totals[place] = totals.get(place, 0) + number
        if len(totals) > 1:
            self.losses.add("people of one unit at several places", part.name)
        if totals and part.home and part.home not in totals:
            self.losses.add("homes of units that are elsewhere", part.name)
        name = max(totals, key=lambda one: (totals[one], one)) if totals else part.home
        spot = self.spots.get(name) if name else None
        if name and (spot is None or spot.where is None):
            self.losses.add("places of which the ledger does not say where", name)
        return spot if spot and spot.where else None

    def equipment(self, organizations: Element) -> None:
        """Write the kit of each unit: one element for each kind and place."""
        lines = [
            (held, place, number)
            for course in self.held.values()
            for held in course
            if held.item != PEOPLE
            for place, number in held.at.items()
        ]
        for course in self.held.values():
            for held in course:
                if held.item != PEOPLE and held.count > held.present:
                    self.losses.add("kit that is assigned and not present", held.unit)
        if lines:
            above = _add(organizations, "Equipment")
            for held, place, number in lines:
                self._piece(above, held, place, number)

    def _piece(self, above: Element, held: Held, place: str, number: int) -> None:
        """Write one kind of kit at one place."""
        item = _add(above, "EquipmentItem")
        _add(item, "ObjectHandle", handle_of(f"{held.unit} {held.item} {place}"))
        _add(item, "SymbolIdentifier", EQUIPMENT)
        _add(item, "Name", held.item)
        modifiers = _add(item, "EquipmentSymbolModifiers")
        _add(modifiers, "Quantity", str(number))
        _add(modifiers, "EquipmentType", held.item)
        _add(modifiers, "AdditionalInfo", self.picture.kits.get(held.item, held.item))
        spot = self.spots.get(place)
        if spot is not None and spot.where:
            _disposition(item, spot)
        else:
            self.losses.add("places of which the ledger does not say where", place)
        relations = _add(item, "Relations")
        _add(relations, "OrganicSuperiorHandle", handle_of(held.unit))
        holder = _add(relations, "HoldingOrganization")
        _add(holder, "OwnerChoice", "UNIT")
        data = _add(holder, "OwnerData")
        _add(data, "UnitOwnerHandle", handle_of(held.unit))


def _side(above: Element, handle: str, name: str, allegiance: str) -> None:
    """Write a side."""
    side = _add(above, "ForceSide")
    _add(side, "ObjectHandle", handle)
    _add(side, "ForceSideName", name)
    _add(side, "AllegianceHandle", allegiance)


def _disposition(above: Element, spot: Spot) -> None:
    """Write where something is."""
    place = _add(_add(above, "Disposition"), "Location")
    _add(place, "CoordinateChoice", "GDC")
    where = _add(_add(place, "CoordinateData"), "GDC")
    _add(where, "Latitude", repr(spot.lat_deg))
    _add(where, "Longitude", repr(spot.lon_deg))
