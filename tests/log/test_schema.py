"""Tests of what may be logged, and of what has no field to be logged in."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue, UnknownName
from linewatch.log import schema
from linewatch.log.schema import FIELDS, RULE, Check, checked

TELLS_A_PERSON = (
    "biometric",
    "birth",
    "citizen",
    "document",
    "face",
    "finger",
    "gender",
    "image",
    "name",
    "nation",
    "passport",
    "person",
    "phone",
    "photo",
    "plate",
    "race",
    "sex",
    "surname",
)

GOOD: dict[Check, object] = {
    schema.number: 1.5,
    schema.count: 2,
    schema.flag: True,
    schema.token: "radar-017",
    schema.label: "U.S. Border Patrol, Tucson Sector",
    schema.tokens: ["a", "b"],
    schema.numbers: [0.55, 10],
    schema.words: "until the 30th,\nand no longer",
    schema.state: b"\x00\x01",
}

BAD: dict[Check, list[object]] = {
    schema.number: [math.nan, math.inf, "1", True],
    schema.count: [-1, 1.0, True, "1"],
    schema.flag: [1, "true", 0.0],
    schema.token: ["", "two words", "x" * 129, "line\nbreak", 7, "-lead"],
    schema.label: ["two\nlines", "x" * 121, 7, "bell\x07"],
    schema.tokens: ["abc def", ["two words"], 3],
    schema.numbers: ["1 2", [math.nan], [True], [1, "2"], 3],
    schema.words: ["x" * 1001, b"bytes", 3],
    schema.state: ["text", 3, bytearray(b"x")],
}


def test_no_field_tells_who_a_person_is() -> None:
    fields = {(kind, name) for kind, names in FIELDS.items() for name in names}
    telling = {
        (kind, name)
        for kind, name in fields
        if any(word in name for word in TELLS_A_PERSON)
    }
    # The one name is that of a node, such as radar-017.
    assert telling == {("node", "name")}


def test_free_words_stand_only_where_an_office_must_say_something() -> None:
    free = {
        (kind, name)
        for kind, fields in FIELDS.items()
        for name, check in fields.items()
        if check is schema.words
    }
    assert free == {
        ("decision", "caveat"),
        ("finding", "stated"),
        ("move", "caveat"),
        ("request", "end_state"),
    }


def test_every_check_has_a_rule_in_words() -> None:
    used = {check for fields in FIELDS.values() for check in fields.values()}
    assert used <= set(RULE)


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_takes_every_field_of_a_kind(kind: str) -> None:
    body = {name: GOOD[check] for name, check in FIELDS[kind].items()}
    assert checked(kind, body) == body


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (kind, name, value)
        for kind, fields in sorted(FIELDS.items())
        for name, check in fields.items()
        for value in BAD[check]
    ],
)
def test_refuses_a_value_that_breaks_its_rule(
    kind: str, name: str, value: object
) -> None:
    with pytest.raises(BadValue) as refused:
        checked(kind, {name: value})
    assert refused.value.name == f"{kind}.{name}"
    assert "\n" not in str(refused.value)


@given(st.sampled_from(sorted(FIELDS)), st.text(max_size=12))
def test_refuses_a_field_that_is_not_in_the_schema(kind: str, name: str) -> None:
    if name not in FIELDS[kind]:
        with pytest.raises(BadValue, match="schema"):
            checked(kind, {name: 1})


@given(st.sampled_from(sorted(FIELDS)))
def test_leaves_out_what_is_none(kind: str) -> None:
    assert checked(kind, dict.fromkeys(FIELDS[kind])) == {}


def test_refuses_a_kind_that_is_not_in_the_schema() -> None:
    with pytest.raises(UnknownName, match="unknown kind of entry 'biography'"):
        checked("biography", {})
