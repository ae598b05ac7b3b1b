"""The command ``linewatch see``."""

import json
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console
from rich.progress import Progress

from linewatch.cli.ground import ground, print_notes, tell_notes, terrain_paths
from linewatch.cli.outputs import never_over
from linewatch.errors import BadValue
from linewatch.sight.cells import Mode
from linewatch.sight.eyes import MapEye, read_eyes
from linewatch.sight.kinds import LIGHT_REFRACTION
from linewatch.sight.seeing import Asked, SeenFile, Survey


def see(
    *,
    terrain: Annotated[list[str], Parameter(consume_multiple=True, negative="")],
    eyes: Path,
    out_dir: Path | None = None,
    lowest: Annotated[bool, Parameter(negative="")] = False,
    count: Path | None = None,
    mode: Literal["exact", "fine", "screen"] = "fine",
    refraction: float = round(LIGHT_REFRACTION, 5),
    flat: Annotated[bool, Parameter(negative="")] = False,
    memory: float = 1_024.0,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Write what each observer sees as a GeoTIFF, and how many see each cell.

    Parameters
    ----------
    terrain
        Terrain: a GeoTIFF, VRT, HGT or other raster with heights; or several tiles, by
        name, pattern ('tiles/*.hgt') or folder.
    eyes
        CSV file: eye_id,x,y,above_m,target_above_m,reach_m, places in the terrain's
        own coordinates; near_m, azimuth_deg, sector_deg, low_deg and high_deg if any.
    out_dir
        Folder for one file an eye, EYE_ID.tif: 1 seen, 0 not seen, 255 no answer.
    lowest
        Write EYE_ID.lowest.tif too: the lowest height above ground seen, in metres.
    count
        GeoTIFF to write with the number of eyes that see each cell.
    mode
        How carefully lines of sight are followed.
    refraction
        Share of the Earth's curve that the bending of light makes up for.
    flat
        Leave out the Earth's curve.
    memory
        Read the terrain in windows that need no more than this, in MiB.
    as_json
        Print one JSON object instead of lines.
    """
    if out_dir is None and (lowest or count is None):
        rule = "given with --lowest" if lowest else "given, or --count"
        raise BadValue("--out-dir", rule, "left out")
    asked = Asked(
        refraction=1.0 if flat else refraction,
        folder=out_dir,
        lowest=lowest,
        count=count,
        mode=Mode(mode),
        memory_mb=memory,
    )
    watchers = read_eyes(eyes)
    paths = terrain_paths(terrain)
    never_over(_files(watchers, out_dir, count, lowest=lowest), (*paths, eyes))
    with ground(paths) as land:
        err = Console(stderr=True)
        with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
            task = bar.add_task("eyes", total=len(watchers))
            survey = Survey(land, watchers, asked, told=lambda n: bar.advance(task, n))
            done = survey.run()
    notes = tell_notes(land)
    if as_json:
        print(json.dumps(_told(done, asked, notes)))
        return
    print_notes(notes)
    for one in done:
        seen = f"{one.eye_id}: sees {one.seen_km2:.2f} km2"
        if one.path is None:
            print(seen)
        else:
            share = one.seen / one.asked if one.asked else 0.0
            print(f"{seen}, {share:.1%}; {one.path}")
    if count is not None:
        print(f"count of {len(done)} eyes: {count}")


def _files(
    eyes: tuple[MapEye, ...], folder: Path | None, count: Path | None, *, lowest: bool
) -> list[Path]:
    """Return every file that is to be written, each one's own."""
    outs = [] if count is None else [count]
    if folder is not None:
        ends = (".tif", ".lowest.tif") if lowest else (".tif",)
        outs += [folder / f"{eye.eye_id}{end}" for eye in eyes for end in ends]
    for out, times in Counter(outs).items():
        if times > 1:
            raise BadValue("the output", "another for each eye and the count", str(out))
    return outs


def _told(
    done: tuple[SeenFile, ...], asked: Asked, notes: list[str]
) -> dict[str, object]:
    """Return what is printed as JSON."""
    rows = [
        {
            "eye_id": one.eye_id,
            "file": None if one.path is None else str(one.path),
            "cells_seen": one.seen,
            "cells_asked": None if one.path is None else one.asked,
            "seen_km2": round(one.seen_km2, 4),
        }
        for one in done
    ]
    return {
        "mode": asked.mode.value,
        "count": None if asked.count is None else str(asked.count),
        "notes": notes,
        "eyes": rows,
    }
