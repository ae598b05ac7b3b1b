"""Choosing sites from a cover table, with a proven bound on how good any choice is."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.plan.siting import _kernels as loops
from linewatch.plan.siting._kernels_bound import volume
from linewatch.plan.siting.cover import Cover, Floats, Whole, merged

PROVEN_GAP: Final = 1e-6
"""Share of the bound within which a choice counts as proven best."""


class Proof(StrEnum):
    """How sure a choice is."""

    BEST = "best"
    """No choice is worth more: proven."""
    GOOD = "good"
    """A better one may exist, but none above the bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How long to try.

    Parameters
    ----------
    kicks : int
        Times that a few sites are given up and chosen anew.
    rounds : int
        Steps of the bound.
    seed : int
        Of the kicks.
    """

    kicks: int = 0
    rounds: int = 3_000
    seed: int = 1

    def __post_init__(self) -> None:
        if self.kicks < 0 or self.rounds < 1:
            raise BadValue("effort", "0 or more kicks and 1 or more rounds", self)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Limits:
    """What may be chosen.

    Parameters
    ----------
    count : tuple of int, optional
        Sites of each kind at most; without end when None.
    budget : float, default inf
        Cost of all chosen sites at most.
    held : ndarray of bool, shape (sites,), optional
        Sites that are chosen in any case, beyond count and budget.
    barred : ndarray of bool, shape (sites,), optional
        Sites that are never chosen.

    Raises
    ------
    BadValue
        If a count or the budget is below 0.
    """

    count: tuple[int, ...] | None = None
    budget: float = math.inf
    held: NDArray[np.bool_] | None = None
    barred: NDArray[np.bool_] | None = None

    def __post_init__(self) -> None:
        if self.count is not None and min(self.count, default=0) < 0:
            raise BadValue("count", "0 or more", self.count)
        if not self.budget >= 0:
            raise BadValue("budget", "0 or more", self.budget)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice:
    """A choice of sites.

    Parameters
    ----------
    sites : ndarray of int64
        The chosen sites, the most valuable first.
    objective : float
        What the choice is worth: weight covered, or covered often enough, or expected
        to be detected.
    bound : float
        No choice within the limits is worth more.
    cost : float
        Cost of the chosen sites.
    greedy : float
        What taking the best site again and again was worth, before exchanges.
    """

    sites: Whole
    objective: float
    bound: float
    cost: float
    greedy: float

    @property
    def gap(self) -> float:
        """Share of the bound that the choice may fall short of the best [-]."""
        return (
            max(0.0, (self.bound - self.objective) / self.bound) if self.bound else 0.0
        )

    @property
    def proof(self) -> Proof:
        """How sure the choice is."""
        return Proof.BEST if self.gap <= PROVEN_GAP else Proof.GOOD


def choose(
    cover: Cover,
    limits: Limits,
    *,
    backup: int = 1,
    effort: Effort | None = None,
) -> Choice:
    """Choose the sites that are worth most together.

    Parameters
    ----------
    cover : Cover
        Sites by cells. Where chances are below 1, the expected weight detected by at
        least one site counts.
    limits : Limits
        What may be chosen.
    backup : int, default 1
        Sites that must cover a cell for it to count.
    effort : Effort, optional
        How long to try.

    Returns
    -------
    Choice
        Never worth less than taking the best site again and again.

    Raises
    ------
    BadValue
        If `backup` is below 1, or above 1 with chances below 1.

    Notes
    -----
    Identical cells are merged; sites are taken greedily [1]_ with old gains as bounds
    [2]_; single sites are exchanged; and the volume algorithm [3]_ bounds the linear
    relaxation, in which a cell counts at most the sum of its sites' chances.

    References
    ----------
    .. [1] G. L. Nemhauser, L. A. Wolsey and M. L. Fisher, "An analysis of
       approximations for maximizing submodular set functions I," Math. Program. 14
       (1978) 265-294, doi:10.1007/BF01588971.
    .. [2] M. Minoux, "Accelerated greedy algorithms for maximizing submodular set
       functions," LNCIS 7 (1978) 234-243, doi:10.1007/BFb0006528.
    .. [3] F. Barahona and R. Anbil, "The volume algorithm: producing primal solutions
       with a subgradient method," Math. Program. 87 (2000) 385-399,
       doi:10.1007/s101070050002.
    """
    if backup < 1:
        raise BadValue("backup", "1 or more", backup)
    if backup > 1 and not cover.is_sure:
        raise BadValue("backup", "1 where chances are below 1", backup)
    effort = effort or Effort()
    table, _ = merged(cover)
    search = _Search(table, limits, backup)
    greedy = search.fill()
    search.improve(effort)
    sites = np.flatnonzero(search.taken)
    objective = search.objective
    bound = _bound(table, search, objective, effort)
    return Choice(
        sites=sites[np.argsort(-search.alone()[sites], kind="stable")],
        objective=objective,
        bound=max(bound, objective),
        cost=float(cover.cost[sites].sum()),
        greedy=greedy,
    )


class _Search:
    """The state of one search: what is taken, and what each site would add."""

    def __init__(self, table: Cover, limits: Limits, backup: int) -> None:
        self.table = table
        sites, kinds = table.sites, int(table.kind.max(initial=0)) + 1
        none = np.zeros(sites, dtype=bool)
        self.held = none if limits.held is None else limits.held.copy()
        self.barred = none if limits.barred is None else limits.barred
        plenty = np.full(kinds, sites, dtype=np.int64)
        self.limit = plenty
        if limits.count is not None:
            self.limit = np.array(limits.count, np.int64)
            if len(self.limit) < kinds:
                raise BadValue("count", f"one for each of {kinds} kinds", limits.count)
        self.budget = limits.budget
        steps = np.arange(backup + 1) / backup
        # A cell half covered is worth a little on the way, or no first site would pay.
        self.worth = np.empty(0) if backup == 1 else 0.02 * steps + (steps >= 1)
        self.backup = backup
        self.taken = none.copy()
        self.count = np.zeros(table.cells, np.int64)
        self.miss = np.ones(table.cells)
        self.left = self.limit.copy()
        self.by_cell = loops.flip(table.ptr, table.ind, table.prob, table.cells)

    @property
    def objective(self) -> float:
        """What the taken sites are worth."""
        if self.backup > 1:
            return float(self.table.weight[self.count >= self.backup].sum())
        return float((self.table.weight * (1 - self.miss)).sum())

    def fill(self) -> float:
        """Take sites greedily; with a budget try by gain and by gain per cost."""
        best, value = None, -math.inf
        for per_cost in (False, True) if self.budget < math.inf else (False,):
            for worth in self._ways():
                self._restart()
                self._greedy(worth, per_cost=per_cost)
                if self.objective > value:
                    best, value = self.taken.copy(), self.objective
        self._restart(best)
        return self.objective

    def _ways(self) -> list[Floats]:
        """Return the worths that greedy tries: for backup, also even steps to it."""
        steps = np.arange(self.backup + 1) / self.backup
        return [self.worth] if self.backup == 1 else [self.worth, steps]

    def _restart(self, taken: NDArray[np.bool_] | None = None) -> None:
        """Set the state to the held sites, or to `taken`."""
        table = self.table
        self.taken = (self.held if taken is None else taken).copy()
        pairs = np.repeat(self.taken, np.diff(table.ptr))
        self.count = np.bincount(table.ind[pairs], minlength=table.cells).astype(
            np.int64
        )
        self.miss = np.ones(table.cells)
        np.multiply.at(self.miss, table.ind[pairs], 1 - table.prob[pairs])
        free = self.taken & ~self.held
        used = np.bincount(table.kind[free], minlength=len(self.limit))
        self.left = self.limit - used

    def _greedy(self, worth: Floats, *, per_cost: bool) -> None:
        """Take the best site again and again."""
        table = self.table
        shut = self.taken | self.barred
        loops.greedy(
            table.ptr,
            table.ind,
            table.prob,
            table.weight,
            worth,
            table.kind,
            self.left,
            table.cost,
            self.budget,
            int(per_cost),
            self.count,
            self.miss,
            shut,
        )
        self.taken = shut & ~(self.barred & ~self.held)

    def improve(self, effort: Effort) -> None:
        """Exchange sites; keep the start where exchanges did not help."""
        table = self.table
        start, value = self.taken.copy(), self.objective
        gain = self.alone(fresh=True)
        gain[self.barred] = -math.inf
        # Held sites are paid for beyond the budget, so they count for nothing in it.
        cost = np.where(self.held, 0.0, table.cost)
        budget = self.budget
        shared = (
            table.ptr,
            table.ind,
            *self.by_cell,
            table.weight,
            self.worth,
            table.kind,
        )
        state = (self.held, self.count, self.miss, self.taken, gain)
        loops.swap(*shared, self.left, cost, budget, *state, table.sites)
        full = bool((self.left == 0).all())
        if effort.kicks and full and budget == math.inf:
            loops.kick(*shared, *state, effort.kicks, effort.seed)
        if self.objective < value:
            self._restart(start)

    def alone(self, *, fresh: bool = False) -> Floats:
        """Return what each site adds to nothing, or to the state when `fresh`."""
        table = self.table
        count = self.count if fresh else np.zeros_like(self.count)
        miss = self.miss if fresh else np.ones_like(self.miss)
        by_pair = table.weight * miss
        if self.worth.size:
            top = self.worth.size - 1
            more = (
                self.worth[np.minimum(count + 1, top)]
                - self.worth[np.minimum(count, top)]
            )
            by_pair = table.weight * more
        site = np.repeat(np.arange(table.sites), np.diff(table.ptr))
        pairs = by_pair[table.ind] * table.prob
        return np.bincount(site, pairs, minlength=table.sites).astype(np.float64)


def _bound(table: Cover, search: _Search, objective: float, effort: Effort) -> float:
    """Return what no choice within the limits can exceed."""
    none = np.ones(table.cells)
    open_pairs = np.repeat(~(search.barred & ~search.held), np.diff(table.ptr))
    np.multiply.at(none, table.ind[open_pairs], 1 - table.prob[open_pairs])
    most = 1 - none if search.backup == 1 else np.ones(table.cells)
    reached = most > 0
    share = table.prob / np.where(reached, most, 1.0)[table.ind] / search.backup
    share[~open_pairs] = 0.0
    # Held sites cost nothing and come on top, as a kind of their own.
    kinds = len(search.limit)
    kind = np.where(search.held, kinds, table.kind).astype(np.int64)
    limit = np.append(search.limit, int(search.held.sum())).astype(np.int64)
    cost = np.where(search.held, 0.0, table.cost)
    ceiling = table.weight * most
    price = ceiling * 0.5
    whole = bool((table.weight == np.rint(table.weight)).all()) and table.is_sure
    enough = 0.999 if whole else PROVEN_GAP * max(objective, 1e-12)
    bound, _ = volume(
        table.ptr,
        table.ind,
        share,
        ceiling,
        kind,
        limit,
        cost,
        search.budget,
        price,
        objective,
        effort.rounds,
        enough,
    )
    # Whole weights make a whole objective: the bound may be cut to the whole below.
    return math.floor(bound + 1e-6) if whole else float(bound)
