"""The way of a receiver that somebody carried: where a target truly was."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

import numpy as np
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from numpy.typing import NDArray

from linewatch.errors import BadFile, BadValue, InputError
from linewatch.measure.clock import to_epoch_s
from linewatch.scenario.table import Faults, number, read_table

Floats = NDArray[np.float64]
Fix = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walked:
    """Fixes of a receiver in order of time, each of shape (n,).

    Parameters
    ----------
    time_s : ndarray of float
        When, growing, seconds of UTC since 1970 [s].
    lon_deg, lat_deg : ndarray of float
        Where [deg], WGS 84.
    """

    time_s: Floats
    lon_deg: Floats
    lat_deg: Floats


def read_walked(path: Path) -> Walked:
    """Read a receiver's way: GPX, or CSV with the columns time, lon_deg and lat_deg.

    Raises
    ------
    BadFile
        If the file is neither, or has fewer than two fixes.
    BadLines
        If fixes are bad, or not in order of time; all are told.
    """
    gpx = path.suffix.lower() == ".gpx"
    faults = Faults(path)
    fixes: list[Fix] = []
    for line, fix in _gpx(path, faults) if gpx else _csv(path, faults):
        if fixes and fix[0] <= fixes[-1][0]:
            faults.add(line, "is not later than the fix before it")
        fixes.append(fix)
    faults.stop()
    if len(fixes) < 2:
        raise BadFile(path, f"holds {len(fixes)} fixes; two or more make a way")
    time_s, lon_deg, lat_deg = np.array(fixes).T
    return Walked(time_s=time_s, lon_deg=lon_deg, lat_deg=lat_deg)


def _csv(path: Path, faults: Faults) -> Iterator[tuple[int, Fix]]:
    """Give the fixes of a table with their lines."""
    table = read_table(path, ("time", "lon_deg", "lat_deg"))
    faults.told.extend(table.faults().told)
    for line, cells in table.rows:
        try:
            place = number(cells, "lon_deg"), number(cells, "lat_deg")
            yield line, _fix(cells["time"], *place)
        except InputError as error:
            faults.add(line, str(error))


def _gpx(path: Path, faults: Faults) -> Iterator[tuple[int, Fix]]:
    """Give the track points of a GPX file with their number in it."""
    try:
        root: Element = fromstring(path.read_bytes())
    except OSError as error:
        raise BadFile(path, f"cannot be read: {error.strerror}") from error
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadFile(path, f"is no GPX: {error}") from error
    points = root.iterfind(".//{*}trkpt")
    for at, point in enumerate(points, 1):
        try:
            cells = {name: point.get(name, "") for name in ("lon", "lat")}
            told = point.findtext("{*}time", "").strip()
            yield at, _fix(told, number(cells, "lon"), number(cells, "lat"))
        except InputError as error:
            faults.add(at, str(error))


def _fix(time: str, lon_deg: float, lat_deg: float) -> Fix:
    """Return one fix, checked."""
    if not -180 <= lon_deg <= 180:
        raise BadValue("longitude", "from -180 to 180", lon_deg)
    if not -90 <= lat_deg <= 90:
        raise BadValue("latitude", "from -90 to 90", lat_deg)
    return to_epoch_s(time), lon_deg, lat_deg
