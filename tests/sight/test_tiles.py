"""Tests of terrain files: tiles, units, voids and packed heights."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from linewatch.errors import BadFile
from linewatch.sight.raster import MapTerrain
from tests.cli.running import run
from tests.sight.scene import CELL_M, NORTH_M, WEST_M, hills, written


def test_tiles_are_one_terrain(tmp_path: Path) -> None:
    """Four tiles, two of which overlap, give what the one file gives."""
    height = hills()
    parts = [(0, 0, 50, 60), (0, 60, 50, 120), (49, 0, 90, 60), (50, 60, 90, 120)]
    paths = [
        written(
            tmp_path / f"tile{n}.tif",
            height[top:bottom, left:right],
            corner=(WEST_M + left * CELL_M, NORTH_M - top * CELL_M),
        )
        for n, (top, left, bottom, right) in enumerate(parts)
    ]
    tiles = MapTerrain(paths[::-1])
    ground = MapTerrain(written(tmp_path / "whole.tif", height))
    assert tiles.shape == ground.shape
    assert tiles.transform == ground.transform
    whole = Window(0, 0, 120, 90)
    np.testing.assert_array_equal(tiles.heights(whole), height)
    some = MapTerrain(paths[1:]).heights(whole)
    assert np.isnan(some[:49, :60]).all()
    assert np.isfinite(some[:50, 60:]).all()


def test_a_tile_of_another_grid_or_system_is_refused(tmp_path: Path) -> None:
    height = np.zeros((4, 4), np.float32)
    first = written(tmp_path / "a.tif", height)
    others: tuple[dict[str, Any], ...] = (
        {"corner": (WEST_M + 10, NORTH_M)},
        {"cell": (30.12, 30.0)},  # a two-hundredth of a cell in each of four
        {"cell": (30.0, 30.12)},
        {"crs": "EPSG:32612"},
    )
    for n, more in enumerate(others):
        other = written(tmp_path / f"b{n}.tif", height, **more)
        with pytest.raises(BadFile, match=r"another grid|another coordinate system"):
            MapTerrain([first, other])


def test_hgt_and_vrt_are_terrain(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A tile of the Shuttle mission: 1201 big-endian numbers square, by its name."""
    height = np.full((1201, 1201), 500, ">i2")
    height[600, 700] = 900
    height[0, 0] = -32_768
    for name in ("N31W112.hgt", "N31W111.hgt"):
        (tmp_path / name).write_bytes(height.tobytes())
    terrain = MapTerrain([tmp_path / "N31W112.hgt", tmp_path / "N31W111.hgt"])
    assert terrain.shape == (1201, 2401)
    assert terrain.crs.is_geographic
    vrt = tmp_path / "one.vrt"
    vrt.write_text(
        '<VRTDataset rasterXSize="1201" rasterYSize="1201"><SRS>EPSG:4326</SRS>'
        "<GeoTransform>-112.000416666667,0.000833333333333,0,32.000416666667,0,"
        "-0.000833333333333</GeoTransform>"
        '<VRTRasterBand dataType="Int16" band="1"><SimpleSource>'
        '<SourceFilename relativeToVRT="1">N31W112.hgt</SourceFilename>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    eyes = tmp_path / "eyes.csv"
    eyes.write_text(
        "eye_id,x,y,above_m,target_above_m,reach_m\na,-111.41,31.5,5,1,5000\n"
    )
    seen = []
    for n, words in enumerate((str(vrt), str(tmp_path / "*.hgt"))):
        out_dir = tmp_path / f"out{n}"
        status, out, _ = run(
            capsys,
            [
                *("see", "--terrain", words, "--eyes", str(eyes)),
                *("--out-dir", str(out_dir), "--json"),
            ],
        )
        assert status == 0
        seen.append(json.loads(out)["eyes"][0]["cells_seen"])
    assert seen[0] == seen[1] > 1_000


@pytest.mark.parametrize(
    ("unit", "metres"), [("ft", 30.48), ("US survey foot", 30.480061), ("metre", 100)]
)
def test_heights_in_feet_are_converted_and_said(
    tmp_path: Path, unit: str, metres: float
) -> None:
    path = written(tmp_path / "f.tif", np.full((3, 3), 100, np.float32), unit=unit)
    terrain = MapTerrain(path)
    assert terrain.heights(Window(0, 0, 3, 3)) == pytest.approx(
        np.full((3, 3), metres), rel=1e-6
    )
    assert any("converted to metres" in note for note in terrain.notes) == (
        unit != "metre"
    )


def test_packed_heights_are_unpacked_before_feet_are_converted(tmp_path: Path) -> None:
    """2 ft a step from 1,000 ft: 10 stands for 1,020 ft."""
    path = written(tmp_path / "p.tif", np.full((2, 2), 10, np.int16), unit="ft")
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (2.0,), (1_000.0,)
    height = MapTerrain(path).heights(Window(0, 0, 2, 2))
    assert height == pytest.approx(np.full((2, 2), 1_020 * 0.3048))


def test_other_units_are_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "f.tif", np.ones((3, 3), np.float32), unit="fathom")
    with pytest.raises(BadFile, match="only metres and feet are understood"):
        MapTerrain(path)


def test_a_compound_system_tells_unit_and_level_of_heights(tmp_path: Path) -> None:
    """EPSG:6360 is NAVD88 height in U.S. survey feet."""
    path = written(
        tmp_path / "f.tif", np.ones((3, 3), np.float32), crs="EPSG:26911+6360"
    )
    terrain = MapTerrain(path)
    assert terrain.heights(Window(0, 0, 1, 1))[0, 0] == pytest.approx(0.3048006)
    assert any("NAVD88" in note for note in terrain.notes)


def test_undeclared_voids_are_found_and_counted(tmp_path: Path) -> None:
    height = np.zeros((9, 9), np.float32)
    height[0, :3] = -32_767, -9_999, 32_767
    terrain = MapTerrain(written(tmp_path / "v.tif", height))
    assert np.isnan(terrain.heights(Window(0, 0, 9, 9))).sum() == 3
    assert terrain.voids == 3


def test_where_tiles_overlap_the_first_with_data_counts(tmp_path: Path) -> None:
    first, other = np.full((3, 4), 10, np.int16), np.full((3, 4), 20, np.int16)
    first[1, 3] = -9_999
    paths = [
        written(tmp_path / "a.tif", first),
        written(tmp_path / "b.tif", other, corner=(WEST_M + 2 * CELL_M, NORTH_M)),
    ]
    height = MapTerrain(paths).heights(Window(0, 0, 6, 3))
    assert height[1].tolist() == [10, 10, 10, 20, 20, 20]
    assert height[0].tolist() == [10, 10, 10, 10, 20, 20]
    height = MapTerrain(paths[::-1]).heights(Window(0, 0, 6, 3))
    assert height[1].tolist() == [10, 10, 20, 20, 20, 20]


def test_oblong_cells_of_a_projected_grid_keep_their_sides(tmp_path: Path) -> None:
    path = written(tmp_path / "o.tif", np.zeros((3, 3), np.int16), cell=(30.0, 20.0))
    assert MapTerrain(path).steps_m(0) == (30.0, 20.0)
