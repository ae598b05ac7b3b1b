"""What no linked choice can exceed: cuts, and trees whose sites share ground."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from linewatch.plan.siting import _kernels_bound as counts
from linewatch.plan.siting import _kernels_linked as loops
from linewatch.plan.siting.bound import Ending, Relaxed, relaxed
from linewatch.plan.siting.cover import Cover, Floats, Places, Whole, merged
from linewatch.plan.siting.cuts import Cut, broken_cuts, cut_rows, open_links
from linewatch.plan.siting.limits import Effort, Flags, Limits, Links
from linewatch.plan.siting.narrow import narrowed
from linewatch.plan.siting.volume import Pace, descend

STAGES: Final = (0.2,) * 10 + (0.4,) * 4
"""Share of the rounds between two searches for cuts: steps are cheap here."""

SETTLED: Final = 1e-4
"""Share of the bound by which it must fall in a stage for another to be worthwhile,
once the sites that compete are inside."""

HEAVY: Final = 0.1
"""How far the price of a row moves, beside a cell's, of what would suit its size."""

HEAVY_FEE: Final = 0.2
"""The same for the fee of an arc."""

NEAR: Final = 0.3
"""A site comes inside when this share of its worth more would have it chosen."""

LEAST_TOLL: Final = 1e-9
"""Cuts that cost less are dropped."""


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Who may be whose parent among some sites, and what they have in common.

    Parameters
    ----------
    ptr : ndarray of int64, shape (sites + 1,)
        Site `s` may have the parents ``parent[ptr[s]:ptr[s + 1]]``.
    parent : ndarray of int32
        Parents.
    back, edge : ndarray of int64
        Place of the arc the other way round, and the number that both share.
    place : ndarray of int64
        Place of each arc among the links of all sites.
    cptr, cell, both : ndarray
        Cells that the two ends of each edge cover, and products of their chances.
    root : ndarray of bool, shape (sites,)
        Sites that need no parent.
    """

    ptr: Whole
    parent: Places
    back: Whole
    edge: Whole
    place: Whole
    cptr: Whole
    cell: Places
    both: Floats
    root: Flags


def linked_bound(
    table: Cover, limits: Limits, taken: Flags, objective: float, effort: Effort
) -> tuple[float, Floats]:
    """Return what no choice within the limits, its links kept, can be worth more than.

    Parameters
    ----------
    table : Cover
        A merged table; a cell counts the chance that at least one site detects.
    limits : Limits
        What may be chosen, with links.
    taken : ndarray of bool, shape (sites,)
        A good choice, to start prices from.
    objective : float
        What it is worth.
    effort : Effort
        Steps.

    Returns
    -------
    float, ndarray of float64, shape (sites,)
        The bound, and how often each site was chosen in the relaxed choices.

    Notes
    -----
    A linked choice is a forest that grows from the gateways: each site that is no
    gateway has a chosen parent that it talks to. Counted from the roots, a site adds at
    most what its parent does not cover (chances: what the parent misses). That bound
    is priced cell by cell; arcs cost a fee that goes to the parent, so that parents are
    chosen; and cuts, found from the relaxed choices, keep sites joined to a gateway.
    """
    links = limits.links
    if links is None or not table.cells or not table.sites:
        return 0.0, np.zeros(table.sites)
    limits = replace(narrowed(table, limits), links=None)
    task = relaxed(table, limits)
    last = Ending.of(table, objective)
    forest = Forest(task, open_links(links, task.shut), taken)
    for n, share in enumerate(STAGES):
        before, inside = forest.best, int(forest.inside.sum())
        rounds = max(2, int(effort.rounds * share))
        told = effort.part(n, STAGES)
        forest.sharpen(
            Pace(rounds=rounds, lower=objective, enough=last.enough, told=told)
        )
        fell = before - forest.best > SETTLED * abs(forest.best)
        grew = int(forest.inside.sum()) > 1.01 * inside
        if forest.best - objective <= last.enough or not (fell or grew):
            break
    return last.cut(forest.best), forest.share


class Forest:
    """Prices of cells, rules, cuts and arcs, found with the sites that compete."""

    def __init__(self, task: Relaxed, links: Links, taken: Flags) -> None:
        self.task, self.links = task, links
        self.back = loops.back_of(links.ptr, links.ind)
        self.best = math.inf
        self.cuts: list[Cut] = []
        self.toll = np.zeros(len(task.rows.have))
        self.fee = np.zeros(len(links.ind))
        self.share = np.zeros(task.table.sites)
        chosen = task.table.only(np.flatnonzero(taken))
        often = np.bincount(chosen.ind, chosen.prob, minlength=task.table.cells)
        self.price = task.table.weight / np.maximum(often / task.most, 1.0)
        self.inside = taken & ~task.shut
        self._look(2 * int(taken.sum()) + 50)

    def sharpen(self, pace: Pace) -> None:
        """Find prices with the sites inside, look over all, and seek cuts."""
        task = self.task
        sites = np.flatnonzero(self.inside)
        core = Core(task, self.links, self.cuts, sites)
        price, toll, fee, share = core.descend(
            self.price, self.toll, self.fee, pace, task
        )
        self.price, self.toll, self.fee = price, toll, fee
        self._ask_others(sites, core)
        self.share[:] = 0.0
        self.share[sites] = share
        self._look(max(50, len(sites) // 2))
        base = len(task.rows.have)
        kept = np.flatnonzero(self.toll[base:] > LEAST_TOLL)
        cuts = [self.cuts[n] for n in kept.tolist()]
        known = set(cuts)
        more = [cut for cut in broken_cuts(self.links, self.share) if cut not in known]
        self.cuts = cuts + more
        self.toll = np.concatenate(
            [self.toll[:base], self.toll[base:][kept], np.zeros(len(more))]
        )

    def _ask_others(self, sites: Whole, core: "Core") -> None:
        """Ask fees of parents outside, or they would be had for nothing."""
        task, links, table = self.task, self.links, self.task.table
        each = self.price / task.most
        spare = np.zeros(table.sites)
        net, alone = core.net, core.alone
        kinds = task.table.kind[sites]
        for kind, most in enumerate(task.limit.tolist()):
            mine = np.flatnonzero(kinds == kind)
            wide = min(most, task.total) if task.total >= 0 else len(mine)
            least = 0.0
            if 0 < wide < len(mine):
                least = max(float(np.partition(net[mine], -wide)[-wide]), 0.0)
            spare[sites[mine]] = alone[mine] - np.maximum(net[mine], least)
        loops.fees_of_others(
            table.ptr, table.ind, table.chances, each, links.ptr, links.ind, self.back,
            self.inside, task.shut, spare, self.fee,
        )  # fmt: skip

    def _look(self, room: int) -> None:
        """Bound with all sites at these prices; let those that compete inside."""
        task, links = self.task, self.links
        table, each = task.table, self.price / task.most
        value, net = np.zeros((2, table.sites))
        loops.values_of(table.ptr, table.ind, table.chances, each, value)
        loops.best_of_all(
            table.ptr, table.ind, table.chances, each, links.ptr, links.ind, self.back,
            self.fee, links.gate, task.shut, value, net,
        )  # fmt: skip
        rows = task.rows.joined(cut_rows(table.sites, self.cuts))
        net -= rows.toll(self.toll)
        gained, picked = best_counts(task, net)
        bound = float(table.weight.sum() - self.price.sum()) + gained
        self.best = min(self.best, bound + float(self.toll @ rows.have))
        self.inside |= picked > 0
        least = np.zeros(len(task.limit))
        for kind, most in enumerate(task.limit.tolist()):
            mine = net[(table.kind == kind) & ~task.shut]
            wide = min(most, task.total) if task.total >= 0 else len(mine)
            if 0 < wide < len(mine):
                least[kind] = np.partition(mine, len(mine) - wide)[len(mine) - wide]
        spare = net - np.maximum(least, 0.0)[table.kind] + NEAR * value
        spare[self.inside | task.shut] = -math.inf
        order = np.argsort(-spare, kind="stable")[:room]
        self.inside[order[spare[order] >= 0.0]] = True


class Core:
    """The problem on some of the sites, as an oracle of prices."""

    def __init__(
        self, task: Relaxed, links: Links, cuts: list[Cut], sites: Whole
    ) -> None:
        self.sites = sites
        small, self.row = merged(task.table.only(sites))
        kept = self.row >= 0
        plain = (task.table.weight / task.most)[kept]
        weight = np.bincount(self.row[kept], plain, minlength=small.cells)
        self.table = small
        self.most = small.weight / np.maximum(weight, 1e-300)
        rows = task.rows.joined(cut_rows(task.table.sites, cuts))
        self.rows = rows.only(sites)
        self.task = replace(task, table=small, shut=task.shut[sites])
        self.arcs = arcs_of(small, links, sites)
        self.ceiling = float(small.weight.sum())
        self.worth = np.zeros(small.sites)

    def descend(
        self, price: Floats, toll: Floats, fee: Floats, pace: Pace, task: Relaxed
    ) -> tuple[Floats, Floats, Floats, Floats]:
        """Lower the bound; return all prices, for all sites, and the mean choice."""
        cells, tolls, arcs = self.table.cells, len(toll), self.arcs
        kept = self.row >= 0
        mine = np.bincount(self.row[kept], price[kept], minlength=cells)
        start = [np.minimum(mine, self.table.weight), toll, fee[arcs.place]]
        fees = len(arcs.parent)
        top = np.concatenate([self.table.weight, np.full(tolls + fees, np.inf)])
        chosen = max(1.0, float(self.task.limit[:-1].sum()))
        uses = np.maximum(np.bincount(self.rows.ind, minlength=tolls), 1)
        size = np.abs(self.rows.val)
        mean = np.bincount(self.rows.ind, size, minlength=tolls) / uses
        site = pace.lower / min(chosen, max(self.table.sites, 1)) + 1e-12
        heavy = HEAVY * site / (self.ceiling / max(cells, 1) + 1e-12)
        scale = np.concatenate(
            [
                np.ones(cells),
                heavy / np.maximum(mean, 1e-12) ** 2,
                np.full(fees, heavy / HEAVY * HEAVY_FEE),
            ]
        )
        found = descend(self.oracle, np.concatenate(start), top, pace, scale)
        self.oracle(found.price)
        each, toll, own = np.split(found.price, [cells, cells + tolls])
        # Cells that no site inside covers are sold for all that they are worth.
        part = np.append(each / np.maximum(self.table.weight, 1e-300), 1.0)
        every = np.zeros(len(fee))
        every[arcs.place] = own
        return part[self.row] * task.table.weight, toll, every, found.mean

    def oracle(self, price: Floats) -> tuple[float, Floats, Floats]:
        """Return the bound at these prices, each rule's breach, and the choice."""
        table, arcs, rows = self.table, self.arcs, self.rows
        cells, tolls = table.cells, len(rows.have)
        each, toll, fee = np.split(price, [cells, cells + tolls])
        plain = each / self.most
        value, net = np.zeros((2, table.sites))
        common = np.zeros(len(arcs.cptr) - 1)
        loops.values_of(table.ptr, table.ind, table.chances, plain, value)
        loops.values_of(arcs.cptr, arcs.cell, arcs.both, plain, common)
        pick = np.zeros(table.sites, np.int64)
        loops.best_parents(
            arcs.ptr, arcs.back, arcs.edge, common, fee, arcs.root, value, net, pick
        )
        net -= rows.toll(toll)
        given = np.bincount(arcs.parent, fee, minlength=table.sites)
        self.net, self.alone = net, value + given - rows.toll(toll)
        gained, chosen = best_counts(self.task, net)
        covered = np.zeros(cells)
        loops.cover_of(
            table.ptr, table.ind, table.chances, arcs.cptr, arcs.cell, arcs.both,
            arcs.edge, pick, chosen, covered,
        )  # fmt: skip
        on = np.zeros(len(arcs.parent))
        on[pick[(chosen > 0) & (pick >= 0)]] = 1.0
        # Of an arc and the one back one at most is used, and only if the parent is.
        over = on + on[arcs.back] - chosen[arcs.parent]
        taken = chosen.astype(np.float64)
        breach = [1 - covered / self.most, rows.used(taken) - rows.have, over]
        bound = self.ceiling - float(each.sum()) + gained + float(toll @ rows.have)
        return bound, np.concatenate(breach), taken


def best_counts(task: Relaxed, net: Floats) -> tuple[float, Whole]:
    """Return what the best sites within the counts earn, and which they are."""
    size = len(net)
    worth = np.zeros(2 * size)
    worth[1::2] = np.maximum(net, -1e200)
    ok = np.ones(2 * size, bool)
    ok[1::2] = ~task.shut & (net > -1e200)
    pick = np.zeros(size, np.int64)
    every = np.arange(size, dtype=np.int64)
    gained = counts.choose_clusters(
        worth, ok, 2 * np.arange(size + 1, dtype=np.int64), np.ones(size, np.int64),
        every, np.zeros(size), task.table.kind, task.limit, task.total, pick,
    )  # fmt: skip
    return gained, pick


def arcs_of(table: Cover, links: Links, sites: Whole) -> Arcs:
    """Lay out who may be whose parent among some sites."""
    where = np.full(len(links.gate), -1, np.int64)
    where[sites] = np.arange(len(sites))
    start = np.repeat(np.arange(len(links.gate)), np.diff(links.ptr))
    child, parents = where[start], where[links.ind]
    place = np.flatnonzero((child >= 0) & (parents >= 0))
    place = place[np.argsort(child[place], kind="stable")]
    child = child[place]
    parent: Places = parents[place].astype(np.int32)
    ptr = np.zeros(len(sites) + 1, np.int64)
    np.cumsum(np.bincount(child, minlength=len(sites)), out=ptr[1:])
    back = loops.back_of(ptr, parent)
    up = np.flatnonzero(child < parent)
    edge = np.zeros(len(place), np.int64)
    edge[up] = np.arange(len(up))
    edge[back[up]] = np.arange(len(up))
    cptr, cell, both = loops.commons(
        table.ptr, table.ind, table.chances, child[up], parent[up].astype(np.int64)
    )
    return Arcs(ptr, parent, back, edge, place, cptr, cell, both, links.gate[sites])
