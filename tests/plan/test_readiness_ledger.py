"""Tests of readiness by the ledger: whom it takes, from whom, for which request."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from linewatch.force import read_ledger
from linewatch.force.ledger import Ledger
from linewatch.plan import read_chain, read_factors
from linewatch.plan.readiness import Gate, Taken
from linewatch.plan.readiness_ledger import entitled, readiness_of_request, taken_in
from linewatch.plan.readiness_tables import Finding
from tests.force.ledgers import write
from tests.plan.test_readiness import state, tables

SINCE, UNTIL = date(2025, 3, 1), date(2025, 9, 30)
TEXT = """\
cite R-1 "a request"
2025-02-01 order alpha 60 T10 ^ap ^R-1
2025-03-10 order bravo 40 T10 ^ap ^R-1
2025-03-10 order top 7 T10 ^ap
2025-03-11 cancel alpha 10 T10 ^ap ^R-1
2025-03-11 order alpha 5 T10 ^ap known=2025-06-01
"""
HELD = {"brigade": replace(state(), units=("alpha", "bravo"))}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return read_ledger(write(tmp_path, TEXT))


def test_units_of_the_ledger_are_taken_from_those_that_give(ledger: Ledger) -> None:
    found = taken_in(ledger, HELD, since=SINCE, until=UNTIL)
    assert set(found) == {
        Taken(parent="brigade", people=55, since=SINCE, until=UNTIL),
        Taken(parent="brigade", people=40, since=date(2025, 3, 10), until=UNTIL),
        Taken(parent="top", people=7, since=date(2025, 3, 10), until=UNTIL),
    }


def test_a_request_takes_those_whose_entries_cite_it(ledger: Ledger) -> None:
    found = taken_in(ledger, HELD, since=SINCE, until=UNTIL, request="R-1")
    assert sorted(one.people for one in found) == [40, 50]
    assert taken_in(ledger, HELD, since=SINCE, until=UNTIL, request="R-2") == ()


def test_what_was_not_known_then_takes_nobody(ledger: Ledger) -> None:
    then = taken_in(ledger, HELD, since=SINCE, until=UNTIL, known=date(2025, 4, 1))
    assert sum(one.people for one in then) == 50 + 40 + 7


def test_the_gate_of_a_request_opens_by_a_finding_on_it(tmp_path: Path) -> None:
    text = TEXT + "2025-03-12 order alpha 600 T10 ^ap ^R-1\n"
    ledger = read_ledger(write(tmp_path, text))
    held = replace(tables(), states=HELD)
    finding = Finding(
        parent="",
        office="Secretary of Defense",
        since=SINCE,
        until=UNTIL,
        text="others are ready",
        source="finding on R-1",
    )
    gates = [
        [
            one.gate
            for one in readiness_of_request(
                "R-1",
                since=SINCE,
                until=UNTIL,
                ledger=ledger,
                tables=held,
                factors=read_factors(),
                found=found,
            )
        ]
        for found in (None, finding)
    ]
    assert gates == [[Gate.CLOSED], [Gate.FOUND]]


def test_only_an_office_that_decides_is_entitled() -> None:
    chain = read_chain()
    assert entitled("secretary of defense", chain)
    assert entitled("President", chain)
    assert not entitled("Joint Staff", chain)
    assert not entitled("nobody", chain)
