"""Compiled exchange of sites where every pair is sure and one site covers a cell.

A table is by site, ``ind[ptr[s]:ptr[s + 1]]``, and by cell, ``tsite[tptr[j]:...]``. A
taken site stands in a slot. `gain` [site] is what a site more would add, `loss` [slot]
what would go with the site there, and `extra` [site, slot] what both cover and no other
taken site does: an exchange is worth ``gain[r] - loss[k] + extra[r, k]`` (Resende and
Werneck, 2007). Rows ``sum of val over the taken <= have`` say what may be taken
together: `rptr`, `rind`, `rval` by site, `used` by row.
"""

import numpy as np
from numpy.typing import NDArray

from linewatch.kernel import kernel

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Cells = NDArray[np.int32]
Flags = NDArray[np.bool_]

TINY = 1e-9


@kernel
def room_for(
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
def enter(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    weight: Floats,
    count: Whole,
    owner: Whole,
    gain: Floats,
    loss: Floats,
    extra: Floats,
    s: int,
    slot: int,
    sign: int,
) -> None:
    """Let site `s` into a slot (`sign` 1) or out of it (-1); bring all up to date."""
    for at in range(ptr[s], ptr[s + 1]):
        j = ind[at]
        w = weight[j]
        before = count[j]
        count[j] += sign
        owner[j] += sign * slot
        if before + (sign - 1) // 2 == 0:
            # Nobody else covers it.
            loss[slot] += sign * w
            for place in range(tptr[j], tptr[j + 1]):
                r = tsite[place]
                gain[r] -= sign * w
                extra[r, slot] += sign * w
        elif before + (sign - 1) // 2 == 1:
            # One other does: alone before, or alone now.
            other = owner[j] - slot if sign == 1 else owner[j]
            loss[other] -= sign * w
            for place in range(tptr[j], tptr[j + 1]):
                extra[tsite[place], other] -= sign * w


@kernel
def climb(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    weight: Floats,
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    held: Flags,
    shut: Flags,
    count: Whole,
    owner: Whole,
    gain: Floats,
    loss: Floats,
    extra: Floats,
    slots: Whole,
    taken: Flags,
    steps: int,
) -> float:
    """Make the best addition or exchange until none helps; return what was won.

    `slots` holds the site of each slot, -1 for none. `shut` sites never come in.
    """
    won = 0.0
    sites = ptr.size - 1
    for _ in range(steps):
        best, pick, where = TINY, -1, -1
        empty = -1
        for k in range(slots.size):
            if slots[k] < 0:
                empty = k
                break
        for r in range(sites):
            # What both cover is at most what goes, so no exchange beats the gain.
            if gain[r] <= best or taken[r] or shut[r]:
                continue
            if empty >= 0 and room_for(rptr, rind, rval, have, used, r, -1):
                best, pick, where = gain[r], r, empty
                continue
            for k in range(slots.size):
                worth = gain[r] - loss[k] + extra[r, k]
                if (
                    worth > best
                    and slots[k] >= 0
                    and not held[slots[k]]
                    and room_for(rptr, rind, rval, have, used, r, slots[k])
                ):
                    best, pick, where = worth, r, k
        if pick < 0:
            return won
        if slots[where] >= 0:
            out = slots[where]
            enter(
                ptr, ind, tptr, tsite, weight, count, owner, gain, loss, extra,
                out, where, -1,
            )  # fmt: skip
            taken[out] = False
            for at in range(rptr[out], rptr[out + 1]):
                used[rind[at]] -= rval[at]
        enter(
            ptr, ind, tptr, tsite, weight, count, owner, gain, loss, extra,
            pick, where, 1,
        )  # fmt: skip
        taken[pick] = True
        slots[where] = pick
        for at in range(rptr[pick], rptr[pick + 1]):
            used[rind[at]] += rval[at]
        won += best
    return won


@kernel
def shake(
    ptr: Whole,
    ind: Cells,
    tptr: Whole,
    tsite: Cells,
    weight: Floats,
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    held: Flags,
    shut: Flags,
    count: Whole,
    owner: Whole,
    gain: Floats,
    loss: Floats,
    extra: Floats,
    slots: Whole,
    taken: Flags,
    kicks: int,
    enough: float,
    seed: int,
) -> float:
    """Give up a few neighbouring sites, fill and climb; keep what is no worse.

    Returns what was won over the start; ends early once that is `enough`. The state
    ends at the best choice met.
    """
    state = (seed + 1) * 48_271 % 2_147_483_647
    won = 0.0
    kept = slots.copy()
    barred = shut.copy()
    out = np.empty(slots.size, dtype=np.int64)
    for _ in range(kicks):
        if won >= enough:
            break
        free = np.flatnonzero(slots >= 0)
        if free.size < 2:
            break
        change = 0.0
        state = state * 48_271 % 2_147_483_647
        first = slots[free[state % free.size]]
        state = state * 48_271 % 2_147_483_647
        size = min(1 + state % 5, free.size)
        gone = 0
        for n in range(size):
            state = state * 48_271 % 2_147_483_647
            slot = free[state % free.size]
            if n == 0:
                for k in free:
                    if slots[k] == first:
                        slot = k
            elif n < 4 and ptr[first] < ptr[first + 1]:
                # A neighbour: a site in whose ground the first one also looks.
                j = ind[ptr[first] + state % (ptr[first + 1] - ptr[first])]
                for place in range(tptr[j], tptr[j + 1]):
                    if taken[tsite[place]]:
                        for k in free:
                            if slots[k] == tsite[place]:
                                slot = k
            s = slots[slot]
            if s < 0 or held[s]:
                continue
            change -= loss[slot]
            enter(
                ptr, ind, tptr, tsite, weight, count, owner, gain, loss, extra,
                s, slot, -1,
            )  # fmt: skip
            taken[s] = False
            slots[slot] = -1
            for at in range(rptr[s], rptr[s + 1]):
                used[rind[at]] -= rval[at]
            state = state * 48_271 % 2_147_483_647
            if n == 0 or state % 3 == 0:
                barred[s] = True
                out[gone] = s
                gone += 1
        # Fill and climb without those given up, then with them.
        change += climb(
            ptr, ind, tptr, tsite, weight, rptr, rind, rval, have, used, held, barred,
            count, owner, gain, loss, extra, slots, taken, slots.size,
        )  # fmt: skip
        for n in range(gone):
            barred[out[n]] = shut[out[n]]
        change += climb(
            ptr, ind, tptr, tsite, weight, rptr, rind, rval, have, used, held, shut,
            count, owner, gain, loss, extra, slots, taken, 4 * slots.size,
        )  # fmt: skip
        if change >= -TINY:
            won += change
            kept[:] = slots
            continue
        for slot in range(slots.size):
            s = slots[slot]
            if s != kept[slot] and s >= 0:
                enter(
                    ptr, ind, tptr, tsite, weight, count, owner, gain, loss, extra,
                    s, slot, -1,
                )  # fmt: skip
                taken[s] = False
                for at in range(rptr[s], rptr[s + 1]):
                    used[rind[at]] -= rval[at]
        for slot in range(slots.size):
            s = kept[slot]
            if s != slots[slot] and s >= 0:
                enter(
                    ptr, ind, tptr, tsite, weight, count, owner, gain, loss, extra,
                    s, slot, 1,
                )  # fmt: skip
                taken[s] = True
                for at in range(rptr[s], rptr[s + 1]):
                    used[rind[at]] += rval[at]
            slots[slot] = s
    return won


@kernel
def start(ptr: Whole, ind: Cells, weight: Floats, gain: Floats) -> None:
    """Fill what each site adds to nothing."""
    for s in range(ptr.size - 1):
        total = 0.0
        for at in range(ptr[s], ptr[s + 1]):
            total += weight[ind[at]]
        gain[s] = total


@kernel
def greedy(
    ptr: Whole,
    ind: Cells,
    weight: Floats,
    rptr: Whole,
    rind: Cells,
    rval: Floats,
    have: Floats,
    used: Floats,
    divide: Floats,
    shut: Flags,
    count: Whole,
    taken: Flags,
) -> Whole:
    """Take the site with most new weight for what `divide` says, again and again.

    Returns the sites in the order taken; `used`, `count` and `taken` are brought up to
    date. Old gains are bounds (Minoux, 1978); what does not fit will not fit later.
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
        if not room_for(rptr, rind, rval, have, used, best, -1):
            upper[best] = 0.0
            continue
        if fresh[best] < size:
            gain = 0.0
            for at in range(ptr[best], ptr[best + 1]):
                if count[ind[at]] == 0:
                    gain += weight[ind[at]]
            upper[best] = gain / max(divide[best], TINY)
            fresh[best] = size
            continue
        for at in range(ptr[best], ptr[best + 1]):
            count[ind[at]] += 1
        taken[best] = True
        for at in range(rptr[best], rptr[best + 1]):
            used[rind[at]] += rval[at]
        order[size] = best
        size += 1
