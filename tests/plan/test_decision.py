"""Tests of decisions: who may decide what, and when a proposal is an order."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import (
    BadFile,
    BadLines,
    BadValue,
    MayNotDecide,
    Prohibited,
    UnknownName,
)
from linewatch.log import MissionLog
from linewatch.plan import (
    Decision,
    ProposalKind,
    Standing,
    Verdict,
    decide,
    ordered,
    read_chain,
    standing,
)
from linewatch.plan.decision import CAVEAT_LENGTH, decisions_in, entries_of
from linewatch.scenario import Scenario
from tests.plan.fakes import OPEN, Table, proposal

CHAIN = read_chain()
SOD = "Secretary of Defense"
AT_S = 1_741_000_000.0


def made(answer: Verdict = Verdict.APPROVE, *, caveat: str = "") -> Decision:
    """Return a decision of the Secretary on the deployment."""
    return decide(
        proposal(),
        by=SOD,
        answer=answer,
        at_s=AT_S,
        chain=CHAIN,
        ask=OPEN,
        caveats=[caveat],
    )


def test_a_proposal_is_no_order_until_someone_decides() -> None:
    assert standing(proposal(), []) is Standing.PROPOSED
    assert not ordered(proposal(), [])
    assert ordered(proposal(), [made()])


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=5))
def test_the_last_decision_counts(answers: list[Verdict]) -> None:
    decisions = [made(answer, caveat="part") for answer in answers]
    assert ordered(proposal(), decisions) == (answers[-1] is not Verdict.DISAPPROVE)


def test_a_decision_on_another_text_does_not_count() -> None:
    changed = replace(proposal(), summary="12,000 people")
    assert not ordered(changed, [made()])


def test_in_part_says_what_part() -> None:
    with pytest.raises(BadValue, match="caveat"):
        made(Verdict.IN_PART, caveat="  ")
    decision = made(Verdict.IN_PART, caveat="2,000 people at most")
    assert standing(proposal(), [decision]) is Standing.ORDERED_IN_PART


def test_caveats_are_kept_together() -> None:
    decision = decide(
        proposal(),
        by=SOD,
        answer=Verdict.APPROVE,
        at_s=AT_S,
        chain=CHAIN,
        ask=OPEN,
        caveats=[" ends in June ", "", "no aircraft"],
    )
    assert decision.caveat == "ends in June; no aircraft"
    with pytest.raises(BadValue, match="caveat"):
        made(caveat="x" * (CAVEAT_LENGTH + 1))


@pytest.mark.parametrize("kind", list(ProposalKind))
@pytest.mark.parametrize("office", CHAIN, ids=lambda office: office.office)
def test_an_office_decides_what_its_row_says(
    office: object, kind: ProposalKind
) -> None:
    row = next(each for each in CHAIN if each is office)
    laid = proposal("wire", kind=kind)
    words = {"by": row.office, "answer": Verdict.APPROVE, "at_s": AT_S}
    words |= {"chain": CHAIN, "ask": OPEN}
    if kind in row.may_decide:
        assert decide(laid, **words).office == row.office  # type: ignore[arg-type]
    else:
        with pytest.raises(MayNotDecide, match="may not decide") as caught:
            decide(laid, **words)  # type: ignore[arg-type]
        assert SOD in str(caught.value)


def test_units_and_those_who_ask_decide_nothing() -> None:
    for office in CHAIN:
        if office.step in {"draft", "validated", "staffed", "reported"}:
            assert office.may_decide == ()


def test_an_office_is_found_whatever_the_case() -> None:
    decision = decide(
        proposal(),
        by=" secretary  OF defense ",
        answer=Verdict.DISAPPROVE,
        at_s=AT_S,
        chain=CHAIN,
        ask=Table({}),
    )
    assert decision.office == SOD


def test_an_office_that_does_not_exist_is_told_those_that_do() -> None:
    with pytest.raises(UnknownName, match="Secretary of Defense"):
        decide(
            proposal(),
            by="Smith",
            answer=Verdict.APPROVE,
            at_s=AT_S,
            chain=CHAIN,
            ask=OPEN,
        )


def test_nobody_decides_before_the_proposal_is_made() -> None:
    with pytest.raises(BadValue, match="no earlier than the proposal"):
        decide(
            proposal(),
            by=SOD,
            answer=Verdict.APPROVE,
            at_s=0.0,
            chain=CHAIN,
            ask=OPEN,
        )


def test_the_log_gives_back_what_was_decided(tmp_path: Path) -> None:
    laid, decision = proposal(), made(Verdict.IN_PART, caveat="no aircraft")
    with MissionLog.open(tmp_path / "m.log") as log:
        assert log.append(entries_of(laid, decision)) == 2
        entries = list(log.read())
    assert [entry.kind for entry in entries] == ["proposal", "decision"]
    assert entries[0].body["digest"] == laid.digest
    told = decisions_in((e.time_s, e.body) for e in entries if e.kind == "decision")
    assert told == (decision,)


def test_a_chain_of_ones_own_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "office,step,may_decide,product,source\nRanger,decided,works; sites,order,us\n"
    )
    own = Scenario(folder=tmp_path, tables={"plan": {"approval": "a.csv"}})
    (office,) = read_chain(own)
    assert office.may_decide == ("works", "sites")


def test_a_bad_chain_tells_every_row(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "office,step,may_decide,product,source\n,decided,,,x\nB,,works,,x\nB,s,,,x\n"
    )
    own = Scenario(folder=tmp_path, tables={"plan": {"approval": "a.csv"}})
    with pytest.raises(BadLines, match=r"line 2: office.*line 3: step.*line 4.*twice"):
        read_chain(own)
    (tmp_path / "a.csv").write_text(
        "office,step,may_decide,product,source\nA,s,war,,x\nB,s,peace,,x\n"
    )
    with pytest.raises(BadLines, match=r"'war'.*'peace'"):
        read_chain(own)


def test_nothing_is_approved_that_has_become_prohibited() -> None:
    words = {"by": SOD, "at_s": AT_S, "chain": CHAIN, "ask": Table({})}
    for answer in (Verdict.APPROVE, Verdict.IN_PART):
        with pytest.raises(Prohibited):
            decide(proposal(), answer=answer, caveats=["part"], **words)  # type: ignore[arg-type]
    refused = decide(proposal(), answer=Verdict.DISAPPROVE, **words)  # type: ignore[arg-type]
    assert refused.answer is Verdict.DISAPPROVE


def test_a_chain_without_an_office_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("office,step,may_decide,product,source\n")
    own = Scenario(folder=tmp_path, tables={"plan": {"approval": "a.csv"}})
    with pytest.raises(BadFile, match="no rows"):
        read_chain(own)
