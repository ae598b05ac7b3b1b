"""Terrains and eyes that the benchmark of sight is run on."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray

from linewatch.sight.cells import Cells
from linewatch.sight.raster import MapTerrain

SHARED = Path(__file__).parents[2].parent / "shared" / "bench" / "sight" / "dem"
NAMES = ("baja30", "bigtujunga30", "n46e008_90", "s33w071_90", "n49w123_geo3s")
Heights = NDArray[np.float32]


@dataclass(frozen=True)
class Scene:
    """Ground of one terrain, and what it is called."""

    name: str
    cells: Cells


def load(name: str, folder: Path = SHARED) -> Scene:
    """Read a terrain; ``-walls`` adds thin walls, ``-wide`` mirrors the edges."""
    stem, _, change = name.partition("-")
    terrain = MapTerrain(folder / f"{stem}.tif")
    rows, cols = terrain.shape
    step_x_m, step_y_m = terrain.steps_m(rows // 2)
    height_m = terrain.heights(rasterio.windows.Window(0, 0, cols, rows))
    terrain.close()
    if change == "walls":
        height_m = with_walls(height_m)
    if change == "wide":
        height_m = np.pad(height_m, ((700, 700), (500, 500)), mode="reflect")
    cells = Cells(height_m=height_m, step_x_m=step_x_m, step_y_m=step_y_m)
    return Scene(name, cells)


def with_walls(height_m: Heights) -> Heights:
    """Add 60 walls one cell thick, 5 to 25 m high and 20 to 120 cells long.

    Two in five run along rows, columns or diagonals, the others at any angle.
    """
    rng = np.random.default_rng(11)
    out = height_m.copy()
    rows, cols = out.shape
    for _ in range(60):
        y, x = rng.uniform(0, rows), rng.uniform(0, cols)
        turn, length = rng.uniform(0, 2 * math.pi), rng.uniform(20, 120)
        if rng.random() < 0.4:
            turn = round(turn / (math.pi / 4)) * math.pi / 4
        along = np.arange(0, length, 0.5)
        at = np.stack([y + along * math.sin(turn), x + along * math.cos(turn)])
        at = np.unique(np.rint(at).astype(int), axis=1)
        inside = (at >= 0).all(0) & (at[0] < rows) & (at[1] < cols)
        out[at[0, inside], at[1, inside]] += np.float32(rng.uniform(5, 25))
    return out


def places(height_m: Heights, count: int, margin: int) -> list[tuple[int, int]]:
    """Return tops and hollows of 21 x 21 cells in turn, by a fixed draw.

    They keep a margin to the edges, or a third of the terrain where that is less.
    """
    rng = np.random.default_rng(5)
    rows, cols = height_m.shape
    margin = min(margin, rows // 3, cols // 3)
    found: list[tuple[int, int]] = []
    while len(found) < count:
        row = int(rng.integers(margin, rows - margin))
        col = int(rng.integers(margin, cols - margin))
        around = height_m[row - 10 : row + 11, col - 10 : col + 11]
        if np.isnan(around).any():
            continue
        at = around.argmax() if len(found) % 2 == 0 else around.argmin()
        down, right = divmod(int(at), 21)
        found.append((row - 10 + down, col - 10 + right))
    return found
