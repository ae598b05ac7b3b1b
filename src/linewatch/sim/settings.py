"""Settings of the simulated world: every assumption, its value and where it is from."""

from dataclasses import dataclass

from linewatch.errors import BadValue


@dataclass(frozen=True, slots=True, kw_only=True)
class SimSettings:
    """What the simulated world assumes; the page ``docs/model/sim.md`` argues each.

    Parameters
    ----------
    month : str
        Month of demand (``YYYY-MM``); empty for the last known one that is not after
        the start.
    group_mean : float
        Mean number of walkers in a group [-], geometric from 1. Assumption.
    persons_per_encounter : float
        Walkers per recorded encounter [-]; above 1 when some are never met. Assumption.
    vehicles_per_group : float
        Vehicles that cross off the road, per group of walkers [-]. Assumption.
    flyers_per_month : float
        Low flyers over the whole line in a month of 30.4 days, spread as the demand
        is. "We could probably have over a thousand a month": commander of NORTHCOM to
        the Senate Armed Services Committee, 14 March 2024.
    south_m, north_m : float
        How far from the line a unit starts, and how far beyond it ends [m]. Assumption.
    walk_slow_mps, walk_fast_mps : float
        Walking speed on the flat, uniform between [m/s]; 1.40 in Tobler (1993).
    wander_rad, wander_s : float
        Standard deviation of a walker's heading about its goal [rad], and the time in
        which it is forgotten [s]. Assumption.
    gap_short_s, gap_long_s : int
        Time between walkers in file, uniform between [s]. Assumption.
    drive_slow_mps, drive_fast_mps, turn_every_s, turn_rad : float
        Vehicle's speed off the road [m/s], mean time between turns [s], and half the
        range of headings about the goal that it turns to [rad]. Assumption.
    halt_every_s, halt_s : float
        Mean driving time between a vehicle's halts, and their mean length [s].
        Assumption.
    fly_slow_mps, fly_fast_mps, fly_low_m, fly_high_m : float
        Flyer's speed [m/s] and height above ground [m], uniform between. Assumption.
    distress_share, distress_s : float
        Share of walkers that stop for good on their way [-], and how long each lies
        until found by others [s]. Assumption.
    failure_every_s, repair_s : float
        A sensor's mean time between failures and to repair [s]. Assumption.
    silent_share : float
        Share of failures in which a sensor goes silent and does not say so [-].
        Assumption.
    status_interval_s : float
        Longest time between a sensor's reports on itself [s]. Assumption.
    receipt_delay_s : float
        Time from an alert to its receipt by the civil desk [s]. Assumption.
    resolution_sigmas : float
        Side of a resolution cell in standard deviations of the noise [-]: targets of
        one cell give one detection. Assumption.
    class_told_share : float
        Share of a camera's detections, true or false, that name a class [-].
        Assumption.
    warm_s : float
        How long the world has run before it is looked at [s].

    Raises
    ------
    BadValue
        If a length, rate or share is out of its range, or a range is upside down.
    """

    month: str = ""
    group_mean: float = 3.0
    persons_per_encounter: float = 1.0
    vehicles_per_group: float = 0.05
    flyers_per_month: float = 1000.0
    south_m: float = 5000.0
    north_m: float = 7000.0
    walk_slow_mps: float = 1.2
    walk_fast_mps: float = 1.5
    wander_rad: float = 0.35
    wander_s: float = 300.0
    gap_short_s: int = 6
    gap_long_s: int = 18
    drive_slow_mps: float = 6.0
    drive_fast_mps: float = 14.0
    turn_every_s: float = 120.0
    turn_rad: float = 1.0
    halt_every_s: float = 600.0
    halt_s: float = 60.0
    fly_slow_mps: float = 20.0
    fly_fast_mps: float = 35.0
    fly_low_m: float = 30.0
    fly_high_m: float = 120.0
    distress_share: float = 0.01
    distress_s: float = 6 * 3600.0
    failure_every_s: float = 500 * 3600.0
    repair_s: float = 6 * 3600.0
    silent_share: float = 0.5
    status_interval_s: float = 60.0
    receipt_delay_s: float = 120.0
    resolution_sigmas: float = 2.0
    class_told_share: float = 0.8
    warm_s: float = 6 * 3600.0

    def __post_init__(self) -> None:
        for name in _POSITIVE:
            if not getattr(self, name) > 0:
                raise BadValue(name, "above 0", getattr(self, name))
        for name in _NOT_NEGATIVE:
            if not getattr(self, name) >= 0:
                raise BadValue(name, "0 or more", getattr(self, name))
        for name in _SHARES:
            if not 0 <= getattr(self, name) <= 1:
                raise BadValue(name, "from 0 to 1", getattr(self, name))
        for low, high in _RANGES:
            if not getattr(self, low) <= getattr(self, high):
                raise BadValue(low, f"at most {high}", getattr(self, low))
        if not self.group_mean >= 1:
            raise BadValue("group_mean", "1 or more", self.group_mean)


_POSITIVE = (
    *("south_m", "north_m", "walk_slow_mps", "wander_s", "drive_slow_mps"),
    *("turn_every_s", "halt_every_s", "halt_s", "fly_slow_mps", "fly_low_m"),
    *("distress_s", "failure_every_s", "repair_s", "resolution_sigmas", "gap_short_s"),
    "status_interval_s",
)
_NOT_NEGATIVE = (
    *("persons_per_encounter", "vehicles_per_group", "flyers_per_month"),
    *("wander_rad", "turn_rad", "warm_s", "receipt_delay_s"),
)
_SHARES = ("distress_share", "silent_share", "class_told_share")
_RANGES = (
    ("walk_slow_mps", "walk_fast_mps"),
    ("gap_short_s", "gap_long_s"),
    ("drive_slow_mps", "drive_fast_mps"),
    ("fly_slow_mps", "fly_fast_mps"),
    ("fly_low_m", "fly_high_m"),
)
