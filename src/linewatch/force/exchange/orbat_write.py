"""Writing an orbat-mapper scenario of schema 3.4.0."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.orbat_words import (
    CATEGORIES,
    GROUP,
    PLAIN_SYMBOL,
    SIDE,
    TYPE,
    VERSION,
)
from linewatch.force.exchange.picture import Held, Part, Picture, Spot
from linewatch.force.symbol import parse_sidc
from linewatch.force.values import PEOPLE

Json = dict[str, Any]


def orbat_text(picture: Picture, losses: Losses) -> str:
    """Return a picture as a scenario that orbat-mapper opens.

    People are personnel by duty status and kit is equipment: ``count`` is the number
    assigned and ``onHand`` the number present. What the format cannot hold goes to
    `losses`.
    """
    scene = _Scene(picture, losses)
    by_layer: dict[str | None, list[Part]] = {}
    for part in picture.parts:
        by_layer.setdefault(part.layer, []).append(part)
    sides = [scene.side(part) for part in by_layer.get("side", [])]
    loose = [
        scene.unit(part)
        for part in picture.parts
        if part.parent is None and part.layer is None
    ]
    stray = [scene.group(part) for part in by_layer.get("group", []) if not part.parent]
    if loose or stray or not sides:
        group = {"id": GROUP, "name": "Units", "subUnits": loose}
        sides.append(
            {
                "id": SIDE,
                "name": "Own force",
                "standardIdentity": "3",
                "groups": [*stray, group],
                "subUnits": [],
            }
        )
    editions = {part.sidc[:2] for part in picture.parts if part.sidc}
    return json.dumps(
        {
            "id": f"linewatch-{picture.start}",
            "type": TYPE,
            "version": VERSION,
            "name": picture.name,
            "startTime": _time(picture.start),
            "timeZone": "UTC",
            "symbologyStandard": "2525e" if editions & {"13", "14"} else "2525d",
            "sides": sides,
            "events": [],
            "layerStack": [],
            "equipment": [
                {"name": name, "description": title}
                for name, title in picture.kits.items()
            ],
            "personnel": [{"name": name} for name in CATEGORIES.values()],
            "supplyCategories": [],
            "settings": {
                "rangeRingGroups": [],
                "statuses": [],
                "supplyClasses": [],
                "supplyUoMs": [],
                "symbolFillColors": [],
                "customSymbols": [],
            },
        },
        indent=1,
    )


class _Scene:
    """A picture by unit, so that each can be written at once."""

    def __init__(self, picture: Picture, losses: Losses) -> None:
        self.picture = picture
        self.losses = losses
        self.spots = {spot.name: spot for spot in picture.spots}
        self.parts = {part.name: part for part in picture.parts}
        self.below: dict[str, list[Part]] = {}
        for part in picture.parts:
            if part.parent is not None:
                self.below.setdefault(part.parent, []).append(part)
        self.held: dict[str, list[Held]] = {}
        for held in picture.held:
            self.held.setdefault(held.unit, []).append(held)
        self.under: dict[str, list[tuple[date, str | None]]] = {}
        for change in picture.under:
            told = change.on, change.superior
            self.under.setdefault(change.unit, []).append(told)
        for spot in picture.spots:
            if spot.where:
                losses.add("names of places; where they are passes", spot.name)
        for part in picture.parts:
            if part.since > picture.start:
                losses.add("first days of units", part.name)

    def side(self, part: Part) -> Json:
        """Write a side with its groups and units."""
        below = self.below.get(part.name, [])
        identity = parse_sidc(part.sidc).identity if part.sidc else "3"
        return {
            "id": part.name,
            "name": part.title,
            "standardIdentity": identity,
            "groups": [self.group(one) for one in below if one.layer == "group"],
            "subUnits": [self.unit(one) for one in below if one.layer is None],
        }

    def group(self, part: Part) -> Json:
        """Write a group with its units."""
        below = self.below.get(part.name, [])
        units = [self.unit(one) for one in below if one.layer is None]
        return {"id": part.name, "name": part.title, "subUnits": units}

    def unit(self, top: Part) -> Json:
        """Write a unit with all below it, however deep."""
        made = self._alone(top)
        stack = [(top, made)]
        while stack:
            part, words = stack.pop()
            for one in self.below.get(part.name, []):
                child = self._alone(one)
                words["subUnits"].append(child)
                stack.append((one, child))
        return made

    def _alone(self, part: Part) -> Json:
        """Write a unit without those below it."""
        course = self.held.get(part.name, [])
        first = [held for held in course if held.on == self.picture.start]
        at = self._where(first) or (part.home and self.spots.get(part.home))
        if part.home and self._where(first):
            self.losses.add(
                "homes of units that are there from the first day", part.name
            )
        words: Json = {
            "id": part.name,
            "name": part.title,
            "shortName": part.name,
            "sidc": part.sidc or PLAIN_SYMBOL,
            "subUnits": [],
            "state": self._states(part, course, at or None),
        }
        if at and at.where:
            words["location"] = list(at.where)
        elif at:
            self.losses.add("places of which the ledger does not say where", at.name)
        if course:
            words["personnel"], words["equipment"] = self._initial(course, first)
        return words

    def _initial(self, course: list[Held], first: list[Held]) -> tuple[list[Json], ...]:
        """Write what a unit holds at first: every kind that it ever holds."""
        now = {held.key: held for held in first}
        lines: tuple[list[Json], list[Json]] = [], []
        for key in dict.fromkeys(held.key for held in course):
            held = now.get(key)
            line = _line(held) if held else {"count": 0, "onHand": 0}
            lines[key[1] != PEOPLE].append({"name": _name(key), **line})
        return lines

    def _states(self, part: Part, course: list[Held], at: Spot | None) -> list[Json]:
        """Write a unit's changes by day."""
        days: dict[date, Json] = {}
        for held in course:
            if held.leave or held.injured:
                told = "on leave or injured: told as assigned and not on hand"
                self.losses.add(told, f"{held.unit} on {held.on}")
            if held.on > self.picture.start:
                state = days.setdefault(held.on, {})
                kind = "personnel" if held.item == PEOPLE else "equipment"
                update = state.setdefault("update", {})
                lines = update.setdefault(kind, [])
                lines.append({"name": _name(held.key), **_line(held)})
        self._follow(days, course, at)
        for on, superior in self.under.get(part.name, []):
            target = superior or self._own_parent(part)
            days.setdefault(on, {})["hierarchy"] = {
                "targetId": target,
                "placement": "on",
            }
        return [
            {"id": f"{part.name}-{number}", "t": _time(on), **days[on]}
            for number, on in enumerate(sorted(days), start=1)
        ]

    def _follow(
        self, days: dict[date, Json], course: list[Held], at: Spot | None
    ) -> None:
        """Write where a unit goes."""
        now: dict[tuple[str, str, str | None], Held] = {}
        here = at
        for on in sorted({held.on for held in course}):
            now |= {held.key: held for held in course if held.on == on}
            there = self._where(list(now.values()))
            if there is None or there == here or on == self.picture.start:
                continue
            here = there
            if there.where:
                days.setdefault(on, {})["location"] = list(there.where)
            else:
                told = "places of which the ledger does not say where"
                self.losses.add(told, there.name)

    def _where(self, held: list[Held]) -> Spot | None:
        """Return where most of a unit's people are, or most of its kit."""
        totals: dict[tuple[bool, str], int] = {}
        for one in held:
            for place, number in one.at.items():
                key = one.item == PEOPLE, place
                totals[key] = totals.get(key, 0) + number
        if not totals:
            return None
        if len({place for _, place in totals}) > 1:
            told = "people and kit of one unit at several places: drawn where most are"
            self.losses.add(told, held[0].unit)
        (_, place), _ = max(
            totals.items(), key=lambda item: (item[0][0], item[1], item[0][1])
        )
        return self.spots.get(place) or Spot(name=place, title=place)

    def _own_parent(self, part: Part) -> str:
        """Return the id of what a unit is part of."""
        return part.parent or GROUP


def _name(key: tuple[str, str, str | None]) -> str:
    """Return how a scenario names what is held."""
    _, item, status = key
    return item if status is None else CATEGORIES[status]


def _line(held: Held) -> Mapping[str, int]:
    """Return what is held as a scenario tells it."""
    return {"count": held.count, "onHand": held.present}


def _time(on: date) -> str:
    """Return a day as a scenario writes times."""
    return f"{on.isoformat()}T00:00:00Z"
