"""Options side by side: strength, cost, coverage, readiness, end date, authority."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from linewatch.errors import BadValue
from linewatch.measure.clock import to_date
from linewatch.plan.interval import Interval
from linewatch.plan.proposal import Proposal, ProposalKind
from linewatch.plan.readiness import Readiness, Taken

ENDS: Final = ("until", "finish")
"""Keys of a plan's body that tell its last day, the first that is there counts."""

COVERAGE: Final = {
    "objective": "expected share confirmed",
    "bound": "bound that no choice exceeds",
    "demand_covered": "share of demand covered",
}
"""Keys of a plan of sites that tell what it covers, and what they mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A proposal, as it is laid beside others.

    Parameters
    ----------
    name : str
        What it is called beside the others.
    proposal : Proposal
        The proposal.
    strength : mapping of str to Interval
        People by duty status; empty where the plan does not tell.
    coverage : mapping of str to float
        Shares by the words of `COVERAGE` and by target [-]; empty where the plan is
        not one of sites.
    starts, ends : date or None
        First and last day of its tasks; None where it does not tell.
    readiness : tuple of Readiness
        What it takes from each unit that gives, where that was worked out.
    """

    name: str
    proposal: Proposal
    strength: Mapping[str, Interval]
    coverage: Mapping[str, float]
    starts: date
    ends: date | None
    readiness: tuple[Readiness, ...] = ()

    @property
    def people(self) -> Interval | None:
        """People of all statuses; None where the plan does not tell."""
        if not self.strength:
            return None
        total = Interval.exactly(0)
        for each in self.strength.values():
            total += each
        return total

    @property
    def conditional(self) -> int:
        """How many checks wait for a condition."""
        checks = self.proposal.checks
        return sum(check.answer == "conditional" for check in checks)

    def to_dict(self) -> dict[str, object]:
        """Write it as plain words and numbers, for JSON."""
        proposal, people = self.proposal, self.people
        return {
            "name": self.name,
            "id": proposal.id,
            "kind": proposal.kind.value,
            "summary": proposal.summary,
            "requests": list(proposal.requests),
            "people": None if people is None else _ends(people),
            "people_by_status": {k: _ends(v) for k, v in self.strength.items()},
            "cost": {
                "low": proposal.cost.low,
                "best": proposal.cost.best,
                "high": proposal.cost.high,
                "currency": proposal.cost.currency,
                "scope": proposal.cost.scope,
            },
            "coverage": dict(self.coverage),
            "readiness": list(proposal.readiness),
            "gates": [each.to_dict() for each in self.readiness],
            "starts": self.starts.isoformat(),
            "ends": None if self.ends is None else self.ends.isoformat(),
            "authority": {
                "checks": len(proposal.checks),
                "conditional": self.conditional,
                "open": list(proposal.conditions),
            },
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Options, and in words how each differs from the first."""

    options: tuple[Option, ...]
    differences: tuple[str, ...] = field(default=())

    def to_dict(self) -> dict[str, object]:
        """Write it as plain words and numbers, for JSON."""
        return {
            "options": [option.to_dict() for option in self.options],
            "differences": list(self.differences),
        }


def option_of(
    name: str, proposal: Proposal, readiness: Sequence[Readiness] = ()
) -> Option:
    """Read from a proposal what stands beside others."""
    days = [check.pairing for check in proposal.checks]
    return Option(
        name=name,
        proposal=proposal,
        strength=strength_of(proposal),
        coverage=_coverage(proposal.body),
        starts=min(each.on for each in days),
        ends=_last_day(proposal),
        readiness=tuple(readiness),
    )


def compare(options: Sequence[Option]) -> Comparison:
    """Lay options side by side, and name how each differs from the first.

    Raises
    ------
    BadValue
        If there are fewer than two, or two have one name.
    """
    if len(options) < 2:
        raise BadValue("options", "two or more", len(options))
    names = [option.name for option in options]
    if len(set(names)) < len(names):
        raise BadValue("names of options", "all unlike", ", ".join(names))
    first, *others = options
    said = [
        what
        for other in others
        for what in (
            *_kinds_differ(first, other),
            *_strengths_differ(first, other),
            *_costs_differ(first, other),
            *_coverage_differs(first, other),
            *_gates_differ(first, other),
            *_ends_differ(first, other),
            *_conditions_differ(first, other),
        )
    ]
    return Comparison(options=tuple(options), differences=tuple(said))


def taken_of(proposal: Proposal) -> tuple[Taken, ...]:
    """Return what a deployment takes from each unit, for its readiness.

    Empty for other plans, and for one made before plans told their units' parents.
    """
    ends = _last_day(proposal)
    rows = proposal.body.get("movements")
    if ends is None or not isinstance(rows, list):
        return ()
    told = [row for row in rows if isinstance(row, dict) and "parent" in row]
    return tuple(
        Taken(
            parent=str(row["parent"]),
            people=int(row["people"]),
            since=to_date(str(row["departs"])),
            until=ends,
        )
        for row in told
        if int(row["people"]) > 0
    )


def strength_of(proposal: Proposal) -> dict[str, Interval]:
    """Return the people of a plan by duty status."""
    body = proposal.body
    if proposal.kind is ProposalKind.SITES:
        lines = proposal.cost.lines
        crews = [line for line in lines if line.unit == "troop-day"]
        days = _days(body)
        if not crews or not days:
            return {}
        share = Interval.exactly(1 / days)
        return {str(body.get("status", "T10")): crews[0].amount * share}
    if proposal.kind is ProposalKind.WORKS:
        # A crew is counted once, however many works it does one after another.
        crews_of = {
            str(row["crew"]): (str(row.get("status", _only_status(proposal))), row)
            for row in _rows(body, "works")
        }
        return _by_status((status, row) for status, row in crews_of.values())
    rows = _rows(body, "movements")
    only = _only_status(proposal)
    return _by_status((str(row.get("status", only)), row) for row in rows)


def _by_status(rows: Any) -> dict[str, Interval]:
    """Add up people by status."""
    found: dict[str, Interval] = {}
    for status, row in rows:
        people = Interval.exactly(int(row["people"]))
        found[status] = found.get(status, Interval.exactly(0)) + people
    return {status: people for status, people in sorted(found.items()) if people.best}


def _only_status(proposal: Proposal) -> str:
    """Return the status of every check, or that it is not told."""
    statuses = {check.pairing.status for check in proposal.checks}
    return statuses.pop() if len(statuses) == 1 else "not told"


def _rows(body: Mapping[str, object], name: str) -> list[dict[str, Any]]:
    """Return the rows of a plan's body that hold people."""
    rows = body.get(name)
    if not isinstance(rows, list):
        return []
    return [row for row in rows if isinstance(row, dict) and "people" in row]


def _days(body: Mapping[str, object]) -> int:
    """Return the days that a plan of sites is costed for."""
    if "from" not in body or "until" not in body:
        return 0
    return (to_date(str(body["until"])) - to_date(str(body["from"]))).days


def _coverage(body: Mapping[str, object]) -> dict[str, float]:
    """Return what a plan of sites covers, by target where it tells."""
    found = {
        words: float(value)
        for name, words in COVERAGE.items()
        if isinstance(value := body.get(name), (int, float))
    }
    by_target = body.get("planned_chance")
    if isinstance(by_target, dict):
        for target, share in by_target.items():
            if isinstance(share, (int, float)):
                found[f"planned chance, {target}"] = float(share)
    return found


def _last_day(proposal: Proposal) -> date | None:
    """Return the last day of a plan."""
    for name in ENDS:
        told = proposal.body.get(name)
        if isinstance(told, str):
            return to_date(told[:10])
    untils = [check.pairing.until for check in proposal.checks]
    return max((day for day in untils if day is not None), default=None)


def _kinds_differ(first: Option, other: Option) -> list[str]:
    """Say that two options are not of one kind."""
    one, two = first.proposal.kind, other.proposal.kind
    if one is two:
        return []
    return [f"{first.name} is a proposal to {one}, {other.name} one to {two}"]


def _strengths_differ(first: Option, other: Option) -> list[str]:
    """Say who takes more people, by status."""
    said = []
    for status in dict.fromkeys((*first.strength, *other.strength)):
        none = Interval.exactly(0)
        one = first.strength.get(status, none).best
        two = other.strength.get(status, none).best
        if one != two:
            more = "more" if two > one else "fewer"
            said.append(
                f"{other.name} takes {abs(two - one):,.0f} {more} {status} than "
                f"{first.name}"
            )
    return said


def _costs_differ(first: Option, other: Option) -> list[str]:
    """Say who costs more, if both count the same."""
    one, two = first.proposal.cost, other.proposal.cost
    if (one.scope, one.currency) != (two.scope, two.currency):
        both = f"({one.currency}, {one.scope}; {two.currency}, {two.scope})"
        names = f"{first.name} and {other.name}"
        return [f"{names} count different costs {both}: set neither against the other"]
    if one.best == two.best:
        return []
    more = "more" if two.best > one.best else "less"
    overlap = one.low <= two.high and two.low <= one.high
    ranges = "their ranges overlap" if overlap else "their ranges do not overlap"
    money = abs(two.best - one.best) / 1e6
    told = f"{two.currency} {money:,.1f} M {more}"
    return [f"{other.name} costs {told} than {first.name} at best; {ranges}"]


def _coverage_differs(first: Option, other: Option) -> list[str]:
    """Say who covers more, or that only one tells."""
    if bool(first.coverage) != bool(other.coverage):
        tells, silent = (first, other) if first.coverage else (other, first)
        return [f"only {tells.name} tells a coverage: {silent.name} plans no sites"]
    said = []
    for name, one in first.coverage.items():
        two = other.coverage.get(name)
        if two is not None and f"{one:.3f}" != f"{two:.3f}":
            more = "higher" if two > one else "lower"
            points = abs(two - one) * 100
            said.append(
                f"{name} is {points:.1f} points {more} with {other.name} than with "
                f"{first.name}"
            )
    return said


def _gates_differ(first: Option, other: Option) -> list[str]:
    """Say which units' gates differ."""
    one = {each.parent: each for each in first.readiness}
    two = {each.parent: each for each in other.readiness}
    said = []
    for parent in dict.fromkeys((*one, *two)):
        a, b = one.get(parent), two.get(parent)
        if a is None:
            title = two[parent].title
            said.append(f"{other.name} takes from {title}, {first.name} does not")
        elif b is None:
            said.append(f"{first.name} takes from {a.title}, {other.name} does not")
        elif a.gate is not b.gate:
            said.append(
                f"the gate of {a.title} is {b.gate.value} with {other.name}, "
                f"{a.gate.value} with {first.name}"
            )
    return said


def _ends_differ(first: Option, other: Option) -> list[str]:
    """Say who ends later."""
    if first.ends is None or other.ends is None:
        both = (first, other)
        silent = [each.name for each in both if each.ends is None]
        return [f"{' and '.join(silent)} tells no end date"]
    days = (other.ends - first.ends).days
    if not days:
        return []
    when = "later" if days > 0 else "earlier"
    return [f"{other.name} ends {abs(days)} days {when} than {first.name}"]


def _conditions_differ(first: Option, other: Option) -> list[str]:
    """Say which conditions only one of them waits for."""
    one, two = first.proposal.conditions, other.proposal.conditions
    said = []
    for option, own, others in ((first, one, two), (other, two, one)):
        alone = [what.replace("_", " ") for what in own if what not in others]
        if alone:
            beside = other if option is first else first
            said.append(
                f"{option.name} waits for {', '.join(alone)}; {beside.name} does not"
            )
    return said


def _ends(interval: Interval) -> dict[str, float]:
    """Write a range as plain values."""
    return {"low": interval.low, "best": interval.best, "high": interval.high}
