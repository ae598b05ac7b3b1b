"""The command ``linewatch demand``."""

import json
import math
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
from cyclopts import Parameter
from pyarrow import csv

from linewatch.cli.outputs import never_over
from linewatch.plan.siting.stands import read_lines
from linewatch.plan.siting.strip import strip
from linewatch.scenario.whole import whole
from linewatch.sight.raster import MapTerrain


def demand(
    *,
    terrain: Path,
    line: Path,
    out: Path,
    within: float = 5_000.0,
    every: int = 1,
    fade: float = math.inf,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """List the cells beside a line that are to be seen.

    Parameters
    ----------
    terrain
        Terrain: a GeoTIFF, VRT or other raster with heights.
    line
        GeoJSON file of the line.
    out
        CSV file to write: cell,x,y,weight, in the terrain's own coordinates; the
        weights add up to 1.
    within
        Farthest distance from the line, in the terrain's unit.
    every
        Take each of so many cells along and across, for a coarser strip.
    fade
        Distance over which the weight falls to 1/e; all weigh the same by default.
    as_json
        Print one JSON object instead of a line.
    """
    never_over((out,), (terrain, line))
    ground = MapTerrain(terrain)
    try:
        found = strip(ground, read_lines(line, ground), within, every=every, fade=fade)
    finally:
        ground.close()
    names = np.char.add(
        np.char.add("r", found.row.astype(str)),
        np.char.add("c", found.column.astype(str)),
    )
    table = pa.table(
        {"cell": names, "x": found.x, "y": found.y, "weight": found.weight}
    )
    with whole(out) as file:
        csv.write_csv(table, file, csv.WriteOptions(quoting_style="none"))
    if as_json:
        print(json.dumps({"cells": len(found), "demand": str(out)}))
    else:
        print(f"{len(found):,} cells within {within:g} of the line: {out}")
