"""Decision: who may decide on a proposal, what was decided, and what is an order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from linewatch.errors import BadValue, MayNotDecide, UnknownName
from linewatch.measure.clock import to_iso
from linewatch.plan.proposal import Ask, Proposal, ProposalKind, rechecked
from linewatch.plan.table import note, one_of, read_rows, text, words
from linewatch.scenario import BUILT_IN, Scenario

CHAIN: Final = BUILT_IN / "approval.csv"
"""The approval chain that ships with Linewatch."""

CAVEAT_LENGTH: Final = 1_000
"""Longest caveat, all of them together [characters], as the mission log keeps it."""


class Verdict(StrEnum):
    """What an office answers to a proposal."""

    APPROVE = "approve"
    DISAPPROVE = "disapprove"
    IN_PART = "in-part"


class Standing(StrEnum):
    """Where a proposal stands."""

    PROPOSED = "proposed"
    ORDERED = "ordered"
    ORDERED_IN_PART = "ordered in part"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """An office of the approval chain.

    Parameters
    ----------
    office : str
        Its name.
    step : str
        State that a request has when it leaves the office.
    may_decide : tuple of str
        Kinds of proposal that it decides on; none for those that only ask, validate,
        staff or carry out.
    product : str
        What it makes of a request.
    source : str
        Where this stands, or that it is an assumption.
    """

    office: str
    step: str
    may_decide: tuple[str, ...]
    product: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What an office decided on a proposal.

    Parameters
    ----------
    proposal_id, digest : str
        Name and whole digest of the proposal as it lay before the office.
    office : str
        Who decided: an office, never a person's name.
    answer : Verdict
        What was decided.
    caveat : str
        What limits it; empty for none.
    at_s : float
        When [s].
    requests : tuple of str
        Requests for assistance that the proposal answers.
    """

    proposal_id: str
    digest: str
    office: str
    answer: Verdict
    caveat: str
    at_s: float
    requests: tuple[str, ...] = ()

    def to_body(self) -> dict[str, object]:
        """Return the fields of the log's entry; its time is `at_s`."""
        return {
            "proposal_id": self.proposal_id,
            "answer": self.answer.value,
            "office": self.office,
            "digest": self.digest,
            "caveat": self.caveat or None,
            "requests": list(self.requests) or None,
        }

    @classmethod
    def from_body(cls, at_s: float, body: Mapping[str, object]) -> "Decision":
        """Read a decision from the fields of a log's entry."""
        return cls(
            proposal_id=str(body["proposal_id"]),
            digest=str(body["digest"]),
            office=str(body["office"]),
            answer=Verdict(str(body["answer"])),
            caveat=str(body.get("caveat") or ""),
            at_s=at_s,
            requests=_names(body.get("requests")),
        )


def read_chain(scenario: Scenario | None = None) -> tuple[Office, ...]:
    """Read the approval chain: the scenario's own if it names one, else the built-in.

    Raises
    ------
    BadFile, BadLines
        If the file cannot be read or a row breaks a rule.
    """
    path = CHAIN
    if scenario is not None and "approval" in scenario.table("plan"):
        path = scenario.file("plan", "approval")
    return read_rows(
        path,
        Office,
        {
            "office": text,
            "step": text,
            "may_decide": _kinds,
            "product": note,
            "source": text,
        },
        key="office",
    )


def decide(  # noqa: PLR0913  a decision has that many facts
    proposal: Proposal,
    *,
    by: str,
    answer: Verdict,
    at_s: float,
    chain: Iterable[Office],
    ask: Ask,
    caveats: Iterable[str] = (),
) -> Decision:
    """Make the decision of an office on a proposal; the log makes it lasting.

    Parameters
    ----------
    proposal : Proposal
        What lies before the office.
    by : str
        Name of an office in the chain; the case of letters does not matter.
    answer : Verdict
        Approve, disapprove, or approve in part, which must say what part.
    at_s : float
        When it is decided [s].
    chain : iterable of Office
        Who may decide what.
    ask : Ask
        The authority, which is asked again before anything is approved.
    caveats : iterable of str
        What limits the decision.

    Raises
    ------
    Prohibited
        If what would be approved holds a pairing that is prohibited by now.
    UnknownName
        If the chain has no such office.
    MayNotDecide
        If the office may not decide on that kind of proposal.
    BadValue
        If a decision in part has no caveat, or the caveats are too long.
    """
    office = _office(by, tuple(chain), proposal.kind)
    caveat = "; ".join(said for said in map(str.strip, caveats) if said)
    if answer is Verdict.IN_PART and not caveat:
        raise BadValue("caveat", "given, to say what part is approved", "empty")
    if len(caveat) > CAVEAT_LENGTH:
        rule = f"at most {CAVEAT_LENGTH} characters"
        raise BadValue("caveat", rule, f"{len(caveat)} characters")
    if at_s < proposal.made_s:
        rule = f"no earlier than the proposal was made, {to_iso(proposal.made_s)}"
        raise BadValue("time of the decision", rule, to_iso(at_s))
    if answer is not Verdict.DISAPPROVE:
        rechecked(proposal, ask)
    return Decision(
        proposal_id=proposal.id,
        digest=proposal.digest,
        office=office.office,
        answer=answer,
        caveat=caveat,
        at_s=at_s,
        requests=proposal.requests,
    )


def standing(proposal: Proposal, decisions: Iterable[Decision]) -> Standing:
    """Tell where a proposal stands after the decisions, given in the order of the log.

    The last decision on the very text of the proposal counts; one on another text with
    the same name does not.
    """
    state = Standing.PROPOSED
    for decision in decisions:
        if decision.digest == proposal.digest:
            state = _STANDINGS[decision.answer]
    return state


def ordered(proposal: Proposal, decisions: Iterable[Decision]) -> bool:
    """Tell whether a proposal is an order, in whole or in part."""
    return standing(proposal, decisions) in {Standing.ORDERED, Standing.ORDERED_IN_PART}


def entries_of(
    proposal: Proposal, decision: Decision, *, people: int | None = None
) -> tuple[tuple[float, str, dict[str, object]], ...]:
    """Return the entries that a mission log keeps: what was proposed, what decided.

    `people` is what a proposal that answers requests takes of what was granted.
    """
    takes = {"people": people, "requests": list(proposal.requests) or None}
    return (
        (proposal.made_s, "proposal", proposal.to_body() | takes),
        (decision.at_s, "decision", decision.to_body()),
    )


def decisions_in(
    entries: Iterable[tuple[float, Mapping[str, object]]],
) -> tuple[Decision, ...]:
    """Read decisions from (time, fields) of a log's entries, in their order."""
    return tuple(Decision.from_body(at_s, body) for at_s, body in entries)


_STANDINGS: Final = {
    Verdict.APPROVE: Standing.ORDERED,
    Verdict.IN_PART: Standing.ORDERED_IN_PART,
    Verdict.DISAPPROVE: Standing.REFUSED,
}


def office_named(by: str, chain: Iterable[Office]) -> Office:
    """Find an office of the chain; the case of letters does not matter.

    Raises
    ------
    UnknownName
        If the chain has no such office.
    """
    wanted, offices = " ".join(by.split()).casefold(), tuple(chain)
    for office in offices:
        if office.office.casefold() == wanted:
            return office
    raise UnknownName("office", by, [office.office for office in offices])


def _office(by: str, chain: tuple[Office, ...], kind: ProposalKind) -> Office:
    """Find an office that may decide on a kind of proposal."""
    office = office_named(by, chain)
    if kind not in office.may_decide:
        able = [each.office for each in chain if kind in each.may_decide]
        raise MayNotDecide(office.office, kind, able)
    return office


def _names(value: object) -> tuple[str, ...]:
    """Read a list of names that may be left out."""
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _kinds(cell: str) -> tuple[str, ...]:
    """Read kinds of proposal, and refuse those that do not exist."""
    read = one_of(tuple(ProposalKind))
    return tuple(str(read(kind)) for kind in words(cell))
