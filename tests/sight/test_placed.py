"""Tests of placed sensors: terrain, reach, sector, clutter, and the table of many."""

import math
from pathlib import Path

import numpy as np
import pytest

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.sight import (
    DAY,
    KINDS,
    NIGHT,
    TARGET_NAMES,
    TARGETS,
    Sight,
    SightTable,
    Stand,
    digest_of,
    load_sights,
    place,
    range_chance,
    save_sights,
)
from tests.sight.scene import FLAT, ROLLING, MadeGround

WALL = MadeGround(lambda x, y: np.where(np.abs(x - 1_000) < 60, 30.0, 0.0) + 0 * y)


def stood(kind: str, ground: MadeGround = FLAT, **more: float) -> Sight:
    """One sensor of a kind at the origin."""
    stand = Stand(name=kind, x_m=0.0, y_m=0.0, **more)
    return place(ground, KINDS[kind], stand, cell_m=120.0)


@pytest.mark.parametrize("kind", ["radar", "camera", "seismic"])
@pytest.mark.parametrize("target", TARGET_NAMES)
def test_in_plain_sight_the_range_alone_counts(kind: str, target: str) -> None:
    sight = stood(kind, mast_m=500.0)
    x = np.linspace(-13_000, 13_000, 81)
    expected = range_chance(KINDS[kind], TARGETS[target], np.hypot(x, 40.0), NIGHT)
    got = sight.look_chance(x, np.full_like(x, 40.0), target, NIGHT)
    np.testing.assert_allclose(got, expected, atol=1e-12)


def test_ground_between_hides_a_walker_but_no_flyer() -> None:
    radar = stood("radar", WALL)
    assert radar.look_chance(900.0, 0.0, "walker") > 0.9
    assert radar.look_chance(1_500.0, 0.0, "walker") == 0
    assert radar.look_chance(1_500.0, 0.0, "flyer") > 0.5


def test_a_ground_sensor_needs_no_line_of_sight() -> None:
    buried = stood("seismic", WALL)
    assert buried.look_chance(0.0, 30.0, "walker") > 0.5
    assert buried.look_chance(0.0, 90.0, "walker") == 0


def test_a_walker_half_hidden_is_found_less_often() -> None:
    step = MadeGround(lambda x, y: np.where(np.abs(x - 3_000) < 60, 5.0, 0.0) + 0 * y)
    radar = stood("radar", step)
    shown = (TARGETS["walker"].above_m - radar.lowest_m) / TARGETS["walker"].tall_m
    row = 100  # the radar's own row, its column 100 too
    part = np.flatnonzero((shown[row] > 0.1) & (shown[row] < 0.9))
    col = part[np.abs(part - 100) < 75][0]
    x = radar.west_m + (col + 0.5) * radar.cell_m
    y = radar.north_m - (row + 0.5) * radar.cell_m
    half = radar.look_chance(x, y, "walker").item()
    whole = range_chance(KINDS["radar"], TARGETS["walker"], math.hypot(x, y)).item()
    assert 0 < half < whole


def test_a_target_that_hardly_moves_towards_the_radar_is_lost_in_the_clutter() -> None:
    radar = stood("radar")
    x, y = np.full(4, 2_000.0), np.zeros(4)
    slow = radar.look_chance(x, y, "walker", radial_mps=[0.0, 0.2, -0.2, -1.0])
    assert np.all(slow[:3] == 0)
    assert slow[3] > 0.9
    assert radar.look_chance(2_000.0, 0.0, "walker") > 0.9


def test_a_sector_looks_one_way() -> None:
    east = stood("camera", azimuth_rad=math.pi / 2, sector_rad=math.pi / 2)
    chance = east.look_chance([1_000, -1_000, 0, 0], [0, 0, 1_000, -1_000], "walker")
    assert chance[0] > 0
    assert np.all(chance[1:] == 0)


def test_the_table_answers_as_each_sensor_does() -> None:
    rng = np.random.default_rng(3)
    kinds = ["radar", "camera", "seismic", "person"] * 3
    sights = [
        place(
            ROLLING,
            KINDS[k],
            Stand(name=f"{k}{i}", x_m=float(x), y_m=float(y), phase_s=i),
            cell_m=240.0,
        )
        for i, (k, (x, y)) in enumerate(
            zip(kinds, rng.uniform(-8e3, 8e3, (12, 2)), strict=True)
        )
    ]
    table = SightTable(sights)
    x, y = rng.uniform(-9e3, 9e3, (2, 300))
    target = rng.integers(0, 3, 300)
    names = [TARGET_NAMES[t] for t in target]
    got = table.look_chance(x, y, names, NIGHT)
    for i, sight in enumerate(sights):
        for t, name in enumerate(TARGET_NAMES):
            one = sight.look_chance(x[target == t], y[target == t], name, NIGHT)
            np.testing.assert_array_equal(got[i, target == t], one)
    some = table.look_chance(
        x, y, target, which=[5, 2], laws=table.laws([NIGHT] * len(table))
    )
    np.testing.assert_array_equal(some, got[[5, 2]])
    assert len(table) == 12


@pytest.mark.parametrize("kind", ["radar", "camera", "seismic"])
@pytest.mark.parametrize("target", TARGET_NAMES)
def test_the_share_shown_is_the_one_that_chances_are_made_of(
    kind: str, target: str
) -> None:
    stand = Stand(name=kind, x_m=0.0, y_m=0.0, azimuth_rad=0.7, sector_rad=2.4)
    sight = place(ROLLING, KINDS[kind], stand, cell_m=120.0)
    x, y = np.random.default_rng(5).uniform(-13_000, 13_000, (2, 4_000))
    shown = sight.shown(x, y, target)
    away = np.hypot(x, y)
    expected = range_chance(KINDS[kind], TARGETS[target], away, NIGHT, shown=shown)
    got = sight.look_chance(x, y, target, NIGHT)
    np.testing.assert_allclose(np.where(shown > 0, expected, 0.0), got, atol=1e-12)
    assert (shown == 0).any()
    if kind == "radar" and target == "walker":
        assert ((shown > 0) & (shown < 1)).any()
    with pytest.raises(UnknownName, match="target class"):
        sight.shown(x, y, "ghost")


def test_light_may_differ_along_the_line() -> None:
    cameras = [stood("camera"), stood("camera")]
    table = SightTable(cameras)
    dark, bright = table.look_chance(5_000.0, 0.0, "walker", [NIGHT, DAY])[:, 0]
    assert 0 < dark < bright
    with pytest.raises(BadValue, match="light must be one or 2, not 3"):
        table.laws([DAY, DAY, DAY])


def test_an_empty_table_and_no_targets_are_answered() -> None:
    assert SightTable(()).look_chance([1.0], [2.0], "walker").shape == (0, 1)
    assert SightTable((stood("radar"),)).look_chance([], [], "walker").shape == (1, 0)


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(UnknownName, match="target class 'boat'"):
        stood("radar").look_chance(0.0, 0.0, "boat")


def test_sensors_come_back_from_disk_as_they_went(tmp_path: Path) -> None:
    sights = (stood("radar", ROLLING, phase_s=2.0), stood("seismic"), stood("camera"))
    path = tmp_path / "deep" / "kept.npz"
    save_sights(path, sights)
    again = load_sights(path)
    for before, after in zip(sights, again, strict=True):
        assert (before.name, before.kind, before.eye) == (
            after.name,
            after.kind,
            after.eye,
        )
        assert before.phase_s == after.phase_s
        np.testing.assert_array_equal(before.lowest_m, after.lowest_m)
        x, y = np.meshgrid(np.linspace(-5e3, 5e3, 30), np.linspace(-5e3, 5e3, 30))
        np.testing.assert_array_equal(
            before.look_chance(x, y, "walker"), after.look_chance(x, y, "walker")
        )
    assert list(tmp_path.glob("**/*.part")) == []
    save_sights(path, ())
    assert load_sights(path) == ()


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, unlike=np.zeros(3))
    with pytest.raises(BadFile, match="holds no placed sensors"):
        load_sights(path)
    path.write_bytes(b"not a zip at all")
    with pytest.raises(BadFile, match="holds no placed sensors"):
        load_sights(path)
    np.savez(path, facts=np.array('{"format": 99}'), lowest_m=np.zeros(1))
    with pytest.raises(BadFile, match="is not of format 2"):
        load_sights(path)


def test_a_digest_tells_arrays_apart() -> None:
    one = np.arange(6.0)
    assert digest_of(one) == digest_of(one.copy())
    assert digest_of(one) != digest_of(one.reshape(2, 3))
    assert digest_of(one) != digest_of(one.astype(np.float32))
    assert digest_of("ab", "c") != digest_of("a", "bc")
