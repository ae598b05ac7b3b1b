"""Reading a ledger file: lines in, columns out, every fault told with its line."""

from pathlib import Path
from typing import Final

from linewatch.errors import BadFile
from linewatch.force.declare import DECLARED, take_unit
from linewatch.force.draft import NOBODY, Draft
from linewatch.force.kinds import CODES, KINDS, Kind
from linewatch.force.shape import unfit
from linewatch.force.values import EVERYONE, STATUSES
from linewatch.force.words import Words, sort_words, split


def parse(path: Path) -> Draft:
    """Read the lines of a ledger; faults are collected, not raised.

    Raises
    ------
    BadFile
        If the file cannot be read as text.
    """
    try:
        texts = path.read_text(encoding="utf-8-sig").split("\n")
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
    tokens = split(text)
    if not tokens:
        return
    head = tokens[0]
    if head in DECLARED:
        DECLARED[head](draft, line, tokens[1:])
        return
    on = draft.day(head)
    if on is None:
        allowed = ", ".join(DECLARED)
        what = f"must begin with a date such as 2025-03-01, or {allowed}; not {head!r}"
        draft.fault(line, what)
    elif len(tokens) < 3:
        draft.fault(line, "must name a kind and a unit after its date")
    elif tokens[1] == "unit":
        take_unit(draft, line, on, tokens[2:])
    elif tokens[1] not in KINDS:
        what = f"unknown kind {tokens[1]!r}: choose from unit, {', '.join(KINDS)}"
        draft.fault(line, what)
    else:
        _take_entry(draft, line, on, tokens[1:])


_KEPT: Final = ("count", "claim")
"""Kinds whose figures the columns do not hold."""

_KEPT_KEYS: Final = ("was", "until", "while")
"""Keys whose values the columns do not hold."""


def _take_entry(draft: Draft, line: int, on: int, tokens: list[str]) -> None:
    """Read ``DATE KIND UNIT words...``."""
    kind, name = KINDS[tokens[0]], tokens[1]
    words = sort_words(tokens[2:], draft.kits)
    # A word that means nothing may be the one that the kind would then seem to lack.
    lacks = [] if words.faults else unfit(kind, words)
    unit = _unit(draft, kind, name, on, words)
    known = _known(draft, on, words)
    other = _other(draft, kind, words)
    place = _place(draft, words)
    faults = [*words.faults, *lacks, *draft.bad_cites(words)]
    if not (words.cites or words.assumed):
        faults.append("has no source: give ^NAME of a cite, or ! for an assumption")
    if faults:
        draft.faults += [(line, fault) for fault in faults]
        return
    columns = draft.columns
    if kind.name in _KEPT or not words.keyed.keys().isdisjoint(_KEPT_KEYS):
        draft.words[len(columns["line"])] = words
    columns["line"].append(line)
    columns["on"].append(on)
    columns["known"].append(known)
    columns["kind"].append(CODES[kind.name])
    columns["unit"].append(unit)
    columns["count"].append(words.number or 0)
    columns["status"].append(STATUSES.index(words.status) if words.status else NOBODY)
    columns["item"].append(draft.item_numbers[words.item])
    columns["place"].append(place)
    columns["other"].append(other)
    columns["assumed"].append(words.assumed)


def _unit(draft: Draft, kind: Kind, name: str, on: int, words: Words) -> int:
    """Return the number of an entry's unit, telling its faults."""
    number = draft.unit_numbers.get(name)
    if number is None:
        if name != EVERYONE or kind.name not in _KEPT:
            words.faults.append(f"{name!r} is no unit declared before")
        return NOBODY
    if draft.since[number] > on:
        words.faults.append(f"unit {name} begins only on {draft.units[name].since}")
    return number


def _known(draft: Draft, on: int, words: Words) -> int:
    """Return the day on which an entry became known, telling its faults."""
    text = words.known
    if text is None:
        return on
    known = draft.day(text)
    if known is None:
        words.faults.append(f"known= must be a date, not {text!r}")
        return on
    return known


def _place(draft: Draft, words: Words) -> int:
    """Return the number of an entry's place, telling its faults."""
    if words.place is None:
        return NOBODY
    if words.place not in draft.place_numbers:
        words.faults.append(f"@{words.place} is no place declared before")
    return draft.place_numbers.get(words.place, NOBODY)


def _other(draft: Draft, kind: Kind, words: Words) -> int:
    """Return the number of the second word that an entry holds, telling its faults."""
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
    if kind.name == "status" and words.keyed.get("was") in STATUSES:
        return STATUSES.index(words.keyed["was"])
    return NOBODY
