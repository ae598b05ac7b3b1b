"""The one door to the SAPIENT bindings: BSI Flex 335 v2.0, through ``sapient-msg``.

Three packages on the registry install the same top-level module and overwrite each
other, and the standard's next version is announced; a change of either is made here.
"""

from hashlib import sha256
from typing import Any, Final

from google.protobuf.descriptor import Descriptor, EnumDescriptor
from sapient_msg import proto_options_pb2 as options
from sapient_msg.bsi_flex_335_v2_0.alert_ack_pb2 import AlertAck
from sapient_msg.bsi_flex_335_v2_0.alert_pb2 import Alert
from sapient_msg.bsi_flex_335_v2_0.detection_report_pb2 import DetectionReport
from sapient_msg.bsi_flex_335_v2_0.error_pb2 import Error
from sapient_msg.bsi_flex_335_v2_0.location_pb2 import (
    LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M,
    LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M,
    LOCATION_COORDINATE_SYSTEM_UTM_M,
    LOCATION_DATUM_WGS84_E,
    LOCATION_DATUM_WGS84_G,
    Location,
)
from sapient_msg.bsi_flex_335_v2_0.range_bearing_pb2 import (
    RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM,
    RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M,
    RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_KM,
    RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_M,
    RANGE_BEARING_DATUM_TRUE,
    RangeBearing,
    RangeBearingDatum,
)
from sapient_msg.bsi_flex_335_v2_0.registration_ack_pb2 import RegistrationAck
from sapient_msg.bsi_flex_335_v2_0.registration_pb2 import Registration
from sapient_msg.bsi_flex_335_v2_0.sapient_message_pb2 import SapientMessage
from sapient_msg.bsi_flex_335_v2_0.status_report_pb2 import StatusReport
from sapient_msg.bsi_flex_335_v2_0.task_ack_pb2 import TaskAck

ICD_VERSION: Final = "BSI Flex 335 v2.0"
"""What a node of this version states in its registration."""

__all__ = [
    "ICD_VERSION",
    "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M",
    "LOCATION_COORDINATE_SYSTEM_LAT_LNG_RAD_M",
    "LOCATION_COORDINATE_SYSTEM_UTM_M",
    "LOCATION_DATUM_WGS84_E",
    "LOCATION_DATUM_WGS84_G",
    "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_KM",
    "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M",
    "RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_KM",
    "RANGE_BEARING_COORDINATE_SYSTEM_RADIANS_M",
    "RANGE_BEARING_DATUM_TRUE",
    "Alert",
    "AlertAck",
    "DetectionReport",
    "Error",
    "Location",
    "RangeBearing",
    "RangeBearingDatum",
    "Registration",
    "RegistrationAck",
    "SapientMessage",
    "StatusReport",
    "TaskAck",
    "descriptor_lines",
    "options",
    "schema_digest",
]


def schema_digest() -> str:
    """Return the SHA-256 of `descriptor_lines`, which any change to it changes."""
    return sha256("\n".join(descriptor_lines()).encode()).hexdigest()


def descriptor_lines() -> list[str]:
    """List every field and enum value that a `SapientMessage` reaches, sorted."""
    lines: set[str] = set()
    seen: set[str] = set()
    _walk(SapientMessage.DESCRIPTOR, seen, lines)
    return sorted(lines)


def _walk(message: Descriptor, seen: set[str], lines: set[str]) -> None:
    if message.full_name in seen:
        return
    seen.add(message.full_name)
    for field in message.fields:
        told: Any = field.GetOptions().Extensions[options.field_options]
        marks = f"{told.is_mandatory:d}{told.is_ulid:d}{told.is_uuid:d}"
        lines.add(f"{field.full_name} {field.number} {field.type} {marks}")
        if field.enum_type is not None:
            _list_values(field.enum_type, lines)
        if field.message_type is not None:
            _walk(field.message_type, seen, lines)


def _list_values(enum: EnumDescriptor, lines: set[str]) -> None:
    lines.update(
        f"{enum.full_name} {value.name} {value.number}" for value in enum.values
    )
