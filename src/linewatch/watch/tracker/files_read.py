"""Reading CSV, NPZ and Parquet in parts, with the line of every row."""

import time
import weakref
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from zipfile import is_zipfile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from linewatch.errors import BadFile

PART_BYTES: Final = 4 << 20
"""Bytes of a CSV file that make one part: about 100,000 detections."""

LETS_GO_MS: Final = 200
"""Longest time that is waited for Arrow's threads to let go [ms]; it takes one."""

PART_ROWS: Final = 1 << 17
"""Rows of an NPZ or Parquet file that make one part."""

NUMBER: Final = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Faults = list[tuple[int, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some rows of a file, in its order.

    Parameters
    ----------
    table : pyarrow.Table
        The asked columns, as figures or as text.
    line : ndarray of int64, shape (n,)
        Line of each row; in a file without lines, as if it had a header and lines.
    faults : list of (int, str)
        Lines before the end of this part that are no rows.
    read : int
        Bytes or rows of the file read so far.
    """

    table: pa.Table
    line: Longs
    faults: Faults
    read: int


@dataclass(slots=True)
class _Skipped:
    """Lines that have too many or too few columns."""

    lines: list[int] = field(default_factory=list)
    faults: Faults = field(default_factory=list)

    def __call__(self, row: pacsv.InvalidRow) -> str:
        self.lines.append(row.number)
        what = f"has {row.actual_columns} columns, not {row.expected_columns}"
        self.faults.append((row.number, what))
        return "skip"

    def lines_of(self, first: int, rows: int, head: int) -> Longs:
        """Return the lines of rows `first` and on, counted without the skipped."""
        at = np.arange(first, first + rows)
        before = np.array(self.lines, np.int64) - head - 1 - np.arange(len(self.lines))
        return at + 1 + head + np.searchsorted(before, at, side="right")


def is_csv(path: Path) -> bool:
    """Tell whether the name is one of a CSV file."""
    return path.suffix in (".csv", ".gz", ".txt")


def first_line(path: Path) -> list[str]:
    """Return the words of a CSV file's first line, or an NPZ's or Parquet's columns.

    Raises
    ------
    BadFile
        If there is no such file, it is empty or is none of the three.
    """
    if not path.is_file():
        raise BadFile(path, "there is no such file")
    if path.stat().st_size == 0:
        raise BadFile(path, "is empty: it lacks the column names")
    try:
        if path.suffix == ".npz":
            if not is_zipfile(path):
                raise BadFile(path, "is no NPZ file, as its name says")
            with np.load(path, allow_pickle=False) as file:
                return list(file.files)
        if path.suffix == ".parquet":
            return list(pq.read_schema(path).names)
        if is_csv(path):
            with pa.input_stream(str(path), compression="detect") as stream:
                head = stream.read(1 << 16).split(b"\n", 1)[0]
            words = head.decode("utf-8-sig").strip().split(",")
            return [word.strip().strip('"') for word in words]
    except (pa.ArrowException, ValueError, OSError, EOFError) as error:
        raise unreadable(path, error) from error
    raise BadFile(path, "must end in .csv, .csv.gz, .txt, .npz or .parquet")


def unreadable(path: Path, error: Exception) -> BadFile:
    """Return the error that tells in one line why `path` cannot be read."""
    return BadFile(path, str(error).splitlines()[0] if str(error) else "cannot be read")


def length(path: Path) -> int:
    """Return what `Part.read` is at the end, to show progress.

    Raises
    ------
    BadFile
        If there is no such file, or it is no Parquet file as its name says.
    """
    first_line(path)
    if path.suffix == ".parquet":
        return int(pq.ParquetFile(path).metadata.num_rows)
    return path.stat().st_size


def parts(
    path: Path, columns: Sequence[str], *, headless: bool, text: Sequence[str]
) -> Iterator[Part]:
    """Read some columns in parts, each in the order of the file.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Names of the columns to read.
    headless : bool
        A CSV file whose first line is a row; `columns` names its columns in order.
    text : sequence of str
        Columns that may hold words or dates.

    Raises
    ------
    BadFile
        If it cannot be read.
    """
    try:
        if path.suffix == ".npz":
            yield from _npz(path, columns)
        elif path.suffix == ".parquet":
            yield from _parquet(path, columns)
        else:
            yield from _csv(path, columns, headless=headless, text=text)
    except (pa.ArrowException, ValueError, OSError, EOFError) as error:
        raise unreadable(path, error) from error


def _npz(path: Path, columns: Sequence[str]) -> Iterator[Part]:
    with np.load(path, allow_pickle=False) as file:
        found = {name: file[name] for name in columns}
    for name, part in found.items():
        if part.ndim != 1:
            raise BadFile(path, f"{name} must be a row of figures")
    if len({len(part) for part in found.values()}) > 1:
        raise BadFile(path, "its columns must be equally long")
    rows, size = len(next(iter(found.values()))), path.stat().st_size
    for at in range(0, max(rows, 1), PART_ROWS):
        some = {n: arrow(part[at : at + PART_ROWS]) for n, part in found.items()}
        table = pa.Table.from_pydict(some)
        line = np.arange(at, at + len(table)) + 2
        share = min(at + PART_ROWS, rows) / max(rows, 1)
        yield Part(table=table, line=line, faults=[], read=int(size * share))


def _parquet(path: Path, columns: Sequence[str]) -> Iterator[Part]:
    at = 0
    file = pq.ParquetFile(path)
    for some in file.iter_batches(PART_ROWS, columns=list(columns), use_threads=False):
        table = pa.Table.from_batches([some])
        line = np.arange(at, at + len(table)) + 2
        at += len(table)
        yield Part(table=table, line=line, faults=[], read=at)


def _csv(
    path: Path, columns: Sequence[str], *, headless: bool, text: Sequence[str]
) -> Iterator[Part]:
    """Read figures at full speed; from the first that is none on, as text.

    A reader that looks ahead tells faults with any part up to theirs, so the second
    one may tell them with another part than the first.
    """
    given, told = 0, set[tuple[int, str]]()
    for kind in (pa.float64(), pa.string()):
        fresh: Faults = []
        try:
            found = _csv_as(path, columns, kind, headless=headless, text=text)
            for at, part in enumerate(found):
                fresh += [fault for fault in part.faults if fault not in told]
                if at >= given:
                    given = at + 1
                    told.update(fresh)
                    yield replace(part, faults=fresh)
                    fresh = []
        except pa.ArrowInvalid as error:
            if kind == pa.string() or "conversion error" not in str(error):
                raise
        else:
            return


def _csv_as(
    path: Path,
    columns: Sequence[str],
    kind: pa.DataType,
    *,
    headless: bool,
    text: Sequence[str],
) -> Iterator[Part]:
    skipped = _Skipped()
    kinds = {name: pa.string() if name in text else kind for name in columns}

    def note(row: pacsv.InvalidRow) -> str:
        return skipped(row)

    held, reader = weakref.ref(note), None
    ways = pacsv.ParseOptions(invalid_row_handler=note, ignore_empty_lines=False)
    del note
    try:
        reader = pacsv.open_csv(
            path,
            read_options=pacsv.ReadOptions(
                use_threads=False,
                block_size=PART_BYTES,
                column_names=list(columns) if headless else None,
            ),
            parse_options=ways,
            convert_options=pacsv.ConvertOptions(
                column_types=kinds,
                include_columns=list(columns),
                strings_can_be_null=True,
            ),
        )
        rows, read, size = 0, 0, path.stat().st_size
        for some in reader:
            line = skipped.lines_of(rows, len(some), 0 if headless else 1)
            rows += len(some)
            read = min(read + PART_BYTES, size)
            faults, skipped.faults = skipped.faults, []
            table = pa.Table.from_batches([some])
            yield Part(table=table, line=line, faults=faults, read=read)
        if skipped.faults:
            empty = table_of_none(columns)
            none = np.zeros(0, np.int64)
            yield Part(table=empty, line=none, faults=skipped.faults, read=size)
    finally:
        if reader is not None:
            reader.close()
        del reader, ways
        _until_gone(held)


def _until_gone(held: weakref.ref[Any]) -> None:
    """Wait until Arrow's threads have let go of what they were handed.

    They do so a moment after the last row. A program that ends before is aborted: they
    then ask for an interpreter that is there no more.
    """
    for _ in range(LETS_GO_MS):
        if held() is None:
            return
        time.sleep(1e-3)


def table_of_none(columns: Sequence[str]) -> pa.Table:
    """Return a table of the columns without rows."""
    return pa.Table.from_pydict({name: arrow(np.zeros(0)) for name in columns})


def figures(column: pa.ChunkedArray) -> Floats:
    """Return a column as floats, NaN where there is no figure."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        words = pc.utf8_trim_whitespace(column)
        is_one = pc.match_substring_regex(words, NUMBER)
        column = pc.if_else(is_one, words, pa.scalar(None, kind)).cast(pa.float64())
    elif pa.types.is_timestamp(kind):
        return floats(column.cast(pa.timestamp("us")).cast(pa.int64())) / 1e6
    return floats(column)


def floats(column: pa.ChunkedArray) -> Floats:
    """Return figures as floats, NaN where there is none.

    Arrow's own way imports pandas where that is installed, which takes a second.
    """
    part = column.cast(pa.float64()).combine_chunks()
    there, values = part.buffers()
    rows = slice(part.offset, part.offset + len(part))
    if values is None:
        return np.full(len(part), np.nan)
    found = np.frombuffer(values, np.float64)[rows].copy()
    if part.null_count:
        bits = np.unpackbits(np.frombuffer(there, np.uint8), bitorder="little")
        found[bits[rows] == 0] = np.nan
    return found


def arrow(part: NDArray[np.generic]) -> pa.Array:
    """Return an array of NumPy as one of Arrow, without pandas."""
    if part.dtype.kind not in "iuf":
        return pa.array(part)
    kind = pa.int64() if part.dtype.kind in "iu" else pa.float64()
    held = np.ascontiguousarray(part, np.int64 if kind == pa.int64() else np.float64)
    return pa.Array.from_buffers(kind, len(part), [None, pa.py_buffer(held)])


def times(column: pa.ChunkedArray) -> Floats:
    """Return seconds since 1970 of figures or of ISO dates, NaN where neither."""
    found = figures(column)
    if not (pa.types.is_string(column.type) and np.isnan(found).any()):
        return found
    coded = column.combine_chunks().dictionary_encode()
    words = coded.dictionary.to_pylist()
    told = np.array([*map(_instant, words), np.nan])
    code = coded.indices.fill_null(len(words)).to_numpy(zero_copy_only=False)
    return np.where(np.isnan(found), told[code], found)


def _instant(word: str) -> float:
    """Return the time of an ISO date [s], UTC where it names no zone."""
    try:
        when = datetime.fromisoformat(word.strip())
    except ValueError:
        return np.nan
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
