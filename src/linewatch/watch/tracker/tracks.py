"""What the tracker knows at an instant."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracks:
    """Confirmed tracks at `time_s`, in order of their ids, arrays of shape (n,).

    Parameters
    ----------
    time_s : float
        The instant [s].
    track_id : ndarray of int64
        Never used twice.
    x_m, y_m, vx_mps, vy_mps : ndarray
        Place [m] and velocity [m/s] on the plane.
    cov : ndarray, shape (n, 4, 4)
        Covariance of (x, y, vx, vy).
    existence : ndarray
        Chance that there is a target.
    class_chance : ndarray, shape (n, 3)
        Chance of walker, vehicle and flyer.
    count_low, count_high : ndarray of int64
        Range of how many the target counts: 1 here; `Groups.counted` tells it.
    last_seen_s, first_seen_s : ndarray
        Times of the last and of the first detection [s].
    made_by : ndarray of int64, shape (n, kept)
        Ids of the last detections that made it, newest first; -1 where fewer.
    """

    time_s: float
    track_id: Longs
    x_m: Floats
    y_m: Floats
    vx_mps: Floats
    vy_mps: Floats
    cov: Floats
    existence: Floats
    class_chance: Floats
    count_low: Longs
    count_high: Longs
    last_seen_s: Floats
    first_seen_s: Floats
    made_by: Longs

    def __len__(self) -> int:
        """Count the tracks."""
        return len(self.track_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The picture second by second: one row per confirmed track and second."""

    time_s: Floats
    track_id: Longs
    x: Floats
    y: Floats
    vx: Floats
    vy: Floats
    existence: Floats

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.time_s)

    @classmethod
    def joined(cls, parts: list["Rows"]) -> "Rows":
        """Return the rows of all `parts`, in their order."""
        if len(parts) == 1:
            return parts[0]
        names = [field.name for field in fields(cls)]
        empty = {n: np.zeros(0, np.int64 if n == "track_id" else float) for n in names}
        return cls(
            **{
                n: np.concatenate([empty[n], *(getattr(part, n) for part in parts)])
                for n in names
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What became of the detections fed."""

    fed: int = 0
    used: int = 0
    waiting: int = 0
    duplicate: int = 0
    late: int = 0
    bad: int = 0
    unknown_sensor: int = 0
