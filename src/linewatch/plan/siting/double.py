"""What no choice can exceed where two sites must cover a cell, with clusters."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.plan.siting import _kernels_bound as loops
from linewatch.plan.siting import _kernels_pair as pairs
from linewatch.plan.siting._kernels_merge import columns
from linewatch.plan.siting.bound import HEAVY, Relaxed
from linewatch.plan.siting.clusters import Clusters, clusters_of, grouped
from linewatch.plan.siting.cover import Floats, Whole
from linewatch.plan.siting.limits import Flags
from linewatch.plan.siting.volume import Pace, descend

STAGES: Final = (
    (1, 0.05, 0.5),
    (1, 0.05, 0.3),
    (1, 0.05, 0.2),
    (6, 0.1, 0.2),
    (12, 0.25, 0.2),
    (12, 0.25, 0.1),
    (12, 0.25, 0.1),
)
"""Sites of a cluster at most, the share of the rounds spent so, and how far the first
steps reach: new clusters need new prices, and from good ones long steps lead away."""

NEAR: Final = 0.5
"""A site joins the core when this share of its worth more would have it chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class _Stage:
    """One layout of the core: its sites, where their pairs are, and its clusters."""

    sites: Whole
    place: Whole
    laid: Clusters
    cptr: Whole
    entry: Whole
    many: Flags


class DoubleCore:
    """Prices of pairs of site and cell, and the sites that they are found with."""

    def __init__(self, task: Relaxed, taken: Flags) -> None:
        self.task = task
        table = task.table
        self.best = math.inf
        self.toll = np.zeros(len(task.rows.have))
        self.price: Floats = table.weight[table.ind] / 2
        self.share = np.zeros(table.sites)
        self.inside = taken & ~task.shut
        values = np.bincount(
            np.repeat(np.arange(table.sites), np.diff(table.ptr)),
            self.price,
            minlength=table.sites,
        )
        values[task.shut] = -1.0
        top = np.argsort(-values, kind="stable")[: 4 * int(taken.sum()) + 50]
        self.inside[top[values[top] >= 0]] = True

    def sharpen(self, size: int, pace: Pace) -> None:
        """Find prices with the core in clusters of a size, then look over all sites."""
        task, table = self.task, self.task.table
        stage = self._stage(size)
        one, two = self._start(stage)
        cells, entries = table.cells, len(one)
        rows = task.rows.only(stage.sites)
        first, paid = np.empty(cells), np.empty(cells)
        use, again = np.empty(entries), np.empty(entries)
        laid = stage.laid
        worth = np.empty(int(laid.first[-1]))
        pick = np.zeros(len(laid.size), np.int64)
        chosen = np.zeros(len(stage.sites))
        mean = np.zeros(len(laid.member))

        def oracle(price: Floats) -> tuple[float, Floats, Floats]:
            one, two, toll = np.split(price, [entries, 2 * entries])
            kept = pairs.buy(
                stage.cptr, stage.entry, stage.many, one, two, table.weight,
                first, paid, use, again,
            )  # fmt: skip
            pairs.earn(laid.eptr, laid.mask, one, two, laid.first, laid.size, worth)
            gained = loops.choose_clusters(
                worth, laid.ok, laid.first, laid.size, laid.mfirst,
                rows.toll(toll)[laid.member], laid.kind, task.limit, task.total, pick,
            )  # fmt: skip
            pairs.serve(laid.eptr, laid.mask, laid.size, pick, use, again)
            again[~stage.many] = 0.0
            loops.members_of(laid.size, laid.mfirst, pick, mean)
            chosen[laid.member] = mean
            over = rows.used(chosen) - rows.have
            bound = kept + gained + float(toll @ rows.have)
            return bound, np.concatenate([use, again, over]), mean.copy()

        top = np.tile(table.weight[laid.cell], 2)
        top[entries:][~stage.many] = 0.0
        more = np.full(len(self.toll), np.inf)
        found = descend(
            oracle,
            np.concatenate([np.minimum(one, top[:entries]), two, self.toll]),
            np.concatenate([top, more]),
            pace,
            self._scale(entries, pace.lower),
        )
        one, two, toll = np.split(found.price, [entries, 2 * entries])
        oracle(found.price)
        self._look_over(stage, (one, two, toll), (first, paid), worth)
        self.share[:] = 0.0
        self.share[stage.sites[laid.member]] = found.mean

    def _scale(self, entries: int, lower: float) -> Floats | None:
        """Return how far prices of rows move beside those of pairs."""
        rows, weight = self.task.rows, self.task.table.weight
        if not len(rows.have):
            return None
        uses = np.maximum(np.bincount(rows.ind, minlength=len(rows.have)), 1)
        mean = np.bincount(rows.ind, np.abs(rows.val), minlength=len(rows.have)) / uses
        site = lower / max(1.0, float(self.inside.sum())) + 1e-12
        more = HEAVY * site / float(weight.mean()) / np.maximum(mean, 1e-12) ** 2
        return np.concatenate([np.ones(2 * entries), more])

    def _stage(self, size: int) -> _Stage:
        """Lay out the core in clusters of a size."""
        task, table = self.task, self.task.table
        sites = np.flatnonzero(self.inside)
        _, _, place = columns(table.ptr, table.ind, sites)
        part = table.only(sites)
        groups = []
        if size > 1:
            groups = grouped(part, part.weight / 2, self.share[sites], size)
        hard = task.hard.only(sites)
        laid = clusters_of(part, groups, hard, task.shut[sites])
        order = np.argsort(laid.cell, kind="stable")
        counts = np.bincount(laid.cell, minlength=table.cells)
        return _Stage(
            sites=sites,
            place=place,
            laid=laid,
            cptr=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            entry=order.astype(np.int64),
            many=(laid.mask & (laid.mask - 1)) != 0,
        )

    def _start(self, stage: _Stage) -> tuple[Floats, Floats]:
        """Return prices of entries from those of pairs: the two lowest in each."""
        table, laid = self.task.table, stage.laid
        entry = self._entry_of(stage)
        price = self.price[self._pairs(stage)]
        order = np.lexsort((price, entry))
        entry, price = entry[order], price[order]
        new = np.ones(len(entry), bool)
        new[1:] = np.diff(entry) != 0
        at = np.flatnonzero(new)
        one, two = np.zeros(len(laid.cell)), np.zeros(len(laid.cell))
        one[entry[at]] = price[at]
        after = at + 1
        good = (after < len(entry)) & ~new[np.minimum(after, len(entry) - 1)]
        two[entry[at[good]]] = price[after[good]]
        return one, np.minimum(two, table.weight[laid.cell])

    def _pairs(self, stage: _Stage) -> Whole:
        """Return the pairs of the table, member after member of the clusters."""
        table = self.task.table
        _, _, place = columns(table.ptr, table.ind, stage.sites[stage.laid.member])
        return place

    def _entry_of(self, stage: _Stage) -> Whole:
        """Return the entry of each pair, member after member of the clusters."""
        table, laid = self.task.table, stage.laid
        members = stage.sites[laid.member]
        cluster = np.repeat(np.arange(len(laid.size)), laid.size)
        pair_cluster = np.repeat(cluster, np.diff(table.ptr)[members])
        cell = table.ind[self._pairs(stage)].astype(np.int64)
        own = np.repeat(np.arange(len(laid.size)), np.diff(laid.eptr))
        wide = table.cells
        keys = own * wide + laid.cell
        order = np.argsort(keys, kind="stable")
        found = np.searchsorted(keys[order], pair_cluster * wide + cell)
        return order[found].astype(np.int64)

    def _look_over(
        self,
        stage: _Stage,
        prices: tuple[Floats, Floats, Floats],
        cells: tuple[Floats, Floats],
        worth: Floats,
    ) -> None:
        """Price the pairs outside so that no cell pays less; let in who competes."""
        task, table, laid = self.task, self.task.table, stage.laid
        (one, two, toll), (first, paid) = prices, cells
        outside_price = paid - np.minimum(first, paid / 2)
        site_of = np.repeat(np.arange(table.sites), np.diff(table.ptr))
        whole = outside_price[table.ind]
        values = np.bincount(site_of, whole, minlength=table.sites).astype(np.float64)
        net = values - task.rows.toll(toll)
        others = np.flatnonzero(~self.inside & ~task.shut)
        more = len(others)
        both = np.zeros(2 * more)
        both[1::2] = net[others]
        last = int(laid.first[-1])
        pick = np.zeros(len(laid.size) + more, np.int64)
        inner = task.rows.only(stage.sites).toll(toll)[laid.member]
        gained = loops.choose_clusters(
            np.concatenate([worth, both]),
            np.concatenate([laid.ok, np.ones(2 * more, bool)]),
            np.concatenate([laid.first, last + 2 * np.arange(1, more + 1)]),
            np.concatenate([laid.size, np.ones(more, np.int64)]),
            np.concatenate([laid.mfirst, len(laid.member) + np.arange(more)]),
            np.concatenate([inner, np.zeros(more)]),
            np.concatenate([laid.kind, table.kind[others]]),
            task.limit,
            task.total,
            pick,
        )
        kept = float((table.weight - paid).sum())
        bound = kept + gained + float(toll @ task.rows.have)
        self.best = min(self.best, bound)
        entry = self._entry_of(stage)
        inside = self._pairs(stage)
        lead = np.ones(len(entry), bool)
        lead[np.unique(entry, return_index=True)[1]] = False
        whole[inside] = np.where(lead, two[entry], one[entry])
        self.price, self.toll = whole, toll
        picked = others[pick[len(laid.size) :] > 0]
        self._join(net, values, picked, max(50, len(stage.sites) // 2))

    def _join(self, net: Floats, values: Floats, picked: Whole, room: int) -> None:
        """Let those into the core that are chosen alone, or nearly."""
        task = self.task
        self.inside[picked] = True
        least = np.zeros(len(task.limit))
        for kind, most in enumerate(task.limit.tolist()):
            mine = net[(task.table.kind == kind) & ~task.shut]
            wide = min(most, task.total) if task.total >= 0 else len(mine)
            if 0 < wide < len(mine):
                least[kind] = np.partition(mine, len(mine) - wide)[len(mine) - wide]
        spare = net - np.maximum(least, 0.0)[task.table.kind] + NEAR * values
        spare[self.inside | task.shut] = -math.inf
        order = np.argsort(-spare, kind="stable")[:room]
        self.inside[order[spare[order] >= 0]] = True
