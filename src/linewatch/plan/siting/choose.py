"""Choosing sites from a cover table, with a proven bound on how good any choice is."""

import math
from dataclasses import replace

import numpy as np

from linewatch.errors import BadValue, NoPlan
from linewatch.plan.siting.backup import backup_bound
from linewatch.plan.siting.bound import bound_of
from linewatch.plan.siting.chain import ChainSearch
from linewatch.plan.siting.cover import Cover, Floats, merged, unit_of
from linewatch.plan.siting.cuts import broken_cuts, cut_rows, open_links
from linewatch.plan.siting.limits import (
    PROVEN_GAP,
    Choice,
    Effort,
    Flags,
    Limits,
    Links,
    Progress,
    Proof,
    Rows,
)
from linewatch.plan.siting.linked import linked_bound
from linewatch.plan.siting.narrow import narrowed, weighed
from linewatch.plan.siting.search import GeneralSearch, Search, SureSearch, gains_alone
from linewatch.plan.siting.services import chance_bound

__all__ = [
    "PROVEN_GAP",
    "Choice",
    "Effort",
    "Limits",
    "Links",
    "Progress",
    "Proof",
    "Rows",
    "choose",
]

PLAIN_PART: int = 4
"""Linked sites are also bounded as if they were not, with one round in so many."""

SEARCH: str = "search"
BOUND: str = "bound"
"""The stages that are told."""

CUTS_AGAIN: int = 3
"""Times that a bound of linked backup is sought anew with the cuts that it broke."""


def choose(
    cover: Cover,
    limits: Limits,
    *,
    backup: int = 1,
    effort: Effort | None = None,
    progress: Progress | None = None,
) -> Choice:
    """Choose the sites that are worth most together.

    Parameters
    ----------
    cover : Cover
        Sites by cells. Where chances are below 1, the expected weight detected by at
        least one site counts.
    limits : Limits
        What may be chosen.
    backup : int, default 1
        Sites that must cover a cell for it to count.
    effort : Effort, optional
        How long to try.
    progress : callable, optional
        Told the stage and the share done, between kicks and steps of the bound.

    Returns
    -------
    Choice
        Never worth less than taking the best site again and again.

    Raises
    ------
    BadValue
        If `backup` is below 1, or above 1 with chances below 1.
    NoPlan
        If the held sites alone break a rule.

    Notes
    -----
    Identical cells are merged; sites are taken greedily [1]_ with old gains as bounds
    [2]_; single sites are exchanged [3]_ after small kicks; and the volume algorithm
    [4]_ lowers a bound in which overlapping sites are put into clusters, whose choices
    are counted exactly.

    References
    ----------
    .. [1] G. L. Nemhauser, L. A. Wolsey and M. L. Fisher, "An analysis of
       approximations for maximizing submodular set functions I," Math. Program. 14
       (1978) 265-294, doi:10.1007/BF01588971.
    .. [2] M. Minoux, "Accelerated greedy algorithms for maximizing submodular set
       functions," LNCIS 7 (1978) 234-243, doi:10.1007/BFb0006528.
    .. [3] M. G. C. Resende and R. F. Werneck, "A fast swap-based local search procedure
       for location problems," Ann. Oper. Res. 150 (2007) 205-230,
       doi:10.1007/s10479-006-0154-0.
    .. [4] F. Barahona and R. Anbil, "The volume algorithm: producing primal solutions
       with a subgradient method," Math. Program. 87 (2000) 385-399,
       doi:10.1007/s101070050002.
    """
    if backup < 1:
        raise BadValue("backup", "1 or more", backup)
    if backup > 1 and not cover.is_sure:
        raise BadValue("backup", "1 where chances are below 1", backup)
    effort = effort or Effort()
    if broken := limits.broken(cover, limits.held_of(cover.sites)):
        raise NoPlan((broken, "the sites that must stay"))
    limits = narrowed(cover, limits)
    weight = weighed(cover, cover.weight, limits, backup)
    table, _ = merged(replace(cover, weight=weight))
    unit = unit_of(table.weight)
    table = replace(table, weight=table.weight / unit)
    search = _search(table, limits, backup)
    greedy = search.fill()
    kicks = effort.telling(progress, SEARCH)
    search.improve(kicks, math.inf)
    kicks.tell(1)
    objective, taken = search.objective, search.taken.copy()
    steps, effort = effort.telling(progress, BOUND), replace(effort, told=None)
    if limits.links is not None:
        bound, share = _linked(table, limits, backup, (taken, objective), steps)
        if bound > objective and search.follow(share, effort):
            objective, taken = search.objective, search.taken
    elif backup == 1 and table.is_sure:
        bound = bound_of(table, limits, taken, objective, steps)
    else:

        def follow(share: Floats) -> float:
            search.follow(share, effort)
            return search.objective

        known = (taken, objective, steps, follow)
        if backup > 1:
            bound, _ = backup_bound(table, limits, backup, *known)
        else:
            bound = chance_bound(table, limits, *known)
        objective, taken = search.objective, search.taken
    steps.tell(1)
    sites = np.flatnonzero(taken)
    order = np.argsort(-gains_alone(table)[sites], kind="stable")
    return Choice(
        sites=sites[order],
        objective=objective * unit,
        bound=max(bound, objective) * unit,
        cost=float(cover.cost[sites].sum()),
        greedy=greedy * unit,
    )


def _linked(
    table: Cover,
    limits: Limits,
    backup: int,
    known: tuple[Flags, float],
    effort: Effort,
) -> tuple[float, Floats]:
    """Return the bound of linked sites, and how often each was chosen for it."""
    if backup == 1:
        rounds, parts = -(-effort.rounds // PLAIN_PART), (1, PLAIN_PART)
        quick = replace(effort, rounds=rounds, told=effort.part(0, parts))
        unlinked = bound_of if table.is_sure else chance_bound
        plain = unlinked(table, limits, *known, quick)
        slow = replace(effort, told=effort.part(1, parts))
        bound, share = linked_bound(table, limits, *known, slow)
        return min(plain, bound), share
    stages = (1,) * (1 + CUTS_AGAIN)
    now = replace(effort, told=effort.part(0, stages))
    bound, share = backup_bound(table, limits, backup, *known, now)
    for n in range(CUTS_AGAIN):
        links = limits.links
        if links is None or bound <= known[1] * (1 + PROVEN_GAP):
            break
        cuts = broken_cuts(open_links(links, limits.barred_of(table.sites)), share)
        if not cuts:
            break
        rows = cut_rows(table.sites, cuts)
        rows = rows if links.cuts is None else links.cuts.joined(rows)
        limits = replace(limits, links=replace(links, cuts=rows))
        now = replace(effort, told=effort.part(n + 1, stages))
        lower, share = backup_bound(table, limits, backup, *known, now)
        bound = min(bound, lower)
    return bound, share


def _search(table: Cover, limits: Limits, backup: int) -> Search:
    """Return the search that suits the problem."""
    if limits.links is not None:
        return ChainSearch(table, limits, limits.links, backup)
    if backup == 1 and table.is_sure:
        return SureSearch(table, limits)
    return GeneralSearch(table, limits, backup)
