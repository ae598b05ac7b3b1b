"""Tests of options side by side: what stands beside what, and how it differs."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.plan import (
    Cost,
    CostLine,
    Interval,
    Pairing,
    Proposal,
    ProposalKind,
    checked,
)
from linewatch.plan.compare import Option, compare, option_of, taken_of
from linewatch.plan.readiness import Taken
from tests.plan.fakes import OPEN, pairing, proposal


def term(task: str = "static", status: str = "T10") -> Pairing:
    """Return a pairing from April to September."""
    return replace(pairing(task), status=status, until=date(2025, 10, 1))


def money(days: float, *, scope: str = "incremental") -> Cost:
    line = CostLine(
        name="crews",
        amount=Interval(low=days * 0.75, best=days, high=days * 1.25),
        unit="troop-day",
        price=Interval(low=250, best=550, high=650),
        source="derived",
    )
    return Cost.of([line], scope=scope)


def movement(people: int, status: str, parent: str) -> dict[str, object]:
    return {
        "people": people,
        "task": "static",
        "status": status,
        "parent": parent,
        "departs": "2025-03-10",
    } | ({} if status == "T10" else {"task": "wire"})


def both_statuses(made: Proposal) -> Proposal:
    """Give a proposal checks of both tasks and statuses."""
    both = [term(), term("wire", "T32")]
    return replace(made, checks=checked(both, OPEN))


def sites(share: float = 0.4, days: float = 90 * 800, **more: object) -> Proposal:
    body = {
        "from": "2025-05-02",
        "until": "2025-07-31",
        "task": "static",
        "status": "T10",
        "objective": share,
        "bound": 0.5,
        "planned_chance": {"walker": 0.45},
        **more,
    }
    made = replace(
        proposal(kind=ProposalKind.SITES), checks=checked([term()], OPEN), body=body
    )
    return replace(made, cost=money(days))


def works() -> Proposal:
    row = {"crew": "C1", "people": 100, "task": "wire", "status": "SAD"}
    body = {"finish": "2025-06-02", "works": [row, row, {**row, "crew": "C2"}]}
    wire = term("wire", "SAD")
    made = replace(proposal(kind=ProposalKind.WORKS), checks=checked([wire], OPEN))
    return replace(made, body=body)


def laid(*proposals: Proposal) -> list[Option]:
    return [option_of(f"o{n}", each) for n, each in enumerate(proposals)]


def says(*proposals: Proposal) -> str:
    return "\n".join(compare(laid(*proposals)).differences)


def deploys(people: int = 1000, **changes: Any) -> Proposal:
    body_less = both_statuses(proposal())
    made = replace(body_less, **changes)
    rows = [movement(people, "T10", "brigade"), movement(200, "T32", "guard")]
    body = {"people": people + 200, "until": "2025-09-30", "movements": rows}
    return replace(made, body=body)


def test_strength_is_told_by_status() -> None:
    (one,) = laid(deploys())
    assert {k: v.best for k, v in one.strength.items()} == {"T10": 1000, "T32": 200}
    assert one.people is not None
    assert one.people.best == 1200
    (crews,) = laid(works())
    assert {k: v.best for k, v in crews.strength.items()} == {"SAD": 200}
    (watch,) = laid(sites())
    assert watch.strength["T10"] == Interval(low=600, best=800, high=1000)


def test_a_plan_without_statuses_says_so() -> None:
    body = {"movements": [{"people": 5}]}
    (one,) = laid(replace(both_statuses(proposal()), body=body))
    assert set(one.strength) == {"not told"}
    (only,) = laid(replace(proposal(), body=body))
    assert set(only.strength) == {"T10"}
    (none,) = laid(proposal())
    assert (none.people, none.ends) == (None, None)


def test_differences_are_named() -> None:
    other = deploys(1500, cost=money(2000))
    said = says(deploys(cost=money(1000)), other)
    assert "o1 takes 500 more T10 than o0" in said
    assert "o1 costs USD 0.6 M more than o0 at best; their ranges overlap" in said
    assert "T32" not in said
    far = says(deploys(cost=money(10)), deploys(cost=money(10_000)))
    assert "their ranges do not overlap" in far


def test_costs_of_other_scopes_are_not_set_against_each_other() -> None:
    said = says(deploys(cost=money(10)), deploys(cost=money(10, scope="full")))
    assert "count different costs" in said
    assert "more than" not in said


def test_kinds_are_handled_sensibly() -> None:
    said = says(deploys(), sites(), works())
    assert "o0 is a proposal to deploy, o1 one to sites" in said
    assert "only o1 tells a coverage: o0 plans no sites" in said
    assert "o2 ends 120 days earlier than o0" in said


def test_coverage_is_told_by_target_too() -> None:
    one = sites(planned_chance={"walker": 0.5, "vehicle": 0.7})
    two = sites(0.5, planned_chance={"walker": 0.4, "vehicle": 0.7})
    said = says(one, two)
    assert "expected share confirmed is 10.0 points higher with o1 than with o0" in said
    assert "planned chance, walker is 10.0 points lower" in said
    assert "vehicle" not in said


def test_conditions_that_only_one_waits_for_are_named() -> None:
    made = proposal("static")
    said = says(made, proposal("wire"))
    assert "o1 waits for request, land owner; o0 does not" in said
    assert "tells no end date" in said


def test_alike_options_do_not_differ() -> None:
    assert compare(laid(deploys(), deploys())).differences == ()


def test_there_must_be_two_with_two_names() -> None:
    with pytest.raises(BadValue, match="two or more"):
        compare(laid(deploys()))
    twice = [option_of("a", deploys()), option_of("a", deploys())]
    with pytest.raises(BadValue, match="all unlike"):
        compare(twice)


def test_what_is_taken_of_each_unit_follows_from_the_plan() -> None:
    taken = taken_of(deploys())
    assert taken[0] == Taken(
        parent="brigade",
        people=1000,
        since=date(2025, 3, 10),
        until=date(2025, 9, 30),
    )
    assert len(taken) == 2
    assert taken_of(sites()) == ()
    assert taken_of(proposal()) == ()


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_more_and_fewer_are_told_the_right_way_round(one: int, two: int) -> None:
    said = says(deploys(one), deploys(two))
    back = says(deploys(two), deploys(one))
    if one == two:
        assert said == back == ""
    else:
        assert ("more T10" in said) == (two > one)
        assert ("more T10" in said) != ("more T10" in back)


def test_a_comparison_is_plain_words() -> None:
    told = compare(laid(deploys(), sites(), works())).to_dict()
    options = told["options"]
    assert isinstance(options, list)
    assert [each["kind"] for each in options] == ["deploy", "sites", "works"]
    assert options[0]["people"] == {"low": 1200.0, "best": 1200.0, "high": 1200.0}
    assert options[1]["coverage"]["bound that no choice exceeds"] == 0.5
    assert options[0]["authority"]["open"] == ["request", "land owner"]
