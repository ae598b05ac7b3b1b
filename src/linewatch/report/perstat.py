"""PERSTAT: personnel by unit, status and place, with gains and losses since a date."""

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np

from linewatch.force.explain import total_of, totals_by_unit
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.force.values import STATUS_KEYS, STATUSES
from linewatch.report.document import Cell, Column, Document, Form, Table, figure
from linewatch.report.grounds import facts_of, kept_by_assumption

COUNTS: Final = (
    ("organic", "Organic"),
    ("approved", "Authorized"),
    ("sourced", "Assigned"),
    ("in_transit", "In transit"),
    ("present", "Present"),
    ("on_leave", "On leave"),
    ("injured", "Injured"),
)
"""Totals of a row and their columns; never added to one another."""

FLOWS: Final = (("gained", "Gained"), ("lost", "Lost"))

REMARKS: Final = (
    "A unit holds all that work under it on the day; organic follows the home parents.",
    "The five strengths are never added to one another.",
    "Authorized are those approved or ordered, assigned those sourced by unit.",
    "Gained are those who arrived or were there at first, lost those gone for good.",
)


def perstat(
    ledger: Ledger, *, on: date, since: date, known: date | None = None
) -> Document:
    """Report personnel at the end of a day.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    on : date
        The day.
    since : date
        First day whose gains and losses are told.
    known : date, optional
        Count only what was known by the end of this day.

    Raises
    ------
    BadValue
        If `since` is after `on`.
    """
    asked = Question(what="present", on=on, known=known)
    tables = (
        _by_unit(ledger, asked, since),
        _by_status(ledger, asked),
        _by_sector(ledger, asked),
        _kit(ledger, asked),
    )
    return Document(
        kind="perstat",
        title=f"Personnel status, {on}",
        on=on,
        facts=facts_of(ledger, on, known, ("Gains and losses", f"{since} to {on}")),
        tables=tuple(table for table in tables if table.rows),
        remarks=(*REMARKS, kept_by_assumption(ledger, asked)),
    )


def _by_unit(ledger: Ledger, asked: Question, since: date) -> Table:
    """Return a row a unit, and one for all; units without anyone are left out."""
    counts = [replace(asked, what=what) for what, _ in COUNTS]
    flows = [replace(asked, what=what, since=since) for what, _ in FLOWS]
    asks = (*counts, *flows)
    whole = [figure(total_of(ledger, one), one) for one in asks]
    rows: list[tuple[Cell, ...]] = [("all", "the whole force", *whole)]
    each = np.stack([totals_by_unit(ledger, one) for one in asks], axis=-1)
    for at in np.flatnonzero(each.any(axis=-1)).tolist():
        unit = ledger.units[at]
        cells = [
            figure(total, replace(one, unit=unit.name))
            for total, one in zip(each[at].tolist(), asks, strict=True)
        ]
        rows.append((unit.name, unit.title, *cells))
    columns = [title for _, title in (*COUNTS, *FLOWS)]
    return Table(
        id="units",
        title="By unit",
        columns=(
            Column(title="Unit"),
            Column(title="Full name"),
            *(Column(title=title, form=Form.COUNT) for title in columns),
        ),
        rows=tuple(rows),
    )


def _by_status(ledger: Ledger, asked: Question) -> Table:
    """Return a row a duty status; organic strength belongs to none."""
    counts = COUNTS[1:]
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            STATUS_KEYS[status].replace("_", " ").replace("title", "Title "),
            *(
                figure(total_of(ledger, one), one)
                for what, _ in counts
                for one in [replace(asked, what=what, status=status)]
            ),
        )
        for status in STATUSES
    )
    return Table(
        id="statuses",
        title="By duty status",
        columns=(
            Column(title="Status"),
            *(Column(title=title, form=Form.COUNT) for _, title in counts),
        ),
        rows=rows,
    )


def _by_sector(ledger: Ledger, asked: Question) -> Table:
    """Return those present by sector, and at places that lie in none."""
    rows: list[tuple[Cell, ...]] = []
    for place in ledger.places:
        if place.kind != "sector" and place.sector is not None:
            continue
        one = replace(asked, place=place.name)
        total = total_of(ledger, one)
        if place.kind == "sector" or total:
            rows.append((place.title, figure(total, one)))
    return Table(
        id="sectors",
        title="Present by sector",
        columns=(Column(title="Sector"), Column(title="Present", form=Form.COUNT)),
        rows=tuple(rows),
    )


def _kit(ledger: Ledger, asked: Question) -> Table:
    """Return kit by kind."""
    whats = ("approved", "sourced", "in_transit", "present")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            ledger.kits.get(item, item),
            *(
                figure(total_of(ledger, one), one)
                for what in whats
                for one in [replace(asked, what=what, item=item)]
            ),
        )
        for item in ledger.items[1:]
    )
    named = dict(COUNTS)
    return Table(
        id="kit",
        title="Kit",
        columns=(
            Column(title="Kind"),
            *(Column(title=named[what], form=Form.COUNT) for what in whats),
        ),
        rows=rows,
    )
