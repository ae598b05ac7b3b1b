"""SIAP: is the picture complete, clear, free of ghosts, accurate and steady."""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from linewatch.watch.score.paths import Paths, instants, side_by_side

CONFIRM, END = 3, 2
"""Instants in a row that make a pair, and that break it."""

Longs = NDArray[np.int64]
Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Siap:
    """Single integrated air picture attributes, over all instants.

    Parameters
    ----------
    completeness : float
        Share of targets that have a track.
    ambiguity : float
        Tracks per target that has any.
    spuriousness : float
        Share of tracks that have no target.
    position_accuracy_m : float
        Mean distance of a track to its target [m].
    velocity_accuracy_mps : float or None
        Mean difference of their velocities [m/s]; None where one has none.
    track_changes_per_s : float
        Rate at which a target's track changes its number [1/s].
    longest_segment : float
        Share of the targets' time that is in the longest track of each.
    """

    completeness: float
    ambiguity: float
    spuriousness: float
    position_accuracy_m: float
    velocity_accuracy_mps: float | None = None
    track_changes_per_s: float = 0.0
    longest_segment: float = 0.0


def siap(truth: Paths, tracks: Paths, *, within_m: float = 100.0) -> Siap:
    """Score the picture by the SIAP attributes.

    A track belongs to the target nearest to it, nearer than `within_m`, once that has
    held for three instants in a row; two instants away end it.

    References
    ----------
    .. [1] P. Votruba, R. Nisley, R. Rothrock and B. Zombro, "Single Integrated Air
       Picture (SIAP) Metrics Implementation," SIAP SE Task Force, 2001.
    """
    times = instants(truth, tracks)
    pairs = _pairs(truth, tracks, within_m)
    of_target: dict[int, list[Span]] = defaultdict(list)
    of_track: dict[int, list[Span]] = defaultdict(list)
    for (name, target), spans in pairs.items():
        of_target[target] += spans
        of_track[name] += spans
    seen = sum(_instants(_joined(spans)) for spans in of_target.values())
    held = sum(_instants(_joined(spans)) for spans in of_track.values())
    apart_m, off_mps = _accuracy(truth, tracks, times, pairs)
    rate, longest = _continuity(truth, times, pairs)
    return Siap(
        completeness=seen / max(len(truth), 1),
        ambiguity=held / seen if seen else 1.0,
        spuriousness=(len(tracks) - held) / max(len(tracks), 1),
        position_accuracy_m=apart_m / max(held, 1),
        velocity_accuracy_mps=None if off_mps is None else off_mps / max(held, 1),
        track_changes_per_s=rate,
        longest_segment=longest,
    )


def _nearest(truth: Paths, tracks: Paths, within_m: float) -> Longs:
    """Return the target nearest to each row of the tracks, -1 without one."""
    near = np.full(len(tracks), -1, np.int64)
    for there, shown in side_by_side(truth, tracks, instants(truth, tracks)):
        if there.stop > there.start and shown.stop > shown.start:
            tree = cKDTree(truth.place[there])
            gap, at = tree.query(tracks.place[shown], distance_upper_bound=within_m)
            found = np.flatnonzero(gap < within_m)
            near[shown][found] = truth.ident[there][np.asarray(at)[found]]
    return near


def _pairs(
    truth: Paths, tracks: Paths, within_m: float
) -> dict[tuple[int, int], list[Span]]:
    """Return the spans of instants of every (track, target)."""
    none = int(truth.ident.min(initial=0)) - 1
    near = _nearest(truth, tracks, within_m) if none == -1 else None
    if near is None:  # an id below 0: number them anew, for -1 to mean none
        ids, number = np.unique(truth.ident, return_inverse=True)
        anew = Paths(time_s=truth.time_s, ident=number, place=truth.place)
        return {
            (name, int(ids[target])): spans
            for (name, target), spans in _pairs(anew, tracks, within_m).items()
        }
    at = np.searchsorted(instants(truth, tracks), tracks.time_s)
    order = np.lexsort((tracks.time_s, tracks.ident))
    begin = np.flatnonzero(np.diff(tracks.ident[order], prepend=-(2**62)))
    found: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for rows in np.split(order, begin[1:]) if len(order) else []:
        name = int(tracks.ident[rows[0]])
        for target, first, last in _stays(near[rows].tolist(), at[rows].tolist()):
            found[name, target].append((first, last))
    return {pair: _joined(spans) for pair, spans in found.items()}


def _stays(near: list[int], at: list[int]) -> list[tuple[int, int, int]]:
    """Return (target, first, last) instant of each stay of one track.

    `near` is the nearest target at each of its instants `at`, -1 without one.
    """
    stays: list[tuple[int, int, int]] = []
    target = rival = -1
    since = until = rival_since = away = run = 0
    for now, when in zip(near, at, strict=True):
        if target >= 0 and now == target:
            away, until = 0, when
            continue
        if now == rival and (now >= 0 or target < 0):
            run += now >= 0
        else:
            rival, rival_since = now, when
            run = 0 if now < 0 and target < 0 else 1
        if target >= 0:
            away += 1
            if away < END:
                continue
            stays.append((target, since, until))
            target = -1
        if rival >= 0 and run >= CONFIRM:
            target, since, until = rival, rival_since, when
    if target >= 0:
        stays.append((target, since, until))
    return stays


def _joined(spans: list[Span]) -> list[Span]:
    """Return the spans in order, those that touch as one."""
    out: list[Span] = []
    for first, last in sorted(spans):
        if out and first <= out[-1][1]:
            out[-1] = (out[-1][0], max(last, out[-1][1]))
        else:
            out.append((first, last))
    return out


def _instants(spans: list[Span]) -> int:
    return sum(last - first + 1 for first, last in spans)


def _accuracy(
    truth: Paths,
    tracks: Paths,
    times: NDArray[np.float64],
    pairs: dict[tuple[int, int], list[Span]],
) -> tuple[float, float | None]:
    """Return the sums of the distances [m] and of the differences in speed [m/s]."""
    at = [
        np.arange(first, last + 1) for spans in pairs.values() for first, last in spans
    ]
    if not at:
        moving = truth.speed is not None and tracks.speed is not None
        return 0.0, 0.0 if moving else None
    many = [sum(last - first + 1 for first, last in spans) for spans in pairs.values()]
    names = np.array(list(pairs), np.int64)
    name = np.repeat(names[:, 0], many)
    target = np.repeat(names[:, 1], many)
    when = np.concatenate(at)
    row, there = _row_of(tracks, times, name, when)
    mate, here = _row_of(truth, times, target, when)
    row, mate = row[there & here], mate[there & here]
    apart = float(np.hypot(*(tracks.place[row] - truth.place[mate]).T).sum())
    if truth.speed is None or tracks.speed is None:
        return apart, None
    return apart, float(np.hypot(*(tracks.speed[row] - truth.speed[mate]).T).sum())


def _row_of(
    paths: Paths, times: NDArray[np.float64], ident: Longs, at: Longs
) -> tuple[Longs, NDArray[np.bool_]]:
    """Return the row of each (id, instant), and whether there is one."""
    ids, number = np.unique(paths.ident, return_inverse=True)
    keys = np.searchsorted(times, paths.time_s) + number * len(times)
    order = np.argsort(keys)
    asked = at + np.searchsorted(ids, ident) * len(times)
    found = np.minimum(np.searchsorted(keys[order], asked), len(keys) - 1)
    return order[found], keys[order][found] == asked


def _continuity(
    truth: Paths,
    times: NDArray[np.float64],
    pairs: dict[tuple[int, int], list[Span]],
) -> tuple[float, float]:
    """Return the rate of changes [1/s] and the share of the longest segments."""
    held: dict[int, list[list[Span]]] = defaultdict(list)
    for (_, target), spans in sorted(pairs.items()):
        held[target].append(spans)
    at = np.searchsorted(times, truth.time_s)
    order = np.lexsort((truth.time_s, truth.ident))
    begin = np.flatnonzero(np.diff(truth.ident[order], prepend=-(2**62)))
    changes = 0
    tracked_s = longest_s = life_s = 0.0
    for rows in np.split(order, begin[1:]) if len(order) else []:
        there = at[rows].tolist()
        life_s += float(times[there[-1]] - times[there[0]])
        mine = held.get(int(truth.ident[rows[0]]))
        if not mine:
            continue
        changes += _tracks_needed(mine, there) - 1
        all_spans = _joined([span for spans in mine for span in spans])
        tracked_s += float(sum(times[b] - times[a] for a, b in all_spans))
        lengths = [sum(times[b] - times[a] for a, b in spans) for spans in mine]
        longest_s += float(max(lengths))
    rate = changes / tracked_s if tracked_s else 0.0
    return rate, longest_s / life_s if life_s else 0.0


def _tracks_needed(held: list[list[Span]], there: list[int]) -> int:
    """Return the fewest tracks that cover what is held, as Stone Soup counts them.

    `held` are the spans of each track, `there` the instants of the target. It goes
    along the target's time, takes the track that lasts longest, and follows it to its
    next end or beginning.
    """
    last_first = sorted(held, key=lambda spans: -spans[-1][1])
    needed = at = 0
    place = {instant: k for k, instant in enumerate(there)}
    while at < len(there):
        now = there[at]
        mine = next((s for s in last_first if any(a <= now <= b for a, b in s)), None)
        if mine is None:
            at += 1
            continue
        begins = any(now == a for a, _ in mine)
        edges = sorted(edge for span in mine for edge in span)
        end = next(edge for edge in edges if (edge > now if begins else edge >= now))
        needed += 1
        if place.get(end, -1) < at + 1:
            break
        at = place[end] + 1
    return needed
