"""Angles: radians inside, clockwise from north for azimuths."""

import math
from typing import overload

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@overload
def wrap(angle_rad: float) -> float: ...
@overload
def wrap(angle_rad: Floats) -> Floats: ...
def wrap(angle_rad: float | Floats) -> float | Floats:
    """Bring an angle [rad] into [-pi, pi).

    Examples
    --------
    >>> wrap(3 * math.pi / 2) == -math.pi / 2
    True
    """
    return (angle_rad + math.pi) % (2 * math.pi) - math.pi


def azimuth_rad(*, east_m: float, north_m: float) -> float:
    """Return the azimuth [rad], clockwise from north in [0, 2 pi), of an offset [m].

    Examples
    --------
    >>> azimuth_rad(east_m=1.0, north_m=0.0) == math.pi / 2
    True
    """
    return math.atan2(east_m, north_m) % (2 * math.pi)
