"""Set cover, and small cover problems of every kind, proven by HiGHS in SciPy."""

import math
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.bound import Ending
from linewatch.plan.siting.cover import Cover, Floats, Whole, merged
from linewatch.plan.siting.limits import PROVEN_GAP, Choice, Flags, Limits, Proof
from linewatch.plan.siting.narrow import narrowed, weighed
from linewatch.plan.siting.program import (
    TOLERANCE,
    Program,
    add_cells,
    add_sites,
    solver_unit,
)

SMALL_PAIRS: Final = 60_000
"""Pairs of a merged table up to which the solver is worth asking: above, it ends with
wide gaps where greedy, exchange and the volume bound end within a percent."""

SMALL_CHANCES: Final = 3_000
"""The same where chances are below 1: there it is asked again and again."""

MERGES: Final = 50
"""Times that merging may make a table smaller, for it to be worth trying."""

TANGENTS: Final = 60
"""Times at most that tangents are added and the solver asked again."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cheapest:
    """Sites that leave no cell uncovered.

    Parameters
    ----------
    sites : ndarray of int64
        The chosen sites.
    cost, bound : float
        Their cost, and the cost that no such choice stays under.
    uncoverable : int
        Cells with weight that too few sites can cover; they are covered as often as
        they can be.
    """

    sites: Whole
    cost: float
    bound: float
    uncoverable: int

    @property
    def gap(self) -> float:
        """Share of the cost that a cheaper choice could save at most [-]."""
        return max(0.0, (self.cost - self.bound) / self.cost) if self.cost else 0.0

    @property
    def proof(self) -> Proof:
        """How sure the choice is."""
        return Proof.BEST if self.gap <= PROVEN_GAP else Proof.GOOD


def cover_all(
    cover: Cover,
    *,
    backup: int = 1,
    limits: Limits | None = None,
    limit_s: float = 60.0,
) -> Cheapest:
    """Choose the cheapest sites that cover every cell at least `backup` times.

    Parameters
    ----------
    cover : Cover
        Sites by cells, with a cost a site; every pair certain. Cells of weight 0 need
        no cover.
    backup : int, default 1
        Sites that must cover each cell, or all of its sites where it has fewer.
    limits : Limits, optional
        What may be chosen; sites that are held cost nothing.
    limit_s : float, default 60
        Longest that the solver searches [s].

    Raises
    ------
    NoPlan
        If the rules leave no such choice, or the solver finds none in time.
    BadValue
        If `backup` is below 1, or a chance is below 1.

    Notes
    -----
    Set cover as a mixed-integer program for HiGHS, cells with the same sites merged
    first (Q. Huangfu and J. A. J. Hall, Math. Program. Comput. 10 (2018) 119-142,
    doi:10.1007/s12532-017-0130-5).
    """
    if backup < 1:
        raise BadValue("backup", "1 or more", backup)
    if not cover.is_sure:
        raise BadValue("prob", "1 where everything is to be covered", "less")
    limits = limits or Limits()
    open_pairs = np.repeat(~limits.barred_of(cover.sites), np.diff(cover.ptr))
    often = np.bincount(cover.ind[open_pairs], minlength=cover.cells)
    short = int(((often < backup) & (cover.weight > 0)).sum())
    table, _ = merged(cover)
    open_pairs = np.repeat(~limits.barred_of(cover.sites), np.diff(table.ptr))
    own = np.bincount(table.ind[open_pairs], minlength=table.cells)
    free = limits.held_of(table.sites) | limits.barred_of(table.sites)
    cost = np.where(free, 0.0, table.cost)
    need = np.minimum(own, backup).astype(np.float64)
    sites, spent, bound = _cheapest(table, limits, cost, need, limit_s)
    wrong = TOLERANCE * solver_unit(cost)
    if PROVEN_GAP * spent < spent - bound <= PROVEN_GAP * spent + wrong:
        # A site dearer than all that were found is in no cheaper choice; without such
        # the solver tells small costs apart.
        dear = (cost > spent) & ~limits.barred_of(table.sites)
        limits = replace(limits, barred=limits.barred_of(table.sites) | dear)
        cost = np.where(dear, 0.0, cost)
        sites, spent, bound = _cheapest(table, limits, cost, need, limit_s)
    if bool((cost == np.rint(cost)).all()):
        bound = math.ceil(bound)
    bound = max(min(bound, spent), 0.0)
    return Cheapest(sites=sites, cost=spent, bound=bound, uncoverable=short)


def _cheapest(
    table: Cover, limits: Limits, cost: Floats, need: Floats, limit_s: float
) -> tuple[Whole, float, float]:
    """Return the sites that cover each cell as often as needed, their cost, a bound."""
    program = Program()
    first = add_sites(program, table, limits, cost)
    site = np.repeat(np.arange(table.sites), np.diff(table.ptr))
    program.add_rules(
        [(table.ind.astype(np.int64), site + first, np.ones(len(site)))],
        need,
        np.full(table.cells, np.inf),
    )
    try:
        values, bound = program.solved(limit_s)
    except NoPlan as error:
        raise NoPlan(("every cell covered", *error.clash)) from error
    taken = values[: table.sites] > 0.5
    if broken := limits.broken(table, taken):
        # The solver keeps rules to within its tolerance alone.
        raise NoPlan(("every cell covered", broken))
    sites = np.flatnonzero(taken)
    return sites, float(cost[sites].sum()), bound


def is_small(cover: Cover) -> bool:
    """Tell whether a table is small enough for `sharpened`."""
    most = SMALL_PAIRS if cover.is_sure else SMALL_CHANCES
    if len(cover.ind) > MERGES * most:
        return False
    return len(merged(cover)[0].ind) <= most


def sharpened(
    cover: Cover,
    limits: Limits,
    choice: Choice,
    *,
    backup: int = 1,
    limit_s: float = 20.0,
) -> Choice:
    """Return the solver's choice and bound where they are better than a choice's.

    Parameters
    ----------
    cover, limits, backup
        As for `choose`.
    choice : Choice
        What is known already.
    limit_s : float, default 20
        Longest that the solver searches at a time [s].
    """
    if choice.proof is Proof.BEST:
        return choice
    narrow = narrowed(cover, limits)
    weight = weighed(cover, cover.weight, narrow, backup)
    table, _ = merged(replace(cover, weight=weight))
    try:
        if table.is_sure:
            taken, bound = _sure(table, narrow, backup, limit_s)
        else:
            taken, bound = _expected(table, narrow, choice.objective, limit_s)
    except NoPlan:
        return choice
    objective = worth_of(table, taken, backup)
    if limits.broken(table, taken):
        # The solver keeps rules to within its tolerance alone: its bound still holds.
        objective = -np.inf
    bound = Ending.of(table, choice.objective).cut(bound)
    least = table.weight[table.ind] * table.prob
    if bound < 0.5 * least.min(initial=np.inf):
        bound = 0.0  # whatever counts at all is worth more
    bound = max(min(choice.bound, bound), choice.objective, objective)
    if objective <= choice.objective:
        return replace(choice, bound=bound)
    chosen = np.flatnonzero(taken)
    cost = float(table.cost[chosen].sum())
    return replace(choice, sites=chosen, objective=objective, bound=bound, cost=cost)


def worth_of(table: Cover, taken: Flags, backup: int) -> float:
    """Return what a choice is worth."""
    pairs = np.repeat(taken, np.diff(table.ptr))
    if backup > 1:
        often = np.bincount(table.ind[pairs], minlength=table.cells)
        return float(table.weight[often >= backup].sum())
    return float((table.weight * (1 - _miss(table, taken))).sum())


def _miss(table: Cover, taken: Flags) -> Floats:
    """Return the chance that all taken sites miss, by cell."""
    pairs = np.repeat(taken, np.diff(table.ptr))
    miss = np.ones(table.cells)
    np.multiply.at(miss, table.ind[pairs], 1 - table.prob[pairs])
    return miss


def _sure(
    table: Cover, limits: Limits, backup: int, limit_s: float
) -> tuple[Flags, float]:
    """Return the best choice found and the bound, where every pair is sure."""
    program = Program()
    first = add_sites(program, table, limits, np.zeros(table.sites))
    add_cells(program, table, first, backup)
    values, low = program.solved(limit_s)
    return values[: table.sites] > 0.5, -low


def _expected(
    table: Cover, limits: Limits, known: float, limit_s: float
) -> tuple[Flags, float]:
    """Return the best choice met and the bound, where chances are below 1.

    A cell's chance is submodular, so at any choice it lies under the tangent there
    (Nemhauser and Wolsey, 1981): what the choice gives, and what each other site would
    add. Tangents are added where the solver's answer lies above the truth.
    """
    program = Program()
    sites, cells = table.sites, table.cells
    first = add_sites(program, table, limits, np.zeros(sites))
    column = program.add_columns(
        -table.weight, np.zeros(cells), np.ones(cells), whole=False
    )
    site = np.repeat(np.arange(sites), np.diff(table.ptr))
    every = np.arange(cells)
    taken = np.zeros(sites, bool)
    best, value, bound = taken, -np.inf, np.inf
    for _ in range(TANGENTS):
        miss = _miss(table, taken)
        out = np.flatnonzero(~taken[site])
        cell = table.ind[out].astype(np.int64)
        program.add_rules(
            [
                (every, column + every, np.ones(cells)),
                (cell, site[out] + first, -table.prob[out] * miss[cell]),
            ],
            np.full(cells, -np.inf),
            1 - miss,
        )
        values, low = program.solved(limit_s)
        taken, bound = values[:sites] > 0.5, min(bound, -low)
        now = worth_of(table, taken, 1)
        if now > value:
            best, value = taken, now
        if bound - max(value, known) <= 1e-9 * bound:
            break
    return best, bound
