"""The command ``linewatch site``."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter

from linewatch.errors import BadValue
from linewatch.plan.siting.choose import Choice, Effort, Limits, choose
from linewatch.plan.siting.exact import Cheapest, cover_all, is_small, sharpened
from linewatch.plan.siting.files import Table, read_cover, write_chosen

FLAG = Parameter(negative="")


def site(
    *,
    sites: Path,
    demand: Path,
    cover: Path,
    out: Path,
    choose_count: Annotated[int | None, Parameter(name="--choose")] = None,
    budget: float | None = None,
    everything: Annotated[bool, Parameter(name="--cover-all", negative="")] = False,
    backup: int = 1,
    expected: Annotated[bool, FLAG] = False,
    kicks: int = 0,
    rounds: int = 3_000,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Choose sites from a cover table.

    Parameters
    ----------
    sites
        CSV file: site[,cost].
    demand
        CSV file: cell,weight.
    cover
        CSV file, plain or gzip: site,cell[,prob].
    out
        File for the chosen sites.
    choose_count
        Number of sites to choose.
    budget
        Cost to stay within, instead of a number.
    everything
        Choose the cheapest sites that cover every cell, instead.
    backup
        Sites that must cover a cell for it to count.
    expected
        Count the expected weight detected, with the chances of the cover file.
    kicks
        Times to shake a choice and improve it anew; more takes longer.
    rounds
        Steps of the bound; more takes longer.
    as_json
        Print one JSON object instead of lines.
    """
    if sum((choose_count is not None, budget is not None, everything)) != 1:
        raise BadValue("the limit", "one of --choose, --budget and --cover-all", "more")
    if backup > 1 and expected:
        raise BadValue("--backup", "1 with --expected", backup)
    table = read_cover(sites, demand, cover)
    if not expected and table.has_chances:
        sure = np.ones_like(table.cover.prob)
        table = replace(table, cover=replace(table.cover, prob=sure))
    if everything:
        if expected:
            raise BadValue("--expected", "left out with --cover-all", "given")
        _whole(cover_all(table.cover, backup=backup), table, out, as_json=as_json)
        return
    limits = _limits(table, choose_count, budget)
    effort = Effort(kicks=kicks, rounds=rounds)
    choice = choose(table.cover, limits, backup=backup, effort=effort)
    if is_small(table.cover):
        choice = sharpened(table.cover, limits, choice, backup=backup)
    write_chosen(out, [table.names[s] for s in choice.sites])
    _tell(choice, table, as_json=as_json)


def tell(stage: str, share: float) -> None:
    """Show how far the work is on a terminal, and nothing elsewhere."""
    if sys.stderr.isatty():
        bar = "#" * round(share * 30)
        end = "\n" if share >= 1 else ""
        print(
            f"\r{stage} [{bar:<30}] {share:4.0%}", end=end, file=sys.stderr, flush=True
        )


def _limits(table: Table, count: int | None, budget: float | None) -> Limits:
    """Check the limit against the sites."""
    if count is not None:
        if not 0 < count <= table.cover.sites:
            rule = f"from 1 to the {table.cover.sites} sites there are"
            raise BadValue("--choose", rule, count)
        return Limits(count=(count,))
    least = float(table.cover.cost.min())
    if budget is None or not budget >= least:
        raise BadValue("--budget", f"{least:g}, the cheapest site, or more", budget)
    return Limits(budget=budget)


def _tell(choice: Choice, table: Table, *, as_json: bool) -> None:
    """Print a choice with its bound and gap."""
    total = float(table.cover.weight.sum())
    if as_json:
        facts = {
            "objective": choice.objective,
            "bound": choice.bound,
            "gap": choice.gap,
            "status": choice.proof.value,
            "sites": [table.names[s] for s in choice.sites],
            "cost": choice.cost,
            "greedy": choice.greedy,
            "demand": total,
        }
        print(json.dumps(facts))
        return
    share = choice.objective / total if total else 0.0
    print(
        f"{len(choice.sites)} sites at cost {choice.cost:g} are worth "
        f"{choice.objective:,.6g} of {total:,.6g} ({share:.1%})."
    )
    print(f"No choice exceeds {choice.bound:,.6g}: gap {choice.gap:.3%}.")


def _whole(found: Cheapest, table: Table, out: Path, *, as_json: bool) -> None:
    """Write and print the cheapest cover of everything."""
    write_chosen(out, [table.names[s] for s in found.sites])
    if as_json:
        facts = {
            "objective": found.cost,
            "bound": found.bound,
            "gap": found.gap,
            "status": found.proof.value,
            "sites": [table.names[s] for s in found.sites],
            "cost": found.cost,
            "uncoverable": found.uncoverable,
        }
        print(json.dumps(facts))
        return
    what = "every cell that can be covered" if found.uncoverable else "every cell"
    print(f"{len(found.sites)} sites at cost {found.cost:g} cover {what}.")
    print(f"No such choice costs less than {found.bound:g}: gap {found.gap:.3%}.")
    if found.uncoverable:
        print(f"Cells left short, for they have too few sites: {found.uncoverable:,}.")
