"""Profile: the ground under one line of sight, what blocks it and by how much."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue, OutsideArea
from linewatch.sight.cells import Cells, Lens

LIGHT_MPS: Final = 299_792_458.0
"""Speed of light in vacuum [m/s]: exact, by the definition of the metre."""

CLEAR_SHARE: Final = 0.6
"""Share of the first Fresnel zone's radius that a radio path keeps clear of ground: the
usual rule. A knife edge costs nothing past 0.55 (ITU-R P.526, section 4.1: nu under
-0.78)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is looked at, over the centre of a cell: its height [m]."""

    row: int
    col: int
    above_m: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Profile:
    """The ground under a line of sight from a lens to a target.

    Parameters
    ----------
    away_m : ndarray, shape (places,)
        Distance of each place from the lens [m], growing; ends included.
    ground_m : ndarray, shape (places,)
        Ground there [m]; NaN without data.
    line_m : ndarray, shape (places,)
        Height of the line of sight there, on the same scale as the ground [m].
    radius_m : ndarray, shape (places,)
        Radius of the first Fresnel zone there [m]; 0 for light.
    lowest_m : float
        Lowest height above the ground seen at the end [m].
    """

    away_m: Floats
    ground_m: Floats
    line_m: Floats
    radius_m: Floats
    lowest_m: float

    @property
    def clearance_m(self) -> Floats:
        """How far the line passes above the ground at each place [m]."""
        return self.line_m - self.ground_m

    @property
    def is_seen(self) -> bool:
        """Whether the target is seen: nothing between stands above the line."""
        return not bool(np.any(self.clearance_m[1:-1] < 0))

    @property
    def first_block(self) -> int | None:
        """The place that blocks the line first; None if none does."""
        below = np.flatnonzero(self.clearance_m[1:-1] < 0)
        return int(below[0]) + 1 if below.size else None

    @property
    def worst(self) -> int | None:
        """The place between the ends where least is clear; None if there is none."""
        between = self.clearance_m[1:-1]
        if not np.isfinite(between).any():
            return None
        return int(np.nanargmin(between)) + 1

    @property
    def least_fresnel(self) -> float | None:
        """Least clearance as a share of the Fresnel radius; None for light."""
        radius_m = self.radius_m[1:-1]
        clear = np.isfinite(self.clearance_m[1:-1]) & (radius_m > 0)
        if not clear.any():
            return None
        return float(np.min(self.clearance_m[1:-1][clear] / radius_m[clear]))


def profile(
    cells: Cells,
    lens: Lens,
    target: Target,
    *,
    sag: float,
    frequency_hz: float | None = None,
) -> Profile:
    """Walk one line of sight over every row and column of cell centres it crosses.

    Parameters
    ----------
    cells : Cells
        The ground.
    lens : Lens
        The observer; its reach is not asked.
    target : Target
        What is looked at.
    sag : float
        How far the Earth falls away per squared distance [1/m].
    frequency_hz : float, optional
        Frequency of a radio path [Hz], for the first Fresnel zone.

    Returns
    -------
    Profile
        Places in order, the ends among them.

    Raises
    ------
    OutsideArea
        If an end lies off the ground.
    BadValue
        If an end has no ground, both are one cell, the target is below it or
        `frequency_hz` is not above 0.

    Notes
    -----
    The places are those of the exact viewshed (R3; Franklin and Ray, 1994), so the two
    never disagree. The radius of the first Fresnel zone is
    ``sqrt(wavelength * d1 * d2 / (d1 + d2))`` (ITU-R P.526, equation 2).
    """
    start, end = (lens.row, lens.col), (target.row, target.col)
    _check_ends(cells, start, end)
    if not 0 <= target.above_m < math.inf:
        raise BadValue("above_m of the target", "0 or more", target.above_m)
    if frequency_hz is not None and not frequency_hz > 0:
        raise BadValue("frequency_hz", "above 0", frequency_hz)
    parts, ground_m = _crossed(cells.height_m.astype(np.float64), start, end)
    down, right = end[0] - start[0], end[1] - start[1]
    span_m = math.hypot(down * cells.step_y_m, right * cells.step_x_m)
    away_m = parts * span_m
    fall_m = sag * away_m**2
    lens_m, end_m = ground_m[0] + lens.above_m, ground_m[-1] - fall_m[-1]
    line_m = lens_m + parts * (end_m + target.above_m - lens_m)
    rises = (ground_m - fall_m - lens_m)[1:-1] / parts[1:-1]
    rises = rises[np.isfinite(rises)]
    lowest_m = max(lens_m + rises.max() - end_m, 0.0) if rises.size else 0.0
    radius_m = np.zeros_like(away_m)
    if frequency_hz is not None:
        radius_m = np.sqrt(LIGHT_MPS / frequency_hz * away_m * (1 - parts))
    return Profile(
        away_m=away_m,
        ground_m=ground_m,
        line_m=line_m + fall_m,
        radius_m=radius_m,
        lowest_m=float(lowest_m),
    )


def _check_ends(cells: Cells, start: tuple[int, int], end: tuple[int, int]) -> None:
    """Refuse ends that no line of sight can have."""
    rows, cols = cells.height_m.shape
    for name, (row, col) in (("the eye", start), ("the target", end)):
        if not (0 <= row < rows and 0 <= col < cols):
            bounds = f"the ground of {rows} by {cols} cells"
            raise OutsideArea(f"{name} in row {row}, column {col}", bounds)
        if not np.isfinite(cells.height_m[row, col]):
            raise BadValue(name, "where there is ground", f"row {row}, column {col}")
    if start == end:
        raise BadValue("the target", "in another cell than the eye", f"in {end}")


def _crossed(
    height_m: Floats, start: tuple[int, int], end: tuple[int, int]
) -> tuple[Floats, Floats]:
    """Return the parts of the line at its crossings, and the ground there [m]."""
    down, right = end[0] - start[0], end[1] - start[1]
    by_row = _along(height_m, start, down, right)
    by_col = _along(height_m.T, start[::-1], right, down)
    ends = np.array([[0.0, height_m[start]], [1.0, height_m[end]]])
    parts, ground_m = np.concatenate((ends[:1], by_row, by_col, ends[1:])).T
    order = np.argsort(parts, kind="stable")
    return parts[order], ground_m[order]


def _along(height_m: Floats, start: tuple[int, int], down: int, right: int) -> Floats:
    """Return parts and ground [m] where a line crosses rows, shape (rows, 2)."""
    steps = np.arange(1, abs(down))
    # In whole numbers: a rounding beside a centre would give the neighbour a say.
    low, past = np.divmod(steps * right, max(abs(down), 1))
    row, col = start[0] + steps * np.sign(down), start[1] + low
    share = past / max(abs(down), 1)
    beside = height_m[row, np.where(past > 0, col + 1, col)]
    near = height_m[row, col]
    ground_m = np.where(past == 0, near, near * (1 - share) + beside * share)
    return np.stack([steps / max(abs(down), 1), ground_m], axis=1)
