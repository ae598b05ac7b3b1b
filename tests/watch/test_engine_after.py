"""Tests of what the engine reckons from the trail: counts, biases, stitches."""

import numpy as np
import pytest

from linewatch.area import Area
from linewatch.watch.alert import Alerter, Sighted
from linewatch.watch.engine import Engine
from linewatch.watch.post import Post
from linewatch.watch.values import Detection
from tests.watch.stage import START_S, WEST_M, flat_area, post, seen_from


@pytest.fixture(scope="module")
def area(tmp_path_factory: pytest.TempPathFactory) -> Area:
    return flat_area(tmp_path_factory.mktemp("flat"))


def walkers(
    area: Area, of: Post, size: int, rng: np.random.Generator, *, bias_m: float = 0.0
) -> list[Detection]:
    """Return what a radar that tells all apart sees of a file, 25 m apart."""
    seen = []
    for step in range(1, 61):
        time_s = START_S + 5.0 * step
        for at in range(size):
            if rng.random() > 0.9:
                continue
            offset_m = -2_000.0 + 6.5 * step - 25.0 * at
            lon, lat = area.line.place(of.site.chainage_m + 1_000.0, offset_m)
            one = seen_from(of, time_s, lon, lat)
            assert one.range_m is not None
            assert one.azimuth_rad is not None
            seen.append(
                Detection(
                    time_s=one.time_s,
                    node_id=one.node_id,
                    report_id=f"{one.report_id}-{at}",
                    range_m=one.range_m + 8.0 * rng.standard_normal() + bias_m,
                    azimuth_rad=one.azimuth_rad + 0.004 * rng.standard_normal(),
                )
            )
    return seen


def followed(engine: Engine, seen: list[tuple[int, Detection]]) -> Sighted:
    """Feed detections as they come, five seconds at a time."""
    for end_s in np.arange(START_S + 5, START_S + 301, 5.0):
        for at, each in seen:
            if end_s - 5 < each.time_s <= end_s:
                engine.feed(at, each)
        engine.advance(float(end_s))
    return engine.sighted()


def test_an_alert_s_count_is_the_sum_over_the_tracks_of_its_group(area: Area) -> None:
    radar = post(area, "radar-001", WEST_M)
    engine = Engine(area=area, posts=[radar], start_s=START_S)
    rng = np.random.default_rng(3)
    seen = followed(engine, [(0, one) for one in walkers(area, radar, 3, rng)])
    assert (seen.count_low >= 1).all()
    low, high = int(seen.count_low.sum()), int(seen.count_high.sum())
    assert low <= 3 <= high
    alerts = [one for one in Alerter().look(seen) if one.kind == "crossing"]
    if alerts:
        assert 1 <= alerts[0].count_low <= low
        assert alerts[0].count_high == high


def test_without_a_trail_each_track_is_one(area: Area) -> None:
    radar = post(area, "radar-001", WEST_M)
    rng = np.random.default_rng(3)
    one = Engine(area=area, posts=[radar], start_s=START_S)
    with_trail = followed(one, [(0, d) for d in walkers(area, radar, 1, rng)])
    assert with_trail.count_low.tolist() == [1]
    assert with_trail.count_high[0] <= 2


def test_the_engine_tells_biases_and_takes_them_off_only_when_asked(area: Area) -> None:
    posts = [
        post(area, "radar-001", WEST_M),
        post(area, "radar-002", WEST_M + 2_000.0),
    ]
    for correct in (False, True):
        engine = Engine(area=area, posts=posts, start_s=START_S, correct_bias=correct)
        rng = np.random.default_rng(5)
        seen = [
            (at, one)
            for at, each in enumerate(posts)
            for one in walkers(area, each, 1, rng)
        ]
        # Both see one walker: the second radar's own walk is 2 km farther east.
        shared = [(0, one) for at, one in seen if at == 0]
        rng = np.random.default_rng(6)
        shared += [(1, _moved(area, posts, one, rng)) for _, one in shared]
        followed(engine, shared)
        bias = engine.bias()
        assert bias.triples.min() > 10
        assert engine.follower.stitches == []
        # A bias of range alone, along one line of sight, lies in their difference.
        assert bias.sensor_id.tolist() == [0, 1]
        assert np.isfinite(bias.range_m).all()
        assert (engine.follower.applied is not None) == correct


def _moved(
    area: Area, posts: list[Post], one: Detection, rng: np.random.Generator
) -> Detection:
    """Return what the second radar sees, 2 s later, of what the first did."""
    step = round((one.time_s - START_S) / 5)
    lon, lat = area.line.place(
        posts[0].site.chainage_m + 1_000.0, -2_000.0 + 6.5 * step + 2.6
    )
    seen = seen_from(posts[1], one.time_s + 2.0, lon, lat)
    assert seen.range_m is not None
    assert seen.azimuth_rad is not None
    return Detection(
        time_s=seen.time_s,
        node_id=seen.node_id,
        report_id=seen.report_id,
        range_m=seen.range_m + 8.0 * rng.standard_normal(),
        azimuth_rad=seen.azimuth_rad + 0.004 * rng.standard_normal(),
    )
