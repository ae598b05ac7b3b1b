"""The engine takes range rates where detections carry them."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from linewatch.watch.engine import Engine
from linewatch.watch.values import Detection
from tests.watch.stage import START_S, WEST_M, flat_area, post


def walked(engine: Engine, *, rate_mps: float | None) -> None:
    """Feed one who comes from the south at 1.4 m/s, ten looks."""
    radar = engine.posts[0]
    for look in range(10):
        time_s = START_S + radar.sight.phase_s + look * radar.sight.kind.period_s
        seen = Detection(
            time_s=time_s,
            node_id="radar-001",
            report_id=str(look),
            range_m=4_000.0 - 1.4 * (time_s - START_S),
            azimuth_rad=np.pi,
            range_rate_mps=rate_mps,
        )
        engine.feed(0, seen)
        engine.advance(time_s + 0.1)


def test_a_rate_sharpens_the_speed_and_none_changes_nothing(tmp_path: Path) -> None:
    area = flat_area(tmp_path)
    radar = post(area, "radar-001", WEST_M)
    engines = [Engine(area=area, posts=[radar], start_s=START_S) for _ in range(2)]
    walked(engines[0], rate_mps=None)
    walked(engines[1], rate_mps=-1.4)
    plain, rated = (engine.tracker.picture() for engine in engines)
    assert len(plain) == len(rated) == 1
    speed2 = [np.linalg.det(tracks.cov[0, 2:, 2:]) for tracks in (plain, rated)]
    assert speed2[1] < 0.8 * speed2[0]
    assert abs(np.hypot(rated.vx_mps[0], rated.vy_mps[0]) - 1.4) < 0.3


def test_a_detection_has_no_rate_unless_told() -> None:
    seen = Detection(time_s=0.0, node_id="radar-001", report_id="1")
    assert seen.range_rate_mps is None
    assert replace(seen, range_rate_mps=2.0).range_rate_mps == 2.0
