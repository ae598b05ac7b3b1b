"""Siting as a mixed-integer program, solved by HiGHS in SciPy: for small tables."""

import math
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csc_array

from linewatch.errors import NoPlan
from linewatch.plan.siting.cover import Cover, Floats, Whole
from linewatch.plan.siting.limits import Flags, Limits, Rows

LARGE: Final = 2.0**20
"""Whole costs are told to the solver as they are up to this."""

TOLERANCE: Final = 2e-6
"""What the solver's bound may be wrong by, whatever the costs: twice its tolerance."""

_TURN: Final = Lock()


@dataclass(slots=True, eq=False)
class Program:
    """A program that is minimised, grown column by column and rule by rule.

    Rules are kept as (row, column, value) with ``low <= row <= high``.
    """

    cost: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    whole: list[Flags] = field(default_factory=list)
    row: list[Whole] = field(default_factory=list)
    column: list[Whole] = field(default_factory=list)
    value: list[Floats] = field(default_factory=list)
    low: list[Floats] = field(default_factory=list)
    high: list[Floats] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_columns(
        self, cost: Floats, lower: Floats, upper: Floats, *, whole: bool
    ) -> int:
        """Add columns; return the number of the first."""
        first = self.columns
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(np.full(len(cost), whole))
        self.columns += len(cost)
        return first

    def add_rules(
        self, parts: list[tuple[Whole, Whole, Floats]], low: Floats, high: Floats
    ) -> None:
        """Add rules from (rule, column, value) with rules from 0."""
        for row, column, value in parts:
            self.row.append(row + self.rows)
            self.column.append(column)
            self.value.append(value)
        self.low.append(low)
        self.high.append(high)
        self.rows += len(low)

    def solved(self, limit_s: float) -> tuple[Floats, float]:
        """Return the columns and the proven bound, less what it may be wrong by.

        Raises
        ------
        NoPlan
            If nothing meets the rules, or nothing was found in time.
        """
        cost = np.concatenate(self.cost)
        unit = solver_unit(cost)
        matrix: Any = csc_array(
            coo_array(
                (
                    np.concatenate(self.value),
                    (np.concatenate(self.row), np.concatenate(self.column)),
                ),
                shape=(self.rows, self.columns),
            )
        )
        matrix.indices = matrix.indices.astype(np.int32)
        matrix.indptr = matrix.indptr.astype(np.int32)
        with _hushed():
            found: Any = milp(
                cost / unit,
                integrality=np.concatenate(self.whole).astype(np.int64),
                bounds=Bounds(np.concatenate(self.lower), np.concatenate(self.upper)),
                constraints=LinearConstraint(
                    matrix, np.concatenate(self.low), np.concatenate(self.high)
                ),
                options={"mip_rel_gap": 0.0, "time_limit": limit_s},
            )
        if found.x is None:
            if found.status == 2:  # infeasible, by SciPy's numbers
                raise NoPlan(("the limits and rules of the sites",))
            raise NoPlan((f"the solver found no choice in {limit_s:g} s",))
        # Without a column that must be whole there is no tree, and so no bound of it.
        bound = found.fun if found.mip_dual_bound is None else found.mip_dual_bound
        return np.asarray(found.x, np.float64), (float(bound) - TOLERANCE) * unit


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep the solver's own lines, which no option turns off, out of the answer."""
    with _TURN:  # two at once would each put back what the other had put away
        sys.stdout.flush()
        kept = os.dup(1)
        away = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(away, 1)
            yield
        finally:
            os.dup2(kept, 1)
            os.close(kept)
            os.close(away)


def solver_unit(cost: Floats) -> float:
    """Return the unit that costs are told to the solver in.

    Its tolerances are absolute, so the largest comes to a thousand or more: costs that
    are small beside it are lost in them.
    """
    size = np.abs(cost)
    most = float(size.max(initial=0.0))
    if most <= LARGE and bool((size == np.rint(size)).all()):
        return 1.0
    return math.ldexp(1.0, math.frexp(most)[1] - 11)


def add_sites(program: Program, table: Cover, limits: Limits, cost: Floats) -> int:
    """Add a column a site with all rules on sites; return the first column."""
    sites = table.sites
    held, barred = limits.held_of(sites), limits.barred_of(sites)
    first = program.add_columns(
        cost, held.astype(float), (~barred).astype(float), whole=True
    )
    add_rows(program, limits.all_rows(table), first)
    if limits.links is not None:
        _add_links(program, limits, first)
    return first


def add_rows(program: Program, rows: Rows, first: int) -> None:
    """Add rows on the sites whose columns start at `first`."""
    site = np.repeat(np.arange(rows.sites), np.diff(rows.ptr))
    program.add_rules(
        [(rows.ind.astype(np.int64), site + first, rows.val)],
        np.full(len(rows.have), -np.inf),
        rows.have,
    )


def _add_links(program: Program, limits: Limits, first: int) -> None:
    """Let something flow from the gateways to every chosen site, over chosen ones."""
    links = limits.links
    if links is None:
        return
    sites, arcs = len(links.gate), len(links.ind)
    gates = np.flatnonzero(links.gate)
    start = np.repeat(np.arange(sites), np.diff(links.ptr))
    end = np.concatenate([links.ind.astype(np.int64), gates])
    flows = arcs + len(gates)
    flow = program.add_columns(
        np.zeros(flows), np.zeros(flows), np.full(flows, float(sites)), whole=False
    )
    column = flow + np.arange(flows)
    every = np.arange(sites)
    # What comes in less what goes on is 1 at a chosen site, 0 at others.
    program.add_rules(
        [
            (end, column, np.ones(flows)),
            (start, column[:arcs], -np.ones(arcs)),
            (every, first + every, -np.ones(sites)),
        ],
        np.zeros(sites),
        np.zeros(sites),
    )
    # Nothing comes in at a site that is not chosen.
    program.add_rules(
        [(end, column, np.ones(flows)), (every, first + every, np.full(sites, -sites))],
        np.full(sites, -np.inf),
        np.zeros(sites),
    )


def add_cells(program: Program, table: Cover, first: int, backup: int) -> int:
    """Add a column a cell, 1 where it counts; return the first column."""
    cells = table.cells
    column = program.add_columns(
        -table.weight, np.zeros(cells), np.ones(cells), whole=backup > 1
    )
    site = np.repeat(np.arange(table.sites), np.diff(table.ptr))
    every = np.arange(cells)
    program.add_rules(
        [
            (table.ind.astype(np.int64), site + first, -np.ones(len(site))),
            (every, column + every, np.full(cells, float(backup))),
        ],
        np.full(cells, -np.inf),
        np.zeros(cells),
    )
    return column
