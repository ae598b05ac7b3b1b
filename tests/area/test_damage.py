"""Tests of rasters that are cut short or damaged: told at once, by the right file."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.errors import RasterioError

from linewatch.area import GeoTiffTerrain
from linewatch.area.damage import check_length, opened_quietly, unread
from linewatch.area.mosaic import write_mosaic
from linewatch.errors import BadFile
from linewatch.measure.plane import Plane
from linewatch.sight.raster import MapTerrain

PLANE = Plane(lon0_deg=-111.0, lat0_deg=31.5, south_deg=31.0, north_deg=32.0)
WEST, NORTH, CELL = 500_000.0, 3_500_000.0, 30.0


def raster(path: Path, *, west: float = WEST, void: bool = False, **told: Any) -> Path:
    """Write rough ground of 90 by 80 cells, or nothing but voids."""
    height = np.random.default_rng(3).normal(500, 90, (90, 80)).astype(np.float32)
    if void:
        height[:] = -9_999
    profile = {
        "driver": "GTiff", "count": 1, "height": 90, "width": 80, "dtype": "float32",
        "crs": "EPSG:32612", "nodata": -9_999.0,
        "transform": rasterio.Affine(CELL, 0, west, 0, -CELL, NORTH),
    }  # fmt: skip
    with rasterio.open(path, "w", **(profile | told)) as file:
        file.write(height, 1)
    return path


def cut(path: Path, share: float) -> Path:
    """Cut a file short."""
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    return path


def scratched(path: Path) -> Path:
    """Damage the middle of a packed file, its length kept."""
    whole = bytearray(path.read_bytes())
    middle = len(whole) // 2
    whole[middle : middle + 400] = b"\xff" * 400
    path.write_bytes(whole)
    return path


@pytest.mark.parametrize(
    "packed", [{}, {"compress": "deflate"}, {"interleave": "band"}]
)
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_a_file_cut_short_is_told_before_it_is_read(
    tmp_path: Path, packed: dict[str, Any], share: float
) -> None:
    path = cut(raster(tmp_path / "a.tif", **packed), share)
    size = f"{path.stat().st_size:,}"
    told = rf"a\.tif: is cut short: it has {size} bytes of .*; copy or fetch it again$"
    with pytest.raises(BadFile, match=told):
        MapTerrain(path)
    with pytest.raises(BadFile, match=told):
        GeoTiffTerrain(path=path, plane=PLANE)
    with pytest.raises(BadFile, match=told):
        write_mosaic(tmp_path / "all.vrt", [path])
    assert not (tmp_path / "all.vrt").exists()


def test_a_file_cut_in_its_table_of_blocks_is_told(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = raster(tmp_path / "a.tif", compress="deflate", blockysize=1)
    path.write_bytes(path.read_bytes()[:700])
    with pytest.raises(BadFile, match="cut short"):
        MapTerrain(path)
    assert capfd.readouterr() == ("", "")


def test_whole_files_pass(tmp_path: Path) -> None:
    kinds: list[dict[str, Any]] = [
        {},
        {"compress": "deflate"},
        {"tiled": True, "blockxsize": 16, "blockysize": 16},
        {"sparse_ok": True, "tiled": True, "blockxsize": 16, "blockysize": 16},
        {"driver": "COG"},
    ]
    for n, told in enumerate(kinds):
        path = raster(tmp_path / f"{n}.tif", **told)
        with opened_quietly(path) as file:
            check_length(path, file)
            check_length(path, file, every_block=True)


def test_any_block_beyond_the_end_is_found(tmp_path: Path) -> None:
    """The last block may lie first in the file: then only a look at all helps."""
    path = tmp_path / "a.tif"
    profile = {
        "driver": "GTiff", "count": 1, "height": 32, "width": 32, "dtype": "float32",
        "crs": "EPSG:32612", "tiled": True, "blockxsize": 16, "blockysize": 16,
        "transform": rasterio.Affine(CELL, 0, WEST, 0, -CELL, NORTH),
    }  # fmt: skip
    block = np.ones((16, 16), np.float32)
    with rasterio.open(path, "w", **profile, sparse_ok=True) as file:
        file.write(block, 1, window=rasterio.windows.Window(16, 16, 16, 16))
    with rasterio.open(path, "r+") as file:
        file.write(block, 1, window=rasterio.windows.Window(0, 0, 16, 16))
    with rasterio.open(path) as file:
        start = int(file.get_tag_item("BLOCK_OFFSET_0_0", "TIFF", bidx=1))
        assert start > int(file.get_tag_item("BLOCK_OFFSET_1_1", "TIFF", bidx=1))
    path.write_bytes(path.read_bytes()[: start + 100])
    with opened_quietly(path) as file:
        check_length(path, file)
        with pytest.raises(BadFile, match=rf"has {start + 100:,} bytes of"):
            check_length(path, file, every_block=True)


def test_damage_in_the_middle_is_told_when_it_is_read(tmp_path: Path) -> None:
    path = scratched(raster(tmp_path / "a.tif", compress="deflate", blockysize=5))
    told = r"a\.tif: is damaged or cut short \(.+\); copy or fetch it again$"
    terrain = MapTerrain(path)
    with pytest.raises(BadFile, match=told) as caught:
        terrain.heights(rasterio.windows.Window(0, 0, 80, 90))
    terrain.close()
    assert "previous exception" not in str(caught.value)


def test_of_a_mosaic_the_damaged_tile_is_told(tmp_path: Path) -> None:
    bad = scratched(raster(tmp_path / "bad.tif", compress="deflate", blockysize=5))
    good = raster(tmp_path / "good.tif", west=WEST + 80 * CELL)
    far = raster(tmp_path / "far.tif", crs="EPSG:32613", west=WEST - 6e5)
    for name, tiles in (("one", [bad, good]), ("two", [bad, far])):
        joined = tmp_path / f"{name}.vrt"
        write_mosaic(joined, tiles, like=tiles[1])
        with rasterio.open(joined) as file:
            where = rasterio.windows.Window(0, 0, file.width, file.height)
            with pytest.raises(RasterioError) as broke:
                file.read(1, window=where)
        said = str(unread(joined, broke.value))
        assert said.startswith(f"{joined}: its tile bad.tif is damaged or cut short")


def test_what_lasts_no_block_keeps_its_reason() -> None:
    outer, inner = RasterioError("Read failed. See more."), OSError("no space\nat all")
    outer.__cause__ = inner
    said = str(unread(Path("a.tif"), outer))
    assert said == "a.tif: is damaged or cut short (no space); copy or fetch it again"


def test_tiles_of_voids_alone_are_noted(tmp_path: Path) -> None:
    ground = raster(tmp_path / "ground.tif")
    voids = [
        raster(tmp_path / f"{n}.tif", west=WEST + n * 80 * CELL, void=True)
        for n in (1, 2, 3, 4)
    ]
    made = write_mosaic(tmp_path / "all.vrt", [*voids, ground])
    assert made.notes == ("only voids in 1.tif, 2.tif, 3.tif and 1 more",)
    assert write_mosaic(tmp_path / "all.vrt", [ground]).notes == ()


def test_voids_alone_are_no_terrain(tmp_path: Path) -> None:
    one = raster(tmp_path / "one.tif", void=True)
    two = raster(tmp_path / "two.tif", west=WEST + 80 * CELL, void=True, nodata=None)
    joined = tmp_path / "all.vrt"
    with pytest.raises(BadFile, match=r"one\.tif: holds no height, only voids$"):
        write_mosaic(joined, [one])
    with pytest.raises(BadFile, match=r"only voids, nor do the 1 other tiles$"):
        write_mosaic(joined, [one, two])
    assert not joined.exists()


def test_the_last_block_is_tried_when_tiles_are_joined(tmp_path: Path) -> None:
    path = raster(tmp_path / "a.tif", compress="deflate", blockysize=5)
    whole = bytearray(path.read_bytes())
    whole[-200:] = b"\xff" * 200
    path.write_bytes(whole)
    with pytest.raises(BadFile, match=r"a\.tif: is damaged or cut short"):
        write_mosaic(tmp_path / "all.vrt", [path])
