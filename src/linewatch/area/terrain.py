"""Terrain: heights of the ground, anywhere on the plane."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import rasterio
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Transformer
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window as Pixels

from linewatch.area.damage import check_length, opened_quietly, unread
from linewatch.area.grid import Grid
from linewatch.area.window import Window, window_of
from linewatch.errors import BadFile, BadValue, OutsideArea
from linewatch.measure.plane import Plane

Floats = NDArray[np.float64]

METRES: Final = {
    "": 1.0,
    "m": 1.0,
    "metre": 1.0,
    "meter": 1.0,
    "metres": 1.0,
    "meters": 1.0,
    "ft": 0.3048,
    "foot": 0.3048,
    "feet": 0.3048,
    "us-ft": 1200 / 3937,
    "ftus": 1200 / 3937,
    "international foot": 0.3048,
    "us survey foot": 1200 / 3937,
}
"""Metres in a height unit; a band that names none is in metres, as GDAL has it."""

LIKELY_M: Final = (-9_000.0, 9_000.0)
"""Heights that ground can have [m]. Rasters often mark voids by -9999, -32768 or the
like without declaring it: what lies outside is no data, whatever the file says."""

SAID: Final = "linewatch_said"
"""Key in a raster's own words of what was done to make it, as a mosaic tells."""

UNTOLD: Final = "the file does not tell from which level"

ON_PIXEL: Final = 1e-6
"""Share of a pixel that a place may be off its centre by rounding."""

TILE: Final = 512
"""Side of the squares that scattered places are read by [pixels]."""


class Terrain(Protocol):
    """What every terrain offers, real or generated."""

    @property
    def generated(self) -> bool:
        """Whether the heights are made up; said wherever they show."""
        ...

    @property
    def source(self) -> str:
        """Where the heights come from."""
        ...

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return the cells that cover a window of the plane [m].

        The window is rounded outward to whole multiples of `cell_m`, so that windows of
        one cell size share their cells where they overlap. NaN is no data.
        """
        ...

    def height_m(self, x_m: ArrayLike, y_m: ArrayLike) -> Floats:
        """Return heights [m] at places on the plane [m], NaN where there are none."""
        ...


@lru_cache(maxsize=16)
def _from_plane(plane: Plane, wkt: str) -> Transformer:
    """Return what takes places on the plane to a raster's own coordinates.

    Kept, because PROJ takes some 10 ms to make one, and a simulated world asks for
    heights every few seconds.
    """
    return Transformer.from_crs(plane.crs, CRS.from_wkt(wkt), always_xy=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoTiffTerrain:
    """Heights from a GeoTIFF, or any raster that GDAL reads, larger than memory or not.

    Each call opens the file and reads only the part it needs, so that threads and
    processes can share this value. Heights between pixels are bilinear.

    Parameters
    ----------
    path : Path
        A raster of one band of heights.
    plane : Plane
        Plane that windows and places are on.

    Raises
    ------
    BadFile
        If the file is no raster, has no place on the Earth, more than one band, or a
        unit that is no length.
    """

    path: Path
    plane: Plane
    _metres: float = field(init=False, repr=False)
    _datum: str = field(init=False, repr=False)
    _said: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        with _opened(self.path) as raster:
            object.__setattr__(self, "_metres", _checked(self.path, raster))
            level = level_of(raster.crs.to_wkt()) or UNTOLD
            object.__setattr__(self, "_datum", level)
            object.__setattr__(self, "_said", raster.tags().get(SAID, ""))

    @property
    def generated(self) -> bool:
        """False: a survey is behind these heights."""
        return False

    @property
    def source(self) -> str:
        """Where the heights come from, what they count from, and what was done to them.

        They are left as they are; tiles on other grids are resampled, as it then says.
        """
        told = f"{self.path.name}, heights left as they are ({self._datum})"
        return f"{told}; {self._said}" if self._said else told

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return the cells that cover a window of the plane [m].

        See `Terrain.window` for how the window is rounded outward.

        Raises
        ------
        OutsideArea
            If no cell has a height.
        BadValue
            If the window or the cell is empty, or there are too many cells.
        BadFile
            If the file cannot be read to the end.
        """
        at = window_of(
            west_m=west_m,
            south_m=south_m,
            east_m=east_m,
            north_m=north_m,
            cell_m=cell_m,
        )
        with _opened(self.path) as raster:
            try:
                height = self._warped(raster, at)
            except RasterioError as error:
                raise unread(self.path, error) from error
        if not np.isfinite(height).any():
            lon, lat = self.plane.to_geo(
                (at.west_m + at.east_m) / 2, (at.south_m + at.north_m) / 2
            )
            at_place = f"longitude {float(lon):.4f}, latitude {float(lat):.4f}"
            where = f"the window about {at_place}"
            raise OutsideArea(where, f"the heights in {self.path}")
        return at.grid(height)

    def _warped(self, raster: Any, at: Window) -> NDArray[np.float32]:
        """Read the cells of a window, with undeclared voids left out."""

        def warp(resampling: Resampling, void: float | None) -> NDArray[np.float32]:
            with WarpedVRT(
                raster,
                crs=self.plane.crs.to_wkt(),
                transform=rasterio.Affine(
                    at.cell_m, 0, at.west_m, 0, -at.cell_m, at.north_m
                ),
                width=at.columns,
                height=at.rows,
                resampling=resampling,
                src_nodata=void,
                nodata=np.nan,
                dtype="float32",
            ) as warped:
                return np.asarray(warped.read(1))

        void = raster.nodata
        if void is None:
            # A void must be known before it is blended with its neighbours.
            lowest = warp(Resampling.min, None)
            voids = lowest[~np.isfinite(self._in_metres(raster, lowest))]
            void = float(np.nanmin(voids)) if np.isfinite(voids).any() else None
        height = self._in_metres(raster, warp(Resampling.bilinear, void))
        return np.ascontiguousarray(height, dtype=np.float32)

    def _in_metres(self, raster: Any, raw: NDArray[Any]) -> Floats:
        """Return what a band holds as heights [m], NaN for what no ground has."""
        height = (raw * float(raster.scales[0]) + raster.offsets[0]) * self._metres
        return np.where(no_height(height), np.nan, height)

    def height_m(self, x_m: ArrayLike, y_m: ArrayLike) -> Floats:
        """Return heights [m] at places on the plane [m], NaN where there are none.

        Raises
        ------
        BadValue
            If a place is not finite.
        BadFile
            If the file cannot be read.
        """
        x, y = np.broadcast_arrays(np.asarray(x_m, float), np.asarray(y_m, float))
        if not (np.isfinite(x).all() and np.isfinite(y).all()):
            raise BadValue("place", "finite", "NaN or infinite")
        with _opened(self.path) as raster:
            to_raster = _from_plane(self.plane, raster.crs.to_wkt())
            east, north = to_raster.transform(x.ravel(), y.ravel())
            to_pixel = ~raster.transform
            column = to_pixel.a * east + to_pixel.b * north + to_pixel.c
            row = to_pixel.d * east + to_pixel.e * north + to_pixel.f
            try:
                height = self._between(raster, column - 0.5, row - 0.5)
            except RasterioError as error:
                raise unread(self.path, error) from error
        return height.reshape(x.shape)

    def _between(self, raster: Any, column: Floats, row: Floats) -> Floats:
        """Read a band between pixel centres, bilinear, square by square.

        Within half a pixel of the raster's edge the edge pixel counts.
        """
        rows, columns = raster.height, raster.width
        height = np.full(column.shape, np.nan)
        inside = (column >= -0.5) & (column <= columns - 0.5)
        inside &= (row >= -0.5) & (row <= rows - 0.5)
        at = np.flatnonzero(inside)
        u, v = np.clip(column[at], 0, columns - 1), np.clip(row[at], 0, rows - 1)
        tile = (v // TILE).astype(int) * (columns // TILE + 1) + (u // TILE).astype(int)
        for one in np.unique(tile):
            mine = tile == one
            left, top = int(u[mine].min()), int(v[mine].min())
            right = min(int(u[mine].max()) + 2, columns)
            bottom = min(int(v[mine].max()) + 2, rows)
            part = Pixels(left, top, right - left, bottom - top)
            raw = raster.read(1, window=part, masked=True).astype(np.float64)
            block = self._in_metres(raster, raw.filled(np.nan))
            height[at[mine]] = _bilinear(block, u[mine] - left, v[mine] - top)
        return height


def _opened(path: Path) -> Any:  # rasterio tells no types
    """Open a raster.

    Raises
    ------
    BadFile
        If it is none.
    """
    if path.is_dir():
        how = "make one terrain of its tiles with linewatch area terrain join"
        raise BadFile(path, f"is a folder; {how}")
    if not path.is_file():
        raise BadFile(path, "does not exist; must be a raster of heights")
    try:
        return opened_quietly(path)
    except RasterioError as error:
        raise BadFile(path, "is no raster; must hold heights") from error


def _checked(path: Path, raster: Any) -> float:
    """Check what a raster holds and return the metres in its unit."""
    check_length(path, raster)
    if raster.count != 1:
        raise BadFile(path, f"has {raster.count} bands; must have one, of heights")
    if raster.crs is None:
        raise BadFile(path, "has no coordinate reference system; must have one")
    system = CRS.from_wkt(raster.crs.to_wkt())
    if not (system.is_geographic or system.is_projected):
        why = f"is in {system.name!r}, which has no place on the Earth; must have one"
        raise BadFile(path, why)
    if raster.transform.is_identity:
        raise BadFile(path, "has no place on the Earth; must have a transform")
    if np.dtype(raster.dtypes[0]).kind not in "iuf":
        raise BadFile(path, f"holds {raster.dtypes[0]}; must hold real numbers")
    unit = (raster.units[0] or "").strip().lower()
    if unit not in METRES:
        allowed = ", ".join(sorted(METRES.keys() - {""}))
        raise BadFile(path, f"has heights in {unit!r}; must be one of {allowed}")
    return METRES[unit]


def level_of(wkt: str) -> str:
    """Name what the heights of a reference system count from; empty if untold."""
    system = CRS.from_wkt(wkt)
    for part in system.sub_crs_list:
        if part.is_vertical:
            return part.name
    # A geographic system of three axes has heights above its ellipsoid.
    if any(axis.direction == "up" for axis in system.axis_info):
        return f"the ellipsoid of {system.name}"
    return ""


def no_height(height_m: Floats) -> NDArray[np.bool_]:
    """Tell which numbers are no height that ground can have [m]."""
    low, high = LIKELY_M
    return ~((height_m > low) & (height_m < high))


def _bilinear(block: Floats, u: Floats, v: Floats) -> Floats:
    """Blend the four pixels around each place, leaving out those of weight 0."""
    rows, columns = block.shape
    west, north = u.astype(int), v.astype(int)
    east, south = np.minimum(west + 1, columns - 1), np.minimum(north + 1, rows - 1)
    s, t = u - west, v - north
    upper = _blend(block[north, west], block[north, east], s)
    lower = _blend(block[south, west], block[south, east], s)
    return _blend(upper, lower, t)


def _blend(near: Floats, far: Floats, share: Floats) -> Floats:
    """Return values between `near` at share 0 and `far` at share 1.

    On a pixel, to the rounding of its place, that pixel alone counts: a missing
    neighbour does not make it missing.
    """
    mixed = near + share * (far - near)
    on_near, on_far = share < ON_PIXEL, share > 1 - ON_PIXEL
    return np.asarray(np.where(on_near, near, np.where(on_far, far, mixed)))
