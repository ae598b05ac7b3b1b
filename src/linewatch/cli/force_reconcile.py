"""The command ``linewatch force reconcile``."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from linewatch.force.events import Finding, read_events, reconcile
from linewatch.force.kinds import KINDS
from linewatch.force.read import read_ledger
from linewatch.scenario import BUILT_IN, read_scenario

HELD: Final = ("entered", "claimed", "missing")
"""How a ledger holds a figure, the best first."""


def reconcile_events(
    events: Path,
    *,
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Hold a table of published figures against the ledger.

    Parameters
    ----------
    events
        Table (.csv) of date, element, home_station, destination, personnel, event,
        duty_status and source.
    scenario
        Folder of the scenario.
    ledger
        Ledger to hold the table against instead of the scenario's.
    as_json
        Print one JSON object instead of sentences.
    """
    table = read_events(events)
    held = read_ledger(ledger or read_scenario(scenario).file("force", "ledger"))
    found = reconcile(held, table)
    totals = Counter(one.held for one in found)
    if as_json:
        words: dict[str, object] = {"events": len(table), "figures": len(found)}
        words |= {name: totals[name] for name in HELD}
        print(json.dumps(words | {"findings": [_words(one) for one in found]}))
        return
    told = ", ".join(f"{totals[name]} {name}" for name in HELD)
    print(f"{len(table)} events, {len(found)} with a figure: {told}")
    for one in found:
        event = one.event
        print(f"  line {event.line}: {event.people:,} {event.what}, {event.element}")
        print(f"    {one.held}{_by(one)}")


def _by(finding: Finding) -> str:
    """Tell the lines of the ledger that rest on the event's sources."""
    moves, told = finding.held == "entered", ("count", "claim")
    lines = [
        f"{entry.kind} {entry.unit} on line {entry.line}"
        for entry in finding.entries
        if (KINDS[entry.kind].moves if moves else entry.kind in told)
    ]
    return f"; on its sources rest {', '.join(lines)}" if lines else ""


def _words(finding: Finding) -> dict[str, object]:
    """Return a finding as plain words for JSON."""
    event = finding.event
    return {
        "line": event.line,
        "from": event.first.isoformat(),
        "to": event.last.isoformat(),
        "element": event.element,
        "event": event.what,
        "people": event.people,
        "held": finding.held,
        "sources": list(event.sources),
        "ledger_lines": [entry.line for entry in finding.entries],
    }
