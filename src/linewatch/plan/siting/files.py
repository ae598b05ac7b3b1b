"""Cover tables as files: sites, demand and cover in, the chosen sites out."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray
from pyarrow import csv as pacsv

from linewatch.errors import BadFile, BadLines
from linewatch.plan.siting.cover import Cover, Floats

SITE_COLUMNS: Final = {"site": True, "cost": False}
DEMAND_COLUMNS: Final = {"cell": True, "weight": True}
COVER_COLUMNS: Final = {"site": True, "cell": True, "prob": False}
"""Columns of each file, and whether the column must be there."""

FIRST_LINE: Final = 2
"""Line of the first row: the header is line 1."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """A cover table with the names of its sites.

    Parameters
    ----------
    cover : Cover
        The table.
    names : tuple of str
        Sites by row.
    has_costs, has_chances : bool
        Whether the files told costs and chances.
    """

    cover: Cover
    names: tuple[str, ...]
    has_costs: bool
    has_chances: bool


def read_cover(sites: Path, demand: Path, cover: Path) -> Table:
    """Read a cover table from three CSV files, each plain or ``.gz``.

    Parameters
    ----------
    sites : Path
        ``site[,cost]``; a cost is 1 where the column is not there.
    demand : Path
        ``cell,weight``.
    cover : Path
        ``site,cell[,prob]``; a chance is 1 where the column is not there.

    Raises
    ------
    BadFile
        If a file cannot be read, lacks a column or has another, or holds no row.
    BadLines
        If rows break their rules: a name twice, a name that the other files do not
        hold, a number out of its range.
    """
    site_rows = _read(sites, SITE_COLUMNS)
    demand_rows = _read(demand, DEMAND_COLUMNS)
    pairs = _read(cover, COVER_COLUMNS)
    names, cells = _names(sites, site_rows, "site"), _names(demand, demand_rows, "cell")
    weight = _numbers(demand, demand_rows, "weight", most=np.inf)
    cost = np.ones(len(names))
    if "cost" in site_rows.column_names:
        cost = _numbers(sites, site_rows, "cost", most=np.inf)
    prob = None
    if "prob" in pairs.column_names:
        prob = _numbers(cover, pairs, "prob", most=1.0)
    table = Cover.of(
        _places(cover, pairs, "site", names),
        _places(cover, pairs, "cell", cells),
        weight=weight,
        cost=cost,
        prob=prob,
    )
    return Table(
        cover=table,
        names=tuple(names.to_pylist()),
        has_costs="cost" in site_rows.column_names,
        has_chances=prob is not None,
    )


def write_chosen(path: Path, names: Sequence[str]) -> None:
    """Write the chosen sites, one a line under the header ``site``."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["site"])
        rows.writerows([name] for name in names)


def _read(path: Path, columns: dict[str, bool]) -> pa.Table:
    """Read a CSV file as text columns, its header checked."""
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        with gzip.open(path) if zipped else path.open("rb") as file:
            table = pacsv.read_csv(
                file,
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=False,
                ),
            )
    except (pa.ArrowInvalid, EOFError, gzip.BadGzipFile) as error:
        raise BadFile(path, f"is not a CSV file: {error}") from error
    table = table.rename_columns([name.strip() for name in table.column_names])
    got = table.column_names
    lacking = [name for name, needed in columns.items() if needed and name not in got]
    unknown = [name for name in got if name not in columns]
    if lacking:
        raise BadFile(path, f"lacks the column {lacking[0]!r}")
    if unknown or len(set(got)) != len(got):
        told = ", ".join(columns)
        raise BadFile(path, f"must have only the columns {told}, not {', '.join(got)}")
    if not table.num_rows:
        raise BadFile(path, "holds no row")
    return table


def _names(path: Path, table: pa.Table, column: str) -> pa.Array:
    """Return the names of a column, each there once."""
    names = table[column].combine_chunks()
    first = names.dictionary_encode().indices.to_numpy()
    order = np.argsort(first, kind="stable")
    twice = np.sort(order[1:][np.diff(first[order]) == 0])
    if twice.size:
        told = [
            (int(i) + FIRST_LINE, f"{column} {names[i]} is there twice") for i in twice
        ]
        raise BadLines(path, told)
    return names


def _numbers(path: Path, table: pa.Table, column: str, *, most: float) -> Floats:
    """Return a column as numbers from 0 to `most`."""
    texts = table[column].combine_chunks()
    try:
        values = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        values = np.array([_number(text) for text in texts.to_pylist()])
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= 0) & (values <= most)))
    if bad.size:
        rule = "0 or more" if most == np.inf else f"from 0 to {most:g}"
        told = [
            (int(i) + FIRST_LINE, f"{column} must be {rule}, not {texts[i]}")
            for i in bad
        ]
        raise BadLines(path, told)
    return np.asarray(values, np.float64)


def _number(text: str) -> float:
    """Return a text as a number, NaN where it is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _places(
    path: Path, table: pa.Table, column: str, names: pa.Array
) -> NDArray[np.int64]:
    """Return the place of each name among `names`."""
    texts = table[column].combine_chunks()
    coded = texts.dictionary_encode()
    found = pa.compute.index_in(coded.dictionary, value_set=names)
    place = found.fill_null(-1).to_numpy()[coded.indices.to_numpy()]
    bad = np.flatnonzero(place < 0)
    if bad.size:
        told = [(int(i) + FIRST_LINE, f"there is no {column} {texts[i]}") for i in bad]
        raise BadLines(path, told)
    return np.asarray(place, np.int64)
