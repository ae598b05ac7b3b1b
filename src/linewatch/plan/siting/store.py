"""Keeping a plan of sites on disk, named by all that it was made from."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zipfile import BadZipFile

import numpy as np

from linewatch.errors import BadFile
from linewatch.plan.siting.values import Coverage, Floats, Site, SitePlan, SiteSettings
from linewatch.plan.siting.worth import More, SiteChances
from linewatch.scenario.whole import whole, write_whole
from linewatch.sight import (
    TARGETS,
    Lit,
    SensorKind,
    digest_of,
    load_sights,
    record_of,
    save_sights,
)

if TYPE_CHECKING:
    from linewatch.area import Area

VERSION: Final = 7
"""Raised whenever the same inputs would give another plan."""

_ROWS: Final = ("site", "cell", "chance", "weight")

PROBES: Final = 2_000
"""Heights that tell one terrain from another of the same name."""


def digest_of_plan(  # noqa: PLR0913 - a plan follows from that much
    area: "Area",
    kit: Mapping[str, int],
    settings: SiteSettings,
    light: Lit,
    demand: Floats,
    kinds: Sequence[SensorKind],
) -> str:
    """Return the digest of everything that a plan of sites follows from."""
    line = area.line
    step = max(1, len(line.lon_deg) // PROBES)
    x, y = area.plane.to_plane(line.lon_deg[::step], line.lat_deg[::step])
    return digest_of(
        VERSION,
        line.lon_deg,
        line.lat_deg,
        area.terrain.source,
        np.asarray(area.terrain.height_m(x, y)),
        demand,
        sorted(kit.items()),
        settings,
        (light.sun_altitude_rad, light.moon_altitude_rad, light.moon_lit_share),
        str(light.weather),
        [(kind.name, record_of(kind)) for kind in kinds],
        list(TARGETS.values()),
    )


def save_plan(folder: Path, digest: str, plan: SitePlan) -> None:
    """Write a plan under its digest; a folder that cannot be written is no error."""
    facts = {
        name: getattr(plan, name)
        for name in (
            "objective",
            "bound",
            "candidates",
            "terrain_generated",
            "terrain_source",
            "light",
            "seed",
        )
    }
    along = plan.coverage
    text = json.dumps(
        {
            **facts,
            "unplaced": dict(plan.unplaced),
            "more": [asdict(one) for one in plan.more],
            "sites": [asdict(site) for site in plan.sites],
            "chainage_m": along.chainage_m.tolist(),
            "weight": along.weight.tolist(),
            "chance": {name: values.tolist() for name, values in along.chance.items()},
        }
    )
    by_site = plan.by_site
    with suppress(OSError, BadFile):
        folder.mkdir(parents=True, exist_ok=True)
        rows = {name: getattr(by_site, name) for name in _ROWS}
        with whole(folder / f"chances-{digest[:24]}.npz") as file:
            np.savez(file, **rows)
        # The plan's own file comes last: it is there only if the sensors are too.
        save_sights(folder / f"sights-{digest[:24]}.npz", plan.sights)
        write_whole(folder / f"sites-{digest[:24]}.json", text)


def load_plan(folder: Path, digest: str) -> SitePlan | None:
    """Read the plan of a digest; None where it is not there or not whole."""
    try:
        text = (folder / f"sites-{digest[:24]}.json").read_text(encoding="utf-8")
        sights = load_sights(folder / f"sights-{digest[:24]}.npz")
        facts = json.loads(text)
        coverage = Coverage(
            chainage_m=np.array(facts.pop("chainage_m")),
            weight=np.array(facts.pop("weight")),
            chance={name: np.array(v) for name, v in facts.pop("chance").items()},
        )
        sites = tuple(Site(**site) for site in facts.pop("sites"))
        more = tuple(More(**one) for one in facts.pop("more"))
        with np.load(folder / f"chances-{digest[:24]}.npz") as rows:
            kept = {name: rows[name] for name in _ROWS}
        return SitePlan(
            sites=sites,
            sights=sights,
            coverage=coverage,
            by_site=SiteChances(sites=len(sites), **kept),
            more=more,
            **facts,
        )
    except (OSError, ValueError, TypeError, KeyError, BadFile, BadZipFile):
        return None
