"""The p-median: sites that bring everybody as near as possible to one of them."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.errors import BadValue
from linewatch.plan.siting import _kernels_median as loops
from linewatch.plan.siting.branch import Medians
from linewatch.plan.siting.cover import Floats, Whole, unit_of
from linewatch.plan.siting.limits import PROVEN_GAP, Effort, Flags, Progress, Proof

BATCHES: Final = 10
EVERY: Final = 50
"""The kicks come in so many batches, one each time that so many parts were split: most
choices are found and proven before the first."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Median:
    """A choice of sites.

    Parameters
    ----------
    sites : ndarray of int64, shape (count,)
        The chosen sites.
    objective : float
        Weighted distance from everybody to the nearest chosen site.
    bound : float
        No choice of as many sites stays under this.
    """

    sites: Whole
    objective: float
    bound: float

    @property
    def gap(self) -> float:
        """Share of the objective that a better choice could save at most [-]."""
        return (
            max(0.0, (self.objective - self.bound) / self.objective)
            if self.objective
            else 0.0
        )

    @property
    def proof(self) -> Proof:
        """How sure the choice is."""
        return Proof.BEST if self.gap <= PROVEN_GAP else Proof.GOOD


def p_median(
    distance: Floats,
    count: int,
    *,
    weight: Floats | None = None,
    effort: Effort | None = None,
    progress: Progress | None = None,
) -> Median:
    """Choose the sites with the least weighted distance to the nearest of them.

    Parameters
    ----------
    distance : ndarray of float64, shape (customers, sites)
        Distance or time from each customer to each site, 0 or more.
    count : int
        Sites to choose.
    weight : ndarray of float64, shape (customers,), optional
        What each customer counts; 1 each when None.
    effort : Effort, optional
        How long to try.
    progress : callable, optional
        Told the stage and the share done, between splits.

    Raises
    ------
    BadValue
        If `count` is not from 1 to the sites, or a distance or weight is below 0.

    Notes
    -----
    Greedy from nothing, then single exchanges [1]_ with kicks; the bound relaxes that
    each customer is served once, and the volume algorithm raises it. Sites whose
    earnings show that no better choice holds them, or is without them, are left out;
    what is left is split by one site at a time, the part of least bound first.

    References
    ----------
    .. [1] R. A. Whitaker, "A fast algorithm for the greedy interchange for large-scale
       clustering and median location problems," INFOR 21 (1983) 95-108,
       doi:10.1080/03155986.1983.11731889.
    """
    effort = effort or Effort()
    customers, sites = distance.shape
    if not 1 <= count <= sites:
        raise BadValue("count", f"from 1 to the {sites} sites there are", count)
    if not (np.isfinite(distance) & (distance >= 0)).all():
        raise BadValue("distance", "0 or more", "otherwise")
    heavy = np.ones(customers) if weight is None else weight
    if not (np.isfinite(heavy) & (heavy >= 0)).all():
        raise BadValue("weight", "0 or more", "otherwise")
    counts = heavy > 0
    far = np.ascontiguousarray((distance[counts] * heavy[counts, None]).T, np.float64)
    unit = unit_of(far)
    if unit != 1:
        far /= unit
    taken = greedy(far, count)
    value = loops.exchange(far, taken)
    # Sums of so many distances are wrong by this at most.
    rounding = 4 * np.finfo(float).eps * sum(far.shape) * float(far.max(initial=0.0))
    rounding *= far.shape[1]
    whole = bool((far == np.rint(far)).all()) and rounding < 1e-3
    enough = 0.999 if whole else 0.5 * PROVEN_GAP * max(value, 1e-12)
    medians = Medians(far, count, taken, value, enough)
    medians.start(effort.rounds)
    kicks = np.diff(np.linspace(0, effort.kicks, BATCHES + 1).astype(int)).tolist()
    tell = progress or (lambda _stage, _share: None)
    for n in range(effort.splits):
        tell("search", n / effort.splits)
        if not medians.split():
            break
        if kicks and n % EVERY == EVERY - 1:
            medians.kick(kicks.pop(), effort.seed + len(kicks))
    if medians.parts:
        medians.kick(sum(kicks), effort.seed)
    tell("search", 1)
    bound = medians.bound - rounding
    if whole:
        bound = math.ceil(bound)
    return Median(
        sites=np.flatnonzero(medians.taken),
        objective=medians.value * unit,
        bound=max(min(bound, medians.value), 0.0) * unit,
    )


def greedy(far: Floats, count: int) -> Flags:
    """Take the site that saves most again and again; `far` is by site and customer."""
    taken = np.zeros(len(far), bool)
    near = np.full(far.shape[1], far.sum() + 1)
    for _ in range(count):
        saved = np.maximum(near - far, 0).sum(axis=1)
        saved[taken] = -1
        best = int(saved.argmax())
        taken[best] = True
        near = np.minimum(near, far[best])
    return taken
