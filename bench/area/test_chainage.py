"""Places a second: chainage, its inverse, relief, terrain and light.

Run by ``pytest bench/area -s``. Times are of the processor, which other work on the
machine moves less than the clock. The peers for chainage are Shapely on the same plane:
its linear referencing (every piece for every place) and its tree of pieces.
"""

from collections.abc import Callable
from time import process_time

import numpy as np
import pytest
import shapely
from numpy.typing import NDArray

from linewatch.area import Relief, border_line, lights

Floats = NDArray[np.float64]
BORDER = border_line()
POINTS = (BORDER.lon_deg, BORDER.lat_deg)


def per_s(count: int, work: Callable[[], object]) -> float:
    """Return the best of three runs as things a second."""
    work()
    best = np.inf
    for _ in range(3):
        start = process_time()
        work()
        best = min(best, process_time() - start)
    return count / best


def scattered(count: int, reach_m: float) -> tuple[Floats, Floats]:
    rng = np.random.default_rng(1)
    at_m = rng.uniform(0, BORDER.length_m, count)
    return BORDER.place(at_m, rng.uniform(-reach_m, reach_m, count))


def located(lon: Floats, lat: Floats) -> Floats:
    """Chainage by Shapely's linear referencing: plane metres along the plane's line."""
    line = shapely.LineString(np.column_stack(BORDER.plane.to_plane(*POINTS)))
    places = shapely.points(np.column_stack(BORDER.plane.to_plane(lon, lat)))
    return np.asarray(shapely.line_locate_point(line, places))


class Pieces:
    """Shapely's tree of pieces of the border, geodesic lengths kept beside them."""

    def __init__(self) -> None:
        xy = np.column_stack(BORDER.plane.to_plane(*POINTS))
        self.pieces = np.asarray(shapely.linestrings(np.stack([xy[:-1], xy[1:]], 1)))
        self.tree = shapely.STRtree(self.pieces)
        self.step_m = np.diff(BORDER.chainage_m)

    def chainage(self, lon: Floats, lat: Floats) -> Floats:
        """Chainage of the nearest point of the nearest piece."""
        places = shapely.points(np.column_stack(BORDER.plane.to_plane(lon, lat)))
        nearest = self.tree.nearest(places)
        piece = self.pieces[nearest]
        share = shapely.line_locate_point(piece, places, normalized=True)
        return np.asarray(BORDER.chainage_m[nearest] + share * self.step_m[nearest])


@pytest.mark.parametrize("reach_m", [100.0, 5_000.0, 50_000.0])
def test_chainage(reach_m: float) -> None:
    lon, lat = scattered(1_000_000, reach_m)
    few = lon[:50_000], lat[:50_000]
    tree = Pieces()
    ours = per_s(lon.size, lambda: BORDER.chainage(lon, lat))
    peer = per_s(few[0].size, lambda: tree.chainage(*few))
    slow = per_s(300, lambda: located(lon[:300], lat[:300]))
    print(
        f"chainage within {reach_m / 1000:g} km: {ours:,.0f}/s, "
        f"tree {peer:,.0f}/s ({ours / peer:.1f} times), "
        f"linear referencing {slow:,.0f}/s ({ours / slow:,.0f} times)"
    )
    apart_m = np.abs(BORDER.chainage(*few)[0] - tree.chainage(*few))
    assert np.median(apart_m) < 0.01


def test_chainage_on_the_plane_and_place() -> None:
    x, y = BORDER.plane.to_plane(*scattered(1_000_000, 5_000.0))
    at_m = np.random.default_rng(2).uniform(0, BORDER.length_m, 1_000_000)
    print(f"chainage_xy: {per_s(x.size, lambda: BORDER.chainage_xy(x, y)):,.0f}/s")
    print(f"place_xy: {per_s(at_m.size, lambda: BORDER.place_xy(at_m)):,.0f}/s")
    print(f"place: {per_s(at_m.size, lambda: BORDER.place(at_m)):,.0f}/s")


def test_relief() -> None:
    relief = Relief(1)

    def window() -> object:
        return relief.window(
            west_m=0, south_m=0, east_m=10_000, north_m=10_000, cell_m=30.0
        )

    print(f"relief, 334 by 334 cells: {1e3 / per_s(1, window):.1f} ms")


def test_light() -> None:
    when = 1_740_787_200.0 + np.arange(86_400.0)
    seconds = per_s(when.size, lambda: lights(when, -110.0, 31.5))
    print(f"light, a day by the second at one place: {seconds:,.0f}/s")
    lon = np.linspace(-117, -97, 10_000)
    places = per_s(lon.size, lambda: lights(when[0], lon, 30.0))
    print(f"light, 10,000 places at one instant: {places:,.0f}/s")
