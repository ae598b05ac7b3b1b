"""Words of one ledger line: split, checked against its kind, and sorted by meaning."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from linewatch.force.values import COUNTED, PEOPLE, STATUSES

TOKEN: Final = re.compile(r'"[^"]*"|[^\s"]+|"')
"""A quoted text, or a word without spaces; a lone quote is told as a fault."""

FIGURE: Final = re.compile(r">?\d[\d_]*(?:~\d+|\.\.\d[\d_]*)?")
"""A count, at least (``>12000``), about (``9200~50``) or between (``500..550``)."""

RANGE: Final = re.compile(r"\d[\d_]*\.\.\d[\d_]*")
NUMBER: Final = re.compile(r"-?\d[\d_]*")
KEYS: Final = (
    "until",
    "under",
    "by",
    "from",
    "was",
    "while",
    "range",
    "in",
    "at",
    "sidc",
    "as",
)
"""Words that are written as ``key=value``."""


@dataclass(slots=True)
class Words:
    """The words of one line by meaning; `faults` tells those that have none."""

    number: int | None = None
    figure: str | None = None
    status: str | None = None
    strength: str | None = None
    item: str = PEOPLE
    place: str | None = None
    assumed: bool = False
    note: str = ""
    cites: tuple[str, ...] = ()
    known: str | None = None
    keyed: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def sort_words(tokens: list[str], kits: Mapping[str, object]) -> Words:
    """Sort the words that follow a line's date, kind and unit.

    Parameters
    ----------
    tokens : list of str
        Words and quoted texts.
    kits : mapping
        Kinds of kit that the file declares so far.
    """
    words = Words()
    for token in tokens:
        take = _BY_FIRST.get(token[0])
        if take is not None:
            take(words, token)
        elif token in STATUSES:
            _once(words, words.status, token)
            words.status = token
        elif token in COUNTED:
            _once(words, words.strength, token)
            words.strength = token
        elif token in kits:
            _once(words, None if words.item == PEOPLE else words.item, token)
            words.item = token
        elif not _take_other(words, token):
            words.faults.append(
                f"{token!r} is no status ({', '.join(STATUSES)}), strength, declared"
                " kit, @place, ^cite, key=value or quoted note"
            )
    return words


def split(text: str) -> list[str]:
    """Split a line into words and quoted texts, without its comment.

    Examples
    --------
    >>> split('2025-03-01 count * 9200 "all # of them" # by AP')
    ['2025-03-01', 'count', '*', '9200', '"all # of them"']
    """
    tokens: list[str] = TOKEN.findall(text)
    if "#" in text:
        for at, token in enumerate(tokens):
            if token[0] == "#":
                return tokens[:at]
    return tokens


def _once(words: Words, before: object, token: str) -> None:
    """Tell a second word of one meaning, as the 400 of a 2,400 written 2 400."""
    if before is not None:
        words.faults.append(f"{token!r} stands beside {before}: only one may be given")


def _take_other(words: Words, token: str) -> bool:
    """Take a number, a figure or a ``key=value``; return whether it was one."""
    told = words.figure if words.number is None else words.number
    if NUMBER.fullmatch(token):
        _once(words, told, token)
        words.number = int(token)
    elif FIGURE.fullmatch(token):
        _once(words, told, token)
        words.figure = token
    elif "=" in token:
        _take_key(words, token)
    else:
        return False
    return True


def _take_cite(words: Words, token: str) -> None:
    """Take the name of a source."""
    words.cites += (token[1:],)


def _take_place(words: Words, token: str) -> None:
    """Take the name of a place."""
    _once(words, words.place, token)
    words.place = token[1:]


def _take_mark(words: Words, token: str) -> None:
    """Take the mark of an assumption."""
    words.assumed = True
    if len(token) > 1:
        words.faults.append(f"{token!r} is no mark: ! stands alone")


def _take_note(words: Words, token: str) -> None:
    """Take a quoted text."""
    if len(token) < 2 or token[-1] != '"':
        words.faults.append("a quote is not closed")
    words.note = token.strip('"')


def _take_key(words: Words, token: str) -> None:
    """Take a ``key=value``."""
    key, _, value = token.partition("=")
    if key == "known" and value:
        _once(words, words.known, token)
        words.known = value
    elif key in KEYS and value:
        _once(words, words.keyed.get(key), token)
        words.keyed[key] = value
    else:
        words.faults.append(f"{token!r} is none of known=, {'=, '.join(KEYS)}=")


_BY_FIRST: Final = {
    "^": _take_cite,
    "@": _take_place,
    "!": _take_mark,
    '"': _take_note,
}
"""What takes a word, by its first character."""


def bounds_of(words: Words) -> tuple[int | None, int | None]:
    """Return the lowest and highest number that a count or claim admits.

    Examples
    --------
    >>> bounds_of(Words(figure=">12000")), bounds_of(Words(figure="9200~50"))
    ((12001, None), (9150, 9250))
    >>> bounds_of(Words(figure="500..550")), bounds_of(Words(number=3))
    ((500, 550), (3, 3))
    """
    if words.figure is None:
        return words.number, words.number
    text = words.figure
    if text[0] == ">":
        return int(text[1:].partition("~")[0].partition("..")[0]) + 1, None
    if "~" in text:
        middle, _, spread = text.partition("~")
        return int(middle) - int(spread), int(middle) + int(spread)
    low, _, high = text.partition("..")
    return int(low), int(high)
