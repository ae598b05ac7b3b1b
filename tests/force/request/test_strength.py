"""Tests of requests against people: what the entries that cite a request add up to."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.force import read_ledger
from linewatch.force.ledger import Ledger
from linewatch.force.request import Sourcing, sourcing_of
from linewatch.force.request.strength import entries_citing
from tests.force.request.making import drafted, granted, office

HEAD = """cite afp "a paper"
cite rfa-1 "request rfa-1"
cite rfa-10 "request rfa-10"
kit radar "a radar"
place ept sector "El Paso"
2025-03-01 unit a "A"
2025-03-01 unit b "B"
"""

LINES = """
2025-03-10 order a 300 T10 ^rfa-1
2025-03-11 source a 300 T10 ^rfa-1 ^afp
2025-03-12 depart a 200 T10 ^rfa-1
2025-03-14 arrive a 150 T10 @ept ^rfa-1 known=2025-03-20
2025-03-15 order a 5 radar ^rfa-1
2025-03-10 order b 70 T10 ^rfa-10
2025-03-10 order b 40 T10 ^afp
"""


def ledger(folder: Path, lines: str = LINES) -> Ledger:
    path = folder / "force.ledger"
    path.write_text(HEAD + lines.replace("radar ^", "radar ^"))
    return read_ledger(path)


def sourced(held: Ledger | None, on: str, known: str | None = None) -> Sourcing:
    then = None if known is None else date.fromisoformat(known)
    day = date.fromisoformat(on)
    (row,) = sourcing_of([granted(250)], held, on=day, known=then)
    return row


def test_entries_count_for_the_request_that_they_cite(tmp_path: Path) -> None:
    held = ledger(tmp_path)
    row = sourced(held, "2025-03-31")
    assert (row.requested, row.granted, row.ordered) == (500, 250, 0)
    assert (row.approved, row.sourced, row.in_transit, row.present) == (
        300,
        300,
        50,
        150,
    )
    assert (row.entries, row.short, row.beyond) == (5, 100, 200)


def test_an_id_that_begins_another_is_not_it(tmp_path: Path) -> None:
    held = ledger(tmp_path)
    assert len(entries_citing(held, "rfa-1")) == 5
    assert len(entries_citing(held, "rfa-10")) == 1
    assert len(entries_citing(held, "rfa.1")) == 0


@pytest.mark.parametrize(
    ("on", "known", "told"),
    [
        ("2025-03-09", None, (0, 0, 0)),
        ("2025-03-10", None, (300, 0, 0)),
        ("2025-03-12", None, (300, 300, 0)),
        ("2025-03-14", None, (300, 300, 150)),
        ("2025-03-14", "2025-03-19", (300, 300, 0)),
        ("2025-03-14", "2025-03-20", (300, 300, 150)),
    ],
)
def test_a_request_is_met_as_of_two_dates(
    tmp_path: Path, on: str, known: str | None, told: tuple[int, int, int]
) -> None:
    row = sourced(ledger(tmp_path), on, known)
    assert (row.approved, row.sourced, row.present) == told


def test_without_a_ledger_the_log_alone_is_told() -> None:
    case, _, _ = office("Joint Staff", 4).move(
        granted(250), "source", number=200, reference="o1"
    )
    (row,) = sourcing_of([case], None, on=date(2025, 5, 1))
    assert (row.ordered, row.present, row.entries, row.beyond) == (200, 0, 0, 300)
    (draft,) = sourcing_of([drafted()], None, on=date(2025, 5, 1))
    assert (draft.granted, draft.short, draft.beyond) == (None, 0, 500)


@settings(max_examples=25, deadline=None)
@given(
    cited=st.lists(st.booleans(), min_size=1, max_size=6),
    counts=st.lists(st.integers(1, 50), min_size=6, max_size=6),
)
def test_what_cites_and_what_does_not_add_up_to_the_whole(
    tmp_path_factory: pytest.TempPathFactory, cited: list[bool], counts: list[int]
) -> None:
    lines = "".join(
        f"2025-03-10 order a {count} T10 ^{'rfa-1' if cites else 'afp'}\n"
        for cites, count in zip(cited, counts, strict=False)
    )
    held = ledger(tmp_path_factory.mktemp("ledger"), lines)
    row = sourced(held, "2025-03-31")
    told = zip(cited, counts, strict=False)
    assert row.approved == sum(count for cites, count in told if cites)
    assert row.entries == sum(cited)
