"""Tests of runs over many eyes: windows, tiles, limits, counts and whole files."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from linewatch.errors import BadValue
from linewatch.sight import seeing
from linewatch.sight.cells import NO_ANSWER, SEEN, Mode
from linewatch.sight.eyes import MapEye
from linewatch.sight.raster import BLOCK, MapTerrain
from linewatch.sight.seeing import Asked, SeenFile, Survey, grouped, see_from
from tests.cli.running import run
from tests.sight.scene import CELL_M, NORTH_M, WEST_M, hills, written

DEMS = Path(__file__).parents[2].parent / "shared" / "bench" / "sight" / "dem"


def eye_at(row: int, col: int, **more: float) -> MapEye:
    """An eye in a cell of the ground."""
    good = {"above_m": 8.0, "target_above_m": 2.0, "reach_m": 900.0}
    return MapEye(
        eye_id=f"r{row}c{col}",
        x=WEST_M + (col + 0.5) * CELL_M,
        y=NORTH_M - (row + 0.5) * CELL_M,
        **(good | more),
    )


EYES = tuple(eye_at(row, col) for row in (5, 44, 85) for col in (3, 60, 115))


def surveyed(
    terrain: MapTerrain, eyes: tuple[MapEye, ...] = EYES, **asked: object
) -> tuple[SeenFile, ...]:
    """Run a survey on a flat Earth."""
    return Survey(terrain, eyes, Asked(refraction=1.0, **asked)).run()  # type: ignore[arg-type]


def read(path: Path) -> Any:
    """Read the first band of a raster."""
    with rasterio.open(path) as file:
        return file.read(1)


@pytest.fixture
def ground(tmp_path: Path) -> MapTerrain:
    """Hills as one file."""
    return MapTerrain(written(tmp_path / "hills.tif", hills()))


@pytest.mark.parametrize("memory_mb", [1_024.0, 0.1])
def test_windows_give_what_the_whole_gives(
    ground: MapTerrain, tmp_path: Path, memory_mb: float
) -> None:
    """A tenth of a MiB holds some 4,400 of the 10,800 cells: never all at once."""
    done = surveyed(ground, folder=tmp_path / "out", memory_mb=memory_mb)
    assert [one.eye_id for one in done] == [eye.eye_id for eye in EYES]
    for one, eye in zip(done, EYES, strict=True):
        expected, cell_m2 = see_from(ground, eye, refraction=1.0)
        assert one.path is not None
        np.testing.assert_array_equal(read(one.path), expected)
        assert one.seen == (expected == SEEN).sum()
        assert one.asked == (expected != NO_ANSWER).sum()
        assert one.seen_km2 == pytest.approx(one.seen * cell_m2 / 1e6)


def test_no_window_is_larger_than_allowed(
    ground: MapTerrain, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    plain, largest = ground.heights, 0

    def watched(window: Window) -> NDArray[np.float32]:
        nonlocal largest
        largest = max(largest, round(window.width * window.height))
        return plain(window)

    monkeypatch.setattr(ground, "heights", watched)
    surveyed(ground, folder=tmp_path, memory_mb=0.1)
    assert 0 < largest <= 0.1 * 2**20 / seeing.BYTES_PER_CELL


def test_a_reach_beyond_the_memory_allowed_is_told(ground: MapTerrain) -> None:
    with pytest.raises(BadValue, match="reach_m of eye r5c3 must be such that its"):
        grouped(ground, EYES, most_cells=100)


@pytest.mark.parametrize("memory_mb", [1_024.0, 0.1])
@pytest.mark.parametrize("mode", list(Mode))
def test_the_count_is_the_sum_of_what_each_sees(
    ground: MapTerrain, tmp_path: Path, memory_mb: float, mode: Mode
) -> None:
    """The count keeps to each eye's reach, and holds numbers, not shades."""
    path = tmp_path / "deep" / "count.tif"
    eyes = (*EYES, eye_at(44, 61, azimuth_deg=90.0, sector_deg=60.0))
    done = surveyed(ground, eyes, count=path, mode=mode, memory_mb=memory_mb)
    marks = [see_from(ground, eye, refraction=1.0, mode=mode)[0] for eye in eyes]
    expected = sum((mark == SEEN).astype(int) for mark in marks)
    count = read(path)
    assert count.dtype == np.uint16
    np.testing.assert_array_equal(count, expected)
    assert count.max() >= 2
    assert [one.seen for one in done] == [(mark == SEEN).sum() for mark in marks]


def test_a_count_too_large_for_memory_is_kept_in_a_file(tmp_path: Path) -> None:
    """Of 172,800 bytes of count no more than half of the 0.1 MiB may be held."""
    ground = MapTerrain(written(tmp_path / "hills.tif", hills(180, 240)))
    for name, memory_mb in (("held", 1_024.0), ("filed", 0.1)):
        surveyed(ground, count=tmp_path / f"{name}.tif", memory_mb=memory_mb)
    held, filed = read(tmp_path / "held.tif"), read(tmp_path / "filed.tif")
    assert held.max() >= 2
    np.testing.assert_array_equal(held, filed)


def test_files_and_count_can_be_asked_at_once(
    ground: MapTerrain, tmp_path: Path
) -> None:
    surveyed(ground, folder=tmp_path / "a", count=tmp_path / "a.tif")
    surveyed(ground, count=tmp_path / "b.tif")
    np.testing.assert_array_equal(read(tmp_path / "a.tif"), read(tmp_path / "b.tif"))


@pytest.mark.jit
def test_many_eyes_are_told_as_they_are_done(
    ground: MapTerrain, tmp_path: Path
) -> None:
    """Five thousand eyes in one call, and a count past a byte."""
    rng = np.random.default_rng(2)
    eyes = tuple(
        eye_at(int(row), int(col), reach_m=120.0)
        for row, col in rng.integers((40, 50), (50, 60), (5_000, 2))
    )
    told: list[int] = []
    asked = Asked(refraction=1.0, count=tmp_path / "n.tif", mode=Mode.SCREEN)
    done = Survey(ground, eyes, asked, told=told.append).run()
    assert (len(done), sum(told)) == (5_000, 5_000)
    assert max(told) <= seeing.EYES_AT_ONCE
    count = read(tmp_path / "n.tif")
    assert count.sum() == sum(one.seen for one in done)
    assert int(count.max()) > 255


def test_limits_narrow_what_counts(ground: MapTerrain) -> None:
    free, _ = see_from(ground, eye_at(44, 60), refraction=1.0)
    east, _ = see_from(
        ground, eye_at(44, 60, azimuth_deg=90.0, sector_deg=90.0), refraction=1.0
    )
    rows, cols = np.indices(free.shape)
    inside = (cols - 60) > np.abs(rows - 44)
    np.testing.assert_array_equal(east[inside], free[inside])
    outside = (cols - 60) < np.abs(rows - 44)
    outside[44, 60] = False
    assert (east[outside] == NO_ANSWER).all()
    ring, _ = see_from(ground, eye_at(44, 60, near_m=300.0), refraction=1.0)
    away_m = CELL_M * np.hypot(rows - 44, cols - 60)
    assert (ring[away_m < 300] == NO_ANSWER).all()
    np.testing.assert_array_equal(ring[away_m >= 300], free[away_m >= 300])


def test_a_beam_aloft_sees_only_what_reaches_into_it(tmp_path: Path) -> None:
    """Over level ground a beam from 1 to 2 degrees asks for tan(1) of the distance."""
    level = MapTerrain(written(tmp_path / "level.tif", np.zeros((61, 61), np.float32)))
    beam = {"above_m": 0.0, "low_deg": 1.0, "high_deg": 2.0}
    watcher = eye_at(30, 30, target_above_m=10.0, **beam)
    asked = Asked(refraction=1.0, folder=tmp_path, lowest=True)
    Survey(level, [watcher], asked).run()
    low = read(tmp_path / "r30c30.lowest.tif")
    at = np.arange(1, 31)
    expected_m = math.tan(math.radians(1)) * at * CELL_M
    np.testing.assert_allclose(low[30, 31:61], expected_m, rtol=1e-4)
    assert np.isnan(low[0, 0])
    marks = read(tmp_path / "r30c30.tif")
    np.testing.assert_array_equal(marks[30, 31:61] == SEEN, expected_m <= 10)


def test_lowest_heights_are_written_beside_the_marks(
    ground: MapTerrain, tmp_path: Path
) -> None:
    (one,) = surveyed(ground, EYES[4:5], folder=tmp_path, lowest=True)
    assert one.path is not None
    marks, low = read(one.path), read(tmp_path / f"{one.eye_id}.lowest.tif")
    np.testing.assert_array_equal(marks == NO_ANSWER, np.isnan(low))
    np.testing.assert_array_equal(marks == SEEN, low <= 2.0)


def test_a_terrain_of_no_data_is_told(tmp_path: Path) -> None:
    height = np.full((9, 9), -9_999, np.float32)
    terrain = MapTerrain(written(tmp_path / "v.tif", height, nodata=-9_999))
    with pytest.raises(BadValue, match=r"has data \(there is none within reach\)"):
        surveyed(terrain, (eye_at(4, 4),), folder=tmp_path / "o")


def test_what_is_stopped_leaves_no_part_of_a_file(
    ground: MapTerrain, tmp_path: Path
) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    asked = Asked(refraction=1.0, folder=tmp_path / "o", count=tmp_path / "count.tif")
    with pytest.raises(KeyboardInterrupt):
        Survey(ground, EYES, asked, told=stop).run()
    left = sorted(path.name for path in (tmp_path / "o").iterdir())
    assert len(left) == 1  # the one that was whole
    assert read(tmp_path / "o" / left[0]).shape == ground.shape
    assert not (tmp_path / "count.tif").exists()


def test_a_count_of_more_eyes_than_two_bytes_hold_is_wider(
    ground: MapTerrain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert seeing.FEW_EYES == 65_535
    monkeypatch.setattr(seeing, "FEW_EYES", 2)
    for many, kind in ((2, np.uint16), (3, np.uint32)):
        surveyed(ground, EYES[:many], count=tmp_path / "count.tif")
        assert read(tmp_path / "count.tif").dtype == kind


def test_on_degrees_each_eye_has_the_steps_of_its_own_row(tmp_path: Path) -> None:
    """From 60 to 62 degrees north a degree of longitude loses a fifteenth."""
    step = 1 / 60
    height = hills(120, 40)
    degrees: dict[str, Any] = {
        "crs": "EPSG:4326",
        "cell": (step, step),
        "corner": (20.0, 62.0),
    }
    terrain = MapTerrain(written(tmp_path / "t.tif", height, **degrees))
    eyes = tuple(
        MapEye(
            eye_id=f"e{row}",
            x=20 + 20.5 * step,
            y=62 - (row + 0.5) * step,
            above_m=30.0,
            target_above_m=5.0,
            reach_m=9_990.0,
        )
        for row in (5, 110)
    )
    done = surveyed(terrain, eyes, folder=tmp_path / "o", count=tmp_path / "n.tif")
    counted = surveyed(terrain, eyes, count=tmp_path / "n2.tif")
    total = np.zeros(height.shape, int)
    for eye, one, other in zip(eyes, done, counted, strict=True):
        expected, cell_m2 = see_from(terrain, eye, refraction=1.0)
        assert one.path is not None
        np.testing.assert_array_equal(read(one.path), expected)
        assert one.seen == other.seen == (expected == SEEN).sum()
        assert one.seen_km2 == pytest.approx(one.seen * cell_m2 / 1e6)
        assert other.seen_km2 == pytest.approx(one.seen_km2)
        total += expected == SEEN
    np.testing.assert_array_equal(read(tmp_path / "n.tif"), total)
    np.testing.assert_array_equal(read(tmp_path / "n2.tif"), total)
    assert done[0].asked != done[1].asked


def test_a_raster_larger_than_memory_is_read_and_written_in_parts(
    tmp_path: Path,
) -> None:
    """Twenty thousand cells square, 1.6 GB of heights, in 8 MiB.

    Only blocks in reach are stored, in the terrain as in the answer.
    """
    side = 20_000
    path = tmp_path / "huge.tif"
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=side,
        width=side,
        count=1,
        dtype="float32",
        crs="EPSG:32611",
        transform=rasterio.Affine(30, 0, WEST_M, 0, -30, NORTH_M),
        tiled=True,
        sparse_ok=True,
        compress="deflate",
    ) as file:
        file.write(hills(), 1, window=Window(15_000, 12_000, 120, 90))
    terrain = MapTerrain(path)
    watcher = eye_at(12_044, 15_060)
    (one,) = surveyed(terrain, (watcher,), folder=tmp_path / "o", memory_mb=8.0)
    assert one.path is not None
    assert one.path.stat().st_size < 1_000_000
    with rasterio.open(one.path) as file:
        assert file.shape == (side, side)
        near = file.read(1, window=Window(15_030, 12_014, 61, 61))
        assert (near == SEEN).sum() == one.seen
        assert (file.read(1, window=Window(0, 0, 300, 300)) == NO_ANSWER).all()


def test_a_count_over_a_large_raster_holds_only_the_rows_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its count is 1.6 GB, of which a tenth of a thousandth is in reach."""
    side, lent = 20_000, []
    path = tmp_path / "huge.tif"
    wide = {"driver": "GTiff", "count": 1, "dtype": "uint8", "crs": "EPSG:32611"}
    place = rasterio.Affine(CELL_M, 0, WEST_M, 0, -CELL_M, NORTH_M)
    with rasterio.open(
        path,
        "w",
        width=side,
        height=side,
        tiled=True,
        sparse_ok=True,
        transform=place,
        **wide,
    ) as file:
        file.write(np.full((1, 1), 3, np.uint8), 1, window=Window(0, 0, 1, 1))
    plain = np.memmap

    def watched(*words: Any, **more: Any) -> Any:
        lent.append(plain(*words, **more))
        return lent[-1]

    monkeypatch.setattr(np, "memmap", watched)
    eyes = (eye_at(270, 15_000), eye_at(19_999, 0), eye_at(290, 15_010))
    count = tmp_path / "count.tif"
    done = surveyed(MapTerrain(path), eyes, count=count, memory_mb=8.0)
    assert max(one.nbytes for one in lent) <= BLOCK * side * 4
    assert len(lent) == 2 + 3  # groups, and strips of 256 rows that they lie in
    monkeypatch.undo()
    with rasterio.open(count) as file:
        near = file.read(1, window=Window(14_900, 200, 200, 200))
        corner = file.read(1, window=Window(0, 19_900, 100, 100))
        assert near.max() == 2
        assert near.sum() + corner.sum() == sum(one.seen for one in done)
        assert file.read(1, window=Window(0, 200, 300, 300)).max() == 0
        assert file.block_shapes == [(BLOCK, BLOCK)]
    assert count.stat().st_size < 1_000_000


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"memory_mb": 0.0}, "memory_mb"),
        ({"refraction": 1.5}, "refraction"),
        ({"folder": None}, "one of them given"),
    ],
)
def test_asked_refuses_what_cannot_be(more: dict[str, float], said: str) -> None:
    good = {"refraction": 0.1, "folder": Path()}
    with pytest.raises(BadValue, match=said):
        Asked(**(good | more))  # type: ignore[arg-type]


def test_see_counts_without_a_folder(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    terrain = written(tmp_path / "t.tif", hills())
    eyes = tmp_path / "eyes.csv"
    eyes.write_text(
        "eye_id,x,y,above_m,target_above_m,reach_m,azimuth_deg,sector_deg\n"
        "a,501000,3598600,5,1,500,,\nb,501000,3598600,5,1,500,0,90\n"
    )
    count = tmp_path / "count.tif"
    words = ["see", "--terrain", str(terrain), "--eyes", str(eyes)]
    status, out, err = run(capsys, [*words, "--count", str(count)])
    assert status == 0
    assert out.splitlines()[-1] == f"count of 2 eyes: {count}"
    assert "note: heights are used as they are" in err
    assert int(read(count).max()) == 2
    status, _, err = run(capsys, words)
    assert (status, err) == (
        1,
        "linewatch: --out-dir must be given, or --count, not left out\n",
    )
    status, _, err = run(capsys, [*words, "--lowest", "--count", str(count)])
    assert status == 1
    assert "--out-dir must be given with --lowest, not left out" in err
    status, _, err = run(capsys, [*words[:2], str(tmp_path / "no*.tif"), *words[3:]])
    assert status == 1


@pytest.mark.shared
@pytest.mark.jit
def test_real_tiles_in_degrees_with_undeclared_voids_are_seen_over() -> None:
    path = DEMS / "n49w123_geo3s.tif"
    if not path.exists():
        pytest.skip("the shared elevation models are not here")
    terrain = MapTerrain(path)
    shift = terrain.transform
    watcher = MapEye(
        eye_id="a",
        x=shift.c + 400.5 * shift.a,
        y=shift.f + 350.5 * shift.e,
        above_m=20.0,
        target_above_m=1.5,
        reach_m=10_000.0,
    )
    fine, _ = see_from(terrain, watcher, refraction=1 / 7)
    exact, _ = see_from(terrain, watcher, refraction=1 / 7, mode=Mode.EXACT)
    both = ((fine == SEEN) & (exact == SEEN)).sum()
    assert both / ((fine == SEEN) | (exact == SEEN)).sum() > 0.998
    np.testing.assert_array_equal(fine == NO_ANSWER, exact == NO_ANSWER)
