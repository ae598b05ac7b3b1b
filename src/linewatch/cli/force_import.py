"""The command ``linewatch force import``."""

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from linewatch.cli.force_export import Form, tell_losses
from linewatch.errors import BadValue
from linewatch.force.exchange import Wish, import_force, import_movements
from linewatch.force.values import to_status
from linewatch.measure.clock import to_date
from linewatch.scenario.whole import write_whole


def import_(
    file: Path,
    *,
    out: Path,
    form: Annotated[Form | None, Parameter(name="--format")] = None,
    status: str | None = None,
    side: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    c_day: str | None = None,
    ledger: Path | None = None,
    held_as: Annotated[Literal["count", "claim"], Parameter(name="--as")] = "count",
    movements: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Take over a file of another program as a ledger, and say what was lost.

    Parameters
    ----------
    file
        orbat-mapper scenario (.json), MSDL (.xml), deployment table (TPFDD) or
        personnel report (PERSTAT) (.csv, .xlsx).
    out
        Ledger to write.
    form
        What the file is, when its name does not say so.
    status
        Duty status of people of whom the file tells none: T10, T32 or SAD.
    side
        Side to take over instead of the friendly ones; may be repeated.
    c_day
        Day from which dates such as C012 count.
    ledger
        Ledger to hold a personnel report against; written again with the report.
    held_as
        Whether that ledger must agree with the report, or lists it.
    movements
        Also write a deployment table as movements for linewatch plan deploy.
    as_json
        Print one JSON object instead of sentences.
    """
    wish = Wish(
        form=form,
        status=None if status is None else to_status(status),
        sides=side,
        c_day=None if c_day is None else to_date(c_day),
        ledger=ledger,
        kind=held_as,
    )
    made = import_force(file, wish)
    losses, table = made.losses, None
    if movements is not None:
        if made.form != "tpfdd":
            raise BadValue("--movements", "left out unless FILE is a TPFDD", made.form)
        table, more = import_movements(file, wish)
        losses += tuple(loss for loss in more if loss not in losses)
        if movements.resolve() == out.resolve():
            raise BadValue("--movements", "another file than --out", movements)
    write_whole(out, made.text)
    if table is not None and movements is not None:
        write_whole(movements, table)
    if as_json:
        words = {
            "format": made.form,
            "out": str(out),
            "units": made.units,
            "entries": made.entries,
            "losses": tell_losses(losses),
        }
        print(json.dumps(words))
        return
    print(f"{out}: {made.units:,} units, {made.entries:,} entries from {made.form}")
    print("Nothing was lost." if not losses else "Not taken over:")
    for loss in losses:
        print(f"  {loss}")
