"""Run Linewatch over one file of detections, as ``linewatch track`` does.

Run ``python -m bench.track.ours SENSORS DETECTIONS OUT.csv``; prints one JSON object.
The processor's time is counted, by part, so that other work on the machine counts less.
"""

import argparse
import json
import resource
import time
from pathlib import Path

from linewatch.watch.tracker.files import read_sensors
from linewatch.watch.tracker.files_run import track_file


def main() -> None:
    """Run it three times and tell the best, but for compiling."""
    words = argparse.ArgumentParser(description=__doc__)
    for name in ("sensors", "detections", "out"):
        words.add_argument(name, type=Path)
    words.add_argument("--repeat", type=int, default=3)
    asked = words.parse_args()
    table = read_sensors(asked.sensors)
    runs = [
        track_file(table, asked.detections, asked.out, clock=time.process_time)
        for _ in range(asked.repeat)
    ]
    best = min(runs, key=lambda run: run.track_s)
    used = best.counts.used
    work_s = min(run.read_s + run.track_s + run.write_s for run in runs)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {
        "detections": used,
        "cpu_s": round(best.track_s, 5),
        "detections_per_cpu_s": round(used / best.track_s),
        "detections_per_cpu_s_with_files": round(used / work_s),
        "peak_mb": round(peak / 1e6),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
