"""What no choice can hold, left out before anything is sought."""

from dataclasses import replace

import numpy as np

from linewatch.plan.siting.cover import Cover, Floats
from linewatch.plan.siting.cuts import hops, open_links
from linewatch.plan.siting.limits import SLACK, Flags, Limits


def narrowed(cover: Cover, limits: Limits) -> Limits:
    """Bar the sites that no choice within the limits can hold.

    A site that breaks a rule beside those that must stay breaks it always; with
    links, one that so many hops cannot reach is barred too.
    """
    held = limits.held_of(cover.sites)
    rows = limits.all_rows(cover)
    over = rows.val + rows.used(held)[rows.ind] > rows.have[rows.ind] + SLACK
    site = np.repeat(np.arange(cover.sites), np.diff(rows.ptr))
    barred = limits.barred_of(cover.sites)
    barred[site[over]] = True
    limits = replace(limits, barred=barred & ~held)
    return replace(limits, barred=_out_of_reach(cover, limits))


def weighed(cover: Cover, weight: Floats, limits: Limits, backup: int) -> Floats:
    """Return weights by cell, 0 where too few sites that may be chosen cover it.

    However heavy, such a cell counts in no choice; sums and bounds lose digits to it.
    """
    open_pairs = np.repeat(~limits.barred_of(cover.sites), np.diff(cover.ptr))
    often = np.bincount(cover.ind[open_pairs], minlength=cover.cells)
    return np.where(often >= backup, weight, 0.0)


def _out_of_reach(table: Cover, limits: Limits) -> Flags:
    """Mark what may not be chosen, and what so many sites cannot reach."""
    barred = limits.barred_of(table.sites)
    if limits.links is None:
        return barred
    held = limits.held_of(table.sites)
    far = hops(open_links(limits.links, barred))
    most = limits.counts_of(table)[1] + int(held.sum())
    return barred | (((far < 0) | (far > most)) & ~held)
