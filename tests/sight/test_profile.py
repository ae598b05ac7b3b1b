"""Tests of profiles: against the exact viewshed, by hand, and at their edges."""

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linewatch.errors import BadValue, OutsideArea
from linewatch.sight.cells import Cells, Lens, Mode, sag_per_m
from linewatch.sight.profile import Profile, Target, profile
from linewatch.sight.viewshed import lowest_in_cells
from tests.cli.running import run
from tests.sight.scene import written

SAG = sag_per_m(1 / 7)


def at(row: int, col: int, above_m: float) -> Target:
    """A target over a cell."""
    return Target(row=row, col=col, above_m=above_m)


def rough(seed: int, *, rows: int = 13, cols: int = 17) -> Cells:
    """Rough ground on oblong cells, some of it missing."""
    rng = np.random.default_rng(seed)
    height = rng.normal(100, 8, (rows, cols)).astype(np.float32)
    height[rng.random((rows, cols)) < 0.05] = np.nan
    height[6, 8] = 100
    return Cells(height_m=height, step_x_m=25.0, step_y_m=40.0)


@given(st.integers(0, 10_000), st.integers(0, 12), st.integers(0, 16))
def test_a_profile_agrees_with_the_exact_viewshed(
    seed: int, row: int, col: int
) -> None:
    cells = rough(seed)
    if (row, col) == (6, 8) or np.isnan(cells.height_m[row, col]):
        return
    lens = Lens(row=6, col=8, above_m=4.0, reach_m=math.inf)
    exact = lowest_in_cells(cells, lens, sag=SAG, mode=Mode.EXACT)
    line = profile(cells, lens, at(row, col, 3.0), sag=SAG)
    assert line.lowest_m == pytest.approx(float(exact[row, col]), rel=1e-5, abs=1e-3)
    if abs(line.lowest_m - 3.0) > 1e-3:
        assert line.is_seen == (line.lowest_m <= 3.0)
    assert np.all(np.diff(line.away_m) >= 0)
    assert line.away_m[-1] == pytest.approx(
        math.hypot((row - 6) * 40.0, (col - 8) * 25.0)
    )


def wall_line(*, target_m: float = 2.0, frequency_hz: float | None = None) -> Profile:
    """A line of 10 cells of 30 m over a wall of 10 m in the fourth."""
    height = np.zeros((3, 11), np.float32)
    height[:, 4] = 10
    cells = Cells(height_m=height, step_x_m=30.0, step_y_m=30.0)
    lens = Lens(row=1, col=0, above_m=2.0, reach_m=1.0)
    return profile(cells, lens, at(1, 10, target_m), sag=0.0, frequency_hz=frequency_hz)


def test_a_wall_blocks_where_it_stands_and_by_how_much() -> None:
    line = wall_line()
    assert not line.is_seen
    block = line.first_block
    assert block is not None
    assert line.away_m[block] == 120
    assert line.clearance_m[block] == pytest.approx(-8)
    assert line.worst == block
    assert line.lowest_m == pytest.approx(2 + 8 * 10 / 4)
    assert line.least_fresnel is None


def test_a_target_as_high_as_the_lowest_seen_is_seen() -> None:
    line = wall_line(target_m=22.0)
    assert line.is_seen
    assert line.first_block is None


def test_the_fresnel_zone_is_widest_in_the_middle() -> None:
    line = wall_line(target_m=60.0, frequency_hz=2.4e9)
    middle = line.radius_m.argmax()
    assert line.away_m[middle] == 150
    wave_m = 299_792_458 / 2.4e9
    assert line.radius_m[middle] == pytest.approx(math.sqrt(wave_m * 150 / 2))
    assert line.radius_m[0] == line.radius_m[-1] == 0
    assert line.least_fresnel == pytest.approx(
        np.min(line.clearance_m[1:-1] / line.radius_m[1:-1])
    )


def test_ground_without_data_has_no_say_on_the_line() -> None:
    height = np.zeros((1, 6), np.float32)
    height[0, 2] = np.nan
    cells = Cells(height_m=height, step_x_m=30.0, step_y_m=30.0)
    lens = Lens(row=0, col=0, above_m=2.0, reach_m=math.inf)
    line = profile(cells, lens, at(0, 5, 2.0), sag=0.0, frequency_hz=1e9)
    assert line.is_seen
    assert line.worst == 1
    # Two fifths of the way the zone is widest of the cells that have ground.
    assert line.least_fresnel == pytest.approx(2 / line.radius_m[3])
    height[0, 1:5] = np.nan
    line = profile(cells, lens, at(0, 5, 2.0), sag=0.0, frequency_hz=1e9)
    assert (line.is_seen, line.worst, line.lowest_m) == (True, None, 0.0)
    assert line.least_fresnel is None


def test_the_earths_curve_lifts_the_line_of_sight() -> None:
    flat = Cells(height_m=np.zeros((1, 401), np.float32), step_x_m=50.0, step_y_m=50.0)
    lens = Lens(row=0, col=0, above_m=10.0, reach_m=math.inf)
    line = profile(flat, lens, at(0, 400, 10.0), sag=SAG)
    assert line.clearance_m.min() == pytest.approx(10 - SAG * 10_000**2, abs=1e-6)
    assert line.worst == 200


def test_neighbours_have_no_blocker_between() -> None:
    cells = Cells(height_m=np.ones((2, 2), np.float32), step_x_m=1.0, step_y_m=1.0)
    lens = Lens(row=0, col=0, above_m=0.0, reach_m=1.0)
    line = profile(cells, lens, at(1, 1, 0.0), sag=0.0)
    assert (line.is_seen, line.worst, line.lowest_m) == (True, None, 0.0)


@pytest.mark.parametrize(
    ("end", "more", "error", "said"),
    [
        ((3, 0), {}, OutsideArea, "the target in row 3, column 0 is outside"),
        ((1, 0), {}, BadValue, "in another cell than the eye"),
        ((0, 0), {}, BadValue, "where there is ground"),
        ((1, 2), {"target_m": -1.0}, BadValue, "above_m of the target"),
        ((1, 2), {"frequency_hz": 0.0}, BadValue, "frequency_hz"),
    ],
)
def test_lines_that_cannot_be_are_refused(
    end: tuple[int, int], more: dict[str, float], error: type[Exception], said: str
) -> None:
    height = np.zeros((3, 3), np.float32)
    height[0, 0] = np.nan
    cells = Cells(height_m=height, step_x_m=1.0, step_y_m=1.0)
    lens = Lens(row=1, col=0, above_m=1.0, reach_m=9.0)
    with pytest.raises(error, match=said):
        profile(
            cells,
            lens,
            at(*end, more.get("target_m", 1.0)),
            sag=0.0,
            frequency_hz=more.get("frequency_hz"),
        )


@pytest.fixture
def wall(tmp_path: Path) -> Path:
    """A wall of 10 m in column 30 of level ground, at 60 degrees north."""
    height = np.zeros((21, 41), np.float32)
    height[:, 30] = 10
    return written(tmp_path / "wall.tif", height)


def test_the_command_tells_what_blocks(
    capsys: pytest.CaptureFixture[str], wall: Path, tmp_path: Path
) -> None:
    places = tmp_path / "places.csv"
    words = ["profile", "--terrain", str(wall), "--above", "2", "--flat"]
    words += ["--eye", "500315", "3599685", "--target", "501215", "3599685"]
    status, out, err = run(capsys, [*words, "--json", "--out", str(places)])
    assert (status, err) == (0, "")
    told = json.loads(out)
    assert told["seen"] is False
    assert told["length_m"] == 900
    assert told["first_block_m"] == 600
    assert told["lowest_seen_m"] == 14
    lines = places.read_text().splitlines()
    assert lines[0] == "away_m,ground_m,line_m,clearance_m,fresnel_m"
    assert len(lines) == 32
    status, out, _ = run(capsys, [*words, "--frequency-ghz", "5"])
    assert "blocked first at 600.0 m, by ground at 10.0 m" in out
    assert "first Fresnel zone: blocked" in out
    _, out, _ = run(capsys, [*words, "--frequency-ghz", "5", "--target-above", "60"])
    assert "clear at the worst place" in out


def test_the_command_says_what_was_done_with_the_heights(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    feet = written(tmp_path / "f.tif", np.full((3, 9), 100, np.float32), unit="ft")
    words = ["profile", "--terrain", str(feet), "--above", "2"]
    words += ["--eye", "500015", "3599985", "--target", "500255", "3599985"]
    status, out, err = run(capsys, words)
    assert (status, out[:7]) == (0, "240.0 m")
    assert "note: f.tif: heights in ft are converted to metres\n" in err
    _, out, err = run(capsys, [*words, "--json"])
    assert err == ""
    assert "f.tif: heights in ft are converted to metres" in json.loads(out)["notes"]


def test_the_command_refuses_a_place_off_the_map(
    capsys: pytest.CaptureFixture[str], wall: Path
) -> None:
    words = ["profile", "--terrain", str(wall), "--above", "2"]
    words += ["--eye", "1", "2", "--target", "501215", "3599685"]
    status, _, err = run(capsys, words)
    assert status == 1
    assert err == (
        "linewatch: eye must be on the terrain of 21 rows and 41 columns, "
        "x 500000 to 501230, y 3599370 to 3600000 (metre), not x 1, y 2\n"
    )


def test_a_line_through_centres_does_not_ask_the_cells_beside_them() -> None:
    """1/49 of 49 cells is a rounding less than one, on the side of a void."""
    for end in ((49, 49), (49, 98)):
        height = np.full((50, 99), np.nan, np.float32)
        y = np.arange(1, 49)
        height[y, y * end[1] // 49] = 10.0
        height[0, 0] = height[end] = 0.0
        cells = Cells(height_m=height, step_x_m=30.0, step_y_m=30.0)
        lens = Lens(row=0, col=0, above_m=2.0, reach_m=math.inf)
        line = profile(cells, lens, at(*end, 0.0), sag=0.0)
        # The lowest line clears the wall in the first cell, 48 more beyond it.
        assert line.lowest_m == pytest.approx(2 + 8 * 49)
        exact = lowest_in_cells(cells, lens, sag=0.0, mode=Mode.EXACT)
        assert line.lowest_m == pytest.approx(float(exact[end]))
