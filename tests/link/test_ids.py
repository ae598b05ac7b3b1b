"""Tests of ULIDs and UUIDs against the plain way and the standard library."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.link.sapient.ids import Ulids, is_ulid, is_uuid, ulid_from, uuid_from
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


@given(st.text(), times)
def test_a_ulid_begins_with_its_time_in_milliseconds(name: str, time_s: float) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    number = 0
    for letter in ulid_from(name, time_s):
        number = number * 32 + alphabet.index(letter)
    assert number >> 80 == int(time_s * 1_000)


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
