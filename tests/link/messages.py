"""Nodes, detections and messages for tests of the link."""

from dataclasses import replace

from linewatch.link.sapient import (
    EdgeSession,
    FusionSession,
    Ulids,
    pb,
    uuid_from,
    writing,
)
from linewatch.link.sapient.codec import Frames
from linewatch.measure.clock import to_epoch_s
from linewatch.watch.values import Alert, Detection, Health, Node, Status, Target

START_S = to_epoch_s("2025-03-01")


def node(name: str = "radar-001", kind: str = "radar") -> Node:
    """Make a node near Nogales."""
    return Node(
        node_id=uuid_from(name),
        name=name,
        kind=kind,
        lon_deg=-110.9381,
        lat_deg=31.3322,
        status_interval_s=60.0,
    )


RADAR = node()
DESK = node("tucson-desk", "desk")
OTHER = node("radar-002")
REPORT_ID = Ulids("test").at(START_S)
OK = Status(time_s=START_S, node_id=RADAR.node_id, health=Health.OK)

POLAR = Detection(
    time_s=START_S + 1.25,
    node_id=RADAR.node_id,
    report_id=REPORT_ID,
    range_m=4_321.5,
    azimuth_rad=1.75,
    sigma_range_m=15.0,
    sigma_azimuth_rad=0.01,
    target=Target.WALKER,
    confidence=0.9,
)
BEARING = replace(POLAR, range_m=None, sigma_range_m=None)
PLACE = Detection(
    time_s=START_S + 2,
    node_id=RADAR.node_id,
    report_id=REPORT_ID,
    lon_deg=-110.9,
    lat_deg=31.4,
    sigma_range_m=25.0,
    target=Target.VEHICLE,
)

ALERT = Alert(
    alert_id="crossing-17",
    time_s=START_S + 30,
    kind="crossing",
    track_id=17,
    node_id=None,
    chainage_m=812_400.5,
    offset_m=-12.25,
    lon_deg=-110.94,
    lat_deg=31.33,
    target=Target.WALKER,
    count_low=2,
    count_high=4,
    priority=2,
)


def ok(of: Node, at_s: float = 0.0) -> Status:
    """Make the status of a node that is well."""
    return Status(time_s=START_S + at_s, node_id=of.node_id, health=Health.OK)


def replies(session: FusionSession) -> list[pb.SapientMessage]:
    """Return the messages that wait in a session's outbox."""
    return [
        pb.SapientMessage.FromString(part) for part in Frames().feed(session.outbox())
    ]


def reporting(of: Node = RADAR) -> tuple[FusionSession, EdgeSession]:
    """Make the two ends of a connection whose node registered and reported."""
    fusion, edge = FusionSession(), EdgeSession(of)
    fusion.receive(edge.register(START_S))
    edge.receive(fusion.outbox())
    fusion.receive(edge.report(ok(of)))
    return fusion, edge


def detection_message() -> pb.SapientMessage:
    """Make a detection that no check objects to."""
    return writing.detection_report(POLAR)
