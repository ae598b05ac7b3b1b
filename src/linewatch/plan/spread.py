"""Spread: a cost's range by drawing prices, beside the range of interval arithmetic."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.plan.cost import Cost, CostLine
from linewatch.plan.interval import Interval

LOW_SHARE: Final = 0.05
HIGH_SHARE: Final = 0.95

MOST_DRAWS: Final = 1_000_000
"""Beyond this the third digit of a quantile no longer moves; memory does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Where nine draws in ten of a cost lie.

    Parameters
    ----------
    low, middle, high : float
        5 %, 50 % and 95 % of the draws lie below [currency of the cost].
    draws, seed : int
        How many, and from which seed.
    together : mapping of str to int
        Factors that price more than one line, and how many: these rise and fall
        together, all others independently.
    """

    low: float
    middle: float
    high: float
    draws: int
    seed: int
    together: Mapping[str, int]


def spread(cost: Cost, *, draws: int, seed: int) -> Spread:
    """Draw the prices and amounts of a cost.

    Parameters
    ----------
    cost : Cost
        Its lines say which factor prices them.
    draws : int
        How many, 100 to a million.
    seed : int
        Seed of the draws: the same seed gives the same spread.

    Returns
    -------
    Spread
        Its ends always lie within the cost's own range.

    Raises
    ------
    BadValue
        If the number of draws is not within bounds, or the seed is negative.

    Notes
    -----
    Each factor is drawn once a draw from a triangle over low, best and high, so all
    lines that it prices are fully correlated: if a troop-day turns out dear, it is dear
    in every line. Different factors are independent, for no source tells how they hang
    together. Amounts with a range are drawn independently, line by line.
    """
    if not 100 <= draws <= MOST_DRAWS:
        raise BadValue("draws", f"100 to {MOST_DRAWS:,}", draws)
    if seed < 0:
        raise BadValue("seed", "0 or more", seed)
    rng = np.random.default_rng(seed)
    prices: dict[str, NDArray[np.float64]] = {}
    total = np.zeros(draws)
    for line in cost.lines:
        key = _key(line)
        if key not in prices:
            prices[key] = _drawn(rng, line.price, draws)
        total += prices[key] * _drawn(rng, line.amount, draws)
    low, middle, high = np.quantile(total, [LOW_SHARE, 0.5, HIGH_SHARE]).tolist()
    keys = [_key(line) for line in cost.lines]
    shared = {key: keys.count(key) for key in dict.fromkeys(keys)}
    return Spread(
        low=low,
        middle=middle,
        high=high,
        draws=draws,
        seed=seed,
        together={key: count for key, count in shared.items() if count > 1},
    )


def _key(line: CostLine) -> str:
    """Return what is drawn once for a line's price: its factor, else its own name."""
    return line.factor or line.name


def _drawn(rng: np.random.Generator, of: Interval, draws: int) -> NDArray[np.float64]:
    """Draw a figure from the triangle over its range."""
    if not of.width > 0:
        return np.full(draws, of.best)
    return rng.triangular(of.low, of.best, of.high, draws)
