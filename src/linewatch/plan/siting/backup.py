"""What no choice can exceed where a cell counts only when several sites cover it."""

from dataclasses import replace

import numpy as np

from linewatch.plan.siting.bound import Core, Ending, relaxed
from linewatch.plan.siting.cover import Cover, Floats, merged
from linewatch.plan.siting.double import STAGES, DoubleCore
from linewatch.plan.siting.limits import Effort, Flags, Limits
from linewatch.plan.siting.services import Follow, Services
from linewatch.plan.siting.volume import Pace


def backup_bound(  # noqa: PLR0913 -- the door of a stage
    table: Cover,
    limits: Limits,
    backup: int,
    taken: Flags,
    objective: float,
    effort: Effort,
    follow: Follow | None = None,
) -> tuple[float, Floats]:
    """Return what no choice within the limits can be worth more than.

    A cell that counts buys the service of `backup` different sites, each at the price
    of that pair; a site earns the prices of its pairs. Any prices bound the objective:
    what the cells keep, and what the best sites earn. For a backup of two, sites that
    overlap are put into clusters, whose choices are counted exactly. `follow` is told
    after each stage how often each site was chosen, and returns what the best choice
    known then is worth.

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
    last = Ending.of(table, objective)
    task = relaxed(table, limits)
    bound, share = np.inf, np.zeros(table.sites)
    double = DoubleCore(task, taken) if backup == 2 else None
    services = None
    if double is None:
        need = np.full(table.cells, backup, np.int64)
        nearly = last.enough if last.whole else 0.0
        core = Core(task, taken, effort.workers)
        services = Services(core, objective, nearly, need)
    for n, (size, _, reach) in enumerate(STAGES):
        pace = _pace(effort, n, objective, last)
        if double is not None:
            double.sharpen(size, replace(pace, reach=reach))
            bound, share = double.best, double.share
        if services is not None:
            services.objective = objective
            services.sharpen(pace)
            bound, share = services.core.best, services.share
        if follow is not None and bound - objective > last.enough:
            objective = follow(share)
        if bound - objective <= last.enough:
            break
    return last.cut(bound), share


def _pace(effort: Effort, n: int, objective: float, last: Ending) -> Pace:
    """Return the pace of a stage that takes its part of the rounds."""
    parts = [part for _, part, _ in STAGES]
    rounds, told = max(1, int(effort.rounds * parts[n])), effort.part(n, parts)
    return Pace(rounds=rounds, lower=objective, enough=last.enough, told=told)
