"""Tests of what a file's tracks are written with on request, and of stitches."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from linewatch.errors import BadFile, BadValue
from linewatch.watch.tracker import SensorTable, Tracker, TrackerSettings
from linewatch.watch.tracker.files import read_paths
from linewatch.watch.tracker.files_form import MORE
from linewatch.watch.tracker.files_more import Beside, check_stitches, write_stitches
from linewatch.watch.tracker.files_run import RunSettings, track_file
from linewatch.watch.tracker.stitch import Stitch
from tests.watch.tracker.files import radar
from tests.watch.tracker.scene import Scene, made, row_of_radars
from tests.watch.tracker.test_files_run import put

OURS = ["time_s", "track_id", "x", "y", "vx", "vy", "existence"]


@pytest.fixture(scope="module")
def table() -> SensorTable:
    return row_of_radars()


@pytest.fixture(scope="module")
def scene(table: SensorTable) -> Scene:
    return made(table, targets=6, until_s=30, seed=5)


@pytest.mark.parametrize("every", [1.0, 0.3, 7.0])
def test_more_columns_change_none_of_the_others(
    table: SensorTable, scene: Scene, tmp_path: Path, every: float
) -> None:
    file = put(tmp_path / "d.csv", scene)
    wish = RunSettings(tracker=TrackerSettings(every_s=every))
    track_file(table, file, tmp_path / "plain.csv", wish)
    wish = replace(wish, full=True, stitch=True)
    track_file(table, file, tmp_path / "full.csv", wish)
    lines = (tmp_path / "full.csv").read_text().splitlines()
    cut = [",".join(line.split(",")[: len(OURS)]) for line in lines]
    assert cut == (tmp_path / "plain.csv").read_text().splitlines()
    assert lines[0].split(",") == [*OURS, *MORE]


def test_more_columns_are_those_of_the_picture(
    table: SensorTable, scene: Scene, tmp_path: Path
) -> None:
    file = put(tmp_path / "d.csv", scene)
    wish = RunSettings(full=True)
    track_file(table, file, tmp_path / "t.parquet", wish)
    told = pq.read_table(tmp_path / "t.parquet")
    tracker = Tracker(table, TrackerSettings(), -1e-6)
    tracker.feed(
        time_s=scene.time_s,
        sensor_id=scene.sensor_id,
        range_m=scene.range_m,
        azimuth_rad=scene.azimuth_rad,
        ident=np.arange(len(scene.time_s)) + 2,  # lines below the names
    )
    tracker.advance(20.0)
    picture = tracker.picture()
    mine = told.filter(np.asarray(told["time_s"]) == 20.0)
    assert mine["track_id"].to_pylist() == picture.track_id.tolist()
    assert len(picture) >= 3
    walker = np.asarray(mine["chance_walker"])
    assert walker == pytest.approx(picture.class_chance[:, 0], abs=1e-5)
    far = np.asarray(mine["cov_x_vy"])
    assert far == pytest.approx(picture.cov[:, 0, 3], abs=1e-3)
    assert mine["last_seen_s"].to_pylist() == pytest.approx(picture.last_seen_s)
    made_by = [" ".join(str(one) for one in row if one >= 0) for row in picture.made_by]
    assert mine["made_by"].to_pylist() == made_by
    low, high = np.asarray(mine["count_low"]), np.asarray(mine["count_high"])
    assert (low >= 1).all()
    assert (high >= low).all()
    assert (np.asarray(told["count_high"]) > 1).any()  # looks were counted


def test_a_full_file_is_scored_and_smoothed_like_any_other(
    table: SensorTable, scene: Scene, tmp_path: Path
) -> None:
    file = put(tmp_path / "d.csv", scene)
    wish = RunSettings(full=True, tracker=TrackerSettings(trail=True))
    run = track_file(table, file, tmp_path / "t.csv", wish)
    bare = track_file(table, file, tmp_path / "p.csv", replace(wish, full=False))
    assert run.trail is not None
    assert bare.trail is not None
    assert np.array_equal(run.trail.time_s, bare.trail.time_s)
    assert np.array_equal(run.trail.x_m, bare.trail.x_m)
    assert len(read_paths(tmp_path / "t.csv", truth=False).time_s) == run.rows


def test_without_any_detection_the_columns_are_there(
    table: SensorTable, scene: Scene, tmp_path: Path
) -> None:
    file = put(tmp_path / "d.csv", scene, np.zeros(0, np.int64))
    track_file(table, file, tmp_path / "t.csv", RunSettings(full=True, stitch=True))
    names = (tmp_path / "t.csv").read_text().splitlines()[0]
    assert names.split(",")[: len(OURS)] == OURS


def test_other_forms_have_no_room_for_more() -> None:
    with pytest.raises(BadValue, match="form of a full file must be linewatch"):
        RunSettings(full=True, out_form="stonesoup")


@pytest.mark.parametrize("every", [0.3, 1.0, 2.0, 5.0, 60.0])
def test_instants_are_those_of_the_picture_and_at_most_two_seconds_apart(
    table: SensorTable, every: float
) -> None:
    settings = TrackerSettings(every_s=every)
    beside = Beside(table, settings, full=False, stitch=True)
    times = [1e9 - 1e-6]
    for _ in range(300):
        times.append(beside.next_s(times[-1]))
    assert np.diff(times).min() > 0
    assert np.diff(times).max() <= 2.0 + 1e-6
    first = int(np.ceil(times[0] / every))
    instants = [k * every for k in range(first, first + 5)]
    assert set(instants) <= set(times[1:])


def broken(folder: Path) -> Path:
    """Write what a radar sees of a walker who is not seen for 100 s."""
    rng, lines = np.random.default_rng(1), ["time_s,sensor_id,range_m,azimuth_rad"]
    for time in np.arange(0.0, 401.0, 5.0):
        if not 200 < time < 300:
            x, y = 1_000.0, -2_000.0 + 1.3 * time
            r = np.hypot(x, y) + 5 * rng.standard_normal()
            a = np.arctan2(x, y) + 0.004 * rng.standard_normal()
            lines.append(f"{time},1,{r},{a}")
    (folder / "broken.csv").write_text("\n".join(lines) + "\n")
    return folder / "broken.csv"


def test_a_track_that_broke_off_is_stitched(tmp_path: Path) -> None:
    file = broken(tmp_path)
    table = radar()
    run = track_file(table, file, tmp_path / "t.csv", RunSettings(stitch=True))
    ids = pacsv.read_csv(tmp_path / "t.csv")["track_id"].unique().to_pylist()
    assert len(ids) == 2
    (stitch,) = run.stitches
    assert [stitch.earlier, stitch.later] == ids
    assert stitch.gap_s == 100
    assert 0.05 < stitch.chance <= 1
    write_stitches(tmp_path / "s.csv", run.stitches)
    names, line = (tmp_path / "s.csv").read_text().splitlines()
    assert names == "earlier,later,chance,gap_s"
    assert line == f"{ids[0]},{ids[1]},{round(stitch.chance, 5)},100.0"
    without = track_file(table, file, tmp_path / "u.csv")
    assert without.stitches == []
    assert (tmp_path / "t.csv").read_bytes() == (tmp_path / "u.csv").read_bytes()


def test_stitches_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    for name in ("s.parquet", "none/s.csv"):
        with pytest.raises(BadFile):
            check_stitches(tmp_path / name)
    one = Stitch(earlier=1, later=2, chance=0.5, gap_s=9.0)
    with pytest.raises(BadFile):
        write_stitches(tmp_path / "none" / "s.csv", [one])
    write_stitches(tmp_path / "s.csv", [])
    assert [each.name for each in tmp_path.iterdir()] == ["s.csv"]
