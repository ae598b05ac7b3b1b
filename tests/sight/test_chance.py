"""Tests of the chance of one look: against the formulas, published ranges, sense."""

import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue, UnknownName
from linewatch.sight import (
    DAY,
    KINDS,
    NIGHT,
    TARGETS,
    SensorKind,
    SteadyLight,
    kind_named,
    range_chance,
    target_named,
)
from linewatch.sight.chance import daylight
from tests.sight import naive

EVERY_PAIR = pytest.mark.parametrize(
    ("kind", "target"),
    [(k, t) for k in KINDS for t in TARGETS],
)


@EVERY_PAIR
@given(range_m=st.floats(0, 15_000), shown=st.floats(0, 1), sun=st.floats(-0.5, 0.5))
def test_agrees_with_the_formulas(
    kind: str, target: str, range_m: float, shown: float, sun: float
) -> None:
    light = SteadyLight(sun_altitude_rad=sun)
    what, whom = KINDS[kind], TARGETS[target]
    expected = naive.chance(what, whom, range_m, shown=shown, day=daylight(light))
    got = range_chance(what, whom, range_m, light, shown=shown)
    assert float(got) == pytest.approx(expected, rel=1e-6, abs=1e-9)


@EVERY_PAIR
def test_never_rises_with_range_nor_falls_with_what_shows(
    kind: str, target: str
) -> None:
    ranges = np.linspace(0, 15_000, 400)
    chance = range_chance(KINDS[kind], TARGETS[target], ranges, NIGHT)
    assert np.all(np.diff(chance) <= 1e-12)
    assert np.all((chance >= 0) & (chance <= KINDS[kind].ceiling))
    assert chance[-1] == 0
    shown = np.linspace(0, 1, 50)
    at_half = KINDS[kind].reach_m[target] / 2
    rising = range_chance(KINDS[kind], TARGETS[target], at_half, shown=shown)
    assert np.all(np.diff(rising) >= -1e-12)
    assert rising[0] == 0


def test_radar_finds_a_walker_at_its_anchor_as_often_as_it_says() -> None:
    radar = KINDS["radar"]
    chance = range_chance(radar, TARGETS["walker"], 8_000.0)
    assert float(chance) == pytest.approx(0.8 * radar.ceiling)


def test_radar_range_goes_with_the_fourth_root_of_the_echo() -> None:
    """The published 10 km for a person and 20 km for a vehicle of AN/PPS-5D."""
    anchors = KINDS["radar"].anchor_m
    assert anchors["vehicle"] / anchors["walker"] == pytest.approx(2.0)


def test_swerling_1_needs_21_decibels_for_nine_in_ten_at_one_in_a_million() -> None:
    """Skolnik, Radar Handbook: 21.1 dB for 0.9 at 1e-6, one pulse, Swerling 1."""
    noise = math.log(1e-6) / math.log(0.9) - 1
    assert 10 * math.log10(noise) == pytest.approx(21.1, abs=0.1)
    sure = replace(KINDS["radar"], anchor_chance=0.9, ceiling=1.0)
    assert float(range_chance(sure, TARGETS["walker"], 8_000.0)) == pytest.approx(0.9)


def test_half_of_observers_succeed_where_the_image_has_the_cycles() -> None:
    camera = replace(KINDS["camera"], ceiling=1.0, decorrelation_s=10.0)
    by_day = range_chance(camera, TARGETS["walker"], 6_000.0, DAY)
    by_night = range_chance(camera, TARGETS["walker"], 6_000.0 * 0.8, NIGHT)
    assert float(by_day) == pytest.approx(0.5)
    assert float(by_night) == pytest.approx(0.5)


def test_looks_within_one_draw_detect_together_as_often_as_the_draw() -> None:
    camera = KINDS["camera"]
    one_draw = range_chance(
        replace(camera, period_s=camera.decorrelation_s), TARGETS["walker"], 3_000.0
    )
    looks = camera.decorrelation_s / camera.period_s
    per_look = range_chance(camera, TARGETS["walker"], 3_000.0)
    assert 1 - (1 - float(per_look)) ** looks == pytest.approx(float(one_draw))


def test_ground_sensors_do_not_hear_flyers() -> None:
    assert float(range_chance(KINDS["seismic"], TARGETS["flyer"], 0.0)) == 0


@pytest.mark.parametrize(
    ("light", "share"),
    [
        (None, 1.0),
        (DAY, 1.0),
        (NIGHT, 0.0),
        (SteadyLight(sun_altitude_rad=math.radians(-6)), 0.5),
        (
            SteadyLight(
                sun_altitude_rad=-1.0, moon_altitude_rad=math.pi / 2, moon_lit_share=1
            ),
            0.25,
        ),
        (
            SteadyLight(
                sun_altitude_rad=-1.0, moon_altitude_rad=-0.5, moon_lit_share=1
            ),
            0.0,
        ),
    ],
)
def test_light_falls_through_twilight_and_the_moon_gives_some_back(
    light: SteadyLight | None, share: float
) -> None:
    assert daylight(light) == pytest.approx(share)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda k: k.name)
def test_every_figure_of_a_kind_has_a_source_and_sense(kind: SensorKind) -> None:
    assert kind.source
    assert set(kind.reach_m) == set(kind.anchor_m) == set(TARGETS)
    assert 0 < kind.draws_per_look <= 1
    assert kind.sigma_range_at(1_000.0) >= kind.sigma_range_m


def test_unknown_names_tell_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="'sonar': choose from radar, camera"):
        kind_named("sonar")
    with pytest.raises(UnknownName, match="'boat': choose from walker, vehicle"):
        target_named("boat")
    assert kind_named("radar").name == "radar"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("anchor_chance", 1.0),
        ("period_s", 0.0),
        ("decorrelation_s", math.nan),
        ("ceiling", 1.1),
    ],
)
def test_a_kind_refuses_what_cannot_be(field: str, value: float) -> None:
    with pytest.raises(BadValue, match=field):
        replace(KINDS["radar"], **{field: value})  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [*KINDS.values(), *TARGETS.values()])
def test_kinds_and_targets_travel_between_processes(value: object) -> None:
    assert pickle.loads(pickle.dumps(value)) == value
