"""A situation report as one HTML file that needs nothing else."""

from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from linewatch.measure.clock import to_iso
from linewatch.report.clock import date_time_group
from linewatch.report.sitrep import Sitrep, total_ids

STATUS_NAMES: Final = {
    "title10": "Title 10 (federal)",
    "title32": "Title 32 (governor, federal pay)",
    "state_active_duty": "State active duty (governor)",
}

CONTACTS_SHOWN: Final = 200
"""Contacts that the table lists; the counts above it hold all."""


def count_words(value: float) -> str:
    """Write a whole number in groups of three.

    Examples
    --------
    >>> count_words(12200)
    '12,200'
    """
    return f"{value:,.0f}"


def money_words(value: float | None) -> str:
    """Write money to three digits in millions, or in thousands below one.

    Examples
    --------
    >>> money_words(45_640_000.0), money_words(8_200.0), money_words(None)
    ('45.6 million', '8 thousand', 'not given')
    """
    if value is None:
        return "not given"
    if abs(value) >= 1e6:
        return f"{value / 1e6:.1f} million"
    return f"{value / 1e3:.0f} thousand"


def span_words(seconds: float | None) -> str:
    """Write a span of time, to the second below an hour.

    Examples
    --------
    >>> span_words(75.4), span_words(4000.0), span_words(None)
    ('1 min 15 s', '1 h 6 min', 'none')
    """
    if seconds is None:
        return "none"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def sitrep_page(report: Sitrep) -> str:
    """Write a report as HTML; every value in it is escaped."""
    paper = Environment(
        loader=PackageLoader("linewatch.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    paper.filters |= {
        "count": count_words,
        "money": money_words,
        "span": span_words,
        "dtg": date_time_group,
        "iso": to_iso,
    }
    template = paper.get_template("sitrep.html")
    return template.render(
        report=report,
        status_names=STATUS_NAMES,
        contacts_shown=CONTACTS_SHOWN,
        total_ids=total_ids(report),
    )
