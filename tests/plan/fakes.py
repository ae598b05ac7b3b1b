"""An authority table and a proposal that tests can make without files."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from linewatch.plan import (
    Cost,
    CostLine,
    Interval,
    Pairing,
    Proposal,
    ProposalKind,
    checked,
)


@dataclass(frozen=True)
class Said:
    """An answer as the authority gives it."""

    answer: str
    rule: str = "rule-1"
    layer: str = "law"
    conditions: tuple[str, ...] = ()
    citation: str = "10 USC 284"


@dataclass(frozen=True)
class Table:
    """Answers by task; what it does not know is prohibited."""

    answers: Mapping[str, Said] = field(default_factory=dict)

    def __call__(
        self,
        *,
        task: str,
        status: str,  # noqa: ARG002
        on: date,  # noqa: ARG002
        zone: str | None = None,  # noqa: ARG002
    ) -> Said:
        """Answer by the task alone."""
        return self.answers.get(task, Said("prohibited", "unknown", "default"))


OPEN = Table(
    {
        "static": Said("allowed"),
        "wire": Said("conditional", conditions=("request", "land owner")),
        "road": Said("conditional", conditions=("request",)),
    }
)


def pairing(task: str = "static") -> Pairing:
    """Return a pairing of the task."""
    return Pairing(task=task, status="T10", place="Yuma", on=date(2025, 4, 1))


def cost() -> Cost:
    """Return a cost of one line."""
    line = CostLine(
        name="troop-days",
        amount=Interval.exactly(100),
        unit="troop-day",
        price=Interval(low=250, best=550, high=650),
        source="derived",
    )
    return Cost.of([line], scope="incremental")


def proposal(*tasks: str, kind: ProposalKind = ProposalKind.DEPLOY) -> Proposal:
    """Return a proposal for these tasks."""
    asked = [pairing(task) for task in tasks or ("static",)]
    return Proposal(
        kind=kind,
        made_s=1_740_787_200.0,
        summary="100 people in place by 1 May",
        checks=checked(asked, OPEN),
        cost=cost(),
        readiness=("a brigade: 55% taken",),
        body={"rows": [{"unit": "A", "people": 100}]},
    )


def builtin_proposal(kind: ProposalKind = ProposalKind.DEPLOY) -> Proposal:
    """Return a proposal for a task that the built-in rules know."""
    asked = [replace(pairing(), task="detect_monitor_static")]
    open_to_all = Table({"detect_monitor_static": Said("allowed")})
    return replace(proposal(kind=kind), checks=checked(asked, open_to_all))
