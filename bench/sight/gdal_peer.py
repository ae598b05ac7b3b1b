"""GDAL's viewshed in memory, called through its C interface.

The library comes out of a wheel of rasterio, which need not fit this Python:

pip download --no-deps --python-version 3.13 --only-binary=:all: rasterio==1.5.2
python -m zipfile -e rasterio-1.5.2-*.whl FOLDER
"""

import ctypes
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FLOAT, BYTE, EDGE, NORMAL = 6, 1, 2, 1
"""GDT_Float32, GDT_Byte, GVM_Edge and GVOT_NORMAL of gdal.h and gdal_alg.h."""


@dataclass
class Gdal:
    """The library and one terrain held in its memory."""

    folder: Path
    height_m: NDArray[np.float32]
    step_m: float
    library: Any = field(init=False)
    band: Any = field(init=False)

    def __post_init__(self) -> None:
        lib: Any = ctypes.CDLL(
            str(next(self.folder.glob("rasterio.libs/libgdal-*.so*")))
        )
        real: Any = ctypes.c_double
        number: Any = ctypes.c_int
        place: Any = ctypes.c_void_p
        lib.GDALVersionInfo.restype = ctypes.c_char_p
        for name in (
            "GDALGetDriverByName",
            "GDALCreate",
            "GDALGetRasterBand",
            "GDALViewshedGenerate",
        ):
            getattr(lib, name).restype = place
        lib.GDALCreate.argtypes = [
            *(place, ctypes.c_char_p, number, number, number, number, place)
        ]
        lib.GDALSetGeoTransform.argtypes = [place, ctypes.POINTER(real)]
        lib.GDALGetGeoTransform.argtypes = [place, ctypes.POINTER(real)]
        lib.GDALGetRasterBand.argtypes = [place, number]
        lib.GDALRasterIO.argtypes = [
            *(place, number, number, number, number, number),
            *(place, number, number, number, number, number),
        ]
        lib.GDALGetRasterBandXSize.argtypes = [place]
        lib.GDALGetRasterBandYSize.argtypes = [place]
        lib.GDALClose.argtypes = [place]
        lib.GDALViewshedGenerate.argtypes = [
            *(place, ctypes.c_char_p, ctypes.c_char_p, place),
            *(real for _ in range(9)),
            *(number, real, place, place, number, place),
        ]
        lib.GDALAllRegister()
        rows, cols = self.height_m.shape
        heights = np.ascontiguousarray(self.height_m, np.float32)
        memory = lib.GDALGetDriverByName(b"MEM")
        held = lib.GDALCreate(memory, b"", cols, rows, 1, FLOAT, None)
        shift = (real * 6)(0, self.step_m, 0, rows * self.step_m, 0, -self.step_m)
        lib.GDALSetGeoTransform(held, shift)
        self.library, self.band = lib, lib.GDALGetRasterBand(held, 1)
        at = heights.ctypes.data
        lib.GDALRasterIO(*(self.band, 1, 0, 0, cols, rows, at, cols, rows, FLOAT, 0, 0))

    def version(self) -> str:
        """Return the library's own name and version."""
        told: bytes = self.library.GDALVersionInfo(b"--version")
        return told.decode()

    def see(
        self, place: tuple[int, int], above_m: float, target_m: float, reach_m: float
    ) -> Any:
        """Make one viewshed in memory, mode edge; return GDAL's handle of it."""
        rows = self.height_m.shape[0]
        x = (place[1] + 0.5) * self.step_m
        y = (rows - place[0] - 0.5) * self.step_m
        return self.library.GDALViewshedGenerate(
            *(self.band, b"MEM", b"", None, x, y, above_m, target_m),
            *(1.0, 0.0, 255.0, -1.0, 0.85714, EDGE, reach_m, None, None, NORMAL, None),
        )

    def run_s(
        self, place: tuple[int, int], above_m: float, target_m: float, reach_m: float
    ) -> float:
        """Return the processor time that one viewshed takes [s]."""
        start = time.process_time()
        handle = self.see(place, above_m, target_m, reach_m)
        took = time.process_time() - start
        self.forget(handle)
        return took

    def marks(self, handle: Any) -> NDArray[np.bool_]:
        """Return the cells seen on the terrain's grid, and let the handle go."""
        lib, real = self.library, ctypes.c_double
        band = lib.GDALGetRasterBand(handle, 1)
        cols, rows = lib.GDALGetRasterBandXSize(band), lib.GDALGetRasterBandYSize(band)
        shift = (real * 6)()
        lib.GDALGetGeoTransform(handle, shift)
        read = np.empty((rows, cols), np.uint8)
        lib.GDALRasterIO(
            *(band, 0, 0, 0, cols, rows, read.ctypes.data, cols, rows, BYTE, 0, 0)
        )
        lib.GDALClose(handle)
        left = round(shift[0] / self.step_m)
        top = round((self.height_m.shape[0] * self.step_m - shift[3]) / self.step_m)
        out = np.zeros(self.height_m.shape, np.bool_)
        out[top : top + rows, left : left + cols] = read == 1
        return out

    def forget(self, handle: Any) -> None:
        """Let a handle go."""
        self.library.GDALClose(handle)
