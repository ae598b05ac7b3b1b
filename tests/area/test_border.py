"""Tests of the border: its length, its survey, and the cache that keeps it."""

from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Line, border_line, read_line
from linewatch.area.border import cache_folder
from linewatch.errors import BadFile


def kept_in(cache: Path) -> Path:
    (path,) = cache.glob("*.points")
    return path


def test_has_the_length_of_the_river_and_the_land(border: Line) -> None:
    """USGS and IBWC give 3,145 to 3,185 km; maps that are coarse give 2,640."""
    assert 3_160_000 < border.length_m < 3_185_000
    assert border.lon_deg.size > 30_000


def test_runs_from_the_pacific_to_the_gulf(border: Line) -> None:
    """Border Monument 258 stands at Playas de Tijuana, 300 m from the sea."""
    assert border.place(0.0) == pytest.approx((-117.123, 32.534), abs=0.01)
    assert border.place(border.length_m) == pytest.approx((-97.146, 25.957), abs=0.01)


def test_passes_where_treaties_put_it(border: Line) -> None:
    """The Gadsden corner at 31 20' N, 111 04' W, and 31 47' N along New Mexico."""
    assert abs(border.chainage(-(111 + 4.5 / 60), 31 + 20 / 60)[1]) < 1_000
    assert abs(border.chainage(-107.0, 31.7837)[1]) < 200


def test_north_is_left(border: Line) -> None:
    for city in ((-117.16, 32.72), (-110.97, 32.22), (-106.44, 31.85), (-98.23, 26.2)):
        assert border.chainage(*city)[1] > 0
    for city in ((-116.97, 32.45), (-106.07, 28.63), (-100.31, 25.68)):
        assert border.chainage(*city)[1] < 0


@pytest.mark.shared
def test_lies_on_the_survey(border: Line, shared: Path) -> None:
    """The surveyed line of 2010 (IBWC): median 2 m apart, length within 0.5 %."""
    survey = read_line(shared / "data/border/us_mexico_border_ibwc2010.geojson")
    _, apart_m = border.chainage(survey.lon_deg, survey.lat_deg)
    assert np.median(np.abs(apart_m)) < 3.0
    assert np.percentile(np.abs(apart_m), 95) < 100.0
    assert border.length_m == pytest.approx(survey.length_m, rel=0.005)


def test_credits_its_makers(border: Line) -> None:
    assert "OpenStreetMap contributors" in border.source
    assert "ODbL" in border.source


def never() -> np.ndarray:
    pytest.fail("derived again though the cache was whole")


def test_is_derived_once(
    border: Line, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "timezonefinder" not in kept_in(cache).name
    monkeypatch.setattr("linewatch.area.border.derive_border", never)
    again = border_line(cache)
    np.testing.assert_array_equal(again.lon_deg, border.lon_deg)
    np.testing.assert_array_equal(again.lat_deg, border.lat_deg)


def damaged(whole: bytes) -> list[bytes]:
    flipped = bytearray(whole)
    flipped[1_000] ^= 1
    return [b"", b"short", whole[:-1], whole[:-16], bytes(flipped), whole + b"\0"]


@pytest.mark.parametrize("which", range(6))
def test_damaged_cache_is_derived_again(
    border: Line,
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    which: int,
) -> None:
    whole = kept_in(cache).read_bytes()
    hurt = tmp_path / kept_in(cache).name
    hurt.write_bytes(damaged(whole)[which])
    points = np.column_stack([border.lon_deg, border.lat_deg])
    monkeypatch.setattr("linewatch.area.border.derive_border", lambda: points)
    assert border_line(tmp_path).length_m == border.length_m
    assert hurt.read_bytes() == whole
    assert list(tmp_path.iterdir()) == [hurt]  # no half-written file is left


def test_folder_that_cannot_be_written_is_no_error(
    border: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.column_stack([border.lon_deg, border.lat_deg])
    monkeypatch.setattr("linewatch.area.border.derive_border", lambda: points)
    in_the_way = tmp_path / "file"
    in_the_way.write_text("not a folder")
    assert border_line(in_the_way / "below").length_m == border.length_m


def test_disk_that_fills_leaves_no_half_file(
    border: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = np.column_stack([border.lon_deg, border.lat_deg])
    monkeypatch.setattr("linewatch.area.border.derive_border", lambda: points)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("linewatch.scenario.whole.os.fsync", full)
    assert border_line(tmp_path).length_m == border.length_m
    assert list(tmp_path.iterdir()) == []


def test_zones_that_give_no_border_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = np.array([[-117.0, 32.0], [-97.0, 26.0]])
    monkeypatch.setattr("linewatch.area.border.derive_border", lambda: wrong)
    with pytest.raises(BadFile, match="it must be 3100 to 3250 km"):
        border_line(tmp_path)


def test_cache_folder_follows_the_users_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "linewatch"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/linewatch")
