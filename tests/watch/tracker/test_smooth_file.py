"""Tests of smoothed histories as files, and of the option that writes them."""

import json
from pathlib import Path

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from linewatch.errors import BadFile
from linewatch.watch.score.gospa import gospa
from linewatch.watch.score.paths import Paths
from linewatch.watch.tracker import Tracker, TrackerSettings, Trail
from linewatch.watch.tracker.smooth import smoothed
from linewatch.watch.tracker.smooth_file import smoothed_rows, write_smoothed
from tests.cli.running import run
from tests.cli.test_track import COLUMNS
from tests.watch.tracker.scene import Scene, made, row_of_radars

TABLE = row_of_radars()
ON = TrackerSettings(trail=True)


@pytest.fixture(scope="module")
def tracked() -> tuple[Scene, Tracker, Trail, np.ndarray]:
    scene = made(TABLE, targets=8, until_s=60, seed=5)
    tracker = Tracker(TABLE, ON)
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    rows = tracker.advance(60.0)
    return scene, tracker, tracker.trail(), np.unique(rows.track_id)


def test_rows_are_the_histories_in_order(
    tracked: tuple[Scene, Tracker, Trail, np.ndarray],
) -> None:
    scene, _, trail, names = tracked
    rows = smoothed_rows(trail, names, ON)
    # One that was seen once only may lie between two seconds.
    assert set(rows.track_id) <= set(names)
    assert len(set(rows.track_id)) >= len(names) - 2
    assert (np.lexsort((rows.track_id, rows.time_s)) == np.arange(len(rows))).all()
    assert (rows.time_s == np.round(rows.time_s)).all()
    assert ((rows.existence > 0) & (rows.existence <= 1)).all()
    name = int(names[0])
    history = smoothed(trail, name, ON, every_s=1.0)
    mine = rows.track_id == name
    n = mine.sum()
    # Misses after the last detection leave the end of a history out, and nothing else.
    np.testing.assert_allclose(rows.x[mine], history.mean[:n, 0], atol=1.0)
    truth = np.concatenate(
        [np.column_stack([np.full(8, t), np.arange(8), scene.truth_at(t)[:, :2]])
         for t in range(10, 56)]
    )  # fmt: skip
    late = (rows.time_s >= 10) & (rows.time_s <= 55)
    shown = Paths.of(rows.time_s[late], rows.track_id[late], rows.x[late], rows.y[late])
    assert gospa(Paths.of(*truth.T), shown, cutoff_m=100.0).location_rms_m < 25


def test_files_are_whole_and_in_the_picture_s_form(
    tmp_path: Path, tracked: tuple[Scene, Tracker, Trail, np.ndarray]
) -> None:
    _, _, trail, names = tracked
    many = write_smoothed(trail, names, tmp_path / "s.csv", ON)
    assert write_smoothed(trail, names, tmp_path / "s.parquet", ON) == many
    one, other = (
        pacsv.read_csv(tmp_path / "s.csv"),
        pq.read_table(tmp_path / "s.parquet"),
    )
    head = ["time_s", "track_id", "x", "y", "vx", "vy", "existence"]
    assert one.column_names == other.column_names == head
    assert one.num_rows == other.num_rows == many
    assert write_smoothed(trail, names[:0], tmp_path / "none.csv", ON) == 0
    with pytest.raises(BadFile):
        write_smoothed(trail, names, tmp_path / "none" / "s.csv", ON)
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "none.csv",
        "s.csv",
        "s.parquet",
    ]


def test_the_command_writes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [getattr(TABLE, name) for _, name in COLUMNS]
    np.savetxt(
        tmp_path / "sensors.csv", np.column_stack(parts), delimiter=",", comments="",
        header=",".join(name for name, _ in COLUMNS),
    )  # fmt: skip
    scene = made(TABLE, targets=6, until_s=30, seed=5)
    found = np.column_stack(
        [scene.time_s, scene.sensor_id, scene.range_m, scene.azimuth_rad]
    )
    head = "time_s,sensor_id,range_m,azimuth_rad"
    np.savetxt(tmp_path / "d.csv", found, delimiter=",", header=head, comments="")
    status, out, _ = run(
        capsys,
        [
            "track", "--sensors", str(tmp_path / "sensors.csv"), "--detections",
            str(tmp_path / "d.csv"), "--out", str(tmp_path / "t.csv"), "--smooth",
            str(tmp_path / "s.csv"), "--json",
        ],
    )  # fmt: skip
    told = json.loads(out)
    assert status == 0
    assert told["smooth_rows"] > 60
    assert pacsv.read_csv(tmp_path / "s.csv").num_rows == told["smooth_rows"]
