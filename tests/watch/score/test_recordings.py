"""Recordings: scored as others score them, and read in the form they come in."""

import json
from pathlib import Path

import motmetrics
import numpy as np
import pytest

from bench.track.autoferry import convert
from linewatch.watch.score import Paths, score
from linewatch.watch.tracker.files import FormSettings, read_paths, read_sensors
from linewatch.watch.tracker.files_run import track_file

VIDEOS = Path(motmetrics.__file__).parent / "data"


@pytest.mark.filterwarnings("ignore:Operation with tuple")  # its own, with pandas 3
@pytest.mark.parametrize("video", ["TUD-Campus", "TUD-Stadtmitte"])
def test_a_real_video_scores_as_py_motmetrics_scores_it(video: str) -> None:
    """Both are recordings of people in a street, with a tracker's result."""
    cut = 60.0
    both = []
    for name, truth in (("gt.txt", True), ("test.txt", False)):
        rows = read_paths(VIDEOS / video / name, FormSettings(boxes=True), truth=truth)
        both.append(Paths.of(rows.time_s, rows.ident, rows.x, rows.y))
    mine = score(*both, cutoff_m=cut).figures()
    judge = motmetrics.MOTAccumulator()
    tables = [
        motmetrics.io.loadtxt(VIDEOS / video / name, fmt="mot15-2D")
        for name in ("gt.txt", "test.txt")
    ]
    for frame in sorted({at for table in tables for at in table.index.levels[0]}):
        ids: list[list[int]] = []
        feet = []
        for table in tables:
            if frame not in table.index.get_level_values(0):
                ids.append([])
                feet.append(np.zeros((0, 2)))
                continue
            now = table.loc[frame]
            ids.append(now.index.tolist())
            middle = now["X"] + now["Width"] / 2
            feet.append(np.column_stack([middle, now["Y"] + now["Height"]]))
        off = feet[0][:, None] - feet[1][None]
        gap = np.hypot(off[..., 0], off[..., 1])
        judge.update(ids[0], ids[1], np.where(gap < cut, gap, np.nan), frameid=frame)
    names = {
        "num_switches": "id_switches",
        "num_fragmentations": "fragmentations",
        "num_misses": "misses",
        "num_false_positives": "false_alarms",
        "mostly_tracked": "mostly_tracked",
        "mota": "mota",
        "motp": "motp_m",
    }
    told = motmetrics.metrics.create().compute(judge, metrics=list(names))
    for their, our in names.items():
        assert mine[our] == pytest.approx(float(told[their].iloc[0]), rel=1e-6), our
    assert int(told["num_misses"].iloc[0]) > 0


def test_a_scenario_of_a_moving_ship_is_converted_and_tracked(tmp_path: Path) -> None:
    """A made-up scenario in the recording's form: one boat, seen from a ship."""
    rng = np.random.default_rng(4)
    records, truth = [], []
    for k in range(80):
        when = 1.6e9 + 1.25 * k
        own = (2.0 * k, -1.0 * k)
        boat = (300.0 - 1.5 * k, 100.0 + 2.0 * k)
        north, east = np.subtract(boat, own) + rng.normal(0, 5, 2)
        shape = [north, east] if k % 2 else [[north, -250.0 + k], [east, 90.0 + 7 * k]]
        records.append(
            {"sensorID": 2, "ownshipPosition": own, "time": when, "measurement": shape}
        )
        records.append({"sensorID": 3, "ownshipPosition": own, "time": when})
        truth.append([{"targetID": 1, "position": [*boat, 0], "time": when}])
    last = {"sensorID": 2, "ownshipPosition": (160.0, -80.0), "time": 1.6e9 + 100.0}
    records.append(last | {"measurement": []})
    (tmp_path / "d.json").write_text(json.dumps(records))
    (tmp_path / "t.json").write_text(json.dumps(truth))
    many = convert(tmp_path / "d.json", tmp_path / "t.json", tmp_path, "radar")
    assert many == 120
    table = read_sensors(tmp_path / "sensors.csv")
    run = track_file(
        table, tmp_path / "detections.csv", tmp_path / "tracks.csv", keep=True
    )
    assert run.counts.used == 120
    rows = read_paths(tmp_path / "truth.csv", truth=True)
    there = Paths.of(rows.time_s, rows.ident, rows.x, rows.y)
    assert run.kept is not None
    shown = Paths.of(run.kept.time_s, run.kept.track_id, run.kept.x, run.kept.y)
    told = score(there, shown, cutoff_m=20.0)
    assert told.siap.completeness > 0.9
    assert told.gospa.location_rms_m < 6
