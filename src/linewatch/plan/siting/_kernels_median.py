"""Compiled loops of the p-median. Callers have checked every argument.

`far` is the weighted distance from each site (row) to each customer (column). Lists are
by customer: the sites of customer `u` from the nearest on are ``site[ptr[u]:ptr[u +
1]]``, at the distances `dist` of the same places.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Places = NDArray[np.int32]
Flags = NDArray[np.bool_]


@kernel
def nearest_two(
    far: Floats, taken: Flags, first: Whole, one: Floats, two: Floats
) -> float:
    """Fill the nearest taken site of each customer and its two least distances."""
    first[:], one[:], two[:] = -1, np.inf, np.inf
    for i in range(far.shape[0]):
        if not taken[i]:
            continue
        for u in range(far.shape[1]):
            here = far[i, u]
            if here < one[u]:
                two[u] = one[u]
                first[u], one[u] = i, here
            elif here < two[u]:
                two[u] = here
    total = 0.0
    for u in range(far.shape[1]):
        total += one[u]
    return total


@kernel
def exchange(far: Floats, taken: Flags) -> float:
    """Make the best exchange of one site until none helps; return the distance.

    The gain of every entering site is found together with its best leaving site in
    one pass over the customers (Whitaker, 1983).
    """
    sites, users = far.shape
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
                here = far[i, u]
                if here < one[u]:
                    gain += one[u] - here
                else:
                    loss[first[u]] += min(here, two[u]) - one[u]
            if gain <= best:
                continue
            for r in range(sites):
                if taken[r] and gain - loss[r] > best:
                    best, enter, leave = gain - loss[r], i, r
        if enter < 0:
            return total
        taken[enter], taken[leave] = True, False
        total = nearest_two(far, taken, first, one, two)


@kernel
def shake(far: Floats, taken: Flags, kicks: int, seed: int) -> float:
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
def lists(
    far: Floats, order: Places, name: Whole, cap: Floats
) -> tuple[Whole, Places, Floats]:
    """Return the list of each customer: open sites nearer than its cap.

    `order` holds the sites of each customer from the nearest on, shape (customers,
    depth); `name` what a site is called in the lists, -1 for one that is left out.
    """
    users, depth = order.shape
    ptr = np.zeros(users + 1, dtype=np.int64)
    size = 0
    for u in range(users):
        for k in range(depth):
            i = order[u, k]
            if far[i, u] >= cap[u]:
                break
            size += name[i] >= 0
        ptr[u + 1] = size
    site, dist = np.empty(size, dtype=np.int32), np.empty(size)
    at = 0
    for u in range(users):
        for k in range(depth):
            i = order[u, k]
            if far[i, u] >= cap[u]:
                break
            if name[i] >= 0:
                site[at], dist[at] = name[i], far[i, u]
                at += 1
    return ptr, site, dist


@kernel
def cheapest(earn: Floats, count: int, chosen: Flags) -> float:
    """Mark the `count` sites of least `earn`; return the sum of what is below 0."""
    chosen[:] = False
    if count == 0:
        return 0.0
    edge = np.partition(earn, count - 1)[count - 1]
    total, left = 0.0, count
    for i in range(earn.size):
        if earn[i] < edge:
            chosen[i] = True
            left -= 1
            total += min(earn[i], 0.0)
    for i in range(earn.size):
        if left > 0 and earn[i] == edge:
            chosen[i] = True
            left -= 1
            total += min(edge, 0.0)
    return total


@kernel
def dual(
    ptr: Whole,
    site: Places,
    dist: Floats,
    cap: Floats,
    count: int,
    upper: float,
    rounds: int,
    enough: float,
    reach: float,
    price: Floats,
    mean: Floats,
    earn: Floats,
) -> float:
    """Raise the lower bound by the volume algorithm; return it.

    Each customer pays a price up to its `cap` to be served; a site earns what is left
    of the prices beyond the distances, and the `count` sites that earn most (`earn` is
    below 0) are taken. `price` is the start and becomes what gave the bound, `earn` the
    earnings there, `mean` the mean of the choices, later ones weighing more.
    """
    users, sites = cap.size, earn.size
    here, now = price.copy(), np.empty(sites)
    served = np.zeros(users)
    chosen = np.zeros(sites, dtype=np.bool_)
    best, blend, red = -np.inf, 0.1, 0
    for done in range(rounds):
        bound = 0.0
        now[:] = 0.0
        for u in range(users):
            paid = here[u]
            bound += paid
            for k in range(ptr[u], ptr[u + 1]):
                if dist[k] >= paid:
                    break
                now[site[k]] += dist[k] - paid
        bound += cheapest(now, count, chosen)
        weight = 1.0 if done == 0 else blend
        for i in range(sites):
            mean[i] += weight * (chosen[i] - mean[i])
        for u in range(users):
            often = 0
            for k in range(ptr[u], ptr[u + 1]):
                if dist[k] >= here[u]:
                    break
                often += chosen[site[k]]
            served[u] += weight * (often - served[u])
        if bound > best:
            best, red = bound, 0
            price[:], earn[:] = here, now
            reach = min(reach * 1.05, 2.0)
        else:
            red += 1
            if red >= 15:
                reach, red, blend = reach * 0.7, 0, max(blend * 0.9, 0.01)
        if upper - best <= enough or reach < 1e-6:
            return best
        norm = 0.0
        for u in range(users):
            lack = 1.0 - served[u]
            if (lack > 0 and price[u] < cap[u]) or (lack < 0 and price[u] > 0):
                norm += lack * lack
        if norm <= 0.0:
            return best
        step = reach * (upper - best) / norm
        for u in range(users):
            here[u] = min(max(price[u] + step * (1.0 - served[u]), 0.0), cap[u])
    return best
