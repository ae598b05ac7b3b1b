"""Tests of the fusion node's end of a connection, without sockets."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.link.sapient import (
    Complaint,
    EdgeSession,
    Event,
    FusionSession,
    Left,
    Parting,
    Receipt,
    Refusal,
    ServerSettings,
    Skew,
    pb,
    writing,
)
from linewatch.link.sapient.codec import frame
from linewatch.link.sapient.session import NO_EFFECTORS, State
from linewatch.link.sapient.validate import faults_of
from linewatch.watch.values import Detection, Health, Node, Status
from tests.link.messages import (
    ALERT,
    BEARING,
    DESK,
    OTHER,
    PLACE,
    POLAR,
    RADAR,
    REPORT_ID,
    START_S,
    detection_message,
    node,
    ok,
    replies,
    reporting,
)


def framed(message: pb.SapientMessage) -> bytes:
    return frame(message.SerializeToString())


def one_refusal(events: list[Event]) -> Refusal:
    (event,) = events
    assert isinstance(event, Refusal)
    return event


def one_error(session: FusionSession) -> pb.SapientMessage:
    """Return the one reply that waits, which is an Error."""
    (reply,) = replies(session)
    assert reply.WhichOneof("content") == "error"
    return reply


def test_a_node_registers_reports_and_detects() -> None:
    fusion, edge = FusionSession(), EdgeSession(RADAR)
    assert fusion.receive(edge.register(START_S)) == []
    (ack,) = replies(fusion)
    assert ack.registration_ack.acceptance
    assert ack.destination_id == RADAR.node_id
    edge.receive(framed(ack))
    assert fusion.receive(edge.report(ok(RADAR))) == [RADAR, ok(RADAR)]
    seen = [POLAR, BEARING, PLACE]
    assert fusion.receive(edge.detect(seen)) == seen
    assert fusion.outbox() == b""
    assert fusion.taken == {RADAR.node_id: 5}
    assert edge.sent == 5


@given(st.lists(st.integers(0, 2000), max_size=20))
def test_any_cutting_of_the_stream_gives_the_same_events(cuts: list[int]) -> None:
    edge = EdgeSession(RADAR)
    stream = edge.register(START_S)
    helper = FusionSession()
    helper.receive(stream)
    edge.receive(helper.outbox())
    stream += edge.report(ok(RADAR)) + edge.detect([POLAR, PLACE])
    fusion, events = FusionSession(), []
    edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    for at, end in pairwise(edges):
        events += fusion.receive(stream[at:end])
    assert events == [RADAR, ok(RADAR), POLAR, PLACE]


EFFECTORS = ["KINETIC", "JAMMER", "CYBER", "LDEW", "RFDEW"]


@pytest.mark.parametrize("kind", EFFECTORS)
@pytest.mark.parametrize("second", [False, True])
def test_effector_nodes_are_refused(kind: str, *, second: bool) -> None:
    message = writing.registration(RADAR, START_S)
    effector = pb.Registration.NodeType.Value(f"NODE_TYPE_{kind}")
    if second:  # a radar that can also act is an effector
        message.registration.node_definition.add(node_type=effector)
    else:
        message.registration.node_definition[0].node_type = effector
    refuses_as_effector(message)


@pytest.mark.parametrize(
    "word", ["Jammer", "RFDEW", "Kinetic effector", "weapon_mount"]
)
def test_a_capability_to_act_is_refused_whatever_the_type(word: str) -> None:
    message = writing.registration(RADAR, START_S)
    message.registration.capabilities.add(category=word, type="power", value="50")
    refuses_as_effector(message)
    message = writing.registration(RADAR, START_S)
    message.registration.node_definition[0].node_sub_type.append(word)
    refuses_as_effector(message)


def refuses_as_effector(message: pb.SapientMessage) -> None:
    """Check that a registration is refused with its reason and nothing follows."""
    fusion = FusionSession()
    events = fusion.receive(framed(message))
    assert one_refusal(events).faults == (NO_EFFECTORS,)
    (ack,) = replies(fusion)
    assert ack.registration_ack.acceptance is False
    assert list(ack.registration_ack.ack_response_reason) == [
        "effector nodes are not accepted by this fusion node"
    ]
    assert fusion.peer_id is None
    one_refusal(fusion.receive(framed(detection_message())))
    assert "before it registered" in one_error(fusion).error.error_message[0]


@pytest.mark.parametrize("kind", ["NODE_TYPE_CAMERA", "NODE_TYPE_OTHER"])
def test_nodes_that_only_look_are_accepted(kind: str) -> None:
    message = writing.registration(RADAR, START_S)
    number = pb.Registration.NodeType.Value(kind)
    message.registration.node_definition[0].node_type = number
    fusion = FusionSession()
    assert fusion.receive(framed(message)) == []
    assert replies(fusion)[0].registration_ack.acceptance


def test_another_version_is_refused_with_the_one_we_speak() -> None:
    message = writing.registration(RADAR, START_S)
    message.registration.icd_version = "BSI Flex 335 v1.0"
    fusion = FusionSession()
    one_refusal(fusion.receive(framed(message)))
    (ack,) = replies(fusion)
    assert list(ack.registration_ack.ack_response_reason) == [
        "this fusion node speaks BSI Flex 335 v2.0 only"
    ]


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_an_interval_that_is_no_time_is_refused(value: float) -> None:
    message = writing.registration(RADAR, START_S)
    message.registration.status_definition.status_interval.value = value
    fusion = FusionSession()
    one_refusal(fusion.receive(framed(message)))
    assert replies(fusion)[0].registration_ack.acceptance is False


def test_a_detection_of_an_unknown_node_is_an_error_that_names_it() -> None:
    fusion = FusionSession()
    packet = detection_message().SerializeToString()
    refusal = one_refusal(fusion.receive(frame(packet)))
    assert refusal.node_id == RADAR.node_id
    assert refusal.content == "detection_report"
    reply = one_error(fusion)
    assert reply.error.packet == packet
    assert list(reply.error.error_message) == [
        f"node {RADAR.node_id} sent a detection_report before it registered"
    ]
    # The link is kept: the same connection may register now.
    edge = EdgeSession(RADAR)
    fusion.receive(edge.register(START_S))
    assert replies(fusion)[0].registration_ack.acceptance


def test_a_detection_before_the_first_status_is_an_error() -> None:
    fusion, edge = FusionSession(), EdgeSession(RADAR)
    fusion.receive(edge.register(START_S))
    edge.receive(fusion.outbox())
    one_refusal(fusion.receive(edge.detect([POLAR])))
    assert "before its first status" in one_error(fusion).error.error_message[0]


def test_a_detection_of_a_node_without_a_place_is_an_error() -> None:
    fusion, edge = FusionSession(), EdgeSession(RADAR)
    fusion.receive(edge.register(START_S))
    edge.receive(fusion.outbox())
    status = writing.status_report(ok(RADAR), REPORT_ID, node=None, is_new=True)
    assert fusion.receive(framed(status)) == [ok(RADAR)]
    one_refusal(fusion.receive(edge.detect([POLAR])))
    assert "place is unknown" in one_error(fusion).error.error_message[0]


def test_an_unchanged_status_before_a_new_one_is_an_error() -> None:
    fusion, edge = FusionSession(), EdgeSession(RADAR)
    fusion.receive(edge.register(START_S))
    fusion.outbox()
    status = writing.status_report(ok(RADAR), REPORT_ID, node=RADAR, is_new=False)
    one_refusal(fusion.receive(framed(status)))
    assert "before any NEW" in one_error(fusion).error.error_message[0]
    assert fusion.state is State.REGISTERED


def test_an_unchanged_status_repeats_the_last_new_one() -> None:
    fusion, edge = reporting()
    blind = replace(ok(RADAR, 10), detecting=False, health=Health.WARNING)
    assert fusion.receive(edge.report(blind)) == [blind]
    packet = edge.report(replace(blind, time_s=START_S + 20))
    message = pb.SapientMessage.FromString(packet[4:])
    assert message.status_report.info == pb.StatusReport.INFO_UNCHANGED
    assert fusion.receive(packet) == [replace(blind, time_s=START_S + 20)]


def test_registering_again_changes_nothing_or_tells_the_change() -> None:
    fusion, edge = reporting()
    assert fusion.receive(framed(writing.registration(RADAR, START_S + 5))) == []
    assert replies(fusion)[0].registration_ack.acceptance
    assert fusion.receive(edge.detect([POLAR])) == [POLAR]
    slower = replace(RADAR, status_interval_s=120.0)
    assert fusion.receive(framed(writing.registration(slower, START_S + 6))) == [slower]


def test_a_node_that_moved_is_told_anew() -> None:
    fusion, _ = reporting()
    moved = replace(RADAR, lon_deg=-111.0)
    status = writing.status_report(ok(RADAR, 9), REPORT_ID, node=moved, is_new=True)
    assert fusion.receive(framed(status)) == [moved, ok(RADAR, 9)]


def test_another_node_cannot_register_on_the_same_connection() -> None:
    fusion, edge = reporting()
    one_refusal(fusion.receive(framed(writing.registration(OTHER, START_S))))
    (ack,) = replies(fusion)
    assert ack.registration_ack.acceptance is False
    assert RADAR.node_id in ack.registration_ack.ack_response_reason[0]
    stray = replace(POLAR, node_id=OTHER.node_id)
    refusal = one_refusal(fusion.receive(framed(writing.detection_report(stray))))
    assert refusal.node_id == OTHER.node_id
    one_error(fusion)
    assert fusion.receive(edge.detect([POLAR])) == [POLAR]


def test_goodbye_ends_the_node_and_it_may_come_back() -> None:
    fusion, edge = reporting()
    status, left = fusion.receive(edge.goodbye(START_S + 9))
    assert isinstance(status, Status)
    assert status.health is Health.GOODBYE
    assert left == Left(node_id=RADAR.node_id, parting=Parting.GOODBYE)
    assert fusion.end() == []
    one_refusal(fusion.receive(framed(detection_message())))
    assert "after its goodbye" in one_error(fusion).error.error_message[0]
    edge.restart()
    fusion.receive(edge.register(START_S + 10))
    edge.receive(fusion.outbox())
    assert fusion.receive(edge.report(ok(RADAR, 11))) == [ok(RADAR, 11)]


@pytest.mark.parametrize("parting", [Parting.CLOSED, Parting.REPLACED])
def test_the_end_of_a_connection_is_told_once(parting: Parting) -> None:
    fusion, _ = reporting()
    assert fusion.end(parting) == [Left(node_id=RADAR.node_id, parting=parting)]
    assert fusion.end() == []
    assert FusionSession().end() == []


def test_every_fault_of_a_bad_packet_is_told_and_the_link_kept() -> None:
    fusion, edge = reporting()
    message = detection_message()
    message.detection_report.ClearField("report_id")
    message.detection_report.range_bearing.ClearField("datum")
    packet = message.SerializeToString()
    refusal = one_refusal(fusion.receive(frame(packet)))
    assert len(refusal.faults) == 2
    reply = one_error(fusion)
    assert reply.error.packet == packet
    assert sorted(reply.error.error_message) == [
        "detection_report.range_bearing.datum is missing",
        "detection_report.report_id is missing",
    ]
    assert fusion.receive(edge.detect([POLAR])) == [POLAR]
    assert fusion.refused == {RADAR.node_id: 1}


def test_a_place_in_another_datum_is_an_error() -> None:
    fusion, _ = reporting()
    message = detection_message()
    message.detection_report.range_bearing.datum = pb.RangeBearingDatum.Value(
        "RANGE_BEARING_DATUM_MAGNETIC"
    )
    one_refusal(fusion.receive(framed(message)))
    assert "TRUE north, not MAGNETIC" in one_error(fusion).error.error_message[0]


@pytest.mark.parametrize(
    ("seconds", "nanos"), [(-1, 0), (253_402_300_800, 0), (1, -1), (1, 1_000_000_000)]
)
def test_a_time_outside_the_calendar_is_an_error(seconds: int, nanos: int) -> None:
    fusion, _ = reporting()
    message = detection_message()
    message.timestamp.seconds, message.timestamp.nanos = seconds, nanos
    one_refusal(fusion.receive(framed(message)))
    assert "no instant of UTC" in one_error(fusion).error.error_message[0]


def test_bytes_that_are_no_message_are_an_error_and_the_link_kept() -> None:
    fusion, edge = reporting()
    refusal = one_refusal(fusion.receive(frame(b"\xff\xff\xff")))
    assert refusal.node_id == RADAR.node_id
    assert one_error(fusion).error.packet == b"\xff\xff\xff"
    assert fusion.receive(edge.detect([POLAR])) == [POLAR]


def test_a_frame_over_the_limit_ends_the_stream() -> None:
    fusion = FusionSession(ServerSettings(largest_frame=100_000))
    one_refusal(fusion.receive((100_001).to_bytes(4, "little")))
    assert fusion.broken
    assert "100001 bytes is over 100000" in one_error(fusion).error.error_message[0]
    assert fusion.receive(b"more") == []


def test_an_error_is_never_answered() -> None:
    fusion, _ = reporting()
    message = writing.message(RADAR.node_id, START_S)
    message.error.packet = b"x"
    message.error.error_message.append("what was that")
    assert fusion.receive(framed(message)) == [
        Complaint(node_id=RADAR.node_id, faults=1)
    ]
    message.error.ClearField("packet")
    one_refusal(fusion.receive(framed(message)))
    assert fusion.outbox() == b""


@pytest.mark.parametrize("content", ["alert", "task"])
def test_alerts_and_tasks_of_nodes_are_declined(content: str) -> None:
    fusion, _ = reporting()
    if content == "alert":
        message = writing.alert_message(RADAR.node_id, fusion.node_id, ALERT)
    else:
        message = writing.message(RADAR.node_id, START_S)
        message.task.task_id = REPORT_ID
        message.task.control = pb.StatusReport.SYSTEM_OK
    assert fusion.receive(framed(message)) == []
    (reply,) = replies(fusion)
    assert reply.WhichOneof("content") == f"{content}_ack"
    ack = getattr(reply, f"{content}_ack")
    assert "takes no" in ack.reason[0]


@pytest.mark.parametrize("content", ["registration_ack", "task_ack"])
def test_answers_that_nobody_asked_for_are_errors(content: str) -> None:
    fusion, _ = reporting()
    message = writing.message(RADAR.node_id, START_S)
    if content == "registration_ack":
        message.registration_ack.acceptance = True
    else:
        message.task_ack.task_id = REPORT_ID
        message.task_ack.task_status = 1
    one_refusal(fusion.receive(framed(message)))
    assert f"asked for no {content}" in one_error(fusion).error.error_message[0]


def test_a_clock_that_is_wrong_is_told_once_and_nothing_is_dropped() -> None:
    fusion, edge = reporting()
    late = replace(POLAR, time_s=START_S + 10)
    now_s = START_S + 100
    told = fusion.receive(edge.detect([late, late]), now_s=now_s)
    skew = Skew(node_id=RADAR.node_id, skew_s=-90.0)
    assert told == [late, skew, late]
    assert fusion.receive(edge.detect([late]), now_s=START_S + 11) == [late]
    assert skew.node_id == RADAR.node_id
    assert len(fusion.receive(edge.detect([late]), now_s=now_s)) == 2


def test_an_alert_is_receipted() -> None:
    fusion = FusionSession()
    desk = EdgeSession(DESK, takes_alerts=True)
    fusion.receive(desk.register(START_S))
    desk.receive(fusion.outbox())
    assert desk.receive(fusion.alert(ALERT)) == [ALERT]
    (receipt,) = fusion.receive(desk.outbox())
    assert isinstance(receipt, Receipt)
    assert (receipt.alert_id, receipt.accepted) == (ALERT.alert_id, True)
    assert receipt.node_id == DESK.node_id
    assert receipt.time_s == ALERT.time_s
    assert receipt.reference is not None


def test_a_receipt_may_come_over_a_later_connection() -> None:
    alerts: dict[str, str] = {}
    first = FusionSession(alerts=alerts)
    desk = EdgeSession(DESK, takes_alerts=True)
    first.receive(desk.register(START_S))
    desk.receive(first.outbox())
    desk.receive(first.alert(ALERT))
    answer = desk.outbox()
    second = FusionSession(alerts=alerts)
    second.receive(desk.register(START_S + 60))
    second.outbox()
    (receipt,) = second.receive(answer)
    assert isinstance(receipt, Receipt)


def test_a_sensor_rejects_an_alert() -> None:
    fusion, edge = reporting()
    assert edge.receive(fusion.alert(ALERT)) == []
    (receipt,) = fusion.receive(edge.outbox())
    assert isinstance(receipt, Receipt)
    assert not receipt.accepted
    assert fusion.dropped["reason"] == 1


def test_a_receipt_for_no_alert_is_an_error() -> None:
    fusion, _ = reporting()
    sent = writing.alert_message(fusion.node_id, RADAR.node_id, ALERT)
    answer = writing.alert_answer(RADAR.node_id, sent, START_S)
    one_refusal(fusion.receive(framed(answer)))
    one_error(fusion)


def test_no_alert_goes_to_a_connection_without_a_node() -> None:
    with pytest.raises(BadValue, match="registered before an alert"):
        FusionSession().alert(ALERT)


def test_a_node_id_must_be_a_uuid() -> None:
    with pytest.raises(BadValue, match="version 4 UUID"):
        ServerSettings(node_id="fusion")
    with pytest.raises(BadValue, match="UUID of version 4"):
        EdgeSession(replace(RADAR, node_id="radar"))


@pytest.mark.parametrize("settings", [{"largest_skew_s": 0.0}, {"largest_frame": 0}])
def test_limits_must_be_above_zero(settings: dict[str, float]) -> None:
    with pytest.raises(BadValue, match="above 0"):
        ServerSettings(**settings)  # type: ignore[arg-type]


GARBAGE = st.binary(max_size=200)


@given(st.lists(GARBAGE | GARBAGE.map(frame), max_size=10))
def test_no_bytes_break_either_end(chunks: list[bytes]) -> None:
    fusion, edge = reporting()
    for chunk in chunks:
        fusion.receive(chunk)
        fusion.outbox()
        edge.receive(chunk)
        edge.outbox()


STREAM = b"".join(
    framed(message)
    for message in (
        writing.registration(RADAR, START_S),
        writing.status_report(ok(RADAR), REPORT_ID, node=RADAR, is_new=True),
        detection_message(),
        writing.detection_report(PLACE),
        writing.alert_message(RADAR.node_id, DESK.node_id, ALERT),
    )
)


@given(
    st.lists(
        st.tuples(st.integers(0, len(STREAM) - 1), st.integers(0, 255)), max_size=30
    )
)
def test_no_damage_to_good_bytes_breaks_either_end(
    damage: list[tuple[int, int]],
) -> None:
    stream = bytearray(STREAM)
    for at, byte in damage:
        stream[at] = byte
    fusion, edge = FusionSession(), EdgeSession(node("x"))
    for event in fusion.receive(bytes(stream)):
        if isinstance(event, Node):
            assert -180 <= event.lon_deg <= 180
        if isinstance(event, Detection):
            assert 0 <= event.confidence <= 1
    edge.receive(bytes(stream))
    # What we answer is itself without a fault, whatever came.
    for reply in replies(fusion):
        assert faults_of(reply) == []
