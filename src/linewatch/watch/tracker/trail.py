"""What made each track: the record that smoothing, groups and bias reckon with."""

from dataclasses import dataclass, fields
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

FIGURES: Final = 16
"""Columns of figures that the kernels write per row."""

NAMES: Final = 6
"""Columns of whole numbers that the kernels write per row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """One row per scan and track that it touched or ought to have, in order of time.

    There is a row when the scan gave the track a share of a detection of `TRAIL_LEAST`
    or more, when the scan began the track, and when a track of more than one detection
    was missed where the sensor had a chance to detect it. Arrays of shape (n,).

    Parameters
    ----------
    time_s : ndarray
        Time of the scan, which is the track's too [s].
    track_id : ndarray of int64
        The track.
    row : ndarray of int64
        Row of the sensor in the sensor table.
    born : ndarray of bool
        True where the scan began the track.
    pairs : ndarray of int64
        Detections in the track's gate.
    own : ndarray of int64
        Detections of which this track takes the largest share of all.
    hit : ndarray
        Chance that one of the detections is the track's, given that it exists; 0 for a
        sure miss.
    pd : ndarray
        Chance that the sensor detects it there; 0 where a miss tells nothing.
    x_m, y_m : ndarray
        Mean of the detections by their shares; without any the predicted place [m].
    noise_m2 : ndarray, shape (n, 3)
        Covariance xx, xy, yy of that mean as a place of the target, given a hit: the
        sensor's noise there and the spread of the detections [m2].
    ahead_x_m, ahead_y_m : ndarray
        Predicted place, over all models [m].
    ahead_m2 : ndarray, shape (n, 3)
        Its covariance xx, xy, yy [m2].
    share : ndarray
        Share of the likeliest detection.
    ident : ndarray of int64
        The caller's id of the likeliest detection, -1 without any.
    existence : ndarray
        Chance that the track is a target, after the scan.
    gate_m2 : ndarray
        Area of the gate: pi g sqrt(det S), with S without detections' spread and g the
        settings' gate [m2].
    lost : int
        Rows dropped, oldest first, because nobody fetched them.
    """

    time_s: Floats
    track_id: Longs
    row: Longs
    born: NDArray[np.bool_]
    pairs: Longs
    own: Longs
    hit: Floats
    pd: Floats
    x_m: Floats
    y_m: Floats
    noise_m2: Floats
    ahead_x_m: Floats
    ahead_y_m: Floats
    ahead_m2: Floats
    share: Floats
    ident: Longs
    existence: Floats
    gate_m2: Floats
    lost: int = 0

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.time_s)

    @classmethod
    def of(cls, figures: Floats, names: Longs, *, gate: float, lost: int) -> Self:
        """Return the rows that the kernels wrote as `figures` and `names`."""
        area = np.pi * gate * np.sqrt(np.maximum(figures[:, 15], 0.0))
        return cls(
            time_s=figures[:, 0].copy(),
            track_id=names[:, 0].copy(),
            row=names[:, 1].copy(),
            born=names[:, 2] == 1,
            pairs=names[:, 3].copy(),
            own=names[:, 4].copy(),
            hit=figures[:, 1].copy(),
            pd=figures[:, 2].copy(),
            x_m=figures[:, 3].copy(),
            y_m=figures[:, 4].copy(),
            noise_m2=figures[:, 5:8].copy(),
            ahead_x_m=figures[:, 8].copy(),
            ahead_y_m=figures[:, 9].copy(),
            ahead_m2=figures[:, 10:13].copy(),
            share=figures[:, 13].copy(),
            ident=names[:, 5].copy(),
            existence=figures[:, 14].copy(),
            gate_m2=area,
            lost=lost,
        )

    @classmethod
    def joined(cls, parts: list["Trail"]) -> Self:
        """Return the rows of all `parts`, in their order."""
        none = cls.of(
            np.zeros((0, FIGURES)), np.zeros((0, NAMES), np.int64), gate=1.0, lost=0
        )
        columns = {
            column.name: np.concatenate(
                [getattr(part, column.name) for part in (none, *parts)]
            )
            for column in fields(cls)
            if column.name != "lost"
        }
        return cls(**columns, lost=sum(part.lost for part in parts))


class TrailKeeper:
    """Rows not fetched yet, at most `most` of them.

    Parameters
    ----------
    most : int
        Rows kept; the oldest go first.
    """

    __slots__ = ("_figures", "_names", "lost", "most")

    def __init__(self, most: int) -> None:
        self.most = most
        self.lost = 0
        self._figures: list[Floats] = []
        self._names: list[Longs] = []

    def keep(self, figures: Floats, names: Longs) -> None:
        """Take copies of rows, and drop the oldest over the limit."""
        if len(names) == 0:
            return
        self._figures.append(figures.copy())
        self._names.append(names.copy())
        over = sum(map(len, self._names)) - self.most
        while over > 0:
            drop = min(over, len(self._names[0]))
            self._figures[0] = self._figures[0][drop:]
            self._names[0] = self._names[0][drop:]
            if len(self._names[0]) == 0:
                del self._figures[0], self._names[0]
            self.lost += drop
            over -= drop

    def rows(self) -> tuple[Floats, Longs]:
        """Return what is kept, as the kernels wrote it."""
        figures = np.concatenate([np.zeros((0, FIGURES)), *self._figures])
        return figures, np.concatenate([np.zeros((0, NAMES), np.int64), *self._names])

    def drained(self, gate: float) -> Trail:
        """Return what is kept and keep nothing; `gate` is that of the settings."""
        trail = Trail.of(*self.rows(), gate=gate, lost=self.lost)
        self._figures, self._names, self.lost = [], [], 0
        return trail
