"""Chance that sensors detect, or confirm, someone who crosses the line."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from linewatch.errors import BadValue
from linewatch.sight import _kernels_chance as loops
from linewatch.sight.chance import Lit
from linewatch.sight.kinds import TARGET_NAMES, target_named
from linewatch.sight.placed import Sight, SightTable

Floats = NDArray[np.float64]

LONGEST_WINDOW: Final = 12
"""Most looks in a row that the confirming rule may span: its chain has 2^11 states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A track is confirmed by `least` detections in some `within` looks in a row.

    Raises
    ------
    BadValue
        If not 1 <= least <= within <= `LONGEST_WINDOW`.
    """

    least: int = 3
    within: int = 5

    def __post_init__(self) -> None:
        if not 1 <= self.least <= self.within <= LONGEST_WINDOW:
            rule = f"from 1 to within, and within at most {LONGEST_WINDOW}"
            raise BadValue("least", rule, f"{self.least} of {self.within}")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Crossings:
    """Straight crossings, each at one speed, starting at time 0.

    Parameters
    ----------
    legs : ndarray of float64, shape (n, 5)
        x and y [m] of the start, x and y [m] of the end, and the speed [m/s].
    """

    legs: Floats

    def __post_init__(self) -> None:
        if self.legs.ndim != 2 or self.legs.shape[1] != 5:
            raise BadValue("legs", "of shape (n, 5)", self.legs.shape)
        if not (np.isfinite(self.legs).all() and (self.legs[:, 4] > 0).all()):
            raise BadValue("legs", "finite, with speeds above 0", "otherwise")

    def __len__(self) -> int:
        return len(self.legs)


def straight(
    x0_m: ArrayLike, y0_m: ArrayLike, x1_m: ArrayLike, y1_m: ArrayLike, *, target: str
) -> Crossings:
    """Return crossings between places [m] at the usual speed of a target class."""
    speed = target_named(target).speed_mps
    parts = np.broadcast_arrays(
        *(np.asarray(v, float) for v in (x0_m, y0_m, x1_m, y1_m, speed))
    )
    return Crossings(
        legs=np.ascontiguousarray(np.stack([p.reshape(-1) for p in parts], 1))
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CrossingChance:
    """Chances of each sensor at each crossing, shape (sensors, crossings).

    Parameters
    ----------
    once : ndarray of float64
        Chance of at least one detection [-].
    confirmed : ndarray of float64
        Chance that the sensor's own looks confirm a track [-].
    """

    once: Floats
    confirmed: Floats

    @property
    def any_once(self) -> Floats:
        """Chance [-] of at least one detection by any sensor, by crossing."""
        return one_less_misses(self.once)

    @property
    def any_confirmed(self) -> Floats:
        """Chance [-] that at least one sensor by itself confirms, by crossing.

        Sensors that confirm only together come on top, so this is a lower bound.
        """
        return one_less_misses(self.confirmed)


def one_less_misses(chance: Floats) -> Floats:
    """Return 1 less the product of the misses over the first axis [-]."""
    product: Floats = np.prod(1.0 - chance, axis=0)
    return 1.0 - product


def crossing_chance(
    sights: Sequence[Sight] | SightTable,
    crossings: Crossings,
    *,
    target: str,
    light: Lit | Sequence[Lit] | None = None,
    rule: Rule | None = None,
) -> CrossingChance:
    """Return the chance that each sensor detects, and confirms, each crossing.

    Parameters
    ----------
    sights : sequence of Sight or SightTable
        Placed sensors.
    crossings : Crossings
        Who walks, drives or flies where.
    target : str
        Their class.
    light : Lit or sequence of Lit, optional
        Light during the crossing, one for all or one a sensor; daylight when None.
    rule : Rule, optional
        What confirms a track: 3 detections in 5 looks when None.

    Returns
    -------
    CrossingChance
        By sensor and crossing.

    Raises
    ------
    UnknownName
        If there is no such target class.

    Notes
    -----
    A sensor looks at ``phase_s + k * period_s``. The chance of at least one detection
    is one less the product of the misses over those looks, which is what a simulation
    that draws each look by itself with `Sight.look_chance` gives on average, with no
    approximation. That of confirming follows a Markov chain over the last looks.
    Looks of one sensor are independent given the path: what a whole path shares, such
    as brush along it, is not in the model.
    """
    rule = rule or Rule()
    table = sights if isinstance(sights, SightTable) else SightTable(tuple(sights))
    target_named(target)
    once = np.zeros((len(table), len(crossings)))
    confirmed = np.zeros_like(once)
    if once.size:
        loops.cross_many(
            table.laws(light)[TARGET_NAMES.index(target)],
            table.eyes,
            table.lowest_m,
            table.starts,
            table.frames,
            table.periods_s,
            table.phases_s,
            crossings.legs,
            rule.least,
            rule.within,
            once,
            confirmed,
        )
    return CrossingChance(once=once, confirmed=confirmed)
