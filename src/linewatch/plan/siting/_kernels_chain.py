"""Compiled search for linked sites. Callers have checked every argument.

A table is by site and by cell as in ``_kernels``, whose state (`count`, `miss`, `gain`,
`used`) is kept here too: the compiler's cache does not see other files, so the loops
that keep it stand here once more. ``lind[lptr[s]:lptr[s + 1]]`` are the sites that `s`
can talk to, and a `gate` reaches the outside by itself.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]
Flags = NDArray[np.bool_]

TINY = 1e-9

TRIED = 8
TRIED_AGAIN = 2
"""Ways out tried for what they truly add, best bound first: at first, after kicks."""

EVERY = 1 << 62
"""More tries than there are."""


@kernel
def slack(worth: Floats, count: int, miss: float) -> float:
    """Return what one sure site more would add to a cell of weight 1."""
    if worth.size == 0:
        return miss
    return float(
        worth[min(count + 1, worth.size - 1)] - worth[min(count, worth.size - 1)]
    )


@kernel
def move(
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
    used: Floats,
    count: Whole,
    miss: Floats,
    taken: Flags,
    gain: Floats,
    s: int,
    enter: int,
) -> None:
    """Take site `s` (`enter` 1) or give it up (0); bring gains and rows up to date."""
    taken[s] = enter == 1
    for at in range(rptr[s], rptr[s + 1]):
        used[rind[at]] += (2 * enter - 1) * rval[at]
    for at in range(ptr[s], ptr[s + 1]):
        j = ind[at]
        before = slack(worth, count[j], miss[j])
        count[j] += 1 if enter == 1 else -1
        product = 1.0
        for place in range(tptr[j], tptr[j + 1]):
            if taken[tsite[place]]:
                product *= 1.0 - tprob[place]
                if product == 0.0:
                    break
        miss[j] = product
        change = weight[j] * (slack(worth, count[j], product) - before)
        if change == 0.0:
            continue
        for place in range(tptr[j], tptr[j + 1]):
            gain[tsite[place]] += change * tprob[place]


@kernel
def fits(
    rptr: Whole, rind: Cells, rval: Floats, have: Floats, used: Floats, s: int
) -> bool:
    """Tell whether site `s` fits beside what is used."""
    for at in range(rptr[s], rptr[s + 1]):
        if rval[at] > 0.0 and used[rind[at]] + rval[at] > have[rind[at]] + TINY:
            return False
    return True


@kernel
def value_of(weight: Floats, worth: Floats, count: Whole, miss: Floats) -> float:
    """Return the objective of a state."""
    total = 0.0
    for j in range(weight.size):
        if worth.size == 0:
            total += weight[j] * (1.0 - miss[j])
        elif count[j] >= worth.size - 1:
            total += weight[j]
    return total


@kernel
def reached(lptr: Whole, lind: Cells, gate: Flags, taken: Flags, seen: Flags) -> int:
    """Mark the taken sites that reach a gateway over taken ones; return how many."""
    ahead = np.empty(taken.size, dtype=np.int64)
    seen[:] = False
    head, tail = 0, 0
    for s in range(taken.size):
        if taken[s] and gate[s]:
            seen[s] = True
            ahead[tail] = s
            tail += 1
    while head < tail:
        s = ahead[head]
        head += 1
        for at in range(lptr[s], lptr[s + 1]):
            t = lind[at]
            if taken[t] and not seen[t]:
                seen[t] = True
                ahead[tail] = t
                tail += 1
    return tail


@kernel
def joining(
    lptr: Whole, lind: Cells, gate: Flags, taken: Flags, seen: Flags, joins: Flags
) -> None:
    """Mark the sites that would let every taken site reach a gateway, taken alone.

    `seen` are the taken ones that reach a gateway already.
    """
    sites = taken.size
    parts, stamp = np.zeros(sites, np.int64), np.zeros(sites, np.int64)
    ahead, mine = np.empty(sites, np.int64), np.zeros(sites, np.bool_)
    part = 1
    joins[:] = gate
    for s in range(sites):
        if seen[s]:
            for at in range(lptr[s], lptr[s + 1]):
                joins[lind[at]] = True
    for first in range(sites):
        if not taken[first] or seen[first] or mine[first]:
            continue
        ahead[0] = first
        mine[first] = True
        head, tail = 0, 1
        while head < tail:
            s = ahead[head]
            head += 1
            for at in range(lptr[s], lptr[s + 1]):
                t = lind[at]
                if stamp[t] != part:
                    stamp[t] = part
                    parts[t] += 1
                if taken[t] and not mine[t]:
                    mine[t] = True
                    ahead[tail] = t
                    tail += 1
        part += 1
    for s in range(sites):
        joins[s] = joins[s] and parts[s] == part - 1


@kernel
def ways(
    lptr: Whole,
    lind: Cells,
    gate: Flags,
    shut: Flags,
    taken: Flags,
    gain: Floats,
    divide: Floats,
    came: Whole,
    worth: Floats,
) -> Whole:
    """Return the open sites from the nearest on, with what leads to each.

    Of all ways over the fewest sites the one of most gain: `came` is the site before
    (-1: none), `worth` the gain for what all sites on the way take.
    """
    sites = taken.size
    steps = np.full(sites, -1, dtype=np.int64)
    total, cost = np.zeros(sites), np.zeros(sites)
    ahead = np.empty(sites, dtype=np.int64)
    tail = 0
    for s in range(sites):
        if taken[s]:
            steps[s] = 0
            ahead[tail] = s
            tail += 1
    first, head, step = tail, 0, 0
    for s in range(sites):
        if gate[s] and not taken[s] and not shut[s]:
            steps[s], came[s] = 1, -1
            total[s], cost[s] = gain[s], divide[s]
    while True:
        # The gates open the first step, beside what is next to the taken sites.
        end = tail
        for s in ahead[head:end]:
            for at in range(lptr[s], lptr[s + 1]):
                t = lind[at]
                if shut[t] or taken[t]:
                    continue
                if steps[t] == -1:
                    steps[t] = step + 1
                    ahead[tail] = t
                    tail += 1
                elif steps[t] != step + 1 or total[s] + gain[t] <= total[t]:
                    continue
                came[t] = -1 if taken[s] else s
                total[t], cost[t] = total[s] + gain[t], cost[s] + divide[t]
        if step == 0:
            for s in range(sites):
                if steps[s] == 1 and gate[s] and not (ahead[end:tail] == s).any():
                    ahead[tail] = s
                    tail += 1
        if tail == end:
            break
        head = end
        step += 1
    for s in ahead[first:tail]:
        worth[s] = total[s] / max(cost[s], TINY)
    return ahead[first:tail].copy()


@kernel
def grow(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    tprob: Floats,
    weight: Floats,
    value: Floats,
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    lptr: Whole,
    lind: Cells,
    gate: Flags,
    shut: Flags,
    divide: Floats,
    favour: Floats,
    used: Floats,
    count: Whole,
    miss: Floats,
    taken: Flags,
    gain: Floats,
    tried: int,
    steps: int,
) -> bool:
    """Take the way that adds most for what its sites take; True once none does."""
    sites = taken.size
    came = np.full(sites, -1, dtype=np.int64)
    worth = np.zeros(sites)
    for _ in range(steps):
        found = ways(lptr, lind, gate, shut, taken, gain * favour, divide, came, worth)
        order = found[np.argsort(-worth[found])]
        best, most, looked = -1, TINY, 0
        for target in order:
            if worth[target] <= TINY or looked >= tried:
                break
            added, cost, wanted, s, ok = 0.0, 0.0, 0.0, target, True
            while s >= 0 and ok:
                ok = fits(rptr, rind, rval, have, used, s)
                if ok:
                    added += gain[s]
                    wanted += gain[s] * favour[s]
                    cost += divide[s]
                    move(
                        ptr, ind, tptr, tsite, tprob, weight, value, rptr, rind, rval,
                        used, count, miss, taken, gain, s, 1,
                    )  # fmt: skip
                    s = came[s]
            back = target
            while back != s:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, value, rptr, rind, rval,
                    used, count, miss, taken, gain, back, 0,
                )  # fmt: skip
                back = came[back]
            if not ok:
                continue
            looked += 1
            if added > TINY and wanted / max(cost, TINY) > most:
                best, most = target, wanted / max(cost, TINY)
        if best < 0:
            return True
        while best >= 0:
            move(
                ptr, ind, tptr, tsite, tprob, weight, value, rptr, rind, rval,
                used, count, miss, taken, gain, best, 1,
            )  # fmt: skip
            best = came[best]
    return False


@kernel
def mark(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    lptr: Whole,
    lind: Cells,
    look: Flags,
    s: int,
) -> None:
    """Mark the sites that share a cell with site `s` or can talk to it."""
    for at in range(ptr[s], ptr[s + 1]):
        for place in range(tptr[ind[at]], tptr[ind[at] + 1]):
            look[tsite[place]] = True
    for at in range(lptr[s], lptr[s + 1]):
        look[lind[at]] = True


@kernel
def exchange(
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
    lptr: Whole,
    lind: Cells,
    gate: Flags,
    shut: Flags,
    held: Flags,
    used: Floats,
    count: Whole,
    miss: Floats,
    taken: Flags,
    gain: Floats,
    look: Flags,
    idle: int,
    s: int,
    tries: int,
) -> tuple[int, int]:
    """Exchange a taken site for one that keeps all joined, until none is better.

    Only sites marked in `look` are given up; an exchange marks those it bears on. It
    stops after so many tries; `idle` and `s`, at first 0, are returned to go on from.
    """
    sites = taken.size
    seen, joins = np.zeros(sites, np.bool_), np.zeros(sites, np.bool_)
    while idle < sites and tries > 0:
        s = (s + 1) % sites
        idle += 1
        if not taken[s] or held[s] or not look[s]:
            continue
        look[s] = False
        tries -= 1
        move(
            ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval,
            used, count, miss, taken, gain, s, 0,
        )  # fmt: skip
        reached(lptr, lind, gate, taken, seen)
        joining(lptr, lind, gate, taken, seen, joins)
        best = s
        for r in range(sites):
            if (
                joins[r]
                and not taken[r]
                and not shut[r]
                and gain[r] > gain[best] * (1 + 1e-12) + TINY
                and fits(rptr, rind, rval, have, used, r)
            ):
                best = r
        if best != s:
            idle = 0
            mark(ptr, ind, tptr, tsite, lptr, lind, look, s)
            mark(ptr, ind, tptr, tsite, lptr, lind, look, best)
        move(
            ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval,
            used, count, miss, taken, gain, best, 1,
        )  # fmt: skip
    return idle, s


@kernel
def draw(state: int) -> int:
    """Return the next number of a small fixed sequence: Park and Miller (1988)."""
    return (state * 48_271) % 2_147_483_647


@kernel
def shake(
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
    lptr: Whole,
    lind: Cells,
    gate: Flags,
    shut: Flags,
    held: Flags,
    divide: Floats,
    used: Floats,
    count: Whole,
    miss: Floats,
    taken: Flags,
    gain: Floats,
    kicks: int,
    enough: float,
    state: int,
    kept: float,
) -> tuple[int, float]:
    """Give up a few linked sites, grow and exchange anew; keep what is no worse.

    `state`, of the draws, and `kept`, what the start is worth, are returned to go on.
    """
    sites = taken.size
    best, seen = taken.copy(), np.zeros(sites, np.bool_)
    favour, look = np.ones(sites), np.zeros(sites, np.bool_)
    for _ in range(kicks):
        members = np.flatnonzero(taken & ~held)
        if members.size == 0 or kept >= enough:
            break
        state = draw(state)
        last = members[state % members.size]
        state = draw(state)
        for _more in range(1 + state % 6):
            move(
                ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval,
                used, count, miss, taken, gain, last, 0,
            )  # fmt: skip
            pick, met = -1, 0
            for at in range(lptr[last], lptr[last + 1]):
                t = lind[at]
                if taken[t] and not held[t]:
                    met += 1
                    state = draw(state)
                    if state % met == 0:
                        pick = t
            if pick < 0:
                break
            last = pick
        reached(lptr, lind, gate, taken, seen)
        for s in range(sites):
            if taken[s] and not seen[s] and not held[s]:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval,
                    used, count, miss, taken, gain, s, 0,
                )  # fmt: skip
        whole = True
        for s in range(sites):
            state = draw(state)
            favour[s] = 0.8 + 0.4 * (state % 10_000) / 10_000
            whole = whole and (seen[s] or not taken[s])
        # Where a held site hung on what was given up, the choice is not used.
        if whole:
            grow(
                ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval, have,
                lptr, lind, gate, shut, divide, favour, used, count, miss, taken, gain,
                TRIED_AGAIN, sites,
            )  # fmt: skip
            look[:] = False
            for s in range(sites):
                if taken[s] != best[s]:
                    mark(ptr, ind, tptr, tsite, lptr, lind, look, s)
            exchange(
                ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval, have,
                lptr, lind, gate, shut, held, used, count, miss, taken, gain, look,
                0, 0, EVERY,
            )  # fmt: skip
            favour[:] = 1.0
            grow(
                ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval, have,
                lptr, lind, gate, shut, divide, favour, used, count, miss, taken, gain,
                TRIED_AGAIN, sites,
            )  # fmt: skip
        now = value_of(weight, worth, count, miss)
        if whole and now >= kept:
            kept = now
            best[:] = taken
            continue
        for s in range(sites):
            if taken[s] != best[s]:
                move(
                    ptr, ind, tptr, tsite, tprob, weight, worth, rptr, rind, rval,
                    used, count, miss, taken, gain, s, 1 if best[s] else 0,
                )  # fmt: skip
    return state, kept
