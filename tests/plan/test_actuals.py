"""Tests of actuals and claims: what was paid, the estimate, and what is missing."""

import json
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.force import read_ledger
from linewatch.plan import read_factors
from linewatch.plan.account import account, everyone
from linewatch.plan.actuals import (
    Actual,
    actuals_in,
    compare,
    missing,
    overlaps,
    read_actuals,
)
from linewatch.plan.book import Book, Books, Case
from linewatch.plan.book_words import book_words
from linewatch.plan.cost_claims import (
    CLAIMS,
    CostClaim,
    cost_claims_in,
    hold,
    read_cost_claims,
)
from linewatch.plan.scopes import read_scopes
from linewatch.scenario import Scenario, read_scenario
from tests.force.ledgers import write

FACTORS = read_factors()
SCOPES = read_scopes(factors=FACTORS.by_id)
INCREMENTAL = SCOPES["incremental"]
SINCE, UNTIL = date(2025, 3, 1), date(2025, 3, 10)
TEXT = """\
cite R-1 "first request"
cite R-2 "second request"
2025-03-01 open alpha 100 T10 @bliss ^ap ^R-1
2025-03-01 open bravo 50 SAD @bliss ^ap ^R-2
2025-03-01 open bravo 10 T10 @bliss ^ap
2025-03-06 open alpha 10 T10 @bliss ^ap ^R-1 ^R-2
"""


def actual(**words: object) -> Actual:
    told: dict[str, object] = {
        "actual": "march",
        "since": SINCE,
        "until": UNTIL,
        "line": "*",
        "amount_usd": 600_000.0,
        "statuses": (),
        "scope": "incremental",
        "includes": (),
        "source": "test",
    }
    return Actual(**(told | words))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Asked:
    """A request as the book needs it."""

    id: str
    capability: str = "watch"
    status: str = "T10"
    number: int = 120
    start: date = SINCE


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(
        ledger=read_ledger(write(tmp_path, TEXT)),
        factors=FACTORS,
        scopes=SCOPES,
        actuals=(actual(),),
        claims=read_cost_claims(FACTORS),
        cases=(
            Case(request=Asked("R-1"), state="running", people=110, end=UNTIL),
            Case(
                request=Asked("R-2", status="SAD"), state="draft", people=50, end=UNTIL
            ),
        ),
    )


def made(books: Books, by: str = "line", **words: int) -> Book:
    return books.book(everyone(SINCE, UNTIL), INCREMENTAL, by=by, **words)


T10 = 100 * 10 + 10 * 10 + 10 * 5
SAD = 50 * 10


@pytest.mark.parametrize(
    ("words", "estimate", "verdict"),
    [
        ({}, T10 * 550 + SAD * 402, "within the range"),
        ({"statuses": ("T10",)}, T10 * 550, "within the range"),
        ({"statuses": ("SAD",)}, SAD * 402, "above the range"),
        ({"line": "troop-days title 10"}, T10 * 550, "within the range"),
        ({"amount_usd": 1.0}, T10 * 550 + SAD * 402, "below the range"),
        ({"line": "troop-days title 32"}, 0, "above the range"),
    ],
)
def test_an_actual_is_held_against_its_own_days_and_lines(
    books: Books, words: dict[str, object], estimate: float, verdict: str
) -> None:
    held = account(books.ledger, FACTORS, INCREMENTAL, everyone(SINCE, UNTIL))
    found = compare(actual(**words), held)
    assert found.estimate.best == estimate
    assert found.verdict == verdict
    if estimate:
        assert found.ratio == found.actual.amount_usd / estimate
    else:
        assert found.ratio is None


def test_what_does_not_cover_the_same_is_named(books: Books) -> None:
    held = account(books.ledger, FACTORS, INCREMENTAL, everyone(SINCE, UNTIL))
    extra = actual(scope="full", includes=("Guantanamo", "flights"))
    told = compare(extra, held).mismatch
    assert told[0] == "counted as full, estimated as incremental"
    assert told[1] == "includes Guantanamo and flights, which the estimate does not"
    assert "last entry is of 2025-03-06" in told[2]
    early = replace(extra, until=date(2025, 3, 5), scope="incremental", includes=())
    held = account(
        books.ledger, FACTORS, INCREMENTAL, everyone(SINCE, date(2025, 3, 5))
    )
    assert compare(early, held).mismatch == ()


def test_another_period_or_line_is_refused(books: Books) -> None:
    held = account(books.ledger, FACTORS, INCREMENTAL, everyone(SINCE, SINCE))
    with pytest.raises(BadValue, match="period of the account"):
        compare(actual(), held)
    held = account(books.ledger, FACTORS, INCREMENTAL, everyone(SINCE, UNTIL))
    with pytest.raises(BadValue, match="or a line of the scope"):
        compare(actual(line="bands"), held)


def test_days_without_an_actual_are_named_by_line() -> None:
    paid = [
        actual(statuses=("T10",), since=date(2025, 3, 3), until=date(2025, 3, 4)),
        actual(line="troop-days state active duty"),
        actual(scope="full"),
    ]
    told = [
        (one.line.split()[-1], one.since.day, one.until.day)
        for one in missing(paid, INCREMENTAL, SINCE, UNTIL)
    ]
    assert told == [("10", 1, 2), ("10", 5, 10), ("32", 1, 10)]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 9)), max_size=6),
    st.integers(1, 20),
    st.integers(0, 20),
)
def test_missing_days_are_those_that_no_actual_covers(
    spans: list[tuple[int, int]], first: int, length: int
) -> None:
    def on(day: int) -> date:
        return date.fromordinal(SINCE.toordinal() + day)

    paid = [actual(since=on(a), until=on(a + more)) for a, more in spans]
    gaps = missing(paid, INCREMENTAL, on(first), on(first + length))
    covered = {day for a, more in spans for day in range(a, a + more + 1)}
    wanted = set(range(first, first + length + 1)) - covered
    for line in INCREMENTAL.inside:
        told = {
            day
            for gap in gaps
            if gap.line == line.line
            for day in range((gap.since - SINCE).days, (gap.until - SINCE).days + 1)
        }
        assert told == wanted


def test_actuals_that_share_days_are_named() -> None:
    one, other = actual(), actual(actual="q1", until=date(2025, 3, 31))
    later = actual(actual="april", since=date(2025, 4, 1), until=date(2025, 4, 2))
    assert overlaps([one, other, later]) == (("march", "q1"),)
    lines = [actual(line="a"), actual(actual="b", line="b")]
    assert overlaps(lines) == ()


def test_a_file_of_actuals_tells_all_its_faults(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "actual,from,to,line,amount_usd,statuses,scope,includes,source\n"
    path.write_text(
        head
        + "a,2025-02-01,2025-01-01,*,1,,incremental,,s\n"
        + "b,2025-01-01,2025-02-01,*,-1,,total,,s\n"
        + "c,2025-01-01,2025-02-01,*,1,T11,incremental,,s\n"
        + "c,2025-01-01,2025-02-01,*,1,T10;SAD,incremental,x; y,s\n"
    )
    with pytest.raises(BadLines) as caught:
        actuals_in(path, SCOPES)
    told = str(caught.value)
    for said in ("line 2: to", "line 3: amount_usd", "scope", "line 4: status"):
        assert said in told
    path.write_text(head)
    with pytest.raises(BadFile, match="no row"):
        actuals_in(path, SCOPES)


def test_the_published_actuals_are_there_with_what_is_in_them() -> None:
    paid = read_actuals(read_scenario(), SCOPES)
    assert [one.amount_usd / 1e6 for one in paid] == [328, 525, 1300]
    assert paid[0].includes == ("Guantanamo", "deportation flights")
    assert read_actuals(Scenario(folder=Path(), tables={}), SCOPES) == ()


@pytest.mark.parametrize(
    ("name", "price", "verdict"),
    [
        ("2018 active", 254, "within the range"),
        ("2018 Guard", 290, "within the range"),
        ("2019 Guard plan", 402, "within the range"),
        ("2025 plan", 515, "within the range"),
        ("2025 to late May", 630, "within the range"),
        ("2025 to 10 December", 520, "within the range"),
        ("2025 to mid-March", 1_296, "above the range"),
    ],
)
def test_history_comes_out_as_published(name: str, price: float, verdict: str) -> None:
    (claim,) = (one for one in read_cost_claims(FACTORS) if one.claim == name)
    assert claim.usd_per_troop_day.best == pytest.approx(price, rel=0.02)
    assert hold(claim, FACTORS).verdict == verdict


def test_a_claims_price_times_its_days_is_its_sum() -> None:
    for claim in read_cost_claims(FACTORS):
        priced = claim.usd_per_troop_day
        assert priced.best * claim.troop_days.best == pytest.approx(claim.amount_usd)
        assert priced.low * claim.troop_days.high == pytest.approx(claim.amount_usd)
        assert claim.source


def test_a_claim_without_people_or_days_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "c.csv"
    text = CLAIMS.read_text()
    path.write_text(text.replace("5900,5900,5900", "0,0,0"))
    with pytest.raises(BadLines, match="people must be above 0"):
        cost_claims_in(path, FACTORS)
    path.write_text(text.replace("2018-12-15", "2018-01-15"))
    with pytest.raises(BadLines, match="on or after 2018-10-29"):
        cost_claims_in(path, FACTORS)
    (tmp_path / "own.csv").write_text(text.replace("2018 active", "our year"))
    own = Scenario(folder=tmp_path, tables={"plan": {"cost_claims": "own.csv"}})
    assert read_cost_claims(FACTORS, own)[0].claim == "our year"
    low = CostClaim(
        claim="c",
        since=SINCE,
        until=UNTIL,
        people_low=1,
        people=1,
        people_high=1,
        amount_usd=1,
        factor="cost.troop_day",
        includes=(),
        source="s",
    )
    assert hold(low, FACTORS).verdict == "below the range"


def test_a_book_holds_everything_beside_its_account(books: Books) -> None:
    book = made(books, draws=500)
    assert book.whole.troop_days == T10 + SAD
    assert book.comparisons[0].estimate.best == book.whole.cost.best
    assert book.missing == ()
    assert book.spread is not None
    assert len(book.claims) == 7
    told = json.loads(json.dumps(book_words(book)))
    assert told["all"]["cost"]["best"] == book.whole.cost.best
    assert told["scope"]["out"]["installations"]
    assert told["drawn"]["draws"] == 500
    assert "intervals" in told["method"]


def test_actuals_of_all_are_not_held_against_a_part(books: Books) -> None:
    asked = replace(everyone(SINCE, UNTIL), unit="alpha")
    book = books.book(asked, INCREMENTAL)
    assert (book.comparisons, book.missing) == ((), ())


def test_cost_by_request_is_estimated_and_tracked(books: Books) -> None:
    book = made(books, by="request")
    first, second, none = book.requests
    assert [one.name for one in book.requests] == ["R-1", "R-2", "none"]
    assert first.estimate is not None
    assert first.estimate.best == 110 * 10 * 550
    assert first.tracked.troop_days == 100 * 10 + 10 * 5
    assert second.estimate is not None
    assert second.estimate.best == 50 * 10 * 402
    assert second.tracked.troop_days == 50 * 10 + 10 * 5
    assert none.estimate is None
    assert none.tracked.troop_days == 10 * 10
    assert book.shared_days == 50
    total = sum(one.tracked.troop_days for one in book.requests)
    assert total - book.shared_days == book.whole.troop_days
    told = json.loads(json.dumps(book_words(book)))
    assert [one["request"] for one in told["requests"]] == ["R-1", "R-2", "none"]
    assert "request=R-1" in told["requests"][0]["tracked"]["id"]


def test_without_requests_all_is_uncited(books: Books) -> None:
    bare = replace(books, cases=())
    (none,) = made(bare, by="request").requests
    assert none.tracked.troop_days == T10 + SAD
    with pytest.raises(BadValue, match="one of line, unit"):
        made(books, by="colour")
