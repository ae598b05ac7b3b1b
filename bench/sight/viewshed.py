"""How exact and how fast the quick viewsheds are, against every line by itself.

python bench/sight/viewshed.py DEM.tif [DEM.tif ...] [--reach 10000] [--eyes 4]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray

from linewatch.sight.viewshed import Cells, Lens, Mode, lowest_in_cells, sag_per_m

TARGET_M = 1.5
Heights = NDArray[np.float32]


def places(height_m: Heights, count: int, reach_cells: int) -> list[tuple[int, int]]:
    """Return local tops and hollows, spread by a fixed draw, away from the edges."""
    rng = np.random.default_rng(5)
    rows, cols = height_m.shape
    margin = min(reach_cells, rows // 3, cols // 3)
    found = []
    for n in range(count):
        row = int(rng.integers(margin, rows - margin))
        col = int(rng.integers(margin, cols - margin))
        around = height_m[row - 10 : row + 11, col - 10 : col + 11]
        at = around.argmax() if n % 2 == 0 else around.argmin()
        down, right = divmod(int(at), around.shape[1])
        found.append((row - 10 + down, col - 10 + right))
    return found


def main() -> None:
    """Print one line a terrain, height of eye and mode."""
    parser = argparse.ArgumentParser()
    parser.add_argument("terrain", nargs="+", type=Path)
    parser.add_argument("--reach", type=float, default=10_000.0)
    parser.add_argument("--eyes", type=int, default=4)
    words = parser.parse_args()
    print("terrain, eye m, mode: Jaccard (worst), false, missed, ms, times exact")
    for path in words.terrain:
        with rasterio.open(path) as file:
            height_m, cell_m = file.read(1).astype(np.float32), float(file.res[0])
        cells = Cells(height_m=height_m, step_x_m=cell_m, step_y_m=cell_m)
        spots = places(height_m, words.eyes, int(words.reach / cell_m))
        for above_m in (3.0, 20.0):
            seen: dict[Mode, list[NDArray[np.bool_]]] = {}
            took: dict[Mode, float] = {}
            for mode in Mode:
                runs, seconds = [], []
                for row, col in spots:
                    lens = Lens(row=row, col=col, above_m=above_m, reach_m=words.reach)
                    best = np.inf
                    lowest = np.empty(0, np.float32)
                    for _ in range(1 if mode is Mode.EXACT else 5):
                        start = time.perf_counter()
                        lowest = lowest_in_cells(
                            cells, lens, sag=sag_per_m(1 / 7), mode=mode
                        )
                        best = min(best, time.perf_counter() - start)
                    runs.append(lowest <= TARGET_M)
                    seconds.append(best)
                seen[mode], took[mode] = runs, float(np.mean(seconds))
            for mode in (Mode.FINE, Mode.SCREEN):
                pairs = list(zip(seen[Mode.EXACT], seen[mode], strict=True))
                both = [(a & b).sum() / (a | b).sum() for a, b in pairs]
                truth = sum(a.sum() for a, _ in pairs)
                joint = sum((a & b).sum() for a, b in pairs)
                false = sum((b & ~a).sum() for a, b in pairs) / truth
                missed = sum((a & ~b).sum() for a, b in pairs) / truth
                either = sum((a | b).sum() for a, b in pairs)
                print(
                    f"{path.stem}, {above_m:g}, {mode}: {joint / either:.4f} "
                    f"({min(both):.4f}), {false:.2%}, {missed:.2%}, "
                    f"{took[mode] * 1e3:.1f}, {took[Mode.EXACT] / took[mode]:.0f}"
                )


if __name__ == "__main__":
    main()
