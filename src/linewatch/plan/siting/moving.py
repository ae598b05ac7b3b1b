"""Units that move with the time of day: a choice for each period, few moves between."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.choose import choose
from linewatch.plan.siting.cover import Cover, Floats, Whole, merged, unit_of
from linewatch.plan.siting.limits import (
    PROVEN_GAP,
    Effort,
    Flags,
    Limits,
    Proof,
    Rows,
)
from linewatch.plan.siting.program import Program, add_cells, add_sites
from linewatch.plan.siting.volume import Pace, descend

SMALL_PAIRS: int = 20_000
"""Pairs of all periods up to which the solver is asked: above, it proves little."""

TRIED: int = 400
"""Exchanges looked at for a fit to the rules before the search gives up a step."""


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


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """The table, weights by period, what may be chosen, and moves at most."""

    cover: Cover
    by_period: Floats
    limits: Limits
    moves: int


def choose_moving(  # noqa: PLR0913 -- the door of a stage
    cover: Cover,
    by_period: Floats,
    limits: Limits,
    *,
    moves: int,
    effort: Effort | None = None,
    limit_s: float = 20.0,
) -> Moving:
    """Choose sites for each period, with few that are new in the next.

    Parameters
    ----------
    cover : Cover
        Sites by cells; its weights are not read.
    by_period : ndarray of float64, shape (periods, cells)
        What each cell is worth in each period.
    limits : Limits
        What may be chosen in each period; without links.
    moves : int
        Sites at most that are chosen in a period and were not in the one before.
    effort : Effort, optional
        How long to try.
    limit_s : float, default 20
        Longest that the solver searches a small problem [s].

    Returns
    -------
    Moving
        Never worth less than the choice that stays, which `choose` makes.

    Raises
    ------
    BadValue
        If `moves` is below 0, or the limits hold links.
    NoPlan
        If the held sites alone break a rule.

    Notes
    -----
    From the choice that stays, the best exchange of one site for another over a run of
    periods is made until none helps. The bound prices the cells of each period, the
    rules of each period and the moves between two; a site then takes its best course
    through the periods by itself, by dynamic programming.
    """
    if moves < 0:
        raise BadValue("moves", "0 or more", moves)
    if limits.links is not None:
        raise BadValue("limits", "without links where sites move", "with links")
    effort = effort or Effort()
    unit = unit_of(by_period)
    by_period = by_period / unit
    total = by_period.sum(axis=0)
    stay = choose(replace(cover, weight=total), limits, effort=effort)
    task = _Task(cover, by_period, limits, moves)
    search = _Moving(task, stay.sites)
    search.climb(20 * cover.sites)
    objective = search.objective
    bound = stay.bound
    if moves > 0 and len(by_period) > 1:
        bound = _bound(task, objective, effort)
    taken = search.taken
    if bound > objective * (1 + PROVEN_GAP) and cover.is_sure:
        taken, bound = _solved(task, (taken, objective, bound), limit_s)
        objective = worth(cover, by_period, taken)
    return Moving(
        sites=tuple(np.flatnonzero(one) for one in taken),
        objective=objective * unit,
        bound=max(bound, objective) * unit,
        fixed=stay.objective * unit,
        moves=tuple(_new(taken)),
    )


def worth(cover: Cover, by_period: Floats, taken: Flags) -> float:
    """Return what the choices of all periods are worth."""
    return sum(
        float((weight * (1 - _missed(cover, one))).sum())
        for weight, one in zip(by_period, taken, strict=True)
    )


def _missed(cover: Cover, taken: Flags) -> Floats:
    """Return the chance that all taken sites miss, by cell."""
    chosen = cover.only(np.flatnonzero(taken))
    miss = np.ones(cover.cells)
    np.multiply.at(miss, chosen.ind, 1 - chosen.prob)
    return miss


def _new(taken: Flags) -> list[int]:
    """Return how many sites of each period but the first are new in it."""
    fresh: list[int] = (taken[1:] & ~taken[:-1]).sum(axis=1).tolist()
    return fresh


class _Moving:
    """Choices of all periods, and what every exchange in each would bring."""

    def __init__(self, task: _Task, start: Whole) -> None:
        cover, limits = task.cover, task.limits
        self.cover = cover
        self.by_period = task.by_period
        self.held = limits.held_of(cover.sites)
        self.barred = limits.barred_of(cover.sites)
        self.rows: Rows = limits.all_rows(cover)
        self.moves = task.moves
        shape = (cover.sites, cover.cells)
        self.pairs: Any = csr_array(
            (np.asarray(cover.prob), cover.ind, cover.ptr), shape
        )
        self.taken = np.zeros((len(task.by_period), cover.sites), bool)
        self.taken[:, start] = True
        self.swaps: list[dict[int, Floats]] = [{} for _ in task.by_period]
        for t in range(len(task.by_period)):
            self._look(t)

    @property
    def objective(self) -> float:
        """What the choices are worth."""
        return worth(self.cover, self.by_period, self.taken)

    def _look(self, t: int) -> None:
        """Work out, for each site out (-1: none), what each in would bring."""
        miss = _missed(self.cover, self.taken[t])
        weight = self.by_period[t]
        here = {-1: self.pairs @ (weight * miss)}
        for s in np.flatnonzero(self.taken[t] & ~self.held).tolist():
            own = slice(self.cover.ptr[s], self.cover.ptr[s + 1])
            cell, prob = self.cover.ind[own], self.cover.prob[own]
            without = miss.copy()
            others = self.taken[t].copy()
            others[s] = False
            sure = prob >= 1
            without[cell[~sure]] /= 1 - prob[~sure]
            if sure.any():
                # What a sure site covered cannot be divided out: anew, there alone.
                without[cell[sure]] = _missed(self.cover, others)[cell[sure]]
            loss = float((weight[cell] * without[cell] * prob).sum())
            here[s] = self.pairs @ (weight * without) - loss
        self.swaps[t] = here

    def climb(self, steps: int) -> None:
        """Make the best exchange over a run of periods until none helps."""
        for _ in range(steps):
            if not self._step():
                return

    def _offers(self) -> list[tuple[float, int, int, int, int]]:
        """Return what exchanges would bring: gain, first and last period, out, in."""
        offers: list[tuple[float, int, int, int, int]] = []
        periods = len(self.by_period)
        for first in range(periods):
            sums = dict(self.swaps[first])
            free = ~self.taken[first] & ~self.barred
            for last in range(first, periods):
                if last > first:
                    here = self.swaps[last]
                    sums = {s: v + here[s] for s, v in sums.items() if s in here}
                    free = free & ~self.taken[last]
                for s, values in sums.items():
                    gains = np.where(free, values, -math.inf)
                    best = np.argsort(-gains)[:5].tolist()
                    offers += [
                        (float(gains[r]), first, last, s, r)
                        for r in best
                        if gains[r] > 1e-9
                    ]
        return sorted(offers, key=lambda offer: -offer[0])

    def _step(self) -> bool:
        """Make the best exchange that fits; False where none helps."""
        for _, first, last, s, r in self._offers()[:TRIED]:
            after = self.taken.copy()
            after[first : last + 1, r] = True
            if s >= 0:
                after[first : last + 1, s] = False
            used = [self.rows.used(one) for one in after[first : last + 1]]
            over = any((use > self.rows.have + 1e-9).any() for use in used)
            if over or max(_new(after), default=0) > self.moves:
                continue
            self.taken = after
            for t in range(first, last + 1):
                self._look(t)
            return True
        return False


def _bound(task: _Task, objective: float, effort: Effort) -> float:
    """Return what no choice with so few moves can exceed, by prices."""
    cover, by_period, limits = task.cover, task.by_period, task.limits
    moves = task.moves
    table, row = merged(replace(cover, weight=by_period.sum(axis=0)))
    kept = row >= 0
    weight = np.stack(
        [np.bincount(row[kept], w[kept], minlength=table.cells) for w in by_period]
    ).astype(np.float64)
    if not table.cells:
        return 0.0
    held, barred = limits.held_of(cover.sites), limits.barred_of(cover.sites)
    rows = limits.all_rows(cover)
    most = np.ones(table.cells)
    np.multiply.at(most, table.ind, 1 - table.prob)
    most = np.maximum(1 - most, 1e-12)
    ceiling = weight * most
    periods, cells = weight.shape
    shape = (cover.sites, cells)
    share = np.asarray(table.prob) / most[table.ind]
    pairs: Any = csr_array((share, table.ind, table.ptr), shape)
    back: Any = csr_array(pairs.T)
    split = [periods * cells, periods * (cells + len(rows.have))]

    def oracle(price: Floats) -> tuple[float, Floats, Floats]:
        each, toll, step = np.split(price, split)
        each, toll = each.reshape(periods, cells), toll.reshape(periods, -1)
        earned = (pairs @ each.T).T - np.stack([rows.toll(one) for one in toll])
        earned[:, barred] = -math.inf
        on, gained = _courses(earned, step, held)
        bound = float(ceiling.sum() - each.sum()) + gained
        bound += float((toll @ rows.have).sum()) + moves * float(step.sum())
        chosen = on.astype(np.float64)
        lacking = 1 - (back @ chosen.T).T
        over = np.stack([rows.used(one) for one in on]) - rows.have
        fresh = np.array(_new(on), np.float64) - moves
        breach = np.concatenate([lacking.reshape(-1), over.reshape(-1), fresh])
        return bound, breach, chosen.reshape(-1)

    site = objective / max(1, periods) / max(1.0, float(rows.have.min(initial=1e9)))
    heavy = max(0.1 * site / max(float(ceiling.mean()), 1e-12), 1e-12)
    others = periods * len(rows.have) + periods - 1
    top = np.concatenate([ceiling.reshape(-1), np.full(others, np.inf)])
    start = np.concatenate([ceiling.reshape(-1) / 2, np.full(others, site / 2)])
    start[split[1] :] = 0.0  # moves are free to begin with
    uses = np.maximum(np.bincount(rows.ind, minlength=len(rows.have)), 1)
    mean = np.bincount(rows.ind, rows.val, minlength=len(rows.have)) / uses
    scale = np.concatenate(
        [
            np.ones(periods * cells),
            np.tile(heavy / np.maximum(mean, 1e-12) ** 2, periods),
            np.full(periods - 1, heavy),
        ]
    )
    pace = Pace(rounds=effort.rounds, lower=objective, enough=1e-6 * objective + 1e-12)
    return descend(oracle, start, top, pace, scale).bound


def _courses(earned: Floats, step: Floats, held: Flags) -> tuple[Flags, float]:
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


def _solved(
    task: _Task, known: tuple[Flags, float, float], limit_s: float
) -> tuple[Flags, float]:
    """Return the solver's choices and bound where it is better, on small problems."""
    cover, by_period, limits = task.cover, task.by_period, task.limits
    taken, objective, bound = known
    if len(cover.ind) * len(by_period) > SMALL_PAIRS:
        return taken, bound
    program, firsts = Program(), []
    sites = cover.sites
    for weight in by_period:
        firsts.append(add_sites(program, cover, limits, np.zeros(sites)))
        add_cells(program, replace(cover, weight=weight), firsts[-1], 1)
    every = np.arange(sites)
    for before, after in pairwise(firsts):
        fresh = program.add_columns(
            np.zeros(sites), np.zeros(sites), np.ones(sites), whole=False
        )
        program.add_rules(
            [
                (every, after + every, np.ones(sites)),
                (every, before + every, -np.ones(sites)),
                (every, fresh + every, -np.ones(sites)),
            ],
            np.full(sites, -np.inf),
            np.zeros(sites),
        )
        program.add_rules(
            [(np.zeros(sites, np.int64), fresh + every, np.ones(sites))],
            np.array([-np.inf]),
            np.array([float(task.moves)]),
        )
    try:
        values, low = program.solved(limit_s)
    except NoPlan:
        return taken, bound
    found = np.stack([values[f : f + sites] > 0.5 for f in firsts])
    better = worth(cover, by_period, found) > objective
    return (found if better else taken), min(bound, -low)
