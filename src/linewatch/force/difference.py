"""How two authority tables differ: their rules, and the answers that change."""

from dataclasses import dataclass
from datetime import date

from linewatch.force.authority import Answer, may
from linewatch.force.rules import Rules
from linewatch.force.values import STATUSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What changes from one authority table to another.

    Parameters
    ----------
    added, removed, changed : tuple of str
        Names of rules that only the new, only the old or both tables hold unlike.
    answers : tuple of (task, status, zone, since, Answer, Answer)
        Old and new answer from a date on, where they differ; ``date.min`` is from the
        beginning. An answer that goes on unlike over several dates is told once.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    answers: tuple[tuple[str, str, str, date, Answer, Answer], ...]


def difference(old: Rules, new: Rules) -> Difference:
    """Return how `new` differs from `old`, in rules and in answers.

    Every task, status and zone that either table names is asked on every date on which
    a rule begins or ends, with no condition met; between such dates no answer changes.
    """
    before = {rule.name: rule for rule in old.rules}
    after = {rule.name: rule for rule in new.rules}
    answers = []
    for task in dict.fromkeys((*old.tasks, *new.tasks)):
        for zone in dict.fromkeys((*old.zones, *new.zones)):
            for status in STATUSES:
                answers += _changes(old, new, task=task, status=status, zone=zone)
    return Difference(
        added=tuple(name for name in after if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(n for n in after if n in before and before[n] != after[n]),
        answers=tuple(answers),
    )


def _changes(
    old: Rules, new: Rules, *, task: str, status: str, zone: str
) -> list[tuple[str, str, str, date, Answer, Answer]]:
    """Return the dates from which the two tables answer one question unlike."""
    found: list[tuple[str, str, str, date, Answer, Answer]] = []
    told = None
    for since in _dates(old, new):
        was = _ask(old, task=task, status=status, zone=zone, on=since)
        now = _ask(new, task=task, status=status, zone=zone, on=since)
        unlike = (was.answer, was.conditions) != (now.answer, now.conditions)
        pair = (was.rule, was.answer, now.rule, now.answer) if unlike else None
        if unlike and pair != told:
            found.append((task, status, zone, since, was, now))
        told = pair
    return found


def _ask(rules: Rules, *, task: str, status: str, zone: str, on: date) -> Answer:
    """Ask a table that may not know the zone; then only rules for any zone speak."""
    known = Rules(rules=rules.rules, path=rules.path, more_zones=(zone,))
    return may(known, task=task, status=status, on=on, zone=zone)


def _dates(old: Rules, new: Rules) -> list[date]:
    """Return the beginning and every date on which a rule of either begins or ends."""
    rules = (*old.rules, *new.rules)
    edges = {edge for rule in rules for edge in (rule.start, rule.end) if edge}
    return [date.min, *sorted(edges)]
