"""The command ``linewatch force``: counts by itself, and has commands under it."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from linewatch.force.force import Force
from linewatch.force.force import read_force as read_scenario_force
from linewatch.force.read import read_ledger
from linewatch.force.rules import Rules
from linewatch.force.values import Claim, Strength
from linewatch.measure.clock import to_date
from linewatch.scenario import BUILT_IN, read_scenario

By = Literal["status", "unit", "sector", "strength"]
WORDS = ("organic", "approved", "sourced", "in transit", "present")

force = App(name="force", help="Count the force on a date, by strength and status.")
"""Counts when no command follows; commands under it are named by path."""

force.command(
    "linewatch.cli.force_explain:explain",
    name="explain",
    help="List the entries that add up to a total.",
)
force.command(
    "linewatch.cli.force_import:import_",
    name="import",
    help="Take over a file of another program as a ledger.",
)
force.command(
    "linewatch.cli.force_export:export",
    name="export",
    help="Write the force as a file of another program.",
)
force.command(
    "linewatch.cli.force_reconcile:reconcile_events",
    name="reconcile",
    help="Hold a table of published figures against the ledger.",
)


@force.default
def count(
    *,
    on: str,
    known: str | None = None,
    by: By = "strength",
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Count the force on a date, by strength and status.

    Parameters
    ----------
    on
        Date to count at the end of, such as 2025-03-01.
    known
        Count only what was known by this date.
    by
        What to break the count down by.
    scenario
        Folder of the scenario.
    ledger
        Ledger to count instead of the scenario's.
    as_json
        Print one JSON object instead of a table.
    """
    held = _read(scenario, ledger)
    day, knowing = to_date(on), None if known is None else to_date(known)
    if as_json:
        print(json.dumps(_words(held, day, knowing, by)))
    else:
        _print(held, day, knowing, by)


def _read(scenario: Path, ledger: Path | None) -> Force:
    """Read the ledger that was named, or the scenario's force."""
    if ledger is None:
        return read_scenario_force(read_scenario(scenario))
    return Force(ledger=read_ledger(ledger), rules=Rules(rules=(), path=ledger))


def _words(held: Force, on: date, known: date | None, by: By) -> dict[str, object]:
    """Return the count as plain words for JSON."""
    total = held.strength(on, known)
    words: dict[str, object] = {"on": on.isoformat()}
    if known is not None:
        words["known"] = known.isoformat()
    words |= {"strength": total.five(), "by_status": dict(total.by_status)}
    if by == "sector":
        words["by_sector"] = held.by_sector(on, known)
    elif by == "unit":
        units = held.by_unit(on, known)
        words["by_unit"] = {name: one.five() for name, one in units.items()}
    elif by == "status":
        statuses = held.by_status(on, known)
        words["status"] = {
            name: {key: n for key, n in one.five().items() if key != "organic"}
            for name, one in statuses.items()
        }
    return words


def _print(held: Force, on: date, known: date | None, by: By) -> None:
    """Tell the count as a table."""
    as_known = "" if known is None else f", as known on {known}"
    print(f"Force at the end of {on}{as_known}")
    total = held.strength(on, known)
    if by == "strength":
        for word, number in zip(WORDS, total.five().values(), strict=True):
            print(f"  {word:<12}{number:>8,}")
        for status, number in total.by_status.items():
            print(f"  present, {_plain(status)}: {number:,}")
        _print_kit(held, on, known)
        _print_claims(held.claims(on))
    elif by == "sector":
        for name, number in held.by_sector(on, known).items():
            print(f"  {name:<20}{number:>8,} present")
    elif by == "status":
        _print_table(
            {_plain(key): one for key, one in held.by_status(on, known).items()},
            total,
        )
    else:
        parts = held.by_unit(on, known)
        _print_table(
            {name: one for name, one in parts.items() if any(one.five().values())},
            total,
        )


def _print_table(parts: dict[str, Strength], total: Strength) -> None:
    """Tell the five strengths of each part, and of all."""
    wide = max(map(len, (*parts, "all"))) + 2
    print(" " * (wide + 2) + "".join(f"{word:>12}" for word in WORDS))
    for name, one in (*parts.items(), ("all", total)):
        print(f"  {name:<{wide}}" + "".join(f"{n:>12,}" for n in one.five().values()))


def _print_kit(held: Force, on: date, known: date | None) -> None:
    """Tell the kit that is present, and whether it is assumed."""
    for kind, number in held.kit(on, known).items():
        assumed = any(
            entry.assumed
            for entry, _ in held.entries_behind(on, item=kind, known=known)
        )
        told = " (planning assumption in part or whole)" if assumed else ""
        print(f"  kit, {kind}: {number:,}{told}")


def _print_claims(claims: tuple[Claim, ...]) -> None:
    """Tell published figures that differ from the ledger's."""
    for claim in claims:
        if not claim.agrees:
            entry = claim.entry
            status = f" {entry.status}" if entry.status else ""
            print(
                f"  claim of {entry.on}, {entry.unit}{status} {claim.strength}:"
                f" {claim.high or claim.low:,} against {claim.counted:,} here"
                f" ({', '.join(entry.sources)})"
            )


def _plain(status: str) -> str:
    """Write a long name of a status as plain words."""
    return status.replace("_", " ").replace("title", "title ")
