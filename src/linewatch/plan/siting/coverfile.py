"""Cover tables of any size as files: npz as arrays, parquet and CSV by name."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final
from zipfile import ZipFile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import csv as pacsv

from linewatch.errors import BadValue
from linewatch.plan.siting.arrays import FORMAT
from linewatch.plan.siting.table import Candidates, Seen, Strip
from linewatch.scenario.whole import whole

if TYPE_CHECKING:
    from numpy.typing import NDArray

SUFFIXES: Final = (".npz", ".parquet", ".csv", ".csv.gz")

CHUNK_PAIRS: Final = 2_000_000
"""Pairs that are named at a time: bounds the memory of a table of any size."""


def write_cover(path: Path, seen: Seen, candidates: Candidates, strip: Strip) -> int:
    """Write a cover table, whole or not at all; return its pairs.

    ``.npz`` keeps cells of one terrain cell as one and holds arrays; ``.parquet``,
    ``.csv`` and ``.csv.gz`` hold ``site,cell`` by name.

    Raises
    ------
    BadValue
        If the name ends in none of `SUFFIXES`.
    """
    check_suffix(path)
    with whole(path) as file:
        if path.suffix != ".npz":
            return _write_names(file, path, seen, candidates, strip)
        _write_arrays(file, seen, candidates, strip)
    return seen.pairs


def check_suffix(path: Path) -> None:
    """Refuse a file name that tells no format of a cover table."""
    if not path.name.endswith(SUFFIXES):
        raise BadValue("the cover file", f"named {', '.join(SUFFIXES)}", path.name)


def _write_arrays(
    place: IO[bytes], seen: Seen, candidates: Candidates, strip: Strip
) -> None:
    """Write the arrays one after the other, the pairs site by site."""
    ptr = np.zeros(len(seen.counts) + 1, np.int64)
    np.cumsum(seen.counts, out=ptr[1:])
    names = "\n".join(strip.names.to_pylist()).encode()
    small = {
        "facts": np.array(json.dumps({"format": FORMAT, "pairs": seen.pairs})),
        "site": np.frombuffer("\n".join(candidates.names).encode(), np.uint8),
        "cell": np.frombuffer(names, np.uint8),
        "spot": seen.spots.of_cell,
        "ptr": ptr,
    }
    with ZipFile(place, "w", allowZip64=True) as file:
        for name, values in small.items():
            with file.open(f"{name}.npy", "w", force_zip64=True) as out:
                np.lib.format.write_array(out, values, allow_pickle=False)
        with file.open("ind.npy", "w", force_zip64=True) as out:
            head = {"descr": "<i4", "fortran_order": False, "shape": (seen.pairs,)}
            np.lib.format.write_array_header_2_0(out, head)
            for row in seen.rows():
                out.write(np.ascontiguousarray(row, "<i4").tobytes())


def _write_names(
    place: IO[bytes], path: Path, seen: Seen, candidates: Candidates, strip: Strip
) -> int:
    """Write ``site,cell`` by name, a chunk of pairs at a time."""
    pairs = 0
    schema = pa.schema([("site", pa.string()), ("cell", pa.string())])
    if path.suffix == ".parquet":
        with pq.ParquetWriter(place, schema, compression="zstd") as parquet:
            for batch in _named(seen, candidates, strip):
                parquet.write_table(batch)
                pairs += batch.num_rows
        return pairs
    zipped = path.suffix == ".gz"
    out: Any = gzip.GzipFile("", "wb", 6, place, mtime=0) if zipped else place
    head = pacsv.WriteOptions(quoting_style="needed")
    with pacsv.CSVWriter(out, schema, write_options=head) as text:
        for batch in _named(seen, candidates, strip):
            text.write_table(batch)
            pairs += batch.num_rows
    if zipped:
        out.close()
    return pairs


def _named(seen: Seen, candidates: Candidates, strip: Strip) -> Iterator[pa.Table]:
    """Yield the pairs by name: each spot stands for every demand cell in it."""
    of_cell = seen.spots.of_cell
    order = np.argsort(of_cell, kind="stable")
    spots = len(seen.spots.col)
    first = np.searchsorted(of_cell[order], np.arange(spots + 1))
    names = pa.array(candidates.names, pa.string())
    rows: list[NDArray[np.int32]] = []
    sites: list[int] = []
    size = 0
    for s, row in enumerate(seen.rows()):
        rows.append(np.asarray(row))
        sites.append(s)
        size += len(row)
        if size >= CHUNK_PAIRS or s + 1 == len(seen.counts):
            spot = np.concatenate(rows) if rows else np.empty(0, np.int32)
            many = first[spot + 1] - first[spot]
            start = np.repeat(first[spot] - np.cumsum(many) + many, many)
            cell = order[start + np.arange(len(start))]
            site = np.repeat(np.repeat(sites, [len(r) for r in rows]), many)
            yield pa.table({"site": names.take(site), "cell": strip.names.take(cell)})
            rows, sites, size = [], [], 0
