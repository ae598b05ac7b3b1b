"""Compiled record of what made each track: one row per scan and track in its reach.

`_kernels.py` calls these; `TRAIL_DIGEST` there keeps its cache fresh. `Trail` tells
what the columns mean.
"""

from linewatch.kernel import kernel
from linewatch.watch.tracker.arrays import (
    Eyes,
    Hits,
    Longs,
    Near,
    Pairs,
    Scans,
    State,
    Trace,
)


@kernel
def note(
    st: State,
    near: Near,
    pairs: Pairs,
    hits: Hits,
    sc: Scans,
    trace: Trace,
    k: int,
    n: int,
) -> None:
    """Write a row for each gathered track that scan `k` touched or ought to have.

    To be called between `believe` and `correct`: places are those predicted.
    """
    figures, names, best, spread = (
        trace.figures,
        trace.names,
        st.now.best,
        st.now.spread,
    )
    noise, weight, off, edge, top = (
        near.noise,
        pairs.weight,
        pairs.off,
        pairs.edge,
        hits.top,
    )
    rows = trace.used[0]
    for t in range(n):
        i, e0, e1 = near.local[t], near.row[t], near.row[t + 1]
        hit = 1.0 - near.none[t]
        # A track of one detection is mostly clutter: its misses fill memory alone.
        missed = (
            sc.counts[k] == 1 and near.pd[t] > 0.02 and st.last_s[i] > st.first_s[i]
        )
        if e0 == e1 or hit < trace.least:
            if not missed:
                continue
            hit = hit if e0 < e1 else 0.0
        u = v = uu = uv = vv = 0.0
        likeliest, own = e0, 0
        for e in range(e0, e1):
            w = weight[e]
            u += w * off[e, 0]
            v += w * off[e, 1]
            uu += w * off[e, 0] * off[e, 0]
            uv += w * off[e, 0] * off[e, 1]
            vv += w * off[e, 1] * off[e, 1]
            likeliest = e if w > weight[likeliest] else likeliest
            own += 1 if top[edge[e]] == t else 0
        if hit > 0.0:
            u, v = u / hit, v / hit
            uu, uv, vv = uu / hit - u * u, uv / hit - u * v, vv / hit - v * v
        xx, xy, yy = spread[i, 0], spread[i, 1], spread[i, 2]
        figures[rows, 0] = sc.time_s[k]
        figures[rows, 1] = hit
        figures[rows, 2] = near.pd[t] if sc.counts[k] else 0.0
        figures[rows, 3], figures[rows, 4] = best[i, 0] + u, best[i, 1] + v
        figures[rows, 5], figures[rows, 6] = noise[t, 0] + uu, noise[t, 1] + uv
        figures[rows, 7] = noise[t, 2] + vv
        figures[rows, 8], figures[rows, 9] = best[i, 0], best[i, 1]
        figures[rows, 10], figures[rows, 11], figures[rows, 12] = xx, xy, yy
        figures[rows, 13] = weight[likeliest] if e0 < e1 else 0.0
        figures[rows, 14] = st.exist[i]
        figures[rows, 15] = (xx + noise[t, 0]) * (yy + noise[t, 2]) - (
            xy + noise[t, 1]
        ) ** 2
        names[rows, 0], names[rows, 1], names[rows, 2] = st.track_id[i], sc.sensor[k], 0
        names[rows, 3], names[rows, 4] = e1 - e0, own
        names[rows, 5] = sc.ident[sc.start[k] + edge[likeliest]] if e0 < e1 else -1
        rows += 1
    trace.used[0] = rows


@kernel
def note_births(
    st: State, eyes: Eyes, sc: Scans, trace: Trace, busy: Longs, k: int, fresh: int
) -> None:
    """Write a row for each of the `fresh` tracks that scan `k` began."""
    figures, names, best, spread = (
        trace.figures,
        trace.names,
        st.now.best,
        st.now.spread,
    )
    rows = trace.used[0]
    for t in range(fresh):
        i = busy[t]
        xx, xy, yy = spread[i, 0], spread[i, 1], spread[i, 2]
        figures[rows, 0], figures[rows, 1] = sc.time_s[k], 1.0
        figures[rows, 2] = eyes.chance[sc.sensor[k]]
        for a in (3, 8):
            figures[rows, a], figures[rows, a + 1] = best[i, 0], best[i, 1]
        for a in (5, 10):
            figures[rows, a], figures[rows, a + 1], figures[rows, a + 2] = xx, xy, yy
        figures[rows, 13], figures[rows, 14] = 1.0, st.exist[i]
        figures[rows, 15] = xx * yy - xy * xy
        names[rows, 0], names[rows, 1], names[rows, 2] = st.track_id[i], sc.sensor[k], 1
        names[rows, 3], names[rows, 4], names[rows, 5] = 1, 1, st.made_by[i, 0]
        rows += 1
    trace.used[0] = rows
