"""What a sensor kind and a target class are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from linewatch.errors import BadValue

LIGHT_REFRACTION: Final = 1 / 7
"""Share of the Earth's curve that the bending of light makes up for [-]."""

RADAR_REFRACTION: Final = 0.25
"""The same for radar [-]: the four-thirds Earth (ITU-R P.310)."""


class Law(StrEnum):
    """Form of the chance of detection with range."""

    ECHO = "echo"
    """Fluctuating echo against noise: radar."""
    IMAGE = "image"
    """Cycles across the target against the cycles that half of observers need."""
    TREMOR = "tremor"
    """Ground motion or sound against noise: no line of sight is needed."""


class Gives(StrEnum):
    """What one detection measures."""

    POLAR = "polar"
    PRESENCE = "presence"


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetClass:
    """What is looked for.

    Parameters
    ----------
    name : str
        A value of `linewatch.watch.values.Target`.
    above_m : float
        Height of its top above the ground [m].
    tall_m : float
        Height of the part that can be seen [m].
    speed_mps : float
        Usual speed over the ground [m/s].
    echo_m2 : float
        Mean radar cross-section [m^2].
    size_m : float
        Square root of the area it shows a camera [m].
    source : str
        Where the figures come from.
    """

    name: str
    above_m: float
    tall_m: float
    speed_mps: float
    echo_m2: float
    size_m: float
    source: str


class Criterion(StrEnum):
    """How the chance of an image grows with the cycles across the target."""

    JOHNSON = "johnson"
    """Cycles over those that half of observers need; exponent 2.7 + 0.7 x."""
    TTP = "ttp"
    """Targeting task performance; exponent 1.51 + 0.24 x."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """What ground and rain do to a radar.

    Parameters
    ----------
    wavelength_m : float
        Wavelength [m].
    ground_share : float
        Mean echo of a square metre of ground [m^2/m^2].
    beam_rad, tall_rad : float
        Width of the beam in azimuth and in elevation [rad].
    cell_m : float
        Length of a resolution cell [m].
    ground_filter, rain_filter : float
        Power by which filtering on speed lowers the echo of ground, and of rain [-].
    rain_k, rain_power : float
        One-way attenuation by rain is ``rain_k * rate ** rain_power`` [dB/km], with
        the rate in mm/h.
    wind_share : float
        Radial speed lost to brush in the wind, a share of the wind's speed [-].
    source : str
        Where the figures come from.
    """

    wavelength_m: float
    ground_share: float
    beam_rad: float
    tall_rad: float
    cell_m: float
    ground_filter: float
    rain_filter: float
    rain_k: float
    rain_power: float
    wind_share: float
    source: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorKind:
    """One kind of sensor.

    Parameters
    ----------
    name, label : str
        Key, and words for people.
    law : Law
        Form of its chance of detection.
    gives : Gives
        What one detection measures.
    mast_m : float
        Height of the sensor above the ground [m].
    reach_m : mapping of str to float
        By target class, the range beyond which a look never detects [m].
    anchor_m : mapping of str to float
        By target class, the range at which one draw detects with `anchor_chance` in
        the best light [m]; 0 where the class is never detected.
    anchor_chance : float
        See `anchor_m` [-].
    night_share : float
        Share of `anchor_m` that is left in the dark [-].
    ceiling : float
        Highest chance of one draw, however near [-].
    period_s : float
        Time from one look at a place to the next [s].
    decorrelation_s : float
        Time after which a new look is a new draw [s]; looks between share one draw.
    sigma_range_m, sigma_range_share : float
        One standard deviation of the range: metres plus a share of the range.
    sigma_azimuth_rad : float
        One standard deviation of the azimuth [rad].
    false_per_look : float
        Mean number of false detections in one look over the whole field [-].
    min_radial_mps : float
        Radial speed below which a target is lost in the clutter [m/s].
    refraction : float
        Share of the Earth's curve that bending makes up for [-].
    waves : Waves, optional
        What ground and rain do to a radar; None leaves them out.
    bands_um : tuple of float
        Wavelengths that an image is made of [um]; the clearest that the light allows
        counts, and one below 0.75 needs daylight.
    contrast : float
        Natural logarithm of a target's contrast over the least that is seen [-].
    criterion : Criterion
        How the chance of an image grows.
    spread : float
        Power of range with which a tremor or sound fades [-].
    absorbed_db_km : float
        What the air takes of a sound [dB/km].
    wind_half_mps : float
        Wind that doubles the noise against a tremor or sound [m/s].
    dwell_s : float
        How long one look stays on a place [s]; 0 for a look that repeats every
        `period_s` without end.
    source : str
        Where the figures come from.
    like : str
        The built-in kind that a scenario's own kind is like; empty for a built-in one.
    """

    name: str
    label: str
    law: Law
    gives: Gives
    mast_m: float
    reach_m: Mapping[str, float]
    anchor_m: Mapping[str, float]
    anchor_chance: float
    ceiling: float
    period_s: float
    decorrelation_s: float
    sigma_range_m: float
    sigma_range_share: float
    sigma_azimuth_rad: float
    false_per_look: float
    # A log holds figures without their sources: the kind is the same to a watch.
    source: str = field(repr=False)
    night_share: float = 1.0
    min_radial_mps: float = 0.0
    refraction: float = LIGHT_REFRACTION
    waves: Waves | None = None
    bands_um: tuple[float, ...] = ()
    contrast: float = 3.0
    criterion: Criterion = Criterion.JOHNSON
    spread: float = 3.0
    absorbed_db_km: float = 0.0
    wind_half_mps: float = math.inf
    dwell_s: float = 0.0
    like: str = ""

    def __post_init__(self) -> None:
        for name in ("contrast", "spread", "wind_half_mps"):
            if not getattr(self, name) > 0:
                raise BadValue(name, "above 0", getattr(self, name))
        for name in ("absorbed_db_km", "dwell_s"):
            if not getattr(self, name) >= 0:
                raise BadValue(name, "0 or more", getattr(self, name))
        if not 0 < self.anchor_chance < 1:
            raise BadValue("anchor_chance", "between 0 and 1", self.anchor_chance)
        if not self.period_s > 0:
            raise BadValue("period_s", "above 0", self.period_s)
        if not self.decorrelation_s > 0:
            raise BadValue("decorrelation_s", "above 0", self.decorrelation_s)
        if not 0 < self.ceiling <= 1:
            raise BadValue("ceiling", "above 0 and at most 1", self.ceiling)

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes: a read-only mapping does not by itself."""
        facts = {each.name: getattr(self, each.name) for each in fields(self)}
        plain = {n: dict(v) if isinstance(v, Mapping) else v for n, v in facts.items()}
        return _kind_of, (plain,)

    @property
    def family(self) -> str:
        """Name of the built-in kind that it is, or is like."""
        return self.like or self.name

    @property
    def widest_m(self) -> float:
        """Longest reach of all target classes [m]."""
        return max(self.reach_m.values())

    @property
    def draws_per_look(self) -> float:
        """Independent draws that one look is worth [-].

        At most 1 for looks that follow each other; one that dwells may be worth more.
        """
        if self.dwell_s > 0:
            return max(self.dwell_s / self.decorrelation_s, 1.0)
        return min(1.0, self.period_s / self.decorrelation_s)

    def scaled(self, factor: float) -> "SensorKind":
        """Return the kind with each anchor longer by a factor [-]."""
        anchors = {name: far_m * factor for name, far_m in self.anchor_m.items()}
        return replace(self, anchor_m=MappingProxyType(anchors))

    def sigma_range_at(self, range_m: float) -> float:
        """Return one standard deviation of the range [m] at a range [m]."""
        return self.sigma_range_m + self.sigma_range_share * range_m


def _kind_of(facts: dict[str, Any]) -> SensorKind:
    """Make a kind of its plain facts, its mappings read-only again."""
    for name, value in facts.items():
        facts[name] = MappingProxyType(value) if type(value) is dict else value
    return SensorKind(**facts)
