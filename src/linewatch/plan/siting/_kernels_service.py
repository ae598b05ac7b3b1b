"""Compiled loops of the bound with a price a pair. Callers have checked every argument.

Pairs are by cell, ``cptr[j]:cptr[j + 1]``: of the same places are the `price` that the
cell pays where it buys the pair's service, and the `chance` of it. What a cell buys is
the best for it; what it keeps of its weight then, and the prices that sites earn, bound
what any choice of sites is worth.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Places = NDArray[np.int32]

MOST_SETS = 4_096
"""Sets of services weighed at most in a cell; further services count as if alone."""


@kernel
def buy_chances(
    cptr: Whole,
    chance: Floats,
    price: Floats,
    weight: Floats,
    use: Floats,
    kept: Floats,
) -> float:
    """Let each cell buy the set of chances that leaves it most; return the sum kept.

    A cell of weight `w` that buys the set `T` keeps ``w (1 - product of misses) - sum
    of prices``. What one service more adds only shrinks with the set: a service that
    does not pay beside a set pays beside no larger one, so such sets are not weighed.
    Fills which pairs are bought (`use`) and what each cell keeps at most (`kept`).
    """
    miss, cost = np.empty(MOST_SETS), np.empty(MOST_SETS)
    came, last = np.empty(MOST_SETS, np.int64), np.empty(MOST_SETS, np.int64)
    total = 0.0
    for j in range(weight.size):
        miss[0], cost[0], came[0], last[0] = weight[j], 0.0, -1, -1
        least, best, sets, more = weight[j], 0, 1, 0.0
        for at in range(cptr[j], cptr[j + 1]):
            use[at] = 0.0
            p, here = chance[at], price[at]
            if weight[j] * p <= here:
                continue
            if 2 * sets > MOST_SETS:
                more += weight[j] * p - here
                use[at] = 1.0
                continue
            for n in range(sets):
                if miss[n] * p <= here:
                    continue
                miss[sets], cost[sets] = miss[n] * (1.0 - p), cost[n] + here
                came[sets], last[sets] = n, at
                if miss[sets] + cost[sets] < least:
                    least, best = miss[sets] + cost[sets], sets
                sets += 1
        kept[j] = weight[j] - least + more
        total += kept[j]
        while best > 0:
            use[last[best]] = 1.0
            best = came[best]
    return total


@kernel
def buy_needs(
    cptr: Whole, price: Floats, weight: Floats, need: Whole, use: Floats, kept: Floats
) -> float:
    """Let each cell buy the `need` cheapest services if they leave it something."""
    most = 1
    for j in range(need.size):
        most = max(most, need[j])
    low, where = np.empty(most), np.empty(most, dtype=np.int64)
    total = 0.0
    for j in range(weight.size):
        want = need[j]
        low[:want] = np.inf
        for at in range(cptr[j], cptr[j + 1]):
            use[at] = 0.0
            value, here = price[at], at
            for n in range(want):
                if value < low[n]:
                    low[n], value = value, low[n]
                    where[n], here = here, where[n]
        kept[j] = max(0.0, weight[j] - low[:want].sum())
        if kept[j] > 0.0:
            total += kept[j]
            for n in range(want):
                use[where[n]] = 1.0
    return total


@kernel
def ask_needs(
    cptr: Whole, price: Floats, weight: Floats, need: Whole, kept: Floats, ask: Floats
) -> None:
    """Fill the least price of services from elsewhere at which no cell keeps more.

    A cell that takes `m` of them beside its cheapest ones must pay as much as it does.
    """
    most = 1
    for j in range(need.size):
        most = max(most, need[j])
    low = np.empty(most)
    for j in range(weight.size):
        want = need[j]
        low[:want] = np.inf
        for at in range(cptr[j], cptr[j + 1]):
            value = price[at]
            for n in range(want):
                if value < low[n]:
                    low[n], value = value, low[n]
        own, paid = 0.0, weight[j] - kept[j]
        ask[j] = paid / want
        for n in range(want - 1):
            own += low[n]
            if own == np.inf:
                break
            ask[j] = max(ask[j], (paid - own) / (want - 1 - n))


@kernel
def earn(psite: Places, price: Floats, value: Floats) -> None:
    """Add to each site what its pairs pay."""
    for at in range(psite.size):
        value[psite[at]] += price[at]


@kernel
def breach(psite: Places, pick: Whole, use: Floats) -> None:
    """Take off what the picked sites serve: what is left is each price's breach."""
    for at in range(psite.size):
        use[at] -= pick[psite[at]]
