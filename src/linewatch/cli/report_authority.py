"""The command ``linewatch report authority``."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.reporting import Format, check_out, deliver
from linewatch.force.authority import to_zone
from linewatch.force.rules import read_rules
from linewatch.measure.clock import to_date
from linewatch.report.authority import authority_summary
from linewatch.scenario import BUILT_IN, read_scenario


def authority(
    *,
    on: str,
    zone: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    met: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    scenario: Path = BUILT_IN,
    out: Path | None = None,
    form: Annotated[Format | None, Parameter(name="--format")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write what each duty status may do on a day, and by which rule.

    Parameters
    ----------
    on
        The day, such as 2025-05-01.
    zone
        Kind of zone, or outside; may be given again. All when left out.
    met
        Condition that is met; may be given again.
    scenario
        Folder of the scenario, for its authority table.
    out
        File to write: .html, .pdf, .xlsx or .json.
    form
        Format, where the file's suffix does not tell it.
    as_json
        Print one JSON object instead of tables.
    """
    check_out(out, form)
    rules = read_rules(read_scenario(scenario).file("force", "authority"))
    document = authority_summary(
        rules,
        on=to_date(on),
        zones=[to_zone(rules, one) for one in zone],
        met=met,
    )
    deliver(document, out=out, form=form, as_json=as_json)
