"""The command ``linewatch see``."""

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from linewatch.errors import BadValue
from linewatch.sight.kinds import LIGHT_REFRACTION
from linewatch.sight.raster import MapTerrain, read_eyes, see_all
from linewatch.sight.viewshed import Mode


def see(
    *,
    terrain: Path,
    eyes: Path,
    out_dir: Path,
    mode: Literal["exact", "fine", "screen"] = "fine",
    refraction: float = round(LIGHT_REFRACTION, 5),
    flat: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write what each observer sees as a GeoTIFF.

    Parameters
    ----------
    terrain
        Terrain: a GeoTIFF, VRT or other raster with heights in metres.
    eyes
        CSV file: eye_id,x,y,above_m,target_above_m,reach_m, places in the terrain's
        own coordinates.
    out_dir
        Folder for one file an eye, EYE_ID.tif: 1 seen, 0 not seen, 255 no answer.
    mode
        How carefully lines of sight are followed.
    refraction
        Share of the Earth's curve that the bending of light makes up for.
    flat
        Leave out the Earth's curve.
    as_json
        Print one JSON object instead of lines.
    """
    if not -1 <= refraction <= 1:
        raise BadValue("refraction", "from -1 to 1", refraction)
    watchers = read_eyes(eyes)
    ground = MapTerrain(terrain)
    try:
        done = see_all(
            ground,
            watchers,
            out_dir,
            refraction=1.0 if flat else refraction,
            mode=Mode(mode),
        )
    finally:
        ground.close()
    if as_json:
        rows = [
            {
                "eye_id": one.eye_id,
                "file": str(one.path),
                "cells_seen": one.seen,
                "cells_asked": one.asked,
                "seen_km2": round(one.seen_km2, 4),
            }
            for one in done
        ]
        print(json.dumps({"mode": mode, "eyes": rows}))
        return
    for one in done:
        share = one.seen / one.asked if one.asked else 0.0
        print(f"{one.eye_id}: sees {one.seen_km2:.2f} km2, {share:.1%}; {one.path}")
