"""Tariff: duty, imports and exempt shares by one formula, with ranges."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from linewatch.errors import BadValue
from linewatch.plan.interval import Interval, Span

PASS_THROUGH: Final = Span(low=0.8, best=1.0, high=1.0)
"""Share of a duty that buyers pay. Complete in 2018-19: Fajgelbaum et al., QJE 2020,
doi:10.1093/qje/qjz036; the low end is an assumption for a duty that lasts."""

ELASTICITY: Final = Span(low=0.0, best=1.0, high=2.53)
"""Per cent by which imports fall for each per cent that they become dearer. Between
none and the 2.53 of Fajgelbaum et al. between origins of one product (of general
knowledge, not checked): one neighbour's goods may be replaced, all imports hardly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imports:
    """What a partner sent in a year before the duty.

    Parameters
    ----------
    partner, goods : str
        From whom, and which goods.
    year : int
        Calendar year.
    value : Interval
        Customs value [billion USD a year].
    exempt : Span
        Share of the value that an exemption takes out, 0 to 1.
    source : str
        Where the figures stand.

    Raises
    ------
    BadValue
        If the exempt share leaves 0 to 1.
    """

    partner: str
    goods: str
    year: int
    value: Interval
    exempt: Span
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.exempt.low <= self.exempt.high <= 1:
            got = f"{self.exempt.low:g} to {self.exempt.high:g}"
            raise BadValue("exempt share", "within 0 and 1", got)


@dataclass(frozen=True, slots=True, kw_only=True)
class Burden:
    """What a duty does to a partner's goods in a year.

    Parameters
    ----------
    imports : Imports
        What was sent before.
    rate : float
        Duty as a share of the customs value.
    exempted : bool
        Whether the exempt share is taken out.
    pass_through, elasticity : Span
        As stated.
    dutiable_before, dutiable_after : Span
        Customs value under the duty, before and after it [billion USD a year].
    duty : Span
        Paid a year [billion USD].
    """

    imports: Imports
    rate: float
    exempted: bool
    pass_through: Span
    elasticity: Span
    dutiable_before: Span
    dutiable_after: Span
    duty: Span

    @property
    def change(self) -> Span:
        """By what share all the imports of these goods change, exempt ones included."""
        exempt = self.imports.exempt if self.exempted else Span.exactly(0)
        return Span.of(
            lambda out, through, power: (
                imports_after(
                    1.0,
                    exempt=out,
                    rate=self.rate,
                    pass_through=through,
                    elasticity=power,
                )
                + out
                - 1.0
            ),
            exempt,
            self.pass_through,
            self.elasticity,
        )


def imports_after(
    before: float, *, exempt: float, rate: float, pass_through: float, elasticity: float
) -> float:
    """Return the customs value of dutiable imports under a duty.

    Parameters
    ----------
    before : float
        Customs value of all imports before it [any money].
    exempt : float
        Share that pays no duty.
    rate : float
        Duty as a share of the customs value.
    pass_through : float
        Share of the duty that buyers pay; sellers take the rest off their price.
    elasticity : float
        Per cent by which the quantity falls for each per cent that buyers pay more.

    Notes
    -----
    ``V1 = V0 (1-x) ((1+pi t)/(1+t)) (1+pi t)**(-eps)``: buyers pay ``1+pi t`` of the
    old price, of which sellers get ``(1+pi t)/(1+t)``, and buy ``(1+pi t)**(-eps)`` of
    the old quantity. In each of x, pi and eps by itself it rises or falls throughout.

    Examples
    --------
    >>> told = {"exempt": 0, "rate": 0.25, "pass_through": 1}
    >>> [round(0.25 * imports_after(505.9, elasticity=e, **told), 1) for e in (0, 1)]
    [126.5, 101.2]
    """
    paid = 1.0 + pass_through * rate
    return float(before * (1.0 - exempt) * paid / (1.0 + rate) * paid ** (-elasticity))


def burden(
    imports: Imports,
    *,
    rate: float,
    exempted: bool,
    pass_through: Span = PASS_THROUGH,
    elasticity: Span = ELASTICITY,
) -> Burden:
    """Return what a duty does to a partner's goods, with ranges carried through.

    Parameters
    ----------
    imports : Imports
        What was sent before.
    rate : float
        Duty as a share of the customs value, 0 to 10.
    exempted : bool
        Whether the exempt share pays nothing, as goods under a trade agreement do.
    pass_through : Span, optional
        Within 0 and 1.
    elasticity : Span, optional
        0 or more.

    Raises
    ------
    BadValue
        If the rate, the pass-through or the elasticity is out of its bounds.
    """
    if not 0 <= rate <= 10:
        raise BadValue("rate", "a share from 0 to 10, such as 0.25", rate)
    if not 0 <= pass_through.low <= pass_through.high <= 1:
        got = f"{pass_through.low:g} to {pass_through.high:g}"
        raise BadValue("pass-through", "within 0 and 1", got)
    if not elasticity.low >= 0:
        raise BadValue("elasticity of imports", "0 or more", elasticity.low)
    exempt = imports.exempt if exempted else Span.exactly(0)

    def after(value: float, out: float, through: float, power: float) -> float:
        return imports_after(
            value, exempt=out, rate=rate, pass_through=through, elasticity=power
        )

    inputs = (imports.value, exempt, pass_through, elasticity)
    left = Span.of(after, *inputs)
    return Burden(
        imports=imports,
        rate=rate,
        exempted=exempted,
        pass_through=pass_through,
        elasticity=elasticity,
        dutiable_before=Span.of(lambda value, out: value * (1 - out), *inputs[:2]),
        dutiable_after=left,
        duty=Span(low=rate * left.low, best=rate * left.best, high=rate * left.high),
    )


def sum_of(spans: Iterable[Span]) -> Span:
    """Add up figures, every one at its worst at once."""
    every = tuple(spans)
    return Span(
        low=sum(one.low for one in every),
        best=sum(one.best for one in every),
        high=sum(one.high for one in every),
    )
