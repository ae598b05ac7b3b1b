"""A small mission log, written through the log's own door."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from linewatch.log import MissionLog

START_S: Final = 1_740_787_200.0
"""2025-03-01T00:00:00Z [s]."""

Row = tuple[float, str, Mapping[str, object]]


def node(number: int, kind: str = "radar", *, lon_deg: float = -110.9) -> Row:
    """Register a node near the line at Nogales."""
    body = {
        "node_id": f"node-{number}",
        "name": f"{kind}-{number:03d}",
        "kind": kind,
        "lon_deg": lon_deg,
        "lat_deg": 31.36,
        "status_interval_s": 60.0,
    }
    return START_S, "node", body


def status(number: int, at_s: float, health: str = "ok") -> Row:
    """Report a node's status."""
    body = {"node_id": f"node-{number}", "health": health, "detecting": health == "ok"}
    return START_S + at_s, "status", body


def detection(number: int, at_s: float) -> Row:
    """Detect something from a node."""
    body = {
        "node_id": f"node-{number}",
        "report_id": f"report-{at_s:.0f}",
        "range_m": 900.0,
        "azimuth_rad": 1.0,
        "target": "walker",
        "confidence": 0.8,
    }
    return START_S + at_s, "detection", body


def track(number: int, at_s: float, *, ended: bool = False) -> Row:
    """Tell where a track is."""
    body = {
        "track_id": number,
        "lon_deg": -110.9,
        "lat_deg": 31.33,
        "chainage_m": 660_000.0,
        "offset_m": -200.0,
        "x_m": 0.0,
        "y_m": 0.0,
        "vx_mps": 3.0,
        "vy_mps": 4.0,
        "existence": 0.97,
        "target": "walker",
        "count_low": 1,
        "count_high": 3,
        "first_seen_s": START_S,
        "last_seen_s": START_S + at_s,
        "ended": ended,
    }
    return START_S + at_s, "track", body


def alert(number: int, at_s: float, *, kind: str = "crossing") -> Row:
    """Raise an alert in the Tucson sector."""
    body = {
        "alert_id": f"alert-{number}",
        "kind": kind,
        "track_id": number,
        "lon_deg": -110.9,
        "lat_deg": 31.33,
        "chainage_m": 660_000.0,
        "offset_m": -200.0,
        "target": "walker",
        "count_low": 1,
        "count_high": 3,
        "priority": 2,
    }
    return START_S + at_s, "alert", body


def handover(alert_id: str, at_s: float) -> Row:
    """Hand an alert over."""
    body = {
        "handover_id": f"handover-{alert_id}",
        "alert_id": alert_id,
        "authority": "U.S. Border Patrol, Tucson Sector",
    }
    return START_S + at_s, "handover", body


def receipt(alert_id: str, at_s: float, *, accepted: bool = True) -> Row:
    """Answer a handover."""
    body = {
        "handover_id": f"handover-{alert_id}",
        "alert_id": alert_id,
        "authority": "U.S. Border Patrol, Tucson Sector",
        "receipt_ref": "TCA-17",
        "accepted": accepted,
    }
    return START_S + at_s, "receipt", body


def proposal() -> Row:
    """Propose works with their cost."""
    body = {
        "proposal_id": "works-0a1b",
        "kind": "works",
        "digest": "0a1b",
        "low": 3_100_000.0,
        "best": 4_600_000.0,
        "high": 7_250_000.0,
        "scope": "incremental: what the mission adds",
    }
    return START_S, "proposal", body


def decision() -> Row:
    """Decide on the works."""
    body = {
        "proposal_id": "works-0a1b",
        "answer": "approved",
        "office": "JTF J3",
        "digest": "0a1b",
        "caveat": "within <120 days> & no longer",
    }
    return START_S + 1, "decision", body


def mission() -> list[Row]:
    """Write a quarter of an hour of a watch by three nodes; one falls silent."""
    start = {"scenario": "test", "version": "0", "seed": 1, "start_s": START_S}
    reports = [
        status(number, at_s)
        for at_s in range(60, 901, 60)
        for number in (1, 2, 3)
        if number < 3 or at_s <= 300
    ]
    return [
        (START_S, "start", start),
        node(1),
        node(2, "camera"),
        node(3),
        proposal(),
        decision(),
        *reports[:6],
        detection(1, 130.0),
        detection(1, 135.0),
        track(7, 140.0),
        alert(7, 150.0),
        handover("alert-7", 150.0),
        handover("test-1", 160.0),
        receipt("test-1", 170.0),
        receipt("alert-7", 210.0),
        alert(8, 300.0, kind="rescue"),
        handover("alert-8", 300.0),
        *reports[6:],
        track(7, 880.0),
        (START_S + 900, "stop", {"reason": "done", "detections": 2, "alerts": 2}),
    ]


def write(path: Path, rows: list[Row] | None = None) -> Path:
    """Write a log, the small mission unless other rows are given."""
    with MissionLog.open(path) as log:
        log.append(mission() if rows is None else rows)
    return path
