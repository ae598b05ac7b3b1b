"""Writing smoothed histories in the form of the picture."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from linewatch.scenario.whole import whole
from linewatch.watch.tracker.files_write import RowWriter, check_out
from linewatch.watch.tracker.settings import TrackerSettings
from linewatch.watch.tracker.smooth import picked, rows_by_track, smoothed
from linewatch.watch.tracker.tracks import Rows
from linewatch.watch.tracker.trail import Trail


def smoothed_rows(
    trail: Trail,
    track_id: NDArray[np.int64],
    settings: TrackerSettings | None = None,
    *,
    every_s: float = 1.0,
) -> Rows:
    """Return the histories of tracks as a picture, in order of time and track.

    Parameters
    ----------
    trail : Trail
        What made the tracks, from their births on.
    track_id : ndarray of int64
        The tracks, such as those that were ever shown.
    settings : TrackerSettings, optional
        Those of the tracker.
    every_s : float
        Whole multiples of this period are given [s]. A history lasts from the first to
        the last instant of the trail at which the track was seen more likely than not.

    Notes
    -----
    Existence is that of the filter: what came later says where a target was, and the
    filter has said already whether it is one.
    """
    settings, parts = settings or TrackerSettings(), []
    rows = rows_by_track(trail)
    for name in np.unique(track_id).tolist():
        mine = rows.get(name)
        if mine is None or not (trail.hit[mine] > 0.5).any():
            continue
        last = int(np.flatnonzero(trail.hit[mine] > 0.5)[-1])
        own = picked(trail, mine[: last + 1])
        history = smoothed(own, name, settings, every_s=every_s)
        n = len(history)
        parts.append(
            Rows(
                time_s=history.time_s,
                track_id=np.full(n, name, np.int64),
                x=history.mean[:, 0],
                y=history.mean[:, 1],
                vx=history.mean[:, 2],
                vy=history.mean[:, 3],
                existence=np.interp(history.time_s, own.time_s, own.existence),
            )
        )
    return _in_order(Rows.joined(parts))


def write_smoothed(  # noqa: PLR0913 - each is a file or a wish
    trail: Trail,
    track_id: NDArray[np.int64],
    out: Path,
    settings: TrackerSettings | None = None,
    *,
    every_s: float = 1.0,
    out_form: str = "linewatch",
    frames_per_s: float | None = None,
) -> int:
    """Write the histories of tracks, whole or not at all; return how many rows.

    Raises
    ------
    BadFile, BadValue
        If the file cannot be written so.
    """
    check_out(out, out_form, frames_per_s)
    rows = smoothed_rows(trail, track_id, settings, every_s=every_s)
    with whole(out) as file:
        writer = RowWriter(file, out, out_form, frames_per_s)
        writer.write(rows)
        writer.close()
    return len(rows)


def _in_order(rows: Rows) -> Rows:
    """Return rows in order of time and track, as a picture has them."""
    order = np.lexsort((rows.track_id, rows.time_s))
    return Rows(
        time_s=rows.time_s[order],
        track_id=rows.track_id[order],
        x=rows.x[order],
        y=rows.y[order],
        vx=rows.vx[order],
        vy=rows.vy[order],
        existence=rows.existence[order],
    )
