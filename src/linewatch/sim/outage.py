"""Outage: when sensors fail, whether they say so, and when they work again."""

from dataclasses import dataclass

import numpy as np

from linewatch.sim.columns import Bools, Floats, Ints
from linewatch.sim.settings import SimSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A time in which a sensor detects nothing.

    Parameters
    ----------
    sensor : int
        Index of the sensor.
    from_s, to_s : float
        First instant, and first instant after [s].
    silent : bool
        True where it says nothing at all; else its status says that it cannot detect.
    """

    sensor: int
    from_s: float
    to_s: float
    silent: bool


class Outages:
    """Failures and repairs of sensors, each with its own stream of chance.

    Times between failures and to repair are exponential, and the start is steady: a
    sensor is down at `start_s` with the long-run share of time that it is down.
    """

    def __init__(
        self,
        count: int,
        settings: SimSettings,
        start_s: float,
        chance: np.random.SeedSequence,
    ) -> None:
        self._settings = settings
        self._dice = [np.random.default_rng(each) for each in chance.spawn(count)]
        self._known: list[Outage] = []
        self._next_s = np.array([self._up_s(index) for index in range(count)]) + start_s
        down = settings.repair_s / (settings.repair_s + settings.failure_every_s)
        for index, dice in enumerate(self._dice):
            if dice.random() < down:
                self._next_s[index] = start_s

    def during(self, *, since_s: float, until_s: float) -> list[Outage]:
        """Return the outages that touch a time, which moves on from call to call."""
        self._known = [each for each in self._known if each.to_s > since_s]
        for index in np.flatnonzero(self._next_s <= until_s):
            while self._next_s[index] <= until_s:
                self._known.append(self._fail(int(index)))
        return self._known

    def _fail(self, index: int) -> Outage:
        """Let a sensor fail at its next time, and draw the time after that."""
        dice, begins = self._dice[index], float(self._next_s[index])
        ends = begins + dice.exponential(self._settings.repair_s)
        silent = bool(dice.random() < self._settings.silent_share)
        self._next_s[index] = ends + self._up_s(index)
        return Outage(sensor=index, from_s=begins, to_s=ends, silent=silent)

    def _up_s(self, index: int) -> float:
        """Draw how long a sensor works [s]."""
        return float(self._dice[index].exponential(self._settings.failure_every_s))


def down_at(outages: list[Outage], sensor: Ints, time_s: Floats) -> Bools:
    """Mark the looks, by sensor and time, that fall into an outage."""
    down = np.zeros(len(sensor), bool)
    for each in outages:
        inside = (each.from_s <= time_s) & (time_s < each.to_s)
        down |= inside & (sensor == each.sensor)
    return down
