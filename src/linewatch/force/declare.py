"""Lines that declare names: sources, kits, places and units."""

from datetime import date
from typing import Final

from linewatch.force.draft import Draft
from linewatch.force.values import Place, Unit
from linewatch.force.words import sort_words

PLACE_KINDS: Final = ("home", "base", "sector")


def take_cite(draft: Draft, line: int, tokens: list[str]) -> None:
    """Read ``cite NAME "source"``."""
    if len(tokens) != 2 or tokens[1][0] != '"':
        draft.fault(line, 'must be: cite NAME "source"')
    elif tokens[0] in draft.cites:
        draft.fault(line, f"cite {tokens[0]} was declared before")
    else:
        draft.cites[tokens[0]] = tokens[1].strip('"')


def take_kit(draft: Draft, line: int, tokens: list[str]) -> None:
    """Read ``kit NAME "full name"``."""
    if len(tokens) != 2 or tokens[1][0] != '"':
        draft.fault(line, 'must be: kit NAME "full name"')
    elif tokens[0] in draft.kits:
        draft.fault(line, f"kit {tokens[0]} was declared before")
    else:
        draft.kits[tokens[0]] = tokens[1].strip('"')
        draft.item_numbers[tokens[0]] = len(draft.item_numbers)


def take_place(draft: Draft, line: int, tokens: list[str]) -> None:
    """Read ``place NAME home|base|sector "full name" [in=SECTOR]``."""
    shape = 'must be: place NAME home|base|sector "full name" [in=SECTOR]'
    if len(tokens) < 3 or tokens[1] not in PLACE_KINDS:
        draft.fault(line, shape)
        return
    name, kind = tokens[:2]
    words = sort_words(tokens[2:], {})
    inside = words.keyed.pop("in", None)
    if words.faults or words.keyed or not words.note:
        draft.fault(line, shape)
        return
    sector = words.note if kind == "sector" else None
    if inside is not None:
        within = draft.places.get(inside)
        if within is None or within.kind != "sector":
            draft.fault(line, f"in={inside} names no sector declared before")
        else:
            sector = within.sector
    if name in draft.places:
        draft.fault(line, f"place {name} was declared before")
        return
    draft.places[name] = Place(name=name, title=words.note, kind=kind, sector=sector)
    draft.place_numbers[name] = len(draft.place_numbers)


DECLARED: Final = {"cite": take_cite, "kit": take_kit, "place": take_place}


def take_unit(draft: Draft, line: int, on: int, tokens: list[str]) -> None:
    """Read ``DATE unit NAME "full name" [under=PARENT] [@HOME]``."""
    name = tokens[0]
    words = sort_words(tokens[1:], {})
    parent = words.keyed.pop("under", None)
    faults = words.faults
    if words.keyed or words.known or words.number is not None or words.status:
        faults.append('must be: DATE unit NAME "full name" [under=PARENT] [@HOME]')
    if name in draft.units:
        faults.append(f"unit {name} was declared before")
    if parent is not None and parent not in draft.units:
        faults.append(f"under={parent} names no unit declared before")
    if words.place is not None and words.place not in draft.places:
        faults.append(f"@{words.place} is no place declared before")
    faults += draft.bad_cites(words)
    if faults:
        draft.faults += [(line, fault) for fault in faults]
    if name in draft.units:
        return
    draft.units[name] = Unit(
        name=name,
        title=words.note or name,
        since=date.fromordinal(on),
        parent=parent if parent in draft.units else None,
        home=words.place,
    )
    draft.unit_numbers[name] = len(draft.unit_numbers)
    draft.since.append(on)
