"""Units that move with the time of day: a choice for each period, few moves between."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.bound import Ending
from linewatch.plan.siting.choose import choose
from linewatch.plan.siting.courses import course_bound
from linewatch.plan.siting.cover import Cover, Floats, Whole, unit_of
from linewatch.plan.siting.exact import TANGENTS
from linewatch.plan.siting.limits import (
    PROVEN_GAP,
    Effort,
    Flags,
    Limits,
    Progress,
    Proof,
)
from linewatch.plan.siting.narrow import narrowed, weighed
from linewatch.plan.siting.program import Program, add_cells, add_sites
from linewatch.plan.siting.relocate import Relocation, Task, fresh, missed

SMALL_PAIRS: int = 20_000
"""Pairs of all periods up to which the solver is asked: above, it proves little."""

SMALL_CHANCES: int = 1_000
"""The same where chances are below 1: there it is asked again and again."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Moving:
    """A choice of sites for each period.

    Parameters
    ----------
    sites : tuple of ndarray of int64
        The chosen sites of each period, in growing order.
    objective, bound : float
        What they are worth in all periods, and what no such choice can exceed.
    fixed : float
        What the best choice found without any move is worth.
    moves : tuple of int
        Sites that are new in each period but the first.
    """

    sites: tuple[Whole, ...]
    objective: float
    bound: float
    fixed: float
    moves: tuple[int, ...]

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


def choose_moving(  # noqa: PLR0913 -- the door of a stage
    cover: Cover,
    by_period: Floats,
    limits: Limits,
    *,
    moves: int,
    backup: int = 1,
    effort: Effort | None = None,
    limit_s: float = 20.0,
    progress: Progress | None = None,
) -> Moving:
    """Choose sites for each period, with few that are new in the next.

    Parameters
    ----------
    cover : Cover
        Sites by cells; its weights are not read.
    by_period : ndarray of float64, shape (periods, cells)
        What each cell is worth in each period.
    limits : Limits
        What may be chosen in each period. With links every site reaches a gateway in
        each period over sites of that period.
    moves : int
        Sites at most that are chosen in a period and were not in the one before.
    backup : int, default 1
        Sites that must cover a cell in a period for it to count there.
    effort : Effort, optional
        How long to try.
    limit_s : float, default 20
        Longest that the solver searches a small problem [s].
    progress : callable, optional
        Told the stage and the share done, between kicks, exchanges and steps.

    Returns
    -------
    Moving
        Never worth less than the choice that stays, which `choose` makes.

    Raises
    ------
    BadValue
        If `moves` is below 0, or `backup` is below 1, or above 1 with chances below 1.
    NoPlan
        If the held sites alone break a rule.

    Notes
    -----
    From the choice that stays, the best exchange of one site for another over a run of
    periods is made until none helps, in which every rule, the links among them, is kept
    in each period. The bound prices the cells of each period (for a backup its pairs),
    the rules of each period and the moves between two; a site then takes its best
    course through the periods by itself, by dynamic programming.
    """
    if moves < 0:
        raise BadValue("moves", "0 or more", moves)
    effort = effort or Effort()
    limits = narrowed(cover, limits)
    by_period = weighed(cover, by_period, limits, backup)
    unit = unit_of(by_period)
    by_period = by_period / unit
    whole = replace(cover, weight=by_period.sum(axis=0))
    stay = choose(whole, limits, backup=backup, effort=effort, progress=progress)
    task = Task(cover, by_period, limits, moves, backup)
    search = Relocation(task, stay.sites)
    search.climb(20 * cover.sites, effort.telling(progress, "moves").tell)
    taken, objective = search.taken, search.objective
    bound = stay.bound
    if moves > 0 and len(by_period) > 1:
        steps = effort.telling(progress, "bound of moves")
        bound = course_bound(task, objective, steps)
        steps.tell(1)
    if bound > objective * (1 + PROVEN_GAP):
        taken, bound = _solved(task, (taken, objective, bound), limit_s)
        objective = task.worth(taken)
    return Moving(
        sites=tuple(np.flatnonzero(one) for one in taken),
        objective=objective * unit,
        bound=max(bound, objective) * unit,
        fixed=stay.objective * unit,
        moves=tuple(fresh(taken)),
    )


def _solved(
    task: Task, known: tuple[Flags, float, float], limit_s: float
) -> tuple[Flags, float]:
    """Return the solver's choices and bound where it is better, on small problems."""
    taken, objective, bound = known
    most = SMALL_PAIRS if task.cover.is_sure else SMALL_CHANCES
    if len(task.cover.ind) * len(task.by_period) > most:
        return taken, bound
    program, firsts = _program(task)
    try:
        if task.cover.is_sure:
            for first, weight in zip(firsts, task.by_period, strict=True):
                table = replace(task.cover, weight=weight)
                add_cells(program, table, first, task.backup)
            values, low = program.solved(limit_s)
            sites = task.cover.sites
            found = np.stack([values[f : f + sites] > 0.5 for f in firsts])
        else:
            found, low = _expected(task, program, firsts, objective, limit_s)
    except NoPlan:
        return taken, bound
    # The solver keeps rules to within its tolerance alone: its bound still holds.
    better = task.keeps(found) and task.worth(found) > objective
    last = Ending.of(task.cover, objective, task.by_period)
    return (found if better else taken), min(bound, last.cut(-low))


def _program(task: Task) -> tuple[Program, list[int]]:
    """Return a program of the sites of all periods and the moves between them."""
    program = Program()
    sites = task.cover.sites
    firsts = [
        add_sites(program, task.cover, task.limits, np.zeros(sites))
        for _ in task.by_period
    ]
    every = np.arange(sites)
    for before, after in pairwise(firsts):
        new = program.add_columns(
            np.zeros(sites), np.zeros(sites), np.ones(sites), whole=False
        )
        program.add_rules(
            [
                (every, after + every, np.ones(sites)),
                (every, before + every, -np.ones(sites)),
                (every, new + every, -np.ones(sites)),
            ],
            np.full(sites, -np.inf),
            np.zeros(sites),
        )
        program.add_rules(
            [(np.zeros(sites, np.int64), new + every, np.ones(sites))],
            np.array([-np.inf]),
            np.array([float(task.moves)]),
        )
    return program, firsts


def _expected(
    task: Task, program: Program, firsts: list[int], known: float, limit_s: float
) -> tuple[Flags, float]:
    """Return the best choices met and the least cost, where chances are below 1.

    A cell's chance lies under its tangent at any choice, as in `exact`: tangents are
    added in each period until the solver's answer is the truth.
    """
    cover = task.cover
    cells, sites = cover.cells, cover.sites
    columns = [
        program.add_columns(-weight, np.zeros(cells), np.ones(cells), whole=False)
        for weight in task.by_period
    ]
    site = np.repeat(np.arange(sites), np.diff(cover.ptr))
    every = np.arange(cells)
    taken = np.zeros((len(firsts), sites), bool)
    best, value, least = taken, -np.inf, -np.inf
    for _ in range(TANGENTS):
        for one, first, column in zip(taken, firsts, columns, strict=True):
            miss = missed(cover, one)
            out = np.flatnonzero(~one[site])
            cell = cover.ind[out].astype(np.int64)
            program.add_rules(
                [
                    (every, column + every, np.ones(cells)),
                    (cell, site[out] + first, -cover.prob[out] * miss[cell]),
                ],
                np.full(cells, -np.inf),
                1 - miss,
            )
        values, low = program.solved(limit_s)
        taken = np.stack([values[f : f + sites] > 0.5 for f in firsts])
        least = max(least, low)
        now = task.worth(taken)
        if now > value:
            best, value = taken, now
        if -least - max(value, known) <= 1e-9 * -least:
            break
    return best, least
