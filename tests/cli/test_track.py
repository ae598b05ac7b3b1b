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
    assert not (folder / "t.csv").exists()
    status, out, _ = run(capsys, words(folder, "--bad", "count"))
    assert status == 0
    assert "Not used: 1 sensor, 2 range." in out
    assert "range_m must be a number of 0 or more" in out
    status, out, _ = run(capsys, words(folder, "--bad", "count", "--json"))
    assert json.loads(out)["dropped"] == {"sensor": 1, "range": 2}


@pytest.mark.parametrize(
    ("more", "out", "why"),
    [
        (["--every", "0"], "t.csv", "--every must be above 0"),
        ([], "t.doc", "must end in .csv, .parquet or .txt"),
        (["--truth", "nowhere.csv"], "t.csv", "there is no such file"),
        (["--bad", "perhaps"], "t.csv", "choose from count, refuse"),
        (["--format", "kml"], "t.csv", "unknown form of file 'kml'"),
        (["--columns", "time_s"], "t.csv", "must be figure=COLUMN,figure=COLUMN"),
        (["--columns", "time_s=when"], "t.csv", "lacks the column when"),
        (["--lag", "-1"], "t.csv", "lag must be 0 or more"),
        (["--out-format", "mot"], "t.csv", "frames a second must be given"),
        (["--truth", "truth.csv", "--cutoff", "0"], "t.csv", "cutoff must be above 0"),
    ],
)
def test_bad_wishes_are_refused_in_one_line(
    folder: Path,
    capsys: pytest.CaptureFixture[str],
    more: list[str],
    out: str,
    why: str,
) -> None:
    more = [str(folder / word) if word == "truth.csv" else word for word in more]
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


SCORES = {
    "gospa_m", "location_part_m2", "missed_part_m2", "false_part_m2", "completeness",
    "ambiguity", "spuriousness", "position_accuracy_m", "velocity_accuracy_mps",
    "track_changes_per_s", "longest_segment", "id_switches", "fragmentations",
    "mostly_tracked", "mostly_lost",
}  # fmt: skip


@pytest.mark.parametrize("form", ["linewatch", "stonesoup", "mot"])
def test_tracks_of_any_tracker_are_scored_alike(
    folder: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    truth = ["--score", str(folder / "truth.csv"), "--json"]
    wish = ["--out-format", form, "--fps", "1"]
    _, out, _ = run(capsys, words(folder, *truth, *wish))
    made_now = json.loads(out)["score"]
    tracks = ["track", "--tracks", str(folder / "t.csv"), *truth]
    status, out, err = run(capsys, tracks)
    assert (status, err) == (0, "")
    told = json.loads(out)["score"]
    assert set(told) >= SCORES
    for name in SCORES - {"velocity_accuracy_mps"}:  # places are rounded in the file
        assert told[name] == pytest.approx(made_now[name], rel=1e-3), name
    assert (told["velocity_accuracy_mps"] is None) == (form == "mot")


def test_a_score_can_be_of_a_part_of_the_time(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, words(folder))
    tracks = ["track", "--tracks", str(folder / "t.csv"), "--score"]
    tracks += [str(folder / "truth.csv"), "--since", "10", "--until", "20"]
    status, out, _ = run(capsys, [*tracks, "--json"])
    assert status == 0
    assert json.loads(out)["score"]["instants"] == 11
    status, out, _ = run(capsys, tracks)
    assert [line.split()[0] for line in out.splitlines()] == [
        "GOSPA",
        "SIAP:",
        "CLEAR-MOT:",
    ]


def test_a_call_that_lacks_a_file_says_which(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, ["track", "--tracks", str(folder / "t.csv")])
    assert (status, err) == (1, "linewatch: --score must be given, not left out\n")
    status, _, err = run(capsys, ["track", "--out", str(folder / "t.csv")])
    assert status == 1
    assert "--sensors, --detections must be given" in err


def test_stone_soup_style_files_go_straight_through(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(capsys, words(folder))
    first = (folder / "t.csv").read_bytes()
    rows = np.loadtxt(folder / "d.csv", delimiter=",", skiprows=1)
    lines = ["timestamp,bearing,range,radar"]
    for time, who, far, way in rows:
        lines.append(f"{time:.3f},{float(np.pi / 2 - way)},{float(far)},{who:.0f}")
    (folder / "d.csv").write_text("\n".join(lines) + "\n")
    more = ["--format", "stonesoup", "--columns", "sensor_id=radar"]
    status, _, err = run(capsys, words(folder, *more))
    assert (status, err) == (0, "")
    ours = np.loadtxt(folder / "t.csv", delimiter=",", skiprows=1)
    before = np.loadtxt(first.decode().splitlines(), delimiter=",", skiprows=1)
    # A turn of a quarter and back costs the last bit.
    np.testing.assert_allclose(ours, before, atol=0.02)


def test_an_interrupt_is_told_and_leaves_nothing(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_words: object, **_more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("linewatch.watch.tracker.files_run.feed", stop)
    status, out, err = run(capsys, words(folder))
    assert (status, out) == (130, "")
    assert err == "linewatch: stopped; nothing was written\n"
    assert not (folder / "t.csv").exists()


def test_boxes_are_not_scored_against_places(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "gt.txt").write_text("1,1,5,5,10,10,1,3.5,4.5,0\n")
    (tmp_path / "test.txt").write_text("1,7,6,5,10,10,-1,-1,-1,-1\n")
    tracks = ["track", "--tracks", str(tmp_path / "test.txt"), "--score"]
    tracks += [str(tmp_path / "gt.txt"), "--json"]
    status, _, err = run(capsys, tracks)
    assert status == 1
    assert "has boxes and the other places: try --boxes" in err
    _, out, _ = run(capsys, [*tracks, "--boxes"])
    assert json.loads(out)["score"]["motp_m"] == 1.0


def test_writes_all_that_is_known_and_stitches(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ["--full", "--stitch", str(folder / "st.csv")]
    status, out, err = run(capsys, words(folder, *more))
    assert (status, err) == (0, "")
    assert "0 stitches" in out
    assert (folder / "st.csv").read_text() == "earlier,later,chance,gap_s\n"
    names = (folder / "t.csv").read_text().splitlines()[0]
    assert names.endswith(",cov_vy_vy,made_by")
    status, out, err = run(capsys, words(folder, *more, "--json", out="u.parquet"))
    assert json.loads(out)["stitches"] == 0


def test_a_name_that_stitches_cannot_have_is_told_before_the_work(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, words(folder, "--stitch", str(folder / "s.txt")))
    assert status == 1
    assert err.splitlines() == [f"linewatch: {folder / 's.txt'}: must end in .csv"]
    assert not (folder / "t.csv").exists()
