"""Compiled loops of the bound on linked choices. Callers have checked every argument.

Links are by site: ``lind[lptr[s]:lptr[s + 1]]`` are the sites that `s` can talk to. As
arcs of a tree the same places say who may be the parent of `s`; `lrev` is the place of
the arc the other way round, `edge` the number that both share.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]
Flags = NDArray[np.bool_]

NEVER = -1e300
"""What a site earns that no parent may lead to."""

TINY = 1e-9


@kernel
def back_of(lptr: Whole, lind: Cells) -> Whole:
    """Return, for each link of a site, the place of the link the other way round."""
    back = np.empty(lind.size, dtype=np.int64)
    for s in range(lptr.size - 1):
        for at in range(lptr[s], lptr[s + 1]):
            t = lind[at]
            for other in range(lptr[t], lptr[t + 1]):
                if lind[other] == s:
                    back[at] = other
                    break
    return back


@kernel
def commons(
    ptr: Whole, ind: Cells, chance: Floats, one: Whole, other: Whole
) -> tuple[Whole, Cells, Floats]:
    """Return the cells that both sites of each pair cover, and the chances' product.

    `chance` is empty where every pair is sure, and so are the products then.
    """
    most = 0
    for j in ind:
        most = max(most, j + 1)
    place = np.full(most, -1, dtype=np.int64)
    eptr = np.zeros(one.size + 1, dtype=np.int64)
    cell, both = np.empty(0, dtype=np.int32), np.empty(0)
    for fill in range(2):
        if fill == 1:
            for e in range(one.size):
                eptr[e + 1] += eptr[e]
            cell = np.empty(eptr[one.size], dtype=np.int32)
            both = np.empty(eptr[one.size] if chance.size else 0)
        last = -1
        for e in range(one.size):
            s = one[e]
            if s != last:
                if last >= 0:
                    for at in range(ptr[last], ptr[last + 1]):
                        place[ind[at]] = -1
                for at in range(ptr[s], ptr[s + 1]):
                    place[ind[at]] = at
                last = s
            size = 0
            for at in range(ptr[other[e]], ptr[other[e] + 1]):
                mine = place[ind[at]]
                if mine < 0:
                    continue
                if fill == 1:
                    cell[eptr[e] + size] = ind[at]
                    if chance.size:
                        both[eptr[e] + size] = chance[at] * chance[mine]
                size += 1
            if fill == 0:
                eptr[e + 1] = size
        if last >= 0:
            for at in range(ptr[last], ptr[last + 1]):
                place[ind[at]] = -1
    return eptr, cell, both


@kernel
def values_of(
    ptr: Whole, ind: Cells, chance: Floats, price: Floats, value: Floats
) -> None:
    """Fill what each site, or each pair's common ground, is worth at prices."""
    for s in range(ptr.size - 1):
        total = 0.0
        if chance.size == 0:
            for at in range(ptr[s], ptr[s + 1]):
                total += price[ind[at]]
        else:
            for at in range(ptr[s], ptr[s + 1]):
                total += price[ind[at]] * chance[at]
        value[s] = total


@kernel
def best_parents(
    lptr: Whole,
    lrev: Whole,
    edge: Whole,
    common: Floats,
    fee: Floats,
    root: Flags,
    value: Floats,
    net: Floats,
    pick: Whole,
) -> None:
    """Fill what each site earns with its best parent, and the arc to it (-1: root).

    A site loses what it has in common with its parent; the arc and the one back each
    have a fee, and the fee of an arc goes to its parent.
    """
    for s in range(lptr.size - 1):
        best, arc, given = NEVER, -1, 0.0
        if root[s]:
            best = 0.0
        for at in range(lptr[s], lptr[s + 1]):
            given += fee[lrev[at]]
            worth = -common[edge[at]] - fee[at] - fee[lrev[at]]
            if worth > best:
                best, arc = worth, at
        net[s] = value[s] + best + given if best > NEVER else NEVER
        pick[s] = arc


@kernel
def fees_of_others(
    ptr: Whole,
    ind: Cells,
    chance: Floats,
    price: Floats,
    lptr: Whole,
    lind: Cells,
    lrev: Whole,
    inside: Flags,
    shut: Flags,
    spare: Floats,
    fee: Floats,
) -> None:
    """Ask a fee for parents outside that leave a site inside no better off.

    `spare` is how much a site earns beside what it may, had it no parent.
    """
    most = np.zeros(price.size)
    for s in range(lptr.size - 1):
        if not inside[s] or spare[s] <= 0.0:
            continue
        for at in range(ptr[s], ptr[s + 1]):
            sure = chance[at] if chance.size else 1.0
            most[ind[at]] = price[ind[at]] * sure
        for at in range(lptr[s], lptr[s + 1]):
            t = lind[at]
            if inside[t] or shut[t]:
                continue
            due = spare[s] - fee[lrev[at]]
            for place in range(ptr[t], ptr[t + 1]):
                sure = chance[place] if chance.size else 1.0
                due -= most[ind[place]] * sure
                if due <= 0.0:
                    break
            fee[at] = max(due, 0.0)
        for at in range(ptr[s], ptr[s + 1]):
            most[ind[at]] = 0.0


@kernel
def best_of_all(
    ptr: Whole,
    ind: Cells,
    chance: Floats,
    price: Floats,
    lptr: Whole,
    lind: Cells,
    lrev: Whole,
    fee: Floats,
    root: Flags,
    shut: Flags,
    value: Floats,
    net: Floats,
) -> None:
    """Do as `best_parents` for a whole table, common ground worked out on the way."""
    most = np.zeros(price.size)
    for s in range(lptr.size - 1):
        net[s] = NEVER
        if shut[s]:
            continue
        for at in range(ptr[s], ptr[s + 1]):
            sure = chance[at] if chance.size else 1.0
            most[ind[at]] = price[ind[at]] * sure
        best, given = NEVER, 0.0
        if root[s]:
            best = 0.0
        for at in range(lptr[s], lptr[s + 1]):
            t = lind[at]
            if shut[t]:
                continue
            given += fee[lrev[at]]
            worth = -fee[at] - fee[lrev[at]]
            if worth <= best:
                continue
            for place in range(ptr[t], ptr[t + 1]):
                sure = chance[place] if chance.size else 1.0
                worth -= most[ind[place]] * sure
                if worth <= best:
                    break
            best = max(best, worth)
        if best > NEVER:
            net[s] = value[s] + best + given
        for at in range(ptr[s], ptr[s + 1]):
            most[ind[at]] = 0.0


@kernel
def cover_of(
    ptr: Whole,
    ind: Cells,
    chance: Floats,
    cptr: Whole,
    cell: Cells,
    both: Floats,
    edge: Whole,
    pick: Whole,
    chosen: Whole,
    covered: Floats,
) -> None:
    """Add what the chosen sites cover, each less what its parent covers too."""
    for s in range(chosen.size):
        if chosen[s] == 0:
            continue
        for at in range(ptr[s], ptr[s + 1]):
            covered[ind[at]] += chance[at] if chance.size else 1.0
        if pick[s] >= 0:
            e = edge[pick[s]]
            for at in range(cptr[e], cptr[e + 1]):
                covered[cell[at]] -= both[at] if both.size else 1.0


@kernel
def reach_of(lptr: Whole, lind: Cells, start: Whole, wall: Flags, seen: Flags) -> None:
    """Mark all sites that the starting ones lead to without stepping on a wall."""
    ahead = np.empty(lptr.size, dtype=np.int64)
    tail = 0
    for s in start:
        if not wall[s] and not seen[s]:
            seen[s] = True
            ahead[tail] = s
            tail += 1
    head = 0
    while head < tail:
        s = ahead[head]
        head += 1
        for at in range(lptr[s], lptr[s + 1]):
            t = lind[at]
            if not seen[t] and not wall[t]:
                seen[t] = True
                ahead[tail] = t
                tail += 1


@kernel
def edge_of(lptr: Whole, lind: Cells, inside: Flags, gate: Flags, rim: Flags) -> None:
    """Mark the sites outside a set, and the gates in it, that its sites talk to."""
    for s in range(inside.size):
        if inside[s]:
            for at in range(lptr[s], lptr[s + 1]):
                if not inside[lind[at]]:
                    rim[lind[at]] = True
            if gate[s]:
                rim[s] = True


@kernel
def flow_to(
    lptr: Whole,
    lind: Cells,
    lrev: Whole,
    gate: Flags,
    room: Floats,
    target: int,
    need: float,
    near: Flags,
    far: Flags,
) -> float:
    """Return what can flow from the gates to a site through sites of so much room.

    Stops at `need`. Below it, `near` and `far` are the narrow places closest to the
    gates and closest to the site. A site has two halves: in (2 s) and out (2 s + 1).
    """
    sites = lptr.size - 1
    flow, through = np.zeros(lind.size), np.zeros(sites)
    came = np.empty(2 * sites, dtype=np.int64)
    ahead = np.empty(2 * sites, dtype=np.int64)
    total = 0.0
    while True:
        came[:] = -2
        head, tail, found = 0, 0, False
        for s in range(sites):
            if gate[s]:
                came[2 * s] = -1
                ahead[tail] = 2 * s
                tail += 1
        while head < tail and not found:
            half = ahead[head]
            head += 1
            s = half >> 1
            if half & 1 == 0:
                if s == target:
                    found = True
                    break
                if room[s] - through[s] > TINY and came[half + 1] == -2:
                    came[half + 1] = half
                    ahead[tail] = half + 1
                    tail += 1
                for at in range(lptr[s], lptr[s + 1]):
                    t = lind[at]
                    if flow[lrev[at]] > TINY and came[2 * t + 1] == -2:
                        came[2 * t + 1] = half
                        ahead[tail] = 2 * t + 1
                        tail += 1
            else:
                if through[s] > TINY and came[half - 1] == -2:
                    came[half - 1] = half
                    ahead[tail] = half - 1
                    tail += 1
                for at in range(lptr[s], lptr[s + 1]):
                    t = lind[at]
                    if came[2 * t] == -2:
                        came[2 * t] = half
                        ahead[tail] = 2 * t
                        tail += 1
        if not found:
            break
        more = need - total
        for make in range(2):
            half = 2 * target
            while came[half] != -1:
                before = came[half]
                s, t = half >> 1, before >> 1
                if s == t:
                    forth = half & 1 == 1
                    if make == 1:
                        through[s] += more if forth else -more
                    else:
                        more = min(more, room[s] - through[s] if forth else through[s])
                elif half & 1 == 1:
                    # What flowed from s to t goes elsewhere.
                    for at in range(lptr[s], lptr[s + 1]):
                        if lind[at] == t:
                            if make == 1:
                                flow[at] -= more
                            else:
                                more = min(more, flow[at])
                elif make == 1:
                    for at in range(lptr[t], lptr[t + 1]):
                        if lind[at] == s:
                            flow[at] += more
                half = before
        total += more
        if total >= need - TINY:
            return total
    for s in range(sites):
        near[s] = came[2 * s] != -2 and came[2 * s + 1] == -2 and s != target
    came[:] = -2
    came[2 * target] = -1
    ahead[0] = 2 * target
    head, tail = 0, 1
    while head < tail:
        half = ahead[head]
        head += 1
        s = half >> 1
        if half & 1 == 1:
            if room[s] - through[s] > TINY and came[half - 1] == -2:
                came[half - 1] = half
                ahead[tail] = half - 1
                tail += 1
            for at in range(lptr[s], lptr[s + 1]):
                t = lind[at]
                if flow[at] > TINY and came[2 * t] == -2:
                    came[2 * t] = half
                    ahead[tail] = 2 * t
                    tail += 1
        else:
            if through[s] > TINY and came[half + 1] == -2:
                came[half + 1] = half
                ahead[tail] = half + 1
                tail += 1
            for at in range(lptr[s], lptr[s + 1]):
                t = lind[at]
                if came[2 * t + 1] == -2:
                    came[2 * t + 1] = half
                    ahead[tail] = 2 * t + 1
                    tail += 1
    for s in range(sites):
        far[s] = came[2 * s + 1] != -2 and came[2 * s] == -2
    return total
