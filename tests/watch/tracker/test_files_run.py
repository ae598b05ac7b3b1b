"""Tests of tracking whole files: in any order, in any parts, with rows that are bad."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.watch.tracker import (
    BEARING,
    PLACE,
    Rows,
    SensorTable,
    Tracker,
    TrackerSettings,
    files_read,
    files_run,
)
from linewatch.watch.tracker.files import read_sensors
from linewatch.watch.tracker.files_feed import feed
from linewatch.watch.tracker.files_form import DETECTION_COLUMNS
from linewatch.watch.tracker.files_run import Run, RunSettings, track_file
from tests.watch.tracker.scene import Scene, made, row_of_radars

UNTIL_S = 30.0


@pytest.fixture(scope="module")
def table() -> SensorTable:
    return row_of_radars()


@pytest.fixture(scope="module")
def scene(table: SensorTable) -> Scene:
    return made(table, targets=6, until_s=UNTIL_S, seed=5)


def put(path: Path, scene: Scene, order: np.ndarray | None = None) -> Path:
    """Write the detections in an order."""
    which = np.arange(len(scene.time_s)) if order is None else order
    rows = np.column_stack([getattr(scene, name) for name in DETECTION_COLUMNS])[which]
    head = ",".join(DETECTION_COLUMNS)
    lines = [",".join(repr(float(figure)) for figure in row) for row in rows]
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


def ran(
    path: Path, table: SensorTable, wish: RunSettings | None = None
) -> tuple[bytes, Run]:
    out = path.with_suffix(".tracks.csv")
    run = track_file(table, path, out, wish)
    return out.read_bytes(), run


@pytest.fixture(scope="module")
def plain(
    scene: Scene, table: SensorTable, tmp_path_factory: pytest.TempPathFactory
) -> bytes:
    """Return the tracks of the file sorted by time."""
    return ran(put(tmp_path_factory.mktemp("plain") / "d.csv", scene), table)[0]


def test_a_file_gives_what_the_tracker_gives(
    scene: Scene, table: SensorTable, tmp_path: Path
) -> None:
    tracker = Tracker(table, start_s=-1e-6)
    tracker.feed(**scene.fed())  # type: ignore[arg-type]
    whole_ = tracker.advance(UNTIL_S)
    out = tmp_path / "t.csv"
    run = track_file(table, put(tmp_path / "d.csv", scene), out, keep=True)
    assert run.kept is not None
    for name in Rows.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(run.kept, name), getattr(whole_, name))
    assert (run.rows, run.tracks) == (len(whole_), len(np.unique(whole_.track_id)))
    assert run.rows == len(out.read_text().splitlines()) - 1 > 50
    assert run.counts.used == run.counts.fed == len(scene.time_s)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32 - 1), lag=st.sampled_from([1.5, 2.0, 7.0]))
def test_arrival_within_the_lag_gives_the_tracks_of_a_plain_sort(
    scene: Scene,
    table: SensorTable,
    plain: bytes,
    tmp_path: Path,
    seed: int,
    lag: float,
) -> None:
    rng = np.random.default_rng(seed)
    order = np.argsort(scene.time_s + rng.uniform(0, lag, len(scene.time_s)))
    assert (np.diff(scene.time_s[order]) < 0).any()
    told, run = ran(
        put(tmp_path / "d.csv", scene, order), table, RunSettings(lag_s=lag)
    )
    assert told == plain
    assert (run.dropped, run.passes) == ({}, 1)


def test_any_order_gives_the_tracks_of_a_plain_sort_without_a_lag(
    scene: Scene, table: SensorTable, plain: bytes, tmp_path: Path
) -> None:
    order = np.random.default_rng(3).permutation(len(scene.time_s))
    assert ran(put(tmp_path / "d.csv", scene, order), table)[0] == plain


@pytest.mark.parametrize("size", [300, 2_000, 1 << 20])
@pytest.mark.parametrize("shuffled", [False, True])
def test_the_parts_that_a_file_is_read_in_do_not_matter(
    scene: Scene,
    table: SensorTable,
    plain: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    size: int,
    shuffled: bool,
) -> None:
    monkeypatch.setattr(files_read, "PART_BYTES", size)
    monkeypatch.setattr(files_run, "FED_AT_ONCE", size // 50)
    monkeypatch.setattr(files_run, "SCANS_A_STEP", 3)
    order = np.arange(len(scene.time_s))
    if shuffled:
        order = np.random.default_rng(3).permutation(order)
    told, run = ran(put(tmp_path / "d.csv", scene, order), table)
    assert told == plain
    assert run.passes == (2 if shuffled and size < 1 << 20 else 1)


def test_late_rows_are_refused_by_line_or_counted(
    scene: Scene, table: SensorTable, plain: bytes, tmp_path: Path
) -> None:
    path = put(tmp_path / "d.csv", scene)
    with path.open("a") as file:
        file.write("3.0,10,500,1\n29.5,10,-2,1\n")
    last = len(scene.time_s) + 2
    with pytest.raises(BadLines) as caught:
        ran(path, table, RunSettings(lag_s=5.0))
    assert [line for line, _ in caught.value.faults] == [last, last + 1]
    assert "time_s is further back than the lag" in str(caught.value)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["d.csv"]
    told, run = ran(path, table, RunSettings(lag_s=5.0, bad="count"))
    assert told == plain
    assert run.dropped == {"late": 1, "range": 1}
    assert [line for line, _ in run.first_dropped] == [last, last + 1]


@pytest.mark.parametrize("lag", [None, 5.0])
@pytest.mark.parametrize("where", [0, 40, -1])
def test_one_wrong_clock_spoils_nothing(
    scene: Scene,
    table: SensorTable,
    plain: bytes,
    tmp_path: Path,
    lag: float | None,
    where: int,
) -> None:
    path = put(tmp_path / "d.csv", scene)
    lines = path.read_text().splitlines()
    lines.insert(len(lines) if where < 0 else where + 1, "4e9,10,500,1")
    path.write_text("\n".join(lines) + "\n")
    wish = RunSettings(lag_s=lag, bad="count")
    told, run = ran(path, table, wish)
    if where == 0 and lag is not None:  # what comes first cannot be told as wrong
        assert run.dropped == {"late": len(scene.time_s)}
        return
    assert told == plain
    assert run.dropped == {"leap": 1}
    with pytest.raises(BadLines, match="further from the other times"):
        ran(path, table, replace(wish, bad="refuse"))


def test_a_long_silence_is_no_error_and_ends_the_tracks(
    scene: Scene, table: SensorTable, tmp_path: Path
) -> None:
    later = replace(scene, time_s=scene.time_s + 400.0)
    both = {
        name: np.concatenate([getattr(scene, name), getattr(later, name)])
        for name in DETECTION_COLUMNS
    }
    path = put(tmp_path / "d.csv", replace(scene, **both))
    _, run = ran(path, table)
    out = np.loadtxt(tmp_path / "d.tracks.csv", delimiter=",", skiprows=1)
    assert run.dropped == {}
    assert not ((out[:, 0] > 300) & (out[:, 0] < 400)).any()
    first = set(out[out[:, 0] <= 300, 1])
    assert not first & set(out[out[:, 0] >= 400, 1])
    with pytest.raises(BadLines):
        ran(path, table, RunSettings(gap_s=100.0))


def test_duplicates_are_counted(
    scene: Scene, table: SensorTable, plain: bytes, tmp_path: Path
) -> None:
    order = np.repeat(np.arange(len(scene.time_s)), 2)
    told, run = ran(put(tmp_path / "d.csv", scene, order), table)
    assert told == plain
    assert run.counts.duplicate == len(scene.time_s)


def test_an_interrupt_leaves_nothing_behind(
    scene: Scene, table: SensorTable, tmp_path: Path
) -> None:
    def stop(_share: float) -> None:
        raise KeyboardInterrupt

    path, out = put(tmp_path / "d.csv", scene), tmp_path / "t.csv"
    out.write_text("before")
    with pytest.raises(KeyboardInterrupt):
        track_file(table, path, out, tell=stop)
    assert out.read_text() == "before"
    assert len(list(tmp_path.iterdir())) == 2


def test_progress_grows_to_the_end(
    scene: Scene, table: SensorTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_read, "PART_BYTES", 2_000)
    shares: list[float] = []
    path = put(tmp_path / "d.csv", scene)
    track_file(table, path, tmp_path / "t.csv", tell=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
def test_no_detection_is_an_empty_picture(
    table: SensorTable, tmp_path: Path, name: str
) -> None:
    path, out = tmp_path / "d.csv", tmp_path / name
    path.write_text(",".join(DETECTION_COLUMNS) + "\n")
    assert track_file(table, path, out).rows == 0
    if name == "t.csv":
        assert out.read_text() == "time_s,track_id,x,y,vx,vy,existence\n"
    assert out.stat().st_size > 0


def test_wishes_that_make_no_sense_are_refused(
    table: SensorTable, tmp_path: Path
) -> None:
    for lag in (-1.0, np.nan, np.inf):
        with pytest.raises(BadValue, match="lag must be 0 or more"):
            RunSettings(lag_s=lag)
    with pytest.raises(BadValue, match="longest gap must be above 0"):
        RunSettings(gap_s=0.0)
    with pytest.raises(UnknownName, match="choose from count, refuse"):
        RunSettings(bad="perhaps")
    with pytest.raises(BadFile, match="there is no such file"):
        track_file(table, tmp_path / "d.csv", tmp_path / "t.csv")


def test_each_row_goes_to_the_door_of_its_kind() -> None:
    table = row_of_radars(3, kind=[0, BEARING, PLACE])
    none = np.nan
    found = {
        "time_s": np.arange(4.0),
        "sensor_id": np.array([10.0, 11, 12, 12]),
        "range_m": np.array([500.0, none, none, none]),
        "azimuth_rad": np.array([1.0, 1.0, none, none]),
        "x": np.array([none, none, 400.0, 500]),
        "y": np.array([none, none, 400.0, 500]),
        "cov_xx": np.array([none, none, 25.0, none]),
        "detection_id": np.array([7.0, 8, 9, none]),
    }
    tracker = Tracker(table, start_s=-1.0)
    feed(tracker, found, np.arange(4) + 2)
    assert (tracker.counts.fed, tracker.counts.bad) == (4, 0)
    tracker.advance(10.0)
    assert tracker.counts.used == 4


def test_a_moving_own_ship_tells_places() -> None:
    """A ship that sails past a buoy sees it stand still where it is."""
    table = row_of_radars(
        1, kind=PLACE, sigma_range_m=8.0, sigma_azimuth_rad=0.02, period_s=0.0
    )
    rng = np.random.default_rng(1)
    time = np.arange(0.0, 60.0)
    own_x, own_y = 5.0 * time - 150, np.zeros(len(time))
    dx, dy = 100.0 - own_x, 700.0 - own_y
    found = {
        "time_s": time,
        "sensor_id": np.full(len(time), 10.0),
        "range_m": np.hypot(dx, dy) + rng.normal(0, 8, len(time)),
        "azimuth_rad": np.arctan2(dx, dy) + rng.normal(0, 0.02, len(time)),
        "own_x": own_x,
        "own_y": own_y,
    }
    tracker = Tracker(table, TrackerSettings(), start_s=-1e-6)
    feed(tracker, found, np.arange(len(time)))
    tracker.advance(59.0)
    tracks = tracker.picture()
    assert len(tracks) == 1
    assert np.hypot(tracks.x_m[0] - 100, tracks.y_m[0] - 700) < 12


HEAD = (
    "sensor_id,x,y,sigma_range_m,sigma_azimuth_rad,pd,clutter_per_scan,range_m,period_s,"
    "phase_s,kind,sigma_range_rate_mps\n"
)


def test_fibre_presence_and_range_rate_come_from_files(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text(
        HEAD
        + "1,0,0,15,0.01,0.9,2,5000,2,0,polar,0.5\n"
        + "2,0,0,5,1,0.9,0.1,9,2,0,fibre,0\n"
        + "3,300,400,30,1,0.9,0.1,60,0,0,place,0\n"
    )
    (tmp_path / "f.csv").write_text(
        "sensor_id,along_m,x,y,strip_m\n2,0,0,0,20\n2,1000,1000,0,20\n"
    )
    (tmp_path / "d.csv").write_text(
        "time_s,sensor_id,range_m,azimuth_rad,range_rate_mps,along_m,radius_m,"
        "elevation_rad\n"
        "0,1,500,0.6435,1.2,,,0.01\n"
        "0,2,,,,300,,\n"
        "0.5,3,,,,,50,\n"
        "1,2,,,,4000,,\n"
        "2,1,500,0.6435,inf,,,\n"
        "2,1,500,0.6435,,,,1.6\n"
        "2,1,501,0.6435,1.1,,,\n"
    )
    table = read_sensors(tmp_path / "s.csv", tmp_path / "f.csv")
    _, run = ran(tmp_path / "d.csv", table, RunSettings(bad="count"))
    assert run.dropped == {"along": 1, "extra": 2}
    assert (run.counts.used, run.counts.bad) == (4, 0)


@pytest.mark.parametrize(
    ("course", "why"),
    [
        (None, "line 2: a fibre's course must be told"),
        ("2,0,0,0,20\n", "fibre must be two or more corners"),
        ("2,0,0,0,20\n2,-5,1,1,20\n", "along_m must be growing"),
        ("2,0,0,0,20\n2,5,1,1,20\n8,0,0,0,20\n8,5,1,1,20\n", "unknown sensor of a fi"),
    ],
)
def test_a_fibre_without_a_course_is_refused(
    tmp_path: Path, course: str | None, why: str
) -> None:
    sensors, fibres = tmp_path / "s.csv", tmp_path / "f.csv"
    sensors.write_text(HEAD + "2,0,0,5,1,0.9,0.1,9,2,0,fibre,0\n")
    if course is not None:
        fibres.write_text("sensor_id,along_m,x,y,strip_m\n" + course)
    with pytest.raises((BadFile, BadLines, UnknownName), match=why):
        read_sensors(sensors, None if course is None else fibres)
