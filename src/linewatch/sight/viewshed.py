"""Viewshed: how low an observer sees in each cell of the ground."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from linewatch.area import Grid
from linewatch.errors import BadValue, OutsideArea
from linewatch.sight.cells import (
    EARTH_RADIUS_M,
    Cells,
    Lens,
    Mode,
    Prepared,
    sag_per_m,
    spanned,
)
from linewatch.sight.kinds import LIGHT_REFRACTION
from linewatch.sight.limits import RIGHT_RAD, TURN_RAD, Limits, limited

__all__ = [
    "EARTH_RADIUS_M",
    "TURN_RAD",
    "Cells",
    "Eye",
    "Lens",
    "Mode",
    "lowest_in_cells",
    "lowest_seen",
    "sag_per_m",
]


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
    near_m : float, default 0
        Nearest horizontal distance that counts as seen [m].
    low_rad, high_rad : float, default -pi/2 and pi/2
        Lowest and highest line of sight [rad] above the level at the lens.

    Raises
    ------
    BadValue
        If `above_m` is below 0, `reach_m` is not above 0 and above `near_m`, the
        sector is not above 0 and at most a full turn, or the lowest line of sight is
        not below the highest.
    """

    x_m: float
    y_m: float
    above_m: float
    reach_m: float
    azimuth_rad: float = 0.0
    sector_rad: float = TURN_RAD
    near_m: float = 0.0
    low_rad: float = -RIGHT_RAD
    high_rad: float = RIGHT_RAD

    def __post_init__(self) -> None:
        if not (math.isfinite(self.x_m) and math.isfinite(self.y_m)):
            raise BadValue("x_m and y_m", "finite", (self.x_m, self.y_m))
        if not 0 <= self.above_m < math.inf:
            raise BadValue("above_m", "0 or more", self.above_m)
        if not self.reach_m > 0:
            raise BadValue("reach_m", "above 0", self.reach_m)
        if not self.near_m < self.reach_m:
            raise BadValue("near_m", f"below reach_m, {self.reach_m}", self.near_m)
        _ = self.limits

    @property
    def limits(self) -> Limits:
        """What of the view counts, besides the reach."""
        return Limits(
            near_m=self.near_m,
            azimuth_rad=self.azimuth_rad,
            sector_rad=self.sector_rad,
            low_rad=self.low_rad,
            high_rad=self.high_rad,
        )


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
    if not math.isfinite(float(cells.height_m[lens.row, lens.col])):
        return out
    top, left, cut = _window(cells, lens)
    near = replace(lens, row=lens.row - top, col=lens.col - left)
    patch = Prepared.of(cut, sag=sag).lowest(near, mode=mode)
    rows, cols = patch.values.shape
    out[top : top + rows, left : left + cols] = patch.values
    return out


def _window(cells: Cells, lens: Lens) -> tuple[int, int, Cells]:
    """Cut the rectangle that the reach spans; return its first row and column too."""
    (rows, cols), steps_m = cells.height_m.shape, (cells.step_y_m, cells.step_x_m)
    place = (lens.row, lens.col)
    top, left, deep, wide = spanned((rows, cols), place, lens.reach_m, steps_m)
    part = cells.height_m[top : top + deep, left : left + wide]
    return top, left, replace(cells, height_m=part)


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
    centres (R3 of Franklin and Ray, 1994). Fine and screen: rays to the outermost ring
    of cells keep the steepest rise met at those crossings so far, and each cell
    compares its own rise with the horizon between its two neighbouring rays.

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
    cells = Cells(height_m=grid.height_m, step_x_m=grid.cell_m, step_y_m=grid.cell_m)
    lens = Lens(row=row, col=col, above_m=eye.above_m, reach_m=eye.reach_m)
    sag = sag_per_m(refraction)
    lowest = lowest_in_cells(cells, lens, sag=sag, mode=mode)
    if eye.limits.is_free or not np.isfinite(grid.height_m[row, col]):
        return lowest
    return limited(lowest, cells, lens, eye.limits, sag=sag)
