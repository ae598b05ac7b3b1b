"""Weather: how far one sees, rain and wind, by instant and stretch of the line."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.area.line import SLACK_M, Line
from linewatch.errors import BadValue
from linewatch.measure.clock import to_epoch_s
from linewatch.scenario.table import Table, number, read_table, words

COLUMNS: Final = (
    "start",
    "from_km",
    "to_km",
    "visibility_km",
    "rain_mm_h",
    "wind_mps",
    "source",
)

LIMITS: Final = {
    "visibility_m": (10.0, 300_000.0),
    "rain_mm_h": (0.0, 300.0),
    "wind_mps": (0.0, 60.0),
}
"""Least and most of each figure; the clearest air has some 300 km (Rayleigh)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """What the air does to sight.

    Parameters
    ----------
    visibility_m : float, default 23,000
        Meteorological range: where contrast falls to 0.02 [m]. 23 km is the clear
        standard of LOWTRAN 7 (Kneizys et al., AFGL-TR-88-0177, 1988).
    rain_mm_h : float, default 0
        Rain rate [mm/h].
    wind_mps : float, default 0
        Wind at the ground [m/s].

    Raises
    ------
    BadValue
        If a figure lies outside `LIMITS`.
    """

    visibility_m: float = 23_000.0
    rain_mm_h: float = 0.0
    wind_mps: float = 0.0

    def __post_init__(self) -> None:
        for name, (least, most) in LIMITS.items():
            if not least <= getattr(self, name) <= most:
                raise BadValue(name, f"{least:g} to {most:g}", getattr(self, name))


STANDARD: Final = Weather()
"""The weather that every sensor's figures are given for: clear, dry and calm."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spell:
    """Weather on a stretch from an instant on, until a later spell covers it.

    Parameters
    ----------
    start_s : float
        From when, seconds of UTC since 1970 [s].
    from_m, to_m : float
        Its stretch as chainage [m].
    weather : Weather
        What it is like.
    source : str
        Who told it.
    """

    start_s: float
    from_m: float
    to_m: float
    weather: Weather
    source: str


def weather_at(spells: Sequence[Spell], time_s: float, chainage_m: float) -> Weather:
    """Return the weather of an instant [s] and chainage [m].

    Of the spells that have begun and cover the place, the one told last holds; without
    any it is `STANDARD`.
    """
    now = STANDARD
    for spell in spells:  # in order of their starts
        if spell.start_s > time_s:
            break
        if spell.from_m <= chainage_m <= spell.to_m:
            now = spell.weather
    return now


def read_weather(path: Path, line: Line) -> tuple[Spell, ...]:
    """Read spells in the order of their starts; empty edges are the line's ends.

    Raises
    ------
    BadFile
        If the file is no table of weather.
    BadLines
        If rows are bad.
    """
    table: Table = read_table(path, COLUMNS)

    def spell(cells: dict[str, str]) -> Spell:
        from_m = number(cells, "from_km") * 1000 if cells["from_km"] else 0.0
        to_m = number(cells, "to_km") * 1000 if cells["to_km"] else math.inf
        if not 0 <= from_m < min(to_m, line.length_m + SLACK_M):
            most = f"from 0 to below to_km and {line.length_m / 1000:.3f}"
            raise BadValue("from_km", most, cells["from_km"])
        return Spell(
            start_s=to_epoch_s(words(cells, "start")),
            from_m=from_m,
            to_m=to_m,
            weather=Weather(
                visibility_m=number(cells, "visibility_km") * 1000,
                rain_mm_h=number(cells, "rain_mm_h"),
                wind_mps=number(cells, "wind_mps"),
            ),
            source=words(cells, "source"),
        )

    return tuple(
        sorted((one for _, one in table.read(spell)), key=lambda one: one.start_s)
    )
