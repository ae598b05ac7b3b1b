"""Rules that sites share: least spacing, one sensor a place, crews, existing sites."""

from collections.abc import Mapping

import numpy as np
from scipy.spatial import cKDTree

from linewatch.errors import BadValue
from linewatch.plan.siting.cover import Floats, Whole
from linewatch.plan.siting.limits import Links, Rows


def spacing(x: Floats, y: Floats, least_m: float, z: Floats | None = None) -> Rows:
    """Return rows that keep chosen sites at least a distance apart.

    Parameters
    ----------
    x, y : ndarray of float64, shape (sites,)
        Where the sites are [m].
    least_m : float
        Least distance between two chosen sites [m].
    z : ndarray of float64, shape (sites,), optional
        Their third coordinate [m], where they have one.

    Raises
    ------
    BadValue
        If `least_m` is below 0.
    """
    if not 0 <= least_m < np.inf:
        raise BadValue("the spacing", "0 m or more", least_m)
    axes = [x, y] if z is None else [x, y, z]
    near = cKDTree(np.stack(axes, axis=1)).query_pairs(
        np.nextafter(least_m, 0), output_type="ndarray"
    )
    rows = len(near)
    site = near.reshape(-1)
    order = np.argsort(site, kind="stable")
    ptr = np.zeros(len(x) + 1, np.int64)
    np.cumsum(np.bincount(site, minlength=len(x)), out=ptr[1:])
    return Rows(
        ptr=ptr,
        ind=np.repeat(np.arange(rows), 2)[order].astype(np.int32),
        val=np.ones(2 * rows),
        have=np.ones(rows),
        why=(f"sites at least {least_m:g} m apart",) * rows,
    )


def one_a_place(place: Whole) -> Rows:
    """Return rows that let each place hold one site at most: one kind a place."""
    order = np.argsort(place, kind="stable")
    first = np.flatnonzero(np.diff(place[order], prepend=-1) != 0)
    rules = [
        (mine, np.ones(len(mine)), 1.0, "one kind at a place")
        for mine in np.split(order, first[1:])
        if len(mine) > 1
    ]
    return Rows.of(len(place), rules)


def crews(
    kind: Whole,
    kinds: tuple[str, ...],
    takes: Mapping[str, Mapping[str, float]],
    have: Mapping[str, int],
) -> Rows:
    """Return rows that keep sites within the crews there are.

    Parameters
    ----------
    kind : ndarray of int64, shape (sites,)
        Kind of each site.
    kinds : tuple of str
        Names of the kinds.
    takes : mapping of str to mapping of str to float
        By crew, how many of it a site of each kind takes.
    have : mapping of str to int
        How many of each crew there are.
    """
    rules = []
    for crew, by_kind in takes.items():
        each = np.array([float(by_kind.get(name, 0.0)) for name in kinds])
        use = each[kind]
        mine = np.flatnonzero(use > 0)
        told = f"{have.get(crew, 0)} {crew} crews"
        rules.append((mine, use[mine], float(have.get(crew, 0)), told))
    return Rows.of(len(kind), rules)


def reach_rows(links: Links) -> Rows:
    """Return rows that every linked choice keeps: no site without a neighbour.

    They hold negative values, so they serve the bound alone: a chosen site that is at
    no gateway has at least one chosen neighbour. Cuts that are known join them.
    """
    sites = len(links.gate)
    far = np.flatnonzero(~links.gate)
    row_of = np.full(sites, -1, np.int64)
    row_of[far] = np.arange(len(far))
    site = np.repeat(np.arange(sites), np.diff(links.ptr))
    # The row of a site's neighbour holds the site with -1, and its own with 1.
    back = row_of[links.ind]
    keep = back >= 0
    sites_in = np.concatenate([far, site[keep]])
    rows_in = np.concatenate([np.arange(len(far)), back[keep]])
    val = np.concatenate([np.ones(len(far)), -np.ones(int(keep.sum()))])
    order = np.argsort(sites_in, kind="stable")
    ptr = np.zeros(sites + 1, np.int64)
    np.cumsum(np.bincount(sites_in, minlength=sites), out=ptr[1:])
    rows = Rows(
        ptr=ptr,
        ind=rows_in[order].astype(np.int32),
        val=val[order],
        have=np.zeros(len(far)),
        why=("a chain of sites to a gateway",) * len(far),
    )
    return rows if links.cuts is None else rows.joined(links.cuts)
