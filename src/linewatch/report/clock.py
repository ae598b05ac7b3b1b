"""Times as reports write them."""

from datetime import UTC, datetime
from typing import Final

MONTHS: Final = (
    *("JAN", "FEB", "MAR", "APR", "MAY", "JUN"),
    *("JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
)
"""Months in English whatever the machine's language."""


def date_time_group(epoch_s: float) -> str:
    """Write an instant as a date-time group in Zulu time, to the minute begun.

    Examples
    --------
    >>> date_time_group(1740809045.0)
    '010604Z MAR 25'
    """
    at = datetime.fromtimestamp(epoch_s, UTC)
    return f"{at:%d%H%M}Z {MONTHS[at.month - 1]} {at:%y}"
