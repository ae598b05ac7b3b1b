"""Tests of accounts: days against a plain count, money against days, the parts."""

from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.force import read_ledger
from linewatch.force.explain import total_of
from linewatch.force.ledger import Ledger
from linewatch.force.question import Question, read_question
from linewatch.plan import Cost, CostLine, Interval, read_factors
from linewatch.plan.account import account, days_of, everyone, split
from linewatch.plan.cost import SCOPE_LENGTH
from linewatch.plan.cost_explain import cost_explained
from linewatch.plan.scopes import SCOPES, read_scopes, scope_called, scopes_in
from linewatch.plan.spread import spread
from linewatch.scenario import Scenario, read_scenario
from tests.force.ledgers import START, UNITS, balanced, write

FACTORS = read_factors()
SCOPES_HELD = read_scopes(factors=FACTORS.by_id)
HEAD = "scope,line,counts,status,item,factor,payer,note\n"


def ledger_of(text: str) -> Ledger:
    with TemporaryDirectory() as folder:
        return read_ledger(write(Path(folder), text))


def built_in() -> Ledger:
    return read_ledger(read_scenario().file("force", "ledger"))


def by_hand(ledger: Ledger, since: date, until: date) -> int:
    """Count each day's deployed, one day after the other."""
    days = (until - since).days + 1
    return sum(
        total_of(ledger, Question(what="deployed", on=since + timedelta(days=at)))
        for at in range(days)
    )


@given(balanced(), st.integers(0, 20), st.integers(0, 40))
def test_days_are_counted_as_a_plain_count_does(
    text: str, first: int, length: int
) -> None:
    ledger = ledger_of(text)
    since = START + timedelta(days=first)
    until = since + timedelta(days=length)
    found = days_of(ledger, everyone(since, until))
    for unit in UNITS:
        for status in ("T10", "SAD"):
            days = sum(
                one.count
                for one in found
                if (one.unit, one.status, one.item) == (unit, status, "people")
            )
            asked = Question(
                what="days",
                since=since,
                on=until,
                unit=unit,
                alone=True,
                status=status,
            )
            assert days == total_of(ledger, asked)
    assert sum(one.count for one in found) == by_hand(ledger, since, until)


@given(balanced(), st.integers(0, 40), st.sampled_from(("unit", "status", "month")))
def test_parts_add_up_to_the_whole(text: str, length: int, by: str) -> None:
    ledger = ledger_of(text)
    asked = everyone(START, START + timedelta(days=length))
    for scope in SCOPES_HELD.values():
        whole = account(ledger, FACTORS, scope, asked)
        parts = split(ledger, FACTORS, scope, asked, by=by)
        assert sum(one.troop_days for one in parts) == whole.troop_days
        for end in ("low", "best", "high"):
            total = sum(getattr(one.cost, end) for one in parts)
            assert total == pytest.approx(getattr(whole.cost, end))


@given(balanced(), st.integers(0, 40), st.sampled_from(UNITS))
def test_every_printed_cost_can_be_asked_for_its_entries(
    text: str, length: int, unit: str
) -> None:
    ledger = ledger_of(text)
    asked = Question(
        what="days", since=START, on=START + timedelta(days=length), unit=unit
    )
    for scope in SCOPES_HELD.values():
        every = [account(ledger, FACTORS, scope, asked)]
        for by in ("unit", "status", "month"):
            every += split(ledger, FACTORS, scope, asked, by=by)
        for one in every:
            lines = cost_explained(ledger, FACTORS, scope, read_question(one.cost_id))
            told = sum(line.money.best for line in lines)
            assert told == pytest.approx(one.cost.best)
            days = sum(line.count for line in lines if line.line.item == "people")
            assert days == one.troop_days or scope.name == "full"


def test_money_is_days_times_prices() -> None:
    text = (
        "2025-03-01 open alpha 100 T10 @bliss ^ap\n"
        "2025-03-01 open bravo 50 SAD @bliss !\n"
        "2025-03-06 return alpha 40 T10 @bliss ^ap\n"
        "2025-03-01 open alpha 2 radar @bliss ^ap\n"
    )
    asked = everyone(date(2025, 3, 1), date(2025, 3, 10))
    ledger = ledger_of(text)
    incremental = account(ledger, FACTORS, SCOPES_HELD["incremental"], asked)
    t10, sad = 100 * 5 + 60 * 5, 50 * 10
    assert incremental.troop_days == t10 + sad
    assert incremental.kit_days == {"radar": 20}
    assert incremental.cost.best == t10 * 550 + sad * 402
    assert incremental.cost.low == t10 * 250 + sad * 200
    assert incremental.paid_by("state").best == sad * 402
    assert incremental.paid_by("federal").best == t10 * 550
    assert incremental.assumed_share == sad / (t10 + sad)
    assert incremental.assumed_factors == ("cost.troop_day.sad",)
    assert incremental.last_entry == date(2025, 3, 6)
    full = account(ledger, FACTORS, SCOPES_HELD["full"], asked)
    more = t10 * 315 + (t10 + sad) * 60 + 20 * 60
    assert full.cost.best == incremental.cost.best + more


def test_one_who_goes_home_on_a_day_is_not_there_for_it() -> None:
    text = (
        "2025-03-01 open alpha 10 T10 @bliss ^ap\n"
        "2025-03-03 return alpha 10 T10 @bliss ^ap\n"
    )
    asked = everyone(date(2025, 3, 1), date(2025, 3, 31))
    assert [one.count for one in days_of(ledger_of(text), asked)] == [20]


def test_those_on_leave_and_on_their_way_are_paid_for() -> None:
    text = (
        "2025-03-01 order alpha 10 T10 ^ap\n2025-03-01 source alpha 10 T10 ^ap\n"
        "2025-03-02 depart alpha 10 T10 ^ap\n"
        "2025-03-04 arrive alpha 10 T10 @bliss ^ap\n"
        "2025-03-05 leave alpha 4 T10 @bliss ^ap\n"
        "2025-03-06 injure alpha 1 T10 @bliss ^ap\n"
    )
    asked = everyone(date(2025, 3, 1), date(2025, 3, 10))
    assert [one.count for one in days_of(ledger_of(text), asked)] == [90]


def test_days_follow_a_change_of_duty_status() -> None:
    text = (
        "2025-03-01 open alpha 10 SAD @bliss ^ap\n"
        "2025-03-04 status alpha 6 T32 was=SAD @bliss ^ap\n"
    )
    ledger = ledger_of(text)
    found = days_of(ledger, everyone(date(2025, 3, 1), date(2025, 3, 10)))
    days = {one.status: one.count for one in found}
    assert days == {"SAD": 3 * 10 + 7 * 4, "T32": 7 * 6}
    parts = split(
        ledger,
        FACTORS,
        SCOPES_HELD["incremental"],
        everyone(date(2025, 3, 1), date(2025, 3, 10)),
        by="status",
    )
    assert {one.name: one.troop_days for one in parts} == days


def test_what_was_known_then_costs_what_was_known_then() -> None:
    text = (
        "2025-03-01 open alpha 10 T10 @bliss ^ap\n"
        "2025-03-01 open alpha -4 T10 @bliss ^ap known=2025-05-01\n"
    )
    ledger = ledger_of(text)
    since, until = date(2025, 3, 1), date(2025, 3, 10)
    scope = SCOPES_HELD["incremental"]
    then = account(ledger, FACTORS, scope, everyone(since, until, date(2025, 4, 1)))
    now = account(ledger, FACTORS, scope, everyone(since, until))
    assert (then.troop_days, now.troop_days) == (100, 60)
    late = (
        "2025-03-01 open alpha 10 T10 @bliss ^ap known=2025-06-01\n"
        "2025-03-01 open alpha -4 T10 @bliss ^ap known=2025-03-02\n"
    )
    ledger, seen = ledger_of(late), everyone(since, until, date(2025, 4, 1))
    with pytest.raises(BadValue, match="days of troop-days title 10"):
        account(ledger, FACTORS, scope, seen)


def test_the_built_in_ledger_costs_what_its_days_come_to() -> None:
    ledger = built_in()
    since, until = date(2025, 3, 1), date(2025, 3, 9)
    held = account(ledger, FACTORS, SCOPES_HELD["incremental"], everyone(since, until))
    assert held.troop_days == 9 * 9_200 == by_hand(ledger, since, until)
    assert held.cost.best == 9 * (4_200 * 550 + 5_000 * 402)


def test_an_unknown_split_is_refused() -> None:
    asked = everyone(START, START)
    with pytest.raises(BadValue, match="unit, status or month"):
        split(built_in(), FACTORS, SCOPES_HELD["full"], asked, by="colour")


def test_each_scope_says_what_is_in_and_out() -> None:
    for name, scope in SCOPES_HELD.items():
        assert scope.said.startswith(name)
        assert "installations in" in scope.said or "installations out" in scope.said
        assert len(scope.said) <= SCOPE_LENGTH
    assert SCOPES_HELD["incremental"].said.startswith(
        "incremental, installations out; without active pay"
    )
    with pytest.raises(UnknownName, match="incremental, full"):
        scope_called(SCOPES_HELD, "total")


def test_a_long_list_of_what_is_out_is_counted(tmp_path: Path) -> None:
    rows = "s,people,in,T10,people,cost.troop_day,federal,n\n"
    rows += "s,installations,out,,,,federal,n\n"
    rows += "".join(f"s,a long name of number {n},out,,,,federal,n\n" for n in range(9))
    path = tmp_path / "s.csv"
    path.write_text(HEAD + rows)
    said = scopes_in(path, factors=FACTORS.by_id)["s"].said
    assert len(said) <= SCOPE_LENGTH
    assert said.endswith("more")


@pytest.mark.parametrize(
    ("rows", "error", "said"),
    [
        ("", BadFile, "no row"),
        ("s,a,in,T10,people,cost.troop_day,federal,n\n", BadFile, "installations"),
        ("s,installations,out,,,,federal,n\n", BadFile, "one line in or more"),
        ("s,a,in,T10,,cost.troop_day,federal,n\n", BadLines, "item and factor"),
        ("s,a,out,,people,,federal,n\n", BadLines, "item and factor"),
        ("s,a,in,T10,people,cost.day,federal,n\n", BadLines, "line 2: factor"),
        ("s,a,in,T11,people,cost.troop_day,mayor,n\n", BadLines, "status.*payer"),
        (
            "s,installations,in,,people,cost.troop_day,federal,n\n" * 2,
            BadFile,
            "different lines",
        ),
    ],
)
def test_a_scope_that_hides_something_is_refused(
    tmp_path: Path, rows: str, error: type[Exception], said: str
) -> None:
    path = tmp_path / "s.csv"
    path.write_text(HEAD + rows)
    with pytest.raises(error, match=said):
        scopes_in(path, factors=FACTORS.by_id)


def test_a_scenario_may_have_scopes_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(SCOPES.read_text().replace("full", "whole"))
    own = Scenario(folder=tmp_path, tables={"plan": {"scopes": "s.csv"}})
    assert set(read_scopes(own, factors=FACTORS.by_id)) == {"incremental", "whole"}


def line(name: str, factor: str, price: Interval, amount: float = 100) -> CostLine:
    return CostLine(
        name=name,
        amount=Interval.exactly(amount),
        unit="day",
        price=price,
        source="s",
        factor=factor,
    )


PRICE = Interval(low=250, best=550, high=650)


def test_draws_lie_within_the_intervals_and_come_again() -> None:
    cost = Cost.of([line("a", "f", PRICE), line("b", "g", PRICE)], scope="s")
    one = spread(cost, draws=2_000, seed=3)
    assert cost.low < one.low < one.middle < one.high < cost.high
    assert spread(cost, draws=2_000, seed=3) == one
    assert spread(cost, draws=2_000, seed=4) != one


def test_lines_of_one_factor_move_together() -> None:
    """Ten lines of one price spread as one does; of ten prices, far less."""
    joint = Cost.of([line(f"l{n}", "f", PRICE) for n in range(10)], scope="s")
    apart = Cost.of([line(f"l{n}", f"f{n}", PRICE) for n in range(10)], scope="s")
    alone = Cost.of([line("l", "f", PRICE, 1_000)], scope="s")
    wide, narrow, single = (
        spread(c, draws=20_000, seed=1) for c in (joint, apart, alone)
    )
    assert wide.together == {"f": 10}
    assert narrow.together == {}
    assert (wide.low, wide.high) == pytest.approx((single.low, single.high))
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)


def test_draws_agree_with_the_triangle_itself() -> None:
    """Quantiles of a triangle, by hand (Kotz, van Dorp, Beyond Beta, 2004, ch. 1)."""
    cost = Cost.of([line("a", "f", PRICE, 1)], scope="s")
    drawn = spread(cost, draws=200_000, seed=5)
    low, best, high = PRICE.low, PRICE.best, PRICE.high
    turn = (best - low) / (high - low)

    def quantile(share: float) -> float:
        if share <= turn:
            return low + float(np.sqrt(share * (high - low) * (best - low)))
        return high - float(np.sqrt((1 - share) * (high - low) * (high - best)))

    assert drawn.low == pytest.approx(quantile(0.05), rel=0.01)
    assert drawn.middle == pytest.approx(quantile(0.5), rel=0.01)
    assert drawn.high == pytest.approx(quantile(0.95), rel=0.01)


@pytest.mark.parametrize(("draws", "seed"), [(99, 0), (2_000_000, 0), (100, -1)])
def test_draws_out_of_bounds_are_refused(draws: int, seed: int) -> None:
    cost = Cost.of([line("a", "f", PRICE)], scope="s")
    with pytest.raises(BadValue):
        spread(cost, draws=draws, seed=seed)


def test_a_figure_without_a_range_is_not_drawn() -> None:
    cost = Cost.of([line("a", "f", Interval.exactly(5))], scope="s")
    drawn = spread(cost, draws=100, seed=0)
    assert drawn.low == drawn.middle == drawn.high == 500
