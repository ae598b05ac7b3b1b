"""Checking a message the plain way: every field of every part, by its options."""

import re
import uuid
from typing import Any

from google.protobuf.message import Message

from linewatch.link.sapient.pb import options


def faults_of(message: Message, where: str = "") -> set[str]:
    """Return the places of faults, found without any plan made beforehand."""
    faults = set()
    for field in message.DESCRIPTOR.fields:
        values = values_of(message, field)
        place = f"{where}{field.name}"
        if marks_of(field).is_mandatory and not values:
            faults.add(place)
        for at, value in enumerate(values):
            spot = f"{place}[{at}]" if field.is_repeated else place
            if not may_be(field, value):
                faults.add(spot)
            if field.message_type is not None:
                faults |= faults_of(value, f"{spot}.")
    for choice in message.DESCRIPTOR.oneofs:
        marks = choice.GetOptions().Extensions[options.oneof_options]
        if marks.is_mandatory and message.WhichOneof(choice.name) is None:
            faults.add(where.rstrip(".") or "message")
    return faults


def marks_of(field: Any) -> Any:
    return field.GetOptions().Extensions[options.field_options]


def values_of(message: Message, field: Any) -> list[Any]:
    """Return the values that a field states: none, one, or several."""
    value = getattr(message, field.name)
    if field.is_repeated:
        return list(value)
    if field.has_presence:
        return [value] if message.HasField(field.name) else []
    return [value] if value != field.default_value else []


def may_be(field: Any, value: Any) -> bool:
    """Say whether a value may stand in a field."""
    marks = marks_of(field)
    if field.enum_type is not None:
        known = {one.number for one in field.enum_type.values}
        return value in known and not (value == 0 and marks.is_mandatory)
    if marks.is_ulid:
        return looks_like_a_ulid(value)
    return not marks.is_uuid or looks_like_a_uuid(value)


def looks_like_a_ulid(text: str) -> bool:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    if len(text) != 26 or any(letter not in alphabet for letter in text):
        return False
    number = 0
    for letter in text:
        number = number * 32 + alphabet.index(letter)
    return number < 2**128


def looks_like_a_uuid(text: str) -> bool:
    if re.search(r"[^0-9a-f-]", text):
        return False
    try:
        made = uuid.UUID(text)
    except ValueError:
        return False
    return made.version == 4 and str(made) == text
