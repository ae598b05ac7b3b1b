"""Candidates: places along the line where a sensor could stand, on high ground."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area import Grid
from linewatch.plan.siting.values import Floats, SiteSettings
from linewatch.sight import Crossings, target_named

if TYPE_CHECKING:
    from linewatch.area import Area

BLOCK_M: Final = 40_000.0
"""Chainage whose candidates share one window of the ground [m]."""

CHORD_M: Final = 1_500.0
"""Half the chord that a crossing stands square on [m]: bends do not turn it."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Block:
    """Candidates that share one window of the ground.

    Parameters
    ----------
    grid : Grid
        Ground around them, as far as any sensor reaches.
    x_m, y_m, chainage_m, offset_m : ndarray of float64, shape (n,)
        Their places [m].
    """

    grid: Grid
    x_m: Floats
    y_m: Floats
    chainage_m: Floats
    offset_m: Floats


def middles(length_m: float, step_m: float) -> Floats:
    """Return the middles [m] of the stretches that a length is cut into, evenly."""
    count = max(1, round(length_m / step_m))
    middle: Floats = (np.arange(count, dtype=np.float64) + 0.5) * (length_m / count)
    return middle


def crossings_at(
    area: "Area", chainage_m: Floats, settings: SiteSettings, target: str
) -> Crossings:
    """Return straight crossings, square to the line, at chainages [m]."""
    length_m = area.line.length_m
    x, y = area.place_xy(chainage_m)
    x0, y0 = area.place_xy(np.maximum(chainage_m - CHORD_M, 0.0))
    x1, y1 = area.place_xy(np.minimum(chainage_m + CHORD_M, length_m))
    along = np.maximum(np.hypot(x1 - x0, y1 - y0), 1e-9)
    left_x, left_y = -(y1 - y0) / along, (x1 - x0) / along
    speed = np.full(len(chainage_m), target_named(target).speed_mps)
    before, after = settings.before_m, settings.after_m
    ends = (
        x - before * left_x,
        y - before * left_y,
        x + after * left_x,
        y + after * left_y,
    )
    return Crossings(legs=np.ascontiguousarray(np.stack([*ends, speed], axis=1)))


def blocks(area: "Area", settings: SiteSettings, reach_m: float) -> Iterator[Block]:
    """Yield the candidates of each stretch of the line with their ground."""
    stations = middles(area.line.length_m, settings.station_m)
    for first_m in np.arange(0.0, area.line.length_m, BLOCK_M):
        inside = stations[(stations >= first_m) & (stations < first_m + BLOCK_M)]
        if not inside.size:
            continue
        at = np.repeat(inside, len(settings.offsets_m))
        off = np.tile(np.asarray(settings.offsets_m, float), len(inside))
        x, y = area.place_xy(at, off)
        room = reach_m + settings.snap_m + settings.screen_cell_m
        grid = area.terrain.window(
            west_m=float(x.min() - room),
            south_m=float(y.min() - room),
            east_m=float(x.max() + room),
            north_m=float(y.max() + room),
            cell_m=settings.screen_cell_m,
        )
        block = _on_high_ground(area, grid, x, y, settings)
        if block.x_m.size:
            yield block


def _on_high_ground(
    area: "Area", grid: Grid, x_m: Floats, y_m: Floats, settings: SiteSettings
) -> Block:
    """Move candidates to the highest cell nearby that is on the home side.

    A candidate without ground or home side nearby is dropped, and so is one that
    lands where another already is.
    """
    steps = int(settings.snap_m / grid.cell_m)
    down, right = np.mgrid[-steps : steps + 1, -steps : steps + 1].reshape(2, -1)
    rows, cols = grid.shape
    row = ((grid.north_m - y_m) // grid.cell_m).astype(np.int64)[:, None] + down
    col = ((x_m - grid.west_m) // grid.cell_m).astype(np.int64)[:, None] + right
    row, col = np.clip(row, 0, rows - 1), np.clip(col, 0, cols - 1)
    x = grid.west_m + (col + 0.5) * grid.cell_m
    y = grid.north_m - (row + 0.5) * grid.cell_m
    chainage, offset = area.chainage_xy(x.reshape(-1), y.reshape(-1))
    height = grid.height_m[row, col].astype(np.float64)
    home = np.asarray(offset).reshape(x.shape) >= settings.nearest_m
    score = np.where(home & np.isfinite(height), height, -np.inf)
    best = score.argmax(axis=1)
    here = np.arange(len(best))
    usable = np.isfinite(score[here, best])
    places = _distinct(row[here, best] * cols + col[here, best], usable)
    flat = places * x.shape[1] + best[places]
    return Block(
        grid=grid,
        x_m=x.reshape(-1)[flat],
        y_m=y.reshape(-1)[flat],
        chainage_m=np.asarray(chainage)[flat],
        offset_m=np.asarray(offset)[flat],
    )


def _distinct(cell: NDArray[np.int64], usable: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the usable candidates, one a cell, in order."""
    kept = np.flatnonzero(usable)
    _, first = np.unique(cell[kept], return_index=True)
    return np.sort(kept[first])
