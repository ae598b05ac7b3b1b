"""What the watch takes in and gives out. None of these has a field for a person."""

from dataclasses import dataclass
from enum import StrEnum


class Target(StrEnum):
    """Class of a target, as a sensor or the tracker tells it apart."""

    WALKER = "walker"
    VEHICLE = "vehicle"
    FLYER = "flyer"
    UNKNOWN = "unknown"


class Health(StrEnum):
    """What a node says of itself, or its silence says."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"
    GOODBYE = "goodbye"
    SILENT = "silent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A sensor node as it registered.

    Parameters
    ----------
    node_id : str
        UUIDv4, lower case.
    name : str
        Short name, unique in a scenario, such as ``radar-017``.
    kind : str
        Sensor kind: a built-in one (`linewatch.sight.KINDS`) or a scenario's own.
    lon_deg, lat_deg : float
        Place [deg], WGS 84.
    status_interval_s : float
        Longest promised time between status reports [s].
    like : str, optional
        Of a kind that is not built in, the built-in one that it is like.
    """

    node_id: str
    name: str
    kind: str
    lon_deg: float
    lat_deg: float
    status_interval_s: float
    like: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """A node's status report. `detecting` is False while it says it cannot detect."""

    time_s: float
    node_id: str
    health: Health
    detecting: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Detection:
    """One detection: polar from the node, or a place when `range_m` is None.

    Parameters
    ----------
    time_s : float
        When it was seen, seconds of UTC since 1970 [s].
    node_id, report_id : str
        Who saw it; ULID of the report, unique.
    range_m, azimuth_rad : float or None
        Ground range [m] and azimuth [rad] clockwise from true north.
    lon_deg, lat_deg : float or None
        Place [deg], for sensors that report presence or a position.
    sigma_range_m, sigma_azimuth_rad : float or None
        One standard deviation [m], [rad]; for a place `sigma_range_m` is its radius.
    target : Target
        Class that the sensor tells.
    confidence : float
        Confidence of the sensor in [0, 1].
    range_rate_mps : float or None
        Speed away from the sensor, of those that measure it [m/s].
    """

    time_s: float
    node_id: str
    report_id: str
    range_m: float | None = None
    azimuth_rad: float | None = None
    lon_deg: float | None = None
    lat_deg: float | None = None
    sigma_range_m: float | None = None
    sigma_azimuth_rad: float | None = None
    target: Target = Target.UNKNOWN
    confidence: float = 1.0
    range_rate_mps: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something on the line that the watch officer must see; keyed on a track.

    `kind` is ``crossing`` (a track near or over the line), ``rescue`` (a track that
    needs help: still for long in the open), ``outage`` (a node silent), ``test``
    (proves the path to the civil authority) or ``path`` (no test was receipted).
    """

    alert_id: str
    time_s: float
    kind: str
    track_id: int | None
    node_id: str | None
    chainage_m: float
    offset_m: float
    lon_deg: float
    lat_deg: float
    target: Target
    count_low: int
    count_high: int
    priority: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """An alert handed to a civil authority, and its receipt when that has come."""

    handover_id: str
    alert_id: str
    time_s: float
    authority: str
    receipt_s: float | None = None
    receipt_ref: str | None = None
