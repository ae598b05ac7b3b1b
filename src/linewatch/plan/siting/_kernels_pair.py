"""Compiled loops of the bound on cover by two sites. Callers have checked all.

Entries are those of clusters of sites (see `_kernels_bound`). A cell that counts buys
two services: from one cluster both, or from two clusters one each. In entry `e` the
first costs ``one[e]`` and the second ``two[e]`` more; `many` marks entries of two sites
or more, which alone can serve twice.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]
Flags = NDArray[np.bool_]


@kernel
def buy(
    cptr: Whole,
    entry: Whole,
    many: Flags,
    one: Floats,
    two: Floats,
    most: Floats,
    first: Floats,
    paid: Floats,
    use: Floats,
    again: Floats,
) -> float:
    """Let each cell buy as cheaply as it can; return what the cells keep.

    Entries of cell `j` are ``entry[cptr[j]:cptr[j + 1]]``. Fills the lowest first price
    of each cell, what it would pay at least (at most all that it is worth), and which
    entries it uses once and again.
    """
    total = 0.0
    use[:] = 0.0
    again[:] = 0.0
    for j in range(most.size):
        low, next_low, twice = np.inf, np.inf, np.inf
        a, b, c = -1, -1, -1
        for at in range(cptr[j], cptr[j + 1]):
            e = entry[at]
            if one[e] < low:
                next_low, b = low, a
                low, a = one[e], e
            elif one[e] < next_low:
                next_low, b = one[e], e
            if many[e] and one[e] + two[e] < twice:
                twice, c = one[e] + two[e], e
        cost = min(low + next_low, twice)
        first[j] = low
        paid[j] = min(cost, most[j])
        if cost < most[j]:
            total += most[j] - cost
            if twice < low + next_low:
                use[c], again[c] = 1.0, 1.0
            else:
                use[a], use[b] = 1.0, 1.0
    return total


@kernel
def earn(
    eptr: Whole,
    mask: Cells,
    one: Floats,
    two: Floats,
    first: Whole,
    size: Whole,
    worth: Floats,
) -> None:
    """Fill what each choice of each cluster earns: once and twice served cells."""
    most = 0
    for c in range(size.size):
        most = max(most, size[c])
    low = np.empty(1 << most)
    for c in range(size.size):
        o, k = first[c], size[c]
        choices = 1 << k
        if k == 1:
            total = 0.0
            for e in range(eptr[c], eptr[c + 1]):
                total += one[e]
            worth[o], worth[o + 1] = 0.0, total
            continue
        worth[o : o + choices] = 0.0
        low[:choices] = 0.0
        for e in range(eptr[c], eptr[c + 1]):
            worth[o + mask[e]] += one[e]
            low[mask[e]] += two[e]
        for bit in range(k):
            step = 1 << bit
            for choice in range(choices):
                if choice & step:
                    worth[o + choice] += worth[o + choice - step]
                    low[choice] += low[choice - step]
        # Now each holds what lies wholly under a choice. Served once: all that does
        # not lie under the sites left out.
        total = worth[o + choices - 1]
        for choice in range(choices // 2):
            other = choices - 1 - choice
            left, right = worth[o + choice], worth[o + other]
            worth[o + choice], worth[o + other] = total - right, total - left
        # Served twice: neither wholly under those left out, nor under them and one.
        total = low[choices - 1]
        for choice in range(choices):
            rest = choices - 1 - choice
            missed = low[rest]
            for bit in range(k):
                if choice >> bit & 1:
                    missed += low[rest | (1 << bit)] - low[rest]
            worth[o + choice] += total - missed


@kernel
def serve(
    eptr: Whole,
    mask: Cells,
    size: Whole,
    pick: Whole,
    use: Floats,
    again: Floats,
) -> None:
    """Take off what the picked choices serve: what is left is each price's breach."""
    for c in range(size.size):
        choice = pick[c]
        if choice == 0:
            continue
        for e in range(eptr[c], eptr[c + 1]):
            both = mask[e] & choice
            if both == 0:
                continue
            use[e] -= 1.0
            if both & (both - 1) != 0:
                again[e] -= 1.0
