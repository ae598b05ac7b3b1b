"""Siting along a line: candidates, what they would detect, the choice and its proof."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from linewatch.area.weather import STANDARD
from linewatch.errors import BadValue
from linewatch.plan.siting.candidates import crossings_at, middles
from linewatch.plan.siting.choose import Choice, Effort, Limits, choose
from linewatch.plan.siting.columns import Columns, Progress, add_buried, look
from linewatch.plan.siting.cover import Cover
from linewatch.plan.siting.detect import Asked, Found, chance_within
from linewatch.plan.siting.store import digest_of_plan, load_plan, save_plan
from linewatch.plan.siting.values import (
    DEFAULT_MIX,
    Coverage,
    Floats,
    Site,
    SitePlan,
    SiteSettings,
)
from linewatch.plan.siting.worth import More, SiteChances, one_more
from linewatch.sight import (
    KINDS,
    Lit,
    SensorKind,
    Sight,
    SightTable,
    Stand,
    crossing_chance,
    place,
)
from linewatch.sight.chance import daylight
from linewatch.sight.kinds import Law

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from linewatch.area import Area

WORKERS: Final = 2
GOLDEN: Final = 0.618_033_988_749_895
"""Spreads the first looks of sensors over their periods: no two look in step."""


def plan_sites(  # noqa: PLR0913 -- the door of a stage
    area: "Area",
    kit: Mapping[str, int],
    settings: SiteSettings | None = None,
    *,
    kinds: Mapping[str, SensorKind] = KINDS,
    light: Lit | None = None,
    cache: Path | None = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> SitePlan:
    """Propose sites along the line for the sensors at hand.

    Parameters
    ----------
    area : Area
        The line, its terrain and its demand.
    kit : mapping of str to int
        Sensors by kind; kinds that `kinds` does not hold are left unplaced, and so are
        sensors that would add nothing.
    settings : SiteSettings, optional
        How sites are searched for.
    kinds : mapping of str to SensorKind
        The sensor kinds that there are; the built-in ones by default.
    light : Lit, optional
        Light and weather planned for; those of the settings when None.
    cache : Path, optional
        Folder that keeps the plan under a digest of all it was made from; a second
        call with the same inputs reads it. None keeps nothing.
    executor : Executor, optional
        Where blocks of candidates are looked from; two threads when None, for the
        kernels free the interpreter's lock.
    progress : callable, optional
        Told the stage and the share done.

    Returns
    -------
    SitePlan
        The proposal, with the bound that no choice from the same candidates exceeds.

    Raises
    ------
    BadValue
        If a count of the kit is below 0, or no sensor can be placed.

    Notes
    -----
    A crossing is planned for each `cross_m` of chainage and each target class. A
    candidate's worth at it is the chance that the sensor by itself confirms a track
    on the way, so sensors combine as one less the product of their misses.
    """
    settings = settings or SiteSettings()
    light = light or settings.light
    tell = progress or (lambda _stage, _share: None)
    known = _known(kit, kinds)
    sighted = tuple(kind for kind in known if kind.law is not Law.TREMOR)
    buried = tuple(kind for kind in known if kind.law is Law.TREMOR)
    wanted = (*sighted, *buried)
    chainage_m = middles(area.line.length_m, settings.cross_m)
    demand, weight = _weights(area, chainage_m, settings)
    digest = digest_of_plan(area, kit, settings, light, demand, known) if cache else ""
    if cache and (kept := load_plan(cache, digest)):
        return kept
    asked = Asked(
        kinds=sighted,
        crossings={t: crossings_at(area, chainage_m, settings, t) for t in DEFAULT_MIX},
        rule=settings.rule,
        light=light,
    )
    made = ThreadPoolExecutor(WORKERS) if executor is None else nullcontext(executor)
    with made as pool:
        columns, pairs = look(area, settings, asked, pool, tell)
        if buried:
            columns, pairs = add_buried(area, settings, asked, buried, (columns, pairs))
        tell("choosing", 0.0)
        count = tuple(kit[kind.name] for kind in wanted)
        choice = _choice(columns, pairs, weight, count, settings)
        tell("choosing", 1.0)
        chosen = _sites(area, wanted, columns, choice)
        sights = _placed(area, chosen, kinds, settings, (pool, tell))
    cells = np.concatenate([share * weight for share in DEFAULT_MIX.values()])
    by_site = _by_site(chosen, sights, asked, chainage_m, cells, settings)
    chance = dict(
        zip(
            DEFAULT_MIX, 1 - by_site.missed().reshape(len(DEFAULT_MIX), -1), strict=True
        )
    )
    placed = {n: sum(site.kind == n for site in chosen) for n in kit}
    plan = SitePlan(
        sites=chosen,
        sights=sights,
        coverage=Coverage(chainage_m=chainage_m, weight=demand, chance=chance),
        objective=choice.objective,
        # A relaxed problem may promise more than there is.
        bound=min(choice.bound, max(choice.objective, float(cells.sum()))),
        candidates=len(columns.kind),
        terrain_generated=area.terrain.generated,
        terrain_source=area.terrain.source,
        light=light_words(light),
        unplaced={n: kit[n] - placed[n] for n in kit if kit[n] > placed[n]},
        by_site=by_site,
        more=_more(columns, pairs, by_site, wanted, choice.sites),
    )
    if cache:
        save_plan(cache, digest, plan)
    return plan


def light_words(light: Lit) -> str:
    """Say in words what light and weather are planned for."""
    share, weather = daylight(light), light.weather
    words = "night without a moon" if share == 0 else f"{share:.0%} of full daylight"
    if weather == STANDARD:
        return words
    return (
        f"{words}, visibility {weather.visibility_m / 1000:g} km, "
        f"rain {weather.rain_mm_h:g} mm/h, wind {weather.wind_mps:g} m/s"
    )


def _choice(
    columns: Columns,
    pairs: Found,
    weight: Floats,
    count: tuple[int, ...],
    settings: SiteSettings,
) -> Choice:
    """Choose columns within the counts by kind; a cell is a class and a crossing."""
    cover = Cover.of(
        pairs.candidate,
        pairs.target * len(weight) + pairs.crossing,
        prob=pairs.chance,
        weight=np.concatenate([share * weight for share in DEFAULT_MIX.values()]),
        cost=np.ones(len(columns.kind)),
    )
    effort = Effort(kicks=settings.kicks, rounds=settings.rounds)
    return choose(replace(cover, kind=columns.kind), Limits(count=count), effort=effort)


def _known(
    kit: Mapping[str, int], kinds: Mapping[str, SensorKind]
) -> tuple[SensorKind, ...]:
    """Return the kinds of a kit that can be placed, in the order of `kinds`."""
    for name, count in kit.items():
        if count < 0:
            raise BadValue(f"count of {name}", "0 or more", count)
    known = tuple(kind for name, kind in kinds.items() if kit.get(name, 0) > 0)
    if not known:
        raise BadValue("kit", f"one or more of {', '.join(kinds)}", dict(kit))
    return known


def _weights(
    area: "Area", chainage_m: Floats, settings: SiteSettings
) -> tuple[Floats, Floats]:
    """Return the demand [persons/s] of each stretch, and weights that add up to 1."""
    stretch_m = area.line.length_m / len(chainage_m)
    rate = area.demand.rate_per_m_s(settings.month or area.demand.latest, chainage_m)
    demand = np.asarray(rate, np.float64) * stretch_m
    even = np.full(len(chainage_m), 1 / len(chainage_m))
    share = demand / demand.sum() if demand.sum() > 0 else even
    return demand, (1 - settings.even_share) * share + settings.even_share * even


def _sites(
    area: "Area", kinds: tuple[SensorKind, ...], columns: Columns, choice: Choice
) -> tuple[Site, ...]:
    """Name the chosen sites by kind and, within a kind, along the line."""
    rank = {int(s): n + 1 for n, s in enumerate(choice.sites)}
    order = sorted(rank, key=lambda s: (columns.kind[s], columns.chainage_m[s]))
    lon, lat = area.plane.to_geo(columns.x_m[order], columns.y_m[order])
    counted = dict.fromkeys((kind.name for kind in kinds), 0)
    sites = []
    for s, lon_deg, lat_deg in zip(order, lon.tolist(), lat.tolist(), strict=True):
        kind = kinds[columns.kind[s]]
        counted[kind.name] += 1
        sites.append(
            Site(
                name=f"{kind.name}-{counted[kind.name]:03d}",
                kind=kind.name,
                chainage_m=float(columns.chainage_m[s]),
                offset_m=float(columns.offset_m[s]),
                lon_deg=lon_deg,
                lat_deg=lat_deg,
                x_m=float(columns.x_m[s]),
                y_m=float(columns.y_m[s]),
                mast_m=kind.mast_m,
                why=f"number {rank[s]} of {len(order)} by what it sees alone",
            )
        )
    return tuple(sites)


def _placed(
    area: "Area",
    sites: Sequence[Site],
    kinds: Mapping[str, SensorKind],
    settings: SiteSettings,
    work: tuple[Executor, Progress],
) -> tuple[Sight, ...]:
    """Look from the chosen sites with care."""
    pool, tell = work
    waiting = [
        pool.submit(
            place,
            area.terrain,
            kinds[site.kind],
            Stand(
                name=site.name,
                x_m=site.x_m,
                y_m=site.y_m,
                mast_m=site.mast_m,
                phase_s=(n * GOLDEN) % 1 * kinds[site.kind].period_s,
            ),
            cell_m=settings.cell_m,
        )
        for n, site in enumerate(sites)
    ]
    sights = []
    for done, future in enumerate(waiting):
        sights.append(future.result())
        tell("placing", (done + 1) / len(waiting))
    return tuple(sights)


def _by_site(  # noqa: PLR0913 - what a site sees has that many grounds
    sites: Sequence[Site],
    sights: Sequence[Sight],
    asked: Asked,
    chainage_m: Floats,
    weight: Floats,
    settings: SiteSettings,
) -> SiteChances:
    """Return what each site by itself confirms; a cell is a class and a crossing.

    Ground sensors count by their mean over the stretch: a crossing through the middle
    would flatter them.
    """
    stretch_m = (
        float(np.diff(chainage_m).mean()) if len(chainage_m) > 1 else settings.cross_m
    )
    seeing = [n for n, s in enumerate(sights) if s.kind.law is not Law.TREMOR]
    table = SightTable(tuple(sights[n] for n in seeing))
    none = np.empty(0, np.int64)
    rows: list[tuple[NDArray[np.int64], NDArray[np.int64], Floats]] = [
        (none, none, np.empty(0))
    ]
    for t, target in enumerate(DEFAULT_MIX):
        first = t * len(chainage_m)
        if seeing:
            told = crossing_chance(
                table,
                asked.crossings[target],
                target=target,
                light=asked.light,
                rule=asked.rule,
            ).confirmed
            who, where = np.nonzero(told)
            rows.append((np.array(seeing)[who], first + where, told[who, where]))
        for n, site in enumerate(sites):
            if sights[n].kind.law is Law.TREMOR:
                at = int(np.argmin(np.abs(chainage_m - site.chainage_m)))
                chance = chance_within(
                    sights[n].kind,
                    target,
                    stretch_m=stretch_m,
                    offset_m=site.offset_m,
                    asked=asked,
                )
                rows.append((np.array([n]), np.array([first + at]), np.array([chance])))
    site_of, cell, chance_of = (
        np.concatenate(part) for part in zip(*rows, strict=True)
    )
    return SiteChances(
        sites=len(sites), site=site_of, cell=cell, chance=chance_of, weight=weight
    )


def _more(
    columns: Columns,
    pairs: Found,
    plan: SiteChances,
    kinds: tuple[SensorKind, ...],
    taken: "NDArray[np.int64]",
) -> tuple[More, ...]:
    """Return the best place for one sensor more of each kind, where none stands yet."""
    at = len(plan.weight) // len(DEFAULT_MIX)
    cell = pairs.target * at + pairs.crossing
    adds = one_more(
        plan.missed(),
        (pairs.candidate, cell, pairs.chance),
        plan.weight,
        len(columns.kind),
    )
    best = []
    for k, kind in enumerate(kinds):
        mine = np.setdiff1d(np.flatnonzero(columns.kind == k), taken)
        if mine.size:
            c = int(mine[np.argmax(adds[mine])])
            best.append(
                More(
                    kind=kind.name,
                    chainage_m=float(columns.chainage_m[c]),
                    offset_m=float(columns.offset_m[c]),
                    adds=float(adds[c]),
                )
            )
    return tuple(sorted(best, key=lambda one: -one.adds))
