"""The command ``linewatch decide compare``."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from linewatch.plan.compare import Comparison, Option, compare, option_of, taken_of
from linewatch.plan.cost import in_millions
from linewatch.plan.decision import read_chain
from linewatch.plan.factors import read_factors
from linewatch.plan.interval import Interval
from linewatch.plan.proposal import read_proposal
from linewatch.plan.readiness import assess
from linewatch.plan.readiness_read import read_readiness
from linewatch.scenario import BUILT_IN, read_scenario


def compare_(
    *files: Path,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Lay proposals side by side for those who decide.

    Parameters
    ----------
    files
        Two or more proposals, as plan deploy, plan sites and plan works write them.
    scenario
        Folder of the scenario, for the readiness of units that give.
    as_json
        Print one JSON object instead of a table.
    """
    mission = read_scenario(scenario)
    tables = read_readiness(mission, read_chain(mission))
    factors = read_factors(mission)
    options = []
    for file, name in zip(files, _names(files), strict=True):
        proposal = read_proposal(file)
        found = assess(taken_of(proposal), tables, factors)
        options.append(option_of(name, proposal, found))
    told = compare(options)
    if as_json:
        print(json.dumps(told.to_dict()))
    else:
        _print(told)


def _names(files: Sequence[Path]) -> list[str]:
    """Call each file by its stem, or by its path where stems are alike."""
    stems = [file.stem for file in files]
    return [
        stem if stems.count(stem) == 1 else str(file)
        for stem, file in zip(stems, files, strict=True)
    ]


def _print(told: Comparison) -> None:
    """Print the options as a table, and how they differ as sentences."""
    table = Table(box=None, pad_edge=False, show_edge=False)
    table.add_column("")
    for option in told.options:
        table.add_column(option.name, overflow="fold")
    statuses = dict.fromkeys(name for each in told.options for name in each.strength)
    columns = [dict(_lines(option, list(statuses))) for option in told.options]
    for name in dict.fromkeys(key for column in columns for key in column):
        table.add_row(name, *(column.get(name, "-") for column in columns))
    Console(width=max(100, 34 * (1 + len(columns))), highlight=False).print(table)
    print()
    for what in told.differences or ("The options do not differ.",):
        print(what if what.endswith(".") else f"{what}.")


def _lines(option: Option, statuses: Sequence[str]) -> list[tuple[str, str]]:
    """Return the lines of one option; `statuses` are those of all options."""
    proposal, people = option.proposal, option.people
    lines = [("proposal", proposal.id)]
    lines.append(("people", "not told" if people is None else _people(people)))
    held, none = option.strength, Interval.exactly(0)
    lines += [(f"  {name}", _people(held.get(name, none))) for name in statuses]
    cost = proposal.cost
    lines.append((f"cost, {cost.currency}", in_millions(cost)))
    lines.append(("  scope", cost.scope))
    lines += [(name, f"{share:.1%}") for name, share in option.coverage.items()]
    lines.append(("readiness", "\n".join(proposal.readiness) or "not told"))
    for each in option.readiness:
        lines.append((f"  gate, {each.title}", each.gate.value))
    ends = "not told" if option.ends is None else option.ends.isoformat()
    lines += [("starts", option.starts.isoformat()), ("ends", ends)]
    checks = f"{len(proposal.checks)} checks, {option.conditional} conditional"
    lines.append(("authority", checks))
    opened = "\n".join(what.replace("_", " ") for what in proposal.conditions)
    lines.append(("  open", opened or "nothing"))
    if proposal.requests:
        lines.append(("answers", ", ".join(proposal.requests)))
    return lines


def _people(number: Interval) -> str:
    """Write a number of people with its range."""
    if number.width == 0:
        return f"{number.best:,.0f}"
    return f"{number.best:,.0f} ({number.low:,.0f} to {number.high:,.0f})"
