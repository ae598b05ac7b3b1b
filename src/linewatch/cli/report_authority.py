"""The command ``linewatch report authority``."""

import math
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.reading import records_of
from linewatch.cli.reporting import Format, check_out, deliver
from linewatch.errors import BadValue
from linewatch.force.asking import scenario_rules
from linewatch.force.authority import to_zone
from linewatch.measure.clock import DAY_S, to_date, to_epoch_s
from linewatch.report.authority import authority_summary
from linewatch.scenario import BUILT_IN, read_scenario


def authority(
    *,
    on: str,
    zone: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    met: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    log: Path | None = None,
    known: str | None = None,
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
        Condition to take for met; may be given again.
    log
        Mission log whose records count as met.
    known
        Count only records that were known by the end of this date.
    scenario
        Folder of the scenario, for its authority table and its own rules.
    out
        File to write: .html, .pdf, .xlsx or .json.
    form
        Format, where the file's suffix does not tell it.
    as_json
        Print one JSON object instead of tables.
    """
    check_out(out, form)
    rules = scenario_rules(read_scenario(scenario))
    known_s = math.inf
    if known is not None:
        known_s = to_epoch_s(to_date(known).isoformat()) + DAY_S - 1e-3
    if known is not None and log is None:
        raise BadValue("--known", "given with --log", "without it")
    document = authority_summary(
        rules,
        on=to_date(on),
        zones=[to_zone(rules, one) for one in zone],
        met=met,
        records=records_of(log, known_s=known_s),
    )
    deliver(document, out=out, form=form, as_json=as_json)
