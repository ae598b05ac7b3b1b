"""The command ``linewatch plan sites``."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter
from rich.console import Console
from rich.table import Table

from linewatch.area import Area, read_area
from linewatch.area.border import cache_folder
from linewatch.cli.telling import tell
from linewatch.errors import BadValue
from linewatch.force.asking import Authority, read_authority
from linewatch.force.force import read_force
from linewatch.measure.clock import to_date, to_epoch_s
from linewatch.mission.sites import propose_sites, site_kinds, site_settings
from linewatch.plan import Factors, Proposal, read_factors, write_proposal
from linewatch.plan.siting import SitePlan
from linewatch.plan.siting import plan_sites as propose
from linewatch.plan.siting.picture import picture as drawn
from linewatch.scenario import BUILT_IN, read_scenario
from linewatch.scenario.whole import write_whole
from linewatch.sight import KindFile, record_of

GAPS_SHOWN = 5


def plan_sites(
    *,
    scenario: Path = BUILT_IN,
    on: str | None = None,
    kit: str | None = None,
    picture: Path | None = None,
    out: Path | None = None,
    stress: int | None = None,
    fresh: bool = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Propose sites for the sensors of the force, with a proven bound.

    Parameters
    ----------
    scenario
        Folder of the scenario.
    on
        Date whose kit is placed, such as 2025-03-01; the scenario's start by default.
    kit
        Sensors to place instead of the force's, such as radar=40,camera=65.
    picture
        SVG file to draw: map, chance along the line, gaps, and what each site is worth.
    out
        File to write the proposal to, for those who decide.
    stress
        Tell what is left with this many sensors out, one by default: by chance, and at
        worst.
    fresh
        Plan anew even if a plan from the same inputs is kept.
    as_json
        Print one JSON object instead of tables.
    """
    if stress is not None and stress < 0:
        raise BadValue("--stress", "0 or more", stress)
    read = read_scenario(scenario)
    area = read_area(read)
    day = on or read.when("start")[:10]
    sensors = _sensors(kit) if kit else read_force(read).kit(to_date(day))
    file = site_kinds(read)
    # What a proposal lacks is told before the work.
    ask = None if out is None else (read_authority(read, area), read_factors(read))
    cache = None if fresh else cache_folder()
    plan = propose(
        area,
        sensors,
        site_settings(read, area, to_date(day)),
        kinds=file.kinds,
        cache=cache,
        progress=None if as_json else tell,
    )
    lost = _lost(plan, stress)
    if out is not None and ask is not None:
        write_proposal(out, _proposal(area, plan, day, ask))
    if picture:
        points = np.column_stack([area.line.lon_deg, area.line.lat_deg])
        write_whole(picture, drawn(plan, points))
    if as_json:
        print(json.dumps(_words(plan, lost) | {"kinds": _figures(plan, file)}))
    else:
        _print(plan, area)
        _print_kinds(plan, file)
        _print_worth(plan, lost)


def _proposal(
    area: Area, plan: SitePlan, day: str, ask: tuple[Authority, Factors]
) -> Proposal:
    """Lay the sites before those who decide, checked against the authority table."""
    return propose_sites(
        plan,
        area=area,
        ask=ask[0],
        factors=ask[1],
        on=to_date(day),
        made_s=to_epoch_s(day),
    )


def _lost(plan: SitePlan, stress: int | None) -> int:
    """Return how many sensors are out; one where there is one and none was told."""
    most = len(plan.sites)
    if stress is not None and stress > most:
        raise BadValue("sites out", f"0 to {most}", stress)
    return min(1, most) if stress is None else stress


def _sensors(text: str) -> dict[str, int]:
    """Read counts such as ``radar=40,camera=65``."""
    sensors: dict[str, int] = {}
    for part in text.split(","):
        name, _, count = part.strip().partition("=")
        if not name or not count.isdecimal():
            raise BadValue("kit", "counts such as radar=40,camera=65", repr(part))
        if name in sensors:
            raise BadValue("kit", "one count a kind", f"two of {name}")
        sensors[name] = int(count)
    return sensors


def _words(plan: SitePlan, stress: int) -> dict[str, object]:
    """Return the plan in plain words and numbers."""
    along, by_site = plan.coverage, plan.by_site
    worst = by_site.worst_without(stress)
    worth = zip(by_site.shapley().tolist(), by_site.drop_one().tolist(), strict=True)
    return {
        "sites": [
            {
                "name": s.name,
                "kind": s.kind,
                "chainage_m": round(s.chainage_m, 1),
                "offset_m": round(s.offset_m, 1),
                "lon_deg": round(s.lon_deg, 6),
                "lat_deg": round(s.lat_deg, 6),
                "mast_m": s.mast_m,
                "worth_shapley": round(value, 8),
                "lost_without": round(loss, 8),
            }
            for s, (value, loss) in zip(plan.sites, worth, strict=True)
        ],
        "one_more": [asdict(more) for more in plan.more],
        "stress": {
            "out": stress,
            "covered": round(by_site.covered(), 6),
            "mean": round(by_site.mean_without(stress), 6),
            "worst": round(worst.covered, 6),
            "worst_at_least": round(worst.least, 6),
            "worst_sites": [plan.sites[n].name for n in worst.out],
        },
        "objective": round(plan.objective, 6),
        "bound": round(plan.bound, 6),
        "gap": round(plan.gap, 6),
        "candidates": plan.candidates,
        "demand_covered": round(plan.demand_covered, 4),
        "planned_chance": {n: round(v, 4) for n, v in plan.planned_chance.items()},
        "length_covered": {n: round(along.length_share(n), 4) for n in along.chance},
        "gaps": [
            {
                "from_m": round(gap.from_m),
                "to_m": round(gap.to_m),
                "mean_chance": round(gap.mean_chance, 4),
                "missed_per_day": round(gap.missed_per_s * 86_400, 2),
            }
            for gap in along.gaps("walker")
        ],
        "light": plan.light,
        "terrain_generated": plan.terrain_generated,
        "terrain_source": plan.terrain_source,
        "unplaced": dict(plan.unplaced),
    }


def _print(plan: SitePlan, area: Area) -> None:
    """Print what matters first: what is covered, how sure, and where it is not."""
    console = Console(width=88, highlight=False)
    if plan.terrain_generated:
        console.print("The ground is generated: no real place was looked at.")
    counts = {
        k: sum(s.kind == k for s in plan.sites) for k in {s.kind: 0 for s in plan.sites}
    }
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    told = told or "No sensor"
    console.print(f"{told} on {plan.candidates:,} candidates; {plan.light}.")
    console.print(
        f"Expected share of crossings confirmed: {plan.objective:.1%}; no choice from "
        f"these candidates exceeds {plan.bound:.1%} (gap {plan.gap:.1%})."
    )
    table = Table("target", "demand-weighted chance", "line at 0.5 or more")
    for name, chance in plan.planned_chance.items():
        table.add_row(name, f"{chance:.1%}", f"{plan.coverage.length_share(name):.1%}")
    console.print(table)
    gaps = Table("gap, km", "sector", "mean chance", "people missed a day")
    for gap in plan.coverage.gaps("walker")[:GAPS_SHOWN]:
        gaps.add_row(
            f"{gap.from_m / 1000:,.0f} to {gap.to_m / 1000:,.0f}",
            area.sector_at((gap.from_m + gap.to_m) / 2).name,
            f"{gap.mean_chance:.2f}",
            f"{gap.missed_per_s * 86_400:.2f}",
        )
    console.print(gaps)
    for kind, count in plan.unplaced.items():
        console.print(f"{count} {kind} found no useful site or no model.")


def _figures(plan: SitePlan, file: KindFile) -> dict[str, object]:
    """Return the figures of the kinds that stand, and which of them a file told."""
    return {
        name: {**record_of(kind), "told": list(file.told.get(name, ()))}
        for name, kind in plan.kinds.items()
    }


def _print_kinds(plan: SitePlan, file: KindFile) -> None:
    """Print which kinds stand with figures of the scenario's own."""
    console = Console(width=88, highlight=False)
    for name, figures in file.told.items():
        if name in plan.kinds:
            own = ", ".join(figure for figure in figures if figure != "like")
            like = plan.kinds[name].like
            said = f"{name} is like {like}" if like else f"{name} is as built in"
            console.print(f"{said}, with its own {own}." if own else f"{said}.")


def _print_worth(plan: SitePlan, stress: int) -> None:
    """Print what sites are worth, what one more adds, and what is left without some."""
    by_site = plan.by_site
    console = Console(width=88, highlight=False)
    value, loss = by_site.shapley(), by_site.drop_one()
    table = Table("site", "km", "worth (Shapley)", "lost without it")
    for n in np.argsort(-value, kind="stable")[:GAPS_SHOWN].tolist():
        site = plan.sites[n]
        km = f"{site.chainage_m / 1000:,.0f}"
        table.add_row(site.name, km, f"{value[n]:.2%}", f"{loss[n]:.2%}")
    console.print(table)
    for more in plan.more:
        where = f"at km {more.chainage_m / 1000:,.0f}"
        console.print(f"One {more.kind} more would add {more.adds:.2%}, best {where}.")
    worst = by_site.worst_without(stress)
    names = ", ".join(plan.sites[n].name for n in worst.out)
    proven = "" if worst.least == worst.covered else f" (never under {worst.least:.1%})"
    console.print(
        f"Any {stress} out: {by_site.mean_without(stress):.1%} is left of "
        f"{by_site.covered():.1%} on average, {worst.covered:.1%} at worst{proven}: "
        f"{names or 'none'}."
    )
