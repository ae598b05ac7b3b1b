"""Strength over time by status: a picture, and the days on which it changes."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.force.explain import amounts_of, stretches
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question
from linewatch.force.values import EVERYONE, STATUS_KEYS, STATUSES
from linewatch.report.document import (
    Cell,
    Column,
    Document,
    Figure,
    Form,
    Picture,
    Series,
    Table,
    figure,
)
from linewatch.report.grounds import facts_of, kept_by_assumption

LONGEST: Final = 3_660
"""Most days that a picture shows: ten years."""

LINES: Final = (("sourced", "Assigned"), ("approved", "Authorized"))

REMARKS: Final = (
    "Present are those there for duty at the end of the day.",
    "Assigned holds those in transit, present, on leave and injured; authorized all.",
)


def strength_over_time(
    ledger: Ledger,
    *,
    since: date,
    on: date,
    known: date | None = None,
    unit: str = EVERYONE,
) -> Document:
    """Report strength day by day.

    Parameters
    ----------
    ledger : Ledger
        Dated entries.
    since, on : date
        First and last day.
    known : date, optional
        Count only what was known by the end of this day.
    unit : str, optional
        A unit with all that work under it day by day.

    Raises
    ------
    BadValue
        If the days are out of order or too many.
    UnknownName
        If the ledger has no such unit.
    """
    count = (on - since).days + 1
    if not 1 <= count <= LONGEST:
        raise BadValue("days", f"1 to {LONGEST:,}, from first to last", count)
    days = tuple(since + timedelta(days=at) for at in range(count))
    asked = Question(what="present", on=on, known=known, unit=unit)
    curves = {
        key: _curve(ledger, replace(asked, what=what, status=status), days)
        for key, what, status in _columns()
    }
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (day.isoformat(), *_row(asked, day, at, curves))
        for at, day in enumerate(days)
        if _changes(at, count, curves)
    )
    of = "the whole force" if unit == EVERYONE else unit
    picture = _picture(of, days, curves)
    return Document(
        kind="strength",
        title=f"Strength over time, {of}, {since} to {on}",
        on=on,
        facts=facts_of(ledger, on, known, ("Days", f"{since} to {on}"), ("Unit", of)),
        tables=(
            Table(
                id="days",
                title="Days on which it changes",
                columns=(
                    Column(title="Day"),
                    *(Column(title=key, form=Form.COUNT) for key in curves),
                ),
                rows=rows,
                remark="A day stands for itself and those after it until the next row.",
            ),
        ),
        pictures=(picture,),
        remarks=(*REMARKS, kept_by_assumption(ledger, asked)),
    )


def _columns() -> list[tuple[str, str, str | None]]:
    """Return the columns: title, total, duty status."""
    statuses = [(f"Present, {_plain(one)}", "present", one) for one in STATUSES]
    return [
        *statuses,
        ("Present", "present", None),
        ("In transit", "in_transit", None),
        *((title, what, None) for what, title in LINES),
    ]


def _plain(status: str) -> str:
    """Return a duty status in words."""
    return STATUS_KEYS[status].replace("_", " ").replace("title", "Title ")


def _curve(
    ledger: Ledger, asked: Question, days: tuple[date, ...]
) -> NDArray[np.int64]:
    """Return a total at the end of each day; shape (days,).

    A unit's curve follows its attachments: each stretch of days between two changes of
    them is counted with the tree of that stretch.
    """
    curve = np.zeros(len(days), dtype=np.int64)
    first = days[0].toordinal()
    whole = asked.unit == EVERYONE
    parts = (
        [(first, days[-1].toordinal())]
        if whole
        else stretches(ledger, days[0], days[-1], asked.known)
    )
    for begin, end in parts:
        # Asked at the end of the stretch, whose tree holds for all of it.
        rows, amounts = amounts_of(ledger, replace(asked, on=date.fromordinal(end)))
        begins = np.maximum(ledger.postings.on[rows], begin) - begin
        jumps = np.zeros(end - begin + 1, dtype=np.int64)
        np.add.at(jumps, begins, amounts)
        curve[begin - first : end - first + 1] = np.cumsum(jumps)
    return curve


def _changes(at: int, count: int, curves: dict[str, NDArray[np.int64]]) -> bool:
    """Tell whether a day is the first, the last, or differs from the day before."""
    if at in {0, count - 1}:
        return True
    return any(curve[at] != curve[at - 1] for curve in curves.values())


def _row(
    asked: Question, day: date, at: int, curves: dict[str, NDArray[np.int64]]
) -> list[Figure]:
    """Return the figures of a day, each with its id."""
    return [
        figure(int(curves[key][at]), replace(asked, on=day, what=what, status=status))
        for key, what, status in _columns()
    ]


def _picture(
    of: str, days: tuple[date, ...], curves: dict[str, NDArray[np.int64]]
) -> Picture:
    """Return the picture: those present by status, and the two lines above them."""
    stacked = tuple(
        Series(name=key, values=tuple(map(float, curves[key].tolist())))
        for key, what, status in _columns()
        if what == "present" and status is not None and curves[key].any()
    )
    lines = tuple(
        Series(name=title, values=tuple(map(float, curves[title].tolist())))
        for _, title in LINES
    )
    present = curves["Present"]
    words = (
        f"Present of {of}: {present[0]:,} on {days[0]}, {present[-1]:,} on {days[-1]}, "
        f"most {present.max():,} on {days[int(present.argmax())]}; authorized "
        f"{curves['Authorized'][-1]:,} at the end."
    )
    return Picture(
        id="picture",
        title="Present by duty status, with those assigned and authorized",
        words=words,
        unit="people",
        days=days,
        stacked=stacked,
        lines=lines,
    )
