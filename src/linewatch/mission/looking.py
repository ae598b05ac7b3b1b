"""Looks at a receiver that somebody carried, out of the log of a watch."""

import csv
import io
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from linewatch.area import Area
from linewatch.errors import BadValue
from linewatch.log import MissionLog
from linewatch.mission.entries import heard_in
from linewatch.mission.orders import posts_in, start_of
from linewatch.mission.walked import Walked
from linewatch.scenario.whole import write_whole
from linewatch.sight import Gives
from linewatch.sight.calibrate import COLUMNS, Looks
from linewatch.sight.chance import daylight
from linewatch.sight.kinds import target_named
from linewatch.watch.availability import Availability, Change
from linewatch.watch.post import Post
from linewatch.watch.values import Detection, Node, Status

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

GAP_S: Final = 30.0
"""Longest time between two fixes across which the way is taken to be straight [s]."""

RECEIVER_M: Final = 10.0
"""Error of a receiver, on top of three standard deviations of the sensor's [m]: GPS
promises 8 m for 95 % as a mean over the Earth (GPS Standard Positioning Service
Performance Standard, 5th edition, 2020); a body, trees and slopes make it worse."""

LIGHT_EVERY_S: Final = 60.0
"""Time for which the light is taken to be the same [s]."""

FULL: Final = 0.99
"""Share of full daylight from which it is day [-]; below one less this it is night."""


class When(StrEnum):
    """Light in which looks count."""

    ANY = "any"
    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Looks found, and those that tell nothing of a sensor's figures.

    Parameters
    ----------
    looks : tuple of Looks
        By kind, in the order of names.
    hidden : int
        Looks left out because ground hid the target whole.
    slow : int
        Left out: it moved across the beam too slowly for a radar.
    off : int
        Left out: the post's node did not watch.
    other_light : int
        Left out: in another light than was asked for.
    """

    looks: tuple[Looks, ...]
    hidden: int
    slow: int
    off: int
    other_light: int


@dataclass(slots=True)
class _Heard:
    """What one post's nodes said: detections, and changes of whether they watch."""

    seen: list[Detection] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


@dataclass(slots=True)
class _Counted:
    """Looks of one kind so far, and those left out."""

    range_m: list[Floats] = field(default_factory=list)
    shown: list[Floats] = field(default_factory=list)
    detected: list[Bools] = field(default_factory=list)


def looks_in(
    log: MissionLog,
    area: Area,
    walked: Walked,
    *,
    target: str = "walker",
    when: When = When.ANY,
) -> Sought:
    """Find every look of every post at a target whose way is known.

    Parameters
    ----------
    log : MissionLog
        The log of a watch.
    area : Area
        Its ground.
    walked : Walked
        Where the target truly was.
    target : str
        Its class.
    when : When
        Light in which looks count.

    Returns
    -------
    Sought
        A look detected if the post's node told, within half a period of it, of a place
        within three standard deviations and `RECEIVER_M` of the target's; a sensor of
        presence tells no place.

    Raises
    ------
    BadValue
        If no watch has begun in the log, or it and the way share no time.
    UnknownName
        If there is no such target class.
    """
    target_named(target)
    start_s = start_of(log)
    if start_s is None:
        raise BadValue("the log", "of a watch that has begun", str(log.path))
    heard, until_s = _heard(log)
    span = max(start_s, float(walked.time_s[0])), min(until_s, float(walked.time_s[-1]))
    if not span[0] < span[1]:
        raise BadValue("the way", "of a time of the watch", "none of it is")
    found: dict[str, _Counted] = defaultdict(_Counted)
    hidden = slow = off = dark = 0
    way = _Way(area, walked)
    for post in posts_in(log, area):
        kind, told = post.sight.kind, heard.get(post.name, _Heard())
        reach_m = kind.reach_m.get(target, 0.0)
        time_s = _looks_between(post, *span)
        time_s = time_s[way.known(time_s)]
        x_m, y_m = way.place(time_s)
        near = np.hypot(x_m - post.site.x_m, y_m - post.site.y_m) <= reach_m
        time_s, x_m, y_m = time_s[near], x_m[near], y_m[near]
        shown = post.sight.shown(x_m, y_m, target)
        seen = shown > 0
        fast = way.radial_mps(time_s, post) >= kind.min_radial_mps
        up = _watching(told.changes, time_s)
        lit = way.lit(time_s, when)
        hidden += int((~seen).sum())
        slow += int((seen & ~fast).sum())
        off += int((seen & fast & ~up).sum())
        dark += int((seen & fast & up & ~lit).sum())
        use = seen & fast & up & lit
        if use.any():
            mine = found[kind.name]
            away = np.hypot(x_m - post.site.x_m, y_m - post.site.y_m)
            mine.range_m.append(away[use])
            mine.shown.append(shown[use])
            mine.detected.append(_hits(post, told.seen, time_s[use], way))
    return Sought(
        looks=tuple(_looks(name, target, found[name]) for name in sorted(found)),
        hidden=hidden,
        slow=slow,
        off=off,
        other_light=dark,
    )


class _Way:
    """A receiver's way on the plane, straight between its fixes."""

    def __init__(self, area: Area, walked: Walked) -> None:
        self.area, self.walked = area, walked
        self.x_m, self.y_m = area.plane.to_plane(walked.lon_deg, walked.lat_deg)

    def known(self, time_s: Floats) -> Bools:
        """Tell when the fixes before and after are near enough in time."""
        fixes = self.walked.time_s
        after = np.clip(np.searchsorted(fixes, time_s), 1, len(fixes) - 1)
        near = fixes[after] - fixes[after - 1] <= GAP_S
        return np.asarray(near | (fixes[after] == time_s))

    def place(self, time_s: Floats) -> tuple[Floats, Floats]:
        """Return places on the plane [m]."""
        fixes = self.walked.time_s
        return np.interp(time_s, fixes, self.x_m), np.interp(time_s, fixes, self.y_m)

    def radial_mps(self, time_s: Floats, post: Post) -> Floats:
        """Return the speed towards or away from a post, over a second [m/s]."""
        ends = [self.place(time_s + half_s) for half_s in (-0.5, 0.5)]
        first, last = (np.hypot(x - post.site.x_m, y - post.site.y_m) for x, y in ends)
        return np.asarray(np.abs(last - first))

    def lit(self, time_s: Floats, when: When) -> Bools:
        """Tell at which instants the light is the one asked for."""
        if when is When.ANY:
            return np.ones(len(time_s), np.bool_)
        spans, which = np.unique(time_s // LIGHT_EVERY_S, return_inverse=True)
        middle_s = (spans + 0.5) * LIGHT_EVERY_S
        lon_deg, lat_deg = self.area.plane.to_geo(*self.place(middle_s))
        places = zip(
            middle_s, np.atleast_1d(lon_deg), np.atleast_1d(lat_deg), strict=True
        )
        share = np.array(
            [
                daylight(self.area.light_at(float(t), float(x), float(y)))
                for t, x, y in places
            ]
        )
        good = share >= FULL if when is When.DAY else share <= 1 - FULL
        return np.asarray(good[which] if len(share) else np.zeros(0, np.bool_))


def _heard(log: MissionLog) -> tuple[dict[str, _Heard], float]:
    """Return what nodes said by the post they spoke for, and when the log ends [s]."""
    said: dict[str, _Heard] = defaultdict(_Heard)
    accounts, names, until_s = Availability(), dict[str, str](), -math.inf
    for entry in log.read(kinds=("node", "status", "detection", "tick")):
        heard, changes = heard_in(entry), list[Change]()
        if isinstance(heard, Node):
            names[heard.node_id] = heard.name
            changes = accounts.register(entry.time_s, heard)
        elif isinstance(heard, Status):
            changes = accounts.report(heard)
        elif isinstance(heard, Detection):
            accounts.hear(heard.time_s, heard.node_id)
            if heard.node_id in names:
                said[names[heard.node_id]].seen.append(heard)
        else:
            until_s = max(until_s, entry.time_s)
            changes = accounts.advance(entry.time_s)
        for change in changes:
            said[names[change.node_id]].changes.append(change)
    return said, until_s


def _looks_between(post: Post, since_s: float, until_s: float) -> Floats:
    """Return the instants at which a post looks [s]."""
    phase_s, period_s = post.sight.phase_s, post.sight.kind.period_s
    first = math.ceil((since_s - phase_s) / period_s)
    last = math.floor((until_s - phase_s) / period_s)
    return phase_s + period_s * np.arange(first, last + 1, dtype=np.float64)


def _watching(changes: Sequence[Change], time_s: Floats) -> Bools:
    """Tell at which instants a node watches, by the changes that it went through."""
    if not changes:
        return np.zeros(len(time_s), np.bool_)
    told = sorted(changes, key=lambda change: change.time_s)
    at = np.searchsorted([change.time_s for change in told], time_s, side="right") - 1
    up = np.array([change.up for change in told])
    return np.asarray((at >= 0) & up[at])


def _hits(post: Post, seen: Sequence[Detection], time_s: Floats, way: _Way) -> Bools:
    """Tell which looks of a post detected the target."""
    hit = np.zeros(len(time_s), np.bool_)
    if not seen:
        return hit
    kind, site = post.sight.kind, post.site
    lon_deg, lat_deg = way.area.plane.to_geo(*way.place(time_s))
    lon_deg, lat_deg = np.atleast_1d(lon_deg), np.atleast_1d(lat_deg)
    azimuth_deg, _, away_m = Geod(ellps="WGS84").inv(
        np.full(len(time_s), site.lon_deg), np.full(len(time_s), site.lat_deg),
        lon_deg, lat_deg,
    )  # fmt: skip
    order = [_as_polar(each, post) for each in sorted(seen, key=lambda d: d.time_s)]
    said_s = np.array([each.time_s for each in order])
    half_s = kind.period_s / 2
    low = np.searchsorted(said_s, time_s - half_s, side="right")
    high = np.searchsorted(said_s, time_s + half_s, side="right")
    for look in np.flatnonzero(high > low).tolist():
        range_m, turn_rad = float(away_m[look]), math.radians(azimuth_deg[look])
        hit[look] = any(
            _is_of(each, range_m, turn_rad, kind.gives is Gives.PRESENCE)
            for each in order[low[look] : high[look]]
        )
    return hit


def _as_polar(seen: Detection, post: Post) -> Detection:
    """Return what a post told as a place in the way in which it tells a range."""
    if seen.range_m is not None or seen.lon_deg is None or seen.lat_deg is None:
        return seen
    azimuth_deg, _, range_m = Geod(ellps="WGS84").inv(
        post.site.lon_deg, post.site.lat_deg, seen.lon_deg, seen.lat_deg
    )
    return replace(
        seen,
        range_m=float(range_m),
        azimuth_rad=math.radians(azimuth_deg),
        sigma_azimuth_rad=(seen.sigma_range_m or 0.0) / max(float(range_m), 1.0),
    )


def _is_of(seen: Detection, range_m: float, azimuth_rad: float, presence: bool) -> bool:  # noqa: FBT001
    """Tell whether a detection may be of a target at a range and azimuth."""
    if presence or seen.range_m is None or seen.azimuth_rad is None:
        return presence
    far_m = 3 * (seen.sigma_range_m or 0.0) + RECEIVER_M
    aside_m = 3 * (seen.sigma_azimuth_rad or 0.0) * range_m + RECEIVER_M
    off_rad = math.remainder(seen.azimuth_rad - azimuth_rad, 2 * math.pi)
    return abs(seen.range_m - range_m) <= far_m and abs(off_rad) * range_m <= aside_m


def _looks(name: str, target: str, found: _Counted) -> Looks:
    """Join the looks of one kind."""
    range_m = np.concatenate(found.range_m)
    return Looks(
        kind=name,
        target=(target,) * len(range_m),
        range_m=range_m,
        shown=np.concatenate(found.shown),
        detected=np.concatenate(found.detected),
    )


def write_looks(path: Path, looks: Sequence[Looks]) -> None:
    """Write looks as the CSV that `linewatch.sight.read_looks` reads."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in looks:
        columns = (each.target, each.range_m, each.shown, each.detected)
        for target, range_m, shown, detected in zip(*columns, strict=True):
            told = f"{range_m:.1f}", f"{shown:.4f}", int(detected)
            rows.writerow((each.kind, target, *told))
    write_whole(path, text.getvalue())
