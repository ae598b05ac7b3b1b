"""Tests of rates: the length of the day against astronomy, days needed by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest
from astronomy import Body, Direction, Observer, SearchRiseSet, Time
from hypothesis import given
from hypothesis import strategies as st

from linewatch.plan import read_factors
from linewatch.plan.works import Rates, day_length_h

RATES = Rates(factors=read_factors(), lat_deg=31.3)


@pytest.mark.parametrize("lat_deg", [25.9, 31.3, 32.7])
@pytest.mark.parametrize("month", range(1, 13))
def test_day_length_agrees_with_astronomy(lat_deg: float, month: int) -> None:
    """Sunrise to sunset by Astronomy Engine, within four minutes."""
    observer = Observer(lat_deg, -110.0, 0.0)
    dawn = datetime(2025, month, 15, 10, tzinfo=UTC)
    begin = Time.Make(dawn.year, dawn.month, dawn.day, dawn.hour, 0, 0.0)
    rise = SearchRiseSet(Body.Sun, observer, Direction.Rise, begin, 1.0)
    assert rise is not None
    fall = SearchRiseSet(Body.Sun, observer, Direction.Set, rise, 1.0)
    assert fall is not None
    expected_h = (fall.ut - rise.ut) * 24
    got_h = day_length_h(date(2025, month, 15), lat_deg)
    assert got_h == pytest.approx(expected_h, abs=4 / 60)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.floats(-66, 66))
def test_a_day_and_its_mirror_make_24_hours_but_for_the_edge(
    on: date, lat_deg: float
) -> None:
    """North and south share the sky; the sun's size and refraction give both more."""
    both = day_length_h(on, lat_deg) + day_length_h(on, -lat_deg)
    assert 24 <= both < 27


@pytest.mark.parametrize("lat_deg", [-89.0, 89.0])
def test_the_pole_has_whole_days_and_whole_nights(lat_deg: float) -> None:
    june, december = date(2025, 6, 21), date(2025, 12, 21)
    summer, winter = (june, december) if lat_deg > 0 else (december, june)
    assert day_length_h(summer, lat_deg) == 24
    assert day_length_h(winter, lat_deg) == 0


def test_heat_and_dark_shorten_the_shift() -> None:
    assert RATES.share_of_shift(date(2025, 4, 1)) == 1
    assert RATES.share_of_shift(date(2025, 5, 1)) == pytest.approx(0.9)
    assert RATES.share_of_shift(date(2025, 7, 1)) == pytest.approx(0.6)
    december = RATES.share_of_shift(date(2025, 12, 21))
    assert december == 1
    north = Rates(factors=read_factors(), lat_deg=60.0)
    assert north.share_of_shift(date(2025, 12, 21)) == pytest.approx(0.59, abs=0.02)


@given(
    st.dates(date(2025, 1, 1), date(2026, 1, 1)),
    st.floats(1, 5_000),
    st.floats(10, 500),
)
def test_days_needed_are_the_fewest(on: date, length_m: float, daily_m: float) -> None:
    days = RATES.days_needed(on, length_m=length_m, daily_m=daily_m)
    made_m = [
        daily_m * RATES.share_of_shift(on + timedelta(days=day)) for day in range(days)
    ]
    assert sum(made_m) >= length_m - 0.002
    assert sum(made_m[:-1]) < length_m


@given(
    st.dates(date(2025, 1, 1), date(2026, 1, 1)),
    st.integers(0, 20),
    st.floats(1, 5_000),
    st.floats(10, 500),
)
def test_the_days_of_many_starts_are_those_of_each(
    first: date, starts: int, length_m: float, daily_m: float
) -> None:
    many = RATES.days_by_start(first, starts, length_m=length_m, daily_m=daily_m)
    assert many == [
        RATES.days_needed(
            first + timedelta(days=at), length_m=length_m, daily_m=daily_m
        )
        for at in range(starts)
    ]


def test_a_whole_number_of_days_is_not_one_more() -> None:
    assert RATES.days_needed(date(2025, 3, 1), length_m=1_000, daily_m=100) == 10
    assert RATES.days_needed(date(2025, 3, 1), length_m=0.3, daily_m=0.1) == 3
    assert RATES.days_needed(date(2025, 3, 1), length_m=0.0, daily_m=0.1) == 0


def test_wire_of_the_mission_was_a_fiftieth_of_the_manuals() -> None:
    """58 miles by 500 people in 172 days: 1.09 m a person-day against some 60."""
    assert pytest.approx(1.09, abs=0.01) == 58 * 1_609.344 / (500 * 172)
    assert RATES.calibration("wire") == pytest.approx(1.09 / 60)
    each = RATES.metres_per_day("wire", people=500, rate="all_in")
    assert each.best == pytest.approx(543, abs=3)


@pytest.mark.parametrize("kind", ["wire", "vehicle_barrier", "road", "lighting"])
def test_a_mission_is_never_faster_than_its_crews(kind: str) -> None:
    assert 0 < RATES.calibration(kind) <= 1
