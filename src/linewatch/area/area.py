"""Area: the ground that a mission watches, read from its scenario."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.area.border import border_line
from linewatch.area.demand import Demand, read_demand, uniform_demand
from linewatch.area.geojson import read_line
from linewatch.area.light import Light, light
from linewatch.area.line import Line
from linewatch.area.ports import Port, read_ports
from linewatch.area.relief import Relief
from linewatch.area.sectors import Sector, read_sectors, sector_at, whole_line
from linewatch.area.terrain import GeoTiffTerrain, Terrain
from linewatch.area.weather import Spell, Weather, read_weather, weather_at
from linewatch.area.zones import Zone, read_zones
from linewatch.measure.clock import to_epoch_s, to_iso
from linewatch.measure.plane import Plane
from linewatch.scenario import Scenario, settings_from

Floats = NDArray[np.float64]

BUILT_IN_LINE: Final = "us-mexico"
GENERATED: Final = "generated"
FILES: Final = ("sectors", "ports", "zones", "demand", "weather")


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaSettings:
    """The ``[area]`` table of a scenario, the names of its CSV files aside.

    Parameters
    ----------
    line : str
        ``us-mexico``, or the name of a GeoJSON file.
    name : str
        What to call the line; empty for its own name.
    terrain : str
        ``generated``, or the name of a GeoTIFF of heights.
    terrain_seed : int
        Seed of generated relief.
    """

    line: str = BUILT_IN_LINE
    name: str = ""
    terrain: str = GENERATED
    terrain_seed: int = 1


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Area:
    """A line with its sectors, ports, zones, demand, terrain and weather."""

    name: str
    line: Line
    sectors: tuple[Sector, ...]
    ports: tuple[Port, ...]
    zones: tuple[Zone, ...]
    demand: Demand
    terrain: Terrain
    weather: tuple[Spell, ...] = ()

    @property
    def plane(self) -> Plane:
        """The one plane that the whole area is worked on."""
        return self.line.plane

    def place_xy(
        self, chainage_m: ArrayLike, offset_m: ArrayLike = 0.0
    ) -> tuple[Floats, Floats]:
        """Return places on the plane [m]; see `Line.place_xy`."""
        return self.line.place_xy(chainage_m, offset_m)

    def chainage_xy(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Floats, Floats]:
        """Return chainages and offsets [m] of places [m]; see `Line.chainage_xy`."""
        return self.line.chainage_xy(x_m, y_m)

    def weather_at(self, time_s: float, chainage_m: float) -> Weather:
        """Return the weather of an instant [s] and chainage [m]; see `weather_at`."""
        return weather_at(self.weather, time_s, chainage_m)

    def light_at(self, time_s: float, lon_deg: float, lat_deg: float) -> Light:
        """Return sun, moon and weather of an instant [s] and place [deg]."""
        bare = light(time_s, lon_deg, lat_deg)
        if not self.weather:
            return bare
        chainage_m, _ = self.line.chainage(lon_deg, lat_deg)
        return replace(bare, weather=self.weather_at(time_s, float(chainage_m)))

    def sector_at(self, chainage_m: float) -> Sector:
        """Return the sector that a chainage [m] lies in.

        Raises
        ------
        UnknownName
            If the chainage lies off the line.
        """
        return sector_at(self.sectors, chainage_m)


def read_area(scenario: Scenario, *, cache: Path | None = None) -> Area:
    """Read the area of a scenario.

    Without sectors the line is one; without ports and zones there are none; without
    demand it is the same everywhere, which its source says; without weather the air is
    clear, dry and calm.

    Parameters
    ----------
    scenario : Scenario
        A mission's folder; its ``[area]`` table is read.
    cache : Path, optional
        Folder that keeps the derived border; else the user's own cache.

    Raises
    ------
    InputError
        If a setting or a file is bad: see the readers.
    """
    table = scenario.table("area")
    settings = settings_from(AreaSettings, table, where="area", also=FILES)
    if settings.line == BUILT_IN_LINE:
        line = border_line(cache)
    else:
        line = read_line(scenario.file("area", "line"), name=settings.name)
    terrain: Terrain
    if settings.terrain == GENERATED:
        terrain = Relief(settings.terrain_seed)
    else:
        path = scenario.file("area", "terrain")
        terrain = GeoTiffTerrain(path=path, plane=line.plane)
    given = {key: scenario.file("area", key) for key in FILES if key in table}
    if "sectors" in given:
        sectors = read_sectors(given["sectors"], line)
    else:
        sectors = whole_line(line)
    if "demand" in given:
        demand = read_demand(given["demand"], sectors)
    else:
        demand = uniform_demand(sectors, _month(scenario))
    return Area(
        name=settings.name or line.name,
        line=line,
        sectors=sectors,
        ports=read_ports(given["ports"], line) if "ports" in given else (),
        zones=read_zones(given["zones"], line) if "zones" in given else (),
        demand=demand,
        terrain=terrain,
        weather=read_weather(given["weather"], line) if "weather" in given else (),
    )


def _month(scenario: Scenario) -> str:
    """Return the month that the scenario starts in, or that of the epoch."""
    is_told = "start" in scenario.table("scenario")
    return to_iso(to_epoch_s(scenario.when("start")) if is_told else 0.0)[:7]
