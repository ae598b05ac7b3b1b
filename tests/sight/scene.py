"""Ground and light for the tests of sight."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio import Affine

from linewatch.area import Grid

Floats = NDArray[np.float64]

WEST_M, NORTH_M, CELL_M = 500_000.0, 3_600_000.0, 30.0
"""Corner and cell of the rasters written here [m]."""


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


def written(
    path: Path,
    height: NDArray[np.generic],
    *,
    crs: str | None = "EPSG:32611",
    cell: tuple[float, float] = (CELL_M, CELL_M),
    corner: tuple[float, float] = (WEST_M, NORTH_M),
    nodata: float | None = None,
    unit: str | None = None,
) -> Path:
    """Write heights as a GeoTIFF."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=height.shape[0],
        width=height.shape[1],
        count=1,
        dtype=height.dtype.name,
        crs=crs,
        transform=Affine(cell[0], 0, corner[0], 0, -cell[1], corner[1]),
        nodata=nodata,
    ) as file:
        file.write(height, 1)
        if unit is not None:
            file.units = (unit,)
    return path


def hills(rows: int = 90, cols: int = 120) -> NDArray[np.float32]:
    """Rolling ground with some noise, the same on every run."""
    y, x = np.mgrid[0:rows, 0:cols]
    swell = 60 * np.sin(y / 9) * np.cos(x / 13)
    noise = np.random.default_rng(7).normal(0, 1, swell.shape)
    height: NDArray[np.float32] = (swell + noise).astype(np.float32)
    return height
