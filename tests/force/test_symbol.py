"""Tests of symbol codes: digits, letters, and both ways between them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.force.symbol import (
    ECHELONS,
    HEADQUARTERS,
    IDENTITIES,
    SETS,
    STATES,
    VERSIONS,
    Sidc,
    parse_sidc,
    wrong_with,
)
from linewatch.force.symbol_letters import (
    from_letters,
    functions,
    names,
    plain,
    to_letters,
)

digits = st.sampled_from("0123456789")


@st.composite
def symbols(draw: st.DrawFn) -> Sidc:
    """Make up a land unit's symbol of any edition."""
    version = draw(st.sampled_from(sorted(VERSIONS)))
    long = version in ("13", "14") and draw(st.booleans())
    return Sidc(
        version=version,
        context=draw(st.sampled_from("01")),
        identity=draw(st.sampled_from(sorted(IDENTITIES))),
        state=draw(st.sampled_from(sorted(STATES))),
        headquarters=draw(st.sampled_from(sorted(HEADQUARTERS))),
        amplifier=draw(st.sampled_from(sorted(ECHELONS))),
        entity="".join(draw(st.lists(digits, min_size=6, max_size=6))),
        modifier_1="".join(draw(st.lists(digits, min_size=2, max_size=2))),
        modifier_2="".join(draw(st.lists(digits, min_size=2, max_size=2))),
        further="".join(draw(st.lists(digits, min_size=10, max_size=10)))
        if long
        else "",
    )


@given(symbol=symbols())
def test_a_code_is_the_same_when_read_and_written(symbol: Sidc) -> None:
    assert parse_sidc(symbol.text) == symbol
    assert len(symbol.text) in (20, 30)


@given(symbol=symbols())
def test_letters_there_and_back_keep_what_both_hold(symbol: Sidc) -> None:
    letters, lost = to_letters(symbol)
    back, more = from_letters(letters)
    assert not more
    kept = ("context", "identity", "state", "headquarters", "amplifier")
    assert [getattr(back, name) for name in kept] == [
        getattr(symbol, name) for name in kept
    ]
    same = (back.entity, back.modifier_1, back.modifier_2) == (
        symbol.entity,
        symbol.modifier_1,
        symbol.modifier_2,
    )
    assert same == (not any(one.startswith("function") for one in lost))
    assert plain(plain(symbol)) == plain(symbol)


@pytest.mark.parametrize("letters", sorted(functions()))
def test_every_function_of_the_table_goes_both_ways(letters: str) -> None:
    code = f"SFGP{letters}-F---"
    symbol, lost = from_letters(code)
    assert (lost, symbol.echelon) == ((), "battalion")
    assert to_letters(symbol) == (code, ())


def test_the_table_is_one_to_one() -> None:
    assert len(set(functions().values())) == len(functions()) == len(names())
    for letters, numbers in functions().items():
        assert re.fullmatch(r"[A-Z0-9]*-*", letters)
        assert len(letters) == 6
        assert re.fullmatch(r"\d{10}", numbers)


def test_what_letters_do_not_hold_is_told() -> None:
    stryker = parse_sidc("10031000181211020051")
    assert to_letters(stryker) == (
        "SFGPUCIZ---H---",
        ("function 1211020051, held as UCIZ--",),
    )
    long = parse_sidc("130310001812110200001230000840")
    assert to_letters(long)[1] == ("digits 21 to 30 (1230000840)",)
    assert to_letters(Sidc(context="2"))[1] == ("context 2",)


def test_what_the_table_does_not_hold_becomes_the_wider_function() -> None:
    symbol, lost = from_letters("S-G-UCFRMSAH--G")
    assert symbol.entity == "130300"
    assert lost == ("function UCFRMS, held as UCF---",)
    assert (symbol.headquarters, symbol.amplifier) == ("2", "18")
    assert from_letters("SFGPXXXXXX-----")[0].entity == "000000"


def test_joker_and_faker_are_of_an_exercise() -> None:
    assert from_letters("SJGPUCI--------")[0].context == "1"
    assert from_letters("SKGPUCI--------")[0].identity == "6"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "20 digits"),
        ("1003100018121102005", "20 digits"),
        ("٣" * 20, "20 digits"),
        ("SFGPUCI----H---", "20 digits"),
        ("99031000181211020051", "of edition 10, 11"),
        ("10731000181211020051", "of context"),
        ("10091000181211020051", "of standard identity"),
        ("10039900181211020051", "of symbol set"),
        ("10031090181211020051", "of status"),
        ("10031009181211020051", "of headquarters digit"),
        ("10031000991211020051", "of size"),
        ("100310001812110200510000000000", "unless of edition 13"),
    ],
)
def test_a_wrong_code_is_told_with_what_is_allowed(text: str, said: str) -> None:
    assert said in wrong_with(text)
    with pytest.raises(BadValue, match="symbol must be"):
        parse_sidc(text)


@pytest.mark.parametrize(
    "text",
    ["", "SFGPUCI", "GFGPUCI----H---", "SFAPMF----*****", "S?GPUCI----H---"],
)
def test_letters_of_another_kind_are_refused(text: str) -> None:
    with pytest.raises(BadValue, match="15 letters of a land unit"):
        from_letters(text)
    with pytest.raises(BadValue, match="set 10"):
        to_letters(Sidc(symbol_set="30"))


def test_a_friend_is_one_of_ours() -> None:
    assert [Sidc(identity=one).friendly for one in sorted(IDENTITIES)] == [
        False,
        False,
        True,
        True,
        False,
        False,
        False,
    ]
    assert Sidc().of_identity("6").identity == "6"
    assert "10" in SETS
