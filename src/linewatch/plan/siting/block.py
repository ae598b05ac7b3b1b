"""One block of the cover table: looked from in a process of its own, kept on disk."""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from linewatch.errors import BadValue
from linewatch.plan.siting import _kernels_table as loops
from linewatch.plan.siting.cover import Floats, Whole
from linewatch.scenario.whole import whole
from linewatch.sight.cells import Cells, Lens, Mode, Patch, Prepared, sag_per_m
from linewatch.sight.raster import MapTerrain

FORMAT: Final = 2
"""Raised whenever the same block would see something else."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Block:
    """Candidates that share one window of the ground.

    Parameters
    ----------
    number : ndarray of int64, shape (n,)
        Which candidates.
    row, col : ndarray of int64, shape (n,)
        Their cells on the terrain.
    above_m, reach_m : ndarray of float64, shape (n,)
        Height of the lens above the ground, and farthest distance [m].
    """

    number: Whole
    row: Whole
    col: Whole
    above_m: Floats
    reach_m: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What all blocks share: files and settings, small enough to send along."""

    terrain: Path
    parts: Path
    target_m: float
    mode: Mode
    refraction: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Found:
    """A finished block: its file, and how many spots each candidate sees."""

    path: Path
    counts: Whole
    kept: bool


def look_block(block: Block, sighting: Sighting) -> Found:
    """Look from the candidates of a block and keep what they see.

    The file is named by a digest of the ground, the candidates, the demand and the
    settings: one that is there already holds the answer.

    Raises
    ------
    BadValue
        If a candidate stands where the terrain has no data.
    """
    terrain = MapTerrain(sighting.terrain)
    try:
        window, steps = _window(terrain, block)
        ground = terrain.heights(window)
    finally:
        terrain.close()
    row_ptr, col, first = _demand(sighting.parts, window)
    digest = _digest(block, sighting, ground, (row_ptr, col, first))
    path = sighting.parts / f"part-{digest}.npy"
    if (counts := _counts_in(path, len(block.row))) is not None:
        return Found(path=path, counts=counts, kept=True)
    _stand_on_ground(block, window, ground)
    room = np.empty(len(col), np.int32)
    pairs = []
    # Once for the block: made anew for each candidate it took a third of the time.
    prepared = Prepared.of(
        Cells(height_m=ground, step_x_m=steps[0][0], step_y_m=steps[0][1]),
        sag=sag_per_m(sighting.refraction),
    )
    for n, step in enumerate(steps):
        patch = seen_from_block(block, n, step, (window, prepared), sighting)
        left = patch.left + window.col_off
        many = loops.seen_spots(patch.values, patch.top, left, row_ptr, col, room)
        pairs.append(room[:many] + np.int32(first))
    counts = np.array([len(one) for one in pairs], np.int64)
    head = np.concatenate([[len(pairs)], counts]).astype(np.int32)
    save_whole(path, np.concatenate([head, *pairs]))
    return Found(path=path, counts=counts, kept=False)


def seen_from_block(
    block: Block,
    n: int,
    step: tuple[float, float],
    ground: tuple[Window, Prepared],
    sighting: Sighting,
) -> Patch[np.uint8]:
    """Mark what candidate `n` sees, and where that lies in the window."""
    window, prepared = ground
    lens = Lens(
        row=int(block.row[n]) - window.row_off,
        col=int(block.col[n]) - window.col_off,
        above_m=float(block.above_m[n]),
        reach_m=float(block.reach_m[n]),
    )
    # In degrees the cells of each row have a width of their own.
    here = replace(prepared, step_x_m=step[0], step_y_m=step[1])
    return here.seen(lens, target_m=sighting.target_m, mode=sighting.mode)


def _window(
    terrain: MapTerrain, block: Block
) -> tuple[Window, list[tuple[float, float]]]:
    """Return the window that the block's candidates reach, and their cells' sizes."""
    rows, cols = terrain.shape
    steps = [terrain.steps_m(int(row)) for row in block.row]
    sides = np.array(steps)
    deep = (block.reach_m / sides[:, 1]).astype(np.int64)
    wide = (block.reach_m / sides[:, 0]).astype(np.int64)
    top = max(int((block.row - deep).min()), 0)
    left = max(int((block.col - wide).min()), 0)
    bottom = min(int((block.row + deep).max()) + 1, rows)
    right = min(int((block.col + wide).max()) + 1, cols)
    return Window(left, top, right - left, bottom - top), steps


def _demand(parts: Path, window: Window) -> tuple[Whole, NDArray[np.int32], int]:
    """Return the spots of the window's rows, and the number of the first of them."""
    top, high = int(window.row_off), int(window.height)
    rows = np.load(parts / "rows.npy", mmap_mode="r")
    row_ptr = np.array(rows[top : top + high + 1])
    first, last = int(row_ptr[0]), int(row_ptr[-1])
    cols = np.load(parts / "cols.npy", mmap_mode="r")
    return row_ptr - first, np.array(cols[first:last]), first


def _digest(
    block: Block,
    sighting: Sighting,
    ground: NDArray[np.float32],
    demand: tuple[Whole, NDArray[np.int32], int],
) -> str:
    """Return a name for what this block sees."""
    told = hashlib.blake2b(digest_size=16)
    row_ptr, col, first = demand
    look = (sighting.target_m, sighting.mode.value, sighting.refraction)
    told.update(repr((FORMAT, look, ground.shape, first)).encode())
    for values in (
        ground, row_ptr, col, block.row, block.col, block.above_m, block.reach_m,
    ):  # fmt: skip
        told.update(np.ascontiguousarray(values).data)
    return told.hexdigest()


def _counts_in(path: Path, sites: int) -> Whole | None:
    """Return how many spots each candidate of a kept part sees; None if not whole."""
    try:
        kept = np.load(path, mmap_mode="r")
        counts = np.array(kept[1 : sites + 1], np.int64)
        whole = int(kept[0]) == sites and len(kept) == 1 + sites + counts.sum()
    except (OSError, ValueError, IndexError, EOFError):
        return None
    return counts if whole else None


def _stand_on_ground(block: Block, window: Window, ground: NDArray[np.float32]) -> None:
    """Refuse candidates where the terrain has no data."""
    under = ground[block.row - window.row_off, block.col - window.col_off]
    for n in np.flatnonzero(~np.isfinite(under)).tolist():
        place = f"row {block.row[n]} and column {block.col[n]}"
        raise BadValue("candidates", "where the terrain has data", f"at {place}")


def save_whole(path: Path, values: NDArray[np.int64] | NDArray[np.int32]) -> None:
    """Write an array whole or not at all."""
    with whole(path) as file:
        np.save(file, values)
