"""Compiled loops of the upper bound on a cover. Callers have checked every argument.

Sites are put together in clusters. Cluster `c` has ``size[c]`` sites and
``2 ** size[c]`` choices of them, numbered by bits, at ``worth[first[c] + choice]``. Its
entries ``eptr[c]:eptr[c + 1]`` are the cells that its sites cover, each once: `cell`,
and in `mask` which of the sites do. Where chances are below 1, ``chance[pfirst[c] +
size[c] * entry + bit]`` is the site's chance there; otherwise `chance` is empty.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]

NEVER = -1e300
"""Worth of a choice that may not be made."""


@kernel
def price_clusters(
    eptr: Whole,
    cell: Cells,
    mask: Cells,
    chance: Floats,
    pfirst: Whole,
    first: Whole,
    size: Whole,
    price: Floats,
    worth: Floats,
    start: int,
    end: int,
) -> None:
    """Fill what each choice of the clusters `start` to `end` covers at these prices."""
    for c in range(start, end):
        o, k = first[c], size[c]
        choices = 1 << k
        if k == 1:
            total = 0.0
            if chance.size == 0:
                for e in range(eptr[c], eptr[c + 1]):
                    total += price[cell[e]]
            else:
                for e in range(eptr[c], eptr[c + 1]):
                    total += price[cell[e]] * chance[pfirst[c] + e - eptr[c]]
            worth[o], worth[o + 1] = 0.0, total
            continue
        worth[o : o + choices] = 0.0
        if chance.size == 0:
            for e in range(eptr[c], eptr[c + 1]):
                worth[o + mask[e]] += price[cell[e]]
            for bit in range(k):
                step = 1 << bit
                for choice in range(choices):
                    if choice & step:
                        worth[o + choice] += worth[o + choice - step]
            # A choice covers all but what lies only under the sites left out.
            total = worth[o + choices - 1]
            for choice in range(choices // 2):
                other = choices - 1 - choice
                low, high = worth[o + choice], worth[o + other]
                worth[o + choice], worth[o + other] = total - high, total - low
            continue
        miss = np.empty(choices)
        for e in range(eptr[c], eptr[c + 1]):
            here = price[cell[e]]
            p = pfirst[c] + (e - eptr[c]) * k
            miss[0] = 1.0
            for bit in range(k):
                step = 1 << bit
                for choice in range(step):
                    miss[choice + step] = miss[choice] * (1.0 - chance[p + bit])
            for choice in range(choices):
                worth[o + choice] += here * (1.0 - miss[choice])


@kernel
def choose_clusters(
    worth: Floats,
    ok: NDArray[np.bool_],
    first: Whole,
    size: Whole,
    mfirst: Whole,
    toll: Floats,
    kind: Whole,
    limit: Whole,
    total: int,
    pick: Whole,
) -> float:
    """Fill the best choice of each cluster within the counts; return their worth.

    `limit` bounds the sites of each kind and `total` all together, and below 0 nothing
    does. `toll` is what each member, from ``mfirst[c]``, must pay. Exact: single sites
    by rank, clusters and kinds by dynamic programming.
    """
    clusters, kinds = size.size, limit.size
    pick[:] = 0
    most = 0
    for c in range(clusters):
        most = max(most, size[c])
    ones = np.zeros(1 << most, dtype=np.int64)
    for choice in range(1, 1 << most):
        ones[choice] = ones[choice >> 1] + (choice & 1)
    extra = np.zeros(1 << most)
    if total < 0:
        free = 0.0
        for c in range(clusters):
            best = 0.0
            for choice in range(1, 1 << size[c]):
                bit = 0
                while choice >> bit != 1:
                    bit += 1
                extra[choice] = extra[choice - (1 << bit)] + toll[mfirst[c] + bit]
                value = worth[first[c] + choice] - extra[choice]
                if ok[first[c] + choice] and value > best:
                    best, pick[c] = value, choice
            free += best
        return free
    table = np.zeros((kinds, total + 1))
    width = np.zeros(kinds, dtype=np.int64)
    gain = np.full((clusters, most + 1), NEVER)
    which = np.zeros((clusters, most + 1), dtype=np.int64)
    took = np.zeros((clusters, total + 1), dtype=np.int8)
    for c in range(clusters):
        o, m = first[c], mfirst[c]
        if size[c] == 1:
            if ok[o + 1]:
                gain[c, 1] = worth[o + 1] - toll[m]
            continue
        extra[0] = 0.0
        for bit in range(size[c]):
            for choice in range(1 << bit):
                extra[choice + (1 << bit)] = extra[choice] + toll[m + bit]
        gain[c, 0] = 0.0
        for choice in range(1, 1 << size[c]):
            value = worth[o + choice] - extra[choice]
            if ok[o + choice] and value > gain[c, ones[choice]]:
                gain[c, ones[choice]], which[c, ones[choice]] = value, choice
    ranked = np.argsort(-gain[:, 1])
    before, after = np.empty(total + 1), np.empty(total + 1)
    for k in range(kinds):
        wide = min(limit[k], total)
        width[k] = wide
        # Singles first: taking the q best of them is worth the sum of their gains.
        n = 0
        before[0] = 0.0
        for place in ranked:
            if n == wide:
                break
            if kind[place] == k and size[place] == 1 and gain[place, 1] > 0.0:
                before[n + 1] = before[n] + gain[place, 1]
                n += 1
        for q in range(n + 1, wide + 1):
            before[q] = before[n]
        for c in range(clusters):
            if kind[c] != k or size[c] == 1:
                continue
            for q in range(wide + 1):
                best, by = before[q], 0
                for r in range(1, min(size[c], q) + 1):
                    value = before[q - r] + gain[c, r]
                    if value > best:
                        best, by = value, r
                after[q], took[c, q] = best, by
            before[: wide + 1] = after[: wide + 1]
        table[k, : wide + 1] = before[: wide + 1]
    # Share the total out among the kinds.
    share = np.zeros((kinds, total + 1), dtype=np.int64)
    whole = np.zeros(total + 1)
    for k in range(kinds):
        if k == 0:
            for q in range(total + 1):
                share[0, q] = min(q, width[0])
                whole[q] = table[0, share[0, q]]
            continue
        for q in range(total, -1, -1):
            best, by = whole[q], 0
            for r in range(1, min(width[k], q) + 1):
                value = whole[q - r] + table[k, r]
                if value > best:
                    best, by = value, r
            whole[q], share[k, q] = best, by
    q = total
    for k in range(kinds - 1, -1, -1):
        left = share[k, q]
        q -= left
        for c in range(clusters - 1, -1, -1):
            if kind[c] == k and size[c] > 1:
                r = took[c, left]
                if r > 0:
                    pick[c] = which[c, r]
                    left -= r
        for place in ranked:
            if left == 0:
                break
            if kind[place] == k and size[place] == 1 and gain[place, 1] > 0.0:
                pick[place] = 1
                left -= 1
    return float(whole[total])


@kernel
def members_of(size: Whole, mfirst: Whole, pick: Whole, chosen: Floats) -> None:
    """Fill 1 for each member that its cluster's choice holds, 0 for the others."""
    for c in range(size.size):
        for bit in range(size[c]):
            chosen[mfirst[c] + bit] = pick[c] >> bit & 1


@kernel
def cover_of(
    eptr: Whole,
    cell: Cells,
    mask: Cells,
    chance: Floats,
    pfirst: Whole,
    size: Whole,
    pick: Whole,
    amount: float,
    cover: Floats,
) -> None:
    """Add `amount` times what each cluster's choice covers to `cover`."""
    for c in range(size.size):
        choice, k = pick[c], size[c]
        if choice == 0:
            continue
        for e in range(eptr[c], eptr[c + 1]):
            if mask[e] & choice == 0:
                continue
            if chance.size == 0:
                cover[cell[e]] += amount
                continue
            miss = 1.0
            p = pfirst[c] + (e - eptr[c]) * k
            for bit in range(k):
                if choice >> bit & 1:
                    miss *= 1.0 - chance[p + bit]
            cover[cell[e]] += amount * (1.0 - miss)


@kernel
def price_pairs(tptr: Whole, price: Floats, most: Floats, backup: int) -> float:
    """Return what the cells keep when each pays its pairs, for a backup.

    Pair prices are by cell, ``price[tptr[j]:tptr[j + 1]]``. A cell that counts needs
    `backup` sites, so it pays at least its lowest `backup` prices.
    """
    total = 0.0
    low = np.empty(backup)
    for j in range(most.size):
        if tptr[j + 1] - tptr[j] < backup:
            continue
        low[:] = np.inf
        for at in range(tptr[j], tptr[j + 1]):
            value = price[at]
            for n in range(backup):
                if value < low[n]:
                    low[n], value = value, low[n]
        total += max(0.0, most[j] - low.sum())
    return total


@kernel
def serve_pairs(
    tptr: Whole, price: Floats, most: Floats, backup: int, amount: float, use: Floats
) -> None:
    """Add `amount` to the pairs that each cell would buy at these prices."""
    low, where = np.empty(backup), np.empty(backup, dtype=np.int64)
    for j in range(most.size):
        if tptr[j + 1] - tptr[j] < backup:
            continue
        low[:], where[:] = np.inf, -1
        for at in range(tptr[j], tptr[j + 1]):
            value, here = price[at], at
            for n in range(backup):
                if value < low[n]:
                    low[n], value = value, low[n]
                    where[n], here = here, where[n]
        if low.sum() < most[j]:
            for n in range(backup):
                use[where[n]] += amount


@kernel
def sum_pairs(tsite: Cells, price: Floats, value: Floats) -> None:
    """Fill what each site earns from its pairs."""
    value[:] = 0.0
    for at in range(tsite.size):
        value[tsite[at]] += price[at]
