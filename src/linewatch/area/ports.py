"""Ports of entry: where the line may be crossed lawfully."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from linewatch.area.line import Line
from linewatch.area.sectors import chainage_of
from linewatch.scenario.table import Faults, number, read_table, words

COLUMNS: Final = ("code", "name", "lon_deg", "lat_deg", "source")

NEAR_M: Final = 10_000.0
"""Farthest from the line that a port may stand [m]: some are placed by their town, and
the farthest of the built-in ones, Brownsville, lies 5.2 km from the border."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """A port of entry; `chainage_m` is that of the nearest point of the line [m]."""

    name: str
    code: str
    chainage_m: float
    lon_deg: float
    lat_deg: float
    source: str


def read_ports(path: Path, line: Line) -> tuple[Port, ...]:
    """Read ports of entry, in the order of chainage.

    Raises
    ------
    BadFile
        If the file is no table of ports.
    BadLines
        If rows are bad: a place too far from the line, a code that is there twice.
    """

    def port(cells: dict[str, str]) -> Port:
        lon_deg, lat_deg = number(cells, "lon_deg"), number(cells, "lat_deg")
        return Port(
            name=words(cells, "name"),
            code=words(cells, "code"),
            chainage_m=chainage_of(line, lon_deg, lat_deg, NEAR_M),
            lon_deg=lon_deg,
            lat_deg=lat_deg,
            source=words(cells, "source"),
        )

    ports = list(read_table(path, COLUMNS).read(port))
    faults, seen = Faults(path), set[str]()
    for at, one in ports:
        if one.code in seen:
            faults.add(at, f"code {one.code} is there twice")
        seen.add(one.code)
    faults.stop()
    return tuple(
        sorted((one for _, one in ports), key=lambda p: (p.chainage_m, p.code))
    )
