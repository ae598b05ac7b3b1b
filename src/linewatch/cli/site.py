"""The command ``linewatch site``."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter, Token

from linewatch.cli.outputs import never_over
from linewatch.cli.telling import tell
from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.choose import Choice, Effort, Limits, choose
from linewatch.plan.siting.exact import Cheapest, cover_all, is_small, sharpened
from linewatch.plan.siting.files import Table, read_cover, write_chosen, write_periods
from linewatch.plan.siting.median import p_median
from linewatch.plan.siting.moving import Moving, choose_moving
from linewatch.plan.siting.rulefiles import RuleFiles, read_distances, with_rules

FLAG = Parameter(negative="")


def whole(kind: object, tokens: Sequence[Token]) -> int:
    """Read a whole number as it stands: 1.5 is none."""
    del kind
    try:
        return int(tokens[0].value)
    except ValueError as error:
        told = f"must be a whole number, not {tokens[0].value}"
        raise ValueError(told) from error


WHOLE = Parameter(converter=whole)


def site(
    *,
    sites: Path,
    demand: Path,
    cover: Path,
    out: Path,
    choose_count: Annotated[
        int | None, Parameter(name="--choose", converter=whole)
    ] = None,
    budget: float | None = None,
    everything: Annotated[bool, Parameter(name="--cover-all", negative="")] = False,
    nearest: Annotated[int | None, WHOLE] = None,
    backup: Annotated[int, WHOLE] = 1,
    expected: Annotated[bool, FLAG] = False,
    kinds: Path | None = None,
    crews: Path | None = None,
    existing: Path | None = None,
    forbidden: Path | None = None,
    spacing: float | None = None,
    links: Path | None = None,
    gateways: Path | None = None,
    moves: Annotated[int | None, WHOLE] = None,
    kicks: Annotated[int, WHOLE] = 500,
    rounds: Annotated[int, WHOLE] = 2_000,
    workers: Annotated[int, WHOLE] = 1,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Choose sites from a cover table.

    Parameters
    ----------
    sites
        CSV file: site[,cost][,kind][,place][,x,y][,lon_deg,lat_deg]. Sites of one place
        share it: one of them at most is chosen.
    demand
        CSV file: cell,weight[,period].
    cover
        CSV file, plain or gzip, or parquet: site,cell[,prob]; or the .npz file of
        linewatch cover. With --nearest: site,cell,distance.
    out
        File for the chosen sites.
    choose_count
        Number of sites to choose.
    budget
        Cost to stay within; may be given beside a number.
    everything
        Choose the cheapest sites that cover every cell, instead.
    nearest
        Choose this number of sites, as near to the demand as can be, instead.
    backup
        Sites that must cover a cell for it to count.
    expected
        Count the expected weight detected, with the chances of the cover file.
    kinds
        CSV file: kind,at_most[,crew,takes]. Sites of each kind, and crews each takes.
    crews
        CSV file: crew,have. Crews of the force.
    existing
        CSV file: site,stays; fixed ones are chosen in any case, free ones at no cost.
    forbidden
        CSV file: site. Never chosen.
    spacing
        Least distance of two chosen sites in metres, by lon_deg and lat_deg; where the
        sites have none, by x and y in metres.
    links
        CSV file: site,other. Who can talk to whom; every chosen site must reach a
        gateway over chosen ones.
    gateways
        CSV file: site. Gateways, sites themselves or names of the links alone.
    moves
        Units that may move between two periods, where the demand has periods.
    kicks
        Times to shake a choice and improve it anew; more takes longer.
    rounds
        Steps of the bound; more takes longer.
    workers
        Threads of the bound on large tables.
    as_json
        Print one JSON object instead of lines.
    """
    read = (sites, demand, cover, kinds, crews, existing, forbidden, links, gateways)
    never_over((out,), read)
    limited = choose_count is not None or budget is not None
    _one_limit(limited or kinds is not None, everything, nearest, limited)
    _least(("--kicks", kicks, 0), ("--rounds", rounds, 1), ("--workers", workers, 1))
    _least(("--backup", backup, 1), ("--choose", choose_count, 1))
    _least(("--budget", budget, 0), ("--moves", moves, 0), ("--spacing", spacing, 0))
    _together(backup, moves, expected=expected, everything=everything)
    if nearest is not None:
        _alone(
            backup > 1 or expected, kinds, crews, existing, forbidden, links, gateways,
            spacing, moves,
        )  # fmt: skip
        effort = Effort(kicks=kicks, rounds=rounds)
        _nearest((sites, demand, cover), nearest, effort, out, as_json=as_json)
        return
    table = read_cover(sites, demand, cover)
    if not expected:
        table = table.made_sure()
    files = RuleFiles(
        kinds=kinds, crews=crews, existing=existing, forbidden=forbidden,
        links=links, gateways=gateways, spacing_m=spacing,
    )  # fmt: skip
    table, limits = with_rules(
        table, files, total=choose_count,
        budget=math.inf if budget is None else budget,
    )  # fmt: skip
    _enough(table, limits, backup, everything=everything)
    if everything:
        found = cover_all(table.cover, backup=backup, limits=limits)
        _whole(found, table, out, as_json=as_json)
        return
    _check(table, limits, choose_count, budget)
    effort = Effort(kicks=kicks, rounds=rounds, workers=workers)
    progress = None if as_json else tell
    if moves is not None:
        if not table.periods:
            rule = "left out where the demand has no column 'period'"
            raise BadValue("--moves", rule, moves)
        moving = choose_moving(
            table.cover, table.by_period, limits,
            moves=moves, backup=backup, effort=effort, progress=progress,
        )  # fmt: skip
        _periods(moving, table, out, as_json=as_json)
        return
    choice = choose(
        table.cover, limits, backup=backup, effort=effort, progress=progress
    )
    if is_small(table.cover):
        choice = sharpened(table.cover, limits, choice, backup=backup)
    _some(choice, table, limits)
    write_chosen(out, [table.names[s] for s in choice.sites])
    _tell(choice, table, as_json=as_json)


def _one_limit(some: bool, everything: bool, nearest: int | None, told: bool) -> None:
    """Refuse two objectives at once, and none."""
    if (everything and (told or nearest is not None)) or not (
        some or everything or nearest is not None
    ):
        got = "several" if everything else "none"
        rule = "one of --choose, --budget, --kinds, --cover-all and --nearest"
        raise BadValue("the limit", rule, got)
    if nearest is not None and some:
        raise BadValue("--nearest", "given without another limit", "with one")


def _least(*told: tuple[str, float | None, int]) -> None:
    """Refuse numbers below what each option takes at least, NaN among them."""
    for name, value, least in told:
        if value is not None and not value >= least:
            raise BadValue(name, f"{least} or more", value)


def _together(
    backup: int, moves: int | None, *, expected: bool, everything: bool
) -> None:
    """Refuse objectives that do not go together."""
    if backup > 1 and expected:
        raise BadValue("--backup", "1 with --expected", backup)
    if everything and moves is not None:
        raise BadValue("--moves", "left out with --cover-all", moves)
    if everything and expected:
        raise BadValue("--expected", "left out with --cover-all", "given")


def _alone(*rules: object) -> None:
    """Refuse rules beside `--nearest`, which keeps none."""
    if any(rule is not None and rule is not False for rule in rules):
        raise BadValue("--nearest", "given without rules, moves and backup", "with one")


def _enough(table: Table, limits: Limits, backup: int, *, everything: bool) -> None:
    """Refuse a backup that no cell can have."""
    if backup == 1:
        return
    sites = table.cover.sites
    if backup > sites:
        raise BadValue("--backup", f"1 to the {sites} sites there are", backup)
    if everything:
        return
    shut = limits.barred_of(sites)
    pairs = np.repeat(~shut, np.diff(table.cover.ptr))
    often = np.bincount(table.cover.ind[pairs], minlength=table.cover.cells)
    most = int(often.max(initial=0))
    if backup > most:
        rule = f"at most {most}, the most sites that can cover one cell"
        raise BadValue("--backup", rule, backup)
    total = limits.counts_of(table.cover)[1] + int(limits.held_of(sites).sum())
    if backup > total:
        rule = f"at most {total}, the sites that may be chosen"
        raise BadValue("--backup", rule, backup)


def _check(
    table: Table, limits: Limits, count: int | None, budget: float | None
) -> None:
    """Check the limit against the sites."""
    if count is not None and not 0 < count <= table.cover.sites:
        rule = f"from 1 to the {table.cover.sites} sites there are"
        raise BadValue("--choose", rule, count)
    held = limits.held_of(table.cover.sites)
    open_sites = ~held & ~limits.barred_of(table.cover.sites)
    least = float(table.cover.cost[open_sites].min(initial=math.inf))
    if budget is not None and not budget >= least and not held.any():
        raise BadValue("--budget", f"{least:g}, the cheapest site, or more", budget)


def _some(choice: Choice, table: Table, limits: Limits) -> None:
    """Refuse to answer with no site where some would be worth having: say why."""
    worth = np.unique(np.repeat(np.arange(table.cover.sites), np.diff(table.cover.ptr)))
    if len(choice.sites) or not worth.size:
        return
    reasons = []
    for s in worth.tolist():
        alone = np.zeros(table.cover.sites, bool)
        alone[s] = True
        reasons.append(limits.broken(table.cover, alone))
    clash = tuple(dict.fromkeys(r for r in reasons if r is not None))
    if clash and None not in reasons:
        raise NoPlan(("at least one site", *clash))


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


def _periods(moving: Moving, table: Table, out: Path, *, as_json: bool) -> None:
    """Write and print a choice for each period."""
    chosen = {
        period: [table.names[s] for s in sites]
        for period, sites in zip(table.periods, moving.sites, strict=True)
    }
    write_periods(out, chosen)
    total = float(table.by_period.sum())
    if as_json:
        facts = {
            "objective": moving.objective,
            "bound": moving.bound,
            "gap": moving.gap,
            "status": moving.proof.value,
            "periods": chosen,
            "moves": list(moving.moves),
            "without_moves": moving.fixed,
            "demand": total,
        }
        print(json.dumps(facts))
        return
    for period, names in chosen.items():
        print(f"{period}: {', '.join(names)}")
    told = ", ".join(map(str, moving.moves)) or "none"
    print(
        f"Worth {moving.objective:,.6g} of {total:,.6g}; {moving.fixed:,.6g} without "
        f"moves. New between periods: {told}."
    )
    print(f"No such choice exceeds {moving.bound:,.6g}: gap {moving.gap:.3%}.")


def _nearest(
    files: tuple[Path, Path, Path],
    count: int,
    effort: Effort,
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Choose the sites nearest to the demand, write and print them."""
    names, distance, weight, beyond = read_distances(*files)
    if not 1 <= count <= len(names):
        rule = f"from 1 to the {len(names)} sites there are"
        raise BadValue("--nearest", rule, count)
    progress = None if as_json else tell
    found = p_median(distance, count, weight=weight, effort=effort, progress=progress)
    own = distance[:, found.sites].min(axis=1)
    lost = int(((own >= beyond) & (weight > 0)).sum())
    if lost:
        told = f"every cell at some distance of one of them ({lost} are not)"
        raise NoPlan((f"{count} sites", told))
    write_chosen(out, [names[s] for s in found.sites])
    if as_json:
        facts = {
            "objective": found.objective,
            "bound": found.bound,
            "gap": found.gap,
            "status": found.proof.value,
            "sites": [names[s] for s in found.sites],
        }
        print(json.dumps(facts))
        return
    mean = found.objective / weight.sum() if weight.sum() else 0.0
    print(
        f"{count} sites at a weighted distance of {found.objective:,.6g} "
        f"({mean:,.6g} on average)."
    )
    print(f"No choice stays under {found.bound:,.6g}: gap {found.gap:.3%}.")
