"""Viewshed: how low an observer sees in each cell of the ground."""

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.area import Grid
from linewatch.errors import BadValue, OutsideArea
from linewatch.sight import _kernels as loops
from linewatch.sight.kinds import LIGHT_REFRACTION

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth [m]: IUGG, from the GRS 80 ellipsoid (Moritz, 2000)."""

TURN_RAD: Final = 2 * math.pi

FARTHEST_M: Final = 1e8
"""Stands for a reach without end [m]."""


class Mode(StrEnum):
    """How carefully lines of sight are followed."""

    EXACT = "exact"
    """Each line by itself, in float64: the reference, and slow."""
    FINE = "fine"
    """Horizons along rays, several a cell, reading every row and column."""
    SCREEN = "screen"
    """The same with half the rays, reading rows or columns: for many candidates."""


RAYS: Final = {Mode.FINE: (4, 1), Mode.SCREEN: (2, 0)}
"""Rays a cell of the far side, and whether lines of the shorter axis are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Eye:
    """An observer on the plane: a person, a camera or a radar head.

    Parameters
    ----------
    x_m, y_m : float
        Place on the plane [m].
    above_m : float
        Height of the lens above the ground [m].
    reach_m : float
        Farthest horizontal distance that counts as seen [m].
    azimuth_rad : float, default 0
        Middle of the sector looked at [rad], clockwise from the plane's north.
    sector_rad : float, default 2 pi
        Width of the sector [rad]; all round by default.

    Raises
    ------
    BadValue
        If `above_m` is below 0, `reach_m` is not above 0, or the sector is not above 0
        and at most a full turn.
    """

    x_m: float
    y_m: float
    above_m: float
    reach_m: float
    azimuth_rad: float = 0.0
    sector_rad: float = TURN_RAD

    def __post_init__(self) -> None:
        if not (math.isfinite(self.x_m) and math.isfinite(self.y_m)):
            raise BadValue("x_m and y_m", "finite", (self.x_m, self.y_m))
        if not 0 <= self.above_m < math.inf:
            raise BadValue("above_m", "0 or more", self.above_m)
        if not self.reach_m > 0:
            raise BadValue("reach_m", "above 0", self.reach_m)
        if not 0 < self.sector_rad <= TURN_RAD:
            raise BadValue("sector_rad", "above 0 and at most 2 pi", self.sector_rad)


def sag_per_m(refraction: float) -> float:
    """Return how far the Earth falls away per squared distance [1/m]."""
    return (1 - refraction) / (2 * EARTH_RADIUS_M)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cells:
    """Ground heights on oblong cells, north row first.

    Parameters
    ----------
    height_m : ndarray of float32, shape (rows, cols)
        Ground [m]; NaN without data.
    step_x_m, step_y_m : float
        Distance between columns and between rows [m].
    """

    height_m: NDArray[np.float32]
    step_x_m: float
    step_y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """An observer at the centre of a cell: its height and its reach [m]."""

    row: int
    col: int
    above_m: float
    reach_m: float


def lowest_in_cells(
    cells: Cells, lens: Lens, *, sag: float, mode: Mode = Mode.FINE
) -> NDArray[np.float32]:
    """Return the lowest height above ground [m] seen in each cell.

    Parameters
    ----------
    cells : Cells
        The ground. NaN is ground without data: it is never seen, and hides nothing.
    lens : Lens
        The observer, on the ground.
    sag : float
        How far the Earth falls away per squared distance [1/m].
    mode : Mode, default fine
        How carefully.

    Returns
    -------
    ndarray of float32, shape (rows, cols)
        0 where the ground itself is seen; infinite out of reach and without data.
    """
    out = np.full(cells.height_m.shape, np.inf, dtype=np.float32)
    base_m = float(cells.height_m[lens.row, lens.col])
    if not math.isfinite(base_m):
        return out
    top, left, cut = _window(cells, lens)
    near = replace(lens, row=lens.row - top, col=lens.col - left)
    none = np.isnan(cut.height_m)
    if mode is Mode.EXACT:
        rise_m = np.where(none, loops.NONE_M, cut.height_m.astype(np.float64) - base_m)
        seen = loops.lowest_exact(
            rise_m,
            near.row,
            near.col,
            near.above_m,
            cut.step_y_m,
            cut.step_x_m,
            sag,
            near.reach_m,
        )
    else:
        # Heights over the eye's ground keep float32 to a tenth of a millimetre.
        rise = np.where(
            none, np.float32(loops.NONE_M), cut.height_m - np.float32(base_m)
        )
        seen = _swept(replace(cut, height_m=rise), near, sag, RAYS[mode])
    rows, cols = seen.shape
    out[top : top + rows, left : left + cols] = seen
    return out


def _window(cells: Cells, lens: Lens) -> tuple[int, int, Cells]:
    """Cut the rectangle that the reach spans; return its first row and column too."""
    rows, cols = cells.height_m.shape
    deep = int(min(lens.reach_m / cells.step_y_m, rows))
    wide = int(min(lens.reach_m / cells.step_x_m, cols))
    top, left = max(lens.row - deep, 0), max(lens.col - wide, 0)
    part = cells.height_m[top : lens.row + deep + 1, left : lens.col + wide + 1]
    return top, left, replace(cells, height_m=part)


def _swept(
    cells: Cells, lens: Lens, sag: float, rays: tuple[int, int]
) -> NDArray[np.float32]:
    """Sweep the four quarters: north and south as they lie, east and west on side."""
    rows, cols = cells.height_m.shape
    # Ground is read between two neighbours: a grid one cell wide gets one of no ground.
    wider = ((0, int(rows == 1)), (0, int(cols == 1)))
    ground = np.pad(cells.height_m, wider, constant_values=loops.NONE_M)
    y_m, x_m = cells.step_y_m, cells.step_x_m
    turned = loops.transpose(ground)
    tall, wide = np.full_like(ground, np.inf), np.full_like(turned, np.inf)
    row, col, reach_m = lens.row, lens.col, min(lens.reach_m, FARTHEST_M)
    high = float(lens.above_m)
    for sign in (-1, 1):
        loops.sweep(
            *(ground, tall, row, col, sign, high, y_m, x_m, sag, reach_m, *rays, 1)
        )
        loops.sweep(
            *(turned, wide, col, row, sign, high, x_m, y_m, sag, reach_m, *rays, 0)
        )
    loops.merge(tall, wide, ground, row, col, y_m, x_m, reach_m)
    return tall[:rows, :cols]


def lowest_seen(
    grid: Grid,
    eye: Eye,
    *,
    refraction: float = LIGHT_REFRACTION,
    mode: Mode = Mode.FINE,
) -> NDArray[np.float32]:
    """Return the lowest height above ground [m] that an eye sees in each cell.

    Parameters
    ----------
    grid : Grid
        Ground, of shape (rows, cols); NaN is never seen and hides nothing.
    eye : Eye
        The observer; it stands at the centre of its cell.
    refraction : float, default 1/7
        Share of the Earth's curve that bending makes up for [-]; 1 for a flat Earth.
    mode : Mode, default fine
        How carefully.

    Returns
    -------
    ndarray of float32, shape (rows, cols)
        0 where the ground itself is seen; a target whose top is `h` above the ground
        is seen where this is at most `h`. Infinite out of reach, out of the sector and
        where there is no ground.

    Raises
    ------
    OutsideArea
        If the eye is not on the grid.

    Notes
    -----
    Exact: each line is walked over every crossing with rows and columns of cell
    centres (R3 of Franklin and Ray, 1994). Fine and screen: per quarter, rays to the
    far side keep the steepest slope so far, and each cell compares its own slope with
    the horizon between its two neighbouring rays.

    Examples
    --------
    A wall of 10 m hides what stands right behind it:

    >>> strip = np.array([[0, 0, 10, 0, 0]] * 3, dtype=np.float32)
    >>> ground = Grid(height_m=strip, west_m=0.0, north_m=90.0, cell_m=30.0)
    >>> eye = Eye(x_m=15.0, y_m=45.0, above_m=2.0, reach_m=500.0)
    >>> lowest_seen(ground, eye, refraction=1.0)[1]
    array([ 0.,  0.,  0., 14., 18.], dtype=float32)
    """
    row, col = grid.cell_of(eye.x_m, eye.y_m)
    rows, cols = grid.shape
    if not (0 <= row < rows and 0 <= col < cols):
        place = f"an eye at x {eye.x_m:.0f} m, y {eye.y_m:.0f} m"
        raise OutsideArea(place, f"a grid of {rows} by {cols} cells")
    lowest = lowest_in_cells(
        Cells(height_m=grid.height_m, step_x_m=grid.cell_m, step_y_m=grid.cell_m),
        Lens(row=row, col=col, above_m=eye.above_m, reach_m=eye.reach_m),
        sag=sag_per_m(refraction),
        mode=mode,
    )
    if eye.sector_rad < TURN_RAD:
        lowest[~_in_sector(grid, eye, row, col)] = np.inf
    return lowest


def _in_sector(grid: Grid, eye: Eye, row: int, col: int) -> NDArray[np.bool_]:
    """Mark the cells whose centres lie in the eye's sector, its own among them."""
    rows, cols = grid.shape
    up = row - np.arange(rows)[:, None]
    right = np.arange(cols)[None, :] - col
    turn = np.arctan2(right, up) - eye.azimuth_rad
    turn = (turn + math.pi) % TURN_RAD - math.pi
    inside: NDArray[np.bool_] = np.abs(turn) <= eye.sector_rad / 2
    inside[row, col] = True
    return inside
