"""Tests of the line: against the plain way, against geodesics, and at its edges."""

import math
import pickle

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from linewatch.area import Line
from linewatch.area.line import EARTH, simplified
from linewatch.errors import BadValue, OutsideArea
from tests.area import naive


def line_of(lon_deg: list[float], lat_deg: list[float]) -> Line:
    return Line(
        lon_deg=np.array(lon_deg), lat_deg=np.array(lat_deg), name="a line", source="us"
    )


@st.composite
def lines(draw: st.DrawFn) -> Line:
    """Crooked lines of up to 40 steps of 0.1 m to 10 km, anywhere but at the poles."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    steps = draw(st.integers(1, 40))
    size_deg = 10.0 ** rng.uniform(-6, -1, steps)
    turn = rng.uniform(0, 2 * math.pi, steps)
    lon = rng.uniform(-170, 170) + np.append(0, np.cumsum(size_deg * np.cos(turn)))
    lat = rng.uniform(-60, 60) + np.append(0, np.cumsum(size_deg * np.sin(turn)))
    return Line(lon_deg=lon, lat_deg=lat, name="crooked", source="drawn")


@settings(max_examples=60)
@given(lines(), st.floats(-30_000, 30_000), st.floats(-30_000, 30_000))
def test_agrees_with_the_plain_way(line: Line, east_m: float, north_m: float) -> None:
    x, y = line.place_xy(line.length_m / 2)
    expected = naive.nearest(line, float(x) + east_m, float(y) + north_m)
    along, aside = line.chainage_xy(float(x) + east_m, float(y) + north_m)
    assert abs(float(aside)) == pytest.approx(expected[1], rel=1e-5, abs=1e-3)
    # Two places of the line can be equally near; the offset alone is then unique.
    if abs(float(along) - expected[0]) > 1e-2:
        there = line.plane.to_plane(*line.place(expected[0]))
        far = math.hypot(x + east_m - there[0], y + north_m - there[1])
        assert far == pytest.approx(expected[1], abs=0.01 + 1e-3 * expected[1])


@settings(max_examples=60)
@given(lines(), st.floats(0, 1))
def test_place_and_chainage_undo_each_other(line: Line, share: float) -> None:
    at_m = share * line.length_m
    lon, lat = line.place(at_m)
    along, aside = line.chainage(lon, lat)
    assert abs(aside) < 1e-3
    back = line.place(along)
    assert EARTH.inv(lon, lat, *back)[2] < 1e-2


@settings(max_examples=40)
@given(lines())
def test_chainage_is_the_geodesic_length_that_karney_gives(line: Line) -> None:
    for k in range(line.lon_deg.size):
        length_m = EARTH.line_length(line.lon_deg[: k + 1], line.lat_deg[: k + 1])
        assert line.chainage_m[k] == pytest.approx(length_m, abs=1e-6)


def test_chainage_of_its_own_points_is_theirs_along_the_border(border: Line) -> None:
    """Not one of 34,192 points may be off by a metre."""
    along, aside = border.chainage(border.lon_deg, border.lat_deg)
    assert np.abs(aside).max() < 1e-3
    assert np.abs(along - border.chainage_m).max() < 1.0


def test_both_ways_agree_along_the_border_to_under_a_metre(border: Line) -> None:
    rng = np.random.default_rng(7)
    at_m = rng.uniform(0, border.length_m, 20_000)
    along, aside = border.chainage(*border.place(at_m))
    assert np.abs(along - at_m).max() < 1.0
    assert np.abs(aside).max() < 1e-3


def test_offset_is_the_geodesic_distance_to_the_line(border: Line) -> None:
    rng = np.random.default_rng(3)
    at_m = rng.uniform(0, border.length_m, 300)
    for reach_m, within in ((100.0, 1e-3), (5_000.0, 1e-3)):
        lon, lat = border.place(at_m, rng.uniform(-reach_m, reach_m, at_m.size))
        along, aside = border.chainage(lon, lat)
        foot_lon, foot_lat = border.place(along)
        gap_m = EARTH.inv(lon, lat, foot_lon, foot_lat)[2]
        np.testing.assert_allclose(np.abs(aside), gap_m, rtol=within, atol=0.01)


def test_a_long_step_runs_along_the_geodesic() -> None:
    """500 km between two points: places between are where Karney puts them."""
    line = line_of([-110.0, -104.7], [31.0, 31.5])
    azimuth_deg, _, far_m = EARTH.inv(-110.0, 31.0, -104.7, 31.5)
    for share in (0.1, 0.25, 0.5, 0.77):
        lon, lat, _ = EARTH.fwd(-110.0, 31.0, azimuth_deg, share * far_m)
        along, aside = line.chainage(lon, lat)
        assert along == pytest.approx(share * far_m, abs=0.05)
        assert abs(aside) < 0.05


def test_left_is_plus() -> None:
    east = line_of([-110.0, -109.0], [31.0, 31.0])
    assert east.chainage(-109.5, 31.2)[1] > 0
    assert east.chainage(-109.5, 30.8)[1] < 0
    west = line_of([-109.0, -110.0], [31.0, 31.0])
    assert west.chainage(-109.5, 31.2)[1] < 0


@given(st.floats(0, 2 * math.pi), st.floats(0.1, 3_000))
def test_side_at_a_corner_is_told_by_both_pieces(turn: float, far_m: float) -> None:
    """All around a sharp corner the sign is that of the side, by winding number."""
    line = line_of([-110.0, -109.9, -110.0], [31.0, 31.01, 31.02])
    x, y = line.plane.to_plane(line.lon_deg, line.lat_deg)
    px, py = x[1] + far_m * math.cos(turn), y[1] + far_m * math.sin(turn)
    _, aside = line.chainage_xy(px, py)
    inside = shapely.Polygon(np.column_stack([x, y])).contains(shapely.Point(px, py))
    if abs(float(aside)) > 1e-3:
        assert (float(aside) > 0) == inside


def test_offset_goes_to_the_left_and_back(bend: Line) -> None:
    at_m = np.linspace(500, bend.length_m - 500, 50)
    corner_m = bend.chainage_m[1:-1]
    at_m = at_m[np.abs(at_m[:, None] - corner_m).min(axis=1) > 400]
    for offset_m in (-120.0, 0.0, 250.0):
        along, aside = bend.chainage(*bend.place(at_m, offset_m))
        np.testing.assert_allclose(along, at_m, atol=0.01)
        np.testing.assert_allclose(aside, offset_m, atol=0.01)


def test_beyond_an_end_the_chainage_is_that_of_the_end(bend: Line) -> None:
    assert bend.chainage(-110.5, 31.4)[0] == 0.0
    assert bend.chainage(-109.7, 31.3)[0] == bend.length_m


def test_scalars_and_arrays_agree_to_the_bit(border: Line) -> None:
    rng = np.random.default_rng(5)
    lon, lat = border.place(rng.uniform(0, border.length_m, 200), 900.0)
    along, aside = border.chainage(lon, lat)
    for k in range(lon.size):
        one = border.chainage(float(lon[k]), float(lat[k]))
        assert one == (along[k], aside[k])
        assert isinstance(one[0], float)


def test_order_of_places_does_not_matter(border: Line) -> None:
    rng = np.random.default_rng(6)
    x, y = border.place_xy(rng.uniform(0, border.length_m, 500), 20_000.0)
    shuffled = rng.permutation(x.size)
    along, aside = border.chainage_xy(x, y)
    again, beside = border.chainage_xy(x[shuffled], y[shuffled])
    np.testing.assert_array_equal(along[shuffled], again)
    np.testing.assert_array_equal(aside[shuffled], beside)


def test_shapes_are_kept(bend: Line) -> None:
    along, aside = bend.chainage(np.full((2, 3), -109.9), np.full((2, 3), 31.41))
    assert along.shape == aside.shape == (2, 3)
    lon, lat = bend.place(np.zeros((4, 1)), np.array([-5.0, 0.0, 5.0]))
    assert lon.shape == lat.shape == (4, 3)
    empty = bend.chainage(np.array([]), np.array([]))
    assert empty[0].shape == (0,)


def test_plane_arrays_may_be_read_only_or_strided(bend: Line) -> None:
    x, y = bend.place_xy(np.linspace(0, bend.length_m, 10))
    expected = bend.chainage_xy(x[::2], y[::2])[0]
    x.flags.writeable = False
    np.testing.assert_array_equal(bend.chainage_xy(x, y)[0][::2], expected)


def test_stretch_has_its_ends_and_length(border: Line) -> None:
    lon, lat = border.stretch(from_m=96_122.8, to_m=209_603.0)
    assert EARTH.line_length(lon, lat) == pytest.approx(209_603.0 - 96_122.8, abs=0.5)
    assert border.chainage(float(lon[0]), float(lat[0]))[0] == pytest.approx(96_122.8)


@pytest.mark.parametrize("tolerance_m", [0.0, 25.0, 500.0])
def test_simplified_stays_within_its_tolerance(
    border: Line, tolerance_m: float
) -> None:
    lon, lat = border.simplified(tolerance_m)
    fewer = Line(lon_deg=lon, lat_deg=lat, name="fewer", source="us")
    _, aside = fewer.chainage(border.lon_deg, border.lat_deg)
    assert np.abs(aside).max() <= 1.01 * tolerance_m + 0.5  # geodesics bow a little
    assert fewer.length_m <= border.length_m + 1e-3
    assert (lon[0], lat[0]) == (border.lon_deg[0], border.lat_deg[0])


def test_simplified_refuses_a_tolerance_below_0(bend: Line) -> None:
    with pytest.raises(BadValue, match="tolerance_m must be 0 or above"):
        simplified(bend.plane, bend.lon_deg, bend.lat_deg, -1.0)


@pytest.mark.parametrize("at_m", [-1.0, 1e9, math.nan, math.inf])
def test_place_off_the_line_is_refused(bend: Line, at_m: float) -> None:
    with pytest.raises(OutsideArea, match="is outside the line, which runs from 0"):
        bend.place(at_m)


def test_rounding_at_the_ends_is_forgiven(bend: Line) -> None:
    assert bend.place(-1e-4) == bend.place(0.0)
    assert bend.place(bend.length_m + 1e-4) == bend.place(bend.length_m)


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_places_that_are_none_are_refused(bend: Line, bad: float) -> None:
    with pytest.raises(BadValue, match="place must be finite"):
        bend.chainage(bad, 31.0)
    with pytest.raises(BadValue, match="offset_m must be finite"):
        bend.place(0.0, bad)


@pytest.mark.parametrize(
    ("lon_deg", "lat_deg", "what"),
    [
        ([], [], "two different points"),
        ([1.0], [1.0], "two different points"),
        ([1.0, 1.0], [2.0, 2.0], "two different points"),
        ([1.0, 2.0], [2.0], "two lists of one length"),
        ([1.0, math.nan], [2.0, 2.0], "longitude in -180 to 180"),
        ([1.0, 181.0], [2.0, 2.0], "longitude in -180 to 180"),
        ([1.0, 2.0], [2.0, 88.0], "latitude in -85 to 85"),
        ([179.9, -179.9], [2.0, 2.0], "one side of the 180th meridian"),
    ],
)
def test_lines_that_cannot_be_are_refused(
    lon_deg: list[float], lat_deg: list[float], what: str
) -> None:
    with pytest.raises(BadValue, match=what):
        line_of(lon_deg, lat_deg)


def test_repeated_points_are_left_out() -> None:
    line = line_of([1.0, 1.0, 2.0, 2.0], [5.0, 5.0, 5.0, 5.0])
    assert line.lon_deg.tolist() == [1.0, 2.0]
    assert np.all(np.diff(line.chainage_m) > 0)


def test_its_arrays_cannot_be_changed_and_the_callers_stay(bend: Line) -> None:
    given = np.array([1.0, 2.0])
    line = Line(lon_deg=given, lat_deg=given, name="a", source="b")
    given[0] = 7.0
    assert line.lon_deg[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        bend.chainage_m[0] = 1.0


def test_a_line_astride_the_equator_has_a_plane() -> None:
    line = line_of([30.0, 30.5], [-1.0, 1.0])
    along, aside = line.chainage(*line.place(100_000.0, 300.0))
    assert (along, aside) == pytest.approx((100_000.0, 300.0), abs=1e-3)


def test_survives_a_pickle(bend: Line) -> None:
    again = pickle.loads(pickle.dumps(bend))
    assert again.place(1_234.5, 6.0) == bend.place(1_234.5, 6.0)
