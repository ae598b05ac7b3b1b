"""Compiled loops of the p-median. Callers have checked every argument.

`far` is the weighted distance from each customer (row) to each site (column).
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@kernel
def nearest_two(
    far: Floats, taken: NDArray[np.bool_], first: Whole, one: Floats, two: Floats
) -> float:
    """Fill the nearest taken site of each customer and its two least distances."""
    total = 0.0
    for u in range(far.shape[0]):
        first[u], one[u], two[u] = -1, np.inf, np.inf
        for i in range(far.shape[1]):
            if not taken[i]:
                continue
            if far[u, i] < one[u]:
                two[u] = one[u]
                first[u], one[u] = i, far[u, i]
            elif far[u, i] < two[u]:
                two[u] = far[u, i]
        total += one[u]
    return total


@kernel
def exchange(far: Floats, taken: NDArray[np.bool_]) -> float:
    """Make the best exchange of one site until none helps; return the distance.

    The gain of every entering site is found together with its best leaving site in
    one pass over the customers (Whitaker, 1983).
    """
    users, sites = far.shape
    first = np.empty(users, dtype=np.int64)
    one, two = np.empty(users), np.empty(users)
    loss = np.empty(sites)
    total = nearest_two(far, taken, first, one, two)
    while True:
        best, enter, leave = 1e-9, -1, -1
        for i in range(sites):
            if taken[i]:
                continue
            gain = 0.0
            loss[:] = 0.0
            for u in range(users):
                if far[u, i] < one[u]:
                    gain += one[u] - far[u, i]
                else:
                    loss[first[u]] += min(far[u, i], two[u]) - one[u]
            for r in range(sites):
                if taken[r] and gain - loss[r] > best:
                    best, enter, leave = gain - loss[r], i, r
        if enter < 0:
            return total
        taken[enter], taken[leave] = True, False
        total = nearest_two(far, taken, first, one, two)


@kernel
def shake(far: Floats, taken: NDArray[np.bool_], kicks: int, seed: int) -> float:
    """Exchange a few sites at random and improve, keeping what is no worse."""
    best = taken.copy()
    value = exchange(far, best)
    state = (seed + 1) * 48_271 % 2_147_483_647
    for _ in range(kicks):
        taken[:] = best
        ins, outs = np.flatnonzero(~taken), np.flatnonzero(taken)
        if ins.size == 0:
            break
        state = state * 48_271 % 2_147_483_647
        for _n in range(2 + state % 4):
            state = state * 48_271 % 2_147_483_647
            enter = ins[state % ins.size]
            state = state * 48_271 % 2_147_483_647
            leave = outs[state % outs.size]
            if taken[leave] and not taken[enter]:
                taken[enter], taken[leave] = True, False
        now = exchange(far, taken)
        if now <= value:
            best[:], value = taken, now
    taken[:] = best
    return value


@kernel
def dual(far: Floats, count: int, upper: float, rounds: int, enough: float) -> float:
    """Raise the lower bound by the volume algorithm; return it.

    Each customer pays a price to be served; a site earns what is left of the prices
    beyond the distances, and the `count` sites that earn most are taken.
    """
    users, sites = far.shape
    price, here = np.empty(users), np.empty(users)
    for u in range(users):
        here[u] = np.partition(far[u], min(2, sites - 1))[min(2, sites - 1)]
    price[:] = here
    served = np.zeros(users)
    earn = np.empty(sites)
    best, reach, blend, red = -np.inf, 1.0, 0.1, 0
    for done in range(rounds):
        bound = here.sum()
        for i in range(sites):
            total = 0.0
            for u in range(users):
                total += min(far[u, i] - here[u], 0.0)
            earn[i] = total
        order = np.argsort(earn)[:count]
        weight = 1.0 if done == 0 else blend
        for u in range(users):
            served[u] *= 1.0 - weight
        for place in order:
            i = int(place)
            bound += earn[i]
            for u in range(users):
                if far[u, i] < here[u]:
                    served[u] += weight
        if bound > best:
            best, red = bound, 0
            price[:] = here
            reach = min(reach * 1.05, 2.0)
        else:
            red += 1
            if red >= 15:
                reach, red, blend = reach * 0.7, 0, max(blend * 0.9, 0.01)
        if upper - best <= enough or reach < 1e-6:
            return best
        norm = 0.0
        for u in range(users):
            norm += (1.0 - served[u]) ** 2
        if norm <= 0.0:
            return best
        step = reach * (upper - best) / norm
        for u in range(users):
            here[u] = max(price[u] + step * (1.0 - served[u]), 0.0)
    return best
