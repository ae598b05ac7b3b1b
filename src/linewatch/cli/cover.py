"""The command ``linewatch cover``."""

import json
import shutil
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter

from linewatch.cli.ground import ground, joined, terrain_paths
from linewatch.cli.outputs import never_over
from linewatch.cli.telling import tell
from linewatch.errors import BadValue, LinewatchError, LinkError
from linewatch.plan.siting.coverfile import check_suffix, write_cover
from linewatch.plan.siting.table import Look, build_cover, read_candidates, read_strip
from linewatch.sight.kinds import LIGHT_REFRACTION
from linewatch.sight.viewshed import Mode

DASK_WAIT: Final = "10s"
"""How long a scheduler may take to answer."""


def cover(
    *,
    terrain: Annotated[list[str], Parameter(consume_multiple=True, negative="")],
    candidates: Path,
    demand: Path,
    out: Path,
    above: float = 20.0,
    reach: float = 10_000.0,
    target: float = 1.7,
    mode: Literal["exact", "fine", "screen"] = "screen",
    refraction: float = round(LIGHT_REFRACTION, 5),
    workers: int = 2,
    dask: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Look from every candidate at every cell of demand.

    Parameters
    ----------
    terrain
        Terrain: a GeoTIFF, VRT, HGT or other raster with heights; or several tiles, by
        name, pattern ('tiles/*.tif') or folder.
    candidates
        CSV file: site,x,y[,above_m][,reach_m][,cost][,kind][,place], in the terrain's
        own coordinates; or lon_deg,lat_deg for x,y.
    demand
        CSV file: cell,x,y,weight, in the same coordinates; or with lon_deg,lat_deg.
    out
        Cover table to write: .npz for large ones, .parquet, .csv or .csv.gz.
    above
        Height of the lens above the ground [m], where the candidates do not say.
    reach
        Farthest distance that counts [m], where the candidates do not say.
    target
        Height of the target's top above the ground [m].
    mode
        How carefully lines of sight are followed.
    refraction
        Share of the Earth's curve that the bending of light makes up for.
    workers
        Processes to look with.
    dask
        Address of a Dask scheduler to look with instead.
    as_json
        Print one JSON object instead of lines.
    """
    check_suffix(out)
    paths = terrain_paths(terrain)
    never_over((out,), (*paths, candidates, demand))
    if workers < 1:
        raise BadValue("--workers", "1 or more", workers)
    look = Look(
        above_m=above, reach_m=reach, target_m=target, mode=Mode(mode),
        refraction=refraction,
    )  # fmt: skip
    parts = out.with_name(out.name + ".parts")
    client = _dask(dask) if dask else None
    try:
        land = _one_file(paths, parts)
        with ground([land]) as opened:
            stands = read_candidates(candidates, look, opened)
            strip = read_strip(demand, opened)
        seen = build_cover(
            land,
            stands,
            strip,
            parts.resolve(),
            look,
            workers=workers,
            executor=client.get_executor() if client else None,
            progress=None if as_json else tell,
        )
    except LinewatchError:
        if not any(parts.glob("part-*")):
            shutil.rmtree(parts, ignore_errors=True)
        raise
    finally:
        if client:
            client.close()
    pairs = write_cover(out, seen, stands, strip)
    shutil.rmtree(parts)
    off = int((seen.spots.of_cell < 0).sum())
    facts = {
        "candidates": len(stands.names),
        "cells": len(strip.x),
        "spots": len(seen.spots.col),
        "pairs": pairs,
        "blocks": len(seen.part),
        "blocks_kept": seen.kept,
        "cells_off_terrain": off,
    }
    if as_json:
        print(json.dumps(facts))
        return
    print(
        f"{len(stands.names):,} candidates see {pairs:,} pairs of {len(strip.x):,} "
        f"cells in {len(seen.spots.col):,} cells of the terrain: {out}"
    )
    if seen.kept:
        print(f"{seen.kept} of {len(seen.part)} blocks were there from before.")
    if off:
        print(f"{off:,} cells lie off the terrain, where nothing sees them.")


def _one_file(paths: list[Path], parts: Path) -> Path:
    """Return one file for the terrain: every process opens it by its name."""
    if len(paths) > 1:
        parts.mkdir(parents=True, exist_ok=True)
        paths = list(joined(paths, parts, always=True)[0])
    return paths[0].resolve()


def _dask(address: str) -> Any:
    """Connect to a Dask scheduler.

    Raises
    ------
    BadValue
        If Dask is not installed.
    LinkError
        If none answers.
    """
    try:
        distributed = import_module("distributed")
    except ImportError as error:
        rule = "left out, or given with pip install 'linewatch[dask]'"
        raise BadValue("--dask", rule, "given without it") from error
    try:
        return distributed.Client(address, timeout=DASK_WAIT, set_as_default=False)
    except (OSError, ValueError, RuntimeError, TypeError) as error:
        first = str(error).strip().partition("\n")[0]
        raise LinkError(address, f"no Dask scheduler answers: {first}") from error
