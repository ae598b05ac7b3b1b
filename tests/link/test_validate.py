"""Tests of the checks that the schema asks for, against the plain way and by hand."""

from collections.abc import Callable

import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.link.sapient import pb, writing
from linewatch.link.sapient.validate import faults_of
from tests.link import naive
from tests.link.messages import (
    ALERT,
    BEARING,
    DESK,
    OK,
    PLACE,
    POLAR,
    RADAR,
    REPORT_ID,
    START_S,
    detection_message,
)

OURS = [
    writing.registration(RADAR, START_S),
    writing.registration(DESK, START_S),
    writing.status_report(OK, REPORT_ID, node=RADAR, is_new=True),
    writing.status_report(OK, REPORT_ID, node=None, is_new=False),
    writing.detection_report(POLAR),
    writing.detection_report(BEARING),
    writing.detection_report(PLACE),
    writing.alert_message(RADAR.node_id, DESK.node_id, ALERT),
]


@pytest.mark.parametrize("message", OURS, ids=range(len(OURS)))
def test_what_we_write_has_no_fault(message: pb.SapientMessage) -> None:
    assert faults_of(message) == []
    assert naive.faults_of(message) == set()


Change = Callable[[pb.SapientMessage], object]

WRONG: list[tuple[Change, str]] = [
    (lambda m: m.ClearField("timestamp"), "timestamp is missing"),
    (lambda m: m.ClearField("node_id"), "node_id is missing"),
    (lambda m: setattr(m, "node_id", "radar"), "node_id is no UUID"),
    (lambda m: setattr(m, "node_id", RADAR.node_id.upper()), "node_id is no UUID"),
    (lambda m: setattr(m, "destination_id", "x"), "destination_id is no UUID"),
    (lambda m: m.ClearField("detection_report"), "message needs one of registration,"),
    (
        lambda m: m.detection_report.ClearField("report_id"),
        "detection_report.report_id is missing",
    ),
    (
        lambda m: setattr(m.detection_report, "report_id", "7"),
        "detection_report.report_id is no ULID",
    ),
    (
        lambda m: setattr(m.detection_report, "task_id", REPORT_ID.lower()),
        "detection_report.task_id is no ULID",
    ),
    (
        lambda m: m.detection_report.ClearField("location_oneof"),
        "detection_report needs one of range_bearing, location",
    ),
    (
        lambda m: m.detection_report.range_bearing.ClearField("datum"),
        "detection_report.range_bearing.datum is missing",
    ),
    (
        lambda m: setattr(m.detection_report.range_bearing, "datum", 0),
        "detection_report.range_bearing.datum is unspecified",
    ),
    (
        lambda m: setattr(m.detection_report.range_bearing, "coordinate_system", 5),
        "detection_report.range_bearing.coordinate_system has the unknown value 5",
    ),
    (
        lambda m: m.detection_report.classification.add(),
        "detection_report.classification[1].type is missing",
    ),
    (
        lambda m: m.detection_report.classification[0].sub_class.add(type="Walker"),
        "detection_report.classification[0].sub_class[0].level is missing",
    ),
    (
        lambda m: m.detection_report.associated_detection.add(node_id="x"),
        "detection_report.associated_detection[0].node_id is no UUID",
    ),
    (lambda m: setattr(m.detection_report.location, "x", 1.0), "location.y is missing"),
]


@pytest.mark.parametrize(("change", "said"), WRONG, ids=range(len(WRONG)))
def test_tells_what_is_wrong(change: Change, said: str) -> None:
    message = detection_message()
    change(message)
    faults = faults_of(message)
    assert any(said in fault for fault in faults), faults
    assert places(faults) == naive.faults_of(message)


def test_tells_every_fault_at_once() -> None:
    message = pb.SapientMessage(node_id="x")
    message.registration.config_data.add(manufacturer="m")
    message.registration.node_definition.add()
    faults = faults_of(message)
    assert len(faults) == 8
    assert "registration.config_data[0].model is missing" in faults
    assert "registration.node_definition[0].node_type is missing" in faults


def places(faults: list[str]) -> set[str]:
    """Return where each fault is, without what it says."""
    return {fault.split(" ")[0] for fault in faults}


@st.composite
def shaken(draw: st.DrawFn) -> pb.SapientMessage:
    """Draw a message of ours with fields at any depth cleared or set to nonsense."""
    message = pb.SapientMessage()
    message.CopyFrom(draw(st.sampled_from(OURS)))
    for _ in range(draw(st.integers(1, 6))):
        shake(draw, message)
    return message


def shake(draw: st.DrawFn, message: Message) -> None:
    """Change one field somewhere in a message."""
    fields = [field for field, _ in message.ListFields()]
    if not fields:
        return
    field = draw(st.sampled_from(fields))
    value = getattr(message, field.name)
    deeper = field.message_type is not None and draw(st.booleans())
    if deeper:
        shake(draw, draw(st.sampled_from(list(value))) if field.is_repeated else value)
    elif field.message_type is None and not field.is_repeated and draw(st.booleans()):
        put(draw, message, field.name)
    else:
        message.ClearField(field.name)


def put(draw: st.DrawFn, message: Message, name: str) -> None:
    """Set a plain field to another value of its type."""
    match getattr(message, name):
        case bool():
            setattr(message, name, draw(st.booleans()))
        case int():
            setattr(message, name, draw(st.integers(0, 60)))
        case float():
            setattr(message, name, draw(st.floats(width=32)))
        case str():
            setattr(
                message, name, draw(st.text(st.characters(codec="utf-8"), max_size=30))
            )
        case _:
            setattr(message, name, draw(st.binary(max_size=9)))


@settings(max_examples=300)
@given(shaken())
def test_agrees_with_the_plain_way(message: pb.SapientMessage) -> None:
    assert places(faults_of(message)) == naive.faults_of(message)
