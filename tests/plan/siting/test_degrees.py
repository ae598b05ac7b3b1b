"""Tests of sites told in degrees: distances are metres, whatever the terrain is in."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from linewatch.errors import BadFile, BadLines
from linewatch.plan.siting.files import earth_centred, read_cover
from linewatch.plan.siting.metres import geographic, places_on
from linewatch.plan.siting.stands import Stands, on_ground, read_stands
from linewatch.plan.siting.table import Look, cells_at, read_candidates, read_strip
from linewatch.sight.raster import MapTerrain
from tests.cli.running import run

GEOD = Geod(ellps="WGS84")
LON, LAT = -118.0, 34.3


def terrain_of(path: Path, crs: str, cell: float, west: float, north: float) -> Path:
    """Write level ground of 50 by 60 cells."""
    with rasterio.open(
        path, "w", driver="GTiff", count=1, height=50, width=60, dtype="float32",
        crs=crs, transform=rasterio.Affine(cell, 0, west, 0, -cell, north),
    ) as file:  # fmt: skip
        file.write(np.full((50, 60), 500, np.float32), 1)
    return path


@pytest.fixture
def degrees(tmp_path: Path) -> Path:
    """Level ground in degrees, about 5 km wide."""
    return terrain_of(tmp_path / "deg.tif", "EPSG:4326", 0.001, LON, LAT)


@pytest.fixture
def feet(tmp_path: Path) -> Path:
    """Level ground in feet of the State Plane of California, zone 5."""
    turn = Transformer.from_crs("OGC:CRS84", "EPSG:2229", always_xy=True)
    west, north = turn.transform(LON, LAT)
    return terrain_of(tmp_path / "feet.tif", "EPSG:2229", 300.0, west, north)


@given(
    lon=st.floats(-180, 180),
    lat=st.floats(-89, 89),
    azimuth=st.floats(0, 360),
    away_m=st.floats(1, 50_000),
)
def test_distances_are_those_along_the_ground(
    lon: float, lat: float, azimuth: float, away_m: float
) -> None:
    """Outside authority: the geodesics of PROJ, past the date line too."""
    lon2, lat2, _ = GEOD.fwd(lon, lat, azimuth, away_m)
    places = np.stack(earth_centred(np.array([lon, lon2]), np.array([lat, lat2])))
    assert np.linalg.norm(places[:, 0] - places[:, 1]) == pytest.approx(away_m, abs=0.2)


def table_of(folder: Path, sites: pa.Table, suffix: str) -> list[str]:
    """Write sites, each of which covers a cell of its own; return the command."""
    path = folder / f"sites{suffix}"
    if suffix == ".parquet":
        pq.write_table(sites, path)
    else:
        rows = [sites.column_names, *zip(*sites.to_pydict().values(), strict=True)]
        path.write_text("".join(",".join(map(str, row)) + "\n" for row in rows))
    names = sites["site"].to_pylist()
    (folder / "d.csv").write_text("cell,weight\n" + "".join(f"{n},1\n" for n in names))
    pairs = "".join(f"{n},{n}\n" for n in names)
    (folder / "c.csv").write_text("site,cell\n" + pairs)
    words = ["site", "--sites", path, "--demand", folder / "d.csv"]
    words += ["--cover", folder / "c.csv", "--out", folder / "o.csv", "--json"]
    return list(map(str, words))


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
@pytest.mark.parametrize(("spacing", "many"), [(990, 3), (1_010, 2), (2_010, 1)])
def test_spacing_in_degrees_is_metres(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    suffix: str,
    spacing: float,
    many: int,
) -> None:
    east, north, _ = GEOD.fwd([LON] * 3, [LAT] * 3, [70] * 3, [0, 1_000, 2_000])
    sites = pa.table({"site": ["a", "b", "c"], "lon_deg": east, "lat_deg": north})
    words = table_of(tmp_path, sites, suffix)
    status, out, _ = run(capsys, [*words, "--choose", "3", "--spacing", str(spacing)])
    assert status == 0
    assert len(json.loads(out)["sites"]) == many


def test_degrees_count_before_x_and_y(tmp_path: Path) -> None:
    """On a map in feet, x and y would be three times too far."""
    sites = pa.table(
        {"site": ["a", "b"], "x": [0.0, 3_000.0], "y": [0.0, 0.0],
         "lon_deg": [0.0, 0.001], "lat_deg": [0.0, 0.0]}
    )  # fmt: skip
    table_of(tmp_path, sites, ".csv")
    files = (tmp_path / name for name in ("sites.csv", "d.csv", "c.csv"))
    table = read_cover(*files)
    assert table.x is not None
    assert table.y is not None
    assert table.z is not None
    apart = np.hypot(np.diff(table.x), np.diff(table.y))
    assert apart == pytest.approx(GEOD.inv(0, 0, 0.001, 0)[2], abs=0.01)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"lon_deg": [1.0, 2.0]}, "has the column 'lon_deg', but lacks 'lat_deg'"),
        ({"lat_deg": [1.0, 2.0]}, "has the column 'lat_deg', but lacks 'lon_deg'"),
        (
            {"lon_deg": [1.0, 181.0], "lat_deg": [0.0, 0.0]},
            "line 3: lon_deg must be from -180 to 180, not 181",
        ),
        (
            {"lon_deg": [1.0, 2.0], "lat_deg": [-91.0, 0.0]},
            "line 2: lat_deg must be from -90 to 90, not -91",
        ),
        (
            {"x": [-118.0, -118.1], "y": [34.3, 34.4]},
            "lon_deg and lat_deg for degrees, not with all within 0.141 of each other",
        ),
    ],
)
def test_what_is_no_place_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, more: dict[str, Any], said: str
) -> None:
    words = table_of(tmp_path, pa.table({"site": ["a", "b"], **more}), ".csv")
    status, out, err = run(capsys, [*words, "--choose", "2", "--spacing", "500"])
    assert (status, out) == (1, "")
    assert said in err


def test_x_and_y_of_a_small_yard_in_metres_are_metres(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Only a spacing beyond all of the sites tells that these would be degrees."""
    sites = pa.table({"site": ["a", "b"], "x": [0.0, 80.0], "y": [0.0, 0.0]})
    words = table_of(tmp_path, sites, ".csv")
    status, out, _ = run(capsys, [*words, "--choose", "2", "--spacing", "80"])
    assert (status, len(json.loads(out)["sites"])) == (0, 2)
    beside = pa.table({"site": ["a", "b"], "x": [200.0, 210.0], "y": [0.0, 0.0]})
    words = table_of(tmp_path, beside, ".csv")
    status, out, _ = run(capsys, [*words, "--choose", "2", "--spacing", "80"])
    assert (status, len(json.loads(out)["sites"])) == (0, 1)


@pytest.mark.parametrize("name", ["degrees", "feet"])
def test_degrees_stand_for_x_and_y_on_every_terrain(
    tmp_path: Path, name: str, request: pytest.FixtureRequest
) -> None:
    land = MapTerrain(request.getfixturevalue(name))
    lon, lat = LON + 0.0123, LAT - 0.0234
    (tmp_path / "c.csv").write_text(f"site,lon_deg,lat_deg\na,{lon},{lat}\n")
    (tmp_path / "d.csv").write_text(f"cell,weight,lon_deg,lat_deg\na,1,{lon},{lat}\n")
    for found in (
        read_candidates(tmp_path / "c.csv", Look(), land),
        read_strip(tmp_path / "d.csv", land),
        read_stands(tmp_path / "c.csv", land),
    ):
        back = geographic(land, found.x, found.y)
        np.testing.assert_allclose(np.ravel(back), [lon, lat], atol=1e-8)
        assert land.cell_of(float(found.x[0]), float(found.y[0])) is not None
    with pytest.raises(BadFile, match="lacks the column 'x'"):
        read_strip(tmp_path / "d.csv")
    land.close()


def test_a_place_told_twice_must_be_the_same(tmp_path: Path, feet: Path) -> None:
    land = MapTerrain(feet)
    x, y = land.transform.c + 5_000, land.transform.f - 5_000
    lon, lat = (float(v[0]) for v in geographic(land, np.array([x]), np.array([y])))
    head = "site,x,y,lon_deg,lat_deg\n"
    path = tmp_path / "c.csv"
    # 0.0001 degrees of latitude are 11 m; 0.001 are 111 m, or 364 feet.
    path.write_text(f"{head}a,{x},{y},{lon},{lat + 0.0001}\n")
    assert read_candidates(path, Look(), land).x.tolist() == [x]
    path.write_text(
        f"{head}a,{x},{y},{lon},{lat}\nb,{x},{y},{lon},{lat + 0.001}\nc,{x},{y},0,90\n"
    )
    with pytest.raises(BadLines) as caught:
        read_candidates(path, Look(), land)
    assert [line for line, _ in caught.value.faults] == [3, 4]
    assert caught.value.faults[0][1].endswith("than x and y, by 111 m")
    land.close()


def test_a_place_beyond_the_map_is_told(feet: Path) -> None:
    """The far side of the Earth has no place on a map of California."""
    land = MapTerrain(feet)
    rows = pa.table({"lon_deg": ["62"], "lat_deg": ["-90"]})
    with pytest.raises(BadLines, match="line 2: lon_deg and lat_deg have no place on"):
        places_on(land, Path("c.csv"), rows)
    land.close()


def test_from_a_terrain_in_degrees_to_sites_metres_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, degrees: Path
) -> None:
    """The whole way, as a user goes it: towers in, spacing kept at the end."""
    towers = "".join(f"t{n},{LON + 0.01 + 0.005 * n},{LAT - 0.02}\n" for n in range(8))
    (tmp_path / "t.csv").write_text(f"site,lon_deg,lat_deg\n{towers}")
    cells = "".join(
        f"d{n},{LON + 0.005 + 0.001 * n},{LAT - 0.03},1\n" for n in range(50)
    )
    (tmp_path / "d.csv").write_text(f"cell,lon_deg,lat_deg,weight\n{cells}")
    at, made = ["--terrain", str(degrees)], str(tmp_path / "sites.csv")
    status, _, _ = run(
        capsys,
        ["candidates", *at, "--towers", str(tmp_path / "t.csv"), "--out", made],
    )
    assert status == 0
    assert Path(made).read_text().startswith("site,x,y,lon_deg,lat_deg,origin\nt0,")
    files = ["--demand", str(tmp_path / "d.csv")]
    cover = str(tmp_path / "c.npz")
    words = ["--candidates", made, *files, "--reach", "1500", "--workers", "1"]
    status, _, err = run(capsys, ["cover", *at, *words, "--out", cover])
    assert (status, err) == (0, "")
    words = [
        "--sites",
        made,
        *files,
        "--cover",
        cover,
        "--out",
        str(tmp_path / "o.csv"),
    ]
    more = ["--choose", "8", "--spacing", "1000", "--json"]
    status, out, _ = run(capsys, ["site", *words, *more])
    assert status == 0
    chosen = sorted(int(name[1:]) for name in json.loads(out)["sites"])
    # 0.005 degrees are 460 m here: each third tower.
    assert len(chosen) == 3
    assert np.diff(chosen).min() >= 3


def test_a_map_past_the_date_line_has_places_on_both_sides(tmp_path: Path) -> None:
    land = MapTerrain(terrain_of(tmp_path / "d.tif", "EPSG:4326", 0.01, 179.8, 10.0))
    x = np.array([179.85, 180.0, 180.25])
    lon, lat = geographic(land, x, np.full(3, 9.9))
    np.testing.assert_allclose(np.abs(lon), [179.85, 180.0, 179.75])
    assert lon[2] < 0
    text = "".join(
        f"{n},{a},{b}\n" for n, (a, b) in enumerate(zip(lon, lat, strict=True))
    )
    (tmp_path / "c.csv").write_text("site,lon_deg,lat_deg\n" + text)
    found = read_candidates(tmp_path / "c.csv", Look(), land)
    np.testing.assert_allclose(found.x, x)
    text = "".join(
        f"{n},{v},9.9,{a},{b}\n" for n, v, a, b in zip("abc", x, lon, lat, strict=True)
    )
    (tmp_path / "c.csv").write_text("site,x,y,lon_deg,lat_deg\n" + text)
    assert read_candidates(tmp_path / "c.csv", Look(), land).x.tolist() == x.tolist()
    land.close()


def test_numbers_beyond_every_map_are_off_it(feet: Path) -> None:
    """Warnings are errors here: such a number is no whole one."""
    land = MapTerrain(feet)
    far = np.array([-1e300, 1e300, land.transform.c + 1.0])
    row, col = cells_at(land, far, np.full(3, land.transform.f - 301.0))
    assert (row.tolist(), col.tolist()) == ([1, 1, 1], [-1, 2**31 - 1, 0])
    named = Stands(
        name=("a", "b", "c"),
        origin=("x",) * 3,
        x=far,
        y=np.full(3, land.transform.f - 301.0),
    )
    assert on_ground(land, named).name == ("c",)
    land.close()


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".csv.gz", ".parquet"])
def test_a_table_without_a_pair_is_a_table(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, degrees: Path, suffix: str
) -> None:
    """Demand off the map is seen by nobody: no choice is worth anything."""
    (tmp_path / "s.csv").write_text(f"site,x,y\na,{LON + 0.01},{LAT - 0.01}\n")
    (tmp_path / "d.csv").write_text("cell,x,y,weight\nz,0,0,1\n")
    files: list[str | Path] = ["--demand", tmp_path / "d.csv", "--out"]
    made = tmp_path / f"c{suffix}"
    words: list[str | Path] = [
        "--terrain",
        degrees,
        "--candidates",
        tmp_path / "s.csv",
        "--workers",
        "1",
    ]
    status, out, _ = run(capsys, ["cover", *words, *files, made])
    assert (status, out.count("lie off the terrain")) == (0, 1)
    words = ["--sites", tmp_path / "s.csv", "--cover", made, "--choose", "1", "--json"]
    status, out, _ = run(capsys, ["site", *words, *files, tmp_path / "o.csv"])
    assert status == 0
    assert (json.loads(out)["objective"], json.loads(out)["bound"]) == (0, 0)
