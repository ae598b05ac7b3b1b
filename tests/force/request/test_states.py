"""Tests of the life of a request: which step leads where, and who may make it."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.errors import (
    BadLines,
    BadValue,
    LinewatchError,
    MayNotDecide,
    Prohibited,
    UnknownName,
)
from linewatch.force import Rule, may
from linewatch.force.request import (
    MOVES,
    Finding,
    Result,
    State,
    cases_in,
    find_case,
    legality_of,
    read_desks,
    rules_under,
)
from linewatch.force.request.states import ACTS, COLUMNS, NEEDS
from linewatch.scenario import Scenario
from tests.force.request.making import (
    START_S,
    authority,
    body,
    drafted,
    entries_of,
    found,
    granted,
    office,
    request,
    staffed,
)

SOD = "Secretary of Defense"

SAID: dict[str, Any] = {
    "number": 10,
    "until": date(2026, 1, 1),
    "caveat": "why",
    "reference": "order 1",
}


def stop(task: str, day: str) -> Rule:
    """Return a rule that prohibits a task from a date on."""
    return Rule(
        name="stop",
        task=task,
        status="T10",
        zone="*",
        start=date.fromisoformat(day),
        end=None,
        layer="order",
        answer="prohibited",
    )


def test_a_request_goes_from_draft_to_close() -> None:
    case = granted()
    assert (case.state, case.granted, case.in_part) == (State.DECIDED, 500, False)
    case, _, _ = office("Joint Staff", 4).move(
        case, "source", number=300, reference="o1"
    )
    case, _, _ = office("Joint Staff", 5).move(
        case, "source", number=200, reference="o2"
    )
    assert (case.state, case.sourced) == (State.SOURCED, 500)
    case, _, _ = office("JTF-SB commander", 6).move(case, "run")
    case, _, _ = office(SOD, 7).move(
        case, "extend", until=date(2025, 12, 31), caveat="crews late"
    )
    assert (case.state, case.end, case.extended) == (
        State.RUNNING,
        date(2025, 12, 31),
        True,
    )
    case, _, _ = office("JTF-SB commander", 8).move(case, "close", caveat="150 sites")
    assert case.state is State.CLOSED
    assert [move.move for move in case.moves] == [
        "validate",
        "staff",
        "decide",
        "source",
        "source",
        "run",
        "extend",
        "close",
    ]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("move", list(MOVES))
def test_no_step_leads_out_of_a_state_but_those_of_the_table(
    state: State, move: str
) -> None:
    """Every state against every move, whoever tries it."""
    case = replace(granted(), state=state)
    said = {k: v for k, v in SAID.items() if k in NEEDS.get(move, ())}
    offices = {desk.office for desk in read_desks() if desk.move == move}
    if state not in MOVES[move]:
        for name in offices:
            with pytest.raises(BadValue, match="must be"):
                office(name, 9).move(case, move, **said)
        return
    after, told, _ = office(min(offices), 9).move(found(case), move, **said)
    assert after.state is MOVES[move][state]
    assert after.moves[-1] == told


def test_ended_requests_stay_ended() -> None:
    for state in (State.CLOSED, State.REFUSED, State.WITHDRAWN):
        assert all(state not in ways for ways in MOVES.values())


@pytest.mark.parametrize("act", [act for act in ACTS if act not in {"draft", "find"}])
def test_only_the_offices_of_the_table_make_a_move(act: str) -> None:
    state = next(iter(MOVES[act]))
    case = found(replace(granted(), state=state))
    able = {desk.office for desk in read_desks() if desk.move == act}
    said = {k: v for k, v in SAID.items() if k in NEEDS.get(act, ())}
    for name in {desk.office for desk in read_desks()} - able:
        with pytest.raises(MayNotDecide):
            office(name, 9).move(case, act, **said)
    with pytest.raises(UnknownName, match="Joint Staff"):
        office("Colonel Smith", 9).move(case, act, **said)


def test_what_is_reserved_is_the_presidents() -> None:
    """A proclamation opens the task; then the President alone grants it."""
    opened = Rule(
        name="opened",
        task="arrest_apprehension",
        status="T10",
        zone="*",
        start=None,
        end=None,
        layer="law",
        answer="conditional",
        conditions=("presidential_order_names_the_task",),
        lifts=("t10-arrest",),
    )
    case = staffed(task="arrest")
    with pytest.raises(Prohibited):
        office("President", 3).move(case, "decide", number=5)
    with pytest.raises(MayNotDecide, match="President may"):
        office(SOD, 3, opened).move(case, "decide", number=5)
    after, _, legal = office("President", 3, opened).move(case, "decide", number=5)
    assert after.granted == 5
    assert legal is not None
    assert legal.result is Result.CONCERN


def test_an_office_with_a_limit_decides_up_to_it(tmp_path: Path) -> None:
    rows = [f"{act},Corps,,,x" for act in ACTS if act != "decide"]
    rows += ["decide,Corps,100,,x", "decide,President,,,x"]
    (tmp_path / "o.csv").write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    own = Scenario(folder=tmp_path, tables={"force": {"request_offices": "o.csv"}})
    desks = read_desks(own)
    corps = replace(office("corps", 3), desks=desks)
    assert corps.move(staffed(), "decide", number=100)[0].granted == 100
    with pytest.raises(MayNotDecide, match="President may"):
        corps.move(staffed(), "decide", number=101)


def test_a_bad_table_of_offices_tells_every_row(tmp_path: Path) -> None:
    own = Scenario(folder=tmp_path, tables={"force": {"request_offices": "o.csv"}})
    path = tmp_path / "o.csv"
    rows = ["bless,A,,,x", "draft,,,,x", "draft,A,-1,,x", "draft,A,,,", "draft,A,0,,x"]
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    with pytest.raises(BadLines) as caught:
        read_desks(own)
    assert [line for line, _ in caught.value.faults] == [2, 3, 4, 5, 6]
    path.write_text(",".join(COLUMNS) + "\ndraft,A,,,x\n")
    with pytest.raises(BadLines, match="names no office that may decide a request"):
        read_desks(own)
    path.write_text(",".join(COLUMNS) + "\n")
    with pytest.raises(LinewatchError, match="no rows"):
        read_desks(own)


def test_nothing_is_staffed_without_the_six_criteria() -> None:
    case, _, _ = office("DHS Executive Secretary", 1).move(drafted(), "validate")
    with pytest.raises(BadValue, match="without lethality, risk, cost, readiness"):
        office("Joint Staff", 2).move(case, "staff")
    after, _, legal = office("Joint Staff", 2).move(found(case), "staff")
    assert legal is not None
    assert (legal.criterion, legal.result) == ("legality", Result.CONCERN)
    assert "conditional from 2025-03-20 by law t10-static" in legal.stated
    assert not after.missing


def test_legality_cannot_be_stated_by_hand() -> None:
    for result in Result:
        said = Finding(
            request_id="rfa-1",
            criterion="legality",
            result=result,
            stated="our lawyer says so",
            office="Joint Staff",
            made_s=START_S,
            known_s=START_S,
        )
        with pytest.raises(BadValue, match="left to the authority table"):
            office("Joint Staff", 2).find(drafted(), said)


def test_a_finding_of_legality_that_was_put_in_by_hand_is_worked_out_anew() -> None:
    case = found(drafted(task="arrest"))
    forged = Finding(
        request_id="rfa-1",
        criterion="legality",
        result=Result.PASS,
        stated="fine",
        office="Joint Staff",
        made_s=START_S,
        known_s=START_S,
    )
    case = replace(case, findings={**case.findings, "legality": forged})
    case, _, _ = office("DHS Executive Secretary", 1).move(case, "validate")
    case, _, _ = office("Joint Staff", 2).move(case, "staff")
    assert case.findings["legality"].result is Result.FAIL
    with pytest.raises(Prohibited, match="t10-arrest"):
        office("President", 3).move(
            replace(case, findings={**case.findings, "legality": forged}),
            "decide",
            number=1,
        )


def test_what_is_prohibited_on_the_last_day_is_not_granted() -> None:
    ends = stop("detect_monitor_static", "2025-09-30")
    with pytest.raises(Prohibited, match="stop"):
        office(SOD, 3, ends).move(staffed(), "decide", number=1)
    case, _, _ = office(SOD, 3, ends).move(
        staffed(), "decide", number=1, until=date(2025, 9, 29)
    )
    assert (case.end, case.in_part) == (date(2025, 9, 29), True)
    later = stop("detect_monitor_static", "2025-12-01")
    with pytest.raises(Prohibited):
        office(SOD, 4, later).move(
            granted(), "extend", until=date(2025, 12, 1), caveat="late"
        )


def test_a_decision_in_part_is_told_with_its_limits() -> None:
    case = granted(200, caveat="no aircraft", conditions=("land_owner_recorded",))
    assert (case.granted, case.in_part) == (200, True)
    assert (case.caveats, case.conditions) == (
        ("no aircraft",),
        ("land_owner_recorded",),
    )
    for number in (0, 501, -1):
        with pytest.raises(BadValue, match="number"):
            granted(number)
    for until in (date(2025, 3, 1), date(2026, 1, 1)):
        with pytest.raises(BadValue, match="until"):
            granted(1, until=until)


def test_no_more_is_sourced_than_was_granted() -> None:
    case = granted(100)
    staff = office("Joint Staff", 4)
    with pytest.raises(BadValue, match="1 to 100"):
        staff.move(case, "source", number=101, reference="o1")
    case, _, _ = staff.move(case, "source", number=60, reference="o1")
    with pytest.raises(BadValue, match="1 to 40"):
        staff.move(case, "source", number=41, reference="o2")


def test_each_step_tells_what_it_needs_and_no_more() -> None:
    with pytest.raises(BadValue, match="caveat must be given, for refuse needs it"):
        office(SOD, 3).move(staffed(), "refuse")
    with pytest.raises(BadValue, match="number must be left out of refuse"):
        office(SOD, 3).move(staffed(), "refuse", caveat="no", number=3)
    with pytest.raises(BadValue, match="reference"):
        office("Joint Staff", 4).move(granted(), "source", number=3)
    with pytest.raises(BadValue, match="at most 1,000"):
        office(SOD, 3).move(staffed(), "refuse", caveat="x" * 1001)
    refused, _, _ = office(SOD, 3).move(staffed(), "refuse", caveat="no need shown")
    assert (refused.state, refused.granted) == (State.REFUSED, 0)


def test_time_does_not_go_back() -> None:
    with pytest.raises(BadValue, match="no earlier than 2025-03-04"):
        office("Joint Staff", 2).move(granted(), "source", number=1, reference="o")
    with pytest.raises(BadValue, match="after 2025-09-30"):
        office(SOD, 9).move(granted(), "extend", until=date(2025, 9, 30), caveat="x")


def test_a_request_without_an_end_or_a_place_is_refused() -> None:
    for changes in (
        {"end": date(2025, 3, 19)},
        {"end_state": " "},
        {"sector": ""},
        {"from_m": 1.0, "to_m": 2.0},
        {"sector": "", "from_m": 1.0},
        {"sector": "", "from_m": 5.0, "to_m": 2.0},
        {"number": 0},
        {"statute": ""},
    ):
        with pytest.raises(BadValue):
            request(**changes)
    with pytest.raises(UnknownName):
        request(status="T11")


def test_a_draft_is_made_anew_until_it_is_validated() -> None:
    first, second = request(), request(number=600)
    told = [
        (START_S + n, "request", body(r.to_body(START_S)))
        for n, r in ((0, first), (1, second))
    ]
    assert cases_in(told)["rfa-1"].request.number == 600
    assert first.digest != second.digest
    sector = office("CBP sector", 1)
    assert sector.draft(second, drafted()) == second
    with pytest.raises(BadValue, match="a draft, to be drafted anew"):
        sector.draft(second, granted())
    _, said, _ = office("DHS Executive Secretary", 1).move(drafted(), "validate")
    bad = [told[0], (said.made_s, "move", body(said.to_body())), told[1]]
    with pytest.raises(BadValue, match="to be drafted anew"):
        cases_in(bad)


def test_the_log_gives_a_case_back() -> None:
    case = granted(200, caveat="part", conditions=("a", "b"), until=date(2025, 6, 1))
    assert cases_in(entries_of(case))["rfa-1"] == case


def test_a_case_is_told_as_of_two_dates() -> None:
    case = granted()
    entries = entries_of(case)
    decided = entries[-1]
    late = (decided[0], "move", {**decided[2], "known_s": decided[0] + 1000.0})
    told = [*entries[:-1], late]
    states = [
        cases_in(told, on_s=decided[0] - 1),
        cases_in(told, known_s=decided[0] + 999),
        cases_in(told),
    ]
    assert [each["rfa-1"].state for each in states] == ["staffed", "staffed", "decided"]
    assert cases_in(told, on_s=START_S - 1) == {}


def test_entries_that_do_not_follow_are_refused() -> None:
    entries = entries_of(granted())
    with pytest.raises(UnknownName, match="rfa-1"):
        cases_in(entries[1:])
    moves = [each for each in entries if each[1] == "move"]
    with pytest.raises(BadValue, match="must be one of"):
        cases_in([entries[0], moves[-1]])
    with pytest.raises(UnknownName):
        find_case({}, "none")


@settings(max_examples=60, deadline=None)
@given(
    on=st.dates(date(2025, 1, 1), date(2026, 6, 30)),
    number=st.integers(1, 500),
    until=st.none() | st.dates(date(2025, 3, 20), date(2025, 9, 30)),
    conditions=st.lists(st.sampled_from(["a", "b", "c"]), max_size=2),
)
def test_what_was_granted_limits_what_may_be_done(
    on: date, number: int, until: date | None, conditions: list[str]
) -> None:
    """Under a request: its dates and conditions on top, and nothing ever looser."""
    case = granted(number, until=until, conditions=tuple(conditions))
    words = {"task": "static", "status": "T10", "on": on}
    alone = authority()(**words)  # type: ignore[arg-type]
    under = authority().with_rules(rules_under(case))(**words)  # type: ignore[arg-type]
    if case.request.start <= on <= (until or case.request.end):
        assert under.answer == "conditional"
        assert {*under.conditions} == {*alone.conditions, *conditions}
    else:
        assert under.answer == "prohibited"
        assert under.rule.startswith("request-rfa-1-")


@pytest.mark.parametrize(
    "state", [s for s in State if s not in {"decided", "sourced", "running", "closed"}]
)
def test_under_a_request_that_nobody_granted_nothing_may_be_done(state: State) -> None:
    case = replace(granted(), state=state)
    asked = authority().with_rules(rules_under(case))
    for task in asked.rules.tasks:
        for status in ("T10", "T32", "SAD"):
            answer = asked(task=task, status=status, on=date(2025, 5, 1))
            assert answer.answer == "prohibited"


def test_legality_is_what_the_table_answers() -> None:
    for task in authority().rules.tasks:
        legal = legality_of(request(task=task), authority())
        days = (
            may(
                authority().rules, task=task, status="T10", on=date.fromordinal(n)
            ).answer
            for n in range(date(2025, 3, 20).toordinal(), date(2025, 10, 1).toordinal())
        )
        strictest = max(days, key=("allowed", "conditional", "prohibited").index)
        assert (
            legal.result
            == {
                "allowed": "pass",
                "conditional": "concern",
                "prohibited": "fail",
            }[strictest]
        )


def test_a_closed_request_held_until_the_day_that_it_was_closed() -> None:
    case, _, _ = office("JTF-SB commander", 60).move(granted(), "close", caveat="done")
    asked = authority().with_rules(rules_under(case))
    words = {"task": "static", "status": "T10"}
    assert asked(on=date(2025, 4, 30), **words).answer == "conditional"
    after = asked(on=date(2025, 5, 1), **words)
    assert (after.answer, after.rule) == ("prohibited", "request-rfa-1-after")
