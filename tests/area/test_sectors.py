"""Tests of sectors: they cover the line, in order, without a gap."""

from itertools import pairwise
from pathlib import Path

import pytest

from linewatch.area import Line
from linewatch.area.sectors import (
    BY_LENGTH,
    BY_PLACE,
    Sector,
    read_sectors,
    sector_at,
    whole_line,
)
from linewatch.errors import BadFile, BadLines, UnknownName
from linewatch.scenario import BUILT_IN

PUBLISHED_MI = {
    "San Diego": 60,
    "Tucson": 262,
    "El Paso": 264,
    "Big Bend": 517,
    "Laredo": 136,
}
"""Miles of line that CBP or a page that quotes it gives for a sector."""


def table_of(folder: Path, header: tuple[str, ...], *rows: str) -> Path:
    path = folder / "sectors.csv"
    path.write_text("\n".join([",".join(header), *rows]) + "\n")
    return path


@pytest.fixture(scope="module")
def nine(border: Line) -> tuple[Sector, ...]:
    return read_sectors(BUILT_IN / "sectors.csv", border)


def test_nine_sectors_cover_the_border(nine: tuple[Sector, ...], border: Line) -> None:
    assert len(nine) == 9
    assert nine[0].from_m == 0.0
    assert nine[-1].to_m == border.length_m
    for before, after in pairwise(nine):
        assert before.to_m == after.from_m
    assert sum(sector.length_m for sector in nine) == pytest.approx(border.length_m)
    assert all(sector.source for sector in nine)


@pytest.mark.parametrize("name", PUBLISHED_MI)
def test_sectors_are_as_long_as_published(nine: tuple[Sector, ...], name: str) -> None:
    (sector,) = (one for one in nine if one.name == name)
    assert sector.length_m / 1609.344 == pytest.approx(PUBLISHED_MI[name], rel=0.02)


@pytest.mark.parametrize(
    ("lon_deg", "lat_deg", "name"),
    [
        (-117.03, 32.54, "San Diego"),
        (-115.5, 32.66, "El Centro"),
        (-114.78, 32.49, "Yuma"),
        (-110.94, 31.33, "Tucson"),
        (-106.49, 31.75, "El Paso"),
        (-104.4, 29.56, "Big Bend"),
        (-100.51, 28.7, "Del Rio"),
        (-99.51, 27.5, "Laredo"),
        (-98.27, 26.09, "Rio Grande Valley"),
    ],
)
def test_towns_lie_in_their_sectors(
    nine: tuple[Sector, ...], border: Line, lon_deg: float, lat_deg: float, name: str
) -> None:
    assert sector_at(nine, border.chainage(lon_deg, lat_deg)[0]).name == name


def test_sectors_by_length(bend: Line, tmp_path: Path) -> None:
    path = table_of(tmp_path, BY_LENGTH, "west,12.5,plan", "east,,plan")
    west, east = read_sectors(path, bend)
    assert (west.to_m, east.from_m, east.to_m) == (12_500, 12_500, bend.length_m)
    assert sector_at((west, east), 12_500.0) is east
    assert sector_at((west, east), 12_499.9) is west


def test_sectors_by_place_end_at_the_nearest_point(bend: Line, tmp_path: Path) -> None:
    path = table_of(tmp_path, BY_PLACE, "west,-109.9,31.39,plan", "east,,,plan")
    west, _ = read_sectors(path, bend)
    assert west.to_m == pytest.approx(bend.chainage_m[1], abs=1.0)


def test_every_place_has_a_sector_and_no_other_has(nine: tuple[Sector, ...]) -> None:
    assert sector_at(nine, 0.0) is nine[0]
    assert sector_at(nine, -1e-4) is nine[0]
    assert sector_at(nine, nine[-1].to_m) is nine[-1]
    for off_m in (-1.0, nine[-1].to_m + 1, float("nan")):
        with pytest.raises(UnknownName, match="unknown sector at chainage"):
            sector_at(nine, off_m)


def test_a_line_without_sectors_is_one(bend: Line) -> None:
    (only,) = whole_line(bend)
    assert (only.from_m, only.to_m) == (0.0, bend.length_m)
    assert "no sectors given" in only.source


def test_all_bad_rows_are_told(bend: Line, tmp_path: Path) -> None:
    rows = ["a,x,plan", ",5,plan", "c,5,", "d,99,plan", "e,,plan", "f,20,plan"]
    with pytest.raises(BadLines) as caught:
        read_sectors(table_of(tmp_path, BY_LENGTH, *rows), bend)
    assert [at for at, _ in caught.value.faults] == [2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("header", "rows", "what"),
    [
        (BY_LENGTH, ["a,10,p", "b,5,p", "c,,p"], "b must end after 10.000 km"),
        (BY_LENGTH, ["a,0,p", "b,,p"], "a must end after 0.000 km"),
        (BY_LENGTH, ["a,10,p", "a,,p"], "a is there twice"),
        (BY_LENGTH, ["a,10,p", "b,11,p"], "must be empty for the last sector"),
        (BY_PLACE, ["a,-109.9,,p", "b,,,p"], "to_lat_deg must be a number"),
        (BY_PLACE, ["a,-109.9,35.4,p", "b,,,p"], "km from the line is outside the 5"),
        (BY_PLACE, ["a,-109.9,95,p", "b,,,p"], "a longitude and a latitude"),
    ],
)
def test_bad_sectors_are_refused(
    bend: Line, tmp_path: Path, header: tuple[str, ...], rows: list[str], what: str
) -> None:
    with pytest.raises(BadLines, match=what):
        read_sectors(table_of(tmp_path, header, *rows), bend)


def test_no_rows_are_refused(bend: Line, tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="has a header and no rows"):
        read_sectors(table_of(tmp_path, BY_LENGTH), bend)
