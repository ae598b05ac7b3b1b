"""The command ``linewatch track``."""

import json
import resource
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

from linewatch.errors import BadFile, BadValue
from linewatch.watch.score import Paths, Score, score
from linewatch.watch.tracker import Rows, SensorTable, TrackerSettings, Trail
from linewatch.watch.tracker.files import FormSettings, read_paths, read_sensors
from linewatch.watch.tracker.files_more import check_stitches, write_stitches
from linewatch.watch.tracker.files_run import Run, RunSettings, track_file
from linewatch.watch.tracker.smooth_file import write_smoothed

Told = dict[str, object]

TRAIL_MOST = 100_000_000
"""Rows of the trail that smoothing keeps: more than memory holds, at 176 bytes each."""


def track(
    *,
    sensors: Path | None = None,
    detections: Path | None = None,
    out: Path | None = None,
    fibres: Path | None = None,
    score_against: Annotated[
        Path | None, Parameter(name=["--score", "--truth"])
    ] = None,
    tracks: Path | None = None,
    smooth: Path | None = None,
    stitch: Path | None = None,
    full: Annotated[bool, Parameter(negative="")] = False,
    every: float = 1.0,
    bad: str = "refuse",
    lag: float | None = None,
    longest_gap: float = 86_400.0,
    format_: Annotated[str, Parameter(name="--format")] = "auto",
    columns: str = "",
    truth_columns: str = "",
    fps: float | None = None,
    metres_per_pixel: float = 1.0,
    boxes: Annotated[bool, Parameter(negative="")] = False,
    out_format: str = "linewatch",
    cutoff: float = 100.0,
    since: float | None = None,
    until: float | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Turn detections into tracks, and score tracks against the truth.

    Parameters
    ----------
    sensors
        CSV, NPZ or Parquet file: sensor_id,x,y,sigma_range_m,sigma_azimuth_rad,pd,
        clutter_per_scan,range_m,period_s,phase_s.
    detections
        CSV, NPZ or Parquet file: time_s,sensor_id,range_m,azimuth_rad; or Stone Soup-
        or MOT-style CSV.
    out
        CSV or Parquet file to write: time_s,track_id,x,y,vx,vy,existence.
    fibres
        Courses of the sensors of kind fibre: sensor_id,along_m,x,y,strip_m.
    score_against
        File of the truth to score against: time_s,target_id,x,y.
    tracks
        Score this file's tracks, of any tracker, instead of making tracks.
    smooth
        CSV or Parquet file to write the smoothed history of every shown track into,
        in the form of --out: each instant reckoned from what was seen later too.
    stitch
        CSV file to write which tracks continue earlier ones, with the chance of each:
        earlier,later,chance,gap_s.
    full
        Write into --out all that is known of each track: chances of the classes, the
        range of its count, covariance, first and last seen, and the detections that
        made it.
    every
        Seconds between two pictures.
    bad
        Bad rows: refuse the file and tell them all, or count them and go on.
    lag
        Take rows as they come in the file; one further behind the latest than this
        many seconds is bad. Left out, the order of the rows means nothing.
    longest_gap
        A time further than this from all others is a clock's error, in seconds.
    format_
        Form of the files read: auto, linewatch, stonesoup or mot.
    columns
        Columns of the detections, or of --tracks: time_s=TIME,x=EAST,y=NORTH,ident=ID.
    truth_columns
        Columns of the truth, in the same way.
    fps
        Frames a second of MOT-style files.
    metres_per_pixel
        Size of a pixel of MOT-style boxes that have no place.
    boxes
        Take the boxes of MOT-style files even where they have places.
    out_format
        Form of the file written: linewatch, stonesoup or mot.
    cutoff
        Distance from which a track is no longer the target's, in metres.
    since
        Score from this time on.
    until
        Score up to this time.
    as_json
        Print one JSON object instead of lines.
    """
    began = time.perf_counter()
    form = FormSettings(
        form=format_,
        columns=_mapping("--columns", columns),
        frames_per_s=fps,
        metres_per_pixel=metres_per_pixel,
        boxes=boxes,
    )
    truth_form = replace(form, columns=_mapping("--truth-columns", truth_columns))
    window = (since, until)
    if not cutoff > 0:
        raise BadValue("--cutoff", "above 0", cutoff)
    # A truth that cannot be read is told before the work, not after it.
    truth, truth_boxed = None, False
    if score_against is not None:
        truth, truth_boxed = _paths(score_against, truth_form, True, window)
    if tracks is not None:
        _needs({"--score": score_against})
        told: Told = {"tracks_file": str(tracks)}
        shown: Paths | None
        shown, boxed = _paths(tracks, form, False, window)
        if boxed != truth_boxed:
            why = "one of it and the truth has boxes and the other places: try --boxes"
            raise BadFile(tracks, why)
    else:
        _needs({"--sensors": sensors, "--detections": detections, "--out": out})
        if not every > 0:
            raise BadValue("--every", "above 0", every)
        settings = RunSettings(
            tracker=TrackerSettings(
                every_s=every, trail=smooth is not None, trail_most=TRAIL_MOST
            ),
            form=form,
            bad=bad,
            lag_s=lag,
            gap_s=longest_gap,
            out_form=out_format,
            full=full,
            stitch=_wished(stitch),
        )
        table = read_sensors(Path(str(sensors)), fibres)
        run = _run(
            table,
            Path(str(detections)),
            Path(str(out)),
            settings,
            keep=truth is not None,
        )
        told = _counted(run, began) | {"out": str(out)}
        shown = _window(run.kept, window) if run.kept is not None else None
        told |= _stitched(run, stitch)
        if smooth is not None:
            told |= _smoothed(run, smooth, settings)
    if truth is not None and shown is not None:
        told["score"] = _rounded(score(truth, shown, cutoff_m=cutoff))
    if as_json:
        print(json.dumps(told))
        return
    _tell(told)


def _wished(stitch: Path | None) -> bool:
    """Tell whether stitches are to be written; refuse a name they cannot have."""
    if stitch is not None:
        check_stitches(stitch)
    return stitch is not None


def _stitched(run: Run, out: Path | None) -> Told:
    """Write the stitches of a run, if asked for, and tell of them."""
    if out is None:
        return {}
    write_stitches(out, run.stitches)
    return {"stitch": str(out), "stitches": len(run.stitches)}


def _smoothed(run: Run, out: Path, settings: RunSettings) -> Told:
    """Write the smoothed histories of a run, and tell of them."""
    began = time.perf_counter()
    trail = run.trail if run.trail is not None else Trail.joined([])
    rows = write_smoothed(
        trail,
        run.names if run.names is not None else trail.track_id,
        out,
        settings.tracker,
        every_s=settings.tracker.every_s,
        out_form=settings.out_form,
        frames_per_s=settings.form.frames_per_s,
    )
    smooth_s = round(time.perf_counter() - began, 4)
    return {"smooth": str(out), "smooth_rows": rows, "smooth_s": smooth_s}


def _needs(words: dict[str, Path | None]) -> None:
    """Refuse a call that lacks a file."""
    lacking = [name for name, path in words.items() if path is None]
    if lacking:
        raise BadValue(", ".join(lacking), "given", "left out")


def _mapping(name: str, words: str) -> dict[str, str]:
    """Read figure=COLUMN,figure=COLUMN."""
    pairs = [word.partition("=") for word in words.split(",") if word.strip()]
    if any(not mark or not column.strip() for _, mark, column in pairs):
        raise BadValue(name, "figure=COLUMN,figure=COLUMN", words)
    return {figure.strip(): column.strip() for figure, _, column in pairs}


def _run(
    table: SensorTable,
    detections: Path,
    out: Path,
    settings: RunSettings,
    *,
    keep: bool,
) -> Run:
    """Track the file, and show how far it is on a terminal."""
    console = Console(stderr=True)
    parts = ("{task.description}", BarColumn(), TaskProgressColumn())
    quiet = not sys.stderr.isatty()
    try:
        with Progress(
            *parts, TimeRemainingColumn(), console=console, disable=quiet
        ) as shown:
            task = shown.add_task("Tracking", total=1.0)
            return track_file(
                table,
                detections,
                out,
                settings,
                keep=keep,
                tell=lambda share: shown.update(task, completed=share),
            )
    except KeyboardInterrupt:
        print("linewatch: stopped; nothing was written", file=sys.stderr)
        sys.exit(130)


def _paths(
    path: Path,
    form: FormSettings,
    truth: bool,
    window: tuple[float | None, float | None],
) -> tuple[Paths, bool]:
    """Read a truth or tracks to score; tell whether the places are boxes."""
    found = read_paths(path, form, truth=truth)
    try:
        paths = Paths.of(
            found.time_s, found.ident, found.x, found.y, found.vx, found.vy
        )
    except BadValue as error:
        raise BadFile(path, str(error)) from error
    return paths.between(*window), found.boxed


def _window(rows: Rows, window: tuple[float | None, float | None]) -> Paths:
    """Return the rows just made as paths."""
    paths = Paths.of(rows.time_s, rows.track_id, rows.x, rows.y, rows.vx, rows.vy)
    return paths.between(*window)


def _rounded(found: Score) -> dict[str, float | int | None]:
    """Return the score with figures that can be read."""
    return {
        name: round(value, 6) if isinstance(value, float) else value
        for name, value in found.figures().items()
    }


def _counted(run: Run, began: float) -> Told:
    """Return what a run told: counts, and the seconds of each part."""
    counts = asdict(run.counts)
    work_s = run.read_s + run.track_s + run.write_s
    used = run.counts.used
    # Linux counts in KiB, macOS in bytes.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
    return {
        "detections": counts,
        "dropped": run.dropped,
        "first_dropped": [f"line {at}: {what}" for at, what in run.first_dropped],
        "sorted": run.passes > 1,
        "tracks": run.tracks,
        "rows": run.rows,
        "start_s": round(run.start_s, 4),
        "read_s": round(run.read_s, 4),
        "tracking_s": round(run.track_s, 4),
        "write_s": round(run.write_s, 4),
        "all_s": round(time.perf_counter() - began, 4),
        "detections_per_s": round(used / max(run.track_s, 1e-9)),
        "detections_per_s_with_files": round(used / max(work_s, 1e-9)),
        "peak_mb": round(peak / 1e6),
    }


def _tell(told: Told) -> None:
    """Print the outcome in words."""
    counts = told.get("detections")
    if isinstance(counts, dict):
        print(
            f"{counts['used']:,} detections, {told['tracks']:,} tracks,"
            f" {told['detections_per_s']:,} detections/s tracked,"
            f" {told['detections_per_s_with_files']:,} with files; {told['out']}"
        )
        _tell_lost(told, counts)
    if "stitch" in told:
        print(f"{told['stitches']:,} stitches; {told['stitch']}")
    if "smooth" in told:
        rows, smooth_s = told["smooth_rows"], told["smooth_s"]
        print(f"{rows:,} smoothed rows in {smooth_s} s; {told['smooth']}")
    found = told.get("score")
    if isinstance(found, dict):
        for line in _score_lines(found):
            print(line)


def _tell_lost(told: Told, counts: dict[str, int]) -> None:
    """Say what was not used, and the first lines of it."""
    lost = dict(told["dropped"]) if isinstance(told["dropped"], dict) else {}
    for name in ("duplicate", "late", "bad", "unknown_sensor"):
        if counts.get(name):
            lost[name.replace("_", " ")] = lost.get(name, 0) + counts[name]
    if lost:
        words = ", ".join(f"{n:,} {name}" for name, n in lost.items())
        print(f"Not used: {words}.")
    first = told["first_dropped"]
    if isinstance(first, list) and first:
        print(f"The first: {'; '.join(first[:3])}.")


def _score_lines(found: dict[str, float | None]) -> list[str]:
    """Return the score as a table of a few lines."""

    def shown(name: str, unit: str = "", digits: int = 3) -> str:
        value = found[name]
        return "none" if value is None else f"{value:,.{digits}f}{unit}"

    gospa = (
        f"GOSPA {shown('gospa_m', ' m', 1)}: located to"
        f" {shown('location_rms_m', ' m', 1)}, {shown('missed', '', 1)} missed and"
        f" {shown('false', '', 1)} false at a time."
    )
    siap = (
        f"SIAP: completeness {shown('completeness')}, ambiguity {shown('ambiguity')},"
        f" spuriousness {shown('spuriousness')}, position"
        f" {shown('position_accuracy_m', ' m', 1)}, velocity"
        f" {shown('velocity_accuracy_mps', ' m/s', 2)},"
        f" {shown('track_changes_per_s', '', 5)} changes of track a second, longest"
        f" segment {shown('longest_segment')}."
    )
    clear = (
        f"CLEAR-MOT: {found['id_switches']} identity switches,"
        f" {found['fragmentations']} fragmentations, MOTA {shown('mota')}, MOTP"
        f" {shown('motp_m', ' m', 1)}; {found['mostly_tracked']} of"
        f" {found['targets']} targets mostly tracked, {found['partially_tracked']}"
        f" partially, {found['mostly_lost']} mostly lost."
    )
    return [gospa, siap, clear]
