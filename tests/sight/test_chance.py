"""Tests of the chance of one look: against the formulas, published ranges, sense."""

import itertools
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.area import STANDARD, Weather
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
from linewatch.sight import _kernels_chance as loops
from linewatch.sight.chance import daylight, law_of, lost_per_m
from linewatch.sight.kinds import GROUND_RADAR, Criterion
from tests.sight import naive

EVERY_PAIR = pytest.mark.parametrize(
    ("kind", "target"),
    [(k, t) for k in KINDS for t in TARGETS],
)


@EVERY_PAIR
@given(
    range_m=st.floats(0, 15_000),
    shown=st.floats(0, 1),
    sun=st.floats(-0.5, 0.5),
    weather=st.builds(
        Weather,
        visibility_m=st.floats(50, 200_000),
        rain_mm_h=st.just(0.0) | st.floats(0.1, 150),
        wind_mps=st.floats(0, 40),
    ),
)
def test_agrees_with_the_formulas(
    kind: str, target: str, range_m: float, shown: float, sun: float, weather: Weather
) -> None:
    light = SteadyLight(sun_altitude_rad=sun, weather=weather)
    what, whom = KINDS[kind], TARGETS[target]
    expected = naive.chance(
        what, whom, range_m, shown=shown, day=daylight(light), weather=weather
    )
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


@EVERY_PAIR
@pytest.mark.parametrize("light", [DAY, NIGHT], ids=["day", "night"])
@pytest.mark.parametrize(
    ("figure", "values"),
    [
        ("visibility_m", [100, 400, 900, 1_100, 3_000, 5_900, 6_100, 20_000]),
        ("rain_mm_h", [100, 30, 10, 3, 1, 0.1, 0]),
        ("wind_mps", [40, 20, 10, 5, 1, 0]),
    ],
)
def test_worse_weather_never_helps(
    kind: str, target: str, light: SteadyLight, figure: str, values: list[float]
) -> None:
    ranges = np.linspace(1, KINDS[kind].widest_m, 60)
    told = [
        range_chance(
            KINDS[kind],
            TARGETS[target],
            ranges,
            replace(light, weather=replace(STANDARD, **{figure: value})),
        )
        for value in values
    ]
    for worse, better in itertools.pairwise(told):
        assert np.all(worse <= better + 1e-12)


def test_fog_blinds_lenses_and_not_radar() -> None:
    fog = replace(DAY, weather=Weather(visibility_m=200))
    walker = TARGETS["walker"]
    assert float(range_chance(KINDS["camera"], walker, 2_000.0, fog)) == 0.0
    radar = KINDS["radar"]
    clear = range_chance(radar, walker, 8_000.0, DAY)
    assert float(range_chance(radar, walker, 8_000.0, fog)) == float(clear)


def test_heat_sees_farther_through_haze_than_daylight_does() -> None:
    hazy = replace(DAY, weather=Weather(visibility_m=4_000))
    camera = KINDS["camera"]
    by_eye = replace(camera, bands_um=(0.55,))
    both = range_chance(camera, TARGETS["walker"], 4_000.0, hazy)
    alone = range_chance(by_eye, TARGETS["walker"], 4_000.0, hazy)
    assert float(both) > 2 * float(alone)


def test_visibility_is_where_contrast_falls_to_a_fiftieth() -> None:
    for far_m in (2_000.0, 23_000.0, 80_000.0):
        light = replace(DAY, weather=Weather(visibility_m=far_m))
        left = math.exp(-lost_per_m((0.55,), light) * far_m)
        assert left == pytest.approx(0.02, rel=1e-3)


def test_rain_at_16_gigahertz_takes_what_the_itu_says() -> None:
    """ITU-R P.838-3, 16 GHz, horizontal: 0.678 dB/km at 10 mm/h, twice over."""
    rain = replace(DAY, weather=Weather(rain_mm_h=10))
    row = law_of(KINDS["radar"], TARGETS["walker"], rain)
    two_way_db_km = row[loops.LOST] * 1000 * 10 / math.log(10)
    assert two_way_db_km == pytest.approx(2 * 0.678, rel=1e-2)


def test_performance_of_tasks_grows_slower_than_johnson_says() -> None:
    johnson = replace(KINDS["camera"], ceiling=1.0)
    ttp = replace(johnson, criterion=Criterion.TTP)
    walker = TARGETS["walker"]
    anchor = [float(range_chance(k, walker, 6_000.0)) for k in (johnson, ttp)]
    assert anchor[0] == pytest.approx(anchor[1])
    near = [float(range_chance(k, walker, 3_000.0)) for k in (johnson, ttp)]
    assert near[0] > near[1]


def test_ground_that_drowns_a_walker_is_refused() -> None:
    loud = replace(GROUND_RADAR, ground_share=1.0, ground_filter=1.0)
    with pytest.raises(BadValue, match="so weak that a walker is seen"):
        range_chance(replace(KINDS["radar"], waves=loud), TARGETS["walker"], 1.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"contrast": 0.0}, "contrast must be above 0"),
        ({"spread": math.nan}, "spread must be above 0"),
        ({"wind_half_mps": -1.0}, "wind_half_mps must be above 0"),
        ({"absorbed_db_km": -1.0}, "absorbed_db_km must be 0 or more"),
        ({"dwell_s": -1.0}, "dwell_s must be 0 or more"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    change: dict[str, float], said: str
) -> None:
    with pytest.raises(BadValue, match=said):
        replace(KINDS["camera"], **change)  # type: ignore[arg-type]


def test_a_look_that_dwells_is_worth_the_draws_of_its_time() -> None:
    camera = replace(KINDS["camera"], period_s=30.0)  # one draw a look
    dwelling = replace(camera, period_s=3_600.0, dwell_s=90.0)
    walker = TARGETS["walker"]
    one, three = (float(range_chance(k, walker, 5_000.0)) for k in (camera, dwelling))
    assert 1 - (1 - one) ** 3 == pytest.approx(three)


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
