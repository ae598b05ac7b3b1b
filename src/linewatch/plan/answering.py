"""Proposals that answer requests: what was granted limits what may be proposed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from linewatch.errors import BadValue
from linewatch.force.asking import Authority
from linewatch.force.request import Case, find_case, rules_under
from linewatch.plan.compare import strength_of
from linewatch.plan.decision import Decision, Verdict
from linewatch.plan.proposal import Proposal, rechecked


def authority_under(
    ask: Authority, cases: Mapping[str, Case], names: Iterable[str]
) -> Authority:
    """Return the authority with what decisions on requests lay over it.

    Raises
    ------
    UnknownName
        If there is no such request.
    """
    laid = (rules_under(find_case(cases, name)) for name in names)
    return ask.with_rules(rule for rules in laid for rule in rules)


def answering(
    proposal: Proposal,
    cases: Mapping[str, Case],
    names: Sequence[str],
    ask: Authority,
) -> Proposal:
    """Return a proposal as one that answers requests, checked under their decisions.

    Parameters
    ----------
    proposal : Proposal
        The plan.
    cases : mapping of str to Case
        Requests by id.
    names : sequence of str
        Those that it answers.
    ask : Authority
        The authority, without what the decisions lay over it.

    Raises
    ------
    UnknownName
        If there is no such request.
    Prohibited
        If no decision holds on one of them, or the plan goes on after it ends.
    BadValue
        If the plan takes more people than were granted.
    """
    told = tuple(dict.fromkeys(names))
    if not told:
        raise BadValue("requests", "one or more", "none")
    checks = rechecked(proposal, authority_under(ask, cases, told))
    within_grant(proposal, cases, told)
    return replace(proposal, checks=checks, requests=told)


def beside_request(
    proposal: Proposal, cases: Mapping[str, Case], names: Iterable[str]
) -> tuple[str, ...]:
    """Return what a plan does that none of its requests asked for, in words.

    A request names one task, and those who do it bring others along who feed or move
    them; so this is told to those who decide, and not refused.
    """
    asked = {
        (case.request.task, case.request.status)
        for case in (find_case(cases, name) for name in names)
    }
    done = dict.fromkeys(
        (check.pairing.task, check.pairing.status) for check in proposal.checks
    )
    return tuple(
        f"{task} by {status}" for task, status in done if (task, status) not in asked
    )


def within_grant(
    proposal: Proposal,
    cases: Mapping[str, Case],
    names: Iterable[str],
    taken: int = 0,
) -> None:
    """Refuse a plan that takes more people than requests were granted.

    Parameters
    ----------
    proposal : Proposal
        The plan.
    cases : mapping of str to Case
        The requests by id.
    names : iterable of str
        Ids of the requests that it answers.
    taken : int
        People that other plans of its kind take of them, as `taken_beside` tells.

    Raises
    ------
    BadValue
        If it does.
    """
    granted = sum(find_case(cases, name).granted or 0 for name in names)
    people = people_of(proposal)
    if people + taken > granted:
        rule = f"at most {granted:,}, as the requests were granted"
        rule += f", less {taken:,} that other plans take" if taken else ""
        raise BadValue("people of the proposal", rule, f"{people:,}")


def people_of(proposal: Proposal) -> int:
    """Return the people of a deployment, or at best those of its crews."""
    told = proposal.body.get("people")
    by_status = (each.best for each in strength_of(proposal).values())
    return told if isinstance(told, int) else round(sum(by_status))


def taken_beside(
    proposal: Proposal,
    proposed: Iterable[Mapping[str, object]],
    decisions: Iterable[Decision],
) -> int:
    """Return the people that other plans of a kind take of the same requests.

    Plans of one kind add up: the crews of sites are people of the deployment. One that
    was decided on anew counts by its last decision, so a plan that takes the place of
    another is approved after that was disapproved.

    Parameters
    ----------
    proposal : Proposal
        The plan that is decided on; it does not count itself.
    proposed, decisions : iterable
        Fields of a log's proposals, and its decisions, in their order.
    """
    answers = {each.digest: each.answer for each in decisions}
    taken = {
        str(body["digest"]): round(float(str(body.get("people") or 0)))
        for body in proposed
        if body["kind"] == proposal.kind.value
        and not set(proposal.requests).isdisjoint(_names_in(body))
    }
    taken.pop(proposal.digest, None)
    stands = {Verdict.APPROVE, Verdict.IN_PART}
    return sum(n for digest, n in taken.items() if answers.get(digest) in stands)


def _names_in(body: Mapping[str, object]) -> list[str]:
    """Return the requests that a log's proposal answers."""
    names = body.get("requests")
    return [str(name) for name in names] if isinstance(names, list | tuple) else []
