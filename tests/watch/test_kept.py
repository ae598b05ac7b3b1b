"""Tests of states as bytes."""

import math
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.watch.kept import packed, same, unpacked

names = st.text(st.characters(exclude_characters="\0"), max_size=8)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(names, inner),
    max_leaves=12,
)


@given(state=st.dictionaries(names, plain, max_size=6))
def test_plain_values_come_back(state: dict[str, Any]) -> None:
    assert unpacked(packed(state)) == state
    assert same(packed(state), state)


def test_arrays_and_bytes_come_back_to_the_bit_wherever_they_lie() -> None:
    state: dict[str, Any] = {
        "deep": [{"mean": np.array([[0.1, -0.0], [np.inf, np.nan]])}],
        "ids": np.arange(3, dtype=np.int32),
        "none": np.zeros((0, 4)),
        "inner": packed({"x": 1}),
        "late": -math.inf,
        "pair": (1, 2.5),
    }
    back = unpacked(packed(state))
    mean = back["deep"][0]["mean"]
    assert mean.tobytes() == state["deep"][0]["mean"].tobytes()
    assert back["ids"].dtype == np.int32
    assert back["ids"].tolist() == [0, 1, 2]
    assert back["none"].shape == (0, 4)
    assert type(back["inner"]) is bytes
    assert unpacked(back["inner"]) == {"x": 1}
    assert back["late"] == -math.inf
    assert back["pair"] == [1, 2.5]


def test_a_state_is_the_same_however_it_is_compressed() -> None:
    state = {"x": np.arange(100.0)}
    harder = zlib.compress(zlib.decompress(packed(state)), 9)
    assert harder != packed(state)
    assert same(harder, state)
    assert not same(harder, {"x": np.arange(100.0) + 1e-12})
    assert not same(b"no state", state)


def test_whole_numbers_and_floating_point_ones_of_one_value_are_the_same() -> None:
    """A live watch is told whole seconds; its log gives them back with a point."""
    state = {"time_s": 1746166819, "deep": [{"from_s": 5}], "x": math.nan}
    as_read = {"time_s": 1746166819.0, "deep": [{"from_s": 5.0}], "x": math.nan}
    assert packed(state) != packed(as_read)
    assert same(packed(state), as_read)
    assert not same(packed(state), {**as_read, "time_s": 1746166820.0})
    assert not same(packed(state), {**as_read, "x": math.inf})


def test_arrays_are_held_to_type_shape_and_bits() -> None:
    kept = packed({"x": np.arange(4.0)})
    assert same(kept, {"x": np.arange(4.0)})
    assert not same(kept, {"x": np.arange(4)})
    assert not same(kept, {"x": np.arange(4.0).reshape(2, 2)})
    assert not same(packed({"x": np.array([0.0])}), {"x": np.array([-0.0])})


@pytest.mark.parametrize(
    "blob",
    [b"", b"no state", zlib.compress(b"no state"), packed({"x": 1})[:-9]],
)
def test_bytes_that_are_no_state_are_refused_in_one_line(blob: bytes) -> None:
    with pytest.raises(BadValue, match="a kept state"):
        unpacked(blob)


def test_what_cannot_be_kept_is_a_fault_of_the_program() -> None:
    with pytest.raises(TypeError, match="object cannot be kept"):
        packed({"x": object()})
