"""Tests of reading and writing the named columns."""

import weakref
from contextlib import suppress
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from linewatch.errors import BadFile, BadLines
from linewatch.watch.tracker import BEARING, PLACE, Rows, files_read
from linewatch.watch.tracker.files import (
    read_columns,
    read_detections,
    read_sensors,
    write_rows,
)
from linewatch.watch.tracker.files_check import Faults, forward, longest_run, sift
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
    found, faults = read_detections(path, row_of_radars())
    assert faults.total == 0
    for column, part in FOUND.items():
        np.testing.assert_array_equal(found[column], part)


def test_sensors_are_read_by_header(tmp_path: Path) -> None:
    path = tmp_path / "sensors.csv"
    path.write_text(HEAD + "0.5,3,1,2,15,0.01,0.9,8,10000,2\n")
    table = read_sensors(path)
    assert (table.sensor_id[0], table.x_m[0], table.phase_s[0]) == (3, 1.0, 0.5)


ONE = "0.5,3,1,2,15,0.01,0.9,8,10000,2\n"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (HEAD + ONE.replace("0.9", "1.5"), "line 2: pd must be above 0"),
        (HEAD + ONE + "0,4,1,2,-1,0.01,0.9,8,10000,2\n", "line 3: sigma_range_m must"),
        (HEAD + ONE + "\n0,3,1,2,1,1,0.9,8,10,2\n", "line 4: sensor_id 3 is there al"),
        (HEAD + ONE.replace(",3,", ",3.5,"), "line 2: sensor_id must be a whole"),
        (HEAD + ONE.replace(",3,", ",,"), "line 2: sensor_id must be a whole"),
        (HEAD + ONE + "1,2\n", "line 3: has 2 columns, not 10"),
        (HEAD.replace("pd,", "") + "0,3,1,2,1,0.01,8,10000,2\n", "lacks the column pd"),
        (
            HEAD.replace("pd", "pd,hue") + "0,3,1,2,1,1,1,1,8,1,2\n",
            "unknown column hue",
        ),
        (HEAD.replace("pd", "pd,pd") + ONE, "has the column pd twice"),
        (HEAD.replace("pd", "kind,pd") + ONE.replace("0.9", "sonar,0.9"), "kind must"),
        (HEAD, "one or more sensors"),
        ("", "is empty"),
    ],
)
def test_bad_sensor_file_is_told(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "sensors.csv"
    path.write_text(text)
    with pytest.raises((BadFile, BadLines), match=why):
        read_sensors(path)


def test_sensors_may_have_a_kind_and_a_sector(tmp_path: Path) -> None:
    path = tmp_path / "sensors.csv"
    head = HEAD.replace("pd", "kind,middle_rad,half_rad,pd")
    lines = ["0,1,0,0,9,0.1,bearing,1.5,0.5,0.9,8,100,2", "0,2,0,0,9,1,2,0,3,0.9,8,9,0"]
    path.write_text(head + "\n".join(lines) + "\n")
    table = read_sensors(path)
    assert table.kind.tolist() == [BEARING, PLACE]
    assert (table.middle_rad[0], table.half_rad[0]) == (1.5, 0.5)


BAD = (
    "time_s,sensor_id,range_m,azimuth_rad\n"
    "0.5,10,100,0.1\n"
    "nan,10,100,0.1\n"
    "1.5,99,100,0.1\n"
    "2.5,11,-3,0.1\n"
    "\n"
    "3.5,11,far,0.1\n"
    "4.5,11,100,\n"
    "5.5,11,100\n"
    "6.5,11,inf,0.1\n"
    "7.5,1.5,9,0.1\n"
    " 8.5 , 11 ,+9e1,.5\n"
)
TOLD = {"time": 1, "sensor": 2, "range": 3, "azimuth": 1, "columns": 1}


def test_every_bad_line_is_told_and_the_good_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "d.csv"
    path.write_text(BAD)
    found, faults = read_detections(path, row_of_radars())
    assert found["time_s"].tolist() == [0.5, 8.5]
    assert found["range_m"].tolist() == [100.0, 90.0]
    assert faults.many == TOLD
    assert [line for line, _ in faults.first] == [3, 4, 5, 7, 8, 9, 10, 11]
    with pytest.raises(BadLines) as caught:
        faults.refuse(path)
    assert "line 4: sensor_id is not in the sensor file" in str(caught.value)
    assert "line 9: has 3 columns, not 4" in str(caught.value)


def test_lines_are_right_in_every_part_of_a_long_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files_read, "PART_BYTES", 400)
    path = tmp_path / "d.csv"
    lines = ["time_s,sensor_id,range_m,azimuth_rad"]
    bad = {40: "x,10,1,1", 41: "1,2", 90: "", 150: "1,10,-1,0", 151: "1,10,1,0,9"}
    rows = range(2, 201)
    lines += [bad.get(line, f"{line},10,{line},0.5") for line in rows]
    path.write_text("\r\n".join(lines) + "\r\n")
    table, faults = row_of_radars(), Faults()
    found, faults = read_detections(path, table)
    assert [line for line, _ in faults.first] == [40, 41, 150, 151]
    assert len(found["time_s"]) == 199 - 5
    parts = list(files_read.parts(path, lines[0].split(","), headless=False, text=()))
    assert len(parts) > 5
    line = np.concatenate([part.line for part in parts])
    assert line.tolist() == [n for n in range(2, 201) if n not in (41, 151)]


def test_many_bad_lines_are_counted_not_kept() -> None:
    faults = Faults()
    faults.add("range", np.arange(5000))
    faults.add("time", np.array([-1]))
    assert faults.total == 5001
    assert len(faults.first) == 20
    with pytest.raises(BadLines, match=r"line -1: time_s .* and 4981 more"):
        faults.refuse(Path("d.csv"))


def test_a_file_without_what_any_sensor_tells_is_refused(tmp_path: Path) -> None:
    path = write_found(tmp_path / "d.csv", {"time_s": FOUND["time_s"]})
    with pytest.raises(BadFile, match="lacks the column sensor_id, range_m"):
        read_detections(path, row_of_radars())
    path.write_text("time_s,sensor_id,range_m,azimuth_rad,time_s\n")
    with pytest.raises(BadFile, match="has the column time_s twice"):
        read_detections(path, row_of_radars())
    path.write_text("time_s,sensor_id,range_m,azimuth_rad,hue\n")
    with pytest.raises(BadFile, match="unknown column hue"):
        read_detections(path, row_of_radars())


def test_what_a_row_needs_depends_on_its_sensor() -> None:
    table = row_of_radars(3, kind=[0, BEARING, PLACE])
    none = np.nan
    found = {
        "time_s": np.arange(6.0),
        "sensor_id": np.array([10, 11, 12, 10, 11, 12.0]),
        "range_m": np.array([5, none, none, none, 3, 1]),
        "azimuth_rad": np.array([1, 1, none, 1, none, 1]),
        "x": np.array([none, none, 4, 4, 4, none]),
        "y": np.array([none, none, 4, 4, 4, none]),
    }
    faults = Faults()
    good, line = sift(found, np.arange(6), table, faults)
    assert line.tolist() == [0, 1, 2]
    assert faults.many == {"range": 1, "azimuth": 1, "place": 1}
    assert good["x"][2] == 4


def test_a_covariance_that_is_none_is_told() -> None:
    table = row_of_radars(1, kind=PLACE)
    rows = {"cov_xx": [4, 4, -1, np.nan], "cov_xy": [1, 5, 0, np.nan]}
    found = {name: np.array(part, np.float64) for name, part in rows.items()}
    found |= {"cov_yy": found["cov_xx"].copy(), "sensor_id": np.full(4, 10.0)}
    found |= {name: np.arange(4.0) for name in ("time_s", "x", "y")}
    faults = Faults()
    _, line = sift(found, np.arange(4), table, faults)
    assert line.tolist() == [0, 3]
    assert faults.many == {"covariance": 2}


def test_times_that_arrive_late_or_leap() -> None:
    times = np.array([0.0, 5, 4, 1, 6, 900, 7, 8])
    late, leap, newest = forward(times, -np.inf, lag_s=3.0, gap_s=100.0)
    assert np.flatnonzero(late).tolist() == [3]
    assert np.flatnonzero(leap).tolist() == [5]
    assert newest == 8
    late, leap, newest = forward(np.array([4.0, 9]), newest, lag_s=3, gap_s=100)
    assert late.tolist() == [True, False]
    assert not leap.any()
    assert newest == 9
    assert longest_run(np.array([0.0, 900, 901, 902, 5000]), 100) == slice(1, 4)


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="no such file"):
        read_columns(tmp_path / "none.csv", ["a"])
    for name in ("d.doc", "d.parquet", "d.npz"):
        (tmp_path / name).write_text("a\n1\n")
        with pytest.raises(BadFile):
            read_columns(tmp_path / name, ["a"])
    np.savez(tmp_path / "odd.npz", a=np.zeros(2), b=np.zeros(3))
    with pytest.raises(BadFile, match="equally long"):
        read_columns(tmp_path / "odd.npz", ["a", "b"])
    np.savez(tmp_path / "square.npz", a=np.zeros((2, 2)))
    with pytest.raises(BadFile, match="row of figures"):
        read_columns(tmp_path / "square.npz", ["a"])
    (tmp_path / "torn.csv").write_text("a,b\n1,2\n3\n")
    with pytest.raises(BadLines, match="line 3: has 1 columns"):
        read_columns(tmp_path / "torn.csv", ["a", "b"])
    (tmp_path / "latin.csv").write_bytes(b"a,b\n1,\xff\n")
    with pytest.raises(BadFile):
        read_columns(tmp_path / "latin.csv", ["a", "b"])


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
        write_rows(tmp_path / "t.doc", rows)
    with pytest.raises(BadFile, match="its folder does not exist"):
        write_rows(tmp_path / "none" / "t.csv", rows)
    assert len(Rows.joined([])) == 0


def test_a_line_s_fault_is_told_once_whichever_part_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(faults: list[tuple[int, str]]) -> files_read.Part:
        none = np.zeros(0, np.int64)
        table = files_read.table_of_none(["a"])
        return files_read.Part(table=table, line=none, faults=faults, read=0)

    def as_(_path: object, _columns: object, kind: pa.DataType, **_: object) -> object:
        if kind == pa.float64():
            yield part([(2, "early")])
            raise pa.ArrowInvalid("conversion error")
        # The second reader looks farther ahead: line 9 comes with the first part.
        yield part([(2, "early"), (9, "late")])
        yield part([(12, "last")])

    monkeypatch.setattr(files_read, "_csv_as", as_)
    found = files_read.parts(tmp_path / "d.csv", ["a"], headless=False, text=[])
    assert [each.faults for each in found] == [
        [(2, "early")],
        [(9, "late"), (12, "last")],
    ]


def test_what_is_no_npz_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "d.npz").write_bytes(bytes(range(256)))
    with pytest.raises(BadFile, match="is no NPZ file"):
        files_read.first_line(tmp_path / "d.npz")


@pytest.mark.parametrize("bad", ["", "x,1,2,3\n", "1,2\n"])
def test_no_thread_of_the_reader_outlives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: str
) -> None:
    held: list[bool] = []
    until_gone = files_read._until_gone  # noqa: SLF001 - what it leaves behind

    def watched(ref: weakref.ref[object]) -> None:
        until_gone(ref)
        held.append(ref() is not None)

    monkeypatch.setattr(files_read, "_until_gone", watched)
    path = tmp_path / "d.csv"
    head = "time_s,sensor_id,range_m,azimuth_rad\n"
    path.write_text(head + "1,1,1,1\n" * 2_000 + bad)
    for _ in range(20):
        parts = files_read.parts(path, head.split(","), headless=False, text=())
        with suppress(BadFile):  # its last name ends the line
            list(parts)
        parts = files_read.parts(path, head.strip().split(","), headless=False, text=())
        list(parts)
    assert len(held) >= 40
    assert not any(held)


def test_waiting_for_threads_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    kept = np.zeros(1)
    files_read._until_gone(weakref.ref(kept))  # noqa: SLF001 - its bound
    assert len(slept) == files_read.LETS_GO_MS
