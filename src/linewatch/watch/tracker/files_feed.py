"""Handing the figures of a file to the tracker, each to the door of its kind."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.tracker.sensors import FIBRE, PLACE, SensorTable
from linewatch.watch.tracker.tracker import Tracker

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Columns = dict[str, Floats]

OPTIONAL: Final = ("elevation_rad", "range_rate_mps")
"""Further figures of a detection that the tracker takes."""


def feed(tracker: Tracker, found: Columns, line: Longs) -> None:
    """Feed checked rows; each is known by its own id or, without one, its line.

    Parameters
    ----------
    tracker : Tracker
        Takes them.
    found : dict of str to ndarray
        Figures by our names.
    line : ndarray of int64
        Line of each row.
    """
    ident = line
    if "detection_id" in found:
        given = found["detection_id"]
        ident = np.where(np.isfinite(given), given, -1).astype(np.int64)
    table = tracker.sensors
    if not np.isin(table.kind, (PLACE, FIBRE)).any():
        _feed_looks(tracker, found, ident, slice(None))
        return
    place, fibre = (_is_of(kind, found["sensor_id"], table) for kind in (PLACE, FIBRE))
    if not (place | fibre).all():
        _feed_looks(tracker, found, ident, ~(place | fibre))
    if fibre.any():
        tracker.feed_along(
            time_s=found["time_s"][fibre],
            sensor_id=found["sensor_id"][fibre],
            along_m=found["along_m"][fibre],
            ident=ident[fibre],
        )
    if place.any():
        _feed_places(
            tracker, {n: part[place] for n, part in found.items()}, ident[place]
        )


def _is_of(kind: int, sensor_id: Floats, table: SensorTable) -> NDArray[np.bool_]:
    """Tell which rows are of sensors of a kind."""
    return np.isin(sensor_id, table.sensor_id[table.kind == kind])


def _feed_looks(
    tracker: Tracker,
    found: Columns,
    ident: Longs,
    which: NDArray[np.bool_] | slice,
) -> None:
    """Feed what has an azimuth, and a range or none."""
    zero = np.zeros(len(ident))
    far = found.get("range_m", zero)[which]
    more = {name: found[name][which] for name in OPTIONAL if name in found}
    tracker.feed(
        time_s=found["time_s"][which],
        sensor_id=found["sensor_id"][which],
        range_m=np.where(np.isfinite(far), far, 0.0),
        azimuth_rad=found["azimuth_rad"][which],
        ident=ident[which],
        **more,
    )


def _feed_places(tracker: Tracker, found: Columns, ident: Longs) -> None:
    """Feed places with the covariance of the row, or else of the sensor."""
    table = tracker.sensors
    order = np.argsort(table.sensor_id, kind="stable")
    at = np.searchsorted(table.sensor_id[order], found["sensor_id"].astype(np.int64))
    row = order[at]
    along = table.sigma_range_m[row]
    if "own_x" in found:
        x, y, cov = _from_own_ship(found, along, table.sigma_azimuth_rad[row])
    else:
        x, y = found["x"], found["y"]
        cov = np.zeros((len(row), 2, 2))
        cov[:, 0, 0] = cov[:, 1, 1] = along**2
        if "cov_xx" in found:
            xx, xy = found["cov_xx"], found.get("cov_xy", np.zeros(len(row)))
            yy = found.get("cov_yy", xx)
            given = np.isfinite(xx)
            cov[given, 0, 0], cov[given, 1, 1] = xx[given], yy[given]
            cov[given, 0, 1] = cov[given, 1, 0] = xy[given]
        if "radius_m" in found:  # a disc evenly filled: a quarter of its square
            near = np.isfinite(found["radius_m"])
            spread = found["radius_m"][near] ** 2 / 4
            cov[near] = spread[:, None, None] * np.eye(2)
    tracker.feed_places(
        time_s=found["time_s"],
        sensor_id=found["sensor_id"],
        x_m=x,
        y_m=y,
        cov_m2=cov,
        ident=ident,
    )


def _from_own_ship(
    found: Columns, sigma_range_m: Floats, sigma_azimuth_rad: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the places that a moving sensor saw, and their covariances.

    The azimuth is clockwise from north: the heading of the ship is in it already.
    """
    far, way = found["range_m"], found["azimuth_rad"]
    sin, cos = np.sin(way), np.cos(way)
    x, y = found["own_x"] + far * sin, found["own_y"] + far * cos
    away = sigma_range_m**2
    across = (np.maximum(far, 1.0) * sigma_azimuth_rad) ** 2
    cov = np.empty((len(far), 2, 2))
    cov[:, 0, 0] = away * sin**2 + across * cos**2
    cov[:, 1, 1] = away * cos**2 + across * sin**2
    cov[:, 0, 1] = cov[:, 1, 0] = (away - across) * sin * cos
    return x, y, cov
