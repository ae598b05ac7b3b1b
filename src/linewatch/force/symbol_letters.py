"""Codes of 15 letters (MIL-STD-2525B and C) to and from digits, for land units.

The functions stand in ``symbols.csv`` beside this file: letters 5 to 10 of the old
code, digits 11 to 20 of the new. What that table does not hold is told as a loss: the
size and the identity pass, the function becomes that of the next wider one.
"""

import csv
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue
from linewatch.force.symbol import ECHELONS, Sidc

LETTERS: Final = 15
"""Characters of an old code."""

_IDENTITY: Final = {
    "P": "00",
    "U": "01",
    "A": "02",
    "F": "03",
    "N": "04",
    "S": "05",
    "H": "06",
    "G": "10",
    "W": "11",
    "M": "12",
    "D": "13",
    "L": "14",
    "J": "15",
    "K": "16",
}
_STATE: Final = {"P": "0", "A": "1", "C": "2", "D": "3", "X": "4", "F": "5"}
_HEADQUARTERS: Final = {
    "-": "0",
    "F": "1",
    "A": "2",
    "C": "3",
    "E": "4",
    "G": "5",
    "B": "6",
    "D": "7",
}
_SIZE: Final = dict(zip("-ABCDEFGHIJKLMN", ECHELONS, strict=True))


@cache
def functions() -> dict[str, str]:
    """Return the digits 11 to 20 of each function by its letters 5 to 10."""
    with Path(__file__).with_name("symbols.csv").open(encoding="utf-8") as file:
        return {row["letters"]: row["digits"] for row in csv.DictReader(file)}


@cache
def names() -> dict[str, str]:
    """Return the name of each function by its digits 11 to 20."""
    with Path(__file__).with_name("symbols.csv").open(encoding="utf-8") as file:
        return {row["digits"]: row["name"] for row in csv.DictReader(file)}


def from_letters(text: str) -> tuple[Sidc, tuple[str, ...]]:
    """Return a code of letters as digits, and what they do not hold.

    Parameters
    ----------
    text : str
        15 letters; ``*`` counts as not told.

    Raises
    ------
    BadValue
        If it is no code of a land unit.

    Examples
    --------
    >>> from_letters("SFGPUCIZ---HUS-")
    (Sidc(version='10', context='0', identity='3', ...), ('country US',))
    """
    code = text.strip().upper().replace("*", "-")
    rule = "15 letters of a land unit, such as SFGPUCI----H---"
    if len(code) != LETTERS or code[0] != "S" or code[2] not in "G-":
        raise BadValue("symbol", rule, repr(text))
    # Identity and status may be left open, as in S-G-UCI---: friend and present then.
    identity, state = code[1].replace("-", "F"), code[3].replace("-", "P")
    known = identity in _IDENTITY and state in _STATE
    if not known or code[10] not in _HEADQUARTERS or code[11] not in _SIZE:
        raise BadValue("symbol", rule, repr(text))
    function, losses = code[4:10], []
    while function not in functions():
        function = _wider(function)
    if function != code[4:10]:
        losses.append(f"function {code[4:10]}, held as {function}")
    if code[12:14].strip("-"):
        losses.append(f"country {code[12:14]}")
    digits = functions()[function]
    context_identity = _IDENTITY[identity]
    sidc = Sidc(
        context=context_identity[0],
        identity=context_identity[1],
        state=_STATE[state],
        headquarters=_HEADQUARTERS[code[10]],
        amplifier=_SIZE[code[11]],
        entity=digits[:6],
        modifier_1=digits[6:8],
        modifier_2=digits[8:],
    )
    return sidc, tuple(losses)


def to_letters(sidc: Sidc) -> tuple[str, tuple[str, ...]]:
    """Return a code of digits as 15 letters, and what they do not hold.

    Raises
    ------
    BadValue
        If the symbol is no land unit's.

    Examples
    --------
    >>> to_letters(Sidc(amplifier="18", entity="121102"))
    ('SFGPUCIZ---H---', ())
    """
    if sidc.symbol_set != "10":
        raise BadValue("symbol", "a land unit's (set 10)", sidc.text)
    losses = []
    by_digits = {digits: letters for letters, digits in functions().items()}
    wanted = sidc.entity + sidc.modifier_1 + sidc.modifier_2
    found = next(one for one in _narrowing(wanted) if one in by_digits)
    if found != wanted:
        losses.append(f"function {wanted}, held as {by_digits[found]}")
    context = "1" if sidc.context == "1" else "0"
    if context != sidc.context:
        losses.append(f"context {sidc.context}")
    if sidc.further.strip("0"):
        losses.append(f"digits 21 to 30 ({sidc.further})")
    identity = _inverse(_IDENTITY)[context + sidc.identity]
    state, at = _inverse(_STATE)[sidc.state], _inverse(_HEADQUARTERS)
    size = _inverse(_SIZE)[sidc.amplifier]
    function = by_digits[found]
    return (
        f"S{identity}G{state}{function}{at[sidc.headquarters]}{size}---",
        tuple(losses),
    )


def plain(sidc: Sidc) -> Sidc:
    """Return a symbol as letters would hold it: the same after there and back."""
    letters, _ = to_letters(sidc)
    return replace(from_letters(letters)[0], version=sidc.version)


def _wider(function: str) -> str:
    """Return a function without its last letter."""
    said = function.rstrip("-")[:-1]
    return said.ljust(6, "-")


def _narrowing(digits: str) -> tuple[str, ...]:
    """Return the ways to say less: without modifiers, subtype, type, and entity."""
    return (
        digits,
        digits[:8] + "00",
        digits[:6] + "0000",
        digits[:4] + "000000",
        "0" * 10,
    )


def _inverse(table: dict[str, str]) -> dict[str, str]:
    """Return a table read from right to left."""
    return {value: key for key, value in table.items()}
