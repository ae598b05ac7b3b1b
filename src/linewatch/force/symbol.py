"""Symbols of units: the identification code of MIL-STD-2525D and E, read and written.

The code has 20 digits, and 30 in edition E where its further modifiers are used. Which
digit says what: MIL-STD-2525D, appendix A, and MIL-STD-2525E, appendix A.
"""

from dataclasses import dataclass, replace
from typing import Final

from linewatch.errors import BadValue

VERSIONS: Final = {
    "10": "2525D",
    "11": "2525D change 1",
    "12": "APP-6D",
    "13": "2525E",
    "14": "2525E change 1",
}
"""Editions of the standard by the code's first two digits."""

CONTEXTS: Final = {"0": "reality", "1": "exercise", "2": "simulation"}
"""Contexts by the third digit; edition E has further ones, kept as they are."""

IDENTITIES: Final = {
    "0": "pending",
    "1": "unknown",
    "2": "assumed friend",
    "3": "friend",
    "4": "neutral",
    "5": "suspect",
    "6": "hostile",
}
"""Standard identities by the fourth digit."""

FRIENDLY: Final = ("2", "3")
"""Identities whose people count as our own."""

SETS: Final = {
    "00": "unknown",
    "01": "air",
    "02": "air missile",
    "05": "space",
    "06": "space missile",
    "10": "land unit",
    "11": "land civilian unit",
    "15": "land equipment",
    "20": "land installation",
    "25": "control measure",
    "27": "dismounted individual",
    "30": "sea surface",
    "35": "sea subsurface",
    "36": "mine warfare",
    "39": "sea, other",
    "40": "activity",
    "45": "atmospheric",
    "46": "oceanographic",
    "47": "meteorological space",
    "50": "signals intelligence, space",
    "51": "signals intelligence, air",
    "52": "signals intelligence, land",
    "53": "signals intelligence, surface",
    "54": "signals intelligence, subsurface",
    "60": "cyberspace",
}
"""Symbol sets by the fifth and sixth digit."""

STATES: Final = {
    "0": "present",
    "1": "planned",
    "2": "fully capable",
    "3": "damaged",
    "4": "destroyed",
    "5": "full to capacity",
}
"""Status by the seventh digit."""

HEADQUARTERS: Final = {
    "0": "",
    "1": "dummy",
    "2": "headquarters",
    "3": "dummy headquarters",
    "4": "task force",
    "5": "dummy task force",
    "6": "task force headquarters",
    "7": "dummy task force headquarters",
}
"""Headquarters, task force and dummy by the eighth digit."""

ECHELONS: Final = {
    "00": "",
    "11": "team",
    "12": "squad",
    "13": "section",
    "14": "platoon",
    "15": "company",
    "16": "battalion",
    "17": "regiment",
    "18": "brigade",
    "21": "division",
    "22": "corps",
    "23": "army",
    "24": "army group",
    "25": "region",
    "26": "command",
}
"""Sizes of units by the ninth and tenth digit."""

_SHAPE: Final = "20 digits, or 30 in edition E, such as 10031000161211000000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidc:
    """A symbol's code, taken apart.

    Parameters
    ----------
    version, context, identity, symbol_set, state, headquarters, amplifier : str
        Digits of the first ten, in words: edition, context, standard identity, set,
        status, headquarters/task force/dummy, and size (or mobility of equipment).
    entity, modifier_1, modifier_2 : str
        What it is (entity, type and subtype: six digits) and its two modifiers.
    further : str
        The last ten digits of edition E; empty in a code of 20.
    """

    version: str = "10"
    context: str = "0"
    identity: str = "3"
    symbol_set: str = "10"
    state: str = "0"
    headquarters: str = "0"
    amplifier: str = "00"
    entity: str = "000000"
    modifier_1: str = "00"
    modifier_2: str = "00"
    further: str = ""

    @property
    def text(self) -> str:
        """The code as it is written."""
        return (
            f"{self.version}{self.context}{self.identity}{self.symbol_set}{self.state}"
            f"{self.headquarters}{self.amplifier}{self.entity}{self.modifier_1}"
            f"{self.modifier_2}{self.further}"
        )

    @property
    def echelon(self) -> str:
        """Size of the unit in words; empty where none is told."""
        return ECHELONS.get(self.amplifier, "")

    @property
    def friendly(self) -> bool:
        """Whether those it stands for are our own."""
        return self.identity in FRIENDLY

    def of_identity(self, identity: str) -> "Sidc":
        """Return the same symbol with another standard identity."""
        return replace(self, identity=identity)


def parse_sidc(text: str) -> Sidc:
    """Take a code apart.

    Raises
    ------
    BadValue
        If it is no code of 20 or 30 digits of a known edition.

    Examples
    --------
    >>> brigade = parse_sidc("10031000181211020051")
    >>> brigade.identity, brigade.echelon, brigade.entity
    ('3', 'brigade', '121102')
    >>> brigade.text
    '10031000181211020051'
    """
    wrong = wrong_with(text)
    if wrong:
        raise BadValue(
            "symbol", wrong.removeprefix("must be ").split(", not ")[0], text
        )
    return Sidc(
        version=text[:2],
        context=text[2],
        identity=text[3],
        symbol_set=text[4:6],
        state=text[6],
        headquarters=text[7],
        amplifier=text[8:10],
        entity=text[10:16],
        modifier_1=text[16:18],
        modifier_2=text[18:20],
        further=text[20:],
    )


def wrong_with(text: str) -> str:
    """Return what is wrong with a code, and what is allowed; empty when nothing is."""
    if not (text.isascii() and text.isdigit() and len(text) in (20, 30)):
        return f"must be {_SHAPE}"
    edition_e = text[:2] in ("13", "14")
    checks = (
        (text[:2], VERSIONS, "edition"),
        ("0" if edition_e else text[2], CONTEXTS, "context"),
        (text[3], IDENTITIES, "standard identity"),
        (text[4:6], SETS, "symbol set"),
        (text[6], STATES, "status"),
        (text[7], HEADQUARTERS, "headquarters digit"),
    )
    for digits, allowed, what in checks:
        if digits not in allowed:
            return f"must be of {what} {', '.join(allowed)}, not {digits}"
    if text[4:6] == "10" and text[8:10] not in ECHELONS:
        return f"must be of size {', '.join(ECHELONS)}, not {text[8:10]}"
    if len(text) == 30 and not edition_e:
        return "must be of 20 digits, unless of edition 13 or 14 (2525E)"
    return ""
