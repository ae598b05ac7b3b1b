"""Sensor kinds and target classes: what they are, with the source of each figure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from linewatch.errors import BadValue, UnknownName

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
    """Ground motion against noise: no line of sight is needed."""


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
    planning_value : bool
        True where figures are a plain judgement for planning and no measurement.
    source : str
        Where the figures come from.
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
    source: str
    night_share: float = 1.0
    min_radial_mps: float = 0.0
    refraction: float = LIGHT_REFRACTION
    planning_value: bool = True

    def __post_init__(self) -> None:
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
        facts = {field.name: getattr(self, field.name) for field in fields(self)}
        plain = {n: dict(v) if isinstance(v, Mapping) else v for n, v in facts.items()}
        return _kind_of, (plain,)

    @property
    def widest_m(self) -> float:
        """Longest reach of all target classes [m]."""
        return max(self.reach_m.values())

    @property
    def draws_per_look(self) -> float:
        """Share of an independent draw that one look is worth, at most 1 [-]."""
        return min(1.0, self.period_s / self.decorrelation_s)

    def sigma_range_at(self, range_m: float) -> float:
        """Return one standard deviation of the range [m] at a range [m]."""
        return self.sigma_range_m + self.sigma_range_share * range_m


def _kind_of(facts: dict[str, Any]) -> SensorKind:
    """Make a kind of its plain facts, its mappings read-only again."""
    for name, value in facts.items():
        facts[name] = MappingProxyType(value) if type(value) is dict else value
    return SensorKind(**facts)


TARGETS: Final[Mapping[str, TargetClass]] = MappingProxyType(
    {
        "walker": TargetClass(
            name="walker",
            above_m=1.7,
            tall_m=1.7,
            speed_mps=1.2,
            echo_m2=1.0,
            size_m=0.95,
            source="echo of a man 1 m^2: Skolnik, Introduction to Radar Systems; 1.8 m "
            "x 0.5 m as in STANAG 4347; 1.2 m/s over rough ground is a planning value",
        ),
        "vehicle": TargetClass(
            name="vehicle",
            above_m=2.0,
            tall_m=2.0,
            speed_mps=8.0,
            echo_m2=16.0,
            size_m=2.3,
            source="2.3 m x 2.3 m as in STANAG 4347; echo such that the "
            "published 10 km (person) and 20 km (vehicle) of AN/PPS-5D agree; 8 m/s "
            "off road is a planning value",
        ),
        "flyer": TargetClass(
            name="flyer",
            above_m=60.0,
            tall_m=0.4,
            speed_mps=15.0,
            echo_m2=0.02,
            size_m=0.4,
            source="small unmanned aircraft: 0.02 m^2 and 0.4 m are usual figures; "
            "60 m above the ground and 15 m/s are planning values",
        ),
    }
)
"""Target classes by name."""


def _echo_anchors(walker_m: float) -> Mapping[str, float]:
    """Scale one range [m] by the fourth root of the cross-sections."""
    return MappingProxyType(
        {
            name: walker_m * (target.echo_m2 / TARGETS["walker"].echo_m2) ** 0.25
            for name, target in TARGETS.items()
        }
    )


def _image_anchors(walker_m: float) -> Mapping[str, float]:
    """Scale one range [m] by the sizes: the same cycles across each target."""
    return MappingProxyType(
        {
            name: walker_m * target.size_m / TARGETS["walker"].size_m
            for name, target in TARGETS.items()
        }
    )


KINDS: Final[Mapping[str, SensorKind]] = MappingProxyType(
    {
        "radar": SensorKind(
            name="radar",
            label="ground surveillance radar",
            law=Law.ECHO,
            gives=Gives.POLAR,
            mast_m=10.0,
            reach_m=MappingProxyType(
                {"walker": 10_000.0, "vehicle": 12_000.0, "flyer": 6_000.0}
            ),
            anchor_m=_echo_anchors(8_000.0),
            anchor_chance=0.8,
            ceiling=0.95,
            period_s=5.0,
            decorrelation_s=5.0,
            sigma_range_m=15.0,
            sigma_range_share=0.0,
            sigma_azimuth_rad=math.radians(0.6),
            false_per_look=0.3,
            min_radial_mps=0.3,
            refraction=RADAR_REFRACTION,
            source="a walker at 5 to 7.5 miles (8 to 12 km), as asked of the "
            "Integrated Fixed Towers; here 0.8 a scan at 8 km; scan, errors, false "
            "rate and the 10 m mast of a truck are planning values",
        ),
        "camera": SensorKind(
            name="camera",
            label="day and thermal camera",
            law=Law.IMAGE,
            gives=Gives.POLAR,
            mast_m=10.0,
            reach_m=MappingProxyType(
                {"walker": 7_000.0, "vehicle": 8_000.0, "flyer": 4_000.0}
            ),
            anchor_m=_image_anchors(6_000.0),
            anchor_chance=0.5,
            night_share=0.8,
            ceiling=0.9,
            period_s=10.0,
            decorrelation_s=30.0,
            sigma_range_m=10.0,
            sigma_range_share=0.05,
            sigma_azimuth_rad=math.radians(0.2),
            false_per_look=0.02,
            source="one cycle across the target for half of observers (Johnson "
            "1958) at 6 km by day; sweep, night share, errors and false rate are "
            "planning values",
        ),
        "seismic": SensorKind(
            name="seismic",
            label="ground sensor",
            law=Law.TREMOR,
            gives=Gives.PRESENCE,
            mast_m=0.0,
            reach_m=MappingProxyType({"walker": 80.0, "vehicle": 150.0, "flyer": 0.0}),
            anchor_m=MappingProxyType({"walker": 50.0, "vehicle": 150.0, "flyer": 0.0}),
            anchor_chance=0.8,
            ceiling=0.95,
            period_s=5.0,
            decorrelation_s=5.0,
            sigma_range_m=40.0,
            sigma_range_share=0.0,
            sigma_azimuth_rad=math.pi,
            false_per_look=0.002,
            source="50 m for a person and 250 m for a wheeled vehicle are the "
            "published radii of REMBASS seismic-acoustic sensors (FM 34-10-1); the "
            "vehicle's is cut to 150 m and the false rate assumed: planning values",
        ),
        "person": SensorKind(
            name="person",
            label="observer with binoculars and night goggles",
            law=Law.IMAGE,
            gives=Gives.POLAR,
            mast_m=1.7,
            reach_m=MappingProxyType(
                {"walker": 4_000.0, "vehicle": 6_000.0, "flyer": 2_000.0}
            ),
            anchor_m=_image_anchors(2_500.0),
            anchor_chance=0.5,
            night_share=0.15,
            ceiling=0.8,
            period_s=30.0,
            decorrelation_s=120.0,
            sigma_range_m=20.0,
            sigma_range_share=0.2,
            sigma_azimuth_rad=math.radians(2.0),
            false_per_look=0.005,
            source="form of Johnson 1958; every figure is a planning value",
        ),
    }
)
"""Sensor kinds by name."""

KIND_NAMES: Final = tuple(KINDS)
TARGET_NAMES: Final = tuple(TARGETS)


def kind_named(name: str) -> SensorKind:
    """Return the sensor kind called `name`.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if name not in KINDS:
        raise UnknownName("sensor kind", name, KIND_NAMES)
    return KINDS[name]


def target_named(name: str) -> TargetClass:
    """Return the target class called `name`.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if name not in TARGETS:
        raise UnknownName("target class", name, TARGET_NAMES)
    return TARGETS[name]
