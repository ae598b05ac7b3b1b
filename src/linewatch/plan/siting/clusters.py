"""Clusters: sites that look at the same ground, whose choices are counted exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from linewatch.plan.siting.cover import Cover, Floats, Places, Whole
from linewatch.plan.siting.limits import Flags, Rows

LEAST_SHARE: Final = 0.003
"""Sites chosen less often than this in the mean of the relaxed choices stay alone."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clusters:
    """Sites put together, as the kernels of the bound read them.

    Parameters
    ----------
    member : ndarray of int64, shape (sites,)
        Sites, cluster after cluster.
    mfirst, size, kind : ndarray of int64, shape (clusters,)
        First place in `member`, number of members and kind of each cluster.
    first : ndarray of int64, shape (clusters + 1,)
        First of each cluster's choices.
    eptr : ndarray of int64, shape (clusters + 1,)
        Entries of each cluster.
    cell, mask : ndarray of int32
        Cell of each entry, and the members that cover it, by bits.
    chance : ndarray of float64
        Chances by entry and member; empty where all are sure.
    pfirst : ndarray of int64, shape (clusters,)
        First chance of each cluster.
    ok : ndarray of bool
        Whether each choice keeps to the rows by itself.
    """

    member: Whole
    mfirst: Whole
    size: Whole
    kind: Whole
    first: Whole
    eptr: Whole
    cell: Places
    mask: Places
    chance: Floats
    pfirst: Whole
    ok: Flags


def clusters_of(
    table: Cover, groups: Sequence[Sequence[int]], rows: Rows, shut: Flags
) -> Clusters:
    """Lay out groups of sites of one kind each; sites in none stay alone."""
    alone = np.ones(table.sites, bool)
    for group in groups:
        alone[list(group)] = False
    singles = np.flatnonzero(alone)
    part = table.only(singles)
    sure = table.is_sure
    member, cells = [singles], [part.ind]
    masks = [np.ones(len(part.ind), np.int32)]
    chances = [part.chances]
    counts = [np.diff(part.ptr)]
    for group in groups:
        sites = np.asarray(group, np.int64)
        own = table.only(sites)
        cell, row = np.unique(own.ind, return_inverse=True)
        bit = np.repeat(np.arange(len(sites)), np.diff(own.ptr))
        mask = np.bincount(row, 1 << bit, minlength=len(cell)).astype(np.int32)
        member.append(sites)
        cells.append(cell.astype(np.int32))
        masks.append(mask)
        counts.append(np.array([len(cell)]))
        if not sure:
            full = np.zeros((len(cell), len(sites)))
            full[row, bit] = own.prob
            chances.append(full.reshape(-1))
    size = np.array([1] * len(singles) + [len(g) for g in groups], np.int64)
    each = np.concatenate(counts).astype(np.int64)
    order = np.concatenate(member).astype(np.int64)
    mfirst = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(1 << size)]).astype(np.int64)
    return Clusters(
        member=order,
        mfirst=mfirst,
        size=size,
        kind=table.kind[order[mfirst]] if len(order) else np.empty(0, np.int64),
        first=first,
        eptr=np.concatenate([[0], np.cumsum(each)]).astype(np.int64),
        cell=np.concatenate(cells),
        mask=np.concatenate(masks),
        chance=np.empty(0) if sure else np.concatenate(chances),
        pfirst=np.concatenate([[0], np.cumsum(each * size)[:-1]]).astype(np.int64),
        ok=_allowed(order, size, rows, shut),
    )


def _allowed(member: Whole, size: Whole, rows: Rows, shut: Flags) -> Flags:
    """Mark the choices that no row and no shut site forbids by itself."""
    mfirst = np.concatenate([[0], np.cumsum(size)])
    first = np.concatenate([[0], np.cumsum(1 << size)])
    ok = np.ones(int(first[-1]), bool)
    ok[first[:-1][size == 1] + 1] = ~shut[member[mfirst[:-1][size == 1]]]
    for c in np.flatnonzero(size > 1).tolist():
        sites = member[mfirst[c] : mfirst[c] + size[c]]
        choices = np.arange(1 << size[c])
        bits = (choices[:, None] >> np.arange(size[c])) & 1
        good = ~(bits[:, shut[sites]] > 0).any(axis=1)
        where: dict[int, Floats] = {}
        for n, s in enumerate(sites.tolist()):
            for at in range(rows.ptr[s], rows.ptr[s + 1]):
                use = where.setdefault(int(rows.ind[at]), np.zeros(len(sites)))
                use[n] = rows.val[at]
        for row, use in where.items():
            if use.sum() > rows.have[row]:
                good &= bits @ use <= rows.have[row] + 1e-9
        ok[first[c] : first[c + 1]] = good
    return ok


def grouped(table: Cover, price: Floats, share: Floats, most: int) -> list[list[int]]:
    """Put sites together that the relaxed choices take in part and that overlap.

    Parameters
    ----------
    table : Cover
        The table.
    price : ndarray of float64, shape (cells,)
        What a cell pays now.
    share : ndarray of float64, shape (sites,)
        How often each site is chosen in the mean of the relaxed choices [-].
    most : int
        Sites of a group at most.

    Notes
    -----
    What two sites would count twice is their common ground at its prices, weighed by
    their shares. The two groups with most in common are joined, again and again.
    """
    active = np.flatnonzero(share > LEAST_SHARE)
    own = table.only(active)
    shape = (len(active), table.cells)
    pairs = csr_array((own.prob * price[own.ind], own.ind, own.ptr), shape=shape)
    plain = csr_array((np.asarray(own.prob), own.ind, own.ptr), shape=shape)
    common = (pairs @ plain.T).tocoo()
    root = np.sqrt(np.minimum(share[active], 1.0))
    edges: list[dict[int, float]] = [{} for _ in active]
    for i, j, value in zip(
        common.row.tolist(), common.col.tolist(), common.data.tolist(), strict=True
    ):
        if i != j and table.kind[active[i]] == table.kind[active[j]]:
            edges[i][j] = value * float(root[i] * root[j])
    groups = _joined(edges, most)
    return [active[group].tolist() for group in groups if len(group) > 1]


def _joined(edges: list[dict[int, float]], most: int) -> list[NDArray[np.int64]]:
    """Join the two groups with the heaviest edge while they are small enough."""
    members: dict[int, list[int]] = {i: [i] for i in range(len(edges))}
    heap = [
        (-v, i, j) for i, mine in enumerate(edges) for j, v in mine.items() if i < j
    ]
    heapify(heap)
    while heap:
        value, i, j = heappop(heap)
        if i not in members or j not in members or edges[i].get(j) != -value:
            continue
        if len(members[i]) + len(members[j]) > most:
            continue
        members[i] += members.pop(j)
        for k, more in edges[j].items():
            del edges[k][j]
            if k != i:
                edges[k][i] = edges[i][k] = edges[i].get(k, 0.0) + more
        edges[j] = {}
        for k, v in edges[i].items():
            heappush(heap, (-v, min(i, k), max(i, k)))
    return [np.array(group) for group in members.values()]
