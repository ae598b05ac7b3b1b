"""Entries to log in tests."""

from collections.abc import Mapping

from linewatch.measure.clock import to_epoch_s

START_S = to_epoch_s("2025-03-01")
NODE = "0b2a7f3e-1111-4222-8333-123456789abc"

New = tuple[float, str, Mapping[str, object]]


def status(at: int, health: str = "ok") -> New:
    """Make the status entry of second `at`."""
    return START_S + at, "status", {"node_id": NODE, "health": health}


def detection(at: int) -> New:
    """Make the detection entry of second `at`."""
    return (
        START_S + at,
        "detection",
        {
            "node_id": NODE,
            "report_id": f"report-{at}",
            "range_m": 100.0 + at,
            "azimuth_rad": 0.1,
            "lon_deg": None,
            "target": "walker",
        },
    )


def alert(at: int) -> New:
    """Make the alert entry of second `at`."""
    return START_S + at, "alert", {"alert_id": f"a-{at}", "kind": "crossing"}
