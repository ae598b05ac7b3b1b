"""Ground in oblong cells, made ready once and swept round many eyes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.sight import _kernels as loops
from linewatch.sight import _kernels_sweep as sweeps

EARTH_RADIUS_M: Final = 6_371_008.8
"""Mean radius of the Earth [m]: IUGG, from the GRS 80 ellipsoid (Moritz, 2000)."""

FARTHEST_M: Final = 1e8
"""Stands for a reach without end [m]."""

T = TypeVar("T", bound=np.generic)

HIDDEN: Final = 0
SEEN: Final = 1
NO_ANSWER: Final = 255
"""Marked where the ground has no data or is out of reach."""


class Mode(StrEnum):
    """How carefully lines of sight are followed."""

    EXACT = "exact"
    """Each line by itself, in float64: the reference, and slow."""
    FINE = "fine"
    """Horizons along eight rays a cell, reading every row and column."""
    SCREEN = "screen"
    """The same along two rays a cell: for many candidates."""


RAYS: Final = {Mode.FINE: (8, 4_096), Mode.SCREEN: (2, 512)}
"""Rays a cell of the outermost ring, and how many an eighth of the view has plenty of:
past 512 cells of reach fine comes down to no less than one a cell, past 256 screen."""


def sag_per_m(refraction: float) -> float:
    """Return how far the Earth falls away per squared distance [1/m]."""
    return (1 - refraction) / (2 * EARTH_RADIUS_M)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cells:
    """Ground heights on oblong cells, north row first.

    Parameters
    ----------
    height_m : ndarray of float32, shape (rows, cols)
        Ground [m]; NaN without data.
    step_x_m, step_y_m : float
        Distance between columns and between rows [m].
    """

    height_m: NDArray[np.float32]
    step_x_m: float
    step_y_m: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """An observer at the centre of a cell: its height and its reach [m]."""

    row: int
    col: int
    above_m: float
    reach_m: float


def spanned(
    shape: tuple[int, int],
    place: tuple[int, int],
    reach_m: float,
    steps_m: tuple[float, float],
) -> tuple[int, int, int, int]:
    """Return the first row and column, rows and columns that a reach spans.

    `steps_m` are the distances between rows and between columns.
    """
    (rows, cols), (row, col) = shape, place
    reach_m = float(min(reach_m, FARTHEST_M))
    deep, wide = (sweeps.steps_within(reach_m, float(step_m)) for step_m in steps_m)
    top, left = max(row - deep, 0), max(col - wide, 0)
    bottom, right = min(row + deep + 1, rows), min(col + wide + 1, cols)
    return top, left, bottom - top, right - left


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Patch(Generic[T]):
    """What an eye sees in the rectangle that its reach spans.

    Parameters
    ----------
    top, left : int
        First row and column of the rectangle in the ground.
    values : ndarray, shape (rows, cols) of the rectangle
        The answer in each cell.
    """

    top: int
    left: int
    values: NDArray[T]


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Prepared:
    """Ground made ready for many sweeps: a copy, and a copy on its side.

    Parameters
    ----------
    held_m : ndarray of float32, shape (2, room + rows * cols + room)
        Heights [m], with a mark for ground without data, row by row and column by
        column. A sweep may read past the map's edges, so there is room at both ends,
        as much as the longer side has cells.
    rows, cols : int
        Shape of the ground.
    step_x_m, step_y_m : float
        Distance between columns and between rows [m].
    sag : float
        How far the Earth falls away per squared distance [1/m].
    """

    held_m: NDArray[np.float32]
    rows: int
    cols: int
    step_x_m: float
    step_y_m: float
    sag: float

    @classmethod
    def of(cls, cells: Cells, *, sag: float) -> Self:
        """Make ground ready: twice its memory."""
        rows, cols = cells.height_m.shape
        room = max(rows, cols)
        held_m = np.zeros((2, rows * cols + 2 * room), dtype=np.float32)
        level, turned = held_m[:, room : room + rows * cols]
        loops.prepare(
            np.ascontiguousarray(cells.height_m),
            level.reshape(rows, cols),
            turned.reshape(cols, rows),
        )
        return cls(
            held_m=held_m,
            rows=rows,
            cols=cols,
            step_x_m=cells.step_x_m,
            step_y_m=cells.step_y_m,
            sag=sag,
        )

    @property
    def ground_m(self) -> NDArray[np.float32]:
        """Heights [m] with a mark for ground without data, shape (rows, cols)."""
        room = max(self.rows, self.cols)
        level = self.held_m[0, room : room + self.rows * self.cols]
        return level.reshape(self.rows, self.cols)

    def has_ground(self, row: int, col: int) -> bool:
        """Whether a cell lies on the map and has data."""
        inside = 0 <= row < self.rows and 0 <= col < self.cols
        return inside and bool(self.ground_m[row, col] > loops.NONE_M)

    def spanned(self, lens: Lens) -> tuple[int, int, int, int]:
        """Return the first row and column, rows and columns that a reach spans."""
        place, steps_m = (lens.row, lens.col), (self.step_y_m, self.step_x_m)
        return spanned((self.rows, self.cols), place, lens.reach_m, steps_m)

    def lowest(self, lens: Lens, *, mode: Mode = Mode.FINE) -> Patch[np.float32]:
        """Return the lowest height above ground [m] seen in each cell in reach.

        Infinite beyond the reach and where there is no ground; the lens must stand
        where there is some.
        """
        top, left, rows, cols = self.spanned(lens)
        if mode is Mode.EXACT:
            window = self.ground_m[top : top + rows, left : left + cols]
            base_m = float(self.ground_m[lens.row, lens.col])
            rise_m = window.astype(np.float64) - base_m
            rise_m[window <= loops.NONE_M] = loops.NONE_M
            values = loops.lowest_exact(
                *(rise_m, lens.row - top, lens.col - left, lens.above_m),
                *(self.step_y_m, self.step_x_m, self.sag, lens.reach_m),
            )
            return Patch(top=top, left=left, values=values)
        values = np.full((rows, cols), np.inf, dtype=np.float32)
        values[lens.row - top, lens.col - left] = 0.0
        self._sweep(lens, mode, 0.0, (top, left, cols), values)
        return Patch(top=top, left=left, values=values)

    def seen(
        self, lens: Lens, *, target_m: float, mode: Mode = Mode.FINE
    ) -> Patch[np.uint8]:
        """Mark where a target `target_m` [m] high is seen, quicker than `lowest`.

        1 seen, 0 hidden, 255 out of reach or without ground, as bytes.
        """
        top, left, rows, cols = self.spanned(lens)
        if mode is Mode.EXACT:
            patch = self.lowest(lens, mode=mode)
            marks = np.where(patch.values <= target_m, SEEN, HIDDEN).astype(np.uint8)
            marks[np.isinf(patch.values)] = NO_ANSWER
            return Patch(top=top, left=left, values=marks)
        marks = np.full((rows, cols), NO_ANSWER, dtype=np.uint8)
        marks[lens.row - top, lens.col - left] = SEEN
        self._sweep(lens, mode, target_m, (top, left, cols), marks)
        return Patch(top=top, left=left, values=marks)

    def _sweep(
        self,
        lens: Lens,
        mode: Mode,
        target_m: float,
        frame: tuple[int, int, int],
        out: NDArray[np.float32] | NDArray[np.uint8],
    ) -> None:
        """Sweep round one lens: the lowest height seen, or marks if `out` is bytes."""
        flat = out.reshape(-1)
        heights = flat if flat.dtype == np.float32 else NO_HEIGHTS
        marks = flat if flat.dtype == np.uint8 else NO_MARKS
        sweeps.sweep(
            self.held_m[0],
            self.held_m[1],
            self.rows,
            self.cols,
            lens.row,
            lens.col,
            float(lens.above_m),
            self.step_y_m,
            self.step_x_m,
            self.sag,
            min(lens.reach_m, FARTHEST_M),
            *RAYS[mode],
            float(target_m),
            *frame,
            np.asarray(heights, np.float32),
            np.asarray(marks, np.uint8),
            NO_COUNT,
        )

    def add_seen(
        self,
        lenses: Sequence[Lens],
        count: NDArray[np.uint32],
        *,
        targets_m: Sequence[float],
        steps_m: NDArray[np.float64] | None = None,
        mode: Mode = Mode.FINE,
    ) -> NDArray[np.int64]:
        """Add 1 to a count wherever a target is seen, eye after eye in one pass.

        Parameters
        ----------
        lenses : sequence of Lens
            The eyes; each stands where there is ground.
        count : ndarray of uint32, shape (rows, cols), C order
            Grows in place by the eyes that see each cell.
        targets_m : sequence of float
            Height of each eye's target above the ground [m].
        steps_m : ndarray, shape (eyes, 2), optional
            Distances [m] between rows and between columns at each eye, where they
            differ over the ground (degrees); those of the ground otherwise.
        mode : Mode, default fine
            How carefully; exact takes the eyes one by one.

        Returns
        -------
        ndarray of int64, shape (eyes,)
            How many cells each eye sees.
        """
        if count.shape != self.ground_m.shape or count.dtype != np.uint32:
            raise BadValue("count", "uint32 of the ground's shape", count.dtype)
        place = np.array([(one.row, one.col) for one in lenses], dtype=np.int64)
        need_m = np.array(
            [
                (one.above_m, target_m, min(one.reach_m, FARTHEST_M))
                for one, target_m in zip(lenses, targets_m, strict=True)
            ],
            dtype=np.float64,
        )
        if steps_m is None:
            steps_m = np.full((len(lenses), 2), (self.step_y_m, self.step_x_m))
        if mode is Mode.EXACT:
            return self._add_exact(lenses, count, targets_m, steps_m)
        totals = np.zeros(len(lenses), dtype=np.int64)
        sweeps.sweep_all(
            self.held_m[0],
            self.held_m[1],
            self.rows,
            self.cols,
            place.reshape(-1, 2),
            need_m.reshape(-1, 3),
            steps_m,
            self.sag,
            *RAYS[mode],
            count.reshape(-1),
            totals,
        )
        return totals

    def _add_exact(
        self,
        lenses: Sequence[Lens],
        count: NDArray[np.uint32],
        targets_m: Sequence[float],
        steps_m: NDArray[np.float64],
    ) -> NDArray[np.int64]:
        """Count line by line."""
        totals = []
        for lens, target_m, (y_m, x_m) in zip(lenses, targets_m, steps_m, strict=True):
            here = replace(self, step_y_m=float(y_m), step_x_m=float(x_m))
            patch = here.seen(lens, target_m=target_m, mode=Mode.EXACT)
            rows, cols = patch.values.shape
            is_seen = patch.values == SEEN
            bottom, right = patch.top + rows, patch.left + cols
            count[patch.top : bottom, patch.left : right] += is_seen
            totals.append(int(is_seen.sum()))
        return np.array(totals, dtype=np.int64)


NO_HEIGHTS: Final = np.zeros(0, dtype=np.float32)
NO_MARKS: Final = np.zeros(0, dtype=np.uint8)
NO_COUNT: Final = np.zeros(0, dtype=np.uint32)
