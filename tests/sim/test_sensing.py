"""Tests of what sensors report."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from linewatch.sight import KINDS
from linewatch.sim.sensing import CONFIDENCE, Heard, Sensors
from linewatch.sim.settings import SimSettings
from linewatch.sim.world import World
from linewatch.watch.values import Detection, Target
from tests.sim.fakes import (
    PLANE,
    START_S,
    day,
    scene_of,
    sight_at,
    still_world,
    straight_area,
)

QUIET: dict[str, Any] = {"false_per_look": 0.0}


def heard_of(
    kind: str, x_m: Any, y_m: Any, *, over_s: int = 1000, **words: Any
) -> Heard:
    """Return what one quiet sensor at the origin says of targets that stand."""
    scene = {"kind": words.pop("target", 0), "unit_id": words.pop("unit_id", None)}
    world = still_world(scene_of(START_S, x_m, y_m, **scene), **words.pop("assume", {}))
    sight = sight_at(kind, 0.0, 0.0, **{**QUIET, **words})
    return Sensors(world, [sight], day, seed=1).step(START_S + over_s)


def place_of(one: Detection, sensors: Sensors) -> tuple[float, float]:
    """Return the plane place of a polar detection, by geodesy alone."""
    from pyproj import Geod  # noqa: PLC0415 - the outside authority

    node = next(p.node for p in sensors.nodes if p.node.node_id == one.node_id)
    assert one.azimuth_rad is not None
    assert one.range_m is not None
    lon, lat, _ = Geod(ellps="WGS84").fwd(
        node.lon_deg, node.lat_deg, np.degrees(one.azimuth_rad), one.range_m
    )
    x, y = PLANE.to_plane(lon, lat)
    return float(x), float(y)


def test_a_detection_without_noise_leads_back_to_the_place_within_a_metre() -> None:
    for east in (-900_000.0, 0.0, 700_000.0):
        scene = scene_of(START_S, east + np.array([-7000.0, 10.0, 6000.0]), 4000.0)
        exact = {
            **QUIET,
            "sigma_range_m": 1e-6,
            "sigma_azimuth_rad": 1e-9,
            "ceiling": 1.0,
        }
        sight = sight_at("radar", east, 30_000.0 - 30_000.0, **exact)
        sensors = Sensors(still_world(scene), [sight], day, seed=1)
        heard = sensors.step(START_S + 200)
        assert len(set(heard.origin.tolist())) == 3
        for one, target in zip(heard.detections, heard.origin, strict=True):
            ago = START_S + np.ceil(one.time_s - START_S) - one.time_s
            x, y = place_of(one, sensors)
            assert x == pytest.approx(scene.x_m[target], abs=1.0)
            assert y == pytest.approx(4000.0 - 1.4 * ago, abs=1.0)


def fan(away_m: float, count: int) -> tuple[Any, Any]:
    """Return places at one range, 4 degrees apart: each in a cell of its own."""
    turn = np.radians(4.0 * (np.arange(count) - count // 2))
    return away_m * np.sin(turn), away_m * np.cos(turn)


@pytest.mark.parametrize("away_m", [6000.0, 8000.0, 9500.0])
def test_the_share_of_looks_that_detect_is_the_plans_chance(away_m: float) -> None:
    x, y = fan(away_m, 30)
    sight = sight_at("radar", 0.0, 0.0, **QUIET)
    chance = float(sight.look_chance(0.0, away_m, "walker", None, 1.4))
    looks = 100
    heard = heard_of("radar", x, y, over_s=5 * looks)
    count = 30 * looks
    assert 0.1 < chance < 1
    bound = 4 * np.sqrt(chance * (1 - chance) / count)
    assert len(heard.detections) / count == pytest.approx(chance, abs=bound)


def test_detections_never_come_from_what_is_hidden() -> None:
    x, y = np.array([0.0, 0.0]), np.array([-3000.0, 3000.0])
    heard = heard_of("radar", x, y, hidden="south")
    assert set(heard.origin.tolist()) == {1}
    assert len(heard_of("camera", x, y, hidden="all").detections) == 0


def test_one_out_of_reach_or_too_slow_is_not_detected() -> None:
    assert len(heard_of("radar", 0.0, 12_500.0).detections) == 0
    slow = scene_of(START_S, 5000.0, 0.0, vy_mps=1.4)  # across the line of sight
    sensors = Sensors(
        still_world(slow), [sight_at("radar", 0.0, 0.0, **QUIET)], day, seed=1
    )
    assert len(sensors.step(START_S + 500).detections) == 0


@pytest.mark.parametrize(("kind", "away_m"), [("radar", 4000.0), ("camera", 3000.0)])
def test_noise_has_the_stated_moments(kind: str, away_m: float) -> None:
    x, y = fan(away_m, 30)
    heard = heard_of(kind, x, y, over_s=600)
    made = KINDS[kind]
    away = np.array([one.range_m for one in heard.detections])
    turn = np.array([one.azimuth_rad for one in heard.detections])
    turn -= PLANE.convergence_rad(*map(float, PLANE.to_geo(0.0, 0.0)))
    turn -= np.arctan2(x, y)[heard.origin]
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    count = len(away)
    sigma = made.sigma_range_at(away_m)
    assert count > 300
    assert away.mean() == pytest.approx(away_m, abs=4 * sigma / np.sqrt(count) + 12)
    assert away.std() == pytest.approx(sigma, rel=4 / np.sqrt(2 * count))
    assert turn.std() == pytest.approx(
        made.sigma_azimuth_rad, rel=4 / np.sqrt(2 * count)
    )
    assert abs(turn.mean()) < 4 * made.sigma_azimuth_rad / np.sqrt(count) + 5e-5
    told = np.array([one.sigma_range_m for one in heard.detections])
    assert np.median(told) == pytest.approx(sigma, rel=0.05)


def test_false_detections_are_poisson_and_even_over_the_field() -> None:
    world = still_world(scene_of(START_S, np.zeros(0), 0.0))
    sight = sight_at("radar", 0.0, 0.0, false_per_look=10.0)
    heard = Sensors(world, [sight], day, seed=2).step(START_S + 1000)
    count = len(heard.detections)
    share = np.array([one.range_m or 0 for one in heard.detections]) / 12_000.0
    turn = np.array([one.azimuth_rad or 0 for one in heard.detections])
    assert (heard.origin == -1).all()
    assert count == pytest.approx(2000, abs=4 * np.sqrt(2000))
    assert (share**2).mean() == pytest.approx(
        0.5, abs=4 * np.sqrt(1 / 12 / count) + 0.01
    )
    assert turn.mean() == pytest.approx(np.pi, abs=4 * np.pi / np.sqrt(3 * count))
    assert share.max() < 1.005


def test_one_look_detects_a_target_at_most_once() -> None:
    heard = heard_of("radar", np.linspace(-4000, 4000, 9), 5000.0)
    seen = [
        (one.time_s, origin)
        for one, origin in zip(heard.detections, heard.origin, strict=True)
    ]
    assert len(seen) == len(set(seen))


def test_two_of_one_cell_give_one_detection_and_two_apart_give_two() -> None:
    words: dict[str, Any] = {"ceiling": 1.0, "anchor_chance": 0.999, "over_s": 500}
    words["waves"] = None  # no ground is so quiet that a radar is as sure as that
    near = heard_of("radar", np.array([5.0, 6.0]), 4010.0, **words)
    apart = heard_of("radar", np.array([5.0, 6.0]), np.array([4010.0, 4110.0]), **words)
    assert len(near.detections) == 100
    assert len(apart.detections) == 200


def test_cells_of_a_camera_grow_with_range() -> None:
    words: dict[str, Any] = {
        "ceiling": 1.0,
        "anchor_chance": 0.999,
        "waves": None,
        "night_share": 1.0,
        "decorrelation_s": 10.0,
        "over_s": 1000,
    }
    apart = np.array([0.0, 30.0])
    near = heard_of("camera", 1.0 + 0 * apart, 100.0 + apart * 2, **words)
    far = heard_of("camera", 1.0 + 0 * apart, 3000.0 + apart, **words)
    assert len(near.detections) == 200
    assert len(far.detections) <= 110


def test_a_ground_sensor_tells_its_own_place_and_one_presence() -> None:
    heard = heard_of("seismic", np.array([10.0, -10.0, 0.0]), np.array([0.0, 5.0, 9.0]))
    lon, lat = PLANE.to_geo(0.0, 0.0)
    assert 0 < len(heard.detections) <= 200
    for one in heard.detections:
        assert one.range_m is None
        assert one.azimuth_rad is None
        assert (one.lon_deg, one.lat_deg) == (float(lon), float(lat))
        assert one.sigma_range_m == 40.0


def test_only_cameras_tell_a_class_in_their_share() -> None:
    radar = heard_of("radar", 0.0, 3000.0, target=1)
    x, y = fan(2000.0, 30)
    camera = heard_of("camera", x, y, target=1)
    told = [one.target for one in camera.detections]
    count = len(told)
    assert {one.target for one in radar.detections} == {Target.UNKNOWN}
    assert set(told) == {Target.VEHICLE, Target.UNKNOWN}
    share = told.count(Target.VEHICLE) / count
    assert share == pytest.approx(0.8, abs=4 * np.sqrt(0.16 / count))


def test_a_false_detection_cannot_be_told_by_its_looks() -> None:
    world = still_world(scene_of(START_S, 0.0, 3000.0))
    sights = [
        sight_at(kind, 0.0, 0.0, false_per_look=1.0) for kind in ("radar", "camera")
    ]
    heard = Sensors(world, sights, day, seed=1).step(START_S + 2000)
    true = {
        (one.node_id, one.target, one.confidence)
        for one, origin in zip(heard.detections, heard.origin, strict=True)
        if origin >= 0
    }
    false = {
        (one.node_id, one.target, one.confidence)
        for one, origin in zip(heard.detections, heard.origin, strict=True)
        if origin < 0
    }
    assert true == false
    assert {confidence for *_, confidence in true} == {CONFIDENCE}


def test_a_sensor_that_is_down_reports_nothing() -> None:
    often = {"failure_every_s": 300.0, "repair_s": 300.0, "silent_share": 1.0}
    world = still_world(scene_of(START_S, 0.0, 3000.0), **often)
    sight = sight_at("radar", 0.0, 0.0, **{**QUIET, "ceiling": 1.0})
    sensors = Sensors(world, [sight], day, seed=3)
    heard = sensors.step(START_S + 6000)
    outages = sensors._outages._known  # noqa: SLF001 - the truth to compare with
    assert 100 < len(heard.detections) < 1000
    assert outages is not None
    gaps = np.diff([one.time_s for one in heard.detections])
    assert gaps.max() > 50.0


def world_and_sensors(seed: int = 1) -> Sensors:
    world = World(straight_area(per_hour=500.0), SimSettings(), START_S, seed)
    sights = [
        sight_at(kind, 4000.0 * n, 500.0, phase_s=0.25 * n, name=f"{kind}-{n}")
        for n, kind in enumerate(["radar", "camera", "seismic", "radar", "person"])
    ]
    return Sensors(world, sights, day, seed=seed)


def test_one_seed_gives_one_hearing_to_the_bit_however_steps_are_cut() -> None:
    one, two = world_and_sensors(), world_and_sensors()
    whole = one.step(START_S + 127)
    parts = [two.step(START_S + until) for until in (1, 2, 3.5, 17, 44, 100, 127)]
    detections = tuple(each for part in parts for each in part.detections)
    statuses = tuple(each for part in parts for each in part.statuses)
    assert len(whole.detections) > 100
    assert detections == whole.detections
    assert statuses == whole.statuses
    units = np.arange(one.world.units_born)
    for name in ("looks", "detections", "first_s", "confirmed_s"):
        assert np.array_equal(
            getattr(one.exposure(units), name),
            getattr(two.exposure(units), name),
            equal_nan=True,
        )


def test_other_seeds_give_other_hearings() -> None:
    one, two = world_and_sensors(1).step(START_S + 60), world_and_sensors(2)
    assert one.detections != two.step(START_S + 60).detections


def test_detections_come_in_order_with_names_of_their_own() -> None:
    heard = world_and_sensors().step(START_S + 300)
    times = [one.time_s for one in heard.detections]
    assert times == sorted(times)
    assert len({one.report_id for one in heard.detections}) == len(times)
    assert all(START_S < at <= START_S + 300 for at in times)
    assert len(heard.origin) == len(times)


def test_every_sensor_reports_at_the_start() -> None:
    sensors = world_and_sensors()
    first = sensors.step(START_S + 1).statuses
    assert {each.node_id for each in first} == {p.node.node_id for p in sensors.nodes}
    assert {each.time_s for each in first} == {START_S}


def test_expected_and_real_detections_agree_over_many_units() -> None:
    count = 400
    x = np.linspace(-2000, 2000, count)
    scene = scene_of(START_S, x, 9700.0)
    weak: dict[str, Any] = {**QUIET, "anchor_m": {"walker": 5000.0}}
    sight = sight_at("radar", 0.0, 0.0, **weak)
    sensors = Sensors(still_world(scene), [sight], day, seed=5)
    sensors.step(START_S + 100)
    found = sensors.exposure(np.arange(count))
    for chance, real in (
        (found.chance_once, ~np.isnan(found.first_s)),
        (found.chance_confirmed, ~np.isnan(found.confirmed_s)),
    ):
        spread = np.sqrt((chance * (1 - chance)).sum())
        assert 5 < chance.sum() < count - 1
        assert real.sum() == pytest.approx(chance.sum(), abs=4 * spread)
    assert (found.looks == 20).all()


def test_night_takes_its_share_from_cameras() -> None:
    def night(*_: float) -> Any:
        return replace(day(0, 0, 0), sun_altitude_rad=-0.5)

    world = [still_world(scene_of(START_S, 0.0, 5500.0)) for _ in range(2)]
    sight = sight_at("camera", 0.0, 0.0, **QUIET)
    lit = Sensors(world[0], [sight], day, seed=1).step(START_S + 8000)
    dark = Sensors(world[1], [sight], night, seed=1).step(START_S + 8000)
    assert len(dark.detections) < 0.8 * len(lit.detections)
