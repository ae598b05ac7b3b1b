"""Tests of reading and writing the named columns."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linewatch.errors import BadFile, BadLines
from linewatch.watch.tracker import Rows
from linewatch.watch.tracker.files import (
    read_columns,
    read_detections,
    read_sensors,
    write_rows,
)
from tests.watch.tracker.scene import row_of_radars

HEAD = (
    "phase_s,sensor_id,x,y,sigma_range_m,sigma_azimuth_rad,pd,clutter_per_scan,"
    "range_m,period_s\n"
)
FOUND = {
    "time_s": np.array([0.5, 2.5]),
    "sensor_id": np.array([10, 11]),
    "range_m": np.array([100.0, 200.0]),
    "azimuth_rad": np.array([0.1, 6.2]),
}


def write_found(path: Path, found: dict[str, np.ndarray] = FOUND) -> Path:
    if path.suffix == ".npz":
        np.savez(path, **found)  # type: ignore[arg-type]
    elif path.suffix == ".parquet":
        pq.write_table(pa.table(found), path)
    else:
        lines = zip(*(part.tolist() for part in found.values()), strict=True)
        rows = [",".join(map(str, line)) for line in lines]
        path.write_text("\n".join([",".join(found), *rows]) + "\n")
    return path


@pytest.mark.parametrize("name", ["d.csv", "d.npz", "d.parquet"])
def test_every_form_reads_the_same_in_any_column_order(
    tmp_path: Path, name: str
) -> None:
    turned = dict(reversed(FOUND.items()))
    path = write_found(tmp_path / name, turned)
    found = read_detections(path, row_of_radars(), skip_bad=False)
    for column, part in FOUND.items():
        np.testing.assert_array_equal(found[column], part)


def test_sensors_are_read_by_header(tmp_path: Path) -> None:
    path = tmp_path / "sensors.csv"
    path.write_text(HEAD + "0.5,3,1,2,15,0.01,0.9,8,10000,2\n")
    table = read_sensors(path)
    assert (table.sensor_id[0], table.x_m[0], table.phase_s[0]) == (3, 1.0, 0.5)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + "0.5,3,1,2,15,0.01,1.5,8,10000,2\n", "pd must be above 0"),
        (HEAD + "0.5,3,1,2,-1,0.01,0.9,8,10000,2\n", "sigma_range_m must be above"),
        (HEAD.replace("pd,", "") + "0,3,1,2,1,0.01,8,10000,2\n", "lacks the column pd"),
        (
            HEAD.replace("pd", "pd,hue") + "0,3,1,2,1,1,1,1,8,1,2\n",
            "unknown column hue",
        ),
        (HEAD, "one or more sensors"),
        ("", "lacks the column"),
    ],
)
def test_bad_sensor_file_is_told(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "sensors.csv"
    path.write_text(text)
    with pytest.raises(BadFile, match=why):
        read_sensors(path)


BAD = (
    "time_s,sensor_id,range_m,azimuth_rad\n"
    "0.5,10,100,0.1\n"
    "nan,10,100,0.1\n"
    "1.5,99,100,0.1\n"
    "2.5,11,-3,0.1\n"
    "3.5,11,far,0.1\n"
    "4.5,11,100,\n"
)


def test_every_bad_line_is_told(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(BAD)
    with pytest.raises(BadLines) as caught:
        read_detections(path, row_of_radars(), skip_bad=False)
    assert [line for line, _ in caught.value.faults] == [3, 4, 5, 6, 7]
    assert "line 4: sensor_id is not in the sensor file" in str(caught.value)


def test_bad_lines_can_be_kept_to_be_counted(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(BAD)
    found = read_detections(path, row_of_radars(), skip_bad=True)
    assert len(found["time_s"]) == 6
    assert np.isnan(found["range_m"][4])


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no such file"):
        read_columns(tmp_path / "none.csv", ["a"])
    for name in ("d.txt", "d.parquet", "d.npz"):
        (tmp_path / name).write_text("a\n1\n")
        with pytest.raises(BadFile):
            read_columns(tmp_path / name, ["a"])
    np.savez(tmp_path / "odd.npz", a=np.zeros(2), b=np.zeros(3))
    with pytest.raises(BadFile, match="equally long"):
        read_columns(tmp_path / "odd.npz", ["a", "b"])


def test_rows_come_back_as_written(tmp_path: Path) -> None:
    part = np.array([1.0, 2.0])
    rows = Rows(
        time_s=part, track_id=np.array([3, 4]), x=part, y=part, vx=part, vy=part,
        existence=part / 4,
    )  # fmt: skip
    names = ["time_s", "track_id", "x", "y", "vx", "vy", "existence"]
    for name in ("t.csv", "t.parquet"):
        write_rows(tmp_path / name, rows)
        back = read_columns(tmp_path / name, names)
        assert back["track_id"].tolist() == [3, 4]
        assert back["existence"].tolist() == [0.25, 0.5]
    assert (tmp_path / "t.csv").read_text().startswith(",".join(names) + "\n")
    with pytest.raises(BadFile, match="must end in"):
        write_rows(tmp_path / "t.txt", rows)
    assert len(Rows.joined([])) == 0
