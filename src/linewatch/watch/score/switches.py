"""Identity switches: how often a target's track changes its name."""

from dataclasses import dataclass

import numpy as np

from linewatch.watch.score.paths import (
    Paths,
    cheapest,
    close_pairs,
    instants,
    side_by_side,
)


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
    """

    id_switches: int
    motp_m: float
    mota: float


def switches(truth: Paths, tracks: Paths, *, within_m: float = 100.0) -> Switches:
    """Count identity switches.

    A match of before is kept while it is nearer than `within_m`; the rest is matched
    as often as can be and then as near as can be.

    References
    ----------
    .. [1] K. Bernardin and R. Stiefelhagen, "Evaluating multiple object tracking
       performance: the CLEAR MOT metrics," EURASIP J. Image and Video Processing,
       2008, doi:10.1155/2008/246309.
    """
    last: dict[int, int] = {}
    changed = matched = wrong = 0
    apart_m = 0.0
    for there, shown in side_by_side(truth, tracks, instants(truth, tracks)):
        who, names = truth.ident[there].tolist(), tracks.ident[shown].tolist()
        one, other = truth.place[there], tracks.place[shown]
        at = {name: row for row, name in enumerate(names)}
        pairs: dict[int, int] = {}
        taken: set[int] = set()
        for row, target in enumerate(who):
            held = at.get(last.get(target, -1))
            if held is None or held in taken:
                continue
            if np.hypot(*(one[row] - other[held])) < within_m:
                pairs[row] = held
                taken.add(held)
        left = np.array([r for r in range(len(who)) if r not in pairs], np.int64)
        free = np.array([r for r in range(len(names)) if r not in taken], np.int64)
        i, j, gap = close_pairs(one[left], other[free], within_m=within_m)
        # Far above any sum of distances, so that the number of matches comes first.
        for which in cheapest(i, j, gap, alone=1e6):
            pairs[int(left[i[which]])] = int(free[j[which]])
        for row, held in pairs.items():
            apart_m += float(np.hypot(*(one[row] - other[held])))
            changed += last.get(who[row], names[held]) != names[held]
            last[who[row]] = names[held]
        matched += len(pairs)
        wrong += len(who) + len(names) - 2 * len(pairs)
    return Switches(
        id_switches=changed,
        motp_m=apart_m / max(matched, 1),
        mota=1 - (wrong + changed) / max(len(truth), 1),
    )
