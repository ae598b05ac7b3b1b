"""Compiled search for the loss that hurts most. Callers have checked every argument.

Pairs are by cell, ``site[cptr[c]:cptr[c + 1]]`` with `miss` the chance that the site
misses there, least first, and by site, ``cell[sptr[s]:sptr[s + 1]]``. `out` marks the
sites that are lost. ``charge[r - 1, s]`` is what site `s` can be charged of the loss
when up to `r` sites more are lost.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

LEAST = 1e-200
"""Product of misses below which it is not divided, but made anew."""

CLOSE = 1e-12
"""Share of a loss that sums of it may be off by rounding."""


@kernel
def charged(
    cptr: Whole,
    site: Whole,
    miss: Floats,
    weight: Floats,
    out: Flags,
    c: int,
    sign: float,
    charge: Floats,
) -> None:
    """Add what each site of a cell can be charged of the cell's loss, or take it off.

    A loss of `m` sites of the cell is shared by them evenly. The most that falls on one
    site is with the others that miss least.
    """
    first, last = cptr[c], cptr[c + 1]
    left = 1.0
    for at in range(first, last):
        if not out[site[at]]:
            left *= miss[at]
    for at in range(first, last):
        s = site[at]
        if out[s]:
            continue
        most, gone, other, size = 0.0, miss[at], first, 1
        for level in range(charge.shape[0]):
            if size == level + 1:
                after = left / gone
                if left < LEAST:
                    # Too small to divide: the product of those that stay.
                    after = 1.0
                    for place in range(first, last):
                        if not out[site[place]] and place != at and place >= other:
                            after *= miss[place]
                most = max(most, weight[c] * (after - left) / size)
                while other < last and (out[site[other]] or other == at):
                    other += 1
                if other < last:
                    gone *= miss[other]
                    other += 1
                    size += 1
            charge[level, s] += sign * most


@kernel
def lost(
    cptr: Whole,
    site: Whole,
    miss: Floats,
    weight: Floats,
    sptr: Whole,
    cell: Whole,
    out: Flags,
    s: int,
) -> float:
    """Return what goes when site `s` is lost too."""
    total = 0.0
    for at in range(sptr[s], sptr[s + 1]):
        c = cell[at]
        own, others = 1.0, 1.0
        for place in range(cptr[c], cptr[c + 1]):
            if site[place] == s:
                own = miss[place]
            elif not out[site[place]]:
                others *= miss[place]
        total += weight[c] * others * (1.0 - own)
    return total


@kernel
def worst_after(
    cptr: Whole,
    site: Whole,
    miss: Floats,
    weight: Floats,
    sptr: Whole,
    cell: Whole,
    charge: Floats,
    order: Whole,
    first: int,
    count: int,
    best: float,
    chosen: Whole,
    steps: int,
) -> tuple[float, int]:
    """Seek losses of `count` sites, the first being ``order[first]``, above `best`.

    The others come after it in `order`. `chosen` gets the best loss met. Returns its
    worth and the steps left: below 0, the search was not ended.
    """
    sites, levels = charge.shape[1], count
    lists = np.empty((levels, sites), dtype=np.int64)
    sizes = np.zeros(levels, dtype=np.int64)
    at = np.zeros(levels, dtype=np.int64)
    told = np.zeros((levels + 1, levels, sites))
    value = np.zeros(levels + 1)
    out = np.zeros(sites, dtype=np.bool_)
    path = np.empty(levels, dtype=np.int64)
    told[0] = charge[:levels]
    lists[0, : order.size - first] = order[first:]
    sizes[0] = order.size - first
    depth = 0
    while depth >= 0:
        r = count - depth
        p = at[depth]
        # At the root only the first place is asked for.
        end = p + r > sizes[depth] or (depth == 0 and p > 0)
        if not end:
            bound = value[depth]
            for place in range(p, p + r):
                bound += told[depth, r - 1, lists[depth, place]]
            end = bound <= best + CLOSE * (abs(best) + abs(bound))
        if end:
            depth -= 1
            if depth >= 0:
                out[path[depth]] = False
            continue
        s = lists[depth, p]
        at[depth] += 1
        gain = lost(cptr, site, miss, weight, sptr, cell, out, s)
        path[depth] = s
        steps -= sptr[s + 1] - sptr[s] + 1
        if r == 1:
            if value[depth] + gain > best:
                best = value[depth] + gain
                chosen[:] = path
            continue
        if steps < 0:
            return best, steps
        value[depth + 1] = value[depth] + gain
        told[depth + 1] = told[depth]
        below = told[depth + 1, : r - 1]
        for pair in range(sptr[s], sptr[s + 1]):
            c = cell[pair]
            charged(cptr, site, miss, weight, out, c, -1.0, below)
            steps -= (r - 1) * (cptr[c + 1] - cptr[c])
        out[s] = True
        for pair in range(sptr[s], sptr[s + 1]):
            charged(cptr, site, miss, weight, out, cell[pair], 1.0, below)
        rest = lists[depth, at[depth] : sizes[depth]]
        key = np.empty(rest.size)
        for n in range(rest.size):
            key[n] = -told[depth + 1, r - 2, rest[n]]
        sizes[depth + 1] = rest.size
        lists[depth + 1, : rest.size] = rest[np.argsort(key, kind="mergesort")]
        depth += 1
        at[depth] = 0
    return best, steps
