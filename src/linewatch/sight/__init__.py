"""Sight: what can be seen from where, and with what chance."""

from linewatch.sight.beat import Beat, stations
from linewatch.sight.calibrate import Fit, Looks, fit, read_looks
from linewatch.sight.chance import DAY, NIGHT, Lit, SteadyLight, range_chance
from linewatch.sight.crossing import (
    CrossingChance,
    Crossings,
    Rule,
    crossing_chance,
    straight,
)
from linewatch.sight.figures import kind_from, record_of
from linewatch.sight.kindfile import KindFile, KindRow, read_kinds, write_kinds
from linewatch.sight.kinds import (
    AIRCRAFT,
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
    "AIRCRAFT",
    "DAY",
    "KINDS",
    "NIGHT",
    "TARGETS",
    "TARGET_NAMES",
    "Beat",
    "CrossingChance",
    "Crossings",
    "Eye",
    "Fit",
    "Gives",
    "Ground",
    "KindFile",
    "KindRow",
    "Lit",
    "Looks",
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
    "fit",
    "kind_from",
    "kind_named",
    "load_sights",
    "lowest_seen",
    "place",
    "range_chance",
    "read_kinds",
    "read_looks",
    "record_of",
    "save_sights",
    "stations",
    "straight",
    "target_named",
    "write_kinds",
]
