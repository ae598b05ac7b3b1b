"""The command ``linewatch force``: counts by itself, and has commands under it."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from linewatch.force.force import Force
from linewatch.force.force import read_force as read_scenario_force
from linewatch.force.question import Question
from linewatch.force.read import read_ledger
from linewatch.force.rules import Rules
from linewatch.force.values import EVERYONE, PEOPLE, STATUS_KEYS, Claim, Strength
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
    ids: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Count the force on a date, by strength and status.

    Each figure stands beside its id, which ``linewatch force explain`` answers with
    the entries that add up to it.

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
    ids
        Add the id of each figure to the JSON object; the table has them anyway.
    as_json
        Print one JSON object instead of a table.
    """
    held = _read(scenario, ledger)
    day, knowing = to_date(on), None if known is None else to_date(known)
    if as_json:
        words = _words(held, day, knowing, by)
        if not ids:
            del words["ids"]
        print(json.dumps(words))
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
    ids: dict[str, object] = {
        "strength": {name: _id(name, on, known) for name in total.five()},
        "by_status": {
            name: _id("present", on, known, status=_STATUS_OF[name])
            for name in total.by_status
        },
    }
    if by == "sector":
        words["by_sector"] = held.by_sector(on, known)
        ids["by_sector"] = {
            name: _id_of_sector(held, name, on, known)
            for name in held.by_sector(on, known)
        }
    elif by == "unit":
        units = held.by_unit(on, known)
        words["by_unit"] = {name: one.five() for name, one in units.items()}
        ids["by_unit"] = {
            name: {key: _id(key, on, known, unit=name) for key in one.five()}
            for name, one in units.items()
        }
    elif by == "status":
        statuses = held.by_status(on, known)
        words["status"] = {
            name: {key: n for key, n in one.five().items() if key != "organic"}
            for name, one in statuses.items()
        }
        ids["status"] = {
            name: {
                key: _id(key, on, known, status=_STATUS_OF[name])
                for key in one.five()
                if key != "organic"
            }
            for name, one in statuses.items()
        }
    return words | {"ids": ids}


_STATUS_OF = {key: status for status, key in STATUS_KEYS.items()}
"""Duty status by its long name."""


def _id(
    what: str,
    on: date,
    known: date | None,
    *,
    unit: str = EVERYONE,
    status: str | None = None,
    place: str | None = None,
    item: str = PEOPLE,
) -> str:
    """Return the id by which a figure can be asked for its entries."""
    return Question(
        what=what,
        on=on,
        known=known,
        unit=unit,
        status=status,
        place=place,
        item=item,
    ).id


def _id_of_sector(held: Force, name: str, on: date, known: date | None) -> str | None:
    """Return the id of those present in a sector; None where it has no place."""
    # A base may have the title of its sector, so the title alone does not tell it.
    place = next(
        (
            one.name
            for one in held.ledger.places
            if one.kind == "sector" and one.sector == name
        ),
        None,
    )
    return None if place is None else _id("present", on, known, place=place)


def _print(held: Force, on: date, known: date | None, by: By) -> None:
    """Tell the count as a table."""
    as_known = "" if known is None else f", as known on {known}"
    print(f"Force at the end of {on}{as_known}")
    total = held.strength(on, known)
    if by == "strength":
        for word, (key, number) in zip(WORDS, total.five().items(), strict=True):
            print(f"  {word:<28}{number:>8,}  {_id(key, on, known)}")
        for key, number in total.by_status.items():
            one = _id("present", on, known, status=_STATUS_OF[key])
            print(f"  {'present, ' + _plain(key):<28}{number:>8,}  {one}")
        _print_kit(held, on, known)
        print("Entries behind a figure: linewatch force explain, and the id beside it.")
        _print_claims(held.claims(on))
    elif by == "sector":
        for name, number in held.by_sector(on, known).items():
            one = _id_of_sector(held, name, on, known) or ""
            print(f"  {name:<20}{number:>8,} present  {one}".rstrip())
    elif by == "status":
        _print_table(
            {_plain(key): one for key, one in held.by_status(on, known).items()},
            total,
            _id("present", on, known, status="T10"),
        )
    else:
        found = held.by_unit(on, known)
        parts = {name: one for name, one in found.items() if any(one.five().values())}
        first = _id("present", on, known, unit=next(iter(parts), EVERYONE))
        _print_table(parts, total, first)


def _print_table(parts: dict[str, Strength], total: Strength, one_id: str) -> None:
    """Tell the five strengths of each part, and of all, and how to ask for one."""
    wide = max(map(len, (*parts, "all"))) + 2
    print(" " * (wide + 2) + "".join(f"{word:>12}" for word in WORDS))
    for name, one in (*parts.items(), ("all", total)):
        print(f"  {name:<{wide}}" + "".join(f"{n:>12,}" for n in one.five().values()))
    print(f"Entries behind a figure: linewatch force explain {one_id}")
    print("and so on, by strength and name; --json --ids has the id of each.")


def _print_kit(held: Force, on: date, known: date | None) -> None:
    """Tell the kit that is present, and whether it is assumed."""
    for kind, number in held.kit(on, known).items():
        assumed = any(
            entry.assumed
            for entry, _ in held.entries_behind(on, item=kind, known=known)
        )
        told = " (planning assumption in part or whole)" if assumed else ""
        what = f"kit, {kind}: {number:,}{told}"
        print(f"  {what}  {_id('present', on, known, item=kind)}")


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
