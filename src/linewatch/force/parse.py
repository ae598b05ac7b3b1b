"""Reading a ledger file: lines in, columns out, every fault told with its line."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile
from linewatch.force.kinds import CODES, KINDS, Kind
from linewatch.force.values import EVERYONE, PEOPLE, STATUSES, Place, Unit
from linewatch.force.words import TOKEN, Words, bounds_of, sort_words

PLACE_KINDS: Final = ("home", "base", "sector")
COLUMN_NAMES: Final = (
    "line",
    "on",
    "known",
    "kind",
    "unit",
    "count",
    "status",
    "item",
    "place",
    "other",
    "assumed",
)
NOBODY: Final = -1
"""In a column of names: none was given."""


@dataclass(slots=True)
class Draft:
    """What a file holds so far: names by number, columns by name, faults by line."""

    path: Path
    texts: list[str]
    cites: dict[str, str] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    kits: dict[str, str] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    unit_numbers: dict[str, int] = field(default_factory=dict)
    place_numbers: dict[str, int] = field(default_factory=dict)
    item_numbers: dict[str, int] = field(default_factory=lambda: {PEOPLE: 0})
    days: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[int]] = field(
        default_factory=lambda: {name: [] for name in COLUMN_NAMES}
    )
    words: dict[int, Words] = field(default_factory=dict)
    faults: list[tuple[int, str]] = field(default_factory=list)

    def day(self, text: str) -> int | None:
        """Read a date as a day number, or return None."""
        if text not in self.days:
            try:
                self.days[text] = date.fromisoformat(text).toordinal()
            except ValueError:
                return None
        return self.days[text]


def parse(path: Path) -> Draft:
    """Read the lines of a ledger; faults are collected, not raised.

    Raises
    ------
    BadFile
        If the file cannot be read as text.
    """
    try:
        texts = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadFile(path, f"is not text in UTF-8: {error.reason}") from error
    draft = Draft(path=path, texts=texts)
    for number, text in enumerate(texts, start=1):
        if text and not text.isspace():
            _take_line(draft, number, text)
    return draft


def _take_line(draft: Draft, line: int, text: str) -> None:
    """Read one line: a declaration, a unit or an entry."""
    tokens = TOKEN.findall(text)
    for at, token in enumerate(tokens):
        if token[0] == "#":
            del tokens[at:]
            break
    if not tokens:
        return
    head = tokens[0]
    if head in _DECLARED:
        _DECLARED[head](draft, line, tokens[1:])
        return
    on = draft.day(head)
    if on is None:
        allowed = ", ".join(_DECLARED)
        what = f"must begin with a date such as 2025-03-01, or {allowed}; not {head!r}"
        draft.faults.append((line, what))
    elif len(tokens) < 3:
        draft.faults.append((line, "must name a kind and a unit after its date"))
    elif tokens[1] == "unit":
        _take_unit(draft, line, on, tokens[2:])
    elif tokens[1] not in KINDS:
        what = f"unknown kind {tokens[1]!r}: choose from unit, {', '.join(KINDS)}"
        draft.faults.append((line, what))
    else:
        _take_entry(draft, line, on, tokens[1:])


def _take_cite(draft: Draft, line: int, tokens: list[str]) -> None:
    """Read ``cite NAME "source"``."""
    if len(tokens) != 2 or tokens[1][0] != '"':
        draft.faults.append((line, 'must be: cite NAME "source"'))
    elif tokens[0] in draft.cites:
        draft.faults.append((line, f"cite {tokens[0]} was declared before"))
    else:
        draft.cites[tokens[0]] = tokens[1].strip('"')


def _take_kit(draft: Draft, line: int, tokens: list[str]) -> None:
    """Read ``kit NAME "full name"``."""
    if len(tokens) != 2 or tokens[1][0] != '"':
        draft.faults.append((line, 'must be: kit NAME "full name"'))
    elif tokens[0] in draft.kits:
        draft.faults.append((line, f"kit {tokens[0]} was declared before"))
    else:
        draft.kits[tokens[0]] = tokens[1].strip('"')
        draft.item_numbers[tokens[0]] = len(draft.item_numbers)


def _take_place(draft: Draft, line: int, tokens: list[str]) -> None:
    """Read ``place NAME home|base|sector "full name" [in=SECTOR]``."""
    shape = 'must be: place NAME home|base|sector "full name" [in=SECTOR]'
    if len(tokens) < 3 or tokens[1] not in PLACE_KINDS:
        draft.faults.append((line, shape))
        return
    name, kind = tokens[:2]
    words = sort_words(tokens[2:], {})
    inside = words.keyed.pop("in", None)
    if words.faults or words.keyed or not words.note:
        draft.faults.append((line, shape))
        return
    sector = words.note if kind == "sector" else None
    if inside is not None:
        within = draft.places.get(inside)
        if within is None or within.kind != "sector":
            draft.faults.append((line, f"in={inside} names no sector declared before"))
        else:
            sector = within.sector
    if name in draft.places:
        draft.faults.append((line, f"place {name} was declared before"))
        return
    draft.places[name] = Place(name=name, title=words.note, kind=kind, sector=sector)
    draft.place_numbers[name] = len(draft.place_numbers)


_DECLARED: Final = {"cite": _take_cite, "kit": _take_kit, "place": _take_place}


def _take_unit(draft: Draft, line: int, on: int, tokens: list[str]) -> None:
    """Read ``DATE unit NAME "full name" [under=PARENT] [@HOME]``."""
    name = tokens[0]
    words = sort_words(tokens[1:], {})
    parent = words.keyed.pop("under", None)
    faults = words.faults
    if words.keyed or words.number is not None or words.status:
        faults.append('must be: DATE unit NAME "full name" [under=PARENT] [@HOME]')
    if name in draft.units:
        faults.append(f"unit {name} was declared before")
    if parent is not None and parent not in draft.units:
        faults.append(f"under={parent} names no unit declared before")
    if words.place is not None and words.place not in draft.places:
        faults.append(f"@{words.place} is no place declared before")
    faults += _bad_cites(draft, words)
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


def _take_entry(draft: Draft, line: int, on: int, tokens: list[str]) -> None:
    """Read ``DATE KIND UNIT words...``."""
    kind, unit = KINDS[tokens[0]], tokens[1]
    words = sort_words(tokens[2:], draft.kits)
    faults = words.faults
    number = draft.unit_numbers.get(unit, NOBODY)
    if number == NOBODY and not (unit == EVERYONE and kind.name in {"count", "claim"}):
        faults.append(f"{unit!r} is no unit declared before")
    elif unit != EVERYONE and draft.units[unit].since.toordinal() > on:
        faults.append(f"unit {unit} begins only on {draft.units[unit].since}")
    known = on
    if "known" in words.keyed:
        read = draft.day(words.keyed["known"])
        if read is None:
            faults.append(f"known= must be a date, not {words.keyed['known']!r}")
        else:
            known = read
    faults += _unfit(kind, words)
    faults += _bad_cites(draft, words)
    if not (words.cites or words.assumed):
        faults.append("has no source: give ^NAME of a cite, or ! for an assumption")
    other = _other(draft, kind, words)
    if words.place is not None and words.place not in draft.place_numbers:
        faults.append(f"@{words.place} is no place declared before")
    if faults:
        draft.faults += [(line, fault) for fault in faults]
        return
    columns = draft.columns
    if kind.name in _KEPT or "until" in words.keyed:
        draft.words[len(columns["line"])] = words
    columns["line"].append(line)
    columns["on"].append(on)
    columns["known"].append(known)
    columns["kind"].append(CODES[kind.name])
    columns["unit"].append(number)
    columns["count"].append(words.number or 0)
    columns["status"].append(STATUSES.index(words.status) if words.status else NOBODY)
    columns["item"].append(draft.item_numbers[words.item])
    place = NOBODY if words.place is None else draft.place_numbers[words.place]
    columns["place"].append(place)
    columns["other"].append(other)
    columns["assumed"].append(words.assumed)


_KEPT: Final = ("count", "claim", "resume", "return")
"""Kinds whose words are read again when the ledger is built."""


def _unfit(kind: Kind, words: Words) -> list[str]:
    """Return what a kind needs and lacks, and what it was given and does not take."""
    given = {key for key in words.keyed if key != "known"}
    if words.number is not None:
        given.add("figure" if "figure" in kind.needs else "count")
    if words.figure is not None:
        given.add("figure")
    if words.place is not None:
        given.add("place")
    if words.strength is not None:
        given.add("strength")
    faults = [f"{kind.name} needs {_SHAPES[need]}" for need in kind.needs if need not in given]
    extra = given - {*kind.needs, *kind.may_have}
    faults += [f"{kind.name} takes no {_SHAPES[word]}" for word in sorted(extra)]
    if kind.moves and words.item == PEOPLE and words.status is None:
        faults.append(f"{kind.name} of people needs a status: {', '.join(STATUSES)}")
    if (kind.moves or kind.name == "organic") and words.number is not None:
        if words.number == 0 or (words.number < 0 and "known" not in words.keyed):
            faults.append("the number must be above 0; a correction needs known=DATE")
    if words.keyed.get("was", "leave") not in {"leave", "injured"}:
        faults.append("was= must be leave or injured")
    if kind.name in {"count", "claim"} and "figure" in given:
        low, high = bounds_of(words)
        if low is not None and high is not None and low > high:
            faults.append(f"{words.figure} is an empty range")
    return faults


_SHAPES: Final = {
    "count": "a number",
    "figure": "a figure such as 9200, 9200~50, >12000 or 500..550",
    "strength": "a strength (organic, approved, sourced, in_transit, present)",
    "place": "@PLACE",
    "from": "from=PLACE",
    "by": "by=UNIT",
    "under": "under=UNIT",
    "until": "until=DATE",
    "was": "was=leave|injured",
    "range": "range=LOW..HIGH",
    "in": "in=SECTOR",
}


def _bad_cites(draft: Draft, words: Words) -> list[str]:
    """Return a fault for each source that no cite line declares."""
    return [
        f"^{name} is no cite declared before"
        for name in words.cites
        if name not in draft.cites
    ]


def _other(draft: Draft, kind: Kind, words: Words) -> int:
    """Return the number of the second name that an entry holds, telling its faults."""
    if "until" in words.keyed and draft.day(words.keyed["until"]) is None:
        words.faults.append(f"until= must be a date, not {words.keyed['until']!r}")
    for key in ("under", "by"):
        if key in words.keyed and key in kind.needs:
            name = words.keyed[key]
            if name in draft.unit_numbers:
                return draft.unit_numbers[name]
            words.faults.append(f"{key}={name} names no unit declared before")
    if "from" in words.keyed and "from" in kind.needs:
        name = words.keyed["from"]
        if name in draft.place_numbers:
            return draft.place_numbers[name]
        words.faults.append(f"from={name} names no place declared before")
    return NOBODY
