"""The shape of an entry: what its kind needs, and what it does not take."""

from typing import Final

from linewatch.force.kinds import Kind
from linewatch.force.values import COUNTED, PEOPLE, STATUSES, WHILE, Pool
from linewatch.force.words import RANGE, Words, bounds_of

MOST: Final = 10_000_000
"""People or pieces that one entry may move: sums then stay far inside 64 bits."""

SHAPES: Final = {
    "count": "a number",
    "figure": "a figure such as 9200, 9200~50, >12000 or 500..550",
    "strength": f"a strength ({', '.join(COUNTED)})",
    "place": "@PLACE",
    "from": "from=PLACE",
    "by": "by=UNIT",
    "under": "under=UNIT",
    "until": "until=DATE",
    "was": "was=leave or was=injured",
    "while": f"while={' or while='.join(WHILE)}",
    "at": "at=LON,LAT",
    "sidc": "sidc=DIGITS",
    "as": "as=side or as=group",
    "range": "range=LOW..HIGH",
    "in": "in=SECTOR",
}
"""How each word of an entry is written."""


def unfit(kind: Kind, words: Words) -> list[str]:
    """Return what a kind needs and lacks, and what it was given and does not take."""
    given = _given(kind, words)
    takes = {*kind.needs, *kind.may_have}
    faults = [
        f"{kind.name} needs {SHAPES[need]}" for need in kind.needs if need not in given
    ]
    faults += [f"{kind.name} takes no {SHAPES[word]}" for word in sorted(given - takes)]
    if kind.moves and words.item == PEOPLE and words.status is None:
        faults.append(f"{kind.name} of people needs a status: {', '.join(STATUSES)}")
    absent = "while" if kind.name == "status" else "was"
    leaves = kind.takes is Pool.PRESENT and absent not in given
    if leaves and "place" not in given and "place" in kind.may_have:
        faults.append(f"{kind.name} of those present needs @PLACE")
    return [*faults, *_bad_number(kind, words), *_bad_keys(kind, words)]


def _given(kind: Kind, words: Words) -> set[str]:
    """Return the words that an entry was given, by meaning."""
    given = set(words.keyed)
    if words.number is not None:
        given.add("figure" if "figure" in kind.needs else "count")
    for name, value in (
        ("figure", words.figure),
        ("place", words.place),
        ("strength", words.strength),
    ):
        if value is not None:
            given.add(name)
    return given


def _bad_number(kind: Kind, words: Words) -> list[str]:
    """Return what is wrong with the number or figure of an entry."""
    if words.figure is not None:
        low, high = bounds_of(words)
        if low is not None and high is not None and low > high:
            return [f"{words.figure} is an empty range"]
    if words.number is None or "figure" in kind.needs:
        return []
    if words.number < 0 and not (words.known and kind.moves):
        return ["the number must be above 0; only a correction with known= is below"]
    if words.number == 0 or abs(words.number) > MOST:
        return [f"the number must be from 1 to {MOST:,}, not {words.number:,}"]
    return []


def _bad_keys(kind: Kind, words: Words) -> list[str]:
    """Return what is wrong with the values of ``key=value``."""
    faults = []
    if kind.name == "status":
        faults += _bad_status(words)
    elif words.keyed.get("was", "leave") not in {"leave", "injured"}:
        faults.append(f"{SHAPES['was']} is meant, not was={words.keyed['was']}")
    if "range" in words.keyed and not RANGE.fullmatch(words.keyed["range"]):
        faults.append(f"{SHAPES['range']} is meant, not range={words.keyed['range']}")
    return faults


def _bad_status(words: Words) -> list[str]:
    """Return what is wrong with a change of duty status."""
    faults = []
    was = words.keyed.get("was")
    if was is not None and was not in STATUSES:
        faults.append(f"was= must be the status before ({', '.join(STATUSES)})")
    if was == words.status and was is not None:
        faults.append(f"was={was} is the status that they would have")
    if words.item != PEOPLE:
        faults.append("status is of people, not of kit")
    if words.keyed.get("while", "leave") not in WHILE:
        faults.append(f"{SHAPES['while']} is meant, not while={words.keyed['while']}")
    elif "while" in words.keyed and words.place is not None:
        faults.append("status takes @PLACE of those present, or while=, not both")
    return faults
