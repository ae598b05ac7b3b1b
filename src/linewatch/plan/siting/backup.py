"""What no choice can exceed where a cell counts only when several sites cover it."""

from dataclasses import replace
from typing import Final

import numpy as np

from linewatch.plan.siting.bound import Core, Ending, relaxed
from linewatch.plan.siting.cover import Cover, Floats, merged
from linewatch.plan.siting.double import STAGES, DoubleCore
from linewatch.plan.siting.limits import Effort, Flags, Limits
from linewatch.plan.siting.services import Services
from linewatch.plan.siting.volume import Pace

BY_PAIR: Final = (0.1, 0.1, 0.2, 0.3, 0.3)
"""Shares of the rounds spent where more than two sites must cover a cell."""


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
    last = Ending.of(table, objective)
    task = relaxed(table, limits)
    if backup == 2:
        double = DoubleCore(task, taken)
        for size, part in STAGES:
            double.sharpen(size, _pace(effort, part, objective, last))
            if double.best - objective <= last.enough:
                break
        return last.cut(double.best), double.share
    core = Core(task, taken, effort.workers)
    nearly = last.enough if last.whole else 0.0
    need = np.full(table.cells, backup, np.int64)
    services = Services(core, objective, nearly, need)
    for part in BY_PAIR:
        services.sharpen(_pace(effort, part, objective, last))
        if core.best - objective <= last.enough:
            break
    return last.cut(core.best), services.share


def _pace(effort: Effort, part: float, objective: float, last: Ending) -> Pace:
    """Return the pace of a stage that takes a part of the rounds."""
    rounds = max(1, int(effort.rounds * part))
    return Pace(rounds=rounds, lower=objective, enough=last.enough)
