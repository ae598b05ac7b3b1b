"""Words of MSDL (SISO-STD-007-2008)."""

from typing import Final
from uuid import NAMESPACE_URL, UUID, uuid5

SPACE: Final = "urn:sisostds:scenario:military:data:draft:msdl:1"
"""Name space of a scenario."""

MODEL: Final = "http://www.sisostds.org/schemas/modelID"
"""Name space of its identification."""

FRIENDS: Final = ("FR", "AFR")
"""Relationships of sides that are ours too."""

ECHELONS: Final = {
    "11": "TEAM",
    "12": "SQUAD",
    "13": "SECTION",
    "14": "PLATOON",
    "15": "COMPANY",
    "16": "BATTALION",
    "17": "REGIMENT",
    "18": "BRIGADE",
    "21": "DIVISION",
    "22": "CORPS",
    "23": "ARMY",
    "24": "ARMY_GROUP",
    "25": "REGION",
}
"""Sizes of units by the digits of a symbol."""

LOST_OF_SCENARIO: Final = (
    "Overlays",
    "Installations",
    "TacticalGraphics",
    "MOOTWGraphics",
    "Deployment",
)
"""Parts of a scenario that a ledger cannot hold."""

LOST_OF_UNIT: Final = (
    "CommunicationNetInstances",
    "Status",
    "Model",
    "Holdings",
)
"""Parts of a unit that a ledger cannot hold."""

LOST_OF_DISPOSITION: Final = (
    "DirectionOfMovement",
    "Speed",
    "FormationPosition",
    "OwnFormation",
)
"""Parts of a disposition that a ledger cannot hold."""


def handle_of(name: str) -> str:
    """Return the handle of a unit: the name itself where it is one.

    Examples
    --------
    >>> handle_of("7a81590c-febb-11e7-8be5-0ed5f89f718b")
    '7a81590c-febb-11e7-8be5-0ed5f89f718b'
    >>> handle_of("2-sbct") == handle_of("2-sbct")
    True
    """
    return name if is_handle(name) else str(uuid5(NAMESPACE_URL, f"linewatch:{name}"))


def is_handle(text: str) -> bool:
    """Return whether a text is a handle: a UUID in small letters."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


OWN_SIDE: Final = handle_of("linewatch-side")
"""The side that holds units which the ledger puts under none."""
