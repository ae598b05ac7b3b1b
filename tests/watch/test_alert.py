"""Tests of alerts: one a track, near the line, rescue for those who lie still."""

import math

import numpy as np
import pytest

from linewatch.errors import BadValue
from linewatch.watch.alert import Alerter, AlertSettings, Sighted
from linewatch.watch.values import Target


def sighted(
    time_s: float,
    *,
    offset_m: float = -500.0,
    x_m: float = 0.0,
    speed_mps: float = 1.4,
    existence: float = 0.99,
    age_s: float = 60.0,
    walker: float = 0.9,
    tracks: tuple[int, ...] = (7,),
) -> Sighted:
    """Make `tracks` alike at one instant."""
    size = len(tracks)
    full = np.full
    rest = (1 - walker) / 2
    return Sighted(
        time_s=time_s,
        track_id=np.array(tracks, dtype=np.int64),
        chainage_m=full(size, 1000.0),
        offset_m=full(size, offset_m),
        lon_deg=full(size, -110.0),
        lat_deg=full(size, 31.3),
        x_m=full(size, x_m),
        y_m=full(size, 0.0),
        vx_mps=full(size, 0.0),
        vy_mps=full(size, speed_mps),
        existence=full(size, existence),
        first_seen_s=full(size, time_s - age_s),
        last_seen_s=full(size, time_s),
        class_chance=np.tile([walker, rest, rest], (size, 1)),
        count_low=np.ones(size, dtype=np.int64),
        count_high=np.ones(size, dtype=np.int64),
    )


def test_a_track_near_the_line_alerts_once() -> None:
    alerter = Alerter()
    (alert,) = alerter.look(sighted(100.0))
    assert (alert.kind, alert.track_id, alert.target) == ("crossing", 7, Target.WALKER)
    assert alerter.look(sighted(101.0)) == []


@pytest.mark.parametrize(
    "why",
    [
        {"existence": 0.9},
        {"age_s": 5.0},
        {"offset_m": -5_000.0},
        {"offset_m": 9_000.0},
        {"speed_mps": 0.1},
    ],
)
def test_what_is_doubtful_new_far_or_still_raises_no_crossing(
    why: dict[str, float],
) -> None:
    assert Alerter().look(sighted(100.0, **why)) == []  # type: ignore[arg-type]


def test_an_unclear_class_is_said_to_be_unknown() -> None:
    (alert,) = Alerter().look(sighted(100.0, walker=0.34))
    assert alert.target is Target.UNKNOWN


def test_a_walker_that_lies_still_is_a_rescue_and_comes_first() -> None:
    alerter = Alerter()
    assert alerter.look(sighted(0.0, speed_mps=0.1)) == []
    assert alerter.look(sighted(1_199.0, speed_mps=0.1, x_m=50.0)) == []
    (alert,) = alerter.look(sighted(1_200.0, speed_mps=0.1, x_m=100.0))
    assert (alert.kind, alert.priority) == ("rescue", 1)
    assert alerter.look(sighted(5_000.0, speed_mps=0.1, x_m=100.0)) == []


def test_a_walker_that_wanders_is_no_rescue() -> None:
    alerter = Alerter()
    for step in range(10):
        assert (
            alerter.look(sighted(600.0 * step, speed_mps=0.1, x_m=200.0 * step)) == []
        )


def test_walkers_in_file_are_one_alert_with_their_count() -> None:
    alerter = Alerter()
    (alert,) = alerter.look(sighted(100.0, tracks=(7, 8, 9)))
    assert (alert.track_id, alert.count_low, alert.count_high) == (7, 3, 3)
    assert alerter.look(sighted(105.0, tracks=(7, 8, 9, 10))) == []


def test_a_track_far_from_the_alerted_one_is_another_alert() -> None:
    alerter = Alerter()
    alerter.look(sighted(100.0, tracks=(7,)))
    (alert,) = alerter.look(sighted(105.0, x_m=400.0, tracks=(8,)))
    assert alert.track_id == 8


def test_a_track_that_broke_goes_on_in_its_alert() -> None:
    alerter = Alerter()
    alerter.look(sighted(100.0, tracks=(7,)))
    assert alerter.look(sighted(160.0, tracks=(8,))) == []
    (alert,) = alerter.look(sighted(900.0, tracks=(9,)))
    assert alert.track_id == 9


@pytest.mark.parametrize(
    ("field", "value"), [("existence", 0.0), ("existence", math.nan), ("hold_s", -1.0)]
)
def test_settings_refuse_what_cannot_be(field: str, value: float) -> None:
    with pytest.raises(BadValue, match=field):
        AlertSettings(**{field: value})
