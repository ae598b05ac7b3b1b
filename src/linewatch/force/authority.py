"""May they? The answer to (task, status, date, zone), with the rule that gives it.

Of the rules that hold, the strictest decides: prohibited over conditional over
allowed. Among equally strict rules the higher layer speaks (law, policy, order), then
the more specific, then the later, then the first in the table. Rules of the layer
"default" speak only when no other does. A rule is set aside in two ways, both of them
explicit: another rule that holds lifts it by name, or the record that its own override
column names has been made. Adding a rule that lifts nothing can therefore never loosen
an answer that a layer above "default" gave.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from linewatch.errors import UnknownName
from linewatch.force.rules import ANSWERS, LAYERS, OUTSIDE, Rule, Rules
from linewatch.force.values import to_status

UNKNOWN: Final = Rule(
    name="unknown-is-prohibited",
    task="*",
    status="*",
    zone="*",
    start=None,
    end=None,
    layer="default",
    answer="prohibited",
    citation="no rule of the table covers it",
)
"""The rule that speaks when no rule of the table does."""

ALIASES: Final = {
    "arrest": "arrest_apprehension",
    "apprehension": "arrest_apprehension",
    "detention": "temporary_detention",
    "detain": "temporary_detention",
    "search": "cursory_search",
    "seizure": "search_seizure_investigation",
    "investigation": "search_seizure_investigation",
    "patrol": "detect_monitor_patrol",
    "observe": "detect_monitor_static",
    "static": "detect_monitor_static",
    "aerial": "aerial_reconnaissance",
    "wire": "engineering_wire_barrier",
    "barrier": "engineering_wire_barrier",
    "road": "engineering_road_lighting",
    "lighting": "engineering_road_lighting",
    "interdiction": "vehicle_interdiction_pursuit",
    "pursuit": "vehicle_interdiction_pursuit",
    "surveillance": "surveil_named_individual",
    "deportation": "deportation_removal",
    "removal": "deportation_removal",
    "medical": "medical_support",
    "maintenance": "vehicle_maintenance",
    "logistics": "logistics_warehousing",
}
"""Everyday words for tasks of the built-in table."""

ZONE_ALIASES: Final = {"": OUTSIDE, "outside": OUTSIDE, "nda": "national_defense_area"}
"""Short words for kinds of zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Whether a status may do a task, and by which rule.

    Parameters
    ----------
    task, status, zone : str
        What was asked, in the table's words.
    on : date
        Date asked about.
    answer : {'allowed', 'conditional', 'prohibited'}
        The answer; conditional means that `conditions` are still open.
    rule : str
        Name of the deciding rule.
    layer : {'law', 'policy', 'order', 'default'}
        Where that rule comes from.
    conditions : tuple of str
        Conditions not yet met, of every conditional rule that holds.
    citation : str
        Text that the deciding rule rests on.
    beaten : tuple of str
        Names of the other rules that spoke of it and did not decide.
    owner : str
        Who may override the deciding prohibition; empty when nobody can.
    """

    task: str
    status: str
    on: date
    zone: str
    answer: str
    rule: str
    layer: str
    conditions: tuple[str, ...]
    citation: str
    beaten: tuple[str, ...]
    owner: str = ""


def to_task(word: str) -> str:
    """Return the table's word for a task; an unknown word is its own.

    Examples
    --------
    >>> to_task("Arrest"), to_task("fly-kites")
    ('arrest_apprehension', 'fly_kites')
    """
    plain = word.strip().lower().replace(" ", "_").replace("-", "_")
    return ALIASES.get(plain, plain)


def to_zone(rules: Rules, word: str | None) -> str:
    """Return the table's word for a kind of zone; None is outside any zone.

    Raises
    ------
    UnknownName
        If no rule names such a zone.
    """
    plain = (word or "").strip().lower().replace(" ", "_").replace("-", "_")
    zone = ZONE_ALIASES.get(plain, plain)
    if zone not in rules.zones:
        raise UnknownName("zone", str(word), rules.zones)
    return zone


def may(  # noqa: PLR0913 - one question has that many sides
    rules: Rules,
    *,
    task: str,
    status: str,
    on: date,
    zone: str | None = None,
    met: Collection[str] = (),
) -> Answer:
    """Answer whether `status` may do `task` on a date at a place.

    Parameters
    ----------
    rules : Rules
        Authority table.
    task : str
        Task, in the table's words or an everyday one. A task that no rule names is
        prohibited.
    status : str
        Duty status: T10, T32 or SAD, or its long name.
    on : date
        Date of the task.
    zone : str, optional
        Kind of zone that the place lies in; outside any when left out.
    met : collection of str
        Conditions met and records made.

    Raises
    ------
    UnknownName
        If the status or the kind of zone does not exist.
    """
    task, status, place = to_task(task), to_status(status), to_zone(rules, zone)
    spoke = [
        rule
        for rule in rules.rules
        if rule.holds(task=task, status=status, on=on, zone=place)
        and (not rule.needs or rule.needs in met)
    ]
    standing = _standing(spoke, met)
    decides = max(standing, key=_weight, default=UNKNOWN)
    open_conditions = [
        condition
        for rule in standing
        for condition in rule.conditions
        if condition not in met
    ]
    answer = decides.answer
    if answer == "conditional" and not open_conditions:
        answer = "allowed"
    return Answer(
        task=task,
        status=status,
        on=on,
        zone=place,
        answer=answer,
        rule=decides.name,
        layer=decides.layer,
        conditions=tuple(dict.fromkeys(open_conditions)) * (answer == "conditional"),
        citation=decides.citation,
        beaten=tuple(rule.name for rule in spoke if rule is not decides),
        owner=decides.owner if answer == "prohibited" else "",
    )


def _standing(spoke: Sequence[Rule], met: Collection[str]) -> list[Rule]:
    """Leave out rules that are lifted or overridden, and defaults beside others."""
    overridden = {rule.name for rule in spoke if rule.override and rule.override in met}
    lifted = {
        name for rule in spoke if rule.name not in overridden for name in rule.lifts
    }
    standing = [rule for rule in spoke if rule.name not in overridden | lifted]
    told = [rule for rule in standing if rule.layer != "default"]
    return told or standing


def _weight(rule: Rule) -> tuple[int, int, int, date]:
    """Order rules by who decides; `max` keeps the first of equals."""
    return (
        ANSWERS.index(rule.answer),
        LAYERS.index(rule.layer),
        rule.specificity,
        rule.start or date.min,
    )
