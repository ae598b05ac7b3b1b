"""SAPIENT messages read as values of the watch.

Only what has a field in `linewatch.watch.values` is taken. Files, colours, identifiers,
behaviours and free text, which might tell who somebody is, are left behind and counted.
"""

import json
import math
import re
from collections import Counter
from typing import Final

from linewatch.errors import BadValue
from linewatch.link.sapient import pb
from linewatch.link.sapient.kinds import KINDS, like_of, target_of
from linewatch.link.sapient.place import Dialect, bearing_of, place_of
from linewatch.watch.values import Alert, Detection, Health, Node, Status, Target

_S: Final = pb.StatusReport

_HEALTH: Final = {
    _S.SYSTEM_OK: Health.OK,
    _S.SYSTEM_WARNING: Health.WARNING,
    _S.SYSTEM_ERROR: Health.ERROR,
    _S.SYSTEM_GOODBYE: Health.GOODBYE,
}

_SECONDS: Final = {1: 1e-9, 2: 1e-6, 3: 1e-3, 4: 1.0, 5: 60.0, 6: 3_600.0, 7: 86_400.0}
"""Seconds in each `TimeUnits` of the standard."""

_KEPT: Final = frozenset(
    pb.DetectionReport.DESCRIPTOR.fields_by_name[name].number
    for name in (
        "report_id",
        "object_id",
        "task_id",
        "range_bearing",
        "location",
        "detection_confidence",
        "classification",
        "enu_velocity",
        "state",
    )
)
"""Fields of a detection that are read, or that tell nothing of a person."""

_NOT_A_TOKEN: Final = re.compile(r"[^A-Za-z0-9._:/+-]+")
_TOKEN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+-]{0,127}").fullmatch
_KIND: Final = re.compile(r"[a-z][a-z0-9-]{0,31}").fullmatch

# A 32-bit confidence has seven digits; as 64 bits it would show noise after them.
_CONFIDENCE_DIGITS: Final = 6


def token_of(text: str) -> str | None:
    """Return a text that is an identifier with a digit in it; None for any other.

    A word of letters alone may be somebody's name.
    """
    return text if _TOKEN(text) and any(map(str.isdigit, text)) else None


def time_of(message: pb.SapientMessage) -> float:
    """Return the time of a message [s]."""
    stamp = message.timestamp
    return float(stamp.seconds + stamp.nanos * 1e-9)


def node_of(message: pb.SapientMessage, *, lon_deg: float, lat_deg: float) -> Node:
    """Read a registration as a node at a place [deg], which its status report told.

    Raises
    ------
    BadValue
        If the interval of its status reports is no time.
    """
    told = message.registration
    kind = _kind_of(told)
    name = _NOT_A_TOKEN.sub("-", told.short_name or told.name).strip("-.:/+")[:64]
    return Node(
        node_id=message.node_id,
        name=name if name and not _is_human(told) else f"{kind}-{message.node_id[:8]}",
        kind=kind,
        lon_deg=lon_deg,
        lat_deg=lat_deg,
        status_interval_s=interval_s_of(told),
        like=like_of(kind, told.node_definition[0].node_type),
    )


def interval_s_of(told: pb.Registration) -> float:
    """Return the longest time between status reports that a node promises [s].

    Raises
    ------
    BadValue
        If it is not above 0.
    """
    interval = told.status_definition.status_interval
    interval_s = float(interval.value * _SECONDS[interval.units])
    if not 0 < interval_s < math.inf:
        raise BadValue("status_interval", "above 0", interval_s)
    return interval_s


def _is_human(told: pb.Registration) -> bool:
    """Say whether the node is a person, whose name is not taken."""
    human = pb.Registration.NODE_TYPE_HUMAN
    return any(part.node_type == human for part in told.node_definition)


def _kind_of(told: pb.Registration) -> str:
    first = told.node_definition[0]
    if first.node_sub_type and _KIND(first.node_sub_type[0]):
        return str(first.node_sub_type[0])
    return KINDS.get(first.node_type, "other")


def dialect_of(told: pb.Registration) -> Dialect:
    """Read from a registration what the schema leaves open about places."""
    in_degrees, zone = False, ""
    for mode in told.mode_definition:
        for seen in mode.detection_definition:
            in_degrees |= seen.geometric_error.units.lower().startswith("deg")
            zone = zone or seen.location_type.zone
    return Dialect(errors_in_degrees=in_degrees, zone=zone)


def status_of(message: pb.SapientMessage) -> Status:
    """Read a status report that is new."""
    told = message.status_report
    return Status(
        time_s=time_of(message),
        node_id=message.node_id,
        health=_HEALTH[told.system],
        detecting=all(
            part.status_type != _S.STATUS_TYPE_NOT_DETECTING for part in told.status
        ),
    )


def health_of(told: pb.StatusReport) -> Health:
    """Read what a status report says of the system as a whole."""
    return _HEALTH[told.system]


def detection_of(
    message: pb.SapientMessage, dialect: Dialect, dropped: Counter[str]
) -> Detection:
    """Read a detection, and count the fields left behind in `dropped`.

    Raises
    ------
    BadValue
        If its place is in units or a datum that cannot be read, or is no number.
    """
    told = message.detection_report
    for part, _ in told.ListFields():
        if part.number not in _KEPT:
            dropped[part.name] += 1
    confidence = 1.0
    if told.HasField("detection_confidence"):
        confidence = round(told.detection_confidence, _CONFIDENCE_DIGITS)
        if not 0 <= confidence <= 1:
            raise BadValue("detection_confidence", "in [0, 1]", confidence)
    if told.HasField("range_bearing"):
        polar = bearing_of(told.range_bearing)
        return Detection(
            time_s=time_of(message),
            node_id=message.node_id,
            report_id=told.report_id,
            range_m=polar.range_m,
            azimuth_rad=polar.azimuth_rad,
            sigma_range_m=polar.sigma_range_m,
            sigma_azimuth_rad=polar.sigma_azimuth_rad,
            target=_likeliest(told),
            confidence=confidence,
        )
    place = place_of(told.location, dialect)
    return Detection(
        time_s=time_of(message),
        node_id=message.node_id,
        report_id=told.report_id,
        lon_deg=place.lon_deg,
        lat_deg=place.lat_deg,
        sigma_range_m=place.sigma_m,
        target=_likeliest(told),
        confidence=confidence,
    )


def _likeliest(told: pb.DetectionReport) -> Target:
    """Return the class with the highest confidence; the first when they are equal."""
    classes = told.classification
    if len(classes) == 1:
        return target_of(classes[0].type)
    if not classes:
        return Target.UNKNOWN
    return target_of(max(classes, key=lambda one: one.confidence).type)


def alert_of(message: pb.SapientMessage, dialect: Dialect) -> Alert:
    """Read an alert; what only our own peers state is unknown in another's.

    Raises
    ------
    BadValue
        If it has no place that can be read.
    """
    told = message.alert
    if not told.HasField("location"):
        raise BadValue("alert.location", "stated", "missing")
    place = place_of(told.location, dialect)
    ours = _our_own(told.additional_information)
    return Alert(
        alert_id=str(ours.get("alert_id", told.alert_id)),
        time_s=time_of(message),
        kind=str(ours.get("kind", "peer")),
        track_id=_whole(ours.get("track_id")),
        node_id=_text(ours.get("node_id")),
        chainage_m=_float(ours.get("chainage_m")),
        offset_m=_float(ours.get("offset_m")),
        lon_deg=place.lon_deg,
        lat_deg=place.lat_deg,
        target=target_of(str(ours.get("target", ""))),
        count_low=_whole(ours.get("count_low")) or 0,
        count_high=_whole(ours.get("count_high")) or 0,
        priority=_whole(ours.get("priority")) or 4 - told.priority,
    )


def _our_own(text: str) -> dict[str, object]:
    """Read what a Linewatch put beside the standard's fields; empty for any other."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _float(value: object) -> float:
    """Return a finite number, or 0 where a peer states no place along the line."""
    if isinstance(value, (int, float)) and math.isfinite(value):
        return float(value)
    return 0.0
