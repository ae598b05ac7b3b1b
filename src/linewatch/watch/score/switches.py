"""CLEAR-MOT: how often a target's track changes its name or is lost."""

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from linewatch.watch.score.paths import (
    Paths,
    cheapest,
    close_pairs,
    instants,
    side_by_side,
)

MOSTLY, HARDLY = 0.8, 0.2
"""Shares of its time from which a target is mostly tracked, and below which lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """CLEAR-MOT figures.

    Parameters
    ----------
    id_switches : int
        Times that a target's match differed from its last one.
    motp_m : float
        Mean distance of matches [m].
    mota : float
        1 less the share of misses, false tracks and switches.
    fragmentations : int
        Times that a target was lost and found again.
    mostly_tracked, partially_tracked, mostly_lost : int
        Targets with a match in 80 % of their instants or more, in fewer, and in less
        than 20 %.
    targets : int
        Targets.
    misses, false_alarms : int
        Instants of targets without a track, and of tracks without a target.
    """

    id_switches: int
    motp_m: float
    mota: float
    fragmentations: int = 0
    mostly_tracked: int = 0
    partially_tracked: int = 0
    mostly_lost: int = 0
    targets: int = 0
    misses: int = 0
    false_alarms: int = 0


def switches(truth: Paths, tracks: Paths, *, within_m: float = 100.0) -> Switches:
    """Count identity switches, fragmentations and targets mostly tracked or lost.

    A match of before is kept while it is nearer than `within_m`; the rest is matched
    as often as can be and then as near as can be.

    References
    ----------
    .. [1] K. Bernardin and R. Stiefelhagen, "Evaluating multiple object tracking
       performance: the CLEAR MOT metrics," EURASIP J. Image and Video Processing,
       2008, doi:10.1155/2008/246309.
    .. [2] Y. Li, C. Huang and R. Nevatia, "Learning to associate: HybridBoosted
       multi-target tracker for crowded scene," CVPR 2009,
       doi:10.1109/CVPR.2009.5206735 (mostly tracked, mostly lost, fragmentations).
    """
    last: dict[int, int] = {}
    held: dict[int, list[bool]] = defaultdict(list)
    changed = matched = misses = false = 0
    apart_m = 0.0
    for there, shown in side_by_side(truth, tracks, instants(truth, tracks)):
        who, names = truth.ident[there].tolist(), tracks.ident[shown].tolist()
        pairs, gaps = _matched(
            truth.place[there], tracks.place[shown], who, names, last, within_m
        )
        apart_m += gaps
        for row, target in enumerate(who):
            mate = pairs.get(row)
            held[target].append(mate is not None)
            if mate is not None:
                changed += last.get(target, names[mate]) != names[mate]
                last[target] = names[mate]
        matched += len(pairs)
        misses += len(who) - len(pairs)
        false += len(names) - len(pairs)
    shares = [sum(row) / len(row) for row in held.values()]
    return Switches(
        id_switches=changed,
        motp_m=apart_m / max(matched, 1),
        mota=1 - (misses + false + changed) / max(len(truth), 1),
        fragmentations=sum(_losses(row) for row in held.values()),
        mostly_tracked=sum(share >= MOSTLY for share in shares),
        partially_tracked=sum(HARDLY <= share < MOSTLY for share in shares),
        mostly_lost=sum(share < HARDLY for share in shares),
        targets=len(shares),
        misses=misses,
        false_alarms=false,
    )


def _matched(  # noqa: PLR0913 - both sides by place and by name
    one: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    other: np.ndarray[tuple[int, int], np.dtype[np.float64]],
    who: list[int],
    names: list[int],
    last: dict[int, int],
    within_m: float,
) -> tuple[dict[int, int], float]:
    """Return the mate of each matched row of `one`, and the sum of distances [m]."""
    at = {name: row for row, name in enumerate(names)}
    known = [
        (row, at[last[target]])
        for row, target in enumerate(who)
        if target in last and last[target] in at
    ]
    pairs: dict[int, int] = {}
    total = 0.0
    taken: set[int] = set()
    if known:
        rows, mates = np.array(known, np.int64).T
        apart = np.hypot(*(one[rows] - other[mates]).T).tolist()
        for (row, mate), gap in zip(known, apart, strict=True):
            if gap < within_m and mate not in taken:
                pairs[row] = mate
                taken.add(mate)
                total += gap
    left = np.array([r for r in range(len(who)) if r not in pairs], np.int64)
    free = np.array([r for r in range(len(names)) if r not in taken], np.int64)
    i, j, gap_m = close_pairs(one[left], other[free], within_m=within_m)
    # Far above any sum of distances, so that the number of matches comes first.
    for which in cheapest(i, j, gap_m, alone=1e6).tolist():
        pairs[int(left[i[which]])] = int(free[j[which]])
        total += float(gap_m[which])
    return pairs, total


def _losses(held: list[bool]) -> int:
    """Count how often a target was lost between its first and its last match."""
    first = held.index(True) if any(held) else len(held)
    last = len(held) - held[::-1].index(True) if any(held) else 0
    inside = held[first:last]
    return sum(a and not b for a, b in pairwise(inside))
