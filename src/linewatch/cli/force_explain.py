"""The command ``linewatch force explain``."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from linewatch.cli.costing import books_of, known_on, ledger_of
from linewatch.errors import BadValue
from linewatch.force.explain import Explanation, Share, explained, place_called
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question, read_question
from linewatch.force.values import EVERYONE, PEOPLE
from linewatch.measure.clock import to_date
from linewatch.plan.cost_explain import LineExplained, cost_explained
from linewatch.plan.interval import Interval
from linewatch.plan.scopes import scope_called
from linewatch.scenario import BUILT_IN, read_scenario

What = Literal[
    "organic",
    "approved",
    "sourced",
    "in_transit",
    "present",
    "on_leave",
    "injured",
    "deployed",
    "gained",
    "lost",
    "days",
    "cost",
]


def explain(
    total: str | None = None,
    /,
    *,
    on: str | None = None,
    what: What = "present",
    since: Annotated[str | None, Parameter(name="--from")] = None,
    known: str | None = None,
    unit: str = EVERYONE,
    status: Literal["T10", "T32", "SAD"] | None = None,
    sector: str | None = None,
    item: str = PEOPLE,
    request: str = "",
    scope: str = "incremental",
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """List the entries of the ledger that add up to a total.

    Parameters
    ----------
    total
        Id of a total as reports print it; it stands for all the words below.
    on
        Date of the total, such as 2025-03-01; the last day of a period.
    what
        Which total: a strength, those who came or went for good in a period, the days
        of those deployed, or what these days cost.
    since
        First day of a period; for gained, lost, days and cost.
    known
        Count only what was known by this date.
    unit
        A unit with all that work under it.
    status
        One duty status.
    sector
        A sector or place, by its name or title; for those present.
    item
        People or a kind of kit.
    request
        Only entries that cite this request for assistance.
    scope
        Scope of a cost.
    scenario
        Folder of the scenario.
    ledger
        Ledger to read instead of the scenario's.
    as_json
        Print one JSON object instead of a table.
    """
    mission = read_scenario(scenario)
    held = ledger_of(mission, ledger)
    if total is not None:
        told_too = {
            "--on": on,
            "--from": since,
            "--known": known,
            "--sector": sector,
            "--status": status,
            "--unit": None if unit == EVERYONE else unit,
            "--item": None if item == PEOPLE else item,
            "--request": request or None,
        }
        for name, value in told_too.items():
            if value is not None:
                raise BadValue(name, "left out beside the id of a total", value)
        asked = read_question(total)
    else:
        asked = Question(
            what=what,
            on=_day("--on", on),
            since=None if since is None else to_date(since),
            known=known_on(known),
            unit=unit,
            status=status,
            item=item,
            place=None if sector is None else place_called(held, sector),
            request=request,
            scope=scope if what == "cost" else "",
        )
    if asked.what != "cost":
        told = explained(held, asked)
        print(json.dumps(_words(held, told)) if as_json else _table(held, told))
        return
    books = books_of(mission, ledger=ledger)
    priced = scope_called(dict(books.scopes), asked.scope)
    lines = cost_explained(held, books.factors, priced, asked)
    if as_json:
        print(json.dumps(_cost_words(held, asked, lines)))
    else:
        print(_cost_table(held, asked, lines))


def _day(name: str, told: str | None) -> date:
    """Read a date that must be given."""
    if told is None:
        raise BadValue(name, "given, or the id of a total", "left out")
    return to_date(told)


def _words(ledger: Ledger, told: Explanation) -> dict[str, object]:
    """Return an explanation as plain words for JSON."""
    return {
        "id": told.question.id,
        "ledger": str(ledger.path),
        "total": told.total,
        "entries": [_share_words(one) for one in told.shares],
        "moved": told.moved,
        "assumed": told.assumed,
    }


def _share_words(one: Share) -> dict[str, object]:
    """Return one entry's share as plain words."""
    entry = one.entry
    return {
        "line": entry.line,
        "on": entry.on.isoformat(),
        "known": entry.known.isoformat(),
        "kind": entry.kind,
        "unit": entry.unit,
        "status": entry.status,
        "item": entry.item,
        "amount": one.amount,
        "running": one.running,
        "assumed": entry.assumed,
        "sources": list(entry.sources),
        "note": entry.note,
        "text": entry.text,
    }


def _cost_words(
    ledger: Ledger, asked: Question, lines: tuple[LineExplained, ...]
) -> dict[str, object]:
    """Return the entries behind a cost as plain words for JSON."""
    return {
        "id": asked.id,
        "ledger": str(ledger.path),
        "scope": asked.scope,
        "total": _ends(_sum(lines)),
        "lines": [
            {
                "line": one.line.line,
                "days": one.count,
                "price": _ends(one.price),
                "cost": _ends(one.money),
                "totals": [_words(ledger, part) for part in one.days],
            }
            for one in lines
        ],
    }


def _table(ledger: Ledger, told: Explanation) -> str:
    """Write an explanation as a table."""
    head = f"{told.question.id} = {told.total:,}, from {ledger.path}:"
    return "\n".join((head, *_rows(told)))


def _rows(told: Explanation) -> list[str]:
    """Write the entries of an explanation, one a line, and their sum."""
    rows = [
        f"  {'line':>6}  {'date':<12}{'known':<12}{'adds':>10}{'so far':>11}  entry"
    ]
    for one in told.shares:
        entry = one.entry
        mark = " !" if entry.assumed else ""
        said = "; ".join((*entry.sources, *([entry.note] if entry.note else [])))
        what = " ".join(
            part
            for part in (entry.kind, entry.unit, f"{entry.count:,}", entry.status or "")
            if part
        )
        kit = "" if entry.item == PEOPLE else f" {entry.item}"
        rows.append(
            f"  {entry.line:>6}  {entry.on!s:<12}{entry.known!s:<12}"
            f"{one.amount:>+10,}{one.running:>11,}  {what}{kit}{mark}"
            + (f" ({said})" if said else "")
        )
    share = told.assumed / told.moved if told.moved else 0.0
    rows.append(
        f"  {len(told.shares)} entries add up to {told.total:,}; {share:.0%} of what "
        "they move are planning assumptions (!)."
    )
    return rows


def _cost_table(
    ledger: Ledger, asked: Question, lines: tuple[LineExplained, ...]
) -> str:
    """Write the entries behind a cost as a table for each of its lines."""
    told = [f"{asked.id} = {_money(_sum(lines))}, from {ledger.path}:"]
    for one in lines:
        price = one.price
        told.append(
            f"{one.line.line}: {one.count:,} days x USD {price.best:,.0f} "
            f"({price.low:,.0f} to {price.high:,.0f}) = {_money(one.money)}"
        )
        for part in one.days:
            if part.shares:
                told += [f"  {part.question.id}", *_rows(part)]
    return "\n".join(told)


def _sum(lines: tuple[LineExplained, ...]) -> Interval:
    """Add up the money of lines."""
    total = Interval.exactly(0)
    for one in lines:
        total += one.money
    return total


def _money(amount: Interval) -> str:
    """Write money, best first."""
    return f"USD {amount.best:,.0f} ({amount.low:,.0f} to {amount.high:,.0f})"


def _ends(figure: Interval) -> dict[str, float]:
    """Write a range as plain values."""
    return {"low": figure.low, "best": figure.best, "high": figure.high}
