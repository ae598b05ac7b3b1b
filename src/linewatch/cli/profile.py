"""The command ``linewatch profile``."""

import csv
import io
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rasterio.windows import Window

from linewatch.cli.ground import ground, print_notes, tell_notes, terrain_paths
from linewatch.cli.outputs import never_over
from linewatch.errors import BadValue
from linewatch.scenario.whole import write_whole
from linewatch.sight.cells import Cells, Lens, sag_per_m
from linewatch.sight.kinds import LIGHT_REFRACTION, RADAR_REFRACTION
from linewatch.sight.profile import CLEAR_SHARE, Profile, Target
from linewatch.sight.profile import profile as walk
from linewatch.sight.raster import MapTerrain


def profile(
    *,
    terrain: Annotated[list[str], Parameter(consume_multiple=True, negative="")],
    eye: Annotated[tuple[float, float], Parameter(negative="")],
    target: Annotated[tuple[float, float], Parameter(negative="")],
    above: float,
    target_above: float = 0.0,
    frequency_ghz: float | None = None,
    refraction: float | None = None,
    flat: Annotated[bool, Parameter(negative="")] = False,
    out: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Show the ground under a line of sight, what blocks it and by how much.

    Parameters
    ----------
    terrain
        Terrain: a raster with heights; or several tiles, by name, pattern or folder.
    eye
        Place of the eye, x and y in the terrain's own coordinates.
    target
        Place of the target, x and y.
    above
        Height of the eye above the ground, in metres.
    target_above
        Height of the target above the ground, in metres.
    frequency_ghz
        Frequency of a radio path: tells how much of its first Fresnel zone is clear.
    refraction
        Share of the Earth's curve that bending makes up for; 1/7 for light, and 1/4
        for radio if left out.
    flat
        Leave out the Earth's curve.
    out
        CSV file to write: away_m,ground_m,line_m,clearance_m,fresnel_m.
    as_json
        Print one JSON object instead of lines.
    """
    if refraction is None:
        refraction = LIGHT_REFRACTION if frequency_ghz is None else RADAR_REFRACTION
    if not -1 <= refraction <= 1:
        raise BadValue("refraction", "from -1 to 1", refraction)
    if not 0 <= above < math.inf:
        raise BadValue("above", "0 or more", above)
    paths = terrain_paths(terrain)
    never_over(() if out is None else (out,), paths)
    with ground(paths) as land:
        cells, lens, end = _between(land, eye, target)
    line = walk(
        cells,
        replace(lens, above_m=above),
        Target(row=end[0], col=end[1], above_m=target_above),
        sag=0.0 if flat else sag_per_m(refraction),
        frequency_hz=None if frequency_ghz is None else frequency_ghz * 1e9,
    )
    if out is not None:
        _write(line, out)
    told, notes = _told(line), tell_notes(land)
    if as_json:
        file = None if out is None else str(out)
        print(json.dumps(told | {"file": file, "notes": notes}))
        return
    print_notes(notes)
    for sentence in _sentences(line):
        print(sentence)
    if out is not None:
        print(f"places: {out}")


def _between(
    land: MapTerrain, eye: tuple[float, float], target: tuple[float, float]
) -> tuple[Cells, Lens, tuple[int, int]]:
    """Read the rectangle between two places; return it, the lens and the end in it."""
    places = []
    for name, (x, y) in (("eye", eye), ("target", target)):
        place = land.cell_of(x, y)
        if place is None:
            raise BadValue(name, f"on {land.extent}", f"x {x:.9g}, y {y:.9g}")
        here = Window(place[1], place[0], 1, 1)
        if not math.isfinite(float(land.heights(here)[0, 0])):
            raise BadValue(name, "where the terrain has data", (x, y))
        places.append(place)
    (row, col), (end_row, end_col) = places
    top, left = min(row, end_row), min(col, end_col)
    window = Window(left, top, abs(end_col - col) + 1, abs(end_row - row) + 1)
    step_x_m, step_y_m = land.steps_m((row + end_row) // 2)
    cells = Cells(height_m=land.heights(window), step_x_m=step_x_m, step_y_m=step_y_m)
    lens = Lens(row=row - top, col=col - left, above_m=0.0, reach_m=math.inf)
    return cells, lens, (end_row - top, end_col - left)


def _told(line: Profile) -> dict[str, object]:
    """Return what is told of a profile, with None for what there is not."""
    block, worst, share = line.first_block, line.worst, line.least_fresnel
    return {
        "length_m": round(float(line.away_m[-1]), 1),
        "seen": line.is_seen,
        "lowest_seen_m": round(line.lowest_m, 2),
        "first_block_m": None if block is None else round(float(line.away_m[block]), 1),
        "least_clearance_m": (
            None if worst is None else round(float(line.clearance_m[worst]), 2)
        ),
        "least_clearance_at_m": (
            None if worst is None else round(float(line.away_m[worst]), 1)
        ),
        "least_fresnel_share": None if share is None else round(share, 2),
    }


def _sentences(line: Profile) -> list[str]:
    """Say what is on the line."""
    told, block = _told(line), line.first_block
    said = [f"{told['length_m']} m: the target is {'' if line.is_seen else 'not '}seen"]
    if block is not None:
        over_m = -float(line.clearance_m[block])
        said.append(
            f"blocked first at {told['first_block_m']} m, by ground at "
            f"{float(line.ground_m[block]):.1f} m, {over_m:.1f} m over the line"
        )
    if told["least_clearance_m"] is not None:
        said.append(
            f"least clear: {told['least_clearance_m']} m at "
            f"{told['least_clearance_at_m']} m"
        )
    said.append(f"lowest seen there: {told['lowest_seen_m']} m above the ground")
    share = line.least_fresnel
    if share is not None:
        is_enough = share >= CLEAR_SHARE
        verdict = "enough" if is_enough else f"less than the {CLEAR_SHARE:.0%} asked"
        clear = f"{share:.0%} clear at the worst place, {verdict}"
        said.append(f"first Fresnel zone: {clear if share > 0 else 'blocked'}")
    return said


def _write(line: Profile, path: Path) -> None:
    """Write the places as CSV, whole or not at all."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("away_m", "ground_m", "line_m", "clearance_m", "fresnel_m"))
    columns = (line.away_m, line.ground_m, line.line_m, line.clearance_m, line.radius_m)
    for values in zip(*columns, strict=True):
        rows.writerow(f"{value:.3f}" for value in values)
    write_whole(path, text.getvalue())
