"""Sectors: stretches of the line that answer for it one after another."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.area.line import SLACK_M, Line
from linewatch.errors import BadValue, OutsideArea, UnknownName
from linewatch.scenario.table import Faults, Table, number, read_table, words

BY_PLACE: Final = ("name", "to_lon_deg", "to_lat_deg", "source")
BY_LENGTH: Final = ("name", "to_km", "source")
"""Columns of a sector table: a sector ends at a place, or at a chainage [km]."""

NEAR_M: Final = 5_000.0
"""Farthest from the line that a place on it may be told [m]."""

WHOLE: Final = "whole line"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A stretch of the line, from `from_m` up to `to_m` [m]."""

    name: str
    from_m: float
    to_m: float
    source: str

    @property
    def length_m(self) -> float:
        """Length along the line [m]."""
        return self.to_m - self.from_m


def read_sectors(path: Path, line: Line) -> tuple[Sector, ...]:
    """Read the sectors of a line, in the order of chainage.

    Each row tells where its sector ends, as a place (``to_lon_deg``, ``to_lat_deg``;
    the nearest point of the line counts) or as a chainage (``to_km``). A sector begins
    where the one before it ends. The last ends with the line: its cells are empty.

    Raises
    ------
    BadFile
        If the file is no such table or has no row.
    BadLines
        If rows break these rules.
    """
    table = read_table(path, BY_PLACE, BY_LENGTH)
    ends = _ends(table, line)
    sectors: list[Sector] = []
    faults = Faults(path)
    for at, name, to_m, source in ends:
        from_m = sectors[-1].to_m if sectors else 0.0
        if not to_m > from_m:
            what = f"{name} must end after {from_m / 1000:.3f} km, not"
            faults.add(at, f"{what} at {to_m / 1000:.3f} km")
        if name in {sector.name for sector in sectors}:
            faults.add(at, f"{name} is there twice")
        sectors.append(Sector(name=name, from_m=from_m, to_m=to_m, source=source))
    faults.stop()
    return tuple(sectors)


def _ends(table: Table, line: Line) -> list[tuple[int, str, float, str]]:
    """Return the line, name, end [m] and source of every row."""
    last = table.rows[-1][1]
    coordinates = [c for c in table.columns if c.startswith("to_")]

    def end_m(cells: dict[str, str]) -> float:
        if not any(cells[c] for c in coordinates):
            if cells is not last:
                raise BadValue("the end", "empty for the last sector only", "empty")
            return line.length_m
        if "to_km" in cells:
            to_m = number(cells, "to_km") * 1000
            if not 0 <= to_m <= line.length_m + SLACK_M:
                most = f"0 to {line.length_m / 1000:.3f}"
                raise BadValue("to_km", most, cells["to_km"])
        else:
            to_m = chainage_of(
                line, number(cells, "to_lon_deg"), number(cells, "to_lat_deg"), NEAR_M
            )
        if cells is last and to_m < line.length_m - SLACK_M:
            raise BadValue("the end", "empty for the last sector", "filled in")
        return min(to_m, line.length_m)

    def row(cells: dict[str, str]) -> tuple[str, float, str]:
        return words(cells, "name"), end_m(cells), words(cells, "source")

    return [(at, *values) for at, values in table.read(row)]


def chainage_of(line: Line, lon_deg: float, lat_deg: float, near_m: float) -> float:
    """Return the chainage [m] of a place [deg] within `near_m` of the line.

    Raises
    ------
    BadValue
        If there is no such place.
    OutsideArea
        If it is farther away.
    """
    if not (abs(lon_deg) <= 180 and abs(lat_deg) < 85):
        raise BadValue("place", "a longitude and a latitude", (lon_deg, lat_deg))
    chainage, offset = line.chainage(lon_deg, lat_deg)
    if not abs(offset) <= near_m:
        far = f"{abs(offset) / 1000:.1f} km from the line"
        raise OutsideArea(f"a place {far}", f"the {near_m / 1000:g} km allowed")
    return chainage


def whole_line(line: Line) -> tuple[Sector, ...]:
    """Return the one sector of a line that has none of its own."""
    source = "no sectors given: the line is one"
    return (Sector(name=WHOLE, from_m=0.0, to_m=line.length_m, source=source),)


def sector_at(sectors: tuple[Sector, ...], chainage_m: float) -> Sector:
    """Return the sector that a chainage [m] lies in; of two that meet, the later one.

    Raises
    ------
    UnknownName
        If the chainage lies off the line.
    """
    for sector in reversed(sectors):
        if sector.from_m <= chainage_m <= sector.to_m + SLACK_M:
            return sector
    if -SLACK_M <= chainage_m <= 0:
        return sectors[0]
    allowed = [f"{s.name} {s.from_m:.0f} to {s.to_m:.0f} m" for s in sectors]
    raise UnknownName("sector at chainage", f"{chainage_m:.0f} m", allowed)
