"""What no units that move can exceed: prices, and each site's best course."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from linewatch.plan.siting import _kernels_bound as loops
from linewatch.plan.siting._kernels_merge import by_cell
from linewatch.plan.siting.bound import Ending
from linewatch.plan.siting.cover import Cover, Floats, merged
from linewatch.plan.siting.cuts import broken_cuts, cut_rows, open_links
from linewatch.plan.siting.limits import Effort, Flags, Rows
from linewatch.plan.siting.linked import linked_bound
from linewatch.plan.siting.relocate import Task, fresh
from linewatch.plan.siting.rules import reach_rows
from linewatch.plan.siting.volume import Descent, Pace, descend

CUTS_AGAIN: int = 3
"""Times that cuts are sought where sites are linked, and the prices anew with them."""


@dataclass(frozen=True, slots=True, eq=False)
class Goods:
    """What the sites of each period sell.

    Parameters
    ----------
    table : Cover
        The table, alike cells merged.
    weight : ndarray of float64, shape (periods, cells)
        What a cell is worth in each period.
    backup : int
        Sites that a cell needs to count.
    """

    table: Cover
    weight: Floats
    backup: int

    @classmethod
    def of(cls, task: Task) -> "Goods":
        """Merge the cells that the same sites cover, each period's weight by itself."""
        total = task.by_period.sum(axis=0)
        table, row = merged(replace(task.cover, weight=total))
        kept = row >= 0
        weight = [
            np.bincount(row[kept], one[kept], minlength=table.cells)
            for one in task.by_period
        ]
        return cls(table, np.stack(weight).astype(np.float64), task.backup)


class Services:
    """Prices of a cell's chance, or for a backup of each pair, in each period."""

    def __init__(self, goods: Goods) -> None:
        table = goods.table
        self.goods = goods
        self.periods = len(goods.weight)
        if goods.backup > 1:
            self.tptr, self.tsite = by_cell(table.ptr, table.ind, table.cells)
            each = np.repeat(goods.weight, np.diff(self.tptr), axis=1)
            self.top, self.start = each, each / goods.backup * 0.9
            return
        most = np.ones(table.cells)
        np.multiply.at(most, table.ind, 1 - table.prob)
        most = np.maximum(1 - most, 1e-12)
        share = np.asarray(table.prob) / most[table.ind]
        shape = (table.sites, table.cells)
        self.pairs: Any = csr_array((share, table.ind, table.ptr), shape)
        self.back: Any = csr_array(self.pairs.T)
        self.top = goods.weight * most
        self.start = self.top / 2

    def earned(self, price: Floats) -> tuple[float, Floats]:
        """Return what cells keep, and what each site earns in each period."""
        if self.goods.backup == 1:
            kept = float(self.top.sum() - price.sum())
            return kept, np.asarray((self.pairs @ price.T).T)
        kept, earned = 0.0, np.zeros((self.periods, self.goods.table.sites))
        for t, weight in enumerate(self.goods.weight):
            each = np.ascontiguousarray(price[t])
            kept += loops.price_pairs(self.tptr, each, weight, self.goods.backup)
            loops.sum_pairs(self.tsite, each, earned[t])
        return kept, earned

    def lacking(self, price: Floats, chosen: Floats) -> Floats:
        """Return by how much what is bought exceeds what chosen sites sell."""
        if self.goods.backup == 1:
            return np.asarray(1 - (self.back @ chosen.T).T)
        use = np.zeros(price.shape)
        for t, weight in enumerate(self.goods.weight):
            each = np.ascontiguousarray(price[t])
            backup = self.goods.backup
            loops.serve_pairs(self.tptr, each, weight, backup, 1.0, use[t])
        return use - chosen[:, self.tsite]


def course_bound(task: Task, objective: float, effort: Effort) -> float:
    """Return what no choices with so few moves can exceed, by prices.

    Cells (for a backup: pairs) of each period, the rules of each period and the moves
    between two have prices; each site takes its best course through the periods. Where
    sites are linked, cuts that the courses break in a period are priced too, and the
    bound is no higher than that of each period by itself.
    """
    goods = Goods.of(task)
    if not goods.table.cells:
        return 0.0
    last = Ending.of(goods.table, objective, goods.weight)
    return last.cut(_priced(task, goods, objective, effort))


def _priced(task: Task, goods: Goods, objective: float, effort: Effort) -> float:
    """Return the bound, its sums as they come."""
    services, limits = Services(goods), task.limits
    hard = limits.all_rows(task.cover)
    # With links the courses are priced again and again, the rounds shared out.
    parts = [1] if limits.links is None else [CUTS_AGAIN, *(1,) * CUTS_AGAIN]
    first = replace(effort, told=effort.part(0, parts))
    found = _descent(task, services, hard, (objective, first), None)
    if limits.links is None or found.bound <= objective * (1 + 1e-6):
        return found.bound
    best, rows = (
        min(found.bound, _apart(task, objective, replace(effort, told=None))),
        hard,
    )
    links = open_links(limits.links, limits.barred_of(task.cover.sites))
    more = reach_rows(links)
    rounds = -(-effort.rounds // CUTS_AGAIN)
    for n in range(CUTS_AGAIN):
        rows = rows.joined(more)
        start = _with_rows(found.price, services, len(more.have))
        part = replace(effort, rounds=rounds, told=effort.part(n + 1, parts))
        found = _descent(task, services, rows, (objective, part), start)
        best = min(best, found.bound)
        shares = found.mean.reshape(services.periods, -1)
        cuts = dict.fromkeys(
            cut for share in shares for cut in broken_cuts(links, share)
        )
        if not cuts or best <= objective * (1 + 1e-6):
            break
        more = cut_rows(task.cover.sites, list(cuts))
    return best


def _apart(task: Task, objective: float, effort: Effort) -> float:
    """Return what linked choices are worth at most if units moved at will.

    Each period is bounded by itself, as forests: without a backup alone.
    """
    if task.backup > 1:
        return math.inf
    total, periods = 0.0, len(task.by_period)
    none = np.zeros(task.cover.sites, bool)
    for weight in task.by_period:
        table, _ = merged(replace(task.cover, weight=weight))
        known = objective / periods
        total += linked_bound(table, task.limits, none, known, effort)[0]
    return total


def _with_rows(price: Floats, services: Services, more: int) -> Floats:
    """Return prices with so many rules more in each period, that cost nothing yet."""
    size, periods = services.top.size, services.periods
    each, rest = np.split(price, [size])
    toll, step = np.split(rest, [len(rest) - (periods - 1)])
    wide = np.hstack([toll.reshape(periods, -1), np.zeros((periods, more))])
    return np.concatenate([each, wide.reshape(-1), step])


def _descent(
    task: Task,
    services: Services,
    rows: Rows,
    aim: tuple[float, Effort],
    known: Floats | None,
) -> Descent:
    """Lower the bound of courses from known prices, or those of the cells alone."""
    objective, effort = aim
    cover, moves, periods = task.cover, task.moves, services.periods
    held = task.limits.held_of(cover.sites)
    barred = task.limits.barred_of(cover.sites)
    size = services.top.size
    split = [size, size + periods * len(rows.have)]

    def oracle(price: Floats) -> tuple[float, Floats, Floats]:
        each, toll, step = np.split(price, split)
        each, toll = each.reshape(periods, -1), toll.reshape(periods, -1)
        bound, earned = services.earned(each)
        earned = earned - np.stack([rows.toll(one) for one in toll])
        earned[:, barred] = -math.inf
        on, gained = courses(earned, step, held)
        bound += gained + float((toll @ rows.have).sum()) + moves * float(step.sum())
        chosen = on.astype(np.float64)
        over = np.stack([rows.used(one) for one in on]) - rows.have
        new = np.array(fresh(on), np.float64) - moves
        lacking = services.lacking(each, chosen)
        breach = np.concatenate([lacking.reshape(-1), over.reshape(-1), new])
        return bound, breach, chosen.reshape(-1)

    most = float(rows.have[rows.have > 0].min(initial=1e9))
    site = objective / max(1, periods) / max(1.0, most)
    heavy = max(0.1 * site / max(float(services.top.mean()), 1e-12), 1e-12)
    others = periods * len(rows.have) + periods - 1
    top = np.concatenate([services.top.reshape(-1), np.full(others, np.inf)])
    start = np.zeros(len(top))
    start[:size] = services.start.reshape(-1)
    # A rule costs half of what a site is worth to begin with, a move nothing.
    start[size : split[1]] = np.tile(np.where(rows.have > 0, site / 2, 0.0), periods)
    start = start if known is None else known
    uses = np.maximum(np.bincount(rows.ind, minlength=len(rows.have)), 1)
    mean = np.bincount(rows.ind, np.abs(rows.val), minlength=len(rows.have)) / uses
    scale = np.concatenate(
        [
            np.ones(size),
            np.tile(heavy / np.maximum(mean, 1e-12) ** 2, periods),
            np.full(periods - 1, heavy),
        ]
    )
    enough = 1e-6 * objective + 1e-12
    told = effort.told
    pace = Pace(rounds=effort.rounds, lower=objective, enough=enough, told=told)
    return descend(oracle, start, top, pace, scale)


def courses(earned: Floats, step: Floats, held: Flags) -> tuple[Flags, float]:
    """Return each site's best course through the periods, and what all earn.

    `earned` is what a site earns in each period, `step` what it pays to be new in each
    but the first; held sites are there in all.
    """
    periods, sites = earned.shape
    on, off = earned[0].copy(), np.zeros(sites)
    stayed = np.zeros((periods, sites), bool)
    left = np.zeros((periods, sites), bool)
    for t in range(1, periods):
        stayed[t] = on >= off - step[t - 1]
        left[t] = on > off
        on, off = (
            np.where(stayed[t], on, off - step[t - 1]) + earned[t],
            np.where(left[t], on, off),
        )
    course = np.zeros((periods, sites), bool)
    course[-1] = on > off
    for t in range(periods - 1, 0, -1):
        course[t - 1] = np.where(course[t], stayed[t], left[t])
    best = np.maximum(on, off)
    # A held site is there all the time and pays for no move.
    course[:, held] = True
    best[held] = earned[:, held].sum(axis=0)
    return course, float(best.sum())
