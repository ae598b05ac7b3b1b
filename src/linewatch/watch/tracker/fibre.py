"""Fibre along the line: a detection tells how far along, and hardly how far aside."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue

Floats = NDArray[np.float64]

LEAST_DISC_M = 100.0
"""Smallest half width of the discs that stand for a strip when reach is told [m]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fibre:
    """Course of a fibre that listens to a strip on each side of it.

    Parameters
    ----------
    along_m : ndarray, shape (n,)
        Position along the line at each corner, growing [m]; that which detections tell.
    x_m, y_m : ndarray, shape (n,)
        Corners on the plane [m].
    strip_m : float
        How far to each side it hears [m].
    """

    along_m: Floats
    x_m: Floats
    y_m: Floats
    strip_m: float

    def __post_init__(self) -> None:
        if not (len(self.along_m) == len(self.x_m) == len(self.y_m) >= 2):
            raise BadValue("fibre", "two or more corners", len(self.along_m))
        if not np.isfinite([self.along_m, self.x_m, self.y_m]).all():
            raise BadValue("fibre", "finite", "a figure that is not")
        steps = np.diff(self.along_m)
        if not (
            (steps > 0) & (np.hypot(np.diff(self.x_m), np.diff(self.y_m)) > 0)
        ).all():
            raise BadValue("along_m", "growing from corner to corner", steps.min())
        if not self.strip_m > 0:
            raise BadValue("strip_m", "above 0", self.strip_m)

    @property
    def length_m(self) -> float:
        """Length on the plane [m]."""
        return float(np.hypot(np.diff(self.x_m), np.diff(self.y_m)).sum())

    def reaches(self, along_m: Floats) -> NDArray[np.bool_]:
        """Tell which positions are on it."""
        inside: NDArray[np.bool_] = (along_m >= self.along_m[0]) & (
            along_m <= self.along_m[-1]
        )
        return inside

    def places(self, along_m: Floats, sigma_m: Floats) -> tuple[Floats, Floats, Floats]:
        """Return x, y and the covariance xx, xy, yy of positions along it.

        The target is anywhere in the strip: evenly over its width, whose variance is a
        third of the square of `strip_m`.
        """
        leg = np.searchsorted(self.along_m, along_m, side="right") - 1
        leg = np.clip(leg, 0, len(self.along_m) - 2)
        dx, dy = np.diff(self.x_m)[leg], np.diff(self.y_m)[leg]
        part = (along_m - self.along_m[leg]) / np.diff(self.along_m)[leg]
        length = np.hypot(dx, dy)
        ux, uy = dx / length, dy / length
        # Sigma is of the position told, whose metres need not be the plane's.
        along2 = (sigma_m * length / np.diff(self.along_m)[leg]) ** 2
        across2 = self.strip_m**2 / 3
        noise = np.column_stack(
            [
                along2 * ux**2 + across2 * uy**2,
                (along2 - across2) * ux * uy,
                along2 * uy**2 + across2 * ux**2,
            ]
        )
        return self.x_m[leg] + part * dx, self.y_m[leg] + part * dy, noise

    def disc(self) -> tuple[float, float, float]:
        """Return middle and radius of a disc that holds the strip [m]."""
        x, y = (
            np.ptp(self.x_m) / 2 + self.x_m.min(),
            np.ptp(self.y_m) / 2 + self.y_m.min(),
        )
        far = np.hypot(self.x_m - x, self.y_m - y).max()
        return float(x), float(y), float(far + self.strip_m)

    def discs(self) -> tuple[Floats, Floats, float]:
        """Return middles and radius of discs that together hold the strip [m]."""
        wide = max(self.strip_m, LEAST_DISC_M)
        legs = np.hypot(np.diff(self.x_m), np.diff(self.y_m))
        walked = np.concatenate([[0.0], np.cumsum(legs)])
        # Discs 1.5 half widths apart with 1.25 of radius just cover that half width.
        many = max(int(np.ceil(walked[-1] / (1.5 * wide))), 1) + 1
        at = np.linspace(0.0, walked[-1], many)
        return (
            np.interp(at, walked, self.x_m),
            np.interp(at, walked, self.y_m),
            1.25 * wide,
        )
