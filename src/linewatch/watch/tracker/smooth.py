"""Smoothed history: where a track was, as all that was seen later tells it too."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue, UnknownName
from linewatch.watch.tracker._kernels_smooth import Belief, Steps, backward, forward
from linewatch.watch.tracker.settings import TrackerSettings
from linewatch.watch.tracker.trail import Trail

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

BEGINS: float = 0.5
"""Least chance of a hit with which a track whose first rows are lost begins [-]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """One track over time, in order of time, arrays of shape (n,).

    Parameters
    ----------
    track_id : int
        The track.
    time_s : ndarray
        Instants [s].
    mean : ndarray, shape (n, 4)
        Place and velocity (x, y, vx, vy) [m], [m/s].
    cov : ndarray, shape (n, 4, 4)
        Its covariance.
    class_chance : ndarray, shape (n, 3)
        Chance of walker, vehicle and flyer.
    motion_chance : ndarray, shape (n, models)
        Chance of each motion of the settings' bank.
    """

    track_id: int
    time_s: Floats
    mean: Floats
    cov: Floats
    class_chance: Floats
    motion_chance: Floats

    def __len__(self) -> int:
        """Count the instants."""
        return len(self.time_s)


def smoothed(
    trail: Trail,
    track_id: int,
    settings: TrackerSettings | None = None,
    *,
    every_s: float | None = None,
) -> History:
    """Return the history of a track, each instant reckoned from all its detections.

    Parameters
    ----------
    trail : Trail
        What made the tracks.
    track_id : int
        The track.
    settings : TrackerSettings, optional
        Those of the tracker.
    every_s : float, optional
        Give whole multiples of this period [s]. By default the instants of the scans.

    Raises
    ------
    UnknownName
        If the trail has no detection of the track.
    BadValue
        If the period is not above 0.

    References
    ----------
    H. E. Rauch, F. Tung and C. T. Striebel, doi:10.2514/3.3166; N. Nadarajah et al.,
    doi:10.1109/TAES.2012.6237617.
    """
    settings = settings or TrackerSettings()
    which = np.flatnonzero(trail.track_id == track_id)
    time_s, steps, origin, told = _steps(trail, which, track_id, every_s)
    had, out = _filtered(steps, settings), _empty(len(time_s), len(settings.bank))
    backward(settings.arrays(), steps, had, out)
    return _history(track_id, time_s, out, origin, settings, told)


def filtered(
    trail: Trail,
    track_id: int,
    settings: TrackerSettings | None = None,
    *,
    every_s: float | None = None,
) -> History:
    """Return the history of a track as it was known at each instant; see `smoothed`."""
    settings = settings or TrackerSettings()
    which = np.flatnonzero(trail.track_id == track_id)
    time_s, steps, origin, told = _steps(trail, which, track_id, every_s)
    had = _filtered(steps, settings)
    return _history(track_id, time_s, had, origin, settings, told)


def rows_by_track(trail: Trail) -> dict[int, Longs]:
    """Return the rows of each track, in order of time, by its id."""
    order = np.argsort(trail.track_id, kind="stable")
    ids, first = np.unique(trail.track_id[order], return_index=True)
    parts = np.split(order, first[1:])
    return dict(zip(ids.tolist(), parts, strict=True)) if len(ids) else {}


def picked(trail: Trail, which: Longs) -> Trail:
    """Return some rows of a trail."""
    columns = {
        each.name: getattr(trail, each.name)[which]
        for each in fields(trail)
        if each.name != "lost"
    }
    return Trail(**columns)


def _steps(
    trail: Trail, which: Longs, track_id: int, every_s: float | None
) -> tuple[Floats, Steps, Floats, NDArray[np.bool_]]:
    """Return times, steps, the place they count from, and which times are told."""
    if every_s is not None and not every_s > 0:
        raise BadValue("every_s", "above 0", every_s)
    begins = np.flatnonzero(trail.born[which] | (trail.hit[which] >= BEGINS))
    if not len(begins):
        known = [str(one) for one in np.unique(trail.track_id)[:20]]
        raise UnknownName("track", str(track_id), known)
    which = which[begins[0] :]
    time_s, hit = trail.time_s[which], trail.hit[which].copy()
    place = np.column_stack([trail.x_m[which], trail.y_m[which]])
    noise = trail.noise_m2[which]
    told = np.ones(len(which), np.bool_)
    if every_s is not None:
        first, last = np.ceil(time_s[0] / every_s), np.floor(time_s[-1] / every_s)
        ticks = every_s * np.arange(first, last + 1)
        order = np.argsort(np.append(time_s, ticks), kind="stable")
        none = np.zeros(len(ticks))
        time_s = np.append(time_s, ticks)[order]
        hit = np.append(hit, none)[order]
        place = np.concatenate([place, np.tile(place[0], (len(ticks), 1))])[order]
        noise = np.concatenate([noise, np.tile([1.0, 0.0, 1.0], (len(ticks), 1))])[
            order
        ]
        told = order >= len(which)
    # As in the tracker, models do not change before a second detection.
    sure = (hit > 0.5).astype(np.int64)
    again = np.cumsum(sure) - sure
    steps = Steps(
        dt=np.diff(time_s, prepend=time_s[0]),
        mixes=(again > 1).astype(np.uint8),
        place=np.ascontiguousarray(place - place[0]),
        noise=np.ascontiguousarray(noise),
        hit=np.clip(hit, 0.0, 1.0),
    )
    return time_s, steps, place[0], told


def _empty(steps: int, models: int) -> Belief:
    """Return room for a track over `steps` steps."""
    return Belief(
        mean=np.zeros((steps, models, 4)),
        cov=np.zeros((steps, models, 4, 4)),
        prob=np.zeros((steps, models)),
    )


def _filtered(steps: Steps, settings: TrackerSettings) -> Belief:
    """Filter one track from its first step."""
    had = _empty(len(steps.dt), len(settings.bank))
    forward(settings.arrays(), steps, had)
    return had


def _history(  # noqa: PLR0913 - one argument a column
    track_id: int,
    time_s: Floats,
    belief: Belief,
    origin: Floats,
    settings: TrackerSettings,
    told: NDArray[np.bool_],
) -> History:
    """Return the belief over all models at the times that are told."""
    mean, cov, prob = belief.mean[told], belief.cov[told], belief.prob[told]
    best = np.einsum("tm,tmi->ti", prob, mean)
    off = mean - best[:, None, :]
    full = cov + np.einsum("tmi,tmj->tmij", off, off)
    shift = np.concatenate([origin, np.zeros(2)])
    return History(
        track_id=int(track_id),
        time_s=time_s[told],
        mean=best + shift,
        cov=np.einsum("tm,tmij->tij", prob, full),
        class_chance=prob @ settings.class_of(),
        motion_chance=prob,
    )
