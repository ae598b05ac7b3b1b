"""What the schema demands of a message and protobuf does not check.

The standard marks fields as mandatory, as ULID or as UUID in options of the schema.
These are read once a message type into a `Plan`; checking a message then walks only
the fields that are set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from linewatch.link.sapient.ids import is_ulid, is_uuid
from linewatch.link.sapient.pb import options

Rule = Callable[[Any, str, list[str]], None]
"""Adds to a list the faults of a field's value, given where it stands."""


@dataclass(slots=True)
class Plan:
    """Demands on one type of message, by field number."""

    mandatory: dict[int, str] = field(default_factory=dict)
    one_of: list[tuple[str, frozenset[int]]] = field(default_factory=list)
    rules: dict[int, Rule] = field(default_factory=dict)
    needed: frozenset[int] = frozenset()

    def check(self, message: Message, where: str, faults: list[str]) -> None:
        """Add every fault of a message, with its place, to `faults`."""
        rules = self.rules
        present = set()
        for told, value in message.ListFields():
            number = told.number
            present.add(number)
            rule = rules.get(number)
            if rule is not None:
                rule(value, f"{where}{told.name}", faults)
        if not self.needed <= present:
            faults.extend(
                f"{where}{name} is missing"
                for number, name in self.mandatory.items()
                if number not in present
            )
        for names, members in self.one_of:
            if members.isdisjoint(present):
                place = where.removesuffix(".") or "message"
                faults.append(f"{place} needs one of {names}")


def faults_of(message: Message) -> list[str]:
    """Return every fault of a message against its schema, each one sentence.

    Fields that the schema does not know are left alone: a later version adds some.
    """
    faults: list[str] = []
    plan_for(cast("Descriptor", message.DESCRIPTOR)).check(message, "", faults)
    return faults


_plans: Final[dict[str, Plan]] = {}


def plan_for(kind: Descriptor) -> Plan:
    """Return the plan of a message type, made when first asked for."""
    plan = _plans.get(kind.full_name)
    if plan is None:
        # Kept before it is filled, for classes hold sub-classes that hold sub-classes.
        plan = _plans[kind.full_name] = Plan()
        _fill(plan, kind)
    return plan


def _fill(plan: Plan, kind: Descriptor) -> None:
    for told in kind.fields:
        marks: Any = told.GetOptions().Extensions[options.field_options]
        if marks.is_mandatory:
            plan.mandatory[told.number] = told.name
        rule = _rule(told, is_mandatory=marks.is_mandatory, marks=marks)
        if rule is not None:
            plan.rules[told.number] = _each(rule) if told.is_repeated else rule
    plan.needed = frozenset(plan.mandatory)
    for choice in kind.oneofs:
        marks = choice.GetOptions().Extensions[options.oneof_options]
        if marks.is_mandatory:
            names = ", ".join(member.name for member in choice.fields)
            numbers = frozenset(member.number for member in choice.fields)
            plan.one_of.append((names, numbers))


def _rule(told: FieldDescriptor, *, is_mandatory: bool, marks: Any) -> Rule | None:
    """Choose the rule of a field from its type and marks; None demands nothing."""
    if marks.is_ulid:
        return _ulid
    if marks.is_uuid:
        return _uuid
    if told.enum_type is not None:
        values = {value.number: value.name for value in told.enum_type.values}
        return _one_of_the_values(values, may_be_zero=not is_mandatory)
    if told.message_type is not None and _demands(told.message_type):
        inner = plan_for(told.message_type)
        return lambda value, where, faults: inner.check(value, f"{where}.", faults)
    return None


@cache
def _demands(kind: Descriptor) -> bool:
    """Say whether a message of this type can break a demand: timestamps cannot."""
    return kind.file.package != "google.protobuf"


def _each(rule: Rule) -> Rule:
    def every(values: Any, where: str, faults: list[str]) -> None:
        for at, value in enumerate(values):
            rule(value, f"{where}[{at}]", faults)

    return every


def _ulid(value: str, where: str, faults: list[str]) -> None:
    if not is_ulid(value):
        faults.append(f"{where} is no ULID")


def _uuid(value: str, where: str, faults: list[str]) -> None:
    if not is_uuid(value):
        faults.append(f"{where} is no UUID of version 4 in lower case")


def _one_of_the_values(values: Mapping[int, str], *, may_be_zero: bool) -> Rule:
    """Make the rule of an enumeration; zero means that nothing was stated."""

    def known(value: int, where: str, faults: list[str]) -> None:
        if value not in values:
            faults.append(f"{where} has the unknown value {value}")
        elif value == 0 and not may_be_zero:
            faults.append(f"{where} is unspecified")

    return known
