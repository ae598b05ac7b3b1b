"""Cost claims: published sums with their troops and days, beside the model's price."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from linewatch.errors import BadValue
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval
from linewatch.plan.table import amount, day, one_of, read_rows, text, words
from linewatch.scenario import BUILT_IN, Scenario

CLAIMS: Final = BUILT_IN / "cost_claims.csv"
"""Published sums that ship with Linewatch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CostClaim:
    """A published sum, for so many people in a period.

    Parameters
    ----------
    claim : str
        Its name.
    since, until : date
        The period, both days in it.
    people_low, people, people_high : float
        People on average, with the range that the source leaves.
    amount_usd : float
        The sum [USD].
    factor : str
        Planning factor that the model would price a troop-day with.
    includes : tuple of str
        What is in it besides troop-days.
    source : str
        Who told it; where the people or the days are an estimate, it says so.

    Raises
    ------
    BadValue
        If the period or the people are out of order, or there are none.
    """

    claim: str
    since: date
    until: date
    people_low: float
    people: float
    people_high: float
    amount_usd: float
    factor: str
    includes: tuple[str, ...]
    source: str

    def __post_init__(self) -> None:
        if self.until < self.since:
            raise BadValue("to", f"on or after {self.since}", self.until)
        if not 0 < self.people_low <= self.people <= self.people_high:
            got = f"{self.people_low:g}, {self.people:g}, {self.people_high:g}"
            raise BadValue("people", "above 0, low <= best <= high", got)

    @property
    def days(self) -> int:
        """Days of the period."""
        return (self.until - self.since).days + 1

    @property
    def troop_days(self) -> Interval:
        """People times days."""
        return Interval(
            low=self.people_low * self.days,
            best=self.people * self.days,
            high=self.people_high * self.days,
        )

    @property
    def usd_per_troop_day(self) -> Interval:
        """What the claim makes of a troop-day; more people make it cheaper."""
        days = self.troop_days
        return Interval(
            low=self.amount_usd / days.high,
            best=self.amount_usd / days.best,
            high=self.amount_usd / days.low,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A claim beside what the model makes of the same people and days [USD]."""

    claim: CostClaim
    model: Interval

    @property
    def verdict(self) -> str:
        """Whether the claim lies within the model's range."""
        if self.claim.amount_usd < self.model.low:
            return "below the range"
        if self.claim.amount_usd > self.model.high:
            return "above the range"
        return "within the range"


def read_cost_claims(
    factors: Factors, scenario: Scenario | None = None
) -> tuple[CostClaim, ...]:
    """Read the published sums: the scenario's own if it names a file, else built-in.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read, is empty, or a row breaks a rule.
    """
    path = CLAIMS
    if scenario is not None and "cost_claims" in scenario.table("plan"):
        path = scenario.file("plan", "cost_claims")
    return cost_claims_in(path, factors)


def cost_claims_in(path: Path, factors: Factors) -> tuple[CostClaim, ...]:
    """Read the published sums of one file; see `read_cost_claims`."""
    return read_rows(
        path,
        CostClaim,
        {
            "claim": text,
            "from": day,
            "to": day,
            "people_low": amount,
            "people": amount,
            "people_high": amount,
            "amount_usd": amount,
            "factor": one_of(factors.by_id),
            "includes": words,
            "source": text,
        },
        key="claim",
        rename={"from": "since", "to": "until"},
    )


def hold(claim: CostClaim, factors: Factors) -> Held:
    """Price a claim's people and days with the model's factor."""
    return Held(claim=claim, model=claim.troop_days * factors.interval(claim.factor))
