"""Interval and span: a figure that carries its range wherever it goes."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

from linewatch.errors import BadValue


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A best figure between the lowest and the highest that its source allows.

    Sums and products are those of interval arithmetic: the ends meet the ends, as if
    every figure were at its worst at once. The range is therefore never too narrow, and
    for a sum of independent figures it is wider than a chance of 95 % would ask.

    Parameters
    ----------
    low, best, high : float
        0 <= low <= best <= high.

    Raises
    ------
    BadValue
        If they are not in this order.

    Notes
    -----
    Figures here are amounts and prices, never negative, so a product needs no sorting
    of its ends. See Moore, Kearfott, Cloud, *Introduction to Interval Analysis*, 2009,
    doi:10.1137/1.9780898717716.

    Examples
    --------
    >>> troops = Interval.exactly(100)
    >>> troops * Interval(low=250, best=550, high=650)
    Interval(low=25000.0, best=55000.0, high=65000.0)
    """

    low: float
    best: float
    high: float

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.best <= self.high < float("inf"):
            got = f"{self.low}, {self.best}, {self.high}"
            raise BadValue("range", "0 <= low <= best <= high", got)
        # Whole numbers become floats, so that equal figures are written alike.
        for end in ("low", "best", "high"):
            object.__setattr__(self, end, float(getattr(self, end)))

    @classmethod
    def exactly(cls, value: float) -> "Interval":
        """Return `value` with no width."""
        return cls(low=float(value), best=float(value), high=float(value))

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(
            low=self.low + other.low,
            best=self.best + other.best,
            high=self.high + other.high,
        )

    def __mul__(self, other: "Interval") -> "Interval":
        return Interval(
            low=self.low * other.low,
            best=self.best * other.best,
            high=self.high * other.high,
        )

    @property
    def width(self) -> float:
        """How far the ends are apart."""
        return self.high - self.low


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A best figure between two others, of either sign: a share, a change, a power.

    Parameters
    ----------
    low, best, high : float
        low <= best <= high, all finite.

    Raises
    ------
    BadValue
        If they are not in this order.

    Examples
    --------
    >>> Span.of(abs, Span(low=-3, best=1, high=2)).high
    3.0
    """

    low: float
    best: float
    high: float

    def __post_init__(self) -> None:
        if not -math.inf < self.low <= self.best <= self.high < math.inf:
            got = f"{self.low}, {self.best}, {self.high}"
            raise BadValue("range", "low <= best <= high", got)
        for end in ("low", "best", "high"):
            object.__setattr__(self, end, float(getattr(self, end)))

    @classmethod
    def exactly(cls, value: float) -> "Span":
        """Return `value` with no width."""
        return cls(low=value, best=value, high=value)

    @classmethod
    def read(cls, name: str, told: str) -> "Span":
        """Read a figure, or its low, best and high set apart by commas.

        Raises
        ------
        BadValue
            If it is neither; `name` says of what.
        """
        try:
            ends = [float(part) for part in told.split(",")]
            low, best, high = ends if len(ends) > 1 else ends * 3
            return cls(low=low, best=best, high=high)
        except ValueError:
            rule = "a number, or low,best,high in this order"
            raise BadValue(name, rule, repr(told)) from None

    @property
    def interval(self) -> Interval:
        """The same figure as an interval, which is never negative.

        Raises
        ------
        BadValue
            If it may be negative.
        """
        return Interval(low=self.low, best=self.best, high=self.high)

    @classmethod
    def of(cls, law: Callable[..., float], *inputs: "Span | Interval") -> "Span":
        """Return what a law makes of figures with ranges.

        Parameters
        ----------
        law : callable
            Rises or falls throughout in each of its figures, whatever the others are:
            then its least and its greatest value lie at corners of the ranges.
        *inputs : Span or Interval
            Its figures, any of which may be at either end with any other.
        """
        ends = product(*((one.low, one.best, one.high) for one in inputs))
        corners = [law(*each) for each in ends]
        return cls(
            low=min(corners),
            best=law(*(one.best for one in inputs)),
            high=max(corners),
        )

    @property
    def width(self) -> float:
        """How far the ends are apart."""
        return self.high - self.low
