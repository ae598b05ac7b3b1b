"""How fast crews work: the crew's rate, the mission's rate, daylight and heat."""

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np

from linewatch.errors import UnknownName
from linewatch.plan.factors import Factors
from linewatch.plan.interval import Interval

_SLACK_M: Final = 1e-3
"""Length that counts as nothing [m], so that 1 km at 100 m/day takes 10 days."""

LEAST_SHARE: Final = 0.1
"""Least share of a shift that is worked in the worst heat: early hours remain."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """The rates of works, from the planning factors.

    Parameters
    ----------
    factors : Factors
        Where they come from.
    lat_deg : float
        Latitude for the length of the day [deg].
    """

    factors: Factors
    lat_deg: float

    def metres_per_day(self, kind: str, *, people: int, rate: str) -> Interval:
        """Return what a crew finishes in a full shift [m/day].

        Parameters
        ----------
        kind : str
            Kind of work.
        people : int
            People deployed with the crew.
        rate : {'all_in', 'productive'}
            Observed over whole missions, or of a crew at work.
        """
        each = self.factors.interval(f"{kind}.{rate}.m_per_person_day")
        return each * Interval.exactly(people)

    def calibration(self, kind: str) -> float:
        """Return the all-in rate as a share of the productive one."""
        observed = self.factors.value(f"{kind}.all_in.m_per_person_day")
        return observed / self.factors.value(f"{kind}.productive.m_per_person_day")

    def share_of_shift(self, on: date) -> float:
        """Return the share of a shift that daylight and heat leave on a day."""
        shift_h = self.factors.value("works.shift")
        light_h = min(shift_h, day_length_h(on, self.lat_deg))
        return max(LEAST_SHARE, (light_h - self._lost_to_heat_h(on)) / shift_h)

    def days_needed(self, start: date, *, length_m: float, daily_m: float) -> int:
        """Return the days that a work takes from a start [days]."""
        left_m, days = length_m, 0
        while left_m > _SLACK_M:
            left_m -= daily_m * self.share_of_shift(start + timedelta(days=days))
            days += 1
        return days

    def days_by_start(
        self, first: date, starts: int, *, length_m: float, daily_m: float
    ) -> list[int]:
        """Return `days_needed` for each of so many starts, one a day from `first`.

        The shares of all days are summed once; each start then looks up where its sum
        is reached.
        """
        whole_days = length_m / daily_m
        enough = starts + math.ceil(whole_days / LEAST_SHARE) + 1
        on = (first + timedelta(days=at) for at in range(enough))
        done = np.cumsum([0.0, *map(self.share_of_shift, on)])
        aims = done[:starts] + whole_days - _SLACK_M / daily_m
        days = np.searchsorted(done, aims) - np.arange(starts)
        return [int(each) for each in days]

    def _lost_to_heat_h(self, on: date) -> float:
        """Return the hours of a shift lost to heat in the month [h]."""
        try:
            return self.factors.value(f"heat.hours_lost.{on.month:02d}")
        except UnknownName:
            return 0.0


def day_length_h(on: date, lat_deg: float) -> float:
    """Return the time from sunrise to sunset [h].

    Notes
    -----
    The CBM model with the sun's upper edge at the horizon and refraction (coefficient
    0.8333 deg): Forsythe et al. 1995, doi:10.1016/0304-3800(94)00034-F; within four
    minutes of Astronomy Engine in the middle of every month along the border.

    Examples
    --------
    >>> round(day_length_h(date(2025, 3, 20), 31.3), 1)
    12.1
    """
    nth = on.timetuple().tm_yday
    turn = 0.2163108 + 2 * math.atan(0.9671396 * math.tan(0.00860 * (nth - 186)))
    declination = math.asin(0.39795 * math.cos(turn))
    latitude = math.radians(lat_deg)
    edge = math.sin(math.radians(0.8333)) + math.sin(latitude) * math.sin(declination)
    cosine = edge / (math.cos(latitude) * math.cos(declination))
    return 24 - 24 / math.pi * math.acos(min(1.0, max(-1.0, cosine)))
