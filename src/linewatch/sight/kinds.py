"""The built-in sensor kinds and target classes, with the source of each figure."""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from linewatch.errors import UnknownName
from linewatch.sight.kind import (
    LIGHT_REFRACTION,
    RADAR_REFRACTION,
    Criterion,
    Gives,
    Law,
    SensorKind,
    TargetClass,
    Waves,
)

__all__ = [
    "AIRCRAFT",
    "GROUND_RADAR",
    "KINDS",
    "KIND_NAMES",
    "LIGHT_REFRACTION",
    "RADAR_REFRACTION",
    "TARGETS",
    "TARGET_NAMES",
    "Criterion",
    "Gives",
    "Law",
    "SensorKind",
    "TargetClass",
    "Waves",
    "kind_named",
    "target_named",
]

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
            "x 0.5 m is the standing person of makers' data sheets; 1.2 m/s over rough "
            "ground is a planning value",
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


GROUND_RADAR: Final = Waves(
    wavelength_m=0.0187,
    ground_share=1e-3,
    beam_rad=math.radians(1.2),
    tall_rad=math.radians(6.0),
    cell_m=15.0,
    ground_filter=1e4,
    rain_filter=1e2,
    rain_k=0.05282,
    rain_power=1.1086,
    wind_share=0.02,
    source="16 GHz, about that of AN/PPS-5; rain by ITU-R P.838-3 at 16 GHz, "
    "horizontal; ground of -30 dB at low grazing angles, beam, cell, filters and the "
    "share of the wind are planning values",
)
"""A ground surveillance radar that filters on speed."""


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
            waves=GROUND_RADAR,
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
            bands_um=(0.55, 10.0),
            contrast=3.7,
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
            wind_half_mps=5.0,
            source="50 m for a person and 250 m for a wheeled vehicle are the "
            "published radii of REMBASS seismic-acoustic sensors (FM 34-10-1); the "
            "vehicle's is cut to 150 m and the false rate assumed: planning values",
        ),
        "acoustic": SensorKind(
            name="acoustic",
            label="microphone array",
            law=Law.TREMOR,
            gives=Gives.PRESENCE,
            mast_m=1.0,
            reach_m=MappingProxyType(
                {"walker": 0.0, "vehicle": 1_500.0, "flyer": 600.0}
            ),
            anchor_m=MappingProxyType(
                {"walker": 0.0, "vehicle": 700.0, "flyer": 300.0}
            ),
            anchor_chance=0.8,
            ceiling=0.9,
            period_s=2.0,
            decorrelation_s=10.0,
            sigma_range_m=200.0,
            sigma_range_share=0.0,
            sigma_azimuth_rad=math.pi,
            false_per_look=0.002,
            spread=2.0,
            absorbed_db_km=2.8,
            wind_half_mps=3.0,
            source="sound spreads as a sphere; air takes 2.8 dB/km at 500 Hz, 20 C and "
            "70 % of humidity (ISO 9613-1); every other figure is a planning value",
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
            bands_um=(0.55, 0.85),
            contrast=2.7,
            source="form of Johnson 1958; every figure is a planning value",
        ),
    }
)
"""Sensor kinds by name."""

AIRCRAFT: Final = SensorKind(
    name="aircraft",
    label="camera of an aircraft on a beat",
    law=Law.IMAGE,
    gives=Gives.POLAR,
    mast_m=450.0,
    reach_m=MappingProxyType({"walker": 4_000.0, "vehicle": 8_000.0, "flyer": 2_000.0}),
    anchor_m=_image_anchors(3_000.0),
    anchor_chance=0.5,
    night_share=0.8,
    ceiling=0.8,
    period_s=3_600.0,
    decorrelation_s=30.0,
    sigma_range_m=20.0,
    sigma_range_share=0.02,
    sigma_azimuth_rad=math.radians(0.5),
    false_per_look=0.01,
    bands_um=(0.55, 10.0),
    contrast=3.7,
    source="form of Johnson 1958; every figure is a planning value. It stands nowhere, "
    "so it is no kind of site: `beat` lays it along its way",
)
"""A helicopter or unmanned aircraft 450 m (1,500 ft) above the ground."""

KIND_NAMES: Final = tuple(KINDS)
TARGET_NAMES: Final = tuple(TARGETS)


def kind_named(name: str, kinds: Mapping[str, SensorKind] = KINDS) -> SensorKind:
    """Return the sensor kind called `name`, of those that there are.

    Raises
    ------
    UnknownName
        If there is none.
    """
    if name not in kinds:
        raise UnknownName("sensor kind", name, tuple(kinds))
    return kinds[name]


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
