"""Tests of time: seconds inside, ISO 8601 at the doors."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.measure.clock import DAY_S, to_date, to_epoch_s, to_iso


@given(st.integers(-62_000_000_000_000, 250_000_000_000_000))
def test_both_ways_undo_each_other_to_the_millisecond(ms: int) -> None:
    assert to_epoch_s(to_iso(ms / 1000)) == pytest.approx(ms / 1000, abs=1e-4)


@given(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)))  # noqa: DTZ001
def test_without_an_offset_it_is_utc(when: datetime) -> None:
    expected = when.replace(tzinfo=UTC).timestamp()
    assert to_epoch_s(when.isoformat()) == expected
    assert to_epoch_s(when.isoformat() + "Z") == expected


def test_known_instants() -> None:
    assert to_epoch_s("1970-01-01") == 0.0
    assert to_epoch_s("2000-01-01T12:00:00Z") == 946_728_000.0
    assert to_epoch_s("2025-03-01T00:00:00-07:00") == 1_740_787_200.0 + 7 * 3_600
    assert to_iso(0.0) == "1970-01-01T00:00:00Z"
    assert to_iso(1_740_787_199.9996) == "2025-03-01T00:00:00Z"
    assert to_iso(-0.5) == "1969-12-31T23:59:59.500Z"


def test_a_day_is_a_day() -> None:
    assert to_epoch_s("2025-03-02") - to_epoch_s("2025-03-01") == DAY_S


@pytest.mark.parametrize("text", ["", "soon", "2025-02-30", "2025-03-01T25:00", "1.5"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadValue, match="time must be an ISO 8601 date or instant"):
        to_epoch_s(text)


def test_dates() -> None:
    assert to_date("2025-03-01") == date(2025, 3, 1)
    for text in ("", "2025-3-1", "2025-02-30", "2025-03-01T00:00"):
        with pytest.raises(BadValue, match="date must be an ISO 8601 date"):
            to_date(text)
