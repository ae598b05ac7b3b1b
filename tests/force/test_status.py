"""Tests of people who change their duty status, and of those no longer assigned."""

from datetime import date
from pathlib import Path

import pytest

from linewatch.errors import BadLines, UnknownName
from linewatch.force import Force, Rules, read_ledger
from tests.force.ledgers import HEAD_LINES, SENT, write

GUARD = """\
2025-03-01 open alpha 300 SAD @bliss ^ap
2025-03-01 order alpha 40 SAD ^ap
2025-03-02 status alpha 200 T32 was=SAD @bliss ^ap known=2025-03-20
2025-03-03 status alpha 40 T10 was=SAD while=approved ^ap
2025-03-04 leave alpha 5 T32 @bliss ^ap
2025-03-05 status alpha 5 T10 was=T32 while=leave ^ap
"""


def force(folder: Path, text: str) -> Force:
    ledger = read_ledger(write(folder, text))
    return Force(ledger=ledger, rules=Rules(rules=(), path=ledger.path))


def test_the_same_people_stand_under_another_status(tmp_path: Path) -> None:
    held = force(tmp_path, GUARD)
    before, after = (held.strength(date(2025, 3, day)) for day in (1, 2))
    assert before.present == after.present == 300
    assert dict(before.by_status) == {
        "title10": 0,
        "title32": 0,
        "state_active_duty": 300,
    }
    assert dict(after.by_status) == {
        "title10": 0,
        "title32": 200,
        "state_active_duty": 100,
    }


def test_what_was_known_then_has_the_status_of_then(tmp_path: Path) -> None:
    held = force(tmp_path, GUARD)
    then = held.strength(date(2025, 3, 2), known=date(2025, 3, 19))
    assert then.by_status["state_active_duty"] == 300
    assert then.by_status["title32"] == 0


def test_those_absent_change_status_where_they_are(tmp_path: Path) -> None:
    held = force(tmp_path, GUARD)
    on = date(2025, 3, 5)
    assert held.figure(on, strength="on_leave", status="T10") == 5
    assert held.figure(on, strength="on_leave", status="title32") == 0
    assert held.figure(on, strength="approved", status="T10") == 45
    assert held.figure(on, place="el-paso") == 295
    assert held.figure(on, place="yuma") == 0


def test_the_change_is_among_the_entries_behind_both_totals(tmp_path: Path) -> None:
    held = force(tmp_path, GUARD)
    for status, adds in (("T32", 200), ("SAD", -200)):
        behind = held.entries_behind(date(2025, 3, 2), status=status)
        changed = [(e.other, add) for e, add in behind if e.kind == "status"]
        assert changed == [("SAD", adds)]


def test_those_released_can_be_sourced_again_or_cancelled(tmp_path: Path) -> None:
    held = force(
        tmp_path,
        SENT + "2025-03-06 release alpha 15 T10 ^ap\n"
        "2025-03-07 cancel alpha 30 T10 ^ap\n2025-03-07 source alpha 5 T10 ^ap\n",
    )
    got = held.strength(date(2025, 3, 7))
    assert (got.approved, got.sourced, got.in_transit) == (70, 70, 10)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("status alpha 5 T32 @bliss ^ap", "status needs was=leave or"),
        ("status alpha 5 T32 was=T32 @bliss ^ap", "is the status that they would have"),
        ("status alpha 5 T32 was=leave @bliss ^ap", "was= must be the status before"),
        ("status alpha 5 T32 was=T10 ^ap", "status of those present needs @PLACE"),
        ("status alpha 5 T32 was=T10 while=home ^ap", "while=approved or"),
        ("status alpha 5 T32 was=T10 while=leave @bliss ^ap", "not both"),
        ("status alpha 5 radar was=T10 @bliss ^ap", "of people, not of kit"),
        ("status alpha 500 T32 was=T10 @bliss ^ap", "does not balance: status takes"),
        ("arrive alpha 5 T32 was=T10 @bliss ^ap", "arrive takes no was="),
        ("release alpha 21 T10 ^ap", "does not balance: release takes 21 T10"),
    ],
)
def test_a_wrong_change_is_told(tmp_path: Path, line: str, said: str) -> None:
    with pytest.raises(BadLines, match="line") as raised:
        read_ledger(write(tmp_path, f"{SENT}2025-03-08 {line}\n"))
    assert said in str(raised.value)


def test_counts_may_speak_of_those_absent(tmp_path: Path) -> None:
    told = "2025-03-05 count alpha {} on_leave ^ap\n2025-03-05 count * 0 injured ^ap\n"
    assert read_ledger(write(tmp_path, GUARD + told.format(5)))
    with pytest.raises(BadLines, match=r"counts 6 on_leave of alpha"):
        read_ledger(write(tmp_path, GUARD + told.format(6)))


def test_every_ring_is_told_beside_what_does_not_balance(tmp_path: Path) -> None:
    text = (
        "2025-03-01 attach top under=alpha ^ap\n"
        "2025-03-02 attach top under=bravo ^ap\n"
        "2025-03-03 depart bravo 5 T10 ^ap\n"
        "2025-03-03 count * 7 present ^ap\n"
    )
    with pytest.raises(BadLines) as raised:
        read_ledger(write(tmp_path, text))
    lines = [line for line, _ in raised.value.faults]
    assert lines == [HEAD_LINES + 1, HEAD_LINES + 2, HEAD_LINES + 3]


@pytest.mark.parametrize(
    "asked",
    [{"strength": "all"}, {"place": "moon"}, {"item": "tank"}, {"status": "T99"}],
)
def test_one_figure_names_what_exists(tmp_path: Path, asked: dict[str, str]) -> None:
    with pytest.raises(UnknownName, match="choose from"):
        force(tmp_path, GUARD).figure(date(2025, 3, 1), **asked)  # type: ignore[arg-type]


def test_kit_rolls_up_by_unit(tmp_path: Path) -> None:
    held = force(
        tmp_path,
        "2025-03-01 open alpha 4 radar @bliss !\n"
        "2025-03-01 open bravo 3 radar @yuma !\n"
        "2025-03-01 organic alpha 900 ^ap\n",
    )
    units = held.by_unit(date(2025, 3, 1), item="radar")
    assert {name: one.present for name, one in units.items()} == {
        "top": 7,
        "alpha": 4,
        "bravo": 3,
    }
    assert units["alpha"].organic == 0
