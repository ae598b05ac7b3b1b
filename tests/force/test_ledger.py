"""Tests of reading a ledger: what it holds, and what it says of bad lines."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines
from linewatch.force import Ledger, read_ledger
from linewatch.force.kinds import KINDS, Kind
from tests.force.ledgers import HEAD, HEAD_LINES, SENT, write


def faults(folder: Path, text: str) -> list[tuple[int, str]]:
    """Return the faults of a ledger, lines counted after the declarations."""
    with pytest.raises(BadLines) as raised:
        read_ledger(write(folder, text))
    return [(line - HEAD_LINES, what) for line, what in raised.value.faults]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Read a ledger in which some of a unit have arrived."""
    return read_ledger(write(tmp_path, SENT))


def test_an_entry_comes_back_as_it_was_written(tmp_path: Path) -> None:
    line = '2025-03-05 open alpha 50 T10 @bliss ! ^ap known=2025-03-07 "by # rail"'
    entry = read_ledger(write(tmp_path, line + "  # trailing\n")).entry(0)
    assert (entry.on, entry.known) == (date(2025, 3, 5), date(2025, 3, 7))
    assert (entry.kind, entry.unit, entry.count) == ("open", "alpha", 50)
    assert (entry.status, entry.place, entry.item) == ("T10", "bliss", "people")
    assert entry.assumed
    assert entry.sources == ("AP, 1 March",)
    assert entry.note == "by # rail"
    assert entry.line == HEAD_LINES + 1
    assert entry.text.startswith(line)


def test_what_is_not_given_is_none(ledger: Ledger) -> None:
    entry = ledger.entry(0)
    assert (entry.place, entry.other, entry.note, entry.assumed) == (
        None,
        None,
        "",
        False,
    )
    assert entry.known == entry.on


def test_units_places_and_kits_are_kept(ledger: Ledger) -> None:
    alpha = ledger.units[ledger.unit_number("alpha")]
    assert (alpha.title, alpha.parent, alpha.home) == ("Alpha", "top", "carson")
    assert {place.name: place.sector for place in ledger.places} == {
        "el-paso": "El Paso",
        "bliss": "El Paso",
        "yuma": "Yuma",
        "carson": None,
    }
    assert ledger.items == ("people", "radar")
    assert len(ledger) == 4


def test_an_empty_ledger_holds_nobody(tmp_path: Path) -> None:
    ledger = read_ledger(write(tmp_path, "", head="# nothing yet\n\n"))
    assert len(ledger) == 0
    assert ledger.units == ()


def test_lines_may_end_as_windows_writes_them(tmp_path: Path) -> None:
    path = write(tmp_path, SENT)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert len(read_ledger(path)) == 4


words = st.sampled_from(
    [
        "2025-03-01",
        "2025-03-02",
        *("order", "source", "depart", "arrive", "count", "claim", "attach", "unit"),
        *("alpha", "bravo", "*", "T10", "5", "-5", ">5", "0..3", "9~2", "present"),
        *("@bliss", "@", "^ap", "^", "!", '"', '"note"', "#", "=", "radar", "organic"),
        *("known=2025-03-09", "under=bravo", "under=alpha", "until=x", "was=leave"),
    ]
)


@given(st.lists(st.lists(words | st.text(max_size=5), max_size=8), max_size=8))
@settings(max_examples=200)
def test_any_text_is_a_ledger_or_a_list_of_faults(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]]
) -> None:
    text = "\n".join(" ".join(line) for line in lines)
    path = tmp_path_factory.mktemp("any") / "any.ledger"
    path.write_bytes((HEAD + text).encode("utf-8", "replace"))
    told = None
    try:
        read_ledger(path)
    except BadLines as error:
        told = error
    if told is not None:
        assert all(line > 0 for line, _ in told.faults)
        assert "\n" not in str(told)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2025-02-30 order alpha 5 T10 ^ap", "must begin with a date"),
        ("hello", "must begin with a date"),
        ("2025-03-01 order", "must name a kind and a unit"),
        ("2025-03-01 teleport alpha 5 T10 ^ap", "unknown kind 'teleport'"),
        ("2025-03-01 order charlie 5 T10 ^ap", "'charlie' is no unit"),
        ("2025-03-01 order * 5 T10 ^ap", "'*' is no unit"),
        ("2024-03-01 order alpha 5 T10 ^ap", "begins only on 2025-01-01"),
        ("2025-03-01 order alpha T10 ^ap", "order needs a number"),
        ("2025-03-01 order alpha 5 ^ap", "needs a status: T10, T32, SAD"),
        ("2025-03-01 order alpha 2 400 T10 ^ap", "'400' stands beside 2: only one"),
        ("2025-03-01 order alpha 5 T10 T32 ^ap", "'T32' stands beside T10: only one"),
        ("2025-03-01 arrive alpha 5 T10 @yuma @yuma ^ap", "'@yuma' stands beside yuma"),
        ("2025-03-01 count * 5 9..12 present ^ap", "'9..12' stands beside 5"),
        ("2025-03-01 order alpha 5 T11 ^ap", "'T11' is no status (T10, T32, SAD)"),
        ("2025-03-01 order alpha 5 T10", "has no source"),
        ("2025-03-01 order alpha 5 T10 ^nyt", "^nyt is no cite"),
        ("2025-03-01 order alpha 0 T10 ^ap", "must be from 1 to 10,000,000, not 0"),
        (f"2025-03-01 order alpha {10**30} T10 ^ap", "must be from 1 to 10,000,000"),
        ('2025-03-01 unit delta known=2025-03-09 "D"', "must be: DATE unit NAME"),
        ("2025-03-01 order alpha -5 T10 ^ap", "only a correction with known="),
        ("2025-03-01 order alpha 5.5 T10 ^ap", "'5.5' is no status"),
        ("2025-03-01 order alpha 5 T10 @mars ^ap", "@mars is no place"),
        ("2025-03-01 order alpha 5 T10 ^ap known=soon", "known= must be a date"),
        ("2025-03-01 order alpha 5 T10 ^ap until=soon", "until= must be a date"),
        ("2025-03-01 order alpha 5 T10 ^ap range=wide", "range=LOW..HIGH is meant"),
        ("2025-03-01 order alpha 5 T10 ^ap colour=red", "'colour=red' is none of"),
        ('2025-03-01 order alpha 5 T10 ^ap "open', "a quote is not closed"),
        ("2025-03-01 order alpha 5 T10 !! ^ap", "! stands alone"),
        ("2025-03-01 arrive alpha 5 T10 ^ap", "arrive needs @PLACE"),
        ("2025-03-01 source alpha 5 T10 ^ap was=leave", "takes no was="),
        ("2025-03-01 return alpha 5 T10 ^ap", "return of those present needs @PLACE"),
        ("2025-03-01 resume alpha 5 T10 @yuma ^ap", "resume needs was=leave"),
        ("2025-03-01 return alpha 5 T10 ^ap was=lost", "not was=lost"),
        ("2025-03-01 move alpha 5 T10 @yuma ^ap", "move needs from=PLACE"),
        ("2025-03-01 move alpha 5 T10 @yuma from=mars ^ap", "from=mars names no place"),
        ("2025-03-01 attach alpha ^ap", "attach needs under=UNIT"),
        ("2025-03-01 attach alpha under=zulu ^ap", "under=zulu names no unit"),
        ("2025-03-01 extend alpha ^ap", "extend needs until=DATE"),
        ("2025-03-01 count * 5 ^ap", "count needs a strength"),
        ("2025-03-01 count * present ^ap", "count needs a figure"),
        ("2025-03-01 count * 9..5 present ^ap", "9..5 is an empty range"),
        ("2025-03-01 unit alpha", "unit alpha was declared before"),
        ("2025-03-01 unit delta under=zulu", "under=zulu names no unit"),
        ("2025-03-01 unit delta @mars", "@mars is no place"),
        ("cite ap", "must be: cite NAME"),
        ('cite ap "again"', "cite ap was declared before"),
        ("kit radar", "must be: kit NAME"),
        ('kit radar "again"', "kit radar was declared before"),
        ('place x moon "Moon"', "must be: place NAME"),
        ('place x base "X" in=bliss', "in=bliss names no sector"),
        ('place yuma sector "Yuma"', "place yuma was declared before"),
        ("place x", "must be: place NAME"),
    ],
)
def test_a_bad_line_is_told_with_its_number(
    tmp_path: Path, line: str, said: str
) -> None:
    told = faults(tmp_path, f"# first\n{line}\n")
    assert [at for at, _ in told] == [2] * len(told)
    assert any(said in what for _, what in told), told


def test_all_faults_of_a_file_are_told_together_in_order(tmp_path: Path) -> None:
    text = (
        "2025-03-01 order alpha 5 T11 ^ap\n"
        "2025-03-01 source bravo 5 T10 ^ap\n"
        "2025-03-01 count * 7 present\n"
        "2025-13-01 order alpha 5 T10 ^ap\n"
    )
    assert [line for line, _ in faults(tmp_path, text)] == [1, 2, 3, 4]


def test_a_line_that_cannot_be_read_is_not_told_twice(tmp_path: Path) -> None:
    # The second and third line only lack what the first would have given.
    text = (
        "2025-03-01 order alpha 5 T1 ^ap\n"
        "2025-03-02 source alpha 5 T10 ^ap\n"
        "2025-03-02 count * 5 sourced ^ap\n"
    )
    assert [line for line, _ in faults(tmp_path, text)] == [1]


def test_one_line_and_a_count_of_the_rest_for_very_many_faults(tmp_path: Path) -> None:
    with pytest.raises(BadLines) as raised:
        read_ledger(write(tmp_path, "nonsense\n" * 50))
    assert len(raised.value.faults) == 50
    assert "and 30 more" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_is_not_there_or_not_text(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read"):
        read_ledger(tmp_path / "none.ledger")
    (tmp_path / "bytes.ledger").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadFile, match="not text in UTF-8"):
        read_ledger(tmp_path / "bytes.ledger")


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_kind_says_what_it_needs_once(kind: Kind) -> None:
    words = (*kind.needs, *kind.may_have)
    assert len(set(words)) == len(words)
