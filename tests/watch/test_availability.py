"""Tests of availability: registration, silence, outages said and time accounted."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.watch.availability import Availability
from linewatch.watch.values import Health, Node, Status


def node(name: str = "radar-001", interval_s: float = 60.0) -> Node:
    return Node(
        node_id=f"id-{name}",
        name=name,
        kind="radar",
        lon_deg=-110.0,
        lat_deg=31.3,
        status_interval_s=interval_s,
    )


def status(
    time_s: float, *, health: Health = Health.OK, detecting: bool = True
) -> Status:
    return Status(
        time_s=time_s, node_id="id-radar-001", health=health, detecting=detecting
    )


def test_a_node_watches_from_its_registration() -> None:
    account = Availability()
    changes = account.register(10.0, node())
    assert [(c.up, c.time_s) for c in changes] == [(True, 10.0)]
    assert account.watching("id-radar-001")
    assert account.health("never-heard") is Health.SILENT


def test_silence_is_dated_at_the_third_missed_report() -> None:
    account = Availability()
    account.register(0.0, node())
    assert account.advance(180.0) == []
    (change,) = account.advance(500.0)
    assert (change.up, change.time_s, change.health) == (False, 180.0, Health.SILENT)
    assert account.advance(900.0) == []


def test_a_detection_is_a_sign_of_life() -> None:
    account = Availability()
    account.register(0.0, node())
    account.hear(300.0, "id-radar-001")
    assert account.advance(400.0) == []


@pytest.mark.parametrize("health", [Health.ERROR, Health.GOODBYE])
def test_a_node_that_says_it_fails_does_not_watch(health: Health) -> None:
    account = Availability()
    account.register(0.0, node())
    (down,) = account.report(status(30.0, health=health))
    assert (down.up, down.health) == (False, health)
    (up,) = account.report(status(60.0))
    assert up.up
    assert account.share_up(60.0)["id-radar-001"] == pytest.approx(0.5)


def test_a_warning_with_detections_off_is_an_outage_too() -> None:
    account = Availability()
    account.register(0.0, node())
    (down,) = account.report(status(5.0, health=Health.WARNING, detecting=False))
    assert not down.up


def test_a_late_report_changes_nothing() -> None:
    account = Availability()
    account.register(0.0, node())
    account.report(status(50.0))
    assert account.report(status(40.0, health=Health.ERROR)) == []
    assert account.watching("id-radar-001")


def test_a_report_of_an_unknown_node_changes_nothing() -> None:
    assert Availability().report(status(1.0)) == []


@given(st.lists(st.tuples(st.floats(0.1, 500), st.booleans()), max_size=30))
def test_share_of_time_up_is_a_share_and_changes_alternate(
    steps: list[tuple[float, bool]],
) -> None:
    account = Availability()
    ups = [c.up for c in account.register(0.0, node())]
    now_s = 0.0
    for wait_s, detecting in steps:
        now_s += wait_s
        ups += [c.up for c in account.advance(now_s)]
        ups += [c.up for c in account.report(status(now_s, detecting=detecting))]
    assert all(a != b for a, b in pairwise(ups))
    assert 0.0 <= account.share_up(now_s)["id-radar-001"] <= 1.0


def test_a_status_counts_though_a_newer_detection_came_before_it() -> None:
    account = Availability()
    account.register(0.0, node())
    account.hear(31.0, "id-radar-001")
    (down,) = account.report(status(30.0, health=Health.ERROR))
    assert not down.up
    assert account.report(status(29.0)) == []
