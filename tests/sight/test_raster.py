"""Tests of seeing over terrain files, and of ``linewatch see``."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio import Affine

from linewatch.errors import BadFile, BadLines, BadValue
from linewatch.sight.cells import HIDDEN, NO_ANSWER, SEEN
from linewatch.sight.eyes import MapEye, read_eyes
from linewatch.sight.raster import MapTerrain
from linewatch.sight.raster import written as kept
from linewatch.sight.seeing import see_from
from tests.cli.running import run
from tests.sight.scene import written

HEADER = "eye_id,x,y,above_m,target_above_m,reach_m\n"


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    """Level ground of 21 by 41 cells with a wall of 10 m in column 30."""
    height = np.zeros((21, 41), np.float32)
    height[:, 30] = 10
    height[0, 0] = -9_999
    return written(tmp_path / "wall.tif", height, nodata=-9_999)


def eye(**more: float) -> MapEye:
    """An eye in row 10, column 20 of the wall."""
    good = {
        "x": 500_000.0 + 20.4 * 30,
        "y": 3_600_000.0 - 10.7 * 30,
        "above_m": 2.0,
        "target_above_m": 1.0,
        "reach_m": 600.0,
    }
    return MapEye(eye_id="post", **(good | more))


def test_marks_seen_hidden_and_no_answer(wall: Path) -> None:
    values, cell_m2 = see_from(MapTerrain(wall), eye(), refraction=1.0)
    assert cell_m2 == 900
    assert values.shape == (21, 41)
    assert values[10, 0] == SEEN
    assert values[10, 30] == SEEN
    assert values[10, 35] == HIDDEN
    assert values[0, 0] == NO_ANSWER
    assert values[0, 40] == NO_ANSWER  # 671 m away
    tall, _ = see_from(MapTerrain(wall), eye(target_above_m=15.0), refraction=1.0)
    assert tall[10, 35] == SEEN


def test_a_geographic_grid_is_oblong(tmp_path: Path) -> None:
    """At 60 degrees north a degree of longitude is half as long: reach follows."""
    step = 1 / 1_200
    path = written(
        tmp_path / "geo.tif",
        np.zeros((81, 161), np.int16),
        crs="EPSG:4326",
        cell=(step, step),
        corner=(20.0, 60.0 + 40.5 * step),
    )
    terrain = MapTerrain(path)
    step_x_m, step_y_m = terrain.steps_m(40)
    assert step_y_m == pytest.approx(111_412 / 1_200, rel=1e-3)
    assert step_x_m == pytest.approx(55_800 / 1_200, rel=1e-3)
    watcher = MapEye(
        eye_id="a",
        x=20.0 + 80.5 * step,
        y=60.0,
        above_m=5.0,
        target_above_m=0.0,
        reach_m=2_000.0,
    )
    values, _ = see_from(terrain, watcher, refraction=1 / 7)
    assert (values[40] != NO_ANSWER).sum() == 2 * int(2_000 / step_x_m) + 1
    assert (values[:, 80] != NO_ANSWER).sum() == 2 * int(2_000 / step_y_m) + 1


def test_feet_of_a_map_are_turned_into_metres(tmp_path: Path) -> None:
    path = written(
        tmp_path / "feet.tif",
        np.zeros((5, 5), np.float32),
        crs="EPSG:2230",  # California zone 6, U.S. survey feet
        cell=(100.0, 100.0),
    )
    assert MapTerrain(path).steps_m(0) == pytest.approx((30.48006, 30.48006))


def test_voids_of_16_bit_tiles_are_no_ground(tmp_path: Path) -> None:
    height = np.zeros((9, 9), np.int16)
    height[4, 7] = -32_768
    path = written(tmp_path / "void.tif", height)
    place = {"x": 500_000 + 4.5 * 30, "y": 3_600_000 - 4.5 * 30}
    values, _ = see_from(MapTerrain(path), eye(**place), refraction=1.0)
    assert values[4, 7] == NO_ANSWER
    assert values[4, 8] == SEEN


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ({"x": 1.0}, "on the terrain of 21 rows and 41 columns"),
        (
            {"x": 500_010.0, "y": 3_599_990.0},
            "where the terrain has data",
        ),
    ],
)
def test_an_eye_without_ground_is_refused(
    wall: Path, place: dict[str, float], rule: str
) -> None:
    with pytest.raises(BadValue, match=rule):
        see_from(MapTerrain(wall), eye(**place), refraction=1.0)


def test_terrain_without_a_system_or_turned_is_refused(tmp_path: Path) -> None:
    plain = np.zeros((3, 3), np.float32)
    with pytest.raises(BadFile, match="has no coordinate reference system"):
        MapTerrain(written(tmp_path / "bare.tif", plain, crs=None))
    with rasterio.open(
        tmp_path / "turned.tif",
        "w",
        driver="GTiff",
        height=3,
        width=3,
        count=1,
        dtype="float32",
        crs="EPSG:32611",
        transform=Affine(30, 5, 5e5, 5, -30, 3.6e6),
    ) as file:
        file.write(plain, 1)
    with pytest.raises(BadFile, match="north up and no rotation"):
        MapTerrain(tmp_path / "turned.tif")
    (tmp_path / "text.tif").write_text("no raster")
    with pytest.raises(BadFile, match="cannot be read as terrain"):
        MapTerrain(tmp_path / "text.tif")


def test_all_bad_lines_of_eyes_are_told_together(tmp_path: Path) -> None:
    path = tmp_path / "eyes.csv"
    path.write_text(
        HEADER + "a,1,2,3,1,100\n"
        "a,1,2,3,1,100\nb,one,2,3,1,100\n../c,1,2,3,1,100\nd,1,2,-3,1,100\n"
        "e,1,2,3,1,0\nf,1,nan,3,1,9\n"
    )
    with pytest.raises(BadLines) as caught:
        read_eyes(path)
    assert [line for line, _ in caught.value.faults] == [3, 4, 5, 6, 7, 8]
    assert "eye_id 'a' is there twice" in str(caught.value)
    assert "x must be a number, not 'one'" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must have the columns eye_id, x, y"),
        ("eye_id,x,y\n", "must have the columns eye_id, x, y"),
        (HEADER.replace("\n", ",colour\n"), "must have the columns"),
        (HEADER, "holds no eye"),
    ],
)
def test_a_file_that_is_no_table_of_eyes_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "eyes.csv"
    path.write_text(text)
    with pytest.raises(BadFile, match=said):
        read_eyes(path)


def test_columns_may_come_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "eyes.csv"
    path.write_text("reach_m,x,above_m,y,eye_id,target_above_m\n9,1,3,2,a,4\n")
    assert read_eyes(path) == (
        MapEye(eye_id="a", x=1, y=2, above_m=3, target_above_m=4, reach_m=9),
    )
    assert math.isclose(read_eyes(path)[0].reach_m, 9)


@pytest.mark.parametrize("mode", ["exact", "fine", "screen"])
def test_see_writes_a_file_an_eye_on_the_terrains_grid(
    capsys: pytest.CaptureFixture[str], wall: Path, tmp_path: Path, mode: str
) -> None:
    eyes = tmp_path / "eyes.csv"
    eyes.write_text(HEADER + "post,500612,3599679,2,1,600\nfar,501200,3599600,2,1,90\n")
    out_dir = tmp_path / "out"
    words = [*("see", "--terrain", wall, "--eyes", eyes, "--out-dir", out_dir)]
    status, out, err = run(capsys, [*map(str, words), "--mode", mode, "--json"])
    assert (status, err) == (0, "")
    told = json.loads(out)["eyes"]
    with rasterio.open(out_dir / "post.tif") as file, rasterio.open(wall) as ground:
        values = file.read(1)
        assert (file.crs, file.transform) == (ground.crs, ground.transform)
        assert file.nodata == NO_ANSWER
    assert told[0]["cells_seen"] == (values == SEEN).sum()
    assert values[10, 35] == HIDDEN
    assert (out_dir / "far.tif").exists()
    _, out, _ = run(capsys, [*map(str, words), "--flat"])
    assert out.startswith("post: sees 0.")


@pytest.mark.parametrize(
    ("line", "more", "said"),
    [
        (
            "a,1,2.5,2,1,600",
            [],
            "on the terrain of 21 rows and 41 columns, x 500000 to 501230, y 3",
        ),
        ("a,500612,3599679,2,1,x", [], "line 2: reach_m must be a number, not 'x'"),
        ("a,500612,3599679,2,1,9", ["--refraction", "2"], "refraction must be from -1"),
    ],
)
def test_see_says_what_is_wrong_in_one_line(
    capsys: pytest.CaptureFixture[str],
    wall: Path,
    tmp_path: Path,
    line: str,
    more: list[str],
    said: str,
) -> None:
    eyes = tmp_path / "eyes.csv"
    eyes.write_text(HEADER + line + "\n")
    words = ["see", "--terrain", wall, "--eyes", eyes, "--out-dir", tmp_path / "o"]
    status, out, err = run(capsys, [*map(str, words), *more])
    assert (status, out) == (1, "")
    assert said in err
    assert err.count("\n") == 1


def test_see_without_its_files_says_so(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = "see", "--terrain", "no.tif", "--eyes", "no.csv", "--out-dir", str(tmp_path)
    status, _, err = run(capsys, words)
    assert status == 1
    assert "no.csv" in err


def test_a_raster_that_cannot_be_written_leaves_what_was_there(
    wall: Path, tmp_path: Path
) -> None:
    terrain, path = MapTerrain(wall), tmp_path / "seen.tif"
    path.write_text("before")

    def broken() -> None:
        with kept(path, terrain, np.dtype(np.uint8), None) as out:
            out.write(np.ones((21, 41), np.uint8), 1)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken()
    assert path.read_text() == "before"
    with (
        pytest.raises(BadFile, match=r"seen\.tif: cannot be written"),
        kept(tmp_path / "none" / "seen.tif", terrain, np.dtype(np.uint8), None),
    ):
        pass
    assert {one.name for one in tmp_path.iterdir()} == {"seen.tif", "wall.tif"}


def test_a_unit_without_a_name_is_read(tmp_path: Path) -> None:
    path = tmp_path / "km.tif"
    crs = "+proj=aeqd +lat_0=34 +lon_0=-118 +units=km"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=9, width=9, dtype="float32",
        crs=crs, transform=Affine(0.03, 0, 1, 0, -0.03, 2),
    ) as file:  # fmt: skip
        file.write(np.zeros((9, 9), np.float32), 1)
    land = MapTerrain(path)
    assert land.steps_m(0) == pytest.approx((30.0, 30.0))
    assert land.extent == (
        "the terrain of 9 rows and 9 columns, x 1 to 1.27, y 1.73 to 2 (kilometre)"
    )
    land.close()
