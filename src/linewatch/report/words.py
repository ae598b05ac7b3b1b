"""A situation report as plain dictionaries, ready for JSON."""

from typing import Any

from linewatch.measure.clock import to_iso
from linewatch.report.clock import date_time_group
from linewatch.report.reading import Offer
from linewatch.report.sitrep import Contact, Sitrep, total_ids

STRENGTHS = ("organic", "approved", "sourced", "in_transit", "present")


def sitrep_words(report: Sitrep) -> dict[str, Any]:
    """Tell a report as one JSON object."""
    held = report.strength
    return {
        "report": "sitrep",
        "dtg": date_time_group(report.to_s),
        "on": report.on.isoformat(),
        "from": to_iso(report.from_s),
        "to": to_iso(report.to_s),
        "area": report.area,
        "terrain": {
            "generated": report.terrain_generated,
            "source": report.terrain_source,
        },
        "strength": held and {name: getattr(held, name) for name in STRENGTHS},
        "strength_ids": held and total_ids(report),
        "by_status": held and dict(held.by_status),
        "nodes": {
            row.kind: {
                "registered": row.registered,
                "watching": row.watching,
                "share_up": round(row.share_up, 4),
            }
            for row in report.nodes
        },
        "detections": report.detections,
        "tracks": report.tracks,
        "refused": report.refused,
        "alerts": len(report.contacts),
        "alerts_by_kind": report.by_kind(),
        "alerts_by_sector": report.by_sector(),
        "handed_over": report.handed_over,
        "received": report.received,
        "receipt_median_s": report.receipt_median_s,
        "tests": {"sent": report.tests, "received": report.tests_received},
        "contacts": [_contact(one) for one in report.contacts],
        "proposals": [_offer(one) for one in report.offers],
        "log": {"last_seq": report.last_seq, "digest": report.digest or None},
    }


def _contact(one: Contact) -> dict[str, Any]:
    alert, handed = one.alert, one.handover
    return {
        "alert_id": alert.alert_id,
        "time": to_iso(alert.time_s),
        "kind": alert.kind,
        "target": str(alert.target),
        "count": [alert.count_low, alert.count_high],
        "chainage_km": round(alert.chainage_m / 1000, 3),
        "sector": one.sector,
        "authority": handed and handed.authority,
        "receipt_after_s": one.receipt_after_s,
        "receipt_ref": handed and handed.receipt_ref,
    }


def _offer(one: Offer) -> dict[str, Any]:
    return {
        "proposal_id": one.proposal_id,
        "kind": one.kind,
        "cost": {"low": one.low, "best": one.best, "high": one.high},
        "scope": one.scope,
        "decision": one.answer or None,
        "office": one.office or None,
        "caveat": one.caveat or None,
    }
