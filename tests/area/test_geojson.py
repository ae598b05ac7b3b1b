"""Tests of reading a line: what is one, and what a broken file says."""

import json
from pathlib import Path

import numpy as np
import pytest

from linewatch.area import Line, read_line
from linewatch.errors import BadFile

LINE = {"type": "LineString", "coordinates": [[-110.0, 31.0], [-109.5, 31.2, 900.0]]}


def written(folder: Path, tree: object) -> Path:
    path = folder / "pipe.geojson"
    path.write_text(tree if isinstance(tree, str) else json.dumps(tree))
    return path


def feature(geometry: object, **properties: object) -> dict[str, object]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


@pytest.mark.parametrize(
    "tree",
    [
        LINE,
        feature(LINE),
        {"type": "FeatureCollection", "features": [feature(LINE)]},
        {
            "type": "FeatureCollection",
            "features": [
                feature({"type": "Point", "coordinates": [0, 0]}),
                feature(None),
                feature({"type": "GeometryCollection", "geometries": [LINE]}),
            ],
        },
    ],
)
def test_one_line_is_found_wherever_it_stands(tmp_path: Path, tree: object) -> None:
    line = read_line(written(tmp_path, tree))
    assert line.lon_deg.tolist() == [-110.0, -109.5]
    assert line.lat_deg.tolist() == [31.0, 31.2]
    assert line.name == "pipe"
    assert line.source == "pipe.geojson"


def test_name_and_credit_come_from_the_feature(tmp_path: Path) -> None:
    told = feature(LINE, name="North pipe", source="Surveyors", licence="CC0", km=3)
    line = read_line(written(tmp_path, told))
    assert (line.name, line.source) == ("North pipe", "Surveyors; CC0")
    assert read_line(written(tmp_path, told), name="Mine").name == "Mine"


def test_order_of_the_file_is_kept(tmp_path: Path) -> None:
    back = {"type": "LineString", "coordinates": LINE["coordinates"][::-1]}
    line = read_line(written(tmp_path, back))
    assert line.lon_deg[0] == -109.5
    assert line.chainage(-109.5, 31.2)[0] == 0.0


@pytest.mark.parametrize(
    ("tree", "why"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        ("[1, 2]", "is no GeoJSON object with a type"),
        ('{"kind": "LineString"}', "is no GeoJSON object with a type"),
        ('{"type": 3}', "is no GeoJSON object with a type"),
        ({"type": "Point", "coordinates": [0, 0]}, "holds 0 lines"),
        (feature(None), "holds 0 lines"),
        (
            {"type": "FeatureCollection", "features": [feature(LINE), feature(LINE)]},
            "holds 2 lines",
        ),
        ({"type": "FeatureCollection"}, "FeatureCollection without its list"),
        ({"type": "FeatureCollection", "features": [3]}, "is no GeoJSON object"),
        (
            {"type": "MultiLineString", "coordinates": [LINE["coordinates"]]},
            "MultiLineString, whose parts have no order",
        ),
        ({"type": "LineString"}, "fewer than 2 positions"),
        ({"type": "LineString", "coordinates": [[0, 0]]}, "fewer than 2 positions"),
        ({"type": "LineString", "coordinates": [[0, 0], [1]]}, r"position 1 is \[1\]"),
        (
            {"type": "LineString", "coordinates": [["0", 0], [1, 1]]},
            r'position 0 is \["0", 0\]',
        ),
        (
            {"type": "LineString", "coordinates": [[True, 0], [1, 1]]},
            r"position 0 is \[true, 0\]",
        ),
        (
            {"type": "LineString", "coordinates": [[0, 0], [31.0, -110.0]]},
            "longitude -180 to 180, then latitude -85 to 85",
        ),
        ('{"type": "LineString", "coordinates": [[0, 0], [NaN, 1]]}', "position 1"),
        ({"type": "LineString", "coordinates": [[1, 1], [1, 1]]}, "two different"),
        ({"type": "LineString", "coordinates": [[179, 1], [-179, 1]]}, "180th"),
    ],
)
def test_broken_files_say_so_in_one_line(
    tmp_path: Path, tree: object, why: str
) -> None:
    path = written(tmp_path, tree)
    with pytest.raises(BadFile, match=why) as caught:
        read_line(path)
    assert caught.value.path == path
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)


def test_files_that_cannot_be_read_say_so(tmp_path: Path) -> None:
    with pytest.raises(BadFile, match="cannot be read: No such file"):
        read_line(tmp_path / "none.geojson")
    latin = tmp_path / "latin.geojson"
    latin.write_bytes(b'{"type": "\xe9"}')
    with pytest.raises(BadFile, match="is not JSON"):
        read_line(latin)


@pytest.mark.shared
def test_surveyed_border_is_read(shared: Path) -> None:
    """The survey's own figure: 3,181.61 km over 39,661 vertices."""
    line = read_line(shared / "data/border/us_mexico_border_ibwc2010.geojson")
    assert isinstance(line, Line)
    assert line.length_m == pytest.approx(3_181_610, abs=10)
    assert np.all(np.diff(line.chainage_m) > 0)
