"""Limits of a view besides terrain: nearest range, and sectors aside and aloft."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.sight.cells import Cells, Lens

TURN_RAD: Final = 2 * math.pi
RIGHT_RAD: Final = math.pi / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What of the view counts; all of it by default.

    Parameters
    ----------
    near_m : float, default 0
        Nearest horizontal distance that counts [m].
    azimuth_rad, sector_rad : float, default 0 and 2 pi
        Middle and width of the sector looked at [rad], clockwise from grid north.
    low_rad, high_rad : float, default -pi/2 and pi/2
        Lowest and highest line of sight [rad] above the level at the lens.

    Raises
    ------
    BadValue
        If `near_m` is below 0, the sector is not above 0 and at most a full turn, or
        the lowest line is not below the highest, both within a right angle of level.
    """

    near_m: float = 0.0
    azimuth_rad: float = 0.0
    sector_rad: float = TURN_RAD
    low_rad: float = -RIGHT_RAD
    high_rad: float = RIGHT_RAD

    def __post_init__(self) -> None:
        if not 0 <= self.near_m < math.inf:
            raise BadValue("near_m", "0 or more", self.near_m)
        if not math.isfinite(self.azimuth_rad):
            raise BadValue("azimuth_rad", "finite", self.azimuth_rad)
        if not 0 < self.sector_rad <= TURN_RAD:
            raise BadValue("sector_rad", "above 0 and at most 2 pi", self.sector_rad)
        if not -RIGHT_RAD <= self.low_rad < self.high_rad <= RIGHT_RAD:
            raise BadValue(
                "low_rad and high_rad",
                "in order, from -pi/2 to pi/2",
                (self.low_rad, self.high_rad),
            )

    @property
    def is_free(self) -> bool:
        """Whether everything counts."""
        return self == Limits()

    @property
    def is_level(self) -> bool:
        """Whether lines of sight may rise and fall as they like."""
        return self.low_rad == -RIGHT_RAD and self.high_rad == RIGHT_RAD


def limited(
    lowest_m: NDArray[np.float32],
    cells: Cells,
    lens: Lens,
    limits: Limits,
    *,
    sag: float,
) -> NDArray[np.float32]:
    """Return the lowest height seen within limits; infinite where none is.

    Parameters
    ----------
    lowest_m : ndarray of float32, shape (rows, cols)
        Lowest height above ground seen in each cell [m], without limits; where it is
        infinite it stays so.
    cells : Cells
        The ground of those cells.
    lens : Lens
        The observer, in those cells.
    limits : Limits
        What counts.
    sag : float
        How far the Earth falls away per squared distance [1/m].

    Notes
    -----
    A target is seen where some part of it lies between the lowest and the highest
    line of sight, so the lowest line raises the answer and the highest bounds it. The
    eye's own cell is left as it is, unless it is nearer than `near_m`.
    """
    rows, cols = lowest_m.shape
    up_m = (lens.row - np.arange(rows))[:, None] * cells.step_y_m
    right_m = (np.arange(cols) - lens.col)[None, :] * cells.step_x_m
    away_m = np.hypot(right_m, up_m)
    out = lowest_m.copy()
    if not limits.is_level:
        base_m = float(cells.height_m[lens.row, lens.col]) + lens.above_m
        # Heights above the ground at which the two limiting lines pass.
        drop_m = cells.height_m.astype(np.float64) - sag * away_m**2 - base_m
        if limits.low_rad > -RIGHT_RAD:
            floor_m = math.tan(limits.low_rad) * away_m - drop_m
            out = np.fmax(out, floor_m).astype(np.float32)
        if limits.high_rad < RIGHT_RAD:
            out[out > math.tan(limits.high_rad) * away_m - drop_m] = np.inf
    if limits.sector_rad < TURN_RAD:
        turn = np.arctan2(right_m, up_m) - limits.azimuth_rad
        aside = np.abs((turn + math.pi) % TURN_RAD - math.pi)
        out[aside > limits.sector_rad / 2] = np.inf
    out[lens.row, lens.col] = lowest_m[lens.row, lens.col]
    out[away_m < limits.near_m] = np.inf
    return out
