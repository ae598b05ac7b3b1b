"""The command ``linewatch report cost``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.costing import ask_for, books_of, known_on
from linewatch.cli.reporting import Format, check_out, deliver
from linewatch.plan.scopes import scope_called
from linewatch.report.cost import cost_report
from linewatch.scenario import BUILT_IN, read_scenario


def cost(
    *,
    on: str | None = None,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    known: str | None = None,
    scope: str = "incremental",
    log: Path | None = None,
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    out: Path | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write cost by request, unit, status and month, beside what was paid.

    Parameters
    ----------
    on
        Last day; the last one that the scenario's deployment is paid for when left out.
    since
        First day; the scenario's start when left out.
    known
        Count only what was known by this date.
    scope
        What is counted: a scope of the scenario's table.
    log
        Mission log that holds the requests.
    scenario
        Folder of the scenario.
    ledger
        Ledger to report on instead of the scenario's.
    out
        File to write: .html, .pdf, .xlsx or .json.
    form
        Format, where the file's suffix does not tell it.
    as_json
        Print one JSON object instead of tables.
    """
    check_out(out, form)
    mission = read_scenario(scenario)
    books = books_of(mission, ledger=ledger, log=log)
    asked = ask_for(mission, since=since, until=on, known=known_on(known))
    held = scope_called(dict(books.scopes), scope)
    splits = ("request", "unit", "status", "month")
    document = cost_report(
        books.ledger, [books.book(asked, held, by=by) for by in splits]
    )
    deliver(document, out=out, form=form, as_json=as_json)
