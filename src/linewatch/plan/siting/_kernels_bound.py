"""Compiled loop of the upper bound on a cover. Callers have checked every argument."""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]


@kernel
def take_best(
    value: Floats, kind: Whole, limit: Whole, cost: Floats, budget: float, y: Floats
) -> float:
    """Fill `y` with the best sites of each kind, or within a budget; return the sum.

    With a finite budget the last site is taken in part, which only raises the sum, and
    the kinds' counts are left out, for the same reason.
    """
    y[:] = 0.0
    total = 0.0
    if budget < np.inf:
        ratio = np.empty(value.size)
        for s in range(value.size):
            ratio[s] = value[s] / cost[s] if cost[s] > 0.0 else np.inf
        left = budget
        for place in np.argsort(-ratio):
            s = int(place)
            if value[s] <= 0.0 or left <= 0.0:
                break
            share = min(1.0, left / cost[s]) if cost[s] > 0.0 else 1.0
            y[s] = share
            left -= share * cost[s]
            total += share * value[s]
        return total
    for k in range(limit.size):
        members = np.flatnonzero(kind == k)
        wanted = min(limit[k], members.size)
        if wanted == 0:
            continue
        worths = value[members]
        least = np.partition(worths, members.size - wanted)[members.size - wanted]
        for place in members:
            s = int(place)
            if value[s] > least:
                y[s] = 1.0
                wanted -= 1
                total += value[s]
        for place in members:
            s = int(place)
            if wanted > 0 and value[s] == least and y[s] == 0.0:
                y[s] = 1.0
                wanted -= 1
                total += value[s]
    return total


@kernel
def volume(
    ptr: Whole,
    ind: Cells,
    prob: Floats,
    most: Floats,
    kind: Whole,
    limit: Whole,
    cost: Floats,
    budget: float,
    price: Floats,
    lower: float,
    rounds: int,
    enough: float,
) -> tuple[float, int]:
    """Lower the bound on the cover by the volume algorithm; return it and the rounds.

    The bound relaxes "a cell counts no more than the sum of its chosen sites' chances"
    with a price a cell: it is the sum of what the cells would pay beyond their price,
    at most `most` each, plus the best sites at those prices. Any price from 0 to
    `most` gives a true bound; the steps (Barahona and Anbil, 2000) make it tight.
    `price` holds the start and, after, the best. Ends once within `enough` of `lower`.
    """
    sites, cells = ptr.size - 1, most.size
    y = np.zeros(sites)
    value = np.zeros(sites)
    cover = np.zeros(cells)
    here = price.copy()
    best = np.inf
    reach, blend = 0.5, 0.1
    green, red = 0, 0
    for done in range(rounds):
        pay = 0.0
        for j in range(cells):
            pay += most[j] - here[j]
        for s in range(sites):
            total = 0.0
            for at in range(ptr[s], ptr[s + 1]):
                total += here[ind[at]] * prob[at]
            value[s] = total
        bound = pay + take_best(value, kind, limit, cost, budget, y)
        weight = 1.0 if done == 0 else blend
        for j in range(cells):
            cover[j] *= 1.0 - weight
        for s in range(sites):
            if y[s] > 0.0:
                for at in range(ptr[s], ptr[s + 1]):
                    cover[ind[at]] += weight * y[s] * prob[at]
        if done == 0 or bound < best - 1e-12 * abs(best):
            if best - bound > 1e-5 * abs(bound):
                red = 0
            best = bound
            price[:] = here
            green += 1
            if green >= 2:
                reach = min(reach * 1.1, 2.0)
                green = 0
        else:
            green = 0
            red += 1
            if red >= 15:
                reach *= 0.7
                red = 0
                blend = max(blend * 0.9, 0.01)
        if best - lower <= enough or reach < 1e-5:
            return best, done + 1
        norm = 0.0
        for j in range(cells):
            push = 1.0 - cover[j]
            if (push > 0.0 and price[j] < most[j]) or (push < 0.0 and price[j] > 0.0):
                norm += push * push
        if norm <= 0.0:
            return best, done + 1
        step = reach * (best - lower + enough) / norm
        for j in range(cells):
            here[j] = min(max(price[j] + step * (1.0 - cover[j]), 0.0), most[j])
    return best, rounds
