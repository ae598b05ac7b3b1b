"""Reading sensors and detections, and writing the picture, in the named columns."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.watch.tracker.sensors import SensorTable
from linewatch.watch.tracker.tracks import Rows

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

DETECTION_COLUMNS: Final = ("time_s", "sensor_id", "range_m", "azimuth_rad")
TRUTH_COLUMNS: Final = ("time_s", "target_id", "x", "y")
TRUTH_EXTRA: Final = ("class", "cls", "vx", "vy")

Floats = NDArray[np.float64]
Columns = dict[str, NDArray[np.float64]]


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
    BadFile
        If it cannot be read, lacks a column or has an unknown one.
    """
    if not path.is_file():
        raise BadFile(path, "there is no such file")
    try:
        return _read(path, columns, also)
    except (pa.ArrowInvalid, ValueError, OSError, EOFError) as error:
        why = str(error).splitlines()[0] if str(error) else "cannot be read"
        raise BadFile(path, why) from error


def _read(path: Path, columns: Sequence[str], also: Sequence[str]) -> Columns:
    if path.suffix == ".npz":
        with np.load(path, allow_pickle=False) as file:
            _check_names(path, file.files, columns, also)
            found = {name: file[name].astype(np.float64) for name in columns}
        if len({part.shape for part in found.values()}) > 1:
            raise BadFile(path, "its columns must be equally long")
        return found
    if path.suffix == ".parquet":
        table = pq.read_table(path)
    elif path.suffix in (".csv", ".gz"):
        with path.open("rb") as file:
            first = file.readline().decode("utf-8-sig").strip()
        _check_names(path, first.split(","), columns, also)
        # Text, so that one bad figure costs its line and not the file.
        table = _csv(path, columns)
    else:
        raise BadFile(path, "must end in .csv, .npz or .parquet")
    _check_names(path, table.column_names, columns, also)
    return {name: _floats(table[name]) for name in columns}


def _csv(path: Path, columns: Sequence[str]) -> pa.Table:
    """Read figures at full speed, or as text when some are none."""

    def read(kind: pa.DataType) -> pa.Table:
        convert = pacsv.ConvertOptions(column_types=dict.fromkeys(columns, kind))
        return pacsv.read_csv(path, convert_options=convert)

    try:
        return read(pa.float64())
    except pa.ArrowInvalid as error:
        if "conversion error" not in str(error):
            raise
        return read(pa.string())


def _floats(column: pa.ChunkedArray) -> Floats:
    """Return a column as floats, NaN where there is no figure."""
    if pa.types.is_string(column.type):
        out = np.full(len(column), np.nan)
        for row, text in enumerate(column.to_pylist()):
            try:
                out[row] = float(text)
            except ValueError:
                continue
        return out
    return np.array(column.to_numpy(zero_copy_only=False), np.float64)


def _check_names(
    path: Path, got: Sequence[str], columns: Sequence[str], also: Sequence[str]
) -> None:
    """Refuse a file that lacks a column or has an unknown one."""
    lacking = [name for name in columns if name not in got]
    unknown = [name for name in got if name not in columns and name not in also]
    if lacking:
        raise BadFile(path, f"lacks the column {', '.join(lacking)}")
    if unknown:
        raise BadFile(
            path,
            f"has the unknown column {', '.join(unknown)}; known are"
            f" {', '.join([*columns, *also])}",
        )


def read_sensors(path: Path) -> SensorTable:
    """Read a sensor file.

    Raises
    ------
    BadFile
        If it cannot be read or a figure breaks its rule.
    """
    found = read_columns(path, list(SENSOR_COLUMNS))
    try:
        columns: dict[str, Any] = {SENSOR_COLUMNS[name]: found[name] for name in found}
        return SensorTable.make(**columns)
    except BadValue as error:
        raise BadFile(path, str(error)) from error


def read_detections(path: Path, table: SensorTable, *, skip_bad: bool) -> Columns:
    """Read a detection file.

    Parameters
    ----------
    path : Path
        The file.
    table : SensorTable
        Sensors that the detections may come from.
    skip_bad : bool
        Keep bad rows for the tracker to count, instead of refusing the file.

    Raises
    ------
    BadFile, BadLines
        If the file is bad; every bad line is told.
    """
    found = read_columns(path, DETECTION_COLUMNS)
    if skip_bad:
        sensor = found["sensor_id"]
        whole = np.isfinite(sensor) & (np.abs(sensor) < 2**53)
        found["time_s"] = np.where(whole, found["time_s"], np.nan)
        found["sensor_id"] = np.where(whole, sensor, -1.0)
        return found
    known = np.isin(found["sensor_id"], table.sensor_id)
    with np.errstate(invalid="ignore"):
        checks = (
            (~np.isfinite(found["time_s"]), "time_s must be a finite number"),
            (~known, "sensor_id is not in the sensor file"),
            (
                ~(np.isfinite(found["range_m"]) & (found["range_m"] >= 0)),
                "range_m must be a number of 0 or more",
            ),
            (~np.isfinite(found["azimuth_rad"]), "azimuth_rad must be a finite number"),
        )
    # Line 1 is the header; a file without lines is told by row as if it had one.
    faults = [
        (int(row) + 2, what) for bad, what in checks for row in np.flatnonzero(bad)
    ]
    if faults:
        raise BadLines(path, sorted(faults))
    return found


def write_rows(path: Path, rows: Rows) -> None:
    """Write the picture as CSV or Parquet by the file's suffix.

    Raises
    ------
    BadFile
        If the suffix is neither.
    """
    table = pa.table(
        {
            "time_s": rows.time_s,
            "track_id": rows.track_id,
            "x": np.round(rows.x, 2),
            "y": np.round(rows.y, 2),
            "vx": np.round(rows.vx, 3),
            "vy": np.round(rows.vy, 3),
            "existence": np.round(rows.existence, 5),
        }
    )
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".csv":
        pacsv.write_csv(
            table, path, pacsv.WriteOptions(quoting_style="none", quoting_header="none")
        )
    else:
        raise BadFile(path, "must end in .csv or .parquet")
