"""Terrain from a public catalogue: find the tiles along a line, and fetch them."""

from linewatch.link.stac.catalogue import STORES, Tile, corridor, tiles_on
from linewatch.link.stac.fetch import Fetched, fetch, held

__all__ = ["STORES", "Fetched", "Tile", "corridor", "fetch", "held", "tiles_on"]
