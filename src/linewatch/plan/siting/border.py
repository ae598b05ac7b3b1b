"""Siting along a line: candidates, what they would detect, the choice and its proof."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from linewatch.errors import BadValue
from linewatch.plan.siting.candidates import blocks, crossings_at, middles
from linewatch.plan.siting.choose import Choice, Effort, Limits, choose
from linewatch.plan.siting.cover import Cover
from linewatch.plan.siting.detect import Asked, Found, chance_within, detect_from
from linewatch.plan.siting.values import (
    DEFAULT_MIX,
    Coverage,
    Floats,
    Site,
    SitePlan,
    SiteSettings,
)
from linewatch.sight import (
    KINDS,
    NIGHT,
    TARGET_NAMES,
    Crossings,
    Lit,
    Sight,
    Stand,
    crossing_chance,
    kind_named,
    place,
)
from linewatch.sight.crossing import one_less_misses
from linewatch.sight.kinds import Law

if TYPE_CHECKING:
    from linewatch.area import Area

Progress = Callable[[str, float], None]
"""Told the name of a stage and the share of it that is done [-]."""

WORKERS: Final = 2
GOLDEN: Final = 0.618_033_988_749_895
"""Spreads the first looks of sensors over their periods: no two look in step."""


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Candidate columns of the cover table: kind and place of each."""

    kind: NDArray[np.int64]
    chainage_m: Floats
    offset_m: Floats
    x_m: Floats
    y_m: Floats


def plan_sites(  # noqa: PLR0913 -- the door of a stage
    area: "Area",
    kit: Mapping[str, int],
    settings: SiteSettings | None = None,
    *,
    light: Lit = NIGHT,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> SitePlan:
    """Propose sites along the line for the sensors at hand.

    Parameters
    ----------
    area : Area
        The line, its terrain and its demand.
    kit : mapping of str to int
        Sensors by kind; kinds that `linewatch.sight.KINDS` does not hold are left
        unplaced, and so are sensors that would add nothing.
    settings : SiteSettings, optional
        How sites are searched for.
    light : Lit, default night without a moon
        Light planned for.
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
    tell = progress or (lambda _stage, _share: None)
    wanted = _known(kit)
    sighted = tuple(n for n in wanted if KINDS[n].law is not Law.TREMOR)
    buried = tuple(n for n in wanted if KINDS[n].law is Law.TREMOR)
    chainage_m = middles(area.line.length_m, settings.cross_m)
    targets = tuple(DEFAULT_MIX)
    asked = Asked(
        kinds=sighted,
        crossings={t: crossings_at(area, chainage_m, settings, t) for t in targets},
        rule=settings.rule,
        light=light,
    )
    demand, weight = _weights(area, chainage_m, settings)
    made = ThreadPoolExecutor(WORKERS) if executor is None else nullcontext(executor)
    with made as pool:
        columns, pairs = _look(area, settings, asked, pool, tell)
        if buried:
            columns, pairs = _add_buried(
                area, settings, asked, buried, (columns, pairs)
            )
        cover = Cover.of(
            pairs.candidate,
            pairs.target * len(chainage_m) + pairs.crossing,
            prob=pairs.chance,
            weight=np.concatenate([DEFAULT_MIX[t] * weight for t in targets]),
            cost=np.ones(len(columns.kind)),
        )
        cover = replace(cover, kind=columns.kind)
        tell("choosing", 0.0)
        choice = choose(
            cover,
            Limits(count=tuple(wanted[n] for n in (*sighted, *buried))),
            effort=Effort(kicks=settings.kicks, rounds=settings.rounds),
        )
        tell("choosing", 1.0)
        chosen = _sites(area, (*sighted, *buried), columns, choice)
        sights = _placed(area, chosen, settings, pool, tell)
    chance = _planned(chosen, sights, asked, chainage_m, settings)
    placed = {n: sum(site.kind == n for site in chosen) for n in kit}
    return SitePlan(
        sites=chosen,
        sights=sights,
        coverage=Coverage(chainage_m=chainage_m, weight=demand, chance=chance),
        objective=choice.objective,
        bound=choice.bound,
        candidates=cover.sites,
        terrain_generated=area.terrain.generated,
        terrain_source=area.terrain.source,
        light="night without a moon" if light is NIGHT else "as given",
        unplaced={n: kit[n] - placed[n] for n in kit if kit[n] > placed[n]},
    )


def _known(kit: Mapping[str, int]) -> dict[str, int]:
    """Return the sensors of a kit that can be placed, in the order of `KINDS`."""
    for name, count in kit.items():
        if count < 0:
            raise BadValue(f"count of {name}", "0 or more", count)
    wanted = {name: kit[name] for name in KINDS if kit.get(name, 0) > 0}
    if not wanted:
        raise BadValue("kit", f"one or more of {', '.join(KINDS)}", dict(kit))
    return wanted


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


def _look(
    area: "Area", settings: SiteSettings, asked: Asked, pool: Executor, tell: Progress
) -> tuple[_Columns, Found]:
    """Look from all candidates; one column a candidate and kind."""
    reach_m = max((KINDS[n].widest_m for n in asked.kinds), default=0.0)
    kinds = len(asked.kinds)
    waiting: list[Future[Found]] = []
    made = []
    if kinds:
        for block in blocks(area, settings, reach_m):
            made.append(replace(block))
            waiting.append(pool.submit(detect_from, block, asked))
            tell("looking", float(block.chainage_m.max()) / area.line.length_m / 2)
    found, first = [], 0
    for done, (block, future) in enumerate(zip(made, waiting, strict=True)):
        part = future.result()
        column = (first + part.candidate) * kinds + part.kind
        found.append(replace(part, candidate=column))
        first += len(block.x_m)
        tell("looking", 0.5 + (done + 1) / len(made) / 2)
    each = np.arange(kinds)
    return (
        _Columns(
            kind=np.tile(each, first).astype(np.int64),
            chainage_m=_joined([np.repeat(b.chainage_m, kinds) for b in made]),
            offset_m=_joined([np.repeat(b.offset_m, kinds) for b in made]),
            x_m=_joined([np.repeat(b.x_m, kinds) for b in made]),
            y_m=_joined([np.repeat(b.y_m, kinds) for b in made]),
        ),
        _together(found),
    )


def _joined(parts: Sequence[Floats]) -> Floats:
    """Join arrays, none of them included."""
    return np.concatenate(parts) if parts else np.empty(0)


def _together(found: Sequence[Found]) -> Found:
    """Join the pairs of all blocks."""
    none = np.empty(0, np.int64)
    whole = {
        name: np.concatenate([none, *(getattr(part, name) for part in found)])
        for name in ("candidate", "kind", "target", "crossing")
    }
    return Found(**whole, chance=_joined([part.chance for part in found]))


def _add_buried(
    area: "Area",
    settings: SiteSettings,
    asked: Asked,
    buried: tuple[str, ...],
    seen: tuple[_Columns, Found],
) -> tuple[_Columns, Found]:
    """Add ground sensors: one candidate a kind in the middle of each stretch."""
    chainage_m = middles(area.line.length_m, settings.cross_m)
    offset_m = np.full(len(chainage_m), settings.seismic_offset_m)
    x, y = area.place_xy(chainage_m, offset_m)
    columns, pairs = seen
    found = [pairs]
    for at, name in enumerate(buried):
        first = len(columns.kind)
        each = np.arange(len(chainage_m))
        for t, target in enumerate(asked.crossings):
            chance = chance_within(
                name,
                target,
                stretch_m=area.line.length_m / len(chainage_m),
                offset_m=settings.seismic_offset_m,
                asked=asked,
            )
            if chance > 0:
                found.append(
                    Found(
                        candidate=first + each,
                        kind=np.zeros_like(each),
                        target=np.full_like(each, t),
                        crossing=each,
                        chance=np.full(len(each), chance),
                    )
                )
        kind = np.full(len(each), len(asked.kinds) + at, dtype=np.int64)
        columns = _Columns(
            kind=np.concatenate([columns.kind, kind]),
            chainage_m=np.concatenate([columns.chainage_m, chainage_m]),
            offset_m=np.concatenate([columns.offset_m, offset_m]),
            x_m=np.concatenate([columns.x_m, x]),
            y_m=np.concatenate([columns.y_m, y]),
        )
    return columns, _together(found)


def _sites(
    area: "Area", kinds: tuple[str, ...], columns: _Columns, choice: Choice
) -> tuple[Site, ...]:
    """Name the chosen sites by kind and, within a kind, along the line."""
    rank = {int(s): n + 1 for n, s in enumerate(choice.sites)}
    order = sorted(rank, key=lambda s: (columns.kind[s], columns.chainage_m[s]))
    lon, lat = area.plane.to_geo(columns.x_m[order], columns.y_m[order])
    counted = dict.fromkeys(kinds, 0)
    sites = []
    for s, lon_deg, lat_deg in zip(order, lon.tolist(), lat.tolist(), strict=True):
        kind = kinds[columns.kind[s]]
        counted[kind] += 1
        sites.append(
            Site(
                name=f"{kind}-{counted[kind]:03d}",
                kind=kind,
                chainage_m=float(columns.chainage_m[s]),
                offset_m=float(columns.offset_m[s]),
                lon_deg=lon_deg,
                lat_deg=lat_deg,
                x_m=float(columns.x_m[s]),
                y_m=float(columns.y_m[s]),
                mast_m=kind_named(kind).mast_m,
                why=f"number {rank[s]} of {len(order)} by what it sees alone",
            )
        )
    return tuple(sites)


def _placed(
    area: "Area",
    sites: Sequence[Site],
    settings: SiteSettings,
    pool: Executor,
    tell: Progress,
) -> tuple[Sight, ...]:
    """Look from the chosen sites with care."""
    waiting = [
        pool.submit(
            place,
            area.terrain,
            kind_named(site.kind),
            Stand(
                name=site.name,
                x_m=site.x_m,
                y_m=site.y_m,
                mast_m=site.mast_m,
                phase_s=(n * GOLDEN) % 1 * kind_named(site.kind).period_s,
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


def _planned(
    sites: Sequence[Site],
    sights: Sequence[Sight],
    asked: Asked,
    chainage_m: Floats,
    settings: SiteSettings,
) -> dict[str, Floats]:
    """Return the planned chance by target class and crossing.

    Ground sensors count by their mean over the stretch: a crossing through the middle
    would flatter them.
    """
    seeing = [s for s in sights if s.kind.law is not Law.TREMOR]
    stretch_m = (
        float(np.diff(chainage_m).mean()) if len(chainage_m) > 1 else settings.cross_m
    )
    chance = {}
    for target in TARGET_NAMES:
        crossings: Crossings = asked.crossings[target]
        missed = np.ones(len(chainage_m))
        if seeing:
            found = crossing_chance(
                seeing, crossings, target=target, light=asked.light, rule=asked.rule
            )
            missed = 1 - one_less_misses(found.confirmed)
        for site in sites:
            if kind_named(site.kind).law is Law.TREMOR:
                at = int(np.argmin(np.abs(chainage_m - site.chainage_m)))
                missed[at] *= 1 - chance_within(
                    site.kind,
                    target,
                    stretch_m=stretch_m,
                    offset_m=site.offset_m,
                    asked=asked,
                )
        chance[target] = 1 - missed
    return chance
