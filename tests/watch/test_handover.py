"""Tests of handovers: none is lost, each has one receipt, the path proves itself."""

import pytest

from linewatch.errors import BadValue
from linewatch.watch.handover import HandoverDesk, HandoverSettings
from linewatch.watch.values import Alert, Target


def alert(kind: str = "crossing", number: int = 1, time_s: float = 0.0) -> Alert:
    return Alert(
        alert_id=f"{kind}-{number}",
        time_s=time_s,
        kind=kind,
        track_id=number,
        node_id=None,
        chainage_m=5.0,
        offset_m=0.0,
        lon_deg=-110.0,
        lat_deg=31.0,
        target=Target.WALKER,
        count_low=1,
        count_high=1,
        priority=2,
    )


def desk() -> HandoverDesk:
    return HandoverDesk(
        settings=HandoverSettings(),
        authority_at=lambda m: f"desk at {m:.0f} m",
        start_s=0.0,
    )


def test_a_handover_is_open_until_its_receipt() -> None:
    room = desk()
    ((record, _),) = room.hand_over([alert()])
    assert (record.authority, record.receipt_s) == ("desk at 5 m", None)
    assert room.waiting() == [record]
    closed = room.receive(30.0, "crossing-1", "R-1")
    assert closed is not None
    assert (closed.receipt_s, closed.receipt_ref) == (30.0, "R-1")
    assert room.waiting() == []
    assert room.closed() == [closed]


def test_an_outage_stays_with_the_watch() -> None:
    assert desk().hand_over([alert("outage")]) == []


def test_a_second_or_unknown_receipt_is_none() -> None:
    room = desk()
    room.hand_over([alert()])
    room.receive(1.0, "crossing-1", "R-1")
    assert room.receive(2.0, "crossing-1", "R-2") is None
    assert room.receive(2.0, "nothing", "R-3") is None
    assert room.closed()[0].receipt_ref == "R-1"


def test_what_has_no_receipt_is_sent_again_each_due_time() -> None:
    room = desk()
    room.hand_over([alert()])
    assert room.due(119.0) == []
    assert room.due(120.0) == [alert()]
    assert room.due(130.0) == []
    assert room.due(240.0) == [alert()]


def test_the_test_alert_proves_the_path_or_says_it_is_broken() -> None:
    room = desk()
    assert room.test_due(599.0) is None
    first = room.test_due(600.0)
    assert first is not None
    assert room.test_due(601.0) is None
    room.hand_over([first])
    assert not room.path_broken(700.0)
    assert room.path_broken(840.0)
    room.receive(841.0, first.alert_id, "R")
    assert not room.path_broken(900.0)


def test_settings_refuse_a_time_of_nothing() -> None:
    with pytest.raises(BadValue, match="receipt_due_s must be above 0"):
        HandoverSettings(receipt_due_s=0.0)
