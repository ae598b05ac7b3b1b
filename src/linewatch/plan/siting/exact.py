"""Set cover and small cover problems, proven by HiGHS in SciPy."""

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.cover import Cover, Floats, Whole, merged
from linewatch.plan.siting.limits import PROVEN_GAP, Choice, Limits, Proof

SMALL_PAIRS: Final = 60_000
"""Pairs of a merged table up to which the solver is worth asking: above, it ends with
wide gaps where greedy, exchange and the volume bound end within a percent."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cheapest:
    """Sites that leave no cell uncovered.

    Parameters
    ----------
    sites : ndarray of int64
        The chosen sites.
    cost, bound : float
        Their cost, and the cost that no such choice stays under.
    uncoverable : int
        Cells with weight that too few sites can cover; they are covered as often as
        they can be.
    """

    sites: Whole
    cost: float
    bound: float
    uncoverable: int

    @property
    def gap(self) -> float:
        """Share of the cost that a cheaper choice could save at most [-]."""
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost else 0.0

    @property
    def proof(self) -> Proof:
        """How sure the choice is."""
        return Proof.BEST if self.gap <= PROVEN_GAP else Proof.GOOD


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Program:
    """Columns with costs and upper ends; rows ``low <= A x <= high``, A by column."""

    cost: Floats
    upper: Floats
    low: Floats
    high: Floats
    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats
    whole: NDArray[np.bool_]


def cover_all(cover: Cover, *, backup: int = 1, limit_s: float = 60.0) -> Cheapest:
    """Choose the cheapest sites that cover every cell at least `backup` times.

    Parameters
    ----------
    cover : Cover
        Sites by cells, with a cost a site; every pair certain. Cells of weight 0 need
        no cover.
    backup : int, default 1
        Sites that must cover each cell, or all of its sites where it has fewer.
    limit_s : float, default 60
        Longest that the solver searches [s].

    Raises
    ------
    NoPlan
        If the solver finds nothing in time.
    BadValue
        If `backup` is below 1, or a chance is below 1.

    Notes
    -----
    Set cover as a mixed-integer program for HiGHS, cells with the same sites merged
    first (Q. Huangfu and J. A. J. Hall, Math. Program. Comput. 10 (2018) 119-142,
    doi:10.1007/s12532-017-0130-5).
    """
    if backup < 1:
        raise BadValue("backup", "1 or more", backup)
    if not cover.is_sure:
        raise BadValue("prob", "1 where everything is to be covered", "less")
    often = np.bincount(cover.ind, minlength=cover.cells)
    short = int(((often < backup) & (cover.weight > 0)).sum())
    table, _ = merged(cover)
    own = np.bincount(table.ind, minlength=table.cells)
    program = _Program(
        cost=table.cost,
        upper=np.ones(table.sites),
        low=np.minimum(own, backup).astype(np.float64),
        high=np.full(table.cells, np.inf),
        start=table.ptr.astype(np.int32),
        index=table.ind,
        value=np.ones(len(table.ind)),
        whole=np.ones(table.sites, dtype=bool),
    )
    values, bound = _solved(program, limit_s)
    sites = np.flatnonzero(values > 0.5)
    cost = float(cover.cost[sites].sum())
    return Cheapest(sites=sites, cost=cost, bound=min(bound, cost), uncoverable=short)


def is_small(cover: Cover) -> bool:
    """Tell whether a table is small enough, and sure, for `sharpened`."""
    return cover.is_sure and len(merged(cover)[0].ind) <= SMALL_PAIRS


def sharpened(
    cover: Cover,
    limits: Limits,
    choice: Choice,
    *,
    backup: int = 1,
    limit_s: float = 20.0,
) -> Choice:
    """Return the solver's choice and bound where they are better than a choice's.

    Parameters
    ----------
    cover, limits, backup
        As for `choose`; limits of one kind, without held or barred sites.
    choice : Choice
        What is known already.
    limit_s : float, default 20
        Longest that the solver searches [s].
    """
    if choice.proof is Proof.BEST:
        return choice
    table, _ = merged(cover)
    sites, cells = table.sites, table.cells
    count = sites if limits.count is None else limits.count[0]
    rows = cells + 2
    # A site's column: -1 in the row of each of its cells, 1 in the count, its cost.
    tail = np.stack([np.ones(sites), table.cost], axis=1)
    of_site = np.split(table.ind, table.ptr[1:-1])
    index = [np.append(ind, (cells, cells + 1)) for ind in of_site]
    value = [np.append(-np.ones(len(i)), t) for i, t in zip(of_site, tail, strict=True)]
    lengths = [len(one) for one in index] + [1] * cells
    high = np.zeros(rows)
    high[cells:] = count, min(limits.budget, float(table.cost.sum()))
    program = _Program(
        cost=np.concatenate([np.zeros(sites), -table.weight]),
        upper=np.ones(sites + cells),
        low=np.full(rows, -np.inf),
        high=high,
        start=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32),
        index=np.concatenate([*index, np.arange(cells)]).astype(np.int32),
        value=np.concatenate([*value, np.full(cells, float(backup))]),
        whole=np.append(np.ones(sites, bool), np.full(cells, backup > 1)),
    )
    try:
        values, low = _solved(program, limit_s)
    except NoPlan:
        return choice
    chosen = np.flatnonzero(values[:sites] > 0.5)
    taken = np.repeat(np.isin(np.arange(sites), chosen), np.diff(table.ptr))
    often = np.bincount(table.ind[taken], minlength=cells)
    objective = float(table.weight[often >= backup].sum())
    bound = max(min(choice.bound, -low), choice.objective, objective)
    if objective <= choice.objective:
        return replace(choice, bound=bound)
    cost = float(table.cost[chosen].sum())
    return replace(choice, sites=chosen, objective=objective, bound=bound, cost=cost)


def _solved(program: _Program, limit_s: float) -> tuple[Floats, float]:
    """Return the columns and the proven bound of a program that is minimised."""
    shape = (len(program.low), len(program.cost))
    parts = (program.value, program.index, program.start)
    found: Any = milp(
        program.cost,
        integrality=program.whole.astype(np.int64),
        bounds=Bounds(0.0, program.upper),
        constraints=LinearConstraint(
            csc_array(parts, shape=shape), program.low, program.high
        ),
        options={"mip_rel_gap": 0.0, "time_limit": limit_s},
    )
    if found.x is None:
        raise NoPlan((f"the solver found no choice in {limit_s:g} s",))
    # Without a column that must be whole there is no tree, and so no bound of it.
    bound = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
    return np.asarray(found.x, np.float64), float(bound)
