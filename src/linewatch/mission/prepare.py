"""Preparing a mission: the stages up to the orders, one after the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Final

from linewatch.area import Area, read_area
from linewatch.force import Force, read_force
from linewatch.force.asking import Authority, read_authority
from linewatch.log import Roster, Signer
from linewatch.log.roster import roster_of
from linewatch.measure.clock import to_date, to_epoch_s, to_iso
from linewatch.mission.sites import propose_sites, site_kinds, site_settings
from linewatch.plan import (
    Decision,
    Proposal,
    Verdict,
    decide,
    read_chain,
    read_factors,
)
from linewatch.plan.deploy import DeployPlan, plan_deploy, propose_deploy, read_deploy
from linewatch.plan.readiness_read import read_readiness
from linewatch.plan.siting import SitePlan, plan_sites
from linewatch.plan.works import WorksPlan, plan_works, propose_works, read_works
from linewatch.scenario import Scenario
from linewatch.watch.post import Post, posts_of

Tell = Callable[[str, str], None]
"""Told the name of a stage and what it came to, in one line."""

Progress = Callable[[str, float], None]
"""Told what is under way and the share of it that is done [-]."""

DECIDERS: Final = {
    "deploy": "Secretary of Defense",
    "sites": "JTF-SB commander",
    "works": "JTF-SB commander",
}
"""Offices that decide in an exercise; in earnest `linewatch decide` records them."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """A mission whose proposals lie ready.

    Parameters
    ----------
    scenario : Scenario
        What it was made from.
    area, force
        The ground; who is there.
    start_s : float
        Start of the watch, seconds of UTC since 1970 [s].
    before, after : date
        Dates of the force before the order and once it is in place.
    deploy_plan, site_plan, works_plan
        The plans.
    proposals : tuple of Proposal
        Deployment, sites and works, as they are laid before those who decide.
    authority : Authority
        Rules, zones and records, to be asked again before anything is ordered.
    """

    scenario: Scenario
    area: Area
    force: Force
    start_s: float
    before: date
    after: date
    deploy_plan: DeployPlan
    site_plan: SitePlan
    works_plan: WorksPlan
    proposals: tuple[Proposal, Proposal, Proposal]
    authority: Authority

    @property
    def posts(self) -> tuple[Post, ...]:
        """The posts that the sites order, once decided."""
        return posts_of(self.site_plan.sites, self.site_plan.sights)


def prepare(
    scenario: Scenario,
    *,
    cache: Path | None = None,
    tell: Tell = lambda _stage, _what: None,
    progress: Progress = lambda _what, _share: None,
) -> Prepared:
    """Load the line, count the force, and plan arrival, sites and works.

    Parameters
    ----------
    scenario : Scenario
        The mission.
    cache : Path, optional
        Folder in which slow plans are kept between runs.
    tell : callable, optional
        Told each stage's result in one line.
    progress : callable, optional
        Told how far long work is.
    """
    area = read_area(scenario)
    tell("area", _told_area(area))
    force = read_force(scenario)
    before = to_date(scenario.when("start")[:10])
    start_s = to_epoch_s(scenario.when("watch"))
    after = to_date(scenario.when("watch")[:10])
    tell("force", _told_force(force, before, after))
    factors, ask = read_factors(scenario), read_authority(scenario, area)
    made_s = to_epoch_s(before.isoformat())

    deploy = read_deploy(scenario)
    deploy_plan = plan_deploy(deploy, factors)
    tables = read_readiness(scenario, read_chain(scenario))
    to_deploy = propose_deploy(
        deploy_plan, deploy, factors, ask=ask, made_s=made_s, tables=tables
    )
    tell("deploy", to_deploy.summary)

    site_plan = plan_sites(
        area,
        force.kit(after),
        site_settings(scenario, area, after),
        kinds=site_kinds(scenario).kinds,
        cache=cache,
        progress=progress,
    )
    to_site = propose_sites(
        site_plan,
        area=area,
        ask=ask,
        factors=factors,
        on=after,
        made_s=made_s,
    )
    tell("sites", to_site.summary)

    works_plan = plan_works(read_works(scenario), factors)
    to_work = propose_works(works_plan, ask=ask, made_s=made_s)
    tell("works", to_work.summary)
    return Prepared(
        scenario=scenario,
        area=area,
        force=force,
        start_s=start_s,
        before=before,
        after=after,
        deploy_plan=deploy_plan,
        site_plan=site_plan,
        works_plan=works_plan,
        proposals=(to_deploy, to_site, to_work),
        authority=ask,
    )


def exercise_decisions(prepared: Prepared) -> tuple[Decision, ...]:
    """Return the decisions of an exercise: each proposal approved, with that caveat.

    An exercise is the only place where Linewatch decides anything, and the log says so.
    """
    chain = read_chain(prepared.scenario)
    return tuple(
        decide(
            proposal,
            by=DECIDERS[proposal.kind],
            answer=Verdict.APPROVE,
            at_s=proposal.made_s,
            chain=chain,
            ask=prepared.authority,
            caveats=("exercise: no such decision was made",),
        )
        for proposal in prepared.proposals
    )


def exercise_signers(prepared: Prepared) -> tuple[Signer, ...]:
    """Return the offices' keys of an exercise, the same at every preparation.

    They follow from the mission's name and start, so that a replay signs alike. Anyone
    can make them: they show how signatures work, and prove nothing.
    """
    name = str(prepared.scenario.table("scenario").get("name", prepared.area.name))
    told = f"linewatch exercise key|{name}|{to_iso(prepared.start_s)}|"
    return tuple(
        Signer.from_seed(office, sha256((told + office).encode()).digest())
        for office in sorted(set(DECIDERS.values()))
    )


def exercise_roster(prepared: Prepared) -> Roster:
    """Return the roster that the decisions of an exercise hold against."""
    from_s = min(proposal.made_s for proposal in prepared.proposals)
    return roster_of(exercise_signers(prepared), from_s=from_s)


def _told_area(area: Area) -> str:
    """Say the ground in one line."""
    ground = area.terrain.source if area.terrain.generated else "terrain of a file"
    return (
        f"{area.name}: {area.line.length_m / 1000:,.1f} km, "
        f"{len(area.sectors)} sectors, {len(area.ports)} ports of entry; {ground}"
    )


def _told_force(force: Force, before: date, after: date) -> str:
    """Say the strengths in one line."""
    first, then = force.strength(before), force.strength(after)
    return (
        f"{first.present:,} present and {first.approved:,} approved on {before}; "
        f"{then.present:,} present on {after}"
    )
