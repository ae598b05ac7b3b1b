"""Tests of the five strengths, as of a day and as known on another."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import UnknownName
from linewatch.force import Force, Rules, Strength, read_ledger
from linewatch.force.values import STRENGTHS
from tests.force import naive
from tests.force.ledgers import SENT, START, balanced, write


def force_of(folder: Path, text: str) -> Force:
    """Read a force whose ledger is `text` after the declarations."""
    path = write(folder, text)
    return Force(ledger=read_ledger(path), rules=Rules(rules=(), path=path))


days = st.integers(-5, 200).map(lambda day: START + timedelta(days=day))


@pytest.mark.parametrize(
    ("on", "five"),
    [
        ("2025-02-28", (0, 0, 0, 0)),
        ("2025-03-01", (100, 0, 0, 0)),
        ("2025-03-02", (100, 80, 0, 0)),
        ("2025-03-03", (100, 80, 60, 0)),
        ("2025-03-04", (100, 80, 60, 0)),
        ("2025-03-05", (100, 80, 10, 50)),
        ("2099-01-01", (100, 80, 10, 50)),
    ],
)
def test_each_entry_counts_from_its_day_on(
    tmp_path: Path, on: str, five: tuple[int, ...]
) -> None:
    strength = force_of(tmp_path, SENT).strength(date.fromisoformat(on))
    assert tuple(strength.five().values()) == (0, *five)


@given(text=balanced(), on=days, known=st.none() | days)
def test_agrees_with_one_entry_after_another(
    tmp_path_factory: pytest.TempPathFactory, text: str, on: date, known: date | None
) -> None:
    force = force_of(tmp_path_factory.mktemp("made"), text)
    entries = [force.ledger.entry(number) for number in range(len(force.ledger))]
    strength = force.strength(on, known)
    plain = naive.five(entries, on, known)
    assert strength.five() == {"organic": 0, **plain}
    assert sum(strength.by_status.values()) == strength.present


@given(text=balanced(), on=days)
def test_the_strengths_nest_and_none_is_negative(
    tmp_path_factory: pytest.TempPathFactory, text: str, on: date
) -> None:
    strength = force_of(tmp_path_factory.mktemp("made"), text).strength(on)
    assert strength.approved >= strength.sourced
    assert strength.sourced >= strength.in_transit + strength.present
    assert min(strength.five().values()) >= 0


@given(text=balanced(), on=days, known=st.none() | days)
def test_every_break_down_adds_up_to_the_total(
    tmp_path_factory: pytest.TempPathFactory, text: str, on: date, known: date | None
) -> None:
    force = force_of(tmp_path_factory.mktemp("made"), text)
    total = force.strength(on, known)
    statuses = force.by_status(on, known)
    for name in STRENGTHS[1:]:
        parts = sum(getattr(one, name) for one in statuses.values())
        assert parts == getattr(total, name)
    assert force.by_unit(on, known)["top"].five() == total.five()
    assert sum(force.by_sector(on, known).values()) == total.present
    for name in STRENGTHS[1:]:
        behind = force.entries_behind(on, strength=name, known=known)
        assert sum(adds for _, adds in behind) == getattr(total, name)


@given(text=balanced(), on=days)
def test_one_unit_is_what_the_table_of_units_says(
    tmp_path_factory: pytest.TempPathFactory, text: str, on: date
) -> None:
    force = force_of(tmp_path_factory.mktemp("made"), text)
    for name, strength in force.by_unit(on).items():
        assert force.strength(on, unit=name).five() == strength.five()


@given(text=balanced())
def test_all_is_known_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    force = force_of(tmp_path_factory.mktemp("made"), text)
    late = date(2030, 1, 1)
    assert force.strength(late, late) == force.strength(late)


def test_what_was_believed_then_differs_from_what_is_known_now(tmp_path: Path) -> None:
    text = SENT + "2025-03-05 arrive alpha -5 T10 @bliss ^ap known=2025-04-01\n"
    force = force_of(tmp_path, text)
    on = date(2025, 3, 5)
    assert force.strength(on).present == 45
    assert force.strength(on, known=date(2025, 3, 31)).present == 50
    assert force.strength(on, known=date(2025, 4, 1)).present == 45


def test_leave_and_injury_are_sourced_and_not_present(tmp_path: Path) -> None:
    force = force_of(
        tmp_path,
        SENT + "2025-03-06 leave alpha 5 T10 @bliss ^ap\n"
        "2025-03-07 injure alpha 2 T10 @bliss ^ap\n"
        "2025-03-08 resume alpha 5 T10 @yuma was=leave ^ap\n"
        "2025-03-09 return alpha 2 T10 was=injured ^ap\n",
    )
    present = [force.strength(date(2025, 3, day)).present for day in (5, 6, 7, 8, 9)]
    sourced = [force.strength(date(2025, 3, day)).sourced for day in (5, 6, 7, 8, 9)]
    assert present == [50, 45, 43, 48, 48]
    assert sourced == [80, 80, 80, 80, 78]
    sectors = force.by_sector(date(2025, 3, 9))
    assert sectors == {"El Paso": 43, "Yuma": 5}


def test_attachments_move_people_between_units_and_organic_stays(
    tmp_path: Path,
) -> None:
    force = force_of(
        tmp_path,
        SENT + "2025-01-01 organic alpha 400 ^ap\n"
        "2025-03-06 organic alpha 390 ^ap\n"
        "2025-03-07 attach alpha under=bravo ^ap\n"
        "2025-03-09 detach alpha ^ap\n",
    )
    before, during, after = (force.by_unit(date(2025, 3, day)) for day in (6, 8, 9))
    assert (before["bravo"].present, during["bravo"].present) == (0, 50)
    assert before["top"] == during["top"] == after["top"] == before["alpha"]
    assert during["bravo"].organic == 0
    assert during["alpha"].organic == during["top"].organic == 390
    assert force.strength(date(2025, 3, 5)).organic == 400
    assert after["bravo"].present == 0


def test_a_unit_with_its_own_organic_fact_does_not_add_its_parts(
    tmp_path: Path,
) -> None:
    text = "2025-03-01 organic alpha 7 ^ap\n2025-03-01 organic bravo 9 ^ap\n"
    on = date(2025, 3, 1)
    assert force_of(tmp_path, text).strength(on).organic == 16
    text += "2025-03-01 organic top 20 ^ap known=2025-04-01\n"
    force = force_of(tmp_path, text)
    assert force.strength(on).organic == 20
    assert force.strength(on, known=date(2025, 3, 2)).organic == 16


def test_rings_seen_with_partial_knowledge_do_no_harm(tmp_path: Path) -> None:
    # Bravo left alpha before alpha went under bravo, but that was learnt late.
    text = SENT + (
        "2025-03-06 attach bravo under=alpha ^ap\n"
        "2025-03-07 detach bravo ^ap known=2025-05-01\n"
        "2025-03-08 attach alpha under=bravo ^ap\n"
    )
    force = force_of(tmp_path, text)
    on = date(2025, 3, 10)
    assert force.by_unit(on)["bravo"].present == 50
    believed = force.by_unit(on, known=date(2025, 3, 10))
    assert (believed["alpha"].present, believed["bravo"].present) == (50, 0)


def test_kit_is_counted_apart_from_people(tmp_path: Path) -> None:
    force = force_of(
        tmp_path,
        "2025-03-01 open alpha 4 radar @bliss !\n2025-03-02 open alpha 9 T10 @bliss !\n"
        "2025-03-03 return alpha 1 radar @bliss !\n",
    )
    assert force.kit(date(2025, 2, 1)) == {"radar": 0}
    assert force.kit(date(2025, 3, 2)) == {"radar": 4}
    assert force.kit(date(2025, 3, 3)) == {"radar": 3}
    assert force.strength(date(2025, 3, 3)).present == 9
    behind = force.entries_behind(date(2025, 3, 3), item="radar")
    assert [(entry.kind, adds) for entry, adds in behind] == [
        ("open", 4),
        ("return", -1),
    ]
    assert all(entry.assumed for entry, _ in behind)


def test_claims_are_listed_and_change_nothing(tmp_path: Path) -> None:
    text = SENT + "2025-03-06 claim alpha 4000..5000 present ^ap\n"
    force = force_of(tmp_path, text)
    (claim,) = force.claims()
    assert (claim.low, claim.high, claim.counted) == (4000, 5000, 50)
    assert not claim.agrees
    assert force.claims(date(2025, 3, 5)) == ()
    assert force.strength(date(2025, 3, 6)).present == 50


def test_the_latest_end_of_a_stay_holds(tmp_path: Path) -> None:
    force = force_of(
        tmp_path,
        "2025-03-01 order alpha 5 T10 until=2025-06-01 ^ap\n"
        "2025-03-09 extend alpha until=2025-09-01 ^ap known=2025-03-20\n"
        "2025-03-01 order bravo 5 T10 ^ap\n"
        "2025-03-02 open bravo 5 T10 @bliss ^ap\n"
        "2025-03-03 leave bravo 1 T10 @bliss until=2025-03-09 ^ap\n",
    )
    assert force.ends(date(2025, 2, 1)) == {}
    assert force.ends(date(2025, 3, 8)) == {"alpha": date(2025, 6, 1)}
    assert force.ends(date(2025, 3, 9)) == {"alpha": date(2025, 9, 1)}
    then = force.ends(date(2025, 3, 9), known=date(2025, 3, 19))
    assert then == {"alpha": date(2025, 6, 1)}


def test_unknown_names_are_told(tmp_path: Path) -> None:
    force = force_of(tmp_path, SENT)
    on = date(2025, 3, 6)
    with pytest.raises(UnknownName, match=r"unknown unit 'alphq': choose from .*alpha"):
        force.strength(on, unit="alphq")
    with pytest.raises(UnknownName, match="unknown strength 'organic'"):
        force.entries_behind(on, strength="organic")
    with pytest.raises(UnknownName, match="unknown item 'tank'"):
        force.entries_behind(on, item="tank")


def test_no_units_at_all_count_nobody(tmp_path: Path) -> None:
    path = write(tmp_path, "", head="# empty\n")
    force = Force(ledger=read_ledger(path), rules=Rules(rules=(), path=path))
    empty = Strength(organic=0, approved=0, sourced=0, in_transit=0, present=0)
    assert force.strength(START).five() == empty.five()
    assert force.by_unit(START) == {}
    assert force.kit(START) == {}
    assert force.by_sector(START) == {}
