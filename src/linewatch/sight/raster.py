"""Terrain files of the user's own: what observers see, written on the same grid."""

import csv
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.sight.viewshed import Cells, Lens, Mode, lowest_in_cells, sag_per_m

SEEN: Final = 1
HIDDEN: Final = 0
NO_ANSWER: Final = 255
"""Written where the ground has no data or is out of reach."""

COLUMNS: Final = ("eye_id", "x", "y", "above_m", "target_above_m", "reach_m")

VOID_M: Final = -32_767.0
"""At or below this, 16-bit heights are voids even where the file does not say so [m]:
tiles of the Shuttle Radar Topography Mission often do not."""

SEMI_MAJOR_M: Final = 6_378_137.0
ECCENTRICITY2: Final = 0.006_694_379_990_14
"""WGS 84: half the longer axis [m], and the first eccentricity squared [-]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEye:
    """An observer in a terrain's own coordinates.

    Parameters
    ----------
    eye_id : str
        Name, and the name of its file.
    x, y : float
        Place in the terrain's coordinates.
    above_m, target_above_m : float
        Heights of the lens and of the target above the ground [m].
    reach_m : float
        Farthest horizontal distance that counts [m].
    """

    eye_id: str
    x: float
    y: float
    above_m: float
    target_above_m: float
    reach_m: float

    def __post_init__(self) -> None:
        if not self.eye_id or any(mark in self.eye_id for mark in "/\\\0"):
            raise BadValue("eye_id", "a name that can be a file's", repr(self.eye_id))
        for name in ("x", "y"):
            if not math.isfinite(getattr(self, name)):
                raise BadValue(name, "finite", getattr(self, name))
        for name in ("above_m", "target_above_m"):
            if not 0 <= getattr(self, name) < math.inf:
                raise BadValue(name, "0 or more", getattr(self, name))
        if not 0 < self.reach_m < math.inf:
            raise BadValue("reach_m", "above 0", self.reach_m)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFile:
    """What was written for one eye: cells seen and cells asked about."""

    eye_id: str
    path: Path
    seen: int
    asked: int
    seen_km2: float


def read_eyes(path: Path) -> tuple[MapEye, ...]:
    """Read observers from a CSV file with the columns `COLUMNS`, in any order.

    Raises
    ------
    BadFile
        If it is no such file, lacks a column, has another or has no line.
    BadLines
        If lines break their rules; all of them are told.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            names = tuple(name.strip() for name in reader.fieldnames or ())
            reader.fieldnames = list(names)
            rows = [(reader.line_num, row) for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadFile(path, f"is not a CSV file: {error}") from error
    if sorted(names) != sorted(COLUMNS):
        raise BadFile(path, f"must have the columns {', '.join(COLUMNS)}, not {names}")
    if not rows:
        raise BadFile(path, "holds no eye")
    eyes, faults = [], []
    taken: set[str] = set()
    for line, row in rows:
        try:
            eye = _eye(row)
        except (ValueError, TypeError) as error:
            faults.append((line, str(error)))
            continue
        if eye.eye_id in taken:
            faults.append((line, f"eye_id {eye.eye_id!r} is there twice"))
        taken.add(eye.eye_id)
        eyes.append(eye)
    if faults:
        raise BadLines(path, faults)
    return tuple(eyes)


def _eye(row: dict[str | Any, Any]) -> MapEye:
    """Make an eye of one line."""
    numbers = {}
    for name in COLUMNS[1:]:
        try:
            numbers[name] = float(row[name])
        except (TypeError, ValueError) as error:
            raise BadValue(name, "a number", repr(row[name])) from error
    return MapEye(eye_id=(row["eye_id"] or "").strip(), **numbers)


class MapTerrain:
    """A terrain file, read window by window.

    Parameters
    ----------
    path : Path
        Any raster that GDAL reads, with square-on rows and columns and a coordinate
        system; geographic or projected.

    Raises
    ------
    BadFile
        If it is none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._file = rasterio.open(path)
        except RasterioError as error:
            raise BadFile(path, f"cannot be read as terrain: {error}") from error
        shift = self._file.transform
        if self._file.crs is None:
            raise BadFile(path, "has no coordinate reference system")
        if shift.b or shift.d or not (shift.a > 0 > shift.e):
            raise BadFile(path, "must have north up and no rotation")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self._file.height, self._file.width

    def cell_of(self, x: float, y: float) -> tuple[int, int] | None:
        """Return the row and column that a place lies in; None off the terrain."""
        shift = self._file.transform
        row = math.floor((y - shift.f) / shift.e)
        col = math.floor((x - shift.c) / shift.a)
        rows, cols = self.shape
        return (row, col) if 0 <= row < rows and 0 <= col < cols else None

    def steps_m(self, row: int) -> tuple[float, float]:
        """Return the distances [m] between columns and between rows at a row."""
        shift = self._file.transform
        if not self._file.crs.is_geographic:
            factor = float(self._file.crs.linear_units_factor[1])
            return shift.a * factor, -shift.e * factor
        lat = math.radians(shift.f + (row + 0.5) * shift.e)
        bulge = 1 - ECCENTRICITY2 * math.sin(lat) ** 2
        meridian_m = SEMI_MAJOR_M * (1 - ECCENTRICITY2) / bulge**1.5
        parallel_m = SEMI_MAJOR_M / math.sqrt(bulge) * math.cos(lat)
        return math.radians(shift.a) * parallel_m, math.radians(-shift.e) * meridian_m

    def heights(self, window: Window) -> NDArray[np.float32]:
        """Read the heights [m] of a window; NaN where there is no data."""
        try:
            read = self._file.read(1, window=window, masked=True)
        except RasterioError as error:
            raise BadFile(self.path, f"cannot be read: {error}") from error
        heights = np.ascontiguousarray(read.astype(np.float32).filled(np.nan))
        if self._file.dtypes[0] == "int16" and self._file.nodata is None:
            heights[heights <= VOID_M] = np.nan
        return heights

    def write(self, path: Path, values: NDArray[np.uint8]) -> None:
        """Write one byte a cell on this terrain's grid."""
        profile = {
            "driver": "GTiff",
            "height": values.shape[0],
            "width": values.shape[1],
            "count": 1,
            "dtype": "uint8",
            "crs": self._file.crs,
            "transform": self._file.transform,
            "nodata": NO_ANSWER,
            "compress": "deflate",
        }
        with rasterio.open(path, "w", **profile) as out:
            out.write(values, 1)


def see_from(
    terrain: MapTerrain, eye: MapEye, *, refraction: float, mode: Mode = Mode.FINE
) -> tuple[NDArray[np.uint8], float]:
    """Return what an eye sees on the terrain's grid, and the area of a cell [m^2].

    Raises
    ------
    BadValue
        If the eye is off the terrain, or there is no ground under it.
    """
    place = terrain.cell_of(eye.x, eye.y)
    if place is None:
        rows, cols = terrain.shape
        raise BadValue("x and y", f"on the terrain of {rows} x {cols}", (eye.x, eye.y))
    (row, col), (rows, cols) = place, terrain.shape
    step_x_m, step_y_m = terrain.steps_m(row)
    deep, wide = int(eye.reach_m / step_y_m), int(eye.reach_m / step_x_m)
    top, left = max(row - deep, 0), max(col - wide, 0)
    high, broad = min(row + deep + 1, rows) - top, min(col + wide + 1, cols) - left
    height_m = terrain.heights(Window(left, top, broad, high))
    if not np.isfinite(height_m[row - top, col - left]):
        raise BadValue("x and y", "where the terrain has data", (eye.x, eye.y))
    lowest_m = lowest_in_cells(
        Cells(height_m=height_m, step_x_m=step_x_m, step_y_m=step_y_m),
        Lens(row=row - top, col=col - left, above_m=eye.above_m, reach_m=eye.reach_m),
        sag=sag_per_m(refraction),
        mode=mode,
    )
    out = np.full(terrain.shape, NO_ANSWER, dtype=np.uint8)
    seen = np.where(lowest_m <= eye.target_above_m, SEEN, HIDDEN).astype(np.uint8)
    down = (np.arange(high) - (row - top))[:, None] * step_y_m
    across = (np.arange(broad) - (col - left))[None, :] * step_x_m
    far = down**2 + across**2 > eye.reach_m**2
    seen[far | np.isnan(height_m)] = NO_ANSWER
    out[top : top + high, left : left + broad] = seen
    return out, step_x_m * step_y_m


def see_all(
    terrain: MapTerrain,
    eyes: tuple[MapEye, ...],
    folder: Path,
    *,
    refraction: float,
    mode: Mode = Mode.FINE,
) -> tuple[SeenFile, ...]:
    """Write one GeoTIFF an eye, ``EYE_ID.tif``, into a folder.

    Every eye is checked before the first is written.

    Raises
    ------
    BadValue
        If an eye is off the terrain or stands where there is no ground.
    """
    for eye in eyes:
        if terrain.cell_of(eye.x, eye.y) is None:
            rows, cols = terrain.shape
            rule = f"on the terrain of {rows} rows and {cols} columns"
            raise BadValue(f"place of eye {eye.eye_id}", rule, (eye.x, eye.y))
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for eye in eyes:
        values, cell_m2 = see_from(terrain, eye, refraction=refraction, mode=mode)
        path = folder / f"{eye.eye_id}.tif"
        terrain.write(path, values)
        seen = int((values == SEEN).sum())
        written.append(
            SeenFile(
                eye_id=eye.eye_id,
                path=path,
                seen=seen,
                asked=int((values != NO_ANSWER).sum()),
                seen_km2=seen * cell_m2 / 1e6,
            )
        )
    return tuple(written)
