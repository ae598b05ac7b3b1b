"""The command ``linewatch plan deploy``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.force.asking import read_authority
from linewatch.measure.clock import to_epoch_s
from linewatch.plan.cost import in_millions
from linewatch.plan.decision import read_chain
from linewatch.plan.deploy import (
    DeployPlan,
    propose_deploy,
    read_deploy,
)
from linewatch.plan.deploy import (
    plan_deploy as make_plan,
)
from linewatch.plan.factors import read_factors
from linewatch.plan.proposal import Proposal, write_proposal
from linewatch.plan.readiness_read import read_readiness
from linewatch.scenario import BUILT_IN, read_scenario


def plan_deploy(
    *,
    scenario: Path = BUILT_IN,
    out: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Propose arrival by week within lift and reception.

    Parameters
    ----------
    scenario
        Folder of the scenario.
    out
        File to write the proposal to, for those who decide.
    as_json
        Print the proposal as one JSON object instead of tables.
    """
    mission = read_scenario(scenario)
    deploy, factors = read_deploy(mission), read_factors(mission)
    plan = make_plan(deploy, factors)
    proposal = propose_deploy(
        plan,
        deploy,
        factors,
        ask=read_authority(mission),
        made_s=to_epoch_s(deploy.start.isoformat()),
        tables=read_readiness(mission, read_chain(mission)),
    )
    if out is not None:
        write_proposal(out, proposal)
    if as_json:
        print(json.dumps(proposal.to_dict(), sort_keys=True))
    else:
        _print_plan(plan)
        print_proposal(proposal, out)


def print_proposal(proposal: Proposal, out: Path | None) -> None:
    """Tell what those who decide must know of a proposal."""
    print(f"Cost: USD {in_millions(proposal.cost)}, {proposal.cost.scope}.")
    for said in proposal.readiness:
        print(f"Readiness: {said}.")
    conditional = sum(check.answer == "conditional" for check in proposal.checks)
    print(
        f"Authority: {len(proposal.checks)} tasks checked, none prohibited, "
        f"{conditional} with conditions still open."
    )
    if proposal.conditions:
        said = ", ".join(what.replace("_", " ") for what in proposal.conditions)
        print(f"Open: {said}.")
    where = f" in {out}" if out else "; keep it with --out FILE"
    print(f"Proposal {proposal.id}{where}. It is no order until someone decides.")


def _print_plan(plan: DeployPlan) -> None:
    """Print the weeks and the limits as tables."""
    print(f"{'week of':<12}{'people':>8}{'so far':>8}{'pieces':>8}")
    for week in plan.by_week():
        print(
            f"{week.start!s:<12}{week.people:>8,}{week.people_so_far:>8,}"
            f"{week.pieces:>8,}"
        )
    margin = (plan.in_place_by - plan.complete_on).days
    print(
        f"All {plan.people:,} in place by {plan.complete_on}, {margin} days before "
        f"{plan.in_place_by}; plan {plan.status.value}."
    )
    late = [arrival for arrival in plan.arrivals if arrival.days_late]
    for arrival in late:
        what = f"{arrival.movement.movement} {arrival.movement.unit}"
        print(f"Late: {what}, {arrival.days_late} days after its required date.")
    if not late:
        print(f"All {len(plan.arrivals)} movements meet their required dates.")
    print("What holds it:")
    for hold in plan.holds:
        count = f"{hold.people:,} people, {hold.pieces:,} pieces"
        print(f"  {count}: {hold.limit} ({', '.join(hold.movements)})")
