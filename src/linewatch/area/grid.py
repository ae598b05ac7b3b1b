"""Grid: ground heights of a window of the plane, north row first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Grid:
    """Ground heights on square cells of the plane.

    Parameters
    ----------
    height_m : ndarray of float32, shape (rows, cols)
        Height of each cell's centre [m], C order; NaN where there is no data.
    west_m, north_m : float
        Outer north-west corner of cell (0, 0) on the plane [m].
    cell_m : float
        Side of a cell [m].

    Raises
    ------
    BadValue
        If `height_m` is not a C-ordered 2-D float32 array, or `cell_m` not above 0.
    """

    height_m: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float

    def __post_init__(self) -> None:
        grid = self.height_m
        if grid.ndim != 2 or grid.dtype != np.float32 or not grid.flags.c_contiguous:
            got = f"{grid.ndim}-D of {grid.dtype}"
            raise BadValue("height_m", "a C-ordered 2-D array of float32", got)
        if not self.cell_m > 0:
            raise BadValue("cell_m", "above 0", self.cell_m)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, cols = self.height_m.shape
        return rows, cols

    def cell_of(self, x_m: float, y_m: float) -> tuple[int, int]:
        """Return the row and column of the cell that a place [m] lies in, unchecked."""
        return (
            int((self.north_m - y_m) // self.cell_m),
            int((x_m - self.west_m) // self.cell_m),
        )
