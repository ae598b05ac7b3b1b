"""Tests of the demand strip: every cell with ground near the line, and no other."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
import shapely

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.strip import strip
from linewatch.sight.raster import MapTerrain
from tests.cli.running import run

CELL = 30.0
WEST, NORTH = 500_000.0, 3_600_000.0
LINE = shapely.MultiLineString(
    [[(WEST + 100, NORTH - 900), (WEST + 1_000, NORTH - 1_200)]]
)


def ground(folder: Path, rows: int = 70, columns: int = 60) -> Path:
    """Write flat ground with a hole in it."""
    height = np.full((rows, columns), 7.0, np.float32)
    height[28:33, 8:12] = np.nan
    path = folder / "ground.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        count=1,
        height=rows,
        width=columns,
        dtype="float32",
        nodata=np.nan,
        crs="EPSG:32611",
        transform=rasterio.Affine(CELL, 0, WEST, 0, -CELL, NORTH),
    ) as file:
        file.write(height, 1)
    return path


@pytest.mark.parametrize("every", [1, 2, 7])
@pytest.mark.parametrize("within", [40.0, 500.0, 9_000.0])
def test_agrees_with_asking_cell_by_cell(
    tmp_path: Path, within: float, every: int
) -> None:
    terrain = MapTerrain(ground(tmp_path))
    told = strip(terrain, LINE, within, every=every)
    terrain.close()
    expected = set()
    for row in range(0, 70, every):
        for column in range(0, 60, every):
            place = shapely.Point(
                WEST + (column + 0.5) * CELL, NORTH - (row + 0.5) * CELL
            )
            hole = 28 <= row < 33 and 8 <= column < 12
            if not hole and LINE.distance(place) <= within:
                expected.add((row, column))
    assert set(zip(told.row.tolist(), told.column.tolist(), strict=True)) == expected
    assert told.weight.sum() == pytest.approx(1.0)
    np.testing.assert_allclose(told.x, WEST + (told.column + 0.5) * CELL)
    np.testing.assert_allclose(told.y, NORTH - (told.row + 0.5) * CELL)


def test_weight_fades_with_the_distance(tmp_path: Path) -> None:
    terrain = MapTerrain(ground(tmp_path))
    told = strip(terrain, LINE, 600.0, fade=200.0)
    terrain.close()
    away = shapely.distance(shapely.points(told.x, told.y), LINE)
    ratio = told.weight / np.exp(-away / 200.0)
    np.testing.assert_allclose(ratio, ratio[0])


@pytest.mark.parametrize(
    ("within", "every", "fade", "said"),
    [
        (0.0, 1, math.inf, "within must be above 0"),
        (math.nan, 1, math.inf, "within must be above 0"),
        (10.0, 0, math.inf, "every must be 1 or more"),
        (10.0, 1, 0.0, "fade must be above 0"),
    ],
)
def test_figures_that_cannot_be_are_refused(
    tmp_path: Path, within: float, every: int, fade: float, said: str
) -> None:
    terrain = MapTerrain(ground(tmp_path))
    with pytest.raises(BadValue, match=said):
        strip(terrain, LINE, within, every=every, fade=fade)
    terrain.close()


def test_a_line_elsewhere_is_told(tmp_path: Path) -> None:
    terrain = MapTerrain(ground(tmp_path))
    far = shapely.MultiLineString([[(WEST - 9_000, NORTH), (WEST - 8_000, NORTH)]])
    with pytest.raises(NoPlan, match="ground within 100 m of the line"):
        strip(terrain, far, 100.0)
    terrain.close()


def test_the_way_from_a_terrain_to_a_plan(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commands of the page, each on what the one before wrote."""
    monkeypatch.chdir(tmp_path)
    ground(tmp_path)
    with rasterio.open("ground.tif") as file:
        back = rasterio.warp.transform(
            file.crs, "EPSG:4326", [WEST + 100, WEST + 1_000], [NORTH - 900] * 2
        )
    shape = {"type": "LineString", "coordinates": list(zip(*back, strict=True))}
    Path("line.geojson").write_text(json.dumps(shape))
    on = "--terrain ground.tif"
    near = f"{on} --line line.geojson --within 400"
    looks = "--above 5 --reach 600 --workers 1"
    for words in (
        f"demand {near} --out demand.csv",
        f"candidates {on} --roads line.geojson --every 300 --out sites.csv",
        f"cover {on} --candidates sites.csv --demand demand.csv {looks} --out c.npz",
        "site --sites sites.csv --demand demand.csv --cover c.npz --choose 2 --out p",
    ):
        status, out, err = run(capsys, words.split())
        assert (status, err) == (0, ""), words
        assert out
    assert len(Path("p").read_text().splitlines()) == 3
    status, out, _ = run(capsys, f"demand {near} --out demand.csv --json".split())
    assert json.loads(out)["cells"] == len(Path("demand.csv").read_text().split()) - 1
