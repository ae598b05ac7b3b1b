"""The command ``linewatch area``: shows by itself, and has commands under it."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from linewatch.area import Area, read_area
from linewatch.scenario import BUILT_IN, read_scenario

area = App(name="area", help="Show the line, its sectors, ports, zones and demand.")
"""Shows when no command follows; commands under it are named by path."""

terrain = App(name="terrain", help="Fetch heights along the line, or join tiles.")
for name, told in (
    ("fetch", "Fetch the tiles along the line from a public catalogue."),
    ("join", "Make one terrain of many tiles."),
):
    terrain.command(f"linewatch.cli.area_terrain:{name}", name=name, help=told)
area.command(terrain)


@area.default
def show(
    *,
    scenario: Path = BUILT_IN,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Show the line of a scenario, its sectors, ports, zones and demand.

    Parameters
    ----------
    scenario
        Folder with a scenario.toml; the built-in border when left out.
    as_json
        Print one JSON object instead of tables.
    """
    ground = read_area(read_scenario(scenario))
    if as_json:
        print(json.dumps(_told(ground)))
    else:
        _print(ground)


def _told(ground: Area) -> dict[str, object]:
    """Return an area as what JSON can hold."""
    latest = ground.demand.latest
    encounters = ground.demand.of(latest)
    return {
        "name": ground.name,
        "line_km": round(ground.line.length_m / 1000, 3),
        "points": int(ground.line.lon_deg.size),
        "source": ground.line.source,
        "sectors": [
            {
                "name": sector.name,
                "from_km": round(sector.from_m / 1000, 3),
                "to_km": round(sector.to_m / 1000, 3),
                "km": round(sector.length_m / 1000, 3),
                "encounters_latest": encounters[sector.name],
                "source": sector.source,
            }
            for sector in ground.sectors
        ],
        "ports_count": len(ground.ports),
        "ports": [
            {
                "code": port.code,
                "name": port.name,
                "km": round(port.chainage_m / 1000, 3),
                "lon_deg": port.lon_deg,
                "lat_deg": port.lat_deg,
                "source": port.source,
            }
            for port in ground.ports
        ],
        "zones": [
            {
                "name": zone.name,
                "kind": zone.kind,
                "from_km": None if zone.from_m is None else zone.from_m / 1000,
                "to_km": None if zone.to_m is None else zone.to_m / 1000,
                "edges_known": zone.edges_known,
                "start": zone.start.isoformat(),
                "start_precision": zone.start_precision,
                "end": None if zone.end is None else zone.end.isoformat(),
                "told_length": zone.told_length,
                "note": zone.note,
                "source": zone.source,
            }
            for zone in ground.zones
        ],
        "demand": {
            "latest_month": latest,
            "encounters": sum(encounters.values()),
            "estimated": latest in ground.demand.estimated,
            "months": len(ground.demand.months),
            "source": ground.demand.source,
        },
        "terrain": {
            "generated": ground.terrain.generated,
            "source": ground.terrain.source,
        },
    }


def _print(ground: Area) -> None:
    """Print an area as tables."""
    to = Console(highlight=False, soft_wrap=True)
    kilometres = f"{ground.line.length_m / 1000:,.1f} km"
    to.print(f"{ground.name}: {kilometres}, {ground.line.lon_deg.size:,} points")
    to.print(f"Line: {ground.line.source}", markup=False)
    to.print(f"Terrain: {ground.terrain.source}", markup=False)
    to.print(f"Demand: {ground.demand.source}", markup=False)
    latest = ground.demand.latest
    encounters = ground.demand.of(latest)
    basis = ", estimated" if latest in ground.demand.estimated else ""
    table = Table("Sector", box=None, pad_edge=False)
    for head in ("From km", "To km", "Km", f"Encounters {latest}{basis}"):
        table.add_column(head, justify="right")
    for sector in ground.sectors:
        lengths = (sector.from_m, sector.to_m, sector.length_m)
        table.add_row(
            sector.name,
            *(f"{length / 1000:,.1f}" for length in lengths),
            f"{encounters[sector.name]:,.0f}",
        )
    to.print(table)
    if ground.ports:
        first, last = ground.ports[0].name, ground.ports[-1].name
        to.print(
            f"Ports of entry: {len(ground.ports)}, {first} to {last}", markup=False
        )
    for zone in ground.zones:
        edges = "edges known" if zone.edges_known else "edges unknown"
        since = zone.start.isoformat()
        since = since[:7] if zone.start_precision == "month" else since
        until = "" if zone.end is None else f" to {zone.end.isoformat()}"
        what = f"Zone: {zone.name}, {zone.kind}, from {since}{until}, {edges}"
        to.print(what, markup=False)
