"""Tests of zones: dates that hold, and edges that nobody published."""

from datetime import date
from pathlib import Path

import pytest

from linewatch.area import Line
from linewatch.area.zones import COLUMNS, read_zones
from linewatch.errors import BadLines
from linewatch.scenario import BUILT_IN


def table_of(folder: Path, *rows: str) -> Path:
    path = folder / "zones.csv"
    path.write_text("\n".join([",".join(COLUMNS), *rows]) + "\n")
    return path


def test_defense_areas_hold_from_their_dates(border: Line) -> None:
    zones = read_zones(BUILT_IN / "zones.csv", border)
    assert len(zones) == 6
    assert not any(zone.holds(date(2025, 4, 20)) for zone in zones)
    assert sum(zone.holds(date(2025, 4, 21)) for zone in zones) == 1
    assert sum(zone.holds(date(2025, 5, 1)) for zone in zones) == 2
    assert all(zone.holds(date(2026, 11, 23)) for zone in zones)


def test_unpublished_edges_are_unknown_not_guessed(border: Line) -> None:
    for zone in read_zones(BUILT_IN / "zones.csv", border):
        assert not zone.edges_known
        assert zone.covers(1_000_000.0) is None
        assert zone.source


def test_lengths_that_contradict_are_both_kept(border: Line) -> None:
    told = {z.name: z.told_length for z in read_zones(BUILT_IN / "zones.csv", border)}
    yuma = told["Yuma (Marine Corps Air Station)"]
    assert "32 miles" in yuma
    assert "100 miles" in yuma
    assert "square miles" in told["New Mexico (Fort Huachuca)"]


def test_known_edges_and_an_end(bend: Line, tmp_path: Path) -> None:
    row = "a,park,2,10.5,2025-01-01,day,2025-02-01,8 km,,map"
    (zone,) = read_zones(table_of(tmp_path, row), bend)
    assert zone.edges_known
    assert [zone.covers(at) for at in (1_999.0, 2_000.0, 10_500.0, 10_501.0)] == [
        False,
        True,
        True,
        False,
    ]
    assert zone.holds(date(2025, 1, 31))
    assert not zone.holds(date(2025, 2, 1))


def test_one_edge_alone_is_not_known(bend: Line, tmp_path: Path) -> None:
    row = "a,park,2,,2025-01-01,month,,,,map"
    (zone,) = read_zones(table_of(tmp_path, row), bend)
    assert not zone.edges_known
    assert zone.covers(3_000.0) is None


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ("a,park,5,2,2025-01-01,day,,,,map", "from_km must be below to_km"),
        ("a,park,-1,2,2025-01-01,day,,,,map", "from_km must be 0 to"),
        ("a,park,1,2000,2025-01-01,day,,,,map", "or empty, not 2000"),
        ("a,park,,,2025-13-01,day,,,,map", "date must be an ISO 8601 date"),
        ("a,park,,,,day,,,,map", "date must be an ISO 8601 date"),
        ("a,park,,,2025-02-01,day,2025-02-01,,,map", "end must be after 2025-02-01"),
        ("a,park,,,2025-02-01,week,,,,map", "start_precision must be day or month"),
        ("a,park,,,2025-02-01,day,,,,", "source must be filled in"),
        (",park,,,2025-02-01,day,,,,map", "name must be filled in"),
    ],
)
def test_bad_rows_are_refused(bend: Line, tmp_path: Path, row: str, what: str) -> None:
    with pytest.raises(BadLines, match=f"line 2: .*{what}"):
        read_zones(table_of(tmp_path, row), bend)
