"""Cover tables as files: sites, demand and cover in, the chosen sites out."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute
from numpy.typing import NDArray
from pyarrow import csv as pacsv

from linewatch.errors import BadFile, BadLines
from linewatch.plan.siting.arrays import read_arrays, read_parquet
from linewatch.plan.siting.cover import Cover, Floats, Whole, sure
from linewatch.scenario.whole import write_whole
from linewatch.sight.raster import ECCENTRICITY2, SEMI_MAJOR_M

SITE_COLUMNS: Final = {
    "site": True,
    "cost": False,
    "kind": False,
    "place": False,
    "x": False,
    "y": False,
    "lon_deg": False,
    "lat_deg": False,
    "above_m": False,
    "reach_m": False,
    "origin": False,
}
DEMAND_COLUMNS: Final = {
    "cell": True,
    "weight": True,
    "x": False,
    "y": False,
    "lon_deg": False,
    "lat_deg": False,
    "period": False,
}
COVER_COLUMNS: Final = {"site": True, "cell": True, "prob": False}
"""Columns of each file, and whether the column must be there."""

DEGREES: Final = {"lon_deg": 180.0, "lat_deg": 90.0}
"""Columns of a place on Earth (WGS 84), and the most that each may be [deg]."""

MOST_WORTH: Final = 1e15
"""Most that a weight, cost or distance may be: sums of them stay exact enough."""

LARGE_BYTES: Final = 1_000_000
"""From what size a table is read by several threads [bytes]."""

FIRST_LINE: Final = 2
"""Line of the first row: the header is line 1."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """A cover table with what the files tell of its sites.

    Parameters
    ----------
    cover : Cover
        The table; the weight of a cell is that of all periods.
    names : tuple of str
        Sites by row.
    has_costs, has_chances : bool
        Whether the files told costs and chances.
    kinds : tuple of str
        Names of the kinds; one without a name where the sites tell none.
    place : ndarray of int64, shape (sites,)
        Place of each site: those of one place share it. Each its own by default.
    x, y, z : ndarray of float64, shape (sites,), or None
        Where the sites are [m]: on a plane, where `z` is None; or from the middle of
        the Earth, where the file tells longitude and latitude.
    periods : tuple of str
        Names of the periods in order of the file; none where the demand tells none.
    by_period : ndarray of float64, shape (periods, cells)
        Weight of each cell in each period.
    """

    cover: Cover
    names: tuple[str, ...]
    has_costs: bool
    has_chances: bool
    kinds: tuple[str, ...]
    place: Whole
    x: Floats | None
    y: Floats | None
    z: Floats | None
    periods: tuple[str, ...]
    by_period: Floats

    def made_sure(self) -> "Table":
        """Return the table with every chance taken for certain."""
        if not self.has_chances:
            return self
        plain = replace(self.cover, prob=sure(len(self.cover.ind)))
        return replace(self, cover=plain)


def read_cover(sites: Path, demand: Path, cover: Path) -> Table:
    """Read a cover table from three files, CSV files plain or ``.gz``.

    Parameters
    ----------
    sites : Path
        ``site[,cost][,kind][,place]``, and ``lon_deg,lat_deg`` or ``x,y`` in metres; a
        cost is 1 where the column is not there.
    demand : Path
        ``cell,weight[,period]``; with periods a row is a cell in a period.
    cover : Path
        ``site,cell[,prob]`` as CSV or ``.parquet``, or an ``.npz`` that `write_cover`
        wrote; a chance is 1 where the column is not there.

    Raises
    ------
    BadFile
        If a file cannot be read, lacks a column or has another, or holds no row.
    BadLines
        If rows break their rules: a name twice, a name that the other files do not
        hold, a number out of its range.
    """
    rows = read_columns(sites, SITE_COLUMNS)
    names = names_of(sites, rows, "site")
    cost = np.ones(len(names))
    if "cost" in rows.column_names:
        cost = numbers_of(sites, rows, "cost", most=MOST_WORTH)
    cells, periods, by_period = _demand(demand)
    weight = by_period.sum(axis=0)
    if cover.suffix == ".npz":
        table, of_cell = _from_arrays(cover, names, cells, weight, cost)
        by_period = np.stack([_summed(of_cell, one, table) for one in by_period])
        prob = None
    else:
        pairs = read_pairs(cover)
        prob = None
        if "prob" in pairs.column_names:
            prob = numbers_of(cover, pairs, "prob", most=1.0)
        table = Cover.of(
            places_of(cover, pairs, "site", names),
            places_of(cover, pairs, "cell", cells),
            weight=weight,
            cost=cost,
            prob=prob,
        )
    kinds, kind = _coded(rows, "kind")
    _, place = _coded(rows, "place")
    x, y, z = _in_metres(sites, rows)
    return Table(
        cover=table if kind is None else replace(table, kind=kind),
        names=tuple(names.to_pylist()),
        has_costs="cost" in rows.column_names,
        has_chances=prob is not None,
        kinds=kinds or ("",),
        place=np.arange(len(names)) if place is None else place,
        x=x,
        y=y,
        z=z,
        periods=periods,
        by_period=by_period,
    )


def degrees_of(path: Path, rows: pa.Table) -> tuple[Floats, Floats] | None:
    """Return the longitudes and latitudes [deg] of a table; None if it tells none.

    Raises
    ------
    BadFile
        If it tells one of them alone.
    BadLines
        If one is none on Earth.
    """
    there = [name for name in DEGREES if name in rows.column_names]
    if not there:
        return None
    if len(there) == 1:
        lack = next(name for name in DEGREES if name not in there)
        raise BadFile(path, f"has the column {there[0]!r}, but lacks {lack!r}")
    lon, lat = (
        numbers_of(path, rows, name, least=-most, most=most)
        for name, most in DEGREES.items()
    )
    return lon, lat


def _in_metres(
    path: Path, rows: pa.Table
) -> tuple[Floats | None, Floats | None, Floats | None]:
    """Return where sites are [m], by their degrees if there are any."""
    held = degrees_of(path, rows)
    if held is not None:
        return earth_centred(*held)
    x, y = (
        numbers_of(path, rows, name, least=-np.inf, most=np.inf)
        if name in rows.column_names
        else None
        for name in ("x", "y")
    )
    return x, y, None


def earth_centred(lon_deg: Floats, lat_deg: Floats) -> tuple[Floats, Floats, Floats]:
    """Return places on the ellipsoid of WGS 84 from the middle of the Earth [m].

    Straight distances of places within 50 km of one another are those along the
    ground to 0.2 m.
    """
    lon, lat = np.radians(lon_deg), np.radians(lat_deg)
    normal_m = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY2 * np.sin(lat) ** 2)
    return (
        normal_m * np.cos(lat) * np.cos(lon),
        normal_m * np.cos(lat) * np.sin(lon),
        normal_m * (1 - ECCENTRICITY2) * np.sin(lat),
    )


def _demand(path: Path) -> tuple[pa.Array, tuple[str, ...], Floats]:
    """Read the cells, the periods, and the weights by period and cell."""
    rows = read_columns(path, DEMAND_COLUMNS)
    weight = numbers_of(path, rows, "weight", most=MOST_WORTH)
    periods, period = _coded(rows, "period")
    if period is None:
        return names_of(path, rows, "cell"), (), weight[None, :]
    coded = rows["cell"].combine_chunks().dictionary_encode()
    cell = coded.indices.to_numpy().astype(np.int64)
    key = period * len(coded.dictionary) + cell
    order = np.argsort(key, kind="stable")
    twice = np.sort(order[1:][np.diff(key[order]) == 0])
    if twice.size:
        told = [
            (int(i) + FIRST_LINE, f"cell {rows['cell'][int(i)]} is there twice")
            for i in twice
        ]
        raise BadLines(path, told)
    by_period = np.zeros((len(periods), len(coded.dictionary)))
    by_period[period, cell] = weight
    return coded.dictionary, periods, by_period


def _coded(rows: pa.Table, column: str) -> tuple[tuple[str, ...], Whole | None]:
    """Return the different texts of a column, and which of them each row holds."""
    if column not in rows.column_names:
        return (), None
    coded = rows[column].combine_chunks().dictionary_encode()
    number = coded.indices.to_numpy().astype(np.int64)
    return tuple(coded.dictionary.to_pylist()), number


def _from_arrays(
    path: Path, names: pa.Array, cells: pa.Array, weight: Floats, cost: Floats
) -> tuple[Cover, Whole]:
    """Lay out an npz table by the sites' order; also the spot of each demand cell.

    Demand that no spot holds shares one cell more, which no site covers.
    """
    site, cell, spot, ptr, ind = read_arrays(path)
    where = pa.compute.index_in(names, value_set=site).fill_null(-1).to_numpy()
    lost = pa.compute.index_in(site, value_set=names)
    if lost.null_count:
        name = site[lost.to_pylist().index(None)]
        raise BadFile(path, f"holds site {name}, which the sites do not")
    of_cell = pa.compute.index_in(cells, value_set=cell).fill_null(-1).to_numpy()
    spots = int(spot.max(initial=-1)) + 1
    row = np.where(of_cell >= 0, spot[of_cell], -1)
    row = np.where(row >= 0, row, spots).astype(np.int64)
    if len(where) != len(site) or (where != np.arange(len(where))).any():
        lengths = np.where(where >= 0, np.diff(ptr)[where], 0)
        chosen = [ind[ptr[s] : ptr[s + 1]] for s in where.tolist() if s >= 0]
        ind = np.concatenate([np.empty(0, np.int32), *chosen])
        ptr = np.concatenate([[0], np.cumsum(lengths)])
    table = Cover(
        ptr=ptr.astype(np.int64),
        ind=ind,
        prob=sure(len(ind)),
        weight=np.bincount(row, weight, minlength=spots + 1).astype(np.float64),
        cost=cost,
        kind=np.zeros(len(cost), np.int64),
    )
    return table, row


def _summed(of_cell: Whole, weight: Floats, table: Cover) -> Floats:
    """Add the weights of demand cells up by cell of the table."""
    return np.bincount(of_cell, weight, minlength=table.cells).astype(np.float64)


def read_pairs(path: Path) -> pa.Table:
    """Read ``site,cell[,prob]`` from a CSV or parquet file as text columns."""
    # Where nothing is seen from anywhere there is no pair.
    return read_columns(path, COVER_COLUMNS, least_rows=0)


def write_chosen(path: Path, names: Sequence[str]) -> None:
    """Write the chosen sites, one a line under the header ``site``, whole or not."""
    _write(path, ["site"], [[name] for name in names])


def write_periods(path: Path, chosen: Mapping[str, Sequence[str]]) -> None:
    """Write the chosen sites of each period under the header ``period,site``."""
    rows = [[period, name] for period, names in chosen.items() for name in names]
    _write(path, ["period", "site"], rows)


def _write(path: Path, header: list[str], lines: list[list[str]]) -> None:
    """Write a CSV file, whole or not at all."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(header)
    rows.writerows(lines)
    write_whole(path, text.getvalue())


def read_columns(
    path: Path, columns: Mapping[str, bool], *, least_rows: int = 1
) -> pa.Table:
    """Read a CSV file, plain or gzip, or parquet as text columns, its header checked.

    Parameters
    ----------
    path : Path
        The file.
    columns : mapping of str to bool
        Columns that may be there, and whether each must.
    least_rows : int, default 1
        Rows that there must be.

    Raises
    ------
    BadFile
        If it cannot be read, lacks a column, has another, or holds no row.
    """
    if path.suffix == ".parquet":
        return _checked_columns(path, read_parquet(path), columns, least_rows)
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        # The threads of a large file; with a small one they outlived a refusal.
        large = path.stat().st_size > LARGE_BYTES
        with gzip.open(path) if zipped else path.open("rb") as file:
            table = pacsv.read_csv(
                file,
                read_options=pacsv.ReadOptions(use_threads=large),
                convert_options=pacsv.ConvertOptions(
                    column_types=dict.fromkeys(columns, pa.string()),
                    strings_can_be_null=False,
                ),
            )
    except (pa.ArrowInvalid, EOFError, gzip.BadGzipFile) as error:
        raise BadFile(path, f"is not a CSV file: {error}") from error
    return _checked_columns(path, table, columns, least_rows)


def _checked_columns(
    path: Path, table: pa.Table, columns: Mapping[str, bool], least_rows: int
) -> pa.Table:
    """Return a table of text columns with its names trimmed, if it may be used."""
    table = table.rename_columns([name.strip() for name in table.column_names])
    check_columns(path, table.column_names, columns)
    if table.num_rows < least_rows:
        raise BadFile(path, "holds no row")
    return table


def check_columns(path: Path, got: Sequence[str], columns: Mapping[str, bool]) -> None:
    """Refuse a header that lacks a column or has another."""
    lacking = [name for name, needed in columns.items() if needed and name not in got]
    if lacking:
        raise BadFile(path, f"lacks the column {lacking[0]!r}")
    if any(name not in columns for name in got) or len(set(got)) != len(got):
        told = ", ".join(columns)
        raise BadFile(path, f"must have only the columns {told}, not {', '.join(got)}")


def names_of(path: Path, table: pa.Table, column: str) -> pa.Array:
    """Return the names of a column, each there once."""
    names = table[column].combine_chunks()
    length = pa.compute.binary_length(pa.compute.utf8_trim_whitespace(names))
    blank = np.flatnonzero(length.to_numpy(zero_copy_only=False) == 0)
    if blank.size:
        told = [(int(i) + FIRST_LINE, f"{column} is blank") for i in blank]
        raise BadLines(path, told)
    first = names.dictionary_encode().indices.to_numpy()
    order = np.argsort(first, kind="stable")
    twice = np.sort(order[1:][np.diff(first[order]) == 0])
    if twice.size:
        told = [
            (int(i) + FIRST_LINE, f"{column} {names[i]} is there twice") for i in twice
        ]
        raise BadLines(path, told)
    return names


def numbers_of(
    path: Path, table: pa.Table, column: str, *, most: float, least: float = 0.0
) -> Floats:
    """Return a column as numbers from `least` to `most`."""
    texts = table[column].combine_chunks()
    try:
        values = texts.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        values = np.array([_number(text) for text in texts.to_pylist()])
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= least) & (values <= most)))
    if bad.size:
        rule = f"from {least:g} to {most:g}"
        if most == np.inf:
            rule = "a number" if least == -np.inf else f"{least:g} or more"
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


def places_of(
    path: Path, table: pa.Table, column: str, names: pa.Array, what: str = ""
) -> NDArray[np.int64]:
    """Return the place of each name among `names`; `what` is said where it has none."""
    texts = table[column].combine_chunks()
    coded = texts.dictionary_encode()
    found = pa.compute.index_in(coded.dictionary, value_set=names)
    place = found.fill_null(-1).to_numpy()[coded.indices.to_numpy()]
    bad = np.flatnonzero(place < 0)
    if bad.size:
        what = what or column
        told = [(int(i) + FIRST_LINE, f"there is no {what} {texts[i]}") for i in bad]
        raise BadLines(path, told)
    return np.asarray(place, np.int64)
