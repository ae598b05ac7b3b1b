"""Make a scene with the tests' small generator, track it, and tell speed and score.

Run ``python -m bench.track.throughput`` from the root; ``--scene FOLDER`` takes a
folder with sensors.csv, detections.npz and truth.npz instead of a made scene.
"""

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from linewatch.watch.score import Paths, gospa, switches
from linewatch.watch.tracker import Rows, SensorTable, Tracker
from linewatch.watch.tracker.files import (
    DETECTION_COLUMNS,
    TRUTH_COLUMNS,
    read_columns,
    read_sensors,
)
from tests.watch.tracker.scene import made, row_of_radars

Columns = dict[str, np.ndarray]


def timed(table: SensorTable, found: Columns, until_s: float) -> tuple[Rows, float]:
    """Return the rows, and the processor's seconds for one pass."""
    tracker = Tracker(table, start_s=-1e-6)
    began = time.process_time()
    tracker.feed(**found)
    rows = tracker.advance(until_s)
    return rows, time.process_time() - began


def scene(
    radars: int, targets: int, until_s: float
) -> tuple[SensorTable, Columns, Paths]:
    """Return sensors, detections and the truth of a made scene."""
    table = row_of_radars(radars, clutter_per_scan=8.0)
    one = made(table, targets=targets, until_s=until_s, seed=1)
    rows = []
    for second in np.arange(0.0, until_s + 0.5):
        for name, (x, y, _, _) in enumerate(one.truth_at(float(second))):
            if (np.hypot(x - table.x_m, y - table.y_m) < table.range_m).any():
                rows.append((second, name, x, y))
    found = {name: getattr(one, name) for name in DETECTION_COLUMNS}
    return table, found, Paths.of(*zip(*rows, strict=True))


def main() -> None:
    """Run the benchmark and print one JSON object."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--scene", type=Path)
    words.add_argument("--repeat", type=int, default=5)
    asked = words.parse_args()
    if asked.scene is None:
        table, found, truth = scene(10, 150, 120.0)
    else:
        table = read_sensors(asked.scene / "sensors.csv")
        found = read_columns(asked.scene / "detections.npz", DETECTION_COLUMNS)
        told = read_columns(
            asked.scene / "truth.npz", TRUTH_COLUMNS, also=("cls", "vx", "vy")
        )
        truth = Paths.of(*(told[name] for name in TRUTH_COLUMNS))
    until_s = float(np.ceil(found["time_s"].max()))
    timed(table, found, until_s)  # compiles
    passes = [timed(table, found, until_s) for _ in range(asked.repeat)]
    rows = passes[0][0]
    best_s = min(took for _, took in passes)
    shown = Paths.of(rows.time_s, rows.track_id, rows.x, rows.y)
    count = len(found["time_s"])
    print(
        json.dumps(
            {
                "detections": count,
                "best_cpu_s": round(best_s, 4),
                "detections_per_cpu_s": round(count / best_s),
                "times_real_time": round(until_s / best_s, 1),
                **asdict(gospa(truth, shown)),
                **asdict(switches(truth, shown)),
            }
        )
    )


if __name__ == "__main__":
    main()
