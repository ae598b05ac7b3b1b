"""Reading sensors, detections and paths, and writing the picture, from files."""

import inspect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from linewatch.errors import BadFile, BadLines, BadValue, UnknownName
from linewatch.scenario.whole import whole
from linewatch.watch.tracker import sensors as kinds
from linewatch.watch.tracker.fibre import Fibre
from linewatch.watch.tracker.files_check import Faults, sift
from linewatch.watch.tracker.files_form import (
    DETECTION_COLUMNS,
    DETECTION_EXTRA,
    MOT,
    STONESOUP,
    TRACK_COLUMNS,
    TRACK_EXTRA,
    TRUTH_COLUMNS,
    TRUTH_EXTRA,
    FormSettings,
    layout,
    told,
)
from linewatch.watch.tracker.files_read import figures, first_line, length, parts
from linewatch.watch.tracker.files_write import RowWriter, write_rows
from linewatch.watch.tracker.sensors import (
    BEARING,
    FIBRE,
    PLACE,
    POLAR,
    SensorTable,
)

__all__ = [
    "DETECTION_COLUMNS", "TRUTH_COLUMNS", "TRUTH_EXTRA", "FormSettings", "PathRows",
    "RowWriter", "detection_parts", "length", "read_columns", "read_detections",
    "read_fibres", "read_paths", "read_sensors", "whole", "write_rows",
]  # fmt: skip

SENSOR_COLUMNS: Final = {
    "sensor_id": "sensor_id",
    "x": "x_m",
    "y": "y_m",
    "sigma_range_m": "sigma_range_m",
    "sigma_azimuth_rad": "sigma_azimuth_rad",
    "pd": "pd",
    "clutter_per_scan": "clutter_per_scan",
    "range_m": "range_m",
    "period_s": "period_s",
    "phase_s": "phase_s",
}
"""Columns of a sensor file, and the parameters of `SensorTable.make` they become."""

SENSOR_EXTRA: Final = tuple(
    name
    for name in inspect.signature(SensorTable.make).parameters
    if name not in SENSOR_COLUMNS.values()
    and name not in ("maps", "clutter_maps", "fibres")
)
"""Columns that a sensor file may have: what else `SensorTable.make` takes."""

KINDS: Final[Mapping[str, int]] = {
    name: getattr(kinds, name.upper())
    for name in ("polar", "bearing", "place", "presence", "fibre")
    if hasattr(kinds, name.upper())
}
"""Words for what a sensor measures."""

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Columns = dict[str, Floats]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathRows:
    """Rows of a truth or of tracks, arrays of shape (n,).

    Parameters
    ----------
    time_s, x, y : ndarray
        When [s] and where [m].
    ident : ndarray of int64
        Number of the path; of names, in the order of their first row.
    vx, vy : ndarray or None
        Velocity [m/s], where the file has it.
    ignored : int
        Rows that the file itself says not to count: MOT truth of confidence 0.
    boxed : bool
        The places are those of a MOT-style file's boxes.
    """

    time_s: Floats
    ident: Longs
    x: Floats
    y: Floats
    vx: Floats | None
    vy: Floats | None
    ignored: int
    boxed: bool = False


def read_columns(
    path: Path, columns: Sequence[str], *, also: Sequence[str] = ()
) -> Columns:
    """Read the named columns of a CSV, NPZ or Parquet file as floats.

    A figure that is none reads as NaN, so that its line can be told.

    Parameters
    ----------
    path : Path
        The file; its suffix says what it is.
    columns : sequence of str
        Columns that it must have, in any order.
    also : sequence of str
        Columns that it may have, left unread.

    Raises
    ------
    BadFile, BadLines
        If it cannot be read, lacks a column or has an unknown one, or a line has too
        many or too few.
    """
    layout(path, FormSettings(form="linewatch"), needs=columns, also=also)
    faults: list[tuple[int, str]] = []
    found: dict[str, list[Floats]] = {name: [np.zeros(0)] for name in columns}
    for part in parts(path, columns, headless=False, text=()):
        faults += part.faults
        for name in columns:
            found[name].append(figures(part.table[name]))
    if faults:
        raise BadLines(path, faults)
    return {name: np.concatenate(part) for name, part in found.items()}


def read_sensors(path: Path, fibres: Path | None = None) -> SensorTable:
    """Read a sensor file.

    Parameters
    ----------
    path : Path
        The file.
    fibres : Path, optional
        Courses of the sensors of kind fibre: see `read_fibres`.

    Raises
    ------
    BadFile, BadLines
        If it cannot be read or a figure breaks its rule, told by line.
    """
    names = [name for name in first_line(path) if name in SENSOR_EXTRA]
    plan = FormSettings(form="linewatch")
    layout(path, plan, needs=list(SENSOR_COLUMNS), also=SENSOR_EXTRA)
    want = [*SENSOR_COLUMNS, *names]
    faults: list[tuple[int, str]] = []
    lines, columns = [np.zeros(0, np.int64)], {name: [np.zeros(0)] for name in want}
    for part in parts(path, want, headless=False, text=("kind",)):
        faults += part.faults
        blank = np.ones(len(part.line), np.bool_)
        now = {}
        for name in want:
            now[name] = (_kind if name == "kind" else figures)(part.table[name])
            blank &= np.isnan(now[name])
        for name in want:
            columns[name].append(now[name][~blank])
        lines.append(part.line[~blank])
    found = {name: np.concatenate(part) for name, part in columns.items()}
    courses = {} if fibres is None else read_fibres(fibres)
    faults += _sensor_faults(found, np.concatenate(lines), courses)
    if faults:
        raise BadLines(path, sorted(faults))
    row_of = {int(ident): row for row, ident in enumerate(found["sensor_id"])}
    strange = [ident for ident in courses if ident not in row_of]
    if strange:
        known = [str(ident) for ident in row_of]
        raise UnknownName("sensor of a fibre", str(strange[0]), known)
    mine = {row_of[ident]: course for ident, course in courses.items()}
    try:
        return SensorTable.make(**_arguments(found), fibres=mine)
    except BadValue as error:
        raise BadFile(path, str(error)) from error


def read_fibres(path: Path) -> dict[int, Fibre]:
    """Read the courses of fibres: one row a corner, in the order of `along_m`.

    Parameters
    ----------
    path : Path
        File of sensor_id,along_m,x,y,strip_m; a fibre's strip is that of its first row.

    Raises
    ------
    BadFile, BadLines
        If it cannot be read or a course is none.
    """
    found = read_columns(path, ["sensor_id", "along_m", "x", "y", "strip_m"])
    courses: dict[int, Fibre] = {}
    for ident in np.unique(found["sensor_id"]).tolist():
        if not float(ident).is_integer():
            raise BadFile(path, "sensor_id must be a whole number")
        mine = {name: part[found["sensor_id"] == ident] for name, part in found.items()}
        try:
            courses[int(ident)] = Fibre(
                along_m=mine["along_m"],
                x_m=mine["x"],
                y_m=mine["y"],
                strip_m=float(mine["strip_m"][0]),
            )
        except BadValue as error:
            raise BadFile(path, str(error)) from error
    return courses


def _kind(column: pa.ChunkedArray) -> Floats:
    """Return the numbers of words for what a sensor measures; NaN for none."""
    told_ = [str(word or "").strip().lower() for word in column.to_pylist()]
    numbers = {str(number): number for number in KINDS.values()}
    of = {**KINDS, **numbers}
    return np.array([of.get(word, np.nan) for word in told_], np.float64)


def _arguments(found: Columns) -> dict[str, Any]:
    """Return a file's columns by the names that the table gives them."""
    return {SENSOR_COLUMNS.get(name, name): part for name, part in found.items()}


def _sensor_faults(
    found: Columns, line: Longs, courses: Mapping[int, Fibre]
) -> list[tuple[int, str]]:
    """Return every line whose figures make no sensor, and why."""
    faults: list[tuple[int, str]] = []
    seen: set[float] = set()
    for row, at in enumerate(line.tolist()):
        one = {name: part[row : row + 1] for name, part in found.items()}
        ident = float(one["sensor_id"][0])
        if ident != np.round(ident) or not abs(ident) < 2**53:
            faults.append((at, "sensor_id must be a whole number"))
            continue
        if ident in seen:
            faults.append((at, f"sensor_id {ident:.0f} is there already"))
        seen.add(ident)
        if "kind" in one and np.isnan(one["kind"][0]):
            faults.append((at, f"kind must be one of {', '.join(KINDS)}"))
            continue
        course: dict[int, Fibre] = {}
        if "kind" in one and one["kind"][0] == FIBRE:
            if int(ident) not in courses:
                faults.append((at, "a fibre's course must be told: there is none"))
                continue
            course = {0: courses[int(ident)]}
        try:
            SensorTable.make(**_arguments(one), fibres=course)
        except BadValue as error:
            faults.append((at, str(error)))
    return faults


def _needs(path: Path, table: SensorTable, settings: FormSettings) -> list[str]:
    """Return the columns without which no detection of these sensors can be told."""
    of_kind = {
        POLAR: ["range_m", "azimuth_rad"],
        BEARING: ["azimuth_rad"],
        PLACE: ["x", "y"],
        FIBRE: ["along_m"],
    }
    kind = {int(k) for k in table.kind}
    needs = ["time_s"]
    loose = settings.form == STONESOUP or settings.columns
    if len(table) > 1 or not loose:
        needs.append("sensor_id")
    names = first_line(path)
    told_names = [*names, *settings.columns]
    if kind == {PLACE} and "own_x" in told_names:
        return [*needs, "range_m", "azimuth_rad"]
    if kind == {PLACE} and "radius_m" in told_names and "x" not in told_names:
        return [*needs, "radius_m"]
    if len(kind) == 1:
        needs += of_kind.get(kind.pop(), [])
    return needs


def detection_parts(
    path: Path,
    table: SensorTable,
    faults: Faults,
    settings: FormSettings | None = None,
) -> Iterator[tuple[Columns, Longs, int]]:
    """Read detections in parts: good rows, their lines, and how far it has read.

    Parameters
    ----------
    path : Path
        The file.
    table : SensorTable
        Sensors that the detections may come from.
    faults : Faults
        Takes the bad rows in.
    settings : FormSettings, optional
        What is known about the file.

    Raises
    ------
    BadFile
        If it cannot be read.
    """
    settings = settings or FormSettings()
    needs = _needs(path, table, settings)
    also = [*DETECTION_COLUMNS, *DETECTION_EXTRA]
    also = [name for name in also if name not in needs]
    plan = layout(path, settings, needs=needs, also=also)
    if plan.form == MOT and (len(table) != 1 or int(table.kind[0]) != PLACE):
        raise BadFile(path, "is MOT-style: it needs one sensor, of kind place")
    if plan.form == MOT and settings.frames_per_s is None:
        raise BadFile(path, "is MOT-style: tell its frames a second")
    for part in parts(path, plan.read, headless=plan.headless, text=plan.text):
        if part.faults:
            for at, what in part.faults:
                faults.add("columns", np.array([at]), what)
        found, line = sift(told(part.table, plan, settings), part.line, table, faults)
        yield found, line, part.read


def read_detections(
    path: Path, table: SensorTable, settings: FormSettings | None = None
) -> tuple[Columns, Faults]:
    """Read all good detections of a file; return them and the faults of the others.

    Raises
    ------
    BadFile
        If it cannot be read.
    """
    faults = Faults()
    found = [part for part, _, _ in detection_parts(path, table, faults, settings)]
    names = found[0] if found else dict.fromkeys(DETECTION_COLUMNS, np.zeros(0))
    return {name: np.concatenate([p[name] for p in found] or [np.zeros(0)])
            for name in names}, faults  # fmt: skip


def read_paths(
    path: Path, settings: FormSettings | None = None, *, truth: bool
) -> PathRows:
    """Read a truth or the tracks of any tracker.

    Parameters
    ----------
    path : Path
        The file, in any known form.
    settings : FormSettings, optional
        What is known about it.
    truth : bool
        Whether it is a truth.

    Raises
    ------
    BadFile, BadLines
        If it cannot be read, or a line has no time, name or place.
    """
    settings = settings or FormSettings()
    needs, name = (TRUTH_COLUMNS, "target_id") if truth else (TRACK_COLUMNS, "track_id")
    also = TRUTH_EXTRA if truth else TRACK_EXTRA
    plan = layout(path, settings, needs=needs, also=also, ident=name)
    faults: list[tuple[int, str]] = []
    idents: list[pa.Array] = []
    columns: dict[str, list[Floats]] = {}
    ignored, boxed = 0, False
    for part in parts(path, plan.read, headless=plan.headless, text=plan.text):
        faults += part.faults
        found = told(part.table, plan, settings)
        word = part.table[plan.of["ident"]].combine_chunks()
        blank = np.asarray(word.is_null())
        for column in found.values():
            blank &= np.isnan(column)
        use = ~blank
        if plan.form == MOT:
            bare = (figures(part.table["x"]) == -1) if "x" in plan.of else True
            boxed |= settings.boxes or bool(np.all(bare))
        if plan.form == MOT and truth:
            use &= found["conf"] != 0
            ignored += int((~use & ~blank).sum())
        nameless = np.asarray(word.is_null())
        bad = use & (nameless | ~np.isfinite(found["time_s"] + found["x"] + found["y"]))
        what = f"{name}, time, x and y must be there and finite"
        faults += [(int(line), what) for line in part.line[bad]]
        use &= ~bad
        idents.append(word.filter(pa.array(use)).cast(pa.string()))
        for key, column in found.items():
            columns.setdefault(key, []).append(column[use])
    if faults:
        raise BadLines(path, sorted(faults))
    all_ = {key: np.concatenate(parts_) for key, parts_ in columns.items()}
    none = np.zeros(0)
    moving = "vx" in all_ and "vy" in all_
    return PathRows(
        time_s=all_.get("time_s", none),
        ident=_numbers(idents),
        x=all_.get("x", none),
        y=all_.get("y", none),
        vx=all_["vx"] if moving else None,
        vy=all_["vy"] if moving else None,
        ignored=ignored,
        boxed=boxed,
    )


def _numbers(words: list[pa.Array]) -> Longs:
    """Return whole numbers as they are, and other names numbered as they come."""
    column = pa.chunked_array(words, pa.string())
    found = figures(column)
    if np.isfinite(found).all() and (found == np.round(found)).all():
        return found.astype(np.int64)
    coded = column.combine_chunks().dictionary_encode()
    return np.asarray(coded.indices, np.int64)
