"""Tests of stitching: chances that hold, fewer names, ground no sensor sees."""

from itertools import permutations

import numpy as np
import pytest
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.watch.score.paths import Paths
from linewatch.watch.score.switches import switches
from linewatch.watch.tracker import Rows
from linewatch.watch.tracker._kernels_stitch import carry, reverts
from linewatch.watch.tracker.cover import Cover
from linewatch.watch.tracker.stitch import (
    Stitch,
    Stitcher,
    StitchSettings,
    matched,
    quotient,
    renamed,
    shares,
)
from tests.watch.tracker.broken import STRIP_M, WALK, World, settings, table
from tests.watch.tracker.scene import row_of_radars

Floats = NDArray[np.float64]
SHARP = StitchSettings(blind=0.001, companion=1e-6, least=0.01)


def lived(
    seed: int, per_km2_h: float, until_s: float = 700.0
) -> tuple[World, Stitcher, list[Stitch], list[Rows]]:
    """Let a world pass; return it, its stitcher, and what was told at once."""
    world = World(np.random.default_rng(seed), per_km2_h)
    stitcher = Stitcher(table(), SHARP, settings(per_km2_h))
    told, rows = [], []
    for time in np.arange(5.0, until_s, 5.0):
        tracks = world.step(time)
        told += stitcher.take(tracks)
        rows.append(
            Rows(
                time_s=np.full(len(tracks), time),
                track_id=tracks.track_id,
                x=tracks.x_m,
                y=tracks.y_m,
                vx=tracks.vx_mps,
                vy=tracks.vy_mps,
                existence=tracks.existence,
            )
        )
    return world, stitcher, told, rows


def test_stated_chances_hold_on_simulated_truth_live_and_afterwards() -> None:
    chance: tuple[list[float], list[float]] = ([], [])
    true: tuple[list[bool], list[bool]] = ([], [])
    for seed in range(6):
        world, stitcher, told, _ = lived(seed, 60.0, 900.0)
        for which, stitches in enumerate((told, stitcher.all())):
            for each in stitches:
                chance[which].append(each.chance)
                same = world.owner[each.earlier] == world.owner[each.later]
                true[which].append(same)
    for stated, real in zip(map(np.array, chance), map(np.array, true), strict=True):
        assert len(stated) >= 12
        doubt = np.sqrt((stated * (1 - stated)).sum())
        assert abs(stated.sum() - real.sum()) <= 2.5 * doubt + 1
        assert real[stated > 0.9].mean() >= 0.85
        assert np.square(stated - real).mean() < 0.2  # a coin has 0.25


def test_names_lower_the_switches_and_the_ids_stay() -> None:
    before = after = 0
    for seed in range(3):
        world, stitcher, _, parts = lived(seed, 30.0, 900.0)
        rows = Rows.joined(parts)
        owner = np.array([world.owner[one] for one in rows.track_id.tolist()])
        truth = Paths.of(rows.time_s, owner, rows.x, rows.y)
        names = stitcher.names()
        for at, each in enumerate((rows, renamed(rows, names))):
            shown = Paths.of(each.time_s, each.track_id, each.x, each.y)
            many = switches(truth, shown).id_switches
            before, after = (
                (before + many, after) if at == 0 else (before, after + many)
            )
        assert set(names) == set(world.owner)
        assert all(first <= name for name, first in names.items())
    assert after < before


def test_it_is_the_same_each_time() -> None:
    one, other = lived(4, 40.0, 400.0), lived(4, 40.0, 400.0)
    assert one[2] == other[2]
    assert one[1].all() == other[1].all()


def test_a_gap_that_no_sensor_sees_costs_nothing_and_a_seen_one_much() -> None:
    cover = Cover(table())
    south, north = np.array([[0.0, -STRIP_M + 25]]), np.array([[0.0, STRIP_M - 25]])
    missed, looks = cover.passed(south, north, np.array([120.0]))
    assert (missed[0], looks[0]) == (1.0, 0.0)
    away, far = np.array([[0.0, 500.0]]), np.array([[0.0, 700.0]])
    missed, looks = cover.passed(away, far, np.array([50.0]))
    pd = 230 / 255
    assert missed[0] == pytest.approx((1 - pd) ** 10)
    assert looks[0] == pytest.approx(10 * pd)
    assert cover.wait_s(away)[0] == pytest.approx(5.0 / pd)
    assert np.isinf(cover.wait_s(south)[0])


def test_covered_ground_is_the_discs_of_sensors() -> None:
    area = Cover(row_of_radars(1)).area_m2()
    assert area == pytest.approx(np.pi * 1e8, rel=0.01)
    table = row_of_radars(1, half_rad=np.pi / 4)
    assert Cover(table).area_m2() == pytest.approx(np.pi * 1e8 / 4, rel=0.06)


def test_a_short_gap_is_the_tracker_s_motion_and_a_long_one_keeps_its_speed() -> None:
    f, w = np.zeros((4, 4)), np.zeros((4, 4))
    reverts(0, 0.006, 1.0, 2.0, f, w)
    assert w[0, 0] == pytest.approx(0.006 * 8 / 3, rel=0.01)
    assert w[0, 2] == pytest.approx(0.006 * 2, rel=0.01)
    assert f[0, 2] == pytest.approx(2.0, rel=0.01)
    reverts(0, 0.006, 1.0, 1e5, f, w)
    assert w[2, 2] == pytest.approx(1.0)
    assert abs(f[2, 2]) < 1e-6


def test_many_short_steps_are_one_long_step() -> None:
    bank = settings(1.0).arrays()
    mean, cov = np.array([[0.0, 0, 1, 0.5]]), np.eye(4)[None].copy()
    one = (mean.copy(), cov.copy(), np.ones(1))
    many = (mean.copy(), cov.copy(), np.ones(1))
    carry(bank, *one, 300.0, 1)
    carry(bank, *many, 300.0, 24)
    np.testing.assert_allclose(one[0], many[0], rtol=1e-9)
    np.testing.assert_allclose(one[1], many[1], rtol=1e-6, atol=1e-9)
    f, w = np.zeros((4, 4)), np.zeros((4, 4))
    reverts(0, WALK.noise, WALK.speed_mps, 300.0, f, w)
    np.testing.assert_allclose(one[0][0], f @ mean[0])
    np.testing.assert_allclose(one[1][0], f @ cov[0] @ f.T + w)


def test_the_quotient_is_what_adding_up_gives() -> None:
    rng = np.random.default_rng(6)
    place, cov = np.array([1.0, -2.0, 0.4, 0.3]), np.diag([1.0, 2.0, 0.2, 0.3])
    mean, wide = np.array([[0.0, 0.0, 0.5, 0.0]]), np.diag([4.0, 3.0, 0.5, 0.5])[None]
    draws = mean[0] + rng.standard_normal((400_000, 4)) * np.sqrt(np.diagonal(wide[0]))
    like = np.exp(-0.5 * np.square((draws - place) / np.sqrt(np.diagonal(cov))).sum(1))
    like /= np.sqrt(np.linalg.det(2 * np.pi * cov))
    like /= np.exp(-0.5 * np.square(draws[:, 2:]).sum(1) / 1.5) / (2 * np.pi * 1.5)
    got = float(np.exp(quotient(place, cov, 1.5, mean, wide)[0]))
    assert got == pytest.approx(like.mean(), rel=0.03)


def test_shares_are_those_of_all_matchings_where_pairs_form_no_loop() -> None:
    psi, new = np.array([3.0, 1.0, 2.0]), np.array([0.5, 0.7, 0.7])
    i, j = np.array([0, 0, 1]), np.array([0, 1, 1])
    total, part = 0.0, np.zeros(3)
    for chosen in range(8):
        use = [k for k in range(3) if chosen >> k & 1]
        if len({*i[use]}) < len(use) or len({*j[use]}) < len(use):
            continue
        weight = float(np.prod((psi / new)[use]))
        total += weight
        part[use] += weight
    np.testing.assert_allclose(shares(i, j, psi, new), part / total, rtol=1e-6)


def test_the_matching_is_the_best_of_all() -> None:
    rng = np.random.default_rng(8)
    value = rng.normal(1.0, 2.0, (4, 4))
    i, j = (each.ravel() for each in np.indices((4, 4)))
    got = matched(i, j, value.ravel())
    best = max(
        sum(max(value[a, b], 0.0) for a, b in enumerate(order))
        for order in permutations(range(4))
    )
    assert value.ravel()[got].sum() == pytest.approx(best)
    assert len(matched(i, j, -np.ones(16))) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"longest_s": 0.0},
        {"blind": 0.0},
        {"fastest_mps": (1.0, 0.0, 1.0)},
        {"least": 1},
    ],
)
def test_settings_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadValue, match=next(iter(wrong))):
        StitchSettings(**wrong)  # type: ignore[arg-type]
