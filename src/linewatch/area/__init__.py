"""The ground: the line and its chainage, sectors, zones, demand, terrain and light."""

from linewatch.area.area import Area, AreaSettings, read_area
from linewatch.area.border import border_line
from linewatch.area.demand import Demand
from linewatch.area.geojson import read_line
from linewatch.area.grid import Grid
from linewatch.area.light import Light, Lights, light, lights
from linewatch.area.line import Line
from linewatch.area.ports import Port
from linewatch.area.relief import Relief
from linewatch.area.sectors import Sector
from linewatch.area.terrain import GeoTiffTerrain, Terrain
from linewatch.area.weather import STANDARD, Spell, Weather, weather_at
from linewatch.area.zones import Zone

__all__ = [
    "STANDARD",
    "Area",
    "AreaSettings",
    "Demand",
    "GeoTiffTerrain",
    "Grid",
    "Light",
    "Lights",
    "Line",
    "Port",
    "Relief",
    "Sector",
    "Spell",
    "Terrain",
    "Weather",
    "Zone",
    "border_line",
    "light",
    "lights",
    "read_area",
    "read_line",
    "weather_at",
]
