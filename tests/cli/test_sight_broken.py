"""What the commands from terrain to sites refuse, and what then still lies there."""

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
import rasterio.warp
from rasterio.transform import Affine

from tests.cli.running import run

EYE = "eye_id,x,y,above_m,target_above_m,reach_m\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a terrain of 20 by 20 cells, a line and tables of sites."""
    monkeypatch.chdir(tmp_path)
    with rasterio.open(
        "hills.tif", "w", driver="GTiff", height=20, width=20, count=1,
        dtype="float32", crs="EPSG:32611",
        transform=Affine(30, 0, 600_000, 0, -30, 3_400_000),
    ) as file:  # fmt: skip
        file.write(np.zeros((20, 20), np.float32), 1)
    Path("eyes.csv").write_text(EYE + "a,600300,3399700,2,1,300\n")
    with rasterio.open("hills.tif") as file:
        west, south, east, north = rasterio.warp.transform_bounds(
            file.crs, "EPSG:4326", *file.bounds
        )
    middle = (south + north) / 2
    line = {"type": "LineString", "coordinates": [[west, middle], [east, middle]]}
    Path("line.geojson").write_text(json.dumps(line))
    Path("sites.csv").write_text("site,cost\na,1\nb,2\n")
    Path("demand.csv").write_text("cell,weight\nu,1\nv,2\n")
    Path("cover.csv").write_text("site,cell\na,u\nb,v\n")
    return tmp_path


SEE = ["see", "--terrain", "hills.tif", "--eyes", "eyes.csv"]
SITE = [
    "site", "--sites", "sites.csv", "--demand", "demand.csv", "--cover", "cover.csv",
]  # fmt: skip
CANDIDATES = ["candidates", "--terrain", "hills.tif", "--add", "sites.csv"]
COVER = [
    "cover", "--terrain", "hills.tif", "--candidates", "c.npz", "--demand",
    "demand.csv", "--above", "2", "--reach", "300",
]  # fmt: skip
DEMAND = ["demand", "--terrain", "hills.tif", "--line", "line.geojson"]
PROFILE = [
    "profile", "--terrain", "hills.tif", "--eye", "600300", "3399700", "--target",
    "600100", "3399700", "--above", "2",
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ([*SEE, "--count", "hills.tif"], "hills.tif"),
        ([*SEE, "--count", "./eyes.csv"], "eyes.csv"),
        ([*SITE, "--choose", "1", "--out", "sites.csv"], "sites.csv"),
        ([*CANDIDATES, "--out", "sites.csv"], "sites.csv"),
        ([*COVER, "--out", "c.npz"], "c.npz"),
        ([*DEMAND, "--within", "90", "--out", "line.geojson"], "line.geojson"),
        ([*PROFILE, "--out", "hills.tif"], "hills.tif"),
    ],
)
def test_no_command_writes_over_what_it_reads(
    place: Path, capsys: pytest.CaptureFixture[str], words: list[str], kept: str
) -> None:
    (place / "c.npz").write_bytes(b"site,x,y\n")
    before = (place / kept).read_bytes()
    status, _, err = run(capsys, words)
    assert status == 1
    assert "another file than those it is made from" in err
    assert (place / kept).read_bytes() == before


def test_an_eye_named_like_the_terrain_does_not_replace_it(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("eyes.csv").write_text(EYE + "hills,600300,3399700,2,1,300\n")
    before = (place / "hills.tif").read_bytes()
    assert run(capsys, [*SEE, "--out-dir", "."])[0] == 1
    assert (place / "hills.tif").read_bytes() == before
    Path("eyes.csv").write_text(
        EYE + "a,600300,3399700,2,1,300\na.lowest,600300,3399700,2,1,300\n"
    )
    status, _, err = run(capsys, [*SEE, "--out-dir", "seen", "--lowest"])
    assert status == 1
    assert "another for each eye and the count" in err
    assert run(capsys, [*SEE, "--out-dir", "seen"])[0] == 0


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("a,600300,3399700,1e308,1,300", "above_m must be from 0 to 100,000"),
        ("a,600300,3399700,2,1,1e308", "reach_m must be above 0 and at most"),
        ("a,600300,3399700,2,1,300,9", "a line must be of one place a column"),
    ],
)
def test_eyes_that_cannot_be_are_told_by_line(
    place: Path, capsys: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    Path("eyes.csv").write_text(f"{EYE}{line}\n")
    status, _, err = run(capsys, [*SEE, "--out-dir", "seen"])
    assert status == 1
    assert f"line 2: {told}" in err
    assert not (place / "seen").exists()


@pytest.mark.usefixtures("place")
def test_a_fade_far_below_a_cell_leaves_weights_that_add_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = [*DEMAND, "--within", "200", "--fade", "1e-6", "--out", "d.csv"]
    assert run(capsys, words)[0] == 0
    with Path("d.csv").open() as file:
        weight = [float(row["weight"]) for row in csv.DictReader(file)]
    assert sum(weight) == pytest.approx(1.0)


def test_weights_beyond_reckoning_are_told_by_line(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("demand.csv").write_text("cell,weight\nu,1e308\nv,1e308\n")
    status, _, err = run(capsys, [*SITE, "--choose", "1", "--out", "x.csv"])
    assert status == 1
    assert "line 2: weight must be from 0 to 1e+15" in err
    assert not (place / "x.csv").exists()
    status, _, err = run(capsys, [*SITE, "--out", "x.csv"])
    assert status == 1
    assert "--cover-all and --nearest, not none" in err


def test_a_refused_cover_leaves_no_folder_of_parts(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("c.csv").write_text("site,x,y\na,600300,3399700\n")
    Path("d.csv").write_text("cell,x,y,weight\nu,600100,3399700,1\n")
    with rasterio.open("hills.tif", "r+") as file:
        file.nodata = -1.0
        file.write(np.full((20, 20), -1, np.float32), 1)
    words = [
        "cover", "--terrain", "hills.tif", "--candidates", "c.csv", "--demand",
        "d.csv", "--above", "2", "--reach", "300", "--out", "cover.npz",
    ]  # fmt: skip
    assert run(capsys, words)[0] == 1
    assert not list(place.glob("cover.npz*"))
