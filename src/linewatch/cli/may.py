"""The command ``linewatch may``."""

import json
import math
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import CycloptsError, Parameter

from linewatch.cli.reading import cases_of, records_of
from linewatch.errors import BadValue, UnknownName
from linewatch.force.asking import (
    DOUBT,
    Authority,
    Spot,
    Stretch,
    doubt_of,
    read_authority,
    scenario_rules,
)
from linewatch.force.authority import Answer
from linewatch.force.difference import Difference, difference
from linewatch.force.records import Record
from linewatch.force.rules import Rules, read_rules
from linewatch.measure.clock import to_date
from linewatch.plan.answering import authority_under
from linewatch.scenario import BUILT_IN, Scenario, read_scenario


def may(
    *,
    task: str | None = None,
    status: str | None = None,
    on: str | None = None,
    until: str | None = None,
    zone: str | None = None,
    sector: str = "",
    base: str = "",
    km: float | None = None,
    to_km: float | None = None,
    met: Annotated[str, Parameter(negative="")] = "",
    log: Path | None = None,
    request: Annotated[tuple[str, ...], Parameter(negative="")] = (),
    rules: Path | None = None,
    add: Annotated[tuple[Path, ...], Parameter(negative="")] = (),
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
    until
        Last date of the task: the answer for every day, from each date it changes on.
    zone
        Kind of zone that the place lies in for sure; outside any when left out.
    sector
        Sector of the line: zones that may lie there are asked about too.
    base
        Base: zones that may lie in its sector are asked about too.
    km
        Place on the line, or where a stretch begins, in km from its beginning.
    to_km
        Where the stretch ends.
    met
        Conditions met and records made, parted by commas.
    log
        Mission log whose records count as met.
    request
        Request for assistance, decided in the log, under which it is done.
    rules
        Authority table to ask instead of the scenario's.
    add
        Table of rules of your own, added to that one; may be given again.
    scenario
        Folder of the scenario.
    diff
        Two authority tables: show where their answers differ.
    as_json
        Print one JSON object instead of sentences.
    """
    if diff is not None:
        found = difference(read_rules(diff[0]), read_rules(diff[1], *add))
        _print_difference(found, as_json)
        return
    mission = read_scenario(scenario)
    if task is None and add:
        found = difference(_table(rules, mission), _table(rules, mission, add))
        _print_difference(found, as_json)
        return
    if task is None or status is None or on is None:
        raise CycloptsError(msg="may needs --task, --status and --on, or --diff")
    start = to_date(on)
    end = _end(start, until)
    _check_stretch(km, to_km)
    spot = Spot(
        from_m=None if km is None else km * 1000,
        to_m=None if to_km is None else to_km * 1000,
        sector=sector,
        base=base,
        zone=zone or "",
    )
    authority = _authority(mission, spot, _table(rules, mission, add), log)
    authority = _with_met(authority, met)
    if request:
        authority = authority_under(authority, cases_of(log), request)
    if end is None:
        answer = authority.at(spot, task=task, status=status, on=start)
        if as_json:
            print(json.dumps(answer_words(answer)))
        else:
            _print_answer(answer)
        return
    parts = authority.over(spot, task=task, status=status, start=start, end=end)
    _print_parts(parts, as_json)


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
        "override_owner": answer.owner,
    }


def _end(start: date, until: str | None) -> date | None:
    """Return the first day after a term; None for a single day."""
    if until is None:
        return None
    last = to_date(until)
    if not start <= last < date.max:
        raise BadValue("--until", f"{start} or after, and before {date.max}", until)
    return last + timedelta(days=1)


def _check_stretch(km: float | None, to_km: float | None) -> None:
    """Refuse a stretch that is none: nothing would lie in it, and no zone would hold.

    Raises
    ------
    BadValue
        If an end is no distance along a line, or the second comes before the first.
    """
    if km is None:
        if to_km is not None:
            raise BadValue("--to-km", "given with --km", to_km)
        return
    if not 0 <= km < LONGEST_KM:
        raise BadValue("--km", f"0 to {LONGEST_KM:,} km along the line", km)
    if to_km is not None and not km <= to_km < LONGEST_KM:
        raise BadValue("--to-km", f"{km:g} to {LONGEST_KM:,} km along the line", to_km)


LONGEST_KM = 40_000
"""No line on Earth that is watched is longer [km]."""


def _table(rules: Path | None, mission: Scenario, add: Sequence[Path] = ()) -> Rules:
    """Read the table that was named, or the scenario's, with rules added to it."""
    if rules is not None:
        return read_rules(rules, *add)
    return scenario_rules(mission, *add)


def _authority(
    mission: Scenario, spot: Spot, table: Rules, log: Path | None
) -> Authority:
    """Read what is asked: zones too where a place is named, records where a log is."""
    records: tuple[Record, ...] = ()
    if log is not None:
        records = records_of(log)
    if spot == Spot(zone=spot.zone):
        return Authority(rules=table, records=records)
    authority = read_authority(mission, records=records)
    for name, word, known in (
        ("sector", spot.sector, authority.stretches),
        ("base", spot.base, authority.bases),
    ):
        if word and word not in known:
            raise UnknownName(name, word, tuple(known))
    line_m = max((end for _, end in authority.stretches.values()), default=math.inf)
    for option, place_m in (("--km", spot.from_m), ("--to-km", spot.to_m)):
        if place_m is not None and place_m > line_m:
            rule = f"0 to {line_m / 1000:,.0f}, the length of the line"
            raise BadValue(option, rule, f"{place_m / 1000:g}")
    return authority.with_table(table)


def _with_met(authority: Authority, met: str) -> Authority:
    """Take words for conditions met on record, everywhere and always."""
    words = tuple(word for part in met.split(",") if (word := part.strip()))
    doubts = tuple(doubt_of(zone) for zone in authority.zones)
    known = (*authority.rules.conditions, *doubts)
    for word in words:
        if word not in known:
            raise UnknownName("condition", word, known)
    far = float("-inf")
    told = (
        Record(name=w, office="", reference="", made_s=far, known_s=far, from_s=far)
        for w in words
    )
    return authority.with_records(told)


def _print_parts(parts: Iterable[Stretch], as_json: bool) -> None:
    """Tell the answers over a term, each from its first day."""
    if as_json:
        told = [
            answer_words(part.answer)
            | {
                "from": part.start.isoformat(),
                "to": (part.end - timedelta(days=1)).isoformat(),
            }
            for part in parts
        ]
        print(json.dumps({"parts": told}))
        return
    for number, part in enumerate(parts):
        if number:
            print()
        print(f"{part.start} to {part.end - timedelta(days=1)}")
        _print_answer(part.answer)


def _print_answer(answer: Answer) -> None:
    """Tell an answer in sentences."""
    unsure = any(what.startswith(DOUBT) for what in answer.conditions)
    lies = " perhaps in a " if unsure else " in a "
    place = "" if answer.zone == "none" else f"{lies}{_plain(answer.zone)}"
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
