"""The tracker as the live watch uses it: detections of posts in, sighted tracks out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from linewatch.area import Area
from linewatch.sight import NIGHT, Gives, Lit, Sight
from linewatch.watch.alert import Sighted
from linewatch.watch.follow import Follower
from linewatch.watch.post import Post
from linewatch.watch.tracker import (
    PLACE,
    POLAR,
    ChanceMap,
    SensorTable,
    Tracker,
    TrackerSettings,
)
from linewatch.watch.tracker.bias import Bias
from linewatch.watch.values import Detection

MAP_CELL_M: Final = 180.0
"""Cell of the map of the chance of detection [m]: a walker takes two minutes across."""

MOST: Final = 0.98
"""Highest chance of a look that the tracker reckons with [-]: no miss is a proof."""

TYPICAL_SHARE: Final = 0.6
"""Share of a sensor's reach at which its error in range is taken for all ranges [-]."""

SIGMA_RATE_MPS: Final = 0.5
"""One sigma of a range rate that a radar tells [m/s]: a planning value, wide enough for
limbs that swing about the body's speed."""

UNSURE_M: Final = 350.0
"""Error of a place beyond which a track is no longer shown [m]: a camera's worst."""

LONGEST_STEP_S: Final = 600.0
"""Longest time that the tracker is given at once [s], which bounds its memory when a
watch goes on after days of standing still."""

LIVE: Final = TrackerSettings(
    trail=True,
    birth_per_km2_h=0.02,
    unseen_per_km2=0.004,
    gone_s=180.0,
    blur_m=2_000.0,
    life_s=5_400.0,
)
"""Beliefs for a quiet line: 65 people an hour on 3,173 km by 12 km is 0.002 per km2 and
hour, and each stays two hours; ten times that rate leaves room for a busy sector. A
track behind a ridge is kept for minutes."""


@dataclass(slots=True)
class Engine:
    """Tracks what the posts detect, on the area's plane.

    Parameters
    ----------
    area : Area
        Gives plane and chainage.
    posts : sequence of Post
        The ordered posts; a detection names one by its place in here.
    start_s : float
        Start of the watch, seconds of UTC since 1970 [s].
    light : Lit
        Light for which misses are weighed; the darkest by default, in which a miss
        tells least.
    settings : TrackerSettings
        How the tracker believes; without its trail groups count 1 each.
    correct_bias : bool
        Take the registration biases that can be told off all detections. They are told
        in any case, by `bias`.
    """

    area: Area
    posts: Sequence[Post]
    start_s: float
    light: Lit = NIGHT
    settings: TrackerSettings = LIVE
    correct_bias: bool = False
    tracker: Tracker = field(init=False)
    follower: Follower = field(init=False)
    _turn_rad: list[float] = field(init=False)
    _scale: list[float] = field(init=False)
    _waiting: list[tuple[int, Detection]] = field(default_factory=list)
    _down: dict[int, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plane = self.area.plane
        places = [(post.site.lon_deg, post.site.lat_deg) for post in self.posts]
        self._turn_rad = [plane.convergence_rad(*place) for place in places]
        self._scale = [plane.scale(*place) for place in places]
        table = _table([post.sight for post in self.posts], self.light)
        self.tracker = Tracker(table, self.settings, self.start_s)
        self.follower = Follower(
            table, self.settings, self.start_s, correct_bias=self.correct_bias
        )

    def turn(self, post: int, time_s: float, *, up: bool) -> None:
        """Say that a post begins or ceases to look; scans between are no misses."""
        since_s = self._down.pop(post, None)
        if since_s is not None and time_s > since_s:
            self.tracker.outage(post, since_s, time_s)
        if not up:
            self._down[post] = time_s

    def feed(self, post: int, seen: Detection) -> None:
        """Take a detection of a post in."""
        self._waiting.append((post, seen))

    def advance(self, until_s: float) -> None:
        """Bring the tracks up to `until_s`."""
        for post, since_s in self._down.items():
            self.tracker.outage(post, since_s, math.nextafter(until_s, math.inf))
            self._down[post] = until_s
        polar, places = [], []
        for post, seen in self._waiting:
            if seen.range_m is not None and seen.azimuth_rad is not None:
                far_m = seen.range_m * self._scale[post]
                turned_rad = seen.azimuth_rad - self._turn_rad[post]
                rate = seen.range_rate_mps
                rate_mps = math.nan if rate is None else rate * self._scale[post]
                polar.append((seen.time_s, post, far_m, turned_rad, rate_mps))
            elif seen.lon_deg is not None and seen.lat_deg is not None:
                sigma_m = seen.sigma_range_m or self.posts[post].sight.kind.widest_m
                places.append((seen.time_s, post, seen.lon_deg, seen.lat_deg, sigma_m))
        self._waiting = []
        if polar:
            when, who, away, turn, rates_mps = zip(*polar, strict=True)
            told = not np.isnan(rates_mps).all()
            range_m, azimuth_rad = np.array(away), np.array(turn)
            if self.follower.applied is not None:
                range_m, azimuth_rad = self.follower.applied.corrected(who, away, turn)
            self.tracker.feed(
                time_s=when,
                sensor_id=who,
                range_m=range_m,
                azimuth_rad=azimuth_rad,
                range_rate_mps=rates_mps if told else None,
            )
        if places:
            when, who, lon, lat, sigma = zip(*places, strict=True)
            x_m, y_m = self.area.plane.to_plane(lon, lat)
            radius_m = 2 * np.array(sigma)
            self.tracker.feed_places(
                time_s=when, sensor_id=who, x_m=x_m, y_m=y_m, radius_m=radius_m
            )
        self._go_on(until_s - self.settings.lag_s)

    def _go_on(self, until_s: float) -> None:
        """Track up to a time, and reckon with what made the tracks whenever due."""
        while (done_s := self.tracker.done_s) < until_s:
            next_s = min(self.follower.due_s, until_s)
            if until_s - done_s >= LONGEST_STEP_S:
                next_s = done_s + LONGEST_STEP_S
            # A time less a lag and with it again may fall short by a digit.
            ahead_s = next_s + self.settings.lag_s
            while self.tracker.done_s < next_s:
                self.tracker.advance(ahead_s)
                ahead_s = math.nextafter(ahead_s, math.inf)
            self.follower.follow(self.tracker)

    def save(self) -> dict[str, object]:
        """Return all that decides the tracks from here on, between two advances."""
        return {
            "tracker": self.tracker.save(),
            "follower": self.follower.save(),
            "down": list(self._down.items()),
        }

    def load(self, saved: Mapping[str, Any]) -> None:
        """Stand where the engine stood that `save` was asked of, of the same posts."""
        sensors = self.tracker.sensors
        self.tracker = Tracker.load(saved["tracker"], sensors, self.settings)
        self.follower.load(saved["follower"])
        self._down = dict(saved["down"])

    def bias(self) -> Bias:
        """Return what is known of the posts' registration biases, in their order."""
        return self.follower.reckoner.bias()

    def sighted(self) -> Sighted:
        """Return the tracks that are confirmed, and placed to `UNSURE_M` at least."""
        tracks = self.follower.groups.counted(self.tracker.picture())
        variance_m2 = (tracks.cov[:, 0, 0] + tracks.cov[:, 1, 1]) / 2
        sure = variance_m2 <= UNSURE_M**2
        x_m, y_m = tracks.x_m[sure], tracks.y_m[sure]
        chainage_m, offset_m = self.area.chainage_xy(x_m, y_m)
        lon_deg, lat_deg = self.area.plane.to_geo(x_m, y_m)
        return Sighted(
            time_s=tracks.time_s,
            track_id=tracks.track_id[sure],
            chainage_m=chainage_m,
            offset_m=offset_m,
            lon_deg=lon_deg,
            lat_deg=lat_deg,
            x_m=x_m,
            y_m=y_m,
            vx_mps=tracks.vx_mps[sure],
            vy_mps=tracks.vy_mps[sure],
            existence=tracks.existence[sure],
            first_seen_s=tracks.first_seen_s[sure],
            last_seen_s=tracks.last_seen_s[sure],
            class_chance=tracks.class_chance[sure],
            count_low=tracks.count_low[sure],
            count_high=tracks.count_high[sure],
        )


def _table(sights: Sequence[Sight], light: Lit) -> SensorTable:
    """Make the tracker's table of placed sensors; ids are their places."""
    kinds = [sight.kind for sight in sights]
    typical_m = [kind.sigma_range_at(TYPICAL_SHARE * kind.widest_m) for kind in kinds]
    polar = [kind.gives is Gives.POLAR for kind in kinds]
    return SensorTable.make(
        sensor_id=np.arange(len(sights)),
        x_m=[sight.eye.x_m for sight in sights],
        y_m=[sight.eye.y_m for sight in sights],
        sigma_range_m=typical_m,
        sigma_azimuth_rad=[kind.sigma_azimuth_rad for kind in kinds],
        pd=[min(kind.ceiling, MOST) for kind in kinds],
        clutter_per_scan=[kind.false_per_look for kind in kinds],
        range_m=[kind.widest_m for kind in kinds],
        period_s=[kind.period_s for kind in kinds],
        phase_s=[sight.phase_s for sight in sights],
        kind=[POLAR if each else PLACE for each in polar],
        sigma_range_rate_mps=SIGMA_RATE_MPS,
        maps={
            row: chance_map(sight, light)
            for row, (sight, each) in enumerate(zip(sights, polar, strict=True))
            if each
        },
    )


def chance_map(sight: Sight, light: Lit) -> ChanceMap:
    """Return where a sensor detects, cell by cell, as the plan reckons.

    A walker's chance is taken. Where only a vehicle is seen, a third of its chance
    stands in, so that its detections count and a walker's absence weighs little.
    """
    reach_m = sight.kind.widest_m
    west_m, south_m = sight.eye.x_m - reach_m, sight.eye.y_m - reach_m
    size = math.ceil(2 * reach_m / MAP_CELL_M)
    middle_m = (np.arange(size) + 0.5) * MAP_CELL_M
    x_m, y_m = np.meshgrid(west_m + middle_m, south_m + middle_m)
    walker = sight.look_chance(x_m, y_m, "walker", light)
    vehicle = sight.look_chance(x_m, y_m, "vehicle", light)
    chance = np.clip(np.maximum(walker, vehicle / 3), 0.0, MOST)
    return ChanceMap(
        chance=np.rint(255 * chance).astype(np.uint8),
        west_m=west_m,
        south_m=south_m,
        cell_m=MAP_CELL_M,
    )
