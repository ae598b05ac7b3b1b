"""Tests of proposals that answer requests: within what was granted, and no longer."""

from dataclasses import replace
from datetime import date

import pytest

from linewatch.errors import BadValue, Prohibited, UnknownName
from linewatch.plan import Pairing, Proposal, ProposalKind, checked
from linewatch.plan.answering import (
    answering,
    authority_under,
    beside_request,
    taken_beside,
    within_grant,
)
from linewatch.plan.decision import Decision, Verdict
from tests.force.request.making import authority, granted, staffed
from tests.plan.fakes import builtin_proposal, proposal

CASES = {"rfa-1": granted(400, conditions=("land_owner_recorded",))}


def plan(people: int = 300, until: date | None = None) -> Proposal:
    """Return a plan for the task of the request, until a day."""
    on = date(2025, 4, 1)
    one = Pairing(
        task="detect_monitor_static", status="T10", place="a", on=on, until=until
    )
    base = replace(proposal(), checks=checked([one], authority()), body={})
    return replace(base, body={"people": people})


def test_conditions_of_the_decision_go_into_the_proposal() -> None:
    made = answering(plan(), CASES, ["rfa-1", "rfa-1"], authority())
    assert made.requests == ("rfa-1",)
    assert "land_owner_recorded" in made.conditions
    assert made.digest != plan().digest
    assert Proposal.from_dict(made.to_dict()) == made


def test_an_old_proposal_keeps_its_id() -> None:
    """A proposal that answers no request is written as it always was."""
    told = builtin_proposal().to_dict()
    assert "requests" not in told
    assert "until" not in told["checks"][0]  # type: ignore[index]


def test_a_plan_ends_with_the_request() -> None:
    answering(plan(until=date(2025, 10, 1)), CASES, ["rfa-1"], authority())
    with pytest.raises(
        Prohibited, match=r"request-rfa-1-after .* granted until 2025-09-30"
    ):
        answering(plan(until=date(2025, 10, 2)), CASES, ["rfa-1"], authority())


def test_a_plan_takes_no_more_than_was_granted() -> None:
    answering(plan(400), CASES, ["rfa-1"], authority())
    with pytest.raises(BadValue, match="at most 400"):
        answering(plan(401), CASES, ["rfa-1"], authority())
    within_grant(replace(plan(), body={}), CASES, ["rfa-1"])


def test_plans_of_one_kind_take_of_one_grant_together() -> None:
    first, second = (
        answering(plan(people), CASES, ["rfa-1"], authority()) for people in (300, 200)
    )
    told = [{**first.to_body(), "people": 300, "requests": ["rfa-1"]}]
    approved = decision_on(first, Verdict.APPROVE)
    assert taken_beside(second, told, [approved]) == 300
    with pytest.raises(BadValue, match=r"at most 400, .* less 300 that other plans"):
        within_grant(second, CASES, ["rfa-1"], 300)
    within_grant(replace(second, body={"people": 100}), CASES, ["rfa-1"], 300)
    refused = decision_on(first, Verdict.DISAPPROVE)
    assert taken_beside(second, told, [approved, refused]) == 0
    assert taken_beside(second, told, []) == 0  # proposed is not decided
    assert taken_beside(first, told, [approved]) == 0  # not beside itself
    other = replace(second, kind=ProposalKind.SITES)
    assert taken_beside(other, told, [approved]) == 0  # the same people, at sites
    elsewhere = [{**told[0], "requests": ["rfa-2"]}]
    assert taken_beside(second, elsewhere, [approved]) == 0


def decision_on(one: Proposal, answer: Verdict) -> Decision:
    """Return a decision on a proposal."""
    return Decision(
        proposal_id=one.id,
        digest=one.digest,
        office="Secretary of Defense",
        answer=answer,
        caveat="",
        at_s=0.0,
    )


def test_tasks_that_nobody_asked_for_are_told() -> None:
    assert beside_request(plan(), CASES, ["rfa-1"]) == ()
    tasks = ("detect_monitor_static", "logistics_warehousing")
    pairs = [
        Pairing(task=task, status=status, place="a", on=date(2025, 4, 1))
        for task in tasks
        for status in ("T10", "SAD")
    ]
    more = replace(plan(), checks=checked(pairs, authority()), body={"people": 1})
    assert beside_request(more, CASES, ["rfa-1"]) == (
        "detect_monitor_static by SAD",
        "logistics_warehousing by SAD",
        "logistics_warehousing by T10",
    )


def test_crews_of_works_count_once_each() -> None:
    row = {"crew": "C1", "people": 250}
    rows = [row, row, {**row, "crew": "C2"}]
    crews = replace(plan(), kind=ProposalKind.WORKS, body={"works": rows})
    with pytest.raises(BadValue, match=r"at most 400, .* not 500"):
        answering(crews, CASES, ["rfa-1"], authority())
    answering(replace(crews, body={"works": rows[:2]}), CASES, ["rfa-1"], authority())


def test_nothing_answers_what_nobody_granted() -> None:
    with pytest.raises(Prohibited, match="request-rfa-1-staffed"):
        answering(plan(), {"rfa-1": staffed()}, ["rfa-1"], authority())
    with pytest.raises(UnknownName, match="rfa-9"):
        answering(plan(), CASES, ["rfa-9"], authority())
    with pytest.raises(BadValue, match="one or more"):
        answering(plan(), CASES, [], authority())


def test_several_requests_are_laid_over_each_other() -> None:
    other = replace(granted(100), request=replace(granted().request, id="rfa-2"))
    cases = {**CASES, "rfa-2": other}
    answering(plan(500), cases, ["rfa-1", "rfa-2"], authority())
    asked = authority_under(authority(), cases, ["rfa-1", "rfa-2"])
    names = {rule.name for rule in asked.rules.rules}
    assert {"request-rfa-1-after", "request-rfa-2-after", "request-rfa-1"} <= names
