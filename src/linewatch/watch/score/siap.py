"""SIAP: is the picture complete, clear, free of ghosts and accurate."""

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from linewatch.watch.score.paths import Paths, close_pairs, instants, side_by_side

CONFIRM, END = 3, 2
"""Instants in a row that make a pair, and that break it."""


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
    """

    completeness: float
    ambiguity: float
    spuriousness: float
    position_accuracy_m: float


@dataclass(slots=True)
class _Follower:
    """One track, and the target it follows as its instants come."""

    stays: list[tuple[int, int, int]] = field(default_factory=list)
    target: int | None = None
    since: int = 0
    until: int = 0
    away: int = 0
    rival: int | None = None
    rival_since: int = 0
    run: int = 0

    def step(self, at: int, near: int | None) -> None:
        """Take the target nearest at instant `at`, None when none is near."""
        if near is not None and near == self.target:
            self.away, self.until = 0, at
            return
        if near is not None and near == self.rival:
            self.run += 1
        else:
            self.rival, self.rival_since = near, at
            self.run = 0 if near is None and self.target is None else 1
        if self.target is not None:
            self.away += 1
            if self.away < END:
                return
            self.close()
        if self.rival is not None and self.run >= CONFIRM:
            self.target, self.since, self.until = self.rival, self.rival_since, at

    def close(self) -> None:
        """End the stay with the target, if there is one."""
        if self.target is not None:
            self.stays.append((self.target, self.since, self.until))
        self.target = None


def _stays(
    truth: Paths, tracks: Paths, within_m: float
) -> dict[int, list[tuple[int, int, int]]]:
    """Return (target, first, last) instants of the stays of every track."""
    times = instants(truth, tracks)
    followers: dict[int, _Follower] = defaultdict(_Follower)
    for at, (there, shown) in enumerate(side_by_side(truth, tracks, times)):
        who, place = truth.ident[there], truth.place[there]
        near: list[int | None] = [None] * len(tracks.ident[shown])
        if len(who) and near:
            i, j, gap = close_pairs(tracks.place[shown], place, within_m=within_m)
            for at_pair in np.lexsort((-gap, i)).tolist():  # the nearest comes last
                near[int(i[at_pair])] = int(who[j[at_pair]])
        for name, target in zip(tracks.ident[shown].tolist(), near, strict=True):
            followers[name].step(at, target)
    for follower in followers.values():
        follower.close()
    return {name: follower.stays for name, follower in followers.items()}


def _places(
    paths: Paths, times: NDArray[np.float64]
) -> dict[tuple[int, int], NDArray[np.float64]]:
    """Return the place of each (instant, id)."""
    at = np.searchsorted(times, paths.time_s).tolist()
    keys = zip(at, paths.ident.tolist(), strict=True)
    return dict(zip(keys, paths.place, strict=True))


def siap(truth: Paths, tracks: Paths, *, within_m: float = 100.0) -> Siap:
    """Score the picture by the SIAP attributes.

    A track belongs to the target nearest to it, nearer than `within_m`, once that has
    held for three instants in a row; two instants away end it.

    References
    ----------
    .. [1] P. Votruba, R. Nisley, R. Rothrock and B. Zombro, "Single Integrated Air
       Picture (SIAP) Metrics Implementation," SIAP SE Task Force, 2001.
    """
    stays = _stays(truth, tracks, within_m)
    times = instants(truth, tracks)
    of_target, of_track = _places(truth, times), _places(tracks, times)
    pairs, apart_m = 0, 0.0
    seen: set[tuple[int, int]] = set()
    for name, spans in stays.items():
        mine: set[int] = set()
        for target, first, last in spans:
            for at in range(first, last + 1):
                seen.add((target, at))
                mine.add(at)
                here, there = of_track.get((at, name)), of_target.get((at, target))
                if here is not None and there is not None:
                    apart_m += float(np.hypot(*(here - there)))
        pairs += len(mine)
    return Siap(
        completeness=len(seen) / max(len(truth), 1),
        ambiguity=pairs / len(seen) if seen else 1.0,
        spuriousness=(len(tracks) - pairs) / max(len(tracks), 1),
        position_accuracy_m=apart_m / max(pairs, 1),
    )
