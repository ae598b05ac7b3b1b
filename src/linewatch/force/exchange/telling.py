"""A picture as a ledger: the entries that make each unit hold what the picture says."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from linewatch.force.exchange.picture import Held, Part, Picture, Spot

SOURCE: Final = "imported"
"""Name of the cite on which imported entries rest."""

SOMEWHERE: Final = "somewhere"
"""Place of those of whom the file does not say where they are."""

LEGAL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""A name that a ledger takes anywhere."""

Line = tuple[date, str]

Pool = str
"""A place by ``@name``, or ``leave``, ``injured``, ``waiting``, and ``outside``."""

Change = tuple[dict[Pool, int], dict[Pool, int]]
"""By how much pools fall, and rise."""


def ledger_text(picture: Picture, *, source: str, mark: str = "") -> str:
    """Return a picture as the text of a ledger.

    Parameters
    ----------
    picture : Picture
        What was read.
    source : str
        What the entries rest on, in full.
    mark : str, optional
        Words that every entry carries besides, such as ``!``.

    Notes
    -----
    Those there on the picture's first day are opened; later ones are ordered, sourced,
    depart and arrive on the day on which the picture first has them. A number that
    falls while the assigned number stays has gone home and is still to come again.
    """
    lines = [
        f"# {quoted(picture.name)[1:-1]}: taken over from another program.",
        f"cite {SOURCE} {quoted(source)}",
        "",
        *_places(picture),
        *(f"kit {name} {quoted(title)}" for name, title in picture.kits.items()),
        "",
        *(_unit_line(part) for part in picture.parts),
        "",
    ]
    tail = f"^{SOURCE}{' ' + mark if mark else ''}"
    entries = [*_attachments(picture), *_movements(picture)]
    entries.sort(key=lambda line: line[0])
    lines += [f"{on} {words} {tail}" for on, words in entries]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """Return a text as a ledger quotes it: on one line, without double quotes."""
    plain = " ".join(text.replace('"', "'").split())
    return f'"{plain or "-"}"'


def _places(picture: Picture) -> Iterator[str]:
    """Write the places, sectors first; `SOMEWHERE` where one is needed."""
    spots = sorted(picture.spots, key=lambda spot: spot.kind != "sector")
    yield from (_place_line(spot) for spot in spots)
    used = {place for held in picture.held for place in held.at}
    absent = any(held.leave or held.injured for held in picture.held)
    if SOMEWHERE not in {s.name for s in spots} and (SOMEWHERE in used or absent):
        yield f'place {SOMEWHERE} base "the file does not say where"'


def _place_line(spot: Spot) -> str:
    """Write a place."""
    words = f"place {spot.name} {spot.kind} {quoted(spot.title)}"
    if spot.sector:
        words += f" in={spot.sector}"
    if spot.where:
        words += f" at={spot.lon_deg!r},{spot.lat_deg!r}"
    return words


def _unit_line(part: Part) -> str:
    """Write a unit."""
    words = f"{part.since} unit {part.name} {quoted(part.title)}"
    if part.parent:
        words += f" under={part.parent}"
    if part.home:
        words += f" @{part.home}"
    if part.sidc:
        words += f" sidc={part.sidc}"
    return words + (f" as={part.layer}" if part.layer else "")


def _attachments(picture: Picture) -> Iterator[Line]:
    """Write who works under whom."""
    for change in picture.under:
        if change.superior is None:
            yield change.on, f"detach {change.unit}"
        else:
            yield change.on, f"attach {change.unit} under={change.superior}"


def _movements(picture: Picture) -> Iterator[Line]:
    """Write the entries of every unit, item and status."""
    last: dict[tuple[str, str, str | None], Held] = {}
    by_day: dict[tuple[date, str, str], list[Held]] = {}
    for held in picture.held:
        by_day.setdefault((held.on, held.unit, held.item), []).append(held)
    for (on, unit, _), states in by_day.items():
        changes = [(held, _changes(last.get(held.key), held)) for held in states]
        for words in _to_status(unit, changes):
            yield on, words
        for held, (down, up) in changes:
            opens = on == picture.start and held.key not in last
            for words in _of_one(held, down, up, opens=opens):
                yield on, words
            last[held.key] = held


def _of_one(
    held: Held, down: dict[Pool, int], up: dict[Pool, int], *, opens: bool
) -> Iterator[str]:
    """Write what happened to one unit, item and status."""
    of = f"{held.unit} {{}} {held.status or ''}{'' if held.status else held.item}"
    for take, give, number in _flows(down, up):
        yield from _told(of.format(number), take, give, opens=opens)


def _changes(before: Held | None, after: Held) -> Change:
    """Return by how much each pool falls and rises."""
    old, new = _pools(before), _pools(after)
    down: dict[Pool, int] = {}
    up: dict[Pool, int] = {}
    for pool in sorted({*old, *new}):
        change = new.get(pool, 0) - old.get(pool, 0)
        if change:
            (up if change > 0 else down)[pool] = abs(change)
    return down, up


def _pools(held: Held | None) -> dict[Pool, int]:
    """Return what is in each pool."""
    if held is None:
        return {}
    places = {f"@{place}": number for place, number in held.at.items()}
    return places | {
        "leave": held.leave,
        "injured": held.injured,
        "waiting": held.waiting,
    }


def _to_status(unit: str, changes: list[tuple[Held, Change]]) -> Iterator[str]:
    """Write who stays where he is under another duty status, and take that off."""
    for old, (down, _) in changes:
        for new, (_, up) in changes:
            for pool in sorted({*down} & {*up}) if old.status != new.status else ():
                number = min(down[pool], up[pool])
                if number:
                    down[pool] -= number
                    up[pool] -= number
                    where = pool if pool[0] == "@" else f"while={_WHILE[pool]}"
                    now = f"{number} {new.status} was={old.status}"
                    yield f"status {unit} {now} {where}"


_WHILE: Final = {"waiting": "sourced", "leave": "leave", "injured": "injured"}
"""How an entry tells the pools that are no place."""

_WAYS: Final = (
    ("waiting", "@"),
    ("@", "@"),
    ("@", "leave"),
    ("@", "injured"),
    ("leave", "@"),
    ("injured", "@"),
)
"""Ways between pools that one kind of entry tells; all others lead through outside."""


def _flows(
    down: dict[Pool, int], up: dict[Pool, int]
) -> Iterator[tuple[Pool, Pool, int]]:
    """Match what falls with what rises, direct ways first."""
    for take, give in _WAYS:
        for one in _matching(down, take):
            for other in _matching(up, give):
                number = min(down[one], up[other])
                if number:
                    down[one] -= number
                    up[other] -= number
                    yield one, other, number
    yield from ((pool, "outside", number) for pool, number in down.items() if number)
    yield from (("outside", pool, number) for pool, number in up.items() if number)


def _matching(pools: Iterable[Pool], way: str) -> list[Pool]:
    """Return the pools that an end of a way means."""
    return [pool for pool in pools if pool == way or (way == "@" and pool[0] == "@")]


def _told(of: str, take: Pool, give: Pool, *, opens: bool) -> Iterator[str]:
    """Write the entries of one flow."""
    here = f"@{SOMEWHERE}"
    if take == "outside":
        yield from _come(of, give, opens=opens)
    elif give == "outside":
        yield from _go(of, take)
    elif take == "waiting":
        yield from (f"depart {of}", f"arrive {of} {give}")
    elif take[0] == give[0] == "@":
        yield f"move {of} {give} from={take[1:]}"
    elif take[0] == "@":
        yield f"{_ABSENT[give]} {of} {take}"
    else:
        yield f"resume {of} {give or here} was={take}"


_ABSENT: Final = {"leave": "leave", "injured": "injure"}
"""Kind of entry by the pool that it fills."""


def _come(of: str, give: Pool, *, opens: bool) -> Iterator[str]:
    """Write how people or kit come in."""
    place = give if give[0] == "@" else f"@{SOMEWHERE}"
    if opens and give != "waiting":
        yield f"open {of} {place}"
    else:
        yield from (f"order {of}", f"source {of}")
        if give != "waiting":
            yield from (f"depart {of}", f"arrive {of} {place}")
    if give in _ABSENT:
        yield f"{_ABSENT[give]} {of} {place}"


def _go(of: str, take: Pool) -> Iterator[str]:
    """Write how people or kit go out."""
    if take == "waiting":
        yield from (f"release {of}", f"cancel {of}")
    elif take[0] == "@":
        yield f"return {of} {take}"
    else:
        yield f"return {of} was={take}"
