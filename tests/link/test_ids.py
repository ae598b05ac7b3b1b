"""Tests of ULIDs and UUIDs against the plain way and the standard library."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.link.sapient.ids import (
    Ulids,
    is_ulid,
    is_uuid,
    ulid,
    ulid_from,
    uuid_from,
)
from tests.link import naive
from tests.link.messages import START_S

times = st.floats(0, 253_402_300_799)


@given(st.text(), times, st.integers(1, 20))
def test_ulids_are_valid_and_in_order(source: str, time_s: float, number: int) -> None:
    ulids = Ulids(source)
    made = [ulids.at(time_s) for _ in range(number)]
    assert all(is_ulid(one) and naive.looks_like_a_ulid(one) for one in made)
    assert made == sorted(made)
    assert len(set(made)) == number


def number_in(text: str) -> int:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for letter in text:
        number = number * 32 + alphabet.index(letter)
    return number


@given(st.text(), times)
def test_a_ulid_begins_with_its_time_in_milliseconds(name: str, time_s: float) -> None:
    assert number_in(ulid_from(name, time_s)) >> 80 == int(time_s * 1_000)


@given(st.integers(0, (1 << 48) - 1), st.integers(0, (1 << 80) - 1))
def test_a_ulid_holds_its_instant_and_its_bits(time_ms: int, rest: int) -> None:
    assert number_in(ulid((time_ms + 0.5) / 1000, rest)) == time_ms << 80 | rest


def test_sources_make_different_ulids_and_one_makes_the_same_again() -> None:
    names = [f"radar-{at:03d}" for at in range(500)]
    made = {Ulids(name).at(START_S) for name in names}
    assert len(made) == 500
    assert made == {Ulids(name).at(START_S) for name in names}


@given(st.text())
def test_a_uuid_of_a_name_is_one_of_version_4(name: str) -> None:
    made = uuid_from(name)
    assert is_uuid(made)
    assert uuid.UUID(made).version == 4
    assert made == uuid_from(name)


@given(st.text(max_size=40) | st.from_regex(r"[0-9A-HJKMNP-TV-Z]{26}", fullmatch=True))
def test_agrees_with_the_plain_way_on_ulids(text: str) -> None:
    assert is_ulid(text) == naive.looks_like_a_ulid(text)


@given(st.text(max_size=40) | st.uuids().map(str))
def test_agrees_with_the_plain_way_on_uuids(text: str) -> None:
    assert is_uuid(text) == naive.looks_like_a_uuid(text)


@pytest.mark.parametrize(
    "text",
    [
        "01arz3ndektsv4rrffq69g5fav",
        "81ARZ3NDEKTSV4RRFFQ69G5FAV",
        "01ARZ3NDEKTSV4RRFFQ69G5FAI",
        "01ARZ3NDEKTSV4RRFFQ69G5FAV\n",
        "",
    ],
)
def test_refuses_what_is_no_ulid(text: str) -> None:
    assert not is_ulid(text)


def test_takes_the_ulid_of_its_specification() -> None:
    assert is_ulid("01ARZ3NDEKTSV4RRFFQ69G5FAV")  # github.com/ulid/spec
