"""Run the plain rival over a scene: see `bench.track._kernels_nearest`.

Run ``python -m bench.track.nearest FOLDER OUT.csv --until 60``; prints one JSON object.
"""

import argparse
import json
import resource
import time
from pathlib import Path

import numpy as np

from bench.track._kernels_nearest import follow
from bench.track.peer import Scene

NOISE = 0.7
"""White acceleration, as the tuned peer's [m2/s3]."""

GATE = 16.0
"""Squared normalised distance of the gate."""


def main() -> None:
    """Run it and tell how long it took, but for compiling."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("folder", type=Path)
    words.add_argument("out", type=Path)
    words.add_argument("--until", type=float, required=True)
    asked = words.parse_args()
    scene = Scene.read(asked.folder, asked.until)
    scans = list(scene.scans())
    order = np.concatenate([which for _, _, which in scans]).astype(np.int64)
    many = np.array([len(which) for _, _, which in scans])
    noise = scene.noise[order]
    fed = (
        np.array([when for when, _, _ in scans]),
        scene.sensors["x"][[row for _, row, _ in scans]],
        np.concatenate([[0], np.cumsum(many)]).astype(np.int64),
        scene.place[order, 0].copy(),
        scene.place[order, 1].copy(),
        np.column_stack([noise[:, 0, 0], noise[:, 0, 1], noise[:, 1, 1]]),
    )
    reach = float(scene.sensors["range_m"][0])
    rows = np.zeros((12_000_000 if len(order) > 1_000_000 else 1_500_000, 6))
    cpu: list[float] = []
    n = 0
    for _ in range(4):  # the first compiles
        began = time.process_time()
        n = follow(*fed, reach, NOISE, GATE, 0.0, rows)
        cpu.append(time.process_time() - began)
    np.savetxt(
        asked.out, rows[:n], delimiter=",", comments="",
        fmt=["%d", "%d", "%.2f", "%.2f", "%.3f", "%.3f"],
        header="time_s,track_id,x,y,vx,vy",
    )  # fmt: skip
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {
        "version": "of this repository",
        "detections": len(order),
        "cpu_s": round(min(cpu), 5),
        "detections_per_cpu_s": round(len(order) / min(cpu)),
        "peak_mb": round(peak / 1e6),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
