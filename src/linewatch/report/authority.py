"""Authority summary: which status may do what on a day, in a zone and outside any."""

import math
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date
from hashlib import sha256
from typing import Final

from linewatch.errors import UnknownName
from linewatch.force.authority import Answer, may
from linewatch.force.records import Record, met_on
from linewatch.force.rules import ANSWERS, ANY, OUTSIDE, Rules
from linewatch.force.values import STATUSES
from linewatch.measure.clock import to_iso
from linewatch.report.document import Cell, Column, Document, Form, Table

REMARKS: Final = (
    "Conditional: every condition named must be met before the task begins.",
    "A task that no rule names is prohibited.",
    "The rows are defaults with citations for a lawyer to change, no legal advice.",
)


ON_RECORD: Final = (
    *("Condition", "Office", "Place", "From", "Until", "Reference"),
    "Counts here",
)
"""Columns of the table of records."""


def authority_summary(
    rules: Rules,
    *,
    on: date,
    zones: Sequence[str] = (),
    met: Collection[str] = (),
    records: Sequence[Record] = (),
) -> Document:
    """Report what each duty status may do on a day.

    Parameters
    ----------
    rules : Rules
        Authority table.
    on : date
        The day.
    zones : sequence of str, optional
        Kinds of zone; outside any and every kind that the table names when left out.
    met : collection of str, optional
        Conditions taken for met.
    records : sequence of Record, optional
        What offices put on record. Those that hold on the day and are limited to no
        place count as met; the others are told, and not counted.

    Raises
    ------
    UnknownName
        If the table names no such zone or condition.
    """
    for word in met:
        if word not in rules.conditions:
            raise UnknownName("condition", word, rules.conditions)
    on_record = met_on(records, on)
    all_met = on_record | frozenset(met)
    kinds = tuple(zones) or tuple(zone for zone in rules.zones if zone != ANY)
    tasks = [task for task in rules.tasks if task != ANY]
    answers = {
        zone: [
            may(rules, task=task, status=status, on=on, zone=_asked(zone), met=all_met)
            for task in tasks
            for status in STATUSES
        ]
        for zone in kinds
    }
    digest = sha256("\n".join(f"{rule}" for rule in rules.rules).encode()).hexdigest()[
        :16
    ]
    tables = [_counts(answers)]
    if records:
        tables.append(_records(records, on))
    for zone, told in answers.items():
        tables += [_matrix(zone, told, tasks), _rules(zone, told)]
    return Document(
        kind="authority",
        title=f"Authority summary, {on}",
        on=on,
        facts=(
            ("As of", str(on)),
            (
                "Table",
                f"{rules.path.name}, {len(rules.rules)} rules, {digest} (digest)",
            ),
            ("Conditions on record", _listed(on_record)),
            ("Conditions taken for met", _listed(met)),
        ),
        tables=tuple(tables),
        remarks=REMARKS,
    )


def _listed(words: Collection[str]) -> str:
    """Return conditions in words."""
    return ", ".join(sorted(words)).replace("_", " ") or "none"


def _records(records: Sequence[Record], on: date) -> Table:
    """Return what offices put on record, and whether it counts here."""
    return Table(
        id="records",
        title="On record",
        columns=tuple(Column(title=title) for title in ON_RECORD),
        rows=tuple(
            (
                one.name.replace("_", " "),
                one.office,
                one.place or "everywhere",
                to_iso(one.from_s)[:10],
                "" if math.isinf(one.until_s) else to_iso(one.until_s)[:10],
                one.reference,
                _counted(one, on),
            )
            for one in records
        ),
        remark="For a place: linewatch may with --sector, --base or --km, and --log.",
    )


def _counted(record: Record, on: date) -> str:
    """Tell whether a record counts in a summary that names no place."""
    if not record.holds(on, (record.place,)):
        return "no, not on that day"
    return "no, at its place only" if record.place else "yes"


def _asked(zone: str) -> str | None:
    """Return a zone as the table is asked for it."""
    return None if zone == OUTSIDE else zone


def _place(zone: str) -> str:
    """Return a zone in words."""
    return "outside any zone" if zone == OUTSIDE else f"in a {zone.replace('_', ' ')}"


def _counts(answers: dict[str, list[Answer]]) -> Table:
    """Return how often each answer is given, by place."""
    rows: list[tuple[Cell, ...]] = []
    for zone, told in answers.items():
        counted = Counter(one.answer for one in told)
        rows.append((_place(zone), *(float(counted[word]) for word in ANSWERS)))
    return Table(
        id="counts",
        title="Answers by place",
        columns=(
            Column(title="Place"),
            *(Column(title=word, form=Form.COUNT) for word in ANSWERS),
        ),
        rows=tuple(rows),
        remark="Pairs of a task and a duty status.",
    )


def _matrix(zone: str, told: list[Answer], tasks: list[str]) -> Table:
    """Return the answers, a row a task and a column a status."""
    by_pair = {(one.task, one.status): one.answer for one in told}
    return Table(
        id=f"matrix-{zone}"[:31],
        title=f"Answers {_place(zone)}",
        columns=(Column(title="Task"), *(Column(title=status) for status in STATUSES)),
        rows=tuple(
            (task.replace("_", " "), *(by_pair[task, status] for status in STATUSES))
            for task in tasks
        ),
    )


def _rules(zone: str, told: list[Answer]) -> Table:
    """Return the rule, the open conditions and the citation of every answer."""
    return Table(
        id=f"rules-{zone}"[:31],
        title=f"Deciding rules {_place(zone)}",
        columns=tuple(
            Column(title=title)
            for title in ("Task", "Status", "Answer", "Layer", "Conditions", "Citation")
        ),
        rows=tuple(
            (
                one.task.replace("_", " "),
                one.status,
                one.answer,
                one.layer,
                "; ".join(one.conditions).replace("_", " "),
                f"{one.rule}: {one.citation}",
            )
            for one in told
        ),
    )
