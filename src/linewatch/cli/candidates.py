"""The command ``linewatch candidates``."""

import csv
import io
import json
from collections import Counter
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.ground import ground, terrain_paths
from linewatch.cli.outputs import never_over
from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.metres import geographic
from linewatch.plan.siting.stands import (
    along,
    joined,
    on_ground,
    read_lines,
    read_stands,
    ridges,
    within,
)
from linewatch.scenario.whole import write_whole


def candidates(
    *,
    terrain: Annotated[list[str], Parameter(consume_multiple=True, negative="")],
    out: Path,
    ridge_count: Annotated[int, Parameter(name="--ridges")] = 0,
    apart: float = 500.0,
    prominence: float = 20.0,
    roads: Path | None = None,
    every: float = 1_000.0,
    towers: Path | None = None,
    add: Path | None = None,
    line: Path | None = None,
    within_m: Annotated[float, Parameter(name="--within")] = 5_000.0,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """List places where a sensor could stand.

    Parameters
    ----------
    terrain
        Terrain: a GeoTIFF, VRT, HGT or other raster with heights; or several tiles, by
        name, pattern ('tiles/*.tif') or folder.
    out
        CSV file to write: site,x,y,lon_deg,lat_deg,origin; x and y are the terrain's
        own coordinates.
    ridge_count
        Summits at most, the most prominent first.
    apart
        A summit is the highest ground within this distance [m].
    prominence
        Least height of a summit above the pass to higher ground [m].
    roads
        GeoJSON file of lines to stand beside.
    every
        Distance between two places along a road [m].
    towers
        CSV file of towers that are there: site,x,y or site,lon_deg,lat_deg.
    add
        CSV file of your own places: site,x,y or site,lon_deg,lat_deg.
    line
        GeoJSON file of the line to stay near to.
    within_m
        Farthest distance from the line [m].
    as_json
        Print one JSON object instead of lines.
    """
    paths = terrain_paths(terrain)
    never_over((out,), (*paths, roads, towers, add, line))
    with ground(paths) as land:
        parts = [read_stands(path, land) for path in (towers, add) if path]
        named = {name for part in parts for name in part.name}
        if ridge_count:
            parts.append(
                ridges(land, ridge_count, apart_m=apart, prominence_m=prominence)
            )
        if roads:
            parts.append(along(land, read_lines(roads, land), every))
        if not parts:
            rule = "one or more of --ridges, --roads, --towers and --add"
            raise BadValue("the source of candidates", rule, "none")
        found, far = joined(parts), 0
        lack = f"summits {prominence:g} m prominent, or places of the files"
        if line and found.name:
            lack = f"places within {within_m:g} m of the line"
            near = within(land, found, read_lines(line, land), within_m)
            far = len(named.intersection(found.name) - set(near.name))
            found = near
        if not found.name:
            raise NoPlan(("one candidate or more", f"a terrain without {lack}"))
        kept = on_ground(land, found)
        lon, lat = geographic(land, kept.x, kept.y)
    if not kept.name:
        why = f"{len(found.name)} places off the terrain or where it has no data"
        raise NoPlan(("one candidate or more", why))
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["site", "x", "y", "lon_deg", "lat_deg", "origin"])
    places = (kept.x.tolist(), kept.y.tolist(), lon.tolist(), lat.tolist())
    rows.writerows(
        [name, f"{x:.9g}", f"{y:.9g}", f"{east:.7f}", f"{north:.7f}", origin]
        for name, x, y, east, north, origin in zip(
            kept.name, *places, kept.origin, strict=True
        )
    )
    write_whole(out, text.getvalue())
    counts = dict(Counter(kept.origin))
    left_out = len(found.name) - len(kept.name)
    if as_json:
        told_json = {"candidates": counts, "off_ground": left_out, "too_far": far}
        print(json.dumps(told_json))
        return
    told = ", ".join(f"{count} {origin}" for origin, count in counts.items())
    print(f"{len(kept.name)} candidates ({told}): {out}")
    if far:
        print(f"Left out, over {within_m:g} m from the line: {far} of your places.")
    if left_out:
        print(f"{left_out} lie where the terrain has no data and were left out.")
