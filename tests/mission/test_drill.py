"""Tests of a drill: one seed makes one log, its alerts follow from it, none is lost."""

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from linewatch.errors import BadValue, LogBroken, Prohibited, Undecided
from linewatch.force import Rule, may
from linewatch.log import MissionLog, verify
from linewatch.measure.clock import to_date, to_epoch_s
from linewatch.mission.drill import Drill, DrillResult
from linewatch.mission.duty import begin
from linewatch.mission.orders import order_entries, posts_in, start_of
from linewatch.mission.prepare import (
    Prepared,
    exercise_decisions,
    exercise_roster,
    exercise_signers,
)
from linewatch.mission.replay import resumed
from linewatch.mission.sites import STATUS, TASK
from linewatch.plan import Check, Decision, Verdict

HOURS = 0.1


def drilled(small: Prepared, path: Path, *, seed: int = 1) -> DrillResult:
    """Run a short drill with a log at `path`."""
    with MissionLog.open(path) as log:
        drill = Drill(prepared=small, log=log, hours=HOURS, seed=seed)
        return asyncio.run(drill.run())


@pytest.fixture(scope="module")
def ran(small: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Log of a short drill."""
    path = tmp_path_factory.mktemp("drill") / "mission.log"
    result = drilled(small, path)
    assert result.detections > 100
    assert result.alerts > 0
    return path


def test_one_seed_makes_one_log_to_the_bit(
    small: Prepared, ran: Path, tmp_path: Path
) -> None:
    drilled(small, tmp_path / "again.log")
    assert verify(tmp_path / "again.log").head == verify(ran).head


def test_another_seed_makes_another_log(
    small: Prepared, ran: Path, tmp_path: Path
) -> None:
    drilled(small, tmp_path / "other.log", seed=2)
    assert verify(tmp_path / "other.log").head != verify(ran).head


def test_the_log_alone_gives_every_alert_again(small: Prepared, ran: Path) -> None:
    with MissionLog.open_to_read(ran) as log:
        told = list(log.read(kinds=("alert", "handover")))
        room = resumed(log, small.scenario, small.area)
    assert room.checked == len(told) > 0


def test_orders_stand_where_the_plan_put_them(small: Prepared, ran: Path) -> None:
    with MissionLog.open_to_read(ran) as log:
        posts = posts_in(log, small.area)
    for post, planned in zip(posts, small.posts, strict=True):
        assert replace(post.site, why="") == replace(planned.site, why="")
        assert (post.sight.lowest_m == planned.sight.lowest_m).all()


def test_each_alert_is_handed_over_and_receipted_in_order(ran: Path) -> None:
    with MissionLog.open_to_read(ran) as log:
        alerts = {e.body["alert_id"]: e for e in log.read(kinds=("alert",))}
        handed = {e.body["alert_id"]: e for e in log.read(kinds=("handover",))}
        received = list(log.read(kinds=("receipt",)))
    crossings = {a for a, entry in alerts.items() if entry.body["kind"] == "crossing"}
    assert crossings <= set(handed)
    assert all(str(e.body["authority"]).startswith("Sheriff") for e in handed.values())
    for receipt in received:
        assert receipt.seq > handed[receipt.body["alert_id"]].seq
        assert receipt.time_s > handed[receipt.body["alert_id"]].time_s


def ordered(small: Prepared, decisions: list[Decision]) -> None:
    order_entries(
        small.proposals,
        decisions,
        small.posts,
        start_s=small.start_s,
        until_s=small.start_s + 1.0,
        ask=small.authority,
    )


def test_nothing_is_ordered_without_a_decision(small: Prepared) -> None:
    with pytest.raises(Undecided, match="is no order"):
        ordered(small, [])


def test_what_is_approved_in_part_is_not_ordered_whole(small: Prepared) -> None:
    parts = [
        replace(decision, answer=Verdict.IN_PART)
        for decision in exercise_decisions(small)
    ]
    with pytest.raises(BadValue, match=r"must be approved whole.*, not in part"):
        ordered(small, parts)


def test_a_duty_does_not_begin_on_a_day_when_the_rules_forbid_it(
    small: Prepared, tmp_path: Path
) -> None:
    rule = Rule(
        name="all-gone",
        task=TASK,
        status=STATUS,
        zone="*",
        start=to_date("2025-06-01"),
        end=None,
        layer="order",
        answer="prohibited",
    )
    held = small.force.rules
    ask = partial(may, replace(held, rules=(*held.rules, rule)))
    with MissionLog.open(tmp_path / "m.log") as log:
        log.append((d.at_s, "decision", d.to_body()) for d in exercise_decisions(small))
        begun = partial(begin, log, small.proposals[1], small.posts, scenario="small")
        with pytest.raises(Prohibited, match="all-gone"):
            begun(start_s=to_epoch_s("2025-06-01"), ask=ask)
        assert start_of(log) is None
        begun(start_s=to_epoch_s("2025-05-31T23:59:59Z"), ask=ask)
        assert start_of(log) is not None


def test_a_log_that_ends_before_what_must_follow_is_broken(
    small: Prepared, ran: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cut.log"
    with MissionLog.open_to_read(ran) as log, MissionLog.open(path) as cut:
        entries = list(log.read())
        first = next(entry.seq for entry in entries if entry.kind == "handover")
        cut.append((e.time_s, e.kind, e.body) for e in entries[: first - 1])
    with (
        MissionLog.open_to_read(path) as log,
        pytest.raises(LogBroken, match=rf"entry {first} is missing: handover"),
    ):
        resumed(log, small.scenario, small.area)


def test_every_decision_of_an_exercise_says_that_it_is_one(small: Prepared) -> None:
    for decision in exercise_decisions(small):
        assert decision.caveat.startswith("exercise")


def test_every_pairing_of_the_plans_was_checked(small: Prepared) -> None:
    for proposal in small.proposals:
        for check in proposal.checks:
            assert check.answer != "prohibited"
            with pytest.raises(Prohibited):
                Check(
                    pairing=check.pairing,
                    answer="prohibited",
                    rule=check.rule,
                    layer=check.layer,
                    conditions=(),
                    citation="",
                )


@pytest.mark.parametrize("hours", [0.0, -1.0, float("nan"), float("inf")])
def test_a_drill_of_no_time_is_refused(
    small: Prepared, tmp_path: Path, hours: float
) -> None:
    with (
        MissionLog.open(tmp_path / "m.log") as log,
        pytest.raises(BadValue, match="hours must be above 0"),
    ):
        Drill(prepared=small, log=log, hours=hours)


def test_an_exercise_signs_its_decisions_alike_each_time(
    small: Prepared, ran: Path
) -> None:
    """Keys follow from the mission, so that a drill with a seed makes the same log."""
    found = verify(ran, roster=exercise_roster(small))
    assert (found.signed, found.unsigned) == (3, 0)
    signers = exercise_signers(small)
    again = {each.office: each.public for each in exercise_signers(small)}
    assert again == {each.office: each.public for each in signers}
    other = replace(small, start_s=small.start_s + 1)
    assert exercise_signers(other)[0].public != signers[0].public
