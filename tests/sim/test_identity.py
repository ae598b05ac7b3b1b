"""Tests of names."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from linewatch.sim.identity import ALPHABET, node_id_of, ulid

Bits = st.integers(0, (1 << 40) - 1)


@given(time_ms=st.integers(0, (1 << 48) - 1), low=Bits, high=Bits)
def test_a_ulid_holds_its_instant_and_its_bits(
    time_ms: int, low: int, high: int
) -> None:
    text = ulid((time_ms + 0.5) / 1000, low, high)
    number = 0
    for digit in text:
        number = number * 32 + ALPHABET.index(digit)
    assert len(text) == 26
    assert number == (time_ms << 80) | (high << 40) | low


@given(name=st.text(max_size=20), seed=st.integers(0, 1000))
def test_a_node_id_is_a_lower_case_uuid4(name: str, seed: int) -> None:
    text = node_id_of(name, seed)
    assert UUID(text).version == 4
    assert text == text.lower() == node_id_of(name, seed)


def test_names_and_seeds_tell_nodes_apart() -> None:
    ids = {node_id_of(name, seed) for name in ("a", "b", "c") for seed in range(50)}
    assert len(ids) == 150
