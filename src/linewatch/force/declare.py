"""Lines that declare names: sources, kits, places and units."""

from datetime import date
from typing import Final

from linewatch.force.draft import Draft
from linewatch.force.symbol import wrong_with
from linewatch.force.values import LAYERS, Place, Unit
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
    """Read ``place NAME home|base|sector "full name" [in=SECTOR] [at=LON,LAT]``."""
    shape = 'must be: place NAME home|base|sector "full name" [in=SECTOR] [at=LON,LAT]'
    if len(tokens) < 3 or tokens[1] not in PLACE_KINDS:
        draft.fault(line, shape)
        return
    name, kind = tokens[:2]
    words = sort_words(tokens[2:], {})
    inside, at = words.keyed.pop("in", None), words.keyed.pop("at", None)
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
    lon_deg, lat_deg = None, None
    if at is not None:
        where = _where(at)
        if where is None:
            draft.fault(line, f"at= must be LON,LAT in degrees, not {at!r}")
        else:
            lon_deg, lat_deg = where
    draft.places[name] = Place(
        name=name,
        title=words.note,
        kind=kind,
        sector=sector,
        lon_deg=lon_deg,
        lat_deg=lat_deg,
    )
    draft.place_numbers[name] = len(draft.place_numbers)


def _where(text: str) -> tuple[float, float] | None:
    """Read a longitude and latitude in degrees, or return None."""
    try:
        lon_deg, lat_deg = (float(part) for part in text.split(","))
    except ValueError:
        return None
    inside = -180 <= lon_deg <= 180 and -90 <= lat_deg <= 90
    return (lon_deg, lat_deg) if inside else None


DECLARED: Final = {"cite": take_cite, "kit": take_kit, "place": take_place}


def take_unit(draft: Draft, line: int, on: int, tokens: list[str]) -> None:
    """Read ``DATE unit NAME "full name" [under=PARENT] [@HOME] [sidc=DIGITS]``."""
    name = tokens[0]
    words = sort_words(tokens[1:], {})
    parent = words.keyed.pop("under", None)
    sidc, layer = words.keyed.pop("sidc", None), words.keyed.pop("as", None)
    faults = words.faults
    if words.keyed or words.known or words.number is not None or words.status:
        faults.append(
            'must be: DATE unit NAME "full name" [under=PARENT] [@HOME] [sidc=DIGITS]'
            " [as=side|group]"
        )
    if sidc is not None and (wrong := wrong_with(sidc)):
        faults.append(f"sidc={sidc} {wrong}")
    if layer is not None and layer not in LAYERS:
        faults.append(f"as= must be {' or '.join(LAYERS)}, not {layer!r}")
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
        sidc=sidc,
        layer=layer,
    )
    draft.unit_numbers[name] = len(draft.unit_numbers)
    draft.since.append(on)
