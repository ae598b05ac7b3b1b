"""World: walkers, vehicles and flyers that set out, cross the line and go on."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from linewatch.area import Area
from linewatch.errors import BadValue
from linewatch.measure.clock import to_iso
from linewatch.sim.approach import approach_of
from linewatch.sim.birth import SURELY, Birth
from linewatch.sim.columns import Floats, Ints
from linewatch.sim.motion import feel_slope, move, steer
from linewatch.sim.paths import RING, Paths
from linewatch.sim.settings import SimSettings
from linewatch.sim.units import NEVER, Crossings, Scene, Targets, Units

COARSE_S: Final = 10
"""Step while the world warms up, and time between looks at the slope [s]."""

MOTION_KEY: Final = (0,)
"""Key of the stream of chance that moves the world; sensing has its own."""


class World:
    """A world that runs in steps of one second and forgets those who have gone.

    Every step draws the same number of times from one stream, so the same seed gives
    the same world to the bit, however its steps are grouped and whoever looks at it.

    Parameters
    ----------
    area : Area
        Line, demand and terrain.
    settings : SimSettings
        Assumptions.
    start_s : float
        Instant at which it begins, seconds of UTC since 1970 [s]. It has run for
        ``settings.warm_s`` by then.
    seed : int
        Seed of its chance, 0 or more.

    Raises
    ------
    BadValue
        If the seed is below 0.
    UnknownName
        If the settings name a month that the demand does not hold.
    """

    def __init__(
        self, area: Area, settings: SimSettings, start_s: float, seed: int
    ) -> None:
        if not seed >= 0:
            raise BadValue("seed", "0 or more", seed)
        self.area = area
        self.settings = settings
        self.start_s = start_s
        self.month = settings.month or month_of(area.demand.months, start_s)
        self.approach = approach_of(area, month=self.month, settings=settings)
        self._birth = Birth(area=area, approach=self.approach, settings=settings)
        self._rates = self._birth.rates_per_s
        chance = np.random.SeedSequence(entropy=seed, spawn_key=MOTION_KEY)
        self._dice = np.random.Generator(np.random.PCG64(chance))
        self._paths = Paths()
        self._units_born = 0
        self._targets_born = 0
        self._crossed: list[tuple[Ints, Ints, Ints, Floats, Floats]] = []
        self._tick = -COARSE_S * math.ceil(settings.warm_s / COARSE_S)
        self._units, self._targets = self._born(np.zeros(3, np.int64))
        while self._tick < -RING - COARSE_S:
            self._advance(COARSE_S)
        while self._tick < 0:
            self._advance(1)

    @property
    def time_s(self) -> float:
        """Instant up to which the world has run [s]."""
        return self.start_s + self._tick

    @property
    def units_born(self) -> int:
        """Units that have set out, those before the start included."""
        return self._units_born

    @property
    def crossings(self) -> Crossings:
        """Crossings of the line since the start, in order of time."""
        kinds = (np.int64, np.int64, np.int64, np.float64, np.float64)
        columns = [
            np.concatenate([np.zeros(0, kind), *(row[at] for row in self._crossed)])
            for at, kind in enumerate(kinds)
        ]
        order = np.argsort(columns[4], kind="stable")
        unit, kind, size, chainage, time = (column[order] for column in columns)
        return Crossings(
            unit_id=unit, kind=kind, size=size, chainage_m=chainage, time_s=time
        )

    def step(self, until_s: float) -> None:
        """Run on to the last whole second after the start not after `until_s`."""
        while self._tick + 1 <= until_s - self.start_s:
            self._advance(1)

    def state(self) -> Scene:
        """Return every target as it is now."""
        targets, units = self._targets, self._units
        row = np.searchsorted(units.unit_id, targets.unit_id)
        x, y = self._places(targets, row, ago=0)
        before_x, before_y = self._places(targets, row, ago=1)
        return Scene(
            time_s=self.time_s,
            target_id=targets.target_id.copy(),
            unit_id=targets.unit_id.copy(),
            kind=units.kind[row],
            x_m=x,
            y_m=y,
            vx_mps=x - before_x,
            vy_mps=y - before_y,
            above_m=units.above_m[row],
            still=targets.still.copy(),
        )

    def _advance(self, over_s: int) -> None:
        """Run `over_s` seconds on in one step."""
        if self._tick % COARSE_S == 0:
            feel_slope(self._units, self.area)
        steer(
            self._units, self.settings, tick=self._tick, over_s=over_s, dice=self._dice
        )
        move(self._units, self._paths, tick=self._tick, over_s=over_s)
        self._tick += over_s
        self._mark_crossings(over_s)
        self._lay_down()
        self._forget()
        count = self._dice.poisson(self._rates * over_s)
        if count.any():
            units, targets = self._born(count)
            self._units = self._units.joined(units)
            self._targets = self._targets.joined(targets)

    def _born(self, count: Ints) -> tuple[Units, Targets]:
        """Make units, `count` by class, and their targets."""
        kind = np.repeat(np.arange(3), count)
        units = self._birth.units(
            kind,
            self._paths,
            first_id=self._units_born,
            tick=self._tick,
            dice=self._dice,
        )
        targets = self._birth.targets(
            units, first_id=self._targets_born, tick=self._tick, dice=self._dice
        )
        self._units_born += len(units)
        self._targets_born += len(targets)
        return units, targets

    def _places(
        self, targets: Targets, row: Ints, *, ago: int
    ) -> tuple[Floats, Floats]:
        """Return where targets were `ago` seconds ago, from their units' paths."""
        path = self._units.path[row]
        column = (self._tick - targets.lag - ago) % RING
        x = self._paths.x_m[path, column] + targets.side_x_m
        y = self._paths.y_m[path, column] + targets.side_y_m
        return (
            np.where(targets.still, targets.still_x_m, x),
            np.where(targets.still, targets.still_y_m, y),
        )

    def _mark_crossings(self, over_s: int) -> None:
        """Note the units whose first crossed the line in the step that has just ended.

        The line cannot be reached within a unit's distance from it, so the distance is
        asked for again only when the unit has gone as far.
        """
        units = self._units
        units.free_m = units.free_m - np.hypot(units.vx_mps, units.vy_mps) * over_s
        near = np.flatnonzero((units.free_m <= 0) & ~units.crossed)
        if not len(near):
            return
        offset = self.area.chainage_xy(units.x_m[near], units.y_m[near])[1]
        over = near[(offset >= 0) & (units.offset_m[near] < 0)]
        units.offset_m[near] = offset
        units.free_m[near] = np.abs(offset) * SURELY
        if not len(over):
            return
        back_x = units.vx_mps[over] * over_s
        back_y = units.vy_mps[over] * over_s
        x, y = units.x_m[over], units.y_m[over]
        before = np.minimum(self.area.chainage_xy(x - back_x, y - back_y)[1], 0.0)
        after = units.offset_m[over]
        left = after / np.maximum(after - before, 1e-9)
        chainage = self.area.chainage_xy(x - left * back_x, y - left * back_y)[0]
        units.crossed[over] = True
        if self._tick > 0:
            time = self.time_s - left * over_s
            row = (units.unit_id[over], units.kind[over], units.size[over])
            self._crossed.append((*row, np.asarray(chainage), time))

    def _lay_down(self) -> None:
        """Stop for good the walkers whose distress begins."""
        targets = self._targets
        falls = ~targets.still & (targets.stop_at <= self._tick)
        if falls.any():
            row = np.searchsorted(self._units.unit_id, targets.unit_id)
            x, y = self._places(targets, row, ago=0)
            targets.still_x_m = np.where(falls, x, targets.still_x_m)
            targets.still_y_m = np.where(falls, y, targets.still_y_m)
            targets.still = targets.still | falls

    def _forget(self) -> None:
        """Drop targets that arrived or were found, and units that have none left."""
        units, targets = self._units, self._targets
        if not (units.done_at < NEVER).any() and not targets.still.any():
            return
        row = np.searchsorted(units.unit_id, targets.unit_id)
        arrived = ~targets.still & (self._tick - targets.lag >= units.done_at[row])
        found = targets.still & (
            self._tick >= targets.stop_at + self.settings.distress_s
        )
        if (arrived | found).any():
            self._targets = targets.kept(~(arrived | found))
            left = np.isin(units.unit_id, self._targets.unit_id)
            self._paths.forget(units.path[~left])
            self._units = units.kept(left)


def month_of(months: Sequence[str], start_s: float) -> str:
    """Return the last of `months` (``YYYY-MM``) that is not after an instant [s].

    The first where all are after it: counts for the month itself are not known yet, or
    were never kept.

    Examples
    --------
    >>> month_of(["2024-01", "2024-11"], 1_740_787_200.0)  # 1 March 2025
    '2024-11'
    """
    month = to_iso(start_s)[:7]
    return max((one for one in months if one <= month), default=months[0])
