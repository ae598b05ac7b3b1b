"""Proposal: a plan that says what it costs and by which rules it may be done."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Final, Protocol

from linewatch.errors import BadFile, BadValue, Prohibited
from linewatch.measure.clock import to_date
from linewatch.plan.cost import Cost

FORMAT: Final = "linewatch-proposal-1"
"""First word of a proposal's file."""

_SHORT: Final = 12
"""Hexadecimal digits of the digest that an id keeps: 48 bits tell plans apart."""


class ProposalKind(StrEnum):
    """What a proposal is to do."""

    DEPLOY = "deploy"
    SITES = "sites"
    WORKS = "works"


class Answer(Protocol):
    """What the authority table answers; `linewatch.force` makes it."""

    @property
    def answer(self) -> str:
        """Return allowed, conditional or prohibited."""

    @property
    def rule(self) -> str:
        """Return the rule that decided."""

    @property
    def layer(self) -> str:
        """Return the rule's layer: law, policy, order or default."""

    @property
    def conditions(self) -> Sequence[str]:
        """Return the conditions that are still open."""

    @property
    def citation(self) -> str:
        """Return where the rule stands."""


class Ask(Protocol):
    """Asks the authority table: `linewatch.force.may` with its rules filled in."""

    def __call__(
        self, *, task: str, status: str, on: date, zone: str | None = None
    ) -> Answer:
        """Answer whether a status may do a task on a date, in a zone or outside any."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Pairing:
    """Who is to do what, where and when.

    Parameters
    ----------
    task, status : str
        A task and a duty status of the authority table.
    place : str
        Where, for people.
    on : date
        First day of the task.
    zone : str, optional
        Zone that the place lies in; empty outside any.
    """

    task: str
    status: str
    place: str
    on: date
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A pairing and what the authority table answered to it.

    Parameters
    ----------
    pairing : Pairing
        What was asked.
    answer : str
        ``allowed`` or ``conditional``; no proposal holds another.
    rule, layer, citation : str
        The rule that decided, its layer, and where it stands.
    conditions : tuple of str
        Conditions that must be met before the task begins.
    """

    pairing: Pairing
    answer: str
    rule: str
    layer: str
    conditions: tuple[str, ...]
    citation: str

    def __post_init__(self) -> None:
        if self.answer not in {"allowed", "conditional"}:
            asked = self.pairing
            raise Prohibited(asked.task, asked.status, self.rule, self.layer)


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
        The plan itself as plain values, as JSON has them.

    Raises
    ------
    Prohibited
        If any pairing in it is prohibited; there is no such proposal.
    BadValue
        If it has no checks or no summary.
    """

    kind: ProposalKind
    made_s: float
    summary: str
    checks: tuple[Check, ...]
    cost: Cost
    readiness: tuple[str, ...]
    body: Mapping[str, object]
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
                checks=tuple(_check(check) for check in _many(told["checks"])),
                cost=Cost.from_dict(_table(told["cost"])),
                readiness=tuple(str(said) for said in _many(told["readiness"])),
                body=_table(told["body"]),
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
            "checks": [_check_told(check) for check in self.checks],
            "cost": self.cost.to_dict(),
            "readiness": list(self.readiness),
            "body": self.body,
        }


def checked(pairings: Iterable[Pairing], ask: Ask) -> tuple[Check, ...]:
    """Ask the authority about every pairing, each once, in order.

    Raises
    ------
    Prohibited
        At the first pairing that is prohibited.
    """
    return tuple(_asked(pairing, ask) for pairing in sorted(set(pairings)))


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
    beside = path.with_name(path.name + ".new")
    try:
        beside.write_text(told + "\n", encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise BadFile(path, f"cannot be written: {error.strerror}") from error


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
    except (OSError, ValueError, RecursionError) as error:
        raise BadFile(path, f"is no proposal: {error}") from error
    if not isinstance(told, dict):
        raise BadFile(path, "is no proposal: it must hold one JSON object")
    try:
        return Proposal.from_dict(told)
    except BadValue as error:
        raise BadFile(path, f"is no proposal: {error}") from error


def _asked(pairing: Pairing, ask: Ask) -> Check:
    """Ask about one pairing."""
    told = ask(
        task=pairing.task,
        status=pairing.status,
        on=pairing.on,
        zone=pairing.zone or None,
    )
    return Check(
        pairing=pairing,
        answer=str(told.answer),
        rule=told.rule,
        layer=str(told.layer),
        conditions=tuple(told.conditions),
        citation=told.citation,
    )


def _check_told(check: Check) -> dict[str, object]:
    """Write a check as plain values."""
    asked = check.pairing
    return {
        "task": asked.task,
        "status": asked.status,
        "place": asked.place,
        "zone": asked.zone,
        "on": asked.on.isoformat(),
        "answer": check.answer,
        "rule": check.rule,
        "layer": check.layer,
        "conditions": list(check.conditions),
        "citation": check.citation,
    }


def _check(told: object) -> Check:
    """Read a check that `_check_told` wrote."""
    table = _table(told)
    pairing = Pairing(
        task=str(table["task"]),
        status=str(table["status"]),
        place=str(table["place"]),
        zone=str(table["zone"]),
        on=to_date(str(table["on"])),
    )
    return Check(
        pairing=pairing,
        answer=str(table["answer"]),
        rule=str(table["rule"]),
        layer=str(table["layer"]),
        conditions=tuple(str(what) for what in _many(table["conditions"])),
        citation=str(table["citation"]),
    )


def _table(told: object) -> Mapping[str, object]:
    """Return a table of plain values."""
    if not isinstance(told, Mapping):
        raise TypeError("a table")
    return told


def _many(told: object) -> Sequence[object]:
    """Return a list of plain values."""
    if not isinstance(told, list):
        raise TypeError("a list")
    return told


def _canonical(told: object) -> str:
    """Write plain values in the one form that is digested."""
    return json.dumps(
        told, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    )
