"""The picture as plain dictionaries, ready for JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from linewatch.measure.clock import to_iso
from linewatch.watch.values import Alert
from linewatch.web.picture import TARGETS, Floats, LiveFrame, Outline, Picture, Tracks

Words = dict[str, Any]

PLACE_DIGITS = 5
"""Digits of a degree that the page shows: 1 m."""


def _rounded(values: Floats, digits: int) -> list[float]:
    rounded: list[float] = np.round(values, digits).tolist()
    return rounded


def outline_words(line: Outline) -> Words:
    """Tell a line: places to 1 m, chainage to 1 m."""
    return {
        "lon_deg": _rounded(line.lon_deg, PLACE_DIGITS),
        "lat_deg": _rounded(line.lat_deg, PLACE_DIGITS),
        "chainage_km": _rounded(line.chainage_m / 1000, 3),
    }


def picture_words(picture: Picture) -> Words:
    """Tell the part of the picture that stands still."""
    cover = picture.coverage
    return {
        "name": picture.name,
        "mode": picture.mode,
        "length_km": round(picture.length_km, 3),
        "line": outline_words(picture.line),
        "sectors": [asdict(sector) for sector in picture.sectors],
        "ports": [asdict(port) for port in picture.ports],
        "zones": [asdict(zone) for zone in picture.zones],
        "sites": [asdict(site) for site in picture.sites],
        "terrain": {
            "generated": picture.terrain_generated,
            "source": picture.terrain_source,
        },
        "coverage": cover
        and {
            "chainage_km": _rounded(cover.chainage_km, 3),
            "chance": {name: _rounded(p, 3) for name, p in cover.chance.items()},
        },
        "force": force_words(picture),
        "plans": [asdict(plan) for plan in picture.plans],
        "credits": list(picture.credits),
        "offices": list(picture.offices),
        "targets": [str(target) for target in TARGETS],
    }


def force_words(picture: Picture) -> Words | None:
    """Tell who is there, the five strengths apart; None where nobody has said."""
    force = picture.force
    if force is None:
        return None
    return {
        "on": force.on,
        "strength": {
            "organic": force.organic,
            "approved": force.approved,
            "sourced": force.sourced,
            "in_transit": force.in_transit,
            "present": force.present,
        },
        "by_status": dict(force.by_status),
        "text": force.text,
    }


def tracks_words(tracks: Tracks) -> list[Words]:
    """Tell the tracks one by one, for people and for debugging."""
    return [
        {
            "track_id": int(tracks.track_id[row]),
            "lon_deg": round(float(tracks.lon_deg[row]), PLACE_DIGITS),
            "lat_deg": round(float(tracks.lat_deg[row]), PLACE_DIGITS),
            "chainage_km": round(float(tracks.chainage_m[row]) / 1000, 3),
            "offset_km": round(float(tracks.offset_m[row]) / 1000, 3),
            "speed_mps": round(float(tracks.speed_mps[row]), 2),
            "azimuth_deg": round(float(np.degrees(tracks.azimuth_rad[row])) % 360, 1),
            "existence": round(float(tracks.existence[row]), 3),
            "target": str(TARGETS[tracks.target[row]]),
            "last_seen": to_iso(float(tracks.last_seen_s[row])),
        }
        for row in range(len(tracks))
    ]


def alert_words(alert: Alert, sector: str) -> Words:
    """Tell one alert, with the sector it lies in."""
    return {
        "alert_id": alert.alert_id,
        "time_s": alert.time_s,
        "kind": alert.kind,
        "track_id": alert.track_id,
        "node_id": alert.node_id,
        "chainage_km": round(alert.chainage_m / 1000, 3),
        "offset_km": round(alert.offset_m / 1000, 3),
        "lon_deg": round(alert.lon_deg, PLACE_DIGITS),
        "lat_deg": round(alert.lat_deg, PLACE_DIGITS),
        "sector": sector,
        "target": str(alert.target),
        "count_low": alert.count_low,
        "count_high": alert.count_high,
        "priority": alert.priority,
    }


def alerts_words(picture: Picture, frame: LiveFrame) -> list[Words]:
    """Tell the alerts, newest first, each with its handover and acknowledgement."""
    handed = {handover.alert_id: handover for handover in frame.handovers}
    acknowledged = {entry.alert_id: entry for entry in frame.acknowledgements}
    told = []
    for alert in sorted(frame.alerts, key=lambda one: (-one.time_s, one.alert_id)):
        words = alert_words(alert, picture.sector_at(alert.chainage_m / 1000))
        handover = handed.get(alert.alert_id)
        entry = acknowledged.get(alert.alert_id)
        words["handover"] = handover and {
            "authority": handover.authority,
            "time_s": handover.time_s,
            "receipt_s": handover.receipt_s,
            "receipt_ref": handover.receipt_ref,
        }
        words["acknowledged"] = entry and {
            "office": entry.office,
            "time_s": entry.time_s,
        }
        told.append(words)
    return told


def proven_s(frame: LiveFrame) -> float | None:
    """Return when a test alert last came back with its receipt [s]: the path works."""
    receipts = [
        handover.receipt_s
        for handover in frame.handovers
        if handover.receipt_s is not None and handover.alert_id.startswith("test-")
    ]
    return max(receipts, default=None)


def node_counts(nodes: Mapping[str, str]) -> dict[str, int]:
    """Count nodes by health."""
    counts: dict[str, int] = {}
    for health in nodes.values():
        counts[str(health)] = counts.get(str(health), 0) + 1
    return counts


def news_words(picture: Picture, frame: LiveFrame) -> Words:
    """Tell all of a frame but its tracks: what the page gets as text."""
    return {
        "seq": frame.seq,
        "time_s": frame.time_s,
        "time": to_iso(frame.time_s),
        "tracks": len(frame.tracks),
        "alerts": alerts_words(picture, frame),
        "nodes": {name: str(health) for name, health in frame.nodes.items()},
        "node_counts": node_counts(frame.nodes),
        "counters": dict(frame.counters),
        "path_proven_s": proven_s(frame),
        "stitches": [
            {**asdict(each), "chance": round(each.chance, 3)} for each in frame.stitches
        ],
        "ended": frame.ended,
        "sites": len(picture.sites),
    }


def live_words(picture: Picture, frame: LiveFrame) -> Words:
    """Tell a whole frame, for debugging and for other programs."""
    return news_words(picture, frame) | {"tracks": tracks_words(frame.tracks)}
