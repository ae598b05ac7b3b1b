"""Cover tables as arrays in an npz file, and as parquet: the reading side."""

import json
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from linewatch.errors import BadFile
from linewatch.plan.siting.cover import Places, Whole

FORMAT: Final = 1
"""Raised whenever the arrays of the file change."""


def read_arrays(
    path: Path,
) -> tuple[pa.Array, pa.Array, Places, Whole, Places]:
    """Read the arrays of an ``.npz`` cover table: sites, cells, spot, ptr, ind.

    Raises
    ------
    BadFile
        If it is none, or of another format.
    """
    try:
        with np.load(path) as arrays:
            if json.loads(str(arrays["facts"])).get("format") != FORMAT:
                raise BadFile(path, f"is not of format {FORMAT}")
            site = pa.array(bytes(arrays["site"]).decode().split("\n"))
            cell = pa.array(bytes(arrays["cell"]).decode().split("\n"))
            return site, cell, arrays["spot"], arrays["ptr"], arrays["ind"]
    except (BadZipFile, KeyError, ValueError, EOFError) as error:
        raise BadFile(path, f"holds no cover table: {error}") from error


def read_parquet(path: Path) -> pa.Table:
    """Read a parquet table with its columns as text.

    Raises
    ------
    BadFile
        If it is no parquet file.
    """
    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise BadFile(path, f"is not a parquet file: {error}") from error
    return table.cast(pa.schema([(name, pa.string()) for name in table.column_names]))
