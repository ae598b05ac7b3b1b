"""Tests of intervals and costs: ranges that hold every case, sums that add up."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.plan import Cost, CostLine, Interval
from linewatch.plan.cost import SCOPE_LENGTH, in_millions
from tests.plan.fakes import cost

amounts = st.floats(0, 1e6)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, best, high = sorted(draw(amounts) for _ in range(3))
    return Interval(low=low, best=best, high=high)


def within(interval: Interval, share: float) -> float:
    """Return a case between the ends."""
    return interval.low + share * (interval.high - interval.low)


@given(intervals(), intervals(), st.floats(0, 1), st.floats(0, 1))
def test_every_case_lies_in_the_range_of_the_result(
    one: Interval, other: Interval, share: float, again: float
) -> None:
    a, b = within(one, share), within(other, again)
    slack = 1e-9 * (1 + a * b)
    assert (one + other).low - slack <= a + b <= (one + other).high + slack
    assert (one * other).low - slack <= a * b <= (one * other).high + slack


@given(intervals(), intervals())
def test_sums_and_products_do_not_care_for_order(
    one: Interval, other: Interval
) -> None:
    assert one + other == other + one
    assert one * other == other * one


@pytest.mark.parametrize(
    "ends", [(2, 1, 3), (1, 3, 2), (-1, 0, 1), (0, 1, math.inf), (math.nan, 1, 2)]
)
def test_a_range_out_of_order_is_refused(ends: tuple[float, float, float]) -> None:
    with pytest.raises(BadValue, match="low <= best <= high"):
        Interval(low=ends[0], best=ends[1], high=ends[2])


@given(st.lists(st.tuples(intervals(), intervals()), max_size=5))
def test_a_cost_is_the_sum_of_its_lines(parts: list[tuple[Interval, Interval]]) -> None:
    lines = [
        CostLine(name="n", amount=amount, unit="u", price=price, source="s")
        for amount, price in parts
    ]
    made = Cost.of(lines, scope="incremental")
    assert made.low == pytest.approx(sum(a.low * p.low for a, p in parts))
    assert made.best == pytest.approx(sum(a.best * p.best for a, p in parts))
    assert made.high == pytest.approx(sum(a.high * p.high for a, p in parts))
    assert Cost.from_dict(made.to_dict()) == made


def test_a_cost_says_its_scope_and_range() -> None:
    assert str(cost()) == "USD 0.1 M (0.0 to 0.1 M) (incremental)"
    assert in_millions(cost()) == "0.1 M (0.0 to 0.1 M)"


@pytest.mark.parametrize("scope", ["", "  ", "a\nb", "x" * (SCOPE_LENGTH + 1)])
def test_a_cost_without_a_scope_is_refused(scope: str) -> None:
    with pytest.raises(BadValue, match="scope"):
        Cost.of([], scope=scope)


def test_a_cost_that_does_not_add_up_is_refused() -> None:
    lines = cost().lines
    with pytest.raises(BadValue, match="sum of its lines"):
        Cost(low=25_000, best=30_000, high=65_000, scope="s", lines=lines)
    with pytest.raises(BadValue, match="sum of its lines"):
        Cost(low=0, best=55_000, high=65_000, scope="s", lines=lines)


def test_a_troop_day_is_what_the_published_sums_make_it() -> None:
    """$72M for 5,900 people and 48 days; $1.3B to 10 December 2025 for about 7,700."""
    assert pytest.approx(254, abs=1) == 72e6 / (5_900 * 48)
    assert 250 <= 72e6 / (5_900 * 48) <= 650
    assert 250 <= 1.3e9 / (7_700 * 324) <= 650
