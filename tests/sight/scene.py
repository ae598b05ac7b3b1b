"""Ground and light for the tests of sight."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewatch.area import Grid

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MadeGround:
    """Ground from a formula of x and y, in any window."""

    formula: Callable[[Floats, Floats], Floats]

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return a window of the formula."""
        rows = round((north_m - south_m) / cell_m)
        cols = round((east_m - west_m) / cell_m)
        x: Floats = west_m + (np.arange(cols, dtype=np.float64) + 0.5) * cell_m
        y: Floats = north_m - (np.arange(rows, dtype=np.float64) + 0.5) * cell_m
        height = self.formula(x[None, :], y[:, None]) + np.zeros((rows, cols))
        return Grid(
            height_m=np.ascontiguousarray(height, np.float32),
            west_m=west_m,
            north_m=north_m,
            cell_m=cell_m,
        )


FLAT = MadeGround(lambda x, y: 0 * x + 0 * y)
ROLLING = MadeGround(lambda x, y: 70 * np.sin(x / 800) * np.cos(y / 1_100))
