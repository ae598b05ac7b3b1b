"""Proposal: a plan that says what it costs and by which rules it may be done."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final

from linewatch.errors import BadFile, BadValue
from linewatch.plan.checks import (
    Answer,
    Ask,
    Check,
    Pairing,
    check_from,
    check_told,
    checked,
    list_of,
    table_of,
)
from linewatch.plan.cost import Cost
from linewatch.scenario.whole import write_whole

__all__ = [
    "FORMAT",
    "Answer",
    "Ask",
    "Check",
    "Pairing",
    "Proposal",
    "ProposalKind",
    "checked",
    "read_proposal",
    "rechecked",
    "write_proposal",
]

FORMAT: Final = "linewatch-proposal-1"
"""First word of a proposal's file."""

_SHORT: Final = 12
"""Hexadecimal digits of the digest that an id keeps: 48 bits tell plans apart."""


class ProposalKind(StrEnum):
    """What a proposal is to do."""

    DEPLOY = "deploy"
    SITES = "sites"
    WORKS = "works"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A plan as it is laid before those who decide. It is no order.

    Parameters
    ----------
    kind : ProposalKind
        What it is to do.
    made_s : float
        When it was made [s].
    summary : str
        The plan in a sentence or two.
    checks : tuple of Check
        The authority's answer to everything in it; at least one.
    cost : Cost
        What it costs, with range and scope.
    readiness : tuple of str
        What it takes from the units that give, a sentence each.
    body : mapping
        The plan itself as plain values, as JSON has them. Wherever it names a task, a
        check must speak of it.
    requests : tuple of str
        Ids of the requests for assistance that it answers.

    Raises
    ------
    Prohibited
        If any pairing in it is prohibited; there is no such proposal.
    BadValue
        If it has no checks or no summary, or its body holds a task without a check.
    """

    kind: ProposalKind
    made_s: float
    summary: str
    checks: tuple[Check, ...]
    cost: Cost
    readiness: tuple[str, ...]
    body: Mapping[str, object]
    requests: tuple[str, ...] = ()
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        if not self.checks:
            raise BadValue("checks", "at least one answer of the authority", "none")
        if not self.summary.strip():
            raise BadValue("summary", "said in words", repr(self.summary))
        # The plain values are made once here, so that tuples, lists and dates of the
        # caller's body cannot change under the digest or differ after a round trip.
        try:
            body = json.loads(_canonical(self.body))
        except (TypeError, ValueError) as error:
            raise BadValue("body", "plain values that JSON can hold", error) from error
        object.__setattr__(self, "body", body)
        for named in _tasks_in(body):
            _must_be_checked(named, self.checks)
        object.__setattr__(self, "made_s", float(self.made_s))
        told = _canonical(self._told()).encode()
        object.__setattr__(self, "digest", sha256(told).hexdigest())

    @property
    def id(self) -> str:
        """Name of the proposal: its kind and the head of its digest."""
        return f"{self.kind}-{self.digest[:_SHORT]}"

    @property
    def conditions(self) -> tuple[str, ...]:
        """Conditions that are open, each once, in order of the checks."""
        every = (what for check in self.checks for what in check.conditions)
        return tuple(dict.fromkeys(every))

    def to_body(self) -> dict[str, object]:
        """Return the fields of the log's entry; the proposal's file holds the rest."""
        return {
            "proposal_id": self.id,
            "kind": self.kind.value,
            "digest": self.digest,
            "low": self.cost.low,
            "best": self.cost.best,
            "high": self.cost.high,
            "scope": self.cost.scope,
        }

    def to_dict(self) -> dict[str, object]:
        """Write the proposal as plain values."""
        return {
            "format": FORMAT,
            "id": self.id,
            "digest": self.digest,
            **self._told(),
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, object]) -> "Proposal":
        """Read a proposal that `to_dict` wrote.

        Raises
        ------
        BadValue
            If it is none, or was changed since it was made.
        Prohibited
            If it holds a prohibited pairing.
        """
        if told.get("format") != FORMAT:
            raise BadValue("format", FORMAT, repr(told.get("format")))
        try:
            made = cls(
                kind=ProposalKind(str(told["kind"])),
                made_s=float(str(told["made_s"])),
                summary=str(told["summary"]),
                checks=tuple(check_from(check) for check in list_of(told["checks"])),
                cost=Cost.from_dict(table_of(told["cost"])),
                readiness=tuple(str(said) for said in list_of(told["readiness"])),
                body=table_of(told["body"]),
                requests=tuple(str(name) for name in list_of(told.get("requests", []))),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise BadValue("proposal", "whole", f"without {error}") from error
        except ValueError as error:
            raise BadValue("proposal", "of known words and numbers", error) from error
        if told.get("digest") != made.digest or told.get("id") != made.id:
            rule = f"{told.get('digest')}, as when it was made"
            raise BadValue("digest of the proposal", rule, made.digest)
        if unknown := sorted(set(told) - set(made.to_dict())):
            raise BadValue(
                "proposal", "as it was made", f"with {unknown[0]!r} beside it"
            )
        return made

    def _told(self) -> dict[str, object]:
        """Return what the digest covers: everything but itself."""
        return {
            "kind": self.kind.value,
            "made_s": self.made_s,
            "summary": self.summary,
            "checks": [check_told(check) for check in self.checks],
            "cost": self.cost.to_dict(),
            "readiness": list(self.readiness),
            "body": self.body,
            **({"requests": list(self.requests)} if self.requests else {}),
        }


def rechecked(proposal: Proposal, ask: Ask) -> tuple[Check, ...]:
    """Ask again about everything in a proposal, since rules change after it was made.

    Raises
    ------
    Prohibited
        If a pairing has become prohibited.
    """
    return checked((check.pairing for check in proposal.checks), ask)


def write_proposal(path: Path, proposal: Proposal) -> None:
    """Write a proposal as a JSON file that a person can open.

    The file is replaced whole: one that was there before stays when the disk is full.

    Raises
    ------
    BadFile
        If it cannot be written.
    """
    told = json.dumps(proposal.to_dict(), indent=2, ensure_ascii=False, sort_keys=True)
    write_whole(path, told + "\n")


def read_proposal(path: Path) -> Proposal:
    """Read a proposal from its file.

    Raises
    ------
    BadFile
        If the file cannot be read, is no proposal, or was changed since it was made.
    Prohibited
        If it holds a prohibited pairing.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise BadFile(path, f"is no proposal: {error}") from error
    if not isinstance(told, dict):
        raise BadFile(path, "is no proposal: it must hold one JSON object")
    try:
        return Proposal.from_dict(told)
    except BadValue as error:
        raise BadFile(path, f"is no proposal: {error}") from error


@dataclass(frozen=True, slots=True)
class _Told:
    """A task that a plan's body names, with the duty status and days beside it."""

    task: str
    status: str
    first: str
    last: str


_FIRST: Final = ("in_place", "start", "from")
_LAST: Final = ("finish", "until")
"""Keys that tell the first and the last day of a task in a plan's body."""


def _tasks_in(body: object, last: str = "") -> Iterator[_Told]:
    """Yield every task that a body names; a row without a last day has the plan's."""
    if isinstance(body, dict):
        last = _day_in(body, _LAST) or last
        if "task" in body:
            status = str(body.get("status", ""))
            yield _Told(str(body["task"]), status, _day_in(body, _FIRST), last)
        for part in body.values():
            yield from _tasks_in(part, last)
    elif isinstance(body, list):
        for part in body:
            yield from _tasks_in(part, last)


def _day_in(row: Mapping[str, object], keys: Iterable[str]) -> str:
    """Return the first day that a row tells under one of the keys; else nothing."""
    return next((str(row[key])[:10] for key in keys if key in row), "")


def _must_be_checked(told: _Told, checks: Iterable[Check]) -> None:
    """Refuse a task of a body that no check speaks of, from its first to its last day.

    Raises
    ------
    BadValue
        If there is none.
    """
    own = [
        check.pairing
        for check in checks
        if check.pairing.task == told.task and told.status in {"", check.pairing.status}
    ]
    if not own:
        rule = "of tasks that a check speaks of"
        raise BadValue("body", rule, f"{told.task} {told.status}".strip())
    first = min(each.on for each in own).isoformat()
    last = max(each.until or each.on for each in own).isoformat()
    if (told.first and told.first < first) or (told.last and told.last > last):
        days = f"{told.first or first} to {told.last or last}"
        rule = f"of days that a check speaks of, {first} to {last} for {told.task}"
        raise BadValue("body", rule, days)


def _canonical(told: object) -> str:
    """Write plain values in the one form that is digested."""
    return json.dumps(
        told, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
