"""Cover tables: which site detects which cell, with what chance."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Places = NDArray[np.int32]

MIX: Final = np.uint64(0x9E3779B97F4A7C15)
"""Odd multiplier of SplitMix64, which spreads small numbers over 64 bits."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cover:
    """A sparse table of sites by cells.

    Parameters
    ----------
    ptr : ndarray of int64, shape (sites + 1,)
        Site `s` covers the cells ``ind[ptr[s]:ptr[s + 1]]``.
    ind : ndarray of int32
        Cells; none twice for one site.
    prob : ndarray of float64
        Chance of detection [-], by the same places, above 0 and at most 1.
    weight : ndarray of float64, shape (cells,)
        What each cell is worth, 0 or more.
    cost : ndarray of float64, shape (sites,)
        Cost of each site, 0 or more; 1 each by default in `Cover.of`.
    kind : ndarray of int64, shape (sites,)
        Kind of each site, from 0.

    Raises
    ------
    BadValue
        If an array breaks its rule.
    """

    ptr: Whole
    ind: Places
    prob: Floats
    weight: Floats
    cost: Floats
    kind: Whole

    def __post_init__(self) -> None:
        sites, cells = len(self.cost), len(self.weight)
        if (
            len(self.ptr) != sites + 1
            or self.ptr[0] != 0
            or self.ptr[-1] != len(self.ind)
        ):
            raise BadValue(
                "ptr", f"of {sites + 1} places from 0 to the pairs", self.ptr
            )
        if (np.diff(self.ptr) < 0).any():
            raise BadValue("ptr", "growing", "otherwise")
        if self.ind.size and not (self.ind.min() >= 0 and self.ind.max() < cells):
            raise BadValue("ind", f"from 0 to {cells - 1}", "otherwise")
        if not ((self.prob > 0) & (self.prob <= 1)).all():
            raise BadValue("prob", "above 0 and at most 1", "otherwise")
        if not (np.isfinite(self.weight) & (self.weight >= 0)).all():
            raise BadValue("weight", "0 or more", "otherwise")
        if not (np.isfinite(self.cost) & (self.cost >= 0)).all():
            raise BadValue("cost", "0 or more", "otherwise")
        if len(self.prob) != len(self.ind) or len(self.kind) != sites:
            raise BadValue("prob and kind", "as long as ind and cost", "otherwise")

    @classmethod
    def of(
        cls,
        site: NDArray[np.integer],
        cell: NDArray[np.integer],
        *,
        weight: Floats,
        cost: Floats,
        prob: Floats | None = None,
    ) -> "Cover":
        """Make a table of one kind from pairs in any order, the best of each pair."""
        chance = np.ones(len(site)) if prob is None else np.asarray(prob, np.float64)
        order = np.lexsort((-chance, cell, site))
        site, cell, chance = site[order], cell[order], chance[order]
        new = np.ones(len(site), dtype=bool)
        new[1:] = (np.diff(site) != 0) | (np.diff(cell) != 0)
        keep = new & (chance > 0)
        site, cell, chance = site[keep], cell[keep], chance[keep]
        ptr = np.zeros(len(cost) + 1, dtype=np.int64)
        np.cumsum(np.bincount(site, minlength=len(cost)), out=ptr[1:])
        return cls(
            ptr=ptr,
            ind=np.ascontiguousarray(cell, np.int32),
            prob=np.ascontiguousarray(chance, np.float64),
            weight=np.ascontiguousarray(weight, np.float64),
            cost=np.ascontiguousarray(cost, np.float64),
            kind=np.zeros(len(cost), np.int64),
        )

    @property
    def sites(self) -> int:
        """Number of sites."""
        return len(self.cost)

    @property
    def cells(self) -> int:
        """Number of cells."""
        return len(self.weight)

    @property
    def is_sure(self) -> bool:
        """True where every pair detects for certain."""
        return bool((self.prob == 1).all())


def merged(cover: Cover) -> tuple[Cover, Whole]:
    """Merge cells that the same sites cover with the same chances, and drop the rest.

    Their weights add up, so every choice of sites is worth the same as before; cells
    that no site covers, or that weigh nothing, are left out.

    Returns
    -------
    Cover, ndarray of int64
        The smaller table, and the row of it that each old cell went to, -1 for none.

    Notes
    -----
    Cells are told apart by two 64-bit sums of mixed site numbers and chances: two
    different cells agree by accident with a chance of about the pairs of cells over
    2^128.
    """
    sites = np.repeat(np.arange(cover.sites, dtype=np.uint64), np.diff(cover.ptr))
    bits = cover.prob.view(np.uint64)
    keys = []
    for salt in (1, 2):
        mixed = _mix(_mix(sites * np.uint64(2) + np.uint64(salt)) ^ bits)
        total = np.zeros(cover.cells, dtype=np.uint64)
        np.add.at(total, cover.ind, mixed)
        keys.append(total)
    worth = cover.weight > 0
    covered = np.zeros(cover.cells, dtype=bool)
    covered[cover.ind] = True
    kept = np.flatnonzero(covered & worth)
    both = np.empty(len(kept), dtype=[("a", np.uint64), ("b", np.uint64)])
    both["a"], both["b"] = keys[0][kept], keys[1][kept]
    _, first, row = np.unique(both, return_index=True, return_inverse=True)
    rows = np.full(cover.cells, -1, dtype=np.int64)
    rows[kept] = row
    speaks = np.zeros(cover.cells, dtype=bool)
    speaks[kept[first]] = True
    pairs = speaks[cover.ind]
    before = np.concatenate([[0], np.cumsum(pairs)])
    small = Cover(
        ptr=before[cover.ptr].astype(np.int64),
        ind=rows[cover.ind[pairs]].astype(np.int32),
        prob=np.ascontiguousarray(cover.prob[pairs]),
        weight=np.bincount(row, cover.weight[kept], minlength=len(first)).astype(float),
        cost=cover.cost,
        kind=cover.kind,
    )
    return small, rows


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread 64-bit numbers: the finisher of SplitMix64 (Steele et al., 2014)."""
    x = (x + np.uint64(1)) * MIX
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: NDArray[np.uint64] = x ^ (x >> np.uint64(31))
    return out
