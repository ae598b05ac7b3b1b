"""Tests of the forms of file that other programs read and write."""

import datetime as dt
from pathlib import Path

import motmetrics
import numpy as np
import pytest
from stonesoup.reader.generic import CSVGroundTruthReader

from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.watch.tracker import PLACE, Rows
from linewatch.watch.tracker.files import (
    FormSettings,
    RowWriter,
    read_detections,
    read_paths,
    whole,
)
from tests.watch.tracker.scene import row_of_radars

ROWS = Rows(
    time_s=np.array([0.0, 0.5, 1.7e9]),
    track_id=np.array([4, 4, 7]),
    x=np.array([1.25, 2.5, -3.0]),
    y=np.array([10.0, 20.0, 30.5]),
    vx=np.array([1.0, 0.0, 2.0]),
    vy=np.array([0.5, 0.0, -2.0]),
    existence=np.array([0.5, 0.75, 1.0]),
)
MOT = FormSettings(frames_per_s=2.0)


def written(path: Path, form: str, rate: float | None = None) -> Path:
    with whole(path) as file:
        writer = RowWriter(file, path, form, rate)
        writer.write(ROWS)
        writer.close()
    return path


@pytest.mark.parametrize("name", ["t.csv", "t.parquet"])
@pytest.mark.parametrize("form", ["linewatch", "stonesoup"])
def test_what_is_written_is_read_back_without_being_told_the_form(
    tmp_path: Path, form: str, name: str
) -> None:
    found = read_paths(written(tmp_path / name, form), truth=False)
    np.testing.assert_array_equal(found.time_s, ROWS.time_s)
    np.testing.assert_array_equal(found.ident, ROWS.track_id)
    np.testing.assert_array_equal(found.x, ROWS.x)
    assert found.vy is not None
    np.testing.assert_array_equal(found.vy, ROWS.vy)


def test_stone_soups_own_reader_reads_our_tracks(tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", "stonesoup")
    reader = CSVGroundTruthReader(
        path=path,
        state_vector_fields=["x", "vx", "y", "vy"],
        time_field="time",
        path_id_field="track_id",
    )
    steps = list(reader)
    assert [when.timestamp() if when.tzinfo else when for when, _ in steps] == [
        dt.datetime(1970, 1, 1),  # noqa: DTZ001 - Stone Soup's times are naive
        dt.datetime(1970, 1, 1, 0, 0, 0, 500_000),  # noqa: DTZ001
        dt.datetime(2023, 11, 14, 22, 13, 20),  # noqa: DTZ001
    ]
    (path_7,) = steps[-1][1]
    assert path_7.id == "7"
    assert path_7[-1].state_vector.ravel().tolist() == [-3.0, 2.0, 30.5, -2.0]


@pytest.mark.filterwarnings("ignore:Operation with tuple")  # its own, with pandas 3
def test_py_motmetrics_reads_our_tracks(tmp_path: Path) -> None:
    path = written(tmp_path / "t.txt", "mot", 2.0)
    table = motmetrics.io.loadtxt(path, fmt="mot15-2D")
    assert table.index.tolist() == [(0, 4), (1, 4), (3_400_000_000, 7)]
    assert table["Confidence"].tolist() == [0.5, 0.75, 1.0]
    back = read_paths(path, MOT, truth=False)
    np.testing.assert_array_equal(back.time_s, ROWS.time_s)
    np.testing.assert_array_equal(back.y, ROWS.y)


def test_stone_soup_style_detections_with_dates_and_bearings(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(
        "Time,r,phi,note\n"
        "2026-01-01 00:00:00.5,100,0,a\n"
        "2026-01-01T02:00:01+02:00,100,1.5707963267948966,b\n"
        "yesterday,100,0,c\n"
        "1767225602,100,0,d\n"
    )
    plan = FormSettings(form="stonesoup")
    found, faults = read_detections(path, row_of_radars(1), plan)
    began = 1767225600.0
    assert (found["time_s"] - began).tolist() == [0.5, 1.0, 2.0]
    # A bearing counts from east against the clock, an azimuth from north with it.
    np.testing.assert_allclose(found["azimuth_rad"][:2], [np.pi / 2, 0], atol=1e-12)
    assert found["sensor_id"].tolist() == [10, 10, 10]
    assert faults.first == [(4, "time_s must be a finite number")]


def test_columns_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "truth.csv"
    path.write_text("when,who,e,n,hue\n1,bus,5,6,red\n2,bus,7,8,red\n2,car,0,0,blue\n")
    names = {"time_s": "when", "ident": "who", "x": "e", "y": "n"}
    found = read_paths(path, FormSettings(columns=names), truth=True)
    assert found.ident.tolist() == [0, 0, 1]
    assert found.x.tolist() == [5, 7, 0]
    assert found.vx is None
    with pytest.raises(BadFile, match="lacks the column far"):
        read_paths(path, FormSettings(columns=names | {"x": "far"}), truth=True)
    with pytest.raises(BadFile, match="has no column for x: none is called x, x_m"):
        read_paths(path, FormSettings(columns={"time_s": "when"}), truth=True)


def test_mot_truth_leaves_out_what_it_says_to_ignore(tmp_path: Path) -> None:
    path = tmp_path / "gt.txt"
    path.write_text(
        "1,3,10,20,4,6,1,1,0.9\n2,3,12,20,4,6,1,1,0.9\n2,4,0,0,2,2,0,1,0.9\n"
    )
    found = read_paths(path, FormSettings(metres_per_pixel=0.5), truth=True)
    assert found.time_s.tolist() == [1, 2]
    assert found.x.tolist() == [6, 7]  # the middle of the box
    assert found.y.tolist() == [13, 13]  # its foot
    assert found.ignored == 1


def test_mot_detections_have_a_place_or_a_box(tmp_path: Path) -> None:
    path = tmp_path / "det.txt"
    path.write_text("1,-1,10,20,4,6,0.9,-1,-1,-1\n3,-1,10,20,4,6,0.9,1.5,2.5,0\n")
    table = row_of_radars(1, kind=PLACE)
    found, faults = read_detections(path, table, MOT)
    assert faults.total == 0
    assert found["time_s"].tolist() == [0.5, 1.5]
    assert found["x"].tolist() == [12, 1.5]
    assert found["y"].tolist() == [26, 2.5]
    with pytest.raises(BadFile, match="tell its frames a second"):
        read_detections(path, table)
    with pytest.raises(BadFile, match="needs one sensor, of kind place"):
        read_detections(path, row_of_radars(), MOT)
    path.write_text("1,2,3,4,5,6\n")
    with pytest.raises(BadFile, match="7 or more"):
        read_detections(path, table, FormSettings(form="mot"))


def test_a_path_row_without_a_place_is_told_by_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("time_s,track_id,x,y\n1,1,2,3\n\n2,1,nan,3\n3,,1,1\n")
    with pytest.raises(BadLines) as caught:
        read_paths(path, truth=False)
    assert [line for line, _ in caught.value.faults] == [4, 5]


def test_wishes_that_make_no_sense_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="unknown form"):
        FormSettings(form="kml")
    with pytest.raises(UnknownName, match="unknown figure 'colour'"):
        FormSettings(columns={"colour": "c"})
    with pytest.raises(BadValue, match="frames a second"):
        FormSettings(frames_per_s=0)
    with pytest.raises(BadValue, match="metres per pixel"):
        FormSettings(metres_per_pixel=-1)
    with pytest.raises(BadValue, match="frames a second must be given"):
        written(tmp_path / "t.txt", "mot")
    assert list(tmp_path.iterdir()) == []


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("before")

    def broken() -> None:
        with whole(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]
    with whole(path) as file:
        file.write(b"after")
    assert path.read_text() == "after"
    path.with_name("plain").touch()
    assert path.stat().st_mode == path.with_name("plain").stat().st_mode
