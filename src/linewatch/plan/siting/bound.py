"""What no choice can exceed: a bound on maximal cover, with clusters."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

import numpy as np

from linewatch.plan.siting import _kernels_bound as loops
from linewatch.plan.siting.clusters import Clusters, clusters_of, grouped
from linewatch.plan.siting.cover import Cover, Floats, Places, Whole, merged
from linewatch.plan.siting.limits import PROVEN_GAP, Effort, Flags, Limits, Rows
from linewatch.plan.siting.rules import reach_rows
from linewatch.plan.siting.volume import Descent, Pace, descend

STAGES: Final = (*((1, 0.06),) * 5, (8, 0.15), (12, 0.25), (12, 0.3))
"""Sites of a cluster at most, and the share of the rounds spent so; the core of sites
is looked over after each."""

NEAR: Final = 0.5
"""A site joins the core when this share of its worth more would have it chosen."""

NEAR_LARGE: Final = 0.1
LARGE_PAIRS: Final = 5_000_000
"""The same, and from how many pairs: there steps are dear, and a core of few sites with
more steps ends lower."""

HEAVY: Final = 0.1
"""How far the price of a row moves, beside a cell's, of what would suit its size:
larger makes it swing, smaller makes it late (tried from 0.01 to 1)."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Relaxed:
    """A problem whose bound is sought.

    Parameters
    ----------
    table : Cover
        Sites by cells; the weight of a cell is its ceiling, the most it can count.
        Held sites are a kind of their own.
    most : ndarray of float64, shape (cells,)
        Largest chance that a cell is detected [-]; its ceiling is its weight times it.
    limit : ndarray of int64, shape (kinds,)
        Sites of each kind.
    total : int
        Sites of all kinds; -1 where no count binds.
    rows : Rows
        All other rules; each has a price.
    hard : Rows
        Those of them that also forbid choices of a cluster by themselves.
    shut : ndarray of bool, shape (sites,)
        Sites that are never chosen.
    """

    table: Cover
    most: Floats
    limit: Whole
    total: int
    rows: Rows
    hard: Rows
    shut: Flags


def bound_of(  # noqa: PLR0913 -- the door of a stage
    table: Cover,
    limits: Limits,
    taken: Flags,
    objective: float,
    effort: Effort,
    stages: tuple[tuple[int, float], ...] = STAGES,
) -> float:
    """Return what no choice within the limits can be worth more than.

    Parameters
    ----------
    table : Cover
        A merged table.
    limits : Limits
        What may be chosen; of the links only that no site is alone.
    taken : ndarray of bool, shape (sites,)
        A good choice, to start prices from.
    objective : float
        What it is worth.
    effort : Effort
        Steps, and threads.
    stages : tuple of (int, float)
        Sites of a cluster at most, and the share of the rounds spent so, one after the
        other; by default those of a table whose pairs are all sure.
    """
    if not table.cells or not table.sites:
        return 0.0
    last = Ending.of(table, objective)
    core = Core(relaxed(table, limits), taken, effort.workers)
    shares = [share for _, share in stages]
    for n, (size, share) in enumerate(stages):
        rounds, told = max(1, int(effort.rounds * share)), effort.part(n, shares)
        pace = Pace(rounds=rounds, lower=objective, enough=last.enough, told=told)
        core.sharpen(size, pace)
        if core.best - objective <= last.enough:
            break
    return last.cut(core.best)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """How near a bound must come to an objective, and what may be said of it then.

    Parameters
    ----------
    whole : bool
        Whether every choice is worth a whole number.
    rounding : float
        What sums over the cells and sites may be wrong by.
    enough : float
        A bound that exceeds the objective by no more proves it best.
    """

    whole: bool
    rounding: float
    enough: float

    @classmethod
    def of(
        cls, table: Cover, objective: float, weight: Floats | None = None
    ) -> "Ending":
        """Return the ending of a problem where this much is reached.

        `weight` is by period, where it is not the table's.
        """
        weight = table.weight if weight is None else weight
        terms = 4 * (weight.size + table.sites) * float(np.finfo(float).eps)
        rounding = terms * float(weight.sum())
        whole = bool((weight == np.rint(weight)).all()) and table.is_sure
        if whole and rounding < 0.1:
            rounding = max(rounding, 1e-6)
            return cls(whole=True, rounding=rounding, enough=0.999 - rounding)
        enough = PROVEN_GAP * max(objective, 1e-12)
        return cls(whole=False, rounding=rounding, enough=enough)

    def cut(self, bound: float) -> float:
        """Return a bound that holds for sure: of whole numbers the whole below."""
        bound += self.rounding
        return math.floor(bound) if self.whole else bound


def relaxed(table: Cover, limits: Limits) -> Relaxed:
    """Lay out the relaxed problem of a merged table."""
    held, shut = limits.held_of(table.sites), limits.barred_of(table.sites)
    members, total = limits.counts_of(table)
    most = np.ones(table.cells)
    if not table.is_sure:
        pairs = np.repeat(~shut, np.diff(table.ptr))
        np.multiply.at(most, table.ind[pairs], 1 - table.prob[pairs])
        most = np.maximum(1 - most, 1e-12)
    kinds = len(members)
    kind = np.where(held, kinds, table.kind).astype(np.int64)
    limit = np.append(members, int(held.sum())).astype(np.int64)
    free = np.bincount(kind, minlength=kinds + 1)
    binds = bool((limit < free).any()) or total < int(members.sum())
    # Counts are kept exactly; everything else is a row with a price.
    loose = replace(limits, count=None, total=None)
    hard = loose.all_rows(table)
    linked = None if limits.links is None else reach_rows(limits.links)
    return Relaxed(
        table=replace(table, kind=kind, weight=table.weight * most),
        most=most,
        limit=limit,
        total=total + int(held.sum()) if binds else -1,
        rows=hard if linked is None else hard.joined(linked),
        hard=hard,
        shut=shut,
    )


class Core:
    """Prices, and the sites that they are found with.

    Most sites are never chosen at good prices. Prices are found with the others (the
    core), whose cells merge into far fewer; then all sites are looked over at those
    prices, which gives a true bound, and those that compete join the core.
    """

    def __init__(self, task: Relaxed, taken: Flags, workers: int) -> None:
        self.task = task
        self.workers = workers
        self.best = math.inf
        self.toll = np.zeros(len(task.rows.have))
        # What a good choice covers several times is worth less to each of its sites.
        chosen = task.table.only(np.flatnonzero(taken))
        often = np.bincount(chosen.ind, chosen.prob, minlength=task.table.cells)
        self.price = task.table.weight / np.maximum(often / task.most, 1.0)
        self.share = np.zeros(task.table.sites)
        self.inside = taken & ~task.shut
        self._join(self.values(self.price), 2 * int(taken.sum()) + 50)

    def sharpen(self, size: int, pace: Pace) -> None:
        """Find prices with the core in clusters of a size, then look over all sites."""
        task = self.task
        sites = np.flatnonzero(self.inside)
        small, rows = merged(task.table.only(sites))
        kept = rows >= 0
        weight = _summed(rows[kept], (task.table.weight / task.most)[kept], small.cells)
        price = _summed(rows[kept], self.price[kept], small.cells)
        most = small.weight / np.maximum(weight, 1e-300)
        groups = []
        if size > 1:
            groups = grouped(small, price / most, self.share[sites], size)
        inner = replace(
            task, table=small, most=most, rows=task.rows.only(sites),
            hard=task.hard.only(sites),
            shut=task.shut[sites],
        )  # fmt: skip
        priced = Priced(inner, groups, self.workers)
        found = priced.descend(price, self.toll, pace)
        cell_price, toll = np.split(found.price, [small.cells])
        # Cells that no core site covers are sold for all that they are worth.
        part = np.append(cell_price / np.maximum(small.weight, 1e-300), 1.0)
        whole = part[rows] * task.table.weight
        values = self.values(whole)
        net = values - task.rows.toll(toll)
        bound, picked = priced.with_others(
            found.price, net, task.table.kind, ~self.inside & ~task.shut
        )
        self.share[:] = 0.0
        self.share[sites[priced.laid.member]] = found.mean
        self.best = min(self.best, bound)
        self.price, self.toll = whole, toll
        self.inside |= picked
        self._join(net, max(50, len(sites) // 2), values)

    def _join(self, net: Floats, room: int, values: Floats | None = None) -> None:
        """Let those into the core that are chosen alone, or nearly."""
        task = self.task
        least = np.zeros(len(task.limit))
        for kind, most in enumerate(task.limit.tolist()):
            mine = net[(task.table.kind == kind) & ~task.shut]
            wide = min(most, task.total) if task.total >= 0 else len(mine)
            if 0 < wide < len(mine):
                least[kind] = np.partition(mine, len(mine) - wide)[len(mine) - wide]
        spare = net - np.maximum(least, 0.0)[task.table.kind]
        if values is not None:
            large = len(task.table.ind) >= LARGE_PAIRS
            spare = spare + (NEAR_LARGE if large else NEAR) * values
        spare[self.inside | task.shut] = -math.inf
        order = np.argsort(-spare, kind="stable")[:room]
        self.inside[order[spare[order] >= (0.0 if values is not None else -1e300)]] = (
            True
        )

    def values(self, price: Floats) -> Floats:
        """Return what each site of the whole table earns at these prices."""
        table = self.task.table
        each = price / self.task.most
        ones = np.ones(table.sites, np.int64)
        first = 2 * np.arange(table.sites, dtype=np.int64)
        worth = np.empty(2 * table.sites)
        chance = table.chances
        spread(
            lambda start, end: loops.price_clusters(
                table.ptr,
                table.ind,
                table.ind,
                chance,
                table.ptr,
                first,
                ones,
                each,
                worth,
                start,
                end,
            ),
            table.ptr,
            self.workers,
        )
        return worth[1::2].copy()


class Priced:
    """A relaxed problem on clusters, as an oracle of prices."""

    def __init__(self, task: Relaxed, groups: list[list[int]], workers: int) -> None:
        self.task = task
        self.workers = workers
        self.laid: Clusters = clusters_of(task.table, groups, task.hard, task.shut)
        laid = self.laid
        self.worth = np.empty(int(laid.first[-1]))
        self.pick = np.zeros(len(laid.size), np.int64)
        self.ceiling = float(task.table.weight.sum())

    def descend(self, price: Floats, toll: Floats, pace: Pace) -> Descent:
        """Lower the bound from these prices of the cells and tolls of the rows."""
        rows, table = self.task.rows, self.task.table
        top = np.concatenate([table.weight, np.full(len(toll), np.inf)])
        scale = None
        if len(toll):
            chosen = max(1.0, float(self.task.limit[:-1].sum()))
            uses = np.maximum(np.bincount(rows.ind, minlength=len(toll)), 1)
            mean = _summed(rows.ind, np.abs(rows.val), len(toll)) / uses
            site = pace.lower / min(chosen, max(table.sites, 1)) + 1e-12
            cell = self.ceiling / max(table.cells, 1) + 1e-12
            more = HEAVY * site / cell / np.maximum(mean, 1e-12) ** 2
            scale = np.concatenate([np.ones(table.cells), more])
        start = np.concatenate([np.minimum(price, table.weight), toll])
        return descend(self.oracle, start, top, pace, scale)

    def oracle(self, price: Floats) -> tuple[float, Floats, Floats]:
        """Return the bound at these prices, each rule's breach, and the choice."""
        task, laid = self.task, self.laid
        cells = task.table.cells
        each, toll = price[:cells], price[cells:]
        tolls = task.rows.toll(toll)[laid.member]
        gained = self._chosen(each, tolls, self.pick)
        bound = self.ceiling - float(each.sum()) + gained
        bound += float(toll @ task.rows.have)
        covered = np.zeros(cells)
        loops.cover_of(
            laid.eptr,
            laid.cell,
            laid.mask,
            laid.chance,
            laid.pfirst,
            laid.size,
            self.pick,
            1.0,
            covered,
        )
        mean = np.zeros(len(laid.member))
        loops.members_of(laid.size, laid.mfirst, self.pick, mean)
        chosen = np.zeros(task.table.sites)
        chosen[laid.member] = mean
        over = task.rows.used(chosen) - task.rows.have
        return bound, np.concatenate([1 - covered / task.most, over]), mean

    def _chosen(self, each: Floats, tolls: Floats, pick: Whole) -> float:
        """Price the clusters and pick the best choice of each."""
        task, laid = self.task, self.laid
        price = each / task.most
        spread(
            lambda start, end: loops.price_clusters(
                laid.eptr,
                laid.cell,
                laid.mask,
                laid.chance,
                laid.pfirst,
                laid.first,
                laid.size,
                price,
                self.worth,
                start,
                end,
            ),
            laid.eptr,
            self.workers,
        )
        return loops.choose_clusters(
            self.worth,
            laid.ok,
            laid.first,
            laid.size,
            laid.mfirst,
            tolls,
            laid.kind,
            task.limit,
            task.total,
            pick,
        )

    def with_others(
        self, price: Floats, net: Floats, kind: Whole, outside: Flags
    ) -> tuple[float, Flags]:
        """Return the bound of all sites, those outside alone at what they net."""
        task, laid = self.task, self.laid
        cells = task.table.cells
        each, toll = price[:cells], price[cells:]
        others = np.flatnonzero(outside)
        more = len(others)
        self._chosen(each, task.rows.toll(toll)[laid.member], self.pick)
        pairs = np.zeros(2 * more)
        pairs[1::2] = net[others]
        last = int(laid.first[-1])
        pick = np.zeros(len(laid.size) + more, np.int64)
        ends = last + 2 * np.arange(1, more + 1, dtype=np.int64)
        members = len(laid.member)
        gained = loops.choose_clusters(
            np.concatenate([self.worth, pairs]),
            np.concatenate([laid.ok, np.ones(2 * more, bool)]),
            np.concatenate([laid.first, ends]),
            np.concatenate([laid.size, np.ones(more, np.int64)]),
            np.concatenate([laid.mfirst, members + np.arange(more)]),
            np.concatenate([task.rows.toll(toll)[laid.member], np.zeros(more)]),
            np.concatenate([laid.kind, kind[others]]),
            task.limit,
            task.total,
            pick,
        )
        picked = np.zeros(len(outside), bool)
        picked[others[pick[len(laid.size) :] > 0]] = True
        bound = self.ceiling - float(each.sum()) + gained
        return bound + float(toll @ task.rows.have), picked


def spread(part: Callable[[int, int], None], ptr: Whole, workers: int) -> None:
    """Run a loop over parts of equal work, each in a thread: kernels free the lock."""
    sites = len(ptr) - 1
    if workers == 1 or sites < 2 * workers:
        part(0, sites)
        return
    cuts = np.searchsorted(ptr, np.linspace(0, int(ptr[-1]), workers + 1))
    cuts[0], cuts[-1] = 0, sites
    with ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(part, a, b) for a, b in pairwise(cuts.tolist())]:
            done.result()


def _summed(rows: Whole | Places, values: Floats, size: int) -> Floats:
    """Add values up by row."""
    return np.bincount(rows, values, minlength=size).astype(np.float64)
