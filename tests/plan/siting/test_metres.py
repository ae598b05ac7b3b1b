"""Tests of distances on terrains of any system: metres, whatever the map counts in."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Geod, Transformer

from linewatch.errors import BadFile
from linewatch.plan.siting.metres import Metres
from linewatch.plan.siting.stands import read_lines
from linewatch.sight.raster import MapTerrain
from tests.cli.running import run

WGS84 = Geod(ellps="WGS84")
LINE = [[-110.95, 49.52], [-110.75, 49.48]]
SYSTEMS = {
    "EPSG:4326": 0.002,
    "EPSG:32612": 150.0,
    "EPSG:2256": 500.0,  # Montana, in feet
}


def ground(folder: Path, crs: str) -> Path:
    """Write rough ground about the line in a system."""
    turn = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    x, y = turn.transform([-111.05, -110.65, -110.85], [49.5, 49.5, 49.6])
    step = SYSTEMS[crs]
    columns, rows = int((x[1] - x[0]) / step), int((y[2] - y[0]) * 2 / step)
    height = np.random.default_rng(2).uniform(0, 90, (rows, columns))
    path = folder / "ground.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=rows, width=columns,
        dtype="float32", crs=crs,
        transform=rasterio.Affine(step, 0, x[0], 0, -step, y[2]),
    ) as file:  # fmt: skip
        file.write(height.astype(np.float32), 1)
    told = {"type": "LineString", "coordinates": LINE}
    (folder / "line.geojson").write_text(json.dumps(told))
    return path


def places(path: Path, crs: str) -> tuple[np.ndarray, np.ndarray]:
    """Return longitudes and latitudes of a table's places."""
    with path.open() as file:
        rows = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    back = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = back.transform(*np.array(rows).T)
    return np.asarray(lon), np.asarray(lat)


# A line that is straight on one map bends on another, here by 4 m.
def away_m(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return distances from the line by geodesics, to its nearest of many places."""
    start, end = np.array(LINE)
    along = start + np.linspace(0, 1, 4_000)[:, None] * (end - start)
    near = np.full(len(lon), np.inf)
    for n, (x, y) in enumerate(zip(lon, lat, strict=True)):
        about = along[
            np.argsort((along[:, 0] - x) ** 2 * 0.42 + (along[:, 1] - y) ** 2)
        ]
        some = about[:40]
        _, _, far = WGS84.inv(
            np.full(len(some), x), np.full(len(some), y), some[:, 0], some[:, 1]
        )
        near[n] = far.min()
    return near


@pytest.mark.parametrize("crs", SYSTEMS)
def test_the_strip_is_as_wide_as_it_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], crs: str
) -> None:
    path, out = ground(tmp_path, crs), tmp_path / "demand.csv"
    words = ["demand", "--terrain", str(path), "--line", str(tmp_path / "line.geojson")]
    words += ["--within", "1500", "--out", str(out)]
    status, told, _ = run(capsys, words)
    assert (status, "within 1,500 m of the line" in told) == (0, True)
    far = away_m(*places(out, crs))
    assert 1_400 < far.max() < 1_506
    with rasterio.open(path) as raster:
        rows, columns = np.indices(raster.shape)
        at = raster.transform
        x, y = at.c + (columns + 0.5) * at.a, at.f + (rows + 0.5) * at.e
    back = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    every = away_m(*(np.ravel(one) for one in back.transform(x, y)))
    assert (every < 1_494).sum() <= len(far) <= (every < 1_506).sum()


@pytest.mark.parametrize("crs", SYSTEMS)
def test_places_stand_as_far_as_they_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], crs: str
) -> None:
    path, out = ground(tmp_path, crs), tmp_path / "c.csv"
    line = str(tmp_path / "line.geojson")
    words = ["candidates", "--terrain", str(path), "--out", str(out)]
    assert run(capsys, [*words, "--roads", line, "--every", "1000"])[0] == 0
    lon, lat = places(out, crs)
    _, _, step_m = WGS84.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    length_m = WGS84.line_length(*np.array(LINE).T)
    expected_m = length_m / round(length_m / 1_000)
    np.testing.assert_allclose(step_m, expected_m, rtol=1e-3)
    near = [*words, "--ridges", "500", "--apart", "200", "--line", line]
    assert run(capsys, [*near, "--within", "2000"])[0] == 0
    assert 1_000 < away_m(*places(out, crs)).max() < 2_007


@pytest.mark.parametrize("crs", SYSTEMS)
def test_there_and_back_again(tmp_path: Path, crs: str) -> None:
    terrain = MapTerrain(ground(tmp_path, crs))
    metres = Metres.of(terrain)
    x, y = np.array([terrain.transform.c]), np.array([terrain.transform.f])
    np.testing.assert_allclose(metres.back(*metres.onto(x, y)), (x, y), rtol=1e-12)
    terrain.close()


def test_latitude_before_longitude_is_told(tmp_path: Path) -> None:
    terrain = MapTerrain(ground(tmp_path, "EPSG:32612"))
    swapped = {"type": "LineString", "coordinates": [p[::-1] for p in LINE]}
    (tmp_path / "swapped.geojson").write_text(json.dumps(swapped))
    with pytest.raises(BadFile, match="must hold longitude -180 to 180, then latitude"):
        read_lines(tmp_path / "swapped.geojson", terrain)
    terrain.close()
