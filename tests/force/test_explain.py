"""Tests of explain: the entries behind a total add up to it, for any ledger."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue, UnknownName
from linewatch.force import Force, read_force, read_ledger
from linewatch.force.explain import (
    explained,
    place_called,
    stretches,
    total_of,
    totals_by_unit,
)
from linewatch.force.question import WHATS, Question, read_question
from linewatch.force.rules import Rules
from linewatch.force.values import STATUSES
from linewatch.scenario import read_scenario
from tests.force.generated import ledger_text
from tests.force.ledgers import PLACES, START, UNITS, balanced, write

DAY = date(2025, 5, 1)
PERIODS = {"gained", "lost", "days", "cost"}


def held(text: str) -> Force:
    """Return the force of a ledger with these entries."""
    with TemporaryDirectory() as folder:
        path = write(Path(folder), text)
        return Force(ledger=read_ledger(path), rules=Rules(rules=(), path=path))


@pytest.fixture(scope="module")
def built_in() -> Force:
    return read_force(read_scenario())


@given(
    balanced(),
    st.integers(0, 60),
    st.none() | st.integers(0, 60),
    st.sampled_from(("*", *UNITS)),
    st.none() | st.sampled_from(STATUSES),
)
def test_the_entries_add_up_to_every_strength(
    text: str, day: int, known: int | None, unit: str, status: str | None
) -> None:
    force = held(text)
    on = START + timedelta(days=day)
    seen = None if known is None else START + timedelta(days=known)
    counted = force.strength(on, seen, unit)
    by_status = force.by_status(on, seen) if unit == "*" else {}
    for what in ("approved", "sourced", "in_transit", "present"):
        asked = Question(what=what, on=on, known=seen, unit=unit, status=status)
        told = explained(force.ledger, asked)
        assert told.total == sum(one.amount for one in told.shares)
        assert told.total == total_of(force.ledger, asked)
        if status is None:
            assert told.total == getattr(counted, what)
        elif by_status:
            key = {"T10": "title10", "T32": "title32", "SAD": "state_active_duty"}
            assert told.total == getattr(by_status[key[status]], what)


@given(balanced(), st.integers(0, 60), st.sampled_from(PLACES))
def test_the_entries_add_up_to_those_of_a_place(
    text: str, day: int, place: str
) -> None:
    force = held(text)
    on = START + timedelta(days=day)
    told = explained(force.ledger, Question(what="present", on=on, place=place))
    assert told.total == sum(
        _at(line, place)
        for line in text.splitlines()
        if line and line.split()[0] <= on.isoformat()
    )


def _at(line: str, place: str) -> int:
    """Return what a line changes at a place or in its sector; bliss is in el-paso."""
    words = line.split()
    count = int(words[3])
    within = {"el-paso", "bliss"} if place == "el-paso" else {place}
    kind = words[1]
    into = any(f"@{one}" in words for one in within)
    out = any(f"from={one}" in words for one in within)
    if kind == "move":
        return count * (into - out)
    gives = {"arrive": 1, "open": 1, "resume": 1, "leave": -1, "injure": -1}
    return count * gives.get(kind, 0) * into


@given(balanced(), st.integers(0, 30), st.integers(0, 40), st.sampled_from(UNITS))
def test_days_are_those_deployed_on_each_day_added_up(
    text: str, first: int, length: int, unit: str
) -> None:
    force = held(text)
    since = START + timedelta(days=first)
    on = since + timedelta(days=length)
    asked = Question(what="days", on=on, since=since, unit=unit)
    told = explained(force.ledger, asked)
    each = (
        total_of(force.ledger, Question(what="deployed", on=day, unit=unit))
        for day in (since + timedelta(days=at) for at in range(length + 1))
    )
    assert told.total == sum(each)


def test_days_follow_the_attachments_of_each_day() -> None:
    text = (
        "2025-01-01 open alpha 10 T10 @bliss ^ap\n"
        "2025-01-11 attach alpha under=bravo ^ap\n"
        "2025-01-21 detach alpha ^ap\n"
    )
    ledger = held(text).ledger
    since, on = date(2025, 1, 1), date(2025, 1, 31)
    days = {
        unit: total_of(ledger, Question(what="days", on=on, since=since, unit=unit))
        for unit in ("top", "alpha", "bravo")
    }
    assert days == {"top": 310, "alpha": 310, "bravo": 100}
    assert len(stretches(ledger, since, on, None)) == 3
    assert len(stretches(ledger, since, on, date(2025, 1, 12))) == 2


def test_what_was_known_then_explains_what_was_counted_then(tmp_path: Path) -> None:
    text = (
        "2025-03-01 open alpha 100 T10 @bliss ^ap\n"
        "2025-03-02 open alpha -5 T10 @bliss ^ap known=2025-04-01\n"
    )
    ledger = read_ledger(write(tmp_path, text))
    then, now = (
        explained(ledger, Question(what="present", on=date(2025, 3, 5), known=known))
        for known in (date(2025, 3, 31), None)
    )
    assert (then.total, now.total) == (100, 95)
    assert [one.running for one in now.shares] == [100, 95]
    assert now.shares[1].entry.known == date(2025, 4, 1)


@pytest.mark.parametrize("unit", ["*", "2-sbct", "jtf-sb", "may-package"])
@pytest.mark.parametrize("known", [None, date(2025, 3, 1), date(2025, 2, 1)])
def test_facts_behind_organic_strength_add_up(
    built_in: Force, unit: str, known: date | None
) -> None:
    asked = Question(what="organic", on=DAY, known=known, unit=unit)
    told = explained(built_in.ledger, asked)
    assert told.total == built_in.strength(DAY, known, unit).organic
    assert total_of(built_in.ledger, asked) == told.total


def test_a_fact_of_a_whole_replaces_those_of_its_parts(tmp_path: Path) -> None:
    text = (
        "2025-01-01 organic alpha 30 ^ap\n"
        "2025-01-01 organic bravo 20 ^ap\n"
        "2025-02-01 organic top 70 ^ap\n"
        "2025-03-01 organic alpha 35 ^ap\n"
    )
    ledger = read_ledger(write(tmp_path, text))
    totals = {
        (unit, day.month): total_of(ledger, Question(what="organic", on=day, unit=unit))
        for unit in ("*", "top", "alpha")
        for day in (date(2025, 1, 9), date(2025, 3, 9))
    }
    assert totals == {
        ("*", 1): 50,
        ("*", 3): 70,
        ("top", 1): 50,
        ("top", 3): 70,
        ("alpha", 1): 30,
        ("alpha", 3): 35,
    }


def test_a_request_has_the_entries_that_cite_it(tmp_path: Path) -> None:
    text = (
        'cite R-7 "a request"\ncite R-70 "another"\n'
        "2025-03-01 open alpha 100 T10 @bliss ^R-7\n"
        "2025-03-01 open bravo 30 T10 @bliss ^R-70 ^R-7\n"
        "2025-03-01 open bravo 9 T10 @bliss ^ap\n"
    )
    ledger = read_ledger(write(tmp_path, text))
    totals = {
        name: total_of(ledger, Question(what="present", on=DAY, request=name))
        for name in ("", "R-7", "R-70", "R", "!R-7", "!R-7,R-70", "!R-70")
    }
    assert totals == {
        "": 139,
        "R-7": 130,
        "R-70": 30,
        "R": 0,
        "!R-7": 9,
        "!R-7,R-70": 9,
        "!R-70": 109,
    }


@given(balanced(), st.integers(0, 60))
def test_units_alone_add_up_to_all(text: str, day: int) -> None:
    ledger = held(text).ledger
    on = START + timedelta(days=day)
    for what, since in (("present", None), ("days", START)):
        whole = total_of(ledger, Question(what=what, on=on, since=since))
        parts = (
            Question(what=what, on=on, since=since, unit=unit, alone=True)
            for unit in UNITS
        )
        assert sum(total_of(ledger, part) for part in parts) == whole


@given(balanced(), st.integers(0, 30), st.integers(0, 30))
def test_those_who_came_and_went_explain_the_change(
    text: str, first: int, length: int
) -> None:
    """Deployed changes by those gained, lost, and those who left home or cancelled."""
    ledger = held(text).ledger
    since = START + timedelta(days=first)
    on = since + timedelta(days=length)
    gained = total_of(ledger, Question(what="gained", on=on, since=since))
    lost = total_of(ledger, Question(what="lost", on=on, since=since))
    rows = [
        line.split()
        for line in text.splitlines()
        if line and since.isoformat() <= line.split()[0] <= on.isoformat()
    ]
    assert gained == sum(int(r[3]) for r in rows if r[1] in {"open", "arrive"})
    assert lost == sum(int(r[3]) for r in rows if r[1] in {"return", "relieve"})


@given(
    balanced(),
    st.integers(0, 60),
    st.sampled_from(("approved", "present", "on_leave", "gained", "lost", "organic")),
)
def test_totals_of_all_units_are_those_of_each(text: str, day: int, what: str) -> None:
    more = "2025-01-02 attach alpha under=bravo ^ap\n2025-01-01 organic top 9 ^ap\n"
    ledger = held(more + text).ledger
    on = START + timedelta(days=day)
    asked = Question(
        what=what, on=on, since=START if what in {"gained", "lost"} else None
    )
    each = totals_by_unit(ledger, asked).tolist()
    for unit, total in zip(ledger.units, each, strict=True):
        assert total == total_of(ledger, replace(asked, unit=unit.name))
    with pytest.raises(BadValue, match="asked of everyone"):
        totals_by_unit(ledger, replace(asked, unit="alpha"))


def test_a_large_ledger_explains_every_total(tmp_path: Path) -> None:
    text = ledger_text(np.random.default_rng(5), units=50, entries=2_000)
    ledger = read_ledger(write(tmp_path, text, head=""))
    force = Force(ledger=ledger, rules=Rules(rules=(), path=ledger.path))
    for day in (date(2025, 2, 1), date(2025, 6, 1), date(2026, 1, 1)):
        for known in (None, day):
            told = explained(ledger, Question(what="present", on=day, known=known))
            assert told.total == force.strength(day, known).present


def test_the_share_of_assumptions_is_told(built_in: Force) -> None:
    told = explained(built_in.ledger, Question(what="present", on=DAY, unit="2-sbct"))
    assert told.total == 2_400
    by_hand = sum(one.amount for one in told.shares if one.entry.assumed)
    assert 0 < told.assumed == by_hand < told.moved == 2_400


names = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x17F, blacklist_categories=["Cs"]),
    min_size=1,
    max_size=8,
).filter(lambda name: name != "*")


@given(
    st.sampled_from(WHATS),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    st.integers(0, 400),
    st.none() | st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    names,
    st.none() | st.sampled_from(STATUSES),
    st.sampled_from(("people", "radar", "a:b=c")),
    st.none() | names,
    st.just("") | names,
    st.booleans(),
)
def test_an_id_is_read_back_whatever_the_names_hold(
    what: str,
    on: date,
    length: int,
    known: date | None,
    unit: str,
    status: str | None,
    item: str,
    place: str | None,
    request: str,
    alone: bool,
) -> None:
    organic = what == "organic"
    asked = Question(
        what=what,
        on=on,
        since=on - timedelta(days=length) if what in PERIODS else None,
        known=known,
        unit=unit,
        alone=alone and not organic,
        status=None if organic else status,
        item="people" if organic else item,
        place=place if what == "present" else None,
        request="" if organic else request,
        scope="incremental" if what == "cost" else "",
    )
    assert read_question(asked.id) == asked
    assert not set(asked.id) & set(" '\"$&;|<>()`\\")


@pytest.mark.parametrize(
    ("told", "error", "said"),
    [
        ("present", BadValue, "date"),
        ("present:soon", BadValue, "date"),
        ("absent:2025-01-01", UnknownName, "total"),
        ("present:2025-01-01:colour=red", BadValue, "as a report prints it"),
        ("present:2025-01-01:unit=", BadValue, "as a report prints it"),
        ("present:2025-01-01:unit=a:unit=b", BadValue, "as a report prints it"),
        ("present:2025-01-01:status=T11", UnknownName, "duty status"),
        ("present:2025-01-01:since=2024-01-01", BadValue, "first day"),
        ("days:2025-01-01", BadValue, "first day"),
        ("days:2025-01-01:since=2025-01-02", BadValue, "first day"),
        ("on_leave:2025-01-01:place=bliss", BadValue, "place"),
        ("cost:2025-01-01:since=2025-01-01", BadValue, "scope"),
        ("present:2025-01-01:scope=full", BadValue, "scope"),
        ("organic:2025-01-01:status=T10", BadValue, "organic"),
        ("organic:2025-01-01:request=R-1", BadValue, "organic"),
        ("present:2025-01-01:alone=yes", BadValue, "alone"),
    ],
)
def test_what_is_no_id_is_refused(told: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        read_question(told)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (Question(what="present", on=DAY, unit="nobody"), "unit"),
        (Question(what="present", on=DAY, item="tank"), "item"),
        (Question(what="present", on=DAY, place="moon"), "place"),
        (Question(what="organic", on=DAY, unit="nobody"), "unit"),
    ],
)
def test_names_that_the_ledger_lacks_are_refused(
    built_in: Force, asked: Question, said: str
) -> None:
    for ask in (explained, total_of):
        with pytest.raises(UnknownName, match=said):
            ask(built_in.ledger, asked)


def test_a_place_has_a_name_and_a_title(built_in: Force, tmp_path: Path) -> None:
    assert place_called(built_in.ledger, "El Paso") == "ept"
    assert place_called(built_in.ledger, "EPT") == "ept"
    with pytest.raises(UnknownName, match="ept"):
        place_called(built_in.ledger, "Moon")
    text = 'place one base "Same"\nplace two base "Same"\n'
    ledger = read_ledger(write(tmp_path, text))
    with pytest.raises(BadValue, match="one, two"):
        place_called(ledger, "same")
