"""What observers see over terrain files, written on the terrain's own grid."""

import math
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from linewatch.errors import BadValue
from linewatch.sight.cells import (
    NO_ANSWER,
    SEEN,
    Cells,
    Lens,
    Mode,
    Patch,
    Prepared,
    sag_per_m,
    spanned,
)
from linewatch.sight.eyes import MapEye
from linewatch.sight.limits import limited
from linewatch.sight.raster import BLOCK, MapTerrain, written

BYTES_PER_CELL: Final = 24
"""Ground, its transpose, the file's own heights, marks and counts, with room."""

FEW_EYES: Final = int(np.iinfo(np.uint16).max)
"""Eyes of which two bytes a cell hold the count."""

Rows = Callable[[int, int], NDArray[np.uint32]]
"""Lends the rows of a count from one to before another, to read and to write."""

EYES_AT_ONCE: Final = 64
"""Eyes swept between two chances to stop or to tell how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is wanted of a run.

    Parameters
    ----------
    folder : Path, optional
        Where to write a raster an eye, ``EYE_ID.tif``: 1 seen, 0 not, 255 no answer.
    lowest : bool, default False
        Write ``EYE_ID.lowest.tif`` too: the lowest height above ground seen [m].
    count : Path, optional
        Where to write how many eyes see each cell.
    refraction : float
        Share of the Earth's curve that bending makes up for [-]; 1 for a flat Earth.
    mode : Mode, default fine
        How carefully lines of sight are followed.
    memory_mb : float, default 1024
        Ground is read in windows that need no more than this [MiB].
    """

    refraction: float
    folder: Path | None = None
    lowest: bool = False
    count: Path | None = None
    mode: Mode = Mode.FINE
    memory_mb: float = 1_024.0

    def __post_init__(self) -> None:
        if not self.memory_mb > 0:
            raise BadValue("memory_mb", "above 0", self.memory_mb)
        if not -1 <= self.refraction <= 1:
            raise BadValue("refraction", "from -1 to 1", self.refraction)
        if self.folder is None and self.count is None:
            raise BadValue("folder and count", "one of them given", "neither")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """What one eye sees: its file, cells seen and cells asked about.

    `path` is None and `asked` 0 where only a count was wanted.
    """

    eye_id: str
    path: Path | None
    seen: int
    asked: int
    seen_km2: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Group:
    """Eyes that share one window of ground: the window, and the eyes' numbers."""

    top: int
    left: int
    rows: int
    cols: int
    members: tuple[int, ...]


def grouped(
    terrain: MapTerrain, eyes: Sequence[MapEye], *, most_cells: float
) -> tuple[Group, ...]:
    """Group neighbouring eyes by windows of at most `most_cells` cells.

    Raises
    ------
    BadValue
        If an eye is off the terrain, or its reach alone spans more.
    """
    spans = [_span(terrain, eye, most_cells) for eye in eyes]
    deepest = max((one[2] for one in spans), default=1)
    order = sorted(
        range(len(eyes)), key=lambda n: (spans[n][0] // deepest, spans[n][1])
    )
    groups: list[Group] = []
    box, members = (0, 0, 0, 0), list[int]()
    for n in order:
        top, left, rows, cols = spans[n]
        mine = (top, left, top + rows, left + cols)
        if members:
            both = (
                *(min(a, b) for a, b in zip(box[:2], mine[:2], strict=True)),
                *(max(a, b) for a, b in zip(box[2:], mine[2:], strict=True)),
            )
            if (both[2] - both[0]) * (both[3] - both[1]) <= most_cells:
                box = (both[0], both[1], both[2], both[3])
                members.append(n)
                continue
            groups.append(_group(box, members))
        box, members = mine, [n]
    if members:
        groups.append(_group(box, members))
    return tuple(groups)


def _group(box: tuple[int, int, int, int], members: list[int]) -> Group:
    """Make a group of a box of rows and columns."""
    top, left, bottom, right = box
    return Group(
        top=top,
        left=left,
        rows=bottom - top,
        cols=right - left,
        members=tuple(members),
    )


def _span(
    terrain: MapTerrain, eye: MapEye, most_cells: float
) -> tuple[int, int, int, int]:
    """Return the first row and column, rows and columns that an eye's reach spans."""
    place = terrain.cell_of(eye.x, eye.y)
    rows, cols = terrain.shape
    if place is None:
        got = f"x {eye.x:.9g}, y {eye.y:.9g}"
        raise BadValue(f"place of eye {eye.eye_id}", f"on {terrain.extent}", got)
    x_m, y_m = terrain.steps_m(place[0])
    span = spanned((rows, cols), place, eye.reach_m, (y_m, x_m))
    high, broad = span[2:]
    if high * broad > most_cells:
        rule = f"such that its {high} x {broad} cells fit into the memory allowed"
        raise BadValue(f"reach_m of eye {eye.eye_id}", rule, eye.reach_m)
    return span


class Survey:
    """A run over eyes: groups, sweeps, files and the count.

    Parameters
    ----------
    terrain : MapTerrain
        The ground.
    eyes : sequence of MapEye
        The observers.
    asked : Asked
        What is wanted.
    told : callable, optional
        Called with the number of eyes done since the last call.

    Raises
    ------
    BadValue
        If an eye is off the terrain, stands where there is no ground, or reaches over
        more than the memory allowed.
    """

    def __init__(
        self,
        terrain: MapTerrain,
        eyes: Sequence[MapEye],
        asked: Asked,
        *,
        told: Callable[[int], None] | None = None,
    ) -> None:
        self._terrain = terrain
        self._eyes = eyes
        self._asked = asked
        self._told = told or (lambda _: None)
        self._groups = grouped(
            terrain, eyes, most_cells=asked.memory_mb * 2**20 / BYTES_PER_CELL
        )
        self._done: dict[int, SeenFile] = {}

    def run(self) -> tuple[SeenFile, ...]:
        """Sweep all groups and write what was asked for; in the order of the eyes."""
        asked = self._asked
        if asked.folder is not None:
            asked.folder.mkdir(parents=True, exist_ok=True)
        if asked.count is None:
            for group in self._groups:
                self._sweep_group(group, None)
        else:
            with _counts(self._terrain.shape, asked) as counted:
                for group in self._groups:
                    self._sweep_group(group, counted)
                self._write_count(asked.count, counted)
        return tuple(self._done[n] for n in range(len(self._eyes)))

    def _sweep_group(self, group: Group, counted: Rows | None) -> None:
        """Read a group's ground and sweep round its eyes."""
        window = Window(group.left, group.top, group.cols, group.rows)
        height_m = self._terrain.heights(window)
        cells = Cells(height_m=height_m, step_x_m=1.0, step_y_m=1.0)
        ready = Prepared.of(cells, sag=sag_per_m(self._asked.refraction))
        for n in group.members:
            lens, _ = self._lens(group, n)
            if not ready.has_ground(lens.row, lens.col):
                eye = self._eyes[n]
                where = "where the terrain has data"
                if not np.isfinite(height_m).any():
                    where += " (there is none within reach)"
                raise BadValue(f"place of eye {eye.eye_id}", where, (eye.x, eye.y))
        count = None
        if counted is not None:
            count = np.zeros(height_m.shape, dtype=np.uint32)
        alone = list(group.members)
        if self._asked.folder is None and count is not None:
            free = [n for n in alone if self._eyes[n].limits.is_free]
            alone = [n for n in alone if not self._eyes[n].limits.is_free]
            self._count_free(ready, group, free, count)
        for n in alone:
            self._see_one(ready, group, n, count)
            self._told(1)
        if counted is not None and count is not None:
            rows = counted(group.top, group.top + group.rows)
            rows[:, group.left : group.left + group.cols] += count

    def _lens(self, group: Group, n: int) -> tuple[Lens, tuple[float, float]]:
        """Return an eye's lens in its group's window, and the steps there [m]."""
        eye = self._eyes[n]
        row, col = self._terrain.cell_of(eye.x, eye.y) or (0, 0)  # it is on the map
        lens = Lens(
            row=row - group.top,
            col=col - group.left,
            above_m=eye.above_m,
            reach_m=eye.reach_m,
        )
        return lens, self._terrain.steps_m(row)

    def _count_free(
        self,
        ready: Prepared,
        group: Group,
        members: Sequence[int],
        count: NDArray[np.uint32],
    ) -> None:
        """Count eyes without limits, many in one pass."""
        for first in range(0, len(members), EYES_AT_ONCE):
            some = members[first : first + EYES_AT_ONCE]
            pairs = [self._lens(group, n) for n in some]
            steps_m = np.array([(y_m, x_m) for _, (x_m, y_m) in pairs])
            totals = ready.add_seen(
                [lens for lens, _ in pairs],
                count,
                targets_m=[self._eyes[n].target_above_m for n in some],
                steps_m=steps_m,
                mode=self._asked.mode,
            )
            for n, seen, (y_m, x_m) in zip(some, totals, steps_m, strict=True):
                self._done[n] = SeenFile(
                    eye_id=self._eyes[n].eye_id,
                    path=None,
                    seen=int(seen),
                    asked=0,
                    seen_km2=float(seen * y_m * x_m / 1e6),
                )
            self._told(len(some))

    def _see_one(
        self,
        ready: Prepared,
        group: Group,
        n: int,
        count: NDArray[np.uint32] | None,
    ) -> None:
        """Sweep round one eye, write its files and add it to the count."""
        eye, asked = self._eyes[n], self._asked
        lens, (x_m, y_m) = self._lens(group, n)
        here = replace(ready, step_x_m=x_m, step_y_m=y_m)
        marks, lowest = marked(here, lens, eye, mode=asked.mode, lowest=asked.lowest)
        is_seen = marks.values == SEEN
        if count is not None:
            rows, cols = is_seen.shape
            bottom, right = marks.top + rows, marks.left + cols
            count[marks.top : bottom, marks.left : right] += is_seen
        path = None
        if asked.folder is not None:
            path = asked.folder / f"{eye.eye_id}.tif"
            self._write_patch(path, group, marks, NO_ANSWER)
            if lowest is not None:
                told = np.where(np.isinf(lowest.values), np.nan, lowest.values)
                low = Patch(top=lowest.top, left=lowest.left, values=told)
                self._write_patch(
                    asked.folder / f"{eye.eye_id}.lowest.tif", group, low, math.nan
                )
        seen = int(is_seen.sum())
        self._done[n] = SeenFile(
            eye_id=eye.eye_id,
            path=path,
            seen=seen,
            asked=int((marks.values != NO_ANSWER).sum()),
            seen_km2=seen * x_m * y_m / 1e6,
        )

    def _write_patch(
        self, path: Path, group: Group, patch: Patch[Any], nodata: float
    ) -> None:
        """Write a patch where it lies on the terrain's grid; no answer elsewhere."""
        rows, cols = patch.values.shape
        window = Window(group.left + patch.left, group.top + patch.top, cols, rows)
        with written(path, self._terrain, patch.values.dtype, nodata) as out:
            out.write(patch.values, 1, window=window)

    def _write_count(self, path: Path, counted: Rows) -> None:
        """Write the count where eyes reach, in as few bytes as hold it; 0 elsewhere."""
        kind = np.dtype(np.uint16 if len(self._eyes) <= FEW_EYES else np.uint32)
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = self._terrain.shape[0]
        with written(path, self._terrain, kind, None) as out:
            for top in range(0, rows, BLOCK):
                bottom = min(top + BLOCK, rows)
                here = [
                    (one.left, one.left + one.cols)
                    for one in self._groups
                    if one.top < bottom and one.top + one.rows > top
                ]
                if not here:
                    continue
                left, right = (
                    min(first for first, _ in here),
                    max(past for _, past in here),
                )
                strip = counted(top, bottom)[:, left:right].astype(kind)
                window = Window(left, top, right - left, bottom - top)
                out.write(strip, 1, window=window)


@contextmanager
def _counts(shape: tuple[int, int], asked: Asked) -> Iterator[Rows]:
    """Lend room for the count: in memory if it may, else in a file that goes again."""
    rows, cols = shape
    size = np.dtype(np.uint32).itemsize * cols
    if size * rows <= asked.memory_mb * 2**20 / 2:
        held = np.zeros(shape, dtype=np.uint32)
        yield lambda top, bottom: held[top:bottom]
        return
    with tempfile.TemporaryFile() as file:
        file.truncate(size * rows)

        def lent(top: int, bottom: int) -> NDArray[np.uint32]:
            # Mapped for as long as they are used: what is mapped counts as memory.
            part = (bottom - top, cols)
            return np.asarray(np.memmap(file, np.uint32, "r+", size * top, part))

        yield lent


def marked(
    ready: Prepared,
    lens: Lens,
    eye: MapEye,
    *,
    mode: Mode,
    lowest: bool = False,
) -> tuple[Patch[np.uint8], Patch[np.float32] | None]:
    """Mark what an eye sees within its limits; return the lowest height too if asked.

    `ready` has the steps at the eye.
    """
    if eye.limits.is_free and not lowest:
        return ready.seen(lens, target_m=eye.target_above_m, mode=mode), None
    patch = ready.lowest(lens, mode=mode)
    (rows, cols), top, left = patch.values.shape, patch.top, patch.left
    values = patch.values
    if not eye.limits.is_free:
        window = Cells(
            height_m=ready.ground_m[top : top + rows, left : left + cols],
            step_x_m=ready.step_x_m,
            step_y_m=ready.step_y_m,
        )
        inside = replace(lens, row=lens.row - top, col=lens.col - left)
        values = limited(values, window, inside, eye.limits, sag=ready.sag)
    marks = (values <= eye.target_above_m).astype(np.uint8)
    marks[np.isinf(values)] = NO_ANSWER
    low = Patch(top=top, left=left, values=values)
    return Patch(top=top, left=left, values=marks), low if lowest else None


def see_from(
    terrain: MapTerrain, eye: MapEye, *, refraction: float, mode: Mode = Mode.FINE
) -> tuple[NDArray[np.uint8], float]:
    """Return what an eye sees on the terrain's grid, and the area of a cell [m^2].

    Raises
    ------
    BadValue
        If the eye is off the terrain, or there is no ground under it.
    """
    top, left, rows, cols = _span(terrain, eye, math.inf)
    row, col = terrain.cell_of(eye.x, eye.y) or (0, 0)  # its span is on the map
    step_x_m, step_y_m = terrain.steps_m(row)
    cells = Cells(
        height_m=terrain.heights(Window(left, top, cols, rows)),
        step_x_m=step_x_m,
        step_y_m=step_y_m,
    )
    ready = Prepared.of(cells, sag=sag_per_m(refraction))
    lens = Lens(row=row - top, col=col - left, above_m=eye.above_m, reach_m=eye.reach_m)
    if not ready.has_ground(lens.row, lens.col):
        raise BadValue("x and y", "where the terrain has data", (eye.x, eye.y))
    marks, _ = marked(ready, lens, eye, mode=mode)
    out = np.full(terrain.shape, NO_ANSWER, dtype=np.uint8)
    out[top : top + rows, left : left + cols] = marks.values
    return out, step_x_m * step_y_m
