"""Cover tables: which site detects which cell, with what chance."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.plan.siting import _kernels_merge as loops

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Places = NDArray[np.int32]

NO_BITS: Final = np.empty(0, np.uint64)


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
        Chance of detection [-], by the same places, above 0 and at most 1; from `sure`
        where every pair is, which takes no memory.
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
        told = self.prob[:1] if self.prob.strides == (0,) else self.prob
        if not ((told > 0) & (told <= 1)).all():
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
        chance = sure(len(site)) if prob is None else np.asarray(prob, np.float64)
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
            prob=sure(len(cell)) if prob is None else np.ascontiguousarray(chance),
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
        told = self.prob[:1] if self.prob.strides == (0,) else self.prob
        return bool((told == 1).all())

    @property
    def chances(self) -> Floats:
        """The chances, one a pair; none at all where every pair is sure."""
        return np.empty(0) if self.is_sure else np.ascontiguousarray(self.prob)

    def only(self, sites: Whole) -> "Cover":
        """Return the table of some of the sites, in their order."""
        ptr, ind, place = loops.columns(self.ptr, self.ind, sites)
        return Cover(
            ptr=ptr,
            ind=ind,
            prob=sure(len(ind)) if self.is_sure else self.prob[place],
            weight=self.weight,
            cost=self.cost[sites],
            kind=self.kind[sites],
        )


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
    bits = NO_BITS
    if not cover.is_sure:
        bits = np.ascontiguousarray(cover.prob).view(np.uint64)
    keys = []
    for salt in (1, 2):
        total = np.zeros(cover.cells, dtype=np.uint64)
        loops.fingerprint(cover.ptr, cover.ind, bits, salt, total)
        keys.append(total)
    covered = np.zeros(cover.cells, dtype=bool)
    covered[cover.ind] = True
    kept = np.flatnonzero(covered & (cover.weight > 0))
    first, row = _alike(keys[0][kept], keys[1][kept])
    rows = np.full(cover.cells, -1, dtype=np.int64)
    rows[kept] = row
    speaks = np.zeros(cover.cells, dtype=bool)
    speaks[kept[first]] = True
    ptr, ind, place = loops.shrink(
        cover.ptr, cover.ind, rows, speaks, int(not cover.is_sure)
    )
    small = Cover(
        ptr=ptr,
        ind=ind,
        prob=sure(len(ind)) if cover.is_sure else cover.prob[place],
        weight=np.bincount(row, cover.weight[kept], minlength=len(first)).astype(float),
        cost=cover.cost,
        kind=cover.kind,
    )
    return small, rows


def unit_of(values: NDArray[np.float64]) -> float:
    """Return the power of two that brings the largest of some values to 1 up to 2.

    Searches and solvers end on differences that are small beside 1; without it, weights
    that are small themselves would pass for rounding. Dividing by it is exact. Whole
    values keep their own unit, 1, for bounds are cut to whole numbers.
    """
    most = float(values.max(initial=0.0))
    if not most or bool((values == np.rint(values)).all()):
        return 1.0
    return math.ldexp(1.0, math.frexp(most)[1] - 1)


def sure(pairs: int) -> Floats:
    """Return a chance of 1 for each pair, in the memory of one."""
    return np.broadcast_to(np.float64(1.0), (pairs,))


def _alike(one: NDArray[np.uint64], other: NDArray[np.uint64]) -> tuple[Whole, Whole]:
    """Return the first of each equal pair of keys, and which of them each is."""
    _, first, row = np.unique(one, return_index=True, return_inverse=True)
    if (other == other[first][row]).all():
        return first, row
    both = np.empty(len(one), dtype=[("a", np.uint64), ("b", np.uint64)])
    both["a"], both["b"] = one, other
    _, first, row = np.unique(both, return_index=True, return_inverse=True)
    return first, row
