"""Authority as data: the rules of a table, read and checked."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadLines
from linewatch.force.values import STATUSES

ANSWERS: Final = ("allowed", "conditional", "prohibited")
"""What a rule says, from the loosest to the strictest."""

LAYERS: Final = ("default", "order", "policy", "law")
"""Where a rule comes from, from the lowest to the highest."""

ANY: Final = "*"
"""In a rule: every task, status or zone."""

OUTSIDE: Final = "none"
"""Zone of a place that lies in no zone."""

COLUMNS: Final = (
    "rule",
    "task",
    "status",
    "zone",
    "from",
    "to",
    "layer",
    "answer",
    "conditions",
    "needs",
    "lifts",
    "override",
    "override_owner",
    "citation",
)
"""Columns of an authority table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule: for a task by a status at a place and time, an answer.

    Parameters
    ----------
    name : str
        Its own name, by which answers and other rules name it.
    task, status, zone : str
        What it speaks of; ``*`` is every one, zone ``none`` is outside any zone.
    start, end : date or None
        First date on which it holds and first on which it no longer does.
    layer : {'law', 'policy', 'order', 'default'}
        Where it comes from.
    answer : {'allowed', 'conditional', 'prohibited'}
        What it says.
    conditions : tuple of str
        What must be recorded before a conditional answer is a permission.
    needs : str
        Record without which the rule is off; empty when it is always on.
    lifts : tuple of str
        Rules of the same or a lower layer that it sets aside while it holds.
    override : str
        Record that sets this prohibition aside; empty when none can.
    owner : str
        Who may make the record that overrides it, or that it needs; offices parted by
        semicolons.
    citation : str
        Text that the rule rests on.
    """

    name: str
    task: str
    status: str
    zone: str
    start: date | None
    end: date | None
    layer: str
    answer: str
    conditions: tuple[str, ...] = ()
    needs: str = ""
    lifts: tuple[str, ...] = ()
    override: str = ""
    owner: str = ""
    citation: str = ""

    def holds(self, *, task: str, status: str, on: date, zone: str) -> bool:
        """Return whether the rule speaks of this task, status, date and zone."""
        return (
            self.task in {ANY, task}
            and self.status in {ANY, status}
            and self.zone in {ANY, zone}
            and (self.start is None or self.start <= on)
            and (self.end is None or on < self.end)
        )

    @property
    def specificity(self) -> int:
        """How many of task, status, zone and dates the rule names."""
        exact = (self.task != ANY, self.status != ANY, self.zone != ANY)
        return sum(exact) + (self.start is not None) + (self.end is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """An authority table.

    Parameters
    ----------
    rules : tuple of Rule
        Its rules in the order of the file.
    path : Path
        Where it was read.
    more_zones : tuple of str
        Kinds of zone that may be asked about though no rule names them.
    """

    rules: tuple[Rule, ...]
    path: Path
    more_zones: tuple[str, ...] = ()

    @property
    def tasks(self) -> tuple[str, ...]:
        """Tasks that the table names, in its order."""
        return tuple(dict.fromkeys(r.task for r in self.rules if r.task != ANY))

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions and records that the table asks for, sorted."""
        records = {word for r in self.rules for word in (r.needs, r.override) if word}
        return tuple(sorted(records.union(*(r.conditions for r in self.rules))))

    def owners(self, record: str) -> tuple[str, ...]:
        """Return who may make a record that overrides a rule or that a rule needs."""
        named = (r.owner for r in self.rules if record in {r.needs, r.override})
        parts = (part.strip() for owner in named for part in owner.split(";"))
        return tuple(dict.fromkeys(part for part in parts if part))

    @property
    def zones(self) -> tuple[str, ...]:
        """Kinds of zone that the table names, with ``none`` first."""
        named = dict.fromkeys(r.zone for r in self.rules if r.zone != ANY)
        return tuple(dict.fromkeys((OUTSIDE, *named, *self.more_zones)))


def read_rules(path: Path, *more: Path) -> Rules:
    """Read an authority table, and rules in further files that are added to it.

    Parameters
    ----------
    path : Path
        The table.
    *more : Path
        Files with the same columns. Their rules come after those of the table, may lift
        them, and may not have a name that stands before.

    Raises
    ------
    BadFile
        If a file cannot be read, lacks a column or holds no rule.
    BadLines
        If rules break the table's own rules; every fault is told with its line.
    """
    rules: dict[str, tuple[int, Rule]] = {}
    for each in (path, *more):
        _read_file(each, rules)
    return Rules(rules=tuple(rule for _, rule in rules.values()), path=path)


def _read_file(path: Path, rules: dict[str, tuple[int, Rule]]) -> None:
    """Add the rules of a file to those read before, or tell all its faults."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file)
            names = tuple(table.fieldnames or ())
            if set(names) != set(COLUMNS) or len(names) != len(COLUMNS):
                raise BadFile(path, f"must have the columns {','.join(COLUMNS)}")
            rows = [(table.line_num, row) for row in table]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(path, f"is not CSV in UTF-8: {error}") from error
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    if not rows:
        raise BadFile(path, "holds no rule: every task would be prohibited")
    faults: list[tuple[int, str]] = []
    own: dict[str, tuple[int, Rule]] = {}
    for line, row in rows:
        told: list[str] = []
        rule = _rule(row, told.append)
        faults += [(line, what) for what in told]
        if rule.name in own:
            faults.append(
                (line, f"rule {rule.name} is on line {own[rule.name][0]} too")
            )
        elif rule.name in rules:
            faults.append((line, f"rule {rule.name} stands in the table before it"))
        own.setdefault(rule.name, (line, rule))
    faults += _bad_lifts(own, {**rules, **own})
    if faults:
        raise BadLines(path, sorted(faults))
    rules.update(own)


def _rule(row: Mapping[str | None, str | None], fault: Callable[[str], None]) -> Rule:
    """Make a rule of a row, telling each fault."""
    if None in row or None in row.values():
        fault(f"must have {len(COLUMNS)} fields")
    word = {str(key): str(value or "").strip() for key, value in row.items()}
    for what in (*_bad_words(word), *_bad_sense(word)):
        fault(what)
    start, end = _day(word["from"], fault), _day(word["to"], fault)
    if start and end and not start < end:
        fault("from must be before to")
    return Rule(
        name=word["rule"],
        task=word["task"],
        status=word["status"],
        zone=word["zone"] or ANY,
        start=start,
        end=end,
        layer=word["layer"],
        answer=word["answer"],
        conditions=_words(word["conditions"]),
        needs=word["needs"],
        lifts=_words(word["lifts"]),
        override=word["override"],
        owner=word["override_owner"],
        citation=word["citation"],
    )


def _bad_words(word: Mapping[str, str]) -> Iterator[str]:
    """Tell each field that is empty or none of its words."""
    for key in ("rule", "task", "citation"):
        if not word[key]:
            yield f"{key} is empty"
    for key, allowed in (
        ("status", (ANY, *STATUSES)),
        ("layer", LAYERS),
        ("answer", ANSWERS),
    ):
        if word[key] not in allowed:
            yield f"{key} must be one of {', '.join(allowed)}, not {word[key]!r}"


def _bad_sense(word: Mapping[str, str]) -> Iterator[str]:
    """Tell fields that make no sense beside each other."""
    if (word["answer"] == "conditional") != bool(_words(word["conditions"])):
        yield "conditions must be named if, and only if, the answer is conditional"
    if word["task"] == ANY and word["answer"] != "prohibited":
        yield "a rule for every task must prohibit, so that unknown tasks stay so"
    if word["override"] and not word["override_owner"]:
        yield "override_owner must name who may make the record of override"
    if word["override_owner"] and not (word["override"] or word["needs"]):
        yield "override_owner is for a rule with an override or a record that it needs"
    if word["override"] and word["answer"] != "prohibited":
        yield "override is for a prohibition"


def _bad_lifts(
    own: Mapping[str, tuple[int, Rule]], rules: Mapping[str, tuple[int, Rule]]
) -> list[tuple[int, str]]:
    """Return a fault for each rule of a file that lifts what it cannot."""
    faults = []
    for line, rule in own.values():
        for name in rule.lifts:
            if name not in rules:
                faults.append((line, f"lifts {name}, which is no rule of this table"))
                continue
            lifted = rules[name][1]
            if rule.layer not in LAYERS or lifted.layer not in LAYERS:
                continue  # told already
            if LAYERS.index(lifted.layer) > LAYERS.index(rule.layer):
                sentence = f"of layer {rule.layer} cannot lift {name} of {lifted.layer}"
                faults.append((line, sentence))
    return faults


def _words(text: str) -> tuple[str, ...]:
    """Split words that semicolons part."""
    return tuple(word for part in text.split(";") if (word := part.strip()))


def _day(text: str, fault: Callable[[str], None]) -> date | None:
    """Read a date that may be empty."""
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        fault(f"a date must be as 2025-03-20, not {text!r}")
        return None
