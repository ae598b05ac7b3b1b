"""Tests of the balance: nobody arrives who did not depart, and totals agree."""

from pathlib import Path

import pytest
from hypothesis import given

from linewatch.errors import BadLines
from linewatch.force import read_ledger
from tests.force.ledgers import HEAD_LINES, SENT, balanced, write


def only_fault(folder: Path, text: str) -> tuple[int, str]:
    """Return the one fault of a ledger, its line counted after the declarations."""
    with pytest.raises(BadLines) as raised:
        read_ledger(write(folder, text))
    assert len(raised.value.faults) == 1, raised.value.faults
    line, what = raised.value.faults[0]
    return line - HEAD_LINES, what


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "2025-03-06 source alpha 21 T10 ^ap",
            "source takes 21 T10 of alpha, but 20 are approved and not yet sourced",
        ),
        (
            "2025-03-06 depart alpha 21 T10 ^ap",
            "depart takes 21 T10 of alpha, but 20 are sourced and not yet departed",
        ),
        (
            "2025-03-06 arrive alpha 11 T10 @yuma ^ap",
            "arrive takes 11 T10 of alpha, but 10 are in transit",
        ),
        (
            "2025-03-06 move alpha 51 T10 @yuma from=bliss ^ap",
            "move takes 51 T10 of alpha, but 50 are present at bliss",
        ),
        (
            "2025-03-06 leave alpha 1 T10 @yuma ^ap",
            "leave takes 1 T10 of alpha, but 0 are present at yuma",
        ),
        (
            "2025-03-06 resume alpha 1 T10 @bliss was=leave ^ap",
            "resume takes 1 T10 of alpha, but 0 are on leave",
        ),
        (
            "2025-03-06 return alpha 1 T10 was=injured ^ap",
            "return takes 1 T10 of alpha, but 0 are injured",
        ),
        (
            "2025-03-06 return alpha 50 SAD @bliss ^ap",
            "return takes 50 SAD of alpha, but 0 are present at bliss",
        ),
        (
            "2025-03-06 arrive alpha 1 radar @bliss ^ap",
            "arrive takes 1 radar of alpha, but 0 are in transit",
        ),
        (
            "2025-03-06 relieve alpha 50 T10 @bliss by=bravo ^ap",
            "bravo relieves 50, but 0 of it are present at bliss",
        ),
        (
            "2025-03-06 count alpha 51 present ^ap",
            "counts 51 present of alpha, but the ledger has 50 on 2025-03-06",
        ),
        (
            "2025-03-06 count * >100 approved ^ap",
            "counts at least 101 approved of *, but the ledger has 100",
        ),
        (
            "2025-03-06 count top 70~5 in_transit ^ap",
            "counts 65 to 75 in_transit of top, but the ledger has 10",
        ),
        (
            "2025-03-06 count * 1 present SAD ^ap",
            "counts 1 present of *, but the ledger has 0",
        ),
        (
            "2025-03-06 attach top under=alpha ^ap",
            "top would work under a unit that works under it",
        ),
        (
            "2025-03-06 attach alpha under=alpha ^ap",
            "alpha would work under a unit that works under it",
        ),
    ],
)
def test_a_line_that_does_not_balance_is_told(
    tmp_path: Path, line: str, said: str
) -> None:
    at, what = only_fault(tmp_path, SENT + line + "\n")
    assert at == 5
    assert said in what


@pytest.mark.parametrize(
    "figure", ["50", "49~1", ">49", "50..50", "0..99", "5_0"], ids=str
)
def test_a_count_within_its_tolerance_agrees(tmp_path: Path, figure: str) -> None:
    line = f"2025-03-06 count alpha {figure} present T10 @el-paso ^ap\n"
    read_ledger(write(tmp_path, SENT + line))


def test_a_wrong_count_and_an_overdrawn_pool_are_told_together(tmp_path: Path) -> None:
    text = SENT + (
        "2025-03-06 source alpha 99 T10 ^ap\n2025-03-07 count alpha 3 present ^ap\n"
    )
    with pytest.raises(BadLines) as raised:
        read_ledger(write(tmp_path, text))
    assert [line - HEAD_LINES for line, _ in raised.value.faults] == [5, 6]


def test_the_order_of_lines_within_a_day_is_free(tmp_path: Path) -> None:
    lines = SENT.replace("2025-03-02", "2025-03-01").splitlines()
    read_ledger(write(tmp_path, "\n".join(reversed(lines)) + "\n"))


def test_a_pool_may_not_be_below_nothing_even_for_a_time(tmp_path: Path) -> None:
    text = "2025-03-01 source alpha 5 T10 ^ap\n2025-03-02 order alpha 5 T10 ^ap\n"
    assert only_fault(tmp_path, text)[0] == 1


def test_only_the_first_day_of_a_shortage_is_told(tmp_path: Path) -> None:
    text = SENT + (
        "2025-03-06 depart alpha 30 T10 ^ap\n2025-03-07 depart alpha 5 T10 ^ap\n"
    )
    assert only_fault(tmp_path, text)[0] == 5


def test_a_correction_takes_back_what_was_too_much(tmp_path: Path) -> None:
    text = SENT + "2025-03-05 arrive alpha -5 T10 @bliss ^ap known=2025-03-20\n"
    text += "2025-03-21 count alpha 45 present ^ap\n"
    text += "2025-03-21 count alpha 15 in_transit ^ap\n"
    read_ledger(write(tmp_path, text))


def test_a_correction_below_nothing_is_told(tmp_path: Path) -> None:
    text = SENT + "2025-03-05 arrive alpha -51 T10 @bliss ^ap known=2025-03-20\n"
    at, what = only_fault(tmp_path, text)
    assert at == 5
    assert "present at bliss" in what


def test_a_relief_ends_the_old_unit_and_keeps_the_new(tmp_path: Path) -> None:
    text = SENT + (
        "2025-03-06 open bravo 50 SAD @bliss ^ap\n"
        "2025-03-07 relieve alpha 50 T10 @bliss by=bravo ^ap\n"
        "2025-03-07 count alpha 0 present ^ap\n"
        "2025-03-07 count * 50 present SAD @bliss ^ap\n"
        "2025-03-07 count * 100 approved ^ap\n"
    )
    read_ledger(write(tmp_path, text))


@given(text=balanced())
def test_what_is_made_to_balance_is_accepted(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    read_ledger(write(tmp_path_factory.mktemp("made"), text))


@given(text=balanced())
def test_one_more_than_is_held_is_refused(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    folder = tmp_path_factory.mktemp("made")
    more = text + "2026-01-01 arrive alpha 999999 T10 @bliss ^ap\n"
    with pytest.raises(BadLines, match="does not balance: arrive takes 999,999"):
        read_ledger(write(folder, more))
