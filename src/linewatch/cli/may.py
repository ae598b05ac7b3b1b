"""The command ``linewatch may``."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated

from cyclopts import CycloptsError, Parameter

from linewatch.errors import UnknownName
from linewatch.force.authority import Answer
from linewatch.force.authority import may as answer_for
from linewatch.force.difference import Difference, difference
from linewatch.force.rules import Rules, read_rules
from linewatch.measure.clock import to_date
from linewatch.scenario import BUILT_IN, read_scenario


def may(
    *,
    task: str | None = None,
    status: str | None = None,
    on: str | None = None,
    zone: str | None = None,
    met: Annotated[str, Parameter(negative="")] = "",
    rules: Path | None = None,
    scenario: Path = BUILT_IN,
    diff: Annotated[tuple[Path, Path] | None, Parameter(negative="")] = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Ask whether a duty status may do a task, and by which rule.

    Parameters
    ----------
    task
        Task, such as arrest, patrol or engineering_wire_barrier.
    status
        Duty status: T10, T32 or SAD.
    on
        Date of the task, such as 2025-04-01.
    zone
        Kind of zone that the place lies in; outside any zone when left out.
    met
        Conditions met and records made, parted by commas.
    rules
        Authority table to ask instead of the scenario's.
    scenario
        Folder of the scenario.
    diff
        Two authority tables: show where their answers differ.
    as_json
        Print one JSON object instead of sentences.
    """
    if diff is not None:
        _print_difference(difference(read_rules(diff[0]), read_rules(diff[1])), as_json)
        return
    if task is None or status is None or on is None:
        raise CycloptsError(msg="may needs --task, --status and --on, or --diff")
    table = _table(rules, scenario)
    records = tuple(word for part in met.split(",") if (word := part.strip()))
    for word in records:
        if word not in table.conditions:
            raise UnknownName("condition", word, table.conditions)
    answer = answer_for(
        table, task=task, status=status, on=to_date(on), zone=zone, met=records
    )
    if as_json:
        print(json.dumps(answer_words(answer)))
    else:
        _print_answer(answer)


def answer_words(answer: Answer) -> dict[str, object]:
    """Return an answer as plain words for JSON."""
    return {
        "task": answer.task,
        "status": answer.status,
        "on": answer.on.isoformat(),
        "zone": answer.zone,
        "answer": answer.answer,
        "rule": answer.rule,
        "layer": answer.layer,
        "conditions": list(answer.conditions),
        "citation": answer.citation,
        "beaten": list(answer.beaten),
    }


def _table(rules: Path | None, scenario: Path) -> Rules:
    """Read the table that was named, or the scenario's."""
    return read_rules(rules or read_scenario(scenario).file("force", "authority"))


def _print_answer(answer: Answer) -> None:
    """Tell an answer in sentences."""
    place = "" if answer.zone == "none" else f" in a {_plain(answer.zone)}"
    print(
        f"{answer.answer.capitalize()}: {_plain(answer.task)} by {answer.status}"
        f"{place} on {answer.on}."
    )
    print(f"Rule {answer.rule}, layer {answer.layer}: {answer.citation}.")
    if answer.conditions:
        print(f"Still open: {', '.join(map(_plain, answer.conditions))}.")
    if answer.beaten:
        print(f"It beat: {', '.join(answer.beaten)}.")
    if answer.owner:
        print(f"Only the {answer.owner} may override it, on record.")


def _print_difference(found: Difference, as_json: bool) -> None:
    """Tell how two tables differ."""
    if as_json:
        changed = [
            {
                "task": task,
                "status": status,
                "zone": zone,
                "from": None if since == date.min else since.isoformat(),
                "old": {"answer": old.answer, "rule": old.rule},
                "new": {"answer": new.answer, "rule": new.rule},
            }
            for task, status, zone, since, old, new in found.answers
        ]
        words = {
            "added": list(found.added),
            "removed": list(found.removed),
            "changed": list(found.changed),
            "answers": changed,
        }
        print(json.dumps(words))
        return
    for title, names in (
        ("Added", found.added),
        ("Removed", found.removed),
        ("Changed", found.changed),
    ):
        if names:
            print(f"{title}: {', '.join(names)}.")
    for task, status, zone, since, old, new in found.answers:
        place = "" if zone == "none" else f" in a {_plain(zone)}"
        start = "" if since == date.min else f" from {since}"
        print(
            f"{_plain(task)} by {status}{place}{start}: {old.answer} ({old.rule})"
            f" -> {new.answer} ({new.rule})"
        )
    if not found.answers:
        print("No answer differs.")


def _plain(word: str) -> str:
    """Write a word of the table as plain words."""
    return word.replace("_", " ")
