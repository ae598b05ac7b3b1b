"""Tests that what is heard and told goes through the log unchanged."""

from dataclasses import fields
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.log import Entry
from linewatch.log.schema import FIELDS, checked
from linewatch.mission.entries import bias_entries, heard_in, to_entry
from linewatch.report import Reading
from linewatch.watch.live import Heard, Receipt
from linewatch.watch.values import (
    Alert,
    Detection,
    Handover,
    Health,
    Node,
    Status,
    Target,
)

TIMES = st.floats(0, 4e9)
NAMES = st.from_regex(r"[a-z][a-z0-9-]{0,30}", fullmatch=True)
MAYBE = st.none() | st.floats(-180, 180)

NODES = st.builds(
    Node,
    node_id=NAMES,
    name=NAMES,
    kind=NAMES,
    lon_deg=st.floats(-180, 180),
    lat_deg=st.floats(-90, 90),
    status_interval_s=st.floats(1, 1e4),
)
STATUSES = st.builds(
    Status,
    time_s=TIMES,
    node_id=NAMES,
    health=st.sampled_from(Health),
    detecting=st.booleans(),
)
DETECTIONS = st.builds(
    Detection,
    time_s=TIMES,
    node_id=NAMES,
    report_id=NAMES,
    range_m=MAYBE,
    azimuth_rad=MAYBE,
    lon_deg=MAYBE,
    lat_deg=MAYBE,
    sigma_range_m=MAYBE,
    sigma_azimuth_rad=MAYBE,
    target=st.sampled_from(Target),
    confidence=st.floats(0, 1),
)
RECEIPTS = st.builds(
    Receipt, time_s=TIMES, alert_id=NAMES, reference=NAMES, accepted=st.booleans()
)


def logged(time_s: float, kind: str, body: dict[str, object]) -> Entry:
    """Return what the log gives back for an entry."""
    return Entry(seq=1, time_s=time_s, kind=kind, body=checked(kind, body), digest=b"")


@given(NODES | STATUSES | DETECTIONS | RECEIPTS)
def test_what_was_heard_comes_back_the_same(heard: Heard) -> None:
    time_s, kind, body = to_entry(heard, at_s=5.0)
    assert heard_in(logged(time_s, kind, dict(body))) == heard


def test_what_was_told_comes_back_the_same() -> None:
    reading = Reading()
    alert = Alert(
        alert_id="crossing-7",
        time_s=12.5,
        kind="crossing",
        track_id=7,
        node_id=None,
        chainage_m=1.0,
        offset_m=-2.0,
        lon_deg=-110.0,
        lat_deg=31.0,
        target=Target.WALKER,
        count_low=1,
        count_high=3,
        priority=2,
    )
    time_s, kind, body = to_entry(alert)
    reading.take(logged(time_s, kind, dict(body)))
    assert reading.alerts == {"crossing-7": alert}
    record = Handover(
        handover_id="handover-crossing-7",
        alert_id="crossing-7",
        time_s=12.5,
        authority="U.S. Border Patrol, Tucson Sector",
    )
    time_s, kind, body = to_entry(record)
    reading.take(logged(time_s, kind, dict(body)))
    assert reading.handovers == {"crossing-7": record}


def test_an_entry_of_another_kind_was_not_heard() -> None:
    assert heard_in(logged(1.0, "stop", {"reason": "done"})) is None


WHO = ("name", "face", "person", "passport", "birth", "nationality", "phone", "ident")


@pytest.mark.parametrize("kind", [Detection, Alert, Handover, Status])
def test_no_sighting_has_a_field_for_a_person(kind: type) -> None:
    for field in fields(kind):
        assert not any(word in field.name for word in WHO), field.name
        assert field.name in FIELDS[kind.__name__.lower()] or field.name in {
            *("time_s", "receipt_s", "receipt_ref"),
        }


def test_biases_that_can_be_told_are_facts_of_the_log() -> None:
    class Desk:
        """An engine of two posts, of which the second one's bias is told."""

        correct_bias = False

        def __init__(self) -> None:
            self.tracker = SimpleNamespace(done_s=7.0)
            sites = ("radar-001", "radar-002")
            self.posts = [SimpleNamespace(site=SimpleNamespace(name=s)) for s in sites]

        def bias(self) -> SimpleNamespace:
            return SimpleNamespace(
                told=np.array([False, True]),
                triples=np.array([0, 40]),
                **{name: np.array([0.0, 1.5]) for name in (
                    "range_m", "azimuth_rad", "sigma_range_m", "sigma_azimuth_rad"
                )},
            )  # fmt: skip

    ((time_s, kind, body),) = bias_entries(Desk())  # type: ignore[arg-type]
    assert (time_s, kind, body["site"], body["applied"]) == (
        7.0,
        "bias",
        "radar-002",
        False,
    )
    assert (body["range_m"], body["triples"]) == (1.5, 40)
    assert checked(kind, body) == body
