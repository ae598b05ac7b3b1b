"""The command ``linewatch report strength``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.costing import known_on, ledger_of
from linewatch.cli.reporting import Format, check_out, deliver
from linewatch.errors import BadValue
from linewatch.measure.clock import to_date
from linewatch.report.strength import strength_over_time
from linewatch.scenario import BUILT_IN, read_scenario


def strength(
    *,
    on: str,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    known: str | None = None,
    unit: str = "*",
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    out: Path | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write strength over time by status, as a picture and a table.

    Parameters
    ----------
    on
        Last day, such as 2025-05-31.
    since
        First day; that of the ledger's first entry when left out.
    known
        Count only what was known by this date.
    unit
        A unit with all that work under it day by day.
    scenario
        Folder of the scenario.
    ledger
        Ledger to report on instead of the scenario's.
    out
        File to write: .html, .pdf, .xlsx or .json.
    form
        Format, where the file's suffix does not tell it.
    as_json
        Print one JSON object instead of a table.
    """
    check_out(out, form)
    held = ledger_of(read_scenario(scenario), ledger)
    if since is None and not held.postings.on.size:
        raise BadValue("--from", "given for a ledger without entries", "left out")
    first = (
        to_date(since)
        if since is not None
        else to_date(on).fromordinal(int(held.postings.on[0]))
    )
    document = strength_over_time(
        held, since=first, on=to_date(on), known=known_on(known), unit=unit
    )
    deliver(document, out=out, form=form, as_json=as_json)
