"""Planning factors: rates and prices with their range and source, all editable."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue, UnknownName
from linewatch.plan.interval import Interval
from linewatch.plan.table import Cell, amount, note, one_of, read_rows, text
from linewatch.scenario import BUILT_IN, Scenario

FACTORS: Final = BUILT_IN / "factors.csv"
"""The factors that ship with Linewatch; a scenario's own file replaces rows of it."""


class Confidence(StrEnum):
    """How far a factor's source carries it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One planning factor.

    Parameters
    ----------
    id : str
        Name in dots, such as ``cost.troop_day``.
    value, low, high : float
        Best figure and its range [unit].
    unit : str
        Unit in words.
    basis : str
        How the figure was come by.
    source : str
        Where it was published, or that it is an assumption.
    confidence : Confidence
        How far the source carries it.

    Raises
    ------
    BadValue
        If the value lies outside its range.
    """

    id: str
    value: float
    low: float
    high: float
    unit: str
    basis: str
    source: str
    confidence: Confidence

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            rule = f"between its low {self.low} and its high {self.high}"
            raise BadValue(self.id, rule, self.value)

    @property
    def interval(self) -> Interval:
        """The figure with its range [unit]."""
        return Interval(low=self.low, best=self.value, high=self.high)


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """The factors of a plan, by id."""

    by_id: Mapping[str, Factor]

    def of(self, name: str) -> Factor:
        """Return the factor called `name`.

        Raises
        ------
        UnknownName
            If there is none.
        """
        try:
            return self.by_id[name]
        except KeyError:
            raise UnknownName("planning factor", name, sorted(self.by_id)) from None

    def value(self, name: str) -> float:
        """Return the best figure of the factor called `name`."""
        return self.of(name).value

    def interval(self, name: str) -> Interval:
        """Return the factor called `name` with its range."""
        return self.of(name).interval


def read_factors(scenario: Scenario | None = None) -> Factors:
    """Read the built-in factors and lay a scenario's own rows over them.

    Parameters
    ----------
    scenario : Scenario, optional
        Its ``[plan] factors`` names a CSV file with the columns of the built-in one and
        as many of its rows as are to change.

    Raises
    ------
    BadFile, BadLines
        If a file cannot be read, a row breaks a rule, or a row's id is no factor: a
        misspelt id would otherwise leave the old figure in force unseen.
    """
    by_id = _read(FACTORS, text)
    if scenario is None or "factors" not in scenario.table("plan"):
        return Factors(by_id=by_id)
    own = _read(scenario.file("plan", "factors"), one_of(by_id))
    return Factors(by_id=by_id | own)


def _confidence(cell: str) -> Confidence:
    """Read how far a source carries its figure."""
    try:
        return Confidence(cell)
    except ValueError:
        allowed = ", ".join(Confidence)
        raise BadValue("confidence", f"one of {allowed}", repr(cell)) from None


def _read(path: Path, name: Cell) -> dict[str, Factor]:
    """Read a file of factors whose ids `name` accepts, each id once."""
    factors = read_rows(
        path,
        Factor,
        {
            "id": name,
            "value": amount,
            "low": amount,
            "high": amount,
            "unit": text,
            "basis": note,
            "source": text,
            "confidence": _confidence,
        },
        key="id",
    )
    return {factor.id: factor for factor in factors}
