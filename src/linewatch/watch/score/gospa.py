"""GOSPA: one figure for places, misses and false tracks."""

from dataclasses import dataclass

import numpy as np

from linewatch.errors import BadValue
from linewatch.watch.score.paths import (
    Paths,
    cheapest,
    close_pairs,
    instants,
    side_by_side,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gospa:
    """Means over the instants.

    Parameters
    ----------
    gospa_m : float
        The metric [m].
    location_rms_m : float
        Root mean square distance of matched pairs [m].
    missed, false : float
        Targets without a track and tracks without a target, per instant.
    location_part_m2, missed_part_m2, false_part_m2 : float
        Means of the three parts that the square of the metric is the sum of [m2].
    """

    gospa_m: float
    location_rms_m: float
    missed: float
    false: float
    location_part_m2: float = 0.0
    missed_part_m2: float = 0.0
    false_part_m2: float = 0.0


def gospa(truth: Paths, tracks: Paths, *, cutoff_m: float = 100.0) -> Gospa:
    """Score tracks by generalised optimal sub-pattern assignment, p 2 and alpha 2.

    Parameters
    ----------
    truth, tracks : Paths
        What was there and what was shown.
    cutoff_m : float, default 100
        Distance from which a pair is a miss and a false track [m].

    Raises
    ------
    BadValue
        If the distance is not above 0.

    References
    ----------
    .. [1] A. S. Rahmathullah, A. F. Garcia-Fernandez and L. Svensson, "Generalized
       optimal sub-pattern assignment metric," FUSION 2017,
       doi:10.23919/ICIF.2017.8009645.

    Examples
    --------
    >>> truth = Paths.of([0, 0], [1, 2], [0, 500], [0, 0])
    >>> gospa(truth, Paths.of([0], [7], [30], [40])).location_rms_m
    50.0
    """
    if not cutoff_m > 0:
        raise BadValue("cutoff", "above 0 m", cutoff_m)
    total = squares = missed = false = pairs = 0.0
    times = instants(truth, tracks)
    half = cutoff_m**2 / 2
    for there, shown in side_by_side(truth, tracks, times):
        one, other = truth.place[there], tracks.place[shown]
        i, j, gap = close_pairs(one, other, within_m=cutoff_m)
        which = cheapest(i, j, gap**2, alone=cutoff_m**2)
        near = float((gap[which] ** 2).sum())
        lost, extra = len(one) - len(which), len(other) - len(which)
        total += np.sqrt(near + half * (lost + extra))
        squares, pairs = squares + near, pairs + len(which)
        missed, false = missed + lost, false + extra
    n = max(len(times), 1)
    return Gospa(
        gospa_m=float(total / n),
        location_rms_m=float(np.sqrt(squares / max(pairs, 1))),
        missed=missed / n,
        false=false / n,
        location_part_m2=squares / n,
        missed_part_m2=half * missed / n,
        false_part_m2=half * false / n,
    )
