"""No plan, tasking or call can contain a prohibited pairing, by whatever door.

Every public door is tried with pairings drawn from all tasks, statuses, dates, terms,
places and zones: proposals as they are made, proposals from files that were tampered
with down to their digests, decisions, requests, orders, logs, the web and SAPIENT.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from linewatch.area.zones import Zone
from linewatch.errors import BadFile, BadValue, Prohibited
from linewatch.force import Rule, may, read_rules
from linewatch.force.asking import Authority, Spot
from linewatch.force.records import Record
from linewatch.force.request import (
    Office,
    Reimbursement,
    Request,
    State,
    read_desks,
)
from linewatch.force.rules import OUTSIDE
from linewatch.link.sapient import pb, writing
from linewatch.link.sapient.codec import frame
from linewatch.log import MissionLog
from linewatch.measure.clock import to_epoch_s
from linewatch.mission.orders import order_entries, posts_in
from linewatch.mission.prepare import Prepared, exercise_decisions
from linewatch.mission.sites import STATUS, TASK
from linewatch.plan import (
    Check,
    Pairing,
    Proposal,
    Verdict,
    checked,
    decide,
    read_chain,
    read_proposal,
    rechecked,
)
from linewatch.plan.answering import answering
from linewatch.scenario import BUILT_IN
from linewatch.web import make_app
from tests.cli.running import run
from tests.force.request.making import found, granted
from tests.link.messages import RADAR, REPORT_ID, START_S, replies, reporting
from tests.plan.fakes import cost, proposal
from tests.web.fake import FakeSource, alert

RULES = read_rules(BUILT_IN / "authority.csv")
NDA = "national_defense_area"
FIRST, LAST = date(2025, 1, 1), date(2026, 6, 30)
SECTORS = {"El Paso": (1.0e6, 1.4e6), "Yuma": (2.0e5, 4.0e5)}

days = st.dates(FIRST, LAST)
tasks = st.sampled_from([*RULES.tasks, "fly_kites", "arrest", "detention"])
statuses = st.sampled_from(["T10", "T32", "SAD"])


def zone(name: str, start: date, edges: tuple[float, float] | None) -> Zone:
    from_m, to_m = edges or (None, None)
    return Zone(
        name=name,
        kind="national defense area",
        from_m=from_m,
        to_m=to_m,
        start=start,
        start_precision="day",
        end=None,
        told_length="",
        note="",
        source="test",
        sectors=() if edges else ("El Paso",),
    )


class Grounds(NamedTuple):
    """What an authority is made of; Hypothesis prints it in a line."""

    begins: date
    ordered: date | None
    noted: date | None

    def authority(self) -> Authority:
        """Return the built-in table with two zones and what is on record."""
        records = (
            ("insurrection_act_order_recorded", self.ordered),
            ("detainee_transport_approval_recorded", self.noted),
        )
        return Authority(
            rules=RULES,
            zones=(
                zone("Texas", self.begins, None),
                zone("Strip", date(2025, 4, 21), (2.5e5, 3.0e5)),
            ),
            records=tuple(
                Record(
                    name=name,
                    office="President",
                    reference="test",
                    made_s=0.0,
                    known_s=0.0,
                    from_s=to_epoch_s(on.isoformat()),
                )
                for name, on in records
                if on is not None
            ),
            bases={"Fort Bliss": "El Paso"},
            stretches=SECTORS,
        )


grounds = st.builds(Grounds, days, st.none() | days, st.none() | days)

places = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"sector": st.sampled_from(sorted(SECTORS))}),
    st.just({"base": "Fort Bliss"}),
    st.builds(
        lambda at, long: {"from_m": at, "to_m": at + long},
        st.floats(0, 1.5e6),
        st.floats(0, 2e5),
    ),
    st.sampled_from([{"zone": NDA}, {"zone": "nda"}, {"zone": OUTSIDE}]),
)

pairings = st.builds(
    lambda task, status, on, length, place: Pairing(
        task=task,
        status=status,
        place="somewhere",
        on=on,
        until=None if length == 0 else on + timedelta(days=length),
        **place,
    ),
    tasks,
    statuses,
    days,
    st.integers(0, 120),
    places,
)


def answers_on(asked: Authority, one: Pairing, on: date) -> Iterator[str]:
    """Yield what the bare table says of a day, inside every zone it may lie in."""
    words = {"task": one.task, "status": one.status, "on": on}
    met = {r.name for r in asked.records if r.from_s <= to_epoch_s(on.isoformat())}
    kinds = {one.zone} if one.zone else possible_kinds(asked, one, on)
    for kind in kinds:
        yield may(RULES, zone=kind or None, met=met, **words).answer  # type: ignore[arg-type]


def possible_kinds(asked: Authority, one: Pairing, on: date) -> set[str]:
    """Return the kinds of zone that a place may lie in, written the plain way."""
    sector = "El Paso" if one.base else one.sector
    texas, strip = asked.zones
    kinds = {""}
    if texas.start <= on:
        near = sector == "El Paso"
        if one.from_m is not None and one.to_m is not None:
            near = one.from_m <= 1.4e6 and one.to_m >= 1.0e6
        kinds |= {NDA} if near else set()
    if strip.start <= on:
        if sector == "Yuma":
            kinds.add(NDA)
        elif one.from_m is not None and one.to_m is not None:
            if one.from_m <= 3.0e5 and one.to_m >= 2.5e5:
                kinds.add(NDA)
            if one.from_m >= 2.5e5 and one.to_m <= 3.0e5:
                kinds.discard("")
    return kinds


def is_prohibited(asked: Authority, one: Pairing) -> bool:
    """Ask the bare table about every day of a term."""
    end = one.until or one.on + timedelta(days=1)
    term = range(one.on.toordinal(), end.toordinal())
    return any(
        answer == "prohibited"
        for number in term
        for answer in answers_on(asked, one, date.fromordinal(number))
    )


def lawful() -> Proposal:
    return proposal("static")


def made(checks: tuple[Check, ...]) -> Proposal:
    base = lawful()
    return replace(base, checks=checks, cost=cost(), body={})


def tampered(one: Pairing, answer: str = "allowed") -> dict[str, object]:
    """Write a proposal by hand that says a pairing is fine, with a digest that fits."""
    check = Check(
        pairing=one,
        answer=answer,
        rule="mine",
        layer="law",
        conditions=("asked",) if answer == "conditional" else (),
        citation="I say so",
    )
    told = json.loads(json.dumps(made((check,)).to_dict()))
    kept = {k: v for k, v in told.items() if k not in {"format", "id", "digest"}}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    told["digest"] = sha256(text.encode()).hexdigest()
    told["id"] = f"{told['kind']}-{told['digest'][:12]}"
    return dict(told)


@settings(max_examples=150, deadline=None)
@given(held=grounds, every=st.lists(pairings, min_size=1, max_size=4))
def test_a_proposal_holds_no_pairing_that_is_prohibited_on_any_day(
    held: Grounds, every: list[Pairing]
) -> None:
    asked = held.authority()
    if any(is_prohibited(asked, one) for one in every):
        with pytest.raises(Prohibited):
            checked(every, asked)
        return
    laid = made(checked(every, asked))
    for check in laid.checks:
        assert check.answer in {"allowed", "conditional"}
        assert not is_prohibited(asked, check.pairing)
    assert rechecked(laid, asked) == laid.checks
    assert Proposal.from_dict(laid.to_dict()) == laid


@settings(max_examples=100, deadline=None)
@given(
    held=grounds,
    one=pairings,
    answer=st.sampled_from(["allowed", "conditional"]),
    verdict=st.sampled_from([Verdict.APPROVE, Verdict.IN_PART]),
)
def test_a_tampered_proposal_is_read_and_never_approved(
    held: Grounds, one: Pairing, answer: str, verdict: Verdict
) -> None:
    """Its digest fits, so it is a proposal; the table is asked again all the same."""
    asked = held.authority()
    forged = Proposal.from_dict(tampered(one, answer))
    words = {"by": "President", "at_s": forged.made_s, "chain": read_chain()}
    words |= {"caveats": ["part"], "ask": asked}
    case = replace(granted(), state=State.RUNNING)
    if is_prohibited(asked, one):
        with pytest.raises(Prohibited):
            decide(forged, answer=verdict, **words)  # type: ignore[arg-type]
        with pytest.raises(Prohibited):
            answering(forged, {"rfa-1": case}, ["rfa-1"], asked)
    else:
        decide(forged, answer=verdict, **words)  # type: ignore[arg-type]


@settings(max_examples=50, deadline=None)
@given(task=tasks, status=statuses, deep=st.integers(0, 3))
def test_a_body_cannot_name_a_task_that_was_not_checked(
    task: str, status: str, deep: int
) -> None:
    part: object = {"task": task, "status": status}
    for _ in range(deep):
        part = {"rows": [part]}
    assume(task != "static")
    with pytest.raises(BadValue, match="of tasks that a check speaks of"):
        replace(lawful(), body={"plan": part})
    told = tampered(Pairing(task="static", status="T10", place="a", on=FIRST))
    told["body"] = {"plan": part}
    with pytest.raises(BadValue):
        Proposal.from_dict(told)


@settings(max_examples=100, deadline=None)
@given(held=grounds, task=tasks, status=statuses, on=days, length=st.integers(1, 60))
def test_no_request_is_granted_that_is_prohibited_on_any_day(
    held: Grounds, task: str, status: str, on: date, length: int
) -> None:
    asked = held.authority()
    wanted = Request(
        id="rfa-1",
        office="CBP sector",
        capability="anything",
        task=task,
        status=status,
        number=5,
        start=on,
        end=on + timedelta(days=length - 1),
        end_state="done",
        reimbursement=Reimbursement.WAIVED,
        sector="Yuma",
    )
    case = replace(found(granted()), request=wanted, state=State.STAFFED, moves=())
    desk = Office(
        name="President",
        at_s=START_S * 2,
        known_s=START_S * 2,
        desks=read_desks(),
        authority=asked,
    )
    one = Pairing(
        task=wanted.task,
        status=status,
        place="Yuma",
        sector="Yuma",
        on=on,
        until=on + timedelta(days=length),
    )
    if is_prohibited(asked, one):
        with pytest.raises(Prohibited):
            desk.move(case, "decide", number=5)
    else:
        assert desk.move(case, "decide", number=5)[0].granted == 5


@pytest.mark.parametrize("after", [0, 1, 30, 59])
def test_no_post_is_ordered_that_is_prohibited_on_any_day(
    small: Prepared, after: int
) -> None:
    """Also where the rule begins in the middle of the order, or on its last day."""
    begins = date(2025, 5, 2) + timedelta(days=after)
    stop = Rule(
        name="stop",
        task=TASK,
        status=STATUS,
        zone="*",
        start=begins,
        end=None,
        layer="order",
        answer="prohibited",
    )
    words = {"start_s": small.start_s, "until_s": small.start_s + 59 * 86_400.0}
    grounds = (small.proposals, exercise_decisions(small), small.posts)
    assert order_entries(*grounds, ask=small.authority, **words)  # type: ignore[arg-type]
    asked = small.authority.with_rules([stop])
    with pytest.raises(Prohibited, match="stop"):
        order_entries(*grounds, ask=asked, **words)  # type: ignore[arg-type]
    for made_before in small.proposals:
        if any(c.pairing.task == TASK for c in made_before.checks):
            with pytest.raises(Prohibited):
                rechecked(made_before, asked)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(task=tasks, status=statuses)
def test_a_log_that_orders_something_else_stands_no_post(
    small: Prepared, tmp_path: Path, task: str, status: str
) -> None:
    assume((task, status) != (TASK, STATUS))
    path = tmp_path / f"{task}-{status}.log"
    with MissionLog.open(path) as log:
        body = {"order_id": "o", "unit": "p", "kind": "radar", "task": task}
        log.append([(0.0, "order", body | {"status": status})])
        with pytest.raises(Prohibited):
            posts_in(log, small.area)


def test_every_pairing_of_a_prepared_mission_is_lawful_all_through(
    small: Prepared,
) -> None:
    for each in small.proposals:
        for check in each.checks:
            assert check.pairing.until is not None
            assert not is_plainly_prohibited(small.authority, check.pairing)


def is_plainly_prohibited(asked: Authority, one: Pairing) -> bool:
    spot = Spot(
        from_m=one.from_m,
        to_m=one.to_m,
        sector=one.sector,
        base=one.base,
        zone=one.zone,
    )
    end = one.until or one.on
    return any(
        asked.at(spot, task=one.task, status=one.status, on=date.fromordinal(n)).answer
        == "prohibited"
        for n in range(one.on.toordinal(), end.toordinal())
    )


@pytest.mark.parametrize("answer", ["allowed", "conditional", "prohibited", "fine"])
def test_the_command_line_approves_no_tampered_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, answer: str
) -> None:
    arrest = Pairing(task="arrest_apprehension", status="T10", place="a", on=FIRST)
    told = tampered(arrest)
    told["checks"][0]["answer"] = answer  # type: ignore[index]
    kept = {k: v for k, v in told.items() if k not in {"format", "id", "digest"}}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    told["digest"] = sha256(text.encode()).hexdigest()
    told["id"] = f"deploy-{str(told['digest'])[:12]}"
    path, log = tmp_path / "p.json", tmp_path / "m.log"
    path.write_text(json.dumps(told))
    words = ["decide", str(path), "--by", "President", "--answer", "approve"]
    status, _, err = run(capsys, [*words, "--log", str(log)])
    assert status == 1
    assert "prohibited" in err
    assert not log.exists()
    if answer in {"prohibited", "fine"}:
        with pytest.raises((Prohibited, BadFile)):
            read_proposal(path)


def test_no_call_of_the_web_takes_a_task(tmp_path: Path) -> None:
    """Whatever may change something is called with pairings; nothing takes one."""
    source = FakeSource()
    source.show(alert(1, 10.0))
    app = make_app(source, acknowledge=source.acknowledge, folder=tmp_path)
    client = TestClient(app, base_url="http://127.0.0.1:8080")
    told = client.get("/api/openapi.json").json()
    doors = [
        (method, path)
        for path, methods in told["paths"].items()
        for method in methods
        if method != "get"
    ]
    assert doors, "the page acknowledges alerts"
    for method, path in doors:
        for task in (*RULES.tasks, "fly_kites"):
            body = {"office": "Watch desk", "task": task, "status": "T10"}
            url = path.replace("{alert_id}", "alert-1")
            answer = client.request(method, url, json=body)
            assert answer.status_code in range(400, 500), (method, path, task)
    assert source.logged == []


@given(task=st.sampled_from([*RULES.tasks, "Look", "Fire"]), control=st.integers(1, 3))
def test_no_task_comes_in_over_sapient(task: str, control: int) -> None:
    fusion, edge = reporting()
    message = writing.message(RADAR.node_id, START_S)
    message.task.task_id = REPORT_ID
    message.task.control = control
    message.task.task_name = task
    assert fusion.receive(frame(message.SerializeToString())) == []
    (reply,) = replies(fusion)
    assert reply.task_ack.task_status == pb.TaskAck.TASK_STATUS_REJECTED
    assert edge is not None
