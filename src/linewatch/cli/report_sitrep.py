"""The command ``linewatch report sitrep``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.area import read_area
from linewatch.force import read_force
from linewatch.log import MissionLog
from linewatch.measure.clock import to_date
from linewatch.report import date_time_group, sitrep_page, sitrep_words
from linewatch.report.sitrep import sitrep as made
from linewatch.scenario import BUILT_IN, read_scenario
from linewatch.scenario.whole import write_whole


def sitrep(
    *,
    log: Path,
    scenario: Path = BUILT_IN,
    on: str | None = None,
    out: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write SITREP.

    Parameters
    ----------
    log
        Mission log to report on.
    scenario
        Folder of the scenario that the log was made with.
    on
        Report as of the end of this date; of the log's last entry when left out.
    out
        HTML file to write, which needs no other file.
    as_json
        Print one JSON object instead of a sentence.
    """
    day = None if on is None else to_date(on)
    held = read_scenario(scenario)
    force = read_force(held) if held.table("force") else None
    with MissionLog.open_to_read(log) as opened:
        report = made(opened, read_area(held), force, on=day)
    if out is not None:
        write_whole(out, sitrep_page(report).encode())
    if as_json:
        print(json.dumps(sitrep_words(report)))
        return
    print(
        f"SITREP {date_time_group(report.to_s)}: {len(report.contacts)} alerts, "
        f"{report.handed_over} handed over, {report.received} received."
    )
    if out is not None:
        print(f"Written to {out}.")
