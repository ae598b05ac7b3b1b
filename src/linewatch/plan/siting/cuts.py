"""Cuts: what must be chosen for a chosen site to reach a gateway."""

import numpy as np
from scipy.sparse import csr_array

from linewatch.plan.siting import _kernels_linked as loops
from linewatch.plan.siting.cover import Floats, Whole
from linewatch.plan.siting.limits import Flags, Links, Rows

LEAST_SHARE: float = 1e-3
"""Sites chosen less often than this in the relaxed choices carry no flow."""

LOOKED_SHARE: float = 0.05
"""Sites chosen at least this often are asked whether enough leads to them."""

LEAST_BREACH: float = 0.03
"""A cut is worth keeping when it lacks this much."""

NESTED: int = 4
"""Cuts sought one behind the other for a site."""

Cut = tuple[int, tuple[int, ...]]
"""A site, and sites of which one must be chosen if it is."""


def open_links(links: Links, shut: Flags) -> Links:
    """Return the links among sites that may be chosen."""
    site = np.repeat(np.arange(len(links.gate)), np.diff(links.ptr))
    other = links.ind.astype(np.int64)
    keep = ~shut[site] & ~shut[other]
    return Links.of(site[keep], other[keep], links.gate & ~shut)


def hops(links: Links) -> Whole:
    """Return how many sites lead to each, itself counted; -1 where none can."""
    far = np.full(len(links.gate), -1, np.int64)
    here, step = links.gate.copy(), 1
    while here.any():
        far[here] = step
        rim = np.zeros(len(far), bool)
        loops.edge_of(links.ptr, links.ind, here, np.zeros(len(far), bool), rim)
        here, step = rim & (far < 0), step + 1
    return far


def cut_rows(sites: int, cuts: list[Cut]) -> Rows:
    """Return cuts as rows: the site counts 1, those that lead to it -1 each."""
    site = [np.array((s, *lead), np.int64) for s, lead in cuts]
    each = np.array([len(one) for one in site], np.int64)
    at = np.concatenate([np.empty(0, np.int64), *site])
    row = np.repeat(np.arange(len(cuts)), each)
    val = np.full(len(at), -1.0)
    val[np.cumsum(each) - each] = 1.0
    order = np.argsort(at, kind="stable")
    ptr = np.zeros(sites + 1, np.int64)
    np.cumsum(np.bincount(at, minlength=sites), out=ptr[1:])
    return Rows(
        ptr=ptr,
        ind=row[order].astype(np.int32),
        val=val[order],
        have=np.zeros(len(cuts)),
        why=("a chain of sites to a gateway",) * len(cuts),
    )


def broken_cuts(links: Links, share: Floats) -> list[Cut]:
    """Return cuts that relaxed choices break.

    Parameters
    ----------
    links : Links
        Links among sites that may be chosen.
    share : ndarray of float64, shape (sites,)
        How often each site is chosen.

    Notes
    -----
    Every way from the gateways to a chosen site passes any set of sites that parts it
    from them, so one of that set is chosen: the set counts at least as often as the
    site (node separators: Fischetti et al. 2017, doi:10.1007/s12532-016-0111-0). Sets
    that count less are found as narrow places of a flow through the sites.
    """
    mine = np.flatnonzero(share > LEAST_SHARE)
    wall = np.ones(len(share), bool)
    wall[mine] = False
    whole = csr_array(
        (np.ones(len(links.ind)), links.ind, links.ptr), (len(share), len(share))
    )
    small = csr_array(whole[mine][:, mine])
    ptr, ind = small.indptr.astype(np.int64), small.indices.astype(np.int32)
    back, gate = loops.back_of(ptr, ind), links.gate[mine]
    near, far = np.zeros((2, len(mine)), bool)
    cuts: dict[Cut, None] = {}
    for at in np.argsort(-share[mine], kind="stable").tolist():
        need, s = float(share[mine[at]]), int(mine[at])
        if need < LOOKED_SHARE or gate[at]:
            continue
        room = share[mine].copy()
        for _ in range(NESTED):
            got = loops.flow_to(ptr, ind, back, gate, room, at, need, near, far)
            if got >= need - LEAST_BREACH:
                break
            cuts[s, _whole_cut(links, wall, s, mine[near], at_gates=True)] = None
            cuts[s, _whole_cut(links, wall, s, mine[far], at_gates=False)] = None
            room[near | far] = np.maximum(room[near | far], need)
    return list(cuts)


def _whole_cut(
    links: Links, wall: Flags, s: int, narrow: Whole, *, at_gates: bool
) -> tuple[int, ...]:
    """Return a smallest set that parts a site from the gateways, unchosen sites too.

    It goes along one side of what parts them among the sites that are chosen at all.
    """
    sites = len(wall)
    gates, own = np.flatnonzero(links.gate), np.array([s])
    first, second = (gates, own) if at_gates else (own, gates)
    stop = wall.copy()
    stop[narrow] = True
    none, inside, rim = np.zeros((3, sites), bool)
    loops.reach_of(links.ptr, links.ind, first, stop, inside)
    loops.edge_of(links.ptr, links.ind, inside, none, rim)
    if at_gates:
        rim |= links.gate & ~inside  # gates that carry nothing stand in the way too
    beyond, edge = np.zeros((2, sites), bool)
    loops.reach_of(links.ptr, links.ind, second, rim, beyond)
    loops.edge_of(links.ptr, links.ind, beyond, none, edge)
    if not at_gates:
        edge |= links.gate
    return tuple(np.flatnonzero(edge & rim).tolist())
