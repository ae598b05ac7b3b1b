"""The volume algorithm: prices that make a relaxed problem's bound as low as can be."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

Oracle = Callable[[Floats], tuple[float, Floats, Floats]]
"""From prices to the bound there, by how much each priced rule is broken by the relaxed
choice (what is lacking counts as broken), and the choice."""


@dataclass(frozen=True, slots=True, eq=False)
class Descent:
    """Where the prices came to rest.

    Parameters
    ----------
    bound : float
        The lowest bound met.
    price : ndarray of float64
        The prices that gave it.
    mean : ndarray of float64
        Mean of the relaxed choices, later ones weighing more: close to a solution of
        the linear relaxation.
    rounds : int
        Steps taken.
    """

    bound: float
    price: Floats
    mean: Floats
    rounds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """When to stop: the steps, the objective to come near to, and how near.

    `told` is told the share of the steps done.
    """

    rounds: int
    lower: float
    enough: float
    reach: float = 0.5
    told: Callable[[float], None] | None = None


def descend(
    oracle: Oracle, price: Floats, most: Floats, pace: Pace, scale: Floats | None = None
) -> Descent:
    """Lower a bound by changing its prices.

    Parameters
    ----------
    oracle : callable
        Told prices; gives bound, breach of each priced rule, and choice.
    price : ndarray of float64, shape (n,)
        Prices to start from.
    most : ndarray of float64, shape (n,)
        Highest price of each; the lowest is 0.
    pace : Pace
        When to stop.
    scale : ndarray of float64, shape (n,), optional
        How far each price moves for its breach, beside the others; 1 each when None.

    Notes
    -----
    F. Barahona and R. Anbil, "The volume algorithm: producing primal solutions with a
    subgradient method," Math. Program. 87 (2000) 385-399, doi:10.1007/s101070050002.
    Every bound met is a true one, so the steps may be chosen freely.
    """
    best, breach, mean = oracle(price)
    breach, mean, here = breach.copy(), mean.astype(np.float64), price
    reach, blend, green, red = pace.reach, 0.1, 0, 0
    for done in range(1, pace.rounds):
        if pace.told is not None:
            pace.told(done / pace.rounds)
        if best - pace.lower <= pace.enough or reach < 1e-5:
            return Descent(best, price, mean, done)
        stuck = ((breach > 0) & (price >= most)) | ((breach < 0) & (price <= 0))
        push = np.where(stuck, 0.0, breach)
        along = push if scale is None else push * scale
        norm = float((push * along).sum())
        if norm <= 0:
            return Descent(best, price, mean, done)
        step = reach * (best - pace.lower + pace.enough) / norm
        here = price + step * (breach if scale is None else breach * scale)
        np.clip(here, 0.0, most, out=here)
        bound, now, choice = oracle(here)
        breach *= 1 - blend
        breach += blend * now
        mean *= 1 - blend
        mean += blend * choice
        if bound < best - 1e-12 * abs(best):
            red = 0 if best - bound > 1e-5 * abs(bound) else red
            best, price, green = bound, here, green + 1
            if green >= 2:
                reach, green = min(reach * 1.1, 2.0), 0
        else:
            green, red = 0, red + 1
            if red >= 15:
                reach, red, blend = reach * 0.7, 0, max(blend * 0.9, 0.01)
    return Descent(best, price, mean, pace.rounds)
