"""Legal basis of a duty, by date: which law carried it, and what ended it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue
from linewatch.plan.interval import Interval, Span
from linewatch.plan.lever_tariff import Imports
from linewatch.plan.table import amount, count, day, note, one_of, read_rows, text
from linewatch.scenario import BUILT_IN, Scenario

IMPORTS: Final = BUILT_IN / "tariff_imports.csv"
BASES: Final = BUILT_IN / "tariff_basis.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """A duty that the law put on a partner's goods for a time.

    Parameters
    ----------
    partner, goods : str
        From whom, and which goods.
    since, until : date
        First and last day.
    rate : float
        Duty as a share of the customs value.
    exempts : bool
        Whether goods that keep the trade agreement's rules of origin pay nothing.
    basis : str
        The law and the order.
    ended_by : str
        What ended it.
    source : str
        Where this stands.

    Raises
    ------
    BadValue
        If it ends before it begins.
    """

    partner: str
    goods: str
    since: date
    until: date
    rate: float
    exempts: bool
    basis: str
    ended_by: str
    source: str

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise BadValue("to", f"on or after {self.since}", self.until)

    def covers(self, partner: str, goods: str) -> bool:
        """Tell whether it speaks of these goods."""
        return (self.partner, self.goods) == (partner, goods)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether a duty on a partner's goods had a legal basis on a day.

    Parameters
    ----------
    on : date
        The day.
    basis : Basis or None
        What carried it; None without one.
    nearest : Basis or None
        The last one before the day, else the first after it; None where there is none.
    """

    on: date
    basis: Basis | None
    nearest: Basis | None

    @property
    def said(self) -> str:
        """The standing in a sentence."""
        if self.basis is not None:
            return f"legal basis on {self.on}: {self.basis.basis}"
        if self.nearest is None:
            return f"no legal basis on {self.on}: none is on record for these goods"
        if self.nearest.until < self.on:
            return (
                f"no legal basis on {self.on}: {self.nearest.basis} ended after "
                f"{self.nearest.until} ({self.nearest.ended_by})"
            )
        return f"no legal basis on {self.on}: {self.nearest.basis} began on " + str(
            self.nearest.since
        )


def read_imports(scenario: Scenario | None = None) -> tuple[Imports, ...]:
    """Read what partners sent: the scenario's own file, else the built-in one.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read or a row breaks a rule.
    """
    return imports_in(_path(scenario, "tariff_imports", IMPORTS))


def imports_in(path: Path) -> tuple[Imports, ...]:
    """Read the imports of one file; see `read_imports`."""
    return read_rows(
        path,
        _imports,
        {
            "partner": text,
            "goods": text,
            "year": count,
            "usd_bn": amount,
            "usd_bn_low": amount,
            "usd_bn_high": amount,
            "exempt": amount,
            "exempt_low": amount,
            "exempt_high": amount,
            "source": text,
        },
    )


def read_bases(scenario: Scenario | None = None) -> tuple[Basis, ...]:
    """Read the legal bases: the scenario's own file, else the built-in one.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read, a row breaks a rule, or two rows speak of the same
        goods on one day.
    """
    return bases_in(_path(scenario, "tariff_basis", BASES))


def bases_in(path: Path) -> tuple[Basis, ...]:
    """Read the legal bases of one file; see `read_bases`."""
    found = read_rows(
        path,
        Basis,
        {
            "partner": text,
            "goods": text,
            "from": day,
            "to": day,
            "rate": amount,
            "exempts": lambda cell: one_of(("yes", "no"))(cell) == "yes",
            "basis": text,
            "ended_by": note,
            "source": text,
        },
        rename={"from": "since", "to": "until"},
    )
    for one, other in _clashes(found):
        what = (
            f"{one.partner} {one.goods} has two rows for {max(one.since, other.since)}"
        )
        raise BadValue(f"{path}: legal basis", "one for each day", what)
    return found


def standing_on(bases: Sequence[Basis], partner: str, goods: str, on: date) -> Standing:
    """Return whether a duty on a partner's goods had a legal basis on a day."""
    own = [one for one in bases if one.covers(partner, goods)]
    held = next((one for one in own if one.since <= on <= one.until), None)
    before = [one for one in own if one.until < on]
    after = [one for one in own if one.since > on]
    nearest = max(before, key=lambda one: one.until, default=None) or min(
        after, key=lambda one: one.since, default=None
    )
    return Standing(on=on, basis=held, nearest=held or nearest)


def _clashes(found: Sequence[Basis]) -> Iterable[tuple[Basis, Basis]]:
    """Yield pairs of rows that speak of the same goods on one day."""
    for at, one in enumerate(found):
        for other in found[at + 1 :]:
            days = one.since <= other.until and other.since <= one.until
            if days and one.covers(other.partner, other.goods):
                yield one, other


def _path(scenario: Scenario | None, key: str, built_in: Path) -> Path:
    """Return the scenario's own file, else the built-in one."""
    if scenario is not None and key in scenario.table("plan"):
        return scenario.file("plan", key)
    return built_in


def _imports(  # noqa: PLR0913  a row has that many columns
    *,
    partner: str,
    goods: str,
    year: int,
    usd_bn: float,
    usd_bn_low: float,
    usd_bn_high: float,
    exempt: float,
    exempt_low: float,
    exempt_high: float,
    source: str,
) -> Imports:
    """Make imports of a row."""
    return Imports(
        partner=partner,
        goods=goods,
        year=year,
        value=Interval(low=usd_bn_low, best=usd_bn, high=usd_bn_high),
        exempt=Span(low=exempt_low, best=exempt, high=exempt_high),
        source=source,
    )
