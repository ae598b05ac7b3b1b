"""The command ``linewatch plan readiness``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.costing import ask_for, known_on, ledger_of
from linewatch.plan.decision import read_chain
from linewatch.plan.factors import read_factors
from linewatch.plan.readiness import Readiness, assess, must_be_open
from linewatch.plan.readiness_ledger import taken_in
from linewatch.plan.readiness_read import read_readiness
from linewatch.scenario import BUILT_IN, read_scenario


def plan_readiness(
    *,
    since: Annotated[str | None, Parameter(name="--from")] = None,
    until: Annotated[str | None, Parameter(name="--to")] = None,
    known: str | None = None,
    request: str = "",
    must_run: Annotated[bool, Parameter(negative="")] = False,
    scenario: Path = BUILT_IN,
    ledger: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Tell what the mission takes from the readiness of the units that give.

    Parameters
    ----------
    since
        First day; the scenario's start when left out.
    until
        Last day; the last one that the scenario's deployment is paid for when left out.
    known
        Count only what was known by this date.
    request
        Only units whose entries cite this request for assistance.
    must_run
        End with an error where the gate of 10 USC 276 is closed.
    scenario
        Folder of the scenario, for its ledger and the tables of readiness.
    ledger
        Ledger to read instead of the scenario's.
    as_json
        Print one JSON object instead of sentences.
    """
    mission = read_scenario(scenario)
    asked = ask_for(mission, since=since, until=until, known=known_on(known))
    tables = read_readiness(mission, read_chain(mission))
    taken = taken_in(
        ledger_of(mission, ledger),
        tables.states,
        since=asked.since or asked.on,
        until=asked.on,
        known=asked.known,
        request=request,
    )
    found = assess(taken, tables, read_factors(mission))
    if must_run:
        must_be_open(found)
    if as_json:
        print(json.dumps({"units": [one.to_dict() for one in found]}))
        return
    print(f"Readiness of the units that give, {asked.since} to {asked.on}")
    for one in found:
        _print(one)
    for said in dict.fromkeys(said for one in found for said in one.assumptions):
        print(f"Assumed: {said}.")


def _print(one: Readiness) -> None:
    """Tell one unit."""
    print(f"{one.said}.")
    for measure in one.measures:
        without, during = measure.without, measure.during
        print(
            f"  {measure.name}: {without.best:.0%} ({without.low:.0%} to "
            f"{without.high:.0%}) without, {during.best:.0%} ({during.low:.0%} to "
            f"{during.high:.0%}) with the deployment"
        )
    if one.measures:
        lost = one.lost_days
        print(
            f"  training lost: {lost.best:.0f} days each ({lost.low:.0f} to "
            f"{lost.high:.0f}), {lost.best * one.taken:,.0f} person-days"
        )
    for exercise in one.exercises:
        print(f"  {exercise.outcome}: {exercise.exercise} ({exercise.source})")
    if one.relief is not None:
        print(f"  relieved in place by {one.relief.into} on {one.relief.on}")
    if one.rested_by is not None and one.measures:
        print(
            f"  the same people stay home until {one.rested_by} at the ratio of dwell"
        )
