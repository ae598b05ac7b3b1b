"""Tests of aircraft on a beat: when it passes, and what that catches."""

import math
from dataclasses import replace

import numpy as np
import pytest

from linewatch.errors import BadValue
from linewatch.sight import (
    AIRCRAFT,
    Beat,
    Crossings,
    Rule,
    crossing_chance,
    range_chance,
    stations,
    target_named,
)
from tests.sight.scene import FLAT

WAY = ((0.0, 0.0), (30_000.0, 0.0), (30_000.0, 20_000.0))


def test_the_length_follows_the_corners() -> None:
    beat = Beat(name="b", way=WAY, speed_mps=50.0, turn_s=60.0)
    assert beat.length_m == pytest.approx(50_000)
    assert beat.period_s == pytest.approx(2 * (1_000 + 60))


def test_each_station_is_passed_twice_when_the_aircraft_is_there() -> None:
    beat = Beat(name="b", way=WAY, speed_mps=50.0, step_m=2_500.0, turn_s=60.0)
    placed = stations(FLAT, beat, cell_m=500.0)
    assert len(placed) == 2 * 20

    def flown(time_s: float) -> tuple[float, float]:
        """Where the aircraft is, step by step."""
        within = time_s % beat.period_s
        one_way = beat.length_m / beat.speed_mps
        if within > one_way:
            within = max(one_way - max(within - one_way - beat.turn_s, 0.0), 0.0)
        away = within * beat.speed_mps
        return (away, 0.0) if away <= 30_000 else (30_000.0, away - 30_000)

    for sight in placed:
        x_m, y_m = flown(sight.phase_s)
        assert math.hypot(x_m - sight.eye.x_m, y_m - sight.eye.y_m) < 1e-6
        assert sight.kind.period_s == pytest.approx(beat.period_s)
        assert sight.eye.above_m == AIRCRAFT.mast_m


def test_a_later_start_comes_later() -> None:
    first = Beat(name="b", way=WAY, speed_mps=50.0, step_m=5_000.0)
    later = replace(first, start_s=70.0)
    for a, b in zip(
        stations(FLAT, first, cell_m=500.0),
        stations(FLAT, later, cell_m=500.0),
        strict=True,
    ):
        assert (b.phase_s - a.phase_s) % first.period_s == pytest.approx(70.0)


def test_what_a_beat_catches_is_what_flying_it_catches() -> None:
    """Fly the beat second by second over one who walks across, draw by draw."""
    beat = Beat(name="b", way=((0.0, 0.0), (40_000.0, 0.0)), speed_mps=60.0, step_m=250)
    placed = stations(FLAT, beat, cell_m=500.0)
    walker = target_named("walker")
    bare = replace(
        AIRCRAFT, period_s=1.0, dwell_s=0.0
    )  # a thirtieth of a draw a second
    for x_m, start_y in ((12_000.0, -3_000.0), (31_000.0, -1_500.0)):
        speed = 1.2
        legs = np.array([[x_m, start_y, x_m, -start_y, speed]])
        told = crossing_chance(
            placed, Crossings(legs=legs), target="walker", rule=Rule(least=1, within=1)
        )
        seconds = np.arange(0.0, 2 * -start_y / speed, 1.0)
        within = seconds % beat.period_s
        one_way = beat.length_m / beat.speed_mps
        along = np.where(within <= one_way, within, 2 * one_way - within) * 60.0
        away_m = np.hypot(along - x_m, start_y + seconds * speed)
        seen = range_chance(bare, walker, away_m)
        assert float(told.any_once[0]) == pytest.approx(1 - np.prod(1 - seen), abs=0.03)


@pytest.mark.parametrize(
    "change",
    [
        {"speed_mps": 0.0},
        {"speed_mps": math.inf},
        {"step_m": -1.0},
        {"turn_s": -1.0},
        {"way": ((0.0, 0.0),)},
        {"way": ((1.0, 1.0), (1.0, 1.0))},
    ],
)
def test_what_cannot_be_flown_is_refused(change: dict[str, object]) -> None:
    beat = Beat(name="b", way=WAY, speed_mps=50.0)
    with pytest.raises(BadValue):
        replace(beat, **change)  # type: ignore[arg-type]
