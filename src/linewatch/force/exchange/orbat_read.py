"""Reading an orbat-mapper scenario: every fault is told by its JSON path."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, UnknownName
from linewatch.force.exchange.loss import Losses
from linewatch.force.exchange.orbat_course import Course
from linewatch.force.exchange.orbat_draft import Draft
from linewatch.force.exchange.orbat_words import (
    GROUP,
    LOST_OF_SCENARIO,
    LOST_OF_SIDE,
    LOST_OF_UNIT,
    PLAIN_SYMBOL,
    READ,
    SIDE,
    TYPE,
)
from linewatch.force.exchange.picture import Part, Picture, Under, changes_only
from linewatch.force.exchange.reading import Faults, read_bytes, to_text
from linewatch.force.symbol import FRIENDLY, IDENTITIES, Sidc, wrong_with
from linewatch.force.symbol_letters import LETTERS, from_letters

Json = Mapping[str, object]


def read_orbat(
    path: Path,
    losses: Losses,
    *,
    status: str | None = None,
    sides: Sequence[str] = (),
) -> Picture:
    """Read a scenario of orbat-mapper.

    Parameters
    ----------
    path : Path
        File that the program saved.
    losses : Losses
        Takes what a ledger cannot hold.
    status : str, optional
        Duty status of people whose category tells none.
    sides : sequence of str, optional
        Names of the sides to take over; friendly ones when left out.

    Raises
    ------
    BadFile
        If it is no such scenario.
    BadParts
        If parts of it break its rules; all are told.
    """
    scenario = _load(path)
    draft = Draft(faults=Faults(path), losses=losses, status=status)
    start = scenario.get("startTime")
    first = (
        date(1970, 1, 1) if start is None else draft.faults.day(start, "$.startTime")
    )
    draft.start = first or date.min
    draft.lose(scenario, LOST_OF_SCENARIO, "the scenario", "$")
    for item, where in draft.objects(scenario.get("equipment"), "$.equipment"):
        name = draft.text(item.get("name"), f"{where}.name")
        if name:
            draft.titles[draft.kit(name)] = str(item.get("description") or name)
    _take_sides(draft, scenario, sides)
    under = _moves(draft)
    draft.faults.stop()
    held = draft.held
    begin = min([draft.start, *(h.on for h in held), *(u.on for u in under)])
    parts = (
        Part(
            name=part.name,
            title=part.title,
            since=begin,
            parent=part.parent,
            home=part.home,
            sidc=part.sidc,
            layer=part.layer,
        )
        for part in draft.parts.values()
    )
    return Picture(
        name=str(scenario.get("name") or path.stem),
        start=begin,
        spots=tuple(draft.spots.values()),
        parts=tuple(parts),
        kits=draft.titles,
        held=changes_only(held),
        under=tuple(under),
    )


def _load(path: Path) -> Json:
    """Return the scenario, once it says that it is one."""
    text = to_text(path, read_bytes(path))
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        why = f"line {error.lineno}, column {error.colno}: is not JSON: {error.msg}"
        raise BadFile(path, why) from error
    except ValueError as error:
        # Python reads no number of more than 4,300 digits.
        raise BadFile(path, "is not JSON: holds a number too long to read") from error
    except RecursionError:
        raise BadFile(path, "is nested too deep to be a scenario") from None
    _check_letters(path, found)
    kind = found.get("type") if isinstance(found, dict) else None
    if kind != TYPE:
        told = f"$.type: must be {TYPE!r}, not {kind!r:.60}"
        locked = ": save it without a password" if kind == f"{TYPE}-encrypted" else ""
        raise BadFile(path, told + locked)
    version = str(found.get("version"))
    if version.split(".", maxsplit=1)[0] not in READ:
        raise BadFile(path, f"$.version: must be 2.x or 3.x, not {version!r:.20}")
    return dict(found)


def _check_letters(path: Path, found: object) -> None:
    """Refuse halves of characters, which JSON can write and no file can hold."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        half = ascii(error.object[error.start])
        raise BadFile(path, f"holds {half}, half of a character") from error


def _take_sides(draft: Draft, scenario: Json, wanted: Sequence[str]) -> None:
    """Read the sides that are ours, or that were asked for."""
    every = list(draft.objects(scenario.get("sides"), "$.sides"))
    names = [str(side.get("name")) for side, _ in every]
    for name in wanted:
        if name not in names:
            raise UnknownName("side", name, names)
    taken = False
    for side, where in every:
        identity = str(side.get("standardIdentity", "3"))
        draft.faults.one_of(identity, IDENTITIES, f"{where}.standardIdentity")
        ours = identity in FRIENDLY if not wanted else side.get("name") in wanted
        if ours:
            _take_side(draft, side, where, identity)
            taken = True
        else:
            draft.losses.add("units of sides that are not ours", where)
            draft.elsewhere |= set(_ids(side))
    if not taken and not draft.faults.told:
        told = f"none is friendly: name one with --side: {', '.join(names) or 'none'}"
        draft.faults.add("$.sides", told)


def _ids(of: object) -> Iterator[str]:
    """Return every id below an object."""
    stack = [of]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            if isinstance(one.get("id"), str):
                yield one["id"]
            stack += [one.get("groups"), one.get("subUnits")]
        elif isinstance(one, list):
            stack += one


def _take_side(draft: Draft, side: Json, where: str, identity: str) -> None:
    """Read a side, its groups and their units."""
    symbol = Sidc(identity=identity).text
    own = _layer(draft, side, where, parent=None, sidc=symbol)
    for group, at in draft.objects(side.get("groups"), f"{where}.groups"):
        name = _layer(draft, group, at, parent=own, sidc=None)
        _take_units(draft, group, at, name)
    _take_units(draft, side, where, own)


def _layer(
    draft: Draft, of: Json, where: str, *, parent: str | None, sidc: str | None
) -> str | None:
    """Read a side or group as a unit; None for those that a ledger did without."""
    draft.lose(of, LOST_OF_SIDE, "sides and groups", where)
    key = draft.text(of.get("id"), f"{where}.id")
    if key in (SIDE, GROUP):
        draft.units.given[key] = ""
        return None
    title = draft.text(of.get("name"), f"{where}.name")
    return _new_part(
        draft,
        key,
        where,
        Part(
            name=title,
            title=title,
            since=draft.start,
            parent=parent,
            sidc=sidc,
            layer="side" if sidc else "group",
        ),
    )


def _new_part(draft: Draft, key: str, where: str, part: Part) -> str | None:
    """Keep a unit under the name that a ledger takes; tell an id given twice."""
    if not key:
        return None
    if key in draft.units.given:
        draft.faults.add(f"{where}.id", f"{key!r:.60} was given before")
        return draft.units.given[key] or None
    name = draft.units.of(key, part.name, part.title)
    if name != key:
        draft.losses.add("ids that are no names of a ledger", f"{where}.id")
    draft.parts[name] = Part(
        name=name,
        title=part.title,
        since=part.since,
        parent=part.parent,
        home=part.home,
        sidc=part.sidc,
        layer=part.layer,
    )
    return name


def _take_units(draft: Draft, of: Json, where: str, parent: str | None) -> None:
    """Read the units under a side, a group or a unit, however deep."""
    stack = [(of, where, parent)]
    while stack:
        above, at, superior = stack.pop()
        for unit, here in draft.objects(above.get("subUnits"), f"{at}.subUnits"):
            stack.append((unit, here, _take_unit(draft, unit, here, superior)))


def _take_unit(draft: Draft, unit: Json, where: str, parent: str | None) -> str | None:
    """Read one unit with its states."""
    draft.lose(unit, LOST_OF_UNIT, "units", where)
    key = draft.text(unit.get("id"), f"{where}.id")
    title = draft.text(unit.get("name"), f"{where}.name")
    short = unit.get("shortName")
    home = None
    if unit.get("location") is not None:
        home = draft.spot(unit["location"], f"{where}.location")
    course = Course(draft=draft, unit=unit, where=where, spot=home)
    wish = short if isinstance(short, str) else title
    part = Part(
        name=wish,
        title=title,
        since=draft.start,
        parent=parent,
        home=None if course.anyone else home,
        sidc=_symbol(draft, unit.get("sidc"), f"{where}.sidc"),
    )
    name = _new_part(draft, key, where, part)
    if name is not None:
        if short and short != name:
            draft.losses.add("short names of units", where)
        course.follow(name)
    return name


def _symbol(draft: Draft, value: object, where: str) -> str | None:
    """Return a unit's symbol, or tell that it is none."""
    text = draft.text(value, where)
    if len(text) == LETTERS:
        symbol, lost = from_letters(text)
        for what in lost:
            draft.losses.add(f"symbols: {what}", where)
        return symbol.text
    wrong = wrong_with(text) if text else ""
    if wrong:
        draft.faults.add(where, f"{wrong}; not {text!r:.40}")
    return None if text == PLAIN_SYMBOL else text


KEYS: Final = ("targetId", "placement", "parentId")


def _moves(draft: Draft) -> list[Under]:
    """Return who works under whom from when; the moves are followed in time."""
    now = {name: part.parent for name, part in draft.parts.items()}
    found: dict[tuple[str, date], Under] = {}
    for move in sorted(
        draft.moves, key=lambda move: (move.time, move.index, move.unit)
    ):
        target = _target(draft, now, move.hierarchy, move.where)
        if target is None:
            continue
        unit, own = move.unit, draft.parts[move.unit].parent
        above = target or None
        if _rises_to(now, above, unit):
            draft.faults.add(move.where, "puts a unit under itself")
            continue
        if above is None and own is not None:
            draft.losses.add("units that come to stand under none", move.where)
            continue
        now[unit] = above
        superior = None if above == own else above
        found[unit, move.on] = Under(unit=unit, on=move.on, superior=superior)
    return sorted(found.values(), key=lambda one: one.on)


def _target(
    draft: Draft, now: Mapping[str, str | None], hierarchy: Json, where: str
) -> str | None:
    """Return the new superior's name, empty for none; None where it is unknown."""
    key = hierarchy.get("targetId")
    beside = hierarchy.get("placement") in ("above", "below")
    if beside and hierarchy.get("parentId") is not None:
        key, beside = hierarchy["parentId"], False
    if isinstance(key, str) and key in draft.elsewhere:
        draft.losses.add("moves to sides that are not ours", where)
        return None
    if not isinstance(key, str) or key not in draft.units.given:
        draft.faults.add(f"{where}.targetId", f"{key!r:.60} is no id of the file")
        return None
    name = draft.units.given[key]
    return (now.get(name) or "") if beside and name else name


def _rises_to(now: Mapping[str, str | None], start: str | None, unit: str) -> bool:
    """Return whether the way up from a unit meets another."""
    at = start
    while at is not None:
        if at == unit:
            return True
        at = now[at]
    return False
