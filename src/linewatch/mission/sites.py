"""Sites as a proposal, and the posts that a decided proposal orders."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date, timedelta
from typing import Final

from linewatch.area import Area
from linewatch.errors import BadValue
from linewatch.plan import (
    INCREMENTAL,
    Cost,
    CostLine,
    Factors,
    Interval,
    Pairing,
    Proposal,
    ProposalKind,
    checked,
)
from linewatch.plan.proposal import Ask
from linewatch.plan.siting import Site, SitePlan, SiteSettings
from linewatch.scenario import Scenario, settings_from
from linewatch.sight import (
    KINDS,
    KindFile,
    SensorKind,
    Stand,
    kind_from,
    kind_named,
    place,
    read_kinds,
    record_of,
)
from linewatch.watch.post import Post

TASK: Final = "detect_monitor_static"
"""What a site does, in the authority table's words."""

STATUS: Final = "T10"
"""Duty status of those who stand at a site, in the authority table's words."""

CREW: Final = Interval(low=6, best=8, high=10)
"""People for a site day and night [-]: 1,200 for 150 sites in June 2019 (Stars and
Stripes, 6 June 2019), 12 h shifts with relief."""

UNATTENDED: Final = frozenset({"seismic"})
"""Kinds that nobody sits beside, and those like them."""

CELL_M: Final = 60.0
"""Cell in which it is worked out what a proposed post sees [m], as for a plan; an order
in the log tells its own."""

TERM_DAYS: Final = 90
"""Days that a site's cost is told for [d]: a season, until the next review."""


def site_settings(scenario: Scenario, area: Area, on: date) -> SiteSettings:
    """Read ``[plan.sites]``, with the demand of the month unless it names one.

    Raises
    ------
    BadValue, UnknownName
        If the table is none, or a key or value in it cannot be.
    """
    table = scenario.table("plan").get("sites", {})
    if not isinstance(table, dict):
        raise BadValue("plan.sites", "a table", repr(table))
    months = [month for month in area.demand.months if month <= on.isoformat()[:7]]
    known = {"month": months[-1] if months else area.demand.latest}
    return settings_from(
        SiteSettings, {**known, **table}, where="plan.sites", also=("kinds",)
    )


def site_kinds(scenario: Scenario) -> KindFile:
    """Read the sensor kinds that sites are planned with.

    They are the built-in ones, altered and added to by the file that ``[plan.sites]``
    names as `kinds`.

    Raises
    ------
    BadValue, BadFile, BadLines
        If it names no file, or the file's rows are bad; all are told.
    """
    table = scenario.table("plan").get("sites", {})
    named = table.get("kinds") if isinstance(table, dict) else None
    if named is None:
        return KindFile()
    if not isinstance(named, str) or not named:
        raise BadValue("plan.sites.kinds", "the name of a file", repr(named))
    return read_kinds(scenario.folder / named)


def propose_sites(  # noqa: PLR0913 - a proposal has that many grounds
    plan: SitePlan,
    *,
    area: Area,
    ask: Ask,
    factors: Factors,
    on: date,
    made_s: float,
    status: str = STATUS,
) -> Proposal:
    """Lay sites before those who decide, checked against the authority table.

    Parameters
    ----------
    plan : SitePlan
        The sites.
    area : Area
        Names the sector of each.
    ask : Ask
        The authority.
    factors : Factors
        Price of a troop-day.
    on : date
        First day of the watch.
    made_s : float
        When it is made [s].
    status : str, default T10
        Duty status of the crews.

    Raises
    ------
    Prohibited
        If the status may not watch from a site on any day of the term.
    """
    until = on + timedelta(days=TERM_DAYS)
    attended = sum(sight.kind.family not in UNATTENDED for sight in plan.sights)
    troop_day = factors.of("cost.troop_day")
    line = CostLine(
        name=f"crews of {attended} attended sites for {TERM_DAYS} days",
        amount=CREW * Interval.exactly(attended * TERM_DAYS),
        unit="troop-day",
        price=factors.interval("cost.troop_day"),
        source=troop_day.source,
    )
    return Proposal(
        kind=ProposalKind.SITES,
        made_s=made_s,
        summary=_summary(plan),
        checks=checked(_pairings(plan, area, status, on=on, until=until), ask),
        cost=Cost.of([line], scope=INCREMENTAL),
        readiness=(
            f"{attended} attended sites need {CREW.best * attended:,.0f} people",
        ),
        body={
            "from": on.isoformat(),
            "until": until.isoformat(),
            "task": TASK,
            "status": status,
            "sites": [
                {**asdict(site), "phase_s": sight.phase_s}
                for site, sight in zip(plan.sites, plan.sights, strict=True)
            ],
            "kinds": {name: record_of(kind) for name, kind in plan.kinds.items()},
            "objective": plan.objective,
            "bound": plan.bound,
            "demand_covered": plan.demand_covered,
            "planned_chance": plan.planned_chance,
            "terrain_generated": plan.terrain_generated,
            "terrain_source": plan.terrain_source,
            "light": plan.light,
        },
    )


def _pairings(
    plan: SitePlan, area: Area, status: str, *, on: date, until: date
) -> list[Pairing]:
    """Return who watches where: by sector, by site where a zone has known edges."""
    by_site = any(zone.edges_known for zone in area.zones)
    return [
        Pairing(
            task=TASK,
            status=status,
            place=sector if not by_site else f"{site.name}, {sector}",
            sector=sector,
            on=on,
            until=until,
            from_m=site.chainage_m if by_site else None,
        )
        for site in plan.sites
        for sector in (area.sector_at(site.chainage_m).name,)
    ]


def _summary(plan: SitePlan) -> str:
    """Say the plan in a sentence or two."""
    kinds = dict.fromkeys(site.kind for site in plan.sites)
    counts = [(kind, sum(site.kind == kind for site in plan.sites)) for kind in kinds]
    sensors = ", ".join(f"{count} {kind}" for kind, count in counts)
    ground = " on generated relief" if plan.terrain_generated else ""
    own = [name for name, kind in plan.kinds.items() if kind != KINDS.get(name)]
    figures = f"; with figures of the scenario's own for {', '.join(own)}"
    return (
        f"{len(plan.sites)} sensors ({sensors}){ground}: {plan.objective:.1%} of "
        f"crossings expected to be confirmed; no choice from the same candidates "
        f"exceeds {plan.bound:.1%}{figures if own else ''}"
    )


def ordered_posts(proposal: Proposal, area: Area) -> list[Post]:
    """Stand the sensors of a decided proposal where it says, with the figures it holds.

    Raises
    ------
    BadValue, UnknownName
        If the proposal is not about sites, a site in it is not whole, or it holds no
        figures of a site's kind that can be read.
    """
    sites = proposal.body.get("sites")
    if proposal.kind is not ProposalKind.SITES or not isinstance(sites, list):
        raise BadValue("proposal", "one of sites", proposal.kind.value)
    kinds = _kinds_in(proposal)
    return [stand_post(entry, area, kinds) for entry in sites]


def _kinds_in(proposal: Proposal) -> Mapping[str, SensorKind]:
    """Read the kinds that a proposal holds; one that holds none is from before."""
    told = proposal.body.get("kinds")
    if told is None:
        return KINDS
    if not isinstance(told, Mapping):
        raise BadValue(f"kinds of {proposal.id}", "a table", repr(told)[:80])
    kinds = {}
    for name, record in told.items():
        if not isinstance(record, Mapping):
            raise BadValue(f"figures of {name}", "a table", repr(record)[:80])
        kinds[name] = kind_from(name, record)
    return kinds


def stand_post(entry: object, area: Area, kinds: Mapping[str, SensorKind]) -> Post:
    """Stand the sensor of one entry of a proposal, or of an order in the log.

    Parameters
    ----------
    entry : mapping
        The site, its phase and its cell.
    area : Area
        The ground.
    kinds : mapping of str to SensorKind
        The kinds that the proposal or the log holds.

    Raises
    ------
    BadValue, UnknownName
        If the entry is not whole, or there are no figures of its kind.
    """
    if not isinstance(entry, Mapping):
        raise BadValue("site", "a table", repr(entry)[:80])
    words = dict(entry)
    try:
        phase_s = float(words.pop("phase_s"))
        cell_m = float(words.pop("cell_m", CELL_M))
        site = Site(**words)
        stand = Stand(
            name=site.name,
            x_m=float(site.x_m),
            y_m=float(site.y_m),
            mast_m=float(site.mast_m),
            phase_s=phase_s,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadValue("site", "whole", f"{error}") from error
    kind = kind_named(site.kind, kinds)
    sight = place(area.terrain, kind, stand, cell_m=cell_m)
    return Post(site=site, sight=sight)
