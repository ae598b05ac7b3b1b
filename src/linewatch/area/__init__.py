"""The ground: the line and its chainage, sectors, zones, demand, terrain and light."""

from linewatch.area.grid import Grid

__all__ = ["Grid"]
