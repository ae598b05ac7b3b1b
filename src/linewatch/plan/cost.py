"""Cost: money that always says its range and what it covers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from linewatch.errors import BadValue
from linewatch.plan.interval import Interval

INCREMENTAL: Final = (
    "incremental: what the mission adds, without active pay, bases and lost training"
)
"""Scope of the troop-day factor: obligations divided by troop-days, see factors.csv."""

SCOPE_LENGTH: Final = 120
"""Longest scope [characters], as the mission log keeps it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostLine:
    """One line of a cost: so many of a unit at a price each.

    Parameters
    ----------
    name : str
        What is paid for.
    amount : Interval
        How many.
    unit : str
        Of what, such as ``troop-day``.
    price : Interval
        Price of one [currency of the cost].
    source : str
        Where the price comes from.
    factor : str, optional
        Planning factor that is the price; lines of one factor rise and fall together.
    """

    name: str
    amount: Interval
    unit: str
    price: Interval
    source: str
    factor: str = ""

    @property
    def sum(self) -> Interval:
        """The line's money: amount times price, by interval arithmetic."""
        return self.amount * self.price

    def to_dict(self) -> dict[str, object]:
        """Write the line as plain values."""
        factor = {"factor": self.factor} if self.factor else {}
        return {
            "name": self.name,
            "amount": _ends(self.amount),
            "unit": self.unit,
            "price": _ends(self.price),
            "source": self.source,
            **factor,
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, object]) -> "CostLine":
        """Read a line that `to_dict` wrote."""
        return cls(
            name=str(body["name"]),
            amount=_interval(body["amount"]),
            unit=str(body["unit"]),
            price=_interval(body["price"]),
            source=str(body["source"]),
            factor=str(body.get("factor", "")),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """A sum of money with its range, its scope and the lines that make it.

    Parameters
    ----------
    low, best, high : float
        The money [currency].
    scope : str
        What is counted and what is left out, in one line; never empty.
    lines : tuple of CostLine
        What it is made of; their sums make low, best and high.
    currency : str, optional
        ISO 4217 code.

    Raises
    ------
    BadValue
        If the scope is not said, the range is out of order, or the lines do not add up.
    """

    low: float
    best: float
    high: float
    scope: str
    lines: tuple[CostLine, ...]
    currency: str = "USD"

    def __post_init__(self) -> None:
        said = bool(self.scope.strip()) and self.scope.isprintable()
        if not said or len(self.scope) > SCOPE_LENGTH:
            rule = f"said in one line of at most {SCOPE_LENGTH} characters"
            raise BadValue("cost scope", rule, repr(self.scope))
        told = Interval(low=self.low, best=self.best, high=self.high)
        for end in ("low", "best", "high"):
            object.__setattr__(self, end, getattr(told, end))
        made = _sum(self.lines)
        if abs(told.best - made.best) > _GRAIN or abs(told.width - made.width) > _GRAIN:
            rule = f"the sum of its lines, {made.best:,.2f}"
            raise BadValue("cost", rule, f"{told.best:,.2f}")

    @classmethod
    def of(cls, lines: Iterable[CostLine], *, scope: str) -> "Cost":
        """Add up `lines` into a cost of the `scope`."""
        kept = tuple(lines)
        total = _sum(kept)
        return cls(
            low=total.low, best=total.best, high=total.high, scope=scope, lines=kept
        )

    def to_dict(self) -> dict[str, object]:
        """Write the cost as plain values."""
        return {
            "low": self.low,
            "best": self.best,
            "high": self.high,
            "currency": self.currency,
            "scope": self.scope,
            "lines": [line.to_dict() for line in self.lines],
        }

    @classmethod
    def from_dict(cls, body: Mapping[str, object]) -> "Cost":
        """Read a cost that `to_dict` wrote.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it is not one.
        """
        lines = body["lines"]
        if not isinstance(lines, list):
            raise TypeError("lines")
        total = _interval({end: body[end] for end in ("low", "best", "high")})
        return cls(
            low=total.low,
            best=total.best,
            high=total.high,
            currency=str(body["currency"]),
            scope=str(body["scope"]),
            lines=tuple(CostLine.from_dict(line) for line in lines),
        )

    def __str__(self) -> str:
        return f"{self.currency} {in_millions(self)} ({self.scope})"


_GRAIN: Final = 0.01
"""Largest difference between a told sum and that of its lines [currency]."""


def in_millions(cost: Cost) -> str:
    """Say a cost's money in millions, best first.

    Examples
    --------
    >>> price = Interval(low=250, best=550, high=650)
    >>> days = Interval.exactly(10_000)
    >>> line = CostLine(name="a", amount=days, unit="day", price=price, source="b")
    >>> in_millions(Cost.of([line], scope="incremental"))
    '5.5 M (2.5 to 6.5 M)'
    """
    return (
        f"{cost.best / 1e6:,.1f} M ({cost.low / 1e6:,.1f} to {cost.high / 1e6:,.1f} M)"
    )


def _sum(lines: Iterable[CostLine]) -> Interval:
    """Add up the money of lines."""
    total = Interval.exactly(0)
    for line in lines:
        total += line.sum
    return total


def _ends(interval: Interval) -> dict[str, float]:
    """Write a range as plain values."""
    return {"low": interval.low, "best": interval.best, "high": interval.high}


def _interval(body: object) -> Interval:
    """Read a range from plain values."""
    if not isinstance(body, Mapping):
        raise TypeError("range")
    return Interval(
        low=float(body["low"]), best=float(body["best"]), high=float(body["high"])
    )
