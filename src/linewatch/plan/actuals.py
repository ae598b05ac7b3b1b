"""Actuals: what was paid, held against the estimate, with what is missing named."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue
from linewatch.plan.account import Account
from linewatch.plan.interval import Interval
from linewatch.plan.scopes import Scope
from linewatch.plan.table import amount, day, one_of, read_rows, text, words
from linewatch.scenario import Scenario

WHOLE: Final = "*"
"""Line of an actual that covers a scope and is not split by its lines."""

STATUSES: Final = ("T10", "T32", "SAD")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actual:
    """Money that was paid, or was told to be.

    Parameters
    ----------
    actual : str
        Its name.
    since, until : date
        The period that it covers, both days in it.
    line : str
        Line of the scope; ``*`` for all of them.
    amount_usd : float
        The money [USD].
    statuses : tuple of str
        Duty statuses that it covers; none for all.
    scope : str
        Name of the scope that it was counted by.
    includes : tuple of str
        What is in it that the scope does not hold.
    source : str
        Where it stands.

    Raises
    ------
    BadValue
        If it ends before it begins, or a status does not exist.
    """

    actual: str
    since: date
    until: date
    line: str
    amount_usd: float
    statuses: tuple[str, ...]
    scope: str
    includes: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise BadValue("to", f"on or after {self.since}", self.until)
        for status in self.statuses:
            if status not in STATUSES:
                raise BadValue("status", f"among {', '.join(STATUSES)}", status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """An actual beside the estimate for the same period and lines.

    Parameters
    ----------
    actual : Actual
        What was paid.
    estimate : Interval
        What the account says for it [USD].
    mismatch : tuple of str
        Why the two do not cover the same; none where they do.
    """

    actual: Actual
    estimate: Interval
    mismatch: tuple[str, ...]

    @property
    def ratio(self) -> float | None:
        """Actual over best estimate; None where nothing was estimated."""
        return (
            self.actual.amount_usd / self.estimate.best if self.estimate.best else None
        )

    @property
    def verdict(self) -> str:
        """Where the actual lies: within the range, below it or above it.

        A mismatch is told beside it and not mended: how much of the actual it makes
        was not published.
        """
        if self.actual.amount_usd < self.estimate.low:
            return "below the range"
        if self.actual.amount_usd > self.estimate.high:
            return "above the range"
        return "within the range"


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """Days of a line for which no actual was entered."""

    line: str
    since: date
    until: date


def read_actuals(scenario: Scenario, scopes: Iterable[str]) -> tuple[Actual, ...]:
    """Read the actuals that a scenario's ``[plan] actuals`` names; none without it.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read or a row breaks a rule.
    """
    if "actuals" not in scenario.table("plan"):
        return ()
    return actuals_in(scenario.file("plan", "actuals"), scopes)


def actuals_in(path: Path, scopes: Iterable[str]) -> tuple[Actual, ...]:
    """Read the actuals of one file; see `read_actuals`."""
    return read_rows(
        path,
        Actual,
        {
            "actual": text,
            "from": day,
            "to": day,
            "line": text,
            "amount_usd": amount,
            "statuses": words,
            "scope": one_of(tuple(scopes)),
            "includes": words,
            "source": text,
        },
        key="actual",
        rename={"from": "since", "to": "until"},
    )


def compare(actual: Actual, held: Account) -> Comparison:
    """Hold an actual against the account of its own period.

    Parameters
    ----------
    actual : Actual
        What was paid.
    held : Account
        The account of the actual's period, for all statuses.

    Raises
    ------
    BadValue
        If the account is of another period, or its scope has no such line.
    """
    asked = held.asked
    if (asked.since, asked.on) != (actual.since, actual.until):
        rule = f"that of {actual.actual}, {actual.since} to {actual.until}"
        raise BadValue("period of the account", rule, f"{asked.since} to {asked.on}")
    inside = {one.line: one for one in held.scope.inside}
    if actual.line not in {WHOLE, *inside}:
        rule = f"* or a line of the scope: {', '.join(inside)}"
        raise BadValue(f"line of {actual.actual}", rule, repr(actual.line))
    total = Interval.exactly(0)
    for line in held.cost.lines:
        status = inside[line.name].status
        wanted = not actual.statuses or not status or status in actual.statuses
        if actual.line in {WHOLE, line.name} and wanted:
            total += line.sum
    return Comparison(
        actual=actual, estimate=total, mismatch=tuple(_mismatch(actual, held))
    )


def missing(
    actuals: Sequence[Actual], scope: Scope, since: date, until: date
) -> tuple[Missing, ...]:
    """Name the days of each line of a scope for which no actual was entered.

    An actual of the whole scope covers every line whose status it covers, though it
    does not say how much each took.
    """
    found: list[Missing] = []
    for line in scope.inside:
        spans = sorted(
            (one.since, one.until)
            for one in actuals
            if one.scope == scope.name
            and one.line in {WHOLE, line.line}
            and (not one.statuses or not line.status or line.status in one.statuses)
        )
        found += [
            Missing(line=line.line, since=first, until=last)
            for first, last in _gaps(spans, since, until)
        ]
    return tuple(found)


def overlaps(actuals: Sequence[Actual]) -> tuple[tuple[str, str], ...]:
    """Name pairs of actuals that share days of a line: never add them up."""
    pairs: list[tuple[str, str]] = []
    for at, one in enumerate(actuals):
        for other in actuals[at + 1 :]:
            lines = one.line == other.line or WHOLE in {one.line, other.line}
            days = one.since <= other.until and other.since <= one.until
            if lines and days and one.scope == other.scope:
                pairs.append((one.actual, other.actual))
    return tuple(pairs)


def _gaps(
    spans: Iterable[tuple[date, date]], since: date, until: date
) -> list[tuple[date, date]]:
    """Return the stretches of a period that no span covers."""
    gaps: list[tuple[date, date]] = []
    at = since
    for first, last in spans:
        if first > until:
            break
        if first > at:
            gaps.append((at, first - timedelta(days=1)))
        at = max(at, last + timedelta(days=1))
    if at <= until:
        gaps.append((at, until))
    return gaps


def _mismatch(actual: Actual, held: Account) -> Iterable[str]:
    """Say why an actual and its estimate do not cover the same."""
    if actual.scope != held.scope.name:
        yield f"counted as {actual.scope}, estimated as {held.scope.name}"
    if actual.includes:
        yield f"includes {' and '.join(actual.includes)}, which the estimate does not"
    if held.last_entry < actual.until and held.days:
        yield (
            f"the ledger's last entry is of {held.last_entry}: all are taken to stay "
            f"until {actual.until}"
        )
