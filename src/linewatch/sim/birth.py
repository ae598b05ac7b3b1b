"""Birth: how many units set out in a while, and what each of them is."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from linewatch.area import Area
from linewatch.sim.approach import Approach, ends_of
from linewatch.sim.columns import Bools, Floats, Ints
from linewatch.sim.paths import RING, Paths
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import FLYER, NEVER, VEHICLE, WALKER, Targets, Units

MONTH_S = 30.4 * 86_400.0
"""Seconds of the month that rates of flyers are given for [s]."""

SIDE_M = 2.0
"""Standard deviation of a follower's step to the side of the leader's path [m]."""

SURELY: Final = 0.995
"""Share of the distance to the line that can be gone without reaching it [-].

The plane's scale differs from 1 by up to 0.2 %.
"""

DISTRESS_FROM, DISTRESS_TO = 0.45, 0.95
"""Part of the way on which walkers stop for good [-]: beyond the line."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Birth:
    """Where units come from: an area, how its line is approached, and settings."""

    area: Area
    approach: Approach
    settings: SimSettings

    @property
    def rates_per_s(self) -> Floats:
        """Units born over the whole line per second [1/s], by class."""
        groups = self.approach.total_per_s / self.settings.group_mean
        vehicles = groups * self.settings.vehicles_per_group
        return np.array([groups, vehicles, self.settings.flyers_per_month / MONTH_S])

    def units(
        self,
        kind: Ints,
        paths: Paths,
        *,
        first_id: int,
        tick: int,
        dice: np.random.Generator,
    ) -> Units:
        """Make units of the classes in `kind` at the start of their way."""
        count = len(kind)
        chainage, piece = self.approach.draw(count, dice)
        chord = self.approach.chord_m[piece]
        start, goal = ends_of(self.area, chainage, chord, self.settings)
        cruise = self._cruise_mps(kind, dice)
        heading = np.arctan2(goal[0] - start[0], goal[1] - start[1])
        vx, vy = cruise * np.sin(heading), cruise * np.cos(heading)
        offset = self.area.chainage_xy(*start)[1]
        return Units(
            unit_id=first_id + np.arange(count),
            kind=kind,
            size=self._size(kind, dice),
            x_m=start[0],
            y_m=start[1],
            vx_mps=vx,
            vy_mps=vy,
            goal_x_m=goal[0],
            goal_y_m=goal[1],
            cruise_mps=cruise,
            pace=np.ones(count),
            wander_rad=self._wander_rad(kind, dice),
            halt_until=np.full(count, -NEVER),
            above_m=self._above_m(kind, dice),
            offset_m=offset,
            free_m=np.abs(offset) * SURELY,
            crossed=np.zeros(count, bool),
            done_at=np.full(count, NEVER),
            path=paths.lay(*start, (vx, vy), tick),
        )

    def targets(
        self, units: Units, *, first_id: int, tick: int, dice: np.random.Generator
    ) -> Targets:
        """Make the targets of new units: the first leads, the rest follow in file."""
        settings = self.settings
        unit = np.repeat(np.arange(len(units)), units.size)
        count = len(unit)
        leads = np.ones(count, bool)
        leads[1:] = unit[1:] != unit[:-1]
        short, long = settings.gap_short_s, settings.gap_long_s
        gap = dice.integers(short, long, count, endpoint=True)
        lag = _since_leader(np.where(leads, 0, gap), leads)
        side = SIDE_M * dice.standard_normal((2, count)) * ~leads
        way_s = (settings.south_m + settings.north_m) / units.cruise_mps[unit]
        part = DISTRESS_FROM + dice.random(count) * (DISTRESS_TO - DISTRESS_FROM)
        falls = dice.random(count) < settings.distress_share
        falls &= units.kind[unit] == WALKER
        stop_at = np.where(falls, tick + lag + (part * way_s).astype(np.int64), NEVER)
        return Targets(
            target_id=first_id + np.arange(count),
            unit_id=units.unit_id[unit],
            lag=lag,
            side_x_m=side[0],
            side_y_m=side[1],
            stop_at=stop_at,
            still=np.zeros(count, bool),
            still_x_m=np.zeros(count),
            still_y_m=np.zeros(count),
        )

    def _cruise_mps(self, kind: Ints, dice: np.random.Generator) -> Floats:
        """Draw speeds on the flat [m/s]."""
        each = self.settings
        low = np.array([each.walk_slow_mps, each.drive_slow_mps, each.fly_slow_mps])
        high = np.array([each.walk_fast_mps, each.drive_fast_mps, each.fly_fast_mps])
        cruise: Floats = low[kind] + dice.random(len(kind)) * (high - low)[kind]
        return cruise

    def _size(self, kind: Ints, dice: np.random.Generator) -> Ints:
        """Draw how many walkers go together; a vehicle or a flyer goes alone."""
        size = dice.geometric(1 / self.settings.group_mean, len(kind))
        return np.where(kind == WALKER, size, 1).astype(np.int64)

    def _wander_rad(self, kind: Ints, dice: np.random.Generator) -> Floats:
        """Draw headings about the goal's [rad]; flyers fly straight."""
        walk = self.settings.wander_rad * dice.standard_normal(len(kind))
        drive = self.settings.turn_rad * (2 * dice.random(len(kind)) - 1)
        drive = np.where(kind == VEHICLE, drive, 0.0)
        return np.where(kind == WALKER, walk, drive)

    def _above_m(self, kind: Ints, dice: np.random.Generator) -> Floats:
        """Draw heights above the ground [m], of flyers."""
        low, high = self.settings.fly_low_m, self.settings.fly_high_m
        return np.where(kind == FLYER, low + dice.random(len(kind)) * (high - low), 0.0)


def _since_leader(gap: Ints, leads: Bools) -> Ints:
    """Add the gaps up from each leader on; the last of a long file walk abreast."""
    total = np.cumsum(gap)
    base = np.maximum.accumulate(np.where(leads, total, 0))
    return np.minimum(total - base, RING - 2)
