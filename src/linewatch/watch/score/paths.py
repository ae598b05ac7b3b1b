"""Places over time of several targets or tracks, by instant."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from linewatch.errors import BadValue

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paths:
    """Rows of (time, id, place), in order of time and id, arrays of shape (n,).

    Parameters
    ----------
    time_s : ndarray
        When [s].
    ident : ndarray of int64
        Which target or track.
    place : ndarray, shape (n, 2)
        Where [m].
    speed : ndarray, shape (n, 2), or None
        Velocity [m/s], NaN where it is not known.
    """

    time_s: Floats
    ident: Longs
    place: Floats
    speed: Floats | None = None

    @classmethod
    def of(  # noqa: PLR0913 - one argument a column
        cls,
        time_s: ArrayLike,
        ident: ArrayLike,
        x_m: ArrayLike,
        y_m: ArrayLike,
        vx_mps: ArrayLike | None = None,
        vy_mps: ArrayLike | None = None,
    ) -> "Paths":
        """Sort rows into paths.

        Raises
        ------
        BadValue
            If a figure is not finite or one id is twice at one time.
        """
        time = np.asarray(time_s, np.float64)
        name = np.asarray(ident, np.int64)
        place = np.column_stack([x_m, y_m]).astype(np.float64)
        if not (np.isfinite(time).all() and np.isfinite(place).all()):
            raise BadValue("paths", "finite", "a row that is not")
        order = np.lexsort((name, time))
        time, name, place = time[order], name[order], place[order]
        twice = (time[1:] == time[:-1]) & (name[1:] == name[:-1])
        if twice.any():
            at = int(np.flatnonzero(twice)[0])
            got = f"two of id {name[at]} at {time[at]:g} s"
            raise BadValue("paths", "one row per id and time", got)
        speed = None
        if vx_mps is not None and vy_mps is not None:
            speed = np.column_stack([vx_mps, vy_mps]).astype(np.float64)[order]
        return cls(time_s=time, ident=name, place=place, speed=speed)

    def between(self, since_s: float | None, until_s: float | None) -> "Paths":
        """Return the rows of a time, both ends included."""
        low = -np.inf if since_s is None else since_s
        high = np.inf if until_s is None else until_s
        which = slice(
            int(np.searchsorted(self.time_s, low, "left")),
            int(np.searchsorted(self.time_s, high, "right")),
        )
        return Paths(
            time_s=self.time_s[which],
            ident=self.ident[which],
            place=self.place[which],
            speed=None if self.speed is None else self.speed[which],
        )

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.time_s)


def instants(*paths: Paths) -> Floats:
    """Return every time that any of the paths has, in order."""
    return np.unique(np.concatenate([path.time_s for path in paths]))


def side_by_side(
    truth: Paths, tracks: Paths, times: Floats
) -> Iterator[tuple[slice, slice]]:
    """Yield the rows of both at each time."""
    ends = []
    for path in (truth, tracks):
        lo = np.searchsorted(path.time_s, times, "left")
        hi = np.searchsorted(path.time_s, times, "right")
        ends.append([slice(a, b) for a, b in zip(lo, hi, strict=True)])
    yield from zip(*ends, strict=True)


def close_pairs(
    one: Floats, other: Floats, *, within_m: float
) -> tuple[Longs, Longs, Floats]:
    """Return every pair nearer than `within_m`: row of one, row of other, distance."""
    if not len(one) or not len(other):
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    near = cKDTree(one).sparse_distance_matrix(
        cKDTree(other), within_m, output_type="ndarray"
    )
    order = np.lexsort((near["j"], near["i"]))
    i, j = near["i"][order].astype(np.int64), near["j"][order].astype(np.int64)
    gap = np.hypot(*(one[i] - other[j]).T) if len(i) else np.zeros(0)
    keep = gap < within_m
    return i[keep], j[keep], gap[keep]


def cheapest(i: Longs, j: Longs, cost: Floats, *, alone: float) -> Longs:
    """Return which of the pairs (i, j) to match so that the sum is least.

    An unmatched pair costs `alone`. Each connected set of pairs is solved by itself.
    """
    if not len(i):
        return np.zeros(0, np.int64)
    rows, cols = int(i.max()) + 1, int(j.max()) + 1
    links = coo_array((np.ones(len(i)), (i, rows + j)), shape=(rows + cols,) * 2)
    island = connected_components(links, directed=False)[1][i]
    order = np.argsort(island, kind="stable")
    begin = np.flatnonzero(np.diff(island[order], prepend=-1))
    many = np.diff(np.append(begin, len(order)))
    single = order[begin[many == 1]]
    chosen = [single[cost[single] < alone]]
    for first, count in zip(begin[many > 1], many[many > 1], strict=True):
        which = order[first : first + count]
        a, row = np.unique(i[which], return_inverse=True)
        b, col = np.unique(j[which], return_inverse=True)
        table = np.full((len(a), len(b)), alone)
        table[row, col] = cost[which]
        back = np.full(table.shape, -1)
        back[row, col] = which
        r, c = linear_sum_assignment(table)
        pairs = back[r, c]
        chosen.append(pairs[(pairs >= 0) & (table[r, c] < alone)])
    return np.concatenate(chosen).astype(np.int64)
