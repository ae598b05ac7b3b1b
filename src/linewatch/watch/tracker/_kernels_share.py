"""Compiled sharing of detections among tracks by belief propagation.

`_kernels.py` calls these; `SHARE_DIGEST` there keeps its cache fresh.
"""

import math

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import Hits, Near, Pairs


@kernel
def cluster(near: Near, pairs: Pairs, hits: Hits, t: int) -> None:
    """Put track `t` in one chain with those that want its detections.

    `near.root` names the first track of the chain, which knows the last one.
    """
    row, edge, first, taken = near.row, pairs.edge, hits.first, hits.taken
    root, after, tail = near.root, near.after, near.tail
    root[t], after[t], tail[t] = t, -1, t
    for e in range(row[t], row[t + 1]):
        d = edge[e]
        if first[d] < 0:
            first[d], taken[d] = t, 0.0
            continue
        a, b = root[first[d]], root[t]
        if a == b:
            continue
        a, b = min(a, b), max(a, b)
        after[tail[a]], tail[a] = b, tail[b]
        while b >= 0:
            root[b] = a
            b = after[b]


@kernel
def converge(near: Near, pairs: Pairs, hits: Hits, t0: int, close: float) -> None:
    """Let messages go round in the cluster that begins with track `t0`.

    Where misses and clutter are unlikely, all messages to detections may be scaled up
    and those to tracks down with hardly a change, and plain rounds take long to find
    the scale. So after each round Newton's step sets it from what is known of the end:
    tracks and detections count equally many true pairs. Within, `to_det` and `taken`
    are to be multiplied by `scale`, and `taken` is without clutter.
    """
    row, after, edge, ratio = near.row, near.after, pairs.edge, pairs.ratio
    to_det, to_track, taken, first = (
        pairs.to_det,
        pairs.to_track,
        hits.taken,
        hits.first,
    )
    clutter, scale = hits.clutter, 1.0
    for _ in range(200):
        t, change, gap, slope, inverse = t0, 0.0, 0.0, 1e-9, 1.0 / scale
        while t >= 0:
            e0, e1, total = row[t], row[t + 1], 1.0
            for e in range(e0, e1):
                d = edge[e]
                rest = clutter[d] + scale * max(taken[d] - to_det[e], 0.0)
                new = 1.0 / rest
                change = max(change, abs(new - to_track[e]) * rest)
                to_track[e] = new
                total += ratio[e] * new
            one = 1.0 / total
            gap += 1.0 - one
            slope += one * (1.0 - one)
            for e in range(e0, e1):
                r = ratio[e]
                new = inverse * r / max(total - r * to_track[e], 1.0)
                taken[edge[e]] += new - to_det[e]
                to_det[e] = new
            t = after[t]
        if change < close:
            break
        t = t0
        while t >= 0:
            for e in range(row[t], row[t + 1]):
                if first[edge[e]] == t:
                    d = edge[e]
                    free = clutter[d] / (clutter[d] + scale * taken[d])
                    gap -= 1.0 - free
                    slope += free * (1.0 - free)
            t = after[t]
        scale *= math.exp(min(max(gap / slope, -2.0), 2.0))
    t = t0
    while t >= 0:
        for e in range(row[t], row[t + 1]):
            if first[edge[e]] == t:
                taken[edge[e]] = clutter[edge[e]] + scale * taken[edge[e]]
        t = after[t]


@kernel
def share(near: Near, pairs: Pairs, hits: Hits, n: int, close: float) -> None:
    """Find the chance of each pair by belief propagation (Williams and Lau 2014).

    `hits.taken` holds the clutter as `hits.clutter` does. Messages of a track whose
    detections no other wants settle at once; the rest go round within each cluster, one
    track after the other, until they change by less than the part `close`.
    """
    row, busy, edge, ratio = near.row, near.busy, pairs.edge, pairs.ratio
    to_det, to_track, taken, many = pairs.to_det, pairs.to_track, hits.taken, hits.many
    root, clutter, rounds = near.root, hits.clutter, 0
    for t in range(n):
        e0, e1, contested, total = row[t], row[t + 1], False, 1.0
        for e in range(e0, e1):
            to_det[e], to_track[e] = 0.0, 1.0 / clutter[edge[e]]
            total += ratio[e] * to_track[e]
            contested = contested or many[edge[e]] > 1
        if contested:
            busy[rounds] = t
            rounds += 1
            cluster(near, pairs, hits, t)
            continue
        for e in range(e0, e1):
            to_det[e] = ratio[e] / max(total - ratio[e] * to_track[e], 1.0)
            taken[edge[e]] += to_det[e]
    for b in range(rounds):
        if root[busy[b]] == busy[b]:
            converge(near, pairs, hits, busy[b], close)
