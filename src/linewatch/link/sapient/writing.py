"""Values of the watch written as SAPIENT messages."""

import json
import math
from typing import Final

from linewatch.link.sapient import pb
from linewatch.link.sapient.ids import is_ulid, ulid_from
from linewatch.link.sapient.kinds import CLASS_OF_TARGET, type_of
from linewatch.watch.values import Alert, Detection, Health, Node, Status

_R: Final = pb.Registration
_S: Final = pb.StatusReport

MODE: Final = "default"
"""The one mode of our own nodes."""

SYSTEM: Final = {
    Health.OK: _S.SYSTEM_OK,
    Health.WARNING: _S.SYSTEM_WARNING,
    Health.ERROR: _S.SYSTEM_ERROR,
    Health.GOODBYE: _S.SYSTEM_GOODBYE,
    Health.SILENT: _S.SYSTEM_ERROR,
}

_ALERT_TYPE: Final = {
    "crossing": pb.Alert.ALERT_TYPE_WARNING,
    "rescue": pb.Alert.ALERT_TYPE_CRITICAL,
    "outage": pb.Alert.ALERT_TYPE_ERROR,
}

_PRIORITY: Final = {
    1: pb.Alert.DISCRETE_PRIORITY_HIGH,
    2: pb.Alert.DISCRETE_PRIORITY_MEDIUM,
}


def message(
    node_id: str, time_s: float, destination_id: str | None = None
) -> pb.SapientMessage:
    """Start a message: who, when [s], to whom."""
    out = pb.SapientMessage(node_id=node_id)
    whole = math.floor(time_s)
    out.timestamp.seconds = whole
    out.timestamp.nanos = min(round((time_s - whole) * 1e9), 999_999_999)
    if destination_id is not None:
        out.destination_id = destination_id
    return out


def registration(node: Node, time_s: float) -> pb.SapientMessage:
    """Write the registration of a node: what it is and what it will report."""
    out = message(node.node_id, time_s)
    told = out.registration
    told.icd_version = pb.ICD_VERSION
    told.name = told.short_name = node.name
    told.node_definition.add(
        node_type=type_of(node.kind, node.like),
        node_sub_type=[node.kind],
    )
    told.capabilities.add(category="Sensor", type="Kind", value=node.kind)
    told.config_data.add(manufacturer="Linewatch", model=node.kind)
    told.status_definition.status_interval.units = _R.TIME_UNITS_SECONDS
    told.status_definition.status_interval.value = node.status_interval_s
    _define_place(told.status_definition.location_definition)
    _define_mode(told.mode_definition.add())
    return out


def _define_place(told: pb.Registration.LocationType) -> None:
    told.location_units = pb.LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M
    told.location_datum = pb.LOCATION_DATUM_WGS84_E


def _define_mode(mode: pb.Registration.ModeDefinition) -> None:
    """Describe the one mode: detections without association, errors in metres."""
    mode.mode_name = MODE
    mode.mode_type = _R.MODE_TYPE_PERMANENT
    mode.settle_time.units = _R.TIME_UNITS_SECONDS
    mode.settle_time.value = 0
    mode.tracking_type = _R.TRACKING_TYPE_NONE
    seen = mode.detection_definition.add()
    seen.location_type.range_bearing_units = (
        pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_M
    )
    seen.location_type.range_bearing_datum = pb.RANGE_BEARING_DATUM_TRUE
    seen.geometric_error.type = "Standard Deviation"
    seen.geometric_error.units = "Metres"
    seen.geometric_error.variation_type = "Stated in each report"
    classes = seen.detection_class_definition.add()
    classes.confidence_definition = _R.CONFIDENCE_DEFINITION_SINGLE_CLASS
    for name in CLASS_OF_TARGET.values():
        classes.class_definition.add(type=name)
    region = mode.task.region_definition
    region.region_type.append(_R.REGION_TYPE_AREA_OF_INTEREST)
    _define_place(region.region_area.add())


def status_report(
    status: Status, report_id: str, *, node: Node | None, is_new: bool
) -> pb.SapientMessage:
    """Write a status: with `node` its place too; nothing new in an unchanged one."""
    out = message(status.node_id, status.time_s)
    told = out.status_report
    told.report_id = report_id
    told.system = SYSTEM[status.health]
    told.info = _S.INFO_NEW if is_new else _S.INFO_UNCHANGED
    told.mode = MODE
    if node is not None:
        _put(told.node_location, node.lon_deg, node.lat_deg)
    if is_new and not status.detecting:
        told.status.add(
            status_type=_S.STATUS_TYPE_NOT_DETECTING,
            status_level=_S.STATUS_LEVEL_ERROR_STATUS,
        )
    return out


def _put(told: pb.Location, lon_deg: float, lat_deg: float) -> None:
    told.x, told.y = lon_deg, lat_deg
    told.coordinate_system = pb.LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M
    told.datum = pb.LOCATION_DATUM_WGS84_E


def detection_report(seen: Detection) -> pb.SapientMessage:
    """Write a detection: polar or bearing when it has an azimuth, else a place."""
    out = message(seen.node_id, seen.time_s)
    told = out.detection_report
    # A sensor that does not track gives each detection an object of its own.
    told.report_id = told.object_id = seen.report_id
    if seen.azimuth_rad is not None:
        _put_bearing(told.range_bearing, seen)
    elif seen.lon_deg is not None and seen.lat_deg is not None:
        _put(told.location, seen.lon_deg, seen.lat_deg)
        if seen.sigma_range_m is not None:
            told.location.x_error = told.location.y_error = seen.sigma_range_m
    told.detection_confidence = seen.confidence
    told.classification.add(type=CLASS_OF_TARGET[seen.target])
    return out


def _put_bearing(told: pb.RangeBearing, seen: Detection) -> None:
    told.azimuth = seen.azimuth_rad
    if seen.range_m is not None:
        told.range = seen.range_m
    if seen.sigma_range_m is not None:
        told.range_error = seen.sigma_range_m
    if seen.sigma_azimuth_rad is not None:
        told.azimuth_error = seen.sigma_azimuth_rad
    told.coordinate_system = pb.RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_M
    told.datum = pb.RANGE_BEARING_DATUM_TRUE


def alert_ulid(alert: Alert) -> str:
    """Return the ULID under which an alert goes out, the same each time it is sent."""
    if is_ulid(alert.alert_id):
        return alert.alert_id
    return ulid_from(alert.alert_id, alert.time_s)


def alert_message(node_id: str, destination_id: str, alert: Alert) -> pb.SapientMessage:
    """Write an alert: for any peer in the standard's fields, for our own exactly."""
    out = message(node_id, alert.time_s, destination_id)
    told = out.alert
    told.alert_id = alert_ulid(alert)
    told.alert_type = _ALERT_TYPE.get(alert.kind, pb.Alert.ALERT_TYPE_INFORMATION)
    told.status = pb.Alert.ALERT_STATUS_ACTIVE
    told.description = _described(alert)
    _put(told.location, alert.lon_deg, alert.lat_deg)
    told.priority = _PRIORITY.get(alert.priority, pb.Alert.DISCRETE_PRIORITY_LOW)
    told.additional_information = json.dumps(
        {
            "alert_id": alert.alert_id,
            "kind": alert.kind,
            "track_id": alert.track_id,
            "node_id": alert.node_id,
            "chainage_m": alert.chainage_m,
            "offset_m": alert.offset_m,
            "target": alert.target,
            "count_low": alert.count_low,
            "count_high": alert.count_high,
            "priority": alert.priority,
        },
        separators=(",", ":"),
    )
    return out


def _described(alert: Alert) -> str:
    """Tell an alert in one line for a screen that knows nothing of ours."""
    several = f"{alert.count_low} to {alert.count_high} "
    where = f"at {alert.chainage_m / 1000:.1f} km along the line"
    what = "" if alert.track_id is None else f"{several}{alert.target} "
    return f"{alert.kind}: {what}{where}"


def alert_answer(
    node_id: str,
    alert: pb.SapientMessage,
    time_s: float,
    *,
    reason: str = "",
    reference: str = "",
) -> pb.SapientMessage:
    """Write the acknowledgement of an alert: accepted, or rejected for a reason."""
    out = message(node_id, time_s, alert.node_id)
    out.alert_ack.alert_id = alert.alert.alert_id
    if reason:
        out.alert_ack.alert_ack_status = pb.AlertAck.ALERT_ACK_STATUS_REJECTED
        out.alert_ack.reason.append(reason)
    else:
        out.alert_ack.alert_ack_status = pb.AlertAck.ALERT_ACK_STATUS_ACCEPTED
    if reference:
        out.additional_information = reference
    return out
