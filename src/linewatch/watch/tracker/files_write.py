"""Writing the picture part by part, whole or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Final

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from linewatch.errors import BadFile, BadValue, UnknownName
from linewatch.scenario.whole import whole
from linewatch.watch.tracker.files_form import FORMS, MOT, STONESOUP
from linewatch.watch.tracker.files_read import arrow
from linewatch.watch.tracker.tracks import Rows

ROUNDED: Final[Mapping[str, int]] = {
    "time_s": 6, "x": 2, "y": 2, "vx": 3, "vy": 3, "existence": 5,
}  # fmt: skip
"""Decimals that are written: centimetres are below what any sensor tells."""

ROWS_A_BATCH: Final = 1 << 16
"""Rows formatted at once; the default of 1,024 takes twice as long."""


class RowWriter:
    """Write rows as CSV or Parquet, in one of the known forms.

    Parameters
    ----------
    file : binary file
        Takes the bytes.
    path : Path
        Name that it will have; its suffix says what is written.
    form : str
        One of `FORMS`.
    frames_per_s : float, optional
        Frames a second of the MOT-style form.

    Raises
    ------
    BadFile, BadValue, UnknownName
        If the suffix, the form or its rate is none that can be written.
    """

    def __init__(
        self,
        file: IO[bytes],
        path: Path,
        form: str = "linewatch",
        frames_per_s: float | None = None,
    ) -> None:
        check_out(path, form, frames_per_s)
        self._file, self._form, self._rate = file, form, frames_per_s or 1.0
        self._is_csv = path.suffix != ".parquet"
        self._to: pacsv.CSVWriter | pq.ParquetWriter | None = None
        self.rows = 0

    def write(
        self, rows: Rows, more: Mapping[str, NDArray[np.generic]] | None = None
    ) -> None:
        """Write some more rows, which must come in order of time.

        Parameters
        ----------
        rows : Rows
            The rows.
        more : mapping of str to ndarray, optional
            Further columns, of our own form alone; every call must have the same.
        """
        table = self._table(rows)
        for name, part in (more or {}).items():
            table = table.append_column(name, arrow(part))
        self._put(table)
        self.rows += len(rows)

    def close(self) -> None:
        """Write what is still kept; without any row, the names of the columns."""
        if self._to is None:
            self._put(self._table(Rows.joined([])))
        if self._to is not None:
            self._to.close()

    def _put(self, table: pa.Table) -> None:
        if self._to is None:
            if self._is_csv:
                options = pacsv.WriteOptions(
                    quoting_style="none",
                    quoting_header="none",
                    batch_size=ROWS_A_BATCH,
                    include_header=self._form != MOT,
                )
                self._to = pacsv.CSVWriter(
                    self._file, table.schema, write_options=options
                )
            else:
                self._to = pq.ParquetWriter(self._file, table.schema)
        self._to.write_table(table)

    def _table(self, rows: Rows) -> pa.Table:
        """Return the rows as columns of the form."""
        part = {
            name: arrow(np.round(getattr(rows, name), places))
            for name, places in ROUNDED.items()
        }
        ident = arrow(rows.track_id)
        if self._form == MOT:
            none = arrow(np.full(len(rows), -1, np.int64))
            frame = np.round(rows.time_s * self._rate).astype(np.int64)
            return pa.Table.from_pydict(
                {
                    "frame": arrow(frame),
                    "id": ident,
                    "left": none, "top": none, "width": none, "height": none,
                    "conf": part["existence"], "x": part["x"], "y": part["y"],
                    "z": none,
                }
            )  # fmt: skip
        if self._form == STONESOUP:
            micro = arrow(np.round(rows.time_s * 1e6).astype(np.int64))
            when = micro.cast(pa.timestamp("us"))
            names = ("x", "vx", "y", "vy", "existence")
            ours = {name: part[name] for name in names}
            return pa.Table.from_pydict({"time": when, "track_id": ident, **ours})
        return pa.Table.from_pydict(
            {"time_s": part["time_s"], "track_id": ident}
            | {name: part[name] for name in ("x", "y", "vx", "vy", "existence")}
        )


def check_out(path: Path, form: str, frames_per_s: float | None) -> None:
    """Check that rows can be written so.

    Raises
    ------
    BadFile, BadValue, UnknownName
        If the suffix, the form or its rate is none that can be written.
    """
    if path.suffix not in (".csv", ".parquet", ".txt"):
        raise BadFile(path, "must end in .csv, .parquet or .txt")
    if not path.parent.is_dir():
        raise BadFile(path, "its folder does not exist")
    if form not in FORMS:
        raise UnknownName("form of file", form, FORMS)
    if form == MOT and frames_per_s is None:
        raise BadValue("frames a second", "given, for a MOT-style file", "left out")


def write_rows(path: Path, rows: Rows) -> None:
    """Write the picture as CSV or Parquet by the file's suffix, whole or not at all.

    Raises
    ------
    BadFile
        If the suffix is neither.
    """
    check_out(path, FORMS[0], None)
    with whole(path) as file:
        writer = RowWriter(file, path)
        writer.write(rows)
        writer.close()
