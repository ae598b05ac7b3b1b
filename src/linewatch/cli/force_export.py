"""The command ``linewatch force export``."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from linewatch.errors import BadFile
from linewatch.force.exchange import Loss, export_force
from linewatch.force.ledger import Ledger
from linewatch.force.read import read_ledger
from linewatch.measure.clock import to_date
from linewatch.scenario import BUILT_IN, read_scenario
from linewatch.scenario.whole import write_whole

Form = Literal["orbat", "msdl", "tpfdd", "perstat"]

BY_ENDING: dict[str, Form] = {".json": "orbat", ".xml": "msdl", ".xlsx": "tpfdd"}
"""What a name promises; a .csv may be two things."""


def export(
    out: Path,
    *,
    form: Annotated[Form | None, Parameter(name="--format")] = None,
    on: str | None = None,
    known: str | None = None,
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write the force as a file of another program, and say what that cannot hold.

    Parameters
    ----------
    out
        File to write: .json for orbat-mapper, .xml for MSDL, .xlsx for a deployment
        table; a .csv needs --format.
    form
        What to write, when the name does not say so.
    on
        Day of which MSDL and a personnel report tell; the last of the ledger when left
        out.
    known
        Leave out what became known after this date.
    scenario
        Folder of the scenario.
    ledger
        Ledger to write instead of the scenario's.
    as_json
        Print one JSON object instead of sentences.
    """
    ending = out.suffix.lower()
    what = form or BY_ENDING.get(ending)
    if what is None:
        told = "is not told by its ending what to be: give --format"
        raise BadFile(out, f"{told} orbat, msdl, tpfdd or perstat")
    if ending == ".xlsx" and what != "tpfdd":
        raise BadFile(out, f"a workbook holds a tpfdd only; name {what} otherwise")
    held = read_ledger(ledger or read_scenario(scenario).file("force", "ledger"))
    day = to_date(on) if on is not None else _last(held)
    made = export_force(
        held,
        what,
        on=day,
        known=None if known is None else to_date(known),
        book=ending == ".xlsx",
    )
    write_whole(out, made.content)
    if as_json:
        words: dict[str, object] = {"format": made.form, "out": str(out)}
        if what in ("msdl", "perstat"):
            words["on"] = day.isoformat()
        print(json.dumps(words | {"losses": tell_losses(made.losses)}))
        return
    as_of = f", as of {day}" if what in ("msdl", "perstat") else ""
    print(f"{out}: {len(made.content):,} bytes of {made.form}{as_of}")
    print("Nothing was lost." if not made.losses else "Not held there:")
    for loss in made.losses:
        print(f"  {loss}")


def _last(ledger: Ledger) -> date:
    """Return the day of a ledger's last entry."""
    days = [*ledger.columns["on"].tolist()]
    days += [unit.since.toordinal() for unit in ledger.units]
    if not days:
        raise BadFile(ledger.path, "holds no entry to write")
    return date.fromordinal(max(days))


def tell_losses(losses: Iterable[Loss]) -> list[dict[str, object]]:
    """Return losses as plain words for JSON."""
    return [
        {"what": one.what, "times": one.times, "first": one.first} for one in losses
    ]
