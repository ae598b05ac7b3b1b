"""Words of an orbat-mapper scenario (schema 3.4.0), as its documentation tells them."""

from typing import Final

from linewatch.force.values import STATUSES

VERSION: Final = "3.4.0"
"""Version that is written."""

READ: Final = ("2", "3")
"""Major versions that are read."""

TYPE: Final = "ORBAT-mapper"
"""What a scenario calls itself."""

SIDE: Final = "linewatch-side"
GROUP: Final = "linewatch-units"
"""The side and the group that hold units which the ledger puts under none."""

PLAIN_SYMBOL: Final = "10031000000000000000"
"""Symbol of a friendly land unit of which no more is told."""

CATEGORIES: Final = dict(
    zip(STATUSES, ("Title 10", "Title 32", "State active duty"), strict=True)
)
"""Categories of personnel by duty status."""

LOST_OF_SCENARIO: Final = (
    "description",
    "events",
    "layers",
    "layerStack",
    "mapLayers",
    "supplyCategories",
    "unitTemplates",
    "settings",
    "meta",
)
"""Keys of a scenario that a ledger cannot hold."""

LOST_OF_SIDE: Final = ("description", "symbolOptions", "isHidden", "locked")
"""Keys of a side or a group that a ledger cannot hold."""

LOST_OF_UNIT: Final = (
    "description",
    "externalUrl",
    "symbolOptions",
    "textAmplifiers",
    "reinforcedStatus",
    "rangeRings",
    "supplies",
    "media",
    "status",
    "template",
    "properties",
    "locked",
    "style",
)
"""Keys of a unit that a ledger cannot hold."""

LOST_OF_STATE: Final = (
    "sidc",
    "via",
    "viaStartTime",
    "symbolOptions",
    "symbolRotation",
    "textAmplifiers",
    "reinforcedStatus",
    "status",
    "title",
    "subTitle",
    "description",
    "media",
    "externalUrl",
)
"""Keys of a unit's state that a ledger cannot hold."""
