"""What no choice can exceed, with a price for each pair of site and cell."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from linewatch.plan.siting import _kernels_bound as loops
from linewatch.plan.siting import _kernels_service as cells
from linewatch.plan.siting.bound import (
    HEAVY,
    Core,
    Ending,
    Relaxed,
    bound_of,
    relaxed,
)
from linewatch.plan.siting.cover import Cover, Floats, Whole
from linewatch.plan.siting.limits import Effort, Flags, Limits
from linewatch.plan.siting.volume import Pace, descend

CLOSE: Final = 0.15
"""A site joins the core when this share of its worth more would have it chosen: less
than where prices are by cell, for steps are dearer and prices better."""

BY_CELL: Final = (0.05, 0.05, 0.05)
BY_PAIR: Final = (0.05, 0.075, 0.1, 0.1, 0.2, 0.3)
"""Shares of the rounds spent on prices by cell, which find the core, and on prices by
pair."""

Follow = Callable[[Floats], float]
"""Searches from the sites that a bound favours; returns the best worth known."""

SLOWLY: Final = 0.1
"""Prices by pair come to rest where a stage takes less than this off the gap."""

WIDE: Final = 0.01
"""Gap above which clusters of sites are tried as well: they are better where most
chances are near 1 and few sites share a cell, as along a border."""

BY_CLUSTER: Final = (*((1, 0.1),) * 5, (4, 0.5))
"""Sites of a cluster at most, and the share of the rounds spent so."""


def chance_bound(  # noqa: PLR0913 -- the door of a stage
    table: Cover,
    limits: Limits,
    taken: Flags,
    objective: float,
    effort: Effort,
    follow: Follow | None = None,
) -> float:
    """Return what no choice within the limits can be worth more than.

    Parameters
    ----------
    table : Cover
        A merged table; a cell counts the chance that at least one site detects.
    limits, taken, objective, effort
        As for `bound_of`.
    follow : callable, optional
        Told after each stage how often each site was chosen in the relaxed choices;
        returns what the best choice known then is worth.
    """
    if not table.cells or not table.sites:
        return 0.0
    last = Ending.of(table, objective)
    core = Core(relaxed(table, limits), taken, effort.workers)
    services = Services(core, objective, 0.0)
    for n, share in enumerate(BY_CELL + BY_PAIR):
        rounds = max(1, int(effort.rounds * share))
        told = effort.part(n, BY_CELL + BY_PAIR)
        pace = Pace(rounds=rounds, lower=objective, enough=last.enough, told=told)
        gap = core.best - objective
        if n < len(BY_CELL):
            core.sharpen(1, pace)
        else:
            services.sharpen(pace)
        left = core.best - objective
        if follow is not None and n > len(BY_CELL) and left > last.enough:
            services.objective = objective = follow(services.share)
            left = core.best - objective
        slow = n > len(BY_CELL) + 1 and left > (1 - SLOWLY) * gap
        if slow or left <= last.enough:
            break
    best = last.cut(core.best)
    if best - objective > WIDE * objective:
        again = replace(effort, told=None)
        best = min(best, bound_of(table, limits, taken, objective, again, BY_CLUSTER))
    return best


class Market:
    """The services that some sites sell to cells, cell after cell.

    Parameters
    ----------
    task : Relaxed
        The whole problem.
    sites : ndarray of int64
        Those of its sites that sell.
    need : ndarray of int64, shape (cells,), optional
        Services that each cell must have to count; None where chances add up.
    """

    def __init__(self, task: Relaxed, sites: Whole, need: Whole | None) -> None:
        self.task, self.sites = task, sites
        self.part = part = task.table.only(sites)
        self.rows, self.shut = task.rows.only(sites), task.shut[sites]
        weight = task.table.weight / task.most
        often = np.bincount(part.ind, minlength=part.cells)
        # Alone in its cell, a chance is paid all that it is worth.
        self.alone = np.zeros(len(part.ind), bool)
        if need is None:
            self.alone = often[part.ind] == 1
        self.fixed: Floats = (weight[part.ind] * part.prob)[self.alone]
        order = np.argsort(part.ind, kind="stable")
        self.order = order[~self.alone[order]]
        self.cell, row = np.unique(part.ind[self.order], return_inverse=True)
        ends = np.cumsum(np.bincount(row, minlength=len(self.cell)))
        self.cptr = np.append(0, ends).astype(np.int64)
        self.weight = weight[self.cell]
        self.need = None if need is None else need[self.cell]
        self.site_of = np.repeat(
            np.arange(len(sites), dtype=np.int32), np.diff(part.ptr)
        )
        self.psite = self.site_of[self.order]
        self.chance = np.ascontiguousarray(part.prob[self.order])
        self.top: Floats = self.weight[row] * self.chance
        own = self.site_of[self.alone]
        self.base = np.bincount(own, self.fixed, len(sites)).astype(np.float64)
        self.kept = np.empty(len(self.cell))
        self.pick = np.zeros(len(sites), np.int64)

    def oracle(self, price: Floats) -> tuple[float, Floats, Floats]:
        """Return the bound at these prices, each rule's breach, and the choice."""
        pairs = len(self.order)
        each, toll = price[:pairs], price[pairs:]
        use = np.empty(pairs)
        left = self._bought(each, use)
        value = self.base.copy()
        cells.earn(self.psite, each, value)
        net = value - self.rows.toll(toll)
        gained = chosen(self.task, net, self.part.kind, self.shut, self.pick)
        cells.breach(self.psite, self.pick, use)
        chose = self.pick.astype(np.float64)
        over = self.rows.used(chose) - self.rows.have
        bound = left + gained + float(toll @ self.rows.have)
        return bound, np.concatenate([use, over]), chose

    def _bought(self, each: Floats, use: Floats) -> float:
        """Let the cells buy; return what they keep."""
        if self.need is None:
            return cells.buy_chances(
                self.cptr, self.chance, each, self.weight, use, self.kept
            )
        return cells.buy_needs(self.cptr, each, self.weight, self.need, use, self.kept)

    def scale(self, lower: float) -> Floats | None:
        """Return how far prices of rows move beside those of pairs."""
        rows = self.rows
        if not len(rows.have):
            return None
        uses = np.maximum(np.bincount(rows.ind, minlength=len(rows.have)), 1)
        mean = np.bincount(rows.ind, np.abs(rows.val), minlength=len(rows.have)) / uses
        site = lower / max(1.0, float(self.task.limit[:-1].sum())) + 1e-12
        cell = float(self.weight.mean()) if len(self.weight) else 1.0
        more = HEAVY * site / max(cell, 1e-300) / np.maximum(mean, 1e-12) ** 2
        return np.concatenate([np.ones(len(self.order)), more])


class Services:
    """Prices of the services that sites sell to cells, and what they bound.

    A cell buys the set of services that is best for it, and each site earns what all
    its services cost: any prices bound what a choice is worth, for its cells may buy
    just what its sites sell. The best prices give the least concave function above
    each cell's worth.

    Parameters
    ----------
    core : Core
        The problem, its prices by cell, and the sites that compete.
    objective : float
        What a known choice is worth.
    nearly : float
        A choice that is worth less than this more is no better.
    need : ndarray of int64, shape (cells,), optional
        Sites that must cover each cell for it to count; None where a cell counts the
        chance that any of its sites detects.
    """

    def __init__(
        self, core: Core, objective: float, nearly: float, need: Whole | None = None
    ) -> None:
        self.core, self.need = core, need
        self.objective, self.nearly = objective, nearly
        task = core.task
        self.weight: Floats = task.table.weight / task.most
        # What services of sites outside the core cost, by cell, per unit of chance.
        self.ask: Floats = np.empty(0)
        self.price: list[Floats] = [np.empty(0)] * task.table.sites
        self.share = np.zeros(task.table.sites)

    def sharpen(self, pace: Pace) -> None:
        """Find better prices for the core, then look over all sites."""
        core = self.core
        if not self.ask.size:
            self.ask = core.price / core.task.most
            if self.need is not None:
                self.ask = 0.9 * self.weight / self.need
        sites = np.flatnonzero(core.inside)
        market = Market(core.task, sites, self.need)
        start = np.concatenate([np.empty(0), *(self._asked(s) for s in sites.tolist())])
        room = np.full(len(core.toll), np.inf)
        found = descend(
            market.oracle,
            np.append(np.minimum(start[market.order], market.top), core.toll),
            np.append(market.top, room),
            pace,
            market.scale(pace.lower),
        )
        market.oracle(found.price)
        pairs = len(market.order)
        core.toll = found.price[pairs:]
        start[market.order], start[market.alone] = found.price[:pairs], market.fixed
        for n, s in enumerate(sites.tolist()):
            self.price[s] = start[market.part.ptr[n] : market.part.ptr[n + 1]]
        self.share[:] = 0.0
        self.share[sites] = found.mean
        self._ask(market, found.price[:pairs])
        earned = np.bincount(market.site_of, start, minlength=len(sites))
        self._look_over(sites, earned.astype(np.float64), float(market.kept.sum()))

    def _asked(self, s: int) -> Floats:
        """Return the prices of a site's services."""
        table = self.core.task.table
        own = slice(table.ptr[s], table.ptr[s + 1])
        if len(self.price[s]) == own.stop - own.start:
            return self.price[s]
        return np.asarray(self.ask[table.ind[own]] * table.prob[own])

    def _ask(self, market: Market, each: Floats) -> None:
        """Price services from elsewhere so that no cell keeps more with them.

        Chances from elsewhere that add up to `c` are worth `w c` less what is bought
        already, and cost ``ask c``: with ``ask = w - kept`` a cell keeps at most ``w -
        ask``, or what it kept before.
        """
        if self.need is None:
            self.ask = self.weight.copy()
            self.ask[market.cell] -= market.kept
            return
        self.ask = self.weight / self.need
        paid = np.empty(len(market.cell))
        if market.need is not None:
            cells.ask_needs(
                market.cptr, each, market.weight, market.need, market.kept, paid
            )
        self.ask[market.cell] = paid

    def _look_over(self, sites: Whole, earned: Floats, kept: float) -> None:
        """Bound the whole problem; leave out who loses, and let in who competes."""
        core, task = self.core, self.core.task
        values = core.values(self.ask * task.most)
        values[sites] = earned
        net = values - task.rows.toll(core.toll)
        pick = np.zeros(task.table.sites, np.int64)
        kind = task.table.kind
        gained = chosen(task, net, kind, task.shut, pick)
        bound = kept + gained + float(core.toll @ task.rows.have)
        core.best = min(core.best, bound)
        picked = pick > 0
        # A site that is chosen all the same puts out the least of those in its way.
        edge = edges(task, net, picked)
        lost = (bound - edge + net <= self.objective + self.nearly) & ~picked
        lost &= kind < len(task.limit) - 1
        core.task = replace(task, shut=task.shut | lost)
        core.inside = (core.inside | picked) & ~lost
        spare = net - edge + CLOSE * values
        spare[core.inside | core.task.shut] = -np.inf
        order = np.argsort(-spare, kind="stable")[: max(50, len(sites) // 2)]
        core.inside[order[spare[order] >= 0]] = True


def edges(task: Relaxed, net: Floats, picked: Flags) -> Floats:
    """Return what the site is worth that each other site would put out."""
    kind, kinds = task.table.kind, len(task.limit)
    least = np.zeros(kinds)
    full = task.total >= 0 and int(picked.sum()) >= task.total
    for k, most in enumerate(task.limit.tolist()):
        mine = picked & (kind == k)
        if task.total < 0:
            continue
        if int(mine.sum()) >= most:
            least[k] = net[mine].min(initial=np.inf)
        elif full:
            least[k] = net[picked].min(initial=np.inf)
    return np.where(np.isfinite(least), least, 1e300)[kind]


def chosen(task: Relaxed, net: Floats, kind: Whole, shut: Flags, pick: Whole) -> float:
    """Fill 1 for the sites that earn most within the counts; return what they earn."""
    sites = len(net)
    worth, ok = np.zeros(2 * sites), np.ones(2 * sites, bool)
    worth[1::2], ok[1::2] = net, ~shut
    first = 2 * np.arange(sites + 1, dtype=np.int64)
    member = np.arange(sites, dtype=np.int64)
    one = np.ones(sites, np.int64)
    none = np.zeros(sites)
    return loops.choose_clusters(
        worth, ok, first, one, member, none, kind, task.limit, task.total, pick
    )
