"""Sight: what can be seen from where, and with what chance."""

from linewatch.sight.chance import DAY, NIGHT, Lit, SteadyLight, range_chance
from linewatch.sight.crossing import (
    CrossingChance,
    Crossings,
    Rule,
    crossing_chance,
    straight,
)
from linewatch.sight.kinds import (
    KINDS,
    TARGET_NAMES,
    TARGETS,
    Gives,
    SensorKind,
    TargetClass,
    kind_named,
    target_named,
)
from linewatch.sight.placed import Ground, Sight, SightTable, Stand, place
from linewatch.sight.store import digest_of, load_sights, save_sights
from linewatch.sight.viewshed import Eye, Mode, lowest_seen

__all__ = [
    "DAY",
    "KINDS",
    "NIGHT",
    "TARGETS",
    "TARGET_NAMES",
    "CrossingChance",
    "Crossings",
    "Eye",
    "Gives",
    "Ground",
    "Lit",
    "Mode",
    "Rule",
    "SensorKind",
    "Sight",
    "SightTable",
    "Stand",
    "SteadyLight",
    "TargetClass",
    "crossing_chance",
    "digest_of",
    "kind_named",
    "load_sights",
    "lowest_seen",
    "place",
    "range_chance",
    "save_sights",
    "straight",
    "target_named",
]
