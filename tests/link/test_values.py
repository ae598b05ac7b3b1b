"""Tests of values that go out as messages and come back."""

import math
from collections import Counter
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue
from linewatch.link.sapient import pb, reading, writing
from linewatch.link.sapient.ids import is_ulid
from linewatch.link.sapient.place import Dialect
from linewatch.link.sapient.validate import faults_of
from linewatch.watch.values import Alert, Detection, Health, Status, Target
from tests.link.messages import (
    ALERT,
    BEARING,
    DESK,
    PLACE,
    POLAR,
    RADAR,
    REPORT_ID,
    START_S,
    detection_message,
)

PLAIN = Dialect()
times = st.floats(1e8, 4e9)
ranges = st.none() | st.floats(0, 1e5)
sigmas = st.none() | st.floats(0, 1e3)


def there_and_back(seen: Detection) -> Detection:
    """Send a detection through bytes."""
    packet = writing.detection_report(seen).SerializeToString()
    message = pb.SapientMessage.FromString(packet)
    assert faults_of(message) == []
    return reading.detection_of(message, PLAIN, Counter())


@pytest.mark.parametrize(
    "seen", [POLAR, BEARING, PLACE], ids=["polar", "bearing", "place"]
)
def test_a_detection_comes_back_as_it_was(seen: Detection) -> None:
    assert there_and_back(seen) == seen


@given(
    time_s=times,
    range_m=ranges,
    azimuth_rad=st.floats(0, 2 * math.pi, exclude_max=True),
    sigma_range_m=sigmas,
    sigma_azimuth_rad=sigmas,
    target=st.sampled_from(Target),
    confidence=st.integers(0, 1_000_000).map(lambda millionths: millionths / 1e6),
)
def test_any_polar_detection_comes_back_to_the_bit(**words: object) -> None:
    seen = replace(POLAR, **words)  # type: ignore[arg-type]
    assert there_and_back(seen) == seen


@given(
    time_s=times,
    lon_deg=st.floats(-180, 180),
    lat_deg=st.floats(-90, 90),
    sigma_range_m=sigmas,
)
def test_any_place_comes_back_to_the_bit(**words: object) -> None:
    seen = replace(PLACE, **words)  # type: ignore[arg-type]
    assert there_and_back(seen) == seen


@pytest.mark.parametrize("kind", ["radar", "camera", "seismic", "fibre", "desk"])
def test_a_node_comes_back_as_it_was(kind: str) -> None:
    node = replace(RADAR, kind=kind)
    message = writing.registration(node, START_S)
    assert faults_of(message) == []
    back = reading.node_of(message, lon_deg=node.lon_deg, lat_deg=node.lat_deg)
    assert back == node


@pytest.mark.parametrize("health", [h for h in Health if h is not Health.SILENT])
@pytest.mark.parametrize("detecting", [True, False])
def test_a_status_comes_back_as_it_was(health: Health, *, detecting: bool) -> None:
    status = Status(
        time_s=START_S, node_id=RADAR.node_id, health=health, detecting=detecting
    )
    message = writing.status_report(status, REPORT_ID, node=RADAR, is_new=True)
    assert faults_of(message) == []
    assert reading.status_of(message) == status


@pytest.mark.parametrize("kind", ["crossing", "rescue", "outage", "test"])
@pytest.mark.parametrize("priority", [1, 2, 9])
def test_an_alert_comes_back_as_it_was(kind: str, priority: int) -> None:
    alert = replace(ALERT, kind=kind, priority=priority)
    message = writing.alert_message(RADAR.node_id, DESK.node_id, alert)
    assert faults_of(message) == []
    assert reading.alert_of(message, PLAIN) == alert


def test_an_outage_comes_back_with_its_node() -> None:
    alert = replace(ALERT, kind="outage", track_id=None, node_id=RADAR.node_id)
    message = writing.alert_message(RADAR.node_id, DESK.node_id, alert)
    assert reading.alert_of(message, PLAIN) == alert
    assert "walker" not in message.alert.description


def test_an_alert_has_the_same_ulid_each_time_it_is_sent() -> None:
    assert is_ulid(writing.alert_ulid(ALERT))
    assert writing.alert_ulid(ALERT) == writing.alert_ulid(replace(ALERT, priority=1))
    named = replace(ALERT, alert_id=REPORT_ID)
    assert writing.alert_ulid(named) == REPORT_ID


@pytest.mark.parametrize(
    "beside", ["", "free text", "[1]", "{", "[" * 100_000, '{"a":1e999}']
)
def test_an_alert_of_another_maker_has_what_the_standard_tells(beside: str) -> None:
    message = writing.alert_message(RADAR.node_id, DESK.node_id, ALERT)
    message.alert.additional_information = beside
    back = reading.alert_of(message, PLAIN)
    assert (back.lon_deg, back.lat_deg) == (ALERT.lon_deg, ALERT.lat_deg)
    assert (back.kind, back.track_id, back.priority) == ("peer", None, 2)
    assert back.alert_id == writing.alert_ulid(ALERT)


@pytest.mark.parametrize(
    "beside",
    [
        '{"track_id":"x","chainage_m":NaN,"count_low":1.5,"node_id":7,"priority":true}',
        '{"track_id":true,"chainage_m":"far","count_low":null}',
    ],
)
def test_nonsense_beside_an_alert_is_left_out(beside: str) -> None:
    message = writing.alert_message(RADAR.node_id, DESK.node_id, ALERT)
    message.alert.additional_information = beside
    back = reading.alert_of(message, PLAIN)
    assert (back.track_id, back.node_id, back.chainage_m) == (None, None, 0.0)
    assert (back.count_low, back.priority) == (0, 2)


@pytest.mark.parametrize(
    ("text", "kept"),
    [("CBP-2025/0417", True), ("Martinez", False), ("J.Doe", False), ("no 1", False)],
)
def test_a_reference_that_may_be_a_name_is_not_taken(text: str, *, kept: bool) -> None:
    assert reading.token_of(text) == (text if kept else None)


def test_what_might_tell_who_somebody_is_is_dropped_and_counted() -> None:
    message = detection_message()
    told = message.detection_report
    told.associated_file.add(type="image", url="http://sensor/face.jpg")
    told.colour = "red"
    told.id = "N12345"
    told.object_info.add(type="plate", value="ABC 123")
    told.track_info.add(type="gait", value="limps")
    told.behaviour.add(type="running")
    message.additional_information = "it was somebody"
    dropped: Counter[str] = Counter()
    seen = reading.detection_of(message, PLAIN, dropped)
    assert seen == POLAR
    assert dropped == {
        "associated_file": 1,
        "behaviour": 1,
        "colour": 1,
        "id": 1,
        "object_info": 1,
        "track_info": 1,
    }


def test_no_value_has_a_field_of_free_text() -> None:
    """Every text of a detection is an identifier or a class."""
    texts = {part.name for part in fields(Detection) if part.type in {str, "str"}}
    assert texts == {"node_id", "report_id"}
    assert not {"name", "person", "image"} & {part.name for part in fields(Alert)}


def test_the_likeliest_class_is_taken() -> None:
    message = detection_message()
    told = message.detection_report
    told.ClearField("classification")
    assert reading.detection_of(message, PLAIN, Counter()).target is Target.UNKNOWN
    told.classification.add(type="Animal", confidence=0.2)
    told.classification.add(type="land vehicle", confidence=0.5)
    told.classification.add(type="Human", confidence=0.3)
    assert reading.detection_of(message, PLAIN, Counter()).target is Target.VEHICLE


def test_confidence_is_certain_when_it_is_not_stated() -> None:
    message = detection_message()
    message.detection_report.ClearField("detection_confidence")
    assert reading.detection_of(message, PLAIN, Counter()).confidence == 1.0


@pytest.mark.parametrize("confidence", [-0.5, 1.5, math.nan, math.inf])
def test_refuses_a_confidence_that_is_no_share(confidence: float) -> None:
    message = detection_message()
    message.detection_report.detection_confidence = confidence
    with pytest.raises(BadValue, match=r"detection_confidence must be in \[0, 1\]"):
        reading.detection_of(message, PLAIN, Counter())


@pytest.mark.parametrize(
    ("units", "value", "seconds"),
    [
        ("SECONDS", 30, 30),
        ("MINUTES", 2, 120),
        ("MILLISECONDS", 500, 0.5),
        ("DAYS", 1, 86400),
    ],
)
def test_the_interval_is_read_in_any_unit(
    units: str, value: float, seconds: float
) -> None:
    message = writing.registration(RADAR, START_S)
    interval = message.registration.status_definition.status_interval
    interval.units = pb.Registration.TimeUnits.Value(f"TIME_UNITS_{units}")
    interval.value = value
    assert reading.interval_s_of(message.registration) == pytest.approx(seconds)


def test_a_name_becomes_an_identifier() -> None:
    message = writing.registration(RADAR, START_S)
    message.registration.short_name = "  Tower 4 (north), mast B "
    back = reading.node_of(message, lon_deg=0.0, lat_deg=0.0)
    assert back.name == "Tower-4-north-mast-B"
    message.registration.short_name = message.registration.name = "..."
    back = reading.node_of(message, lon_deg=0.0, lat_deg=0.0)
    assert back.name == f"radar-{RADAR.node_id[:8]}"


def test_the_name_of_a_human_node_is_not_taken() -> None:
    message = writing.registration(replace(RADAR, kind="human"), START_S)
    message.registration.short_name = "Sgt. Example"
    back = reading.node_of(message, lon_deg=0.0, lat_deg=0.0)
    assert back.name == f"human-{RADAR.node_id[:8]}"


def test_the_unit_of_errors_is_read_from_the_registration() -> None:
    message = writing.registration(RADAR, START_S)
    assert reading.dialect_of(message.registration) == Dialect()
    seen = message.registration.mode_definition[0].detection_definition[0]
    seen.geometric_error.units = "Decimal degrees"
    seen.location_type.zone = "12N"
    assert reading.dialect_of(message.registration) == Dialect(zone="12N")
    seen.geometric_error.units = "degrees"
    assert reading.dialect_of(message.registration).errors_in_degrees
