"""The command ``linewatch plan works``."""

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from linewatch.cli.plan_deploy import print_proposal
from linewatch.force.asking import read_authority
from linewatch.measure.clock import to_epoch_s
from linewatch.plan.cost import in_millions
from linewatch.plan.factors import Factors, read_factors
from linewatch.plan.proposal import write_proposal
from linewatch.plan.works import Rates, WorksData, WorksPlan, propose_works, read_works
from linewatch.plan.works import plan_works as make_plan
from linewatch.scenario import BUILT_IN, read_scenario


def plan_works(
    *,
    scenario: Path = BUILT_IN,
    out: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Propose works along the line with crews and dates.

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
    works, factors = read_works(mission), read_factors(mission)
    plan = make_plan(works, factors)
    made_s = to_epoch_s(works.start.isoformat())
    proposal = propose_works(plan, ask=read_authority(mission), made_s=made_s)
    if out is not None:
        write_proposal(out, proposal)
    if as_json:
        print(json.dumps(proposal.to_dict(), sort_keys=True))
    else:
        _print_plan(plan)
        _print_rates(plan, works, factors)
        print_proposal(proposal, out)


def _print_plan(plan: WorksPlan) -> None:
    """Print the works as a table."""
    print(
        f"{'work':<6}{'kind':<16}{'km':<14}{'crew':<6}{'start':<12}{'finish':<12}"
        f"{'m/day':>6}  cost USD, best (low to high)"
    )
    for planned in plan.works:
        work = planned.work
        stretch = f"{work.from_km:g} - {work.to_km:g}"
        late = f", {planned.days_late} days late" if planned.days_late else ""
        print(
            f"{work.work:<6}{work.kind:<16}{stretch:<14}{planned.crew.crew:<6}"
            f"{planned.start!s:<12}{planned.finish!s:<12}{planned.metres_per_day:>6.0f}"
            f"  {in_millions(planned.cost)}{late}"
        )
    late_works = sum(planned.days_late > 0 for planned in plan.works)
    print(
        f"{len(plan.works)} works, {plan.length_m / 1000:.1f} km, finished by "
        f"{plan.finish}; {late_works} late; plan {plan.status.value}."
    )


def _print_rates(plan: WorksPlan, works: WorksData, factors: Factors) -> None:
    """Say how far the rates of manuals lie from those of missions."""
    rates = Rates(factors=factors, lat_deg=works.lat_deg)
    kinds = sorted({planned.work.kind for planned in plan.works})
    said = ", ".join(f"{kind} {rates.calibration(kind):.1%}" for kind in kinds)
    print(f"Dates at the {plan.rate.replace('_', '-')} rate. Of a crew's rate at work,")
    print(f"whole missions reached or are assumed to reach: {said}.")
