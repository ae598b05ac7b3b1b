"""Time: seconds of UTC since 1970 inside, ISO 8601 at the doors."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from linewatch.errors import BadValue

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""The instant that seconds are counted from."""

DAY_S: Final = 86_400.0
"""Seconds in a day of UTC, leap seconds aside [s]."""


def to_epoch_s(text: str) -> float:
    """Read an ISO 8601 instant or date as seconds since 1970-01-01 UTC [s].

    A date alone is its first instant; an instant without an offset is UTC.

    Raises
    ------
    BadValue
        If the text is no ISO 8601 instant or date.

    Examples
    --------
    >>> to_epoch_s("2025-03-01")
    1740787200.0
    >>> to_epoch_s("2025-03-01T06:30:00+06:30")
    1740787200.0
    """
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue("time", "an ISO 8601 date or instant", repr(text)) from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=UTC)
    return instant.timestamp()


def to_iso(epoch_s: float) -> str:
    """Write seconds since 1970-01-01 UTC as an ISO 8601 instant, to the millisecond.

    Examples
    --------
    >>> to_iso(1740787200.25)
    '2025-03-01T00:00:00.250Z'
    """
    # Whole milliseconds, for isoformat cuts where it should round.
    instant = EPOCH + timedelta(milliseconds=round(epoch_s * 1000))
    text = instant.isoformat(
        timespec="milliseconds" if instant.microsecond else "seconds"
    )
    return text.replace("+00:00", "Z")


def to_date(text: str) -> date:
    """Read an ISO 8601 date.

    Raises
    ------
    BadValue
        If the text is no ISO 8601 date.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadValue(
            "date", "an ISO 8601 date such as 2025-03-01", repr(text)
        ) from error
