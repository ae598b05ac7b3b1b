"""The command ``linewatch track``."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter
from rich.console import Console
from rich.progress import track as bar

from linewatch.errors import BadFile, BadValue
from linewatch.watch.score import Paths, gospa, siap, switches
from linewatch.watch.tracker import Rows, SensorTable, Tracker, TrackerSettings
from linewatch.watch.tracker.files import (
    TRUTH_COLUMNS,
    TRUTH_EXTRA,
    Columns,
    read_columns,
    read_detections,
    read_sensors,
    write_rows,
)

STEPS = 50
"""Steps of the progress bar: each is one compiled call."""


def track(
    *,
    sensors: Path,
    detections: Path,
    out: Path,
    truth: Path | None = None,
    every: float = 1.0,
    skip_bad: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Turn detections into tracks.

    Parameters
    ----------
    sensors
        CSV file: sensor_id,x,y,sigma_range_m,sigma_azimuth_rad,pd,clutter_per_scan,
        range_m,period_s,phase_s.
    detections
        CSV, NPZ or Parquet file: time_s,sensor_id,range_m,azimuth_rad.
    out
        CSV or Parquet file to write: time_s,track_id,x,y,vx,vy,existence.
    truth
        CSV or NPZ file to score against: time_s,target_id,x,y.
    every
        Seconds between two pictures.
    skip_bad
        Count bad rows and go on, instead of refusing the file.
    as_json
        Print one JSON object instead of lines.
    """
    if out.suffix not in (".csv", ".parquet"):
        raise BadFile(out, "must end in .csv or .parquet")
    if not every > 0:
        raise BadValue("--every", "above 0", every)
    began = time.perf_counter()
    table = read_sensors(sensors)
    found = read_detections(detections, table, skip_bad=skip_bad)
    paths = None if truth is None else _truth(truth)
    tracker, rows, tracking_s = _run(table, found, every=every)
    write_rows(out, rows)
    counts = asdict(tracker.counts)
    told = {
        "detections": counts,
        "tracks": len(np.unique(rows.track_id)),
        "rows": len(rows),
        "tracking_s": round(tracking_s, 4),
        "all_s": round(time.perf_counter() - began, 4),
        "detections_per_s": round(counts["used"] / max(tracking_s, 1e-9)),
        "out": str(out),
    }
    if paths is not None:
        told["score"] = _score(paths, rows)
    if as_json:
        print(json.dumps(told))
        return
    _tell(told, counts)


def _run(
    table: SensorTable, found: Columns, *, every: float
) -> tuple[Tracker, Rows, float]:
    """Track everything; return the tracker, its rows and how long it took [s]."""
    good = found["time_s"][np.isfinite(found["time_s"])]
    first, last = (good.min(), good.max()) if len(good) else (0.0, 0.0)
    # The picture of the second in which the first detection falls counts too.
    start = float(np.floor(first / every) * every) - 1e-6
    settings = TrackerSettings(every_s=every)
    Tracker(table, settings, start).advance(start + 1e-3)  # compiles, on the first run
    tracker = Tracker(table, settings, start)
    until = float(np.ceil(last / every) * every)
    order = np.argsort(found["time_s"], kind="stable")  # NaN last
    sorted_s = found["time_s"][order]
    steps = np.linspace(start, until, STEPS + 1)[1:]
    # A stamp may lie a little after its scan, hence the margin.
    ends = np.searchsorted(sorted_s, steps + 0.01)
    ends[-1] = len(order)
    quiet = not sys.stderr.isatty()
    console = Console(stderr=True)
    parts, took, begin = [], 0.0, 0
    for at in bar(range(STEPS), "Tracking", console=console, disable=quiet):
        which, begin = order[begin : ends[at]], int(ends[at])
        began = time.perf_counter()
        tracker.feed(**{name: part[which] for name, part in found.items()})
        parts.append(tracker.advance(float(steps[at])))
        took += time.perf_counter() - began
    return tracker, Rows.joined(parts), took


def _truth(path: Path) -> Paths:
    """Read the truth."""
    found = read_columns(path, TRUTH_COLUMNS, also=TRUTH_EXTRA)
    try:
        return Paths.of(*(found[name] for name in TRUTH_COLUMNS))
    except BadValue as error:
        raise BadFile(path, str(error)) from error


def _score(truth: Paths, rows: Rows) -> dict[str, float]:
    """Score the rows against the truth."""
    shown = Paths.of(rows.time_s, rows.track_id, rows.x, rows.y)
    told: dict[str, float] = {
        **asdict(gospa(truth, shown)),
        **asdict(siap(truth, shown)),
        **asdict(switches(truth, shown)),
    }
    return {name: round(value, 4) for name, value in told.items()}


def _tell(told: dict[str, object], counts: dict[str, int]) -> None:
    """Print the outcome in words."""
    print(
        f"{counts['used']:,} detections, {told['tracks']:,} tracks,"
        f" {told['detections_per_s']:,} detections/s; {told['out']}"
    )
    lost = {name: n for name, n in counts.items() if n and name not in ("fed", "used")}
    if lost:
        words = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in lost.items())
        print(f"Not used: {words}.")
    score = told.get("score")
    if isinstance(score, dict):
        print(
            f"GOSPA {score['gospa_m']:.1f} m, located to"
            f" {score['location_rms_m']:.1f} m,"
            f" {score['missed']:.1f} missed and {score['false']:.1f} false at a time,"
            f" {score['id_switches']} identity switches."
        )
