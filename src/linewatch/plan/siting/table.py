"""The big cover table: what every candidate sees of a strip, block by block."""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, as_completed
from contextlib import nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadLines, BadValue
from linewatch.plan.siting.block import Block, Found, Sighting, look_block, save_whole
from linewatch.plan.siting.cover import Floats, Whole
from linewatch.plan.siting.files import MOST_WORTH, names_of, numbers_of, read_columns
from linewatch.plan.siting.heap import keep_heap
from linewatch.plan.siting.metres import places_on
from linewatch.sight.eyes import MOST_ABOVE_M, MOST_REACH_M
from linewatch.sight.kinds import LIGHT_REFRACTION
from linewatch.sight.raster import MapTerrain
from linewatch.sight.viewshed import Mode

CANDIDATE_COLUMNS: Final = {
    "site": True, "x": False, "y": False, "above_m": False, "reach_m": False,
    "lon_deg": False, "lat_deg": False,
    "cost": False, "kind": False, "place": False, "origin": False,
}  # fmt: skip
STRIP_COLUMNS: Final = {
    "cell": True, "x": False, "y": False, "lon_deg": False, "lat_deg": False,
    "weight": True,
}  # fmt: skip
"""Columns of candidates and demand, and whether each must be there."""

TILE_M: Final = 5_000.0
"""Candidates of one tile share the ground that is read [m]."""

NAMES_TOLD: Final = 5

MOST_CELLS: Final = 2**31 - 1
"""Rows or columns that no raster exceeds, as GDAL counts them."""

BLOCK_SITES: Final = 64
"""Candidates of a block at most: what is lost when the work is stopped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How candidates look.

    Parameters
    ----------
    above_m, reach_m : float
        Height of the lens above the ground and farthest distance [m], where the
        candidates do not say.
    target_m : float
        Height of the target's top above the ground [m].
    mode : Mode
        How carefully lines of sight are followed.
    refraction : float
        Share of the Earth's curve that bending makes up for [-].
    """

    above_m: float = 20.0
    reach_m: float = 10_000.0
    target_m: float = 1.7
    mode: Mode = Mode.SCREEN
    refraction: float = LIGHT_REFRACTION

    def __post_init__(self) -> None:
        heights = (self.above_m, self.target_m)
        if not all(0 <= height <= MOST_ABOVE_M for height in heights):
            rule = f"from 0 to {MOST_ABOVE_M:,.0f}"
            raise BadValue("heights above the ground", rule, heights)
        if not 0 < self.reach_m <= MOST_REACH_M:
            rule = f"above 0 and at most {MOST_REACH_M:,.0f}"
            raise BadValue("reach_m", rule, self.reach_m)
        if not -1 <= self.refraction <= 1:
            raise BadValue("refraction", "from -1 to 1", self.refraction)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Candidates:
    """Where sensors could stand, in the terrain's own coordinates."""

    names: tuple[str, ...]
    x: Floats
    y: Floats
    above_m: Floats
    reach_m: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Strip:
    """Where something is worth seeing: names (a pyarrow array), places, weights."""

    names: Any
    x: Floats
    y: Floats
    weight: Floats


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Spots:
    """Demand by cell of the terrain: demand in one cell is one spot.

    Parameters
    ----------
    row_ptr : ndarray of int64, shape (rows + 1,)
        Spots of each row of the terrain.
    col : ndarray of int32, shape (spots,)
        Column of each spot, growing in a row.
    of_cell : ndarray of int32, shape (cells,)
        Spot of each demand cell; -1 off the terrain.
    """

    row_ptr: Whole
    col: NDArray[np.int32]
    of_cell: NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seen:
    """A finished table: where the pairs of each candidate lie on disk.

    Parameters
    ----------
    spots : Spots
        The demand.
    part : tuple of Path
        Files of pairs, one a block.
    where : ndarray of int64, shape (candidates, 2)
        Part of each candidate, and its place in it.
    counts : ndarray of int64, shape (candidates,)
        Spots that each candidate sees.
    kept : int
        Blocks that were there from before.
    """

    spots: Spots
    part: tuple[Path, ...]
    where: Whole
    counts: Whole
    kept: int

    @property
    def pairs(self) -> int:
        """Pairs of candidate and spot."""
        return int(self.counts.sum())

    def rows(self) -> Iterator[NDArray[np.int32]]:
        """Yield the spots that each candidate sees, in the candidates' order."""
        opened: dict[int, NDArray[np.int32]] = {}
        for (n, start), count in zip(
            self.where.tolist(), self.counts.tolist(), strict=True
        ):
            if n not in opened:
                opened[n] = np.load(self.part[n], mmap_mode="r")
            first = 1 + int(opened[n][0]) + start
            yield opened[n][first : first + count]


def read_candidates(
    path: Path, look: Look, terrain: MapTerrain | None = None
) -> Candidates:
    """Read candidates: ``site,x,y[,above_m][,reach_m]`` and what siting reads.

    With a terrain, ``lon_deg,lat_deg`` may stand for ``x,y``: see `places_on`.

    Raises
    ------
    BadFile, BadLines
        If it is no such file, or rows break their rules.
    """
    rows = read_columns(path, CANDIDATE_COLUMNS)
    names = names_of(path, rows, "site")
    count = len(names)
    above_m, reach_m = np.full(count, look.above_m), np.full(count, look.reach_m)
    if "above_m" in rows.column_names:
        above_m = numbers_of(path, rows, "above_m", most=MOST_ABOVE_M)
    if "reach_m" in rows.column_names:
        reach_m = numbers_of(path, rows, "reach_m", most=MOST_REACH_M)
        none = np.flatnonzero(reach_m <= 0)
        if none.size:
            told = [(int(i) + 2, "reach_m must be above 0") for i in none]
            raise BadLines(path, told)
    x, y = places_on(terrain, path, rows)
    return Candidates(
        names=tuple(names.to_pylist()), x=x, y=y, above_m=above_m, reach_m=reach_m
    )


def read_strip(path: Path, terrain: MapTerrain | None = None) -> Strip:
    """Read demand with its places: ``cell,x,y,weight``.

    With a terrain, ``lon_deg,lat_deg`` may stand for ``x,y``: see `places_on`.

    Raises
    ------
    BadFile, BadLines
        If it is no such file, or rows break their rules.
    """
    rows = read_columns(path, STRIP_COLUMNS)
    names = names_of(path, rows, "cell")
    x, y = places_on(terrain, path, rows)
    weight = numbers_of(path, rows, "weight", most=MOST_WORTH)
    return Strip(names=names, x=x, y=y, weight=weight)


def spots_of(terrain: MapTerrain, x: Floats, y: Floats) -> Spots:
    """Find the terrain's cell of each demand cell."""
    rows, cols = terrain.shape
    row, col = cells_at(terrain, x, y)
    inside = (row >= 0) & (row < rows) & (col >= 0) & (col < cols)
    flat, of_inside = np.unique(row[inside] * cols + col[inside], return_inverse=True)
    of_cell = np.full(len(x), -1, np.int32)
    of_cell[inside] = of_inside
    row_ptr = np.zeros(rows + 1, np.int64)
    np.cumsum(np.bincount(flat // cols, minlength=rows), out=row_ptr[1:])
    return Spots(row_ptr=row_ptr, col=(flat % cols).astype(np.int32), of_cell=of_cell)


def build_cover(  # noqa: PLR0913 -- the door of a stage
    terrain: Path,
    candidates: Candidates,
    strip: Strip,
    parts: Path,
    look: Look | None = None,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[str, float], None] | None = None,
) -> Seen:
    """Look from every candidate at every demand cell.

    Parameters
    ----------
    terrain : Path
        A raster of heights in metres.
    candidates : Candidates
        Where to look from; the lens stands at the centre of its cell.
    strip : Strip
        What to look at.
    parts : Path
        Folder for the pairs of each block of candidates. A block whose ground,
        candidates, demand and settings are the same as before is not looked from
        again, so that stopped work goes on.
    look : Look, optional
        How candidates look.
    workers : int, default 1
        Processes, where no executor is given.
    executor : Executor, optional
        Where blocks are looked from instead: any of `concurrent.futures`, or Dask's.
    progress : callable, optional
        Told the stage and the share done.

    Raises
    ------
    BadValue
        If candidates are off the terrain or stand where it has no data.
    """
    look = look or Look()
    tell = progress or (lambda _stage, _share: None)
    ground = MapTerrain(terrain)
    try:
        spots = spots_of(ground, strip.x, strip.y)
        blocks = _blocks(ground, candidates)
    finally:
        ground.close()
    parts.mkdir(parents=True, exist_ok=True)
    # Processes read the demand from disk, so that it is not sent with every block.
    save_whole(parts / "rows.npy", spots.row_ptr)
    save_whole(parts / "cols.npy", spots.col)
    sighting = Sighting(
        terrain=terrain, parts=parts, target_m=look.target_m,
        mode=look.mode, refraction=look.refraction,
    )  # fmt: skip
    where = np.zeros((len(candidates.names), 2), np.int64)
    counts = np.zeros(len(candidates.names), np.int64)
    part: list[Path] = [Path()] * len(blocks)
    kept = 0
    for done, (n, found) in enumerate(
        _looked(blocks, sighting, workers, executor), start=1
    ):
        part[n] = found.path
        where[blocks[n].number, 0] = n
        where[blocks[n].number, 1] = np.cumsum(found.counts) - found.counts
        counts[blocks[n].number] = found.counts
        kept += found.kept
        tell("looking", done / len(blocks))
    return Seen(spots=spots, part=tuple(part), where=where, counts=counts, kept=kept)


def cells_at(terrain: MapTerrain, x: Floats, y: Floats) -> tuple[Whole, Whole]:
    """Return the rows and columns that places lie in, on the terrain or off it."""
    shift = terrain.transform
    row, col = np.floor((y - shift.f) / shift.e), np.floor((x - shift.c) / shift.a)
    # Far off the map a number may be too large for a whole one.
    near_row, near_col = (np.clip(axis, -1, MOST_CELLS) for axis in (row, col))
    return near_row.astype(np.int64), near_col.astype(np.int64)


def _blocks(ground: MapTerrain, candidates: Candidates) -> list[Block]:
    """Put candidates that stand near one another into blocks."""
    rows, cols = ground.shape
    row, col = cells_at(ground, candidates.x, candidates.y)
    off = np.flatnonzero((row < 0) | (row >= rows) | (col < 0) | (col >= cols))
    if off.size:
        told = ", ".join(candidates.names[i] for i in off[:NAMES_TOLD].tolist())
        more = f" and {len(off) - NAMES_TOLD} more" if len(off) > NAMES_TOLD else ""
        x, y = candidates.x[off[0]], candidates.y[off[0]]
        got = f"off it, as are {told}{more} (x {x:.9g}, y {y:.9g})"
        raise BadValue("candidates", f"on {ground.extent}", got)
    step_x_m, step_y_m = ground.steps_m(rows // 2)
    down, across = row * step_y_m // TILE_M, col * step_x_m // TILE_M
    order = np.lexsort((col, row, across, down))
    tile = np.stack([down, across])[:, order]
    new = np.flatnonzero((np.diff(tile, axis=1) != 0).any(axis=0)) + 1
    blocks = []
    for mine in np.split(order, new):
        for first in range(0, len(mine), BLOCK_SITES):
            number = mine[first : first + BLOCK_SITES]
            blocks.append(
                Block(
                    number=number,
                    row=row[number],
                    col=col[number],
                    above_m=candidates.above_m[number],
                    reach_m=candidates.reach_m[number],
                )
            )
    return blocks


def _looked(
    blocks: list[Block], sighting: Sighting, workers: int, executor: Executor | None
) -> Iterator[tuple[int, Found]]:
    """Yield the blocks as they are done, each with its number."""
    if executor is None and workers == 1:
        for n, block in enumerate(blocks):
            yield n, look_block(block, sighting)
        return
    # Spawned, for a fork would copy the threads' locks in whatever state they are.
    made = (
        ProcessPoolExecutor(
            workers, mp_context=get_context("spawn"), initializer=keep_heap
        )
        if executor is None
        else nullcontext(executor)
    )
    with made as pool:
        numbered = {
            pool.submit(look_block, block, sighting): n
            for n, block in enumerate(blocks)
        }
        try:
            for future in as_completed(numbered):
                yield numbered[future], future.result()
        except BaseException:
            for future in numbered:
                future.cancel()
            raise
