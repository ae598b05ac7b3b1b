"""The command ``linewatch report perstat``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.costing import known_on, ledger_of
from linewatch.cli.reporting import Format, check_out, deliver
from linewatch.measure.clock import to_date
from linewatch.report.perstat import perstat as made
from linewatch.scenario import BUILT_IN, read_scenario


def perstat(
    *,
    on: str,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    known: str | None = None,
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    out: Path | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write PERSTAT: personnel by unit, status and sector.

    Parameters
    ----------
    on
        Day at whose end personnel are counted, such as 2025-05-01.
    since
        First day whose gains and losses are told; that day alone when left out.
    known
        Count only what was known by this date.
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
    day = to_date(on)
    document = made(
        ledger_of(read_scenario(scenario), ledger),
        on=day,
        since=day if since is None else to_date(since),
        known=known_on(known),
    )
    deliver(document, out=out, form=form, as_json=as_json)
