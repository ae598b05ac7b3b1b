"""The command ``linewatch demand``."""

import json
import math
from pathlib import Path
from typing import Annotated

import numpy as np
import pyarrow as pa
from cyclopts import Parameter
from pyarrow import csv

from linewatch.cli.ground import ground, terrain_paths
from linewatch.cli.outputs import never_over
from linewatch.plan.siting.stands import read_lines
from linewatch.plan.siting.strip import strip
from linewatch.scenario.whole import whole


def demand(
    *,
    terrain: Annotated[list[str], Parameter(consume_multiple=True, negative="")],
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
        Terrain: a GeoTIFF, VRT, HGT or other raster with heights; or several tiles, by
        name, pattern ('tiles/*.tif') or folder.
    line
        GeoJSON file of the line.
    out
        CSV file to write: cell,x,y,weight, in the terrain's own coordinates; the
        weights add up to 1.
    within
        Farthest distance from the line [m].
    every
        Take each of so many cells along and across, for a coarser strip.
    fade
        Distance over which the weight falls to 1/e [m]; all weigh the same by default.
    as_json
        Print one JSON object instead of a line.
    """
    paths = terrain_paths(terrain)
    never_over((out,), (*paths, line))
    with ground(paths) as land:
        found = strip(land, read_lines(line, land), within, every=every, fade=fade)
    names = np.char.add(
        np.char.add("r", found.row.astype(str)),
        np.char.add("c", found.column.astype(str)),
    )
    table = pa.table(
        {"cell": names, "x": found.x, "y": found.y, "weight": found.weight}
    )
    with whole(out) as file:
        file.write(f"{','.join(table.column_names)}\n".encode())
        bare = csv.WriteOptions(include_header=False, quoting_style="none")
        csv.write_csv(table, file, bare)
    if as_json:
        print(json.dumps({"cells": len(found), "demand": str(out)}))
    else:
        print(f"{len(found):,} cells within {within:,.6g} m of the line: {out}")
