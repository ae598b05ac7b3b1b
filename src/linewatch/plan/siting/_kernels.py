"""Compiled loops over cover tables. Callers have checked every argument.

A cover table is by site: cells ``ind[ptr[s]:ptr[s + 1]]``, detected with ``prob`` of
the same places. Its transpose is by cell: ``tptr``, ``tsite``, ``tprob``. A cell's
state is how many chosen sites cover it (`count`) and the chance that all miss (`miss`).
With an empty `worth` a cell counts its weight times one less the miss; otherwise it
counts its weight times ``worth[count]``, and every `prob` is 1. Rows ``sum of rval over
the taken <= have`` say what may be taken together: `rptr`, `rind`, `rval` by site,
`used` by row.
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
def fits(
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    s: int,
    out: int,
) -> bool:
    """Tell whether site `s` fits, once `out` has left (-1: none leaves)."""
    for at in range(rptr[s], rptr[s + 1]):
        row, more = rind[at], rval[at]
        if out >= 0:
            for place in range(rptr[out], rptr[out + 1]):
                if rind[place] == row:
                    more -= rval[place]
        if more > 0.0 and used[row] + more > have[row] + TINY:
            return False
    return True


@kernel
def book(
    rptr: Whole, rind: Cells, rval: Floats, used: Floats, s: int, sign: int
) -> None:
    """Add what site `s` uses of each row, or give it back (`sign` -1)."""
    for at in range(rptr[s], rptr[s + 1]):
        used[rind[at]] += sign * rval[at]


@kernel
def greedy(
    ptr: Whole,
    ind: Cells,
    prob: Floats,
    weight: Floats,
    worth: Floats,
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    divide: Floats,
    shut: NDArray[np.bool_],
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
) -> Whole:
    """Take the best site again and again; return them in the order taken.

    The best has most gain for what `divide` says it takes. `used`, `count`, `miss` and
    `taken` are brought up to date. A gain only shrinks as sites are taken, so an old
    gain is an upper bound and most sites are not looked at again (Minoux, 1978); and
    what does not fit will not fit later.
    """
    sites = ptr.size - 1
    upper = np.full(sites, np.inf)
    fresh = np.full(sites, -1, dtype=np.int64)
    order = np.empty(sites, dtype=np.int64)
    size = 0
    while True:
        best = -1
        for s in range(sites):
            if taken[s] or shut[s]:
                continue
            if best < 0 or upper[s] > upper[best]:
                best = s
        if best < 0 or upper[best] <= TINY:
            return order[:size]
        if not fits(rptr, rind, rval, have, used, best, -1):
            upper[best] = 0.0
            continue
        if fresh[best] < size:
            gain = gain_of(ptr, ind, prob, weight, worth, count, miss, best)
            upper[best] = gain / max(divide[best], TINY)
            fresh[best] = size
            continue
        for at in range(ptr[best], ptr[best + 1]):
            j = ind[at]
            count[j] += 1
            miss[j] *= 1.0 - prob[at]
        taken[best] = True
        book(rptr, rind, rval, used, best, 1)
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
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    held: NDArray[np.bool_],
    shut: NDArray[np.bool_],
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
    gain: Floats,
    look: NDArray[np.bool_],
    most: int,
) -> int:
    """Exchange a taken site for a better one until none is better.

    `held` sites are never given up and `shut` ones never come in. Only taken sites
    marked in `look` are tried; an exchange marks those that share ground with it.
    Returns the number of exchanges, at most `most`.
    """
    sites = ptr.size - 1
    swaps = 0
    while swaps < most:
        # What fits beside all others comes in first.
        pick = -1
        for r in range(sites):
            if taken[r] or shut[r] or gain[r] <= TINY:
                continue
            if (pick < 0 or gain[r] > gain[pick]) and fits(
                rptr, rind, rval, have, used, r, -1
            ):
                pick = r
        out = -1
        if pick < 0:
            for s in range(sites):
                if not taken[s] or held[s] or not look[s]:
                    continue
                look[s] = False
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                    taken, gain, s, 0,
                )  # fmt: skip
                best = s
                for r in range(sites):
                    if (
                        not taken[r]
                        and not shut[r]
                        and gain[r] > gain[best] * (1 + 1e-12) + TINY
                        and fits(rptr, rind, rval, have, used, r, s)
                    ):
                        best = r
                if best != s:
                    pick, out = best, s
                    break
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                    taken, gain, s, 1,
                )  # fmt: skip
        if pick < 0:
            return swaps
        swaps += 1
        if out >= 0:
            book(rptr, rind, rval, used, out, -1)
        move(
            ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
            taken, gain, pick, 1,
        )  # fmt: skip
        book(rptr, rind, rval, used, pick, 1)
        mark(ptr, ind, tptr, tsite, taken, look, pick)
        if out >= 0:
            mark(ptr, ind, tptr, tsite, taken, look, out)
    return swaps


@kernel
def mark(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    taken: NDArray[np.bool_],
    look: NDArray[np.bool_],
    s: int,
) -> None:
    """Mark the taken sites that share a cell with site `s`."""
    for at in range(ptr[s], ptr[s + 1]):
        for place in range(tptr[ind[at]], tptr[ind[at] + 1]):
            if taken[tsite[place]]:
                look[tsite[place]] = True


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
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    held: NDArray[np.bool_],
    shut: NDArray[np.bool_],
    count: Whole,
    miss: Floats,
    taken: NDArray[np.bool_],
    gain: Floats,
    kicks: int,
    state: int,
    value: float,
) -> tuple[int, float]:
    """Give up a few sites, fill by gain, exchange, and keep what is no worse.

    `state`, of the draws, and `value`, what the start is worth, are returned to go on.
    """
    sites = ptr.size - 1
    best = taken.copy()
    barred = shut.copy()
    look = np.zeros(sites, dtype=np.bool_)
    for _ in range(kicks):
        members = np.flatnonzero(taken & ~held)
        if members.size < 2:
            break
        state = draw(state)
        first = members[state % members.size]
        size = min(2 + state % 4, members.size)
        look[:] = False
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
                book(rptr, rind, rval, used, out, -1)
                mark(ptr, ind, tptr, tsite, taken, look, out)
        barred[first] = True
        swap(
            ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval, have, used,
            held, barred, count, miss, taken, gain, look, 2 * size,
        )  # fmt: skip
        barred[first] = shut[first]
        look |= taken
        swap(
            ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval, have, used,
            held, shut, count, miss, taken, gain, look, sites,
        )  # fmt: skip
        now = worth_of(weight, worth, count, miss)
        if now >= value:
            value = now
            best[:] = taken
            continue
        for s in range(sites):
            if taken[s] != best[s]:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, count, miss,
                    taken, gain, s, 1 if best[s] else 0,
                )  # fmt: skip
                book(rptr, rind, rval, used, s, 1 if best[s] else -1)
    return state, value
