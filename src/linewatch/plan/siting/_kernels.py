"""Compiled loops over cover tables. Callers have checked every argument.

A cover table is by site: cells ``ind[ptr[s]:ptr[s + 1]]``, detected with ``prob`` of
the same places. Its transpose is by cell: ``tptr``, ``tsite``, ``tprob``. A cell's
state is how many chosen sites cover it (`count`) and the chance that all miss (`miss`).
With an empty `worth` a cell counts its weight times one less the miss; otherwise it
counts its weight times ``worth[count]``, and every `prob` is 1.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]

TINY = 1e-9
"""Least gain that counts as better: below it, sums differ by rounding alone."""


@kernel
def flip(
    ptr: Whole, ind: Cells, prob: Floats, cells: int
) -> tuple[Whole, Cells, Floats]:
    """Return the table by cell: `tptr`, `tsite`, `tprob`, sites in growing order."""
    tptr = np.zeros(cells + 1, dtype=np.int64)
    for at in range(ind.size):
        tptr[ind[at] + 1] += 1
    for j in range(cells):
        tptr[j + 1] += tptr[j]
    fill = tptr[:-1].copy()
    tsite = np.empty(ind.size, dtype=np.int32)
    tprob = np.empty(ind.size)
    for s in range(ptr.size - 1):
        for at in range(ptr[s], ptr[s + 1]):
            place = fill[ind[at]]
            tsite[place], tprob[place] = s, prob[at]
            fill[ind[at]] = place + 1
    return tptr, tsite, tprob


@kernel
def slack(worth: Floats, count: int, miss: float) -> float:
    """Return what one sure site more would add to a cell of weight 1."""
    if worth.size == 0:
        return miss
    return float(
        worth[min(count + 1, worth.size - 1)] - worth[min(count, worth.size - 1)]
    )


@kernel
def worth_of(weight: Floats, worth: Floats, count: Whole, miss: Floats) -> float:
    """Return the objective of a state."""
    total = 0.0
    for j in range(weight.size):
        if worth.size == 0:
            total += weight[j] * (1.0 - miss[j])
        else:
            total += weight[j] * worth[min(count[j], worth.size - 1)]
    return total


@kernel
def gain_of(
    ptr: Whole,
    ind: Cells,
    prob: Floats,
    weight: Floats,
    worth: Floats,
    count: Whole,
    miss: Floats,
    s: int,
) -> float:
    """Return what site `s` would add."""
    total = 0.0
    for at in range(ptr[s], ptr[s + 1]):
        j = ind[at]
        total += weight[j] * prob[at] * slack(worth, count[j], miss[j])
    return total


@kernel
def greedy(
    ptr: Whole,
    ind: Cells,
    prob: Floats,
    weight: Floats,
    worth: Floats,
    kind: Whole,
    left: Whole,
    cost: Floats,
    budget: float,
    per_cost: int,
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
) -> Whole:
    """Take the best site again and again; return them in the order taken.

    `left` is how many of each kind may still be taken and `budget` what may still be
    spent; `left`, `count`, `miss` and `taken` are brought up to date. A gain only
    shrinks as sites are taken, so an old gain is an upper bound and most sites are not
    looked at again (Minoux, 1978).
    """
    sites = ptr.size - 1
    upper = np.full(sites, np.inf)
    fresh = np.full(sites, -1, dtype=np.int64)
    order = np.empty(sites, dtype=np.int64)
    size = 0
    while True:
        best = -1
        for s in range(sites):
            if taken[s] or left[kind[s]] < 1 or cost[s] > budget:
                continue
            if best < 0 or upper[s] > upper[best]:
                best = s
        if best < 0 or upper[best] <= TINY:
            return order[:size]
        if fresh[best] < size:
            gain = gain_of(ptr, ind, prob, weight, worth, count, miss, best)
            upper[best] = gain / max(cost[best], TINY) if per_cost == 1 else gain
            fresh[best] = size
            continue
        for at in range(ptr[best], ptr[best + 1]):
            j = ind[at]
            count[j] += 1
            miss[j] *= 1.0 - prob[at]
        taken[best] = True
        left[kind[best]] -= 1
        budget -= cost[best]
        order[size] = best
        size += 1


@kernel
def move(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    tprob: Floats,
    weight: Floats,
    worth: Floats,
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
    gain: Floats,
    s: int,
    enter: int,
) -> None:
    """Take site `s` (`enter` 1) or give it up (0); bring all gains up to date."""
    taken[s] = enter == 1
    for at in range(ptr[s], ptr[s + 1]):
        j = ind[at]
        before = slack(worth, count[j], miss[j])
        count[j] += 1 if enter == 1 else -1
        # Anew rather than divided out: a sure site leaves 0, which cannot be divided.
        product = 1.0
        for place in range(tptr[j], tptr[j + 1]):
            if taken[tsite[place]]:
                product *= 1.0 - tprob[place]
        miss[j] = product
        change = weight[j] * (slack(worth, count[j], product) - before)
        if change == 0.0:
            continue
        for place in range(tptr[j], tptr[j + 1]):
            gain[tsite[place]] += change * tprob[place]


@kernel
def swap(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    tprob: Floats,
    weight: Floats,
    worth: Floats,
    kind: Whole,
    left: Whole,
    cost: Floats,
    budget: float,
    held: NDArray[np.bool_],
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
    gain: Floats,
    tries: int,
) -> int:
    """Exchange a taken site for a better one of its kind until none is better.

    `held` sites are never given up. Returns the number of exchanges; `tries` bounds
    the sites looked at in vain.
    """
    sites = ptr.size - 1
    spent = 0.0
    for s in range(sites):
        if taken[s]:
            spent += cost[s]
    swaps, vain, s = 0, 0, 0
    while vain < min(sites, tries):
        s = (s + 1) % sites
        vain += 1
        room = budget - spent
        if not taken[s]:
            if left[kind[s]] > 0 and cost[s] <= room and gain[s] > TINY:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                    taken, gain, s, 1,
                )  # fmt: skip
                left[kind[s]] -= 1
                spent += cost[s]
                swaps, vain = swaps + 1, 0
            continue
        if held[s]:
            continue
        move(
            ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
            taken, gain, s, 0,
        )  # fmt: skip
        best = s
        for r in range(sites):
            if (
                not taken[r]
                and kind[r] == kind[s]
                and cost[r] - cost[s] <= room
                and gain[r] > gain[best]
            ):
                best = r
        if gain[best] <= gain[s] * (1 + 1e-12) + TINY:
            best = s
        move(
            ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
            taken, gain, best, 1,
        )  # fmt: skip
        if best != s:
            spent += cost[best] - cost[s]
            swaps, vain = swaps + 1, 0
    return swaps


@kernel
def draw(state: int) -> int:
    """Return the next number of a small fixed sequence: Park and Miller (1988)."""
    return (state * 48_271) % 2_147_483_647


@kernel
def kick(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    tprob: Floats,
    weight: Floats,
    worth: Floats,
    kind: Whole,
    held: NDArray[np.bool_],
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
    gain: Floats,
    kicks: int,
    seed: int,
) -> int:
    """Give up a few sites, fill by gain, exchange, and keep what is no worse.

    For counts by kind only, without a budget. Returns how many kicks were kept.
    """
    sites = ptr.size - 1
    cost = np.zeros(sites)
    left = np.zeros(kind.max() + 1, dtype=np.int64)
    state, kept = draw(seed + 1), 0
    best = taken.copy()
    value = worth_of(weight, worth, count, miss)
    barred = np.zeros(sites, dtype=np.bool_)
    for _ in range(kicks):
        members = np.flatnonzero(taken & ~held)
        if members.size < 2:
            return kept
        barred[:] = False
        state = draw(state)
        first = members[state % members.size]
        size = min(2 + state % 4, members.size)
        # Half of the sites given up share ground with the first, half lie anywhere.
        for n in range(size):
            state = draw(state)
            out = members[state % members.size]
            if n == 0:
                out = first
            elif n % 2 == 1 and ptr[first] < ptr[first + 1]:
                j = ind[ptr[first] + state % (ptr[first + 1] - ptr[first])]
                for place in range(tptr[j], tptr[j + 1]):
                    if taken[tsite[place]] and not held[tsite[place]]:
                        out = tsite[place]
            if taken[out]:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                    taken, gain, out, 0,
                )  # fmt: skip
                left[kind[out]] += 1
                barred[out] = n == 0
        while left.sum() > 0:
            pick = -1
            for r in range(sites):
                if taken[r] or barred[r] or left[kind[r]] < 1:
                    continue
                if pick < 0 or gain[r] > gain[pick]:
                    pick = r
            if pick < 0:
                break
            move(
                ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                taken, gain, pick, 1,
            )  # fmt: skip
            left[kind[pick]] -= 1
        swap(
            ptr, ind, tptr, tsite, tprob, weight, worth, kind, left, cost, np.inf,
            held, count, miss, taken, gain, sites,
        )  # fmt: skip
        now = worth_of(weight, worth, count, miss)
        if now >= value and left.sum() == 0:
            kept += 1 if now > value else 0
            value = now
            best[:] = taken
            continue
        for s in range(sites):
            if taken[s] != best[s]:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                    taken, gain, s, 1 if best[s] else 0,
                )  # fmt: skip
        left[:] = 0
    return kept
