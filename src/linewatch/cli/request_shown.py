"""The commands ``linewatch request show``, ``list`` and ``link``."""

import json
import math
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.reading import cases_of, records_of
from linewatch.cli.request_desk import case_words, standing
from linewatch.force.asking import read_authority
from linewatch.force.read import read_ledger
from linewatch.force.request import (
    Case,
    Sourcing,
    find_case,
    legality_of,
    sourcing_of,
)
from linewatch.measure.clock import DAY_S, to_date, to_epoch_s, to_iso
from linewatch.plan.answering import answering, beside_request
from linewatch.plan.proposal import read_proposal, write_proposal
from linewatch.scenario import BUILT_IN, Scenario, read_scenario

Json = Annotated[bool, Parameter(name="--json", negative="")]


def show(
    request: str,
    *,
    log: Path,
    on: str | None = None,
    known: str | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Show a request: what is asked, what was found, done and sourced.

    Parameters
    ----------
    request
        Id of the request.
    log
        Mission log that keeps the requests.
    on
        Date up to which it is told; all when left out.
    known
        Only what was known by the end of this date.
    scenario
        Folder of the scenario, for its ledger and authority table.
    as_json
        Print one JSON object instead of sentences.
    """
    mission = read_scenario(scenario)
    case = find_case(_cases(log, on, known), request)
    (sourcing,) = _sourcing(mission, [case], on, known)
    authority = read_authority(mission, records=records_of(log, known_s=_end_s(known)))
    legal = legality_of(case.request, authority, end=case.end)
    if as_json:
        told = {"result": legal.result.value, "conditions": list(legal.conditions)}
        told |= {"stated": legal.stated}
        words = case_words(case) | {"legality": told, "people": _people(sourcing)}
        print(json.dumps(words))
        return
    _print_request(case)
    print(f"Legality: {legal.result.value}: {legal.stated}.")
    if legal.conditions:
        print(f"Open: {', '.join(map(_plain, legal.conditions))}.")
    for each in case.findings.values():
        if each.criterion != "legality":
            day = to_iso(each.made_s)[:10]
            print(f"{each.criterion.capitalize()}: {each.result.value}: {each.stated}")
            print(f"  {each.office}, {day}")
    if case.missing and case.state in {"draft", "validated"}:
        print(f"Nothing found yet on {', '.join(case.missing)}.")
    for move in case.moves:
        more = f": {move.caveat}" if move.caveat else ""
        print(f"{to_iso(move.made_s)[:10]}  {move.move} by {move.office}{more}")
    _print_people([sourcing])


def list_(
    *,
    log: Path,
    on: str | None = None,
    known: str | None = None,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """List requests: asked, granted, sourced and present on a date.

    Parameters
    ----------
    log
        Mission log that keeps the requests.
    on
        Date asked about; today when left out.
    known
        Only what was known by the end of this date.
    scenario
        Folder of the scenario, for its ledger.
    as_json
        Print one JSON object instead of a table.
    """
    cases = list(_cases(log, on, known).values())
    rows = _sourcing(read_scenario(scenario), cases, on, known)
    if as_json:
        told = [_people(row) | {"ends": c.end.isoformat(), "state": c.state.value}
                for row, c in zip(rows, cases, strict=True)]  # fmt: skip
        print(json.dumps({"requests": told}))
        return
    if not cases:
        print(f"{log} holds no request.")
        return
    _print_people(rows)


def link(
    proposal: Path,
    *,
    request: Annotated[tuple[str, ...], Parameter(negative="")],
    log: Path,
    out: Path,
    scenario: Path = BUILT_IN,
    as_json: Json = False,
) -> None:
    """Make a proposal answer requests, within what was granted on them.

    Parameters
    ----------
    proposal
        Proposal, as plan deploy, plan sites and plan works write it.
    request
        Id of a request that it answers; may be given again.
    log
        Mission log that keeps the requests.
    out
        File for the proposal that cites them.
    scenario
        Folder of the scenario, for its authority table.
    as_json
        Print one JSON object instead of sentences.
    """
    authority = read_authority(read_scenario(scenario), records=records_of(log))
    laid = read_proposal(proposal)
    cases = cases_of(log)
    made = answering(laid, cases, request, authority)
    beside = beside_request(made, cases, made.requests)
    write_proposal(out, made)
    if as_json:
        words: dict[str, object] = {"id": made.id, "requests": list(made.requests)}
        words["not_asked_for"] = list(beside)
        print(json.dumps(words | {"conditions": list(made.conditions)}))
        return
    print(f"{made.id} answers {', '.join(made.requests)}, in {out}.")
    if beside:
        print(f"Not what was asked for: {', '.join(map(_plain, beside))}.")
    if made.conditions:
        print(
            f"Open before the tasks begin: {', '.join(map(_plain, made.conditions))}."
        )


def _cases(log: Path, on: str | None, known: str | None) -> dict[str, Case]:
    """Read the requests of a log as of two dates, each to its end."""
    return cases_of(log, on_s=_end_s(on), known_s=_end_s(known))


def _end_s(day: str | None) -> float:
    """Return the last instant of a date [s]; never when there is none."""
    return math.inf if day is None else to_epoch_s(day) + DAY_S - 1e-3


def _sourcing(
    mission: Scenario, cases: list[Case], on: str | None, known: str | None
) -> tuple[Sourcing, ...]:
    """Count how far requests are met."""
    named = "ledger" in mission.table("force")
    ledger = read_ledger(mission.file("force", "ledger")) if named else None
    day = datetime.now(tz=UTC).date() if on is None else to_date(on)
    then = None if known is None else to_date(known)
    return sourcing_of(cases, ledger, on=day, known=then)


def _people(row: Sourcing) -> dict[str, object]:
    """Return the numbers of a request for JSON."""
    return asdict(row) | {"short": row.short, "beyond": row.beyond}


def _print_request(case: Case) -> None:
    """Tell what is asked."""
    request = case.request
    print(f"{request.id}: {request.capability}; {standing(case)}.")
    print(
        f"{request.office} asks for {request.number:,} {request.status} to "
        f"{_plain(request.task)}, {request.place}, {request.start} to {request.end}."
    )
    print(f"It ends when: {request.end_state}.")
    print(f"{request.reimbursement.value.capitalize()}, {request.statute}.")
    if case.conditions:
        print(f"Conditions: {', '.join(map(_plain, case.conditions))}.")


def _print_people(rows: tuple[Sourcing, ...] | list[Sourcing]) -> None:
    """Print how far requests are met."""
    print(
        f"{'request':<18}{'state':<11}{'asked':>7}{'granted':>9}{'ordered':>9}"
        f"{'sourced':>9}{'present':>9}{'short':>7}{'beyond':>8}"
    )
    for row in rows:
        granted = "-" if row.granted is None else f"{row.granted:,}"
        print(
            f"{row.id:<18}{row.state:<11}{row.requested:>7,}{granted:>9}"
            f"{row.ordered:>9,}{row.sourced:>9,}{row.present:>9,}{row.short:>7,}"
            f"{row.beyond:>8,}"
        )
    if all(row.entries == 0 for row in rows):
        print("No entry of the ledger cites them: sourced and present are not known.")


def _plain(word: str) -> str:
    """Write a word of the table as plain words."""
    return word.replace("_", " ")
