"""Tests of the ground that commands read: folders, several grids, and what is none."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.windows import Window

from tests.cli.running import run

EYE = "eye_id,x,y,above_m,target_above_m,reach_m\n"
CELL = 100.0


def tile(folder: Path, name: str, zone: int, west: float, **told: object) -> Path:
    """Write rolling ground in a zone of UTM, 60 by 60 cells."""
    x, y = west + (np.arange(60) + 0.5) * CELL, 3_490_000 - (np.arange(60) + 0.5) * CELL
    crs = f"EPSG:{32_600 + zone}"
    to_geo = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    lon, lat = to_geo.transform(*np.meshgrid(x, y))
    height = 300 + 40 * np.sin(lon * 400) + 30 * np.cos(lat * 300)
    profile = {
        "driver": "GTiff", "count": 1, "height": 60, "width": 60, "dtype": "float32",
        "crs": crs, "transform": rasterio.Affine(CELL, 0, west, 0, -CELL, 3_490_000),
    }  # fmt: skip
    with rasterio.open(folder / name, "w", **(profile | told)) as file:
        for band in range(1, file.count + 1):
            file.write(height.astype(file.dtypes[0]), band)
    return folder / name


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `tiles` with a tile of zone 12 and one of zone 13 that overlap."""
    monkeypatch.chdir(tmp_path)
    Path("tiles").mkdir()
    tile(Path("tiles"), "a.tif", 12, 780_000)
    tile(Path("tiles"), "b.tif", 13, 217_000)
    Path("eyes.csv").write_text(EYE + "a,785000,3487000,90,2,5000\n")
    line = {"type": "LineString", "coordinates": [[-108.02, 31.49], [-107.95, 31.49]]}
    Path("line.geojson").write_text(json.dumps(line))
    return tmp_path


@pytest.mark.usefixtures("place")
def test_a_folder_of_two_zones_leads_to_a_choice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    at = ["--terrain", "tiles"]
    status, out, err = run(capsys, ["see", *at, "--eyes", "eyes.csv", "--out-dir", "s"])
    assert status == 0
    assert "note: 1 of 2 tiles resampled (bilinear) onto the grid of a.tif" in err
    with rasterio.open("s/a.tif") as file:
        assert file.width > 100
        east = file.read(1)[:, 62:]
    assert (east == 1).any()  # ground of the other zone is seen
    profile = ["profile", *at, "--eye", "784000", "3487000"]
    profile += ["--target", "789000", "3487000", "--above", "10"]
    assert run(capsys, profile)[0] == 0
    line = ["--line", "line.geojson", "--within", "1500"]
    assert run(capsys, ["demand", *at, *line, "--out", "d.csv"])[0] == 0
    ridges = ["--ridges", "40", "--apart", "300", "--prominence", "5"]
    assert run(capsys, ["candidates", *at, *line, *ridges, "--out", "c.csv"])[0] == 0
    tables = ["--candidates", "c.csv", "--demand", "d.csv", "--reach", "3000"]
    cover = ["cover", *at, *tables, "--workers", "1", "--json", "--out"]
    status, out, _ = run(capsys, [*cover, "cover.npz"])
    assert status == 0
    assert json.loads(out)["pairs"] > 0
    assert not Path("cover.npz.parts").exists()
    join = ["area", "terrain", "join", "tiles", "--out", "all.vrt"]
    status, out, _ = run(capsys, join)
    assert "all.vrt: 2 tiles\n1 of 2 tiles resampled (bilinear)" in out
    # Joined by hand, the grid is the same, so places are too.
    again = [*cover[:1], "--terrain", "all.vrt", *cover[3:], "again.npz"]
    status, told, _ = run(capsys, again)
    assert json.loads(told)["candidates"] == Path("c.csv").read_text().count("\n") - 1
    status, _, err = run(
        capsys, ["see", "--terrain", "all.vrt", "--eyes", "eyes.csv", "--out-dir", "t"]
    )
    assert "note: 1 of 2 tiles resampled" in err
    assert Path("s/a.tif").read_bytes() == Path("t/a.tif").read_bytes()


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("terrain", "said"),
    [
        ("none.tif", "none.tif"),
        ("empty", "empty: holds no raster (.tif, .tiff, .hgt, .vrt)"),
        ("none/*.tif", "none/*.tif: matches no file"),
        ("text.tif", "text.tif"),
        ("short.tif", "short.tif"),
        ("bare.tif", "bare.tif: has no coordinate reference system"),
        ("picture.tif", "picture.tif: has 3 bands; must have one, of heights"),
        ("complex.tif", "complex.tif: holds complex64; must hold real numbers"),
        ("void.tif", "data"),
        ("fathoms.tif", "only metres and feet are understood"),
    ],
)
def test_what_is_no_ground_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], terrain: str, said: str
) -> None:
    here = Path()
    Path("empty").mkdir()
    Path("text.tif").write_text("no raster")
    whole = tile(here, "whole.tif", 12, 780_000, compress="deflate").read_bytes()
    Path("short.tif").write_bytes(whole[: len(whole) // 2])
    tile(here, "bare.tif", 12, 780_000, crs=None)
    tile(here, "picture.tif", 12, 780_000, count=3, dtype="uint8")
    tile(here, "complex.tif", 12, 780_000, dtype="complex64")
    with rasterio.open(tile(here, "void.tif", 12, 780_000), "r+") as file:
        file.write(np.full((60, 60), np.nan, np.float32), 1)
    with rasterio.open(tile(here, "fathoms.tif", 12, 780_000), "r+") as file:
        file.units = ("fathom",)
    Path("c.csv").write_text("site,x,y\na,784000,3487000\n")
    Path("d.csv").write_text("cell,x,y,weight\nu,784100,3487000,1\n")
    at, line = ["--terrain", terrain], ["--line", "line.geojson", "--out", "x.csv"]
    for words in (
        ["see", *at, "--eyes", "eyes.csv", "--out-dir", "o"],
        ["demand", *at, *line],
        ["candidates", *at, "--ridges", "5", *line],
        ["cover", *at, "--candidates", "c.csv", "--demand", "d.csv", "--out", "x.npz"],
    ):
        status, out, err = run(capsys, words)
        assert (status, out, err.count("\n")) == (1, "", 1), words
        assert said in err or words[0] in ("demand", "candidates")
        assert not list(here.glob("x.*"))


CAND = "site,x,y,above_m,reach_m\na,784000,3487000,{},{}\n"


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("demand --line far.geojson", "a terrain without the line on or near it"),
        ("demand --line over.geojson", "a terrain without data there"),
        ("candidates --ridges 5 --prominence 999", "without summits 999 m prominent"),
        (
            "candidates --ridges 5 --prominence 1 --line far.geojson --within 90",
            "without places within 90 m of the line",
        ),
        ("candidates --add away.csv", "1 places off the terrain or where it has"),
        ("cover --candidates away.csv", "x 780000 to 786000, y 3484000 to 3490000 (me"),
        ("cover --candidates deep.csv", "line 2: above_m must be from 0 to 100000"),
        ("cover --candidates wide.csv", "line 2: reach_m must be"),
        ("cover --candidates c.csv --reach 1e300", "reach_m must be above 0 and at m"),
        ("cover --candidates c.csv --above nan", "must be from 0 to 100,000, not (nan"),
        ("cover --candidates c.csv --workers 0", "--workers must be 1 or more, not 0"),
        (
            "profile --eye 1 1",
            "on the terrain of 60 rows and 60 columns, x 78",
        ),
        ("profile --eye 781000 3489000", "eye must be where the terrain has data, not"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    capsys: pytest.CaptureFixture[str], words: str, said: str
) -> None:
    hole = np.full((20, 20), np.nan, np.float32)
    with rasterio.open("tiles/a.tif", "r+") as file:
        file.write(hole, 1, window=Window(0, 0, 20, 20))
    over = Transformer.from_crs("EPSG:32612", "EPSG:4326", always_xy=True)
    lon, lat = over.transform([780_700, 781_200], [3_489_100, 3_489_100])
    for name, line in (
        ("far", [[-90.0, 31.5], [-90.1, 31.5]]),
        ("over", np.column_stack([lon, lat]).tolist()),
    ):
        told = {"type": "LineString", "coordinates": line}
        Path(f"{name}.geojson").write_text(json.dumps(told))
    Path("c.csv").write_text(CAND.format(5, 900))
    Path("deep.csv").write_text(CAND.format(-5, 900))
    Path("wide.csv").write_text(CAND.format(5, "1e300"))
    Path("away.csv").write_text("site,x,y\na,-108.02,31.49\n")
    Path("d.csv").write_text("cell,x,y,weight\nu,784100,3487000,1\n")
    given = [*words.split(), "--terrain", "tiles/a.tif"]
    given += {
        "demand": ["--within", "200", "--out", "x.csv"],
        "candidates": ["--out", "x.csv"],
        "cover": ["--demand", "d.csv", "--out", "x.npz"],
        "profile": ["--target", "784000", "3487000", "--above", "5"],
    }[given[0]]
    status, out, err = run(capsys, given)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert said in err
    assert not list(Path().glob("x.*"))


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("lost", ["a.tif", "b.tif"])
def test_a_tile_that_was_taken_away_is_told(
    capsys: pytest.CaptureFixture[str], lost: str
) -> None:
    assert run(capsys, ["area", "terrain", "join", "tiles", "--out", "all.vrt"])[0] == 0
    words = ["see", "--terrain", "all.vrt", "--eyes", "eyes.csv", "--out-dir", "o"]
    assert run(capsys, words)[0] == 0
    (Path("tiles") / lost).unlink()
    status, out, err = run(capsys, words)
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert f"{lost}, which is not there; join them again" in err
