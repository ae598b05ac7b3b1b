"""Tests of tiles on several grids: resampled as GDAL does, and the rest untouched."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.warp import reproject

from linewatch.area import GeoTiffTerrain
from linewatch.area.mosaic import Mosaic, on_one_grid, tiles_in, write_mosaic
from linewatch.area.regrid import FLOAT_VOID
from linewatch.errors import BadFile, BadValue
from linewatch.measure.plane import Plane
from tests.area.test_mosaic import PLANE, slope, tile_of

SHARED = Path(__file__).parents[2].parent / "shared" / "bench" / "sight" / "dem"
NORTH = Plane(lon0_deg=-110.0, lat0_deg=50.0, south_deg=49.0, north_deg=51.0)
MINUTE = 1 / 60


def values(path: Path) -> tuple[NDArray[Any], Any]:
    """Return what a raster holds, NaN for its voids, and where."""
    with rasterio.open(path) as raster:
        held = raster.read(1, masked=True).astype(float).filled(np.nan)
        return held, raster.transform


def band_tile(
    folder: Path, west: int, south: int, *, wide: float = 1.0, side: int = 60
) -> Path:
    """Write a tile as Copernicus has them: centres of cells on its west and north."""
    columns = round(side / wide)
    lon = west + np.arange(columns) * wide / side
    lat = south + 1 - np.arange(side) / side
    height = 1_000 + 500 * (lon[None, :] + 110) + 900 * (lat[:, None] - 50)
    path = folder / f"n{south}w{-west}.tif"
    step = wide / side
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=side, width=columns,
        dtype="float32", crs="EPSG:4326",
        transform=rasterio.Affine(
            step, 0, west - step / 2, 0, -1 / side, south + 1 + 0.5 / side
        ),
    ) as raster:  # fmt: skip
        raster.write(height.astype(np.float32), 1)
    return path


def test_bands_of_latitude_are_one_terrain(tmp_path: Path) -> None:
    """One, 1.5 and 2 seconds of longitude, here as minutes, as Copernicus has them."""
    fine = [band_tile(tmp_path, west, 49) for west in (-111, -110)]
    other = [band_tile(tmp_path, west, 50, wide=1.5) for west in (-111, -110)]
    far = band_tile(tmp_path, -110, 51, wide=2.0)
    assert on_one_grid(fine)
    assert not on_one_grid([*fine, far])
    made = write_mosaic(tmp_path / "all.vrt", tiles_in([tmp_path]))
    assert set(made.resampled) == {*other, far}
    assert made.notes == (
        (
            "3 of 5 tiles resampled (bilinear) onto the grid of n49w110.tif, 60 by 60 "
            "arc seconds in WGS 84: n51w110.tif, n50w110.tif, n50w111.tif"
        ),
    )
    held, at = values(made.path)
    for tile in fine:
        mine, its = values(tile)
        row, column = round((its.f - at.f) / at.e), round((its.c - at.c) / at.a)
        here = held[row : row + mine.shape[0], column : column + mine.shape[1]]
        assert np.array_equal(here, mine)  # bit for bit
    lon = at.c + (np.arange(held.shape[1]) + 0.5) * at.a
    lat = at.f + (np.arange(held.shape[0]) + 0.5) * at.e
    expected = 1_000 + 500 * (lon[None, :] + 110) + 900 * (lat[:, None] - 50)
    # A half cell at the outer edge of a coarser tile takes the cell beside it.
    off = np.abs(held - expected)
    assert np.nanmax(off) < 501 * MINUTE
    assert (off > 0.01).mean() < 0.02
    # Between the bands there is no gap.
    assert np.isfinite(held[60:, 1:]).all()
    ground = GeoTiffTerrain(path=made.path, plane=NORTH)
    x_m, y_m = NORTH.to_plane([-110.3, -110.3, -110.3], [49.7, 50.0, 50.4])
    told = ground.height_m(x_m, y_m)
    np.testing.assert_allclose(told, [580.0, 850.0, 1_210.0], atol=0.05)
    assert made.notes[0] in ground.source


def zone_tile(folder: Path, name: str, zone: int, west_m: float, **told: Any) -> Path:
    """Write a tile of the slope in a zone of UTM, 30 by 20 cells of 500 m."""
    x, y = west_m + (np.arange(30) + 0.5) * 500, 3_490_000 - (np.arange(20) + 0.5) * 500
    crs = told.pop("crs", f"EPSG:{32_600 + zone}")
    to_geo = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    height = slope(*to_geo.transform(*np.meshgrid(x, y)))
    voids = told.pop("voids", ())
    for row, column, mark in voids:
        height[row, column] = mark
    path = folder / name
    profile: dict[str, Any] = {
        "driver": "GTiff",
        "count": 1,
        "height": 20,
        "width": 30,
        "dtype": "float32",
        "crs": crs,
        "transform": rasterio.Affine(500, 0, west_m, 0, -500, 3_490_000),
    }
    with rasterio.open(path, "w", **(profile | told)) as raster:
        raster.write(height.astype(profile["dtype"]), 1)
    return path


def zones(folder: Path, **told: Any) -> tuple[Path, Path]:
    """Write tiles of zones 12 and 13 that meet about 108 degrees west."""
    first = zone_tile(folder, "z12.tif", 12, 770_000.0)
    return first, zone_tile(folder, "z13.tif", 13, 215_000.0, **told)


def oracle(tile: Path, made: Mosaic, **told: Any) -> NDArray[Any]:
    """Resample a tile with GDAL's warper, exactly, onto the grid of a mosaic."""
    with rasterio.open(tile) as raster, rasterio.open(made.path) as onto:
        out = np.full(onto.shape, np.nan, np.float32)
        reproject(
            rasterio.band(raster, 1), out, dst_crs=onto.crs, dst_nodata=np.nan,
            dst_transform=onto.transform, resampling=Resampling.bilinear, **told,
        )  # fmt: skip
    return out


def test_zones_side_by_side_are_one_terrain(tmp_path: Path) -> None:
    first, second = zones(tmp_path)
    made = write_mosaic(tmp_path / "all.vrt", [first, second])
    assert made.resampled == (second,)
    assert "1 of 2 tiles" in made.notes[0]
    assert "500 by 500 metre in WGS 84 / UTM zone 12N: z13.tif" in made.notes[0]
    held, at = values(made.path)
    mine, its = values(first)
    row, column = round((its.f - at.f) / at.e), round((its.c - at.c) / at.a)
    assert np.array_equal(held[row : row + 20, column : column + 30], mine)
    theirs = oracle(second, made)
    theirs[row : row + 20, column : column + 30] = (
        np.nan
    )  # what is not resampled counts
    both = np.isfinite(theirs)
    assert both.sum() > 400
    assert np.isfinite(held[both]).all()
    np.testing.assert_allclose(held[both], theirs[both], atol=0.05)
    to_geo = Transformer.from_crs("EPSG:32612", "EPSG:4326", always_xy=True)
    x = at.c + (np.arange(held.shape[1]) + 0.5) * at.a
    y = at.f + (np.arange(held.shape[0]) + 0.5) * at.e
    truth = slope(*to_geo.transform(*np.meshgrid(x, y)))
    inner = np.isfinite(held)
    assert np.abs(held - truth)[inner].max() < 5.0  # half a cell at an edge: 2.6 m
    assert np.median(np.abs(held - truth)[inner]) < 0.01


@pytest.mark.parametrize("mark", [-9_999.0, -32_768.0, 40_000.0])
def test_a_void_that_is_not_declared_is_not_blended(
    tmp_path: Path, mark: float
) -> None:
    tiles = zones(tmp_path, voids=[(10, 15, mark)])
    made = write_mosaic(tmp_path / "all.vrt", tiles)
    held, _ = values(made.path)
    assert np.isnan(held[5:-5, 40:]).any()
    truth = oracle(tiles[1], made, src_nodata=mark)
    both = np.isfinite(truth) & np.isfinite(held)
    np.testing.assert_allclose(held[both], truth[both], atol=5.0)
    assert np.nanmin(held) > 500
    assert np.nanmax(held) < 3_000


def test_two_marks_that_are_not_declared_are_refused(tmp_path: Path) -> None:
    tiles = zones(tmp_path, voids=[(1, 1, -9_999.0), (9, 9, -32_768.0)])
    with pytest.raises(BadFile, match="what marks its voids, of -32768, -9999"):
        write_mosaic(tmp_path / "all.vrt", tiles)
    assert not (tmp_path / "all.vrt").exists()


def test_each_tile_keeps_its_own_mark(tmp_path: Path) -> None:
    """On one grid too: what is no data in one tile may be a height in another."""
    paths = [
        tile_of(tmp_path, "a.tif", -110.1, 31.6, nodata=-9_999.0, hole=True),
        tile_of(tmp_path, "b.tif", -109.9, 31.6, nodata=np.nan, hole=True),
        tile_of(tmp_path, "c.tif", -109.7, 31.6, nodata=0.0, hole=True),
        tile_of(tmp_path, "d.tif", -109.5, 31.6),
    ]
    with rasterio.open(paths[3], "r+") as raster:
        height = raster.read(1)
        height[7, 7], height[0, 0] = -9_999.0, 0.0
        raster.write(height, 1)
    made = write_mosaic(tmp_path / "all.vrt", paths)
    assert made.notes == ()
    held, _ = values(made.path)
    for n in range(3):
        block = held[:, 20 * n : 20 * n + 20]
        assert np.isnan(block[5:15, 5:15]).all()
        assert np.isfinite(block).sum() == 300
    assert np.isnan(held[7, 67])
    assert held[0, 60] == 0.0
    assert np.isfinite(held[:, 60:]).sum() == 399


def test_tiles_on_one_grid_stay_as_they_are(tmp_path: Path) -> None:
    rng = np.random.default_rng(4)
    paths, expected = [], np.zeros((40, 60), np.int16)
    for n in range(6):
        row, column = divmod(n, 3)
        # Corners that are off their place by rounding, as files have them.
        path = tile_of(
            tmp_path, f"{n}.tif", -110 + 0.2 * column + 1e-9, 31.6 - 0.2 * row - 1e-9,
            dtype="int16",
        )  # fmt: skip
        with rasterio.open(path, "r+") as raster:
            height = rng.integers(0, 3_000, (20, 20)).astype(np.int16)
            raster.write(height, 1)
        expected[20 * row : 20 * row + 20, 20 * column : 20 * column + 20] = height
        paths.append(path)
    made = write_mosaic(tmp_path / "all.vrt", paths)
    with rasterio.open(made.path) as raster:
        assert raster.dtypes == ("int16",)
        assert np.array_equal(raster.read(1), expected)
    assert (made.resampled, made.notes) == ((), ())
    assert not (tmp_path / "all.grids").exists()


def test_another_grid_may_be_named(tmp_path: Path) -> None:
    first, second = zones(tmp_path)
    made = write_mosaic(tmp_path / "all.vrt", [first, second], like=second)
    assert made.resampled == (first,)
    with rasterio.open(made.path) as raster:
        assert raster.crs.to_epsg() == 32_613
    bare = tile_of(tmp_path, "grid.tif", -108.5, 31.6, step=0.004)
    made = write_mosaic(tmp_path / "geo.vrt", [first, second], like=bare)
    assert set(made.resampled) == {first, second}
    with rasterio.open(made.path) as raster:
        assert raster.crs.to_epsg() == 4_326
        assert raster.res == (0.004, 0.004)
        assert float(np.abs(raster.bounds.left - -108.5) / 0.004 % 1) < 1e-6
    ground = GeoTiffTerrain(path=made.path, plane=PLANE)
    x_m, y_m = PLANE.to_plane(-108.06, 31.48)
    told = float(ground.height_m(x_m, y_m))
    assert told == pytest.approx(float(slope(-108.06, 31.48)), abs=1.0)


def test_a_mosaic_of_grids_may_be_moved_with_its_tiles(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    made = write_mosaic(old / "all.vrt", zones(old))
    before, _ = values(made.path)
    old.rename(new)
    after, _ = values(new / "all.vrt")
    assert np.array_equal(before, after, equal_nan=True)


def test_a_mosaic_is_no_tile_of_its_folder(tmp_path: Path) -> None:
    tiles = zones(tmp_path)
    write_mosaic(tmp_path / "all.vrt", tiles)
    assert tiles_in([tmp_path]) == tuple(sorted(tiles))
    assert tiles_in([tmp_path / "all.vrt"]) == (tmp_path / "all.vrt",)
    for tile in tiles:
        tile.unlink()
    with pytest.raises(BadFile, match="holds no raster"):
        tiles_in([tmp_path])


def test_the_finer_tile_lies_over_the_coarser(tmp_path: Path) -> None:
    coarse = tile_of(tmp_path, "coarse.tif", -110.2, 31.7, step=0.02, size=20)
    fine = tile_of(tmp_path, "fine.tif", -110.1, 31.6)
    with rasterio.open(fine, "r+") as raster:
        raster.write(raster.read(1) + 5_000, 1)
    for order in ([coarse, fine], [fine, coarse]):
        held, at = values(write_mosaic(tmp_path / "all.vrt", order).path)
        assert at.a == pytest.approx(0.01)
        assert (np.nan_to_num(held) > 5_000).sum() == 400


def with_level(told: str) -> Callable[[Path], Path]:
    """Return what writes a tile of zone 13 in a system with a level of heights."""
    return lambda folder: zone_tile(folder, "b.tif", 13, 215_000.0, crs=told)


def test_heights_of_different_levels_are_told(tmp_path: Path) -> None:
    geoid = zone_tile(tmp_path, "a.tif", 12, 770_000.0, crs="EPSG:32612+5773")
    other = with_level("EPSG:32613")(tmp_path)
    made = write_mosaic(tmp_path / "all.vrt", [geoid, other])
    said = "left as they are: above EGM96 height, a level that is not told"
    assert said in made.notes[1]
    source = GeoTiffTerrain(path=made.path, plane=PLANE).source
    assert said in source
    assert "the file does not tell from which level" in source
    both = with_level("EPSG:32613+5773")(tmp_path)
    made = write_mosaic(tmp_path / "all.vrt", [geoid, both])
    assert len(made.notes) == 1
    source = GeoTiffTerrain(path=made.path, plane=PLANE).source
    assert "left as they are (EGM96 height); 1 of 2 tiles resampled" in source


def test_heights_above_an_ellipsoid_are_told(tmp_path: Path) -> None:
    path = tile_of(tmp_path, "e.tif", -110.1, 31.6, crs="EPSG:4979")
    source = GeoTiffTerrain(path=path, plane=PLANE).source
    assert source == "e.tif, heights left as they are (the ellipsoid of WGS 84)"
    bare = tile_of(tmp_path, "b.tif", -109.9, 31.6)
    made = write_mosaic(tmp_path / "all.vrt", [path, bare])
    assert made.resampled == ()
    assert "above a level that is not told, the ellipsoid of WGS 84" in made.notes[0]


@pytest.mark.parametrize("unit", ["us survey foot", "US survey foot", "ft"])
def test_feet_stay_feet_and_are_read_as_metres(tmp_path: Path, unit: str) -> None:
    tiles = zones(tmp_path)
    with rasterio.open(tiles[0], "r+") as raster:
        raster.units = (unit,)
    with pytest.raises(BadFile, match=r"z13\.tif: has heights in another unit than z1"):
        write_mosaic(tmp_path / "all.vrt", tiles)
    with rasterio.open(tiles[1], "r+") as raster:
        raster.units = (unit,)
    ground = GeoTiffTerrain(
        path=write_mosaic(tmp_path / "all.vrt", tiles).path, plane=PLANE
    )
    for lon in (-108.1, -107.97):
        x_m, y_m = PLANE.to_plane(lon, 31.48)
        told = float(ground.height_m(x_m, y_m))
        assert told == pytest.approx(float(slope(lon, 31.48)) * 0.3048, abs=1.0)


def test_scaled_heights_are_resampled_as_they_are_told(tmp_path: Path) -> None:
    tiles = zones(tmp_path)
    for tile in tiles:
        with rasterio.open(tile, "r+") as raster:
            raster.scales, raster.offsets = (0.1,), (5.0,)
    ground = GeoTiffTerrain(
        path=write_mosaic(tmp_path / "all.vrt", tiles).path, plane=PLANE
    )
    for lon in (-108.1, -107.97):
        x_m, y_m = PLANE.to_plane(lon, 31.48)
        told = float(ground.height_m(x_m, y_m))
        assert told == pytest.approx(float(slope(lon, 31.48)) / 10 + 5, abs=0.2)


def test_a_grid_beyond_reckoning_is_told(tmp_path: Path) -> None:
    far = tile_of(tmp_path, "far.tif", -100.0, 31.6)
    near = tile_of(tmp_path, "near.tif", -110.0, 31.6)
    tiny = tile_of(tmp_path, "tiny.tif", -110.0, 31.6, step=1e-9)
    with pytest.raises(BadValue, match="name a coarser one with --like"):
        write_mosaic(tmp_path / "all.vrt", [far, near], like=tiny)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the shared rasters are not here")
def test_real_tiles_of_two_origins_are_one_terrain(tmp_path: Path) -> None:
    tiles = SHARED / "baja30.tif", SHARED / "bigtujunga30.tif"
    made = write_mosaic(tmp_path / "all.vrt", tiles)
    assert made.resampled == (tiles[0],)
    with rasterio.open(tiles[1]) as raster, rasterio.open(made.path) as onto:
        window = onto.window(*raster.bounds)
        assert np.array_equal(onto.read(1, window=window), raster.read(1))
    with rasterio.open(tiles[0]) as raster, rasterio.open(made.path) as onto:
        window = onto.window(*raster.bounds).round_offsets().round_lengths()
        held = onto.read(1, window=window)
        own = np.full(held.shape, FLOAT_VOID, np.float32)
        at = onto.transform
        left, top = window.col_off * at.a, window.row_off * at.e
        shift = rasterio.Affine(at.a, 0, at.c + left, 0, at.e, at.f + top)
        reproject(
            rasterio.band(raster, 1), own, dst_crs=onto.crs,
            dst_transform=shift, dst_nodata=FLOAT_VOID,
            resampling=Resampling.bilinear,
        )  # fmt: skip
        inner = own[3:-3, 3:-3]
        assert (inner != FLOAT_VOID).all()
        np.testing.assert_allclose(held[3:-3, 3:-3], inner, atol=0.01)
