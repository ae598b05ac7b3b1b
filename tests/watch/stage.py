"""A stage for tests of the watch: flat ground under a line that is 1,900 km long."""

import json
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Geod

from linewatch.area import Area, Grid, read_area
from linewatch.plan.siting import Site
from linewatch.scenario import Scenario
from linewatch.sight import Stand, kind_named, place
from linewatch.watch.engine import Engine
from linewatch.watch.live import Watch
from linewatch.watch.post import Post
from linewatch.watch.values import Detection, Node

START_S = 1_746_165_600.0
WEST_M = 60_000.0
"""Chainage of the first post [m]: far from the middle of the plane, where its north is
some five degrees off."""


class Flat:
    """Ground of no height."""

    generated = True
    source = "flat ground of a test"

    def window(
        self,
        *,
        west_m: float,
        south_m: float,
        east_m: float,
        north_m: float,
        cell_m: float,
    ) -> Grid:
        """Return a window of nothing."""
        rows = round((north_m - south_m) / cell_m)
        cols = round((east_m - west_m) / cell_m)
        flat = np.zeros((rows, cols), np.float32)
        return Grid(height_m=flat, west_m=west_m, north_m=north_m, cell_m=cell_m)

    def height_m(self, x_m: ArrayLike, y_m: ArrayLike) -> NDArray[np.float64]:
        """Return heights of places."""
        flat: NDArray[np.float64] = np.zeros(np.broadcast(x_m, y_m).shape)
        return flat


def flat_area(folder: Path) -> Area:
    """Make an area of flat ground in a folder."""
    line = {"type": "LineString", "coordinates": [[-117.0, 31.0], [-97.0, 31.0]]}
    (folder / "line.geojson").write_text(json.dumps(line))
    tables = {"area": {"line": "line.geojson"}}
    area = read_area(Scenario(folder=folder, tables=tables))
    return Area(
        name=area.name,
        line=area.line,
        sectors=area.sectors,
        ports=area.ports,
        zones=area.zones,
        demand=area.demand,
        terrain=Flat(),
    )


def post(area: Area, name: str, chainage_m: float, kind: str = "radar") -> Post:
    """Stand a sensor 200 m north of the line."""
    lon, lat = area.line.place(chainage_m, 200.0)
    x, y = (float(v) for v in area.plane.to_plane(lon, lat))
    site = Site(
        name=name,
        kind=kind,
        chainage_m=chainage_m,
        offset_m=200.0,
        lon_deg=lon,
        lat_deg=lat,
        x_m=x,
        y_m=y,
        mast_m=10.0,
        why="a test",
    )
    stand = Stand(name=name, x_m=x, y_m=y, mast_m=10.0)
    return Post(site=site, sight=place(area.terrain, kind_named(kind), stand))


def node(of: Post, *, node_id: str = "", kind: str = "", name: str = "") -> Node:
    """Make the node that speaks for a post."""
    return Node(
        node_id=node_id or f"id-{of.name}",
        name=name or of.name,
        kind=kind or of.site.kind,
        lon_deg=of.site.lon_deg,
        lat_deg=of.site.lat_deg,
        status_interval_s=60.0,
    )


def seen_from(of: Post, time_s: float, lon_deg: float, lat_deg: float) -> Detection:
    """Return what a perfect radar reports of a place: the geodesic between them."""
    site = of.site
    azimuth_deg, _, range_m = Geod(ellps="WGS84").inv(
        site.lon_deg, site.lat_deg, lon_deg, lat_deg
    )
    return Detection(
        time_s=time_s,
        node_id=f"id-{of.name}",
        report_id=f"r{time_s:.0f}",
        range_m=float(range_m),
        azimuth_rad=float(np.deg2rad(azimuth_deg)) % (2 * np.pi),
        sigma_range_m=15.0,
        sigma_azimuth_rad=0.01,
    )


def walk(
    area: Area, of: Post, steps: int, *, from_s: float = START_S
) -> list[Detection]:
    """Return what a radar sees of a walker from 4 km south, at 1.3 m/s."""
    seen = []
    for step in range(1, steps + 1):
        time_s = from_s + 5.0 * step
        offset_m = -4_000.0 + 1.3 * 5.0 * step
        lon, lat = area.line.place(of.site.chainage_m + 1_000.0, offset_m)
        seen.append(seen_from(of, time_s, lon, lat))
    return seen


def watch(area: Area, posts: list[Post]) -> Watch:
    """Open a watch of posts."""
    return Watch(
        engine=Engine(area=area, posts=posts, start_s=START_S),
        posts=posts,
        authority_at=lambda chainage_m: f"desk at km {chainage_m / 1000:.0f}",
        start_s=START_S,
    )
