"""Tests of many tiles as one terrain: what each tile holds is what the mosaic holds."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio

from linewatch.area import GeoTiffTerrain
from linewatch.area.mosaic import tiles_in, write_mosaic
from linewatch.errors import BadFile, BadValue
from linewatch.measure.plane import Plane

PLANE = Plane(lon0_deg=-110.0, lat0_deg=31.5, south_deg=31.0, north_deg=32.0)
STEP = 0.01


def slope(lon: Any, lat: Any) -> Any:
    """Ground that rises evenly eastward and northward [m]."""
    return 1_000 + 500 * (lon + 110) + 900 * (lat - 31.5)


def tile_of(
    folder: Path,
    name: str,
    west: float,
    north: float,
    *,
    step: float = STEP,
    size: int = 20,
    hole: bool = False,
    **told: Any,
) -> Path:
    """Write a tile of the slope; `hole` voids its middle."""
    lon = west + (np.arange(size) + 0.5) * step
    lat = north - (np.arange(size) + 0.5) * step
    height = slope(lon[None, :], lat[:, None]).astype(told.get("dtype", "float32"))
    if hole:
        height[5:15, 5:15] = told["nodata"]
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "count": 1,
        "height": size,
        "width": size,
        "dtype": height.dtype,
        "crs": "EPSG:4326",
        "transform": rasterio.Affine(step, 0, west, 0, -step, north),
    }
    path = folder / name
    with rasterio.open(path, "w", **(profile | told)) as raster:
        raster.write(height, 1)
    return path


def test_a_mosaic_reads_as_its_tiles(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for row in range(2):
        for column in range(3):
            west, north = -110.3 + 0.2 * column, 31.7 - 0.2 * row
            tile_of(tmp_path / "in", f"{row}{column}.tif", west, north)
    joined = tmp_path / "terrain.vrt"
    write_mosaic(joined, tiles_in([tmp_path / "in"]))
    ground = GeoTiffTerrain(path=joined, plane=PLANE)
    lon = np.linspace(-110.29, -109.71, 41)
    lat = np.linspace(31.31, 31.69, 41)
    x_m, y_m = PLANE.to_plane(*np.meshgrid(lon, lat))
    told = ground.height_m(x_m, y_m)
    np.testing.assert_allclose(told, slope(*np.meshgrid(lon, lat)), atol=2e-3)


def test_a_mosaic_may_be_moved_with_its_tiles(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    write_mosaic(old / "all.vrt", [tile_of(old, "a.tif", -110.1, 31.6)])
    old.rename(new)
    ground = GeoTiffTerrain(path=new / "all.vrt", plane=PLANE)
    x_m, y_m = PLANE.to_plane(-110.0, 31.5)
    assert float(ground.height_m(x_m, y_m)) == pytest.approx(1_000, abs=1e-2)


def test_a_void_shows_the_tile_under_it(tmp_path: Path) -> None:
    under = tile_of(tmp_path, "a.tif", -110.1, 31.6, nodata=-9999.0)
    over = tile_of(tmp_path, "b.tif", -110.1, 31.6, nodata=-9999.0, hole=True)
    alone = tmp_path / "alone.vrt"
    write_mosaic(alone, [over])
    both = tmp_path / "both.vrt"
    write_mosaic(both, [under, over])
    x_m, y_m = PLANE.to_plane(-110.0, 31.5)
    assert np.isnan(GeoTiffTerrain(path=alone, plane=PLANE).height_m(x_m, y_m))
    assert np.isfinite(GeoTiffTerrain(path=both, plane=PLANE).height_m(x_m, y_m))


def test_tiles_may_differ_in_step_and_type(tmp_path: Path) -> None:
    fine = tile_of(tmp_path, "fine.tif", -110.1, 31.6, step=0.005, size=40)
    coarse = tile_of(tmp_path, "coarse.tif", -109.9, 31.6, dtype="int16")
    joined = tmp_path / "terrain.vrt"
    write_mosaic(joined, [fine, coarse])
    with rasterio.open(joined) as raster:
        assert (raster.width, raster.height) == (80, 40)
        assert raster.dtypes == ("float32",)
    ground = GeoTiffTerrain(path=joined, plane=PLANE)
    for lon, off_m in ((-110.0, 0.01), (-109.8, 6.0)):
        x_m, y_m = PLANE.to_plane(lon, 31.5)
        told = float(ground.height_m(x_m, y_m))
        assert told == pytest.approx(float(slope(lon, 31.5)), abs=off_m)


def test_height_files_of_the_shuttle_are_tiles(tmp_path: Path) -> None:
    for south in (31, 32):
        lat = south + 1 - np.arange(1201) / 1200
        lon = -111 + np.arange(1201) / 1200
        height = slope(lon[None, :], lat[:, None]).astype(">i2")
        (tmp_path / f"N{south}W111.hgt").write_bytes(height.tobytes())
    joined = tmp_path / "terrain.vrt"
    write_mosaic(joined, tiles_in([tmp_path]))
    ground = GeoTiffTerrain(path=joined, plane=PLANE)
    for lat_deg in (31.25, 32.0, 32.75):
        x_m, y_m = PLANE.to_plane(-110.5, lat_deg)
        told = float(ground.height_m(x_m, y_m))
        assert told == pytest.approx(float(slope(-110.5, lat_deg)), abs=1.5)


def test_what_heights_count_from_is_told(tmp_path: Path) -> None:
    above_geoid = tile_of(tmp_path, "g.tif", -110.1, 31.6, crs="EPSG:4326+5773")
    bare = tile_of(tmp_path, "b.tif", -110.1, 31.6)
    told = GeoTiffTerrain(path=above_geoid, plane=PLANE).source
    assert told == "g.tif, heights left as they are (EGM96 height)"
    joined = tmp_path / "all.vrt"
    write_mosaic(joined, [above_geoid])
    assert "EGM96 height" in GeoTiffTerrain(path=joined, plane=PLANE).source
    told = GeoTiffTerrain(path=bare, plane=PLANE).source
    assert told.endswith("(the file does not tell from which level)")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"crs": None}, "has no coordinate reference system"),
        ({"dtype": "complex64"}, "holds complex64"),
        (
            {"transform": rasterio.Affine(STEP, 0.001, -110, 0, -STEP, 32)},
            "is turned or upside down",
        ),
        (
            {"transform": rasterio.Affine(STEP, 0, -110, 0, STEP, 31)},
            "is turned or upside down",
        ),
    ],
)
def test_tiles_that_cannot_lie_together_are_told(
    tmp_path: Path, told: dict[str, Any], said: str
) -> None:
    first = tile_of(tmp_path, "a.tif", -110.1, 31.6)
    other = tile_of(tmp_path, "b.tif", -109.9, 31.6, **told)
    with pytest.raises(BadFile, match=said):
        write_mosaic(tmp_path / "all.vrt", [first, other])
    assert not (tmp_path / "all.vrt").exists()


def test_another_unit_is_told(tmp_path: Path) -> None:
    paths = [tile_of(tmp_path, f"{n}.tif", -110.1, 31.6) for n in "ab"]
    with rasterio.open(paths[1], "r+") as raster:
        raster.units = ("ft",)
    with pytest.raises(BadFile, match=r"b\.tif: has heights in another unit than a"):
        write_mosaic(tmp_path / "all.vrt", paths)


def test_cells_need_not_be_square(tmp_path: Path) -> None:
    paths = []
    for n in range(2):
        north = 31.7 - 0.2 * n
        lon = -110.1 + (np.arange(20) + 0.5) * 0.01
        lat = north - (np.arange(50) + 0.5) * 0.004
        profile: dict[str, Any] = {"driver": "GTiff", "count": 1}
        profile |= {"width": 20, "height": 50}
        where = {"transform": rasterio.Affine(0.01, 0, -110.1, 0, -0.004, north)}
        profile |= {"dtype": "float32", "crs": "EPSG:4326", **where}
        paths.append(tmp_path / f"{n}.tif")
        with rasterio.open(paths[-1], "w", **profile) as raster:
            raster.write(slope(lon[None, :], lat[:, None]).astype("float32"), 1)
    joined = tmp_path / "all.vrt"
    write_mosaic(joined, paths)
    x_m, y_m = PLANE.to_plane([-110.0, -110.0], [31.6, 31.4])
    told = GeoTiffTerrain(path=joined, plane=PLANE).height_m(x_m, y_m)
    np.testing.assert_allclose(told, [1_090.0, 910.0], atol=0.05)


def test_heights_keep_their_scale(tmp_path: Path) -> None:
    paths = [
        tile_of(tmp_path, f"{n}.tif", west, 31.6, dtype="int16")
        for n, west in (("a", -110.1), ("b", -109.9))
    ]
    for path in paths:
        with rasterio.open(path, "r+") as raster:
            raster.scales, raster.offsets = (0.1,), (5.0,)
    joined = tmp_path / "all.vrt"
    write_mosaic(joined, paths)
    x_m, y_m = PLANE.to_plane([-110.0, -109.8], [31.5, 31.5])
    told = GeoTiffTerrain(path=joined, plane=PLANE).height_m(x_m, y_m)
    np.testing.assert_allclose(told, [105.0, 115.0], atol=0.2)
    with rasterio.open(paths[1], "r+") as raster:
        raster.scales = (1.0,)
    with pytest.raises(BadFile, match=r"b\.tif: scales its heights otherwise than a"):
        write_mosaic(joined, paths)


def test_voids_that_are_no_number_are_voids(tmp_path: Path) -> None:
    paths = [
        tile_of(tmp_path, "a.tif", -110.1, 31.6, nodata=np.nan, hole=True),
        tile_of(tmp_path, "b.tif", -109.9, 31.6, nodata=np.nan),
    ]
    joined = tmp_path / "all.vrt"
    write_mosaic(joined, paths)
    x_m, y_m = PLANE.to_plane([-110.0, -109.8], [31.5, 31.5])
    told = GeoTiffTerrain(path=joined, plane=PLANE).height_m(x_m, y_m)
    assert np.isnan(told[0])
    assert told[1] == pytest.approx(1_100, abs=0.1)


@pytest.mark.parametrize("kind", ["uint8", "int16", "uint16", "int32", "float32"])
def test_what_no_tile_covers_is_no_data(tmp_path: Path, kind: str) -> None:
    paths = [
        tile_of(tmp_path, "a.tif", -110.1, 31.6, dtype="float32"),
        tile_of(tmp_path, "b.tif", -109.7, 31.6, dtype="float32"),
    ]
    for path in paths:
        with rasterio.open(path, "r+") as raster:
            raster.write(np.full((20, 20), 100.0, np.float32), 1)
    made = []
    for path in paths:
        made.append(path.with_name(f"{kind}-{path.name}"))
        with rasterio.open(path) as raster:
            profile = raster.profile | {"dtype": kind}
            with rasterio.open(made[-1], "w", **profile) as to:
                to.write(raster.read(1).astype(kind), 1)
    joined = tmp_path / "all.vrt"
    write_mosaic(joined, made)
    x_m, y_m = PLANE.to_plane([-110.0, -109.8, -109.6], [31.5, 31.5, 31.5])
    told = GeoTiffTerrain(path=joined, plane=PLANE).height_m(x_m, y_m)
    np.testing.assert_allclose(told, [100.0, np.nan, 100.0], atol=1e-6)


def test_tiles_that_leave_no_gap_declare_no_void(tmp_path: Path) -> None:
    paths = [
        tile_of(tmp_path, f"{n}.tif", -110.1 + 0.2 * n, 31.6, step=0.2 / 7, size=7)
        for n in range(3)
    ]
    joined = tmp_path / "all.vrt"
    write_mosaic(joined, paths)
    with rasterio.open(joined) as raster:
        assert raster.nodata is None


def test_what_is_no_tile_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="holds no raster"):
        tiles_in([tmp_path])
    with pytest.raises(BadFile, match="does not exist"):
        write_mosaic(tmp_path / "all.vrt", [tmp_path / "none.tif"])
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(BadFile, match="is no raster"):
        write_mosaic(tmp_path / "all.vrt", tiles_in([tmp_path]))
    with pytest.raises(BadValue, match="one or more"):
        write_mosaic(tmp_path / "all.vrt", [])
    with pytest.raises(BadValue, match=r"a \.vrt file"):
        write_mosaic(tmp_path / "all.tif", [tmp_path / "text.tif"])
