"""Tests of terrain from rasters: planes of known slope, real tiles, broken files."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio import warp
from rasterio.errors import NotGeoreferencedWarning

from linewatch.area import GeoTiffTerrain, Relief, Terrain
from linewatch.area.terrain import _bilinear
from linewatch.errors import BadFile, BadValue, OutsideArea
from linewatch.measure.plane import Plane

PLANE = Plane(lon0_deg=-110.0, lat0_deg=31.5, south_deg=31.0, north_deg=32.0)
STEP_DEG = 0.001
WEST_DEG, NORTH_DEG = -110.05, 31.55


def slope(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> np.ndarray:
    """Ground that rises evenly eastward and northward [m]."""
    return 1_000.0 + 2_000.0 * (lon_deg + 110.0) + 5_000.0 * (lat_deg - 31.5)


def pixels(count: int = 100) -> np.ndarray:
    lon = WEST_DEG + (np.arange(count) + 0.5) * STEP_DEG
    lat = NORTH_DEG - (np.arange(count) + 0.5) * STEP_DEG
    return slope(*np.meshgrid(lon, lat))


def raster_of(path: Path, bands: np.ndarray, **told: object) -> Path:
    """Write a GeoTIFF; `told` changes its profile, units, scale or offset."""
    bands = bands if bands.ndim == 3 else bands[None]
    tags = {key: told.pop(key) for key in ("units", "scales", "offsets") if key in told}
    profile: dict[str, object] = {
        "driver": "GTiff",
        "count": bands.shape[0],
        "height": bands.shape[1],
        "width": bands.shape[2],
        "dtype": bands.dtype,
        "crs": "EPSG:4326",
        "transform": rasterio.Affine(STEP_DEG, 0, WEST_DEG, 0, -STEP_DEG, NORTH_DEG),
    }
    with (
        warnings.catch_warnings(action="ignore", category=NotGeoreferencedWarning),
        rasterio.open(path, "w", **(profile | told)) as raster,
    ):
        raster.write(bands)
        for key, value in tags.items():
            setattr(raster, key, (value,) * bands.shape[0])
    return path


@pytest.fixture
def ground(tmp_path: Path) -> GeoTiffTerrain:
    return GeoTiffTerrain(path=raster_of(tmp_path / "g.tif", pixels()), plane=PLANE)


def window_about(terrain: Terrain, half_m: float = 1_500, cell_m: float = 30) -> object:
    return terrain.window(
        west_m=-half_m, south_m=-half_m, east_m=half_m, north_m=half_m, cell_m=cell_m
    )


def test_heights_between_pixels_are_those_of_the_slope(ground: GeoTiffTerrain) -> None:
    rng = np.random.default_rng(0)
    x, y = rng.uniform(-4_000, 4_000, (2, 5_000))
    np.testing.assert_allclose(
        ground.height_m(x, y), slope(*PLANE.to_geo(x, y)), atol=1e-6
    )


@pytest.mark.parametrize("cell_m", [30.0, 100.0, 250.0])
def test_windows_show_the_slope(ground: GeoTiffTerrain, cell_m: float) -> None:
    grid = ground.window(
        west_m=-3_000, south_m=-2_000, east_m=2_000, north_m=3_000, cell_m=cell_m
    )
    rows, columns = grid.shape
    x = grid.west_m + (np.arange(columns) + 0.5) * cell_m
    y = grid.north_m - (np.arange(rows) + 0.5) * cell_m
    expected = slope(*PLANE.to_geo(*np.meshgrid(x, y)))
    # GDAL leads the corners of a window straight to 1/8 pixel: 14 m of 0.05 slope.
    np.testing.assert_allclose(grid.height_m, expected, atol=0.8)


def test_window_and_places_agree(ground: GeoTiffTerrain) -> None:
    grid = ground.window(west_m=0, south_m=0, east_m=900, north_m=900, cell_m=30)
    x = grid.west_m + (np.arange(30) + 0.5) * 30
    y = grid.north_m - (np.arange(30) + 0.5) * 30
    np.testing.assert_allclose(
        grid.height_m, ground.height_m(*np.meshgrid(x, y)), atol=0.8
    )


def test_both_kinds_answer_the_same_calls(ground: GeoTiffTerrain) -> None:
    kinds: tuple[Terrain, ...] = (ground, Relief(1))
    for terrain in kinds:
        grid = terrain.window(
            west_m=-100.5, south_m=-100, east_m=99, north_m=100, cell_m=20.0
        )
        assert (grid.west_m, grid.north_m, grid.shape) == (-120, 100, (10, 11))
        assert grid.height_m.dtype == np.float32
        assert terrain.height_m(np.zeros((2, 2)), 0.0).shape == (2, 2)
        assert terrain.source
    assert ground.generated is False
    assert ground.source.startswith("g.tif, heights left as they are")


def test_no_data_is_nan_and_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    heights = pixels().astype(np.float32)
    heights[40:45, 40:45] = -9999
    path = raster_of(tmp_path / "hole.tif", heights, nodata=-9999)
    terrain = GeoTiffTerrain(path=path, plane=PLANE)
    lon = WEST_DEG + 42.5 * STEP_DEG
    lat = NORTH_DEG - 42.5 * STEP_DEG
    assert np.isnan(terrain.height_m(*PLANE.to_plane(lon, lat)))
    beside = terrain.height_m(*PLANE.to_plane(WEST_DEG + 39.5 * STEP_DEG, lat))
    assert float(beside) > 900
    grid = terrain.window(
        west_m=-2_000, south_m=-2_000, east_m=2_000, north_m=2_000, cell_m=50
    )
    assert 0 < np.count_nonzero(np.isnan(grid.height_m)) < 200
    assert np.nanmin(grid.height_m) > 0


def test_outside_is_nan_for_places_and_an_error_for_windows(
    ground: GeoTiffTerrain,
) -> None:
    assert np.isnan(ground.height_m(1e5, 0.0))
    half = ground.window(west_m=0, south_m=0, east_m=9_000, north_m=900, cell_m=90)
    assert np.isnan(half.height_m[:, -1]).all()
    assert np.isfinite(half.height_m[:, 0]).all()
    with pytest.raises(
        OutsideArea, match=r"longitude -108\.9.* is outside the heights"
    ):
        ground.window(west_m=1e5, south_m=0, east_m=1.01e5, north_m=900, cell_m=90)


def test_whole_numbers_with_a_scale_and_feet(tmp_path: Path) -> None:
    heights = np.round(pixels() / 0.3048 * 2 - 1_000).astype(np.int16)
    path = raster_of(
        tmp_path / "feet.tif", heights, scales=0.5, offsets=500.0, units="ft"
    )
    terrain = GeoTiffTerrain(path=path, plane=PLANE)
    expected = slope(*PLANE.to_geo(100.0, 200.0))
    assert float(terrain.height_m(100.0, 200.0)) == pytest.approx(expected, abs=0.2)
    grid = terrain.window(west_m=90, south_m=190, east_m=110, north_m=210, cell_m=20)
    assert float(grid.height_m[0, 0]) == pytest.approx(float(expected), abs=1.0)


def test_another_reference_system_is_followed(tmp_path: Path) -> None:
    """Metres of UTM zone 12: the same ground within the step of its pixels."""
    utm = rasterio.crs.CRS.from_epsg(32612)
    heights = np.tile(np.arange(200, dtype=np.float32), (200, 1))
    path = raster_of(
        tmp_path / "utm.tif",
        heights,
        crs=utm,
        transform=rasterio.Affine(30, 0, 590_000, 0, -30, 3_490_000),
    )
    terrain = GeoTiffTerrain(path=path, plane=PLANE)
    x, y = PLANE.to_plane(-110.03, 31.52)
    from_utm = warp.transform("EPSG:4326", utm, [-110.03], [31.52])
    expected = (from_utm[0][0] - 590_000) / 30 - 0.5
    assert float(terrain.height_m(x, y)) == pytest.approx(expected, abs=1e-3)


def test_heights_above_a_geoid_are_read_as_heights(tmp_path: Path) -> None:
    """A compound system, as many tiles have it: WGS 84 with EGM96 heights."""
    path = raster_of(tmp_path / "egm.tif", pixels(), crs="EPSG:4326+5773")
    ground = GeoTiffTerrain(path=path, plane=PLANE)
    expected = float(slope(*PLANE.to_geo(100.0, 200.0)))
    assert float(ground.height_m(100.0, 200.0)) == pytest.approx(expected, abs=1e-6)
    grid = ground.window(west_m=90, south_m=190, east_m=110, north_m=210, cell_m=20)
    assert float(grid.height_m[0, 0]) == pytest.approx(expected, abs=0.8)


@given(
    st.integers(1, 6), st.integers(1, 6), st.floats(0, 1), st.floats(0, 1), st.data()
)
def test_bilinear_stays_between_its_pixels(
    rows: int, columns: int, s: float, t: float, data: st.DataObject
) -> None:
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    block = rng.normal(0, 100, (rows, columns))
    u, v = np.array([s * (columns - 1)]), np.array([t * (rows - 1)])
    value = _bilinear(block, u, v)[0]
    assert block.min() - 1e-9 <= value <= block.max() + 1e-9


def test_scattered_places_of_many_squares(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    heights = rng.normal(1_000, 50, (1_300, 1_700)).astype(np.float32)
    path = raster_of(tmp_path / "wide.tif", heights)
    terrain = GeoTiffTerrain(path=path, plane=PLANE)
    row, column = rng.integers(0, 1_300, 4_000), rng.integers(0, 1_700, 4_000)
    lon = WEST_DEG + (column + 0.5) * STEP_DEG
    lat = NORTH_DEG - (row + 0.5) * STEP_DEG
    got = terrain.height_m(*PLANE.to_plane(lon, lat))
    np.testing.assert_allclose(got, heights[row, column], atol=0.01)


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ({"crs": None}, "has no coordinate reference system; must have one"),
        (
            {"crs": rasterio.crs.CRS.from_wkt('LOCAL_CS["barn",UNIT["metre",1]]')},
            "is in 'barn', which has no place on the Earth",
        ),
        ({"units": "kelvin"}, "has heights in 'kelvin'; must be one of feet"),
    ],
)
def test_rasters_that_tell_too_little_are_refused(
    tmp_path: Path, told: dict[str, object], why: str
) -> None:
    path = raster_of(tmp_path / "bad.tif", pixels(8), **told)
    with pytest.raises(BadFile, match=why):
        GeoTiffTerrain(path=path, plane=PLANE)


def test_raster_without_a_place_is_refused(tmp_path: Path) -> None:
    path = raster_of(
        tmp_path / "nowhere.tif", pixels(8), transform=rasterio.Affine(1, 0, 0, 0, 1, 0)
    )
    with pytest.raises(BadFile, match="has no place on the Earth"):
        GeoTiffTerrain(path=path, plane=PLANE)


def test_bands_that_are_no_heights_are_refused(tmp_path: Path) -> None:
    three = raster_of(tmp_path / "three.tif", np.zeros((3, 8, 8), dtype=np.uint8))
    with pytest.raises(BadFile, match="has 3 bands; must have one, of heights"):
        GeoTiffTerrain(path=three, plane=PLANE)
    waves = raster_of(tmp_path / "waves.tif", np.zeros((8, 8), dtype=np.complex64))
    with pytest.raises(BadFile, match="holds complex64; must hold real numbers"):
        GeoTiffTerrain(path=waves, plane=PLANE)


def test_all_no_data_is_said(tmp_path: Path) -> None:
    path = raster_of(
        tmp_path / "void.tif", np.full((100, 100), -1, dtype=np.int16), nodata=-1
    )
    with pytest.raises(OutsideArea, match=r"is outside the heights in .*void\.tif"):
        window_about(GeoTiffTerrain(path=path, plane=PLANE))


def test_files_that_are_no_raster_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="does not exist; must be a raster"):
        GeoTiffTerrain(path=tmp_path / "none.tif", plane=PLANE)
    text = tmp_path / "text.tif"
    text.write_text("not a raster")
    with pytest.raises(BadFile, match="is no raster; must hold heights"):
        GeoTiffTerrain(path=text, plane=PLANE)


def test_raster_cut_short_is_refused(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = raster_of(tmp_path / "cut.tif", rng.normal(0, 9, (600, 600)))
    terrain = GeoTiffTerrain(path=path, plane=PLANE)
    path.write_bytes(path.read_bytes()[: 600 * 600 * 2])
    low_m = -45_000.0
    with pytest.raises(BadFile, match=r"cut\.tif: is damaged or cut short"):
        terrain.height_m(0.0, low_m)
    with pytest.raises(BadFile, match=r"cut\.tif: is damaged or cut short"):
        terrain.window(
            west_m=0, south_m=low_m, east_m=900, north_m=low_m + 900, cell_m=30
        )


@pytest.mark.parametrize("void", [-32768, -32767, -9999])
def test_voids_that_are_not_declared_are_no_data(tmp_path: Path, void: int) -> None:
    heights = pixels().astype(np.int16)
    heights[40:45, 40:45] = void
    path = raster_of(tmp_path / "void.tif", heights)
    terrain = GeoTiffTerrain(path=path, plane=PLANE)
    grid = terrain.window(
        west_m=-2_000, south_m=-2_000, east_m=2_000, north_m=2_000, cell_m=30
    )
    assert np.isnan(grid.height_m).any()
    assert np.nanmin(grid.height_m) > 850
    lon, lat = WEST_DEG + 42.5 * STEP_DEG, NORTH_DEG - 42.5 * STEP_DEG
    assert np.isnan(terrain.height_m(*PLANE.to_plane(lon, lat)))


def test_places_that_are_none_are_refused(ground: GeoTiffTerrain) -> None:
    with pytest.raises(BadValue, match="place must be finite"):
        ground.height_m(np.nan, 0.0)
    with pytest.raises(BadValue, match="west below east"):
        ground.window(west_m=0, south_m=0, east_m=-1, north_m=1, cell_m=30)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["baja30", "bigtujunga30", "n49w123_geo3s"])
def test_real_tiles_read_as_their_pixels(shared: Path, name: str) -> None:
    path = shared / f"bench/sight/dem/{name}.tif"
    with rasterio.open(path) as raster:
        heights = raster.read(1).astype(float)
        heights[heights < -9_000] = np.nan  # voids, which this tile does not declare
        rng = np.random.default_rng(0)
        row = rng.integers(0, raster.height, 500)
        column = rng.integers(0, raster.width, 500)
        east, north = raster.transform @ (column + 0.5, row + 0.5)
        lon, lat = warp.transform(raster.crs, "EPSG:4326", east, north)
    plane = Plane(
        lon0_deg=float(np.mean(lon)),
        lat0_deg=float(np.mean(lat)),
        south_deg=float(np.min(lat)),
        north_deg=float(np.max(lat)),
    )
    terrain = GeoTiffTerrain(path=path, plane=plane)
    x, y = plane.to_plane(lon, lat)
    np.testing.assert_allclose(
        terrain.height_m(x, y), heights[row, column], atol=0.05, equal_nan=True
    )
    grid = terrain.window(
        west_m=-3_000, south_m=-3_000, east_m=3_000, north_m=3_000, cell_m=30.0
    )
    across = grid.west_m + (np.arange(grid.shape[1]) + 0.5) * 30
    down = grid.north_m - (np.arange(grid.shape[0]) + 0.5) * 30
    apart_m = np.abs(grid.height_m - terrain.height_m(*np.meshgrid(across, down)))
    assert np.nanpercentile(apart_m, 99) < 10.0


@pytest.mark.shared
def test_airfields_stand_on_the_corridors_terrain(shared: Path) -> None:
    """Surveyed heights of airfields: the 2' raster is said to be 21 m off in median."""
    rows = (shared / "data/basemap/airfields_150km.csv").read_text().splitlines()
    header = rows[0].split(",")
    lon_at, lat_at = header.index("lon"), header.index("lat")
    height_at = next(k for k, name in enumerate(header) if name.startswith("elev"))
    cells = [row.split(",") for row in rows[1:] if row.count(",") == len(header) - 1]
    lon, lat, told = (
        np.array([float(row[k] or "nan") for row in cells])
        for k in (lon_at, lat_at, height_at)
    )
    told *= 0.3048 if header[height_at].endswith("ft") else 1.0
    plane = Plane(lon0_deg=-107.0, lat0_deg=29.3, south_deg=27.0, north_deg=31.6)
    path = shared / "data/terrain/corridor_srtm30_marble_2arcmin.tif"
    ground = GeoTiffTerrain(path=path, plane=plane)
    apart_m = np.abs(ground.height_m(*plane.to_plane(lon, lat)) - told)
    assert np.nanmedian(apart_m) < 30.0
