"""Tests of settings: every key known, every value of its type."""

import re
from dataclasses import dataclass

import pytest

from linewatch.errors import BadValue, UnknownName
from linewatch.scenario import settings_from


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Settings with one field of each kind."""

    name: str = "a"
    count: int = 3
    share: float = 0.5
    on: bool = False
    most: float | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 <= self.share <= 1:
            raise BadValue("share", "0 to 1", self.share)


def made(**table: object) -> Made:
    return settings_from(Made, table, where="plan")


def test_an_empty_table_gives_the_defaults() -> None:
    assert made() == Made()


def test_values_replace_the_defaults() -> None:
    told = made(name="b", count=4, share=0.25, on=True, most=2.0, names=["x", "y"])
    assert told == Made(
        name="b", count=4, share=0.25, on=True, most=2.0, names=("x", "y")
    )


def test_a_whole_number_serves_for_a_real_one() -> None:
    assert made(share=1).share == 1.0
    assert isinstance(made(share=1).share, float)
    assert isinstance(made(most=2).most, float)


def test_keys_of_others_are_left_out() -> None:
    told = settings_from(Made, {"file": 3, "count": 1}, where="plan", also=["file"])
    assert told == Made(count=1)


@pytest.mark.parametrize("key", ["counts", "Count", "_proj", ""])
def test_unknown_keys_are_refused_with_those_that_exist(key: str) -> None:
    with pytest.raises(UnknownName, match=re.escape("unknown key in [plan]")) as caught:
        settings_from(Made, {key: 1}, where="plan", also=["file"])
    assert caught.value.got == key
    assert set(caught.value.allowed) == {
        "name",
        "count",
        "share",
        "on",
        "most",
        "names",
        "file",
    }


@pytest.mark.parametrize(
    ("key", "value", "kind"),
    [
        ("name", 3, "str"),
        ("count", 1.5, "int"),
        ("count", True, "int"),
        ("count", "4", "int"),
        ("share", "0.5", "float"),
        ("share", False, "float"),
        ("on", 1, "bool"),
        ("most", "much", "float or NoneType"),
        ("names", "x", "tuple"),
        ("names", {"x": 1}, "tuple"),
    ],
)
def test_values_of_another_type_are_refused(key: str, value: object, kind: str) -> None:
    what = f"plan.{key} must be of type {kind}, not {value!r}"
    with pytest.raises(BadValue, match=re.escape(what)):
        settings_from(Made, {key: value}, where="plan")


def test_what_the_settings_refuse_is_refused() -> None:
    with pytest.raises(BadValue, match=r"share must be 0 to 1, not 2\.0"):
        made(share=2)


def test_each_value_of_a_list_has_its_type() -> None:
    with pytest.raises(BadValue, match=r"each of plan.names must be of type str"):
        made(names=["x", 1])
