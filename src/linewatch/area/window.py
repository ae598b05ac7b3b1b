"""Windows: which cells of the plane cover a rectangle."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area.grid import Grid
from linewatch.errors import BadValue

MOST_CELLS: Final = 250_000_000
"""Cells of the largest window: 1 GB of heights, more than any stage works on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Cells of one lattice: corners lie at whole multiples of `cell_m` on the plane."""

    west_m: float
    north_m: float
    cell_m: float
    rows: int
    columns: int

    @property
    def south_m(self) -> float:
        """Outer south edge [m]."""
        return self.north_m - self.rows * self.cell_m

    @property
    def east_m(self) -> float:
        """Outer east edge [m]."""
        return self.west_m + self.columns * self.cell_m

    def centres(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return x of each column's centre and y of each row's [m], north row first.

        They come from whole numbers of cells, so equal cells of two windows have equal
        centres to the bit.
        """
        first = round(self.west_m / self.cell_m)
        top = round(self.north_m / self.cell_m)
        x = (np.arange(first, first + self.columns) + 0.5) * self.cell_m
        y = (top - np.arange(self.rows) - 0.5) * self.cell_m
        return x.astype(np.float64), y.astype(np.float64)

    def grid(self, height_m: NDArray[np.float32]) -> Grid:
        """Return heights of these cells as a grid."""
        return Grid(
            height_m=height_m,
            west_m=self.west_m,
            north_m=self.north_m,
            cell_m=self.cell_m,
        )


def window_of(
    *, west_m: float, south_m: float, east_m: float, north_m: float, cell_m: float
) -> Window:
    """Return the fewest whole cells that cover a rectangle of the plane [m].

    Raises
    ------
    BadValue
        If the rectangle or the cell is empty or not finite, or the cells too many.
    """
    if not (cell_m > 0 and math.isfinite(cell_m)):
        raise BadValue("cell_m", "above 0", cell_m)
    edges = (west_m, south_m, east_m, north_m)
    whole = all(math.isfinite(edge) for edge in edges)
    if not (whole and west_m < east_m and south_m < north_m):
        raise BadValue("window", "west below east and south below north", edges)
    left, right = math.floor(west_m / cell_m), math.ceil(east_m / cell_m)
    bottom, top = math.floor(south_m / cell_m), math.ceil(north_m / cell_m)
    if (right - left) * (top - bottom) > MOST_CELLS:
        got = f"{right - left} by {top - bottom}"
        raise BadValue("window", f"of {MOST_CELLS} cells or fewer", got)
    return Window(
        west_m=left * cell_m,
        north_m=top * cell_m,
        cell_m=cell_m,
        rows=top - bottom,
        columns=right - left,
    )
