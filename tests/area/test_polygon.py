"""Tests of zones with polygons: strips of sixty feet, and files that hold none."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Line
from linewatch.area.zones import MORE, Zone, read_zones
from linewatch.errors import BadFile, BadLines


def polygon(
    folder: Path, line: Line, *chainages_km: float, deep_m: float = 20.0
) -> Path:
    """Write a polygon that lies along the line's north side between two chainages."""
    from_m, to_m = (1000 * km for km in chainages_km)
    at_m = np.linspace(from_m, to_m, 200)
    ring = []
    for side in (0.0, deep_m):
        x_m, y_m = line.place_xy(at_m if side == 0 else at_m[::-1], side)
        lon, lat = line.plane.to_geo(x_m, y_m)
        ring += [[float(a), float(b)] for a, b in zip(lon, lat, strict=True)]
    geometry = {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}
    path = folder / "zone.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": geometry}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    return path


def zones_of(folder: Path, line: Line, *cells: str) -> tuple[Zone, ...]:
    table = folder / "zones.csv"
    table.write_text(",".join(MORE) + "\n" + "".join(f"{each}\n" for each in cells))
    return read_zones(table, line)


ROW = "Strip,national defense area,,,2025-05-01,day,,,,map,,2025-06-01,zone.geojson"


def test_a_polygon_of_sixty_feet_is_met_along_its_stretch(
    bend: Line, tmp_path: Path
) -> None:
    polygon(tmp_path, bend, 2, 6)
    (strip,) = zones_of(tmp_path, bend, ROW)
    assert strip.edges_known
    assert strip.notice == date(2025, 6, 1)
    assert strip.meets(2_100.0, 5_900.0) == (True, False)
    assert strip.meets(0.0, 10_000.0) == (True, True)
    assert strip.meets(7_000.0, 9_000.0) == (False, True)
    assert [strip.covers(at) for at in (1_000.0, 3_000.0, 8_000.0)] == [
        False,
        True,
        False,
    ]
    assert strip.shape is not None
    assert strip.shape.holds(3_000.0, 10.0)
    assert not strip.shape.holds(3_000.0, -10.0)
    assert not strip.shape.holds(3_000.0, 100.0)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "must hold a GeoJSON Polygon"),
        ("[]", "no GeoJSON object"),
        ('{"type": "Point", "coordinates": [0, 0]}', "it holds a Point"),
        ('{"type": "FeatureCollection", "features": []}', "must hold"),
        ('{"type": "Polygon", "coordinates": [[[0, 0]]]}', "must hold"),
        (
            '{"type": "Polygon", "coordinates": [[[0,0],[1,1],[1,0],[0,1],[0,0]]]}',
            "Self-intersection",
        ),
        (
            '{"type": "Polygon", "coordinates": [[[0,0],[500,0],[500,1],[0,0]]]}',
            "it reaches",
        ),
    ],
)
def test_what_is_no_polygon_is_told(
    bend: Line, tmp_path: Path, text: str, why: str
) -> None:
    (tmp_path / "zone.geojson").write_text(text)
    with pytest.raises(BadLines, match=why):
        zones_of(tmp_path, bend, ROW)


def test_a_polygon_takes_the_place_of_chainages(bend: Line, tmp_path: Path) -> None:
    polygon(tmp_path, bend, 2, 6)
    both = ROW.replace(",,,2025-05-01", ",1,2,2025-05-01", 1)
    with pytest.raises(BadLines, match="without from_km and to_km"):
        zones_of(tmp_path, bend, both)
    (tmp_path / "zone.geojson").unlink()
    with pytest.raises((BadLines, BadFile), match="cannot be read"):
        zones_of(tmp_path, bend, ROW)
