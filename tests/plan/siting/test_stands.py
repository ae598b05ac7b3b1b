"""Tests of candidates: summits, roads, towers that are there, and lists."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio import Affine

from linewatch.errors import BadFile, BadValue
from linewatch.plan.siting._kernels_table import prominences
from linewatch.plan.siting.stands import Stands, joined, read_lines, ridges
from linewatch.sight.raster import MapTerrain
from tests.cli.running import run

WEST_M, NORTH_M, CELL_M = 500_000.0, 3_600_000.0, 100.0


def written(folder: Path, ground: np.ndarray) -> Path:
    """Write a terrain."""
    path = folder / "hills.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=ground.shape[0],
        width=ground.shape[1],
        count=1,
        dtype="float32",
        crs="EPSG:32612",
        nodata=-9999,
        transform=Affine(CELL_M, 0.0, WEST_M, 0.0, -CELL_M, NORTH_M),
    ) as file:
        file.write(ground.astype(np.float32), 1)
    return path


def plain_prominence(ground: np.ndarray, row: int, col: int) -> float:
    """Fall of the water by which a summit first meets higher ground."""
    rows, cols = ground.shape
    own = ground[row, col]
    for level in sorted(set(ground.reshape(-1).tolist()), reverse=True):
        if level > own:
            continue
        ahead, seen = [(row, col)], {(row, col)}
        while ahead:
            y, x = ahead.pop()
            if ground[y, x] > own:
                return float(own - level)
            for dy in (-1, 0, 1):
                for dx in (-1, 0, 1):
                    near = (y + dy, x + dx)
                    if (
                        0 <= near[0] < rows
                        and 0 <= near[1] < cols
                        and near not in seen
                        and ground[near] >= level
                    ):
                        seen.add(near)
                        ahead.append(near)
    return float(own - ground.min())


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 6), st.integers(1, 6))
def test_prominence_is_how_far_the_water_falls(seed: int, rows: int, cols: int) -> None:
    ground = np.random.default_rng(seed).permutation(rows * cols).astype(np.float32)
    ground = ground.reshape(rows, cols)
    order = np.argsort(-ground.reshape(-1), kind="stable")
    found = prominences(ground, order)
    padded = np.pad(ground, 1, constant_values=-1)
    for row in range(rows):
        for col in range(cols):
            window = padded[row : row + 3, col : col + 3]
            summit = ground[row, col] == window.max()
            expected = plain_prominence(ground, row, col) if summit else 0.0
            assert found[row, col] == expected


def test_summits_come_the_most_prominent_first_and_stand_apart(tmp_path: Path) -> None:
    ground = np.zeros((20, 40))
    ground[5, 5], ground[5, 6], ground[5, 9], ground[12, 30] = 90, 80, 70, 60
    ground[0, 39] = -9999
    terrain = MapTerrain(written(tmp_path, ground))
    found = ridges(terrain, 9, apart_m=200.0)
    assert found.x.tolist() == [WEST_M + 550, WEST_M + 950, WEST_M + 3050]
    assert found.y.tolist() == [NORTH_M - 550, NORTH_M - 550, NORTH_M - 1250]
    assert ridges(terrain, 9, apart_m=400.0).x.tolist() == [WEST_M + 550, WEST_M + 3050]
    assert len(ridges(terrain, 9, apart_m=200.0, prominence_m=65).x) == 2
    assert len(ridges(terrain, 1, apart_m=200.0).x) == 1
    for wrong in ({"apart_m": 0.0}, {"apart_m": 1.0, "prominence_m": -1.0}):
        with pytest.raises(BadValue, match="ridges must be"):
            ridges(terrain, 1, **wrong)
    with pytest.raises(BadValue, match="the number of ridges must be 1 or more"):
        ridges(terrain, 0, apart_m=1.0)
    terrain.close()


def test_a_place_of_two_sources_is_listed_once() -> None:
    one = Stands(name=("a", "b"), origin=("x", "x"), x=np.arange(2.0), y=np.zeros(2))
    two = Stands(name=("c", "a"), origin=("y", "y"), x=np.arange(2.0), y=np.ones(2))
    both = joined([one, two])
    assert both.name == ("a", "b", "c")
    same = Stands(name=("d",), origin=("z",), x=np.zeros(1), y=np.zeros(1))
    assert joined([one, same]).name == ("a", "b")


def lonlat(*places: tuple[float, float]) -> list[list[float]]:
    """Places of the terrain's plane in longitude and latitude."""
    from pyproj import Transformer  # noqa: PLC0415

    turn = Transformer.from_crs("EPSG:32612", "OGC:CRS84", always_xy=True)
    return [list(turn.transform(x, y)) for x, y in places]


def test_lists_all_sources_near_the_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ground = np.zeros((40, 80))
    ground[10, 10], ground[35, 70] = 50, 60
    ground[:, 75:] = -9999
    path = written(tmp_path, ground)
    line = lonlat((WEST_M + 100, NORTH_M - 1000), (WEST_M + 7900, NORTH_M - 1000))
    told = {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}}
    (tmp_path / "line.json").write_text(
        json.dumps({"type": "FeatureCollection", "features": [told]})
    )
    (tmp_path / "towers.csv").write_text(
        f"site,x,y\nold,{WEST_M + 2000},{NORTH_M - 900}\nfar,0,0\n"
    )
    words = [
        *("candidates", "--terrain", str(path), "--ridges", "5"),
        *("--roads", str(tmp_path / "line.json"), "--every", "1300"),
        *("--towers", str(tmp_path / "towers.csv"), "--within", "600"),
        *("--line", str(tmp_path / "line.json"), "--out", str(tmp_path / "c.csv")),
    ]
    status, out, err = run(capsys, [*words, "--json"])
    assert (status, err) == (0, "")
    # The far summit and the far tower are off the line; two road places have no ground.
    facts = json.loads(out)
    assert facts == {
        "candidates": {"towers": 1, "ridge": 1, "road": 6},
        "off_ground": 1,
        "too_far": 1,
    }
    with (tmp_path / "c.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["site"] for row in rows[:3]] == ["old", "ridge-2", "road-1"]
    assert float(rows[2]["x"]) == pytest.approx(WEST_M + 100, abs=0.01)
    assert float(rows[2]["y"]) == pytest.approx(NORTH_M - 1000, abs=0.01)
    said = run(capsys, words)[1]
    assert "8 candidates (1 towers, 1 ridge, 6 road)" in said
    assert "Left out, over 600 m from the line: 1 of your places.\n" in said


def test_says_what_is_wrong(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = written(tmp_path, np.zeros((9, 9)))
    words = ["candidates", "--terrain", str(path), "--out", str(tmp_path / "c.csv")]
    assert "one or more of --ridges" in run(capsys, words)[2]
    terrain = MapTerrain(path)
    for text, said in (
        ("no", "is not GeoJSON"),
        ('{"type": "Point", "coordinates": [1, 2]}', "holds no line"),
        ('{"type": "LineString", "coordinates": [1, 2]}', "is not GeoJSON"),
    ):
        (tmp_path / "line.json").write_text(text)
        with pytest.raises(BadFile, match=said):
            read_lines(tmp_path / "line.json", terrain)
    terrain.close()
    # Level ground has no summit.
    status, _, err = run(capsys, [*words, "--ridges", "3"])
    assert (status, err.count("\n")) == (1, 1)
    assert "one candidate or more" in err


def test_a_summit_exactly_as_prominent_as_asked_counts(tmp_path: Path) -> None:
    ground = np.zeros((40, 80))
    ground[10, 10], ground[30, 60] = 50, 60
    terrain = MapTerrain(written(tmp_path, ground))
    found = [
        len(ridges(terrain, 9, apart_m=300.0, prominence_m=least).name)
        for least in (49.9, 50.0, 50.1, 60.0, 60.1)
    ]
    terrain.close()
    assert found == [2, 2, 1, 1, 0]
