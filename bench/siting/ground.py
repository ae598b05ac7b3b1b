"""Real ground at the scale of a line: one terrain tile, mirrored side by side.

python bench/siting/ground.py TILE.tif FOLDER [--tiles DOWN ACROSS] [--sites 20000]
[--cells 2000000]

Writes terrain.tif, candidates.csv and demand.csv. Candidates stand at random, high
ground preferred; demand cells lie at random in the cells of the terrain.
"""

import argparse
from pathlib import Path

import numpy as np
import rasterio
from scipy.ndimage import uniform_filter

TILES = (3, 6)
"""Tiles down and across: with 643 x 1,197 cells of 30 m, 58 km by 215 km."""


def main() -> None:
    """Write the three files."""
    parser = argparse.ArgumentParser()
    parser.add_argument("tile", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sites", type=int, default=20_000)
    parser.add_argument("--cells", type=int, default=2_000_000)
    parser.add_argument("--tiles", type=int, nargs=2, default=TILES)
    told = parser.parse_args()
    down, across = told.tiles
    with rasterio.open(told.tile) as file:
        tile, shift, crs = file.read(1).astype(np.float32), file.transform, file.crs
    wide = np.concatenate([tile[:, :: 1 - n % 2 * 2] for n in range(across)], axis=1)
    ground = np.concatenate([wide[:: 1 - n % 2 * 2] for n in range(down)], axis=0)
    rows, cols = ground.shape
    told.folder.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        told.folder / "terrain.tif", "w", driver="GTiff", height=rows, width=cols,
        count=1, dtype="float32", crs=crs, transform=shift, tiled=True,
    ) as out:  # fmt: skip
        out.write(ground, 1)
    rng = np.random.default_rng(7)
    above = ground - uniform_filter(ground, 33)
    chance = np.clip(above, 0, None).astype(np.float64).reshape(-1) ** 2
    sites = rng.choice(chance.size, told.sites, replace=False, p=chance / chance.sum())
    cells = np.sort(rng.choice(chance.size, told.cells, replace=False))
    weight = rng.integers(1, 11, told.cells)
    with (told.folder / "candidates.csv").open("w") as file:
        file.write("site,x,y\n")
        for n, flat in enumerate(sites.tolist()):
            x = shift.c + (flat % cols + 0.5) * shift.a
            y = shift.f + (flat // cols + 0.5) * shift.e
            file.write(f"s{n},{x:.1f},{y:.1f}\n")
    with (told.folder / "demand.csv").open("w") as file:
        file.write("cell,x,y,weight\n")
        for n, (flat, heavy) in enumerate(
            zip(cells.tolist(), weight.tolist(), strict=True)
        ):
            x = shift.c + (flat % cols + 0.5) * shift.a
            y = shift.f + (flat // cols + 0.5) * shift.e
            file.write(f"c{n},{x:.1f},{y:.1f},{heavy}\n")


if __name__ == "__main__":
    main()
