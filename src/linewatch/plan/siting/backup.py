"""What no choice can exceed where a cell counts only when several sites cover it."""

import math
from dataclasses import replace

import numpy as np

from linewatch.plan.siting import _kernels_bound as loops
from linewatch.plan.siting._kernels_merge import by_cell
from linewatch.plan.siting.bound import Relaxed, relaxed
from linewatch.plan.siting.cover import Cover, Floats, merged
from linewatch.plan.siting.double import STAGES, DoubleCore
from linewatch.plan.siting.limits import PROVEN_GAP, Effort, Flags, Limits
from linewatch.plan.siting.volume import Pace, descend


def backup_bound(  # noqa: PLR0913 -- the door of a stage
    table: Cover,
    limits: Limits,
    backup: int,
    taken: Flags,
    objective: float,
    effort: Effort,
) -> tuple[float, Floats]:
    """Return what no choice within the limits can be worth more than.

    A cell that counts buys the service of `backup` different sites, each at the price
    of that pair; a site earns the prices of its pairs. Any prices bound the objective:
    what the cells keep, and what the best sites earn. For a backup of two, sites that
    overlap are put into clusters, whose choices are counted exactly.

    Returns
    -------
    float, ndarray of float64, shape (sites,)
        The bound, and how often each site was chosen in the relaxed choices.
    """
    often = np.bincount(table.ind, minlength=table.cells)
    # A cell with too few sites never counts; without weight it merges away.
    table, _ = merged(replace(table, weight=np.where(often < backup, 0, table.weight)))
    if not table.cells:
        return 0.0, np.zeros(table.sites)
    task = relaxed(table, limits)
    whole = bool((table.weight == np.rint(table.weight)).all())
    enough = 0.999 if whole else PROVEN_GAP * max(objective, 1e-12)
    if backup == 2:
        core = DoubleCore(task, taken)
        for size, part in STAGES:
            rounds = max(1, int(effort.rounds * part))
            core.sharpen(size, Pace(rounds=rounds, lower=objective, enough=enough))
            if core.best - objective <= enough:
                break
        bound, share = core.best, core.share
    else:
        pace = Pace(rounds=effort.rounds, lower=objective, enough=enough)
        bound, share = _by_pairs(task, backup, pace)
    return (math.floor(bound + 1e-6) if whole else bound), share


def _by_pairs(task: Relaxed, backup: int, pace: Pace) -> tuple[float, Floats]:
    """Return the bound with a price a pair, for a backup of any number."""
    table, rows = task.table, task.rows
    tptr, tsite = by_cell(table.ptr, table.ind, table.cells)
    pairs, sites = len(tsite), table.sites
    top = np.repeat(table.weight, np.diff(tptr))
    one = np.ones(sites, np.int64)
    member = np.arange(sites, dtype=np.int64)
    first = 2 * np.arange(sites + 1, dtype=np.int64)
    ok = np.ones(2 * sites, bool)
    ok[1::2] = ~task.shut
    value, worth = np.zeros(sites), np.zeros(2 * sites)
    pick = np.zeros(sites, np.int64)

    def oracle(price: Floats) -> tuple[float, Floats, Floats]:
        each, toll = price[:pairs], price[pairs:]
        kept = loops.price_pairs(tptr, each, table.weight, backup)
        loops.sum_pairs(tsite, each, value)
        worth[1::2] = value
        gained = loops.choose_clusters(
            worth, ok, first, one, member, rows.toll(toll), task.table.kind,
            task.limit, task.total, pick,
        )  # fmt: skip
        use = np.zeros(pairs)
        loops.serve_pairs(tptr, each, table.weight, backup, 1.0, use)
        chosen = pick.astype(np.float64)
        over = rows.used(chosen) - rows.have
        breach = np.concatenate([use - chosen[tsite], over])
        return kept + gained + float(toll @ rows.have), breach, chosen

    start = np.concatenate([top / backup * 0.9, np.zeros(len(rows.have))])
    most = np.concatenate([top, np.full(len(rows.have), np.inf)])
    found = descend(oracle, start, most, pace)
    return found.bound, found.mean
