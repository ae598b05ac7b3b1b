"""Make a scene with the tests' small generator, track it, and tell speed and score.

Run ``python -m bench.track.throughput`` from the root; ``--scene FOLDER`` takes a
folder with sensors.csv, detections.npz and truth.npz instead of a made scene,
``--parts 50`` feeds it piece by piece as ``linewatch track`` does, and ``--live 9000``
also advances that many scans one by one and tells how long the slowest took.
"""

import argparse
import json
import resource
import time
from dataclasses import asdict
from itertools import pairwise
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


def timed(
    table: SensorTable, found: Columns, until_s: float, parts: int = 1
) -> tuple[Rows, float]:
    """Return the rows, and the processor's seconds for one pass."""
    tracker, rows = Tracker(table, start_s=-1e-6), []
    cuts = np.linspace(0, len(found["time_s"]), parts + 1).astype(int)
    began = time.process_time()
    for begin, end in pairwise(cuts.tolist()):
        part = {name: column[begin:end] for name, column in found.items()}
        tracker.feed(**part)
        last = end == cuts[-1]
        rows.append(tracker.advance(until_s if last else part["time_s"][-1]))
    return Rows.joined(rows), time.process_time() - began


def live(table: SensorTable, found: Columns, most: int) -> dict[str, float]:
    """Feed scan by scan; tell the 99th percentile and the slowest [ms]."""
    time_s = found["time_s"]
    starts = np.append(np.flatnonzero(np.diff(time_s, prepend=-1.0)), len(time_s))
    tracker, took = Tracker(table, start_s=-1e-6), []
    for begin, end in pairwise(starts.tolist()):
        part = {name: column[begin:end] for name, column in found.items()}
        began = time.process_time()
        tracker.feed(**part)
        tracker.advance(float(part["time_s"][0]))
        took.append(time.process_time() - began)
        if len(took) >= most:
            break
    took_ms = 1e3 * np.array(took)
    return {
        "live_scans": len(took),
        "live_p99_ms": round(float(np.percentile(took_ms, 99)), 3),
        "live_most_ms": round(float(took_ms.max()), 3),
    }


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


def paths(file: Path) -> Paths:
    """Read a scene's truth."""
    told = read_columns(file, TRUTH_COLUMNS, also=("cls", "vx", "vy"))
    return Paths.of(*(told[name] for name in TRUTH_COLUMNS))


def main() -> None:
    """Run the benchmark and print one JSON object."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--scene", type=Path)
    words.add_argument("--repeat", type=int, default=5)
    words.add_argument("--parts", type=int, default=1)
    words.add_argument("--live", type=int, default=0, metavar="SCANS")
    words.add_argument("--unscored", action="store_true")
    asked = words.parse_args()
    truth: Paths | None
    if asked.scene is None:
        table, found, truth = scene(10, 150, 120.0)
    else:
        table = read_sensors(asked.scene / "sensors.csv")
        found = read_columns(asked.scene / "detections.npz", DETECTION_COLUMNS)
        truth = None if asked.unscored else paths(asked.scene / "truth.npz")
    until_s = float(np.ceil(found["time_s"].max()))
    some = {name: column[:2_000] for name, column in found.items()}
    timed(table, some, float(some["time_s"][-1]))  # compiles
    passes = [timed(table, found, until_s, asked.parts) for _ in range(asked.repeat)]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rows = passes[0][0]
    best_s = min(took for _, took in passes)
    count = len(found["time_s"])
    told: dict[str, object] = {
        "detections": count,
        "best_cpu_s": round(best_s, 4),
        "detections_per_cpu_s": round(count / best_s),
        "times_real_time": round(until_s / best_s, 1),
        "peak_mb": round(peak_mb),
    }
    if asked.live:
        told |= live(table, found, asked.live)
    if truth is not None and not asked.unscored:
        shown = Paths.of(rows.time_s, rows.track_id, rows.x, rows.y)
        told |= {**asdict(gospa(truth, shown)), **asdict(switches(truth, shown))}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
