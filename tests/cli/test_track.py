"""Tests of ``linewatch track``."""

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.running import run
from tests.watch.tracker.scene import made, row_of_radars

COLUMNS = (
    ("sensor_id", "sensor_id"), ("x", "x_m"), ("y", "y_m"),
    ("sigma_range_m", "sigma_range_m"), ("sigma_azimuth_rad", "sigma_azimuth_rad"),
    ("pd", "pd"), ("clutter_per_scan", "clutter_per_scan"), ("range_m", "range_m"),
    ("period_s", "period_s"), ("phase_s", "phase_s"),
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with sensors, detections and the truth of a small scene."""
    table = row_of_radars()
    parts = [getattr(table, name) for _, name in COLUMNS]
    head = ",".join(name for name, _ in COLUMNS)
    lines = [",".join(map(str, line)) for line in zip(*parts, strict=True)]
    (tmp_path / "sensors.csv").write_text("\n".join([head, *lines]) + "\n")
    scene = made(table, targets=6, until_s=30, seed=5)
    found = np.column_stack(
        [scene.time_s, scene.sensor_id, scene.range_m, scene.azimuth_rad]
    )
    head = "time_s,sensor_id,range_m,azimuth_rad"
    np.savetxt(
        tmp_path / "d.csv", found, delimiter=",", header=head, comments="",
        fmt=["%.3f", "%d", "%.6f", "%.9f"],
    )  # fmt: skip
    rows = ["time_s,target_id,class,x,y,vx,vy"]
    for second in range(31):
        for target, (x, y, vx, vy) in enumerate(scene.truth_at(second)):
            rows.append(f"{second},{target},walker,{x},{y},{vx},{vy}")
    (tmp_path / "truth.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def words(folder: Path, *more: str, out: str = "t.csv") -> list[str]:
    return [
        "track", "--sensors", str(folder / "sensors.csv"), "--detections",
        str(folder / "d.csv"), "--out", str(folder / out), *more,
    ]  # fmt: skip


def test_prints_one_object_with_the_score(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--truth", str(folder / "truth.csv"), "--json"]
    status, out, err = run(capsys, words(folder, *more))
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["detections"]["used"] == told["detections"]["fed"] > 0
    assert told["score"]["completeness"] > 0.5
    assert told["score"]["location_rms_m"] < 60
    assert told["detections_per_s"] > 0
    lines = (folder / "t.csv").read_text().splitlines()
    assert lines[0] == "time_s,track_id,x,y,vx,vy,existence"
    assert len(lines) == told["rows"] + 1
    assert len({tuple(line.split(",")[:2]) for line in lines}) == len(lines)


def test_says_it_in_words_and_writes_the_same_twice(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--truth", str(folder / "truth.csv")]
    status, out, _ = run(capsys, words(folder, *more))
    assert status == 0
    assert "detections/s" in out
    assert "identity switches" in out
    assert "Not used" not in out
    first = (folder / "t.csv").read_bytes()
    run(capsys, words(folder))
    assert (folder / "t.csv").read_bytes() == first


def test_order_of_rows_does_not_matter(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, words(folder))
    first = (folder / "t.csv").read_bytes()
    head, *rest = (folder / "d.csv").read_text().splitlines()
    turned = "\n".join([head, *reversed(rest)]) + "\n"
    (folder / "d.csv").write_text(turned)
    run(capsys, words(folder))
    assert (folder / "t.csv").read_bytes() == first


def test_parquet_and_a_slower_picture(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, _ = run(
        capsys, words(folder, "--every", "5", "--json", out="t.parquet")
    )
    assert status == 0
    assert json.loads(out)["rows"] <= 7 * 10
    assert (folder / "t.parquet").stat().st_size > 0


def test_bad_rows_are_all_told_or_counted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "d.csv").open("a") as file:
        file.write("5,10,-4,1\n6,77,4,1\n7,10,nan,1\n")
    status, out, err = run(capsys, words(folder))
    assert (status, out) == (1, "")
    assert "range_m must be a number of 0 or more" in err
    assert "sensor_id is not in the sensor file" in err
    assert len(err.splitlines()) == 1
    status, out, _ = run(capsys, words(folder, "--skip-bad"))
    assert status == 0
    assert "Not used: 2 bad, 1 unknown sensor." in out


@pytest.mark.parametrize(
    ("more", "out", "why"),
    [
        (["--every", "0"], "t.csv", "--every must be above 0"),
        ([], "t.txt", "must end in .csv or .parquet"),
        (["--truth", "nowhere.csv"], "t.csv", "there is no such file"),
    ],
)
def test_bad_wishes_are_refused_in_one_line(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    out: str,
    why: str,
) -> None:
    status, said, err = run(capsys, words(folder, *more, out=out))
    assert (status, said) == (1, "")
    assert why in err


def test_no_detections_is_an_empty_picture(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "d.csv").write_text("time_s,sensor_id,range_m,azimuth_rad\n")
    status, out, _ = run(capsys, words(folder, "--json"))
    assert status == 0
    assert json.loads(out)["rows"] == 0
