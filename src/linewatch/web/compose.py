"""The picture made from the values of the floors below: area, force and watch."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import numpy as np

from linewatch.area import Area
from linewatch.force import Force as HeldForce
from linewatch.sight import KINDS, SensorKind
from linewatch.watch.values import Node
from linewatch.web.picture import (
    Force,
    Outline,
    Picture,
    Port,
    Sector,
    Site,
    Zone,
)

OUTLINE_M: Final = 25.0
"""Farthest that the drawn line may lie from the true one [m]: a pixel at zoom 12."""

BASEMAP_CREDIT: Final = "Land: Natural Earth. State lines: U.S. Census Bureau"


STEP_M: Final = 10_000.0
"""Longest step between drawn vertices [m]. A map draws straight in Mercator, which over
150 km of the border's straight stretches lies 280 m off, over 10 km under 2 m."""


def outline_of(area: Area, tolerance_m: float = OUTLINE_M) -> Outline:
    """Thin a line for drawing; each vertex keeps the chainage that it truly has."""
    kept_m, _ = area.line.chainage(*area.line.simplified(tolerance_m))
    steps_m = np.arange(0.0, area.line.length_m, STEP_M)
    chainage_m = np.union1d(np.concatenate([kept_m, [area.line.length_m]]), steps_m)
    chainage_m = np.unique(np.clip(chainage_m, 0.0, area.line.length_m))
    lon_deg, lat_deg = area.line.place(chainage_m)
    return Outline(lon_deg=lon_deg, lat_deg=lat_deg, chainage_m=chainage_m)


def picture_of(area: Area) -> Picture:
    """Make the part that stands still from an area alone; the rest is `replace`d in.

    Examples
    --------
    ``replace(picture_of(area), sites=..., coverage=..., force=force_of(force, on))``
    """
    return Picture(
        name=area.name,
        line=outline_of(area),
        sectors=tuple(
            Sector(name=one.name, from_km=one.from_m / 1000, to_km=one.to_m / 1000)
            for one in area.sectors
        ),
        ports=tuple(
            Port(
                name=one.name,
                chainage_km=one.chainage_m / 1000,
                lon_deg=one.lon_deg,
                lat_deg=one.lat_deg,
            )
            for one in area.ports
        ),
        zones=tuple(
            Zone(
                name=one.name,
                from_km=None if one.from_m is None else one.from_m / 1000,
                to_km=None if one.to_m is None else one.to_m / 1000,
                start=one.start.isoformat(),
                end=None if one.end is None else one.end.isoformat(),
                edges_known=one.edges_known,
            )
            for one in area.zones
        ),
        terrain_generated=area.terrain.generated,
        terrain_source=area.terrain.source,
        credits=(f"Line: {area.line.source}", BASEMAP_CREDIT),
    )


def force_of(force: HeldForce, on: date) -> Force:
    """Count the five strengths at the end of a day."""
    counted = force.strength(on)
    return Force(
        on=on.isoformat(),
        organic=counted.organic,
        approved=counted.approved,
        sourced=counted.sourced,
        in_transit=counted.in_transit,
        present=counted.present,
        by_status=dict(counted.by_status),
    )


def sites_of(
    area: Area, nodes: Iterable[Node], kinds: Mapping[str, SensorKind]
) -> tuple[Site, ...]:
    """Place nodes along the line; `kinds` has the ordered kinds by name of the post.

    A node that speaks for no post in it is drawn as the built-in kind it says it is.
    """
    held = list(nodes)
    if not held:
        return ()
    lon_deg = np.array([node.lon_deg for node in held])
    lat_deg = np.array([node.lat_deg for node in held])
    chainage_m, _ = area.line.chainage(lon_deg, lat_deg)
    held_kinds = [_kind_of(node, kinds) for node in held]
    sites = [
        Site(
            name=node.name,
            kind=node.kind if kind is None else kind.name,
            lon_deg=node.lon_deg,
            lat_deg=node.lat_deg,
            chainage_km=float(at_m) / 1000,
            reach_m=0.0 if kind is None else kind.widest_m,
            node=node.name,
            like=node.kind if kind is None else kind.family,
        )
        for node, kind, at_m in zip(held, held_kinds, chainage_m, strict=True)
    ]
    return tuple(sorted(sites, key=lambda site: site.chainage_km))


def _kind_of(node: Node, kinds: Mapping[str, SensorKind]) -> SensorKind | None:
    """Return the kind of a node's post, or the built-in one that it says it is."""
    return kinds.get(node.name) or KINDS.get(node.kind)
