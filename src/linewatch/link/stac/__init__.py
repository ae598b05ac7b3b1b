"""Terrain from a public catalogue: find the tiles along a line, and fetch them."""

from linewatch.link.stac.catalogue import Tile, corridor, tiles_on
from linewatch.link.stac.fetch import Fetched, fetch

__all__ = ["Fetched", "Tile", "corridor", "fetch", "tiles_on"]
